package acts_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestManySelfChecksAreAnsweredOneByOneAndTheSameAgainChangesNothing(t *testing.T) {
	c := open(t)
	by := c.Clerk("410102")
	one, other, elsewhere, wrong := c.onWord("410102001"), c.onWord("410102002"), c.onWord("410103001"), c.onWord("410102002")
	other.Marks[0] = award.Blank
	wrong.Marks[1] = 99_00
	unnamed := c.onWord("410102002")
	unnamed.EnteredFor = award.EnteredFor{}
	items := []acts.SaveSelfCheck{one, elsewhere, wrong, unnamed, other, other}

	before := c.digest()
	dry, err := c.Acts.SaveSelfChecks(t.Context(), by, c.Key(), items, true)
	require.NoError(t, err)
	require.Equal(t, []string{"saved 1", "not_found", "marks_malformed", "self_check_malformed", "saved 1", "unchanged 1"}, checked(dry))
	require.Equal(t, before, c.digest(), "a dry run leaves nothing")

	key := c.Key()
	real, err := c.Acts.SaveSelfChecks(t.Context(), by, key, items, false)
	require.NoError(t, err)
	require.Equal(t, checked(dry), checked(real))
	require.Equal(t, []string{"/marks/1"}, pointers(real[2].Refusal))
	require.Equal(t, 2, actstest.One[int](c.World, `SELECT count(*) FROM audit WHERE name = 'save-self-check'`), "one row for each that changed something")
	require.True(t, c.readCheck("410102001", award.Street).Ready)
	require.False(t, c.readCheck("410102002", award.Street).Complete, "a draft is kept as a draft")

	after := c.digest()
	repeated, err := c.Acts.SaveSelfChecks(t.Context(), by, key, items, false)
	require.NoError(t, err)
	require.Equal(t, real[0].Done.Receipt.Act, repeated[0].Done.Receipt.Act, "the same request is found again")
	require.Equal(t, after, c.digest())

	again, err := c.Acts.SaveSelfChecks(t.Context(), by, c.Key(), []acts.SaveSelfCheck{one, other}, false)
	require.NoError(t, err)
	require.Equal(t, []string{"unchanged 1", "unchanged 1"}, checked(again), "as is the same content under another key")
	one.Gap = "台账不全"
	other.Revision, other.Gap = 1, "台账不全"
	changed, err := c.Acts.SaveSelfChecks(t.Context(), by, c.Key(), []acts.SaveSelfCheck{one, other}, false)
	require.NoError(t, err)
	require.Equal(t, []string{"stale", "saved 2"}, checked(changed), "what differs must have seen what is there")
}

func TestWhatAUnitSaidItselfIsUnchangedWhenASuperiorSendsItAgain(t *testing.T) {
	c := open(t)
	_, err := c.save("410102001", c.saving("410102001", award.Street))
	require.NoError(t, err)
	same := c.saving("410102001", award.Street)
	results, err := c.Acts.SaveSelfChecks(t.Context(), c.Clerk("410102"), c.Key(), []acts.SaveSelfCheck{same}, false)
	require.NoError(t, err)
	require.Equal(t, []string{"unchanged 1"}, checked(results), "it names nobody, for it says nothing new")
	require.Equal(t, "410102001", c.readCheck("410102001", award.Street).EnteredByOffice, "and stays the unit's own")
}

func TestManySelfChecksAreRefusedOneByOneFromTheLastInstantOn(t *testing.T) {
	c := open(t)
	c.At(c.Office(c.round, "41").SelfCheckClosesAt)
	results, err := c.Acts.SaveSelfChecks(t.Context(), c.Clerk("410102"), c.Key(),
		[]acts.SaveSelfCheck{c.onWord("410102001"), c.onWord("410102002")}, false)
	require.NoError(t, err)
	require.Equal(t, []string{"self_check_closed", "self_check_closed"}, checked(results))
	_, err = c.Acts.SaveSelfChecks(t.Context(), c.Clerk("410102"), c.Key(), make([]acts.SaveSelfCheck, acts.MostItems+1), false)
	requireRefused(t, err, award.Invalid, "items_many")
}

func TestOfTwoWhoSendManyAtOnceEachUnitTakesOne(t *testing.T) {
	c := open(t)
	items := []acts.SaveSelfCheck{c.onWord("410102001"), c.onWord("410102002")}
	sent := [2][]acts.SaveSelfCheck{items, {items[1], items[0]}} // crosswise
	sent[1][0].Gap = "另一说法"
	var answers [2][]acts.Item[acts.SelfCheck]
	var errs [2]error
	officers, keys := [2]award.Officer{c.Clerk("410102"), c.Clerk("4101")}, [2]acts.Key{c.Key(), c.Key()}
	var both sync.WaitGroup
	for i := range 2 {
		both.Go(func() { answers[i], errs[i] = c.Acts.SaveSelfChecks(t.Context(), officers[i], keys[i], sent[i], false) })
	}
	both.Wait()
	require.NoError(t, errs[0])
	require.NoError(t, errs[1])
	require.ElementsMatch(t, []string{"saved 1", "unchanged 1"}, []string{checked(answers[0])[0], checked(answers[1])[1]}, "they say the same")
	require.ElementsMatch(t, []string{"saved 1", "stale"}, []string{checked(answers[0])[1], checked(answers[1])[0]}, "they differ")
	require.Equal(t, "{1,1}", actstest.One[string](c.World, `SELECT array_agg(revision)::text FROM self_check`))
}

// onWord is what a superior might enter first for a street.
func (c *country) onWord(unit string) acts.SaveSelfCheck {
	c.t.Helper()
	in := c.saving(unit, award.Street)
	in.EnteredFor = award.EnteredFor{Person: "李主任"}
	return in
}

func checked(items []acts.Item[acts.SelfCheck]) []string {
	out := make([]string, len(items))
	for i, item := range items {
		switch c := item.Done.Result; {
		case item.Refusal != nil:
			out[i] = item.Refusal.Key
		case c.Unchanged:
			out[i] = "unchanged " + strconv.Itoa(c.Revision)
		default:
			out[i] = "saved " + strconv.Itoa(c.Revision)
		}
	}
	return out
}
