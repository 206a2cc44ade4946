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

func oneIdentity(ctx context.Context, db sqlx.QueryerContext, query string, args ...any) (acts.Identity, error) {
	var id acts.Identity
	err := sqlx.GetContext(ctx, db, &id, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Identity{}, award.Refuse(award.NotFound, "D-119", "identity_none")
	}
	if err != nil {
		return acts.Identity{}, fmt.Errorf("read identity: %w", err)
	}
	return id, nil
}

// IdentityOf reads what is bound to an officer.
func (s *Store) IdentityOf(ctx context.Context, officer int64) (acts.Identity, error) {
	return oneIdentity(ctx, s.db, `SELECT issuer, subject, name FROM identity WHERE officer_id = $1`, officer)
}

// ProvedIdentity reads what a browser has proved within award.ProofLife.
func (s *Store) ProvedIdentity(ctx context.Context, digest [32]byte) (acts.Identity, error) {
	return provedIdentity(ctx, s.db, digest)
}

// ProvedIdentity is the same inside an act.
func (t *tx) ProvedIdentity(ctx context.Context, digest [32]byte) (acts.Identity, error) {
	return provedIdentity(ctx, t, digest)
}

func provedIdentity(ctx context.Context, db sqlx.QueryerContext, digest [32]byte) (acts.Identity, error) {
	return oneIdentity(ctx, db, `
		SELECT issuer, subject, name FROM identity_proof
		WHERE sha256 = $1 AND proved_at > shifan_now() - make_interval(secs => $2)`, digest[:], award.ProofLife.Seconds())
}

// KeepProof keeps what a browser has proved, and drops what is too old.
func (t *tx) KeepProof(ctx context.Context, digest [32]byte, id acts.Identity) error {
	_, err := t.ExecContext(ctx, `DELETE FROM identity_proof WHERE proved_at <= shifan_now() - make_interval(secs => $1)`,
		award.ProofLife.Seconds())
	if err == nil {
		_, err = t.ExecContext(ctx, `INSERT INTO identity_proof (sha256, issuer, subject, name) VALUES ($1, $2, $3, $4)`,
			digest[:], id.Issuer, id.Subject, id.Name)
	}
	if err != nil {
		return fmt.Errorf("keep a proof of identity: %w", err)
	}
	return nil
}

// LockIdentified reads the login of the officer whom an identity is bound to. It
// holds officer and binding too, so that no session outlives either.
func (t *tx) LockIdentified(ctx context.Context, id acts.Identity) (acts.Login, error) {
	return oneLogin(ctx, t, `
		SELECT `+loginColumns+`
		FROM identity i
		JOIN officer o ON o.id = i.officer_id AND o.disabled_at IS NULL
		JOIN login l ON l.officer_id = o.id
		WHERE i.issuer = $1 AND i.subject = $2
		FOR KEY SHARE OF o, i FOR UPDATE OF l`, id.Issuer, id.Subject)
}

// BindIdentity binds an identity to an officer, and reports whether it was not
// bound to it before.
func (t *tx) BindIdentity(ctx context.Context, officer int64, id acts.Identity) (bool, error) {
	result, err := t.ExecContext(ctx, `
		INSERT INTO identity (officer_id, issuer, subject, name) VALUES ($1, $2, $3, $4)
		ON CONFLICT (officer_id) DO NOTHING`, officer, id.Issuer, id.Subject, id.Name)
	if violation, ok := errors.AsType[*pq.Error](err); ok && violation.Constraint == "identity_once" {
		return false, award.Refuse(award.Conflict, "D-119", "identity_taken")
	}
	if err != nil {
		return false, fmt.Errorf("bind identity: %w", err)
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("count what was bound: %w", err)
	}
	if rows > 0 {
		return true, nil
	}
	bound, err := oneIdentity(ctx, t, `SELECT issuer, subject, name FROM identity WHERE officer_id = $1`, officer)
	if err != nil {
		return false, err
	}
	if bound.Issuer != id.Issuer || bound.Subject != id.Subject {
		return false, award.Refuse(award.Conflict, "D-119", "identity_other")
	}
	return false, nil
}

// UnbindIdentity unbinds what is bound to an officer, and reports whether
// anything was.
func (t *tx) UnbindIdentity(ctx context.Context, officer int64) (bool, error) {
	result, err := t.ExecContext(ctx, `DELETE FROM identity WHERE officer_id = $1`, officer)
	if err != nil {
		return false, fmt.Errorf("unbind identity: %w", err)
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("count what was unbound: %w", err)
	}
	return rows > 0, nil
}
