package console

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// serveReports lays out the pages on which offices handle reports on holders
// (举报).
func (c *Console) serveReports(r gin.IRouter) {
	r.GET("/reports", c.inside(c.reports))
	r.GET("/register/titles/:number/reports/new", c.inside(c.newReport))
	r.POST("/register/titles/:number/reports", c.inside(c.postTitleReport))
	r.GET("/register/titles/:number/reports/:report", c.inside(c.titleReport))
	r.POST("/register/titles/:number/reports/:report/taking", c.inside(c.postTaking))
	r.POST("/register/titles/:number/reports/:report/closing", c.inside(c.postReportClosing))
}

// reportForm is where anybody reports a holder.
type reportForm struct {
	acts.Title
	At     string
	Open   bool // reports are taken
	Fields []field
}

// reportHolder shows the form.
func (c *Console) reportHolder(p *page) error {
	found, err := c.Acts.PublicTitle(p.ctx(), p.c.Param("number"))
	if err != nil {
		return err
	}
	return p.show("report_form", p.T("act_file-report"), reportForm{
		Title: found, At: verifyAt(found.Number), Open: found.State.Held() && !found.Drill, Fields: p.reportFields(),
	})
}

// reportFields are what happened, and who says so.
func (p *page) reportFields() []field {
	facts := p.Lines("facts", p.T("label_report_facts"), "").as(required)
	facts.Rows, facts.Help = 10, p.T("help_report_facts", award.LeastFacts, award.MostFacts)
	name := p.Text("reporter-name", p.T("label_reporter_name"), "")
	name.Help = p.T("help_reporter")
	return []field{facts, name, p.Text("reporter-contact", p.T("label_reporter_contact"), "")}
}

// reported reads them.
func (p *page) reported() acts.TitleReport {
	return acts.TitleReport{
		Title: p.c.Param("number"), Facts: p.trimmed("facts"),
		Reporter: acts.Reporter{Name: p.trimmed("reporter-name"), Contact: p.trimmed("reporter-contact")},
	}
}

// postHolderReport takes a report and answers with its receipt, on the page itself: its
// number stands in no address (D-110).
func (c *Console) postHolderReport(p *page) error {
	in := p.reported()
	report, err := c.Acts.FileReport(p.ctx(), p.key(""), in)
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.reportHolder(p)
	}
	p.status = http.StatusCreated
	report.Title = in.Title
	return c.showReport(p, "report_receipt", p.T("report_received"), report)
}

// showReport shows a report to whoever has its receipt: neither who handles it nor
// what was found.
func (c *Console) showReport(p *page, template, title string, report acts.TitleReport) error {
	found, err := c.Acts.PublicTitle(p.ctx(), report.Title)
	if err != nil {
		return err
	}
	head, err := c.logHead(p)
	if err != nil {
		return err
	}
	return p.show(template, title, struct {
		Holder  acts.Title
		At      string
		Report  acts.TitleReport
		State   string
		Address string // where to ask again
		Head    string // of the log
	}{found, verifyAt(found.Number), report, reportState(report), p.address("/receipts"), head})
}

// reportState says where a report stands.
func reportState(r acts.TitleReport) string {
	switch {
	case r.Outcome != "":
		return string(r.Outcome)
	case r.Handler != 0:
		return "taken"
	}
	return "received"
}

// Reported says in words where a report stands.
func (p *page) Reported(r acts.TitleReport) string { return p.Word("reportstate", reportState(r)) }

// reportsPage is the reports on holders that an office handles.
type reportsPage struct {
	Reports []acts.ListedReport
	Only    field
	Next    string
}

// reports lists them, newest first.
func (c *Console) reports(p *page) error {
	only := p.c.Query("state")
	found, err := c.Acts.TitleReports(p.ctx(), p.by(), acts.TitleReportQuery{Open: only != "all", Before: p.after(), Limit: listed})
	if err != nil {
		return err
	}
	data := reportsPage{Reports: found, Only: p.Select("state", p.T("label_state"), only, []choice{{"", p.T("reports_open")}, {"all", p.T("label_any")}})}
	if len(found) == listed {
		data.Next = p.next(found[listed-1].ID)
	}
	return p.show("reports", p.T("page_reports"), data)
}

// newReport is where a clerk enters a report that came by another way.
func (c *Console) newReport(p *page) error {
	found, err := c.Acts.Title(p.ctx(), p.by(), p.c.Param("number"))
	if err != nil {
		return err
	}
	if !p.may(award.ActReportTitle, found.Row()) {
		return award.Refuse(award.Forbidden, "domain 6.8", "forbidden_"+string(award.ActReportTitle))
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	var channels []choice
	for _, channel := range award.ReportChannels() {
		channels = append(channels, choice{string(channel), p.Word("reportchannel", channel)})
	}
	fields := append([]field{
		p.Radio("channel", p.T("label_channel"), "", channels), p.Date("received", p.T("label_received"), award.DateOf(now)).as(required),
	}, p.reportFields()...)
	fields[2].Help = p.T("help_report_entered")
	return p.show("report_new", p.T("act_report-title"), reportForm{Title: found.Title, At: titleAt(found.Number), Fields: fields})
}

// postTitleReport enters it.
func (c *Console) postTitleReport(p *page) error {
	e := &entry{page: p}
	in := p.reported()
	in.Channel, in.Received, in.Facts = award.ReportChannel(p.Form.Get("channel")), e.date("received"), e.need("facts")
	if in.Channel == "" {
		e.say("channel", "field_required")
	}
	err := e.err()
	var done acts.Done[acts.TitleReport]
	if err == nil {
		done, err = c.Acts.ReportTitle(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(reportAt(in.Title, done.Result.ID), "report_entered")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.newReport(p)
}

func reportAt(title string, report int64) string {
	return fmt.Sprintf("%s/reports/%d", titleAt(title), report)
}

// titleReportPage is one report before an office.
type titleReportPage struct {
	Holder   acts.Title
	At       string // of the title's page
	Report   acts.TitleReport
	State    string
	Own      bool // the reader handles it
	Take     bool // what may be done; so below
	Close    bool
	Recheck  bool
	Outcome  field
	Finding  field
	Reporter bool // the reader is told who reported
}

// titleReport shows it.
func (c *Console) titleReport(p *page) error {
	id, err := p.integer("report")
	if err != nil {
		return err
	}
	found, err := c.Acts.Title(p.ctx(), p.by(), p.c.Param("number"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found.Reports, func(r acts.TitleReport) bool { return r.ID == id })
	if i < 0 {
		return award.Refuse(award.NotFound, "", "report_unknown", id)
	}
	r := found.Reports[i]
	var outcomes []choice
	for _, outcome := range award.ReportOutcomes() {
		outcomes = append(outcomes, choice{string(outcome), p.T("report_closes_" + string(outcome))})
	}
	open := r.Outcome == ""
	return p.show("title_report", p.T("page_title_report", id), titleReportPage{
		Holder: found.Title, At: titleAt(found.Number), Report: r, State: reportState(r), Own: r.Handler == p.by().ID,
		Reporter: r.Reporter != acts.Reporter{},
		Take:     open && r.Handler == 0 && p.may(award.ActTakeReport, found.Row()),
		Close:    open && r.Handler != 0 && p.may(award.ActCloseReport, found.Row()),
		Recheck:  r.Outcome == award.ReportConfirmed && found.State.Held() && p.may(award.ActStartRecheck, found.Row()),
		Outcome:  p.Radio("outcome", p.T("label_report_outcome"), "", outcomes),
		Finding:  p.Lines("finding", p.T("label_finding_of_report"), "").as(required),
	})
}

// postTaking makes the reader the one who handles it.
func (c *Console) postTaking(p *page) error {
	id, err := p.integer("report")
	if err != nil {
		return err
	}
	_, err = c.Acts.TakeReport(p.ctx(), p.by(), p.key(""), p.c.Param("number"), id)
	return c.reportDone(p, id, err, "report_taken")
}

// postReportClosing closes it with what was found.
func (c *Console) postReportClosing(p *page) error {
	id, err := p.integer("report")
	if err != nil {
		return err
	}
	e := &entry{page: p}
	in := acts.CloseReportInput{
		Title: p.c.Param("number"), Report: id, Outcome: award.ReportOutcome(p.Form.Get("outcome")), Finding: e.need("finding"),
	}
	if in.Outcome == "" {
		e.say("outcome", "field_required")
	}
	if err = e.err(); err == nil {
		_, err = c.Acts.CloseReport(p.ctx(), p.by(), p.key(""), in)
	}
	return c.reportDone(p, id, err, "report_closed")
}

func (c *Console) reportDone(p *page, id int64, err error, said string) error {
	if err == nil {
		return p.done(reportAt(p.c.Param("number"), id), said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.titleReport(p)
}

// groundOf is what a re-check after a confirmed report begins with.
func (p *page) groundOf(reports []acts.TitleReport) string {
	asked := p.c.Query("report")
	for _, r := range reports {
		if fmt.Sprint(r.ID) == asked && r.Outcome == award.ReportConfirmed {
			return p.T("report_ground", r.ID, strings.TrimSpace(r.Finding))
		}
	}
	return ""
}
