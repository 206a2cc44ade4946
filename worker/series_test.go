package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// TestTheScheduleDraftsTheNextRound on a real server: the worker keeps a Schedule
// for the round that was opened last; fired again and again, and backfilled, it
// drafts one round and opens none; its workflow waits until a person puts it aside.
func TestTheScheduleDraftsTheNextRound(t *testing.T) {
	s := newSystem(t)
	ctx := context.Background()
	now := time.Now().In(award.Beijing)
	last := s.OpenDrill(actstest.Drill{Real: true, Dates: award.Dates{
		SelfCheckCloses: now.AddDate(0, 3, 0), ApplyCloses: now.AddDate(0, 3, 0),
		RecommendationDue: now.AddDate(0, 7, 0), AssessmentDue: now.AddDate(0, 9, 0),
	}})
	s.startWorker("cached")
	schedule := s.temporal.ScheduleClient().GetHandle(ctx, "biennial")
	turn := func() time.Time {
		d, err := schedule.Describe(ctx)
		if err != nil || len(d.Info.NextActionTimes) == 0 {
			return time.Time{}
		}
		return d.Info.NextActionTimes[0]
	}
	s.eventually(40*time.Second, "the Schedule is there", func() bool { return turn().Equal(award.Launch(last.OpenedAt, 2)) })

	// A round opened years ago has its turn behind it.
	opened := now.AddDate(-3, 0, 0)
	s.Exec(`UPDATE round SET opened_at = $2 WHERE id = $1`, last.ID, opened)
	s.eventually(60*time.Second, "the Schedule has moved with the record", func() bool {
		first := award.Launch(opened, 2)
		return turn().Equal(first.AddDate(2, 0, 0)) || turn().Equal(first)
	})
	require.NoError(t, schedule.Backfill(ctx, client.ScheduleBackfillOptions{Backfill: []client.ScheduleBackfill{{
		Start: award.Launch(opened, 2).Add(-time.Hour), End: now, Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL,
	}}}))
	for range 3 {
		time.Sleep(1100 * time.Millisecond) // its runs are named by the second
		require.NoError(t, schedule.Trigger(ctx, client.ScheduleTriggerOptions{Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL}))
	}
	drafts := func() int {
		return actstest.One[int](s.World, `SELECT count(*) FROM round WHERE follows_id = $1 AND state = 'draft'`, last.ID)
	}
	s.eventually(30*time.Second, "the next round is drafted", func() bool { return drafts() == 1 })
	next := actstest.One[string](s.World, `SELECT id FROM round WHERE follows_id = $1`, last.ID)
	s.eventually(30*time.Second, "the administrators are reminded", func() bool {
		return actstest.One[int](s.World, `SELECT count(*) FROM message WHERE occasion = $1`, "draft/"+next+"/1") == 1
	})
	s.eventually(30*time.Second, "every run of the launcher has ended", func() bool {
		d, err := schedule.Describe(ctx)
		return err == nil && len(d.Info.RecentActions) >= 4 && len(d.Info.RunningWorkflows) == 0
	})
	assert.Equal(t, 1, drafts(), "however often it fires")
	id := award.DraftWorkflow(next)
	shown, err := s.temporal.DescribeWorkflowExecution(ctx, id, "")
	require.NoError(t, err)
	assert.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, shown.GetWorkflowExecutionInfo().GetStatus())
	assert.Contains(t, shown.GetWorkflowExecutionInfo().GetSearchAttributes().GetIndexedFields(), "WaitingFor")
	state, err := s.temporal.QueryWorkflow(ctx, id, "", "state")
	require.NoError(t, err)
	var table string
	require.NoError(t, state.Get(&table))
	assert.Contains(t, table, "等待管理员核对、开启")
	assert.Contains(t, table, last.ID)
	waiting := shown.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	s.keep("draft-waiting", id, waiting)

	_, err = s.Acts.CancelRound(ctx, s.Admin, s.Key(), next, "本次不评选")
	require.NoError(t, err)
	s.eventually(20*time.Second, "nobody is waited for any more", func() bool {
		d, err := s.temporal.DescribeWorkflowExecution(ctx, id, waiting)
		return err == nil && d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	})
	s.keep("draft-put-aside", id, waiting)
	launched, err := schedule.Describe(ctx)
	require.NoError(t, err)
	run := launched.Info.RecentActions[0].StartWorkflowResult
	s.keep("launcher", run.WorkflowID, run.FirstExecutionRunID)
}

// keep records a history beside those of course.record, when `make history` asks.
func (s *system) keep(name, workflow, run string) {
	s.t.Helper()
	folder, release, wanted := strings.Cut(os.Getenv(recording), "=")
	if !wanted || strings.HasSuffix(s.t.Name(), "/uncached") {
		return
	}
	s.write(filepath.Join(folder, fmt.Sprintf("%s-%s.json", release, name)), s.history(workflow, run))
}
