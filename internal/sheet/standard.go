package sheet

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"shifan/internal/award"
)

// The workbook of a standard (指导标准) is one table. A row is the standard, a
// first-level block, an indicator of the block above it, or a band of the
// indicator above it, as its first column says.
const (
	colLevel     = "层级"
	colCode      = "编号"
	colTitle     = "名称"
	colKind      = "计分方式"
	colMax       = "满分"
	colMinimum   = "最低分"
	colUnit      = "单位"
	colEach      = "每项分值"
	colTarget    = "目标"
	colLeast     = "下限"
	colGreatest  = "上限"
	colGate      = "必达"
	colVeto      = "一票否决"
	colBonus     = "加分"
	colExemption = "免考"
	colFact      = "年度事实" // may be left out
)

func standardColumns() []string {
	return []string{
		colLevel, colCode, colTitle, colKind, colMax, colMinimum, colUnit, colEach,
		colTarget, colLeast, colGreatest, colGate, colVeto, colBonus, colExemption,
	}
}

// The levels of a row.
const (
	levelStandard = "标准"
	levelSample   = "示例标准"
	levelBlock    = "一级指标"
	levelLeaf     = "指标"
	levelBand     = "分段"
	yes           = "是"
)

// kindWords are the kinds of indicator as the workbook names them.
func kindWords() map[award.LeafKind]string {
	return map[award.LeafKind]string{
		award.LeafPoints: "评分", award.LeafBoolean: "是否", award.LeafCount: "计数",
		award.LeafBands: "分段", award.LeafDeduction: "扣分", award.LeafTarget: "达标",
	}
}

// senseSigns are the senses of a target as they stand before its number.
func senseSigns() map[award.Sense]string {
	return map[award.Sense]string{award.AtLeast: "≥", award.AtMost: "≤"}
}

// WriteStandard writes a standard as a workbook that ReadStandard reads again.
func WriteStandard(to io.Writer, s award.Standard) error {
	table := Table{Sheet: "指导标准", Columns: append(standardColumns(), colFact), Widths: []float64{10, 10, 60, 10, 8, 8, 8, 10, 10, 10, 10, 6, 10, 6, 6, 20}}
	add := func(cells map[string]string) {
		row := make([]string, len(table.Columns))
		for i, column := range table.Columns {
			row[i] = cells[column]
		}
		table.Rows = append(table.Rows, row)
	}
	level := levelStandard
	if s.Sample {
		level = levelSample
	}
	add(map[string]string{colLevel: level, colCode: string(s.Category), colTitle: s.Title, colMax: some(s.Max)})
	for _, b := range s.Blocks {
		add(map[string]string{colLevel: levelBlock, colTitle: b.Title, colMax: some(b.Max), colMinimum: some(b.Minimum)})
		for _, l := range b.Leaves {
			add(leafCells(l))
			for _, band := range l.Bands {
				add(map[string]string{
					colLevel: levelBand, colLeast: band.From.String(), colGreatest: band.To.String(), colMax: band.Points.String(),
				})
			}
		}
	}
	return Write(to, table)
}

func leafCells(l award.Leaf) map[string]string {
	cells := map[string]string{
		colLevel: levelLeaf, colCode: l.Code, colTitle: l.Title, colKind: kindWords()[l.Kind], colMax: l.Max.String(),
		colFact: string(l.Fact), colUnit: l.Unit, colEach: some(l.Each), colLeast: some(l.Least), colGreatest: some(l.Greatest),
	}
	if l.Sense != "" {
		cells[colTarget] = senseSigns()[l.Sense] + l.Target.String()
	}
	for column, set := range map[string]bool{colGate: l.Gate, colVeto: l.Veto, colBonus: l.Bonus, colExemption: l.Exemption} {
		if set {
			cells[column] = yes
		}
	}
	return cells
}

// some writes a number that may be left out.
func some(p award.Points) string {
	if p == 0 {
		return ""
	}
	return p.String()
}

// StandardSheet is a standard as a workbook states it, and where.
type StandardSheet struct {
	Standard award.Standard
	rows     map[string]Row // by the JSON pointer of what stands in the row
}

// ReadStandard reads a workbook of a standard. What a cell does not say clearly
// is named by row and column, all at once; whether the standard holds together
// is asked of its rules, whose defects Locate brings back to the rows.
func ReadStandard(file []byte) (StandardSheet, error) {
	rows, err := Read(file, standardColumns()...)
	if err != nil {
		return StandardSheet{}, err
	}
	r := standardReader{sheet: StandardSheet{rows: make(map[string]Row)}}
	for _, row := range rows {
		r.row(row)
	}
	if len(rows) == 0 || r.sheet.Standard.Category == "" && len(r.defects) == 0 {
		return StandardSheet{}, award.Refuse(award.Invalid, "N 三", "sheet_standard_missing", levelStandard)
	}
	if len(r.defects) > 0 {
		return StandardSheet{}, award.RefuseFields(award.Invalid, "N 三", "sheet_defects", r.defects)
	}
	return r.sheet, nil
}

// standardReader puts rows together.
type standardReader struct {
	sheet   StandardSheet
	defects []award.Defect
}

func (r *standardReader) say(row Row, column, key string, args ...any) {
	r.defects = append(r.defects, row.Defect(column, key, args...))
}

func (r *standardReader) row(row Row) {
	s := &r.sheet.Standard
	switch level := row.Cell(colLevel); level {
	case levelStandard, levelSample:
		if _, twice := r.sheet.rows[""]; twice {
			r.say(row, colLevel, "sheet_standard_twice")
			return
		}
		r.sheet.rows[""] = row
		s.Category, s.Title, s.Sample = award.Category(row.Cell(colCode)), plain(row.Cell(colTitle)), level == levelSample
		s.Max = r.number(row, colMax)
		if s.Category == "" {
			r.say(row, colCode, "field_required")
		}
	case levelBlock:
		r.sheet.rows[fmt.Sprintf("/blocks/%d", len(s.Blocks))] = row
		s.Blocks = append(s.Blocks, award.Block{
			Title: plain(row.Cell(colTitle)), Max: r.number(row, colMax), Minimum: r.number(row, colMinimum),
		})
	case levelLeaf:
		if len(s.Blocks) == 0 {
			r.say(row, colLevel, "sheet_level_order", levelLeaf, levelBlock)
			return
		}
		block := &s.Blocks[len(s.Blocks)-1]
		r.sheet.rows[fmt.Sprintf("/blocks/%d/leaves/%d", len(s.Blocks)-1, len(block.Leaves))] = row
		block.Leaves = append(block.Leaves, r.leaf(row))
	case levelBand:
		r.band(row)
	default:
		r.say(row, colLevel, "sheet_level", level, strings.Join([]string{levelStandard, levelSample, levelBlock, levelLeaf, levelBand}, "、"))
	}
}

func (r *standardReader) leaf(row Row) award.Leaf {
	l := award.Leaf{
		Code: plain(row.Cell(colCode)), Title: plain(row.Cell(colTitle)), Unit: plain(row.Cell(colUnit)), Fact: award.Measure(row.Cell(colFact)),
		Max: r.number(row, colMax), Each: r.number(row, colEach), Least: r.number(row, colLeast), Greatest: r.number(row, colGreatest),
		Gate: r.flag(row, colGate), Veto: r.flag(row, colVeto), Bonus: r.flag(row, colBonus), Exemption: r.flag(row, colExemption),
	}
	for kind, word := range kindWords() {
		if word == row.Cell(colKind) {
			l.Kind = kind
		}
	}
	if l.Kind == "" {
		words := make([]string, 0, len(kindWords()))
		for _, kind := range award.LeafKinds() {
			words = append(words, kindWords()[kind])
		}
		r.say(row, colKind, "sheet_word", row.Cell(colKind), strings.Join(words, "、"))
	}
	if text := row.Cell(colTarget); text != "" {
		l.Sense, l.Target = r.target(row, text)
	}
	return l
}

// target reads ≥10; a keyboard's >= too.
func (r *standardReader) target(row Row, text string) (award.Sense, award.Points) {
	text = strings.NewReplacer(">=", "≥", "<=", "≤", " ", "").Replace(text)
	for sense, sign := range senseSigns() {
		if number, found := strings.CutPrefix(text, sign); found {
			if p, err := award.ParsePoints(number); err == nil {
				return sense, p
			}
		}
	}
	r.say(row, colTarget, "sheet_target", text)
	return "", 0
}

func (r *standardReader) band(row Row) {
	s := &r.sheet.Standard
	if len(s.Blocks) == 0 || len(s.Blocks[len(s.Blocks)-1].Leaves) == 0 {
		r.say(row, colLevel, "sheet_level_order", levelBand, levelLeaf)
		return
	}
	leaves := s.Blocks[len(s.Blocks)-1].Leaves
	leaf := &leaves[len(leaves)-1]
	r.sheet.rows[fmt.Sprintf("/blocks/%d/leaves/%d/bands/%d", len(s.Blocks)-1, len(leaves)-1, len(leaf.Bands))] = row
	leaf.Bands = append(leaf.Bands, award.Band{
		From: r.number(row, colLeast), To: r.number(row, colGreatest), Points: r.number(row, colMax),
	})
}

// number reads a number that may be left out.
func (r *standardReader) number(row Row, column string) award.Points {
	text := row.Cell(column)
	if text == "" {
		return 0
	}
	p, err := award.ParsePoints(text)
	if err != nil {
		r.say(row, column, "points_malformed", text)
	}
	return p
}

func (r *standardReader) flag(row Row, column string) bool {
	switch text := row.Cell(column); text {
	case "", "否":
		return false
	case yes:
		return true
	default:
		r.say(row, column, "sheet_word", text, yes+"、否")
		return false
	}
}

// plain takes off what made a text harmless, so that a standard read from its
// own workbook has the digest it was written with.
func plain(cell string) string {
	if text, quoted := strings.CutPrefix(cell, "'"); quoted && harmless(text) == cell {
		return text
	}
	return cell
}

// Locate brings a refusal's defects from where they stand in the standard to
// the workbook's rows and columns.
func (s StandardSheet) Locate(err error) error {
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok {
		return err
	}
	located := *refusal
	located.Fields = make([]award.Defect, len(refusal.Fields))
	for i, d := range refusal.Fields {
		located.Fields[i] = d
		part := standardPart.FindStringSubmatch(d.Pointer)
		if part == nil {
			continue
		}
		if row, there := s.rows[part[1]]; there {
			located.Fields[i] = row.Defect(columnOf(part[2]), d.Key, d.Args...)
		}
	}
	return &located
}

// standardPart is a pointer into a standard: what it points into, and which
// field of that.
var standardPart = regexp.MustCompile(`^((?:/blocks/\d+)?(?:/leaves/\d+)?(?:/bands/\d+)?)/([a-z]+)$`)

func columnOf(field string) string {
	column, there := map[string]string{
		"category": colCode, "code": colCode, "title": colTitle, "kind": colKind, "max": colMax, "points": colMax,
		"minimum": colMinimum, "unit": colUnit, "each": colEach, "sense": colTarget, "target": colTarget,
		"least": colLeast, "from": colLeast, "greatest": colGreatest, "to": colGreatest,
		"gate": colGate, "veto": colVeto, "bonus": colBonus, "exemption": colExemption, "fact": colFact,
	}[field]
	if !there {
		return colLevel // what is below it: blocks, leaves, bands
	}
	return column
}
