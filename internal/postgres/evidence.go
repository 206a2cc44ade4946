package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// evidenceClass is the first key of the advisory lock of a digest; the second is
// its hash, so that two digests may share a lock and one never has two.
const evidenceClass = 9

// LockEvidence holds a digest alone.
func (t *tx) LockEvidence(ctx context.Context, sha256 string) error {
	if _, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, evidenceClass, sha256); err != nil {
		return fmt.Errorf("lock evidence: %w", err)
	}
	return nil
}

// ShareEvidence holds a digest with others.
func (t *tx) ShareEvidence(ctx context.Context, sha256 string) error {
	if _, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared($1, hashtext($2))`, evidenceClass, sha256); err != nil {
		return fmt.Errorf("share evidence: %w", err)
	}
	return nil
}

// EvidenceKept reads a content's scan.
func (t *tx) EvidenceKept(ctx context.Context, sha256 string) (award.ScanState, error) {
	var state award.ScanState
	err := t.GetContext(ctx, &state, `SELECT scan FROM evidence_blob WHERE sha256 = decode($1, 'hex')`, sha256)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look for evidence: %w", err)
	}
	return state, nil
}

// KeepContent adds a content, or what a scan says of one that is there. A scan
// is never forgotten: what was clean stays so when it comes unscanned.
func (t *tx) KeepContent(ctx context.Context, f acts.EvidenceFile) (award.ScanState, error) {
	err := t.GetContext(ctx, &f.Scan, `
		INSERT INTO evidence_blob AS b (sha256, size, type, scan, scanned_at)
		VALUES (decode($1, 'hex'), $2, $3, $4, CASE WHEN $4 <> 'unscanned' THEN shifan_now() END)
		ON CONFLICT ON CONSTRAINT evidence_blob_pkey DO UPDATE SET
			scan = CASE WHEN excluded.scan = 'unscanned' THEN b.scan ELSE excluded.scan END,
			scanned_at = coalesce(excluded.scanned_at, b.scanned_at)
		RETURNING scan`, f.SHA256, f.Size, f.Type, f.Scan)
	if err != nil {
		return "", fmt.Errorf("keep content: %w", err)
	}
	return f.Scan, nil
}

// SaveEvidence adds a content and the office's file, or counts one more upload.
func (t *tx) SaveEvidence(ctx context.Context, by award.Officer, f acts.EvidenceFile) (acts.EvidenceFile, error) {
	var err error
	if f.Scan, err = t.KeepContent(ctx, f); err != nil {
		return acts.EvidenceFile{}, err
	}
	err = t.QueryRowxContext(ctx, `
		INSERT INTO evidence AS e (office_id, sha256, name, officer_id)
		VALUES ($1, decode($2, 'hex'), $3, $4)
		ON CONFLICT ON CONSTRAINT evidence_once DO UPDATE SET uploads = e.uploads + 1, uploaded_at = excluded.uploaded_at
		RETURNING id, name, uploads, uploaded_at, (SELECT count(*) FROM evidence_use u WHERE u.sha256 = e.sha256
			AND u.office_id = e.office_id AND u.ended_at IS NULL)`,
		f.Office, f.SHA256, f.Name, by.ID).Scan(&f.ID, &f.Name, &f.Uploads, &f.UploadedAt, &f.Uses)
	if err != nil {
		return acts.EvidenceFile{}, fmt.Errorf("keep file: %w", err)
	}
	return f, nil
}

// WaitingEvidence sums the bytes of an office's files that nothing refers to.
func (t *tx) WaitingEvidence(ctx context.Context, office int64, but string) (int64, error) {
	var bytes int64
	err := t.GetContext(ctx, &bytes, `
		SELECT coalesce(sum(b.size), 0) FROM evidence e JOIN evidence_blob b ON b.sha256 = e.sha256
		WHERE e.office_id = $1 AND e.sha256 <> decode($2, 'hex')
		  AND NOT EXISTS (SELECT FROM evidence_use u WHERE u.sha256 = e.sha256)`, office, but)
	if err != nil {
		return 0, fmt.Errorf("sum waiting evidence: %w", err)
	}
	return bytes, nil
}

// EvidenceSights returns the nearest file of an office or below it, and one use
// on something in a round that the office owns, stands above or is, and one on
// the self-check of a file that the officer is assigned as an expert.
func (t *tx) EvidenceSights(ctx context.Context, office, officer int64, sha256 string) ([]acts.EvidenceSight, error) {
	rows, err := t.QueryxContext(ctx, `
		WITH RECURSIVE held AS (
			SELECT e.id, e.office_id AS unit_id, ARRAY[e.office_id] AS path
			FROM evidence e WHERE e.sha256 = decode($2, 'hex')
			UNION ALL
			SELECT h.id, v.parent_id, v.parent_id || h.path
			FROM held h JOIN unit_version v ON v.unit_id = h.unit_id AND v.valid_to IS NULL AND v.parent_id IS NOT NULL
		), sights AS (
			(SELECT e.id, e.name, e.office_id, e.uploads, e.uploaded_at, 0::bigint AS owner, 0::bigint AS recommender, e.office_id AS unit, h.path,
			        0::bigint AS expert
			FROM held h JOIN evidence e ON e.id = h.id
			WHERE h.unit_id = $1 ORDER BY cardinality(h.path), e.id LIMIT 1)
			UNION ALL
			(SELECT 0, u.name, u.office_id, 0, u.at, r.owner_office_id, coalesce(s.office_id, 0), s.unit_id, s.path, 0
			FROM evidence_use u
			JOIN round r ON r.id = u.round_id
			JOIN round_unit s ON s.round_id = u.round_id AND s.unit_id = u.unit_id
			WHERE u.sha256 = decode($2, 'hex') AND u.ended_at IS NULL
			  AND ($1 IN (r.owner_office_id, s.office_id) OR $1 = ANY(s.path))
			  AND (u.kind <> 'visit' OR $1 = r.owner_office_id) LIMIT 1)
			UNION ALL
			(SELECT 0, u.name, u.office_id, 0, u.at, 0, 0, 0, '{}', x.expert_id
			FROM evidence_use u
			JOIN application a ON a.round_id = u.round_id AND a.unit_id = u.unit_id
			JOIN expert_assignment x ON x.application_id = a.id AND x.expert_id = $3 AND x.recused_at IS NULL
			WHERE u.sha256 = decode($2, 'hex') AND u.ended_at IS NULL
			  AND u.kind = 'self_check' AND split_part(u.subject, '/', 1) = a.category LIMIT 1)
		)
		SELECT s.id, encode(b.sha256, 'hex'), s.office_id, coalesce(o.code, ''), s.name, b.type, b.size, b.scan,
		       s.uploads, s.uploaded_at, s.owner, s.recommender, s.unit, s.path, s.expert
		FROM sights s
		JOIN evidence_blob b ON b.sha256 = decode($2, 'hex')
		LEFT JOIN unit_version o ON o.unit_id = s.office_id AND o.valid_to IS NULL`, office, sha256, officer)
	if err != nil {
		return nil, fmt.Errorf("look who may see evidence: %w", err)
	}
	defer rows.Close() // an error of reading comes from rows.Err
	var sights []acts.EvidenceSight
	for rows.Next() {
		var s acts.EvidenceSight
		var path pq.Int64Array
		err := rows.Scan(&s.ID, &s.SHA256, &s.Office, &s.OfficeCode, &s.Name, &s.Type, &s.Size, &s.Scan,
			&s.Uploads, &s.UploadedAt, &s.Row.Owner, &s.Row.Office, &s.Row.Unit, &path, &s.Row.Expert)
		if err != nil {
			return nil, fmt.Errorf("read who may see evidence: %w", err)
		}
		s.Row.Path = path
		sights = append(sights, s)
	}
	return sights, rows.Err()
}

// EvidencePage lists the files of an office's subtree in order of ID.
func (s *Store) EvidencePage(ctx context.Context, q acts.EvidenceQuery) ([]acts.EvidenceFile, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT e.id, encode(e.sha256, 'hex'), e.office_id, coalesce(o.code, ''), e.name, b.type, b.size, b.scan,
		       e.uploads, e.uploaded_at,
		       (SELECT count(*) FROM evidence_use u WHERE u.sha256 = e.sha256 AND u.office_id = e.office_id AND u.ended_at IS NULL)
		FROM evidence e
		JOIN evidence_blob b ON b.sha256 = e.sha256
		LEFT JOIN unit_version o ON o.unit_id = e.office_id AND o.valid_to IS NULL
		WHERE e.id > $1 AND `+inSubtree("e.office_id", "$2")+`
		ORDER BY e.id LIMIT $3`, q.After, q.Below, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	return collect(rows, "read file of evidence", func(row scanner) (f acts.EvidenceFile, err error) {
		err = row.Scan(&f.ID, &f.SHA256, &f.Office, &f.OfficeCode, &f.Name, &f.Type, &f.Size, &f.Scan,
			&f.Uploads, &f.UploadedAt, &f.Uses)
		return f, err
	})
}

// EvidenceTally counts an office's uploads, and the references its officers made.
func (s *Store) EvidenceTally(ctx context.Context, office int64) (acts.EvidenceTally, error) {
	var c acts.EvidenceTally
	err := s.db.QueryRowxContext(ctx, `
		SELECT f.uploads, f.files, f.bytes, u.uses, u.uses - u.files
		FROM (SELECT coalesce(sum(e.uploads), 0) AS uploads, count(*) AS files, coalesce(sum(b.size), 0) AS bytes
		      FROM evidence e JOIN evidence_blob b ON b.sha256 = e.sha256 WHERE e.office_id = $1) f,
		     (SELECT count(*) AS uses, count(DISTINCT sha256) AS files FROM evidence_use WHERE office_id = $1) u`, office).
		Scan(&c.Uploads, &c.Files, &c.Bytes, &c.Uses, &c.Reused)
	if err != nil {
		return acts.EvidenceTally{}, fmt.Errorf("count evidence: %w", err)
	}
	return c, nil
}

// digests reads a list of digests.
func digests(ctx context.Context, q sqlx.QueryerContext, query string, args ...any) ([]string, error) {
	var found []string
	if err := sqlx.SelectContext(ctx, q, &found, query, args...); err != nil {
		return nil, fmt.Errorf("list evidence: %w", err)
	}
	return found, nil
}
