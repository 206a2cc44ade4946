package server_test

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"shifan/deploy/local/server"
)

// cluster is a folder that any user may enter, as a test's own may not be.
func cluster(t *testing.T) server.PostgresOptions {
	t.Helper()
	folder, err := os.MkdirTemp("", "shifan-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(folder, 0o711); err != nil {
		t.Fatal(err)
	}
	return server.PostgresOptions{
		Folder: filepath.Join(folder, "postgres"), Log: filepath.Join(folder, "postgres.log"), Throwaway: true,
	}
}

func start(t *testing.T, o server.PostgresOptions) *server.Postgres {
	t.Helper()
	o.Port = freePort(t)
	p, err := server.StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func query(t *testing.T, databaseURL, statement string) (string, error) {
	t.Helper()
	db, err := sql.Open("postgres", databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var value string
	err = db.QueryRowContext(t.Context(), statement).Scan(&value)
	return value, err
}

func mustQuery(t *testing.T, databaseURL, statement, want string) {
	t.Helper()
	if got, err := query(t, databaseURL, statement); err != nil || got != want {
		t.Errorf("%s = %q, %v; want %q", statement, got, err, want)
	}
}

func TestAClusterKeepsItsDataAndItsPassword(t *testing.T) {
	o := cluster(t)
	first := start(t, o)
	mustQuery(t, first.URL, "SHOW server_encoding", "UTF8")
	mustQuery(t, first.URL, "CREATE TABLE kept AS SELECT '示范'::text AS word; SELECT word FROM kept", "示范")
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}

	second := start(t, o)
	mustQuery(t, second.URL, "SELECT word FROM kept", "示范")
	if a, b := password(t, first.URL), password(t, second.URL); a != b {
		t.Error("the password changed over a restart")
	}
	info, err := os.Stat(filepath.Join(o.Folder, "password"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the password's file: %v, %v; want mode 0600", info, err)
	}
	if _, err := query(t, withPassword(t, second.URL, "wrong"), "SELECT 1"); err == nil {
		t.Error("a wrong password was accepted")
	}
}

func TestAServerLeftRunningIsStoppedBeforeTheNextStarts(t *testing.T) {
	o := cluster(t)
	left := start(t, o)
	mustQuery(t, left.URL, "CREATE TABLE kept AS SELECT 'before'::text AS word; SELECT word FROM kept", "before")

	next := start(t, o)
	select {
	case <-left.Done():
	default:
		t.Error("two servers run on the same data")
	}
	mustQuery(t, next.URL, "SELECT word FROM kept", "before")
}

func TestAKilledServerStartsAgain(t *testing.T) {
	o := cluster(t)
	o.Throwaway = false // what was committed must be there
	killed := start(t, o)
	mustQuery(t, killed.URL, "CREATE TABLE kept AS SELECT 'before'::text AS word; SELECT word FROM kept", "before")
	if err := killed.Kill(); err != nil {
		t.Fatal(err)
	}
	mustQuery(t, start(t, o).URL, "SELECT word FROM kept", "before")
}

func TestALostPasswordIsReplaced(t *testing.T) {
	o := cluster(t)
	first := start(t, o)
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(o.Folder, "password")); err != nil {
		t.Fatal(err)
	}
	second := start(t, o)
	mustQuery(t, second.URL, "SELECT 'in'", "in")
	if password(t, first.URL) == password(t, second.URL) {
		t.Error("the new password is the old one")
	}
}

func TestAHalfMadeClusterIsMadeAnew(t *testing.T) {
	o := cluster(t)
	half := filepath.Join(o.Folder, "data.new")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustQuery(t, start(t, o).URL, "SELECT 'in'", "in")
}

func password(t *testing.T, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := u.User.Password()
	if secret == "" {
		t.Fatal("no password in the URL")
	}
	return secret
}

func withPassword(t *testing.T, databaseURL, secret string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), secret)
	return u.String()
}
