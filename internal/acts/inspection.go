package acts

import (
	"context"
	"errors"
	"time"

	"shifan/internal/award"
)

// Inspection is the province's inspection of a unit (考察验收, N 四(二)).
type Inspection struct {
	Application int64          `json:"application"`
	Revision    int            `json:"revision"`
	Team        string         `json:"team"`
	InspectedOn award.Date     `json:"inspected_on"`
	Methods     []string       `json:"methods"`
	Marks       []award.Points `json:"marks"` // as entered, in the standard's leaf order
	Total       award.Points   `json:"total"` // 省级考核得分
	Passed      bool           `json:"passed"`
	Finding     string         `json:"finding"`
	Officer     int64          `json:"officer"`
}

// Survey is what residents answered about a unit (群众满意度测评).
type Survey struct {
	Application int64        `json:"application"`
	Revision    int          `json:"revision"`
	Method      string       `json:"method"`
	FirstDay    award.Date   `json:"first_day"`
	LastDay     award.Date   `json:"last_day"`
	Answers     award.Survey `json:"answers"`
	Passed      bool         `json:"passed"`           // D-06
	Reason      string       `json:"reason,omitempty"` // message key of what failed
	Officer     int64        `json:"officer"`
}

// inspectionTx keeps what the province finds out about a unit.
type inspectionTx interface {
	// SaveInspection writes the revision after the one that i was made from: 1
	// adds the record. award.Stale when someone else was first.
	SaveInspection(ctx context.Context, i Inspection) error
	// SaveSurvey writes a survey in the same way.
	SaveSurvey(ctx context.Context, s Survey) error
}

// Inspect is the finding on one unit.
type Inspect struct {
	Round       string
	Application int64
	Revision    int // of the inspection seen; 0: the first
	Team        string
	InspectedOn award.Date
	Methods     []string // 听取汇报、召开座谈会、查阅工作台账、抽样调查、实地走访
	Marks       []award.Points
	Finding     string
}

// Inspect keeps the recommending office's inspection of a unit (考察验收): marks
// by the standard and a finding. It may be revised until the office adopts its
// proposed list.
func (a *Acts) Inspect(ctx context.Context, by award.Officer, key Key, in Inspect) (Done[Inspection], error) {
	return once(ctx, a, by, key, award.ActInspect, in.Round, func(t *act) (Inspection, error) {
		var none Inspection
		p, f, err := t.enterFile(ctx, in.Round, in.Application, 0)
		if err != nil {
			return none, err
		}
		if err := p.undecided(); err != nil {
			return none, err
		}
		if in.InspectedOn.Starts().After(p.now) {
			return none, award.RefuseFields(award.Invalid, "N 四(二)", "date_future",
				[]award.Defect{{Pointer: "/inspected_on", Key: "date_future", Args: []any{in.InspectedOn.String()}}})
		}
		rule, err := p.round.Category(f.Category)
		if err != nil {
			return none, err
		}
		if defects := rule.Standard.CheckMarks(in.Marks, true); len(defects) > 0 {
			return none, award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
		}
		score := rule.Standard.Score(in.Marks, p.round.Rules.PassMark)
		i := Inspection{
			Application: f.ID, Revision: in.Revision + 1, Team: in.Team, InspectedOn: in.InspectedOn, Methods: in.Methods,
			Marks: in.Marks, Total: score.Total, Passed: score.Passed, Finding: in.Finding, Officer: by.ID,
		}
		if err := t.SaveInspection(ctx, i); err != nil {
			return none, err
		}
		_, err = t.moveFile(ctx, p, f, award.Place{State: award.FileInspected, Waiting: f.Office}, "")
		return i, err
	})
}

// SaveSurvey is a survey's counts.
type SaveSurvey struct {
	Round       string
	Application int64
	Revision    int // of the survey seen; 0: the first
	Method      string
	FirstDay    award.Date
	LastDay     award.Date
	Answers     award.Survey
}

// Survey keeps the recommending office's survey of residents (群众满意度测评):
// counts alone, any time from the file's arrival until the package is sent.
func (a *Acts) Survey(ctx context.Context, by award.Officer, key Key, in SaveSurvey) (Done[Survey], error) {
	return once(ctx, a, by, key, award.ActSurvey, in.Round, func(t *act) (Survey, error) {
		var none Survey
		p, f, err := t.enterFile(ctx, in.Round, in.Application, 0)
		if err != nil {
			return none, err
		}
		if err := p.undecided(); err != nil {
			return none, err
		}
		if !f.State.WithProvince() {
			return none, award.Refuse(award.Conflict, "N 四(二)", "survey_not_at_province", string(f.State))
		}
		if defects := surveyPeriod(in, p.now); len(defects) > 0 {
			return none, award.RefuseFields(award.Invalid, "N 四(二)", "survey_malformed", defects)
		}
		s := Survey{
			Application: f.ID, Revision: in.Revision + 1, Method: in.Method, FirstDay: in.FirstDay, LastDay: in.LastDay,
			Answers: in.Answers, Passed: true, Officer: by.ID,
		}
		if failed, ok := errors.AsType[*award.Error](p.round.Rules.CheckSurvey(f.Category, in.Answers)); ok {
			s.Passed, s.Reason = false, failed.Key
		}
		if err := t.SaveSurvey(ctx, s); err != nil {
			return none, err
		}
		return s, t.audit(ctx, fileSubject(f.ID), "", map[string]any{"revision": s.Revision, "asked": in.Answers.Asked(), "passed": s.Passed})
	})
}

// surveyPeriod names what is wrong with a survey's days.
func surveyPeriod(in SaveSurvey, now time.Time) []award.Defect {
	if in.LastDay.Starts().Before(in.FirstDay.Starts()) {
		return []award.Defect{{Pointer: "/last_day", Key: "date_order", Args: []any{"/first_day"}}}
	}
	if in.LastDay.Starts().After(now) {
		return []award.Defect{{Pointer: "/last_day", Key: "date_future", Args: []any{in.LastDay.String()}}}
	}
	return nil
}
