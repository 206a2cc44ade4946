// Package postgres is the record (台账): all SQL lives here and nothing else
// does. It locks, reads, writes and guards; the numbers it guards come from
// internal/award.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Store is the record over one database.
type Store struct {
	db     *sqlx.DB
	frozen frozen
}

// New returns the record over db, whose schema must be current.
func New(db *sqlx.DB) *Store { return &Store{db: db} }

// Open connects to the database at url with a pool of the given size.
// Parameters go in one round trip with their query (binary_parameters): an act
// asks some fifteen questions, and measured it is a sixth faster so.
func Open(ctx context.Context, address string, connections int) (*sqlx.DB, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the database's address is not a URL") // it may hold a password: not repeated
	}
	q := u.Query()
	q.Set("binary_parameters", "yes")
	u.RawQuery = q.Encode()
	opener, err := newConnector(u.String())
	if err != nil {
		return nil, err
	}
	db := sqlx.NewDb(sql.OpenDB(opener), "postgres")
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the database: %w", err), db.Close())
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxLifetime(connectionLife)
	return db, nil
}

// connectionLife bounds a connection, so that a database that has moved is
// found again.
const connectionLife = 30 * time.Minute

// deadlockTries is how often a transaction that PostgreSQL broke off to end a
// deadlock is run. Locks have an order (docs/decisions/0002); what is left are
// rare meetings of foreign keys, and an officer should not be asked to repeat.
const deadlockTries = 3

// deadlocked reports whether PostgreSQL broke the transaction off.
func deadlocked(err error) bool {
	violation, ok := errors.AsType[*pq.Error](err)
	return ok && violation.Code == "40P01"
}

// inTx runs fn in a transaction and commits when it returns nil. A panic of fn
// takes everything back.
func (s *Store) inTx(ctx context.Context, fn func(t *transaction) error) error {
	t, err := begin(ctx, s.db)
	if err != nil {
		return lost(fmt.Errorf("begin: %w", err))
	}
	finished := false
	defer func() {
		if !finished {
			_ = t.rollback() // a panic is under way, and says more
		}
	}()
	err = fn(t)
	finished = true
	if err != nil {
		return lost(errors.Join(err, ignoreDone(t.rollback())))
	}
	if err := t.commit(); err != nil {
		return lost(fmt.Errorf("commit: %w", err))
	}
	return nil
}

// lostError is a connection that broke under a transaction. It bears
// PostgreSQL's own code for that, connection_failure, which the driver leaves
// out: whoever asked is told to ask again, and an act is found done or undone
// by its key.
type lostError struct{ error }

func (lostError) SQLState() string { return "08006" }

func (e lostError) Unwrap() error { return e.error }

// lost marks an error that came of a broken connection.
func lost(err error) error {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return lostError{err}
	}
	return err
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
	if err == nil || errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) {
		return nil
	}
	return fmt.Errorf("roll back: %w", err)
}

// encode writes a value as JSON text, the form in which a jsonb parameter goes
// to the server: bytes would be taken for its binary form, since parameters are
// sent in one round trip (binary_parameters=yes).
func encode(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}

// scanner is one row of an answer, a single one or one of many.
type scanner interface{ Scan(dest ...any) error }

// collect reads every row of an answer and closes it. what says what was being
// read when a row could not be.
func collect[T any](rows *sqlx.Rows, what string, scan func(scanner) (T, error)) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
