package acts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAPreviewTellsWhatALeverWouldChangeAndChangesNothing(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	r := c.Round(c.round)
	acted := func() [2]int {
		return [2]int{actstest.One[int](c.World, `SELECT count(*) FROM act`), actstest.One[int](c.World, `SELECT count(*) FROM audit`)}
	}
	before, heard := acted(), len(c.Procedure.Heard())

	later := r.Dates.RecommendationDue.Add(10 * time.Hour)
	effect, err := c.Acts.Preview(t.Context(), c.round, func(inside *acts.Acts) error {
		_, err := inside.MoveDate(t.Context(), c.Admin, c.Key(), c.round, acts.DateMove{Which: award.DateRecommendation, To: later, Reason: "汛情"})
		return err
	})
	require.NoError(t, err)
	require.True(t, effect.After.Dates.RecommendationDue.Equal(later))
	require.Len(t, effect.Offices, 4, "they follow")
	require.Equal(t, 4, effect.Messages)
	require.Empty(t, effect.Files)

	effect, err = c.Acts.Preview(t.Context(), c.round, func(inside *acts.Acts) error {
		_, err := inside.CancelRound(t.Context(), c.Admin, c.Key(), c.round, "停办")
		return err
	})
	require.NoError(t, err)
	require.Equal(t, award.RoundCancelled, effect.After.State)
	require.Contains(t, effect.Files, acts.FileEffect{State: award.FileRoundCancelled, After: 1})

	require.Equal(t, before, acted())
	require.Len(t, c.Procedure.Heard(), heard, "the procedure hears of acts alone")
	require.Equal(t, r.Dates, c.Round(c.round).Dates)
	require.Equal(t, string(f.State), actstest.One[string](c.World, `SELECT state FROM application`))
}

func TestWhatRefusesALeverRefusesItsPreview(t *testing.T) {
	c := open(t)
	_, err := c.Acts.Preview(t.Context(), c.round, func(inside *acts.Acts) error {
		_, err := inside.SuspendRound(t.Context(), c.Head("41"), c.Key(), c.round, "x")
		return err
	})
	requireRefused(t, err, award.Forbidden, "forbidden_suspend-round")
	_, err = c.Acts.Preview(t.Context(), c.round, func(inside *acts.Acts) error {
		_, err := inside.CloseOffice(t.Context(), c.Admin, c.Key(), c.round, "41", "未报")
		return err
	})
	requireRefused(t, err, award.Conflict, "office_not_overdue")
}
