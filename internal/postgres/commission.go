package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// commissionColumns are what the office that is asked may read: nothing of the
// objection itself.
const commissionColumns = `
	SELECT c.id, c.objection_id, o.round_id, c.office_id, f.code, f.name, u.code, u.name, c.text, c.due_at, c.at, c.report, c.reported_at,
	       CASE WHEN c.reported_at IS NULL THEN o.ruled_at END
	FROM commission c
	JOIN objection o ON o.id = c.objection_id
	JOIN application a ON a.id = o.application_id
	JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
	JOIN round_unit f ON f.round_id = o.round_id AND f.unit_id = c.office_id `

func scanCommission(row scanner) (acts.Commission, error) {
	var c acts.Commission
	var reported, ended sql.NullTime
	err := row.Scan(&c.ID, &c.Objection, &c.Round, &c.Office, &c.OfficeCode, &c.OfficeName, &c.UnitCode, &c.UnitName,
		&c.Text, &c.DueAt, &c.At, &c.Report, &reported, &ended)
	c.ReportedAt, c.EndedAt = reported.Time, ended.Time
	return c, err
}

func readCommissions(ctx context.Context, q sqlx.QueryerContext, where string, args ...any) ([]acts.Commission, error) {
	rows, err := q.QueryxContext(ctx, commissionColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read commissions: %w", err)
	}
	return collect(rows, "read commission", scanCommission)
}

// AddCommission adds a commission.
func (t *tx) AddCommission(ctx context.Context, by award.Officer, c acts.Commission) (acts.Commission, error) {
	err := t.QueryRowxContext(ctx, `
		INSERT INTO commission (objection_id, office_id, text, due_at, officer_id) VALUES ($1, $2, $3, $4, $5) RETURNING id, at`,
		c.Objection, c.Office, c.Text, c.DueAt, by.ID).Scan(&c.ID, &c.At)
	if err != nil {
		return acts.Commission{}, fmt.Errorf("add commission: %w", err)
	}
	return c, nil
}

// LockCommission reads a commission and holds it, and its objection against a
// ruling.
func (t *tx) LockCommission(ctx context.Context, id int64) (acts.Commission, error) {
	c, err := scanCommission(t.QueryRowxContext(ctx, commissionColumns+`WHERE c.id = $1 FOR UPDATE OF c FOR SHARE OF o`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Commission{}, award.Refuse(award.NotFound, "", "not_found")
	}
	if err != nil {
		return acts.Commission{}, fmt.Errorf("hold commission: %w", err)
	}
	return c, nil
}

// ReportCommission writes what the office found.
func (t *tx) ReportCommission(ctx context.Context, by award.Officer, c acts.Commission) error {
	_, err := t.ExecContext(ctx, `UPDATE commission SET report = $2, reported_by = $3, reported_at = $4 WHERE id = $1`,
		c.ID, c.Report, by.ID, c.ReportedAt)
	if err != nil {
		return fmt.Errorf("report on a commission: %w", err)
	}
	return nil
}

// Commissions reads those of an objection.
func (t *tx) Commissions(ctx context.Context, objection int64) ([]acts.Commission, error) {
	return readCommissions(ctx, t, `WHERE c.objection_id = $1 ORDER BY c.id`, objection)
}

// CommissionPage lists what an office is asked to check.
func (s *Store) CommissionPage(ctx context.Context, office, after int64, limit int) ([]acts.Commission, error) {
	return readCommissions(ctx, s.db, `WHERE c.office_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3`, office, after, limit)
}
