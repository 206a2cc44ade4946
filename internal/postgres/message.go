package postgres

import (
	"context"
	"fmt"

	"shifan/internal/acts"
)

// Post writes a message to an office's inbox, once per office and occasion.
func (t *tx) Post(ctx context.Context, m acts.Message) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO message (round_id, office_id, occasion, kind, subject, body)
		VALUES (nullif($1, ''), $2, $3, $4, $5, $6)
		ON CONFLICT ON CONSTRAINT message_occasion DO NOTHING`,
		m.Round, m.Office, m.Occasion, m.Kind, m.Subject, m.Body)
	if err != nil {
		return fmt.Errorf("post message: %w", err)
	}
	return nil
}
