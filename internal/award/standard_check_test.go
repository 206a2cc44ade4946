package award_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestAWholeStandardHasNoDefects(t *testing.T) {
	require.Empty(t, sound().Check(true))
}

func TestEveryDefectOfAStandardIsNamed(t *testing.T) {
	leaf := func(s *award.Standard, i int) *award.Leaf { return &s.Blocks[0].Leaves[i] }
	for name, tt := range map[string]struct {
		spoil   func(s *award.Standard)
		defects []string
	}{
		"no such category":  {func(s *award.Standard) { s.Category = "province" }, []string{"/category category_unknown"}},
		"no title":          {func(s *award.Standard) { s.Title = "" }, []string{"/title field_required"}},
		"nothing in it":     {func(s *award.Standard) { s.Blocks, s.Max = nil, 0 }, []string{"/blocks field_required", "/max standard_sum"}},
		"an empty block":    {func(s *award.Standard) { s.Blocks = append(s.Blocks, award.Block{Title: "三"}) }, []string{"/blocks/2/leaves field_required"}},
		"a block twice":     {func(s *award.Standard) { s.Blocks[1].Title = "一" }, []string{"/blocks/1/title block_twice"}},
		"a code twice":      {func(s *award.Standard) { s.Blocks[1].Leaves[0].Code = "1.1" }, []string{"/blocks/1/leaves/0/code leaf_twice"}},
		"no code, no title": {func(s *award.Standard) { leaf(s, 0).Code, leaf(s, 0).Title = "", "" }, []string{"/blocks/0/leaves/0/code field_required", "/blocks/0/leaves/0/title field_required"}},
		"a stated maximum the blocks do not make":             {func(s *award.Standard) { s.Max = 99_00 }, []string{"/max standard_sum"}},
		"a block's stated maximum its indicators do not make": {func(s *award.Standard) { s.Blocks[0].Max = 1 }, []string{"/blocks/0/max block_sum"}},
		"a national standard of more than a hundred":          {func(s *award.Standard) { s.Max, s.Blocks[1].Leaves[0].Max = 0, 41_00 }, []string{"/max standard_sum"}},
		"a minimum above what its block can give":             {func(s *award.Standard) { s.Blocks[1].Minimum = 40_01 }, []string{"/blocks/1/minimum block_minimum_bounds"}},
		"no maximum": {
			func(s *award.Standard) { leaf(s, 1).Max = 0 },
			[]string{"/blocks/0/leaves/1/max leaf_max", "/blocks/0/max block_sum", "/max standard_sum"},
		},
		"a kind nobody knows":      {func(s *award.Standard) { leaf(s, 1).Kind = "formula" }, []string{"/blocks/0/leaves/1/kind leaf_kind_unknown"}},
		"a count of nothing":       {func(s *award.Standard) { leaf(s, 2).Each, leaf(s, 2).Unit = 0, "" }, []string{"/blocks/0/leaves/2/unit leaf_unit", "/blocks/0/leaves/2/each leaf_each"}},
		"each worth more than all": {func(s *award.Standard) { leaf(s, 3).Each = 10_01 }, []string{"/blocks/0/leaves/3/each leaf_each"}},
		"a hole between bands":     {func(s *award.Standard) { leaf(s, 4).Bands[1].From = 60_01 }, []string{"/blocks/0/leaves/4/bands/1/from band_hole"}},
		"a hole before the first":  {func(s *award.Standard) { leaf(s, 4).Bands[0].From = 1 }, []string{"/blocks/0/leaves/4/bands/0/from band_hole"}},
		"bands that overlap":       {func(s *award.Standard) { leaf(s, 4).Bands[1].From = 59_99 }, []string{"/blocks/0/leaves/4/bands/1/from band_overlap"}},
		"bands that end early":     {func(s *award.Standard) { leaf(s, 4).Bands[1].To = 99_99 }, []string{"/blocks/0/leaves/4/bands/1/to band_end"}},
		"a band of nothing": {
			func(s *award.Standard) { leaf(s, 4).Bands[0].To = 0 },
			[]string{"/blocks/0/leaves/4/bands/0/to band_empty", "/blocks/0/leaves/4/bands/1/from band_hole"},
		},
		"a band above the maximum":  {func(s *award.Standard) { leaf(s, 4).Bands[0].Points = 10_01 }, []string{"/blocks/0/leaves/4/bands/0/points band_points", "/blocks/0/leaves/4/bands band_best"}},
		"a maximum no band gives":   {func(s *award.Standard) { leaf(s, 4).Bands[1].Points = 9_99 }, []string{"/blocks/0/leaves/4/bands band_best"}},
		"no bands":                  {func(s *award.Standard) { leaf(s, 4).Bands = nil }, []string{"/blocks/0/leaves/4/bands field_required"}},
		"bands without an end":      {func(s *award.Standard) { leaf(s, 4).Greatest = 0 }, []string{"/blocks/0/leaves/4/greatest leaf_range", "/blocks/0/leaves/4/bands/1/to band_end"}},
		"a measure without a unit":  {func(s *award.Standard) { leaf(s, 5).Unit = "" }, []string{"/blocks/0/leaves/5/unit leaf_unit"}},
		"a target on neither side":  {func(s *award.Standard) { leaf(s, 5).Sense = "about" }, []string{"/blocks/0/leaves/5/sense leaf_sense"}},
		"a target out of reach":     {func(s *award.Standard) { leaf(s, 5).Target = 100_01 }, []string{"/blocks/0/leaves/5/target leaf_target"}},
		"a target on judged points": {func(s *award.Standard) { leaf(s, 0).Target, leaf(s, 0).Unit = 1, "%" }, []string{"/blocks/0/leaves/0/unit leaf_foreign", "/blocks/0/leaves/0/target leaf_foreign"}},
		"a fact that there is not":  {func(s *award.Standard) { leaf(s, 5).Fact = "income" }, []string{"/blocks/0/leaves/5/fact leaf_fact_unknown"}},
		"a yes for a measure":       {func(s *award.Standard) { leaf(s, 5).Fact = "service_centre" }, []string{"/blocks/0/leaves/5/fact leaf_fact_kind"}},
		"a number for a yes":        {func(s *award.Standard) { leaf(s, 1).Fact = "residents" }, []string{"/blocks/0/leaves/1/fact leaf_fact_kind"}},
		"a share for a count":       {func(s *award.Standard) { leaf(s, 2).Fact = "volunteers/residents" }, []string{"/blocks/0/leaves/2/fact leaf_fact_kind"}},
		"a fact for judged points":  {func(s *award.Standard) { leaf(s, 0).Fact = "residents" }, []string{"/blocks/0/leaves/0/fact leaf_fact_kind"}},
		"a veto by judgement":       {func(s *award.Standard) { s.Blocks[1].Leaves[1].Kind = award.LeafPoints }, []string{"/blocks/1/leaves/1/veto leaf_veto_kind"}},
		"a veto that is a gate":     {func(s *award.Standard) { s.Blocks[1].Leaves[1].Gate = true }, []string{"/blocks/1/leaves/1/gate leaf_flags"}},
		"a bonus in a national standard": {
			func(s *award.Standard) {
				s.Blocks[1].Leaves = append(s.Blocks[1].Leaves, award.Leaf{Code: "B", Title: "b", Kind: award.LeafPoints, Max: 1_00, Bonus: true})
			},
			[]string{"/blocks/1/leaves/2/bonus leaf_not_national"},
		},
		"an exemption in a national standard": {func(s *award.Standard) { leaf(s, 0).Exemption = true }, []string{"/blocks/0/leaves/0/exemption leaf_not_national"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sound()
			tt.spoil(&s)
			require.Equal(t, tt.defects, pointers(s.Check(true)))
		})
	}
}

func TestAStandardOfAProvinceMayKnowBonusAndExemptionAndOtherMaxima(t *testing.T) {
	s := sound()
	s.Max, s.Blocks[1].Leaves[0].Max, s.Blocks[1].Leaves[0].Exemption = 110_00, 50_00, true
	s.Blocks[1].Leaves = append(s.Blocks[1].Leaves, award.Leaf{Code: "B", Title: "b", Kind: award.LeafPoints, Max: 5_00, Bonus: true})
	require.Empty(t, s.Check(false))
}

func TestAStandardWithoutDefectsGivesItsMaximumForTheBestValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := drawn(t)
		s.Category, s.Title = award.Street, "t"
		for b := range s.Blocks {
			s.Blocks[b].Minimum = min(s.Blocks[b].Minimum, s.Blocks[b].Maximum())
			for l := range s.Blocks[b].Leaves {
				leaf := &s.Blocks[b].Leaves[l]
				leaf.Title, leaf.Gate, leaf.Bonus, leaf.Exemption = "t", false, false, false
				if leaf.Kind == award.LeafPoints {
					leaf.Veto = false
				}
				if leaf.Kind == award.LeafBands || leaf.Kind == award.LeafTarget || leaf.Kind == award.LeafCount {
					leaf.Unit = "个"
				}
				if n := len(leaf.Bands); n > 0 {
					leaf.Bands[n-1].Points = leaf.Max
				}
			}
		}
		if defects := s.Check(false); len(defects) > 0 {
			t.Fatalf("%+v: %v", s, defects)
		}
		best := make([]award.Points, 0, 20)
		for _, leaf := range s.Leaves() {
			best = append(best, bestValue(leaf))
		}
		if defects := s.CheckMarks(best, true); len(defects) > 0 {
			t.Fatalf("the best values do not fit: %v", defects)
		}
		if got := s.Score(best, 0).Total; got != s.Maximum() {
			t.Fatalf("the best values give %s of %s", got, s.Maximum())
		}
	})
}

// bestValue is a value that gives everything, and no veto.
func bestValue(leaf award.Leaf) award.Points {
	if leaf.Veto {
		return 0
	}
	switch leaf.Kind {
	case award.LeafCount:
		return 100 * ((leaf.Max + leaf.Each - 1) / leaf.Each)
	case award.LeafDeduction:
		return 0
	case award.LeafBands:
		at := slices.IndexFunc(leaf.Bands, func(b award.Band) bool { return b.Points == leaf.Max })
		return leaf.Bands[at].From
	case award.LeafTarget:
		return leaf.Target
	case award.LeafPoints, award.LeafBoolean:
	}
	return leaf.Max
}

// sound is a standard with every kind and no defect.
func sound() award.Standard {
	s := award.Standard{Category: award.Street, Title: "t", Max: 100_00, Blocks: []award.Block{
		{Title: "一", Max: 60_00, Leaves: []award.Leaf{
			{Kind: award.LeafPoints},
			{Kind: award.LeafBoolean, Gate: true},
			{Kind: award.LeafCount, Unit: "个", Each: 3_00},
			{Kind: award.LeafDeduction, Each: 1_00},
			{Kind: award.LeafBands, Unit: "%", Greatest: 100_00, Bands: []award.Band{
				{From: 0, To: 60_00, Points: 5_00}, {From: 60_00, To: 100_00, Points: 10_00},
			}},
			{Kind: award.LeafTarget, Unit: "%", Sense: award.AtLeast, Target: 10_00, Greatest: 100_00},
		}},
		{Title: "二", Minimum: 20_00, Leaves: []award.Leaf{
			{Code: "2.1", Title: "t", Kind: award.LeafPoints, Max: 40_00},
			{Code: "V", Title: "t", Kind: award.LeafBoolean, Max: 1_00, Veto: true},
		}},
	}}
	for i := range s.Blocks[0].Leaves {
		leaf := &s.Blocks[0].Leaves[i]
		leaf.Code, leaf.Title, leaf.Max = fmt.Sprintf("1.%d", i+1), "t", 10_00
	}
	return s
}
