package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// Login is how an officer signs in to the pages (登录账号), as the record has it.
type Login struct {
	Officer     int64
	Name        string // what is typed
	Hash        string // argon2id
	Temporary   bool   // to be changed before anything else
	Failures    int    // wrong passwords in a row
	LockedUntil time.Time
}

// loginTx keeps logins.
type loginTx interface {
	// LockLogin reads the login of that name, of an officer who is not disabled,
	// and holds it until the end; award.NotFound when there is none.
	LockLogin(ctx context.Context, name string) (Login, error)
	// SaveLogin writes an officer's login as it now is; award.Conflict when
	// another officer has the name.
	SaveLogin(ctx context.Context, l Login) error
}

// loginReads finds logins.
type loginReads interface {
	// LoginOf reads an officer's login; award.NotFound when it has none.
	LoginOf(ctx context.Context, officer int64) (Login, error)
	// LoginNamed reads the login of that name; award.NotFound when there is none.
	LoginNamed(ctx context.Context, name string) (Login, error)
}

// SetLogin gives an officer a name to sign in with.
type SetLogin struct {
	Officer int64
	Login   string // "": as it is
}

// HandedLogin is a login as handed over. The password is not part of the stored
// outcome: repeating the act does not show it again.
type HandedLogin struct {
	Officer  int64  `json:"officer"`
	Login    string `json:"login"`
	Password string `json:"-"` // temporary
}

// SetLogin opens an officer's login, or resets it (开通、重置登录账号): a
// temporary password to be handed over, no lock and no identity any more, and
// every session ended.
func (a *Acts) SetLogin(ctx context.Context, by award.Officer, key Key, in SetLogin) (Done[HandedLogin], error) {
	return once(ctx, a, by, key, award.ActSetLogin, "", func(t *act) (HandedLogin, error) {
		o, err := t.LockOfficer(ctx, in.Officer)
		if err != nil {
			return HandedLogin{}, err
		}
		if err := Can(by, t.name, o.Row()); err != nil {
			return HandedLogin{}, err
		}
		if err := mayGrant(by, o.Roles); err != nil {
			return HandedLogin{}, err
		}
		if o.Disabled {
			return HandedLogin{}, award.Refuse(award.Conflict, "", "officer_disabled")
		}
		if in.Login != "" {
			o.Login = in.Login
		}
		o.Password = temporaryPassword()
		if err := a.openLogin(ctx, t, o); err != nil {
			return HandedLogin{}, err
		}
		return HandedLogin{Officer: o.ID, Login: o.Login, Password: o.Password},
			t.audit(ctx, officerSubject(o.ID), "", map[string]any{"office": o.OfficeCode})
	})
}

// openLogin gives an officer the login and the temporary password in its record,
// and ends what was opened with those before.
func (a *Acts) openLogin(ctx context.Context, t *act, o OfficerRecord) error {
	if defects := award.CheckLogin(o.Login); len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "D-94", "login_refused", defects)
	}
	hash, err := a.passwords.hash(ctx, o.Password)
	if err != nil {
		return err
	}
	if err := t.SaveLogin(ctx, Login{Officer: o.ID, Name: o.Login, Hash: hash, Temporary: true}); err != nil {
		return err
	}
	if _, err := t.unbind(ctx, o.ID); err != nil {
		return err
	}
	return t.EndSessions(ctx, o.ID, [32]byte{})
}

// ChangePassword is a new password of the officer's own.
type ChangePassword struct {
	Current, New string
	Session      string // the cookie's token: it goes on, every other ends; "": none
}

// ChangePassword changes the officer's own password. The current one is held
// against the lock as at the door. No digest of the request is kept: a fast one
// of a password would undo the slow one.
func (a *Acts) ChangePassword(ctx context.Context, by award.Officer, key Key, in ChangePassword) (Receipt, error) {
	login, err := a.store.LoginOf(ctx, by.ID)
	if err != nil {
		return Receipt{}, err
	}
	if err := a.verify(ctx, login.Name, in.Current, nil); err != nil {
		return Receipt{}, err
	}
	key.Body = [32]byte{}
	done, err := once(ctx, a, by, key, award.ActChangePassword, "", func(t *act) (struct{}, error) {
		if err := Can(by, t.name, Row{Unit: by.Office, Path: by.Path}); err != nil {
			return struct{}{}, err
		}
		defects := award.CheckPassword(login.Name, in.New)
		if len(defects) == 0 && in.New == in.Current {
			defects = []award.Defect{{Pointer: "/password", Key: "password_same"}}
		}
		if len(defects) > 0 {
			return struct{}{}, award.RefuseFields(award.Invalid, "D-94", "password_refused", defects)
		}
		hash, err := a.passwords.hash(ctx, in.New)
		if err != nil {
			return struct{}{}, err
		}
		held, err := t.LockLogin(ctx, login.Name)
		if err != nil {
			return struct{}{}, err
		}
		if held.Hash != login.Hash { // changed or reset since the current one was right
			return struct{}{}, award.Refuse(award.Forbidden, "D-94", "login_wrong")
		}
		if err := t.SaveLogin(ctx, Login{Officer: by.ID, Name: login.Name, Hash: hash}); err != nil {
			return struct{}{}, err
		}
		if err := t.EndSessions(ctx, by.ID, digestOf(in.Session)); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, t.audit(ctx, officerSubject(by.ID), "", nil)
	})
	return done.Receipt, err
}

// verify checks a name and a password, and counts what is wrong: after
// award.MostFailures in a row the login is locked (D-94), for right passwords
// too. What it counts stands, whatever comes of the refusal. What a right password
// opens is done in the transaction that holds the login, so that a reset meanwhile
// leaves nothing open; nil: nothing.
func (a *Acts) verify(ctx context.Context, name, password string, open func(tx Tx, l Login) error) error {
	known, err := a.store.LoginNamed(ctx, name)
	if err != nil && award.CodeOf(err) != award.NotFound {
		return err
	}
	right, err := a.passwords.match(ctx, known.Hash, password) // slow: no row is held meanwhile
	if err != nil {
		return err
	}
	var refused error
	err = a.store.InTx(ctx, func(tx Tx) error {
		refused = nil
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		l, err := tx.LockLogin(ctx, name)
		switch {
		case award.CodeOf(err) == award.NotFound:
			refused = award.Refuse(award.Forbidden, "D-94", "login_wrong")
			return nil
		case err != nil:
			return err
		case now.Before(l.LockedUntil):
			refused = locked(l.LockedUntil)
			return nil
		case right && l.Hash == known.Hash:
			if l.Failures > 0 {
				l.Failures = 0
				if err := tx.SaveLogin(ctx, l); err != nil {
					return err
				}
			}
			if open == nil {
				return nil
			}
			return open(tx, l)
		}
		l.Failures++
		refused = award.Refuse(award.Forbidden, "D-94", "login_wrong")
		if l.Failures >= award.MostFailures {
			l.Failures, l.LockedUntil = 0, now.Add(award.PasswordLocked)
			refused = locked(l.LockedUntil)
			if err := tx.Audit(ctx, Entry{Name: award.StepLockLogin, Subject: officerSubject(l.Officer), Ground: "D-94"}); err != nil {
				return err
			}
		}
		return tx.SaveLogin(ctx, l)
	})
	if err != nil {
		return fmt.Errorf("verify a password: %w", err)
	}
	return refused
}

// locked says until when, to the minute that has begun by then.
func locked(until time.Time) error {
	return award.Refuse(award.Closed, "D-94", "login_locked", award.MostFailures,
		until.Add(time.Minute-1).In(award.Beijing).Format("2006年1月2日 15:04"))
}
