package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// MoveFiles moves files and writes their history in one statement. Rows are
// locked in order of ID, so that two walks over the same files do not wait for
// each other.
func (t *tx) MoveFiles(ctx context.Context, m acts.FilesMove) (int, error) {
	if len(m.From) == 0 {
		return 0, errors.New("move files: no state to move from")
	}
	for _, from := range m.From {
		if err := award.MoveFile(from, m.Act, m.To); err != nil {
			return 0, err
		}
	}
	done, err := t.ExecContext(ctx, `
		WITH old AS (
			SELECT id, state FROM application
			WHERE round_id = $1 AND ($2::bigint = 0 OR office_id = $2)
			  AND ($3::bigint[] IS NULL OR id = ANY($3)) AND state = ANY($4)
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
		)
		INSERT INTO application_history
			(application_id, revision, act, from_state, to_state, officer_id, office_id, ground)
		SELECT id, revision, $9, from_state, $5, nullif($10::bigint, 0), nullif($11::bigint, 0), $8 FROM moved ORDER BY id`,
		m.Round, m.Office, pq.Array(m.Applications), pq.Array(m.From),
		m.To, m.Ended, m.Waiting, m.Ground, m.Act, m.By.ID, m.By.Office)
	if err != nil {
		return 0, fmt.Errorf("move files: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count moved files: %w", err)
	}
	return int(n), nil
}
