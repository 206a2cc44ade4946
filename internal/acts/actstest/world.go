// Package actstest gives each test of acts a small country of its own: a
// register, officers, a clock that stands where the test puts it, and a drill
// round opened by the acts themselves. Only tests import it; what a single test
// needs belongs to that test.
package actstest

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/postgres"
	"shifan/internal/postgres/pgtest"
	"shifan/internal/register"
)

// World is a small country on a database of its own.
type World struct {
	DB        *sqlx.DB
	Store     *postgres.Store
	Acts      *acts.Acts
	Procedure *Procedure
	Admin     award.Officer // administrator and head of the nation's office (code 0)

	Evidence       acts.EvidenceStore // where its evidence is kept; a test may change it and keep it anew
	EvidenceFolder string

	t        testing.TB
	mu       sync.Mutex               // acts of a test may run at once
	officers map[string]award.Officer // by office and roles
	keys     int
}

// Start is where a new world's clock stands: a working Monday morning.
func Start() time.Time { return time.Date(2026, time.November, 2, 9, 0, 0, 0, award.Beijing) }

// New returns a world with its register loaded, its clock standing at Start.
func New(t testing.TB) *World {
	t.Helper()
	return On(t, registerDate(), rows())
}

// On returns a world on a register of the test's own.
func On(t testing.TB, date award.Date, rows iter.Seq2[register.Row, error]) *World {
	t.Helper()
	db := pgtest.New(t)
	w := &World{
		DB: db, Store: postgres.New(db), Procedure: &Procedure{},
		t: t, officers: make(map[string]award.Officer),
	}
	w.Acts = acts.New(w.Store, w.Procedure, slog.New(slog.DiscardHandler))
	w.keepEvidence()
	w.At(Start())
	_, err := w.Store.ImportRegister(context.Background(), "actstest", date, rows, func(int) {})
	w.must(err)
	w.Admin = w.Officer(award.CodeNation, award.RoleAdmin, award.RoleHead)
	return w
}

// At stops the clock at an instant. Not while acts are under way.
func (w *World) At(at time.Time) {
	w.t.Helper()
	w.clock(fmt.Sprintf("SELECT %s::timestamptz", pq.QuoteLiteral(at.Format(time.RFC3339Nano))))
}

// Run lets the real clock run.
func (w *World) Run() {
	w.t.Helper()
	w.clock("SELECT clock_timestamp()")
}

func (w *World) clock(body string) {
	w.t.Helper()
	w.Exec(`CREATE OR REPLACE FUNCTION shifan_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS ` + pq.QuoteLiteral(body))
}

// Now reads the world's clock.
func (w *World) Now() time.Time {
	w.t.Helper()
	return One[time.Time](w, `SELECT shifan_now()`)
}

// Unit returns a unit's ID.
func (w *World) Unit(code string) int64 {
	w.t.Helper()
	return One[int64](w, `SELECT unit_id FROM unit_version WHERE code = $1 AND valid_to IS NULL`, code)
}

// Head returns the head (负责人) of a unit's office.
func (w *World) Head(code string) award.Officer {
	w.t.Helper()
	return w.Officer(code, award.RoleHead)
}

// Clerk returns a clerk (经办) of a unit's office.
func (w *World) Clerk(code string) award.Officer {
	w.t.Helper()
	return w.Officer(code, award.RoleClerk)
}

// Officer returns the officer with the roles in a unit's office, the same one
// each time.
func (w *World) Officer(code string, roles ...award.Role) award.Officer {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	name := fmt.Sprint(code, roles)
	if o, known := w.officers[name]; known {
		return o
	}
	o := award.Officer{Office: w.Unit(code), OfficeCode: code, Roles: roles}
	var path pq.Int64Array
	w.must(w.DB.Get(&path, `
		WITH RECURSIVE up AS (
			SELECT unit_id, parent_id, 1 AS height FROM unit_version WHERE unit_id = $1 AND valid_to IS NULL
			UNION ALL
			SELECT v.unit_id, v.parent_id, height + 1 FROM up JOIN unit_version v ON v.unit_id = up.parent_id AND v.valid_to IS NULL
		) SELECT array_agg(unit_id ORDER BY height DESC) FROM up`, o.Office))
	o.Path = path
	o.ID = One[int64](w, `INSERT INTO officer (name, office_id, roles) VALUES ($1, $2, $3) RETURNING id`,
		name, o.Office, pq.Array(roles))
	w.officers[name] = o
	return o
}

// Key returns a key that no act used yet.
func (w *World) Key() acts.Key {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keys++
	return acts.Key{Method: "POST", Path: "/test", Key: fmt.Sprint("key-", w.keys)}
}

// Exec runs a statement on the world's database.
func (w *World) Exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.DB.Exec(query, args...)
	w.must(err)
}

// One returns the one value that a query selects.
func One[T any](w *World, query string, args ...any) T {
	w.t.Helper()
	var value T
	w.must(w.DB.Get(&value, query, args...))
	return value
}

// must ends the test on a fault.
func (w *World) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("actstest: %v", err)
	}
}
