package acts

import (
	"context"
	"errors"

	"shifan/internal/award"
)

// Inspection is the province's inspection of a unit (考察验收, N 四(二)).
type Inspection struct {
	Application int64          `json:"application"`
	Revision    int            `json:"revision"`
	Team        string         `json:"team"`
	Members     []string       `json:"members"` // by name: for the record alone
	Visits      []award.Visit  `json:"visits"`
	Marks       []award.Points `json:"marks"`     // as entered, in the standard's leaf order
	SubMarks    award.SubMarks `json:"sub_marks"` // by code of sub-item: they come to the indicator's value
	// Remarks are the inspector's on single indicators (考察意见), by code.
	Remarks map[string]string `json:"remarks"`
	Flagged []string          `json:"flagged"` // codes of indicators that differ from the self marks (D-46)
	Total   award.Points      `json:"total"`   // 省级考核得分
	Passed  bool              `json:"passed"`
	Finding string            `json:"finding"`
	Officer int64             `json:"officer"`
}

// Survey is what residents answered about a unit (群众满意度测评).
type Survey struct {
	Application int64        `json:"application"`
	Revision    int          `json:"revision"`
	ConductedBy string       `json:"conducted_by"` // the recommending office, or whom it commissioned
	Method      string       `json:"method"`
	FirstDay    award.Date   `json:"first_day"`
	LastDay     award.Date   `json:"last_day"`
	Answers     award.Survey `json:"answers"`
	Passed      bool         `json:"passed"`           // D-06
	Reason      string       `json:"reason,omitempty"` // message key of what failed
	Officer     int64        `json:"officer"`
}

// judge holds a survey against the round's gate (D-06).
func (s *Survey) judge(rules award.Rules, category award.Category) {
	s.Passed, s.Reason = true, ""
	if failed, ok := errors.AsType[*award.Error](rules.CheckSurvey(category, s.Answers)); ok {
		s.Passed, s.Reason = false, failed.Key
	}
}

// inspectionTx keeps what the province finds out about a unit.
type inspectionTx interface {
	// FiledMarks reads the self marks that a file was last filed with; nil when
	// it never was.
	FiledMarks(ctx context.Context, application int64) ([]award.Points, error)
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
	Members     []string
	Visits      []award.Visit
	Marks       []award.Points    // blank where sub-items come to it
	SubMarks    award.SubMarks    // of every sub-item of the office
	Remarks     map[string]string // by indicator code
	Finding     string
}

// Inspect keeps the recommending office's inspection of a unit (考察验收): its
// visits, marks by the standard, a remark on each indicator where they differ
// from the unit's own (D-46), and a finding. It may be revised until the office
// adopts its proposed list.
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
		if defects := award.CheckVisits(in.Visits, p.now); len(defects) > 0 {
			return none, award.RefuseFields(award.Invalid, "N 四(二)", "visits_malformed", defects)
		}
		rule, err := p.round.Category(f.Category)
		if err != nil {
			return none, err
		}
		items, _, err := t.SubItems(ctx, in.Round, f.Office, f.Category)
		if err != nil {
			return none, err
		}
		values, defects := items.CheckMarks(rule.Standard, in.Marks, in.SubMarks, true)
		if len(defects) > 0 {
			return none, award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
		}
		score := rule.Standard.Score(values, p.round.Rules.PassMark)
		own, err := t.FiledMarks(ctx, f.ID)
		if err != nil {
			return none, err
		}
		flagged := rule.Standard.Differences(own, values, p.round.Rules.DifferencePercent)
		if defects := rule.Standard.CheckRemarks(flagged, own, values, in.Remarks); len(defects) > 0 {
			return none, award.RefuseFields(award.Incomplete, "D-46", "remarks_defective", defects)
		}
		i := Inspection{
			Application: f.ID, Revision: in.Revision + 1, Team: in.Team, Members: in.Members, Visits: in.Visits,
			Marks: values, SubMarks: in.SubMarks, Remarks: in.Remarks, Flagged: codesOf(rule.Standard, flagged),
			Total: score.Total, Passed: score.Passed, Finding: in.Finding, Officer: by.ID,
		}
		if err := t.SaveInspection(ctx, i); err != nil {
			return none, err
		}
		_, err = t.moveFile(ctx, p, f, award.Place{State: award.FileInspected, Waiting: f.Office}, "")
		return i, err
	})
}

// codesOf names indicators by code.
func codesOf(s award.Standard, places []int) []string {
	leaves := s.Leaves()
	codes := make([]string, len(places))
	for i, place := range places {
		codes[i] = leaves[place].Code
	}
	return codes
}

// SaveSurvey is a survey's counts.
type SaveSurvey struct {
	Round       string
	Application int64
	Revision    int    // of the survey seen; 0: the first
	ConductedBy string // 实施机构; empty: the recommending office itself
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
		if in.ConductedBy == "" {
			in.ConductedBy = p.office.Name
		}
		if defects := surveyDefects(in, f, p); len(defects) > 0 {
			return none, award.RefuseFields(award.Invalid, "N 四(二)", "survey_malformed", defects)
		}
		s := Survey{
			Application: f.ID, Revision: in.Revision + 1, ConductedBy: in.ConductedBy, Method: in.Method, FirstDay: in.FirstDay, LastDay: in.LastDay,
			Answers: in.Answers, Officer: by.ID,
		}
		s.judge(p.round.Rules, f.Category)
		if err := t.SaveSurvey(ctx, s); err != nil {
			return none, err
		}
		return s, t.audit(ctx, fileSubject(f.ID), "", map[string]any{"revision": s.Revision, "asked": in.Answers.Asked(), "passed": s.Passed})
	})
}

// surveyDefects names what is wrong with a survey: the unit asked its own
// residents, nobody was asked, a count below nothing, or days out of order, to
// come, or before the round.
func surveyDefects(in SaveSurvey, f File, p place) []award.Defect {
	var defects []award.Defect
	say := func(pointer, key string, args ...any) {
		defects = append(defects, award.Defect{Pointer: pointer, Key: key, Args: args})
	}
	if in.ConductedBy == f.UnitName {
		say("/conducted_by", "survey_by_unit", f.UnitName)
	}
	for _, count := range []struct {
		pointer string
		n       int
	}{
		{"/satisfied", in.Answers.Satisfied},
		{"/basically", in.Answers.Basically},
		{"/dissatisfied", in.Answers.Dissatisfied},
		{"/unknown", in.Answers.Unknown},
	} {
		if count.n < 0 || count.n > award.MostUnits {
			say(count.pointer, "count_bounds", award.MostUnits)
		}
	}
	if in.Answers.Asked() == 0 {
		say("/satisfied", "survey_asked_nobody")
	}
	switch opened := award.DateOf(p.round.OpenedAt); {
	case in.LastDay.Starts().Before(in.FirstDay.Starts()):
		say("/last_day", "date_order", "/first_day")
	case in.LastDay.Starts().After(p.now):
		say("/last_day", "date_future", in.LastDay.String())
	case in.FirstDay.Starts().Before(opened.Starts()): // residents are asked about the year that is judged
		say("/first_day", "survey_before_round", opened.String())
	}
	return defects
}
