package award_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestTheClosingInstantItselfIsTooLate(t *testing.T) {
	closes := award.Date{Year: 2008, Month: time.December, Day: 31}.Closes()
	for _, intake := range award.Intakes() {
		require.NoError(t, intake.Admits(closes.Add(-time.Nanosecond), closes))
		for _, late := range []time.Duration{0, time.Nanosecond, time.Hour} {
			err := intake.Admits(closes.Add(late), closes)
			require.Equal(t, award.Closed, award.CodeOf(err))
			require.ErrorContains(t, err, "2008年12月31日 24:00止")
		}
	}
}

func TestOnlyASureUnitOfAnOpenKindMayTakePart(t *testing.T) {
	street := award.CategoryRule{Category: award.Street, Kinds: award.Street.Kinds()}
	require.NoError(t, street.Admits("东关街道", award.KindStreet, true))
	require.Equal(t, award.Invalid, award.CodeOf(street.Admits("城关镇", award.KindTown, true)))
	require.Equal(t, award.Conflict, award.CodeOf(street.Admits("东关街道", award.KindStreet, false)))
	require.Equal(t, award.Invalid, award.CodeOf(award.CategoryRule{}.Admits("东关街道", award.KindStreet, true)))
}
