package sheet_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

func TestTheTableOfSelfChecksComesBackAsItWentOut(t *testing.T) {
	standard := twoLeaves()
	var file bytes.Buffer
	require.NoError(t, sheet.WriteSelfChecks(&file, acts.SelfCheckTable{SelfCheckForm: acts.SelfCheckForm{Standard: standard}, Rows: []acts.SelfCheck{
		{UnitCode: "011001", UnitName: "一街道", Revision: 2, Marks: []award.Points{10_00, 4_50}, Filled: []string{"1.1"}, Gap: "-人手少", Measure: "增编", EnteredFor: award.EnteredFor{Person: "李主任", Scan: "ab"}},
		{UnitCode: "011002", UnitName: "二街道", Marks: []award.Points{12_00, award.Blank}, Filled: []string{"1.1"}},
		{UnitCode: "011003", UnitName: "三街道", Revision: 1, Marks: standard.Blanks()},
	}}))
	rows, err := sheet.ReadSelfChecks(file.Bytes(), "r", award.Street, acts.SelfCheckForm{Standard: standard})
	require.NoError(t, err)
	require.Equal(t, []acts.SelfCheckRow{
		{Number: 2, SaveSelfCheck: acts.SaveSelfCheck{
			Round: "r", Unit: "011001", Category: award.Street, Revision: 2, Marks: []award.Points{award.Blank, 4_50},
			Gap: "-人手少", Measure: "增编", EnteredFor: award.EnteredFor{Person: "李主任", Scan: "ab"},
		}},
		{Number: 4, SaveSelfCheck: acts.SaveSelfCheck{Round: "r", Unit: "011003", Category: award.Street, Revision: 1, Marks: standard.Blanks()}},
	}, rows, "what facts fill is not read, and who has not begun is left out")
}

func TestACellOfTheTableThatIsNoMarkIsADefectOfItsRowAlone(t *testing.T) {
	standard := twoLeaves()
	columns := []string{"单位代码", "所见版本", "1.1 志愿者(%)", "1.2 有方案(5.00)", "总体差距", "总体改进措施", "代录依据(单位人员)", "盖章件(SHA-256)"}
	read := func(columns []string, rows ...[]string) ([]acts.SelfCheckRow, error) {
		var file bytes.Buffer
		require.NoError(t, sheet.Write(&file, sheet.Table{Sheet: "自查表", Columns: columns, Rows: rows}))
		return sheet.ReadSelfChecks(file.Bytes(), "r", award.Street, acts.SelfCheckForm{Standard: standard})
	}
	rows, err := read(columns, []string{"011001", "零", "十", "5"}, []string{"011002", "0", "", "5"})
	require.NoError(t, err)
	require.Equal(t, []award.Defect{
		{Pointer: "/2/1.1 志愿者(%)", Key: "points_malformed", Args: []any{"十"}},
		{Pointer: "/2/所见版本", Key: "revision_unread", Args: []any{"零"}},
	}, rows[0].Defects)
	require.Empty(t, rows[1].Defects)

	refused := award.RefuseFields(award.Invalid, "", "marks_malformed", []award.Defect{{Pointer: "/marks/1"}, {Pointer: "/entered_for/person"}})
	located := sheet.LocateSelfCheck(rows[1], acts.SelfCheckForm{Standard: standard}, refused)
	require.Equal(t, []award.Defect{{Pointer: "/3/1.2 有方案(5.00)"}, {Pointer: "/3/代录依据(单位人员)"}}, located.Fields)

	_, err = read(slices.Delete(slices.Clone(columns), 3, 4), []string{"011002", "0", "5"})
	require.ErrorContains(t, err, "sheet_column_missing", "the table of another standard is not read")
}

func TestSubItemsStandInThePlaceOfTheirIndicator(t *testing.T) {
	form := acts.SelfCheckForm{Standard: twoLeaves(), SubItems: award.SubItems{{Code: "1.2.1", Title: "有文本", Max: 2_00}, {Code: "1.2.2", Title: "有落实", Max: 3_00}}}
	form.Standard.Blocks[0].Leaves[1].Exemption = true
	var file bytes.Buffer
	require.NoError(t, sheet.WriteSelfChecks(&file, acts.SelfCheckTable{SelfCheckForm: form, Rows: []acts.SelfCheck{
		{UnitCode: "011001", Revision: 2, Marks: []award.Points{10_00, 4_50}, SubMarks: award.SubMarks{"1.2.1": 2_00, "1.2.2": 2_50}},
		{UnitCode: "011002", Revision: 1, Marks: []award.Points{10_00, award.Blank}, SubMarks: award.SubMarks{"1.2.1": 0}},
		{UnitCode: "011003", Revision: 1, Marks: []award.Points{10_00, award.Exempt}},
	}}))
	rows, err := sheet.ReadSelfChecks(file.Bytes(), "r", award.Street, form)
	require.NoError(t, err)
	require.Equal(t, award.SubMarks{"1.2.1": 2_00, "1.2.2": 2_50}, rows[0].SubMarks)
	require.Equal(t, []award.Points{10_00, award.Blank}, rows[0].Marks, "the indicator is the sum of them")
	require.Equal(t, award.SubMarks{"1.2.1": 0}, rows[1].SubMarks, "an empty cell is not filled in, nought is")
	require.Equal(t, []award.Points{10_00, award.Exempt}, rows[2].Marks)
	require.Empty(t, rows[2].SubMarks)

	book, err := excelize.OpenReader(bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	defer book.Close()
	cell, err := book.GetCellValue("自查表", "E4")
	require.NoError(t, err)
	require.Equal(t, "免考", cell, "a clerk reads Chinese")

	refused := award.RefuseFields(award.Invalid, "", "marks_malformed", []award.Defect{{Pointer: "/marks/1"}, {Pointer: "/sub_marks/1.2.2"}})
	require.Equal(t, []award.Defect{{Pointer: "/2/1.2.1 有文本(2.00)"}, {Pointer: "/2/1.2.2 有落实(3.00)"}}, sheet.LocateSelfCheck(rows[0], form, refused).Fields)
}

func twoLeaves() award.Standard {
	return award.Standard{Category: award.Street, Blocks: []award.Block{{Title: "一", Leaves: []award.Leaf{
		{Code: "1.1", Title: "志愿者", Kind: award.LeafTarget, Unit: "%", Max: 5_00},
		{Code: "1.2", Title: "有方案", Kind: award.LeafPoints, Max: 5_00},
	}}}}
}
