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
			c.decide()
			assert.Equal(t, theNamed, c.named())
			c.everyWorkflowEnds()
			c.record("closed")
		})
	}
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
