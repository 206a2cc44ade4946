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

// Session reads a live session with its officer: one query by the digest, up
// the office's chain, and a write once a minute.
func (s *Store) Session(ctx context.Context, digest [32]byte) (acts.Session, error) {
	var row struct {
		actingRow
		Name       string
		OfficeName string `db:"office_name"`
		Login      string
		Temporary  bool
		Unmarked   bool
	}
	err := s.db.GetContext(ctx, &row, `
		SELECT `+actingColumns+`, o.name, v.name AS office_name,
		       coalesce(l.name, '') AS login, coalesce(l.temporary AND s.key_id IS NULL, false) AS temporary,
		       s.seen_at < date_trunc('minute', shifan_now()) AS unmarked
		FROM session s
		JOIN officer o ON o.id = s.officer_id AND o.disabled_at IS NULL`+actingOffice+`
		LEFT JOIN login l ON l.officer_id = o.id
		LEFT JOIN api_key k ON k.id = s.key_id
		WHERE s.sha256 = $1 AND s.ended_at IS NULL
		  AND s.seen_at > shifan_now() - make_interval(secs => $2) AND s.created_at > shifan_now() - make_interval(secs => $3)
		  AND (s.key_id IS NULL OR k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > shifan_now()))`,
		digest[:], award.SessionIdle.Seconds(), award.SessionLife.Seconds())
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Session{}, award.Refuse(award.NotFound, "D-93", "session_over")
	}
	if err != nil {
		return acts.Session{}, fmt.Errorf("find session: %w", err)
	}
	if row.Unmarked {
		_, err := s.db.ExecContext(ctx, `UPDATE session SET seen_at = date_trunc('minute', shifan_now()) WHERE sha256 = $1`, digest[:])
		if err != nil {
			return acts.Session{}, fmt.Errorf("mark session seen: %w", err)
		}
	}
	return acts.Session{
		Officer: row.officer(), Name: row.Name, OfficeName: row.OfficeName, Login: row.Login, Temporary: row.Temporary,
	}, nil
}

// AddSession adds a session of an officer, or of the holder of a valid key.
func (t *tx) AddSession(ctx context.Context, s acts.NewSession) (int64, error) {
	var officer int64
	err := t.GetContext(ctx, &officer, `
		WITH holder AS (
			SELECT $2::bigint AS officer_id, NULL::bigint AS key_id
			UNION ALL
			SELECT officer_id, id FROM api_key
			WHERE sha256 = $3 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > shifan_now()))
		INSERT INTO session (sha256, officer_id, key_id)
		SELECT $1, o.id, h.key_id FROM holder h JOIN officer o ON o.id = h.officer_id AND o.disabled_at IS NULL
		RETURNING officer_id`, s.SHA256[:], s.Officer, s.Key[:])
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.NotFound, "", "key_unknown")
	}
	if err != nil {
		return 0, fmt.Errorf("insert session: %w", err)
	}
	return officer, nil
}

// EndSession ends a session and returns whose it was.
func (t *tx) EndSession(ctx context.Context, digest [32]byte) (int64, error) {
	var officer int64
	err := t.GetContext(ctx, &officer, `
		UPDATE session SET ended_at = shifan_now() WHERE sha256 = $1 AND ended_at IS NULL RETURNING officer_id`, digest[:])
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.NotFound, "", "session_over")
	}
	if err != nil {
		return 0, fmt.Errorf("end session: %w", err)
	}
	return officer, nil
}

// EndSessions ends the sessions of an officer but the one of the digest.
func (t *tx) EndSessions(ctx context.Context, officer int64, but [32]byte) error {
	_, err := t.ExecContext(ctx, `
		UPDATE session SET ended_at = shifan_now() WHERE officer_id = $1 AND sha256 <> $2 AND ended_at IS NULL`, officer, but[:])
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// loginColumns are read into loginRow.
const loginColumns = `l.officer_id, l.name, l.hash, l.temporary, l.failures, l.locked_until`

type loginRow struct {
	Officer     int64 `db:"officer_id"`
	Name        string
	Hash        string
	Temporary   bool
	Failures    int
	LockedUntil sql.NullTime `db:"locked_until"`
}

func oneLogin(ctx context.Context, db sqlx.QueryerContext, query string, args ...any) (acts.Login, error) {
	var row loginRow
	err := sqlx.GetContext(ctx, db, &row, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Login{}, award.Refuse(award.NotFound, "D-94", "login_unknown")
	}
	if err != nil {
		return acts.Login{}, fmt.Errorf("read login: %w", err)
	}
	return acts.Login{
		Officer: row.Officer, Name: row.Name, Hash: row.Hash, Temporary: row.Temporary,
		Failures: row.Failures, LockedUntil: row.LockedUntil.Time,
	}, nil
}

// LoginNamed reads the login of that name.
func (s *Store) LoginNamed(ctx context.Context, name string) (acts.Login, error) {
	return oneLogin(ctx, s.db, `SELECT `+loginColumns+` FROM login l WHERE l.name = $1`, name)
}

// LoginOf reads an officer's login.
func (s *Store) LoginOf(ctx context.Context, officer int64) (acts.Login, error) {
	return oneLogin(ctx, s.db, `SELECT `+loginColumns+` FROM login l WHERE l.officer_id = $1`, officer)
}

// LockLogin reads the login of that name and holds it until the end, with its
// officer: whoever resets or stops the account waits, and ends what was opened.
func (t *tx) LockLogin(ctx context.Context, name string) (acts.Login, error) {
	return oneLogin(ctx, t, `
		SELECT `+loginColumns+` FROM login l JOIN officer o ON o.id = l.officer_id AND o.disabled_at IS NULL
		WHERE l.name = $1
		FOR KEY SHARE OF o FOR UPDATE OF l`, name)
}

// SaveLogin writes an officer's login as it now is.
func (t *tx) SaveLogin(ctx context.Context, l acts.Login) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO login (officer_id, name, hash, temporary, failures, locked_until)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (officer_id) DO UPDATE SET
			name = excluded.name, hash = excluded.hash, temporary = excluded.temporary,
			failures = excluded.failures, locked_until = excluded.locked_until,
			changed_at = CASE WHEN login.hash = excluded.hash THEN login.changed_at ELSE shifan_now() END`,
		l.Officer, l.Name, l.Hash, l.Temporary, l.Failures, sql.NullTime{Time: l.LockedUntil, Valid: !l.LockedUntil.IsZero()})
	if violation, ok := errors.AsType[*pq.Error](err); ok && violation.Constraint == "login_name" {
		return award.RefuseFields(award.Conflict, "D-94", "login_refused",
			[]award.Defect{{Pointer: "/login", Key: "login_taken", Args: []any{l.Name}}})
	}
	if err != nil {
		return fmt.Errorf("write login: %w", err)
	}
	return nil
}
