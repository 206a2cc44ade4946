package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// transaction is one transaction over one connection. The caller's patience is
// watched once, by the driver, from begin to end: when it ends, the statement
// under way is cancelled and the connection given up. database/sql would watch
// it for every statement and for every answer besides, some thirty goroutines
// an act, which cost an act more than the rules it obeys.
type transaction struct {
	on    *sqlx.Conn
	ended driver.Tx
}

// begin begins a transaction, which the caller must end.
func begin(ctx context.Context, db *sqlx.DB) (*transaction, error) {
	on, err := db.Connx(ctx)
	if err != nil {
		return nil, err
	}
	t := &transaction{on: on}
	err = on.Raw(func(c any) error {
		able, ok := c.(driver.ConnBeginTx)
		if !ok {
			return fmt.Errorf("the driver's connection %T begins no transaction", c)
		}
		t.ended, err = able.BeginTx(ctx, driver.TxOptions{})
		return err
	})
	if err != nil {
		return nil, errors.Join(err, on.Close())
	}
	return t, nil
}

// commit makes what was done last.
func (t *transaction) commit() error { return t.end(driver.Tx.Commit) }

// rollback takes everything back.
func (t *transaction) rollback() error { return t.end(driver.Tx.Rollback) }

func (t *transaction) end(how func(driver.Tx) error) error {
	err := t.on.Raw(func(any) error { return how(t.ended) })
	if errors.Is(err, driver.ErrBadConn) { // Raw has given the connection up
		return err
	}
	return errors.Join(err, t.on.Close())
}

// ExecContext runs a statement.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.on.ExecContext(context.WithoutCancel(ctx), query, args...)
}

// PrepareContext prepares a statement that runs more than once.
func (t *transaction) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.on.PrepareContext(context.WithoutCancel(ctx), query)
}

// GetContext reads one row into dest; sql.ErrNoRows when there is none.
func (t *transaction) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.on.GetContext(context.WithoutCancel(ctx), dest, query, args...)
}

// SelectContext reads all rows into dest.
func (t *transaction) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.on.SelectContext(context.WithoutCancel(ctx), dest, query, args...)
}

// QueryContext asks for rows.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.on.QueryContext(context.WithoutCancel(ctx), query, args...)
}

// QueryxContext asks for rows that can be read into structures.
func (t *transaction) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return t.on.QueryxContext(context.WithoutCancel(ctx), query, args...)
}

// QueryRowxContext asks for one row, whose Scan tells what went wrong.
func (t *transaction) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	return t.on.QueryRowxContext(context.WithoutCancel(ctx), query, args...)
}
