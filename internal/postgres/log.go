package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"shifan/internal/award"
)

// logLock is the advisory lock that one sealer holds at a time. Any constant
// will do that nothing else locks.
const logLock = 0x6c6f672d7365616c // "log-seal"

// LockLog makes this the one transaction that seals.
func (t *tx) LockLog(ctx context.Context) (bool, error) {
	var ours bool
	if err := t.GetContext(ctx, &ours, `SELECT pg_try_advisory_xact_lock($1)`, int64(logLock)); err != nil {
		return false, fmt.Errorf("lock the log: %w", err)
	}
	return ours, nil
}

// LogHead returns how far the log is sealed.
func (t *tx) LogHead(ctx context.Context) (award.LogHead, error) { return logHead(ctx, t) }

// LogHead returns how far the log is sealed.
func (s *Store) LogHead(ctx context.Context) (award.LogHead, error) { return logHead(ctx, s.db) }

func logHead(ctx context.Context, q sqlx.QueryerContext) (award.LogHead, error) {
	var position int64
	var sum []byte
	err := q.QueryRowxContext(ctx, `SELECT position, sha256 FROM audit_seal ORDER BY position DESC LIMIT 1`).Scan(&position, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return award.LogHead{}, nil
	}
	if err != nil {
		return award.LogHead{}, fmt.Errorf("read the log's head: %w", err)
	}
	return award.LogHead{Position: position, SHA256: [sha256.Size]byte(sum)}, nil
}

// logRow is a row of the decision log as it is read; every column may be empty
// where its seal has lost it.
type logRow struct {
	ID      *int64
	At      *time.Time
	Act     *int64 `db:"act_id"`
	Officer *int64 `db:"officer_id"`
	Office  *int64 `db:"office_id"`
	Round   *string
	Name    *award.Act
	Subject *string
	Ground  *string
	Detail  *string
}

const logColumns = `a.id, a.at, a.act_id, a.officer_id, a.office_id, a.round_id AS round, a.name, a.subject, a.ground, a.detail::text AS detail`

// row returns the row; nil when it is gone.
func (r logRow) row() (*award.LogRow, error) {
	if r.ID == nil {
		return nil, nil
	}
	var detail bytes.Buffer // jsonb is written with spaces, in an order of its own that does not change
	if err := json.Compact(&detail, []byte(*r.Detail)); err != nil {
		return nil, fmt.Errorf("read detail of audit row %d: %w", *r.ID, err)
	}
	return &award.LogRow{
		ID: *r.ID, At: *r.At, Act: r.Act, Officer: r.Officer, Office: r.Office, Round: r.Round,
		Name: *r.Name, Subject: *r.Subject, Ground: *r.Ground, Detail: detail.String(),
	}, nil
}

// UnsealedLog returns rows that wait for their seal, in its order.
//
// The horizon is read first: every transaction before it has ended, so its rows
// are seen below or never will be. A row of a number beyond all that this server
// has given out was written on another and came with a copy: it has ended too.
func (t *tx) UnsealedLog(ctx context.Context, since string, limit int) ([]award.LogRow, string, error) {
	if since == "" {
		since = "0"
	}
	var horizon string
	if err := t.GetContext(ctx, &horizon, `SELECT pg_snapshot_xmin(pg_current_snapshot())::text`); err != nil {
		return nil, since, fmt.Errorf("read the log's horizon: %w", err)
	}
	var found []struct {
		logRow
		XID string
	}
	err := t.SelectContext(ctx, &found, `
		SELECT `+logColumns+`, a.xid::text AS xid FROM audit a
		WHERE a.xid >= $1::xid8 AND (a.xid < $2::xid8 OR a.xid >= pg_snapshot_xmax(pg_current_snapshot()))
		  AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = a.id)
		ORDER BY a.xid, a.id LIMIT $3`, since, horizon, limit)
	if err != nil {
		return nil, since, fmt.Errorf("read unsealed audit: %w", err)
	}
	rows := make([]award.LogRow, len(found))
	for i, f := range found {
		row, err := f.row()
		if err != nil {
			return nil, since, err
		}
		rows[i] = *row
	}
	if len(rows) == limit {
		return rows, found[limit-1].XID, nil
	}
	return rows, horizon, nil
}

// SealLog adds links to the chain.
func (t *tx) SealLog(ctx context.Context, rows []int64, salts []award.LogSalt, seals []award.LogHead) error {
	positions, salted, sums := make([]int64, len(rows)), make([][]byte, len(rows)), make([][]byte, len(rows))
	for i := range rows {
		positions[i], salted[i], sums[i] = seals[i].Position, salts[i][:], seals[i].SHA256[:]
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO audit_seal (position, audit_id, salt, sha256)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])`,
		pq.Array(positions), pq.Array(rows), pq.Array(salted), pq.Array(sums))
	if err != nil {
		return fmt.Errorf("write seals: %w", err)
	}
	return nil
}

// SealedLog returns the links after a position.
func (s *Store) SealedLog(ctx context.Context, after int64, limit int) ([]award.LogLink, error) {
	var found []struct {
		logRow
		Position int64
		Salt     []byte
		SHA256   []byte
	}
	err := s.db.SelectContext(ctx, &found, `
		SELECT s.position, s.salt, s.sha256, `+logColumns+`
		FROM audit_seal s LEFT JOIN audit a ON a.id = s.audit_id
		WHERE s.position > $1 ORDER BY s.position LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read seals: %w", err)
	}
	links := make([]award.LogLink, len(found))
	for i, f := range found {
		row, err := f.row()
		if err != nil {
			return nil, err
		}
		links[i] = award.LogLink{
			LogHead: award.LogHead{Position: f.Position, SHA256: [sha256.Size]byte(f.SHA256)},
			Salt:    award.LogSalt(f.Salt), Row: row,
		}
	}
	return links, nil
}

// LogWaits counts the rows that wait for their seal.
func (s *Store) LogWaits(ctx context.Context) (int64, time.Time, error) {
	var waits struct {
		Rows   int64
		Oldest *time.Time
	}
	err := s.db.GetContext(ctx, &waits, `
		SELECT count(*) AS rows, min(a.at) AS oldest FROM audit a
		WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.audit_id = a.id)`)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("count unsealed audit: %w", err)
	}
	if waits.Oldest == nil {
		return 0, time.Time{}, nil
	}
	return waits.Rows, *waits.Oldest, nil
}
