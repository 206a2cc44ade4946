package console

import (
	"cmp"
	"fmt"
	"slices"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// packagePage is the recommendation package (推荐材料, N 四(二)): covering letter and
// four parts, what is lacking, and where each lack is mended.
type packagePage struct {
	office
	acts.PackageView
	Lacking   []lacking
	Units     []unitPapers
	More      int // units that are not shown
	Revisions []acts.PackageRevision
	Put       bool
	Send      bool
	Judge     bool // of the owner office: it is sent and waits for an answer
	Letter    []field
	Report    []field
	Scans     [2]upload // of letter and report
	Note      field
	Reason    field
	Due       field
}

// lacking is one thing the package lacks, with where it is mended.
type lacking struct{ Text, Href string }

// unitPapers is what one unit's part of the package has.
type unitPapers struct {
	acts.ProvinceFile
	Form, Report, Survey, Departments string // where it is mended; "": it is there
}

// Papers lists where the unit's papers are mended, in the order of the page.
func (u unitPapers) Papers() []string { return []string{u.Form, u.Report, u.Survey, u.Departments} }

// Documents are letter and report as they stand.
func (d packagePage) Documents() []award.Document {
	return []award.Document{d.PackageView.Letter, d.PackageView.Report}
}

// recommendation shows the package.
func (c *Console) recommendation(p *page) error {
	o, err := c.office(p)
	if err != nil {
		return err
	}
	data := packagePage{office: o, Put: o.may(p, award.ActPutPackage)}
	if data.PackageView, err = c.Acts.PackageOf(p.ctx(), p.by(), o.Round.ID, o.Office.Code); err != nil {
		return err
	}
	if data.Revisions, err = c.Acts.PackageRevisions(p.ctx(), p.by(), o.Round.ID, o.Office.Code); err != nil {
		return err
	}
	data.Send = o.may(p, award.ActCompleteStage) && p.by().Office == o.Office.ID
	data.Judge = o.Round.State == award.RoundOpen && data.State == award.PackageSent && o.Round.ListFrozenAt.IsZero() &&
		acts.Can(p.by(), award.ActAcceptPackage, o.Office.Row(o.Round.Round)) == nil
	data.papers()
	for _, l := range data.Lacks {
		data.Lacking = append(data.Lacking, lacking{p.lack(l), data.mends(l)})
	}
	if data.Put {
		if err := c.packageFields(p, &data); err != nil {
			return err
		}
	}
	data.Note = p.Lines("note", p.T("label_note"), "")
	data.Reason = p.Lines("reason", p.T("label_return_reason"), "").as(required)
	data.Due = p.Date("due", p.T("label_mend_by"), award.Date{}).as(required)
	return p.show("package", p.T("page_package"), data)
}

// lack says what is lacking.
func (p *page) lack(l award.Lack) string {
	switch {
	case l.Unit != "":
		return p.T("lacks_unit_"+string(l.Part), l.Unit, l.Name)
	case l.List > 0:
		return p.T("lacks_"+string(l.Part), l.List)
	case l.Part == award.PartLetter:
		return p.T("letter_lacks")
	}
	return p.T("lacks_" + string(l.Part))
}

// mends is where a lack is mended.
func (d packagePage) mends(l award.Lack) string {
	switch {
	case l.Part == award.PartNotice:
		return d.At + "/notice"
	case l.Unit == "":
		return "#" + string(l.Part) + "-number"
	}
	for _, u := range d.PackageView.Units {
		if u.Code == l.Unit && u.Category == l.Category {
			return paperAt(d.office, u, l.Part)
		}
	}
	return d.At + "/desk"
}

// paperAt is where one paper of a unit is brought.
func paperAt(o office, u acts.ProvinceFile, part award.Part) string {
	at := fmt.Sprintf("%s/files/%d", roundAt(o.Round.ID), u.ID)
	switch part {
	case award.PartReport:
		return at + "/inspection"
	case award.PartSurvey:
		return at + "/survey"
	case award.PartDepartments:
		return o.At + "/departments"
	case award.PartForm, award.PartLetter, award.PartNotice:
	}
	return at + "#form-scan"
}

// papers lays out unit by unit what is there and what is not.
func (d *packagePage) papers() {
	lacks := make(map[string]bool)
	for _, l := range d.Lacks {
		lacks[string(l.Category)+l.Unit+string(l.Part)] = true
	}
	for _, u := range d.PackageView.Units {
		if len(d.Units) == mostUnits {
			d.More = len(d.PackageView.Units) - mostUnits
			break
		}
		row := unitPapers{ProvinceFile: u}
		for part, to := range map[award.Part]*string{
			award.PartForm: &row.Form, award.PartReport: &row.Report, award.PartSurvey: &row.Survey, award.PartDepartments: &row.Departments,
		} {
			if lacks[string(u.Category)+u.Code+string(part)] {
				*to = paperAt(d.office, u, part)
			}
		}
		d.Units = append(d.Units, row)
	}
}

// packageFields makes the fields of letter and report. The report is written
// beforehand from the findings.
func (c *Console) packageFields(p *page, d *packagePage) error {
	letter, report := d.PackageView.Letter, d.PackageView.Report
	if !report.Given() {
		made, err := c.Acts.InspectionReport(p.ctx(), p.by(), d.office.Round.ID, d.OfficeCode)
		if err != nil {
			return err
		}
		report.Text = made.Text
	}
	letter.Title = cmp.Or(letter.Title, p.T("letter_title", d.office.Round.Title))
	report.Title = cmp.Or(report.Title, p.T("report_title", d.office.Round.Title))
	fields := func(part string, doc award.Document, rows int) []field {
		return []field{
			p.Text(part+"-title", p.T("label_document_title"), doc.Title).as(required),
			p.Text(part+"-number", p.T("label_document"), doc.Number),
			p.Lines(part+"-text", p.T("label_document_text"), doc.Text).as(func(f *field) { f.Rows = rows }),
		}
	}
	d.Letter, d.Report = fields("letter", letter, 6), fields("report", report, 16)
	d.Scans = [2]upload{
		p.Upload("letter-sha256", p.T("label_document_scan"), letter.SHA256),
		p.Upload("report-sha256", p.T("label_document_scan"), report.SHA256),
	}
	return nil
}

// postPackage saves letter and report.
func (c *Console) postPackage(p *page) error {
	e := &entry{page: p}
	document := func(part string) award.Document {
		return award.Document{
			Title: e.need(part + "-title"), Number: p.trimmed(part + "-number"), Text: p.trimmed(part + "-text"), SHA256: e.sent(part + "-sha256"),
		}
	}
	in := acts.PutPackageInput{Round: p.c.Param("round"), Office: p.c.Param("office"), Letter: document("letter"), Report: document("report")}
	err := e.err()
	if err == nil {
		_, err = c.Acts.PutPackage(p.ctx(), p.by(), p.key(""), in)
	}
	return c.packageDone(p, err, "saved")
}

// postSubmission sends the package: the office's stage is complete.
func (c *Console) postSubmission(p *page) error {
	_, err := c.Acts.CompleteStage(p.ctx(), p.by(), p.key(""), acts.CompleteStageInput{
		Round: p.c.Param("round"), Office: p.c.Param("office"), Stage: award.StageRecommendation, Note: p.trimmed("note"),
	})
	return c.packageDone(p, err, "sent")
}

// postAcceptance accepts the package, for the owner office.
func (c *Console) postAcceptance(p *page) error {
	_, err := c.Acts.AcceptPackage(p.ctx(), p.by(), p.key(""), p.c.Param("round"), p.c.Param("office"))
	return c.packageDone(p, err, "package_accepted")
}

// postPackageReturn returns it, with what to mend by when: the end of that day.
func (c *Console) postPackageReturn(p *page) error {
	e := &entry{page: p}
	in := acts.ReturnPackageInput{Round: p.c.Param("round"), Office: p.c.Param("office"), Reason: e.need("reason")}
	if day := e.date("due"); day != (award.Date{}) {
		in.Due = day.Starts().AddDate(0, 0, 1)
	}
	err := e.err()
	if err == nil {
		_, err = c.Acts.ReturnPackage(p.ctx(), p.by(), p.key(""), in)
	}
	return c.packageDone(p, err, "package_returned")
}

// packageDone shows the package again, with what came of an act on it.
func (c *Console) packageDone(p *page, err error, said string) error {
	if err == nil {
		return p.done(officeAt(p.c.Param("round"), p.c.Param("office"))+"/package", said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.recommendation(p)
}

// Added and Removed are the units that a revision has more or fewer than the one
// before.
func (d packagePage) Added(i int) []award.Listed { return d.differ(i, i-1) }

// Removed is the other side of Added.
func (d packagePage) Removed(i int) []award.Listed { return d.differ(i-1, i) }

func (d packagePage) differ(one, other int) []award.Listed {
	if min(one, other) < 0 || len(d.Revisions[other].Units) == 0 || len(d.Revisions[one].Units) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.Revisions[one].Units), func(u award.Listed) bool {
		return slices.Contains(d.Revisions[other].Units, u)
	})
}
