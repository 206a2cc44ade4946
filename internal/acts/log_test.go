package acts_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/logfile"
)

// logWorld is a country whose decision log is sealed when the test says so.
type logWorld struct {
	*actstest.World
	t      *testing.T
	sealer *acts.Sealer
}

func newLogWorld(t *testing.T) *logWorld {
	t.Helper()
	w := actstest.New(t)
	return &logWorld{World: w, t: t, sealer: w.Acts.Sealer()}
}

// write writes one row of the log in a transaction of its own.
func (w *logWorld) write(ctx context.Context, subject string) error {
	return w.Store.InTx(ctx, func(tx acts.Tx) error {
		return tx.Audit(ctx, acts.Entry{By: w.Admin, Name: award.ActFile, Subject: subject, Detail: map[string]any{"text": "<雪> & 冰", "n": 1.50}})
	})
}

// writes writes so many rows.
func (w *logWorld) writes(n int) {
	w.t.Helper()
	for i := range n {
		require.NoError(w.t, w.write(w.t.Context(), fmt.Sprint("application/", i+1)))
	}
}

// seal seals until nothing waits: transactions of other tests on this server
// hold the horizon too, for a moment.
func (w *logWorld) seal() {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		_, err := w.sealer.Seal(w.t.Context())
		require.NoError(w.t, err)
		waits, _, err := w.Store.LogWaits(w.t.Context())
		require.NoError(w.t, err)
		return waits == 0
	}, 2*time.Minute, 20*time.Millisecond, "the log is sealed")
}

func (w *logWorld) check(known award.LogHead) acts.LogVerification {
	w.t.Helper()
	found, err := w.Acts.CheckLog(w.t.Context(), known)
	require.NoError(w.t, err)
	return found
}

func (w *logWorld) head() award.LogHead {
	w.t.Helper()
	head, err := w.Acts.LogHead(w.t.Context())
	require.NoError(w.t, err)
	return head
}

// TestALogThatASuperuserChangedIsFoundOut alters, deletes, inserts and moves each
// row of a real database behind the triggers, the newest too.
func TestALogThatASuperuserChangedIsFoundOut(t *testing.T) {
	w := newLogWorld(t)
	w.writes(6)
	w.seal()
	known := w.head()
	whole := w.check(known)
	require.True(t, whole.Intact())
	require.Equal(t, known, whole.Head)
	require.Zero(t, whole.Unsealed)

	for _, forbidden := range []string{`UPDATE audit SET ground = '改'`, `DELETE FROM audit`, `UPDATE audit_seal SET position = 9`, `DELETE FROM audit_seal`} {
		_, err := w.DB.ExecContext(t.Context(), forbidden)
		require.ErrorContains(t, err, "append-only", forbidden)
	}

	const row = `(SELECT audit_id FROM audit_seal WHERE position = $1)`
	w.DB.SetMaxOpenConns(1) // so that what is changed is seen by the verifier before it is rolled back
	for name, statements := range map[string][]string{
		"altered":               {`UPDATE audit SET ground = '改' WHERE id = ` + row},
		"a microsecond later":   {`UPDATE audit SET at = at + interval '1 microsecond' WHERE id = ` + row},
		"its officer taken out": {`UPDATE audit SET officer_id = NULL WHERE id = ` + row},
		"its detail altered":    {`UPDATE audit SET detail = detail || '{"n": 2}' WHERE id = ` + row},
		"deleted":               {`DELETE FROM audit WHERE id = ` + row},
		"deleted with its seal": {`DELETE FROM audit WHERE id = ` + row, `DELETE FROM audit_seal WHERE position = $1`},
		"its seal altered":      {`UPDATE audit_seal SET sha256 = sha256(sha256) WHERE position = $1`},
		"moved": {
			`UPDATE audit_seal SET position = position + 1000000 WHERE position = $1`,
			`UPDATE audit_seal SET position = $1 WHERE position = greatest($1 - 1, 1) + ($1 = 1)::int`,
			`UPDATE audit_seal SET position = greatest($1 - 1, 1) + ($1 = 1)::int WHERE position = $1 + 1000000`,
		},
		"inserted": {
			`UPDATE audit_seal SET position = position + 1000000 WHERE position >= $1`,
			`UPDATE audit_seal SET position = position - 999999 WHERE position > 1000000 + 0 * $1`,
			`INSERT INTO audit (name, subject) SELECT 'file', 'application/9' WHERE $1 > 0`,
			`INSERT INTO audit_seal SELECT $1, max(id), substr(sha256(''), 1, 16), sha256('') FROM audit`,
		},
		"inserted without a seal, dated back": {
			`INSERT INTO audit (name, subject, at) SELECT 'file', 'application/9', shifan_now() - interval '2 hours' WHERE $1 > 0`,
		},
	} {
		for at := int64(1); at <= whole.Rows; at++ {
			w.Exec(`BEGIN`)
			w.Exec(`SET LOCAL session_replication_role = replica`)
			for _, statement := range statements {
				w.Exec(statement, at)
			}
			assert.False(t, w.check(known).Intact(), "%s at %d", name, at)
			w.Exec(`ROLLBACK`)
		}
	}
	require.Equal(t, whole, w.check(known), "all is as it was")
}

// TestAChainSealedAnewIsFoundAgainstAPrintedHead: whoever rules the whole
// database can make another chain, and not the head in somebody's hand.
func TestAChainSealedAnewIsFoundAgainstAPrintedHead(t *testing.T) {
	w := newLogWorld(t)
	w.writes(4)
	w.seal()
	known := w.head()
	w.DB.SetMaxOpenConns(1)
	w.Exec(`SET session_replication_role = replica`)
	w.Exec(`DELETE FROM audit WHERE subject = 'application/3'`)
	w.Exec(`DELETE FROM audit_seal`)
	w.sealer = w.Acts.Sealer()
	w.seal()
	require.True(t, w.check(award.LogHead{}).Intact())
	require.False(t, w.check(known).Intact())
}

// TestTheSealerWaitsForATransactionThatMayStillComeFirst: no gap and no row out
// of its place, however numbers and commits cross.
func TestTheSealerWaitsForATransactionThatMayStillComeFirst(t *testing.T) {
	w := newLogWorld(t)
	w.seal()
	before := w.head()

	began, end, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		ended <- w.Store.InTx(context.Background(), func(tx acts.Tx) error {
			if err := tx.Audit(context.Background(), acts.Entry{Name: award.ActFile, Subject: "application/slow"}); err != nil {
				return err
			}
			close(began)
			<-end
			return nil
		})
	}()
	<-began
	w.writes(3)
	for range 3 {
		_, err := w.sealer.Seal(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, before, w.head(), "three rows are committed, and one that began before them is not")
	waits, _, err := w.Store.LogWaits(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, waits)

	close(end)
	require.NoError(t, <-ended)
	w.seal()
	require.Equal(t, before.Position+4, w.head().Position)
	require.Equal(t, before.Position+1, actstest.One[int64](w.World, `
		SELECT position FROM audit_seal JOIN audit ON id = audit_id WHERE subject = 'application/slow'`), "it began first")
	require.True(t, w.check(w.head()).Intact())

	w.writes(1)
	require.Error(t, w.Store.InTx(t.Context(), func(tx acts.Tx) error {
		require.NoError(t, tx.Audit(t.Context(), acts.Entry{Name: award.ActFile, Subject: "application/undone"}))
		return errors.New("undone") // its number is never used again
	}))
	w.writes(1)
	w.seal()
	require.Equal(t, before.Position+6, w.head().Position, "positions have no gaps where numbers have")
}

// TestFiftyWritersAndThreeSealers: every row is sealed once, in one chain, while
// sealers are broken off and begun anew.
func TestFiftyWritersAndThreeSealers(t *testing.T) {
	w := newLogWorld(t)
	var writers, sealers sync.WaitGroup
	for i := range 50 {
		writers.Go(func() {
			for n := range 6 {
				if err := w.write(context.Background(), fmt.Sprintf("application/%d-%d", i, n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	stop, cancel := context.WithCancel(context.Background())
	for i := range 3 {
		sealers.Go(func() {
			sealer := w.Acts.Sealer()
			for stop.Err() == nil {
				ctx, kill := context.WithTimeout(context.Background(), time.Duration(1+i*4)*time.Millisecond)
				_, _ = sealer.Seal(ctx) // broken off anywhere: what it began is undone
				kill()
			}
		})
	}
	writers.Wait()
	cancel()
	sealers.Wait()
	w.seal()
	found := w.check(w.head())
	require.True(t, found.Intact(), "%v", found.Faults)
	require.Equal(t, actstest.One[int64](w.World, `SELECT count(*) FROM audit`), found.Rows)
	require.Equal(t, 300, actstest.One[int](w.World, `SELECT count(*) FROM audit JOIN audit_seal ON audit_id = id WHERE name = 'file'`))
}

// TestRowsThatCameWithACopyAreSealed: a copy counts transactions anew, so that
// its rows seem to come from the future, and new ones from before the last seal.
func TestRowsThatCameWithACopyAreSealed(t *testing.T) {
	w := newLogWorld(t)
	w.writes(2)
	w.seal()
	w.writes(2)
	w.DB.SetMaxOpenConns(1)
	w.Exec(`SET session_replication_role = replica`)
	w.Exec(`UPDATE audit SET xid = (xid::text::bigint + 1000000000)::text::xid8`)
	w.Exec(`SET session_replication_role = origin`)
	w.sealer = w.Acts.Sealer() // a worker that is started on the copy
	w.seal()
	w.writes(2)
	w.seal()
	require.True(t, w.check(w.head()).Intact())
}

func TestOnlyTheOwnerTakesTheLogAlongAndOnlyAnAuditorVerifies(t *testing.T) {
	w := newLogWorld(t)
	round := w.OpenDrill(actstest.Drill{Dates: actstest.DrillDates(w.Now())}).ID
	w.writes(2) // of no round
	w.seal()

	for who, want := range map[string]struct {
		by   award.Officer
		code award.Code
	}{
		"the administrator":    {w.Admin, ""},
		"the owner's auditor":  {w.Officer(award.CodeNation, award.RoleAuditor), ""},
		"the owner's clerk":    {w.Clerk(award.CodeNation), award.Forbidden},
		"a province's head":    {w.Head("41"), award.NotFound},
		"a province's auditor": {w.Officer("41", award.RoleAuditor), award.NotFound},
	} {
		links, err := w.Acts.ExportLog(t.Context(), want.by, round)
		if want.code != "" {
			require.Equal(t, want.code, award.CodeOf(err), who)
			continue
		}
		require.NoError(t, err, who)
		var file bytes.Buffer
		require.NoError(t, logfile.Write(&file, round, links))
		require.NotContains(t, file.String(), "application/", "rows of no round are withheld")
		require.Contains(t, file.String(), `"name":"open-round"`)
		report, err := logfile.Verify(&file, w.head())
		require.NoError(t, err)
		require.Empty(t, report.Faults)
	}
	_, err := w.Acts.ExportLog(t.Context(), w.Admin, "none")
	require.Equal(t, award.NotFound, award.CodeOf(err))

	_, err = w.Acts.VerifyLog(t.Context(), w.Admin, award.LogHead{})
	require.Equal(t, award.Forbidden, award.CodeOf(err))
	found, err := w.Acts.VerifyLog(t.Context(), w.Officer("41", award.RoleAuditor), w.head())
	require.NoError(t, err)
	require.True(t, found.Intact())
}
