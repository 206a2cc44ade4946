package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
	"shifan/internal/register"
)

// house is the whole API over a database of its own, with a small register: the
// nation, two provinces, one chain down to a community, and what a test adds.
type house struct {
	t       *testing.T
	db      *sqlx.DB
	acts    *acts.Acts
	handler http.Handler
	admin   string // the first administrator's key
	log     *bytes.Buffer
}

// deaf is a procedure that hears everything and does nothing.
type deaf struct{}

func (deaf) Signal(context.Context, acts.Signal) error { return nil }

func newHouse(t *testing.T, more ...register.Row) *house {
	t.Helper()
	h := &house{t: t, db: pgtest.New(t), log: new(bytes.Buffer)}
	store := postgres.New(h.db)
	rows := append(register.Roots(),
		register.Row{Code: "41", Name: "河南省", Kind: award.KindProvince, Sure: true},
		register.Row{Code: "4101", Name: "郑州市", Kind: award.KindPrefecture, Sure: true},
		register.Row{Code: "410102", Name: "中原区", Kind: award.KindDistrict, Sure: true},
		register.Row{Code: "410102001", Name: "林山寨街道", Kind: award.KindStreet, Sure: true},
		register.Row{Code: "410102001001", Name: "友爱路社区", Kind: award.KindCommunity, Sure: false},
		register.Row{Code: "42", Name: "湖北省", Kind: award.KindProvince, Sure: true},
	)
	rows = append(rows, more...)
	list := func(yield func(register.Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
	if _, err := store.ImportRegister(t.Context(), "test", award.Date{Year: 2020, Month: 1, Day: 1}, list, func(int) {}); err != nil {
		t.Fatalf("import register: %v", err)
	}
	h.acts = acts.New(store, deaf{}, h.logger())
	var err error
	if h.admin, err = h.acts.EnsureAdministrator(t.Context(), ""); err != nil || h.admin == "" {
		t.Fatalf("ensure administrator: %q, %v", h.admin, err)
	}
	h.handler = serverOver(t, h.acts, h.logger())
	return h
}

func (h *house) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(h.log, nil)) }

func serverOver(t *testing.T, a *acts.Acts, log *slog.Logger) http.Handler {
	t.Helper()
	handler, err := New(Options{
		Acts: a, Log: log, Contract: contractText(t), Now: time.Now,
		Ready: func(context.Context) error { return nil },
	})
	if err != nil {
		t.Fatalf("make the server: %v", err)
	}
	return handler
}

func contractText(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// call asks the API. body is JSON text, or a value to be written as JSON.
// headers are "Name: value".
func (h *house) call(key, method, path string, body any, headers ...string) answer {
	h.t.Helper()
	var reader io.Reader = http.NoBody
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			h.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r := httptest.NewRequest(method, path, reader)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return answer{h.t, w.Code, w.Header(), w.Body.Bytes()}
}

// want fails unless the status is as given, and returns the answer.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// refused fails unless the answer is a problem with the status and code.
func (a answer) refused(status int, code award.Code) Problem {
	a.t.Helper()
	a.want(status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Fatalf("Content-Type %q", got)
	}
	p := into[Problem](a)
	if p.Code != ProblemCode(code) || p.Status != status {
		a.t.Fatalf("problem %+v, want %s", p, code)
	}
	return p
}

func into[T any](a answer) T {
	a.t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.t.Fatalf("read answer %s: %v", a.body, err)
	}
	return v
}

// officerOf makes an officer of an office with the roles and returns its key.
func (h *house) officerOf(office string, roles ...string) string {
	h.t.Helper()
	request := map[string]any{"office": office, "name": office + strings.Join(roles, "")}
	if len(roles) > 0 {
		request["roles"] = roles
	}
	a := h.call(h.admin, "POST", "/api/v1/keys", map[string]any{"offices": []any{request}}).want(http.StatusCreated)
	return *into[CreateKeys201JSONResponse](a).Items[0].Key
}

func TestMalformedRequestsAreRefusedWithEveryDefect(t *testing.T) {
	h := newHouse(t)
	const officers = "/api/v1/officers"
	tests := map[string]struct {
		method, path string
		body         any
		headers      []string
		status       int
		pointers     []string
	}{
		"no JSON at all":             {"POST", officers, "name=张三", nil, 400, nil},
		"half an object":             {"POST", officers, `{"name": "张三"`, nil, 400, nil},
		"two objects":                {"POST", officers, `{"name":"张三","office":"41","roles":["head"]}{}`, nil, 400, nil},
		"nothing where a body is":    {"POST", officers, nil, nil, 400, nil},
		"a body of another kind":     {"POST", officers, `{}`, []string{"Content-Type: text/xml"}, 415, nil},
		"an array for an object":     {"POST", officers, `[]`, nil, 400, []string{""}},
		"null for an object":         {"POST", officers, `null`, nil, 400, []string{""}},
		"a body where none belongs":  {"POST", "/api/v1/rounds/2026-1/opening", `{"force":true}`, nil, 400, nil},
		"everything wrong at once":   {"POST", officers, `{"name":"","office":"4 1","roles":["king"],"rank":1}`, nil, 400, []string{"/rank", "/name", "/office", "/roles/0"}},
		"a required field missing":   {"POST", officers, `{"name":"张三","office":"41"}`, nil, 400, []string{"/roles"}},
		"a name of the wrong case":   {"POST", officers, `{"Name":"张三","office":"41","roles":["head"]}`, nil, 400, []string{"/Name", "/name"}},
		"too many of something":      {"POST", officers, `{"name":"张三","office":"41","roles":["head","head","head","head","head"]}`, nil, 400, []string{"/roles"}},
		"too long a text":            {"POST", officers, map[string]any{"name": strings.Repeat("张", 51), "office": "41", "roles": []string{"head"}}, nil, 400, []string{"/name"}},
		"a text PostgreSQL refuses":  {"POST", officers, `{"name":"张\u0000三","office":"41","roles":["head"]}`, nil, 400, []string{"/name"}},
		"an unknown field deep down": {"POST", "/api/v1/keys", `{"offices":[{"office":"41","password":"x"}]}`, nil, 400, []string{"/offices/0/password"}},
		"an empty list":              {"POST", "/api/v1/keys", `{"offices":[]}`, nil, 400, []string{"/offices"}},
		"a number for a text":        {"PATCH", "/api/v1/units/41", `{"kind":"zone","reason":5}`, nil, 400, []string{"/reason"}},
		"a limit below the least":    {"GET", "/api/v1/officers?limit=0", nil, nil, 400, []string{"/query/limit"}},
		"a limit that is no number":  {"GET", "/api/v1/officers?limit=many", nil, nil, 400, []string{"/query/limit"}},
		"a query nobody knows":       {"GET", "/api/v1/officers?offset=3", nil, nil, 400, []string{"/query/offset"}},
		"a query said twice":         {"GET", "/api/v1/officers?limit=1&limit=2", nil, nil, 400, []string{"/query/limit"}},
		"a required query missing":   {"GET", "/api/v1/audit", nil, nil, 400, []string{"/query/round"}},
		"a cursor of one's own":      {"GET", "/api/v1/officers?cursor=100", nil, nil, 400, nil},
		"an id that is no number":    {"POST", "/api/v1/messages/one/reading", nil, nil, 400, []string{"/path/id"}},
		"an id beyond 64 bits":       {"POST", "/api/v1/messages/99999999999999999999/reading", nil, nil, 400, []string{"/path/id"}},
		"a code with a NUL":          {"GET", "/api/v1/rounds/%00", nil, nil, 400, []string{"/path/round"}},
		"a path of broken UTF-8":     {"GET", "/api/v1/rounds/%ff", nil, nil, 400, []string{"/path/round"}},
		"no If-Match where one must": {"PATCH", "/api/v1/rounds/2026-1", `{}`, nil, 400, []string{"/header/If-Match", "/title", "/categories", "/dates"}},
		"a date that does not exist": {"POST", "/api/v1/rounds/2026-1/decision", `{"number":"1","date":"2027-02-29"}`, nil, 400, []string{"/date"}},
		"a number beyond 32 bits":    {"PUT", "/api/v1/rounds/2026-1/limits/41/street", `{"eligible":3000000000,"source":"a","counted_on":"2026-01-01","reason":"b"}`, nil, 400, []string{"/eligible"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := h.call(h.admin, tt.method, tt.path, tt.body, tt.headers...).refused(tt.status, award.Invalid)
			var pointers []string
			if p.Errors != nil {
				for _, e := range *p.Errors {
					pointers = append(pointers, e.Pointer)
					if e.Detail == "" || strings.Contains(e.Detail, "{0}") {
						t.Errorf("%s says %q", e.Pointer, e.Detail)
					}
				}
			}
			if !sameSet(pointers, tt.pointers) {
				t.Errorf("pointers %q, want %q", pointers, tt.pointers)
			}
		})
	}
	var officersNow int
	if err := h.db.Get(&officersNow, `SELECT count(*) FROM officer`); err != nil || officersNow != 1 {
		t.Errorf("%d officers after nothing but refusals, %v", officersNow, err)
	}
}

func sameSet(a, b []string) bool {
	count := make(map[string]int)
	for _, x := range a {
		count[x]++
	}
	for _, x := range b {
		count[x]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestABodyBeyondTheLimitIsRefused(t *testing.T) {
	h := newHouse(t)
	body := `{"name":"` + strings.Repeat("a", mostBody) + `"}`
	h.call(h.admin, "POST", "/api/v1/officers", body).refused(http.StatusRequestEntityTooLarge, award.Invalid)
}

func TestABadIfMatchIsRefused(t *testing.T) {
	for _, text := range []string{"abc", "0", "-1", "1.5", `"x"`} {
		if _, err := revision(&text); award.CodeOf(err) != award.Invalid {
			t.Errorf("If-Match %q gives %v", text, err)
		}
	}
	for text, want := range map[string]int{"3": 3, `"3"`: 3, `W/"3"`: 3, " 7 ": 7, "": 0} {
		if got, err := revision(&text); got != want || err != nil {
			t.Errorf("If-Match %q gives %d, %v; want %d", text, got, err, want)
		}
	}
	if got, err := revision(nil); got != 0 || err != nil {
		t.Errorf("no If-Match gives %d, %v", got, err)
	}
}

func TestWhoCallsIsFoundByTheKeyAlone(t *testing.T) {
	h := newHouse(t)
	p := h.call("", "GET", "/api/v1/me", nil).refused(http.StatusUnauthorized, award.Forbidden)
	if !strings.Contains(p.Detail, "密钥") {
		t.Errorf("detail %q", p.Detail)
	}
	h.call("shifan_wrong", "GET", "/api/v1/me", nil).refused(http.StatusUnauthorized, award.Forbidden)
	h.call("", "GET", "/api/v1/me", nil, "Authorization: Basic "+h.admin).refused(http.StatusUnauthorized, award.Forbidden)

	me := into[Officer](h.call(h.admin, "GET", "/api/v1/me", nil).want(http.StatusOK))
	if me.Office != "0" || me.Name != "系统管理员" || len(me.Roles) != 2 {
		t.Errorf("me is %+v", me)
	}
	if strings.Contains(h.log.String(), h.admin) || strings.Contains(h.log.String(), me.Name) {
		t.Error("the log holds a key or a name")
	}
}

func TestProblemsSpeakTheCallersLanguage(t *testing.T) {
	h := newHouse(t)
	tests := map[string]struct{ accept, language, word string }{
		"Chinese by default":          {"", "zh-CN", "密钥"},
		"English when asked":          {"en-GB,en;q=0.8", "en", "key"},
		"the better of two":           {"zh;q=0.3, en;q=0.9", "en", "key"},
		"Chinese for a third":         {"fr", "zh-CN", "密钥"},
		"Chinese for a broken header": {";;;", "zh-CN", "密钥"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := h.call("", "GET", "/api/v1/me", nil, "Accept-Language: "+tt.accept)
			p := a.refused(http.StatusUnauthorized, award.Forbidden)
			if a.header.Get("Content-Language") != tt.language || !strings.Contains(p.Detail, tt.word) {
				t.Errorf("in %s: %q", a.header.Get("Content-Language"), p.Detail)
			}
		})
	}
}

func TestWhatNobodyServesIsAProblemToo(t *testing.T) {
	h := newHouse(t)
	h.call(h.admin, "GET", "/api/v1/rounds/", nil).refused(http.StatusNotFound, award.NotFound)
	h.call(h.admin, "DELETE", "/api/v1/rounds", nil).refused(http.StatusNotFound, award.NotFound)
	h.call(h.admin, "GET", "/nowhere", nil).refused(http.StatusNotFound, award.NotFound)
}

func TestAFaultIsLoggedAndNotShown(t *testing.T) {
	h := newHouse(t)
	if _, err := h.db.Exec(`ALTER TABLE message RENAME TO message_gone`); err != nil {
		t.Fatal(err)
	}
	a := h.call(h.admin, "GET", "/api/v1/messages", nil, "X-Request-Id: fault-1")
	a.refused(http.StatusInternalServerError, award.Internal)
	if bytes.Contains(a.body, []byte("message")) || bytes.Contains(a.body, []byte("pq")) {
		t.Errorf("the answer shows internals: %s", a.body)
	}
	if n := strings.Count(h.log.String(), `relation \"message\" does not exist`); n != 1 {
		t.Errorf("logged %d times:\n%s", n, h.log)
	}
	if a.header.Get("X-Request-Id") != "fault-1" || !strings.Contains(h.log.String(), `"request":"fault-1"`) {
		t.Error("the request's ID is not in answer and log")
	}
}

func TestADatabaseThatIsAwayIsUnavailable(t *testing.T) {
	away, err := sqlx.Open("postgres", "postgres://127.0.0.1:1/none?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer away.Close()
	log := slog.New(slog.DiscardHandler)
	h := &house{t: t, handler: serverOver(t, acts.New(postgres.New(away), deaf{}, log), log)}
	h.call("any", "GET", "/api/v1/messages", nil).refused(http.StatusServiceUnavailable, award.Unavailable)
}

func TestMachinesMayLook(t *testing.T) {
	h := newHouse(t)
	h.call("", "GET", "/livez", nil).want(http.StatusOK)
	h.call("", "GET", "/readyz", nil).want(http.StatusOK)
	h.call(h.admin, "GET", "/api/v1/me", nil).want(http.StatusOK)
	h.call("", "GET", "/no/such/page", nil)
	metrics := string(h.call("", "GET", "/metrics", nil).want(http.StatusOK).body)
	for _, line := range []string{
		`shifan_http_requests_total{method="GET",route="/api/v1/me",status="200"} 1`,
		`shifan_http_requests_total{method="GET",route="unmatched",status="404"} 1`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("metrics lack %s", line)
		}
	}
}

// Requests share nothing: run with -race. A context that outlived its request
// once let the end of one cancel another's query.
func TestManyRequestsAtOnceDoNotDisturbOneAnother(t *testing.T) {
	h := newHouse(t)
	served := httptest.NewServer(h.handler)
	defer served.Close()
	ask := func(ctx context.Context, method, path, body string) (int, error) {
		r, err := http.NewRequestWithContext(ctx, method, served.URL+path, strings.NewReader(body))
		if err != nil {
			return 0, err
		}
		r.Header.Set("Authorization", "Bearer "+h.admin)
		r.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, err
		}
		defer a.Body.Close()
		_, err = io.Copy(io.Discard, a.Body)
		return a.StatusCode, err
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() { // some hang up while they are served
			ctx, hangUp := context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond)
			defer hangUp()
			if _, err := ask(ctx, "GET", "/api/v1/units", ""); err != nil && ctx.Err() == nil {
				t.Errorf("hanging up: %v", err)
			}
		})
		all.Go(func() {
			if status, err := ask(t.Context(), "GET", "/api/v1/units?limit=5", ""); status != http.StatusOK || err != nil {
				t.Errorf("reading: %d, %v", status, err)
			}
		})
		all.Go(func() {
			body := fmt.Sprintf(`{"name":"第%d","office":"41","roles":["clerk"]}`, i)
			if status, err := ask(t.Context(), "POST", "/api/v1/officers", body); status != http.StatusCreated || err != nil {
				t.Errorf("acting: %d, %v", status, err)
			}
		})
	}
	all.Wait()
	var officers int
	if err := h.db.Get(&officers, `SELECT count(*) FROM officer`); err != nil || officers != 21 {
		t.Errorf("%d officers, %v; want twenty and the administrator", officers, err)
	}
}
