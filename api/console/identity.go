package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// IdentityProvider is where officers prove who they are elsewhere (统一身份认证).
// internal/openid implements it.
type IdentityProvider interface {
	// Address returns where to send a browser that holds a secret.
	Address(ctx context.Context, secret string) (string, error)
	// Identify returns who has come back from there, with an answer, in the
	// browser that holds the secret.
	Identify(ctx context.Context, secret string, answer url.Values) (acts.Identity, error)
}

// Names of cookies: of an attempt to sign in elsewhere, and of an identity that is
// proved and not bound.
const (
	attemptCookie = "shifan_attempt"
	proofCookie   = "shifan_proof"
)

// Where the identity provider sends browsers back to, and where an identity that
// is bound to nobody yet is bound.
const (
	returnAt  = "/sign-in/identity/return"
	bindingAt = "/sign-in/identity/binding"
)

// serveIdentity lays out the way to the identity provider and back. That way is
// links and redirects alone: some browsers hold form-action against every redirect
// that follows a form, and where a provider leads to is not ours to know.
func (c *Console) serveIdentity(public gin.IRouter) {
	if c.Identities == nil {
		return
	}
	public.GET("/sign-in/identity", c.open(c.identity))
	public.GET(returnAt, c.open(c.identityReturn))
	public.GET(bindingAt, c.open(c.binding))
	public.POST(bindingAt, c.open(c.postBinding))
}

// identity sends the browser to the identity provider.
func (c *Console) identity(p *page) error {
	next, secret := p.c.Query("next"), rand.Text()
	address, err := c.Identities.Address(p.ctx(), secret)
	if err != nil {
		return p.unidentified(next, err)
	}
	p.keep(attemptCookie, secret, next, award.AttemptLife)
	p.c.Header("Cache-Control", "no-store")
	p.c.Redirect(http.StatusSeeOther, address)
	return nil
}

// identityReturn takes the provider's answer. Whom the identity is bound to is
// signed in; whoever is signed in already, or bound to nobody, is asked for the
// password of the account first: at a desk that several people use, the one whom
// the provider still knows may be another.
func (c *Console) identityReturn(p *page) error {
	secret, next := p.kept(attemptCookie)
	p.setCookie(attemptCookie, "", 0)
	p.c.Header("Cache-Control", "no-store")
	id, err := c.Identities.Identify(p.ctx(), secret, p.c.Request.URL.Query())
	if err != nil {
		return p.unidentified(next, err)
	}
	if !p.SignedIn {
		token, err := c.Acts.SignInByIdentity(p.ctx(), id)
		if award.CodeOf(err) != award.NotFound {
			return p.enter(token, next, err)
		}
	}
	proof, err := c.Acts.ProveIdentity(p.ctx(), id)
	if err != nil {
		return err
	}
	p.keep(proofCookie, proof, next, award.ProofLife)
	p.redirect(bindingAt)
	return nil
}

// binding asks for the account that a proved identity is to be bound to (绑定).
func (c *Console) binding(p *page) error {
	proof, next := p.kept(proofCookie)
	id, err := c.Acts.ProvedIdentity(p.ctx(), proof)
	if err != nil {
		return p.unidentified(next, err)
	}
	return p.show("binding", p.T("page_binding"), map[string]any{
		"Name":  cmp.Or(id.Name, id.Subject),
		"Login": p.Text("login", p.T("label_login"), "").as(func(f *field) { f.Required, f.Complete = true, "username" }),
		"Password": field{
			ID: "password", Kind: "password", Label: p.T("label_password"), Required: true, Complete: "current-password", Wrong: p.Wrong("password"),
		},
	})
}

// postBinding binds it and signs in.
func (c *Console) postBinding(p *page) error {
	proof, next := p.kept(proofCookie)
	login := p.login()
	if p.SignedIn {
		login = p.Session.Login
	}
	token, err := c.Acts.BindIdentity(p.ctx(), proof, login, p.Form.Get("password"))
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.binding(p)
	}
	if err := p.begun(token); err != nil {
		return err
	}
	p.setCookie(proofCookie, "", 0)
	return p.done(local(next, "/todo"), "identity_bound")
}

// unidentified says what went wrong on the way, where it had begun.
func (p *page) unidentified(next string, err error) error {
	if !p.SignedIn {
		return p.stayOut(next, err)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return p.console.password(p)
}

// postUnbinding unbinds what is bound to the reader's account (解除绑定).
func (c *Console) postUnbinding(p *page) error {
	if _, err := c.Acts.UnbindIdentity(p.ctx(), p.by(), p.key(""), p.token); err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.password(p)
	}
	return p.done("/password", "identity_unbound")
}

// keep keeps a secret with the browser for a while, and where to go on to.
func (p *page) keep(name, secret, next string, life time.Duration) {
	p.setCookie(name, secret+"."+base64.RawURLEncoding.EncodeToString([]byte(local(next, ""))), life)
}

// kept returns what the browser keeps; nothing when it keeps nothing.
func (p *page) kept(name string) (secret, next string) {
	secret, rest, _ := strings.Cut(p.console.cookie(p.c, name), ".")
	to, err := base64.RawURLEncoding.DecodeString(rest)
	if err != nil {
		return secret, ""
	}
	return secret, string(to)
}
