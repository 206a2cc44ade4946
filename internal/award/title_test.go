package award_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

// Every pair of states, by every act of an office: what the table has, and nothing
// else.
func TestATitleMovesByItsTableAlone(t *testing.T) {
	legal := 0
	for _, from := range award.TitleStates() {
		for _, to := range award.TitleStates() {
			for _, act := range award.OfficeActs() {
				err := award.MoveTitle(from, act, to)
				listed := slices.ContainsFunc(award.TitleMoves(), func(m award.TitleMove) bool { return m.From == from && m.To == to && m.Act == act })
				if listed != (err == nil) {
					t.Errorf("%s from %s to %s: listed %t, got %v", act, from, to, listed, err)
				}
				if err == nil {
					legal++
				}
			}
		}
	}
	require.Equal(t, len(award.TitleMoves()), legal)
}

func TestNothingLeadsOutOfATitleThatHasEndedAndEveryOtherStateCanBeLeft(t *testing.T) {
	for _, state := range award.TitleStates() {
		leaves := slices.ContainsFunc(award.TitleMoves(), func(m award.TitleMove) bool { return m.From == state })
		require.Equal(t, state.Held(), leaves, "%s", state)
		require.NotEmpty(t, state.Chinese())
		if state != award.TitleActive {
			require.True(t, slices.ContainsFunc(award.TitleMoves(), func(m award.TitleMove) bool { return m.To == state }), "nothing leads to %s", state)
		}
	}
}

func TestWhatIsDueOnATitleFollowsItsState(t *testing.T) {
	day := func(y int, m time.Month, d int) award.Date { return award.Date{Year: y, Month: m, Day: d} }
	var usual award.Aftercare
	for name, tt := range map[string]struct {
		after award.Aftercare
		state award.TitleState
		on    award.Date
		want  time.Time
	}{
		"a re-check two years after naming":      {usual, award.TitleActive, day(2027, 9, 1), day(2029, 9, 1).Closes()},
		"and after the last keeping":             {usual, award.TitleKept, day(2029, 9, 1), day(2031, 9, 1).Closes()},
		"named on the 29th of February":          {award.Aftercare{RecheckYears: 1}, award.TitleActive, day(2028, 2, 29), day(2029, 2, 28).Closes()},
		"four years later there is a 29th again": {award.Aftercare{RecheckYears: 4}, award.TitleActive, day(2028, 2, 29), day(2032, 2, 29).Closes()},
		"a rectification of 90 days":             {usual, award.TitleRectifying, day(2029, 11, 1), day(2030, 1, 30).Closes()},
		"a re-check under way":                   {usual, award.TitleInRecheck, day(2029, 11, 1), day(2030, 1, 30).Closes()},
		"a round's own number":                   {award.Aftercare{RectifyDays: 30}, award.TitleRectifying, day(2029, 11, 1), day(2029, 12, 1).Closes()},
		"nothing of a revoked one":               {usual, award.TitleRevoked, day(2029, 11, 1), time.Time{}},
		"nothing of a deregistered one":          {usual, award.TitleDeregistered, day(2029, 11, 1), time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, tt.want.Equal(tt.after.Due(tt.state, tt.on)), "%s", tt.after.Due(tt.state, tt.on))
		})
	}
	require.Equal(t, day(2034, 11, 1), usual.BarredUntil(day(2029, 11, 1)))

	due := usual.PlaqueDue(day(2029, 11, 1))
	require.True(t, day(2029, 11, 16).Closes().Equal(due))
	require.Equal(t, award.PlaqueDue, award.PlaqueDue.At(due.Add(-time.Nanosecond), due))
	require.Equal(t, award.PlaqueVoid, award.PlaqueDue.At(due, due))
	require.Equal(t, award.PlaqueReturned, award.PlaqueReturned.At(due, due))
	require.Equal(t, award.PlaqueHeld, award.PlaqueHeld.At(due, time.Time{}))
}
