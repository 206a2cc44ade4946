package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// roundColumns are read into roundRow, wherever a round is read.
const roundColumns = `
	r.id, r.revision, r.title, r.owner_office_id, coalesce(o.code, '') AS owner_code, coalesce(o.name, '') AS owner_name, r.drill,
	coalesce(r.follows_id, '') AS follows_id,
	extract(epoch FROM coalesce(r.drill_day, interval '0'))::float8 AS drill_day,
	r.state, r.stage, r.approval_number, r.document_number, r.contacts, r.rules,
	to_char(r.registry_date, 'YYYY-MM-DD') AS registry_date,
	r.self_check_closes_at, r.apply_closes_at, r.recommendation_due_at, r.assessment_due_at,
	r.created_at, r.opening_at, r.opened_at, r.suspended_at, r.list_frozen_at, r.list_sha256,
	r.scored_at, r.candidates_at, r.decided_at, coalesce(r.decision_number, '') AS decision_number,
	coalesce(to_char(r.decision_date, 'YYYY-MM-DD'), '') AS decision_date, r.ended_at,
	(SELECT coalesce(max(version), 0) FROM calendar_change) AS calendar_version`

// roundFrom joins a round with its owner's current code and name.
const roundFrom = ` FROM round r LEFT JOIN unit_version o ON o.unit_id = r.owner_office_id AND o.valid_to IS NULL`

type roundRow struct {
	ID                  string
	Revision            int
	Title               string
	Owner               int64  `db:"owner_office_id"`
	OwnerCode           string `db:"owner_code"`
	OwnerName           string `db:"owner_name"`
	Follows             string `db:"follows_id"`
	Drill               bool
	DrillDay            float64 `db:"drill_day"` // seconds
	State               award.RoundState
	Stage               award.Stage
	ApprovalNumber      string `db:"approval_number"`
	DocumentNumber      string `db:"document_number"`
	Contacts            []byte
	Rules               []byte
	RegistryDate        string       `db:"registry_date"`
	SelfCheckClosesAt   time.Time    `db:"self_check_closes_at"`
	ApplyClosesAt       time.Time    `db:"apply_closes_at"`
	RecommendationDueAt time.Time    `db:"recommendation_due_at"`
	AssessmentDueAt     time.Time    `db:"assessment_due_at"`
	CreatedAt           time.Time    `db:"created_at"`
	OpeningAt           sql.NullTime `db:"opening_at"`
	OpenedAt            sql.NullTime `db:"opened_at"`
	SuspendedAt         sql.NullTime `db:"suspended_at"`
	ListFrozenAt        sql.NullTime `db:"list_frozen_at"`
	ListSHA256          []byte       `db:"list_sha256"`
	ScoredAt            sql.NullTime `db:"scored_at"`
	CandidatesAt        sql.NullTime `db:"candidates_at"`
	DecidedAt           sql.NullTime `db:"decided_at"`
	DecisionNumber      string       `db:"decision_number"`
	DecisionDate        string       `db:"decision_date"`
	EndedAt             sql.NullTime `db:"ended_at"`
	CalendarVersion     int          `db:"calendar_version"`
}

// queryer reads: a transaction or the database.
type queryer interface {
	sqlx.QueryerContext
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
}

// frozen keeps what is final, so that not every act reads and decodes it again:
// what opening a round has made so, its categories with their standards and
// forms, and the calendar of a version. A round is known by the instant it was
// opened: an opening that was rolled back and done again is another.
type frozen struct {
	mu        sync.Mutex
	rounds    map[openedRound][]acts.RoundCategory
	calendars map[int]award.Calendar // by version
}

type openedRound struct {
	id string
	at int64 // nanoseconds
}

// mostFrozen bounds what is kept: more rounds than are ever under way at once.
const mostFrozen = 64

func (f *frozen) find(key openedRound) ([]acts.RoundCategory, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	categories, known := f.rounds[key]
	return categories, known
}

func (f *frozen) keep(key openedRound, categories []acts.RoundCategory) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rounds == nil || len(f.rounds) >= mostFrozen {
		f.rounds = make(map[openedRound][]acts.RoundCategory)
	}
	f.rounds[key] = categories
}

// categories reads a round's categories. Those of an opened round are shared:
// nobody changes them.
func (f *frozen) categories(ctx context.Context, q queryer, r acts.Round) ([]acts.RoundCategory, error) {
	if r.OpenedAt.IsZero() {
		return readCategories(ctx, q, r.ID)
	}
	key := openedRound{r.ID, r.OpenedAt.UnixNano()}
	if categories, known := f.find(key); known {
		return categories, nil
	}
	categories, err := readCategories(ctx, q, r.ID)
	if err == nil {
		f.keep(key, categories)
	}
	return categories, err
}

// readRound reads a round with its categories. suffix may lock the row.
func (f *frozen) readRound(ctx context.Context, q queryer, id, suffix string) (acts.Round, error) {
	var row roundRow
	err := q.GetContext(ctx, &row, `SELECT `+roundColumns+roundFrom+` WHERE r.id = $1 `+suffix, id)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Round{}, award.Refuse(award.NotFound, "", "round_unknown", id)
	}
	if err != nil {
		return acts.Round{}, fmt.Errorf("read round: %w", err)
	}
	r, err := row.round()
	if err != nil {
		return acts.Round{}, err
	}
	if r.StateCalendar, err = f.calendar(ctx, q, row.CalendarVersion); err != nil {
		return acts.Round{}, err
	}
	r.Categories, err = f.categories(ctx, q, r)
	return r, err
}

func (row roundRow) round() (acts.Round, error) {
	registry, err := award.ParseDate(row.RegistryDate)
	if err != nil {
		return acts.Round{}, fmt.Errorf("read registry date of round %s: %w", row.ID, err)
	}
	r := acts.Round{
		ID: row.ID, Revision: row.Revision, Title: row.Title, Owner: row.Owner, OwnerCode: row.OwnerCode, OwnerName: row.OwnerName, Follows: row.Follows,
		Drill: row.Drill, DrillDay: time.Duration(row.DrillDay * float64(time.Second)),
		State: row.State, Stage: row.Stage, ApprovalNumber: row.ApprovalNumber, DocumentNumber: row.DocumentNumber,
		RegistryDate: registry,
		Dates: award.Dates{
			SelfCheckCloses: row.SelfCheckClosesAt, ApplyCloses: row.ApplyClosesAt,
			RecommendationDue: row.RecommendationDueAt, AssessmentDue: row.AssessmentDueAt,
		},
		CreatedAt: row.CreatedAt, OpeningAt: row.OpeningAt.Time, OpenedAt: row.OpenedAt.Time, SuspendedAt: row.SuspendedAt.Time,
		ListFrozenAt: row.ListFrozenAt.Time, ListSHA256: row.ListSHA256, ScoredAt: row.ScoredAt.Time,
		CandidatesAt: row.CandidatesAt.Time, DecidedAt: row.DecidedAt.Time, DecisionNumber: row.DecisionNumber, EndedAt: row.EndedAt.Time,
	}
	if row.DecisionDate != "" {
		if r.DecisionDate, err = award.ParseDate(row.DecisionDate); err != nil {
			return acts.Round{}, fmt.Errorf("read the day of the decision of round %s: %w", row.ID, err)
		}
	}
	if err := json.Unmarshal(row.Contacts, &r.Contacts); err != nil {
		return acts.Round{}, fmt.Errorf("read contacts of round %s: %w", row.ID, err)
	}
	if err := json.Unmarshal(row.Rules, &r.Rules); err != nil {
		return acts.Round{}, fmt.Errorf("read rules of round %s: %w", row.ID, err)
	}
	return r, nil
}

func readCategories(ctx context.Context, q queryer, round string) ([]acts.RoundCategory, error) {
	rows, err := q.QueryxContext(ctx, `
		SELECT c.category, c.title, c.quota, coalesce(c.ratio, 0), c.kinds, c.form,
		       coalesce(c.standard_id, 0), coalesce(s.version, 0), s.sha256, s.indicators
		FROM round_category c LEFT JOIN standard s ON s.id = c.standard_id
		WHERE c.round_id = $1
		ORDER BY array_position(ARRAY['district', 'street', 'community', 'city', 'village'], c.category)`, round)
	if err != nil {
		return nil, fmt.Errorf("read categories: %w", err)
	}
	defer rows.Close()
	var categories []acts.RoundCategory
	for rows.Next() {
		var c acts.RoundCategory
		var kinds pq.StringArray
		var form, standard []byte
		if err := rows.Scan(&c.Category, &c.Title, &c.Quota.Places, &c.Quota.Ratio, &kinds, &form,
			&c.StandardID, &c.StandardVersion, &c.StandardSHA256, &standard); err != nil {
			return nil, fmt.Errorf("read category: %w", err)
		}
		for _, k := range kinds {
			c.Kinds = append(c.Kinds, award.Kind(k))
		}
		if err := json.Unmarshal(form, &c.Form); err != nil {
			return nil, fmt.Errorf("read form of %s: %w", c.Category, err)
		}
		if standard != nil {
			if err := json.Unmarshal(standard, &c.Standard); err != nil {
				return nil, fmt.Errorf("read standard of %s: %w", c.Category, err)
			}
		}
		categories = append(categories, c)
	}
	return categories, rows.Err()
}

// Round reads a round without locking it.
func (t *tx) Round(ctx context.Context, id string) (acts.Round, error) {
	return t.frozen.readRound(ctx, t, id, "")
}

// LockRound reads a round and holds its row.
func (t *tx) LockRound(ctx context.Context, id string) (acts.Round, error) {
	return t.frozen.readRound(ctx, t, id, "FOR NO KEY UPDATE OF r")
}

// Round reads a round outside any act.
func (s *Store) Round(ctx context.Context, id string) (acts.Round, error) {
	return s.frozen.readRound(ctx, s.db, id, "")
}

// gateClass is the first key of every gate's advisory lock; the second is
// round_office.gate.
const gateClass = 1

// PassGate shares an office's gate.
func (t *tx) PassGate(ctx context.Context, round string, office int64) error {
	_, err := t.ExecContext(ctx, `
		SELECT pg_advisory_xact_lock_shared($3, gate) FROM round_office WHERE round_id = $1 AND office_id = $2`,
		round, office, gateClass)
	if err != nil {
		return fmt.Errorf("pass the office's gate: %w", err)
	}
	return nil
}

// ShutGates takes gates alone, in order.
func (t *tx) ShutGates(ctx context.Context, round string, offices ...int64) error {
	var gates []int
	err := t.SelectContext(ctx, &gates, `
		SELECT gate FROM round_office
		WHERE round_id = $1 AND ($2 OR office_id = ANY($3)) ORDER BY gate`,
		round, len(offices) == 0, pq.Array(offices))
	if err != nil {
		return fmt.Errorf("list gates: %w", err)
	}
	for _, gate := range gates { // one by one: a query may take locks out of its ORDER BY
		if _, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, gateClass, gate); err != nil {
			return fmt.Errorf("shut a gate: %w", err)
		}
	}
	return nil
}

const officeColumns = `
	SELECT f.office_id, f.code, f.name, u.path, f.gate, f.arrival_at, f.passed_up_at IS NOT NULL, f.drafts_lapsed_at IS NOT NULL, f.cut_revision,
	       sc.closes_at, sc.closed_at IS NOT NULL, ap.closes_at, ap.closed_at IS NOT NULL,
	       st.revision, st.due_at, st.state, st.overdue_at, st.completed_at, st.closed_at, st.reason
	FROM round_office f
	JOIN round_unit u ON u.round_id = f.round_id AND u.unit_id = f.office_id
	JOIN intake sc ON sc.round_id = f.round_id AND sc.office_id = f.office_id AND sc.kind = 'self_check'
	JOIN intake ap ON ap.round_id = f.round_id AND ap.office_id = f.office_id AND ap.kind = 'apply'
	JOIN office_stage st ON st.round_id = f.round_id AND st.office_id = f.office_id AND st.stage = 'recommendation'`

func scanOffice(row scanner) (acts.Office, error) {
	var o acts.Office
	var path pq.Int64Array
	var overdue, completed, closed sql.NullTime
	err := row.Scan(&o.ID, &o.Code, &o.Name, &path, &o.Gate, &o.ArrivalAt, &o.PassedUp, &o.Lapsed, &o.CutRevision,
		&o.SelfCheckClosesAt, &o.SelfCheckClosed, &o.ApplyClosesAt, &o.ApplyClosed,
		&o.Stage.Revision, &o.Stage.DueAt, &o.Stage.State, &overdue, &completed, &closed, &o.Stage.Reason)
	o.Path = path
	o.Stage.OverdueAt, o.Stage.CompletedAt, o.Stage.ClosedAt = overdue.Time, completed.Time, closed.Time
	return o, err
}

func readOffice(ctx context.Context, q queryer, where, suffix string, args ...any) (acts.Office, error) {
	o, err := scanOffice(q.QueryRowxContext(ctx, officeColumns+` WHERE `+where+` `+suffix, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Office{}, award.Refuse(award.NotFound, "N 四(二)", "office_unknown", args[1])
	}
	if err != nil {
		return acts.Office{}, fmt.Errorf("read office: %w", err)
	}
	return o, nil
}

// Office reads a recommending office by code.
func (t *tx) Office(ctx context.Context, round, code string) (acts.Office, error) {
	return readOffice(ctx, t, `f.round_id = $1 AND f.code = $2`, "", round, code)
}

// LockOffice reads a recommending office and holds its rows.
func (t *tx) LockOffice(ctx context.Context, round, code string) (acts.Office, error) {
	return readOffice(ctx, t, `f.round_id = $1 AND f.code = $2`, "FOR NO KEY UPDATE OF f, st", round, code)
}

// OfficeOf reads a recommending office by its unit.
func (t *tx) OfficeOf(ctx context.Context, round string, office int64) (acts.Office, error) {
	return readOffice(ctx, t, `f.round_id = $1 AND f.office_id = $2`, "", round, office)
}

// Offices reads every recommending office of a round, in D-09 order.
func (s *Store) Offices(ctx context.Context, round string) ([]acts.Office, error) {
	return readOffices(ctx, s.db, round)
}

func readOffices(ctx context.Context, q queryer, round string) ([]acts.Office, error) {
	rows, err := q.QueryxContext(ctx, officeColumns+` WHERE f.round_id = $1 ORDER BY f.code`, round)
	if err != nil {
		return nil, fmt.Errorf("read offices: %w", err)
	}
	return collect(rows, "read office", scanOffice)
}

const unitColumns = `
	SELECT unit_id, code, name, kind, kind_sure, coalesce(parent_id, 0), coalesce(office_id, 0), path FROM round_unit`

func readUnit(ctx context.Context, q queryer, where string, args ...any) (acts.Unit, error) {
	var u acts.Unit
	var path pq.Int64Array
	err := q.QueryRowxContext(ctx, unitColumns+` WHERE `+where, args...).
		Scan(&u.ID, &u.Code, &u.Name, &u.Kind, &u.KindSure, &u.Parent, &u.Office, &path)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Unit{}, award.Refuse(award.NotFound, "D-13", "unit_unknown", args[1])
	}
	if err != nil {
		return acts.Unit{}, fmt.Errorf("read unit: %w", err)
	}
	u.Path = path
	return u, nil
}

// Unit reads a unit of the round's frozen register by code.
func (t *tx) Unit(ctx context.Context, round, code string) (acts.Unit, error) {
	return readUnit(ctx, t, `round_id = $1 AND code = $2`, round, code)
}

// UnitOf reads a unit of the round's frozen register by ID.
func (t *tx) UnitOf(ctx context.Context, round string, unit int64) (acts.Unit, error) {
	return readUnit(ctx, t, `round_id = $1 AND unit_id = $2`, round, unit)
}
