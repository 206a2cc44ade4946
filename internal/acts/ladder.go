package acts

import (
	"context"
	"slices"

	"shifan/internal/award"
)

// onLadder names what keeps a unit from filing in a round that asks for a title
// given below (分级创建, D-87): nothing where the round does not ask.
func (t *act) onLadder(ctx context.Context, p place, f File, rule RoundCategory) ([]award.Defect, error) {
	if !slices.Contains(p.round.Rules.RequiresTitle, f.Category) {
		return nil, nil
	}
	holds, err := t.HoldsTitleOf(ctx, f.Unit, f.Category, award.LadderOffices(p.round.Owner, f.Path), p.round.Drill)
	if err != nil || holds {
		return nil, err
	}
	return []award.Defect{{Pointer: "/unit", Key: "title_below_missing", Args: []any{rule.Title}}}, nil
}
