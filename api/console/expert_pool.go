package console

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// expertRow is an officer with the role of an expert, and its entry in the pool.
type expertRow struct {
	ID    int64
	Name  string
	Entry *acts.ExpertEntry // nil: not in the pool yet
	Load  acts.ExpertLoad   // with what is proposed
}

// expertsPage is the pool of experts (专家库) and who marks what in a round.
type expertsPage struct {
	Round       acts.RoundStanding
	Rows        []expertRow
	May         bool
	Plan        *acts.AssignmentPlan // shown before it is saved; nil: none
	Why         string               // there is none
	Assignments []acts.ExpertAssignment
	Names       map[int64]string
	Next        string
}

func expertsAt(round string) string { return roundAt(round) + "/experts" }

// experts shows them to the round's owner office.
func (c *Console) experts(p *page) error {
	by, round := p.by(), p.c.Param("round")
	data := expertsPage{Names: make(map[int64]string)}
	var err error
	if data.Round, err = c.Acts.Round(p.ctx(), by, round); err != nil {
		return err
	}
	data.May = acts.Can(by, award.ActAssignExperts, acts.Row{Owner: data.Round.Owner}) == nil
	pool, err := c.Acts.Experts(p.ctx(), by)
	if err != nil {
		return err
	}
	plan, err := c.Acts.ProposeAssignment(p.ctx(), by, round)
	switch e, refused := errors.AsType[*award.Error](err); {
	case err == nil:
		data.Plan = &plan
	case refused && e.Code == award.Conflict:
		data.Why = p.T(e.Key, e.Args...)
	default:
		return err
	}
	officers, err := c.Acts.Officers(p.ctx(), by, by.OfficeCode, acts.OfficerQuery{Limit: mostExperts})
	if err != nil {
		return err
	}
	for _, o := range officers {
		if !slices.Contains(o.Roles, award.RoleExpert) || o.Disabled {
			continue
		}
		row := expertRow{ID: o.ID, Name: o.Name}
		if i := slices.IndexFunc(pool, func(e acts.ExpertEntry) bool { return e.ID == o.ID }); i >= 0 {
			row.Entry = &pool[i]
		}
		if i := slices.IndexFunc(plan.Loads, func(l acts.ExpertLoad) bool { return l.Expert == o.ID }); i >= 0 {
			row.Load = plan.Loads[i]
		}
		data.Names[o.ID] = o.Name
		data.Rows = append(data.Rows, row)
	}
	data.Assignments, err = c.Acts.Assignments(p.ctx(), by, acts.AssignmentQuery{Round: round, After: p.after(), Limit: listed})
	if err != nil {
		return err
	}
	if len(data.Assignments) == listed {
		data.Next = p.next(data.Assignments[listed-1].ID)
	}
	return p.show("experts", p.T("page_experts"), data)
}

// mostExperts is how many officers of the office the pool looks through.
const mostExperts = 500

// postAssignment saves the assignment as it was shown (专家分配).
func (c *Console) postAssignment(p *page) error {
	round := p.c.Param("round")
	_, err := c.Acts.AssignExperts(p.ctx(), p.by(), p.key(""), round, p.Form.Get("seen"))
	if err == nil {
		return p.done(expertsAt(round), "assigned")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.experts(p)
}

// expertForm is where an expert's entry is made or changed.
type expertForm struct {
	Round    acts.RoundStanding
	Name     string
	At       string
	Revision int
	Fields   []field
}

// expert shows the form of an officer's entry in the pool (专家入库).
func (c *Console) expert(p *page) error {
	id, err := p.integer("officer")
	if err != nil {
		return err
	}
	by := p.by()
	data := expertForm{At: fmt.Sprintf("%s/%d", expertsAt(p.c.Param("round")), id)}
	if data.Round, err = c.Acts.Round(p.ctx(), by, p.c.Param("round")); err != nil {
		return err
	}
	officers, err := c.Acts.Officers(p.ctx(), by, by.OfficeCode, acts.OfficerQuery{Limit: mostExperts})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(officers, func(o acts.OfficerRecord) bool { return o.ID == id })
	if at < 0 {
		return award.Refuse(award.NotFound, "", "not_found")
	}
	pool, err := c.Acts.Experts(p.ctx(), by)
	if err != nil {
		return err
	}
	entry := acts.ExpertEntry{Kind: award.ExpertPerson, Active: true}
	if i := slices.IndexFunc(pool, func(e acts.ExpertEntry) bool { return e.ID == id }); i >= 0 {
		entry = pool[i]
	}
	data.Name, data.Revision = officers[at].Name, entry.Revision
	data.Fields = p.expertFields(entry, data.Round)
	return p.show("expert", officers[at].Name, data)
}

func (p *page) expertFields(e acts.ExpertEntry, round acts.RoundStanding) []field {
	var kinds []choice
	for _, k := range award.ExpertKinds() {
		kinds = append(kinds, choice{string(k), p.Word("expertkind", k)})
	}
	most := ""
	if e.Most > 0 {
		most = strconv.Itoa(e.Most)
	}
	active := "yes"
	if !e.Active {
		active = "no"
	}
	fields := []field{
		p.Radio("kind", p.T("label_kind"), string(e.Kind), kinds),
		p.Text("province", p.T("label_expert_province"), e.Province).as(func(f *field) { f.Help = p.T("help_expert_province") }),
		p.Text("unit", p.T("label_expert_unit"), e.UnitCode).as(func(f *field) { f.Help = p.T("help_expert_unit") }),
		p.Lines("conflicts", p.T("label_expert_conflicts"), strings.Join(e.ConflictCodes, "\n")).as(func(f *field) { f.Help = p.T("help_expert_conflicts") }),
	}
	for _, rule := range round.Categories {
		knows := "no"
		if len(e.Categories) == 0 || slices.Contains(e.Categories, rule.Category) {
			knows = "yes"
		}
		fields = append(fields, p.Radio("category-"+string(rule.Category), p.T("label_expert_category", p.Word("category", rule.Category)), knows,
			[]choice{{"yes", p.T("word_yes")}, {"no", p.T("word_no")}}))
	}
	return append(fields,
		p.Text("most", p.T("label_expert_most"), most).as(func(f *field) { f.Required, f.Numeric = true, true }),
		p.Radio("active", p.T("label_expert_active"), active, []choice{{"yes", p.T("word_yes")}, {"no", p.T("word_no")}}))
}

// postExpert keeps the entry.
func (c *Console) postExpert(p *page) error {
	id, err := p.integer("officer")
	if err != nil {
		return err
	}
	round, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	in := acts.SetExpert{
		Officer: id, Revision: p.revision(), Kind: award.ExpertKind(p.Form.Get("kind")), Province: p.trimmed("province"), Unit: p.trimmed("unit"),
		Conflicts: strings.Fields(p.Form.Get("conflicts")), Most: number(p.trimmed("most")), Active: p.Form.Get("active") != "no",
	}
	var unknown bool
	for _, rule := range round.Categories {
		if p.Form.Get("category-"+string(rule.Category)) == "no" {
			unknown = true
		} else {
			in.Categories = append(in.Categories, rule.Category)
		}
	}
	if !unknown {
		in.Categories = nil // everything, categories of later rounds included
	}
	if in.Most < 1 {
		err = award.RefuseFields(award.Invalid, "domain 6.3", "expert_malformed", []award.Defect{{Pointer: "/most", Key: "field_required"}})
	} else {
		_, err = c.Acts.SetExpert(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(expertsAt(round.ID), "expert")
	}
	if e, ok := errors.AsType[*award.Error](err); ok {
		for i, d := range e.Fields {
			if strings.HasPrefix(d.Pointer, "/conflicts/") {
				e.Fields[i].Pointer = "/conflicts"
			}
		}
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.expert(p)
}

// committeeAt is the page of an office's committee.
func committeeAt(round, office string) string {
	return roundAt(round) + "/committees/" + url.PathEscape(office)
}
