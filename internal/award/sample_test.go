package award_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestASampleStandardGivesAHundredPoints(t *testing.T) {
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		s, ok := award.SampleStandard(category)
		require.True(t, ok)
		require.True(t, s.Sample, "marked 示例")
		require.Contains(t, s.Title, "示例")
		require.Equal(t, award.Points(100_00), s.Maximum())
		require.Empty(t, s.Check(true), "sound as a national standard")
	}
	_, ok := award.SampleStandard(award.City)
	require.False(t, ok)
}

func TestTheSamplesUseEveryKindAndAskForWhatTheOpinionAsks(t *testing.T) {
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		s, _ := award.SampleStandard(category)
		leaves := s.Leaves()
		for _, kind := range award.LeafKinds() {
			require.True(t, slices.ContainsFunc(leaves, func(l award.Leaf) bool { return l.Kind == kind }), "%s has no %s", category, kind)
		}
		for _, flag := range []func(award.Leaf) bool{
			func(l award.Leaf) bool { return l.Gate },
			func(l award.Leaf) bool { return l.Veto },
			func(l award.Leaf) bool { return l.Kind == award.LeafTarget && l.Target == 10_00 }, // O 三(二): volunteers
		} {
			require.True(t, slices.ContainsFunc(leaves, flag), category)
		}
	}
}
