package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// MoveFiles moves files and writes their history in one statement, and tells the
// units of those that have ended. Rows are locked in order of ID, so that two walks over the same
// files do not wait for each other.
func (t *tx) MoveFiles(ctx context.Context, m acts.FilesMove) (int, error) {
	if len(m.From) == 0 {
		return 0, errors.New("move files: no state to move from")
	}
	for _, from := range m.From {
		if err := award.MoveFile(from, m.Act, m.To); err != nil {
			return 0, err
		}
	}
	var moved pq.Int64Array
	err := t.GetContext(ctx, &moved, `
		WITH old AS (
			SELECT id, state FROM application
			WHERE round_id = $1 AND ($2::bigint = 0 OR office_id = $2)
			  AND ($3::bigint[] IS NULL OR id = ANY($3)) AND state = ANY($4)
			  AND id > $12 AND ($13::bigint = 0 OR id <= $13)
			  AND ($14::timestamptz IS NULL OR due_at <= $14 AND waiting_office_id = unit_id)
			ORDER BY id FOR UPDATE
		), moved AS (
			UPDATE application a SET
				state = $5, revision = a.revision + 1,
				waiting_office_id = CASE WHEN $6 THEN NULL ELSE coalesce(nullif($7::bigint, 0), a.waiting_office_id) END,
				waiting_since = CASE WHEN $6 THEN NULL WHEN $7 <> 0 THEN shifan_now() ELSE a.waiting_since END,
				due_at = CASE WHEN $6 OR $7 <> 0 THEN NULL ELSE a.due_at END,
				resume_office_id = CASE WHEN $6 THEN NULL ELSE a.resume_office_id END,
				ground = CASE WHEN $6 THEN $8 ELSE a.ground END,
				ended_at = CASE WHEN $6 THEN shifan_now() ELSE a.ended_at END
			FROM old WHERE a.id = old.id
			RETURNING a.id, a.revision, old.state AS from_state
		), kept AS (
			INSERT INTO application_history
				(application_id, revision, act, from_state, to_state, officer_id, office_id, ground)
			SELECT id, revision, $9, from_state, $5, nullif($10::bigint, 0), nullif($11::bigint, 0), $8 FROM moved ORDER BY id
		)
		SELECT coalesce(array_agg(id), '{}') FROM moved`,
		m.Round, m.Office, pq.Array(m.Applications), pq.Array(m.From),
		m.To, m.To.Ended(), m.Waiting, m.Ground, m.Act, m.By.ID, m.By.Office,
		m.After, m.UpTo, orNoTime(m.DueBy))
	if err != nil {
		return 0, fmt.Errorf("move files: %w", err)
	}
	if m.To.Ended() {
		err = t.TellEnding(ctx, acts.Ending{Files: moved, To: m.To, Ground: m.Ground})
	}
	return len(moved), err
}

// TellEnding writes each unit what became of its file, with the marks it has
// then, in one statement.
func (t *tx) TellEnding(ctx context.Context, e acts.Ending) error {
	m := e.Message()
	title, self, province, national := e.OwnMarks()
	_, err := t.ExecContext(ctx, `
		INSERT INTO message (round_id, office_id, occasion, kind, subject, body)
		SELECT a.round_id, a.unit_id, concat_ws('/', $2::text, a.id, a.revision), $2, $3,
		       concat_ws(E'\n', $4::text, $5::text || nullif(concat_ws('，',
		           $6::text || `+shownPoints("sc.total")+`, $7::text || `+shownPoints("i.total")+`, $8::text || `+shownPoints("s.total")+`), ''))
		FROM application a JOIN round r ON r.id = a.round_id
		LEFT JOIN self_check sc ON sc.round_id = a.round_id AND sc.unit_id = a.unit_id AND sc.category = a.category
		LEFT JOIN inspection i ON i.application_id = a.id
		LEFT JOIN score s ON s.application_id = a.id AND r.candidates_at IS NOT NULL
		WHERE a.id = ANY($1) ORDER BY a.unit_id
		ON CONFLICT ON CONSTRAINT message_occasion DO NOTHING`,
		pq.Array(e.Files), m.Kind, m.Subject, m.Body, title, self, province, national)
	if err != nil {
		return fmt.Errorf("tell units the result: %w", err)
	}
	return nil
}

// shownPoints writes a column of hundredths as a mark is shown.
func shownPoints(column string) string { return "to_char(" + column + " / 100.0, 'FM9999990.00')" }

// PassUp moves files past the silent offices they wait for. A file returned to
// its unit waits for no office and is left alone.
func (t *tx) PassUp(ctx context.Context, p acts.PassUp) (int, error) {
	for _, from := range p.From {
		if err := award.MoveFile(from, award.StepPassUp, award.FileAtProvince); err != nil {
			return 0, err
		}
	}
	var moved int
	err := t.GetContext(ctx, &moved, `
		WITH old AS (
			SELECT id, state, waiting_office_id AS silent, $7 OR resume_office_id = office_id AS arrives
			FROM application
			WHERE round_id = $1 AND office_id = $2 AND state = ANY($3) AND waiting_office_id <> unit_id
			  AND id > $4 AND ($5::bigint = 0 OR id <= $5)
			  AND ($6::timestamptz IS NULL OR due_at <= $6)
			ORDER BY id FOR UPDATE
		), moved AS (
			UPDATE application a SET
				state = CASE WHEN old.arrives THEN 'at_province' ELSE 'climbing' END, revision = a.revision + 1,
				waiting_office_id = CASE WHEN old.arrives THEN a.office_id ELSE a.resume_office_id END,
				waiting_since = shifan_now(), due_at = CASE WHEN old.arrives THEN NULL ELSE $8::timestamptz END,
				reminders = 0, resume_office_id = NULL, unsigned = true
			FROM old WHERE a.id = old.id
			RETURNING a.id, a.revision, a.state, old.state AS from_state, old.silent
		), signed AS (
			INSERT INTO endorsement (application_id, revision, office_id, opinion)
			SELECT id, revision, silent, 'unsigned' FROM moved ORDER BY id
		), kept AS (
			INSERT INTO application_history (application_id, revision, act, from_state, to_state, ground)
			SELECT id, revision, $9, from_state, state, $10 FROM moved ORDER BY id
		)
		SELECT count(*) FROM moved`,
		p.Round, p.Office, pq.Array(p.From), p.After, p.UpTo, orNoTime(p.DueBy), p.Arrived, orNoTime(p.DueAt),
		award.StepPassUp, p.Ground)
	if err != nil {
		return 0, fmt.Errorf("pass files up: %w", err)
	}
	return moved, nil
}

// CloseIntake records that an intake is over.
func (t *tx) CloseIntake(ctx context.Context, round string, office int64, kind award.Intake, at time.Time) (bool, error) {
	done, err := t.ExecContext(ctx, `
		UPDATE intake SET closed_at = $4
		WHERE round_id = $1 AND office_id = $2 AND kind = $3 AND closed_at IS NULL`, round, office, kind, at)
	if err != nil {
		return false, fmt.Errorf("close intake: %w", err)
	}
	return wasNew(done)
}

// MarkLapsed records that an office's drafts have lapsed.
func (t *tx) MarkLapsed(ctx context.Context, round string, office int64, at time.Time) (bool, error) {
	done, err := t.ExecContext(ctx, `
		UPDATE round_office SET drafts_lapsed_at = $3
		WHERE round_id = $1 AND office_id = $2 AND drafts_lapsed_at IS NULL`, round, office, at)
	if err != nil {
		return false, fmt.Errorf("mark drafts lapsed: %w", err)
	}
	return wasNew(done)
}

// MarkPassedUp records that an office's climbing files have passed up.
func (t *tx) MarkPassedUp(ctx context.Context, round string, office int64, at time.Time) (bool, error) {
	done, err := t.ExecContext(ctx, `
		UPDATE round_office SET passed_up_at = $3
		WHERE round_id = $1 AND office_id = $2 AND passed_up_at IS NULL`, round, office, at)
	if err != nil {
		return false, fmt.Errorf("mark files passed up: %w", err)
	}
	return wasNew(done)
}

// wasNew reports whether a write that is done once found its row undone.
func wasNew(done sql.Result) (bool, error) {
	n, err := done.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("count rows: %w", err)
	}
	return n > 0, nil
}
