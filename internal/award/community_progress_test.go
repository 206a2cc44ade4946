package award_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestATargetIsReachedByTheExactShare(t *testing.T) {
	eighty := award.ProgressTargets()[0]
	for name, tt := range map[string]struct {
		meeting, communities int64
		reached              bool
	}{
		"just":                   {80, 100, true},
		"one short":              {7999, 10000, false},
		"a share without an end": {5, 6, true},
		"nothing of nothing":     {0, 0, false},
	} {
		assert.Equal(t, tt.reached, eighty.Reached(award.CommunityCounts{Meeting: tt.meeting, Communities: tt.communities}), name)
	}
	for _, target := range award.ProgressTargets() {
		require.False(t, target.Reached(award.CommunityCounts{}), target)
		require.True(t, target.Reached(award.CommunityCounts{1, 1, 1, 1, 1, 1, 1, 1, 1}), target)
	}
}

func TestTheOfficeAboveTheStreetConfirms(t *testing.T) {
	office, ok := award.ConfirmingOffice(award.KindCommunity, []int64{1, 41, 4101, 410102, 410102001, 410102001001})
	require.True(t, ok)
	require.EqualValues(t, 410102, office)
	office, ok = award.ConfirmingOffice(award.KindCommunity, []int64{1, 44, 4419, 441900003, 441900003001}) // no county level: the prefecture
	require.True(t, ok)
	require.EqualValues(t, 4419, office)
	_, ok = award.ConfirmingOffice(award.KindStreet, []int64{1, 41, 4101, 410102, 410102001})
	require.False(t, ok, "a street's facts are not a community's")
	_, ok = award.ConfirmingOffice(award.KindCommunity, []int64{1, 41, 4101})
	require.False(t, ok)
}
