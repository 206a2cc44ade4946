package sheet_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

func TestTheTableForDepartmentsComesBackAsTheAnswersThatStandInIt(t *testing.T) {
	on := award.Date{Year: 2027, Month: time.March, Day: 10}
	var file bytes.Buffer
	require.NoError(t, sheet.WriteDepartments(&file, []acts.DepartmentOpinion{
		{Unit: "011001", Name: "一街道", Department: "公安厅", State: award.DepartmentOpen},
		{Unit: "011002", Name: "二街道", Department: "公安厅", State: award.DepartmentClear},
		{Unit: "011003", Name: "三街道", Department: "公安厅", State: award.DepartmentSetAside, Answer: award.DepartmentAnswer{
			Objects: true, Ground: "欠缴", Letter: "3号", On: on,
		}},
	}))
	answers, err := sheet.ReadDepartments(file.Bytes())
	require.NoError(t, err)
	require.Equal(t, []acts.AnswerInput{
		{Pointer: "/3", Unit: "011002", Department: "公安厅"},
		{Pointer: "/4", Unit: "011003", Department: "公安厅", Answer: award.DepartmentAnswer{Objects: true, Ground: "欠缴", Letter: "3号", On: on}},
	}, answers, "the row without an answer stays open")
}

func TestAnAnswerThatIsNoneIsNamedByRowAndColumn(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, sheet.Write(&file, sheet.Table{
		Sheet:   "征求意见表",
		Columns: []string{"单位代码", "部门", "意见(无意见/有意见)", "理由", "复函文号", "复函日期(年-月-日)"},
		Rows:    [][]string{{"011001", "公安厅", "可以", "", "", "3月"}},
	}))
	_, err := sheet.ReadDepartments(file.Bytes())
	refusal, ok := errors.AsType[*award.Error](err)
	require.True(t, ok)
	require.Equal(t, "/2/意见(无意见/有意见)", refusal.Fields[0].Pointer)
	require.Equal(t, "/2/复函日期(年-月-日)", refusal.Fields[1].Pointer)
}
