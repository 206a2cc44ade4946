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

// OfficerByKey returns the officer whose valid key has the digest: one query
// by the key's unique index, up the office's chain. An office that has ended
// acts on in the rounds that have it frozen (D-43).
func (s *Store) OfficerByKey(ctx context.Context, digest [32]byte) (award.Officer, error) {
	return officerByKey(ctx, s.db, digest)
}

// OfficerByKey returns the officer whose valid key has the digest.
func (t *tx) OfficerByKey(ctx context.Context, digest [32]byte) (award.Officer, error) {
	return officerByKey(ctx, t, digest)
}

// actingColumns are read into actingRow.
const actingColumns = `o.id, o.office_id, v.code, o.roles, ` + pathOf

// actingOffice joins an officer with its office as it is, or was when it ended
// with a round still going on.
const actingOffice = `
	JOIN LATERAL (
		SELECT v.code, v.name, v.valid_to FROM unit_version v WHERE v.unit_id = o.office_id ORDER BY v.valid_from DESC LIMIT 1
	) v ON v.valid_to IS NULL OR EXISTS (
		SELECT FROM round r JOIN round_unit u ON u.round_id = r.id AND u.unit_id = o.office_id
		WHERE r.state IN ('opening', 'open', 'suspended'))`

// actingRow is who acts.
type actingRow struct {
	ID         int64
	Office     int64  `db:"office_id"`
	OfficeCode string `db:"code"`
	Roles      pq.StringArray
	Path       pq.Int64Array
}

func (r actingRow) officer() award.Officer {
	return award.Officer{ID: r.ID, Office: r.Office, OfficeCode: r.OfficeCode, Path: r.Path, Roles: rolesOf(r.Roles)}
}

// asker reads and writes: a transaction or the database.
type asker interface {
	queryer
	sqlx.ExecerContext
}

func officerByKey(ctx context.Context, db asker, digest [32]byte) (award.Officer, error) {
	var row struct {
		actingRow
		Key      int64 `db:"key_id"`
		Unmarked bool
	}
	err := db.GetContext(ctx, &row, `
		SELECT `+actingColumns+`, k.id AS key_id,
		       k.last_used_at IS DISTINCT FROM date_trunc('hour', shifan_now()) AS unmarked
		FROM api_key k
		JOIN officer o ON o.id = k.officer_id AND o.disabled_at IS NULL`+actingOffice+`
		WHERE k.sha256 = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > shifan_now())`,
		digest[:])
	if errors.Is(err, sql.ErrNoRows) {
		return award.Officer{}, award.Refuse(award.NotFound, "", "key_unknown")
	}
	if err != nil {
		return award.Officer{}, fmt.Errorf("find key: %w", err)
	}
	if row.Unmarked {
		_, err := db.ExecContext(ctx, `UPDATE api_key SET last_used_at = date_trunc('hour', shifan_now()) WHERE id = $1`, row.Key)
		if err != nil {
			return award.Officer{}, fmt.Errorf("mark key used: %w", err)
		}
	}
	return row.officer(), nil
}

// AddKeys adds keys in one statement and returns their IDs in the order given.
func (t *tx) AddKeys(ctx context.Context, keys []acts.NewKeyRow) ([]int64, error) {
	officers, digests := make([]int64, len(keys)), make([][]byte, len(keys))
	for i, k := range keys {
		officers[i], digests[i] = k.Officer, k.SHA256[:]
	}
	var ids []int64
	err := t.SelectContext(ctx, &ids, `
		WITH added AS (
			INSERT INTO api_key (officer_id, sha256)
			SELECT officer_id, sha256
			FROM unnest($1::bigint[], $2::bytea[]) WITH ORDINALITY AS n (officer_id, sha256, i)
			ORDER BY i
			RETURNING id)
		SELECT id FROM added ORDER BY id`, pq.Array(officers), pq.Array(digests))
	if err != nil {
		return nil, fmt.Errorf("insert keys: %w", err)
	}
	return ids, nil
}

// KeyHolder returns whose key it is and whether it is revoked.
func (t *tx) KeyHolder(ctx context.Context, key int64) (acts.OfficerRecord, bool, error) {
	var row struct {
		Officer int64 `db:"officer_id"`
		Revoked bool
	}
	err := t.GetContext(ctx, &row, `SELECT officer_id, revoked_at IS NOT NULL AS revoked FROM api_key WHERE id = $1 FOR UPDATE`, key)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.OfficerRecord{}, false, award.Refuse(award.NotFound, "", "not_found")
	}
	if err != nil {
		return acts.OfficerRecord{}, false, fmt.Errorf("read key: %w", err)
	}
	holder, err := oneOfficer(ctx, t, `SELECT `+officerColumns+`, `+pathOf+officerFrom+`WHERE o.id = $1`, row.Officer)
	return holder, row.Revoked, err
}

// RevokeKey revokes a key.
func (t *tx) RevokeKey(ctx context.Context, key int64) error {
	if _, err := t.ExecContext(ctx, `UPDATE api_key SET revoked_at = shifan_now() WHERE id = $1`, key); err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return nil
}

// RevokeKeys revokes every key of an officer.
func (t *tx) RevokeKeys(ctx context.Context, officer int64) error {
	_, err := t.ExecContext(ctx, `UPDATE api_key SET revoked_at = shifan_now() WHERE officer_id = $1 AND revoked_at IS NULL`, officer)
	if err != nil {
		return fmt.Errorf("revoke keys: %w", err)
	}
	return nil
}
