package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
	"shifan/internal/ratio"
)

// What BenchmarkFilingEvening compares, and how often.
const (
	filingTarget = 0.5 // of what the database does alone
	filingPairs  = 5
	filingsEach  = 960 // filings of one side of a pair, at least
	filingsConn  = 80  // and of each of its connections: some run ahead of others by as many as twenty
	pgbenchWarm  = 8   // filings of each of pgbench's connections before it counts: ours are warm

	sealingConnections = 32
	sealingTarget      = 0.8 // sealing the decision log may cost a fifth of the throughput
)

// BenchmarkFilingEvening files applications over HTTP (报送高峰: validate, pass the
// gate, write, history, audit) and has pgbench run the very same SQL, over the
// same number of connections, against the same database: what is left between
// the two is HTTP, the contract, the rules and the driver. Each count of
// connections is measured in pairs that alternate; a line per measure says the
// median and the spread.
//
// Last it says what sealing the decision log costs: the same filings with a
// sealer at work as in the worker, all seals of theirs included, and without.
//
// Run it with make bench-submit.
func BenchmarkFilingEvening(b *testing.B) {
	for range b.N {
		connections := []int{1, 8, 32}
		drafts := 1 + 2*(filingPairs+1)*filingsEach // of the script, and for the sealer
		for _, n := range connections {
			drafts += 2 * (filingPairs + 1) * filingsOver(n)
		}
		e := newEvening(b, drafts)
		script := e.script()
		for _, n := range connections {
			e.overHTTP(n, filingsOver(n)) // warm
			e.pgbench(script, n, filingsOver(n))
			var ratios, ours, theirs, slow, theirSlow []float64
			for range filingPairs {
				rate, p99 := e.overHTTP(n, filingsOver(n))
				floor, floorP99 := e.pgbench(script, n, filingsOver(n))
				ratios, ours, theirs = append(ratios, rate/floor), append(ours, rate), append(theirs, floor)
				slow, theirSlow = append(slow, p99), append(theirSlow, floorP99)
			}
			ratio.Measure{
				Name: fmt.Sprintf("submit-%d", n), Ratios: ratios, Target: filingTarget, AtLeast: true,
				Beside: fmt.Sprintf("%.0f against %.0f filings/s; p99 %.1f against %.1f ms",
					ratio.Median(ours), ratio.Median(theirs), ratio.Median(slow), ratio.Median(theirSlow)),
			}.Print(os.Stdout)
		}
		e.sealing()
		e.whole()
	}
}

// filingsOver is how many filings one side of a pair files over so many connections.
func filingsOver(connections int) int { return max(filingsEach, connections*filingsConn) }

// sealing files in alternating pairs without the sealer and with it.
func (e *evening) sealing() {
	e.b.Helper()
	db, err := postgres.Open(context.Background(), postgresURL(e.b, e.DB), 1) // the worker's, beside the API's
	require.NoError(e.b, err)
	defer db.Close()
	sealer := acts.New(postgres.New(db), e.Procedure, slog.New(slog.DiscardHandler)).Sealer()
	seal := func() {
		_, err := sealer.Seal(context.Background())
		require.NoError(e.b, err)
	}
	e.overHTTP(sealingConnections, filingsEach) // warm
	e.overHTTP(sealingConnections, filingsEach)
	seal()
	var ratios, without, with []float64
	for range filingPairs {
		bare, _ := e.overHTTP(sealingConnections, filingsEach)
		seal()
		began := time.Now()
		stop := make(chan struct{})
		var sealing sync.WaitGroup
		sealing.Go(func() {
			for beat := time.NewTicker(time.Second); ; {
				select {
				case <-stop:
					return
				case <-beat.C:
					seal()
				}
			}
		})
		e.overHTTP(sealingConnections, filingsEach)
		close(stop)
		sealing.Wait()
		seal()
		rate := float64(filingsEach) / time.Since(began).Seconds()
		ratios, without, with = append(ratios, rate/bare), append(without, bare), append(with, rate)
	}
	ratio.Measure{
		Name: "log_sealing", Ratios: ratios, Target: sealingTarget, AtLeast: true,
		Beside: fmt.Sprintf("%.0f against %.0f filings/s", ratio.Median(with), ratio.Median(without)),
	}.Print(os.Stdout)
	require.Equal(e.b, 0, actstest.One[int](e.World, `SELECT count(*) FROM audit a WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = a.id)`))
}

// evening is a round in which a great many communities have a draft ready.
type evening struct {
	*actstest.World
	b      *testing.B
	round  string
	drafts []int64 // applications, in order; those before next are filed
	next   int
	key    string
	spy    *pgtest.Spy
	url    string
}

func newEvening(b *testing.B, drafts int) *evening {
	b.Helper()
	e := &evening{World: actstest.New(b), b: b}
	e.Run()
	now := e.Now()
	e.round = e.OpenDrill(actstest.Drill{Dates: actstest.DrillDates(now)}).ID
	e.prepare(drafts)

	address := postgresURL(b, e.DB)
	e.spy = pgtest.NewSpy(b, address)

	log := slog.New(slog.DiscardHandler)
	issued, err := e.Acts.CreateKeys(context.Background(), e.Admin, e.Key(), []acts.KeyFor{{Office: "410102001", Name: "经办", Roles: []award.Role{award.RoleClerk}}})
	require.NoError(b, err)
	e.key = issued.Result[0].Key
	e.url = e.serve(e.Acts, log)
	return e
}

// serve serves the API over acts on a loopback port.
func (e *evening) serve(a *acts.Acts, log *slog.Logger) string {
	e.b.Helper()
	text, err := os.ReadFile("../openapi.yaml")
	require.NoError(e.b, err)
	handler, err := New(Options{Acts: a, Log: log, Contract: text, Now: time.Now, Ready: func(context.Context) error { return nil }})
	require.NoError(e.b, err)
	web := httptest.NewServer(handler)
	e.b.Cleanup(web.Close)
	return web.URL
}

// prepare gives so many communities a self-check and a draft: those of one that
// went through the acts.
func (e *evening) prepare(drafts int) {
	e.b.Helper()
	const one = "410102001001"
	ctx, head := context.Background(), e.Head(one)
	rule, err := e.Round(e.round).Category(award.Community)
	require.NoError(e.b, err)
	check, err := e.Acts.SaveSelfCheck(ctx, head, e.Key(), acts.SaveSelfCheck{Round: e.round, Unit: one, Category: award.Community, Marks: actstest.Full(rule.Standard)})
	require.NoError(e.b, err)
	require.True(e.b, check.Result.Ready)
	_, err = e.Acts.CreateApplication(ctx, head, e.Key(), acts.CreateApplication{
		Round: e.round, Unit: one, Category: award.Community,
		Form: map[string]string{"head": "负责人", "contact": "0371-00000000", "residents": "8000", "staff": "12", "deeds": strings.Repeat("自治有序，服务到家。", 60)},
	})
	require.NoError(e.b, err)

	// No number of a file is to be taken for a count or a revision.
	e.Exec(`ALTER TABLE application ALTER COLUMN id RESTART WITH 1000000`)
	e.Exec(`WITH made AS (INSERT INTO unit (created_at) SELECT shifan_now() FROM generate_series(1, $2) RETURNING id)
	        INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, parent_id, office_id, path)
	        SELECT s.round_id, m.id, 'N' || m.id, '第' || m.id || '社区', 'community', true, s.unit_id, s.office_id, s.path || m.id
	        FROM made m, round_unit s WHERE s.round_id = $1 AND s.code = '410102001'`, e.round, drafts)
	for _, table := range []string{"self_check", "application"} {
		columns := actstest.One[string](e.World, `
			SELECT string_agg(quote_ident(column_name), ', ' ORDER BY column_name) FROM information_schema.columns
			WHERE table_name = $1 AND column_name NOT IN ('id', 'unit_id', 'waiting_office_id') AND is_generated = 'NEVER'`, table)
		target, source := columns+", unit_id", "t."+strings.ReplaceAll(columns, ", ", ", t.")+", u.unit_id"
		if table == "application" {
			target, source = target+", waiting_office_id", source+", u.unit_id"
		}
		e.Exec(`INSERT INTO `+table+` (`+target+`) SELECT `+source+` FROM `+table+` t
			JOIN round_unit o ON o.round_id = t.round_id AND o.unit_id = t.unit_id AND o.code = $2
			JOIN round_unit u ON u.round_id = t.round_id AND u.code LIKE 'N%' WHERE t.round_id = $1`, e.round, one)
	}
	e.Exec(`ANALYZE`)
	require.NoError(e.b, e.DB.Select(&e.drafts, `SELECT id FROM application WHERE round_id = $1 ORDER BY id OFFSET 1`, e.round))
	require.Len(e.b, e.drafts, drafts)
}

// take returns the next drafts.
func (e *evening) take(n int) []int64 {
	taken := e.drafts[e.next : e.next+n]
	e.next += n
	return taken
}

// overHTTP files over so many connections and returns filings a second and the
// time within which 99 of 100 were answered, in ms.
func (e *evening) overHTTP(connections, filings int) (rate, p99 float64) {
	e.b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	e.DB.SetMaxOpenConns(connections)
	e.DB.SetMaxIdleConns(connections) // which fewer open ones have lowered
	work := make(chan int64, filings)
	for _, id := range e.take(filings) {
		work <- id
	}
	close(work)
	var mu sync.Mutex
	var took []float64
	var group sync.WaitGroup
	began := time.Now()
	for range connections {
		group.Go(func() {
			for id := range work {
				at := time.Now()
				status, answer := e.file(client, e.url, id)
				mu.Lock()
				took = append(took, time.Since(at).Seconds()*1000)
				mu.Unlock()
				if status != http.StatusOK {
					e.b.Errorf("filing %d answered %d: %s", id, status, answer)
				}
			}
		})
	}
	group.Wait()
	rate = float64(filings) / time.Since(began).Seconds()
	slices.Sort(took)
	return rate, took[len(took)*99/100]
}

// file files one application and returns what was answered.
func (e *evening) file(client *http.Client, url string, id int64) (int, []byte) {
	request, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/api/v1/rounds/%s/applications/%d/filing", url, e.round, id), http.NoBody)
	if err != nil {
		return 0, []byte(err.Error())
	}
	request.Header.Set("Authorization", "Bearer "+e.key)
	request.Header.Set("Idempotency-Key", strconv.FormatInt(id, 10))
	answer, err := client.Do(request)
	if err != nil {
		return 0, []byte(err.Error())
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, []byte(err.Error())
	}
	return answer.StatusCode, body
}

// whole shows that what both sides filed is filed, each with its history, its
// revision, its act and its audit row.
func (e *evening) whole() {
	e.b.Helper()
	count := func(query string) int { return actstest.One[int](e.World, query) }
	for _, query := range []string{
		`SELECT count(*) FROM application WHERE state = 'filed' AND revision = 2`,
		`SELECT count(*) FROM application_history WHERE act = 'file'`,
		`SELECT count(*) FROM application_revision`,
		`SELECT count(*) FROM audit WHERE name = 'file'`,
		`SELECT count(*) FROM act WHERE name = 'file' AND outcome IS NOT NULL`,
	} {
		require.Equal(e.b, e.next, count(query), query)
	}
}

// script files one application through a connection that writes down every
// statement, and returns them as a script of pgbench for any other application.
// What differs between two filings is a variable: the file, its unit, the act
// and the key; all else is passed as it was.
func (e *evening) script() string {
	e.b.Helper()
	db := e.spy.Open()
	defer db.Close()
	db.SetMaxOpenConns(1)
	url := e.serve(acts.New(postgres.New(db), e.Procedure, slog.New(slog.DiscardHandler)), slog.New(slog.DiscardHandler))
	first := e.take(1)[0]
	client := &http.Client{}
	// Who is calling, and the frozen categories, are read once in many filings.
	status, _ := e.file(client, url, first+1<<40)
	require.Equal(e.b, http.StatusNotFound, status)
	_, err := acts.New(postgres.New(db), e.Procedure, slog.New(slog.DiscardHandler)).Round(context.Background(), e.Admin, e.round)
	require.NoError(e.b, err)
	_, body := e.get(client, url+"/api/v1/rounds/"+e.round)
	require.Contains(e.b, string(body), e.round)
	e.spy.Take()
	status, answer := e.file(client, url, first)
	require.Equal(e.b, http.StatusOK, status, "%s", answer)
	var done struct {
		Receipt struct{ Act int64 }
	}
	require.NoError(e.b, json.Unmarshal(answer, &done))
	unit := actstest.One[int64](e.World, `SELECT unit_id FROM application WHERE id = $1`, first)

	var script, values strings.Builder
	script.WriteString("\\set n :n + 1\n\\set id :first + :client_id * :each + :n - 1\n")
	k := 0
	for _, s := range e.spy.Take() {
		text := hole.ReplaceAllStringFunc(s.Text, func(at string) string {
			n, err := strconv.Atoi(at[1:])
			require.NoError(e.b, err)
			arg := s.Args[n-1]
			switch v := arg.(type) {
			case nil:
				return "NULL"
			case int64:
				switch v {
				case first:
					return ":id"
				case unit:
					return ":f_unit_id"
				case done.Receipt.Act:
					return ":a_id"
				}
			case string:
				if v == "" {
					return "''"
				}
				if v == strconv.FormatInt(first, 10) {
					return ":id"
				}
			}
			k++
			fmt.Fprintf(&values, "v%d\x00%s\x00", k, pgText(arg))
			return fmt.Sprintf(":v%d", k)
		})
		text = strings.Join(strings.Fields(comment.ReplaceAllString(text, "")), " ")
		end := ";"
		switch {
		case strings.HasPrefix(text, "INSERT INTO act "):
			end = " \\gset a_"
		case strings.HasPrefix(text, "SELECT a.id, a.round_id, a.unit_id"):
			end = " \\gset f_"
		}
		script.WriteString(text + end + "\n")
	}
	folder := e.b.TempDir()
	file := filepath.Join(folder, "filing.sql")
	require.NoError(e.b, os.WriteFile(file, []byte(script.String()), 0o600))
	require.NoError(e.b, os.WriteFile(file+".values", []byte(values.String()), 0o600))
	if keep := os.Getenv("SHIFAN_BENCH_SCRIPT"); keep != "" { // for whoever wants to read it
		require.NoError(e.b, os.WriteFile(keep, []byte(script.String()), 0o600))
	}
	return file
}

func (e *evening) get(client *http.Client, url string) (int, []byte) {
	request, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	require.NoError(e.b, err)
	request.Header.Set("Authorization", "Bearer "+e.key)
	answer, err := client.Do(request)
	require.NoError(e.b, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(e.b, err)
	return answer.StatusCode, body
}

var (
	hole    = regexp.MustCompile(`\$\d+`)
	comment = regexp.MustCompile(`--[^\n]*`)
)

// pgText writes a parameter as PostgreSQL reads it.
func pgText(arg any) string {
	switch v := arg.(type) {
	case []byte:
		return fmt.Sprintf("\\x%x", v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	default:
		return fmt.Sprint(v)
	}
}

// pgbench runs the script over so many connections and returns filings a second
// and the time within which 99 of 100 were done, in ms.
func (e *evening) pgbench(script string, connections, filings int) (rate, p99 float64) {
	e.b.Helper()
	each := filings / connections
	taken := e.take(filings)
	require.Equal(e.b, taken[0]+int64(len(taken))-1, taken[len(taken)-1], "drafts are numbered without holes")

	folder := e.b.TempDir()
	args := []string{
		"-n", "-M", "prepared", "-c", strconv.Itoa(connections), "-j", strconv.Itoa(min(connections, 2)), "-t", strconv.Itoa(each),
		"-f", script, "-l", "--log-prefix", filepath.Join(folder, "log"),
		"-D", "n=0", "-D", fmt.Sprint("first=", taken[0]), "-D", fmt.Sprint("each=", each),
	}
	values, err := os.ReadFile(script + ".values")
	require.NoError(e.b, err)
	for name, value, found := "", "", true; found; {
		var rest []byte
		name, value, rest, found = cutTwo(values)
		if found {
			args = append(args, "-D", name+"="+value)
			values = rest
		}
	}
	command := exec.Command(pgbenchPath(e.b), append(args, postgresURL(e.b, e.DB))...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	require.NoError(e.b, command.Run(), out.String())
	require.Contains(e.b, out.String(), fmt.Sprintf("%d/%d", filings, filings), "every filing was done")
	return steady(e.b, folder)
}

func cutTwo(values []byte) (name, value string, rest []byte, found bool) {
	part := bytes.SplitN(values, []byte{0}, 3)
	if len(part) < 3 {
		return "", "", nil, false
	}
	return string(part[0]), string(part[1]), part[2], true
}

// steady reads pgbench's logs (client, transaction, microseconds, script, and
// when it ended in seconds and microseconds) and returns the rate and the time
// of 99 in 100 between the instant at which every connection was warm and that
// at which the first had no more to do.
func steady(b *testing.B, folder string) (rate, p99 float64) {
	b.Helper()
	logs, err := filepath.Glob(filepath.Join(folder, "log*"))
	require.NoError(b, err)
	type filing struct{ ended, took float64 } // in seconds, in ms
	of := make(map[string][]filing)           // by connection, in order
	for _, log := range logs {
		file, err := os.Open(log)
		require.NoError(b, err)
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			var client string
			var number int
			var took, script, second, micro int64
			_, err := fmt.Sscan(lines.Text(), &client, &number, &took, &script, &second, &micro)
			require.NoError(b, err)
			of[client] = append(of[client], filing{float64(second) + float64(micro)/1e6, float64(took) / 1000})
		}
		require.NoError(b, lines.Err())
		require.NoError(b, file.Close())
	}
	require.NotEmpty(b, of)
	var from, to float64
	for _, filings := range of {
		require.Greater(b, len(filings), pgbenchWarm)
		from = max(from, filings[pgbenchWarm-1].ended)
		if last := filings[len(filings)-1].ended; to == 0 || last < to {
			to = last
		}
	}
	require.Greater(b, to, from, "no filings while all connections were at work")
	var took []float64
	for _, filings := range of {
		for _, f := range filings {
			if from < f.ended && f.ended <= to {
				took = append(took, f.took)
			}
		}
	}
	slices.Sort(took)
	return float64(len(took)) / (to - from), took[len(took)*99/100]
}

// pgbenchPath finds pgbench beside the server's binaries.
func pgbenchPath(b *testing.B) string {
	b.Helper()
	if found, err := exec.LookPath("pgbench"); err == nil {
		return found
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	require.NoError(b, err)
	require.NotEmpty(b, found, "pgbench is missing: on Debian it comes with postgresql")
	return found[len(found)-1]
}

// postgresURL returns the address of a pool's database.
func postgresURL(b *testing.B, db *sqlx.DB) string {
	b.Helper()
	var name string
	require.NoError(b, db.Get(&name, `SELECT current_database()`))
	base, query, _ := strings.Cut(os.Getenv("TEST_DATABASE_URL"), "?")
	return base[:strings.LastIndex(base, "/")+1] + name + "?" + query
}
