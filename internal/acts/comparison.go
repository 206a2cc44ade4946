package acts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"shifan/internal/award"
)

// MarkColumns are the columns of marks of one file, as entered; nil where there
// are none.
type MarkColumns struct {
	Self     []award.Points    // 自评: as last filed
	Province []award.Points    // 省级考核
	Expert   []award.Points    // 专家: what the rule makes of theirs
	Nation   []award.Points    // 部级核定
	Remarks  map[string]string // the inspector's, by indicator code

	SubItems    award.SubItems // of the recommending office
	SelfSub     award.SubMarks // as filed
	ProvinceSub award.SubMarks

	Finding    string // the inspection's
	NationNote string
}

// comparisonReads is what a comparison sheet is made from.
type comparisonReads interface {
	// MarkColumns reads a file's columns of marks.
	MarkColumns(ctx context.Context, application int64) (MarkColumns, error)
}

// Comparison is the comparison sheet (得分对照表) of one file: the four columns
// of marks side by side, and what each level said.
type Comparison struct {
	Round      string         `json:"round"`
	RoundTitle string         `json:"round_title"`
	Unit       string         `json:"unit"` // code
	Name       string         `json:"name"`
	Category   award.Category `json:"category"`
	Title      string         `json:"title"` // of the category
	Standard   string         `json:"standard"`
	Sample     bool           `json:"sample"` // 示例

	Indicators []ComparedIndicator `json:"indicators"`
	Total      ComparedTotal       `json:"total"`
	Levels     []LevelRemark       `json:"levels"`
	Finding    string              `json:"finding"`     // the inspection's
	NationNote string              `json:"nation_note"` // empty where the nation's marks are not shown

	SHA256 string `json:"-"` // of all the above, as JSON
}

// ComparedIndicator is one indicator across the columns.
type ComparedIndicator struct {
	Block    string        `json:"block"`
	Code     string        `json:"code"`
	Title    string        `json:"title"`
	Max      award.Points  `json:"max"`
	Veto     bool          `json:"veto"`
	Self     *ComparedMark `json:"self"`
	Province *ComparedMark `json:"province"`
	Remark   string        `json:"remark"`  // 考察意见
	Flagged  bool          `json:"flagged"` // self and province differ by more than the round allows (D-46)
	Expert   *ComparedMark `json:"expert"`  // of a round in which experts mark (domain 6.3)
	Nation   *ComparedMark `json:"nation"`

	SubItems []ComparedSubItem `json:"sub_items,omitempty"` // 细则: no business of the nation's (D-34)
}

// ComparedSubItem is one sub-item across the columns that have it.
type ComparedSubItem struct {
	award.SubItem
	Self     *award.Points `json:"self"`
	Province *award.Points `json:"province"`
}

// ComparedMark is what was entered, and the points it gives.
type ComparedMark struct {
	Value  award.Points `json:"value"`
	Points award.Points `json:"points"`
}

// ComparedTotal is what the columns come to; nil where there is none.
type ComparedTotal struct {
	Self     *award.Points `json:"self"`
	Province *award.Points `json:"province"`
	Expert   *award.Points `json:"expert"`
	Nation   *award.Points `json:"nation"`
}

// LevelRemark is what one office said of the file (各级审核意见).
type LevelRemark struct {
	Office  string        `json:"office"` // its name
	Opinion award.Opinion `json:"opinion"`
	Text    string        `json:"text"`
	On      string        `json:"on"` // the day
}

// Comparison reads the comparison sheet of a file, for whoever may see the file.
// The nation's marks are the owner office's until the candidates are fixed
// (D-48), as the file's own total is.
func (a *Acts) Comparison(ctx context.Context, by award.Officer, round string, application int64) (Comparison, error) {
	f, err := a.Application(ctx, by, round, application)
	if err != nil {
		return Comparison{}, err
	}
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return Comparison{}, err
	}
	rule, err := r.Category(f.Category)
	if err != nil {
		return Comparison{}, err
	}
	columns, err := a.store.MarkColumns(ctx, application)
	if err != nil {
		return Comparison{}, err
	}
	if r.showsNation(by) {
		err := a.store.InTx(ctx, func(tx Tx) error {
			found, err := expertColumns(ctx, tx, r, application)
			columns.Expert = found[application]
			return err
		})
		if err != nil {
			return Comparison{}, err
		}
	} else {
		columns.Nation, columns.NationNote = nil, ""
	}
	said, err := a.store.Endorsements(ctx, application)
	if err != nil {
		return Comparison{}, fmt.Errorf("read endorsements: %w", err)
	}
	c := Comparison{
		Round: r.ID, RoundTitle: r.Title, Unit: f.UnitCode, Name: f.UnitName, Category: f.Category, Title: rule.Title,
		Standard: rule.Standard.Title, Sample: rule.Standard.Sample,
		Indicators: compare(rule.Standard, columns, r.Rules.DifferencePercent),
		Total: ComparedTotal{
			Self:     totalOf(rule.Standard, columns.Self),
			Province: totalOf(rule.Standard, columns.Province),
			Expert:   totalOf(rule.Standard, columns.Expert),
			Nation:   totalOf(rule.Standard, columns.Nation),
		},
		Levels:  make([]LevelRemark, len(said)),
		Finding: columns.Finding, NationNote: columns.NationNote,
	}
	for i, e := range said {
		c.Levels[i] = LevelRemark{Office: e.OfficeName, Opinion: e.Opinion, Text: e.Text, On: award.DateOf(e.At).String()}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return Comparison{}, fmt.Errorf("hash the comparison: %w", err)
	}
	sum := sha256.Sum256(text)
	c.SHA256 = hex.EncodeToString(sum[:])
	return c, nil
}

// compare puts the columns side by side. A column of another length than the
// standard's is none.
func compare(s award.Standard, columns MarkColumns, percent int) []ComparedIndicator {
	flagged := map[int]bool{}
	for _, i := range s.Differences(columns.Self, columns.Province, percent) {
		flagged[i] = true
	}
	self, province := compared(s, columns.Self), compared(s, columns.Province)
	expert, nation := compared(s, columns.Expert), compared(s, columns.Nation)
	out := make([]ComparedIndicator, 0, len(self))
	for _, block := range s.Blocks {
		for _, leaf := range block.Leaves {
			i := len(out)
			out = append(out, ComparedIndicator{
				Block: block.Title, Code: leaf.Code, Title: leaf.Title, Max: leaf.Max, Veto: leaf.Veto,
				Self: self[i], Province: province[i], Expert: expert[i], Nation: nation[i],
				Remark: columns.Remarks[leaf.Code], Flagged: flagged[i],
				SubItems: comparedSubItems(columns.SubItems.Of(leaf.Code), columns),
			})
		}
	}
	return out
}

func compared(s award.Standard, values []award.Points) []*ComparedMark {
	leaves := s.Leaves()
	marks := make([]*ComparedMark, len(leaves))
	if len(values) != len(leaves) {
		return marks
	}
	for i, points := range s.Points(values) {
		marks[i] = &ComparedMark{Value: values[i], Points: points}
	}
	return marks
}

func comparedSubItems(items award.SubItems, columns MarkColumns) []ComparedSubItem {
	var out []ComparedSubItem
	for _, item := range items {
		row := ComparedSubItem{SubItem: item}
		if mark, given := columns.SelfSub[item.Code]; given {
			row.Self = &mark
		}
		if mark, given := columns.ProvinceSub[item.Code]; given {
			row.Province = &mark
		}
		out = append(out, row)
	}
	return out
}

func totalOf(s award.Standard, values []award.Points) *award.Points {
	if len(values) == 0 || len(values) != len(s.Leaves()) {
		return nil
	}
	total := s.Score(values, 0).Total
	return &total
}

// showsNation reports whether the officer may know the nation's marks: the
// owner office, and from the candidates on whoever may see the file (D-48).
func (r Round) showsNation(by award.Officer) bool {
	return by.Office == r.Owner || !r.CandidatesAt.IsZero()
}
