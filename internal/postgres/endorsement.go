package postgres

import (
	"context"
	"fmt"

	"shifan/internal/acts"
)

// AddEndorsement adds an opinion.
func (t *tx) AddEndorsement(ctx context.Context, e acts.Endorsement) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO endorsement (application_id, revision, office_id, opinion, text, clerk, signing_head, sealing_body,
			return_to, officer_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9::bigint, 0), nullif($10::bigint, 0))`,
		e.Application, e.Revision, e.Office, e.Opinion, e.Text, e.Clerk, e.SigningHead, e.SealingBody, e.ReturnTo, e.Officer)
	if err != nil {
		return fmt.Errorf("add opinion: %w", err)
	}
	return nil
}
