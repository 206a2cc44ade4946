package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// lockRegister keeps imports and changes apart; readers go on.
const lockRegister = `LOCK TABLE unit_version IN SHARE ROW EXCLUSIVE MODE`

// LockRegister holds the register alone until the end.
func (t *tx) LockRegister(ctx context.Context) error {
	if _, err := t.ExecContext(ctx, lockRegister); err != nil {
		return fmt.Errorf("lock the register: %w", err)
	}
	return nil
}

// UnitsBelow returns the units that hang directly under others today.
func (t *tx) UnitsBelow(ctx context.Context, units []int64) ([]acts.RegisterUnit, error) {
	return selectRegisterUnits(ctx, t, `v.parent_id = ANY($1)`, pq.Array(units))
}

// RecommendedBy returns codes of units that other units recommend for today.
func (t *tx) RecommendedBy(ctx context.Context, units []int64) ([]string, error) {
	var codes []string
	err := t.SelectContext(ctx, &codes, `
		SELECT code FROM unit_version
		WHERE valid_to IS NULL AND recommending_office_id = ANY($1) AND unit_id <> ALL($1) ORDER BY code`, pq.Array(units))
	if err != nil {
		return nil, fmt.Errorf("find whom units recommend: %w", err)
	}
	return codes, nil
}

// CodeTaken reports whether another unit has the code on the day or later.
func (t *tx) CodeTaken(ctx context.Context, code string, unit int64, from award.Date) (bool, error) {
	var taken bool
	err := t.GetContext(ctx, &taken, `
		SELECT EXISTS (SELECT FROM unit_version
			WHERE code = $1 AND unit_id <> $2 AND (valid_to IS NULL OR valid_to > $3::date))`, code, unit, from.String())
	if err != nil {
		return false, fmt.Errorf("look for the code: %w", err)
	}
	return taken, nil
}

// AddUnit adds a unit that begins on the day.
func (t *tx) AddUnit(ctx context.Context, u acts.RegisterUnit, from award.Date, source string) (int64, error) {
	var id int64
	err := t.GetContext(ctx, &id, `
		WITH added AS (INSERT INTO unit DEFAULT VALUES RETURNING id)
		INSERT INTO unit_version (unit_id, valid_from, code, name, kind, kind_sure, parent_id, source)
		SELECT id, $1::date, $2, $3, $4, true, $5, $6 FROM added
		RETURNING unit_id`, from.String(), u.Code, u.Name, u.Kind, u.ParentID, source)
	if err != nil {
		return 0, fmt.Errorf("add unit: %w", err)
	}
	return id, nil
}

// ReviseUnits opens a version of each unit, or corrects the one that began that
// day. The recommending office stays as it was.
func (t *tx) ReviseUnits(ctx context.Context, units []acts.RegisterUnit, from award.Date, source string) error {
	ids, parents := make([]int64, len(units)), make([]int64, len(units))
	codes, names, kinds, sure := make([]string, len(units)), make([]string, len(units)), make([]string, len(units)), make([]bool, len(units))
	for i, u := range units {
		ids[i], parents[i], codes[i], names[i], kinds[i], sure[i] = u.ID, u.ParentID, u.Code, u.Name, string(u.Kind), u.KindSure
	}
	const next = `
		unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::bigint[])
		AS next (unit_id, code, name, kind, kind_sure, parent_id)`
	args := []any{
		pq.Array(ids), pq.Array(codes), pq.Array(names), pq.Array(kinds), pq.Array(sure), pq.Array(parents), from.String(), source,
	}
	for _, step := range []struct {
		what, sql string
		args      []any
	}{
		{"correct versions", `
			UPDATE unit_version v SET code = next.code, name = next.name, kind = next.kind, kind_sure = next.kind_sure,
				parent_id = next.parent_id, source = $8
			FROM ` + next + `
			WHERE v.unit_id = next.unit_id AND v.valid_from = $7::date AND v.valid_to IS NULL`, args},
		{"end versions", `
			UPDATE unit_version v SET valid_to = $7::date
			FROM ` + next + `
			WHERE v.unit_id = next.unit_id AND v.valid_from < $7::date AND v.valid_to IS NULL`, args[:7]},
		{"open versions", `
			INSERT INTO unit_version (unit_id, valid_from, code, name, kind, kind_sure, parent_id, recommending_office_id, source)
			SELECT next.unit_id, $7::date, next.code, next.name, next.kind, next.kind_sure, next.parent_id, v.recommending_office_id, $8
			FROM ` + next + `
			JOIN unit_version v ON v.unit_id = next.unit_id AND v.valid_to = $7::date
			WHERE NOT EXISTS (SELECT FROM unit_version now WHERE now.unit_id = next.unit_id AND now.valid_to IS NULL)`, args},
	} {
		if _, err := t.ExecContext(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("%s of units: %w", step.what, err)
		}
	}
	return nil
}

// EndUnits ends the current versions.
func (t *tx) EndUnits(ctx context.Context, units []int64, from award.Date) error {
	_, err := t.ExecContext(ctx, `
		UPDATE unit_version SET valid_to = $2::date WHERE unit_id = ANY($1) AND valid_to IS NULL`, pq.Array(units), from.String())
	if err != nil {
		return fmt.Errorf("end units: %w", err)
	}
	return nil
}

// NoteChange keeps what was done to units.
func (t *tx) NoteChange(ctx context.Context, act int64, units []int64, change award.UnitChange, from award.Date, document string) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO unit_change (act_id, unit_id, change, effective, document)
		SELECT $1, unit_id, $3, $4::date, $5 FROM unnest($2::bigint[]) AS u (unit_id)`,
		act, pq.Array(units), change, from.String(), document)
	if err != nil {
		return fmt.Errorf("note the change of units: %w", err)
	}
	return nil
}

// NoteSuccessor keeps in whose place a unit goes on.
func (t *tx) NoteSuccessor(ctx context.Context, act int64, units []int64, successor int64, from award.Date) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO unit_successor (unit_id, successor_id, effective, act_id)
		SELECT unit_id, $3, $4::date, $1 FROM unnest($2::bigint[]) AS u (unit_id)`,
		act, pq.Array(units), successor, from.String())
	if err != nil {
		return fmt.Errorf("note the successor of units: %w", err)
	}
	return nil
}

// UnitHistory returns all that is known of the unit that has the code today, or
// else had it last.
func (s *Store) UnitHistory(ctx context.Context, code string) (acts.UnitHistory, error) {
	var h acts.UnitHistory
	var path pq.Int64Array
	err := s.db.QueryRowxContext(ctx, `
		WITH RECURSIVE upward AS (
			(SELECT unit_id, 0 AS above FROM unit_version WHERE code = $1
			 ORDER BY valid_to IS NULL DESC, valid_from DESC LIMIT 1)
			UNION ALL
			SELECT last.parent_id, u.above + 1
			FROM upward u
			JOIN LATERAL (SELECT parent_id FROM unit_version v WHERE v.unit_id = u.unit_id ORDER BY v.valid_from DESC LIMIT 1) last
				ON last.parent_id IS NOT NULL
		)
		SELECT (SELECT unit_id FROM upward WHERE above = 0), array_agg(unit_id ORDER BY above DESC)
		FROM upward HAVING count(*) > 0`, code).Scan(&h.ID, &path)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.UnitHistory{}, award.Refuse(award.NotFound, "", "unit_unknown_now", code)
	}
	if err != nil {
		return acts.UnitHistory{}, fmt.Errorf("find the unit: %w", err)
	}
	h.Path = path
	for _, part := range []struct {
		what string
		read func() error
	}{
		{"versions", func() (err error) { h.Versions, err = s.unitVersions(ctx, h.ID); return err }},
		{"changes", func() (err error) { h.Changes, err = s.unitChanges(ctx, h.ID); return err }},
		{"successors", func() (err error) {
			h.Successors, err = unitLinks(ctx, s.db, "successor_id", "unit_id", h.ID)
			return err
		}},
		{"predecessors", func() (err error) {
			h.Predecessors, err = unitLinks(ctx, s.db, "unit_id", "successor_id", h.ID)
			return err
		}},
	} {
		if err := part.read(); err != nil {
			return acts.UnitHistory{}, fmt.Errorf("read %s of a unit: %w", part.what, err)
		}
	}
	return h, nil
}

func (s *Store) unitVersions(ctx context.Context, unit int64) ([]acts.UnitVersion, error) {
	var rows []struct {
		Code, Name, Parent, Source string
		Kind                       award.Kind
		Sure                       bool
		From                       time.Time
		Until                      sql.NullTime
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT v.code, v.name, v.kind, v.kind_sure AS sure, v.valid_from AS from, v.valid_to AS until, v.source,
		       coalesce((SELECT p.code FROM unit_version p WHERE p.unit_id = v.parent_id AND p.valid_from <= v.valid_from
		                 ORDER BY p.valid_from DESC LIMIT 1),
		                (SELECT p.code FROM unit_version p WHERE p.unit_id = v.parent_id ORDER BY p.valid_from LIMIT 1), '') AS parent
		FROM unit_version v WHERE v.unit_id = $1 ORDER BY v.valid_from DESC`, unit)
	versions := make([]acts.UnitVersion, len(rows))
	for i, r := range rows {
		versions[i] = acts.UnitVersion{
			Code: r.Code, Name: r.Name, Kind: r.Kind, KindSure: r.Sure, Parent: r.Parent, Source: r.Source, ValidFrom: award.DateOf(r.From),
		}
		if r.Until.Valid {
			versions[i].ValidTo = award.DateOf(r.Until.Time)
		}
	}
	return versions, err
}

func (s *Store) unitChanges(ctx context.Context, unit int64) ([]acts.UnitChanged, error) {
	var rows []struct {
		Act       int64
		Change    award.UnitChange
		Effective time.Time
		Document  string
		At        time.Time
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT act_id AS act, change, effective, document, at FROM unit_change WHERE unit_id = $1 ORDER BY act_id DESC`, unit)
	changes := make([]acts.UnitChanged, len(rows))
	for i, r := range rows {
		changes[i] = acts.UnitChanged{Act: r.Act, Change: r.Change, Effective: award.DateOf(r.Effective), Document: r.Document, At: r.At}
	}
	return changes, err
}

// unitLinks reads the units on one side of a merger, by their last codes.
func unitLinks(ctx context.Context, db sqlx.QueryerContext, wanted, known string, unit int64) ([]acts.UnitLink, error) {
	var rows []struct {
		Code, Name string
		Effective  time.Time
	}
	err := sqlx.SelectContext(ctx, db, &rows, `
		SELECT last.code, last.name, s.effective
		FROM unit_successor s
		JOIN LATERAL (SELECT code, name FROM unit_version v WHERE v.unit_id = s.`+wanted+` ORDER BY v.valid_from DESC LIMIT 1) last ON true
		WHERE s.`+known+` = $1 ORDER BY last.code`, unit)
	links := make([]acts.UnitLink, len(rows))
	for i, r := range rows {
		links[i] = acts.UnitLink{Code: r.Code, Name: r.Name, Effective: award.DateOf(r.Effective)}
	}
	return links, err
}

// Contact returns an office's last contact.
func (t *tx) Contact(ctx context.Context, unit int64) (acts.Contact, error) {
	return contact(ctx, t, unit)
}

// Contact returns an office's last contact.
func (s *Store) Contact(ctx context.Context, unit int64) (acts.Contact, error) {
	return contact(ctx, s.db, unit)
}

func contact(ctx context.Context, db sqlx.QueryerContext, unit int64) (acts.Contact, error) {
	var c acts.Contact
	err := sqlx.GetContext(ctx, db, &c, `
		SELECT revision, office, phone, address, postcode, email, at FROM unit_contact
		WHERE unit_id = $1 ORDER BY revision DESC LIMIT 1`, unit)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Contact{}, award.Refuse(award.NotFound, "", "contact_none")
	}
	if err != nil {
		return acts.Contact{}, fmt.Errorf("read contact: %w", err)
	}
	return c, nil
}

// AddContact adds a revision of an office's contact.
func (t *tx) AddContact(ctx context.Context, unit, officer int64, c acts.Contact) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO unit_contact (unit_id, revision, office, phone, address, postcode, email, officer_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		unit, c.Revision, c.Office, c.Phone, c.Address, c.Postcode, c.Email, officer)
	if err != nil {
		return fmt.Errorf("add contact: %w", err)
	}
	return nil
}
