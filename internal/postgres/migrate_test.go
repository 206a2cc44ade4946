package postgres_test

import (
	"context"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
)

func TestAProgramRefusesAnOldSchemaAndStartsOnACurrentOne(t *testing.T) {
	ctx := t.Context()
	db := empty(t)
	if err := postgres.SchemaCurrent(ctx, db); err == nil {
		t.Error("an empty database passed for current")
	}
	var tables int
	if err := db.GetContext(ctx, &tables, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`); err != nil {
		t.Fatal(err)
	}
	if tables != 0 {
		t.Errorf("the check made %d tables; it must write nothing", tables)
	}

	if err := postgres.Migrate(ctx, db); err != nil {
		t.Fatal(err)
	}
	if err := postgres.SchemaCurrent(ctx, db); err != nil {
		t.Error(err)
	}

	// One migration behind is old, one ahead is the next release's.
	db.MustExecContext(ctx, `DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
	if err := postgres.SchemaCurrent(ctx, db); err == nil {
		t.Error("a schema one migration behind passed for current")
	}
	db.MustExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	if err := postgres.SchemaCurrent(ctx, db); err != nil {
		t.Errorf("a newer schema was refused: %v", err)
	}
}

func TestProcessesThatMigrateAtOnceAllSucceed(t *testing.T) {
	db := empty(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := postgres.Migrate(context.Background(), db); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if err := postgres.SchemaCurrent(t.Context(), db); err != nil {
		t.Error(err)
	}
}

func empty(t *testing.T) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Connect("postgres", pgtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
