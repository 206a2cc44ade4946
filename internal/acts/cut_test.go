package acts_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// clients is how many file at once in these tests.
const clients = 50

func TestFiftyClientsFileOneSecondBeforeTheCutAndNoneAtIt(t *testing.T) {
	c, drafts := crowd(t, 2*clients)
	closes := c.Office(c.round, "41").ApplyClosesAt

	c.At(closes.Add(-time.Second))
	for _, err := range c.fileAll(drafts[:clients]) {
		require.NoError(t, err)
	}
	for _, late := range []time.Duration{0, time.Second} {
		c.At(closes.Add(late))
		before := c.digest()
		for _, err := range c.fileAll(drafts[clients:]) {
			requireRefused(t, err, award.Closed, "apply_closed")
			require.Contains(t, err.Error(), award.Until(closes))
		}
		require.Equal(t, before, c.digest(), "nothing of it is on record")
	}
	c.requireWhole(clients)
}

func TestTheCutIsExactWhileTheClockRuns(t *testing.T) {
	const span = 1200 * time.Millisecond // before and after the cut
	c, drafts := crowd(t, 6*clients)
	c.Run()
	closes := c.Now().Add(span)
	// The round was opened in the days of a standing clock: put its dates where
	// the running one will cross them.
	c.Exec(`UPDATE intake SET closes_at = $2 WHERE round_id = $1 AND kind = 'apply'`, c.round, closes)
	c.Exec(`UPDATE round_office SET arrival_at = $2 WHERE round_id = $1`, c.round, closes.Add(time.Hour))
	closes = c.Office(c.round, "41").ApplyClosesAt

	var filed, refused atomic.Int64
	var group sync.WaitGroup
	clerk := c.Clerk("41")
	for client := range clients {
		mine := drafts[client*6 : client*6+6]
		group.Go(func() {
			for _, f := range mine {
				_, err := c.Acts.FileApplication(context.Background(), clerk, acts.Key{}, c.on(f, ""))
				switch {
				case err == nil:
					filed.Add(1)
				case award.CodeOf(err) == award.Closed:
					refused.Add(1)
				default:
					t.Error(err)
				}
				time.Sleep(2 * span / 6)
			}
		})
	}
	group.Wait()
	require.Equal(t, int64(len(drafts)), filed.Load()+refused.Load())
	require.NotZero(t, filed.Load(), "some were in time")
	require.NotZero(t, refused.Load(), "and some were not")
	require.Zero(t, actstest.One[int](c.World, `SELECT count(*) FROM application WHERE filed_at >= $1`, closes),
		"nothing was accepted at the instant or after it")
	c.requireWhole(int(filed.Load()))

	closed, err := c.Acts.CloseIntake(t.Context(), c.round, "41", string(award.IntakeApply))
	require.NoError(t, err)
	require.True(t, closed)
}

func TestWhoeverComesBehindAMovedDateIsJudgedByIt(t *testing.T) {
	c, drafts := crowd(t, 8*clients)
	closes := c.Office(c.round, "41").ApplyClosesAt
	c.At(closes.Add(-time.Second))
	lever, err := c.DB.Connx(t.Context()) // its own, however many clients wait
	require.NoError(t, err)
	defer lever.Close()
	gate := c.Office(c.round, "41").Gate
	moved := make(chan error, 1)
	var passed [2]int // files filed when the gate was shut, and before it opened
	filing, over := context.WithCancelCause(t.Context())
	defer over(nil)
	go func() {
		moved <- func() error {
			ctx := context.Background()
			for under := 0; under < 10; { // once they are well under way
				if filing.Err() != nil {
					return fmt.Errorf("nobody files: %w", context.Cause(filing))
				}
				if err := lever.GetContext(ctx, &under, `SELECT count(*) FROM application WHERE state = 'filed'`); err != nil {
					return err
				}
			}
			if _, err := lever.ExecContext(ctx, fmt.Sprintf(`BEGIN; SELECT pg_advisory_xact_lock(1, %d)`, gate)); err != nil {
				return err
			}
			for i := range passed {
				if err := lever.GetContext(ctx, &passed[i], `SELECT count(*) FROM application WHERE state = 'filed'`); err != nil {
					return err
				}
				time.Sleep(100 * time.Millisecond)
			}
			_, err := lever.ExecContext(ctx, `UPDATE intake SET closes_at = shifan_now() WHERE kind = 'apply'; COMMIT`)
			return err
		}()
	}()
	errs := c.fileAll(drafts)
	over(errs[0])
	require.NoError(t, <-moved)
	require.Equal(t, passed[0], passed[1], "nobody passes a shut gate")
	var filed int
	for _, err := range errs {
		if err == nil {
			filed++
			continue
		}
		requireRefused(t, err, award.Closed, "apply_closed")
	}
	require.Less(t, filed, len(drafts))
	require.Equal(t, passed[1], filed, "and nobody files after it by the old date")
	c.requireWhole(filed)
}

// crowd is a country in which so many new communities of 林山寨街道 have a whole
// draft and a self-check that passes.
func crowd(t testing.TB, n int) (*country, []acts.File) {
	t.Helper()
	c := open(t)
	clerk := c.Clerk("410102001")
	c.Exec(`WITH made AS (INSERT INTO unit (created_at) SELECT shifan_now() FROM generate_series(1, $2) RETURNING id)
	        INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, parent_id, office_id, path)
	        SELECT s.round_id, m.id, 'N' || m.id, '第' || m.id || '社区', 'community', true, s.unit_id, s.office_id, s.path || m.id
	        FROM made m, round_unit s WHERE s.round_id = $1 AND s.code = '410102001'`, c.round, n)
	full := make(pq.Int64Array, 0)
	for _, mark := range c.full(award.Community) {
		full = append(full, int64(mark))
	}
	c.Exec(`INSERT INTO self_check (round_id, unit_id, category, office_id, marks, total, ready, entered_by)
	        SELECT round_id, unit_id, 'community', office_id, $3::bigint[], 10000, true, $2
	        FROM round_unit WHERE round_id = $1 AND code LIKE 'N%'`, c.round, clerk.ID, full)
	c.Exec(`INSERT INTO application (round_id, unit_id, category, office_id, state, form, waiting_office_id, waiting_since)
	        SELECT s.round_id, s.unit_id, s.category, s.office_id, 'draft',
	               jsonb_build_object('unit', u.name, 'code', u.code, 'head', '张三', 'contact', '0371-60000000', 'residents', '1', 'staff', '1', 'deeds', '自治'),
	               s.unit_id, shifan_now()
	        FROM self_check s JOIN round_unit u USING (round_id, unit_id) WHERE s.round_id = $1`, c.round)
	c.Exec(`ANALYZE`)
	drafts, err := c.Store.Files(context.Background(), acts.FilesQuery{Round: c.round, State: award.FileDraft, Limit: n})
	require.NoError(t, err)
	require.Len(t, drafts, n)
	return c, drafts
}

// fileAll files everything, fifty at a time, and returns what each was answered.
func (c *country) fileAll(files []acts.File) []error {
	c.t.Helper()
	clerk := c.Clerk("41")
	errs := make([]error, len(files))
	next := make(chan int)
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for i := range next {
				_, errs[i] = c.Acts.FileApplication(context.Background(), clerk, acts.Key{}, c.on(files[i], ""))
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	group.Wait()
	return errs
}

// requireWhole shows that so many files are filed, each with all that belongs to
// it, and that the others have nothing of it.
func (c *country) requireWhole(filed int) {
	c.t.Helper()
	count := func(query string) int { return actstest.One[int](c.World, query) }
	require.Equal(c.t, filed, count(`SELECT count(*) FROM application WHERE state = 'filed' AND filed_at IS NOT NULL AND revision = 2`))
	require.Zero(c.t, count(`SELECT count(*) FROM application WHERE state = 'draft' AND (filed_at IS NOT NULL OR revision <> 1)`))
	for _, table := range []string{"application_history", "application_revision"} {
		require.Equal(c.t, filed, count(`SELECT count(*) FROM `+table))
		require.Zero(c.t, count(`SELECT count(*) FROM `+table+` h JOIN application a ON a.id = h.application_id WHERE a.state <> 'filed'`))
	}
	require.Equal(c.t, filed, count(`SELECT count(*) FROM act WHERE name = 'file' AND outcome IS NOT NULL`))
	require.Equal(c.t, filed, count(`SELECT count(DISTINCT subject) FROM audit WHERE name = 'file'`))
}
