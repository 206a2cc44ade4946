package acts_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// leverPatience is the longest that moving or closing an intake may take under
// load: an operator waits for it, and a date has come.
const leverPatience = 2 * time.Second

// BenchmarkIntakeUnderLoad has fifty clients file as fast as they can, then moves
// the office's date and closes its intake (申报截止) among them. It prints how long
// each lever waited and how many files a second were filed before, during and
// after the move, and fails when a lever waited longer than two seconds.
//
// Run it with make bench-intake.
func BenchmarkIntakeUnderLoad(b *testing.B) {
	const (
		drafts = 4000
		span   = 2 * time.Second // of filing before and after the move
	)
	for range b.N {
		b.StopTimer()
		c, files := crowd(b, drafts)
		c.DB.SetMaxOpenConns(clients + 10) // each client its own, as many API processes have
		c.DB.SetMaxIdleConns(clients + 10)
		b.StartTimer()

		load := c.load(files)
		time.Sleep(span)
		before := load.take()

		moving := time.Now()
		_, err := c.Acts.MoveOfficeDate(context.Background(), c.Admin, acts.Key{}, c.round, "41", acts.DateMove{
			Which: award.DateApply, To: actstest.Start().Add(40 * actstest.Day), Reason: "延期",
		})
		if err != nil {
			b.Fatal(err)
		}
		moved := time.Since(moving)
		during := load.take()
		time.Sleep(span)
		after := load.take()

		closing := time.Now()
		c.Exec(`UPDATE intake SET closes_at = shifan_now() WHERE round_id = $1 AND kind = 'apply'`, c.round)
		closed, err := c.Acts.CloseIntake(context.Background(), c.round, "41", string(award.IntakeApply))
		if err != nil || !closed {
			b.Fatalf("closed %t: %v", closed, err)
		}
		shut := time.Since(closing)
		load.stop()
		if load.failed.Load() > 0 {
			b.Fatalf("%d clients failed", load.failed.Load())
		}

		b.ReportMetric(float64(moved.Milliseconds()), "move-ms")
		b.ReportMetric(float64(shut.Milliseconds()), "close-ms")
		b.ReportMetric(float64(before)/span.Seconds(), "before-files/s")
		b.ReportMetric(float64(during)/moved.Seconds(), "during-files/s")
		b.ReportMetric(float64(after)/span.Seconds(), "after-files/s")
		if moved > leverPatience || shut > leverPatience {
			b.Fatalf("moving waited %s, closing %s: more than %s", moved, shut, leverPatience)
		}
		if after == 0 {
			b.Fatal("the drafts ran out before the intake was closed")
		}
	}
}

// BenchmarkFiling files one application after the other: what one client waits
// for.
func BenchmarkFiling(b *testing.B) {
	c, files := crowd(b, max(b.N, 1))
	clerk := c.Clerk("41")
	b.ResetTimer()
	for i := range b.N {
		if _, err := c.Acts.FileApplication(context.Background(), clerk, acts.Key{}, c.on(files[i], "")); err != nil {
			b.Fatal(err)
		}
	}
}

// load is fifty clients at work.
type load struct {
	filed, failed atomic.Int64
	ended         atomic.Bool
	group         sync.WaitGroup
}

// load starts the clients. A refusal after the cut is an answer like any.
func (c *country) load(files []acts.File) *load {
	c.t.Helper()
	clerk := c.Clerk("41")
	l := new(load)
	var next atomic.Int64
	for range clients {
		l.group.Go(func() {
			for !l.ended.Load() {
				i := next.Add(1) - 1
				if i >= int64(len(files)) {
					return
				}
				_, err := c.Acts.FileApplication(context.Background(), clerk, acts.Key{}, c.on(files[i], ""))
				switch {
				case err == nil:
					l.filed.Add(1)
				case award.CodeOf(err) != award.Closed:
					l.failed.Add(1)
				}
			}
		})
	}
	return l
}

// take returns how many were filed since it was last asked.
func (l *load) take() int64 { return l.filed.Swap(0) }

func (l *load) stop() {
	l.ended.Store(true)
	l.group.Wait()
}
