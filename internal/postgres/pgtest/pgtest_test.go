package pgtest_test

import (
	"testing"

	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
)

func TestTwoTestsShareNothingAndBothAreMigrated(t *testing.T) {
	one, other := pgtest.New(t), pgtest.New(t)
	if err := postgres.SchemaCurrent(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	one.MustExecContext(t.Context(), `INSERT INTO unit DEFAULT VALUES`)
	var units int
	if err := other.GetContext(t.Context(), &units, `SELECT count(*) FROM unit`); err != nil {
		t.Fatal(err)
	}
	if units != 0 {
		t.Errorf("the other database sees %d units of the first", units)
	}
}

func TestTheDatabaseIsGoneWhenItsTestEnds(t *testing.T) {
	var name string
	t.Run("a test that takes a database", func(t *testing.T) {
		if err := pgtest.New(t).GetContext(t.Context(), &name, `SELECT current_database()`); err != nil {
			t.Fatal(err)
		}
	})
	var left int
	err := pgtest.New(t).GetContext(t.Context(), &left, `SELECT count(*) FROM pg_database WHERE datname = $1`, name)
	if err != nil {
		t.Fatal(err)
	}
	if name == "" || left != 0 {
		t.Errorf("database %q is still there", name)
	}
}
