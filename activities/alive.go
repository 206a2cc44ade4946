package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
)

// aliveEvery is how often an activity under way says so: several times within
// the shortest heartbeat timeout of workflows/options.go.
const aliveEvery = time.Second

// Alive has every activity tell Temporal that it is alive for as long as it
// runs. A worker that died, and an answer that was lost while Temporal was away,
// are so noticed within seconds and not at the activity's own timeout. Those of
// a few milliseconds end before they say anything.
type Alive struct {
	interceptor.WorkerInterceptorBase
}

// NewAlive returns the interceptor for a worker.
func NewAlive() *Alive { return new(Alive) }

// InterceptActivity wraps one activity.
func (*Alive) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &alive{interceptor.ActivityInboundInterceptorBase{Next: next}}
}

type alive struct {
	interceptor.ActivityInboundInterceptorBase
}

// ExecuteActivity runs the activity and beats beside it.
func (a *alive) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	ended := make(chan struct{})
	beats := make(chan struct{})
	go func() {
		defer close(beats)
		tick := time.NewTicker(aliveEvery)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	defer func() {
		close(ended)
		<-beats // no beat after the answer
	}()
	return a.Next.ExecuteActivity(ctx, in)
}
