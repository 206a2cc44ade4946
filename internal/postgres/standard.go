package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// standardHead is what StandardHead is read from. An owner's path is the
// register's as it is today.
const standardHead = `
	s.id, coalesce(s.owner_id, 0), coalesce(v.code, ''), coalesce(v.name, ''), coalesce(p.path, '{}'), s.revision, coalesce(s.version, 0),
	s.category, s.title, s.sample, s.sha256, s.updated_at, s.published_at
	FROM standard s
	LEFT JOIN unit_version v ON v.unit_id = s.owner_id AND v.valid_to IS NULL
	LEFT JOIN LATERAL (
		WITH RECURSIVE up AS (
			SELECT s.owner_id AS unit_id, 0 AS height WHERE s.owner_id IS NOT NULL
			UNION ALL
			SELECT w.parent_id, up.height + 1
			FROM up JOIN unit_version w ON w.unit_id = up.unit_id AND w.valid_to IS NULL
			WHERE w.parent_id IS NOT NULL
		) SELECT array_agg(unit_id ORDER BY height DESC) AS path FROM up) p ON true `

// headOf returns where a row of standardHead goes.
func headOf(h *acts.StandardHead, path *pq.Int64Array, published *sql.NullTime) []any {
	return []any{
		&h.ID, &h.Owner, &h.OwnerCode, &h.OwnerName, path, &h.Revision, &h.Version,
		&h.Category, &h.Title, &h.Sample, &h.SHA256, &h.UpdatedAt, published,
	}
}

func readStandard(ctx context.Context, q queryer, id int64, lock string) (acts.StandardRecord, error) {
	var s acts.StandardRecord
	var path pq.Int64Array
	var published sql.NullTime
	var content []byte
	err := q.QueryRowxContext(ctx, `SELECT s.indicators, `+standardHead+`WHERE s.id = $1 `+lock, id).
		Scan(append([]any{&content}, headOf(&s.StandardHead, &path, &published)...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.StandardRecord{}, award.Refuse(award.NotFound, "", "standard_unknown", id)
	}
	if err != nil {
		return acts.StandardRecord{}, fmt.Errorf("read standard: %w", err)
	}
	if err := json.Unmarshal(content, &s.Standard); err != nil {
		return acts.StandardRecord{}, fmt.Errorf("read standard %d: %w", id, err)
	}
	s.OwnerPath, s.PublishedAt = path, published.Time
	return s, nil
}

// StandardRecord reads a standard.
func (s *Store) StandardRecord(ctx context.Context, id int64) (acts.StandardRecord, error) {
	return readStandard(ctx, s.db, id, "")
}

// LockStandard reads a standard and holds its row.
func (t *tx) LockStandard(ctx context.Context, id int64) (acts.StandardRecord, error) {
	return readStandard(ctx, t, id, "FOR NO KEY UPDATE OF s")
}

// StandardPage lists the standards an officer may see, newest first: drafts of
// its own office, and published ones of its office, of those above and of those
// below.
func (s *Store) StandardPage(ctx context.Context, by award.Officer, in acts.StandardQuery) ([]acts.StandardHead, error) {
	rows, err := s.db.QueryxContext(ctx, `SELECT `+standardHead+`
		WHERE ($1 = 0 OR s.id < $1) AND ($2 = '' OR s.category = $2)
		  AND (s.owner_id = $3 OR s.version IS NOT NULL AND (s.owner_id IS NULL OR s.owner_id = ANY($4) OR $3 = ANY(p.path)))
		ORDER BY s.id DESC LIMIT $5`,
		in.Before, string(in.Category), by.Office, pq.Array(by.Path), in.Limit)
	if err != nil {
		return nil, fmt.Errorf("list standards: %w", err)
	}
	defer rows.Close()
	var heads []acts.StandardHead
	for rows.Next() {
		var h acts.StandardHead
		var path pq.Int64Array
		var published sql.NullTime
		if err := rows.Scan(headOf(&h, &path, &published)...); err != nil {
			return nil, fmt.Errorf("read a listed standard: %w", err)
		}
		h.OwnerPath, h.PublishedAt = path, published.Time
		heads = append(heads, h)
	}
	return heads, rows.Err()
}

// AddStandard adds a draft.
func (t *tx) AddStandard(ctx context.Context, s acts.StandardRecord) (int64, error) {
	content, err := encode(s.Standard)
	if err != nil {
		return 0, fmt.Errorf("encode standard: %w", err)
	}
	digest := s.Standard.Digest()
	var id int64
	err = t.GetContext(ctx, &id, `
		INSERT INTO standard (owner_id, category, title, sample, indicators, sha256, published_at)
		VALUES ($1, $2, $3, $4, $5, $6, NULL) RETURNING id`,
		s.Owner, s.Standard.Category, s.Standard.Title, s.Standard.Sample, content, digest[:])
	if err != nil {
		return 0, fmt.Errorf("add standard: %w", err)
	}
	return id, nil
}

// PutStandard writes a draft's next revision; its row is held.
func (t *tx) PutStandard(ctx context.Context, s acts.StandardRecord) error {
	content, err := encode(s.Standard)
	if err != nil {
		return fmt.Errorf("encode standard: %w", err)
	}
	digest := s.Standard.Digest()
	_, err = t.ExecContext(ctx, `
		UPDATE standard SET revision = $2, category = $3, title = $4, sample = $5, indicators = $6, sha256 = $7, updated_at = shifan_now()
		WHERE id = $1`,
		s.ID, s.Revision, s.Standard.Category, s.Standard.Title, s.Standard.Sample, content, digest[:])
	if err != nil {
		return fmt.Errorf("write standard: %w", err)
	}
	return nil
}

// numberStandards lets one transaction at a time give versions: two that
// publish at once get two numbers.
func (t *tx) numberStandards(ctx context.Context) error {
	if _, err := t.ExecContext(ctx, `LOCK TABLE standard IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return fmt.Errorf("wait to number a standard: %w", err)
	}
	return nil
}

// PublishStandard makes a draft the next version of its category.
func (t *tx) PublishStandard(ctx context.Context, id int64) error {
	if err := t.numberStandards(ctx); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `
		UPDATE standard s
		SET version = (SELECT coalesce(max(version), 0) + 1 FROM standard WHERE category = s.category), published_at = shifan_now()
		WHERE s.id = $1`, id)
	if err != nil {
		return fmt.Errorf("publish standard: %w", err)
	}
	return nil
}

// HasStandard reports whether a standard of the category was published that
// rounds of the owner can use.
func (t *tx) HasStandard(ctx context.Context, owner []int64, category award.Category) (bool, error) {
	_, has, err := t.latestStandard(ctx, owner, category)
	return has, err
}

// latestStandard finds the standard that a round takes when its definition
// names none (D-33): the latest of the nearest office at or above the owner
// that has published any; the sample that the system brings along is farthest.
func (t *tx) latestStandard(ctx context.Context, owner []int64, category award.Category) (id int64, has bool, err error) {
	err = t.GetContext(ctx, &id, `
		SELECT id FROM standard
		WHERE category = $1 AND version IS NOT NULL AND (owner_id IS NULL OR owner_id = ANY($2))
		ORDER BY coalesce(array_position($2, owner_id), 0) DESC, version DESC LIMIT 1`, category, pq.Array(owner))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("find standard of %s: %w", category, err)
	}
	return id, true, nil
}

// FreezeStandard gives a category the standard that its definition names, else
// the latest.
func (t *tx) FreezeStandard(ctx context.Context, round string, owner []int64, c award.CategoryRule, sample *award.Standard) error {
	id := c.StandardID
	if id == 0 {
		var err error
		if id, err = t.usableStandard(ctx, owner, c.Category, sample); err != nil {
			return err
		}
	}
	_, err := t.ExecContext(ctx, `
		UPDATE round_category SET standard_id = $3 WHERE round_id = $1 AND category = $2`, round, c.Category, id)
	if err != nil {
		return fmt.Errorf("freeze standard of %s: %w", c.Category, err)
	}
	return nil
}

// usableStandard finds the latest standard, publishing the sample where there
// is none; two rounds that open at once get the same one.
func (t *tx) usableStandard(ctx context.Context, owner []int64, category award.Category, sample *award.Standard) (int64, error) {
	id, has, err := t.latestStandard(ctx, owner, category)
	if err != nil || has {
		return id, err
	}
	if sample == nil {
		return 0, fmt.Errorf("freeze standard of %s: none published", category)
	}
	if err := t.numberStandards(ctx); err != nil {
		return 0, err
	}
	if id, has, err = t.latestStandard(ctx, owner, category); err != nil || has {
		return id, err // another round was first
	}
	content, err := encode(sample)
	if err != nil {
		return 0, fmt.Errorf("encode sample of %s: %w", category, err)
	}
	digest := sample.Digest()
	err = t.GetContext(ctx, &id, `
		INSERT INTO standard (category, version, title, sample, indicators, sha256)
		SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5 FROM standard WHERE category = $1
		RETURNING id`, category, sample.Title, sample.Sample, content, digest[:])
	if err != nil {
		return 0, fmt.Errorf("publish sample of %s: %w", category, err)
	}
	return id, nil
}
