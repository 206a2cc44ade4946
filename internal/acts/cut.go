package acts

import (
	"cmp"
	"context"
	"slices"

	"shifan/internal/award"
)

// Cut is an office's cut to its limits as it stands (推荐名单), with why each file
// is in it or not.
type Cut struct {
	Revision int // 0: none yet
	Limits   []Limit
	Items    []CutItem // by category, in it first, then by rank
}

// CutItem is one file before the cut.
type CutItem struct {
	RankedFile
	Reason award.CutReason
}

// cutTx reads what the cut is explained from.
type cutTx interface {
	// Listings reads which of an office's files were ever on a proposed list,
	// and whether the public notice of one has ended.
	Listings(ctx context.Context, round string, office int64) (map[int64]bool, error)
	// MarksAtProvince reads the self marks that each file of an office's category
	// was last filed with, and the province's.
	MarksAtProvince(ctx context.Context, round string, office int64, category award.Category) (map[int64]MarkPair, error)
	// LimitsOf reads an office's limits.
	LimitsOf(ctx context.Context, round string, office int64) ([]Limit, error)
}

// CutOf reads an office's cut and who was cut, and why: rank, limit, tie,
// department, survey, objection.
func (a *Acts) CutOf(ctx context.Context, by award.Officer, round, office string) (Cut, error) {
	var cut Cut
	err := a.readOffice(ctx, by, round, office, func(tx Tx, r Round, o Office) (err error) {
		cut, err = cutOf(ctx, tx, r, o)
		return err
	})
	return cut, err
}

func cutOf(ctx context.Context, tx Tx, r Round, o Office) (Cut, error) {
	files, err := tx.ProvinceFiles(ctx, r.ID, o.ID, append(sentStates(),
		award.FileAtProvince, award.FileInspected, award.FileProposed, award.FileNoticedLocally, award.FileNotRecommended)...)
	if err != nil {
		return Cut{}, err
	}
	if err := barred(ctx, tx, r, o.ID, files); err != nil {
		return Cut{}, err
	}
	listings, err := tx.Listings(ctx, r.ID, o.ID)
	if err != nil {
		return Cut{}, err
	}
	cut := Cut{Revision: o.CutRevision}
	if cut.Limits, err = tx.LimitsOf(ctx, r.ID, o.ID); err != nil {
		return Cut{}, err
	}
	for _, c := range r.Categories {
		cut.Items = append(cut.Items, explain(rank(r.Rules, files, c.Category), c, cut.Limits, r.Rules, listings)...)
	}
	return cut, nil
}

// explain says of every file of one category why it is in the cut or not.
func explain(ranked []RankedFile, c RoundCategory, limits []Limit, rules award.Rules, listings map[int64]bool) []CutItem {
	taken, last := 0, award.Points(0)
	for _, f := range ranked {
		if slices.Contains(sentStates(), f.State) {
			if taken == 0 || f.Total < last {
				last = f.Total
			}
			taken++
		}
	}
	full := false
	for _, l := range limits {
		full = full || l.Category == c.Category && taken >= l.Places
	}
	items := make([]CutItem, len(ranked))
	for i, f := range ranked {
		noticed, listed := listings[f.ID]
		items[i] = CutItem{f, award.CutCase{
			Taken: slices.Contains(sentStates(), f.State), Inspected: f.Inspected, Passed: f.Passed,
			Surveyed: f.surveyed(rules) == nil, Barred: f.cleared() != nil, Suspended: f.Suspended,
			Listed: listed, Noticed: noticed, Score: f.Total, Full: full && taken > 0, Last: last,
		}.Reason()}
	}
	slices.SortStableFunc(items, func(a, b CutItem) int { return cmp.Compare(out(a), out(b)) })
	return items
}

// out is 0 for what is in the cut, which is shown first.
func out(i CutItem) int {
	if i.Reason == award.CutTaken {
		return 0
	}
	return 1
}
