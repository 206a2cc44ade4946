package console

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// duty is one thing to do (待办): what, for whom, by when, one click away.
type duty struct {
	What, Whom, Href string
	Due              time.Time // zero: no date
	Overdue          bool
	Since            time.Time
	Reminders        int
}

// todoPage is what waits for the reader's office.
type todoPage struct {
	Rounds   []todoRound
	Messages []acts.Message // unread
}

// todoRound is what waits in one round under way.
type todoRound struct {
	acts.RoundStanding
	Duties  []duty
	More    bool                 // there are more files than are shown
	Waiting []acts.OfficeWaiting // at the offices below
}

// mostRounds is how many rounds a page of work looks at: those under way are
// among the newest.
const mostRounds = 20

// todo shows what the office has to do.
func (c *Console) todo(p *page) error {
	if p.by().ExpertAlone() { // it acts for no office
		p.redirect("/marking")
		return nil
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	rounds, err := c.Acts.Rounds(p.ctx(), p.by(), acts.RoundQuery{Limit: mostRounds})
	if err != nil {
		return err
	}
	var data todoPage
	for _, r := range rounds {
		if !r.State.Live() {
			continue
		}
		t := todoRound{RoundStanding: r}
		if err := c.duties(p, &t, now); err != nil {
			return err
		}
		data.Rounds = append(data.Rounds, t)
	}
	messages, err := c.Acts.Inbox(p.ctx(), p.by(), 0, listed)
	if err != nil {
		return err
	}
	data.Messages = slices.DeleteFunc(messages, func(m acts.Message) bool { return !m.ReadAt.IsZero() })
	return p.show("todo", p.T("page_todo"), data)
}

// duties finds what waits for the office in a round, the first due first.
func (c *Console) duties(p *page, t *todoRound, now time.Time) error {
	by := p.by()
	offices, err := c.Acts.Offices(p.ctx(), by, t.ID)
	if err != nil {
		return err
	}
	files, err := c.Acts.Applications(p.ctx(), by, acts.FilesQuery{Round: t.ID, Waiting: by.Office, Limit: listed})
	if err != nil {
		return err
	}
	t.More = len(files) == listed
	for _, f := range files {
		d := duty{What: p.waits(f), Whom: f.UnitName, Href: fileAt(f), Due: f.Due(), Since: f.WaitingSince, Reminders: f.Reminders}
		if f.State == award.FileDraft {
			d.Due, d.Href = datesOf(offices, f.Office).ApplyClosesAt, fileAt(f)+"/form"
		}
		t.Duties = append(t.Duties, d)
	}
	if err := c.ownDuties(p, t, offices); err != nil {
		return err
	}
	if err := c.objectionDuties(p, t); err != nil {
		return err
	}
	if p.mayMark(t.RoundStanding) {
		t.Duties = append(t.Duties, duty{What: p.T("duty_marks"), Whom: t.OwnerName, Href: marksAt(t.ID), Due: t.Dates.AssessmentDue})
	}
	for _, o := range offices {
		if o.ID == by.Office && o.Stage.State == award.StageOpen {
			t.Duties = append(t.Duties, duty{What: p.T("duty_stage", o.WaitingFor), Whom: o.Name, Href: officeAt(t.ID, o.Code) + "/desk", Due: o.Stage.DueAt})
		}
		if by.Office == t.Owner && o.Package == award.PackageSent {
			t.Duties = append(t.Duties, duty{What: p.T("duty_package"), Whom: o.Name, Href: officeAt(t.ID, o.Code) + "/package", Due: t.Dates.AssessmentDue})
		}
	}
	for i := range t.Duties {
		d := &t.Duties[i]
		d.Overdue = !d.Due.IsZero() && !now.Before(d.Due)
	}
	slices.SortStableFunc(t.Duties, func(a, b duty) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			if a.Due.IsZero() {
				return 1
			}
			return -1
		}
		return a.Due.Compare(b.Due)
	})
	if t.Waiting, err = c.Acts.WaitingAt(p.ctx(), by, "", acts.WaitingQuery{Round: t.ID, Limit: listed}); award.CodeOf(err) == award.NotFound {
		err = nil // an office that was no part of the register on the registry date
	}
	t.Waiting = slices.DeleteFunc(t.Waiting, func(w acts.OfficeWaiting) bool { return w.Office == by.Office })
	return err
}

// waits says what a file waits for.
func (p *page) waits(f acts.File) string {
	switch {
	case f.State == award.FileDraft:
		return p.T("duty_draft")
	case f.State == award.FileReturned && f.Waiting == f.Unit:
		return p.T("duty_mend")
	case f.State.WithProvince():
		return p.T("duty_province")
	}
	return p.T("duty_endorse")
}

// ownDuties are those of an office that may itself take part: its self-check, and
// the application when the self-check passes.
func (c *Console) ownDuties(p *page, t *todoRound, offices []acts.OfficeStanding) error {
	by := p.by()
	if t.State != award.RoundOpen || by.Office == t.Owner {
		return nil
	}
	unit, err := c.Acts.Unit(p.ctx(), by, "")
	if err != nil {
		return err
	}
	for _, rule := range t.Categories {
		if rule.Admits(unit.Name, unit.Kind, unit.KindSure) != nil || len(offices) == 0 {
			continue
		}
		dates := offices[0].Office // a unit belongs to one recommending office
		s, err := c.Acts.SelfCheck(p.ctx(), by, t.ID, unit.Code, rule.Category)
		if err != nil && award.CodeOf(err) != award.NotFound { // not begun
			return err
		}
		d := duty{Whom: unit.Name, Href: checkAt(t.ID, unit.Code, rule.Category), Due: dates.SelfCheckClosesAt}
		switch {
		case dates.SelfCheckClosed || s.Ready:
		case s.Revision == 0:
			d.What = p.T("duty_self_check", rule.Title)
		case !s.Complete:
			d.What = p.T("duty_self_check_goes_on", rule.Title)
		}
		if s.Ready && !dates.ApplyClosed {
			files, err := c.Acts.Applications(p.ctx(), by, acts.FilesQuery{Round: t.ID, Category: rule.Category, Limit: listed})
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(files, func(f acts.File) bool { return f.Unit == unit.ID }) {
				d.What, d.Due = p.T("duty_apply", rule.Title), dates.ApplyClosesAt
			}
		}
		if d.What != "" {
			t.Duties = append(t.Duties, d)
		}
	}
	return nil
}

// datesOf returns the recommending office with the ID.
func datesOf(offices []acts.OfficeStanding, id int64) acts.Office {
	for _, o := range offices {
		if o.ID == id {
			return o.Office
		}
	}
	return acts.Office{}
}

// Addresses of pages.

func roundAt(round string) string { return "/rounds/" + url.PathEscape(round) }

func fileAt(f acts.File) string { return fmt.Sprintf("%s/files/%d", roundAt(f.Round), f.ID) }

func checkAt(round, unit string, category award.Category) string {
	return roundAt(round) + "/self-checks/" + url.PathEscape(unit) + "/" + string(category)
}
