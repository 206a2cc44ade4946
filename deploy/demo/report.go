package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"shifan/internal/award"
)

// report is what .local/demo/report.json holds.
type report struct {
	Round      reportRound                       `json:"round"`
	Seconds    float64                           `json:"seconds"` // from the first request to the last, building not counted
	Categories map[award.Category]reportCategory `json:"categories"`
	Workflows  map[string]reportWorkflow         `json:"workflows"` // by workflow type
}

type reportRound struct {
	ID    string           `json:"id"`
	State award.RoundState `json:"state"`
	Stage award.Stage      `json:"stage"`
}

// reportCategory is the funnel of one category over all offices.
type reportCategory struct {
	SelfChecked         int `json:"self_checked"`
	Applied             int `json:"applied"`
	AtProvince          int `json:"at_province"`
	Proposed            int `json:"proposed"`
	NoticedLocally      int `json:"noticed_locally"`
	Recommended         int `json:"recommended"`
	RecommendationLimit int `json:"recommendation_limit"`
	Candidates          int `json:"candidates"`
	Named               int `json:"named"`
	Quota               int `json:"quota"`
}

// reportWorkflow is what one type of workflow cost in Temporal.
type reportWorkflow struct {
	Runs       int   `json:"runs"`
	MaxHistory int64 `json:"max_history"` // events of the longest run
}

func categoryOf(f funnel) reportCategory {
	return reportCategory{
		SelfChecked:         f.SelfChecked,
		Applied:             f.Applied,
		AtProvince:          f.AtProvince,
		Proposed:            f.Proposed,
		NoticedLocally:      f.NoticedLocally,
		Recommended:         f.Recommended,
		RecommendationLimit: f.RecommendationLimit,
		Candidates:          f.Candidates,
		Named:               f.Named,
		Quota:               f.Quota,
	}
}

// writeReport writes the report whole or not at all.
func writeReport(path string, r report) error {
	if path == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the report's folder: %w", err)
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("put the report in its place: %w", err)
	}
	return nil
}
