package console

import (
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// staffPage is the accounts of an office and of those directly below (账号).
type staffPage struct {
	May      bool // make accounts
	Officers []acts.OfficerRecord
	Next     string
	Below    []acts.RegisterUnit // offices directly below, for which nobody acts yet
	Handed   *acts.HandedLogin   // shown once
	Name     field
	Login    field
	Role     field
	Office   field
}

// staff lists the accounts.
func (c *Console) staff(p *page) error { return c.showStaff(p, nil) }

func (c *Console) showStaff(p *page, handed *acts.HandedLogin) error {
	by := p.by()
	data := staffPage{May: by.Has(award.RoleAdmin, award.RoleHead), Handed: handed}
	var err error
	if data.Officers, err = c.Acts.Officers(p.ctx(), by, by.OfficeCode, acts.OfficerQuery{After: p.after(), Limit: listed}); err != nil {
		return err
	}
	if len(data.Officers) == listed {
		data.Next = p.next(data.Officers[listed-1].ID)
	}
	if data.May {
		if data.Below, err = c.Acts.OfficesToStaff(p.ctx(), by); err != nil {
			return err
		}
		data.Name = p.Text("name", p.T("label_person"), "").as(required)
		data.Login = p.Text("login", p.T("label_login"), "").as(func(f *field) {
			f.Required, f.Help, f.Complete = true, p.T("help_login"), "off"
		})
		data.Role = p.Select("roles-0", p.T("label_role"), string(award.RoleClerk), p.roles())
		offices := []choice{{by.OfficeCode, p.Session.OfficeName}}
		for _, unit := range data.Below {
			offices = append(offices, choice{unit.Code, unit.Code + " " + unit.Name})
		}
		data.Office = p.Select("office", p.T("label_office"), by.OfficeCode, offices)
		data.Office.Help = p.T("help_office_below")
	}
	return p.show("staff", p.T("page_staff"), data)
}

// roles are the roles that the reader may give.
func (p *page) roles() []choice {
	var out []choice
	for _, role := range award.Roles() {
		if role != award.RoleAdmin || p.by().Has(award.RoleAdmin) {
			out = append(out, choice{string(role), p.Word("role", role)})
		}
	}
	return out
}

// postOfficer adds an officer to the office, or the first of one directly below,
// with a login.
func (c *Console) postOfficer(p *page) error {
	made, err := c.Acts.CreateOfficer(p.ctx(), p.by(), p.key(""), acts.CreateOfficer{
		Name: strings.TrimSpace(p.Form.Get("name")), Office: p.Form.Get("office"),
		Roles: []award.Role{award.Role(p.Form.Get("roles-0"))}, Login: p.login(),
	})
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.staff(p)
	}
	p.Form = nil
	return c.showStaff(p, &acts.HandedLogin{Officer: made.Result.ID, Login: made.Result.Login, Password: made.Result.Password})
}

// login reads a name to sign in with as people type it.
func (p *page) login() string { return strings.ToLower(strings.TrimSpace(p.Form.Get("login"))) }

// postLogin opens or resets an officer's login and shows its temporary password,
// this once.
func (c *Console) postLogin(p *page) error {
	id, err := p.integer("officer")
	if err != nil {
		return err
	}
	in := acts.SetLogin{Officer: id, Login: p.login()}
	done, err := c.Acts.SetLogin(p.ctx(), p.by(), p.key(""), in)
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.staff(p)
	}
	p.Form = nil
	return c.showStaff(p, &done.Result)
}

// postDisabling stops an officer's account.
func (c *Console) postDisabling(p *page) error {
	id, err := p.integer("officer")
	if err != nil {
		return err
	}
	if _, err := c.Acts.DisableOfficer(p.ctx(), p.by(), p.key(""), id, strings.TrimSpace(p.Form.Get("reason"))); err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.staff(p)
	}
	return p.done("/staff", "disabled")
}
