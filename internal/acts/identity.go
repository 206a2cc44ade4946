package acts

import (
	"context"

	"shifan/internal/award"
)

// Identity is who somebody is at the identity provider (统一身份), as the
// provider says. Issuer and subject together are one person for good.
type Identity struct {
	Issuer, Subject string
	Name            string // what people call the person there; may be empty
}

// identityTx keeps what identity is bound to whom.
type identityTx interface {
	// LockIdentified reads the login of the officer whom an identity is bound to,
	// if not disabled, and holds it until the end; award.NotFound when there is none.
	LockIdentified(ctx context.Context, id Identity) (Login, error)
	// BindIdentity binds an identity to an officer, and reports whether it was not
	// bound to it before; award.Conflict when either is bound otherwise.
	BindIdentity(ctx context.Context, officer int64, id Identity) (bool, error)
	// UnbindIdentity unbinds what is bound to an officer, and reports whether
	// anything was.
	UnbindIdentity(ctx context.Context, officer int64) (bool, error)
	// KeepProof keeps for award.ProofLife that a browser has proved an identity.
	KeepProof(ctx context.Context, digest [32]byte, id Identity) error
	// ProvedIdentity reads what a browser has proved; award.NotFound when that was
	// too long ago.
	ProvedIdentity(ctx context.Context, digest [32]byte) (Identity, error)
}

// identityReads finds identities.
type identityReads interface {
	ProvedIdentity(ctx context.Context, digest [32]byte) (Identity, error)
	// IdentityOf reads what is bound to an officer; award.NotFound when nothing is.
	IdentityOf(ctx context.Context, officer int64) (Identity, error)
}

// SignInByIdentity opens a session of the officer whom a proved identity is bound
// to (统一身份认证登录), and returns its token; award.NotFound when it is bound to
// nobody. An account that is locked is locked here too.
func (a *Acts) SignInByIdentity(ctx context.Context, id Identity) (string, error) {
	token := newToken()
	err := a.store.InTx(ctx, func(tx Tx) error {
		l, err := tx.LockIdentified(ctx, id)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if now.Before(l.LockedUntil) {
			return locked(l.LockedUntil)
		}
		return openSession(ctx, tx, NewSession{SHA256: digestOf(token), Officer: l.Officer}, byIdentity)
	})
	return token, err
}

// ProveIdentity keeps for a few minutes that a browser has proved an identity, and
// returns the token that it shows when the identity is bound.
func (a *Acts) ProveIdentity(ctx context.Context, id Identity) (string, error) {
	proof := newToken()
	err := a.store.InTx(ctx, func(tx Tx) error { return tx.KeepProof(ctx, digestOf(proof), id) })
	return proof, err
}

// ProvedIdentity returns what a browser has proved.
func (a *Acts) ProvedIdentity(ctx context.Context, proof string) (Identity, error) {
	id, err := a.store.ProvedIdentity(ctx, digestOf(proof))
	return id, proofOver(err)
}

// BindIdentity binds a proved identity to the account of a name and a password
// (绑定统一身份), and opens a session of it. Whoever binds has proved to be both,
// by a password that nobody else has set (D-119).
func (a *Acts) BindIdentity(ctx context.Context, proof, name, password string) (string, error) {
	token := newToken()
	err := a.verify(ctx, name, password, func(tx Tx, l Login) error {
		if l.Temporary {
			return award.Refuse(award.Conflict, "D-119", "identity_temporary")
		}
		id, err := tx.ProvedIdentity(ctx, digestOf(proof))
		if err != nil {
			return proofOver(err)
		}
		fresh, err := tx.BindIdentity(ctx, l.Officer, id)
		if err != nil {
			return err
		}
		if fresh {
			if err := tx.Audit(ctx, Entry{
				By: award.Officer{ID: l.Officer}, Name: award.StepBindIdentity, Subject: officerSubject(l.Officer),
				Detail: map[string]any{"issuer": id.Issuer}, // not the subject, which some providers make of a person's number
			}); err != nil {
				return err
			}
		}
		return openSession(ctx, tx, NewSession{SHA256: digestOf(token), Officer: l.Officer}, byIdentity)
	})
	return token, err
}

// proofOver makes a refusal of a proof that is gone: the browser proves it again.
func proofOver(err error) error {
	if award.CodeOf(err) == award.NotFound {
		return award.Refuse(award.Closed, "D-119", "identity_over")
	}
	return err
}

// OwnIdentity returns what is bound to the officer's own account; award.NotFound
// when nothing is.
func (a *Acts) OwnIdentity(ctx context.Context, by award.Officer) (Identity, error) {
	return a.store.IdentityOf(ctx, by.ID)
}

// UnbindIdentity unbinds the officer's own identity (解除绑定) and ends every
// session but the one of the token, as they may have been opened by it.
func (a *Acts) UnbindIdentity(ctx context.Context, by award.Officer, key Key, session string) (Receipt, error) {
	done, err := once(ctx, a, by, key, award.ActUnbindIdentity, "", func(t *act) (struct{}, error) {
		if err := Can(by, t.name, Row{Unit: by.Office, Path: by.Path}); err != nil {
			return struct{}{}, err
		}
		bound, err := t.unbind(ctx, by.ID)
		if err != nil {
			return struct{}{}, err
		}
		if !bound {
			return struct{}{}, award.Refuse(award.Conflict, "D-119", "identity_none")
		}
		return struct{}{}, t.EndSessions(ctx, by.ID, digestOf(session))
	})
	return done.Receipt, err
}

// unbind unbinds what is bound to an officer, with its own row in the log, and
// reports whether anything was.
func (t *act) unbind(ctx context.Context, officer int64) (bool, error) {
	bound, err := t.UnbindIdentity(ctx, officer)
	if err != nil || !bound {
		return false, err
	}
	return true, t.Audit(ctx, Entry{Act: t.id, By: t.by, Name: award.ActUnbindIdentity, Subject: officerSubject(officer), Ground: "D-119"})
}
