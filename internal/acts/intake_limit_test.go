package acts_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func (c *country) limits(revision int, limits ...award.IntakeLimit) (acts.IntakeLimits, error) {
	c.t.Helper()
	done, err := c.Acts.SetIntakeLimits(context.Background(), c.Head("41"), c.Key(),
		acts.SetIntakeLimits{Round: c.round, Office: "41", Revision: revision, Limits: limits})
	return done.Result, err
}

func TestAnAgreementBeyondTheLimitIsRefusedAndAReturnedFileKeepsItsPlace(t *testing.T) {
	c := open(t)
	set, err := c.limits(0, award.IntakeLimit{Unit: "410102", Category: award.Street, Places: 1})
	require.NoError(t, err)
	require.Equal(t, 1, set.Revision)
	require.Equal(t, 1, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1 AND kind = 'set-intake-limits'`, c.Unit("410102")))

	first, second := c.filed("410102001", award.Street), c.filed("410102002", award.Street)
	elsewhere := c.filed("410103001", award.Street)
	first = c.agree(first)
	before := c.digest()
	_, err = c.Acts.Endorse(t.Context(), c.Clerk("410102"), c.Key(), c.opinion(second, award.OpinionAgree))
	requireRefused(t, err, award.OverLimit, "intake_limit_used")
	require.Equal(t, before, c.digest())
	c.agree(elsewhere) // another district has no limit

	// The prefecture sends the first one back to the district: it keeps its place.
	first = c.sendBack(first, "410102", c.Now().Add(actstest.Day))
	_, err = c.Acts.Endorse(t.Context(), c.Clerk("410102"), c.Key(), c.opinion(second, award.OpinionAgree))
	requireRefused(t, err, award.OverLimit, "intake_limit_used")
	first = c.agree(first)
	require.Equal(t, "4101", first.WaitingCode)

	// Declined above, it leaves its place to the other.
	c.decline(first)
	second = c.agree(second)
	require.Equal(t, "4101", second.WaitingCode)

	shown, err := c.Acts.IntakeLimits(t.Context(), c.Clerk("410102"), c.round, "41")
	require.NoError(t, err)
	require.Len(t, shown.Limits, 1)
	require.Equal(t, []acts.RankedPlace{{Application: second.ID, Unit: "410102002", Name: "建设路街道", Rank: 1, State: award.FileClimbing}}, shown.Limits[0].Used)
	_, err = c.Acts.IntakeLimits(t.Context(), c.Clerk("11"), c.round, "41")
	requireRefused(t, err, award.NotFound, "not_found")
}

func TestWhoSendsUpRanksUnderALimitAlone(t *testing.T) {
	c := open(t)
	_, err := c.limits(0, award.IntakeLimit{Unit: "410102", Category: award.Street, Places: 2})
	require.NoError(t, err)
	first, second := c.filed("410102001", award.Street), c.filed("410102002", award.Street)
	elsewhere := c.filed("410103001", award.Street)
	rank := func(f acts.File, rank int) error {
		in := c.opinion(f, award.OpinionAgree)
		in.Rank = rank
		_, err := c.Acts.Endorse(t.Context(), c.Clerk(f.WaitingCode), c.Key(), in)
		return err
	}
	requireRefused(t, rank(elsewhere, 1), award.Invalid, "rank_without_limit")
	requireRefused(t, rank(first, 3), award.Invalid, "rank_bounds")
	require.NoError(t, rank(first, 2))
	requireRefused(t, rank(second, 2), award.Conflict, "rank_taken")
	require.NoError(t, rank(second, 0))
	require.Equal(t, "1,2", actstest.One[string](c.World, `SELECT string_agg(rank::text, ',' ORDER BY rank) FROM endorsement WHERE rank IS NOT NULL`))
}

func TestPassingUpAtADateIsNotStoppedByALimitAndIsShown(t *testing.T) {
	c := open(t)
	_, err := c.limits(0, award.IntakeLimit{Unit: "410102", Category: award.Street, Places: 0})
	require.NoError(t, err)
	f := c.filed("410102001", award.Street)
	_, err = c.Acts.Endorse(t.Context(), c.Clerk("410102"), c.Key(), c.opinion(f, award.OpinionAgree))
	requireRefused(t, err, award.OverLimit, "intake_limit_used")
	c.At(c.Office(c.round, "41").ArrivalAt)
	_, err = c.Acts.PassUpPage(t.Context(), award.Page{Round: c.round, Office: "41", Job: award.JobPassUp, Number: 1, To: f.ID})
	require.NoError(t, err)
	require.Equal(t, award.FileAtProvince, c.reload(f).State)
	shown, err := c.Acts.IntakeLimits(t.Context(), c.Clerk("41"), c.round, "41")
	require.NoError(t, err)
	require.Equal(t, 1, shown.Limits[0].Unsigned)
	require.Empty(t, shown.Limits[0].Used)
}

func TestLimitsAreSetByTheOfficeUntilTheFirstFileIsFiled(t *testing.T) {
	c := open(t)
	c.drafted("410102001", award.Street)
	before := c.digest()
	_, err := c.limits(0,
		award.IntakeLimit{Unit: "410102001", Category: award.Street, Places: 1},
		award.IntakeLimit{Unit: "110101", Category: award.Street, Places: 1},
		award.IntakeLimit{Unit: "999999", Category: award.Street, Places: 1},
		award.IntakeLimit{Unit: "4101", Category: award.City, Places: 1},
		award.IntakeLimit{Unit: "4101", Category: award.Street, Places: 1},
		award.IntakeLimit{Unit: "4101", Category: award.Street, Places: 2},
	)
	requireRefused(t, err, award.Invalid, "intake_limits_defective")
	require.Equal(t, []string{
		"/limits/0/unit intake_limit_unit", "/limits/1/unit intake_limit_unit", "/limits/2/unit intake_limit_unit",
		"/limits/3/category category_not_in_round", "/limits/5 intake_limit_twice",
	}, defects(err))
	for by, code := range map[string]award.Code{"4101": award.NotFound, "11": award.NotFound, "0": award.Forbidden} {
		_, err := c.Acts.SetIntakeLimits(t.Context(), c.Head(by), c.Key(), acts.SetIntakeLimits{Round: c.round, Office: "41"})
		require.Equal(t, code, award.CodeOf(err), by)
	}
	require.Equal(t, before, c.digest())

	_, err = c.limits(0, award.IntakeLimit{Unit: "4101", Category: award.Street, Places: 1})
	require.NoError(t, err)
	_, err = c.limits(0)
	requireRefused(t, err, award.Stale, "stale")
	_, err = c.limits(1)
	require.NoError(t, err, "and taken back again")
	c.filed("410103001", award.Street)
	_, err = c.limits(2, award.IntakeLimit{Unit: "4101", Category: award.Street, Places: 1})
	requireRefused(t, err, award.Closed, "intake_limits_fixed")
}

func TestOfTwoOfficersAtOnceWithOnePlaceLeftOneWins(t *testing.T) {
	c := open(t)
	_, err := c.limits(0, award.IntakeLimit{Unit: "410102", Category: award.Street, Places: 1})
	require.NoError(t, err)
	files := []acts.File{c.filed("410102001", award.Street), c.filed("410102002", award.Street)}
	officers := []award.Officer{c.Clerk("410102"), c.Head("410102")}
	var group sync.WaitGroup
	errs := make([]error, 2)
	for i, by := range officers {
		in := c.opinion(files[i], award.OpinionAgree)
		group.Go(func() { _, errs[i] = c.Acts.Endorse(context.Background(), by, acts.Key{}, in) })
	}
	group.Wait()
	won := slices.IndexFunc(errs, func(err error) bool { return err == nil })
	require.GreaterOrEqual(t, won, 0, "%v", errs)
	requireRefused(t, errs[1-won], award.OverLimit, "intake_limit_used")
}
