package acts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// report reports facts of 2026 as a community, over a revision.
func report(t *testing.T, w *actstest.World, unit string, revision int, facts award.Facts) {
	t.Helper()
	_, err := w.Acts.ReportFacts(t.Context(), w.Clerk(unit), w.Key(), acts.ReportFacts{Unit: unit, Year: 2026, Revision: revision, Facts: facts})
	require.NoError(t, err)
}

func TestFactsCountOnceTheCountyOfficeHasConfirmedThem(t *testing.T) {
	w := actstest.New(t)
	const community, county = "410102001001", "410102"
	confirm := func(by award.Officer, revision int) error {
		_, err := w.Acts.ConfirmFacts(t.Context(), by, w.Key(), acts.ConfirmFacts{Unit: community, Year: 2026, Revision: revision, Meets: true})
		return err
	}
	counts := func() award.CommunityCounts {
		_, progress, err := w.Acts.CommunityProgress(t.Context(), w.Admin, county, 2026)
		require.NoError(t, err)
		var total award.CommunityCounts
		for _, p := range progress {
			total = total.Add(p.CommunityCounts)
		}
		return total
	}
	requireRefused(t, confirm(w.Clerk(county), 1), award.NotFound, "facts_none")
	report(t, w, community, 0, award.Facts{award.FactResidents: 1000, award.FactVolunteers: 120, award.FactWorkers: 10, award.FactServiceCentre: 1})
	require.Equal(t, award.CommunityCounts{Communities: 3, Reported: 1}, counts())

	for who, code := range map[string]award.Code{
		"410102001": award.Forbidden, "4101": award.Forbidden, "41": award.Forbidden, "0": award.Forbidden, community: award.Forbidden,
		"410103": award.NotFound, "44": award.NotFound,
	} {
		require.Equal(t, code, award.CodeOf(confirm(w.Head(who), 1)), who)
	}
	require.Equal(t, award.Forbidden, award.CodeOf(confirm(w.Officer(county, award.RoleAuditor), 1)))
	requireRefused(t, confirm(w.Clerk(county), 2), award.Stale, "stale")

	require.NoError(t, confirm(w.Clerk(county), 1))
	whole := award.CommunityCounts{Communities: 3, Reported: 1, Confirmed: 1, Meeting: 1, Residents: 1000, Volunteers: 120, Centres: 1}
	require.Equal(t, whole, counts(), "workers without training are no share")
	require.NoError(t, confirm(w.Clerk(county), 1), "again changes nothing")
	require.Equal(t, whole, counts())

	report(t, w, community, 1, award.Facts{award.FactResidents: 2000})
	require.Equal(t, award.CommunityCounts{Communities: 3, Reported: 1}, counts(), "what has changed is to be confirmed anew")
	f, err := w.Acts.YearFacts(t.Context(), w.Clerk(county), community, 2026)
	require.NoError(t, err)
	require.False(t, f.Confirmed || f.Meets)
}

func TestProgressGoesDownTheTreeOfficeByOffice(t *testing.T) {
	w := actstest.New(t)
	for _, unit := range []string{"410102001001", "410103001001", "441900003001", "110101001001"} {
		report(t, w, unit, 0, award.Facts{award.FactResidents: 100, award.FactVolunteers: 10})
	}
	confirm := func(county, unit string) {
		_, err := w.Acts.ConfirmFacts(t.Context(), w.Clerk(county), w.Key(), acts.ConfirmFacts{Unit: unit, Year: 2026, Revision: 1, Meets: true})
		require.NoError(t, err)
	}
	confirm("410102", "410102001001")
	confirm("4419", "441900003001") // no county level: the prefecture's

	shown := func(by award.Officer, office string) []string {
		year, progress, err := w.Acts.CommunityProgress(t.Context(), by, office, 0)
		require.NoError(t, err)
		require.Equal(t, 2026, year, "this year")
		var out []string
		for _, p := range progress {
			out = append(out, fmt.Sprintf("%s %d+%d %d %d %d", p.OfficeCode, p.Urban.Communities, p.Rural.Communities, p.Reported, p.Confirmed, p.Volunteers))
		}
		return out
	}
	require.Equal(t, []string{"11 4+0 1 0 0", "41 7+1 2 1 10", "44 2+0 1 1 10", "BT 1+0 0 0 0"}, shown(w.Admin, ""))
	require.Equal(t, []string{"410102 3+0 1 1 10", "410103 1+0 1 0 0", "410122 2+1 0 0 0", "410181 1+0 0 0 0"}, shown(w.Head("41"), "4101"))
	require.Equal(t, []string{"410102001 2+0 1 1 10"}, shown(w.Head("410102001"), "410102001"), "a street's own communities count under itself")
	_, _, err := w.Acts.CommunityProgress(t.Context(), w.Head("41"), "44", 2026)
	require.Equal(t, award.NotFound, award.CodeOf(err), "another's area")

	_, public, err := w.Acts.PublicProgress(t.Context(), 2026)
	require.NoError(t, err)
	require.Len(t, public, 4)
	_, public, err = w.Acts.PublicProgress(t.Context(), 2025)
	require.NoError(t, err)
	require.Zero(t, public[0].Reported, "each year by itself")
}

// Anybody may ask for the nation's counts, as often as he likes: they are counted
// once a minute.
func TestThePublicIsToldWhatWasCountedWithinAMinute(t *testing.T) {
	w := actstest.New(t)
	reported := func(year int) int64 {
		_, public, err := w.Acts.PublicProgress(t.Context(), year)
		require.NoError(t, err)
		return acts.SumProgress(public).Reported
	}
	start := w.Now()
	w.At(start)
	require.EqualValues(t, 0, reported(2026))
	report(t, w, "410122100001", 0, award.Facts{award.FactResidents: 1000})
	w.At(start.Add(time.Minute - time.Millisecond))
	require.EqualValues(t, 0, reported(2026))
	w.At(start.Add(time.Minute))
	require.EqualValues(t, 1, reported(2026))
	require.EqualValues(t, 0, reported(2025), "each year by itself")
	_, own, err := w.Acts.CommunityProgress(t.Context(), w.Admin, "", 2026)
	require.NoError(t, err)
	require.EqualValues(t, 1, acts.SumProgress(own).Reported)
}

// O's targets are about 城乡社区: a village's facts count like a community's, with
// them and apart from them (D-116).
func TestVillagesCountWithCommunitiesAndApartFromThem(t *testing.T) {
	w := actstest.New(t)
	const village = "410122100201"
	report(t, w, "410122100001", 0, award.Facts{award.FactResidents: 1000, award.FactVolunteers: 50})
	report(t, w, village, 0, award.Facts{award.FactResidents: 3000, award.FactVolunteers: 600, award.FactServiceCentre: 1})
	for unit, meets := range map[string]bool{"410122100001": false, village: true} {
		_, err := w.Acts.ConfirmFacts(t.Context(), w.Clerk("410122"), w.Key(), acts.ConfirmFacts{Unit: unit, Year: 2026, Revision: 1, Meets: meets})
		require.NoError(t, err)
	}
	_, below, err := w.Acts.CommunityProgress(t.Context(), w.Head("410122"), "", 2026)
	require.NoError(t, err)
	require.Equal(t, []string{"410122001", "410122100"}, []string{below[0].OfficeCode, below[1].OfficeCode})
	sum := acts.SumProgress(below)
	require.Equal(t, award.CommunityCounts{Communities: 2, Reported: 1, Confirmed: 1, Residents: 1000, Volunteers: 50}, sum.Urban)
	require.Equal(t, award.CommunityCounts{Communities: 1, Reported: 1, Confirmed: 1, Meeting: 1, Residents: 3000, Volunteers: 600, Centres: 1}, sum.Rural)
	require.Equal(t, sum.Urban.Add(sum.Rural), sum.CommunityCounts)
	for _, target := range award.ProgressTargets() {
		if target.Measure == award.MeasureVolunteers {
			require.True(t, target.Reached(sum.CommunityCounts), "650 of 4000, though the communities alone are short of it")
			require.False(t, target.Reached(sum.Urban))
		}
	}
	_, public, err := w.Acts.PublicProgress(t.Context(), 2026)
	require.NoError(t, err)
	require.EqualValues(t, 1, acts.SumProgress(public).Rural.Meeting)
}

// TestTheNationIsCountedInAMoment: 120,000 communities of 12,000 streets, each
// with facts confirmed.
func TestTheNationIsCountedInAMoment(t *testing.T) {
	w := actstest.New(t)
	w.Exec(`WITH made AS (INSERT INTO unit (created_at) SELECT shifan_now() FROM generate_series(1, 12000) RETURNING id)
		INSERT INTO unit_version (unit_id, valid_from, code, name, kind, kind_sure, parent_id, source)
		SELECT id, '2020-01-01', 'S' || id, '街道' || id, 'street', true, $1, 'test' FROM made`, w.Unit("410102"))
	w.Exec(`WITH made AS (INSERT INTO unit (created_at) SELECT shifan_now() FROM generate_series(1, 120000) RETURNING id),
		numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM made),
		street AS (SELECT unit_id, row_number() OVER (ORDER BY unit_id) AS n FROM unit_version WHERE code LIKE 'S%')
		INSERT INTO unit_version (unit_id, valid_from, code, name, kind, kind_sure, parent_id, source)
		SELECT m.id, '2020-01-01', 'C' || m.id, '社区' || m.id, 'community', true, s.unit_id, 'test'
		FROM numbered m JOIN street s ON s.n = m.n % 12000 + 1`)
	w.Exec(`INSERT INTO year_facts (unit_id, year, facts, reported_by, confirmed_revision, meets, confirmed_by, confirmed_at)
		SELECT unit_id, 2026, '{"residents": 3000, "volunteers": 300, "workers": 9, "trained_workers": 8, "service_centre": 1}', $1, 1, true, $1, shifan_now()
		FROM unit_version WHERE code LIKE 'C%'`, w.Admin.ID)
	w.Exec(`ANALYZE unit_version, year_facts`)
	began := time.Now()
	_, progress, err := w.Acts.PublicProgress(t.Context(), 2026)
	took := time.Since(began)
	require.NoError(t, err)
	require.EqualValues(t, 120000, progress[1].Meeting)
	require.EqualValues(t, 120000*300, progress[1].Volunteers)
	t.Logf("the nation of 120,000 communities counted in %s", took)
	require.Less(t, took, 5*time.Second, "a moment, on a busy machine too")
}
