package acts_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAUnitChecksItselfAndASuperiorMayEnterItForTheUnit(t *testing.T) {
	c := open(t)
	s, err := c.selfCheck("410102001001", award.Community, 0, c.full(award.Community))
	require.NoError(t, err)
	require.Equal(t, 1, s.Revision)
	require.True(t, s.Ready)
	require.Equal(t, award.Points(100_00), s.Total)

	marks := c.full(award.Community)
	marks[0] = 0
	scan := c.Uploads(c.Clerk("410102"), "盖章件")
	done, err := c.Acts.SaveSelfCheck(t.Context(), c.Clerk("410102"), c.Key(), acts.SaveSelfCheck{
		Round: c.round, Unit: "410102001001", Category: award.Community, Revision: 1, Marks: marks, Gap: "台账不全", Measure: "补齐",
		EnteredFor: award.EnteredFor{Person: "李主任", Scan: scan},
	})
	require.NoError(t, err)
	read, err := c.Acts.SelfCheck(t.Context(), c.Clerk("410102001001"), c.round, "410102001001", award.Community)
	require.NoError(t, err)
	require.Equal(t, 2, read.Revision)
	require.Equal(t, award.Points(95_00), read.Total)
	require.Equal(t, marks, read.Marks)
	require.Equal(t, "410102", read.EnteredByOffice, "代录 names who did it")
	require.Equal(t, award.EnteredFor{Person: "李主任", Scan: scan}, read.EnteredFor, "and on whose word")
	require.Equal(t, "台账不全", read.Gap)
	require.Equal(t, done.Result.Total, read.Total)
}

func TestASelfCheckBelowTheMarkIsANormalEnd(t *testing.T) {
	c := open(t)
	rule, err := c.Round(c.round).Category(award.Street)
	require.NoError(t, err)
	s, err := c.selfCheck("410102001", award.Street, 0, actstest.Marks(t, rule.Standard, 79_99))
	require.NoError(t, err)
	require.False(t, s.Ready)
	require.Equal(t, []award.Reason{{Failure: award.FailPassMark, Got: 79_99, Want: 80_00}}, s.Reasons)

	vetoed := c.full(award.Street)
	vetoed[len(vetoed)-1] = 1_00
	s, err = c.selfCheck("410102001", award.Street, 1, vetoed)
	require.NoError(t, err)
	require.False(t, s.Ready)
	require.Equal(t, []award.Reason{{Failure: award.FailVeto, At: "V.1", Got: 1_00}}, s.Reasons)
}

func TestADraftOfASelfCheckKeepsItsBlanks(t *testing.T) {
	c := open(t)
	marks := c.full(award.Street)
	marks[1] = award.Blank
	saved, err := c.selfCheck("410102001", award.Street, 0, marks)
	require.NoError(t, err)
	require.False(t, saved.Ready, "what is blank is not reached")
	read, err := c.Acts.SelfCheck(t.Context(), c.Clerk("410102001"), c.round, "410102001", award.Street)
	require.NoError(t, err)
	require.Equal(t, marks, read.Marks)
	require.Equal(t, saved.Reasons, read.Reasons)
	require.Equal(t, award.FailBlank, read.Reasons[0].Failure)

	marks[1] = award.Exempt
	_, err = c.selfCheck("410102001", award.Street, 1, marks)
	require.Equal(t, []string{"/marks/1 mark_not_exempt"}, defects(err), "a national standard lets nobody off")
}

func TestASelfCheckFollowsTheRevisionItsAuthorHasSeen(t *testing.T) {
	c := open(t)
	_, err := c.selfCheck("410102001", award.Street, 3, c.full(award.Street))
	requireRefused(t, err, award.Stale, "stale")
	c.ready("410102001", award.Street)
	before := c.digest()
	for _, seen := range []int{0, 2} {
		_, err = c.selfCheck("410102001", award.Street, seen, c.full(award.Street))
		requireRefused(t, err, award.Stale, "stale")
	}
	require.Equal(t, before, c.digest())
}

func TestOfTwoOfficersWhoSaveAtOnceOneIsFirst(t *testing.T) {
	c := open(t)
	clerk, marks := c.Clerk("410102001"), c.full(award.Street)
	codes := make([]award.Code, 8)
	for revision := range 3 {
		var group sync.WaitGroup
		for i := range codes {
			group.Go(func() {
				_, err := c.Acts.SaveSelfCheck(context.Background(), clerk, acts.Key{}, acts.SaveSelfCheck{
					Round: c.round, Unit: "410102001", Category: award.Street, Revision: revision, Marks: marks,
				})
				codes[i] = ""
				if err != nil {
					codes[i] = award.CodeOf(err)
				}
			})
		}
		group.Wait()
		require.ElementsMatch(t, []award.Code{"", "stale", "stale", "stale", "stale", "stale", "stale", "stale"}, codes)
	}
}

func TestASelfCheckThatCanNotStandIsRefusedWhole(t *testing.T) {
	c := open(t)
	before := c.digest()
	_, err := c.selfCheck("410102001", award.Street, 0, []award.Points{1})
	requireRefused(t, err, award.Invalid, "marks_malformed")
	over := c.full(award.Street)
	over[3]++
	_, err = c.selfCheck("410102001", award.Street, 0, over)
	require.Equal(t, []string{"/marks/3 mark_bounds"}, defects(err))
	_, err = c.selfCheck("410122100", award.Street, 0, c.full(award.Street))
	requireRefused(t, err, award.Invalid, "unit_not_eligible")
	_, err = c.Acts.SaveSelfCheck(t.Context(), c.Clerk("410103"), c.Key(), acts.SaveSelfCheck{
		Round: c.round, Unit: "410102001", Category: award.Street, Marks: c.full(award.Street),
	})
	requireRefused(t, err, award.NotFound, "not_found")
	_, err = c.Acts.SelfCheck(t.Context(), c.Clerk("410102001"), c.round, "410102001", award.Street)
	requireRefused(t, err, award.NotFound, "self_check_none")
	require.Equal(t, before, c.digest())
}

func TestSelfChecksCloseToTheInstant(t *testing.T) {
	c := open(t)
	closes := c.Office(c.round, "41").SelfCheckClosesAt
	c.At(closes.Add(-time.Microsecond))
	_, err := c.selfCheck("410102001", award.Street, 0, c.full(award.Street))
	require.NoError(t, err)
	before := c.digest()
	for _, late := range []time.Duration{0, time.Second} {
		c.At(closes.Add(late))
		_, err = c.selfCheck("410102001", award.Street, 1, c.full(award.Street))
		requireRefused(t, err, award.Closed, "self_check_closed")
		refusal, _ := errors.AsType[*award.Error](err)
		require.Equal(t, "N 四(一)", refusal.Rule)
		require.Contains(t, err.Error(), award.Until(closes), "with the date the office has")
	}
	require.Equal(t, before, c.digest())

	c.At(closes.Add(time.Second))
	c.filedAfterSelfChecks(closes)
}

// filedAfterSelfChecks shows that applications go on when self-checks are over
// (D-17).
func (c *country) filedAfterSelfChecks(closes time.Time) {
	c.t.Helper()
	require.True(c.t, c.Office(c.round, "41").ApplyClosesAt.After(closes))
	f := c.draft("410102001")
	_, err := c.file(f)
	require.NoError(c.t, err)
}
