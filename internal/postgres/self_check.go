package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// SelfCheck reads a unit's self-check.
func (t *tx) SelfCheck(ctx context.Context, round string, unit int64, category award.Category) (acts.SelfCheck, error) {
	var s acts.SelfCheck
	var path pq.Int64Array
	err := t.QueryRowxContext(ctx, `
		SELECT s.round_id, s.unit_id, u.code, u.name, u.path, s.category, s.office_id, s.revision,
		       s.marks, s.gap, s.measure, s.total, s.ready, s.entered_by, coalesce(e.code, ''), s.updated_at
		FROM self_check s
		JOIN round_unit u ON u.round_id = s.round_id AND u.unit_id = s.unit_id
		JOIN officer o ON o.id = s.entered_by
		LEFT JOIN round_unit e ON e.round_id = s.round_id AND e.unit_id = o.office_id
		WHERE s.round_id = $1 AND s.unit_id = $2 AND s.category = $3`,
		round, unit, category).
		Scan(&s.Round, &s.Unit, &s.UnitCode, &s.UnitName, &path, &s.Category, &s.Office, &s.Revision,
			(*marks)(&s.Marks), &s.Gap, &s.Measure, &s.Total, &s.Ready, &s.EnteredBy, &s.EnteredByOffice, &s.UpdatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.SelfCheck{}, award.Refuse(award.NotFound, "N 四(一)", "self_check_none", string(category))
	}
	if err != nil {
		return acts.SelfCheck{}, fmt.Errorf("read self-check: %w", err)
	}
	s.UnitPath = path
	return s, nil
}

// SaveSelfCheck writes a revision of a self-check, if it follows the last one.
func (t *tx) SaveSelfCheck(ctx context.Context, s acts.SelfCheck) error {
	done, err := t.ExecContext(ctx, `
		INSERT INTO self_check (round_id, unit_id, category, office_id, revision,
			marks, gap, measure, total, ready, entered_by, updated_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
		WHERE $5 = 1 OR EXISTS (SELECT FROM self_check WHERE round_id = $1 AND unit_id = $2 AND category = $3)
		ON CONFLICT ON CONSTRAINT self_check_pkey DO UPDATE SET
			revision = excluded.revision, marks = excluded.marks, gap = excluded.gap, measure = excluded.measure,
			total = excluded.total, ready = excluded.ready, entered_by = excluded.entered_by, updated_at = excluded.updated_at
		WHERE self_check.revision = excluded.revision - 1`,
		s.Round, s.Unit, s.Category, s.Office, s.Revision,
		marks(s.Marks), s.Gap, s.Measure, int64(s.Total), s.Ready, s.EnteredBy, s.UpdatedAt)
	if err != nil {
		return fmt.Errorf("save self-check: %w", err)
	}
	return unlessStale(done, "save self-check")
}

// unlessStale refuses when a write that was bound to a revision met another.
func unlessStale(done sql.Result, what string) error {
	n, err := done.RowsAffected()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if n == 0 {
		return award.Refuse(award.Stale, "", "revision_stale")
	}
	return nil
}
