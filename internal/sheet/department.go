package sheet

import (
	"fmt"
	"io"
	"slices"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// The columns of the table that departments fill in (征求意见表).
const (
	departmentUnit   = "单位代码"
	departmentName   = "单位名称"
	departmentTitle  = "类别"
	departmentAsked  = "部门"
	departmentAnswer = "意见(无意见/有意见)"
	departmentGround = "理由"
	departmentLetter = "复函文号"
	departmentOn     = "复函日期(年-月-日)"
)

// WriteDepartments writes the table that departments fill in: one row for each
// unit and department, with what has been answered already.
func WriteDepartments(to io.Writer, opinions []acts.DepartmentOpinion) error {
	table := Table{
		Sheet: "征求意见表",
		Columns: []string{
			departmentUnit, departmentName, departmentTitle, departmentAsked, departmentAnswer, departmentGround, departmentLetter, departmentOn,
		},
		Widths: []float64{16, 30, 36, 20, 20, 50, 24, 20},
	}
	for _, o := range opinions {
		row := []string{o.Unit, o.Name, o.Category.FullTitle(), o.Department, "", o.Answer.Ground, o.Answer.Letter, ""}
		switch {
		case o.State.Objected():
			row[4] = award.DepartmentObjected.Chinese()
		case o.State == award.DepartmentClear:
			row[4] = award.DepartmentClear.Chinese()
		}
		if o.Answer.On != (award.Date{}) {
			row[7] = o.Answer.On.String()
		}
		table.Rows = append(table.Rows, row)
	}
	return Write(to, table)
}

// ReadDepartments reads the filled table: the rows that have an answer, each
// with its place in the sheet. What departments write beside the answers they
// were asked for is no business of ours.
func ReadDepartments(file []byte) ([]acts.AnswerInput, error) {
	rows, err := Read(file, departmentUnit, departmentAsked, departmentAnswer, departmentGround, departmentLetter, departmentOn)
	if err != nil {
		return nil, err
	}
	var answers []acts.AnswerInput
	var defects []award.Defect
	for _, row := range rows {
		answer := row.Cell(departmentAnswer)
		if answer == "" {
			continue // still open
		}
		in := acts.AnswerInput{
			Pointer: fmt.Sprintf("/%d", row.Number), Unit: row.Cell(departmentUnit), Department: row.Cell(departmentAsked),
			Answer: award.DepartmentAnswer{
				Objects: answer == award.DepartmentObjected.Chinese(),
				Ground:  row.Cell(departmentGround), Letter: row.Cell(departmentLetter),
			},
		}
		if !slices.Contains([]string{award.DepartmentClear.Chinese(), award.DepartmentObjected.Chinese()}, answer) {
			defects = append(defects, row.Defect(departmentAnswer, "opinion_unknown", answer))
		}
		if on := row.Cell(departmentOn); on != "" {
			if in.Answer.On, err = award.ParseDate(on); err != nil {
				defects = append(defects, row.Defect(departmentOn, "value_format", "date"))
			}
		}
		answers = append(answers, in)
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "N 五(三)", "opinions_defective", defects)
	}
	return answers, nil
}
