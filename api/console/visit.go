package console

import (
	"fmt"
	"slices"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// visitsPage is the sample of the spot check (抽查), for the owner office alone.
type visitsPage struct {
	Round acts.RoundStanding
	acts.SpotCheck
	Missing int // still to be visited
	Shown   []acts.SampledUnit
	Next    string
	May     bool
}

// visits lists the units to be visited.
func (c *Console) visits(p *page) error {
	r, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	data := visitsPage{Round: r, May: r.State == award.RoundOpen}
	if data.SpotCheck, err = c.Acts.SpotCheckOf(p.ctx(), p.by(), r.ID); err != nil {
		return err
	}
	for _, u := range data.Sample {
		if u.Outcome == "" && !u.Left {
			data.Missing++
		}
	}
	from := min(int(p.after()), len(data.Sample))
	if data.Shown = data.Sample[from:]; len(data.Shown) > mostUnits {
		data.Shown, data.Next = data.Shown[:mostUnits], p.next(int64(from+mostUnits))
	}
	return p.show("visits", p.T("page_visits"), data)
}

// visitPage is one visit to a unit of the sample.
type visitPage struct {
	subject
	Blocks   []judgedBlock
	Visits   []visitForm
	Members  field
	Place    field
	Findings field
	Outcomes []choice
	Outcome  string
	Wrong    string
	Ground   field
	Papers   []upload
}

// papersAsked is how many files a visit's form has room for.
const papersAsked = 3

// visit shows the form of a visit.
func (c *Console) visit(p *page) error {
	check, err := c.Acts.SpotCheckOf(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	s, err := c.subject(p)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(check.Sample, func(u acts.SampledUnit) bool { return u.Application == s.ID }) {
		return award.Refuse(award.NotFound, "", "not_found")
	}
	data := visitPage{
		subject: s, Blocks: p.judged(s, nil, nil, nil, nil), Visits: p.visitForms(nil), Outcome: p.Form.Get("outcome"), Wrong: p.Wrong("outcome"),
		Members: p.Lines("members", p.T("label_members"), ""), Place: p.Text("place", p.T("label_visit_place"), "").as(required),
		Findings: p.Lines("findings", p.T("label_findings"), "").as(required), Ground: p.Lines("ground", p.T("label_visit_ground"), ""),
	}
	data.Members.Help = p.T("help_members")
	for _, o := range []award.VisitOutcome{award.VisitConfirmed, award.VisitCorrected, award.VisitFailed} {
		data.Outcomes = append(data.Outcomes, choice{string(o), p.Word("outcome", o)})
	}
	for i := range papersAsked {
		data.Papers = append(data.Papers, p.Upload(fmt.Sprintf("evidence-%d-sha256", i), p.T("label_visit_paper", i+1), ""))
	}
	return p.show("visit", p.T("page_visit"), data)
}

// postVisit records the visit. A mark that is typed corrects the indicator.
func (c *Console) postVisit(p *page) error {
	s, err := c.subject(p)
	if err != nil {
		return err
	}
	e := &entry{page: p}
	in := acts.RecordVisit{
		Round: s.Round.ID, Application: s.ID, Members: e.lines("members"), Visits: e.visitsSent(), Place: e.need("place"),
		Findings: e.need("findings"), Outcome: award.VisitOutcome(p.Form.Get("outcome")), Ground: p.trimmed("ground"),
	}
	if in.Outcome == "" {
		e.say("outcome", "field_required")
	}
	var places []int
	for i, value := range e.marksSent(s.Standard) {
		if value != award.Blank {
			code := s.Marks.Indicators[i].Code
			in.Corrections = append(in.Corrections, award.Correction{Leaf: code, Value: value, Reason: p.trimmed("remarks-" + code)})
			places = append(places, i)
		}
	}
	for i := range papersAsked {
		if digest := e.sent(fmt.Sprintf("evidence-%d-sha256", i)); digest != "" {
			in.Evidence = append(in.Evidence, digest)
		}
	}
	if err = e.err(); err == nil {
		_, err = c.Acts.RecordVisit(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(roundAt(s.Round.ID)+"/visits", "visited")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	p.lead(func(id string) string {
		var n int
		var what string
		if _, err := fmt.Sscanf(id, "corrections-%d-%s", &n, &what); err != nil || n >= len(places) {
			return id
		}
		if what == "reason" {
			return "remarks-" + in.Corrections[n].Leaf
		}
		return fmt.Sprintf("marks-%d", places[n])
	})
	return c.visit(p)
}
