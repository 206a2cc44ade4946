package console

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// serveDepartments lays out what departments are asked and answer.
func (c *Console) serveDepartments(r gin.IRouter) {
	r.GET("/rounds/:round/offices/:office/departments", c.inside(c.departments))
	r.POST("/rounds/:round/offices/:office/departments/asking", c.inside(c.postAsking))
	r.POST("/rounds/:round/offices/:office/departments/answers", c.inside(c.postAnswers))
	r.POST("/rounds/:round/offices/:office/departments/workbook", c.inside(c.postDepartmentWorkbook))
	r.POST("/rounds/:round/offices/:office/departments/decision", c.inside(c.postDepartmentDecision))
	r.POST("/rounds/:round/offices/:office/departments/closing", c.inside(c.postAskingEnd))
	r.GET("/rounds/:round/offices/:office/departments/workbook", c.inside(c.departmentWorkbook))
	r.GET("/rounds/:round/offices/:office/departments/sheet", c.inside(c.departmentSheet))
}

// departmentsPage is what an office asks departments, and what they answer
// (征求意见, N 五(三)).
type departmentsPage struct {
	Round      acts.RoundStanding
	OfficeName string
	At         string
	Required   []string
	Tallies    []departmentTally
	Only       string // the department looked at
	Rows       []departmentRow
	Next       string
	Decide     []departmentRow // objections nobody has decided
	Ask        bool
	Answer     bool
	Judge      bool
	Number     field
	AskedOn    field
	DueOn      field
	Own        field
	Letter     field // of all answers entered at once
	On         field
	Workbook   field
	Minutes    field
}

// departmentTally is how many opinions of one department stand how.
type departmentTally struct {
	Name                                            string
	Open, Clear, Objected, Decided, Unanswered, All int
	Href, Workbook, Sheet                           string
}

// departmentRow is one opinion, with its fields while it is open.
type departmentRow struct {
	acts.DepartmentOpinion
	ID             string
	Answer, Ground string
	Wrong          string
}

// departments shows them.
func (c *Console) departments(p *page) error {
	data, opinions, err := c.asked(p)
	if err != nil {
		return err
	}
	data.Only = cmp.Or(p.Form.Get("department"), p.c.Query("department"))
	tallies := make(map[string]*departmentTally)
	for _, o := range opinions {
		t := tallies[o.Department]
		if t == nil {
			q := "?department=" + url.QueryEscape(o.Department)
			data.Tallies = append(data.Tallies, departmentTally{
				Name: o.Department, Href: data.At + q, Workbook: data.At + "/workbook" + q, Sheet: data.At + "/sheet" + q,
			})
			t = &departmentTally{}
			tallies[o.Department] = t
		}
		t.count(o.State)
		if o.State == award.DepartmentObjected {
			data.Decide = append(data.Decide, departmentRow{DepartmentOpinion: o, ID: fmt.Sprintf("%d-%s", len(data.Decide), o.Unit)})
		}
	}
	for i := range data.Tallies {
		t := &data.Tallies[i]
		kept := *t
		*t = *tallies[t.Name]
		t.Name, t.Href, t.Workbook, t.Sheet = kept.Name, kept.Href, kept.Workbook, kept.Sheet
	}
	p.answerRows(&data, opinions)
	data.Number = p.Text("number", p.T("label_letter_number"), "").as(required)
	data.AskedOn = p.Date("asked_on", p.T("label_asked_on"), award.Date{}).as(required)
	data.DueOn = p.Date("due_on", p.T("label_answer_by"), award.Date{}).as(required)
	data.Own = p.Lines("departments", p.T("label_own_departments"), "")
	data.Own.Help = p.T("help_own_departments")
	data.Letter, data.On = p.Text("letter", p.T("label_answer_letter"), ""), p.Date("on", p.T("label_answered_on"), award.Date{})
	data.Workbook = field{ID: "workbook", Kind: "file", Label: p.T("label_workbook"), Help: p.T("help_department_workbook"), Wrong: p.Wrong("workbook")}
	data.Minutes = p.Lines("minutes", p.T("label_end_minutes"), "").as(required)
	return p.show("departments", p.T("page_departments"), data)
}

// asked reads whom the office of the path asks, and what was answered. The owner
// office of the round is one of them.
func (c *Console) asked(p *page) (departmentsPage, []acts.DepartmentOpinion, error) {
	r, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return departmentsPage{}, nil, err
	}
	code := p.c.Param("office")
	opinions, err := c.Acts.Opinions(p.ctx(), p.by(), r.ID, code, "")
	if err != nil {
		return departmentsPage{}, nil, err
	}
	data := departmentsPage{Round: r, OfficeName: r.OwnerName, At: officeAt(r.ID, code) + "/departments", Required: r.Rules.NationalDepartments}
	open, row := r.State == award.RoundOpen && !r.ListFrozenAt.IsZero() && r.CandidatesAt.IsZero(), acts.Row{Owner: r.Owner, Office: r.Owner, Unit: r.Owner}
	if code != r.OwnerCode {
		o, err := c.Acts.Office(p.ctx(), p.by(), r.ID, code)
		if err != nil {
			return departmentsPage{}, nil, err
		}
		data.OfficeName, data.Required = o.Name, r.Rules.Departments
		open, row = r.State == award.RoundOpen && o.Stage.State == award.StageOpen, o.Row(r.Round)
	}
	may := func(name award.Act) bool { return open && acts.Can(p.by(), name, row) == nil }
	data.Ask, data.Answer, data.Judge = may(award.ActAskDepartments), may(award.ActRecordOpinions), may(award.ActDecideOpinion)
	return data, opinions, nil
}

func (t *departmentTally) count(s award.DepartmentState) {
	t.All++
	switch s {
	case award.DepartmentOpen:
		t.Open++
	case award.DepartmentClear:
		t.Clear++
	case award.DepartmentObjected:
		t.Objected++
	case award.DepartmentSetAside, award.DepartmentUpheld:
		t.Decided++
	case award.DepartmentUnanswered:
		t.Unanswered++
	}
}

// answerRows lays out the opinions of the department looked at: the open ones
// first, with their fields.
func (p *page) answerRows(data *departmentsPage, opinions []acts.DepartmentOpinion) {
	if data.Only == "" {
		return
	}
	for _, o := range opinions {
		if o.Department == data.Only {
			id := string(o.Category) + "-" + o.Unit
			data.Rows = append(data.Rows, departmentRow{
				DepartmentOpinion: o, ID: id, Answer: p.Form.Get("answer-" + id), Ground: p.Form.Get("ground-" + id), Wrong: cmp.Or(p.Wrong("ground-"+id), p.Wrong("answer-"+id)),
			})
		}
	}
	slices.SortStableFunc(data.Rows, func(a, b departmentRow) int {
		return cmp.Compare(closed(a.State), closed(b.State))
	})
	from := min(int(p.after()), len(data.Rows))
	if data.Rows = data.Rows[from:]; len(data.Rows) > mostUnits {
		data.Rows, data.Next = data.Rows[:mostUnits], p.next(int64(from+mostUnits))
	}
}

func closed(s award.DepartmentState) int {
	if s == award.DepartmentOpen {
		return 0
	}
	return 1
}

// postAsking asks departments by one letter.
func (c *Console) postAsking(p *page) error {
	e := &entry{page: p}
	in := acts.AskDepartmentsInput{Round: p.c.Param("round"), Office: p.c.Param("office"), Asking: acts.Asking{
		Number: e.need("number"), AskedOn: e.date("asked_on"), DueOn: e.date("due_on"), Departments: e.lines("departments"),
	}}
	err := e.err()
	if err == nil {
		_, err = c.Acts.AskDepartments(p.ctx(), p.by(), p.key(""), in)
	}
	return c.departmentsDone(p, err, "asked")
}

// postAnswers records the answers of one department to many units: one letter
// answers for all.
func (c *Console) postAnswers(p *page) error {
	e := &entry{page: p}
	in := acts.RecordOpinionsInput{Round: p.c.Param("round"), Office: p.c.Param("office")}
	department, letter := p.Form.Get("department"), p.trimmed("letter")
	var on award.Date
	if p.trimmed("on") != "" {
		on = e.date("on")
	}
	var ids []string
	for name := range p.Form {
		id, ours := strings.CutPrefix(name, "answer-")
		answer := p.Form.Get(name)
		if !ours || answer == "" {
			continue
		}
		_, unit, _ := strings.Cut(id, "-")
		ids = append(ids, id)
		in.Answers = append(in.Answers, acts.AnswerInput{
			Pointer: fmt.Sprintf("/%d", len(ids)-1), Unit: unit, Department: department,
			Answer: award.DepartmentAnswer{Objects: answer == string(award.DepartmentObjected), Ground: p.trimmed("ground-" + id), Letter: letter, On: on},
		})
	}
	slices.SortFunc(in.Answers, func(a, b acts.AnswerInput) int { return cmp.Compare(a.Unit, b.Unit) })
	if len(ids) == 0 {
		e.say("letter", "answers_none")
	}
	err := e.err()
	if err == nil {
		_, err = c.Acts.RecordOpinions(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(officeAt(in.Round, in.Office)+"/departments?department="+url.QueryEscape(department), "answered")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	p.lead(func(id string) string {
		place, what, _ := strings.Cut(id, "-")
		n := number(place)
		if place != fmt.Sprint(n) || n >= len(ids) {
			return id
		}
		switch what {
		case "letter", "on":
			return what
		case "":
			return "answer-" + ids[n]
		}
		return what + "-" + ids[n]
	})
	return c.departments(p)
}

// postDepartmentWorkbook records the answers of a filled workbook.
func (c *Console) postDepartmentWorkbook(p *page) error {
	in := acts.RecordOpinionsInput{Round: p.c.Param("round"), Office: p.c.Param("office")}
	file, err := p.spreadsheet("workbook")
	if err == nil {
		in.Answers, err = sheet.ReadDepartments(file)
	}
	if err == nil {
		_, err = c.Acts.ImportOpinions(p.ctx(), p.by(), p.key(""), in)
	}
	return c.departmentsDone(p, err, "answered")
}

// spreadsheet reads the workbook of a form.
func (p *page) spreadsheet(name string) ([]byte, error) {
	none := award.RefuseFields(award.Invalid, "D-35", "evidence_not_chosen", []award.Defect{{Pointer: "/" + name, Key: "evidence_not_chosen"}})
	if p.c.Request.MultipartForm == nil || len(p.c.Request.MultipartForm.File[name]) == 0 {
		return nil, none
	}
	sent, err := p.c.Request.MultipartForm.File[name][0].Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = sent.Close() }() // it was read; the server removes it
	return io.ReadAll(sent)
}

// postDepartmentDecision decides on one objection.
func (c *Console) postDepartmentDecision(p *page) error {
	id := p.Form.Get("id")
	e := &entry{page: p}
	in := acts.DecideOpinionInput{
		Round: p.c.Param("round"), Office: p.c.Param("office"), Unit: p.Form.Get("unit"), Department: p.Form.Get("of"),
		Uphold: p.Form.Has("uphold"), Reason: e.need("reason-" + id),
	}
	err := e.err()
	if err == nil {
		_, err = c.Acts.DecideOpinion(p.ctx(), p.by(), p.key(""), in)
	}
	return c.departmentsDone(p, err, "opinion_decided")
}

// postAskingEnd ends the asking of a department that does not answer.
func (c *Console) postAskingEnd(p *page) error {
	e := &entry{page: p}
	in := acts.EndAskingInput{Round: p.c.Param("round"), Office: p.c.Param("office"), Department: p.Form.Get("department"), Minutes: e.need("minutes")}
	err := e.err()
	if err == nil {
		_, err = c.Acts.EndAsking(p.ctx(), p.by(), p.key(""), in)
	}
	return c.departmentsDone(p, err, "asking_ended")
}

// departmentsDone shows the page again, with what came of an act on it.
func (c *Console) departmentsDone(p *page, err error, said string) error {
	if err == nil {
		return p.done(officeAt(p.c.Param("round"), p.c.Param("office"))+"/departments", said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.departments(p)
}

// departmentWorkbook sends what departments fill in.
func (c *Console) departmentWorkbook(p *page) error {
	department := p.c.Query("department")
	opinions, err := c.Acts.Opinions(p.ctx(), p.by(), p.c.Param("round"), p.c.Param("office"), department)
	if err != nil {
		return err
	}
	return p.workbook(p.T("page_departments")+".xlsx", func(to io.Writer) error { return sheet.WriteDepartments(to, opinions) })
}

// departmentSheet is the sheet for one department's own officer (征求意见表): the
// units it is asked about, to be answered on paper.
func (c *Console) departmentSheet(p *page) error {
	data, opinions, err := c.asked(p)
	if err != nil {
		return err
	}
	data.Only = p.c.Query("department")
	for _, o := range opinions {
		if o.Department == data.Only && len(data.Rows) < mostLines {
			data.Rows = append(data.Rows, departmentRow{DepartmentOpinion: o})
		}
	}
	if len(data.Rows) == 0 {
		return award.Refuse(award.NotFound, "", "not_found")
	}
	return p.show("department_sheet", p.T("sheet_department"), data)
}
