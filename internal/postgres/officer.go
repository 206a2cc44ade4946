package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// officerColumns are read into officerRow, with the office as it is today. An
// officer of an abolished office keeps its row and has no code.
const officerColumns = `
	o.id, o.name, o.office_id, o.roles, o.disabled_at IS NOT NULL AS disabled,
	coalesce(v.code, '') AS office_code, coalesce(v.name, '') AS office_name, coalesce(l.name, '') AS login`

// officerFrom joins an officer with the office's current version and its login.
const officerFrom = `
	FROM officer o
	LEFT JOIN unit_version v ON v.unit_id = o.office_id AND v.valid_to IS NULL
	LEFT JOIN login l ON l.officer_id = o.id `

// pathOf is the path of an office today: root … itself.
const pathOf = `
	coalesce((WITH RECURSIVE upward AS (
		SELECT v.unit_id, v.parent_id, 0 AS above FROM unit_version v WHERE v.unit_id = o.office_id AND v.valid_to IS NULL
		UNION ALL
		SELECT v.unit_id, v.parent_id, u.above + 1
		FROM upward u JOIN unit_version v ON v.unit_id = u.parent_id AND v.valid_to IS NULL
	) SELECT array_agg(unit_id ORDER BY above DESC) FROM upward), '{}') AS path`

type officerRow struct {
	ID         int64
	Name       string
	Office     int64 `db:"office_id"`
	Roles      pq.StringArray
	Disabled   bool
	OfficeCode string `db:"office_code"`
	OfficeName string `db:"office_name"`
	Login      string
	Path       pq.Int64Array
}

func (r officerRow) record() acts.OfficerRecord {
	return acts.OfficerRecord{
		ID: r.ID, Name: r.Name, Office: r.Office, OfficeCode: r.OfficeCode, OfficeName: r.OfficeName,
		Path: r.Path, Roles: rolesOf(r.Roles), Disabled: r.Disabled, Login: r.Login,
	}
}

func rolesOf(names []string) []award.Role {
	roles := make([]award.Role, len(names))
	for i, name := range names {
		roles[i] = award.Role(name)
	}
	return roles
}

// oneOfficer reads one officer, or refuses.
func oneOfficer(ctx context.Context, db sqlx.QueryerContext, query string, args ...any) (acts.OfficerRecord, error) {
	var row officerRow
	err := sqlx.GetContext(ctx, db, &row, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.OfficerRecord{}, award.Refuse(award.NotFound, "", "officer_unknown")
	}
	if err != nil {
		return acts.OfficerRecord{}, fmt.Errorf("read officer: %w", err)
	}
	return row.record(), nil
}

// LockOfficer reads an officer and holds the row until the end.
func (t *tx) LockOfficer(ctx context.Context, id int64) (acts.OfficerRecord, error) {
	return oneOfficer(ctx, t, `SELECT `+officerColumns+`, `+pathOf+officerFrom+`WHERE o.id = $1 FOR UPDATE OF o`, id)
}

// FirstAdministrator returns the officer whom no officer made.
func (t *tx) FirstAdministrator(ctx context.Context) (acts.OfficerRecord, error) {
	return oneOfficer(ctx, t, `SELECT `+officerColumns+`, `+pathOf+officerFrom+`
		WHERE o.created_by IS NULL ORDER BY o.id LIMIT 1 FOR UPDATE OF o`)
}

// ActiveOfficers returns the officers of offices that are not disabled.
func (t *tx) ActiveOfficers(ctx context.Context, offices []int64) ([]acts.OfficerRecord, error) {
	return officers(ctx, t, `SELECT `+officerColumns+officerFrom+`
		WHERE o.office_id = ANY($1) AND o.disabled_at IS NULL ORDER BY o.id`, pq.Array(offices))
}

func officers(ctx context.Context, db sqlx.QueryerContext, query string, args ...any) ([]acts.OfficerRecord, error) {
	var rows []officerRow
	if err := sqlx.SelectContext(ctx, db, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("read officers: %w", err)
	}
	records := make([]acts.OfficerRecord, len(rows))
	for i, r := range rows {
		records[i] = r.record()
	}
	return records, nil
}

// AddOfficers adds officers in one statement and returns their IDs in the order
// given: identity values are drawn in the order of the SELECT.
func (t *tx) AddOfficers(ctx context.Context, by int64, in []acts.OfficerRecord) ([]int64, error) {
	names, offices, roles := make([]string, len(in)), make([]int64, len(in)), make([]string, len(in))
	for i, o := range in {
		names[i], offices[i] = o.Name, o.Office
		text := make([]string, len(o.Roles))
		for j, role := range o.Roles {
			text[j] = string(role)
		}
		roles[i] = strings.Join(text, " ")
	}
	var ids []int64
	err := t.SelectContext(ctx, &ids, `
		WITH added AS (
			INSERT INTO officer (name, office_id, roles, created_by)
			SELECT name, office_id, string_to_array(roles, ' '), nullif($4, 0)
			FROM unnest($1::text[], $2::bigint[], $3::text[]) WITH ORDINALITY AS n (name, office_id, roles, i)
			ORDER BY i
			RETURNING id)
		SELECT id FROM added ORDER BY id`,
		pq.Array(names), pq.Array(offices), pq.Array(roles), by)
	if err != nil {
		return nil, fmt.Errorf("insert officers: %w", err)
	}
	return ids, nil
}

// DisableOfficer disables an officer and revokes its keys.
func (t *tx) DisableOfficer(ctx context.Context, id int64) error {
	if _, err := t.ExecContext(ctx, `UPDATE officer SET disabled_at = shifan_now() WHERE id = $1`, id); err != nil {
		return fmt.Errorf("write officer: %w", err)
	}
	return t.RevokeKeys(ctx, id)
}

// Officer reads one officer.
func (s *Store) Officer(ctx context.Context, id int64) (acts.OfficerRecord, error) {
	return oneOfficer(ctx, s.db, `SELECT `+officerColumns+officerFrom+`WHERE o.id = $1`, id)
}

// OfficerPage lists officers by ID.
func (s *Store) OfficerPage(ctx context.Context, in acts.OfficerQuery) ([]acts.OfficerRecord, error) {
	return officers(ctx, s.db, `SELECT `+officerColumns+officerFrom+`
		WHERE o.id > $1 AND ($2::bigint = 0 OR o.office_id = $2) AND `+inSubtree("o.office_id", "$3")+`
		ORDER BY o.id LIMIT $4`, in.After, in.Office, in.Below, in.Limit)
}
