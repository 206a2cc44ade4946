package acts_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestProgressIsCountedByOfficeOneLevelBelowAndByCategory(t *testing.T) {
	c := open(t)
	c.filed("410102001", award.Street)
	c.drafted("410103001", award.Street)
	c.ready("410102001001", award.Community)
	_, err := c.selfCheck("410122001001", award.Community, 0, make([]award.Points, len(c.full(award.Community))))
	require.NoError(t, err)

	require.Equal(t, []string{
		"4101 district 3/0/0/0/0", // 新密市 is of unsure kind and takes no part
		"4101 street 5/2/2/2/1",
		"4101 community 7/2/2/1/0",
	}, c.progress("41", ""))
	require.Equal(t, []string{
		"410102 district 1/0/0/0/0", "410102 street 2/1/1/1/1", "410102 community 3/1/1/1/0",
		"410103 district 1/0/0/0/0", "410103 street 1/1/1/1/0", "410103 community 1/0/0/0/0",
		"410122 street 1/0/0/0/0", "410122 community 2/1/1/0/0",
		"410181 district 1/0/0/0/0", "410181 street 1/0/0/0/0", "410181 community 1/0/0/0/0",
	}, c.progress("41", "4101"))
	require.Equal(t, []string{
		"410102 district 1/0/0/0/0", "410102001 street 1/1/1/1/1", "410102001 community 2/1/1/1/0",
		"410102002 street 1/0/0/0/0", "410102002 community 1/0/0/0/0",
	}, c.progress("410102", ""), "an office's own place in a category is its own row")
	require.Equal(t, []string{"410102001001 community 1/1/1/1/0"}, c.progress("410102001001", ""))

	nation, err := c.Acts.Progress(t.Context(), c.Admin, c.round, "")
	require.NoError(t, err)
	units := map[string]int{}
	for _, p := range nation {
		units[p.OfficeCode] += p.Units
	}
	require.Equal(t, map[string]int{"11": 9, "41": 15, "44": 4, "BT": 3}, units, "the Corps counts for itself")
}

func TestProgressIsShownToWhoMaySeeTheOffice(t *testing.T) {
	c := open(t)
	for _, hidden := range []string{"410103", "41", "11", "999999"} {
		_, err := c.Acts.Progress(t.Context(), c.Clerk("410102"), c.round, hidden)
		requireRefused(t, err, award.NotFound, "unit_unknown")
	}
	_, err := c.Acts.Progress(t.Context(), c.Clerk("410102"), "2099-1", "")
	requireRefused(t, err, award.NotFound, "round_unknown")
}

func TestWhatWasAskedAndWhatNobodyHadToTypeIsCounted(t *testing.T) {
	c := open(t)
	c.report("410102001", 2026, 0, award.Facts{award.FactResidents: 1, award.FactWorkers: 1})
	c.filed("410102001", award.Street)
	progress, err := c.Acts.Progress(t.Context(), c.Clerk("410102001"), c.round, "")
	require.NoError(t, err)
	require.Equal(t, award.Street, progress[0].Category)
	require.Equal(t, len(c.full(award.Street))+len(award.SampleForm()), progress[0].Asked)
	require.GreaterOrEqual(t, progress[0].Prefilled, 2, "name and code at least: the test gives the numbers itself")
}

func TestAnOfficeReportsTheNumbersOfItsProgress(t *testing.T) {
	c := open(t)
	c.filed("410102001", award.Street)
	c.ready("410102001001", award.Community)
	_, err := c.Acts.CompleteStage(t.Context(), c.Head("41"), c.Key(),
		acts.CompleteStageInput{Round: c.round, Office: "41", Stage: award.StageSelfCheck})
	require.NoError(t, err)
	require.JSONEq(t, `{"units": 15, "begun": 2, "self_checked": 2, "ready": 2, "applied": 1}`, actstest.One[string](c.World, `
		SELECT report FROM office_stage WHERE round_id = $1 AND stage = 'self_check' AND office_id = $2`, c.round, c.Unit("41")))
}

// progress shows what an office's clerk reads: units, begun, self-checked, ready,
// applied.
func (c *country) progress(by, office string) []string {
	c.t.Helper()
	progress, err := c.Acts.Progress(c.t.Context(), c.Clerk(by), c.round, office)
	require.NoError(c.t, err)
	var lines []string
	for _, p := range progress {
		lines = append(lines, fmt.Sprintf("%s %s %d/%d/%d/%d/%d", p.OfficeCode, p.Category, p.Units, p.Begun, p.SelfChecked, p.Ready, p.Applied))
	}
	return lines
}
