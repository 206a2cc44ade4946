package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"shifan/internal/award"
	"shifan/internal/register"
)

// current, as a date, selects the version of a unit that has no end yet.
const current = "infinity"

// unitsOn returns the query for the units with a condition on v, a version that
// is valid on the date $1, each with the codes of its parent and of the
// recommending office nearest above it (domain 2: inherited downwards, dated).
func unitsOn(condition string) string {
	return `
		WITH RECURSIVE chosen AS (
			SELECT v.unit_id, v.valid_from, v.valid_to, v.code, v.name, v.kind, v.kind_sure,
			       v.parent_id, v.recommending_office_id, v.source
			FROM unit_version v
			WHERE v.valid_from <= $1::date AND (v.valid_to IS NULL OR v.valid_to > $1::date) AND ` + condition + `
		), upward AS (
			SELECT unit_id, parent_id, recommending_office_id FROM chosen
			UNION ALL
			SELECT u.unit_id, p.parent_id, p.recommending_office_id
			FROM upward u
			JOIN unit_version p ON p.unit_id = u.parent_id
				AND p.valid_from <= $1::date AND (p.valid_to IS NULL OR p.valid_to > $1::date)
			WHERE u.recommending_office_id IS NULL
		)
		SELECT c.unit_id, c.valid_from::text, c.valid_to::text, c.code, c.name, c.kind, c.kind_sure, c.source,
		       coalesce(p.code, ''), coalesce(o.code, '')
		FROM chosen c
		LEFT JOIN unit_version p ON p.unit_id = c.parent_id
			AND p.valid_from <= $1::date AND (p.valid_to IS NULL OR p.valid_to > $1::date)
		LEFT JOIN upward u ON u.unit_id = c.unit_id AND u.recommending_office_id IS NOT NULL
		LEFT JOIN unit_version o ON o.unit_id = u.recommending_office_id
			AND o.valid_from <= $1::date AND (o.valid_to IS NULL OR o.valid_to > $1::date)
		ORDER BY c.code`
}

// UnitByCode returns the unit that had the code on that day, or refuses.
func (s *Store) UnitByCode(ctx context.Context, code string, on award.Date) (register.Unit, error) {
	units, err := s.units(ctx, unitsOn(`v.code = $2`), on.String(), code)
	if err != nil {
		return register.Unit{}, fmt.Errorf("find unit %s: %w", code, err)
	}
	if len(units) == 0 {
		return register.Unit{}, award.Refuse(award.NotFound, "", "unit_unknown", code, on.String())
	}
	return units[0], nil
}

// UnsureUnits returns the units whose kind the rule D-13 could not tell, by
// code, from after the given one on: the list an administrator works down.
func (s *Store) UnsureUnits(ctx context.Context, after string, limit int) ([]register.Unit, error) {
	// The limit goes inside, so that only the page's parents are looked up.
	condition := `v.valid_to IS NULL AND NOT v.kind_sure AND v.code > $2 ORDER BY v.code LIMIT $3`
	units, err := s.units(ctx, unitsOn(condition), current, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list unsure units: %w", err)
	}
	return units, nil
}

// HasRegister reports whether any list was imported yet.
func (s *Store) HasRegister(ctx context.Context) (bool, error) {
	var has bool
	if err := s.db.GetContext(ctx, &has, `SELECT EXISTS (SELECT FROM unit)`); err != nil {
		return false, fmt.Errorf("look for a register: %w", err)
	}
	return has, nil
}

func (s *Store) units(ctx context.Context, query string, args ...any) (units []register.Unit, err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // an error of reading comes from rows.Err
	for rows.Next() {
		var unit register.Unit
		var from string
		var until sql.NullString
		err := rows.Scan(&unit.ID, &from, &until, &unit.Code, &unit.Name, &unit.Kind, &unit.Sure, &unit.Source,
			&unit.Parent, &unit.RecommendingOffice)
		if err != nil {
			return nil, err
		}
		if unit.ValidFrom, err = award.ParseDate(from); err != nil {
			return nil, err
		}
		if until.Valid {
			if unit.ValidTo, err = award.ParseDate(until.String); err != nil {
				return nil, err
			}
		}
		units = append(units, unit)
	}
	return units, rows.Err()
}
