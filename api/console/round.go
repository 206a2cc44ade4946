package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// rounds lists the rounds the reader may see (批次), newest first.
func (c *Console) rounds(p *page) error {
	found, err := c.Acts.Rounds(p.ctx(), p.by(), acts.RoundQuery{Before: p.after(), Limit: listed})
	if err != nil {
		return err
	}
	data := struct {
		Rounds []acts.RoundStanding
		Next   string
		May    bool // draft one
	}{Rounds: found, May: p.may(award.ActCreateRound, acts.Row{Owner: p.by().Office})}
	if len(found) == listed {
		data.Next = p.next(found[len(found)-1].Number)
	}
	return p.show("rounds", p.T("page_rounds"), data)
}

// roundPage is where a round stands, at a glance (批次总览).
type roundPage struct {
	acts.Picture
	Stages      []stage
	Standing    chart // of the offices
	Progress    *chart
	Funnels     []chart  // one for each category
	Spread      []spread // of marks
	Levers      []leverLink
	Units       bool      // the reader enters something for units
	Owner       bool      // of the round's owner office
	Provincial  time.Time // last day on which a provincial list can open
	National    time.Time
	Provisional []int
	Workflow    string // the round's page for operators; "": none
}

// spread is how the totals of a category's units are spread, drawn and told.
type spread struct {
	Chart chart
	Rows  []bar
}

// stage is one stage on the time line.
type stage struct {
	Name, Waits string
	Due         time.Time // exclusive
	Ended       time.Time // when it was over, where the record knows
	Past, Now   bool
}

// round shows one.
func (c *Console) round(p *page) error {
	picture, err := c.Acts.Picture(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	r := picture.RoundStanding
	data := roundPage{
		Picture: picture, Stages: p.stages(r), Units: r.State == award.RoundOpen, Owner: p.by().Office == r.Owner,
		Provisional: r.ProvisionalYears(), Levers: p.levers(r.Round),
	}
	data.Provincial, data.National = r.LastNotices()
	if len(data.Picture.Offices) > 0 {
		data.Standing = p.officeChart(r.Offices)
		data.Progress = p.progressChart(picture)
	}
	for i, f := range picture.Report {
		data.Funnels = append(data.Funnels, p.funnelChart(i, f))
	}
	data.Spread = p.markCharts(picture)
	if data.Owner {
		data.Workflow = c.workflow(award.RoundWorkflow(r.ID))
	}
	return p.show("round", r.Title, data)
}

// OfficeWorkflow is an office's page for operators; "": none.
func (r roundPage) OfficeWorkflow(p *page, code string) string {
	if r.Workflow == "" {
		return ""
	}
	return p.console.workflow(award.OfficeWorkflow(r.ID, code))
}

// NoticeWorkflow is a notice's page for operators; "": none.
func (r roundPage) NoticeWorkflow(p *page, number int) string {
	if r.Workflow == "" {
		return ""
	}
	return p.console.workflow(award.NoticeWorkflow(r.ID, number))
}

// workflow is where operators see a workflow; "": nowhere.
func (c *Console) workflow(id string) string {
	if c.TemporalUI == "" {
		return ""
	}
	return c.TemporalUI + "/namespaces/" + url.PathEscape(c.Namespace) + "/workflows/" + url.PathEscape(id)
}

// stages lays out the stages of a round with their dates and what each waits for.
func (p *page) stages(r acts.RoundStanding) []stage {
	dates := map[award.Stage]time.Time{
		award.StageSelfCheck: r.Dates.SelfCheckCloses, award.StageRecommendation: r.Dates.RecommendationDue,
		award.StageAssessment: r.Dates.AssessmentDue,
	}
	ended := map[award.Stage]time.Time{
		award.StageRecommendation: r.ListFrozenAt, award.StageAssessment: r.CandidatesAt, award.StageCommendation: r.DecidedAt,
	}
	if r.Notice != nil {
		dates[award.StagePublicNotice], ended[award.StagePublicNotice] = r.Notice.ClosesAt, r.Notice.EndedAt
	}
	var out []stage
	for _, name := range award.Stages() {
		s := stage{Name: p.Word("word", name.Chinese()), Due: dates[name], Ended: ended[name]}
		if !r.OpenedAt.IsZero() && r.Stage != "" {
			s.Past, s.Now = r.Stage.After(name) || r.State == award.RoundClosed, r.Stage == name && r.State.Live()
		}
		if !s.Past {
			s.Waits = p.T("stage_waits_"+string(name), r.Offices.Total-r.Offices.Done)
		}
		out = append(out, s)
	}
	return out
}

// Age is how many seconds ago an instant was.
func (p *page) Age(now, at time.Time) int { return max(0, int(now.Sub(at).Seconds())) }

// Left says in words how long it is until an exclusive instant, or how long it is
// over.
func (p *page) Left(now, due time.Time) string {
	left := due.Sub(now)
	days, hours := int(left.Abs().Hours())/24, int(left.Abs().Hours())
	switch {
	case due.IsZero():
		return ""
	case left > 0 && days > 0:
		return p.T("left_days", days)
	case left > 0:
		return p.T("left_hours", hours)
	case days > 0:
		return p.T("late_days", days)
	}
	return p.T("late_hours", hours)
}

// officeChart draws how many of a round's offices stand where.
func (p *page) officeChart(t acts.OfficeTally) chart {
	return bars("offices", p.T("chart_offices"), p.T("offices_tally", t.Total, t.Done, t.Sent, t.Overdue), []bar{
		{Name: p.T("tally_done"), Value: t.Done, Whole: t.Total},
		{Name: p.T("tally_sent"), Value: t.Sent, Whole: t.Total},
		{Name: p.T("tally_under_way"), Value: max(0, t.Total-t.Done-t.Sent-t.Overdue), Whole: t.Total},
		{Name: p.T("overdue"), Value: t.Overdue, Whole: t.Total},
	})
}

// progressChart draws how far each office is, in what its stage is about: units
// that have checked themselves, or places of its limit that it has filled.
func (p *page) progressChart(r acts.Picture) *chart {
	var numbers []bar
	recommending := r.Stage.After(award.StageSelfCheck)
	for _, o := range r.Offices {
		b := bar{Name: o.Name}
		for _, f := range o.Counts {
			if recommending {
				b.Value, b.Whole = b.Value+f.Recommended, b.Whole+f.RecommendationLimit
			} else {
				b.Value, b.Whole = b.Value+f.SelfChecked, b.Whole+f.Units
			}
		}
		if b.Text = fmt.Sprintf("%d/%d", b.Value, b.Whole); o.Counts != nil && b.Whole > 0 {
			numbers = append(numbers, b)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	title := p.T("chart_checked")
	if recommending {
		title = p.T("chart_recommended")
	}
	drawn := bars("progress", title, p.T("chart_in_table"), numbers)
	return &drawn
}

// funnelChart draws how far the units of a category have come.
func (p *page) funnelChart(i int, f acts.Funnel) chart {
	return bars(fmt.Sprintf("funnel-%d", i), p.T("chart_funnel", p.Word("category", f.Category)),
		p.T("chart_funnel_says", f.Units, f.SelfChecked, f.Applied, f.AtProvince, f.Recommended, f.Candidates, f.Named, f.Quota), []bar{
			{Name: p.T("funnel_units"), Value: f.Units},
			{Name: p.T("funnel_checked"), Value: f.SelfChecked},
			{Name: p.T("funnel_ready"), Value: f.Ready},
			{Name: p.T("funnel_applied"), Value: f.Applied},
			{Name: p.T("funnel_province"), Value: f.AtProvince},
			{Name: p.T("funnel_noticed"), Value: f.NoticedLocally},
			{Name: p.T("funnel_recommended"), Value: f.Recommended},
			{Name: p.T("funnel_candidates"), Value: f.Candidates},
			{Name: p.T("funnel_named"), Value: f.Named},
		})
}

// markCharts draws for each category how its units' totals are spread, of the
// kind that came last.
func (p *page) markCharts(r acts.Picture) []spread {
	var out []spread
	for _, c := range r.Categories {
		for _, kind := range slices.Backward(acts.TotalKinds()) {
			numbers, total, passed := make([]bar, acts.MarkStretches), 0, 0
			for _, m := range r.Marks {
				if m.Category == c.Category && m.Of == kind {
					numbers[m.Stretch].Value += m.Units
					total += m.Units
					if award.Points(m.Stretch)*acts.MarkStretch >= r.Rules.PassMark {
						passed += m.Units
					}
				}
			}
			if total == 0 {
				continue
			}
			for i := 0; i < len(numbers); i += 4 {
				numbers[i].Name = strconv.Itoa(i * int(acts.MarkStretch) / 100)
			}
			title := p.T("chart_marks", p.Word("category", c.Category), p.T("total_"+string(kind)))
			drawn := spread{Chart: columns("marks-"+string(c.Category), title,
				p.T("chart_marks_says", total, passed, r.Rules.PassMark.String()), numbers, int(r.Rules.PassMark/100))}
			for i, b := range numbers {
				if from := i * int(acts.MarkStretch) / 100; b.Value > 0 {
					drawn.Rows = append(drawn.Rows, bar{Name: p.T("stretch", from, from+int(acts.MarkStretch)/100), Value: b.Value})
				}
			}
			out = append(out, drawn)
			break
		}
	}
	return out
}

// may reports whether the policy lets the reader do an act to a row. The act judges
// again.
func (p *page) may(name award.Act, row acts.Row) bool { return acts.Can(p.by(), name, row) == nil }

// unitsPage is the units for which the reader may enter something in a round:
// its own and those directly below (自查与代录).
type unitsPage struct {
	Round acts.RoundStanding
	Rows  []unitRow
	Next  string
}

type unitRow struct {
	acts.RegisterUnit
	Category award.Category
	Title    string
	Href     string
}

// units lists them.
func (c *Console) units(p *page) error {
	by, id := p.by(), p.c.Param("round")
	r, err := c.Acts.Round(p.ctx(), by, id)
	if err != nil {
		return err
	}
	parent := by.OfficeCode
	if asked := p.c.Query("office"); asked != "" {
		parent = asked
	}
	own, err := c.Acts.Unit(p.ctx(), by, parent)
	if err != nil {
		return err
	}
	below, err := c.Acts.Units(p.ctx(), by, parent, acts.UnitQuery{After: p.after(), Limit: listed})
	if err != nil {
		return err
	}
	data := unitsPage{Round: r}
	if len(below) == listed {
		data.Next = p.next(below[listed-1].ID)
	}
	if p.after() == 0 {
		below = slices.Insert(below, 0, own)
	}
	for _, unit := range below {
		row := unitRow{RegisterUnit: unit}
		for _, rule := range r.Categories {
			if rule.Admits(unit.Name, unit.Kind, unit.KindSure) == nil {
				row.Category, row.Title, row.Href = rule.Category, rule.Title, checkAt(id, unit.Code, rule.Category)
			}
		}
		data.Rows = append(data.Rows, row)
	}
	return p.show("units", p.T("page_units"), data)
}
