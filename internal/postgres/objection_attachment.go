package postgres

import (
	"context"
	"fmt"

	"shifan/internal/acts"
)

// AddAttachment adds a file to an objection, if it is not there.
func (t *tx) AddAttachment(ctx context.Context, objection int64, a acts.Attachment) (bool, error) {
	done, err := t.ExecContext(ctx, `
		INSERT INTO objection_attachment (objection_id, sha256, name, seal) VALUES ($1, decode($2, 'hex'), $3, $4)
		ON CONFLICT ON CONSTRAINT objection_attachment_pkey DO NOTHING`, objection, a.SHA256, a.Name, a.Seal)
	if err != nil {
		return false, fmt.Errorf("attach to an objection: %w", err)
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// Attachments reads the files of an objection.
func (t *tx) Attachments(ctx context.Context, objection int64) ([]acts.Attachment, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT encode(a.sha256, 'hex'), a.name, a.seal, b.type, b.size, b.scan
		FROM objection_attachment a JOIN evidence_blob b ON b.sha256 = a.sha256
		WHERE a.objection_id = $1 ORDER BY a.at, a.sha256`, objection)
	if err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	return collect(rows, "read attachment", func(row scanner) (a acts.Attachment, err error) {
		err = row.Scan(&a.SHA256, &a.Name, &a.Seal, &a.Type, &a.Size, &a.Scan)
		return a, err
	})
}
