package console

import (
	"net/url"
	"slices"
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
	}{Rounds: found}
	if len(found) == listed {
		data.Next = p.next(found[len(found)-1].Number)
	}
	return p.show("rounds", p.T("page_rounds"), data)
}

// roundPage is where a round stands, at a glance.
type roundPage struct {
	acts.RoundStanding
	Stages      []stage
	Offices     []acts.OfficeStanding
	Report      []acts.Funnel
	Limits      []acts.Limit
	Units       bool // the reader enters something for units
	Now         time.Time
	Provincial  time.Time // last day on which a provincial list can open
	National    time.Time
	Provisional []int
	Workflow    string // the round's page for operators; "": none
}

// stage is one stage on the time line.
type stage struct {
	Name, Waits string
	Due         time.Time
	Past, Now   bool
}

// round shows one.
func (c *Console) round(p *page) error {
	by, id := p.by(), p.c.Param("round")
	r, err := c.Acts.Round(p.ctx(), by, id)
	if err != nil {
		return err
	}
	data := roundPage{RoundStanding: r, Provisional: r.ProvisionalYears(), Units: r.State == award.RoundOpen}
	data.Provincial, data.National = r.LastNotices()
	if data.Now, err = c.Acts.Now(p.ctx()); err != nil {
		return err
	}
	if data.Offices, err = c.Acts.Offices(p.ctx(), by, id); err != nil {
		return err
	}
	if data.Report, err = c.Acts.Report(p.ctx(), by, id); err != nil {
		return err
	}
	if data.Limits, err = c.Acts.Limits(p.ctx(), by, id); err != nil {
		return err
	}
	data.Stages = p.stages(r)
	if by.Office == r.Owner {
		data.Workflow = c.workflow(award.RoundWorkflow(id))
	}
	return p.show("round", r.Title, data)
}

// Workflow is the page of an office's workflow for operators; "": none.
func (r roundPage) OfficeWorkflow(p *page, code string) string {
	if r.Workflow == "" {
		return ""
	}
	return p.console.workflow(award.OfficeWorkflow(r.ID, code))
}

// workflow is where operators see a workflow; "": nowhere.
func (c *Console) workflow(id string) string {
	if c.TemporalUI == "" {
		return ""
	}
	return c.TemporalUI + "/namespaces/" + url.PathEscape(c.Namespace) + "/workflows/" + url.PathEscape(id)
}

// stages lays out the stages of a round with their dates.
func (p *page) stages(r acts.RoundStanding) []stage {
	dates := map[award.Stage]time.Time{
		award.StageSelfCheck: r.Dates.SelfCheckCloses, award.StageRecommendation: r.Dates.RecommendationDue,
		award.StageAssessment: r.Dates.AssessmentDue,
	}
	var out []stage
	for _, name := range award.Stages() {
		s := stage{Name: p.Word("word", name.Chinese()), Due: dates[name]}
		if !r.OpenedAt.IsZero() && r.Stage != "" {
			s.Past, s.Now = r.Stage.After(name) || r.State == award.RoundClosed, r.Stage == name && r.State.Live()
		}
		if s.Now && p.has("stage_waits_"+string(name)) {
			s.Waits = p.T("stage_waits_"+string(name), r.Offices.Total-r.Offices.Done)
		}
		out = append(out, s)
	}
	return out
}

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
