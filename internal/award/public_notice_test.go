package award_test

import (
	"errors"
	"testing"
	"time"

	"shifan/internal/award"
)

func day(y int, m time.Month, d int) time.Time { return award.Date{Year: y, Month: m, Day: d}.Starts() }

func local(at time.Time) award.Evidence {
	return award.Evidence{Medium: award.LocalMedium, Name: "河南日报", PublishedAt: at}
}

func TestPlanNotice(t *testing.T) {
	c := award.PublishedCalendar()
	monday, friday := day(2022, time.October, 31), day(2022, time.November, 4) // the national window of 2022, domain 7
	central := award.Evidence{Medium: award.CentralMedium, Name: "中国社会报", PublishedAt: monday}
	site := award.Evidence{Medium: award.Website, Name: "民政部网站", PublishedAt: monday}

	tests := map[string]struct {
		scope         award.Scope
		evidence      []award.Evidence
		first, now    time.Time
		opens, closes time.Time
		key           string
	}{
		"Monday to Friday, five working days": {
			scope: award.National, evidence: []award.Evidence{central, site}, first: monday, now: monday,
			opens: monday, closes: friday.AddDate(0, 0, 1),
		},
		"on a Saturday the first day is Monday": {
			scope: award.Provincial, evidence: []award.Evidence{local(monday.AddDate(0, 0, -2))},
			first: monday.AddDate(0, 0, -2), now: monday.AddDate(0, 0, -2), opens: monday, closes: friday.AddDate(0, 0, 1),
		},
		"no earlier than the latest required publication": {
			scope: award.National, first: monday, now: monday,
			evidence: []award.Evidence{central, {Medium: award.Website, Name: "民政部网站", PublishedAt: monday.AddDate(0, 0, 1)}},
			opens:    monday.AddDate(0, 0, 1), closes: monday.AddDate(0, 0, 8),
		},
		"a later medium that is not required moves nothing": {
			scope: award.Provincial, first: monday, now: monday,
			evidence: []award.Evidence{local(monday), {Medium: award.Website, Name: "省民政厅网站", PublishedAt: friday}},
			opens:    monday, closes: friday.AddDate(0, 0, 1),
		},
		"never in the past": {
			scope: award.Provincial, evidence: []award.Evidence{local(monday.AddDate(0, 0, -30))},
			first: monday.AddDate(0, 0, -30), now: monday.Add(15 * time.Hour), opens: monday, closes: friday.AddDate(0, 0, 1),
		},
		"a province needs its local medium": {
			scope: award.Provincial, evidence: []award.Evidence{site}, first: monday, now: monday, key: "notice_evidence_missing",
		},
		"the nation needs a website too": {
			scope: award.National, evidence: []award.Evidence{central}, first: monday, now: monday, key: "notice_evidence_missing",
		},
		"no evidence, no notice": {scope: award.Provincial, first: monday, now: monday, key: "notice_evidence_missing"},
		"a year without its calendar": {
			scope: award.Provincial, evidence: []award.Evidence{local(day(2096, time.March, 5))},
			first: day(2096, time.March, 5), now: day(2096, time.March, 5), key: "calendar_unpublished",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			plan, err := award.PlanNotice(c, tt.scope, tt.evidence, tt.first, tt.now, 5, 5)
			if tt.key != "" {
				refusal, ok := errors.AsType[*award.Error](err)
				if !ok || refusal.Key != tt.key {
					t.Fatalf("got %v, want %s", err, tt.key)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !plan.Opens.Equal(tt.opens) || !plan.Closes.Equal(tt.closes) {
				t.Errorf("window %s – %s, want %s – %s", plan.Opens, plan.Closes, tt.opens, tt.closes)
			}
			if want := c.After(tt.closes.Add(-time.Second), 5); !plan.Final.Equal(want) {
				t.Errorf("final at %s, want %s", plan.Final, want)
			}
		})
	}
}

func TestWithoutDaysForLettersAListIsFinalWhenItsWindowCloses(t *testing.T) {
	monday := day(2022, time.October, 31)
	plan, err := award.PlanNotice(award.PublishedCalendar(), award.Provincial, []award.Evidence{local(monday)}, monday, monday, 5, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !plan.Final.Equal(plan.Closes) {
		t.Errorf("final at %s, closes at %s", plan.Final, plan.Closes)
	}
}

func TestAListsHashDependsOnItsUnitsAndNotOnTheirOrder(t *testing.T) {
	a := award.Listed{Category: award.District, Code: "110101", Name: "东城区"}
	b := award.Listed{Category: award.Street, Code: "110101001", Name: "东华门街道"}
	if award.ListHash([]award.Listed{a, b}) != award.ListHash([]award.Listed{b, a}) {
		t.Error("another order, another hash")
	}
	if award.ListHash([]award.Listed{a}) == award.ListHash([]award.Listed{a, b}) {
		t.Error("one unit more, the same hash")
	}
	renamed := a
	renamed.Name = "东城"
	if award.ListHash([]award.Listed{a}) == award.ListHash([]award.Listed{renamed}) {
		t.Error("another name, the same hash")
	}
}

func TestListsGoByCategoryThenCodeAndNeverByMark(t *testing.T) {
	lines := []award.Listed{
		{Category: award.Street, Code: "110101001"}, {Category: award.District, Code: "440103"}, {Category: award.District, Code: "110101"},
	}
	award.SortListed(lines)
	if lines[0].Code != "110101" || lines[1].Code != "440103" || lines[2].Category != award.Street {
		t.Errorf("sorted %v", lines)
	}
}
