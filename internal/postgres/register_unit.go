package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// below selects the units of a subtree as it stands today, the office given in
// the parameter included.
const below = `
	(WITH RECURSIVE below AS (
		SELECT %[1]s::bigint AS unit_id
		UNION ALL
		SELECT v.unit_id FROM below b JOIN unit_version v ON v.parent_id = b.unit_id AND v.valid_to IS NULL
	) SELECT unit_id FROM below)`

// inSubtree is the condition that a column's unit lies in the subtree of the
// office in the parameter; 0 there stands for the whole register.
func inSubtree(column, parameter string) string {
	return fmt.Sprintf("(%s::bigint = 0 OR %s IN %s)", parameter, column, fmt.Sprintf(below, parameter))
}

// registerUnits returns the query for units as they stand today: those of the
// selection, which names unit_version v, with their paths and the recommending
// office nearest above (domain 2).
func registerUnits(selection string) string {
	return `
		WITH RECURSIVE chosen AS (
			SELECT v.unit_id, v.code, v.name, v.kind, v.kind_sure, v.parent_id, v.recommending_office_id, v.valid_from
			FROM unit_version v WHERE v.valid_to IS NULL AND ` + selection + `
		), upward AS (
			SELECT unit_id AS of, unit_id, parent_id, recommending_office_id, 0 AS above FROM chosen
			UNION ALL
			SELECT u.of, v.unit_id, v.parent_id, v.recommending_office_id, u.above + 1
			FROM upward u JOIN unit_version v ON v.unit_id = u.parent_id AND v.valid_to IS NULL
		), inherited AS (
			SELECT of, array_agg(unit_id ORDER BY above DESC) AS path,
			       (array_agg(recommending_office_id ORDER BY above) FILTER (WHERE recommending_office_id IS NOT NULL))[1] AS office_id
			FROM upward GROUP BY of
		)
		SELECT c.unit_id AS id, c.code, c.name, c.kind, c.kind_sure,
		       coalesce(p.code, '') AS parent, coalesce(c.parent_id, 0) AS parent_id, c.valid_from,
		       coalesce(o.code, '') AS recommending_office, i.path
		FROM chosen c
		JOIN inherited i ON i.of = c.unit_id
		LEFT JOIN unit_version p ON p.unit_id = c.parent_id AND p.valid_to IS NULL
		LEFT JOIN unit_version o ON o.unit_id = i.office_id AND o.valid_to IS NULL
		ORDER BY c.unit_id`
}

type registerUnitRow struct {
	ID                 int64
	Code               string
	Name               string
	Kind               award.Kind
	KindSure           bool `db:"kind_sure"`
	Parent             string
	ParentID           int64     `db:"parent_id"`
	Since              time.Time `db:"valid_from"`
	RecommendingOffice string    `db:"recommending_office"`
	Path               pq.Int64Array
}

func selectRegisterUnits(ctx context.Context, db sqlx.QueryerContext, selection string, args ...any) ([]acts.RegisterUnit, error) {
	var rows []registerUnitRow
	if err := sqlx.SelectContext(ctx, db, &rows, registerUnits(selection), args...); err != nil {
		return nil, fmt.Errorf("read units of the register: %w", err)
	}
	units := make([]acts.RegisterUnit, len(rows))
	for i, r := range rows {
		units[i] = acts.RegisterUnit{
			ID: r.ID, Code: r.Code, Name: r.Name, Kind: r.Kind, KindSure: r.KindSure,
			Parent: r.Parent, ParentID: r.ParentID, Since: award.DateOf(r.Since),
			RecommendingOffice: r.RecommendingOffice, Path: r.Path,
		}
	}
	return units, nil
}

// RegisterUnits returns the units that have the codes today.
func (t *tx) RegisterUnits(ctx context.Context, codes []string) ([]acts.RegisterUnit, error) {
	return selectRegisterUnits(ctx, t, `v.code = ANY($1)`, pq.Array(codes))
}

// LockUnits holds units until the end. The lock leaves foreign keys to them
// alone, so it stops nobody but another LockUnits.
func (t *tx) LockUnits(ctx context.Context, units []int64) error {
	_, err := t.ExecContext(ctx, `SELECT id FROM unit WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, pq.Array(units))
	if err != nil {
		return fmt.Errorf("lock units: %w", err)
	}
	return nil
}

// CorrectUnit sets the kind of a unit's current version. An import keeps it as
// long as the name stays (D-13).
func (t *tx) CorrectUnit(ctx context.Context, unit int64, kind award.Kind, source string) error {
	_, err := t.ExecContext(ctx, `
		UPDATE unit_version SET kind = $2, kind_sure = true, source = $3
		WHERE unit_id = $1 AND valid_to IS NULL`, unit, kind, source)
	if err != nil {
		return fmt.Errorf("write unit: %w", err)
	}
	return nil
}

// UnitPage lists units by ID.
func (s *Store) UnitPage(ctx context.Context, in acts.UnitQuery) ([]acts.RegisterUnit, error) {
	return selectRegisterUnits(ctx, s.db, `
		v.unit_id > $1 AND ($2::bigint = 0 OR v.parent_id = $2) AND ($3 = '' OR v.kind = $3)
		AND (NOT $4 OR NOT v.kind_sure) AND `+inSubtree("v.unit_id", "$5")+`
		AND (NOT $7 OR NOT EXISTS (SELECT FROM officer o WHERE o.office_id = v.unit_id AND o.disabled_at IS NULL))
		ORDER BY v.unit_id LIMIT $6`,
		in.After, in.Parent, in.Kind, in.Unsure, in.Below, in.Limit, in.Unstaffed)
}
