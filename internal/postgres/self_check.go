package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
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
	var notes, items, sub []byte
	err := t.QueryRowxContext(ctx, `
		SELECT s.round_id, s.unit_id, u.code, u.name, u.path, s.category, s.office_id, s.revision,
		       s.marks, coalesce(i.items, '[]'), s.sub_marks, s.notes, s.gap, s.measure, s.complete, s.total, s.ready, s.facts_year, s.filled, s.prefilled,
		       s.on_word_of, s.scan, s.entered_by, coalesce(e.code, ''), s.updated_at
		FROM self_check s
		JOIN round_unit u ON u.round_id = s.round_id AND u.unit_id = s.unit_id
		JOIN officer o ON o.id = s.entered_by
		LEFT JOIN round_unit e ON e.round_id = s.round_id AND e.unit_id = o.office_id
		LEFT JOIN sub_items i ON i.round_id = s.round_id AND i.office_id = s.office_id AND i.category = s.category
		WHERE s.round_id = $1 AND s.unit_id = $2 AND s.category = $3`,
		round, unit, category).
		Scan(&s.Round, &s.Unit, &s.UnitCode, &s.UnitName, &path, &s.Category, &s.Office, &s.Revision,
			(*marks)(&s.Marks), &items, &sub, &notes, &s.Gap, &s.Measure, &s.Complete, &s.Total, &s.Ready, &s.FactsYear, (*pq.StringArray)(&s.Filled), &s.Prefilled,
			&s.EnteredFor.Person, &s.EnteredFor.Scan, &s.EnteredBy, &s.EnteredByOffice, &s.UpdatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.SelfCheck{}, award.Refuse(award.NotFound, "N 四(一)", "self_check_none", string(category))
	}
	if err != nil {
		return acts.SelfCheck{}, fmt.Errorf("read self-check: %w", err)
	}
	s.UnitPath = path
	if err := json.Unmarshal(notes, &s.Notes); err != nil {
		return acts.SelfCheck{}, fmt.Errorf("read notes of unit %s: %w", s.UnitCode, err)
	}
	if err := json.Unmarshal(items, &s.SubItems); err != nil {
		return acts.SelfCheck{}, fmt.Errorf("read sub-items of unit %s: %w", s.UnitCode, err)
	}
	if err := json.Unmarshal(sub, &s.SubMarks); err != nil {
		return acts.SelfCheck{}, fmt.Errorf("read marks of sub-items of unit %s: %w", s.UnitCode, err)
	}
	return s, nil
}

// SelfChecksBelow lists the units at or below an office with their self-checks.
func (t *tx) SelfChecksBelow(ctx context.Context, round string, office acts.Unit, category award.Category, limit int) ([]acts.SelfCheck, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT u.unit_id, u.code, u.name, coalesce(s.revision, 0), s.marks, coalesce(s.sub_marks, '{}'),
		       coalesce(s.gap, ''), coalesce(s.measure, ''), coalesce(s.on_word_of, ''), coalesce(s.scan, '')
		FROM round_category c
		JOIN round_unit u ON u.round_id = c.round_id AND u.kind = ANY(c.kinds) AND u.kind_sure
		LEFT JOIN self_check s ON s.round_id = u.round_id AND s.unit_id = u.unit_id AND s.category = c.category
		WHERE c.round_id = $1 AND c.category = $2 AND u.path @> ARRAY[$3::bigint] AND u.office_id IS NOT NULL
		  AND ($4::bigint = 0 OR u.office_id = $4)
		ORDER BY u.code LIMIT $5`, round, category, office.ID, office.Office, limit)
	if err != nil {
		return nil, fmt.Errorf("list self-checks: %w", err)
	}
	defer rows.Close() // an error of reading comes from rows.Err
	var list []acts.SelfCheck
	for rows.Next() {
		s := acts.SelfCheck{Round: round, Category: category}
		var sub []byte
		err := rows.Scan(&s.Unit, &s.UnitCode, &s.UnitName, &s.Revision, (*marks)(&s.Marks), &sub,
			&s.Gap, &s.Measure, &s.EnteredFor.Person, &s.EnteredFor.Scan)
		if err != nil {
			return nil, fmt.Errorf("read self-checks: %w", err)
		}
		if err := json.Unmarshal(sub, &s.SubMarks); err != nil {
			return nil, fmt.Errorf("read marks of sub-items of unit %s: %w", s.UnitCode, err)
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// SaveSelfCheck writes a revision of a self-check, if it follows the last one.
func (t *tx) SaveSelfCheck(ctx context.Context, s acts.SelfCheck) error {
	notes, err := encode(notesOf(s))
	if err != nil {
		return fmt.Errorf("encode notes: %w", err)
	}
	done, err := t.ExecContext(ctx, `
		INSERT INTO self_check (round_id, unit_id, category, office_id, revision,
			marks, notes, gap, measure, complete, total, ready, facts_year, filled, prefilled,
			on_word_of, scan, entered_by, updated_at, sub_marks)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20
		WHERE $5 = 1 OR EXISTS (SELECT FROM self_check WHERE round_id = $1 AND unit_id = $2 AND category = $3)
		ON CONFLICT ON CONSTRAINT self_check_pkey DO UPDATE SET
			revision = excluded.revision, marks = excluded.marks, notes = excluded.notes,
			gap = excluded.gap, measure = excluded.measure, complete = excluded.complete,
			total = excluded.total, ready = excluded.ready, facts_year = excluded.facts_year,
			filled = excluded.filled, prefilled = excluded.prefilled,
			on_word_of = excluded.on_word_of, scan = excluded.scan,
			entered_by = excluded.entered_by, updated_at = excluded.updated_at, sub_marks = excluded.sub_marks
		WHERE self_check.revision = excluded.revision - 1`,
		s.Round, s.Unit, s.Category, s.Office, s.Revision,
		marks(s.Marks), notes, s.Gap, s.Measure, s.Complete, int64(s.Total), s.Ready,
		s.FactsYear, pq.Array(codesOf(s.Filled)), s.Prefilled,
		s.EnteredFor.Person, s.EnteredFor.Scan, s.EnteredBy, s.UpdatedAt, subMarks(s.SubMarks))
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
		return award.Outdated()
	}
	return nil
}

// notesOf is never null, so that the column is an object.
func notesOf(s acts.SelfCheck) map[string]award.Note {
	if s.Notes == nil {
		return map[string]award.Note{}
	}
	return s.Notes
}

// codesOf is never null, so that the column is a list.
func codesOf(codes []string) []string {
	if codes == nil {
		return []string{}
	}
	return codes
}
