package postgres_test

import (
	"context"
	"errors"
	"testing"

	"shifan/internal/acts"
	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
)

// The driver says no more than "bad connection" of the second question; the
// border answers 503 by PostgreSQL's own code.
func TestAConnectionLostUnderATransactionSaysSo(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	err := postgres.New(db).InTx(ctx, func(tx acts.Tx) error {
		if _, err := tx.Now(ctx); err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, `
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Errorf("break the connection: %v", err)
		}
		if _, err := tx.Now(ctx); err == nil {
			t.Error("a broken connection answers")
		}
		_, err := tx.Now(ctx)
		return err
	})
	state, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err)
	if !ok || state.SQLState()[:2] != "08" {
		t.Errorf("error %v, want one of class 08, connection exception", err)
	}
}
