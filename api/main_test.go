package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"shifan/internal/award"
	"shifan/internal/config"
	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
	"shifan/internal/register"
)

var quiet = slog.New(slog.DiscardHandler)

// record is a database with the register's roots.
func record(t *testing.T) config.Config {
	t.Helper()
	c := config.Config{DatabaseURL: pgtest.URL(t), TemporalAddress: "127.0.0.1:1", TemporalNamespace: "default"}
	db, err := sqlx.Connect("postgres", c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	roots := func(yield func(register.Row, error) bool) {
		for _, row := range register.Roots() {
			if !yield(row, nil) {
				return
			}
		}
	}
	if _, err := postgres.New(db).ImportRegister(t.Context(), "test", award.Date{Year: 2020, Month: 1, Day: 1}, roots, func(int) {}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAdminKeyWritesAKeyForItsOwnerAloneAndReplacesALostOne(t *testing.T) {
	c := record(t)
	file := filepath.Join(t.TempDir(), "admin.key")
	written := func() string {
		t.Helper()
		if err := run(t.Context(), c, quiet, []string{"admin-key", "-out", file}); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first := written()
	if !strings.HasPrefix(first, "shifan_") || !strings.HasSuffix(first, "\n") {
		t.Errorf("the file holds %q", first)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if second := written(); second != first {
		t.Error("a good key was replaced")
	}
	if err := os.WriteFile(file, []byte("shifan_old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if third := written(); third == first || third == "shifan_old\n" {
		t.Error("a key that is no longer valid was kept")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	written()
	leftovers, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".key-*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left behind: %q, %v", leftovers, err)
	}
}

func TestItRefusesWhatItDoesNotKnow(t *testing.T) {
	c := record(t)
	for _, args := range [][]string{{"serve-cake"}, {"admin-key"}, {"admin-key", "-out", "f", "more"}} {
		if err := run(t.Context(), c, quiet, args); err == nil {
			t.Errorf("%q was done", args)
		}
	}
}

func TestItRefusesToStartOnAnOldSchema(t *testing.T) {
	err := run(t.Context(), config.Config{DatabaseURL: pgtest.Empty(t)}, quiet, nil)
	if err == nil || !strings.Contains(err.Error(), "deploy/migrate") {
		t.Errorf("it started: %v", err)
	}
}

func TestItServesWithoutTemporalAndDrains(t *testing.T) {
	c := record(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.APIAddress = listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, c, quiet, nil) }()

	if status := ask(t, "http://"+c.APIAddress+"/readyz"); status != http.StatusOK {
		t.Errorf("/readyz answers %d", status)
	}
	if status := ask(t, "http://"+c.APIAddress+"/docs"); status != http.StatusOK {
		t.Errorf("/docs answers %d", status)
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it did not drain: %v", err)
		}
	case <-time.After(drainPatience):
		t.Error("it did not end")
	}
}

// ask waits until the address answers and returns the status.
func ask(t *testing.T, url string) int {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get(url)
		if err != nil {
			if time.Now().After(deadline) {
				t.Fatal(err)
			}
			continue
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode
	}
}
