package acts

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"shifan/internal/award"
)

// Session is one sign-in to the pages (会话) and who has it.
type Session struct {
	Officer    award.Officer
	Name       string // the person's
	OfficeName string
	Login      string // "": signed in with a key
	Temporary  bool   // the password is to be changed before anything else
}

// NewSession is a session to be kept: of the officer, or of the holder of a key.
type NewSession struct {
	SHA256  [32]byte
	Officer int64
	Key     [32]byte // digest of the key signed in with; zero: none
}

// sessionTx keeps sessions.
type sessionTx interface {
	// AddSession adds a session and returns whose it is; award.NotFound when the
	// key is not valid.
	AddSession(ctx context.Context, s NewSession) (officer int64, err error)
	// EndSession ends a session and returns whose it was; award.NotFound when it
	// has ended already.
	EndSession(ctx context.Context, digest [32]byte) (officer int64, err error)
	// EndSessions ends the sessions of an officer but the one of the digest.
	EndSessions(ctx context.Context, officer int64, but [32]byte) error
}

// sessionReads finds who asks.
type sessionReads interface {
	// Session reads a live session and notes that it was seen; award.NotFound
	// when it has ended.
	Session(ctx context.Context, digest [32]byte) (Session, error)
}

// Session returns who has the session of a cookie's token; award.NotFound when
// it has ended. An expert alone comes without an office, as with a key.
func (a *Acts) Session(ctx context.Context, token string) (Session, error) {
	s, err := a.store.Session(ctx, digestOf(token))
	s.Officer = s.Officer.Narrowed()
	return s, err
}

// What a session was opened by, as the decision log has it.
const (
	byPassword = "password"
	byKey      = "key"
	byIdentity = "identity"
)

// SignIn opens a session with a name and a password (登录) and returns its token.
func (a *Acts) SignIn(ctx context.Context, name, password string) (string, error) {
	token := newToken()
	err := a.verify(ctx, name, password, func(tx Tx, l Login) error {
		return openSession(ctx, tx, NewSession{SHA256: digestOf(token), Officer: l.Officer}, byPassword)
	})
	return token, err
}

// SignInByKey opens a session with an API key (凭密钥登录): so the first
// administrator comes in, and every officer who has no password yet. It ends
// with the key (D-95).
func (a *Acts) SignInByKey(ctx context.Context, key string) (string, error) {
	token := newToken()
	err := a.store.InTx(ctx, func(tx Tx) error {
		return openSession(ctx, tx, NewSession{SHA256: digestOf(token), Key: digestOf(key)}, byKey)
	})
	if award.CodeOf(err) == award.NotFound {
		return "", award.Refuse(award.Forbidden, "D-95", "key_unknown")
	}
	return token, err
}

// newToken returns 256 random bits for a cookie.
func newToken() string {
	bits := make([]byte, 32)
	rand.Read(bits) // never fails
	return base64.RawURLEncoding.EncodeToString(bits)
}

// openSession opens a session in the transaction that has found out whose it is.
func openSession(ctx context.Context, tx Tx, s NewSession, by string) error {
	officer, err := tx.AddSession(ctx, s)
	if err != nil {
		return err
	}
	return tx.Audit(ctx, Entry{
		By: award.Officer{ID: officer}, Name: award.StepSignIn, Subject: officerSubject(officer), Detail: map[string]any{"by": by},
	})
}

// SignOut ends a session (退出). One that has ended is ended.
func (a *Acts) SignOut(ctx context.Context, token string) error {
	err := a.store.InTx(ctx, func(tx Tx) error {
		officer, err := tx.EndSession(ctx, digestOf(token))
		if err != nil {
			return err
		}
		return tx.Audit(ctx, Entry{By: award.Officer{ID: officer}, Name: award.StepSignOut, Subject: officerSubject(officer)})
	})
	if award.CodeOf(err) == award.NotFound {
		return nil
	}
	return err
}
