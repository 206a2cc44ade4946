package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/lib/pq"
)

// connector opens connections that keep their statements prepared. An act asks
// some fifteen questions, always the same ones, and planning the larger of them
// takes the server several times as long as answering; a statement that a
// connection has prepared once is only run.
type connector struct{ *pq.Connector }

func newConnector(address string) (driver.Connector, error) {
	plain, err := pq.NewConnector(address)
	if err != nil {
		return nil, errors.New("the database's address is malformed") // it may hold a password: not repeated
	}
	return connector{plain}, nil
}

// Connect opens a connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	able, ok := plain.(pqConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's connection %T lacks a method", plain), plain.Close())
	}
	return &connection{pqConn: able, prepared: make(map[string]pqStmt)}, nil
}

// pqConn is everything that database/sql asks of the driver's connection.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// pqStmt is a statement that the server has prepared.
type pqStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// connection is one connection with its statements. database/sql lets one
// caller at a time work with it.
type connection struct {
	pqConn
	prepared map[string]pqStmt
}

// mostPrepared bounds the statements of a connection: all there are, several
// times over. One beyond it begins anew.
const mostPrepared = 500

// QueryContext runs a query.
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	return rows, c.forget(query, s, err)
}

// ExecContext runs a statement. One without parameters is sent as it is: it may
// be several, and there is nothing to plan twice.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.pqConn.ExecContext(ctx, query, args)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	return result, c.forget(query, s, err)
}

func (c *connection) statement(ctx context.Context, query string) (pqStmt, error) {
	if s, there := c.prepared[query]; there {
		return s, nil
	}
	if len(c.prepared) >= mostPrepared {
		for known, s := range c.prepared {
			delete(c.prepared, known)
			if err := s.Close(); err != nil {
				return nil, err
			}
		}
	}
	plain, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := plain.(pqStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's statement %T lacks a method", plain), plain.Close())
	}
	c.prepared[query] = s
	return s, nil
}

// planOutlived is what PostgreSQL says of a statement whose table was changed
// under it (feature_not_supported: cached plan must not change result type).
const planOutlived = "0A000"

// forget drops a statement whose table has changed, so that the next call
// prepares it anew, and returns err.
func (c *connection) forget(query string, s pqStmt, err error) error {
	if violation, ok := errors.AsType[*pq.Error](err); ok && violation.Code == planOutlived {
		delete(c.prepared, query)
		return errors.Join(err, s.Close())
	}
	return err
}
