package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// The steps in which a round is defined and opened (草拟并开启批次), in their order.
const (
	stepDocument   = "document"
	stepCategories = "categories"
	stepDates      = "dates"
	stepRules      = "rules"
	stepStandards  = "standards"
	stepForms      = "forms"
	stepCheck      = "check"
)

func draftSteps() []string {
	return []string{stepDocument, stepCategories, stepDates, stepRules, stepStandards, stepForms, stepCheck}
}

func draftAt(round, step string) string { return roundAt(round) + "/draft/" + step }

// draftPage is one step of a draft.
type draftPage struct {
	ID, Name string // of the round
	Revision int
	Step     string
	Steps    []draftStep
	Groups   []group
	Check    *acts.OpeningCheck
	Refusals []*refusal
	Next     string // the step after this one
}

type draftStep struct {
	Name, Href string
	Now        bool
}

// group is fields that belong together.
type group struct {
	Title, Help string
	Fields      []field
}

// newRound asks for what a draft can not be without: whether it follows an earlier
// round, its title, categories and dates.
func (c *Console) newRound(p *page) error {
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	rounds, err := c.Acts.Rounds(p.ctx(), p.by(), acts.RoundQuery{Limit: mostRounds})
	if err != nil {
		return err
	}
	from := []choice{{"", p.T("draft_afresh")}}
	for _, r := range rounds {
		if r.Owner == p.by().Office && !r.Drill {
			from = append(from, choice{r.ID, r.ID + " " + r.Title})
		}
	}
	known := ""
	if len(from) > 1 {
		known = from[1].Value
	}
	source := p.Select("from", p.T("label_draft_from"), known, from)
	source.Help = p.T("help_draft_from")
	d := award.Definition{Title: p.T("draft_title", award.DateOf(now).Year), Dates: usualDates(now)}
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		d.Categories = append(d.Categories, award.CategoryRule{Category: category, Quota: award.FirstRound()[category]})
	}
	title := p.Text("title", p.T("label_round_title"), d.Title).as(required)
	drill := p.Text("drill_day_seconds", p.T("label_drill_day"), "")
	drill.Numeric, drill.Help = true, p.T("help_drill_day")
	return p.show("draft_new", p.T("act_create-round"), struct{ Groups []group }{[]group{
		{p.T("draft_source"), "", []field{source, title, drill}}, p.dateGroup(d),
	}})
}

// usualDates are the dates of the first round (N 四), in the years that come next.
func usualDates(now time.Time) award.Dates {
	year := now.In(award.Beijing).Year()
	ends := func(year int, month time.Month, day int) time.Time {
		return award.Date{Year: year, Month: month, Day: day}.Closes()
	}
	closes := ends(year, time.December, 31)
	return award.Dates{
		SelfCheckCloses: closes, ApplyCloses: closes,
		RecommendationDue: ends(year+1, time.April, 30), AssessmentDue: ends(year+1, time.June, 30),
	}
}

// postNewRound drafts the round.
func (c *Console) postNewRound(p *page) error {
	var d award.Definition
	e := &entry{page: p}
	d.Title, d.DrillDay = e.need("title"), time.Duration(e.count("drill_day_seconds"))*time.Second
	e.dates(&d)
	err := e.err()
	var made acts.Done[acts.RoundStanding]
	switch from := p.Form.Get("from"); {
	case err != nil:
	case from != "":
		made, err = c.Acts.CopyRound(p.ctx(), p.by(), p.key(""), acts.CopyRound{
			From: from, Title: d.Title, Dates: d.Dates, RegistryDate: d.RegistryDate, DrillDay: d.DrillDay,
		})
	default:
		d.Rules = award.DefaultRules()
		for _, category := range []award.Category{award.District, award.Street, award.Community} {
			d.Categories = append(d.Categories, award.CategoryRule{Category: category, Quota: award.FirstRound()[category]})
		}
		made, err = c.Acts.CreateRound(p.ctx(), p.by(), p.key(""), acts.RoundInput{Definition: d})
	}
	if err == nil {
		return p.done(draftAt(made.Result.ID, stepDocument), "drafted")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.newRound(p)
}

// draft shows one step.
func (c *Console) draft(p *page) error {
	id, step := p.c.Param("round"), p.c.Param("step")
	at := slices.Index(draftSteps(), step)
	if at < 0 {
		return award.Refuse(award.NotFound, "", "not_found")
	}
	d, revision, err := c.Acts.DraftOf(p.ctx(), p.by(), id)
	if err != nil {
		return err
	}
	data := draftPage{ID: id, Name: d.Title, Revision: revision, Step: step}
	for _, s := range draftSteps() {
		data.Steps = append(data.Steps, draftStep{p.T("draft_" + s), draftAt(id, s), s == step})
	}
	if at+1 < len(draftSteps()) {
		data.Next = draftSteps()[at+1]
	}
	switch step {
	case stepDocument:
		data.Groups = p.documentGroups(d)
	case stepCategories:
		data.Groups = p.categoryGroups(d)
	case stepDates:
		data.Groups = []group{p.dateGroup(d)}
	case stepRules:
		data.Groups = p.ruleGroups(d)
	case stepStandards:
		if data.Groups, err = c.standardGroups(p, d); err != nil {
			return err
		}
	case stepForms:
		data.Groups = p.formGroups(d)
	case stepCheck:
		check, err := c.Acts.CheckOpening(p.ctx(), p.by(), id)
		if err != nil {
			return err
		}
		data.Check = &check
		for _, refused := range check.Refusals {
			data.Refusals = append(data.Refusals, p.describe(refused))
		}
	}
	return p.show("draft", p.T("draft_of", p.T("draft_"+step)), data)
}

// postDraft keeps one step and goes on to the next, or opens the round.
func (c *Console) postDraft(p *page) error {
	id, step := p.c.Param("round"), p.c.Param("step")
	if step == stepCheck {
		_, err := c.Acts.OpenRound(p.ctx(), p.by(), p.key(""), id)
		if err == nil {
			return p.done(roundAt(id), "opening")
		}
		if err := p.refused(err); err != nil {
			return err
		}
		return c.draft(p)
	}
	d, _, err := c.Acts.DraftOf(p.ctx(), p.by(), id)
	if err != nil {
		return err
	}
	e := &entry{page: p}
	switch step {
	case stepDocument:
		e.document(&d)
	case stepCategories:
		e.categories(&d)
	case stepDates:
		e.dates(&d)
	case stepRules:
		e.rules(&d)
	case stepStandards:
		for i := range d.Categories {
			d.Categories[i].StandardID = int64(e.count(fmt.Sprintf("categories-%d-standard", i)))
		}
	case stepForms:
		e.forms(&d)
	default:
		return award.Refuse(award.NotFound, "", "not_found")
	}
	if err = e.err(); err == nil {
		_, err = c.Acts.EditRound(p.ctx(), p.by(), p.key(""), id, p.revision(), acts.RoundInput{Definition: d})
	}
	if err == nil {
		next := slices.Index(draftSteps(), step) + 1
		if p.Form.Has("stay") {
			next--
		}
		return p.done(draftAt(id, draftSteps()[next]), "saved")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.draft(p)
}

// Documents and contacts.

func (p *page) documentGroups(d award.Definition) []group {
	first := group{Title: p.T("draft_document"), Fields: []field{
		p.Text("title", p.T("label_round_title"), d.Title).as(required),
		p.Text("document_number", p.T("label_document"), d.DocumentNumber), p.Text("approval_number", p.T("label_approval"), d.ApprovalNumber),
	}}
	groups := []group{first}
	for i := range len(d.Contacts) + 1 {
		var known award.Contact
		if i < len(d.Contacts) {
			known = d.Contacts[i]
		}
		at := fmt.Sprintf("contacts-%d", i)
		groups = append(groups, group{p.T("draft_contact", i+1), p.T("help_draft_contact"), []field{
			p.Text(at+"-unit", p.T("label_contact_unit"), known.Unit), p.Text(at+"-phone", p.T("label_phone"), known.Phone),
			p.Text(at+"-address", p.T("label_address"), known.Address), p.Text(at+"-email", p.T("label_email"), known.Email),
		}})
	}
	return groups
}

func (e *entry) document(d *award.Definition) {
	d.Title, d.DocumentNumber, d.ApprovalNumber = e.need("title"), e.trimmed("document_number"), e.trimmed("approval_number")
	d.Contacts = nil
	for i := 0; e.Form.Has(fmt.Sprintf("contacts-%d-unit", i)); i++ {
		at := fmt.Sprintf("contacts-%d", i)
		contact := award.Contact{Unit: e.trimmed(at + "-unit"), Phone: e.trimmed(at + "-phone"), Address: e.trimmed(at + "-address"), Email: e.trimmed(at + "-email")}
		if contact != (award.Contact{}) {
			contact.Unit, contact.Phone = e.need(at+"-unit"), e.need(at+"-phone")
			d.Contacts = append(d.Contacts, contact)
		}
	}
}

// Categories with quota and ratio: each that the Notice or a decision knows, and
// those without a quota are no part of the round.

func (p *page) categoryGroups(d award.Definition) []group {
	var groups []group
	for _, category := range award.Categories() {
		rule := award.CategoryRule{Category: category, Title: category.FullTitle()}
		for _, c := range d.Categories {
			if c.Category == category {
				rule = c
			}
		}
		at := "category-" + string(category)
		number := func(id, label string, n int, help string) field {
			text := ""
			if n > 0 {
				text = strconv.Itoa(n)
			}
			return p.Text(id, label, text).as(func(f *field) { f.Numeric, f.Help = true, help })
		}
		groups = append(groups, group{p.Word("category", category), "", []field{
			number(at+"-quota", p.T("label_quota"), rule.Quota.Places, p.T("help_quota")),
			number(at+"-ratio", p.T("label_ratio"), rule.Quota.Ratio, p.T("help_ratio")),
			p.Text(at+"-title", p.T("label_category_title"), rule.Title),
		}})
	}
	return groups
}

func (e *entry) categories(d *award.Definition) {
	was := d.Categories
	d.Categories = nil
	for _, category := range award.Categories() {
		at := "category-" + string(category)
		rule := award.CategoryRule{Category: category}
		for _, c := range was {
			if c.Category == category {
				rule = c
			}
		}
		rule.Quota = award.Quota{Places: e.count(at + "-quota"), Ratio: e.count(at + "-ratio")}
		if rule.Quota.Places == 0 {
			continue
		}
		if rule.Quota.Ratio == 0 && category != award.City {
			e.say(at+"-ratio", "field_required")
		}
		rule.Title = e.trimmed(at + "-title")
		d.Categories = append(d.Categories, rule)
	}
	if len(d.Categories) == 0 {
		e.say("category-"+string(award.Categories()[0])+"-quota", "draft_no_category")
	}
}

// Dates, all of whose days count.

func (p *page) dateGroup(d award.Definition) group {
	last := func(at time.Time) award.Date {
		if at.IsZero() {
			return award.Date{}
		}
		return award.DateOf(at.Add(-time.Nanosecond))
	}
	until := func(id string, at time.Time) field {
		f := p.Date("dates-"+id, p.T("date_"+id), last(at)).as(required)
		f.Help = p.T("help_to")
		if d.DrillDay != 0 && !p.Form.Has(f.ID) {
			f.Value, f.Help = at.In(award.Beijing).Format(time.DateTime), p.T("help_to_drill")
		}
		return f
	}
	registry := p.Date("registry_date", p.T("label_registry_date"), d.RegistryDate)
	registry.Help = p.T("help_registry_date")
	return group{p.T("draft_dates"), p.T("help_draft_dates"), []field{
		until("self_check", d.Dates.SelfCheckCloses), until("apply", d.Dates.ApplyCloses),
		until("recommendation", d.Dates.RecommendationDue), until("assessment", d.Dates.AssessmentDue), registry,
	}}
}

// dates reads the dates; of a drill also to the second.
func (e *entry) dates(d *award.Definition) {
	until := func(id string) time.Time {
		text := e.need(id)
		if at, err := time.ParseInLocation(time.DateTime, text, award.Beijing); err == nil && d.DrillDay != 0 {
			return at
		}
		if day, err := award.ParseDate(text); err == nil {
			return day.Closes()
		}
		if text != "" {
			e.say(id, "typed_date")
		}
		return time.Time{}
	}
	d.Dates = award.Dates{
		SelfCheckCloses: until("dates-self_check"), ApplyCloses: until("dates-apply"),
		RecommendationDue: until("dates-recommendation"), AssessmentDue: until("dates-assessment"),
	}
	d.RegistryDate = award.Date{}
	if e.trimmed("registry_date") != "" {
		d.RegistryDate = e.date("registry_date")
	}
}

// Standards: the latest published, or one of them by name.

func (c *Console) standardGroups(p *page, d award.Definition) ([]group, error) {
	var fields []field
	for i, rule := range d.Categories {
		found, err := c.Acts.Standards(p.ctx(), p.by(), acts.StandardQuery{Category: rule.Category, Limit: listed})
		if err != nil {
			return nil, err
		}
		choices := []choice{{"0", p.T("standard_latest")}}
		for _, s := range found {
			if s.Version > 0 {
				choices = append(choices, choice{strconv.FormatInt(s.ID, 10), p.T("standard_version", s.Version, s.Title)})
			}
		}
		f := p.Select(fmt.Sprintf("categories-%d-standard", i), rule.Title, strconv.FormatInt(rule.StandardID, 10), choices)
		if len(choices) == 1 {
			f.Help = p.T("standard_sample_only")
		}
		fields = append(fields, f)
	}
	return []group{{p.T("draft_standards"), p.T("help_draft_standards"), fields}}, nil
}

// Forms: a field is taken away by emptying its title, and added in the last lines.

const fieldsAdded = 2

func (p *page) formGroups(d award.Definition) []group {
	kinds := []choice{}
	for _, k := range award.FieldKinds() {
		kinds = append(kinds, choice{string(k), p.Word("fieldkind", k)})
	}
	var groups []group
	for i, rule := range d.Categories {
		for j := range len(rule.Form) + fieldsAdded {
			known, title := award.FormField{Kind: award.FieldText, MaxRunes: 200}, p.T("draft_field_new", rule.Title)
			if j < len(rule.Form) {
				known, title = rule.Form[j], rule.Title+"："+rule.Form[j].Title
			}
			at := fmt.Sprintf("categories-%d-form-%d", i, j)
			yes := ""
			if known.Required {
				yes = "1"
			}
			groups = append(groups, group{title, "", []field{
				p.Text(at+"-title", p.T("label_field_title"), known.Title),
				p.Select(at+"-kind", p.T("label_field_kind"), string(known.Kind), kinds),
				p.Select(at+"-required", p.T("label_field_required"), yes, []choice{{"1", p.T("word_yes")}, {"", p.T("word_no")}}),
				p.Text(at+"-max_runes", p.T("label_field_runes"), strconv.Itoa(known.MaxRunes)),
				p.Text(at+"-choices", p.T("label_field_choices"), strings.Join(known.Choices, "、")),
			}})
		}
	}
	return groups
}

func (e *entry) forms(d *award.Definition) {
	for i := range d.Categories {
		was := d.Categories[i].Form
		form := []award.FormField{}
		for j := 0; e.Form.Has(fmt.Sprintf("categories-%d-form-%d-title", i, j)); j++ {
			at := fmt.Sprintf("categories-%d-form-%d", i, j)
			f := award.FormField{Key: fmt.Sprintf("field_%d", j+1)}
			if j < len(was) {
				f = was[j]
			}
			f.Title, f.Kind, f.Required = e.trimmed(at+"-title"), award.FieldKind(e.trimmed(at+"-kind")), e.trimmed(at+"-required") != ""
			f.MaxRunes, f.Choices = e.count(at+"-max_runes"), nil
			if text := e.trimmed(at + "-choices"); text != "" {
				f.Choices = strings.Split(text, "、")
			}
			if f.Kind != award.FieldNumber {
				f.Least, f.Most = nil, nil
			}
			for slices.ContainsFunc(form, func(g award.FormField) bool { return g.Key == f.Key }) {
				f.Key += "_"
			}
			if f.Title != "" {
				form = append(form, f)
			}
		}
		if len(form) == 0 {
			e.say(fmt.Sprintf("categories-%d-form-0-title", i), "field_required")
		}
		d.Categories[i].Form = form
	}
}
