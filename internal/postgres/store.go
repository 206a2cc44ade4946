// Package postgres is the record (台账): all SQL lives here and nothing else
// does. It locks, reads, writes and guards; the numbers it guards come from
// internal/award.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Store is the record over one database.
type Store struct {
	db *sqlx.DB
}

// New returns the record over db, whose schema must be current.
func New(db *sqlx.DB) *Store { return &Store{db: db} }

// inTx runs fn in a transaction and commits when it returns nil.
func (s *Store) inTx(ctx context.Context, fn func(tx *sqlx.Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// constraint returns the name of the constraint that err violates, or "".
func constraint(err error) string {
	if violation, ok := errors.AsType[*pq.Error](err); ok {
		return violation.Constraint
	}
	return ""
}

// ignoreDone drops the error of rolling back what the connection has already
// given up, so that the cause stands alone.
func ignoreDone(err error) error {
	if err == nil || errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn) {
		return nil
	}
	return fmt.Errorf("roll back: %w", err)
}
