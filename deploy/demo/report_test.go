package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shifan/internal/award"
)

func TestTheReportHasItsAgreedForm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "demo", "report.json")
	r := report{
		Round:   reportRound{ID: "drill-7", State: award.RoundClosed, Stage: award.StageCommendation},
		Seconds: 187.5,
		Categories: map[award.Category]reportCategory{award.District: categoryOf(funnel{
			Units: 1, SelfChecked: 2, Ready: 3, Applied: 4, AtProvince: 5, Unsigned: 6, Proposed: 7, NoticedLocally: 8,
			Recommended: 9, RecommendationLimit: 10, Candidates: 11, Named: 12, Quota: 100,
		})},
		Workflows: map[string]reportWorkflow{"Round": {Runs: 1, MaxHistory: 321}},
	}
	for range 2 { // a second run replaces the first one's report
		if err := writeReport(path, r); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "round": {
    "id": "drill-7",
    "state": "closed",
    "stage": "commendation"
  },
  "seconds": 187.5,
  "categories": {
    "district": {
      "self_checked": 2,
      "applied": 4,
      "at_province": 5,
      "proposed": 7,
      "noticed_locally": 8,
      "recommended": 9,
      "recommendation_limit": 10,
      "candidates": 11,
      "named": 12,
      "quota": 100
    }
  },
  "workflows": {
    "Round": {
      "runs": 1,
      "max_history": 321
    }
  }
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("report.json (-want +got):\n%s", diff)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the report there is something else: %v %v", left, err)
	}
}

func TestAReportThatNobodyWantsIsNotWritten(t *testing.T) {
	if err := writeReport("", report{}); err != nil {
		t.Error(err)
	}
}
