package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// fileColumns are read by scanFile, wherever a file is read. A waiting office is
// shown with the name it has in the round's register. Single values beside the
// file are subqueries: the planner weighs every order of joins, and with four
// more it would take ten times as long to plan the query as to run it.
const fileColumns = `
	SELECT a.id, a.round_id, a.unit_id, u.code, u.name, u.path, a.category, a.office_id, o.code,
	       a.revision, a.state, a.form,
	       coalesce(a.waiting_office_id, 0), coalesce(w.code, ''), coalesce(w.name, ''), coalesce(w.kind, ''), a.waiting_since, a.due_at,
	       (SELECT st.due_at FROM office_stage st
	        WHERE st.round_id = a.round_id AND st.office_id = a.office_id AND st.stage = 'recommendation'),
	       a.reminders, coalesce(a.resume_office_id, 0), coalesce(a.declined_by, 0),
	       a.called_up, a.unsigned, a.suspended, a.ground, a.created_at, a.filed_at, a.ended_at, coalesce(encode(a.form_scan, 'hex'), ''),
	       (SELECT sc.total FROM self_check sc
	        WHERE sc.round_id = a.round_id AND sc.unit_id = a.unit_id AND sc.category = a.category),
	       (SELECT i.total FROM inspection i WHERE i.application_id = a.id),
	       (SELECT s.total FROM score s WHERE s.application_id = a.id),
	       a.prefilled
	FROM application a
	JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
	JOIN round_office o ON o.round_id = a.round_id AND o.office_id = a.office_id
	LEFT JOIN round_unit w ON w.round_id = a.round_id AND w.unit_id = a.waiting_office_id`

func scanFile(row scanner) (acts.File, error) {
	var f acts.File
	var path pq.Int64Array
	var form []byte
	var since, due, stageDue, filed, ended sql.NullTime
	err := row.Scan(&f.ID, &f.Round, &f.Unit, &f.UnitCode, &f.UnitName, &path, &f.Category, &f.Office, &f.OfficeCode,
		&f.Revision, &f.State, &form,
		&f.Waiting, &f.WaitingCode, &f.WaitingName, &f.WaitingKind, &since, &due, &stageDue,
		&f.Reminders, &f.Resume, &f.DeclinedBy,
		&f.CalledUp, &f.Unsigned, &f.Suspended, &f.Ground, &f.CreatedAt, &filed, &ended, &f.FormScan,
		&f.SelfTotal, &f.ProvinceTotal, &f.NationalTotal, &f.Prefilled)
	if err != nil {
		return acts.File{}, err
	}
	f.Path = path
	f.WaitingSince, f.DueAt, f.StageDue, f.FiledAt, f.EndedAt = since.Time, due.Time, stageDue.Time, filed.Time, ended.Time
	if err := json.Unmarshal(form, &f.Form); err != nil {
		return acts.File{}, fmt.Errorf("read form of file %d: %w", f.ID, err)
	}
	return f, nil
}

func readFile(ctx context.Context, q queryer, round string, id int64) (acts.File, error) {
	f, err := scanFile(q.QueryRowxContext(ctx, fileColumns+` WHERE a.round_id = $1 AND a.id = $2`, round, id))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.File{}, award.Refuse(award.NotFound, "", "not_found")
	}
	if err != nil {
		return acts.File{}, fmt.Errorf("read file: %w", err)
	}
	return f, nil
}

// PassFileGate shares the gate of a file's recommending office. A file never
// changes its office, so finding it and locking may be one statement.
func (t *tx) PassFileGate(ctx context.Context, round string, id int64) (int64, error) {
	var office int64
	err := t.QueryRowxContext(ctx, `
		SELECT a.office_id, pg_advisory_xact_lock_shared($3, o.gate)::text
		FROM application a JOIN round_office o ON o.round_id = a.round_id AND o.office_id = a.office_id
		WHERE a.round_id = $1 AND a.id = $2`, round, id, gateClass).Scan(&office, new(string))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.NotFound, "", "not_found")
	}
	if err != nil {
		return 0, fmt.Errorf("pass the gate of a file: %w", err)
	}
	return office, nil
}

// LockFile reads a file and holds it. The lock comes first: what is joined to a
// row that one has waited for would be of the time before the wait.
func (t *tx) LockFile(ctx context.Context, round string, id int64) (acts.File, error) {
	if _, err := t.ExecContext(ctx, `SELECT FROM application WHERE id = $1 FOR UPDATE`, id); err != nil {
		return acts.File{}, fmt.Errorf("lock file: %w", err)
	}
	return readFile(ctx, t, round, id)
}

// AddFile adds a draft.
func (t *tx) AddFile(ctx context.Context, f acts.File) (int64, error) {
	form, err := encode(f.Form)
	if err != nil {
		return 0, fmt.Errorf("encode form: %w", err)
	}
	err = t.GetContext(ctx, &f.ID, `
		INSERT INTO application (round_id, unit_id, category, office_id, state, form, prefilled, waiting_office_id, waiting_since, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		RETURNING id`,
		f.Round, f.Unit, f.Category, f.Office, f.State, form, f.Prefilled, f.Waiting, f.WaitingSince, f.CreatedAt)
	if constraint(err) == "application_one_live" {
		return 0, applicationExists(f)
	}
	if err != nil {
		return 0, fmt.Errorf("add file: %w", err)
	}
	return f.ID, nil
}

func applicationExists(f acts.File) error {
	return award.Refuse(award.Conflict, "domain 4", "application_exists", f.UnitName)
}

// SaveFile writes a locked file as it now stands.
func (t *tx) SaveFile(ctx context.Context, f acts.File) error {
	form, err := encode(f.Form)
	if err != nil {
		return fmt.Errorf("encode form: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		UPDATE application SET
			revision = $2, state = $3, form = $4,
			waiting_office_id = nullif($5::bigint, 0), waiting_since = $6, due_at = $7, reminders = $8,
			resume_office_id = nullif($9::bigint, 0), declined_by = nullif($10::bigint, 0), called_up = $11,
			unsigned = $12, ground = $13, filed_at = $14, ended_at = $15
		WHERE id = $1`,
		f.ID, f.Revision, f.State, form,
		f.Waiting, orNoTime(f.WaitingSince), orNoTime(f.DueAt), f.Reminders,
		f.Resume, f.DeclinedBy, f.CalledUp,
		f.Unsigned, f.Ground, orNoTime(f.FiledAt), orNoTime(f.EndedAt))
	if constraint(err) == "application_one_live" { // called up while another has been started
		return applicationExists(f)
	}
	if err != nil {
		return fmt.Errorf("save file: %w", err)
	}
	return nil
}

// KeepMove adds a row to a file's history.
func (t *tx) KeepMove(ctx context.Context, m acts.FileMove) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO application_history
			(application_id, revision, act, from_state, to_state, officer_id, office_id, ground)
		VALUES ($1, $2, $3, $4, $5, nullif($6::bigint, 0), nullif($7::bigint, 0), $8)`,
		m.Application, m.Revision, m.Act, m.From, m.To, m.By.ID, m.By.Office, m.Ground)
	if err != nil {
		return fmt.Errorf("keep move: %w", err)
	}
	return nil
}

// KeepRevision keeps a file as filed.
func (t *tx) KeepRevision(ctx context.Context, f acts.File, check acts.SelfCheck) error {
	form, err := encode(f.Form)
	if err != nil {
		return fmt.Errorf("encode form: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO application_revision (application_id, revision, form, self_check, sub_marks) VALUES ($1, $2, $3, $4, $5)`,
		f.ID, f.Revision, form, marks(check.Marks), subMarks(check.SubMarks))
	if err != nil {
		return fmt.Errorf("keep revision: %w", err)
	}
	return nil
}

// LeaveLists takes a withdrawn file off the lists it stands on. Its place in a
// cut is freed only while its package is not accepted: a frozen list stays.
func (t *tx) LeaveLists(ctx context.Context, application int64) error {
	_, err := t.ExecContext(ctx, `
		UPDATE list_item SET removed_at = shifan_now() WHERE application_id = $1 AND removed_at IS NULL`, application)
	if err != nil {
		return fmt.Errorf("leave lists: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		DELETE FROM recommendation r USING round d
		WHERE r.application_id = $1 AND d.id = r.round_id AND d.list_frozen_at IS NULL
		  AND NOT EXISTS (SELECT FROM package p
		                  WHERE p.round_id = r.round_id AND p.office_id = r.office_id AND p.state = 'accepted')`, application)
	if err != nil {
		return fmt.Errorf("leave the cut: %w", err)
	}
	return nil
}

// orNoTime is an instant as a column that may be null keeps it.
func orNoTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
