package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

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

// A transaction whose caller has gone ends, also in the middle of a statement,
// and leaves nothing: the pool's connections are whole for the next one.
func TestATransactionEndsWithItsCaller(t *testing.T) {
	db := pgtest.New(t)
	store := postgres.New(db)
	ctx, leave := context.WithCancel(context.Background())
	began := time.Now()
	err := store.InTx(ctx, func(tx acts.Tx) error {
		if _, err := tx.Now(ctx); err != nil {
			return err
		}
		leave()
		<-ctx.Done()
		_, err := tx.Now(ctx)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that the caller has gone", err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("the caller was waited for: %v", took)
	}
	for range 3 * db.Stats().MaxOpenConnections {
		err := store.InTx(context.Background(), func(tx acts.Tx) error {
			_, err := tx.Now(context.Background())
			return err
		})
		if err != nil {
			t.Fatalf("the next transaction: %v", err)
		}
	}
	if open := db.Stats().InUse; open != 0 {
		t.Errorf("%d connections are not given back", open)
	}
}

// A statement that waits for a lock is cancelled when its caller goes.
func TestAWaitEndsWithItsCaller(t *testing.T) {
	db := pgtest.New(t)
	store := postgres.New(db)
	err := store.InTx(context.Background(), func(tx acts.Tx) error {
		if err := tx.LockCalendar(context.Background()); err != nil {
			return err
		}
		ctx, leave := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer leave()
		done := make(chan error, 1)
		go func() {
			done <- store.InTx(ctx, func(other acts.Tx) error { return other.LockCalendar(ctx) })
		}()
		select {
		case err := <-done:
			if err == nil {
				t.Error("two hold one lock")
			}
		case <-time.After(20 * time.Second):
			t.Error("a statement outlives its caller")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A panic inside a transaction takes everything back and leaves the connection
// in order.
func TestAPanicTakesATransactionBack(t *testing.T) {
	db := pgtest.New(t)
	store := postgres.New(db)
	ctx := context.Background()
	func() {
		defer func() { _ = recover() }()
		_ = store.InTx(ctx, func(tx acts.Tx) error {
			if err := tx.Try(ctx, func() error { return nil }); err != nil {
				t.Error(err)
			}
			panic("in the middle")
		})
	}()
	if open := db.Stats().InUse; open != 0 {
		t.Errorf("%d connections are not given back", open)
	}
	var idle int
	if err := db.Get(&idle, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`); err != nil || idle != 0 {
		t.Errorf("%d transactions are left open (%v)", idle, err)
	}
}
