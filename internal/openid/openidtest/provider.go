// Package openidtest is a small identity provider (统一身份认证) for tests: over
// HTTP, with keys of its own, as strict as the standard asks and wrong where a
// test wants it.
package openidtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/stretchr/testify/require"

	"shifan/internal/openid"
)

// What the provider and the client have agreed on.
const (
	clientID     = "shifan"
	clientSecret = "s&cret/of shifan" // to be encoded where it is sent
	returnPath   = "/sign-in/identity/return"
)

// Provider is a provider at which a person is signed in.
type Provider struct {
	t       *testing.T
	site    *httptest.Server
	returns string // where browsers are sent back to

	mu      sync.Mutex
	down    bool
	person  map[string]any
	change  func(claims map[string]any)
	sign    func(claims string) string
	openid  oidctest.Server
	codes   map[string]asked
	asks    int // tokens asked for
	finds   int // of what the provider says of itself
	inForm  bool
	decline string
}

// asked is what a code was given for.
type asked struct{ nonce, challenge string }

// New starts a provider.
func New(t *testing.T) *Provider {
	t.Helper()
	p := &Provider{t: t, returns: "https://shifan.example" + returnPath, person: map[string]any{"sub": "u-1", "name": "张三"}, codes: make(map[string]asked)}
	p.site = httptest.NewServer(p)
	t.Cleanup(p.site.Close)
	p.openid.Algorithms = []string{oidc.ES256}
	p.openid.SetIssuer(p.site.URL)
	p.Rotate()
	return p
}

// Rotate gives the provider a new key; the one before signs nothing any more.
func (p *Provider) Rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(p.t, err)
	name := rand.Text()
	p.set(func() {
		p.openid.PublicKeys = []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: name, Algorithm: oidc.ES256}}
		p.sign = func(claims string) string { return oidctest.SignIDToken(key, name, oidc.ES256, claims) }
	})
}

// Person says who is signed in at the provider.
func (p *Provider) Person(subject, name string) {
	p.set(func() { p.person = map[string]any{"sub": subject, "name": name} })
}

// Change changes what a token says before it is signed.
func (p *Provider) Change(change func(claims map[string]any)) { p.set(func() { p.change = change }) }

// Unsigned makes tokens of the algorithm none.
func (p *Provider) Unsigned() {
	p.set(func() {
		p.sign = func(claims string) string {
			part := base64.RawURLEncoding.EncodeToString
			return part([]byte(`{"alg":"none"}`)) + "." + part([]byte(claims)) + "."
		}
	})
}

// Forged signs with a key that the provider does not name.
func (p *Provider) Forged() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(p.t, err)
	p.set(func() {
		name := p.openid.PublicKeys[0].KeyID
		p.sign = func(claims string) string { return oidctest.SignIDToken(key, name, oidc.ES256, claims) }
	})
}

// Down takes the provider away, or brings it back.
func (p *Provider) Down(down bool) { p.set(func() { p.down = down }) }

// Decline makes the person, or the provider, decline; "": no more.
func (p *Provider) Decline(with string) { p.set(func() { p.decline = with }) }

// InForm makes the provider take the client's secret in the form alone.
func (p *Provider) InForm() { p.set(func() { p.inForm = true }) }

// Asked returns how often the provider was asked for itself and for a token.
func (p *Provider) Asked() (finds, tokens int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.finds, p.asks
}

func (p *Provider) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// ReturnTo says where the pages are that browsers are sent back to, before there is
// a client.
func (p *Provider) ReturnTo(site string) { p.set(func() { p.returns = site + returnPath }) }

// URL is where the provider is: its issuer.
func (p *Provider) URL() string { return p.site.URL }

// Client is a client that the provider knows.
func (p *Provider) Client(now func() time.Time) *openid.Provider {
	return openid.New(openid.Settings{
		Issuer: p.site.URL, ClientID: clientID, ClientSecret: clientSecret, RedirectURL: p.returns,
	}, now, slog.New(slog.NewTextHandler(p.t.Output(), nil)))
}

// Visit goes where a browser is sent, and returns where the provider sends it back
// to.
func (p *Provider) Visit(address string) *url.URL {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(p.t, err)
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(p.t, err)
	defer answer.Body.Close()
	require.Equal(p.t, http.StatusFound, answer.StatusCode)
	back, err := answer.Location()
	require.NoError(p.t, err)
	require.True(p.t, strings.HasPrefix(back.String(), p.returns+"?"), back)
	return back
}

// ServeHTTP is the provider.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.down:
		http.Error(w, "maintenance", http.StatusServiceUnavailable)
	case r.URL.Path == "/auth":
		p.authorize(w, r)
	case r.URL.Path == "/token":
		p.token(w, r)
	case strings.HasPrefix(r.URL.Path, "/.well-known/"):
		p.finds++
		p.describe(w, r)
	default:
		p.openid.ServeHTTP(w, r)
	}
}

// describe is what the provider says of itself.
func (p *Provider) describe(w http.ResponseWriter, r *http.Request) {
	if !p.inForm {
		p.openid.ServeHTTP(w, r)
		return
	}
	said := httptest.NewRecorder()
	p.openid.ServeHTTP(said, r)
	var document map[string]any
	if err := json.Unmarshal(said.Body.Bytes(), &document); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	document["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"}
	send(w, http.StatusOK, document)
}

// authorize gives a code to whoever asks rightly.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": clientID, "redirect_uri": p.returns, "code_challenge_method": "S256", "scope": "openid profile",
	} {
		if q.Get(name) != want {
			http.Error(w, name+" is "+q.Get(name), http.StatusBadRequest)
			return
		}
	}
	back := url.Values{"state": {q.Get("state")}}
	if p.decline != "" {
		back.Set("error", p.decline)
	} else {
		back.Set("code", rand.Text())
		p.codes[back.Get("code")] = asked{q.Get("nonce"), q.Get("code_challenge")}
	}
	http.Redirect(w, r, p.returns+"?"+back.Encode(), http.StatusFound)
}

// token gives an ID token for a code, once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.asks++
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	if p.inForm {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if id != clientID || secret != clientSecret {
		send(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	code := r.PostFormValue("code")
	given, ok := p.codes[code]
	delete(p.codes, code)
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || r.PostFormValue("redirect_uri") != p.returns || base64.RawURLEncoding.EncodeToString(challenge[:]) != given.challenge {
		send(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	claims := map[string]any{
		"iss": p.site.URL, "aud": clientID, "nonce": given.nonce, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
	maps.Copy(claims, p.person)
	if p.change != nil {
		p.change(claims)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, http.StatusOK, map[string]any{
		"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": p.sign(string(text)),
	})
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked may be gone
}
