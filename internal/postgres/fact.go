package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"shifan/internal/acts"
)

// YearFacts reads a unit's newest facts of some years.
func (t *tx) YearFacts(ctx context.Context, unit int64, first, last int) (acts.YearFacts, error) {
	f := acts.YearFacts{Unit: unit}
	var facts []byte
	err := t.QueryRowxContext(ctx, `
		SELECT f.year, f.revision, f.facts, f.reported_by, coalesce(v.code, ''), f.updated_at,
		       f.confirmed_revision = f.revision, f.confirmed_revision = f.revision AND f.meets
		FROM year_facts f
		JOIN officer o ON o.id = f.reported_by
		LEFT JOIN unit_version v ON v.unit_id = o.office_id AND v.valid_to IS NULL
		WHERE f.unit_id = $1 AND f.year BETWEEN $2 AND $3
		ORDER BY f.year DESC LIMIT 1`, unit, first, last).
		Scan(&f.Year, &f.Revision, &facts, &f.ReportedBy, &f.ReportedByOffice, &f.UpdatedAt, &f.Confirmed, &f.Meets)
	if errors.Is(err, sql.ErrNoRows) {
		return f, nil
	}
	if err != nil {
		return acts.YearFacts{}, fmt.Errorf("read facts: %w", err)
	}
	if err := json.Unmarshal(facts, &f.Facts); err != nil {
		return acts.YearFacts{}, fmt.Errorf("read facts of unit %d: %w", unit, err)
	}
	return f, nil
}

// SaveYearFacts writes a revision of a unit's facts, if it follows the last one.
func (t *tx) SaveYearFacts(ctx context.Context, f acts.YearFacts) error {
	facts, err := encode(f.Facts)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	done, err := t.ExecContext(ctx, `
		INSERT INTO year_facts (unit_id, year, revision, facts, reported_by, updated_at)
		SELECT $1, $2, $3, $4, $5, $6
		WHERE $3 = 1 OR EXISTS (SELECT FROM year_facts WHERE unit_id = $1 AND year = $2)
		ON CONFLICT ON CONSTRAINT year_facts_pkey DO UPDATE SET
			revision = excluded.revision, facts = excluded.facts, reported_by = excluded.reported_by, updated_at = excluded.updated_at
		WHERE year_facts.revision = excluded.revision - 1`,
		f.Unit, f.Year, f.Revision, facts, f.ReportedBy, f.UpdatedAt)
	if err != nil {
		return fmt.Errorf("save facts: %w", err)
	}
	return unlessStale(done, "save facts")
}
