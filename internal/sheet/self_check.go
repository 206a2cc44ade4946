package sheet

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// The columns of the table of self-checks (自查表) beside the indicators.
const (
	checkUnit     = "单位代码"
	checkName     = "单位名称"
	checkRevision = "所见版本"
	checkGap      = "总体差距"
	checkMeasure  = "总体改进措施"
	checkPerson   = "代录依据(单位人员)"
	checkScan     = "盖章件(SHA-256)"
)

// mostGap is how many characters 差距 and 改进措施 of the whole may have, as in the
// contract.
const mostGap = 2000

// fromFacts marks a value that the year's facts fill: it is not read back.
const fromFacts = "※"

// indicatorColumn names the column of an indicator: 1.1 有方案(5.00) or
// 1.2 志愿者(%).
func indicatorColumn(leaf award.Leaf) string {
	bound := leaf.Unit
	if bound == "" {
		bound = leaf.Max.String()
	}
	return fmt.Sprintf("%s %s(%s)", leaf.Code, leaf.Title, bound)
}

// markColumn is a column of marks: of an indicator, or in its place of each of
// its sub-items (细则).
type markColumn struct {
	title string
	leaf  int    // its place among the marks
	sub   string // code of the sub-item; empty: the indicator itself
}

func markColumns(form acts.SelfCheckForm) []markColumn {
	var columns []markColumn
	for i, leaf := range form.Standard.Leaves() {
		items := form.SubItems.Of(leaf.Code)
		if len(items) == 0 {
			columns = append(columns, markColumn{title: indicatorColumn(leaf), leaf: i})
		}
		for _, item := range items {
			columns = append(columns, markColumn{
				title: indicatorColumn(award.Leaf{Code: item.Code, Title: item.Title, Max: item.Max}), leaf: i, sub: item.Code,
			})
		}
	}
	return columns
}

func titles(columns []markColumn) []string {
	out := make([]string, len(columns))
	for i, column := range columns {
		out[i] = column.title
	}
	return out
}

// cell writes what stands in the column for a self-check.
func (m markColumn) cell(c acts.SelfCheck, leaf award.Leaf) string {
	value := c.Marks[m.leaf]
	if m.sub != "" && value != award.Exempt {
		mark, given := c.SubMarks[m.sub]
		if !given {
			mark = award.Blank
		}
		return markText(mark)
	}
	if slices.Contains(c.Filled, leaf.Code) {
		return fromFacts + markText(value)
	}
	return markText(value)
}

// exemptCell stands in a cell for an indicator that does not apply (免考).
const exemptCell = "免考"

// markText writes a mark into a cell.
func markText(mark award.Points) string {
	if mark == award.Exempt {
		return exemptCell
	}
	return mark.String()
}

// parseMark reads a cell as markText wrote it, or as the API spells it.
func parseMark(cell string) (award.Points, error) {
	if cell == exemptCell {
		return award.Exempt, nil
	}
	return award.ParseMark(cell)
}

// WriteSelfChecks writes the table of self-checks: a row for each unit with what
// is there.
func WriteSelfChecks(to io.Writer, t acts.SelfCheckTable) error {
	columns := markColumns(t.SelfCheckForm)
	table := Table{
		Sheet:   "自查表",
		Columns: slices.Concat([]string{checkUnit, checkName, checkRevision}, titles(columns), []string{checkGap, checkMeasure, checkPerson, checkScan}),
		Widths:  []float64{16, 32, 10},
	}
	leaves := t.Standard.Leaves()
	for _, c := range t.Rows {
		row := []string{c.UnitCode, c.UnitName, strconv.Itoa(c.Revision)}
		for _, column := range columns {
			row = append(row, column.cell(c, leaves[column.leaf]))
		}
		table.Rows = append(table.Rows, append(row, c.Gap, c.Measure, c.EnteredFor.Person, c.EnteredFor.Scan))
	}
	return Write(to, table, Table{
		Sheet: "填写说明", Columns: []string{"说明"}, Widths: []float64{90},
		Rows: [][]string{
			{"每行一个单位。单位代码、所见版本和表头请勿改动；未填的行不提交。"},
			{"带" + fromFacts + "的数值由年度基本情况填报，不必填写；有误请到年度基本情况更正。"},
			{"空格表示尚未填报；不涉及(免考)的指标填" + exemptCell + "。"},
			{"上级代录的，在“" + checkPerson + "”填写单位人员姓名；单位自行填报的留空。"},
		},
	})
}

// ReadSelfChecks reads the table as it comes back. A row in which nothing is
// filled is a unit that has not begun, and is left out; a cell that is no mark
// is a defect of its row.
func ReadSelfChecks(file []byte, round string, category award.Category, form acts.SelfCheckForm) ([]acts.SelfCheckRow, error) {
	columns := markColumns(form)
	lines, err := Read(file, slices.Concat([]string{checkUnit, checkRevision, checkGap, checkMeasure, checkPerson, checkScan}, titles(columns))...)
	if err != nil {
		return nil, err
	}
	var rows []acts.SelfCheckRow
	for _, line := range lines {
		row := acts.SelfCheckRow{Number: line.Number, SaveSelfCheck: acts.SaveSelfCheck{
			Round: round, Unit: line.Cell(checkUnit), Category: category, Marks: form.Standard.Blanks(),
			Gap: plain(line.Cell(checkGap)), Measure: plain(line.Cell(checkMeasure)),
			EnteredFor: award.EnteredFor{Person: plain(line.Cell(checkPerson)), Scan: line.Cell(checkScan)},
		}}
		if len(form.SubItems) > 0 {
			row.SubMarks = award.SubMarks{}
		}
		begun := row.Gap+row.Measure+row.EnteredFor.Person != ""
		for _, column := range columns {
			cell := line.Cell(column.title)
			if cell == "" || strings.HasPrefix(cell, fromFacts) {
				continue
			}
			begun = true
			mark, err := parseMark(cell)
			switch {
			case err != nil:
				row.Defects = append(row.Defects, line.Defect(column.title, "points_malformed", cell))
			case column.sub == "" || mark == award.Exempt:
				row.Marks[column.leaf] = mark
			default:
				row.SubMarks[column.sub] = mark
			}
		}
		for _, column := range []string{checkGap, checkMeasure} {
			if utf8.RuneCountInString(line.Cell(column)) > mostGap {
				row.Defects = append(row.Defects, line.Defect(column, "value_too_long", mostGap))
			}
		}
		if row.Revision, err = strconv.Atoi(line.Cell(checkRevision)); err != nil || row.Revision < 0 {
			row.Defects = append(row.Defects, line.Defect(checkRevision, "revision_unread", line.Cell(checkRevision)))
		}
		if begun || row.Revision > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// LocateSelfCheck brings a refusal's defects from where they stand in a
// self-check to the row and column of the table.
func LocateSelfCheck(row acts.SelfCheckRow, form acts.SelfCheckForm, refusal *award.Error) *award.Error {
	located := *refusal
	located.Fields = slices.Clone(refusal.Fields)
	named := map[string]string{"/entered_for": checkPerson, "/entered_for/person": checkPerson, "/entered_for/scan": checkScan}
	for _, column := range slices.Backward(markColumns(form)) { // an indicator's value is told of its first column
		named[fmt.Sprintf("/marks/%d", column.leaf)] = column.title
		named["/sub_marks/"+column.sub] = column.title
	}
	for k, d := range located.Fields {
		if column := named[d.Pointer]; column != "" {
			located.Fields[k].Pointer = fmt.Sprintf("/%d/%s", row.Number, column)
		}
	}
	return &located
}
