package acts

import (
	"cmp"
	"context"
	"slices"

	"shifan/internal/award"
)

// Docket is what a recommending office's review body has before it of one
// category, on one sheet (评审总表, N 四(二)).
type Docket struct {
	RoundTitle string
	OfficeName string
	Category   award.Category
	Limit      Limit
	Adopted    AdoptedList  // the proposed list as it stands; no ID: none
	Items      []DocketItem // by code, never by mark (D-09)
}

// DocketItem is one unit before the review body, with why it is recommended or
// not.
type DocketItem struct {
	CutItem
	Self      *award.Points       // 自评得分, as last filed; nil: never filed
	Satisfied bool                // the survey passes the round's gate (D-06)
	Failed    []award.Reason      // what of the province's marks does not pass: vetoes, gates, minima
	Opinions  []DepartmentOpinion // what departments were asked and answered
	Position  int                 // on the adopted list; 0: not on it
	Departure string              // why it departs from the rank there
}

// MarkPair is a file's own marks and the province's, as entered; nil where there
// are none.
type MarkPair struct {
	Self, Province []award.Points
}

// Docket reads the docket of a category, for whoever sees the office.
func (a *Acts) Docket(ctx context.Context, by award.Officer, round, office string, category award.Category) (Docket, error) {
	var d Docket
	err := a.readOffice(ctx, by, round, office, func(tx Tx, r Round, o Office) error {
		rule, err := r.Category(category)
		if err != nil {
			return err
		}
		cut, err := cutOf(ctx, tx, r, o)
		if err != nil {
			return err
		}
		d = Docket{RoundTitle: r.Title, OfficeName: o.Name, Category: category}
		for _, l := range cut.Limits {
			if l.Category == category {
				d.Limit = l
			}
		}
		if d.Adopted, err = tx.LatestList(ctx, r.ID, o.ID, award.ListProposed); err != nil {
			return err
		}
		marks, err := tx.MarksAtProvince(ctx, r.ID, o.ID, category)
		if err != nil {
			return err
		}
		opinions, err := tx.DepartmentOpinions(ctx, r.ID, o.ID)
		if err != nil {
			return err
		}
		for _, item := range cut.Items {
			if item.Category == category {
				d.Items = append(d.Items, docketItem(item, marks[item.ID], opinions, d.Adopted, rule.Standard, r.Rules))
			}
		}
		slices.SortFunc(d.Items, func(a, b DocketItem) int { return cmp.Compare(a.Code, b.Code) })
		return nil
	})
	return d, err
}

func docketItem(cut CutItem, marks MarkPair, opinions []DepartmentOpinion, adopted AdoptedList, s award.Standard, rules award.Rules) DocketItem {
	item := DocketItem{CutItem: cut, Self: totalOf(s, marks.Self), Satisfied: cut.surveyed(rules) == nil}
	if len(marks.Province) == len(s.Leaves()) {
		item.Failed = s.Score(marks.Province, rules.PassMark).Reasons
	}
	for _, o := range opinions {
		if o.Application == cut.ID {
			item.Opinions = append(item.Opinions, o)
		}
	}
	for _, listed := range adopted.Items {
		if listed.Application == cut.ID && !listed.Removed {
			item.Position, item.Departure = listed.Position, listed.Reason
		}
	}
	return item
}
