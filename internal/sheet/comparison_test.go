package sheet_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

func TestAComparisonSheetShowsTheColumnsSideBySideWithoutAFormula(t *testing.T) {
	total := award.Points(7_50)
	c := acts.Comparison{
		Unit: "110101", Name: "=东城区", Standard: "示范城区指导标准", Sample: true, SHA256: "ab12",
		Indicators: []acts.ComparedIndicator{
			{
				Block: "组织领导坚强有力", Code: "1.1", Title: "志愿者比例", Max: 5_00,
				Self: &acts.ComparedMark{Value: 12_50, Points: 5_00}, Province: &acts.ComparedMark{Value: 9_00, Points: 2_50},
				Flagged: true, Remark: "=SUM(A1)",
				SubItems: []acts.ComparedSubItem{{SubItem: award.SubItem{Code: "1.1.1", Title: "登记在册", Max: 5_00}, Self: new(award.Points(5_00))}},
			},
			{Block: "组织领导坚强有力", Code: "V.1", Title: "责任事故", Max: 1_00, Veto: true},
		},
		Total:  acts.ComparedTotal{Self: &total},
		Levels: []acts.LevelRemark{{Office: "东城区", Opinion: award.OpinionUnsigned, On: "2027-01-05"}},
	}
	var file bytes.Buffer
	require.NoError(t, sheet.WriteComparison(&file, c))
	book, err := excelize.OpenReader(bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()

	rows, err := book.GetRows("得分对照表")
	require.NoError(t, err)
	require.Equal(t, []string{"组织领导坚强有力", "1.1", "志愿者比例", "5.00", "12.50", "5.00", "9.00", "2.50", "差异", "'=SUM(A1)"}, rows[1])
	require.Equal(t, []string{"", "1.1.1", "　登记在册", "5.00", "5.00"}, rows[2], "a sub-item stands under its indicator and adds nothing to it")
	require.Equal(t, []string{"组织领导坚强有力", "V.1", "责任事故", "一票否决"}, rows[3], "what nobody marked is empty, not nothing")
	require.Equal(t, []string{"合计", "", "", "", "", "7.50"}, rows[4])
	levels, err := book.GetRows("各级审核意见")
	require.NoError(t, err)
	require.Equal(t, []string{"东城区", "2027-01-05", "未签署意见"}, levels[1])
	about, err := book.GetRows("说明")
	require.NoError(t, err)
	require.Contains(t, about, []string{"数据指纹(SHA-256)", "ab12"})

	read, err := sheet.Read(file.Bytes(), "编号") // refuses any formula
	require.NoError(t, err)
	require.Len(t, read, 4)
}
