package console

import (
	"strings"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// serveNationalMarks lays out where the owner office enters its marks.
func (c *Console) serveNationalMarks(r gin.IRouter) {
	r.GET("/rounds/:round/marks", c.inside(c.nationalMarks))
	r.GET("/rounds/:round/marks/:file", c.inside(c.nationalMarking))
	r.POST("/rounds/:round/marks/:file", c.inside(c.postNationalMarking))
}

func marksAt(round string) string { return roundAt(round) + "/marks" }

// marksPage is the frozen list with what its units' national marks come to (部级核定).
type marksPage struct {
	Round   acts.RoundStanding
	Left    int // without marks
	Total   int
	Shown   []acts.NationalFile
	Next    string
	May     bool
	Experts bool // the marks are made of the experts'
}

// nationalMarks lists them.
func (c *Console) nationalMarks(p *page) error {
	r, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	found, err := c.Acts.NationalList(p.ctx(), p.by(), r.ID)
	if err != nil {
		return err
	}
	data := marksPage{Round: r, Total: len(found), May: p.mayMark(r), Experts: r.Rules.ExpertsPerFile > 0}
	for _, f := range found {
		if f.Marks == nil {
			data.Left++
		}
	}
	from := min(int(p.after()), len(found))
	if data.Shown = found[from:]; len(data.Shown) > mostUnits {
		data.Shown, data.Next = data.Shown[:mostUnits], p.next(int64(from+mostUnits))
	}
	return p.show("marks", p.T("page_marks"), data)
}

// mayMark reports whether the reader may enter national marks as the round stands.
func (p *page) mayMark(r acts.RoundStanding) bool {
	return r.State == award.RoundOpen && !r.ListFrozenAt.IsZero() && r.ScoredAt.IsZero() && r.Rules.ExpertsPerFile == 0 &&
		p.may(award.ActMark, r.Row())
}

// nationalMarkingPage is one unit's national marks beside those before them.
type nationalMarkingPage struct {
	subject
	Given  bool
	May    bool
	Blocks []judgedBlock
	Note   field
}

// Province writes the province's value of an indicator; "" where there is none.
func (d nationalMarkingPage) Province(code string) string {
	for _, i := range d.Marks.Indicators {
		if i.Code == code && i.Province != nil {
			return plain(i.Province.Value)
		}
	}
	return ""
}

// nationalMarking shows them to be entered, or as they are.
func (c *Console) nationalMarking(p *page) error {
	s, err := c.subject(p)
	if err != nil {
		return err
	}
	m, err := c.Acts.NationalMarking(p.ctx(), p.by(), s.Round.ID, s.ID)
	if err != nil {
		return err
	}
	data := nationalMarkingPage{
		subject: s, Given: m.NationalFile.Marks != nil, May: p.mayMark(s.Round), Blocks: p.judged(s, m.Begins, nil, nil, nil),
		Note: p.Lines("note", p.T("label_note"), m.Note),
	}
	return p.show("national_marking", p.T("page_national_marking"), data)
}

// postNationalMarking keeps them. They may be given anew until the marks are
// reported complete.
func (c *Console) postNationalMarking(p *page) error {
	s, err := c.subject(p)
	if err != nil {
		return err
	}
	e := &entry{page: p}
	marks := acts.NationalMarks{Application: s.ID, Marks: e.marksSent(s.Standard), Note: p.trimmed("note")}
	if err = e.err(); err == nil {
		_, err = c.Acts.Mark(p.ctx(), p.by(), p.key(""), s.Round.ID, []acts.NationalMarks{marks})
	}
	if err == nil {
		return p.done(marksAt(s.Round.ID), "national_marked")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	p.lead(func(id string) string { return strings.TrimPrefix(id, "items-0-") })
	return c.nationalMarking(p)
}
