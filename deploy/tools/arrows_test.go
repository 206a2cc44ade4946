package tools_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// arrow is one import that the house has an opinion on.
type arrow struct{ from, to string }

func (a arrow) String() string { return a.from + " → " + a.to }

// file is where the test draws the arrow. Every arrow has a tree of its own:
// together they would be a cycle, which does not compile.
func (a arrow) file() string {
	return strings.NewReplacer("/", "_", ".", "_").Replace(a.from+"_to_"+a.to) + "/" + a.from + "/arrow.go"
}

// forbidden names an import for every arrow that must not be drawn.
var forbidden = []arrow{
	{"internal/award", "database/sql"},
	{"internal/award", "net/http"},
	{"internal/award", "os"},
	{"internal/award", "log/slog"},
	{"internal/award", "math/rand/v2"},
	{"internal/award", "crypto/rand"},
	{"internal/award", "shifan/internal/acts"},
	{"internal/award", "github.com/google/uuid"},

	{"internal/acts", "database/sql"},
	{"internal/acts", "net/http"},
	{"internal/acts", "shifan/internal/postgres"},
	{"internal/acts", "shifan/workflows"},
	{"internal/acts", "github.com/jmoiron/sqlx"},
	{"internal/acts", "github.com/gin-gonic/gin"},
	{"internal/acts", "go.temporal.io/sdk/client"},

	{"internal/register", "database/sql"},
	{"internal/register", "shifan/internal/postgres"},

	{"internal/sheet", "database/sql"},
	{"internal/sheet", "shifan/internal/postgres"},
	{"internal/acts", "shifan/internal/sheet"},

	{"internal/archive", "net/http"},
	{"internal/archive", "shifan/internal/postgres"},
	{"internal/acts", "shifan/internal/archive"},

	{"internal/logfile", "database/sql"},
	{"internal/logfile", "os"},
	{"internal/logfile", "shifan/internal/acts"},

	{"internal/ratio", "shifan/internal/award"},

	{"internal/evidence", "database/sql"},
	{"internal/evidence", "net/http"},
	{"internal/evidence", "shifan/internal/postgres"},
	{"internal/evidence", "gocloud.dev/blob/s3blob"},
	{"internal/acts", "shifan/internal/evidence"},
	{"internal/acts", "gocloud.dev/blob"},
	{"internal/acts", "golang.org/x/crypto/bcrypt"},

	{"internal/openid", "database/sql"},
	{"internal/openid", "shifan/internal/postgres"},
	{"internal/acts", "shifan/internal/openid"},
	{"api/console", "shifan/internal/openid"},
	{"api/console", "github.com/coreos/go-oidc/v3/oidc"},

	{"internal/postgres", "net/http"},
	{"internal/postgres", "shifan/workflows"},
	{"internal/postgres", "shifan/activities"},
	{"internal/postgres", "github.com/gin-gonic/gin"},
	{"internal/postgres", "go.temporal.io/sdk/client"},
	{"internal/postgres/pgtest", "shifan/workflows"},

	{"activities", "database/sql"},
	{"activities", "shifan/workflows"},
	{"activities", "shifan/internal/postgres"},
	{"activities", "shifan/api/server"},
	{"activities", "github.com/jmoiron/sqlx"},

	{"workflows", "database/sql"},
	{"workflows", "net/http"},
	{"workflows", "os"},
	{"workflows", "math/rand/v2"},
	{"workflows", "crypto/rand"},
	{"workflows", "shifan/internal/postgres"},
	{"workflows", "shifan/internal/acts"},
	{"workflows", "shifan/api/server"},
	{"workflows", "github.com/jmoiron/sqlx"},

	{"api/server", "database/sql"},
	{"api/server", "shifan/internal/postgres"},
	{"api/server", "shifan/internal/config"},
	{"api/server", "shifan/activities"},
	{"api/server", "shifan/workflows"},
	{"api/server", "github.com/jmoiron/sqlx"},
	{"api/server", "github.com/lib/pq"},
	{"api/server", "go.temporal.io/sdk/client"},
	{"api/console", "shifan/internal/postgres"},
	{"api/console", "shifan/workflows"},
	{"api/console", "shifan/api/server"},
	{"api/console", "database/sql"},
	{"api/console", "go.temporal.io/sdk/client"},

	{"internal/config", "shifan/internal/award"},
	{"worker", "github.com/gin-gonic/gin"},
	{"api", "github.com/gin-gonic/gin"},
	{"deploy/migrate", "github.com/gin-gonic/gin"},
}

// allowed names imports that the same rules must let through: a rule that
// refuses everything would pass the test of refusals.
var allowed = []arrow{
	{"internal/award", "math/big"},
	{"internal/acts", "shifan/internal/award"},
	{"internal/acts", "golang.org/x/crypto/argon2"},
	{"internal/register", "shifan/internal/award"},
	{"internal/logfile", "shifan/internal/award"},
	{"internal/evidence", "shifan/internal/acts"},
	{"internal/evidence", "gocloud.dev/blob/fileblob"},
	{"internal/openid", "shifan/internal/acts"},
	{"internal/openid", "github.com/coreos/go-oidc/v3/oidc"},
	{"internal/openid", "golang.org/x/oauth2"},
	{"internal/postgres", "database/sql"},
	{"internal/postgres", "shifan/internal/acts"},
	{"internal/postgres", "github.com/jmoiron/sqlx"},
	{"internal/postgres", "github.com/lib/pq"},
	{"activities", "shifan/internal/acts"},
	{"activities", "go.temporal.io/sdk/activity"},
	{"workflows", "shifan/activities"},
	{"workflows", "go.temporal.io/sdk/workflow"},
	{"api/server", "shifan/internal/acts"},
	{"api/server", "github.com/gin-gonic/gin"},
	{"api/console", "shifan/internal/acts"},
	{"api/console", "shifan/api/server/text"},
	{"worker", "shifan/internal/postgres"},
	{"api", "shifan/workflows"},
}

func TestTheLinterRefusesEveryForbiddenArrow(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	project := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", ".golangci.yml"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(project, name), string(text))
	}
	for _, a := range slices.Concat(forbidden, allowed) {
		if to, ours := strings.CutPrefix(a.to, "shifan/"); ours {
			write(t, filepath.Join(project, to, "empty.go"), "package "+path.Base(to)+"\n")
		}
		write(t, filepath.Join(project, a.file()), fmt.Sprintf("package %s\n\nimport _ %q\n", path.Base(a.from), a.to))
	}

	refused := refusals(t, project, filepath.Join(root, ".local", "bin", "golangci-lint"))
	for _, a := range forbidden {
		if !refused[a.file()] {
			t.Errorf("the linter lets through %s", a)
		}
	}
	for _, a := range allowed {
		if refused[a.file()] {
			t.Errorf("the linter refuses %s, which the house needs", a)
		}
	}
}

// refusals returns the files in which depguard found a forbidden import.
func refusals(t *testing.T, project, linter string) map[string]bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), linter, "run", "--enable-only", "depguard",
		"--output.json.path", "stdout", "--show-stats=false", "./...")
	cmd.Dir = project
	output, err := cmd.Output()
	if len(output) == 0 {
		t.Fatalf("run the linter: %v", err)
	}
	var report struct {
		Issues []struct {
			FromLinter string
			Text       string
			Pos        struct{ Filename string }
		}
	}
	if err := json.NewDecoder(strings.NewReader(string(output))).Decode(&report); err != nil {
		t.Fatalf("read the linter's report: %v\n%s", err, output)
	}
	files := map[string]bool{}
	for _, issue := range report.Issues {
		if issue.FromLinter != "depguard" {
			t.Fatalf("the linter could not read the project: %s: %s", issue.Pos.Filename, issue.Text)
		}
		files[filepath.ToSlash(issue.Pos.Filename)] = true
	}
	return files
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
