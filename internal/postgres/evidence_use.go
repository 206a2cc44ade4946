package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// UseEvidence adds a reference, if it is not there.
func (t *tx) UseEvidence(ctx context.Context, by award.Officer, use acts.EvidenceUse) (bool, error) {
	done, err := t.ExecContext(ctx, `
		INSERT INTO evidence_use (sha256, name, round_id, unit_id, kind, subject, office_id, officer_id)
		VALUES (decode($1, 'hex'), $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (round_id, unit_id, kind, subject, sha256) WHERE ended_at IS NULL DO NOTHING`,
		use.SHA256, use.Name, use.Round, use.Unit, use.Kind, use.Subject, by.Office, by.ID)
	if err != nil {
		return false, fmt.Errorf("refer to evidence: %w", err)
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// EndUse ends references of a subject: to the file, or to every other.
func (t *tx) EndUse(ctx context.Context, by award.Officer, use acts.EvidenceUse, others bool) (int, error) {
	done, err := t.ExecContext(ctx, `
		UPDATE evidence_use SET ended_at = shifan_now(), ended_by = $6
		WHERE round_id = $1 AND unit_id = $2 AND kind = $3 AND subject = $4
		  AND (sha256 = decode($5, 'hex')) <> $7 AND ended_at IS NULL`,
		use.Round, use.Unit, use.Kind, use.Subject, use.SHA256, by.ID, others)
	if err != nil {
		return 0, fmt.Errorf("end references to evidence: %w", err)
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// MendingUntil returns by when a unit must mend its returned file.
func (t *tx) MendingUntil(ctx context.Context, round string, unit int64, category award.Category) (time.Time, error) {
	var due time.Time
	err := t.GetContext(ctx, &due, `
		SELECT due_at FROM application
		WHERE round_id = $1 AND unit_id = $2 AND category = $3 AND state = 'returned'
		  AND waiting_office_id = unit_id AND due_at IS NOT NULL
		FOR SHARE`, round, unit, category)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("look for a file to mend: %w", err)
	}
	return due, nil
}

// EvidenceUsed sums the bytes of the files in use on a unit in a round.
func (t *tx) EvidenceUsed(ctx context.Context, round string, unit int64, but string) (int64, error) {
	var bytes int64
	err := t.GetContext(ctx, &bytes, `
		SELECT coalesce(sum(b.size), 0) FROM evidence_blob b
		WHERE b.sha256 IN (SELECT sha256 FROM evidence_use WHERE round_id = $1 AND unit_id = $2 AND ended_at IS NULL)
		  AND b.sha256 <> decode($3, 'hex')`, round, unit, but)
	if err != nil {
		return 0, fmt.Errorf("sum evidence in use: %w", err)
	}
	return bytes, nil
}

// EvidenceUses lists the references on a unit in a round in order of ID.
func (s *Store) EvidenceUses(ctx context.Context, q acts.EvidenceUsesQuery) ([]acts.EvidenceUse, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT u.id, encode(u.sha256, 'hex'), u.name, u.round_id, u.unit_id, u.kind, u.subject, coalesce(o.code, ''), u.at,
		       b.type, b.size, b.scan
		FROM evidence_use u
		JOIN evidence_blob b ON b.sha256 = u.sha256
		LEFT JOIN unit_version o ON o.unit_id = u.office_id AND o.valid_to IS NULL
		WHERE u.round_id = $1 AND u.unit_id = $2 AND u.ended_at IS NULL AND u.id > $3
		  AND ($5 OR u.kind <> 'visit')
		  AND ($6 = '' OR u.kind = 'self_check' AND split_part(u.subject, '/', 1) = $6)
		ORDER BY u.id LIMIT $4`, q.Round, q.Unit, q.After, q.Limit, q.Visit, q.Of)
	if err != nil {
		return nil, fmt.Errorf("read references to evidence: %w", err)
	}
	return collect(rows, "read reference to evidence", func(row scanner) (u acts.EvidenceUse, err error) {
		err = row.Scan(&u.ID, &u.SHA256, &u.Name, &u.Round, &u.Unit, &u.Kind, &u.Subject, &u.OfficeCode, &u.At,
			&u.Type, &u.Size, &u.Scan)
		return u, err
	})
}

// UnusedEvidence lists contents that no use ever referred to and nobody has
// uploaded since.
func (t *tx) UnusedEvidence(ctx context.Context, since time.Time, limit int) ([]string, error) {
	return digests(ctx, t, `
		SELECT encode(e.sha256, 'hex') FROM evidence e
		WHERE NOT EXISTS (SELECT FROM evidence_use u WHERE u.sha256 = e.sha256)
		GROUP BY e.sha256 HAVING max(e.uploaded_at) < $1 LIMIT $2`, since, limit)
}

// DropUnused takes an unused content from the offices that hold it.
func (t *tx) DropUnused(ctx context.Context, sha256 string, since time.Time) (int, error) {
	done, err := t.ExecContext(ctx, `
		DELETE FROM evidence WHERE sha256 = decode($1, 'hex')
		AND NOT EXISTS (SELECT FROM evidence_use u WHERE u.sha256 = decode($1, 'hex'))
		AND NOT EXISTS (SELECT FROM evidence e WHERE e.sha256 = decode($1, 'hex') AND e.uploaded_at >= $2)`, sha256, since)
	if err != nil {
		return 0, fmt.Errorf("give up evidence: %w", err)
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// held is what keeps content b: an office's file, or an objection's.
const held = `(EXISTS (SELECT FROM evidence e WHERE e.sha256 = b.sha256)
	OR EXISTS (SELECT FROM objection_attachment o WHERE o.sha256 = b.sha256))`

// LooseEvidence lists contents that nobody holds.
func (t *tx) LooseEvidence(ctx context.Context, limit int) ([]string, error) {
	return digests(ctx, t, `SELECT encode(b.sha256, 'hex') FROM evidence_blob b WHERE NOT `+held+` LIMIT $1`, limit)
}

// DropLoose forgets a content that nobody holds, and reports whether none is
// kept.
func (t *tx) DropLoose(ctx context.Context, sha256 string) (bool, error) {
	_, err := t.ExecContext(ctx, `DELETE FROM evidence_blob b WHERE b.sha256 = decode($1, 'hex') AND NOT `+held, sha256)
	if err != nil {
		return false, fmt.Errorf("forget evidence: %w", err)
	}
	state, err := t.EvidenceKept(ctx, sha256)
	return state == "", err
}

// UnscannedEvidence lists contents that were never scanned.
func (t *tx) UnscannedEvidence(ctx context.Context, limit int) ([]string, error) {
	return digests(ctx, t, `SELECT encode(sha256, 'hex') FROM evidence_blob WHERE scan = 'unscanned' ORDER BY sha256 LIMIT $1`, limit)
}

// MarkScanned records what the scanner said of a content.
func (t *tx) MarkScanned(ctx context.Context, sha256 string, state award.ScanState) error {
	_, err := t.ExecContext(ctx, `
		UPDATE evidence_blob SET scan = $2, scanned_at = shifan_now() WHERE sha256 = decode($1, 'hex')`, sha256, state)
	if err != nil {
		return fmt.Errorf("record scan: %w", err)
	}
	return nil
}
