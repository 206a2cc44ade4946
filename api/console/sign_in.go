package console

import (
	"cmp"
	"strings"
	"unicode"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// mostAddress is the longest address of ours that is gone on to.
const mostAddress = 1000

// local returns an address of ours to go on to; none of anybody else's.
func local(to, otherwise string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || len(to) > mostAddress ||
		strings.ContainsFunc(to, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) {
		return otherwise
	}
	return to
}

// postPreferences keeps how the reader reads: language and size of type.
func (c *Console) postPreferences(p *page) error {
	switch language := p.Form.Get("language"); language {
	case "zh-CN", "en":
		p.setCookie(languageCookie, language, 365*day)
	}
	switch p.Form.Get("large") {
	case "1":
		p.setCookie(largeCookie, "1", 365*day)
	case "0":
		p.setCookie(largeCookie, "", 0)
	}
	p.redirect(local(p.Form.Get("back"), "/"))
	return nil
}

// signIn is the door (登录).
func (c *Console) signIn(p *page) error {
	if p.SignedIn {
		p.redirect("/todo")
		return nil
	}
	return p.showSignIn(p.c.Query("next"))
}

func (p *page) showSignIn(next string) error {
	if p.Form.Has("next") {
		next = p.Form.Get("next")
	}
	return p.show("sign_in", p.T("page_sign_in"), map[string]any{
		"Next":     local(next, ""),
		"Identity": p.console.Identities != nil,
		"Login":    p.Text("login", p.T("label_login"), "").as(func(f *field) { f.Required, f.Complete = true, "username" }),
		"Password": field{
			ID: "password", Kind: "password", Label: p.T("label_password"), Required: true, Complete: "current-password", Wrong: p.Wrong("password"),
		},
		"Key": field{ID: "key-text", Kind: "password", Label: p.T("label_key"), Required: true, Complete: "off", Wrong: p.Wrong("key-text")},
	})
}

// postSignIn opens a session with a name and a password.
func (c *Console) postSignIn(p *page) error {
	token, err := c.Acts.SignIn(p.ctx(), p.login(), p.Form.Get("password"))
	return p.enter(token, p.Form.Get("next"), err)
}

// postSignInByKey opens a session with an API key.
func (c *Console) postSignInByKey(p *page) error {
	token, err := c.Acts.SignInByKey(p.ctx(), strings.TrimSpace(p.Form.Get("key-text")))
	return p.enter(token, p.Form.Get("next"), err)
}

// enter begins with a new session and goes to the work.
func (p *page) enter(token, next string, err error) error {
	if err != nil {
		return p.stayOut(next, err)
	}
	if err := p.begun(token); err != nil {
		return err
	}
	p.redirect(local(next, "/todo"))
	return nil
}

// stayOut says at the door why somebody did not come in.
func (p *page) stayOut(next string, err error) error {
	if err := p.refused(err); err != nil {
		return err
	}
	p.Refusal.Title = p.T("sign_in_failed")
	return p.showSignIn(next)
}

// begun keeps a new session's token with the browser. The session that it had
// before ends.
func (p *page) begun(token string) error {
	if p.SignedIn {
		if err := p.console.Acts.SignOut(p.ctx(), p.token); err != nil {
			return err
		}
	}
	p.setCookie(sessionCookie, token, award.SessionLife)
	return nil
}

// postSignOut ends the session (退出).
func (c *Console) postSignOut(p *page) error {
	if err := c.Acts.SignOut(p.ctx(), p.token); err != nil {
		return err
	}
	p.setCookie(sessionCookie, "", 0)
	p.redirect("/sign-in?done=signed_out")
	return nil
}

// password is where the reader changes the own password (修改密码), and sees what
// identity is bound to the account.
func (c *Console) password(p *page) error {
	secret := func(id, label, complete string) field {
		return field{ID: id, Kind: "password", Label: p.T(label), Required: true, Complete: complete, Wrong: p.Wrong(id)}
	}
	id, err := c.Acts.OwnIdentity(p.ctx(), p.by())
	if err != nil && award.CodeOf(err) != award.NotFound {
		return err
	}
	return p.show("password", p.T("page_password"), map[string]any{
		"Current": secret("current", "label_password_current", "current-password"),
		"New": secret("password", "label_password_new", "new-password").as(func(f *field) {
			f.Help = p.T("help_password", award.LeastPassword)
		}),
		"Again":    secret("again", "label_password_again", "new-password"),
		"Identity": c.Identities != nil,
		"Bound":    err == nil,
		"Name":     cmp.Or(id.Name, id.Subject),
	})
}

// postPassword changes it.
func (c *Console) postPassword(p *page) error {
	err := error(award.RefuseFields(award.Invalid, "D-94", "password_refused", []award.Defect{{Pointer: "/again", Key: "password_differs"}}))
	if p.Form.Get("password") == p.Form.Get("again") {
		_, err = c.Acts.ChangePassword(p.ctx(), p.by(), p.key(""), acts.ChangePassword{
			Current: p.Form.Get("current"), New: p.Form.Get("password"), Session: p.token,
		})
	}
	if err == nil {
		return p.done("/todo", "password")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.password(p)
}
