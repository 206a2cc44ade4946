package console_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"shifan/api/console"
	"shifan/api/server"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
	"shifan/internal/ratio"
)

// What BenchmarkConsole measures.
const (
	consolePairs = 5

	roundPageRate   = 50              // requests a second
	roundPageFor    = 4 * time.Second // of one side of a pair
	roundPageTarget = 5.0             // times its bare queries

	fewFiles, manyFiles = 1_000, 100_000
	streetFiles         = 100 // of one street
	listReads           = 100 // of one page in one pair
	listTarget          = 1.2 // of many files to few
)

// BenchmarkConsole reads pages of a round with 100,000 applications.
//
// The round's page is asked for at 50 requests a second, in pairs with its bare
// queries: the very statements that one page asks when its counts are fresh, at
// the same rate over as many connections. The ratio is that of the median times.
//
// The lists are read with 1,000 files and with 100,000, in turns: two rounds
// that differ in nothing else.
//
// Run it with make bench-console; SHIFAN_BENCH_PLANS names a file into which the
// plans of the statements go (docs/query-plans.md).
func BenchmarkConsole(b *testing.B) {
	for range b.N {
		h := newHall(b)
		few, many := h.round(fewFiles), h.round(manyFiles)
		h.Exec(`VACUUM ANALYZE`)
		h.roundPage(many)
		h.lists(few, many)
		h.plans(many)
	}
}

// hall is the pages over a country with two rounds.
type hall struct {
	*actstest.World
	b       *testing.B
	web     *httptest.Server // the pages
	listens *httptest.Server // the same over spied connections
	spy     *pgtest.Spy
}

func newHall(b *testing.B) *hall {
	b.Helper()
	h := &hall{World: actstest.New(b), b: b}
	h.Run()
	h.spy = pgtest.NewSpy(b, h.address())
	h.web = h.serve(h.Acts)
	spied := h.spy.Open()
	spied.SetMaxOpenConns(1)
	b.Cleanup(func() { spied.Close() })
	h.listens = h.serve(acts.New(postgres.New(spied), h.Procedure, slog.New(slog.DiscardHandler)))
	return h
}

// address is that of the database.
func (h *hall) address() string {
	base, query, _ := strings.Cut(os.Getenv("TEST_DATABASE_URL"), "?")
	return base[:strings.LastIndex(base, "/")+1] + actstest.One[string](h.World, `SELECT current_database()`) + "?" + query
}

func (h *hall) serve(a *acts.Acts) *httptest.Server {
	h.b.Helper()
	log := slog.New(slog.DiscardHandler)
	pages, err := console.New(console.Options{Acts: a, Standards: server.StandardText{}, Log: log})
	require.NoError(h.b, err)
	contract, err := os.ReadFile("../openapi.yaml")
	require.NoError(h.b, err)
	handler, err := server.New(server.Options{
		Acts: a, Log: log, Contract: contract, Pages: pages, Now: time.Now, Ready: func(context.Context) error { return nil },
	})
	require.NoError(h.b, err)
	web := httptest.NewServer(handler)
	h.b.Cleanup(web.Close)
	return web
}

// round opens a round in which so many communities of one province have filed;
// every tenth file is at the province.
func (h *hall) round(files int) string {
	h.b.Helper()
	const one, street, other = "410102001001", "410102001", "410103001"
	round := h.OpenDrill(actstest.Drill{Dates: actstest.DrillDates(h.Now())})
	rule, err := round.Category(award.Community)
	require.NoError(h.b, err)
	ctx, head := context.Background(), h.Head(one)
	_, err = h.Acts.SaveSelfCheck(ctx, head, h.Key(), acts.SaveSelfCheck{Round: round.ID, Unit: one, Category: award.Community, Marks: actstest.Full(rule.Standard)})
	require.NoError(h.b, err)
	draft, err := h.Acts.CreateApplication(ctx, head, h.Key(), acts.CreateApplication{
		Round: round.ID, Unit: one, Category: award.Community,
		Form: map[string]string{"head": "负责人", "contact": "0371-00000000", "residents": "8000", "staff": "12", "deeds": strings.Repeat("自治有序，服务到家。", 60)},
	})
	require.NoError(h.b, err)
	_, err = h.Acts.FileApplication(ctx, head, h.Key(), acts.OnFile{Round: round.ID, Application: draft.Result.ID})
	require.NoError(h.b, err)

	// As many again as they are, copies of it in other communities: a hundred in
	// each of two streets, the others in streets of a hundred.
	h.Exec(`WITH made AS (INSERT INTO unit (created_at) SELECT shifan_now() FROM generate_series(1, $2) RETURNING id)
	        INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, parent_id, office_id, path)
	        SELECT s.round_id, m.id, 'S' || m.id, '第' || m.id || '街道', 'street', true, s.unit_id, s.office_id, s.path || m.id
	        FROM made m JOIN round_unit s ON s.round_id = $1 AND s.code = '410102'`, round.ID, files/streetFiles)
	h.Exec(`WITH made AS (INSERT INTO unit (created_at) SELECT shifan_now() FROM generate_series(1, $2) RETURNING id),
	        street AS (
	        	SELECT *, row_number() OVER (ORDER BY code NOT IN ($3, $4), unit_id) - 1 AS n FROM round_unit
	        	WHERE round_id = $1 AND (code IN ($3, $4) OR code LIKE 'S%'))
	        INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, parent_id, office_id, path)
	        SELECT s.round_id, m.id, 'N' || m.id, '第' || m.id || '社区', 'community', true, s.unit_id, s.office_id, s.path || m.id
	        FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM made) m JOIN street s ON s.n = m.n / $5`,
		round.ID, files-1, street, other, streetFiles)
	for _, table := range []string{"self_check", "application"} {
		columns := actstest.One[string](h.World, `
			SELECT string_agg(quote_ident(column_name), ', ' ORDER BY column_name) FROM information_schema.columns
			WHERE table_name = $1 AND column_name NOT IN ('id', 'unit_id') AND is_generated = 'NEVER'`, table)
		h.Exec(`INSERT INTO `+table+` (unit_id, `+columns+`) SELECT u.unit_id, t.`+strings.ReplaceAll(columns, ", ", ", t.")+` FROM `+table+` t
			JOIN round_unit o ON o.round_id = t.round_id AND o.unit_id = t.unit_id AND o.code = $2
			JOIN round_unit u ON u.round_id = t.round_id AND u.code LIKE 'N%' WHERE t.round_id = $1 ORDER BY u.unit_id`, round.ID, one)
	}
	h.Exec(`INSERT INTO application_history (application_id, revision, act, from_state, to_state, officer_id, office_id, ground)
	        SELECT a.id, g.revision, g.act, g.from_state, g.to_state, g.officer_id, g.office_id, g.ground
	        FROM application a JOIN application_history g ON g.application_id = $2
	        WHERE a.round_id = $1 AND a.id <> $2`, round.ID, draft.Result.ID)
	province := h.Unit("41")
	h.Exec(`UPDATE application SET state = 'at_province', waiting_office_id = $2 WHERE round_id = $1 AND id % 10 = 0`, round.ID, province)
	require.Equal(h.b, files, actstest.One[int](h.World, `SELECT count(*) FROM application WHERE round_id = $1`, round.ID))
	return round.ID
}

// reader is an officer's browser.
type reader struct {
	b      *testing.B
	client *http.Client
	base   string
}

func (h *hall) reader(web *httptest.Server, by award.Officer) *reader {
	h.b.Helper()
	made, err := h.Acts.CreateKeys(context.Background(), h.Admin, h.Key(), []acts.KeyFor{{Office: by.OfficeCode, Officer: by.ID}})
	require.NoError(h.b, err)
	jar, err := cookiejar.New(nil)
	require.NoError(h.b, err)
	client := &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	r := &reader{b: h.b, client: client, base: web.URL}
	answer, err := client.PostForm(web.URL+"/sign-in/key", map[string][]string{"key-text": {made.Result[0].Key}})
	require.NoError(h.b, err)
	require.NoError(h.b, answer.Body.Close())
	require.Equal(h.b, http.StatusSeeOther, answer.StatusCode)
	return r
}

// get reads a page and returns how long it took, in ms.
func (r *reader) get(path string) float64 {
	began := time.Now()
	answer, err := r.client.Get(r.base + path)
	if err != nil {
		r.b.Error(err)
		return 0
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	took := time.Since(began)
	if err != nil || answer.StatusCode != http.StatusOK {
		r.b.Errorf("%s answered %d, %v: %.200s", path, answer.StatusCode, err, body)
	}
	return took.Seconds() * 1000
}

// roundPage measures the round's page against its bare queries, at one rate.
func (h *hall) roundPage(round string) {
	h.b.Helper()
	path := "/rounds/" + round
	admin := h.reader(h.web, h.Admin)
	admin.get(path) // counts
	asked := h.asked(h.Admin, path)

	h.DB.SetMaxOpenConns(20)
	h.DB.SetMaxIdleConns(20)
	bare, err := postgres.Open(context.Background(), h.address(), 20)
	require.NoError(h.b, err)
	defer bare.Close()
	page := func() float64 { return admin.get(path) }
	queries := func() float64 { return h.ask(bare, asked) }
	h.atRate(page, time.Second) // warm
	h.atRate(queries, time.Second)
	var ratios, pages, floors, slow, floorSlow []float64
	for range consolePairs {
		p, p99 := h.atRate(page, roundPageFor)
		f, f99 := h.atRate(queries, roundPageFor)
		ratios, pages, floors = append(ratios, p/f), append(pages, p), append(floors, f)
		slow, floorSlow = append(slow, p99), append(floorSlow, f99)
	}
	ratio.Measure{
		Name: "console_round", Ratios: ratios, Target: roundPageTarget,
		Beside: fmt.Sprintf("%d requests/s; %.1f against %.1f ms for %d queries; p99 %.1f against %.1f ms", roundPageRate,
			ratio.Median(pages), ratio.Median(floors), len(asked), ratio.Median(slow), ratio.Median(floorSlow)),
	}.Print(os.Stdout)
}

// atRate does a thing at the rate of the round's page, whether or not the last
// one is done, and returns the median time and that of 99 in 100, in ms.
func (h *hall) atRate(do func() float64, during time.Duration) (middle, p99 float64) {
	var mu sync.Mutex
	var took []float64
	var group sync.WaitGroup
	beat := time.NewTicker(time.Second / roundPageRate)
	defer beat.Stop()
	for range int(during.Seconds() * roundPageRate) {
		<-beat.C
		group.Go(func() {
			t := do()
			mu.Lock()
			took = append(took, t)
			mu.Unlock()
		})
	}
	group.Wait()
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100]
}

// asked returns what a page asks of the database when it was read just before.
func (h *hall) asked(by award.Officer, path string) []pgtest.Statement {
	h.b.Helper()
	r := h.reader(h.listens, by)
	r.get(path)
	h.spy.Take()
	r.get(path)
	asked := h.spy.Take()
	require.NotEmpty(h.b, asked)
	return asked
}

// ask asks the statements one after another and returns how long it took, in ms.
func (h *hall) ask(db *sqlx.DB, asked []pgtest.Statement) float64 {
	began := time.Now()
	for _, s := range asked {
		rows, err := db.QueryContext(context.Background(), s.Text, s.Args...)
		if err != nil {
			h.b.Error(err)
			return 0
		}
		for rows.Next() { // read, not looked at
		}
		if err := rows.Err(); err != nil {
			h.b.Error(err)
		}
		if err := rows.Close(); err != nil {
			h.b.Error(err)
		}
	}
	return time.Since(began).Seconds() * 1000
}

// list is a page whose length does not grow with the round.
type list struct {
	name string
	by   award.Officer
	at   func(round string) string
}

func (h *hall) pages() []list {
	files := func(query string) func(string) string {
		return func(round string) string { return "/rounds/" + round + "/files" + query }
	}
	middle := func(round string) string {
		return fmt.Sprintf("/rounds/%s/files?after=%d", round,
			actstest.One[int64](h.World, `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM application WHERE round_id = $1`, round))
	}
	return []list{
		{"files", h.Admin, files("")},
		{"files_middle", h.Admin, middle},
		{"files_state", h.Admin, files("?state=at_province")},
		{"files_none", h.Admin, files("?state=returned")},
		{"files_province", h.Clerk("41"), files("?mine=1")},
		{"files_street", h.Clerk("410102001"), files("")},
		{"files_other_street", h.Clerk("410103001"), files("")},
		{"todo_street", h.Clerk("410102001"), func(string) string { return "/todo" }},
		{"units", h.Clerk("410102001"), func(round string) string { return "/rounds/" + round + "/units" }},
	}
}

// lists reads every list in the small round and in the large one, in turns.
func (h *hall) lists(few, many string) {
	h.b.Helper()
	for _, l := range h.pages() {
		r := h.reader(h.web, l.by)
		read := func(path string) float64 {
			took := make([]float64, listReads)
			for i := range took {
				took[i] = r.get(path)
			}
			return ratio.Median(took)
		}
		small, large := l.at(few), l.at(many)
		r.get(small)
		r.get(large)
		var ratios, all []float64
		for range consolePairs {
			s, m := read(small), read(large)
			ratios, all = append(ratios, m/s), append(all, m)
		}
		ratio.Measure{
			Name: "console_" + l.name, Ratios: ratios, Target: listTarget,
			Beside: fmt.Sprintf("%.1f ms with %d files against %d", ratio.Median(all), manyFiles, fewFiles),
		}.Print(os.Stdout)
	}
}

// plans writes down how the server answers the pages' statements.
func (h *hall) plans(round string) {
	h.b.Helper()
	file := os.Getenv("SHIFAN_BENCH_PLANS")
	if file == "" {
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "# How the pages' statements are answered\n\nWritten by `SHIFAN_BENCH_PLANS=$PWD/docs/query-plans.md make bench-console` over a round of %d files.\n", manyFiles)
	seen := make(map[string]bool)
	pages := append([]list{{"round", h.Admin, func(round string) string { return "/rounds/" + round }}}, h.pages()...)
	for _, l := range pages {
		fmt.Fprintf(&text, "\n## %s\n", l.name)
		for _, s := range h.asked(l.by, l.at(round)) {
			if !strings.HasPrefix(strings.TrimSpace(s.Text), "SELECT") && !strings.HasPrefix(strings.TrimSpace(s.Text), "WITH") {
				continue
			}
			question := strings.Join(strings.Fields(s.Text), " ")
			if seen[question+fmt.Sprint(s.Args)] {
				continue
			}
			seen[question+fmt.Sprint(s.Args)] = true
			var plan []string
			require.NoError(h.b, h.DB.Select(&plan, `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, SUMMARY OFF) `+s.Text, s.Args...))
			fmt.Fprintf(&text, "\n```\n%.300s\n\n%s\n```\n", question, strings.Join(plan, "\n"))
		}
	}
	require.NoError(h.b, os.WriteFile(file, []byte(text.String()), 0o600))
}
