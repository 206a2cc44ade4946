package award_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestFactsThatHoldTogetherHaveNoDefect(t *testing.T) {
	require.Empty(t, award.Facts{
		award.FactResidents: 5230, award.FactVolunteers: 523, award.FactWorkers: 12, award.FactTrainedWorkers: 12, award.FactServiceCentre: 1,
	}.Check(2026, 2026))
	require.Empty(t, award.Facts{award.FactVolunteers: 0}.Check(2008, 2026), "one is enough, and nothing is a number")
}

func TestEveryDefectOfFactsIsNamedAtOnce(t *testing.T) {
	facts := award.Facts{
		award.FactResidents: 100, award.FactVolunteers: 101, award.FactWorkers: -1, award.FactServiceCentre: 2,
	}
	require.Equal(t, []string{
		"/year fact_year", "/workers number_too_small", "/service_centre number_too_large", "/volunteers fact_above_whole",
	}, pointers(facts.Check(2027, 2026)))
	require.Equal(t, []string{"/year fact_year", " facts_empty"}, pointers(award.Facts{}.Check(2007, 2026)))
	require.Equal(t, []string{"/residents number_too_large"}, pointers(award.Facts{award.FactResidents: 100_000_001}.Check(2026, 2026)))
}

func TestAMeasureIsAFactOrAShare(t *testing.T) {
	facts := award.Facts{award.FactResidents: 3000, award.FactVolunteers: 299, award.FactWorkers: 0, award.FactTrainedWorkers: 0, award.FactServiceCentre: 1}
	for name, tt := range map[string]struct {
		measure award.Measure
		up      bool
		want    award.Points
		known   bool
	}{
		"a number":                               {"residents", false, 3000_00, true},
		"a yes":                                  {"service_centre", false, 1_00, true},
		"a share, rounded down to hundredths":    {"volunteers/residents", false, 9_96, true}, // 9.9666…
		"a share, rounded up to hundredths":      {"volunteers/residents", true, 9_97, true},
		"a share of nothing is not known":        {"trained_workers/workers", false, 0, false},
		"a fact that there is not":               {"income", false, 0, false},
		"a share of a yes":                       {"residents/service_centre", false, 0, false},
		"a share of itself":                      {"residents/residents", false, 0, false},
		"a share in nothing":                     {"residents/", false, 0, false},
		"a share in a fact that is not reported": {"service_centre/trained", false, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, known := facts.Of(tt.measure, tt.up)
			require.Equal(t, tt.known, known)
			require.Equal(t, tt.want, got)
		})
	}
	_, known := award.Facts{award.FactResidents: 10}.Of("volunteers/residents", false)
	require.False(t, known, "a part not reported is not nothing")
}

// The exact comparison is by cross-multiplication: part/whole ≥ bound.
func TestComparingARoundedShareGivesWhatTheExactShareWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 100_000_000).Draw(t, "whole")
		part := rapid.Int64Range(0, whole).Draw(t, "part")
		bound := rapid.OneOf(
			rapid.Int64Range(0, 100_00),
			rapid.Map(rapid.Int64Range(-1, 1), func(d int64) int64 { return part*100_00/whole + d }), // beside the share itself
		).Draw(t, "bound")
		facts := award.Facts{award.FactResidents: whole, award.FactVolunteers: part}
		down, _ := facts.Of("volunteers/residents", false)
		up, _ := facts.Of("volunteers/residents", true)
		if atLeast := part*100_00 >= bound*whole; atLeast != (int64(down) >= bound) {
			t.Fatalf("%d of %d ≥ %d: exactly %v, by the value %s", part, whole, bound, atLeast, down)
		}
		if atMost := part*100_00 <= bound*whole; atMost != (int64(up) <= bound) {
			t.Fatalf("%d of %d ≤ %d: exactly %v, by the value %s", part, whole, bound, atMost, up)
		}
	})
}

func TestAFactIsShownAsAFormPrintsIt(t *testing.T) {
	facts := award.Facts{award.FactResidents: 0, award.FactServiceCentre: 0}
	require.Equal(t, "0", facts.Text(award.FactResidents))
	require.Equal(t, "否", facts.Text(award.FactServiceCentre))
	require.Empty(t, facts.Text(award.FactWorkers), "not reported")
	require.Equal(t, "注册社区志愿者人数占常住居民人数的百分比", award.Measure("volunteers/residents").Chinese())
}
