package award_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

var judged = award.Standard{Blocks: []award.Block{{Title: "一", Leaves: []award.Leaf{
	{Code: "1.1", Kind: award.LeafPoints, Max: 10_00},
	{Code: "1.2", Kind: award.LeafBoolean, Max: 5_00},
	{Code: "1.3", Kind: award.LeafBoolean, Veto: true, Max: 1_00},
	{Code: "1.4", Kind: award.LeafDeduction, Max: 10_00, Each: 2_00},
}}}}

func TestJudgedPointsAreAMeanAndFindingsAMiddle(t *testing.T) {
	for name, tt := range map[string]struct {
		experts [][]award.Points
		trim    bool
		want    []award.Points
	}{
		"one alone":                          {[][]award.Points{{7_00, 5_00, 0, 1_00}}, true, []award.Points{7_00, 5_00, 0, 1_00}},
		"half a hundredth goes up":           {[][]award.Points{{7_00, 5_00, 0, 0}, {7_01, 5_00, 0, 0}}, false, []award.Points{7_01, 5_00, 0, 0}},
		"a third goes down":                  {[][]award.Points{{7_00, 0, 0, 0}, {7_00, 0, 0, 0}, {7_01, 0, 0, 0}}, false, []award.Points{7_00, 0, 0, 0}},
		"two that disagree: the worse":       {[][]award.Points{{0, 5_00, 1_00, 3_00}, {0, 0, 0, 1_00}}, false, []award.Points{0, 0, 1_00, 3_00}},
		"two of three":                       {[][]award.Points{{0, 5_00, 1_00, 0}, {0, 5_00, 0, 2_00}, {0, 0, 0, 3_00}}, false, []award.Points{0, 5_00, 0, 2_00}},
		"three are not trimmed":              {[][]award.Points{{0, 0, 0, 0}, {9_00, 0, 0, 0}, {9_00, 0, 0, 0}}, true, []award.Points{6_00, 0, 0, 0}},
		"four lose the highest and lowest":   {[][]award.Points{{0, 0, 0, 0}, {8_00, 0, 0, 0}, {9_00, 0, 0, 0}, {10_00, 0, 0, 0}}, true, []award.Points{8_50, 0, 0, 0}},
		"four, by a round that does not ask": {[][]award.Points{{0, 0, 0, 0}, {8_00, 0, 0, 0}, {9_00, 0, 0, 0}, {10_00, 0, 0, 0}}, false, []award.Points{6_75, 0, 0, 0}},
	} {
		require.Equal(t, tt.want, judged.Aggregate(tt.experts, tt.trim), name)
	}
}

func TestWhatExpertsComeToAreMarksOfTheStandardWhateverTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var experts [][]award.Points
		for range rapid.IntRange(1, 7).Draw(t, "experts") {
			experts = append(experts, []award.Points{
				award.Points(rapid.Int64Range(0, 10_00).Draw(t, "points")), rapid.SampledFrom([]award.Points{0, 5_00}).Draw(t, "boolean"),
				rapid.SampledFrom([]award.Points{0, 1_00}).Draw(t, "veto"), 100 * award.Points(rapid.Int64Range(0, 9).Draw(t, "times")),
			})
		}
		trim := rapid.Bool().Draw(t, "trim")
		column := judged.Aggregate(experts, trim)
		require.Empty(t, judged.CheckMarks(column, true))
		require.Equal(t, column, judged.Aggregate(rapid.Permutation(experts).Draw(t, "order"), trim))
	})
}

func TestATotalFarFromTheOthersIsFlagged(t *testing.T) {
	require.Equal(t, []bool{false}, award.Outliers([]award.Points{50_00}, 10_00))
	require.Equal(t, []bool{false, false}, award.Outliers([]award.Points{80_00, 90_00}, 10_00), "exactly the limit")
	require.Equal(t, []bool{true, true}, award.Outliers([]award.Points{80_00, 90_01}, 10_00))
	require.Equal(t, []bool{false, false, true}, award.Outliers([]award.Points{90_00, 89_00, 70_00}, 11_00))
	require.Empty(t, award.Outliers(nil, 10_00))
}
