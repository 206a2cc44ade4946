package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
	"shifan/workflows"
)

func histories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/history/*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 8, "too few recorded histories: make history")
	return files
}

var quiet = sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))

// TestReplay runs today's code over histories recorded from earlier releases,
// of rounds that had ended and of rounds under way. A failure means that rounds
// now in progress would break on deploy: guard the change with
// workflow.GetVersion. Do not record a history anew to make it pass.
func TestReplay(t *testing.T) {
	for _, history := range histories(t) {
		t.Run(filepath.Base(history), func(t *testing.T) {
			replayer := worker.NewWorkflowReplayer()
			workflows.Register(replayer)
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(quiet, history))
		})
	}
}

// TestReplayCanFail proves the replay test with a mutant: the same workflows,
// each doing one step more before it begins.
func TestReplayCanFail(t *testing.T) {
	before := func(ctx workflow.Context) error { return workflow.Sleep(ctx, 1) }
	for _, history := range histories(t) {
		replayer := worker.NewWorkflowReplayer()
		register := func(name string, mutant any) {
			replayer.RegisterWorkflowWithOptions(mutant, workflow.RegisterOptions{Name: name})
		}
		register("Round", func(ctx workflow.Context, id string) error {
			if err := before(ctx); err != nil {
				return err
			}
			return workflows.Round(ctx, id)
		})
		register("Office", func(ctx workflow.Context, id, code string) error {
			if err := before(ctx); err != nil {
				return err
			}
			return workflows.Office(ctx, id, code)
		})
		register("PublicNotice", func(ctx workflow.Context, id string, number int) error {
			if err := before(ctx); err != nil {
				return err
			}
			return workflows.PublicNotice(ctx, id, number)
		})
		register("RoundLauncher", func(ctx workflow.Context, years int) error {
			if err := before(ctx); err != nil {
				return err
			}
			return workflows.RoundLauncher(ctx, years)
		})
		register("RoundDraft", func(ctx workflow.Context, id string) error {
			if err := before(ctx); err != nil {
				return err
			}
			return workflows.RoundDraft(ctx, id)
		})
		register("Daily", func(ctx workflow.Context, id string) error {
			if err := before(ctx); err != nil {
				return err
			}
			return workflows.Daily(ctx, id)
		})
		register("StageBatch", func(ctx workflow.Context, in workflows.BatchInput) (award.PageResult, error) {
			if err := before(ctx); err != nil {
				return in.Result, err
			}
			return workflows.StageBatch(ctx, in)
		})
		assert.Error(t, replayer.ReplayWorkflowHistoryFromJSONFile(quiet, history), filepath.Base(history))
	}
}
