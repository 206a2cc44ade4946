package award_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

// visited is a standard with one indicator of each sort that a visit treats in
// its own way.
var visited = award.Standard{Blocks: []award.Block{{Title: "一", Leaves: []award.Leaf{
	{Code: "1.1", Kind: award.LeafPoints, Max: 5_00},
	{Code: "1.2", Kind: award.LeafDeduction, Max: 10_00, Each: 2_00}, // the value counts what is deducted for
	{Code: "1.3", Kind: award.LeafBoolean, Veto: true, Max: 1_00},
}}}}

func TestAVisitAddsNoPoints(t *testing.T) {
	marks := []award.Points{3_00, 1_00, 1_00}
	for name, tt := range map[string]struct {
		leaf  string
		value award.Points
		key   string
	}{
		"fewer points":                  {"1.1", 2_99, ""},
		"the same":                      {"1.1", 3_00, ""},
		"a hundredth more":              {"1.1", 3_01, "visit_adds_points"},
		"a deduction more":              {"1.2", 2_00, ""},
		"a deduction less":              {"1.2", 0, "visit_adds_points"},
		"a veto taken away":             {"1.3", 0, "visit_adds_points"},
		"a value out of bounds":         {"1.1", 5_01, "mark_bounds"},
		"an indicator nobody has":       {"9.9", 0, "indicator_unknown"},
		"half of what counts as wholes": {"1.2", 1_50, "mark_whole"},
		"a blank":                       {"1.1", award.Blank, "mark_blank"},
	} {
		t.Run(name, func(t *testing.T) {
			defects := visited.CheckCorrections(marks, []award.Correction{{Leaf: tt.leaf, Value: tt.value, Reason: "现场核实"}})
			if tt.key == "" {
				require.Empty(t, defects)
				return
			}
			require.Len(t, defects, 1)
			require.Equal(t, tt.key, defects[0].Key)
		})
	}
	require.Empty(t, visited.CheckCorrections(nil, []award.Correction{{Leaf: "1.1", Value: 5_00, Reason: "r"}}), "without marks the standard bounds")
	twice := visited.CheckCorrections(marks, []award.Correction{{Leaf: "1.1", Value: 0, Reason: "r"}, {Leaf: "1.1", Value: 0}})
	require.Equal(t, []string{"item_twice", "field_required"}, []string{twice[0].Key, twice[1].Key})
}

func TestCorrectionsBoundTheMarksFromAbove(t *testing.T) {
	corrections := []award.Correction{{Leaf: "1.1", Value: 2_00}, {Leaf: "1.3", Value: 1_00}}
	require.Equal(t, []award.Points{2_00, 0, 1_00}, visited.Correct([]award.Points{3_00, 0, 0}, corrections))
	require.Equal(t, []award.Points{1_00, 0, 1_00}, visited.Correct([]award.Points{1_00, 0, 1_00}, corrections), "what is worse stays")
	require.Empty(t, visited.CheckCorrected([]award.Points{2_00, 0, 1_00}, corrections))
	defects := visited.CheckCorrected([]award.Points{2_01, 0, 0}, corrections)
	require.Equal(t, []string{"/marks/0", "/marks/2"}, []string{defects[0].Pointer, defects[1].Pointer})
}
