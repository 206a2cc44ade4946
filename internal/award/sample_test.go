package award_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestASampleStandardGivesAHundredPoints(t *testing.T) {
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		s, ok := award.SampleStandard(category)
		require.True(t, ok)
		require.True(t, s.Sample, "marked 示例")
		require.Equal(t, award.Points(100_00), s.Maximum())
	}
	_, ok := award.SampleStandard(award.City)
	require.False(t, ok)
}
