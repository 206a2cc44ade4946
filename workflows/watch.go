package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
)

// errOver ends a workflow whose round is closed or cancelled.
var errOver = errors.New("round over")

// view is what a look at the record shows, whatever is looked at.
type view interface {
	Clock() time.Time     // the record's clock, which judges
	Upcoming() award.Wake // the next date in the record
	Over() bool           // the round is closed or cancelled
	Suspended() bool
}

// watch is the one way in which everything here waits.
type watch[V view] struct {
	ctx   workflow.Context
	look  func() (V, error)                  // one read-only activity
	due   func(V) (acted bool, err error)    // does one thing that a date has made due
	show  func(v V, waitingFor string) error // what operators see
	again func() error                       // continues as new
	heard int                                // signals since the last look
}

// shortestSleep keeps a timer that fired a moment before the record's clock
// came to its instant from spinning.
const shortestSleep = 200 * time.Millisecond

// until waits until done holds, or the round is over. It looks at the
// record, does what has become due, shows operators what it waits for, and
// sleeps to the next date in the record or to a signal. A timer that a signal
// cut short has not fired: only the record says what is due. A suspended round
// does nothing and waits to be told.
func (w *watch[V]) until(waitingFor string, done func(V) bool) (V, error) {
	for {
		if workflow.GetInfo(w.ctx).GetContinueAsNewSuggested() {
			var none V
			return none, w.again() // there is no state to carry: the next run looks first
		}
		w.heard = 0
		v, err := w.look()
		if err != nil {
			return v, err
		}
		if v.Over() {
			return v, errOver
		}
		if !v.Suspended() {
			acted, err := w.due(v)
			if err != nil {
				return v, err
			}
			if acted {
				continue
			}
			if done(v) {
				return v, nil
			}
		}
		if err := w.show(v, waitingFor); err != nil {
			return v, err
		}
		if err := w.sleep(v); err != nil {
			return v, err
		}
	}
}

// sleep waits for a signal, or for the next date when one lies ahead.
func (w *watch[V]) sleep(v V) error {
	told := func() bool { return w.heard > 0 }
	next := v.Upcoming()
	if next.At.IsZero() || v.Suspended() {
		return workflow.Await(w.ctx, told)
	}
	_, err := workflow.AwaitWithOptions(w.ctx, workflow.AwaitOptions{
		Timeout:      max(next.At.Sub(v.Clock()), shortestSleep),
		TimerOptions: workflow.TimerOptions{Summary: timerSummary(next)},
	}, told)
	return err
}

// listen receives every signal the workflow knows, for as long as it runs.
func (w *watch[V]) listen(signals []signal) {
	workflow.Go(w.ctx, func(ctx workflow.Context) {
		selector := workflow.NewSelector(ctx)
		for _, s := range signals {
			channel := workflow.GetSignalChannelWithOptions(ctx, string(s.name), workflow.SignalChannelOptions{Description: s.description})
			selector.AddReceive(channel, func(c workflow.ReceiveChannel, _ bool) {
				var told award.Told
				c.Receive(ctx, &told) // for whoever reads the history; the record is what counts
				w.heard++
			})
		}
		for ctx.Err() == nil {
			selector.Select(ctx)
		}
	})
}

// ended turns the end of a procedure into the workflow's: a round that is over
// is a normal end.
func ended(err error) error {
	if errors.Is(err, errOver) {
		return nil
	}
	return err
}
