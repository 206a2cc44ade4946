package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestABulkEndorsementAnswersForEveryItemAndRepeatsNone(t *testing.T) {
	c := open(t)
	good, other := c.filed("410102001", award.Street), c.filed("410102002", award.Street)
	elsewhere := c.filed("410103001", award.Street)
	stale := c.opinion(other, award.OpinionAgree)
	stale.Revision--
	unsigned := c.opinion(other, award.OpinionDecline)
	unsigned.SigningHead, unsigned.Text = "", ""
	items := []acts.Endorse{c.opinion(good, award.OpinionAgree), c.opinion(elsewhere, award.OpinionAgree), stale, unsigned, c.opinion(other, award.OpinionAgree)}

	before := c.digest()
	dry, err := c.Acts.EndorseMany(t.Context(), c.Clerk("410102"), c.Key(), items, true)
	require.NoError(t, err)
	require.Equal(t, []string{"done", "not_found", "stale", "opinion_incomplete", "done"}, outcomes(dry))
	require.Equal(t, before, c.digest(), "a dry run leaves nothing")
	require.Equal(t, "4101", dry[0].Done.Result.WaitingCode, "and says where each would come to")

	key := c.Key()
	real, err := c.Acts.EndorseMany(t.Context(), c.Clerk("410102"), key, items, false)
	require.NoError(t, err)
	require.Equal(t, outcomes(dry), outcomes(real))
	require.Equal(t, []string{"/text", "/signing_head"}, pointers(real[3].Refusal))
	require.Equal(t, 2, actstest.One[int](c.World, `SELECT count(*) FROM audit WHERE name = 'endorse'`), "each item is an act of its own")
	require.NotEqual(t, real[0].Done.Receipt.Act, real[4].Done.Receipt.Act)

	after := c.digest()
	again, err := c.Acts.EndorseMany(t.Context(), c.Clerk("410102"), key, items, false)
	require.NoError(t, err)
	require.Equal(t, real[0].Done.Receipt.Act, again[0].Done.Receipt.Act)
	require.Nil(t, again[4].Refusal, "done once, and found again")
	require.Equal(t, after, c.digest(), "the same request again does nothing")

	items[0].Text = "另一意见"
	changed, err := c.Acts.EndorseMany(t.Context(), c.Clerk("410102"), key, items, false)
	require.NoError(t, err)
	require.Equal(t, "idempotency_body", changed[0].Refusal.Key)
	require.Equal(t, after, c.digest())
}

func TestADryRunMeetsLimitsAsTheRunWould(t *testing.T) {
	c := open(t)
	_, err := c.limits(0, award.IntakeLimit{Unit: "410102", Category: award.Street, Places: 1})
	require.NoError(t, err)
	items := []acts.Endorse{
		c.opinion(c.filed("410102001", award.Street), award.OpinionAgree),
		c.opinion(c.filed("410102002", award.Street), award.OpinionAgree),
	}
	before := c.digest()
	dry, err := c.Acts.EndorseMany(t.Context(), c.Clerk("410102"), c.Key(), items, true)
	require.NoError(t, err)
	require.Equal(t, []string{"done", "intake_limit_used"}, outcomes(dry))
	require.Equal(t, before, c.digest())
	real, err := c.Acts.EndorseMany(t.Context(), c.Clerk("410102"), c.Key(), items, false)
	require.NoError(t, err)
	require.Equal(t, outcomes(dry), outcomes(real))
}

func TestABulkRequestHoldsOneToFiveHundredItems(t *testing.T) {
	c := open(t)
	for _, items := range [][]acts.Endorse{nil, make([]acts.Endorse, acts.MostItems+1)} {
		for _, dry := range []bool{true, false} {
			_, err := c.Acts.EndorseMany(t.Context(), c.Clerk("410102"), c.Key(), items, dry)
			requireRefused(t, err, award.Invalid, "items_many")
		}
	}
}

func outcomes(items []acts.Item[acts.File]) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = "done"
		if item.Refusal != nil {
			out[i] = item.Refusal.Key
		}
	}
	return out
}

func pointers(refusal *award.Error) []string {
	var out []string
	for _, d := range refusal.Fields {
		out = append(out, d.Pointer)
	}
	return out
}
