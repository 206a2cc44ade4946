package award_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestAPackageIsToldEverythingItLacks(t *testing.T) {
	letter := award.Document{Title: "推荐函", Number: "豫民函〔2027〕12号"}
	report := award.Document{Title: "考核验收报告", Text: "……"}
	unit := award.Listed{Category: award.District, Code: "410102", Name: "中原区"}
	whole := award.Papers{Listed: unit, Form: true, Inspection: true, Survey: true}
	of := func(part award.Part) award.Lack {
		return award.Lack{Part: part, Unit: unit.Code, Name: unit.Name, Category: unit.Category}
	}

	tests := map[string]struct {
		letter, report award.Document
		units          []award.Papers
		owed           []int
		want           []award.Lack
	}{
		"whole":                                 {letter: letter, report: report, units: []award.Papers{whole}},
		"nobody recommended, letter and report": {letter: letter, report: report},
		"a title alone is no letter": {
			letter: award.Document{Title: "推荐函", Text: "  "}, report: report, want: []award.Lack{{Part: award.PartLetter}},
		},
		"a scan alone is a letter": {letter: award.Document{Title: "推荐函", SHA256: "ab"}, report: report},
		"a notice that has not ended": {
			letter: letter, report: report, owed: []int{1, 3}, want: []award.Lack{{Part: award.PartNotice, List: 1}, {Part: award.PartNotice, List: 3}},
		},
		"nothing at all": {
			units: []award.Papers{{Listed: unit}}, owed: []int{2},
			want: []award.Lack{
				{Part: award.PartLetter},
				{Part: award.PartReport},
				{Part: award.PartNotice, List: 2},
				of(award.PartForm), of(award.PartReport), of(award.PartSurvey),
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			lacks := award.Lacks(tt.letter, tt.report, tt.units, tt.owed)
			if diff := cmp.Diff(tt.want, lacks, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			err := award.CheckPackage(lacks)
			refusal, refused := errors.AsType[*award.Error](err)
			if refused != (len(tt.want) > 0) || (refused && len(refusal.Fields) != len(tt.want)) {
				t.Errorf("refusal %v for %d lacks", err, len(tt.want))
			}
		})
	}
}

func TestCheckSurvey(t *testing.T) {
	rules := award.DefaultRules()
	tests := map[string]struct {
		survey award.Survey
		key    string
	}{
		"exactly the share and the number": {survey: award.Survey{Satisfied: 20, Basically: 20, Dissatisfied: 10}},
		"one answer short of the number":   {survey: award.Survey{Satisfied: 49}, key: "survey_too_small"},
		"one answer below the share":       {survey: award.Survey{Satisfied: 39, Dissatisfied: 11}, key: "survey_below"},
		"不了解 counts as asked":              {survey: award.Survey{Satisfied: 39, Unknown: 11}, key: "survey_below"},
		"nobody asked":                     {key: "survey_too_small"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := rules.CheckSurvey(award.Community, tt.survey)
			refusal, refused := errors.AsType[*award.Error](err)
			if refused != (tt.key != "") || (refused && refusal.Key != tt.key) {
				t.Errorf("got %v, want %q", err, tt.key)
			}
		})
	}
}

func TestATitlesNumberTellsRoundCategoryAndPlace(t *testing.T) {
	if got := award.TitleNumber("2026-1", false, award.District, 1); got != "2026-1-区-001" {
		t.Error(got)
	}
	if got := award.TitleNumber("drill-7", true, award.Community, 500); got != "演练-drill-7-社-500" {
		t.Error(got)
	}
	seen := map[string]bool{}
	for _, c := range award.Categories() {
		seen[award.TitleNumber("2026-1", false, c, 1)] = true
	}
	if len(seen) != len(award.Categories()) {
		t.Errorf("two categories share a number: %v", seen)
	}
}

func TestASurveyPassesAtTheShareAndWithEnoughAsked(t *testing.T) {
	r := award.DefaultRules()
	for _, tt := range []struct {
		name   string
		survey award.Survey
		key    string
	}{
		{"four in five of fifty", award.Survey{Satisfied: 30, Basically: 10, Dissatisfied: 5, Unknown: 5}, ""},
		{"one less", award.Survey{Satisfied: 30, Basically: 9, Dissatisfied: 6, Unknown: 5}, "survey_below"},
		{"all, but one too few asked", award.Survey{Satisfied: 49}, "survey_too_small"},
		{"nobody", award.Survey{}, "survey_too_small"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := r.CheckSurvey(award.Community, tt.survey)
			if tt.key == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, award.Incomplete, award.CodeOf(err))
			require.ErrorContains(t, err, tt.key)
		})
	}
}
