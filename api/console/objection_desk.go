package console

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// objectionRow is an objection as listed, with what is due next.
type objectionRow struct {
	acts.Objection
	Due      time.Time // admission, then ruling; zero: settled
	Overdue  bool
	DaysLeft int // working days, the present one included; 0: none, or a drill
	Mine     bool
}

func rowOfObjection(o acts.Objection, by award.Officer, calendar award.Calendar, now time.Time) objectionRow {
	row := objectionRow{Objection: o, Mine: o.Handler == by.ID}
	switch {
	case o.State == award.ObjectionReceived:
		row.Due = o.AdmitDue
	case o.State.Open():
		row.Due = o.RuleDue
	}
	row.Overdue = !row.Due.IsZero() && !now.Before(row.Due)
	if !row.Due.IsZero() && !row.Overdue && !o.Drill {
		row.DaysLeft = calendar.DaysLeft(now, row.Due)
	}
	return row
}

// objections lists the objections of the reader's office and of those below, and
// of its rounds (异议办理): what they are about and where they stand, never what
// they say.
func (c *Console) objections(p *page) error {
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	calendar, err := c.Acts.StateCalendar(p.ctx())
	if err != nil {
		return err
	}
	found, err := c.Acts.Objections(p.ctx(), p.by(), acts.ObjectionQuery{
		Round: p.c.Query("round"), State: award.ObjectionState(p.c.Query("state")), After: p.after(), Limit: listed,
	})
	if err != nil {
		return err
	}
	data := struct {
		Rows  []objectionRow
		Next  string
		State field
		Enter bool
	}{Enter: p.by().Has(award.RoleAdmin, award.RoleHead, award.RoleClerk, award.RoleSupervisor)}
	for _, o := range found {
		data.Rows = append(data.Rows, rowOfObjection(o, p.by(), calendar, now))
	}
	if len(found) == listed {
		data.Next = p.next(found[listed-1].ID)
	}
	states := []choice{{"", p.T("label_any")}}
	for _, s := range award.ObjectionStates() {
		states = append(states, choice{string(s), p.Word("objectionstate", s)})
	}
	data.State = p.Select("state", p.T("label_state"), p.c.Query("state"), states)
	return p.show("objections", p.T("page_objections"), data)
}

// objectionDuties are what waits with the objections of a round: to name who
// handles one, to admit or rule on it, to check facts.
func (c *Console) objectionDuties(p *page, t *todoRound) error {
	found, err := c.Acts.Objections(p.ctx(), p.by(), acts.ObjectionQuery{Round: t.ID, Limit: mostObjections})
	if err != nil {
		return err
	}
	for _, o := range found {
		if o.Office != p.by().Office || !o.State.Open() {
			continue
		}
		d := duty{Whom: o.UnitName, Href: caseAt(o.ID), Due: o.AdmitDue, Since: o.ReceivedAt}
		switch {
		case o.Handler == 0 && acts.Can(p.by(), award.ActAssignObjection, o.Row(t.Round)) == nil:
			d.What = p.T("duty_assign_objection")
		case o.Handler != p.by().ID:
			continue
		case o.State == award.ObjectionReceived:
			d.What = p.T("duty_admit_objection")
		default:
			d.What, d.Due, d.Since = p.T("duty_rule_objection"), o.RuleDue, o.AdmittedAt
		}
		t.Duties = append(t.Duties, d)
	}
	asked, err := c.Acts.Commissions(p.ctx(), p.by(), 0, mostObjections)
	if err != nil {
		return err
	}
	for _, k := range asked {
		if k.Round == t.ID && k.Open() {
			t.Duties = append(t.Duties, duty{What: p.T("duty_commission"), Whom: k.UnitName, Href: "/commissions", Due: k.DueAt, Since: k.At})
		}
	}
	return nil
}

// mostObjections is how many of a round the page of work looks at.
const mostObjections = 200

func caseAt(id int64) string { return fmt.Sprintf("/objections/%d", id) }

// casePage is one objection on its way to a ruling (异议办理).
type casePage struct {
	objectionRow
	Round acts.RoundStanding
	Steps []caseStep // that may be done now
	Step  caseStep   // the one whose form is shown; no name: none
	May   bool       // read who objected
	Who   *acts.Objector
}

// caseStep is one thing to do with an objection.
type caseStep struct {
	Name   string // in the address
	Act    award.Act
	Help   string
	Fields []field
}

// caseSteps lists the steps in the order in which they come up.
func caseSteps() []caseStep {
	return []caseStep{
		{Name: "handler", Act: award.ActAssignObjection},
		{Name: "admission", Act: award.ActAdmitObjection},
		{Name: "investigation", Act: award.ActInvestigateObjection},
		{Name: "ruling", Act: award.ActRuleObjection},
		{Name: "commission", Act: award.ActCommission},
		{Name: "extension", Act: award.ActExtendObjection},
		{Name: "withdrawal", Act: award.ActWithdrawObjection},
		{Name: "raising", Act: award.ActRaiseObjection},
	}
}

// objectionCase shows one.
func (c *Console) objectionCase(p *page) error { return c.showCase(p, p.c.Query("step"), nil) }

func (c *Console) showCase(p *page, step string, who *acts.Objector) error {
	id, err := p.integer("objection")
	if err != nil {
		return err
	}
	o, err := c.Acts.Objection(p.ctx(), p.by(), id)
	if err != nil {
		return err
	}
	data := casePage{Who: who}
	if data.Round, err = c.Acts.Round(p.ctx(), p.by(), o.Round); err != nil {
		return err
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	calendar, err := c.Acts.StateCalendar(p.ctx())
	if err != nil {
		return err
	}
	data.objectionRow = rowOfObjection(o, p.by(), calendar, now)
	offers := o.Offers(p.by(), data.Round.Round)
	data.May = acts.Can(p.by(), award.ActReadObjector, o.Row(data.Round.Round)) == nil
	for _, s := range caseSteps() {
		if slices.Contains(offers, s.Act) {
			data.Steps = append(data.Steps, s)
		}
	}
	for _, s := range data.Steps {
		if s.Name == step || step == "" && data.Step.Name == "" && (s.Name != "handler" || o.Handler == 0) {
			data.Step = s
		}
	}
	if data.Step.Name != "" {
		if err := c.fillStep(p, &data, now); err != nil {
			return err
		}
	}
	return p.show("case", o.UnitName, data)
}

// fillStep lays out the form of the step.
func (c *Console) fillStep(p *page, data *casePage, now time.Time) error {
	s := &data.Step
	reason := p.Lines("reason", p.T("label_reason"), "").as(required)
	ground := p.Lines("ground", p.T("label_ground"), "")
	s.Help = p.T("help_step_" + s.Name)
	switch s.Name {
	case "handler":
		free, err := c.Acts.Handlers(p.ctx(), p.by(), data.ID)
		if err != nil {
			return err
		}
		choices := []choice{{"", p.T("label_choose")}}
		for _, o := range free {
			choices = append(choices, choice{strconv.FormatInt(o.ID, 10), o.Name})
		}
		s.Fields = []field{p.Select("officer", p.T("label_handler"), "", choices).as(required)}
		if len(free) == 0 {
			s.Help = p.T("help_step_nobody")
		}
	case "admission":
		s.Fields = []field{
			p.Radio("admitted", p.T("label_admission"), "", []choice{{"yes", p.T("admit_yes")}, {"no", p.T("admit_no")}}),
			ground.as(func(f *field) { f.Help = p.T("help_admission_ground") }),
		}
	case "ruling":
		var outcomes []choice
		for _, state := range []award.ObjectionState{award.ObjectionUpheld, award.ObjectionPartlyUpheld, award.ObjectionDismissed} {
			outcomes = append(outcomes, choice{string(state), p.T("ruling_" + string(state))})
		}
		s.Fields = []field{
			p.Radio("outcome", p.T("label_ruling"), "", outcomes),
			ground.as(func(f *field) { f.Required, f.Help = true, p.T("help_ruling_ground") }),
			p.Lines("correction", p.T("label_correction"), "").as(func(f *field) { f.Rows, f.Help = 2, p.T("help_correction") }),
		}
		if data.Kind == award.KindObjection {
			s.Fields = append(s.Fields, p.Lines("answer", p.T("label_answer"), "").as(func(f *field) {
				f.Required, f.Rows, f.Help = true, 8, p.T("help_answer")
			}))
		}
	case "commission":
		chain, err := c.Acts.Chain(p.ctx(), p.by(), data.Objection.Round, data.Application)
		if err != nil {
			return err
		}
		var offices []choice
		for _, u := range chain {
			offices = append(offices, choice{u.Code, u.Name})
		}
		due := data.Round.Calendar().After(now, commissionDays)
		s.Fields = []field{
			p.Radio("office", p.T("label_commission_office"), "", offices),
			p.Lines("text", p.T("label_commission_text"), "").as(func(f *field) { f.Required, f.Help = true, p.T("help_commission_text") }),
			p.Text("due", p.T("label_due"), lastDay(due, data.Drill)).as(func(f *field) { f.Required, f.Help = true, p.T("help_date") }),
		}
	case "extension", "withdrawal", "raising":
		s.Fields = []field{reason}
	}
	return nil
}

// commissionDays is how many working days an office is given to check facts
// unless the handler says otherwise.
const commissionDays = 5

// drillTime is how an instant of a drill is typed, whose days are seconds.
const drillTime = "2006-01-02 15:04:05"

// lastDay writes an exclusive instant as its last day, of a drill as it is.
func lastDay(closes time.Time, drill bool) string {
	if drill {
		return closes.In(award.Beijing).Format(drillTime)
	}
	return award.DateOf(closes.Add(-time.Nanosecond)).String()
}

// typedTime reads a day, of a drill also an instant, that fills a field: of a day
// its first instant, and its exclusive end.
func typedTime(text, pointer string) (first, closes time.Time, wrong []award.Defect) {
	text = strings.TrimSpace(text)
	if day, err := award.ParseDate(text); err == nil {
		return day.Starts(), day.Closes(), nil
	}
	at, err := time.ParseInLocation(drillTime, text, award.Beijing)
	if err != nil {
		return at, at, []award.Defect{{Pointer: pointer, Key: "day_malformed"}}
	}
	return at, at, nil
}

// postCase does a step and shows the objection again.
func (c *Console) postCase(p *page) error {
	id, err := p.integer("objection")
	if err != nil {
		return err
	}
	step := p.c.Param("step")
	if step == "objector" {
		_, who, err := c.Acts.ReadObjector(p.ctx(), p.by(), p.key(""), id)
		if err != nil {
			return err
		}
		return c.showCase(p, "", &who)
	}
	if err = c.doStep(p, id, step); err == nil {
		return p.done(caseAt(id), "case_"+step)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.showCase(p, step, nil)
}

// doStep asks for the act of a step.
func (c *Console) doStep(p *page, id int64, step string) error {
	ctx, by, key := p.ctx(), p.by(), p.key("")
	malformed := func(defects ...award.Defect) error {
		return award.RefuseFields(award.Invalid, "domain 7", "case_malformed", defects)
	}
	missing := func(name string) error { return malformed(award.Defect{Pointer: "/" + name, Key: "field_required"}) }
	var err error
	switch step {
	case "handler":
		officer := number(p.trimmed("officer"))
		if officer == 0 {
			return missing("officer")
		}
		_, err = c.Acts.AssignObjection(ctx, by, key, id, int64(officer))
	case "admission":
		if p.trimmed("admitted") == "" {
			return missing("admitted")
		}
		_, err = c.Acts.AdmitObjection(ctx, by, key, acts.AdmitObjection{Objection: id, Admitted: p.trimmed("admitted") == "yes", Ground: p.trimmed("ground")})
	case "investigation":
		_, err = c.Acts.InvestigateObjection(ctx, by, key, id)
	case "ruling":
		if p.trimmed("outcome") == "" {
			return missing("outcome")
		}
		_, err = c.Acts.RuleObjection(ctx, by, key, acts.RuleObjection{
			Objection: id, Outcome: award.ObjectionState(p.trimmed("outcome")), Ground: p.trimmed("ground"), Answer: p.trimmed("answer"), Correction: p.trimmed("correction"),
		})
	case "commission":
		_, due, wrong := typedTime(p.trimmed("due"), "/due")
		switch {
		case p.trimmed("office") == "":
			return missing("office")
		case p.trimmed("text") == "":
			return missing("text")
		case wrong != nil:
			return malformed(wrong...)
		}
		_, err = c.Acts.Commission(ctx, by, key, acts.CommissionInput{Objection: id, Office: p.trimmed("office"), Text: p.trimmed("text"), Due: due})
	case "extension":
		_, err = c.Acts.ExtendObjection(ctx, by, key, id, p.trimmed("reason"))
	case "withdrawal":
		_, err = c.Acts.WithdrawObjection(ctx, by, key, id, p.trimmed("reason"))
	case "raising":
		_, err = c.Acts.RaiseObjection(ctx, by, key, id, p.trimmed("reason"))
	default:
		err = award.Refuse(award.NotFound, "", "not_found")
	}
	return err
}

// objectionFile sends a file of an objection to whoever may read it; each reading
// is in the decision log.
func (c *Console) objectionFile(p *page) error {
	id, err := p.integer("objection")
	if err != nil {
		return err
	}
	f, content, err := c.Acts.OpenAttachment(p.ctx(), p.by(), id, p.c.Param("sha256"))
	if err != nil {
		return err
	}
	p.send(f, content, "no-store")
	return nil
}

// entryPage is where a clerk enters what came to the office (录入异议): to which
// notice, about which unit, how and when it came.
type entryPage struct {
	objectionForm
	Notices []noticeRow // to choose from
}

// entry shows the form.
func (c *Console) entry(p *page) error {
	asked := p.c.Query("notice")
	if p.Form.Has("notice") {
		asked = p.Form.Get("notice")
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	live, past, err := c.noticeRows(p)
	if err != nil {
		return err
	}
	var data entryPage
	for _, n := range append(live, past...) {
		if n.Office == p.by().Office && n.State != award.NoticeWithdrawn && !n.Coming && now.Before(n.FinalAt) {
			data.Notices = append(data.Notices, n)
		}
	}
	at := slices.IndexFunc(data.Notices, func(n noticeRow) bool { return strconv.FormatInt(n.ID, 10) == asked })
	if at >= 0 {
		chosen := data.Notices[at]
		if chosen.Notice, err = c.Acts.PublicNotice(p.ctx(), chosen.ID); err != nil {
			return err
		}
		data.objectionForm = p.pickUnit(chosen)
	}
	if data.Unit.Code != "" {
		came := award.DateOf(now).String()
		if data.Drill {
			came = now.In(award.Beijing).Format(drillTime)
		}
		var channels []choice
		for _, channel := range award.Channels() {
			if channel != award.ChannelForm {
				channels = append(channels, choice{string(channel), p.Word("channel", channel)})
			}
		}
		data.Fields = append([]field{
			p.Radio("channel", p.T("label_channel"), "", channels),
			p.Text("came", p.T("label_came"), came).as(func(f *field) { f.Required, f.Help = true, p.T("help_came") }),
		}, p.objectionFields()...)
	}
	return p.show("objection_entry", p.T("page_objection_entry"), data)
}

// postEntry enters an objection and shows the number that whoever made it is to
// be told.
func (c *Console) postEntry(p *page) error {
	in := acts.EnterObjection{
		ObjectionInput: p.said(int64(number(p.Form.Get("notice")))), Channel: award.Channel(p.Form.Get("channel")),
	}
	var defects []award.Defect
	if in.Channel == "" {
		defects = append(defects, award.Defect{Pointer: "/channel", Key: "field_required"})
	}
	var wrong []award.Defect
	in.Came, _, wrong = typedTime(p.Form.Get("came"), "/came")
	defects = append(defects, wrong...)
	var err error
	var done acts.Done[acts.Objection]
	if len(defects) > 0 { // with all the rest that is wrong, at once
		err = award.RefuseFields(award.Invalid, "domain 7", "objection_malformed", append(defects, in.Defects()...))
	} else {
		done, err = c.Acts.EnterObjection(p.ctx(), p.by(), p.key(""), in)
	}
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.entry(p)
	}
	if err := c.attach(p, done.Result.Receipt); err != nil {
		return err
	}
	p.status = http.StatusCreated
	return p.show("objection_entered", p.T("page_objection_entry"), done.Result)
}

// commissions lists what the office is asked to check (交办核查).
func (c *Console) commissions(p *page) error {
	found, err := c.Acts.Commissions(p.ctx(), p.by(), p.after(), listed)
	if err != nil {
		return err
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	data := struct {
		Commissions []acts.Commission
		Next        string
		Now         time.Time
		Wrong       int64 // the one whose report was refused
	}{Commissions: found, Now: now}
	if p.Refusal != nil {
		data.Wrong, _ = p.integer("commission")
	}
	if len(found) == listed {
		data.Next = p.next(found[listed-1].ID)
	}
	return p.show("commissions", p.T("page_commissions"), data)
}

// postReport hands in what the office has found.
func (c *Console) postReport(p *page) error {
	id, err := p.integer("commission")
	if err != nil {
		return err
	}
	if _, err = c.Acts.ReportCommission(p.ctx(), p.by(), p.key(""), id, p.trimmed("report")); err == nil {
		return p.done("/commissions", "reported")
	}
	if e, ok := errors.AsType[*award.Error](err); ok {
		for i := range e.Fields { // several forms stand on the page
			e.Fields[i].Pointer += fmt.Sprintf("/%d", id)
		}
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.commissions(p)
}
