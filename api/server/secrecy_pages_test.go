package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"shifan/api/console"
	"shifan/internal/award"
)

// TestNobodyReadsOnAPageWhatIsNotTheirs asks every page in everybody's name, in
// the country of the secrecy matrix. It is made from the routes as they are laid
// out, so that a page added tomorrow is asked too.
func TestNobodyReadsOnAPageWhatIsNotTheirs(t *testing.T) {
	m := newMatrix(t)
	m.values["file"], m.values["category"] = m.values["application"], []string{string(award.Community)}
	m.values["number"], m.values["lever"] = append(m.values["title"], m.values["number"]...), []string{string(award.ActSuspendRound)}
	m.values["step"], m.values["change"] = []string{"document"}, []string{"1"}
	log := slog.New(slog.DiscardHandler)
	pages, err := console.New(console.Options{Acts: m.Acts, Standards: StandardText{}, Log: log})
	require.NoError(t, err)
	m.handler, err = New(Options{Acts: m.Acts, Log: log, Contract: contractText(t), Pages: pages, Now: time.Now})
	require.NoError(t, err)
	engine, ok := m.handler.(*gin.Engine)
	require.True(t, ok)

	var routes []string
	for _, r := range engine.Routes() {
		beside := slices.ContainsFunc([]string{prefix, "/docs", "/static", "/livez", "/readyz", "/metrics"}, func(other string) bool {
			return strings.HasPrefix(r.Path, other)
		})
		if r.Method == http.MethodGet && !beside {
			routes = append(routes, r.Path)
		}
	}
	slices.Sort(routes)
	require.Greater(t, len(routes), 50)
	asked, shown := 0, map[string]bool{}
	for _, r := range m.readers {
		// A page asks the same acts as the API, whose matrix has every role of every office.
		if r.office == award.CodeNation && !slices.Contains([]award.Role{award.RoleClerk, award.RoleExpert}, r.role) {
			continue
		}
		session := m.signsIn(r)
		for _, route := range routes {
			for _, path := range m.paths(route) {
				for _, filter := range []string{"", "?" + url.Values{"office": {foreign}, "unit": {foreignUnit}, "year": {"2026"}, "all": {"1"}}.Encode()} {
					asked++
					answer := m.visits(path+filter, session)
					shown[route] = shown[route] || answer.Code < http.StatusBadRequest
					m.look(r, request{route: route, operation: route, method: http.MethodGet, path: path + filter}, answer)
				}
			}
		}
	}
	hidden := slices.DeleteFunc(slices.Clone(routes), func(route string) bool { return shown[route] })
	require.Less(t, len(hidden), len(routes)/4, "of these the country has nothing to show, and to ask for nothing proves nothing: %v", hidden)
	t.Logf("%d pages of %d routes; nobody who asked was shown %v", asked, len(routes), hidden)
}

// paths fills the holes of a page's address with what the matrix knows by their
// names.
func (m *matrix) paths(route string) []string {
	m.t.Helper()
	paths := []string{route}
	for _, hole := range regexp.MustCompile(`:[a-z0-9]+`).FindAllString(route, -1) {
		values := m.values[hole[1:]]
		if len(values) == 0 {
			m.t.Errorf("tell the matrix what %s needs: values of %q", route, hole[1:])
			return nil
		}
		var longer []string
		for _, path := range paths {
			for _, value := range values {
				longer = append(longer, strings.Replace(path, hole, url.PathEscape(value), 1))
			}
		}
		paths = longer
	}
	return paths
}

// visits reads a page.
func (m *matrix) visits(path string, session *http.Cookie) *httptest.ResponseRecorder {
	m.t.Helper()
	in := httptest.NewRequestWithContext(m.t.Context(), http.MethodGet, path, http.NoBody)
	in.RemoteAddr = m.address()
	if session != nil {
		in.AddCookie(session)
	}
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, in)
	if w.Code >= http.StatusInternalServerError {
		m.t.Errorf("%s answers %d", path, w.Code)
	}
	return w
}

// signsIn opens a session with a reader's key; nil for the public.
func (m *matrix) signsIn(r reader) *http.Cookie {
	m.t.Helper()
	if r.key == "" {
		return nil
	}
	in := httptest.NewRequestWithContext(m.t.Context(), http.MethodPost, "/sign-in/key", strings.NewReader(url.Values{"key-text": {r.key}}.Encode()))
	in.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	in.RemoteAddr = m.address()
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, in)
	cookies := w.Result().Cookies()
	at := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == "shifan_session" })
	require.GreaterOrEqual(m.t, at, 0, "%s signs in: %d %s", r, w.Code, w.Body)
	return cookies[at]
}
