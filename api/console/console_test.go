package console_test

import (
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/api/console"
	"shifan/api/server"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// house is the pages and the API over a small country.
type house struct {
	*actstest.World
	t       *testing.T
	handler http.Handler
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return houseOver(t, actstest.New(t))
}

func houseOver(t *testing.T, w *actstest.World, with ...func(o *console.Options)) *house {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	options := console.Options{Acts: w.Acts, Standards: server.StandardText{}, Log: log, TemporalUI: "http://temporal.example", Namespace: "default"}
	for _, change := range with {
		change(&options)
	}
	pages, err := console.New(options)
	require.NoError(t, err)
	contract, err := os.ReadFile("../openapi.yaml")
	require.NoError(t, err)
	clock := time.Unix(0, 0)
	handler, err := server.New(server.Options{
		Acts: w.Acts, Log: log, Contract: contract, Pages: pages,
		Now:   func() time.Time { clock = clock.Add(time.Second); return clock }, // a patient visitor
		Ready: func(context.Context) error { return nil },
	})
	require.NoError(t, err)
	return &house{World: w, t: t, handler: handler}
}

// browser is one reader: cookies, and the page that was read last.
type browser struct {
	*house
	cookies map[string]*http.Cookie
	status  int
	header  http.Header
	body    string
	at      string
}

func (h *house) browser() *browser { return &browser{house: h, cookies: make(map[string]*http.Cookie)} }

// as is a browser in which an officer is signed in.
func (h *house) as(o award.Officer) *browser {
	h.t.Helper()
	made, err := h.Acts.CreateKeys(h.t.Context(), h.Admin, h.Key(), []acts.KeyFor{{Office: o.OfficeCode, Officer: o.ID}})
	require.NoError(h.t, err)
	b := h.browser()
	b.post("/sign-in/key", "key-text", made.Result[0].Key)
	require.Equal(h.t, http.StatusSeeOther, b.status, b.body)
	return b
}

func (b *browser) send(r *http.Request) *browser {
	b.t.Helper()
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if b.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	b.status, b.header, b.body, b.at = w.Code, w.Header(), w.Body.String(), r.URL.Path
	return b
}

// get reads a page, following where it leads.
func (b *browser) get(path string) *browser {
	b.t.Helper()
	b.send(httptest.NewRequest(http.MethodGet, path, http.NoBody))
	for range 5 {
		if b.status != http.StatusSeeOther {
			break
		}
		b.send(httptest.NewRequest(http.MethodGet, b.header.Get("Location"), http.NoBody))
	}
	return b
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([a-z0-9_-]+)" value="([^"]*)">`)

// fill returns what the form to an address on the page read last holds, hidden
// fields only, and what is typed into it.
func (b *browser) fill(to string, pairs ...string) url.Values {
	b.t.Helper()
	form := url.Values{}
	if at := strings.Index(b.body, `action="`+to+`"`); at >= 0 {
		end := strings.Index(b.body[at:], "</form>")
		for _, m := range hiddenInput.FindAllStringSubmatch(b.body[at:at+end], -1) {
			form.Set(m[1], m[2])
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// post sends the form to an address on the page read last.
func (b *browser) post(to string, pairs ...string) *browser {
	b.t.Helper()
	return b.submit(to, b.fill(to, pairs...))
}

func (b *browser) submit(to string, form url.Values) *browser {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, to, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// upload sends a form with a file.
func (b *browser) upload(to string, form url.Values, field, name, content string) *browser {
	b.t.Helper()
	var body strings.Builder
	m := multipart.NewWriter(&body)
	for key := range form {
		require.NoError(b.t, m.WriteField(key, form.Get(key)))
	}
	part, err := m.CreateFormFile(field, name)
	require.NoError(b.t, err)
	_, err = io.WriteString(part, content)
	require.NoError(b.t, err)
	require.NoError(b.t, m.Close())
	r := httptest.NewRequest(http.MethodPost, to, strings.NewReader(body.String()))
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.send(r)
}

// sees fails unless the page says each of the texts.
func (b *browser) sees(texts ...string) *browser {
	b.t.Helper()
	for _, text := range texts {
		require.Contains(b.t, b.body, text, "%s answers %d", b.at, b.status)
	}
	return b
}

// mostPage is how many bytes a page may have on a slow line.
const mostPage = 100_000

// whole fails unless the page is one a careful reader may be sent.
func (b *browser) whole(status int) *browser {
	b.t.Helper()
	require.Equal(b.t, status, b.status, "%s: %s", b.at, b.body)
	require.Less(b.t, len(b.body), mostPage, b.at)
	require.Contains(b.t, b.header.Get("Content-Security-Policy"), "default-src 'none'", b.at)
	require.NotContains(b.t, b.body, "<script", b.at)
	require.NotContains(b.t, b.body, " style=", b.at)
	require.NotContains(b.t, b.body, "ZgotmplZ", b.at)
	require.NotContains(b.t, b.body, "%!", b.at)
	require.NotRegexp(b.t, `>[a-z]+_[a-z_]+<`, b.body, "%s shows the key of a text", b.at)
	return b
}

var (
	textInput    = regexp.MustCompile(`<input type="text" id="[^"]*" name="([^"]+)" value="([^"]*)"`)
	chosenOption = regexp.MustCompile(`(?s)<select id="[^"]*" name="([^"]+)"[^>]*>(?:<option value="[^"]*">[^<]*</option>)*<option value="([^"]*)" selected>`)
	textArea     = regexp.MustCompile(`(?s)<textarea id="[^"]*" name="([^"]+)"[^>]*>\n(.*?)</textarea>`)
)
