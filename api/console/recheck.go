package console

import (
	"fmt"
	"strconv"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// serveRechecks lays out the pages of re-checks of many titles (集中复查).
func (c *Console) serveRechecks(r gin.IRouter) {
	r.GET("/rechecks", c.inside(c.rechecks))
	r.GET("/rechecks/new", c.inside(c.newRecheck))
	r.POST("/rechecks", c.inside(c.postRecheck))
	r.GET("/rechecks/:recheck", c.inside(c.recheck))
}

func recheckAt(id int64) string { return fmt.Sprintf("/rechecks/%d", id) }

// recheckRow is a campaign with its numbers added up.
type recheckRow struct {
	acts.Recheck
	About   string // the filter in words
	Sum     acts.RecheckProgress
	Overdue bool
}

// Total is how many titles a campaign has.
func (r recheckRow) Total() int { return totalOf(r.Sum) }

// Done is how many of them have an outcome that stays.
func (r recheckRow) Done() int { return doneOf(r.Sum) }

func totalOf(s acts.RecheckProgress) int { return s.InRecheck + s.Rectifying + doneOf(s) }

func doneOf(s acts.RecheckProgress) int { return s.Kept + s.Revoked + s.Deregistered }

func (c *Console) recheckRow(p *page, r acts.Recheck) (recheckRow, error) {
	row := recheckRow{Recheck: r, About: p.about(r)}
	for _, o := range r.Progress {
		row.Sum.InRecheck += o.InRecheck
		row.Sum.Rectifying += o.Rectifying
		row.Sum.Kept += o.Kept
		row.Sum.Revoked += o.Revoked
		row.Sum.Deregistered += o.Deregistered
	}
	now, err := c.Acts.Now(p.ctx())
	row.Overdue = row.Done() < row.Total() && !now.Before(r.DueAt)
	return row, err
}

// about says in words which titles a campaign is about.
func (p *page) about(r acts.Recheck) string {
	said := ""
	add := func(text string) {
		if said != "" {
			said += p.T("list_sign")
		}
		said += text
	}
	if r.Filter.Year != 0 {
		add(p.T("recheck_year", r.Filter.Year))
	}
	if r.Filter.Category != "" {
		add(p.Word("category", r.Filter.Category))
	}
	if r.Filter.Office != "" {
		name := r.Filter.Office
		for _, o := range r.Progress {
			if o.Code == r.Filter.Office {
				name = o.Name
			}
		}
		add(name)
	}
	if said == "" {
		return p.T("recheck_all")
	}
	return said
}

// rechecks lists the campaigns that concern the reader's office, newest first.
func (c *Console) rechecks(p *page) error {
	found, err := c.Acts.Rechecks(p.ctx(), p.by(), p.after(), listed)
	if err != nil {
		return err
	}
	data := struct {
		Rows []recheckRow
		May  bool
		Next string
	}{May: p.may(award.ActStartRechecks, acts.Row{Owner: p.by().Office})}
	for _, r := range found {
		row, err := c.recheckRow(p, r)
		if err != nil {
			return err
		}
		data.Rows = append(data.Rows, row)
	}
	if len(found) == listed {
		data.Next = p.next(found[listed-1].ID)
	}
	return p.show("rechecks", p.T("page_rechecks"), data)
}

// recheckForm asks which titles, by when and on what ground. What the filter finds
// stands on it before anything is done.
type recheckForm struct {
	Filters []field
	Titles  []acts.Title // as many as one page shows
	Total   int
	Most    int
	Many    bool // more than one campaign may have
	Chosen  []field
	Fields  []field
}

// newRecheck shows it.
func (c *Console) newRecheck(p *page) error {
	read := func(name string) string {
		if p.Form.Has(name) {
			return p.Form.Get(name)
		}
		return p.c.Query(name)
	}
	filter := acts.RecheckFilter{Year: number(read("year")), Category: award.Category(read("category")), Office: read("office")}
	all, err := c.Acts.Recheckable(p.ctx(), p.by(), acts.RecheckFilter{})
	if err != nil {
		return err
	}
	found := all
	if filter != (acts.RecheckFilter{}) {
		if found, err = c.Acts.Recheckable(p.ctx(), p.by(), filter); err != nil {
			return err
		}
	}
	data := recheckForm{Titles: found, Total: len(found), Most: acts.MostRechecked, Many: len(found) > acts.MostRechecked}
	if data.Filters, err = c.recheckFilters(p, filter, all); err != nil {
		return err
	}
	if len(data.Titles) > listed {
		data.Titles = data.Titles[:listed]
	}
	for _, name := range []string{"year", "category", "office"} {
		data.Chosen = append(data.Chosen, field{ID: name, Value: read(name)})
	}
	data.Chosen = append(data.Chosen, field{ID: "titles", Value: strconv.Itoa(data.Total)})
	due := p.Date("due", p.T("label_recheck_due"), award.Date{}).as(required)
	ground := p.Lines("reason", p.T("label_ground"), "").as(required)
	ground.Help = p.T("help_recheck_ground")
	data.Fields = []field{due, ground, p.Text("document", p.T("label_title_document"), "")}
	return p.show("recheck_new", p.T("act_start-rechecks"), data)
}

// recheckFilters offers the years, categories and offices of the titles that may
// be re-checked.
func (c *Console) recheckFilters(p *page, chosen acts.RecheckFilter, all []acts.Title) ([]field, error) {
	every := choice{"", p.T("label_any")}
	years, categories, offices := []choice{every}, []choice{every}, []choice{every}
	seen := make(map[string]bool)
	offer := func(to *[]choice, value, label string) {
		if !seen[value] {
			seen[value] = true
			*to = append(*to, choice{value, label})
		}
	}
	for _, t := range all {
		offer(&years, strconv.Itoa(t.NamedOn.Year), p.T("year_number", t.NamedOn.Year))
		offer(&categories, string(t.Category), p.Word("category", t.Category))
		if seen[t.OfficeCode] {
			continue
		}
		name := t.OfficeCode
		unit, err := c.Acts.Unit(p.ctx(), p.by(), t.OfficeCode)
		if err != nil && award.CodeOf(err) != award.NotFound {
			return nil, err
		}
		if err == nil {
			name = unit.Name
		}
		offer(&offices, t.OfficeCode, name)
	}
	year := ""
	if chosen.Year != 0 {
		year = strconv.Itoa(chosen.Year)
	}
	pick := func(id, label, value string, choices []choice) field {
		return field{ID: id, Kind: "select", Label: label, Value: value, Choices: choices}
	}
	return []field{
		pick("year", p.T("label_named_in"), year, years), pick("category", p.T("label_category"), string(chosen.Category), categories),
		pick("office", p.T("label_recommended_by"), chosen.Office, offices),
	}, nil
}

// postRecheck begins the re-checks.
func (c *Console) postRecheck(p *page) error {
	e := &entry{page: p}
	in := acts.StartRechecks{
		Filter: acts.RecheckFilter{Year: number(p.Form.Get("year")), Category: award.Category(p.Form.Get("category")), Office: p.Form.Get("office")},
		Due:    e.date("due"), Ground: e.need("reason"), Document: p.trimmed("document"), Titles: number(p.Form.Get("titles")),
	}
	err := e.err()
	var done acts.Done[acts.Recheck]
	if err == nil {
		done, err = c.Acts.StartRechecks(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(recheckAt(done.Result.ID), "recheck_started")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.newRecheck(p)
}

// recheckPage is one campaign with its progress and what came of each title.
type recheckPage struct {
	recheckRow
	Chart  chart
	Titles []acts.RecheckedTitle
	Next   string
}

// Sent is how many titles an office has in the campaign.
func (recheckPage) Sent(p acts.RecheckProgress) int { return totalOf(p) }

// recheck shows it.
func (c *Console) recheck(p *page) error {
	id, err := p.integer("recheck")
	if err != nil {
		return err
	}
	r, titles, err := c.Acts.Recheck(p.ctx(), p.by(), id, p.after(), listed)
	if err != nil {
		return err
	}
	data := recheckPage{Titles: titles}
	if data.recheckRow, err = c.recheckRow(p, r); err != nil {
		return err
	}
	var numbers []bar
	for _, o := range r.Progress {
		numbers = append(numbers, bar{Name: o.Name, Value: doneOf(o), Whole: totalOf(o), Text: fmt.Sprintf("%d/%d", doneOf(o), totalOf(o))})
	}
	data.Chart = bars("recheck", p.T("recheck_chart"), p.T("recheck_chart_says", data.Total(), data.Done()), numbers)
	if len(titles) == listed {
		data.Next = p.next(titles[listed-1].ID)
	}
	return p.show("recheck", p.T("page_recheck", id), data)
}
