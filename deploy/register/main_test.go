package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"shifan/internal/postgres/pgtest"
)

func TestAFreshRecordGetsTheWholeSampleOnce(t *testing.T) {
	url := pgtest.URL(t)
	out := runOK(t, url)
	if !strings.Contains(out, "added 126686,") || !strings.Contains(out, "已读取 120000 行") {
		t.Errorf("said:\n%s", out)
	}

	db, err := sqlx.Connect("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	// Every community climbs through a street and a recommending office, and none
	// of the Corps through Xinjiang.
	var communities, complete, offices int
	err = db.QueryRowContext(t.Context(), `
		SELECT count(*), count(*) FILTER (WHERE s.kind = 'street'), count(DISTINCT left(c.code, 2))
		FROM unit_version c JOIN unit_version s ON s.unit_id = c.parent_id
		WHERE c.kind = 'community'`).Scan(&communities, &complete, &offices)
	if err != nil {
		t.Fatal(err)
	}
	if communities != 82006 || complete != communities || offices != 31 {
		t.Errorf("%d communities, %d under streets, in %d provinces", communities, complete, offices)
	}
	var cities int
	err = db.GetContext(t.Context(), &cities, `
		SELECT count(*) FROM unit_version c JOIN unit_version p ON p.unit_id = c.parent_id
		WHERE p.code = 'BT' AND c.kind = 'county_city'`)
	if err != nil {
		t.Fatal(err)
	}
	if cities != 12 {
		t.Errorf("the Corps has %d cities, want 12", cities)
	}

	if again := runOK(t, url); !strings.Contains(again, "nothing done") {
		t.Errorf("the second time said:\n%s", again)
	}
}

func TestAFileIsImportedAndItsUnsureUnitsListed(t *testing.T) {
	url := pgtest.URL(t)
	list := write(t, "code,name\n46,海南省\n4603,三沙市\n460321,西沙群岛\n")
	out := runOK(t, url, "import", list, "-valid-from", "2008-12-31", "-source", "民政部 2008")
	if !strings.Contains(out, "read 3, added 5, changed 0, unchanged 0, unsure 1") {
		t.Errorf("said:\n%s", out)
	}
	if out := runOK(t, url, "unsure"); !strings.Contains(out, "460321\t西沙群岛\tcounty\n") {
		t.Errorf("listed:\n%s", out)
	}
}

func TestABadFileIsRefusedInWords(t *testing.T) {
	list := write(t, "code,name\n46,海南省\n4603,\n"+strings.Repeat("x,某市\n", 30))
	err := run(t.Context(), pgtest.URL(t), []string{"import", list, "-valid-from", "2008-12-31", "-source", "x"}, &strings.Builder{})
	if err == nil {
		t.Fatal("imported")
	}
	text := explain(err)
	for _, want := range []string{"D-13", "第 3 行 name: 名称为空", "第 4 行 code: 代码不合 GB/T 2260", "[x]", "共 31 处，以上为前 20 处"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
}

func TestWhatIsNotUnderstoodIsAnsweredWithTheUsage(t *testing.T) {
	url := pgtest.URL(t)
	for _, args := range [][]string{
		{"remove"},
		{"import"},
		{"unsure", "all"},
		{"import", "x.csv"},
		{"import", "x.csv", "-valid-from", "2008-12-31"},
		{"import", "x.csv", "-from", "2008"},
	} {
		if err := run(t.Context(), url, args, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "usage:") {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestAnOldSchemaIsRefused(t *testing.T) {
	if err := run(t.Context(), pgtest.Empty(t), nil, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "deploy/migrate") {
		t.Errorf("got %v", err)
	}
}

// Every key that the reader and the import refuse with has its words here.
func TestEveryRefusalOfAListHasWords(t *testing.T) {
	key := regexp.MustCompile(`["']register_([a-z]+_)*[a-z]+["']`)
	seen := make(map[string]bool)
	for _, pattern := range []string{"../../internal/register/*.go", "../../internal/postgres/register*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range key.FindAllString(string(text), -1) {
				seen[strings.Trim(found, `"'`)] = true
			}
		}
	}
	if len(seen) < 10 {
		t.Fatalf("found only %d keys: the search is broken", len(seen))
	}
	for key := range seen {
		if texts[key] == "" {
			t.Errorf("%s has no words", key)
		}
	}
}

func runOK(t *testing.T, url string, args ...string) string {
	t.Helper()
	var out strings.Builder
	if err := run(t.Context(), url, args, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func write(t *testing.T, list string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
