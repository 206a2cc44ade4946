package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"

	"shifan/activities"
	"shifan/internal/acts"
	"shifan/workflows"
)

// poller runs the workers of the task queues. It starts them again when
// Temporal was lost in a way the SDK gives up on (a namespace that is gone). It
// stops them while Temporal is away: the SDK's own pollers ask ever more slowly,
// and dates should not wait for that; stopping them only at its return would
// drop a task just handed out, which the server gives away again ten seconds
// later. Stopped workers drain beside the new ones: an activity that can not
// tell its end to a Temporal that is away tries for ten seconds.
type poller struct {
	temporal  client.Client
	namespace string
	acts      *acts.Acts
	log       *slog.Logger
	away      chan struct{}  // Temporal can not be reached
	draining  sync.WaitGroup // workers that poll no more

	mu sync.Mutex
	up bool
}

func newPoller(temporal client.Client, namespace string, a *acts.Acts, log *slog.Logger) *poller {
	return &poller{temporal: temporal, namespace: namespace, acts: a, log: log, away: make(chan struct{}, 1)}
}

// pause stops polling until Temporal can be reached.
func (p *poller) pause() {
	if p.polling() != nil {
		return
	}
	select {
	case p.away <- struct{}{}:
	default: // told already
	}
}

var (
	errNotPolling = errors.New("not polling")
	errAway       = errors.New("temporal can not be reached")
)

// polling is nil while every queue is polled.
func (p *poller) polling() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.up {
		return errNotPolling
	}
	return nil
}

func (p *poller) set(up bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up = up
}

// provision registers the search attributes, without which workflows hang.
func (p *poller) provision(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return workflows.Provision(ctx, p.temporal, p.namespace)
}

// run polls until ctx ends, and then drains: activities under way get
// drainPatience to finish.
func (p *poller) run(ctx context.Context) {
	defer p.draining.Wait()
	var said string // what was last complained of, once
	for ctx.Err() == nil {
		err := p.provision(ctx)
		if err == nil {
			said = ""
			err = p.poll(ctx)
		}
		if err != nil && err.Error() != said && ctx.Err() == nil {
			said = err.Error()
			p.log.WarnContext(ctx, "not polling, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(awayRetry):
		}
	}
}

// drainPatience is below the thirty seconds a supervisor waits after SIGTERM.
const drainPatience = 20 * time.Second

// queueLoad is how much of a queue one process works on at once.
type queueLoad struct {
	name       string
	workflows  bool
	activities int
}

// poll runs one worker per queue until ctx ends, Temporal is away, or one of
// them fails.
func (p *poller) poll(ctx context.Context) error {
	failed := make(chan error, 3)
	can := activities.New(p.acts, p.acts, p.acts, p.acts)
	var running []worker.Worker
	defer func() {
		p.set(false)
		for _, w := range running {
			p.draining.Go(w.Stop)
		}
	}()
	for _, queue := range []queueLoad{
		{workflows.QueueProcedure, true, 16},
		{workflows.QueueBatch, false, 4}, // pages are heavy on the record
		{workflows.QueueMessage, false, 2},
	} {
		w := worker.New(p.temporal, queue.name, worker.Options{
			MaxConcurrentActivityExecutionSize: queue.activities,
			DisableWorkflowWorker:              !queue.workflows,
			WorkerStopTimeout:                  drainPatience,
			StickyScheduleToStartTimeout:       time.Second, // how long a task waits for a worker that is gone
			DisableRegistrationAliasing:        true,
			Interceptors:                       []interceptor.WorkerInterceptor{activities.NewAlive()},
			OnFatalError: func(err error) {
				select {
				case failed <- fmt.Errorf("queue %s: %w", queue.name, err):
				default:
				}
			},
		})
		if queue.workflows {
			workflows.Register(w)
		}
		w.RegisterActivity(can)
		if err := w.Start(); err != nil {
			return fmt.Errorf("start polling %s: %w", queue.name, err)
		}
		running = append(running, w)
	}
	p.set(true)
	p.log.InfoContext(ctx, "polling", "queues", len(running))
	select {
	case <-ctx.Done():
		return nil
	case <-p.away:
		return errAway
	case err := <-failed:
		return err
	}
}
