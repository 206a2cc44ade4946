// Package pgtest gives each test a migrated PostgreSQL database of its own.
// Only tests import it; it holds no fixtures, those belong to the test that
// needs them.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"shifan/internal/postgres"
)

const (
	// variable names the server to test against: the URL of a superuser, such
	// as postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable.
	variable = "TEST_DATABASE_URL"

	// templateLock serialises the building of templates on one server. Any
	// constant will do that nobody else locks in the superuser's database.
	templateLock = 0x73686966616e // "shifan"

	// connections is the most a test's pool opens, so that packages tested in
	// parallel stay below the server's usual 100.
	connections = 20
)

// New returns a pool on a fresh, migrated database that is dropped when the
// test ends. It fails the test, and never skips it, when there is no server.
func New(t testing.TB) *sqlx.DB {
	t.Helper()
	db, err := postgres.Open(context.Background(), URL(t), connections)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("pgtest: close the test's pool: %v", err)
		}
	})
	return db
}

// URL returns the address of a database like New's, for tests that run a whole
// program.
func URL(t testing.TB) string {
	t.Helper()
	template, err := template()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return create(t, fmt.Sprintf("TEMPLATE %s", pq.QuoteIdentifier(template)))
}

// Empty returns the address of a database without a schema, for tests of the
// migrations themselves.
func Empty(t testing.TB) string {
	t.Helper()
	return create(t, "TEMPLATE template0")
}

// create makes a database, arranges for its end and returns its address.
func create(t testing.TB, options string) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	quoted := pq.QuoteIdentifier(name)
	err := onServer(func(server *sqlx.Conn) error {
		return exec(server, "CREATE DATABASE "+quoted+" "+options)
	})
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		err := onServer(func(server *sqlx.Conn) error {
			return exec(server, "DROP DATABASE "+quoted+" WITH (FORCE)")
		})
		if err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	address, err := addressOf(name)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return address
}

// template returns the name of the migrated template database, which the first
// test process on the server builds while the others wait. It is named after
// the migrations, so a changed migration gets a new one.
var template = sync.OnceValues(func() (string, error) {
	digest, err := postgres.SchemaDigest()
	if err != nil {
		return "", err
	}
	name := "template_" + digest[:16]
	return name, onServer(func(server *sqlx.Conn) error {
		ctx := context.Background()
		// The lock ends with the connection, which onServer closes.
		if _, err := server.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, templateLock); err != nil {
			return fmt.Errorf("wait for the template: %w", err)
		}
		var built bool
		err := server.GetContext(ctx, &built, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name)
		if err != nil {
			return fmt.Errorf("look for the template: %w", err)
		}
		if built {
			return nil
		}
		return build(server, name)
	})
})

// build migrates a new database and gives it the template's name last, so that
// a half-built one is never taken for a template.
func build(server *sqlx.Conn, name string) error {
	unfinished := name + "_unfinished"
	if err := exec(server, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(unfinished)+" WITH (FORCE)"); err != nil {
		return err
	}
	if err := exec(server, "CREATE DATABASE "+pq.QuoteIdentifier(unfinished)+" TEMPLATE template0"); err != nil {
		return err
	}
	if err := migrate(unfinished); err != nil {
		return err
	}
	return exec(server, "ALTER DATABASE "+pq.QuoteIdentifier(unfinished)+" RENAME TO "+pq.QuoteIdentifier(name))
}

func migrate(database string) error {
	address, err := addressOf(database)
	if err != nil {
		return err
	}
	db, err := sqlx.Connect("postgres", address)
	if err != nil {
		return fmt.Errorf("connect to the unfinished template: %w", err)
	}
	defer db.Close() // before the rename, which wants no connection left
	return postgres.Migrate(context.Background(), db)
}

// onServer runs fn on one connection to the superuser's own database.
func onServer(fn func(server *sqlx.Conn) error) error {
	address, err := serverAddress()
	if err != nil {
		return err
	}
	db, err := sqlx.Connect("postgres", address.String())
	if err != nil {
		return fmt.Errorf("connect to the server of %s: %w", variable, err)
	}
	defer db.Close()
	server, err := db.Connx(context.Background())
	if err != nil {
		return fmt.Errorf("connect to the server of %s: %w", variable, err)
	}
	defer server.Close()
	return fn(server)
}

func exec(server *sqlx.Conn, statement string) error {
	if _, err := server.ExecContext(context.Background(), statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func addressOf(database string) (string, error) {
	address, err := serverAddress()
	if err != nil {
		return "", err
	}
	address.Path = "/" + database
	return address.String(), nil
}

func serverAddress() (*url.URL, error) {
	text := os.Getenv(variable)
	if text == "" {
		return nil, fmt.Errorf("%s is not set: run `make test`, or set it to the URL of a PostgreSQL superuser", variable)
	}
	address, err := url.Parse(text)
	if err != nil || address.Host == "" {
		return nil, fmt.Errorf("%s must be a URL such as postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable", variable)
	}
	return address, nil
}
