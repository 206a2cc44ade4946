package acts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// recheckAll calls a campaign.
func (c *country) recheckAll(by award.Officer, in acts.StartRechecks) (acts.Recheck, error) {
	c.t.Helper()
	if in.Due == (award.Date{}) {
		in.Due = award.DateOf(c.Now().AddDate(0, 0, 30))
	}
	in.Ground = "按期复查"
	done, err := c.Acts.StartRechecks(c.t.Context(), by, c.Key(), in)
	return done.Result, err
}

func TestManyTitlesAreRecheckedByOneActWithOneDate(t *testing.T) {
	c := open(t)
	henan, other := c.entitled("410102001"), c.entitled("410102002")
	beijing := c.entitled("110101001")
	revoked := c.entitled("410103001")
	c.Exec(`UPDATE title SET state = 'revoked' WHERE id = $1`, revoked.ID)
	due := award.DateOf(c.Now().AddDate(0, 0, 30))

	found, err := c.Acts.Recheckable(t.Context(), c.Head("41"), acts.RecheckFilter{})
	require.NoError(t, err)
	require.Len(t, found, 2, "its own, that may be re-checked")
	_, err = c.recheckAll(c.Head("41"), acts.StartRechecks{Filter: acts.RecheckFilter{Year: 1999}})
	requireRefused(t, err, award.Conflict, "recheck_none")
	_, err = c.recheckAll(c.Head("41"), acts.StartRechecks{Titles: 3})
	requireRefused(t, err, award.Stale, "recheck_changed")
	_, err = c.recheckAll(c.Head("41"), acts.StartRechecks{Due: award.DateOf(c.Now())})
	requireRefused(t, err, award.Invalid, "recheck_malformed")
	_, err = c.recheckAll(c.Clerk("41"), acts.StartRechecks{})
	requireRefused(t, err, award.Forbidden, "forbidden_start-rechecks")
	_, err = c.recheckAll(c.Head("410102001"), acts.StartRechecks{})
	requireRefused(t, err, award.Conflict, "recheck_none")
	require.Zero(t, actstest.One[int](c.World, `SELECT count(*) FROM title_history`), "what is refused moves nothing")

	messages := actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1`, c.Unit("41"))
	r, err := c.recheckAll(c.Admin, acts.StartRechecks{Filter: acts.RecheckFilter{Category: award.Street}, Due: due, Titles: 3})
	require.NoError(t, err)
	for _, title := range []acts.Title{henan, other, beijing} {
		now := c.title(title.Number)
		require.Equal(t, award.TitleInRecheck, now.State)
		require.True(t, now.DueAt.Equal(due.Closes()), now.DueAt)
		require.Equal(t, 1, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1 AND kind = 'title'`, title.Unit))
	}
	require.Equal(t, award.TitleRevoked, c.title(revoked.Number).State)
	require.Equal(t, messages+1, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1`, c.Unit("41")), "once, whatever the number")
	require.Equal(t, 2, actstest.One[int](c.World, `SELECT count(*) FROM audit WHERE name = 'start-rechecks'`), "its own row, and one in the round's log")
	_, err = c.recheckAll(c.Admin, acts.StartRechecks{})
	requireRefused(t, err, award.Conflict, "recheck_none")

	require.NoError(t, c.onTitle(c.Acts.KeepTitle, c.Head("41"), henan.Number))
	require.NoError(t, c.onTitle(c.Acts.OrderRectification, c.Head("41"), other.Number))
	c.At(c.Now().AddDate(2, 0, 0))
	require.NoError(t, c.onTitle(c.Acts.StartRecheck, c.Head("41"), henan.Number)) // the next, no part of the campaign
	whole, titles, err := c.Acts.Recheck(t.Context(), c.Admin, r.ID, 0, 50)
	require.NoError(t, err)
	require.Equal(t, []acts.RecheckProgress{
		{Code: "11", Name: "北京市", InRecheck: 1}, {Code: "41", Name: "河南省", Rectifying: 1, Kept: 1},
	}, whole.Progress)
	require.Len(t, titles, 3)
	require.Equal(t, award.TitleKept, titles[0].Outcome, "as it was concluded then")
	require.Equal(t, henan.Number, titles[0].Number)

	own, titles, err := c.Acts.Recheck(t.Context(), c.Head("11"), r.ID, 0, 50)
	require.NoError(t, err)
	require.Len(t, own.Progress, 1, "its own area alone")
	require.Len(t, titles, 1)
	_, _, err = c.Acts.Recheck(t.Context(), c.Head("44"), r.ID, 0, 50)
	requireRefused(t, err, award.NotFound, "recheck_unknown")
	listed, err := c.Acts.Rechecks(t.Context(), c.Head("41"), 0, 50)
	require.NoError(t, err)
	require.Len(t, listed, 1)
	none, err := c.Acts.Rechecks(t.Context(), c.Clerk("410102001"), 0, 50)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestTwoCampaignsAtOnceShareNoTitle(t *testing.T) {
	c := open(t)
	c.entitled("410102001")
	c.entitled("410102002")
	came := make(chan error, 2)
	for _, by := range []award.Officer{c.Admin, c.Head("41")} {
		key := c.Key()
		go func() {
			_, err := c.Acts.StartRechecks(t.Context(), by, key, acts.StartRechecks{Due: award.DateOf(c.Now().AddDate(0, 1, 0)), Ground: "按期复查", Titles: 2})
			came <- err
		}()
	}
	var refused int
	for range 2 {
		select {
		case err := <-came:
			if err != nil {
				require.Contains(t, []award.Code{award.Conflict, award.Stale}, award.CodeOf(err), err)
				refused++
			}
		case <-time.After(30 * time.Second):
			t.Fatal("the two wait for one another")
		}
	}
	require.Equal(t, 1, refused)
	require.Equal(t, 2, actstest.One[int](c.World, `SELECT count(*) FROM recheck_title`))
}
