package sheet

import (
	"errors"
	"io"
	"regexp"
	"strconv"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// The columns of the workbook of sub-items (细则表). Those of the indicator are
// there to be read.
const (
	itemLeaf      = "指标编号"
	itemLeafTitle = "指标"
	itemLeafMax   = "指标满分"
	itemCode      = "细则编号"
	itemTitle     = "细则"
	itemMax       = "细则满分"
)

// WriteSubItems writes the workbook of an office's sub-items: below each
// indicator that may have some, those there are or a row to be filled in.
func WriteSubItems(to io.Writer, s acts.SubItems) error {
	table := Table{
		Sheet:   "细则",
		Columns: []string{itemLeaf, itemLeafTitle, itemLeafMax, itemCode, itemTitle, itemMax},
		Widths:  []float64{10, 40, 10, 10, 60, 10},
	}
	for _, leaf := range s.Standard.Leaves() {
		if leaf.Kind != award.LeafPoints {
			continue
		}
		about := []string{leaf.Code, leaf.Title, leaf.Max.String()}
		items := s.Items.Of(leaf.Code)
		if len(items) == 0 {
			table.Rows = append(table.Rows, about)
		}
		for _, item := range items {
			table.Rows = append(table.Rows, append(about[:3:3], item.Code, item.Title, item.Max.String()))
		}
	}
	return Write(to, table, Table{
		Sheet: "填写说明", Columns: []string{"说明"}, Widths: []float64{90},
		Rows: [][]string{
			{"每行一条细则；可在指标下增加行。前三栏供对照，不读入；细则三栏全空的行不读入。"},
			{"细则编号为指标编号加序号，如1.1.1、1.1.2或1.1-1、1.1-2。"},
			{"同一指标各细则满分之和，须恰为该指标满分。不设细则的指标留空。"},
			{"表中细则为全部细则：整体替换原有细则。本地区该类别已有自查后，不能再变动。"},
		},
	})
}

// SubItemSheet is what a workbook of sub-items states, and in which rows.
type SubItemSheet struct {
	Items award.SubItems
	rows  []Row // by place of the item
}

// ReadSubItems reads the workbook as it comes back. What a cell does not say
// clearly is named by row and column, all at once.
func ReadSubItems(file []byte) (SubItemSheet, error) {
	lines, err := Read(file, itemCode, itemTitle, itemMax)
	if err != nil {
		return SubItemSheet{}, err
	}
	var s SubItemSheet
	var defects []award.Defect
	for _, line := range lines {
		code, title, most := line.Cell(itemCode), plain(line.Cell(itemTitle)), line.Cell(itemMax)
		if code+title+most == "" {
			continue
		}
		points, err := award.ParsePoints(most)
		if err != nil {
			defects = append(defects, line.Defect(itemMax, "points_malformed", most))
		}
		s.Items = append(s.Items, award.SubItem{Code: code, Title: title, Max: points})
		s.rows = append(s.rows, line)
	}
	if len(defects) > 0 {
		return SubItemSheet{}, award.RefuseFields(award.Invalid, "N 五(二)", "sheet_defects", defects)
	}
	return s, nil
}

// subItemPart is a pointer into a list of sub-items: which one, and which field.
var subItemPart = regexp.MustCompile(`^/items/(\d+)/(code|title|max)$`)

// Locate brings a refusal's defects from where they stand in the list to the
// workbook's rows and columns.
func (s SubItemSheet) Locate(err error) error {
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok {
		return err
	}
	located := *refusal
	located.Fields = make([]award.Defect, len(refusal.Fields))
	columns := map[string]string{"code": itemCode, "title": itemTitle, "max": itemMax}
	for i, d := range refusal.Fields {
		located.Fields[i] = d
		if part := subItemPart.FindStringSubmatch(d.Pointer); part != nil {
			if n, err := strconv.Atoi(part[1]); err == nil && n < len(s.rows) {
				located.Fields[i] = s.rows[n].Defect(columns[part[2]], d.Key, d.Args...)
			}
		}
	}
	return &located
}
