package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"shifan/internal/acts"
)

// AddEndorsement adds an opinion.
func (t *tx) AddEndorsement(ctx context.Context, e acts.Endorsement) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO endorsement (application_id, revision, office_id, opinion, text, clerk, signing_head, sealing_body,
			return_to, officer_id, seal, rank)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9::bigint, 0), nullif($10::bigint, 0),
			decode(nullif($11, ''), 'hex'), nullif($12::integer, 0))`,
		e.Application, e.Revision, e.Office, e.Opinion, e.Text, e.Clerk, e.SigningHead, e.SealingBody, e.ReturnTo, e.Officer,
		e.Seal, e.Rank)
	if err != nil {
		return fmt.Errorf("add opinion: %w", err)
	}
	return nil
}

// ScanForm keeps the scan of the form with its seals.
func (t *tx) ScanForm(ctx context.Context, application int64, sha256 string) error {
	_, err := t.ExecContext(ctx, `
		UPDATE application SET form_scan = decode($2, 'hex'), revision = revision + 1 WHERE id = $1`, application, sha256)
	if err != nil {
		return fmt.Errorf("keep the scan of a form: %w", err)
	}
	return nil
}

// FileRevisions reads a file's revisions, oldest first.
func (t *tx) FileRevisions(ctx context.Context, application int64) ([]acts.FileRevision, error) {
	var rows []struct {
		Revision  int
		Form      []byte
		SelfCheck marks `db:"self_check"`
		At        time.Time
	}
	err := t.SelectContext(ctx, &rows, `
		SELECT revision, form, self_check, at FROM application_revision WHERE application_id = $1 ORDER BY revision`, application)
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	revisions := make([]acts.FileRevision, len(rows))
	for i, r := range rows {
		revisions[i] = acts.FileRevision{Revision: r.Revision, At: r.At, Marks: r.SelfCheck}
		if err := json.Unmarshal(r.Form, &revisions[i].Form); err != nil {
			return nil, fmt.Errorf("read form of revision %d: %w", r.Revision, err)
		}
	}
	return revisions, nil
}
