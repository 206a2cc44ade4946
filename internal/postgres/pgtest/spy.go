package pgtest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Statement is one question to the database as it was asked.
type Statement struct {
	Text string
	Args []any
}

// Spy opens connections that write down what is asked, for whoever measures
// what the same questions cost by themselves.
type Spy struct {
	connector *pq.Connector
	mu        sync.Mutex
	asked     []Statement
}

// NewSpy listens to connections to a database.
func NewSpy(t testing.TB, address string) *Spy {
	t.Helper()
	connector, err := pq.NewConnector(address + "&binary_parameters=yes")
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return &Spy{connector: connector}
}

// Open returns a pool of connections that are listened to.
func (s *Spy) Open() *sqlx.DB { return sqlx.NewDb(sql.OpenDB(s), "postgres") }

// Take returns what was asked since it was last called.
func (s *Spy) Take() []Statement {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *Spy) note(text string, args []driver.NamedValue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	s.asked = append(s.asked, Statement{text, values})
}

// Driver returns the driver under it.
func (s *Spy) Driver() driver.Driver { return s.connector.Driver() }

// Connect opens a connection that is listened to.
func (s *Spy) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := s.connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &spied{Conn: plain, spy: s}, nil
}

type spied struct {
	driver.Conn
	spy *Spy
}

func (c *spied) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.spy.note(text, args)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args)
}

func (c *spied) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.spy.note(text, args)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
}

func (c *spied) CheckNamedValue(v *driver.NamedValue) error {
	return c.Conn.(driver.NamedValueChecker).CheckNamedValue(v)
}

func (c *spied) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	c.spy.note("BEGIN", nil)
	plain, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, options)
	return &spiedTx{plain, c.spy}, err
}

type spiedTx struct {
	driver.Tx
	spy *Spy
}

func (t *spiedTx) Commit() error {
	t.spy.note("COMMIT", nil)
	return t.Tx.Commit()
}
