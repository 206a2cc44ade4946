package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"shifan/internal/award"
)

// TestAWholeRoundOnARealServer runs a round from its draft to its titles: real
// PostgreSQL, real Temporal, a worker process; once with cached workflows, once
// replaying every task from the start.
func TestAWholeRoundOnARealServer(t *testing.T) {
	for _, kind := range []string{"cached", "uncached"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSystem(t)
			s.startWorker(kind)
			c := s.open(5 * 1e9)
			c.file()
			c.record("open-intake")
			c.arrive()
			c.notice()
			c.record("open-notice")
			c.recommend()
			c.assess()
			c.object()
			c.record("open-national")
			c.rejoin()
			c.daily()
			c.decide()
			assert.Equal(t, theNamed, c.named())
			c.everyWorkflowEnds()
			c.record("closed")
		})
	}
}

// daily looks at a morning of the drill: its Schedule runs Daily once a drill day.
func (c *course) daily() {
	c.t.Helper()
	schedule := c.temporal.ScheduleClient().GetHandle(context.Background(), "daily/"+c.round)
	c.eventually(20e9, "Daily has run", func() bool {
		d, err := schedule.Describe(context.Background())
		return err == nil && len(d.Info.RecentActions) > 1
	})
	d, err := schedule.Describe(context.Background())
	require.NoError(c.t, err)
	run := d.Info.RecentActions[0].StartWorkflowResult
	require.NoError(c.t, c.temporal.GetWorkflow(context.Background(), run.WorkflowID, run.FirstExecutionRunID).Get(context.Background(), nil))
	c.keep("daily-closed", run.WorkflowID, run.FirstExecutionRunID)
}

// everyWorkflowEnds checks what an operator sees once a round is over.
func (c *course) everyWorkflowEnds() {
	c.t.Helper()
	ids := []string{award.RoundWorkflow(c.round), award.NoticeWorkflow(c.round, 1), award.BatchWorkflow(c.round, "", award.JobScore, 1)}
	for _, code := range c.offices() {
		ids = append(ids, award.OfficeWorkflow(c.round, code))
	}
	for _, id := range ids {
		c.eventually(20e9, id+" has completed", func() bool {
			d, err := c.temporal.DescribeWorkflowExecution(context.Background(), id, "")
			return err == nil && d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
		})
		d, err := c.temporal.DescribeWorkflowExecution(context.Background(), id, "")
		require.NoError(c.t, err)
		assert.Less(c.t, d.GetWorkflowExecutionInfo().GetHistoryLength(), int64(400), "history of %s", id)
		assert.Contains(c.t, d.GetWorkflowExecutionInfo().GetSearchAttributes().GetIndexedFields(), "RoundID", id)
	}
	c.eventually(20e9, "the round is found by its search attributes", func() bool {
		found, err := c.temporal.ListWorkflow(context.Background(), &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: c.namespace, Query: "WorkflowType = 'Round' AND RoundStage = 'commendation' AND OfficesOutstanding = 0",
		})
		return err == nil && len(found.GetExecutions()) == 1
	})
}
