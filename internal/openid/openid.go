// Package openid lets officers prove who they are at an identity provider
// (统一身份认证) by OpenID Connect: authorization code, PKCE, and an ID token that
// is verified. Whose account that opens is decided in internal/acts; nothing is
// kept here.
package openid

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Settings are what the identity provider and we have agreed on.
type Settings struct {
	Issuer       string // exactly as its tokens name it
	ClientID     string
	ClientSecret string
	RedirectURL  string // where it sends browsers back to, exactly as registered there
}

const (
	// patience bounds each question to the provider: a person waits.
	patience = 5 * time.Second
	// skew is how far the provider's clock may be behind ours when a token ends.
	skew = time.Minute
	// Longest texts of a token that are taken: a subject by OpenID Connect Core 2,
	// a name for people to read.
	mostSubject, mostName = 255, 100
)

// Provider is the identity provider. It is found when it is first asked for, so
// that one that is down keeps nobody from starting.
type Provider struct {
	settings Settings
	now      func() time.Time
	log      *slog.Logger
	client   *http.Client
	finding  singleflight.Group
	known    atomic.Pointer[endpoints]
}

// endpoints are what the provider says of itself.
type endpoints struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// New returns a provider that has not been asked anything yet.
func New(settings Settings, now func() time.Time, log *slog.Logger) *Provider {
	return &Provider{settings: settings, now: now, log: log, client: &http.Client{Timeout: patience}}
}

// Address returns where a browser proves who its reader is. secret is the
// browser's own, for this one attempt: what the provider gets to see of it are
// digests.
func (p *Provider) Address(ctx context.Context, secret string) (string, error) {
	at, err := p.find(ctx)
	if err != nil {
		return "", err
	}
	return at.oauth.AuthCodeURL(part(secret, "state"), oidc.Nonce(part(secret, "nonce")),
		oauth2.S256ChallengeOption(part(secret, "verifier"))), nil
}

// Identify returns who has come back from the provider with an answer, in the
// browser that left with the secret.
func (p *Provider) Identify(ctx context.Context, secret string, answer url.Values) (acts.Identity, error) {
	if secret == "" || !same(answer.Get("state"), part(secret, "state")) {
		return acts.Identity{}, award.Refuse(award.Closed, "D-119", "identity_over")
	}
	if said := answer.Get("error"); said != "" {
		p.log.WarnContext(ctx, "identity provider declines", "error", said)
		return acts.Identity{}, award.Refuse(award.Forbidden, "D-119", "identity_declined")
	}
	at, err := p.find(ctx)
	if err != nil {
		return acts.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := at.oauth.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(part(secret, "verifier")))
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response.StatusCode < http.StatusInternalServerError {
		return acts.Identity{}, p.unproved(ctx, fmt.Errorf("the code was refused: %s %s", refused.Response.Status, refused.ErrorCode))
	}
	if err != nil {
		return acts.Identity{}, p.away(ctx, fmt.Errorf("exchange the code: %w", err))
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := at.verifier.Verify(ctx, raw)
	if err != nil {
		return acts.Identity{}, p.unproved(ctx, fmt.Errorf("verify the ID token: %w", err))
	}
	id, err := p.read(token, part(secret, "nonce"))
	if err != nil {
		return acts.Identity{}, p.unproved(ctx, err)
	}
	return id, nil
}

// read takes what a verified token says of the person, if it is the answer to our
// question.
func (p *Provider) read(token *oidc.IDToken, nonce string) (acts.Identity, error) {
	var claims struct {
		For      string `json:"azp"` // for whom it was made, where that is said
		Name     string `json:"name"`
		Username string `json:"preferred_username"`
	}
	if err := token.Claims(&claims); err != nil {
		return acts.Identity{}, fmt.Errorf("read the ID token: %w", err)
	}
	switch {
	case !same(token.Nonce, nonce):
		return acts.Identity{}, errors.New("the ID token answers another question")
	case claims.For != "" && claims.For != p.settings.ClientID:
		return acts.Identity{}, errors.New("the ID token was made for another client")
	case token.Subject == "" || len(token.Subject) > mostSubject || strings.ContainsFunc(token.Subject, unicode.IsControl):
		return acts.Identity{}, errors.New("the ID token has no subject that can be kept")
	}
	return acts.Identity{Issuer: p.settings.Issuer, Subject: token.Subject, Name: readable(cmp.Or(claims.Name, claims.Username))}, nil
}

// find asks the provider for what it says of itself, until it has answered once.
func (p *Provider) find(ctx context.Context) (*endpoints, error) {
	if at := p.known.Load(); at != nil {
		return at, nil
	}
	asked := p.finding.DoChan("", func() (any, error) {
		at, err := p.discover(oidc.ClientContext(context.WithoutCancel(ctx), p.client)) // for whoever waits
		if err == nil {
			p.known.Store(at)
		}
		return at, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case answer := <-asked:
		if answer.Err != nil {
			return nil, p.away(ctx, fmt.Errorf("find the identity provider: %w", answer.Err))
		}
		return p.known.Load(), nil
	}
}

func (p *Provider) discover(ctx context.Context) (*endpoints, error) {
	found, err := oidc.NewProvider(ctx, p.settings.Issuer)
	if err != nil {
		return nil, err
	}
	var said struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"` // none: client_secret_basic, by Discovery 3
	}
	if err := found.Claims(&said); err != nil {
		return nil, err
	}
	endpoint := found.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(said.Methods) > 0 && !slices.Contains(said.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &endpoints{
		oauth: oauth2.Config{
			ClientID: p.settings.ClientID, ClientSecret: p.settings.ClientSecret, RedirectURL: p.settings.RedirectURL,
			Endpoint: endpoint, Scopes: []string{oidc.ScopeOpenID, oidc.ScopeProfile},
		},
		verifier: found.VerifierContext(ctx, &oidc.Config{
			ClientID: p.settings.ClientID, Now: func() time.Time { return p.now().Add(-skew) },
		}),
	}, nil
}

// away is a provider that does not answer as it should: whoever asked is told to
// come back, or to sign in with the account.
func (p *Provider) away(ctx context.Context, cause error) error {
	p.log.WarnContext(ctx, "identity provider away", "error", cause)
	return award.Refuse(award.Unavailable, "D-119", "identity_away")
}

// unproved is an answer that proves nothing. Why is for the operator alone.
func (p *Provider) unproved(ctx context.Context, cause error) error {
	p.log.WarnContext(ctx, "identity not proved", "error", cause)
	return award.Refuse(award.Forbidden, "D-119", "identity_unproved")
}

// part is one of the numbers of an attempt: a digest of the browser's secret,
// which nobody makes who has not the cookie, and of which none leads to another.
func part(secret, name string) string {
	sum := sha256.Sum256([]byte(name + "\n" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// readable is a name as the record keeps it: in one line, and not too long.
func readable(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if runes := []rune(name); len(runes) > mostName {
		name = string(runes[:mostName])
	}
	return strings.TrimSpace(name)
}
