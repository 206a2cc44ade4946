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

// noticeClass is the first key of the advisory lock of a notice's gate, where
// objections come in; the second is its ID.
const noticeClass = 2

// PassNotice shares the gate of a notice and reads it behind. Its row is held
// against removal first, as whoever ends it holds it, so that neither waits for
// the other crosswise.
func (t *tx) PassNotice(ctx context.Context, id int64) (acts.Notice, error) {
	if _, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared($1, $2::bigint::int)`, noticeClass, id); err != nil {
		return acts.Notice{}, fmt.Errorf("pass the gate of a notice: %w", err)
	}
	n, err := scanNotice(t.QueryRowxContext(ctx, noticeColumns+`WHERE n.id = $1 FOR KEY SHARE OF n`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Notice{}, award.Refuse(award.NotFound, "", "notice_unknown", id)
	}
	if err != nil {
		return acts.Notice{}, fmt.Errorf("read notice: %w", err)
	}
	return n, nil
}

// ShutNotice takes the gate of a notice alone.
func (t *tx) ShutNotice(ctx context.Context, round string, number int) error {
	_, err := t.ExecContext(ctx, `
		SELECT pg_advisory_xact_lock($3, id::int) FROM public_notice WHERE round_id = $1 AND number = $2`, round, number, noticeClass)
	if err != nil {
		return fmt.Errorf("shut the gate of a notice: %w", err)
	}
	return nil
}

// PassNoticesOf shares the gates of the notices of a file's lists, in order.
func (t *tx) PassNoticesOf(ctx context.Context, application int64) error {
	var notices []int64
	err := t.SelectContext(ctx, &notices, `
		SELECT n.id FROM list_item i JOIN public_notice n ON n.list_id = i.list_id
		WHERE i.application_id = $1 ORDER BY n.id`, application)
	if err != nil {
		return fmt.Errorf("list the notices of a file: %w", err)
	}
	for _, id := range notices { // one by one: a query may take locks out of its ORDER BY
		if _, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared($1, $2::bigint::int)`, noticeClass, id); err != nil {
			return fmt.Errorf("pass the gate of a notice: %w", err)
		}
	}
	return nil
}

// NoticeOver reports whether a notice of the scope has ended with the file on
// its list.
func (t *tx) NoticeOver(ctx context.Context, application int64, scope award.Scope) (bool, error) {
	var over bool
	err := t.GetContext(ctx, &over, `
		SELECT EXISTS (SELECT FROM list_item i JOIN public_notice n ON n.list_id = i.list_id
		               WHERE i.application_id = $1 AND i.removed_at IS NULL AND n.scope = $2 AND n.state = 'ended')`, application, scope)
	if err != nil {
		return false, fmt.Errorf("look for an ended notice: %w", err)
	}
	return over, nil
}

// ListedUnit returns the file of a unit on a list.
func (t *tx) ListedUnit(ctx context.Context, list int64, unit string) (int64, error) {
	var application int64
	err := t.GetContext(ctx, &application, `
		SELECT a.id FROM list_item i
		JOIN application a ON a.id = i.application_id
		JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		WHERE i.list_id = $1 AND u.code = $2 AND i.removed_at IS NULL`, list, unit)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.NotFound, "domain 7", "objection_unit_unlisted", unit)
	}
	if err != nil {
		return 0, fmt.Errorf("find a listed unit: %w", err)
	}
	return application, nil
}

// ObjectionCalled returns what an earlier call made.
func (t *tx) ObjectionCalled(ctx context.Context, notice int64, call [32]byte) (int64, []byte, error) {
	var id int64
	var body []byte
	err := t.QueryRowxContext(ctx, `SELECT id, body_sha256 FROM objection WHERE notice_id = $1 AND call_sha256 = $2`, notice, call[:]).
		Scan(&id, &body)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, nil, fmt.Errorf("look for an earlier call: %w", err)
	}
	return id, body, nil
}

// ObjectionsSince counts what came to a notice by form.
func (t *tx) ObjectionsSince(ctx context.Context, notice int64, since time.Time) (int, error) {
	var n int
	err := t.GetContext(ctx, &n, `
		SELECT count(*) FROM objection WHERE notice_id = $1 AND at > $2 AND channel = 'form'`, notice, since)
	if err != nil {
		return 0, fmt.Errorf("count objections: %w", err)
	}
	return n, nil
}

// AddObjection adds an objection with its facts.
func (t *tx) AddObjection(ctx context.Context, o acts.Objection, call acts.PublicCall) (int64, error) {
	var digest, body any
	if call.Public {
		digest, body = call.Digest[:], call.Body[:]
	}
	var id int64
	err := t.GetContext(ctx, &id, `
		INSERT INTO objection (receipt, kind, notice_id, round_id, application_id, office_id, channel, facts, received_at, postmarked_at,
			entered_by, call_sha256, body_sha256, state, admit_due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11::bigint, 0), $12, $13, $14, $15) RETURNING id`,
		o.Receipt, o.Kind, o.Notice, o.Round, o.Application, o.Office, o.Channel, o.Facts, o.ReceivedAt, orNoTime(o.Postmark),
		o.EnteredBy, digest, body, o.State, o.AdmitDue)
	if constraint(err) == "objection_call" { // the same call twice at once: the other has the receipt
		return 0, award.Refuse(award.Unavailable, "", "objection_being_taken")
	}
	if err != nil {
		return 0, fmt.Errorf("add objection: %w", err)
	}
	return id, nil
}

// AddObjector keeps who made an objection.
func (t *tx) AddObjector(ctx context.Context, objection int64, who acts.Objector) error {
	_, err := t.ExecContext(ctx, `INSERT INTO objector (objection_id, kind, name, contact) VALUES ($1, $2, $3, $4)`,
		objection, who.Kind, who.Name, who.Contact)
	if err != nil {
		return fmt.Errorf("keep who objected: %w", err)
	}
	return nil
}

// Objector reads who made an objection: the one query over that table.
func (t *tx) Objector(ctx context.Context, objection int64) (acts.Objector, error) {
	var who acts.Objector
	err := t.QueryRowxContext(ctx, `SELECT kind, name, contact FROM objector WHERE objection_id = $1`, objection).
		Scan(&who.Kind, &who.Name, &who.Contact)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return acts.Objector{}, fmt.Errorf("read who objected: %w", err)
	}
	return who, nil
}

// objectionColumns are scanned by scanObjection. Nothing in them says who
// objected but, perhaps, the facts, which internal/acts shows to two.
const objectionColumns = `
	SELECT o.id, o.receipt, o.kind, o.notice_id, n.number, n.state, o.round_id, r.drill, o.application_id, u.code, u.name, a.category,
	       o.office_id, f.code, f.name, f.path, o.channel, o.state, coalesce(o.handler_id, 0), coalesce(h.name, ''),
	       o.received_at, o.postmarked_at, coalesce(o.entered_by, 0), o.admit_due_at, o.admitted_at, o.rule_due_at, o.extended_at,
	       o.ruled_at, o.withdrawn_at, o.answer, o.correction, o.facts
	FROM objection o
	JOIN public_notice n ON n.id = o.notice_id
	JOIN round r ON r.id = o.round_id
	JOIN application a ON a.id = o.application_id
	JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
	JOIN round_unit f ON f.round_id = o.round_id AND f.unit_id = o.office_id
	LEFT JOIN officer h ON h.id = o.handler_id `

func scanObjection(row scanner) (acts.Objection, error) {
	var o acts.Objection
	var path pq.Int64Array
	var postmark, admitted, ruleDue, extended, ruled, withdrawn sql.NullTime
	err := row.Scan(&o.ID, &o.Receipt, &o.Kind, &o.Notice, &o.Number, &o.NoticeState, &o.Round, &o.Drill, &o.Application,
		&o.UnitCode, &o.UnitName, &o.Category, &o.Office, &o.OfficeCode, &o.OfficeName, &path, &o.Channel, &o.State, &o.Handler, &o.HandlerName,
		&o.ReceivedAt, &postmark, &o.EnteredBy, &o.AdmitDue, &admitted, &ruleDue, &extended, &ruled, &withdrawn, &o.Answer, &o.Correction, &o.Facts)
	o.Path = path
	o.Postmark, o.AdmittedAt, o.RuleDue, o.ExtendedAt = postmark.Time, admitted.Time, ruleDue.Time, extended.Time
	o.RuledAt, o.WithdrawnAt = ruled.Time, withdrawn.Time
	return o, err
}

// Objection reads an objection with its history.
func (t *tx) Objection(ctx context.Context, id int64) (acts.Objection, error) {
	o, err := scanObjection(t.QueryRowxContext(ctx, objectionColumns+`WHERE o.id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Objection{}, award.Refuse(award.NotFound, "", "not_found")
	}
	if err != nil {
		return acts.Objection{}, fmt.Errorf("read objection: %w", err)
	}
	o.History, err = readObjectionSteps(ctx, t, id)
	return o, err
}

// LockObjection reads an objection and holds it; the lock comes first, so that
// what is joined is of the time after any wait.
func (t *tx) LockObjection(ctx context.Context, id int64) (acts.Objection, error) {
	if _, err := t.ExecContext(ctx, `SELECT FROM objection WHERE id = $1 FOR UPDATE`, id); err != nil {
		return acts.Objection{}, fmt.Errorf("hold objection: %w", err)
	}
	return t.Objection(ctx, id)
}

func readObjectionSteps(ctx context.Context, q sqlx.QueryerContext, objection int64) ([]acts.ObjectionStep, error) {
	rows, err := q.QueryxContext(ctx, `
		SELECT h.act, coalesce(h.from_state, ''), h.to_state, coalesce(v.code, ''), coalesce(o.name, ''), h.ground, h.at
		FROM objection_history h
		LEFT JOIN officer o ON o.id = h.officer_id
		LEFT JOIN unit_version v ON v.unit_id = h.office_id AND v.valid_to IS NULL
		WHERE h.objection_id = $1 ORDER BY h.id`, objection)
	if err != nil {
		return nil, fmt.Errorf("read the history of an objection: %w", err)
	}
	return collect(rows, "read a step of an objection", func(row scanner) (s acts.ObjectionStep, err error) {
		err = row.Scan(&s.Act, &s.From, &s.To, &s.OfficeCode, &s.OfficerName, &s.Ground, &s.At)
		return s, err
	})
}

// SaveObjection writes a locked objection as it now stands.
func (t *tx) SaveObjection(ctx context.Context, o acts.Objection) error {
	_, err := t.ExecContext(ctx, `
		UPDATE objection SET kind = $2, office_id = $3, state = $4, handler_id = nullif($5::bigint, 0), admitted_at = $6, rule_due_at = $7,
			extended_at = $8, ruled_at = $9, withdrawn_at = $10, answer = $11, correction = $12
		WHERE id = $1`,
		o.ID, o.Kind, o.Office, o.State, o.Handler, orNoTime(o.AdmittedAt), orNoTime(o.RuleDue),
		orNoTime(o.ExtendedAt), orNoTime(o.RuledAt), orNoTime(o.WithdrawnAt), o.Answer, o.Correction)
	if err != nil {
		return fmt.Errorf("save objection: %w", err)
	}
	return nil
}

// KeepObjectionStep adds a row to an objection's history.
func (t *tx) KeepObjectionStep(ctx context.Context, objection int64, s acts.ObjectionStep, by award.Officer) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO objection_history (objection_id, act, from_state, to_state, officer_id, office_id, ground)
		VALUES ($1, $2, nullif($3, ''), $4, nullif($5::bigint, 0), nullif($6::bigint, 0), $7)`,
		objection, s.Act, s.From, s.To, by.ID, by.Office, s.Ground)
	if err != nil {
		return fmt.Errorf("keep a step of an objection: %w", err)
	}
	return nil
}

// OfficerOffice reads an active officer's office.
func (t *tx) OfficerOffice(ctx context.Context, officer int64) (int64, error) {
	var office int64
	err := t.GetContext(ctx, &office, `SELECT office_id FROM officer WHERE id = $1 AND disabled_at IS NULL`, officer)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.NotFound, "", "officer_unknown", officer)
	}
	if err != nil {
		return 0, fmt.Errorf("read an officer's office: %w", err)
	}
	return office, nil
}

// openObjection holds for objections to application a that are not settled.
const openObjection = `EXISTS (SELECT FROM objection o WHERE o.application_id = a.id AND o.state IN ('received', 'admitted', 'investigating'))`

// Suspend sets or lifts a file's suspension.
func (t *tx) Suspend(ctx context.Context, application int64, suspended bool) error {
	_, err := t.ExecContext(ctx, `UPDATE application SET suspended = $2 WHERE id = $1 AND suspended <> $2`, application, suspended)
	if err != nil {
		return fmt.Errorf("suspend a file: %w", err)
	}
	return nil
}

// SuspendObjected suspends the files on a list to which an objection is open.
func (t *tx) SuspendObjected(ctx context.Context, list int64) ([]string, error) {
	var names []string
	err := t.SelectContext(ctx, &names, `
		WITH objected AS (
			SELECT a.id FROM list_item i JOIN application a ON a.id = i.application_id
			WHERE i.list_id = $1 AND i.removed_at IS NULL AND NOT a.suspended AND `+openObjection+`
			ORDER BY a.id FOR UPDATE OF a
		), suspended AS (
			UPDATE application a SET suspended = true FROM objected o WHERE a.id = o.id RETURNING a.round_id, a.unit_id, a.id
		)
		SELECT u.name FROM suspended s JOIN round_unit u ON u.round_id = s.round_id AND u.unit_id = s.unit_id ORDER BY s.id`, list)
	if err != nil {
		return nil, fmt.Errorf("suspend the files objected to: %w", err)
	}
	return names, nil
}

// Unsettled counts what keeps a file suspended.
func (t *tx) Unsettled(ctx context.Context, application int64) (int, error) {
	var n int
	err := t.GetContext(ctx, &n, `
		SELECT count(*) FROM objection
		WHERE application_id = $1 AND (state IN ('received', 'admitted', 'investigating') OR state = 'partly_upheld' AND corrected_at IS NULL)`,
		application)
	if err != nil {
		return 0, fmt.Errorf("count what is open about a file: %w", err)
	}
	return n, nil
}

// FlagCorrection says what a file's line on its lists must say instead.
func (t *tx) FlagCorrection(ctx context.Context, application int64, correction string) error {
	_, err := t.ExecContext(ctx, `
		UPDATE list_item SET correct = $2 WHERE application_id = $1 AND removed_at IS NULL`, application, correction)
	if err != nil {
		return fmt.Errorf("flag a correction: %w", err)
	}
	return nil
}

// ObjectionPage lists objections in order of ID.
func (s *Store) ObjectionPage(ctx context.Context, q acts.ObjectionQuery) ([]acts.Objection, error) {
	rows, err := s.db.QueryxContext(ctx, objectionColumns+`
		WHERE o.id > $1 AND ($2 = r.owner_office_id OR $2 = ANY(f.path))
		  AND ($3 = '' OR o.round_id = $3) AND ($4 = '' OR o.state = $4)
		ORDER BY o.id LIMIT $5`, q.After, q.Office, q.Round, q.State, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("read objections: %w", err)
	}
	defer rows.Close()
	var found []acts.Objection
	for rows.Next() {
		o, err := scanObjection(rows)
		if err != nil {
			return nil, fmt.Errorf("read objection: %w", err)
		}
		o.Facts = ""
		found = append(found, o)
	}
	return found, rows.Err()
}

// ObjectionByReceipt finds an objection.
func (s *Store) ObjectionByReceipt(ctx context.Context, receipt string) (int64, error) {
	var id int64
	err := s.db.GetContext(ctx, &id, `SELECT id FROM objection WHERE receipt = $1`, receipt)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.NotFound, "domain 7", "receipt_unknown")
	}
	if err != nil {
		return 0, fmt.Errorf("find a receipt: %w", err)
	}
	return id, nil
}
