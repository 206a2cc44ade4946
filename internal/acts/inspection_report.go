package acts

import (
	"context"
	"fmt"
	"strings"

	"shifan/internal/award"
)

// Finding is what the inspection of one unit came to, with its survey.
type Finding struct {
	Code         string
	Name         string
	Category     award.Category
	Recommended  bool
	Total        award.Points
	Passed       bool
	Text         string
	Methods      []string
	FirstDay     award.Date
	LastDay      award.Date
	Surveyed     bool
	ConductedBy  string
	SurveyMethod string
	Survey       award.Survey
}

// inspectionReads answers questions about inspections and surveys.
type inspectionReads interface {
	// Inspection reads a file's inspection; award.NotFound when it has none.
	Inspection(ctx context.Context, application int64) (Inspection, error)
	// Survey reads a file's survey; award.NotFound when it has none.
	Survey(ctx context.Context, application int64) (Survey, error)
	// Findings reads the findings on an office's files, by category and code.
	Findings(ctx context.Context, round string, office int64) ([]Finding, error)
}

// InspectionOf reads a file's inspection, for whoever may see the file, with the
// indicators flagged.
func (a *Acts) InspectionOf(ctx context.Context, by award.Officer, round string, application int64) (Inspection, error) {
	f, err := a.Application(ctx, by, round, application)
	if err != nil {
		return Inspection{}, err
	}
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return Inspection{}, err
	}
	rule, err := r.Category(f.Category)
	if err != nil {
		return Inspection{}, err
	}
	i, err := a.store.Inspection(ctx, application)
	if err != nil {
		return Inspection{}, err
	}
	columns, err := a.store.MarkColumns(ctx, application)
	if err != nil {
		return Inspection{}, err
	}
	i.Flagged = codesOf(rule.Standard, rule.Standard.Differences(columns.Self, i.Marks, r.Rules.DifferencePercent))
	return i, nil
}

// SurveyOf reads a file's survey, for whoever may see the file, with what the
// round's gate says of it (D-06).
func (a *Acts) SurveyOf(ctx context.Context, by award.Officer, round string, application int64) (Survey, error) {
	f, err := a.Application(ctx, by, round, application)
	if err != nil {
		return Survey{}, err
	}
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return Survey{}, err
	}
	s, err := a.store.Survey(ctx, application)
	if err != nil {
		return Survey{}, err
	}
	s.judge(r.Rules, f.Category)
	return s, nil
}

// InspectionReport is the report on inspections (考核验收报告, N 四(二)), one per
// recommending office, with a finding per unit.
type InspectionReport struct {
	Office string // its name
	Round  string // its title
	Units  []Finding
	Text   string // as the package takes it; edited there by whoever signs
}

// InspectionReport makes the report of an office from its findings. Once the
// office has made its cut, the text speaks of the units recommended one by one,
// before that of all.
func (a *Acts) InspectionReport(ctx context.Context, by award.Officer, round, office string) (InspectionReport, error) {
	var report InspectionReport
	var id int64
	err := a.readOffice(ctx, by, round, office, func(_ Tx, r Round, o Office) error {
		report, id = InspectionReport{Office: o.Name, Round: r.Title}, o.ID
		return nil
	})
	if err != nil {
		return InspectionReport{}, err
	}
	if report.Units, err = a.store.Findings(ctx, round, id); err != nil {
		return InspectionReport{}, err
	}
	report.Text = report.write()
	return report, nil
}

// write writes the report as offices write it: the whole, then unit by unit.
func (r InspectionReport) write() string {
	var out strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&out, format, args...) }
	say("%s关于%s考核验收情况的报告\n", r.Office, r.Round)
	if len(r.Units) == 0 {
		say("\n本机构未对单位进行考核验收。\n")
		return out.String()
	}

	passed, cut := map[award.Category]int{}, 0
	inspected := map[award.Category]int{}
	first, last := r.Units[0].FirstDay, r.Units[0].LastDay
	var visits []award.Visit
	for _, u := range r.Units {
		inspected[u.Category]++
		if u.Passed {
			passed[u.Category]++
		}
		if u.Recommended {
			cut++
		}
		if u.FirstDay.Starts().Before(first.Starts()) {
			first = u.FirstDay
		}
		if last.Starts().Before(u.LastDay.Starts()) {
			last = u.LastDay
		}
		visits = append(visits, award.Visit{Methods: u.Methods})
	}
	say("\n一、基本情况\n%s至%s,采取%s等方式,对%d个单位进行了考核验收。\n", first, last, strings.Join(award.MethodsOf(visits), "、"), len(r.Units))
	for _, category := range award.Categories() {
		if inspected[category] > 0 {
			say("%s:考核验收%d个,达到标准%d个。\n", category.FullTitle(), inspected[category], passed[category])
		}
	}
	say("\n二、各单位考核验收意见\n")
	n := 0
	for _, u := range r.Units {
		if cut > 0 && !u.Recommended {
			continue
		}
		n++
		verdict := "未达到标准"
		if u.Passed {
			verdict = "达到标准"
		}
		say("%d.%s(%s,%s):省级考核得分%s,%s。%s\n", n, u.Name, u.Code, u.Category.FullTitle(), u.Total, verdict, u.Text)
		if s := u.Survey; u.Surveyed {
			say("群众满意度测评:%s实施(%s),测评%d人,满意%d人,基本满意%d人,不满意%d人,不了解%d人。\n",
				u.ConductedBy, u.SurveyMethod, s.Asked(), s.Satisfied, s.Basically, s.Dissatisfied, s.Unknown)
		}
	}
	return out.String()
}
