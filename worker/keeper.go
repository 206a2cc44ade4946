package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"go.temporal.io/api/serviceerror"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/workflows"
)

// keeper keeps record and procedure together (architecture 3): it sends what
// acts left untold, and starts every workflow that a live row should have and
// has not. A crash between commit and start, a restored backup or a deleted
// Temporal database so heals itself. Several keepers at once are harmless.
type keeper struct {
	acts      *acts.Acts
	procedure *workflows.Client
	provision func(context.Context) error
	years     int    // between the rounds of the series; 0: none is drafted
	lost      func() // Temporal can not be reached
	log       *slog.Logger
}

const (
	relayEvery  = 2 * time.Second        // how late a signal is that could not be sent at once
	awayRetry   = 250 * time.Millisecond // how late Temporal's return is noticed
	ensureEvery = 15 * time.Second       // how late a lost workflow is noticed
	sealEvery   = time.Second            // how late a row of the decision log is sealed
	tidyEvery   = time.Hour              // its limits are a day and a month
)

// run keeps until ctx ends. After Temporal was away it ensures at once.
func (k *keeper) run(ctx context.Context) {
	var ensured time.Time // zero: not since the start, or since Temporal was away
	for {
		pause := relayEvery
		if err := k.relay(ctx); err != nil {
			if pause = awayRetry; ensured != (time.Time{}) {
				k.complain(ctx, "signals wait", err)
			}
			ensured = time.Time{}
		} else if time.Since(ensured) >= ensureEvery {
			if err := k.ensure(ctx); err != nil {
				k.complain(ctx, "workflows not ensured", err)
			} else {
				ensured = time.Now()
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// tidy keeps the evidence tidy, whether Temporal is there or not.
func (k *keeper) tidy(ctx context.Context) {
	every(ctx, tidyEvery, func() {
		done, err := k.acts.TidyEvidence(ctx)
		if err != nil {
			k.complain(ctx, "evidence not tidied", err)
		}
		if done != (acts.EvidenceTidied{}) {
			k.log.InfoContext(ctx, "evidence tidied", "broken_off", done.BrokenOff, "removed", done.Removed,
				"scanned", done.Scanned, "infected", done.Infected)
		}
	})
}

// seal seals the decision log, whether Temporal is there or not.
func (k *keeper) seal(ctx context.Context) {
	sealer := k.acts.Sealer()
	every(ctx, sealEvery, func() {
		if _, err := sealer.Seal(ctx); err != nil {
			k.complain(ctx, "log not sealed", err)
		}
	})
}

// every does something at once and then once in each interval, until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	beat := time.NewTicker(interval)
	defer beat.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

// unreachable reports whether nobody listens where Temporal should: not that it
// is slow.
func unreachable(err error) bool {
	_, unavailable := errors.AsType[*serviceerror.Unavailable](err)
	return unavailable || status.Code(err) == codes.Unavailable
}

func (k *keeper) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		k.log.WarnContext(ctx, what, "error", err)
	}
}

// relay sends what acts left untold; it asks Temporal even when nothing waits,
// so that its return is noticed.
func (k *keeper) relay(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := k.procedure.Reachable(ctx); err != nil {
		if unreachable(err) {
			k.lost()
		}
		return err
	}
	sent, err := k.acts.Relay(ctx)
	if sent > 0 {
		k.log.InfoContext(ctx, "told the procedure", "signals", sent)
	}
	return err
}

// ensure starts what should run: search attributes, schedules, workflows.
func (k *keeper) ensure(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := k.provision(ctx); err != nil { // a deleted Temporal database has none
		return err
	}
	if err := k.ensureDailies(ctx); err != nil {
		return err
	}
	if err := k.ensureSeries(ctx); err != nil {
		return err
	}
	live, err := k.acts.LiveWorkflows(ctx)
	if err != nil {
		return fmt.Errorf("list live workflows: %w", err)
	}
	for _, id := range live {
		if err := k.procedure.Ensure(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// ensureDailies keeps one Schedule for real rounds and one for each drill under
// way.
func (k *keeper) ensureDailies(ctx context.Context) error {
	drills, err := k.acts.LiveDrills(ctx)
	if err != nil {
		return fmt.Errorf("list drills: %w", err)
	}
	there, err := k.procedure.Dailies(ctx)
	if err != nil {
		return err
	}
	for _, drill := range append(drills, award.Drill{}) {
		if !slices.Contains(there, drill.Round) {
			err = errors.Join(err, k.procedure.EnsureDaily(ctx, drill))
		}
	}
	for _, round := range there {
		if round != "" && !slices.ContainsFunc(drills, func(d award.Drill) bool { return d.Round == round }) {
			err = errors.Join(err, k.procedure.DropDaily(ctx, round))
		}
	}
	return err
}

// ensureSeries keeps the Schedule that drafts the next national round.
func (k *keeper) ensureSeries(ctx context.Context) error {
	at, err := k.acts.NextLaunch(ctx, k.years)
	if err != nil {
		return fmt.Errorf("find when the next round is drafted: %w", err)
	}
	if at.IsZero() {
		return k.procedure.DropSeries(ctx)
	}
	return k.procedure.EnsureSeries(ctx, at, k.years)
}
