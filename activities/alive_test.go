package activities_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"shifan/activities"
)

// beatsOf runs an activity under the interceptor and counts its beats.
func beatsOf(t *testing.T, run func(context.Context) error) (beats int64, err error) {
	t.Helper()
	env := new(testsuite.WorkflowTestSuite).NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{activities.NewAlive()}})
	var n atomic.Int64
	env.SetOnActivityHeartbeatListener(func(*activity.Info, converter.EncodedValues) { n.Add(1) })
	env.RegisterActivityWithOptions(run, activity.RegisterOptions{Name: "run"})
	_, err = env.ExecuteActivity("run")
	return n.Load(), err
}

func TestALongActivitySaysThatItIsAlive(t *testing.T) {
	t.Parallel()
	beats, err := beatsOf(t, func(context.Context) error {
		time.Sleep(2500 * time.Millisecond)
		return nil
	})
	require.NoError(t, err)
	assert.GreaterOrEqual(t, beats, int64(1)) // the SDK may gather beats that follow one another closely
}

func TestAQuickActivitySaysNothingAndItsAnswerPasses(t *testing.T) {
	t.Parallel()
	beats, err := beatsOf(t, func(context.Context) error { return errors.New("as it was") })
	require.ErrorContains(t, err, "as it was")
	assert.Zero(t, beats)
}
