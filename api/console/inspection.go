package console

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// serveInspection lays out what the province and the nation find out about a unit,
// each with a sheet to take along.
func (c *Console) serveInspection(r gin.IRouter) {
	r.GET("/rounds/:round/files/:file/inspection", c.inside(c.inspection))
	r.POST("/rounds/:round/files/:file/inspection", c.inside(c.postInspection))
	r.GET("/rounds/:round/files/:file/inspection/sheet", c.inside(c.inspectionSheet))
	r.GET("/rounds/:round/files/:file/survey", c.inside(c.survey))
	r.POST("/rounds/:round/files/:file/survey", c.inside(c.postSurvey))
	r.GET("/rounds/:round/files/:file/survey/sheet", c.inside(c.surveySheet))
	r.GET("/rounds/:round/visits", c.inside(c.visits))
	r.GET("/rounds/:round/visits/:file", c.inside(c.visit))
	r.POST("/rounds/:round/visits/:file", c.inside(c.postVisit))
	r.GET("/rounds/:round/visits/:file/sheet", c.inside(c.visitSheet))
	r.GET("/rounds/:round/offices/:office/report", c.inside(c.inspectionReport))
}

// subject is the unit that somebody finds something out about.
type subject struct {
	acts.File
	Round    acts.RoundStanding
	Title    string // of the category
	Standard award.Standard
	Marks    acts.Comparison
	At       string // the file's address
}

// subject reads the file of the path with its marks so far.
func (c *Console) subject(p *page) (subject, error) {
	id, err := p.integer("file")
	if err != nil {
		return subject{}, err
	}
	var s subject
	if s.Round, err = c.Acts.Round(p.ctx(), p.by(), p.c.Param("round")); err != nil {
		return s, err
	}
	if s.File, err = c.Acts.Application(p.ctx(), p.by(), s.Round.ID, id); err != nil {
		return s, err
	}
	rule, _, err := c.Acts.Standard(p.ctx(), p.by(), s.Round.ID, s.Category)
	if err != nil {
		return s, err
	}
	s.Title, s.Standard, s.At = rule.Title, rule.Standard, fileAt(s.File)
	s.Marks, err = c.Acts.Comparison(p.ctx(), p.by(), s.Round.ID, id)
	return s, err
}

// judgedBlock is one block of the standard to be judged, or judged.
type judgedBlock struct {
	Title  string
	Leaves []judgedLeaf
}

// judgedLeaf is one indicator with the unit's own mark beside the field.
type judgedLeaf struct {
	award.Leaf
	ID, How, Value, Yes, No string
	Wrong                   string
	Self                    *acts.ComparedMark
	Flagged                 bool
	Subs                    []judgedSub
	Remark                  field
}

type judgedSub struct {
	Field field
	Self  *award.Points
}

// judged lays out the standard with what was found so far.
func (p *page) judged(s subject, marks []award.Points, subs award.SubMarks, remarks map[string]string, flagged []string) []judgedBlock {
	var blocks []judgedBlock
	place := 0
	for _, block := range s.Standard.Blocks {
		made := judgedBlock{Title: block.Title}
		for _, leaf := range block.Leaves {
			compared := s.Marks.Indicators[place]
			l := judgedLeaf{
				Leaf: leaf, ID: "marks-" + strconv.Itoa(place), How: p.how(leaf), Yes: plain(leaf.Max), No: "0", Self: compared.Self,
				Flagged: slices.Contains(flagged, leaf.Code), Value: markAt(marks, place),
			}
			if p.Form.Has(l.ID) {
				l.Value = p.Form.Get(l.ID)
			}
			l.Wrong = p.Wrong(l.ID)
			for _, sub := range compared.SubItems {
				known := ""
				if mark, given := subs[sub.Code]; given {
					known = plain(mark)
				}
				f := p.Text("sub_marks-"+sub.Code, sub.Code+" "+sub.Title, known)
				f.Kind, f.Help = "mark", p.T("how_points", plain(sub.Max))
				l.Subs = append(l.Subs, judgedSub{f, sub.Self})
			}
			l.Remark = p.Text("remarks-"+leaf.Code, p.T("label_remark"), remarks[leaf.Code])
			made.Leaves = append(made.Leaves, l)
			place++
		}
		blocks = append(blocks, made)
	}
	return blocks
}

// visitForm is one visit to a unit: its day, and how it was done.
type visitForm struct {
	At      int
	On      field
	Methods []methodBox
	Wrong   string
}

type methodBox struct {
	ID, Name string
	Ticked   bool
}

// visitsAsked is how many visits a form has room for.
const visitsAsked = 3

// visitForms makes the fields of visits.
func (p *page) visitForms(known []award.Visit) []visitForm {
	var forms []visitForm
	for i := range visitsAsked {
		at := fmt.Sprintf("visits-%d", i)
		var visit award.Visit
		if i < len(known) {
			visit = known[i]
		}
		ticked := visit.Methods
		if p.Form != nil {
			ticked = p.Form[at+"-methods"]
		}
		form := visitForm{At: i, On: p.Date(at+"-on", p.T("label_visited_on"), visit.On), Wrong: p.Wrong(at + "-methods")}
		if i == 0 {
			form.On.Required = true
			if form.Wrong == "" {
				form.Wrong = p.Wrong("visits")
			}
		}
		for m, name := range award.InspectionMethods() {
			form.Methods = append(form.Methods, methodBox{fmt.Sprintf("%s-methods-%d", at, m), name, slices.Contains(ticked, name)})
		}
		forms = append(forms, form)
	}
	return forms
}

// visitsSent reads visits; a later one that is left blank is none.
func (e *entry) visitsSent() []award.Visit {
	var visits []award.Visit
	for i := range visitsAsked {
		at := fmt.Sprintf("visits-%d", i)
		methods := e.Form[at+"-methods"]
		if i == 0 || e.trimmed(at+"-on") != "" || len(methods) > 0 {
			visits = append(visits, award.Visit{On: e.date(at + "-on"), Methods: methods})
		}
	}
	return visits
}

// marksSent reads the marks of a form: blank where nothing is typed.
func (e *entry) marksSent(s award.Standard) []award.Points {
	marks := s.Blanks()
	for i := range marks {
		id := "marks-" + strconv.Itoa(i)
		if text := e.trimmed(id); text != "" {
			value, err := award.ParsePoints(text)
			if err != nil {
				e.say(id, "points_malformed", text)
				continue
			}
			marks[i] = value
		}
	}
	return marks
}

// inspectionPage is the province's inspection of a unit (考察验收).
type inspectionPage struct {
	subject
	May     bool
	Found   acts.Inspection
	Blocks  []judgedBlock
	Visits  []visitForm
	Team    field
	Members field
	Finding field
}

// inspection shows it.
func (c *Console) inspection(p *page) error {
	s, err := c.subject(p)
	if err != nil {
		return err
	}
	data := inspectionPage{subject: s, May: s.may(p, award.ActInspect)}
	data.Found, err = c.Acts.InspectionOf(p.ctx(), p.by(), s.Round.ID, s.ID)
	if err != nil && award.CodeOf(err) != award.NotFound {
		return err
	}
	data.Blocks = p.judged(s, data.Found.Marks, data.Found.SubMarks, data.Found.Remarks, data.Found.Flagged)
	data.Visits = p.visitForms(data.Found.Visits)
	data.Team = p.Text("team", p.T("label_team"), data.Found.Team).as(required)
	data.Members = p.Lines("members", p.T("label_members"), lines(data.Found.Members))
	data.Members.Help = p.T("help_members")
	data.Finding = p.Lines("finding", p.T("label_finding"), data.Found.Finding).as(required)
	return p.show("inspection", p.T("page_inspection"), data)
}

// may reports whether the reader may enter something about the unit while it is
// at the province.
func (s subject) may(p *page, name award.Act) bool {
	return s.Round.State == award.RoundOpen && s.State.WithProvince() && acts.Can(p.by(), name, s.Row(s.Round.Round)) == nil
}

// lines writes a list as people type it.
func lines(items []string) string {
	out := ""
	for i, item := range items {
		if i > 0 {
			out += "\n"
		}
		out += item
	}
	return out
}

// postInspection keeps the inspection.
func (c *Console) postInspection(p *page) error {
	s, err := c.subject(p)
	if err != nil {
		return err
	}
	e := &entry{page: p}
	in := acts.Inspect{
		Round: s.Round.ID, Application: s.ID, Revision: p.revision(), Team: e.need("team"), Members: e.lines("members"),
		Visits: e.visitsSent(), Marks: e.marksSent(s.Standard), SubMarks: make(award.SubMarks), Remarks: make(map[string]string),
		Finding: e.need("finding"),
	}
	for _, i := range s.Marks.Indicators {
		if remark := p.trimmed("remarks-" + i.Code); remark != "" {
			in.Remarks[i.Code] = remark
		}
		for _, sub := range i.SubItems {
			id := "sub_marks-" + sub.Code
			if text := p.trimmed(id); text != "" {
				mark, err := award.ParsePoints(text)
				if err != nil {
					e.say(id, "points_malformed", text)
				}
				in.SubMarks[sub.Code] = mark
			}
		}
	}
	if err = e.err(); err == nil {
		_, err = c.Acts.Inspect(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(s.At+"/inspection", "inspected")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.inspection(p)
}

// sheetPage is a blank sheet that a team takes along (考察表), on A4.
type sheetPage struct {
	subject
	Kind    string // inspection, visit or survey
	Blocks  []judgedBlock
	Methods []string
	Asked   int // least number to be asked
	Gate    int // percent
}

// inspectionSheet is the sheet of an inspection.
func (c *Console) inspectionSheet(p *page) error { return c.sheet(p, "inspection") }

// surveySheet is the sheet of a survey.
func (c *Console) surveySheet(p *page) error { return c.sheet(p, "survey") }

// visitSheet is the sheet of a visit by the nation.
func (c *Console) visitSheet(p *page) error {
	if _, err := c.Acts.SpotCheckOf(p.ctx(), p.by(), p.c.Param("round")); err != nil {
		return err // no unit knows of a visit before it comes
	}
	return c.sheet(p, "visit")
}

func (c *Console) sheet(p *page, kind string) error {
	s, err := c.subject(p)
	if err != nil {
		return err
	}
	data := sheetPage{
		subject: s, Kind: kind, Blocks: p.judged(s, nil, nil, nil, nil), Methods: award.InspectionMethods(),
		Asked: s.Round.Rules.MinimumAsked[s.Category], Gate: s.Round.Rules.Satisfaction,
	}
	return p.show("sheet", p.T("sheet_"+kind), data)
}

// surveyPage is what residents answered (群众满意度测评).
type surveyPage struct {
	subject
	May         bool
	Found       acts.Survey
	ConductedBy field
	Method      field
	Days        []field
	Answers     []field
	Asked, Gate int
}

// survey shows it.
func (c *Console) survey(p *page) error {
	s, err := c.subject(p)
	if err != nil {
		return err
	}
	data := surveyPage{
		subject: s, May: s.may(p, award.ActSurvey), Asked: s.Round.Rules.MinimumAsked[s.Category], Gate: s.Round.Rules.Satisfaction,
	}
	data.Found, err = c.Acts.SurveyOf(p.ctx(), p.by(), s.Round.ID, s.ID)
	if err != nil && award.CodeOf(err) != award.NotFound {
		return err
	}
	f := data.Found
	data.ConductedBy = p.Text("conducted_by", p.T("label_conducted_by"), f.ConductedBy)
	data.ConductedBy.Help = p.T("help_conducted_by")
	data.Method = p.Text("method", p.T("label_survey_method"), f.Method).as(required)
	data.Days = []field{
		p.Date("first_day", p.T("label_survey_first"), f.FirstDay).as(required), p.Date("last_day", p.T("label_survey_last"), f.LastDay).as(required),
	}
	count := func(id, label string, n int) {
		known := ""
		if f.Revision > 0 {
			known = strconv.Itoa(n)
		}
		made := p.Text(id, label, known)
		made.Kind, made.Numeric = "mark", true
		data.Answers = append(data.Answers, made)
	}
	count("satisfied", p.T("answer_satisfied"), f.Answers.Satisfied)
	count("basically", p.T("answer_basically"), f.Answers.Basically)
	count("dissatisfied", p.T("answer_dissatisfied"), f.Answers.Dissatisfied)
	count("unknown", p.T("answer_unknown"), f.Answers.Unknown)
	return p.show("survey", p.T("page_survey"), data)
}

// postSurvey keeps the counts.
func (c *Console) postSurvey(p *page) error {
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	e := &entry{page: p}
	in := acts.SaveSurvey{
		Round: p.c.Param("round"), Application: id, Revision: p.revision(), ConductedBy: p.trimmed("conducted_by"), Method: e.need("method"),
		FirstDay: e.date("first_day"), LastDay: e.date("last_day"),
		Answers: award.Survey{
			Satisfied: e.count("satisfied"), Basically: e.count("basically"), Dissatisfied: e.count("dissatisfied"), Unknown: e.count("unknown"),
		},
	}
	if err = e.err(); err == nil {
		_, err = c.Acts.Survey(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(p.c.Request.URL.Path, "surveyed")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.survey(p)
}

// inspectionReport shows the report on an office's inspections (考核验收报告), to be
// read and printed; the package takes it.
func (c *Console) inspectionReport(p *page) error {
	o, err := c.office(p)
	if err != nil {
		return err
	}
	report, err := c.Acts.InspectionReport(p.ctx(), p.by(), o.Round.ID, o.Office.Code)
	if err != nil {
		return err
	}
	return p.show("report", p.T("page_report"), struct {
		office
		Report acts.InspectionReport
	}{o, report})
}
