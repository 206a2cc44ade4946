package acts_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAUnitReportsTheFactsOfAYearAndASuperiorMayDoSoForIt(t *testing.T) {
	c := open(t)
	first := c.report("410102001001", 2026, 0, award.Facts{award.FactResidents: 3000})
	require.Equal(t, 1, first.Revision)

	done, err := c.Acts.ReportFacts(t.Context(), c.Clerk("410102"), c.Key(), acts.ReportFacts{
		Unit: "410102001001", Year: 2026, Revision: 1, Facts: award.Facts{award.FactServiceCentre: 0},
	})
	require.NoError(t, err)
	read, err := c.Acts.YearFacts(t.Context(), c.Clerk("410102001"), "410102001001", 2026)
	require.NoError(t, err)
	require.Equal(t, award.Facts{award.FactServiceCentre: 0}, read.Facts, "a revision stands in place of the one before")
	require.Equal(t, "410102", read.ReportedByOffice)
	require.Equal(t, done.Result, read)
	require.Equal(t, 2, actstest.One[int](c.World, `SELECT count(*) FROM audit WHERE name = 'report-facts'`))
	require.JSONEq(t, `{"residents": 3000}`,
		actstest.One[string](c.World, `SELECT detail -> 'facts' FROM audit WHERE name = 'report-facts' ORDER BY id LIMIT 1`),
		"what it said before is in the audit")
}

func TestFactsThatCanNotStandAreRefusedWhole(t *testing.T) {
	c := open(t)
	c.report("410102001", 2025, 0, award.Facts{award.FactResidents: 1})
	before := c.digest()
	for _, tt := range []struct {
		name, unit, by string
		year, revision int
		facts          award.Facts
		code           award.Code
		key            string
	}{
		{"next year's", "410102001", "410102001", 2027, 0, award.Facts{award.FactResidents: 1}, award.Invalid, "facts_malformed"},
		{"none", "410102001", "410102001", 2026, 0, nil, award.Invalid, "facts_malformed"},
		{"again as if for the first time", "410102001", "410102001", 2025, 0, award.Facts{award.FactResidents: 2}, award.Stale, "stale"},
		{"over a revision that is not there", "410102001", "410102001", 2026, 3, award.Facts{award.FactResidents: 2}, award.Stale, "stale"},
		{"a neighbour's", "410102002", "410102001", 2026, 0, award.Facts{award.FactResidents: 1}, award.NotFound, "not_found"},
		{"its superior's", "410102", "410102001", 2026, 0, award.Facts{award.FactResidents: 1}, award.NotFound, "not_found"},
		{"a unit's that is not there", "999999", "410102001", 2026, 0, award.Facts{award.FactResidents: 1}, award.NotFound, "unit_unknown_now"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.Acts.ReportFacts(t.Context(), c.Clerk(tt.by), c.Key(),
				acts.ReportFacts{Unit: tt.unit, Year: tt.year, Revision: tt.revision, Facts: tt.facts})
			requireRefused(t, err, tt.code, tt.key)
		})
	}
	_, err := c.Acts.ReportFacts(t.Context(), c.Officer("410102001", award.RoleAuditor), c.Key(),
		acts.ReportFacts{Unit: "410102001", Year: 2026, Facts: award.Facts{award.FactResidents: 1}})
	requireRefused(t, err, award.Forbidden, "forbidden_report-facts")
	_, err = c.Acts.YearFacts(t.Context(), c.Clerk("410102002"), "410102001", 2025)
	requireRefused(t, err, award.NotFound, "unit_unknown_now")
	_, err = c.Acts.YearFacts(t.Context(), c.Clerk("410102001"), "410102001", 2026)
	requireRefused(t, err, award.NotFound, "facts_none")
	require.Equal(t, before, c.digest())
}

func TestOfTwoOfficersWhoReportAtOnceOneIsFirst(t *testing.T) {
	c := open(t)
	clerk := c.Clerk("410102001")
	codes := make([]award.Code, 6)
	var group sync.WaitGroup
	for i := range codes {
		group.Go(func() {
			_, err := c.Acts.ReportFacts(context.Background(), clerk, acts.Key{}, acts.ReportFacts{
				Unit: "410102001", Year: 2026, Facts: award.Facts{award.FactResidents: int64(i)},
			})
			if err != nil {
				codes[i] = award.CodeOf(err)
			}
		})
	}
	group.Wait()
	require.ElementsMatch(t, []award.Code{"", "stale", "stale", "stale", "stale", "stale"}, codes)
}

func TestTheNextRoundsFormIsFilledFromRegisterFactsAndLastRound(t *testing.T) {
	c := open(t)
	filed := c.filed("410102001", award.Street)
	require.Equal(t, 2, filed.Prefilled, "the register's two")
	c.At(c.Now().Add(time.Hour))
	c.round = c.OpenDrill(actstest.Drill{}).ID
	c.report("410102001", 2026, 0, award.Facts{award.FactResidents: 13000})

	done, err := c.Acts.CreateApplication(t.Context(), c.Clerk("410102001"), c.Key(), acts.CreateApplication{
		Round: c.round, Unit: "410102001", Category: award.Street, Form: map[string]string{"head": "李四", "staff": "30"},
	})
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"unit": "林山寨街道", "code": "410102001", "residents": "13000", // rather than the last round's 12000
		"contact": "0371-60000000", "staff": "30", "deeds": "居民自治", "head": "李四",
	}, done.Result.Form)
	require.Equal(t, 6, done.Result.Prefilled, "all but the new head")

	other, err := c.create("410102002", award.Street)
	require.NoError(t, err)
	require.Equal(t, 2, other.Prefilled, "another unit's last round is not its own")
}

func TestAFormTakesNothingFromADraftOrARealRound(t *testing.T) {
	c := open(t)
	c.drafted("410102001", award.Street) // never filed
	c.filed("410102002", award.Street)
	c.Exec(`UPDATE round SET drill = false, drill_day = NULL WHERE id = $1`, c.round)
	c.At(c.Now().Add(time.Hour))
	c.round = c.OpenDrill(actstest.Drill{}).ID
	for _, unit := range []string{"410102001", "410102002"} {
		f, err := c.create(unit, award.Street)
		require.NoError(t, err)
		require.Len(t, f.Form, 2, unit)
	}
}

// report reports as the unit does.
func (c *country) report(unit string, year, revision int, facts award.Facts) acts.YearFacts {
	c.t.Helper()
	done, err := c.Acts.ReportFacts(context.Background(), c.Clerk(unit), c.Key(),
		acts.ReportFacts{Unit: unit, Year: year, Revision: revision, Facts: facts})
	require.NoError(c.t, err)
	return done.Result
}
