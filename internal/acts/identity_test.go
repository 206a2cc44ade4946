package acts_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

const ownPassword = "correct horse battery"

// account gives an officer a login with a password of its own.
func account(t *testing.T, w *actstest.World, o award.Officer, login string) {
	t.Helper()
	set, err := w.Acts.SetLogin(t.Context(), w.Admin, w.Key(), acts.SetLogin{Officer: o.ID, Login: login})
	require.NoError(t, err)
	_, err = w.Acts.ChangePassword(t.Context(), o, w.Key(), acts.ChangePassword{Current: set.Result.Password, New: ownPassword})
	require.NoError(t, err)
}

// bound is an identity that is bound to the login.
func bound(t *testing.T, w *actstest.World, login string) acts.Identity {
	t.Helper()
	id := acts.Identity{Issuer: "https://id.example", Subject: "of " + login, Name: "张三"}
	proof, err := w.Acts.ProveIdentity(t.Context(), id)
	require.NoError(t, err)
	_, err = w.Acts.BindIdentity(t.Context(), proof, login, ownPassword)
	require.NoError(t, err)
	return id
}

// whileHeld runs an act that waits for what a transaction of ours has changed and
// not yet committed, and returns what came of it afterwards.
func whileHeld(t *testing.T, w *actstest.World, change string, args []any, act func() error) error {
	t.Helper()
	tx, err := w.DB.Beginx()
	require.NoError(t, err)
	_, err = tx.Exec(change, args...)
	require.NoError(t, err)
	outcome := make(chan error)
	go func() { outcome <- act() }()
	require.Eventually(t, func() bool {
		var waiting bool
		err := w.DB.Get(&waiting, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`)
		return err == nil && waiting
	}, 10*time.Second, 5*time.Millisecond, "the act does not wait")
	require.NoError(t, tx.Commit())
	return <-outcome
}

func TestNoSessionIsOpenedByWhatEndsMeanwhile(t *testing.T) {
	w := actstest.New(t)
	o := w.Clerk("410102001")
	account(t, w, o, "zhang")
	id := bound(t, w, "zhang")
	sessions := func() int {
		return actstest.One[int](w, `SELECT count(*) FROM session WHERE officer_id = $1 AND ended_at IS NULL`, o.ID)
	}
	before := sessions()

	err := whileHeld(t, w, `UPDATE login SET hash = 'another' WHERE officer_id = $1`, []any{o.ID}, func() error {
		_, err := w.Acts.SignIn(t.Context(), "zhang", ownPassword)
		return err
	})
	require.Equal(t, award.Forbidden, award.CodeOf(err), "a reset: %v", err)
	err = whileHeld(t, w, `DELETE FROM identity WHERE officer_id = $1`, []any{o.ID}, func() error {
		_, err := w.Acts.SignInByIdentity(t.Context(), id)
		return err
	})
	require.Equal(t, award.NotFound, award.CodeOf(err), "an unbinding: %v", err)
	require.Equal(t, before, sessions())
}

func TestOfTwoPasswordsChosenAtOnceOneStands(t *testing.T) {
	w := actstest.New(t)
	o := w.Clerk("410102001")
	account(t, w, o, "zhang")
	outcomes := make([]error, 4)
	var all sync.WaitGroup
	for i := range outcomes {
		all.Go(func() {
			_, outcomes[i] = w.Acts.ChangePassword(t.Context(), o, w.Key(), acts.ChangePassword{
				Current: ownPassword, New: ownPassword + strings.Repeat("!", i+1),
			})
		})
	}
	all.Wait()
	changed := 0
	for _, err := range outcomes {
		if err == nil {
			changed++
			continue
		}
		require.Equal(t, award.Forbidden, award.CodeOf(err), "%v", err)
	}
	require.Equal(t, 1, changed)
}

func TestTwoAccountsThatTakeOneIdentityAtOnceDoNotBothGetIt(t *testing.T) {
	w := actstest.New(t)
	account(t, w, w.Clerk("410102001"), "zhang")
	account(t, w, w.Clerk("410102002"), "lisi")
	proof, err := w.Acts.ProveIdentity(t.Context(), acts.Identity{Issuer: "https://id.example", Subject: "u-1"})
	require.NoError(t, err)
	outcomes := make([]error, 2)
	var both sync.WaitGroup
	for i, login := range []string{"zhang", "lisi"} {
		both.Go(func() { _, outcomes[i] = w.Acts.BindIdentity(t.Context(), proof, login, ownPassword) })
	}
	both.Wait()
	require.True(t, (outcomes[0] == nil) != (outcomes[1] == nil), "%v", outcomes)
	for _, err := range outcomes {
		if err != nil {
			require.Equal(t, award.Conflict, award.CodeOf(err), "%v", err)
		}
	}
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM identity`))
}

func TestAnIdentityOfAnotherProviderIsAnother(t *testing.T) {
	w := actstest.New(t)
	account(t, w, w.Clerk("410102001"), "zhang")
	id := bound(t, w, "zhang")
	_, err := w.Acts.SignInByIdentity(t.Context(), id)
	require.NoError(t, err)
	id.Issuer = "https://other.example"
	_, err = w.Acts.SignInByIdentity(t.Context(), id)
	require.Equal(t, award.NotFound, award.CodeOf(err), "%v", err)
}
