package console

import (
	"strconv"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// number reads a whole number that a page of ours has sent; 0 when it is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// formPage is the application form of a unit (申报表).
type formPage struct {
	acts.File
	Round  acts.RoundStanding
	Title  string
	Sample bool
	Fields []field
	Check  string
}

// postFile starts a unit's application, pre-filled with what is known.
func (c *Console) postFile(p *page) error {
	made, err := c.Acts.CreateApplication(p.ctx(), p.by(), p.key(""), acts.CreateApplication{
		Round: p.c.Param("round"), Unit: p.Form.Get("unit"), Category: award.Category(p.Form.Get("category")),
	})
	if err != nil {
		return err
	}
	p.redirect(fileAt(made.Result) + "/form")
	return nil
}

// form shows the form to be filled in.
func (c *Console) form(p *page) error {
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	var data formPage
	if data.Round, err = c.Acts.Round(p.ctx(), p.by(), p.c.Param("round")); err != nil {
		return err
	}
	if data.File, err = c.Acts.Application(p.ctx(), p.by(), p.c.Param("round"), id); err != nil {
		return err
	}
	rule, _, err := c.Acts.Standard(p.ctx(), p.by(), data.Round.ID, data.Category)
	if err != nil {
		return err
	}
	data.Title, data.Sample, data.Check = rule.Title, rule.Standard.Sample, checkAt(data.Round.ID, data.UnitCode, data.Category)
	for _, f := range rule.Form {
		data.Fields = append(data.Fields, p.formField(f, data.File.Form[f.Key]))
	}
	if p.Refusal != nil {
		for i, item := range p.Refusal.Items {
			if item.ID == "self_check" {
				p.Refusal.Items[i].Href = data.Check
			}
		}
	}
	return p.show("form", p.T("page_form"), data)
}

// formField makes a field of the round's form.
func (p *page) formField(f award.FormField, value string) field {
	id := "form-" + f.Key
	made := p.Text(id, f.Title, value)
	switch f.Kind {
	case award.FieldChoice:
		made.Kind, made.Choices = "select", []choice{{"", p.T("label_choose")}}
		for _, c := range f.Choices {
			made.Choices = append(made.Choices, choice{c, c})
		}
	case award.FieldYesNo:
		made.Kind, made.Choices = "select", []choice{{"", p.T("label_choose")}, {"是", p.T("word_yes")}, {"否", p.T("word_no")}}
	case award.FieldDate:
		made.Help = p.T("help_date")
	case award.FieldNumber:
		made.Numeric = true
	case award.FieldText, award.FieldPhone, award.FieldCreditCode:
		if f.MaxRunes > 200 {
			made.Kind, made.Rows, made.Help = "lines", 14, p.T("help_runes", f.MaxRunes)
		}
	}
	if f.Help != "" {
		made.Help = f.Help
	}
	made.Required = f.Required
	return made
}

// postForm keeps the form as it is, and files it when asked to.
func (c *Console) postForm(p *page) error {
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	in := acts.EditApplication{Round: p.c.Param("round"), Application: id, Revision: p.revision(), Form: make(map[string]string)}
	for name := range p.Form {
		if key, ours := strings.CutPrefix(name, "form-"); ours {
			in.Form[key] = strings.TrimSpace(p.Form.Get(name))
		}
	}
	edited, err := c.Acts.EditApplication(p.ctx(), p.by(), p.key(""), in)
	file := p.Form.Has("file")
	if err == nil && file {
		_, err = c.Acts.FileApplication(p.ctx(), p.by(), p.key("#file"), acts.OnFile{
			Round: in.Round, Application: id, Revision: edited.Result.Revision,
		})
	}
	switch {
	case err == nil && file:
		return p.done(fileAt(edited.Result), "filed")
	case err == nil:
		return p.done(fileAt(edited.Result)+"/form", "saved")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.form(p)
}
