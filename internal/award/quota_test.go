package award_test

import (
	"testing"

	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestRecommendationLimitsAreThoseOfTheFirstRound(t *testing.T) {
	district := award.FirstRound()[award.District]
	for name, l := range map[string]struct {
		quota          award.Quota
		eligible, want int
	}{
		"Henan, 71 districts and cities": {district, 71, 14},
		"Tibet has two: one place":       {district, 2, 1},
		"the Corps has four: one place":  {district, 4, 1},
		"exactly the ratio":              {district, 5, 1},
		"one short of the next place":    {district, 9, 1},
		"the next place":                 {district, 10, 2},
		"nobody, no place":               {district, 0, 0},
		"a count below nothing":          {district, -1, 0},
		"one community":                  {award.FirstRound()[award.Community], 1, 1},
		"a street short of two places":   {award.FirstRound()[award.Street], 59, 1},
		"no ratio, no limit of the kind": {award.Quota{Places: 10}, 300, 0},
		"a ratio of one: everybody":      {award.Quota{Places: 10, Ratio: 1}, 7, 7},
	} {
		t.Run(name, func(t *testing.T) {
			if got := l.quota.RecommendationLimit(l.eligible); got != l.want {
				t.Errorf("got %d, want %d", got, l.want)
			}
		})
	}
}

func TestTheFirstRoundNamesAtMostAHundredTwoHundredAndFiveHundred(t *testing.T) {
	for category, want := range map[award.Category]award.Quota{
		award.District:  {Places: 100, Ratio: 5},
		award.Street:    {Places: 200, Ratio: 30},
		award.Community: {Places: 500, Ratio: 150},
	} {
		if got := award.FirstRound()[category]; got != want {
			t.Errorf("%s: %+v", category, got)
		}
	}
	if len(award.FirstRound()) != 3 {
		t.Error("the first round has three categories")
	}
}

func TestALimitIsACeilingThatGrowsWithTheUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := award.Quota{Places: 1, Ratio: rapid.IntRange(1, 1000).Draw(t, "ratio")}
		eligible := rapid.IntRange(1, 100_000).Draw(t, "eligible")
		limit := q.RecommendationLimit(eligible)
		if limit < 1 || limit > eligible {
			t.Fatalf("%d of %d", limit, eligible)
		}
		if limit > 1 && limit*q.Ratio > eligible {
			t.Fatalf("%d of %d is more than one in %d", limit, eligible, q.Ratio)
		}
		if q.RecommendationLimit(eligible+1) < limit {
			t.Fatal("one unit more took a place away")
		}
	})
}

func TestALimitPrintsWhatItRestsOn(t *testing.T) {
	got := award.LimitBasis(71, "名录", award.Date{Year: 2026, Month: 11, Day: 1}, 5, 14)
	if want := "71 个单位(名录,2026-11-01)÷ 5,向下取整,至少 1 = 14"; got != want {
		t.Errorf("got %q", got)
	}
}
