package acts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestTheFunnelCountsTheFurthestThatUnitsEverReached(t *testing.T) {
	c := open(t)
	c.ready("410102002", award.Street)                                                                   // checks itself and does not apply
	_, err := c.selfCheck("410103001", award.Street, 0, make([]award.Points, len(c.full(award.Street)))) // not ready
	require.NoError(t, err)
	f := c.filed("410102001", award.Street)
	beijing := c.filed("110101001", award.Street)
	for _, state := range []string{"at_province", "proposed", "noticed_locally", "recommended", "candidate"} {
		c.Exec(`INSERT INTO application_history (application_id, revision, act, from_state, to_state) VALUES ($1, 9, 'test', '', $2)`, f.ID, state)
	}
	c.Exec(`INSERT INTO application_history (application_id, revision, act, from_state, to_state) VALUES ($1, 9, 'test', '', 'at_province')`, f.ID) // twice there, counted once
	c.Exec(`UPDATE application SET state = 'withdrawn', unsigned = true WHERE id = $1`, f.ID)

	want := acts.Funnel{
		Category: award.Street, Units: 5, SelfChecked: 3, Ready: 2, Applied: 1, AtProvince: 1, Unsigned: 1,
		Proposed: 1, NoticedLocally: 1, Candidates: 1, RecommendationLimit: 2, Quota: 3,
	} // recommended stays 0: the cut as it stands has nobody
	office, err := c.Acts.Office(t.Context(), c.Head("41"), c.round, "41")
	require.NoError(t, err)
	require.Len(t, office.Counts, 3, "one for each category, also where nothing is")
	want.Office = office.ID
	require.Equal(t, want, office.Counts[1])
	require.Equal(t, acts.Funnel{Office: office.ID, Category: award.District, Units: 3, RecommendationLimit: 1, Quota: 2}, office.Counts[0])

	report, err := c.Acts.Report(t.Context(), c.Admin, c.round)
	require.NoError(t, err)
	want.Office, want.Units, want.SelfChecked, want.Ready, want.Applied, want.RecommendationLimit = 0, 11, 4, 3, 2, 5
	require.Equal(t, want, report[1])

	own, err := c.Acts.Report(t.Context(), c.Head("11"), c.round)
	require.NoError(t, err)
	require.Equal(t, 1, own[1].Applied, "an office's report is over what it sees")
	require.NotZero(t, beijing.ID)

	c.Exec(`INSERT INTO recommendation (application_id, round_id, office_id, category, position) VALUES ($1, $2, $3, 'street', 1)`,
		f.ID, c.round, c.Unit("41"))
	c.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		VALUES ('演练-1', $1, $2, $3, 'street', '示范街道', true, '2026-11-02')`, c.round, f.ID, c.Unit("410102001"))
	report, err = c.Acts.Report(t.Context(), c.Admin, c.round)
	require.NoError(t, err)
	require.Equal(t, [2]int{1, 1}, [2]int{report[1].Recommended, report[1].Named})
}

func TestOfficesAreShownToThoseTheyConcern(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	for _, c := range []struct {
		by     award.Officer
		want   []string
		counts bool
	}{
		{w.Admin, []string{"11", "41", "44", "BT"}, true},
		{w.Clerk("41"), []string{"41"}, true},
		{w.Clerk("410102001"), []string{"41"}, false}, // it learns its dates, not its neighbours' numbers
	} {
		t.Run(c.by.OfficeCode, func(t *testing.T) {
			offices, err := w.Acts.Offices(t.Context(), c.by, r.ID)
			require.NoError(t, err)
			var codes []string
			for _, o := range offices {
				codes = append(codes, o.Code)
				require.Equal(t, c.counts, o.Counts != nil, o.Code)
			}
			require.Equal(t, c.want, codes)
		})
	}
	_, err := w.Acts.Office(t.Context(), w.Clerk("41"), r.ID, "11")
	requireRefused(t, err, award.NotFound, "office_unknown")
	_, err = w.Acts.Office(t.Context(), w.Admin, r.ID, "99")
	requireRefused(t, err, award.NotFound, "office_unknown")

	provincial := w.OpenDrill(actstest.Drill{Owner: "41"})
	for _, read := range []error{
		second(w.Acts.Round(t.Context(), w.Head("11"), provincial.ID)),
		second(w.Acts.Offices(t.Context(), w.Head("11"), provincial.ID)),
		second(w.Acts.Limits(t.Context(), w.Head("11"), provincial.ID)),
		second(w.Acts.Report(t.Context(), w.Head("11"), provincial.ID)),
	} {
		requireRefused(t, read, award.NotFound, "round_unknown")
	}
	_, err = w.Acts.Round(t.Context(), w.Admin, provincial.ID)
	require.NoError(t, err, "the nation sees what is below it")
}

func second[T any](_ T, err error) error { return err }

func TestARoundTellsHowItsOfficesStand(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	stand := func() acts.OfficeTally {
		s, err := w.Acts.Round(t.Context(), w.Clerk("410102001"), r.ID)
		require.NoError(t, err)
		return s.Offices
	}
	require.Equal(t, acts.OfficeTally{Total: 4}, stand())
	w.At(day(80))
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, "44"))
	_, err := w.Acts.CloseOffice(t.Context(), w.Admin, w.Key(), r.ID, "BT", "未报")
	require.NoError(t, err)
	for code, state := range map[string]string{"11": "sent", "41": "accepted"} {
		w.Exec(`INSERT INTO package (round_id, office_id, revision, letter_number, letter, report, state, officer_id, sent_at)
			VALUES ($1, $2, 1, '函1', '{}', '{}', $3, $4, shifan_now())`, r.ID, w.Unit(code), state, w.Head(code).ID)
		w.Exec(`UPDATE office_stage SET state = 'complete', completed_at = $2 WHERE office_id = $1`, w.Unit(code), day(82))
	}
	require.Equal(t, acts.OfficeTally{Total: 4, Done: 2, Sent: 1, Overdue: 1}, stand())

	offices, err := w.Acts.Offices(t.Context(), w.Admin, r.ID)
	require.NoError(t, err)
	waiting := make(map[string]string)
	for _, o := range offices {
		waiting[o.Code] = o.WaitingFor
		require.Equal(t, o.Code == "11" || o.Code == "41", o.Late(), "%s is late", o.Code)
	}
	require.Equal(t, map[string]string{
		"11": "推荐材料审核", "41": "无(推荐材料审核通过)", "44": "考察验收、议定拟推荐名单", "BT": "无(点名关闭)",
	}, waiting)
}

func TestARealRoundWarnsOfYearsWithoutACalendar(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{Real: true, Dates: award.Dates{
		SelfCheckCloses: award.EndOfMonth(2026, time.December).Closes(), ApplyCloses: award.EndOfMonth(2026, time.December).Closes(),
		RecommendationDue: award.EndOfMonth(2099, time.April).Closes(), AssessmentDue: award.EndOfMonth(2099, time.June).Closes(),
	}})
	s, err := w.Acts.Round(t.Context(), w.Admin, id)
	require.NoError(t, err)
	require.Contains(t, s.ProvisionalYears(), 2099)
	require.NotContains(t, s.ProvisionalYears(), 2027, "31 December 24:00 is the 31st")

	drill, err := w.Acts.Round(t.Context(), w.Admin, w.Draft(actstest.Drill{}))
	require.NoError(t, err)
	require.Empty(t, drill.ProvisionalYears())
	provincial, national := drill.LastNotices()
	same(t, day(76), provincial, "three days of notice and one for letters, before day 80")
	same(t, day(116), national, "and before day 120")
}
