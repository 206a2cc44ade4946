package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"shifan/internal/award"
)

// visibilityLag is how long Temporal's list may take to show the last workflows
// as closed: it is written behind.
const visibilityLag = 20 * time.Second

// histories asks Temporal how many runs of each workflow type the round had and
// how long the longest history is.
func (p *proof) histories(ctx context.Context) (map[string]reportWorkflow, error) {
	c, err := temporal.DialContext(ctx, temporal.Options{
		HostPort:  p.temporalAddress,
		Namespace: p.temporalNamespace,
		Logger:    log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))), // errors come back anyway
	})
	if err != nil {
		return nil, fmt.Errorf("reach Temporal at %s: %w", p.temporalAddress, err)
	}
	defer c.Close()

	id := award.RoundWorkflow(p.round.ID)
	query := fmt.Sprintf("WorkflowId = '%s' OR WorkflowId STARTS_WITH '%s/'", id, id)
	giveUp := time.Now().Add(visibilityLag)
	for {
		runs, err := listRuns(ctx, c, p.temporalNamespace, query)
		if err != nil {
			return nil, err
		}
		open := 0
		for _, run := range runs {
			if run.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
				open++
			}
		}
		if len(runs) > 0 && open == 0 || time.Now().After(giveUp) {
			return p.count(ctx, c, runs)
		}
		if err := sleep(ctx, time.Second); err != nil {
			return nil, err
		}
	}
}

func listRuns(ctx context.Context, c temporal.Client, namespace, query string) ([]*workflowpb.WorkflowExecutionInfo, error) {
	var runs []*workflowpb.WorkflowExecutionInfo
	var token []byte
	for {
		page, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: namespace, Query: query, PageSize: 1000, NextPageToken: token,
		})
		if err != nil {
			return nil, fmt.Errorf("list the round's workflows: %w", err)
		}
		runs = append(runs, page.GetExecutions()...)
		if token = page.GetNextPageToken(); len(token) == 0 {
			return runs, nil
		}
	}
}

// count sums runs up by type. The list knows the length of closed histories
// alone; an open one is asked for by name.
func (p *proof) count(ctx context.Context, c temporal.Client, runs []*workflowpb.WorkflowExecutionInfo) (map[string]reportWorkflow, error) {
	workflows := make(map[string]reportWorkflow)
	for _, run := range runs {
		length := run.GetHistoryLength()
		if run.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			asked, err := describe(ctx, c, run.GetExecution())
			if err != nil {
				return nil, err
			}
			length = asked
		}
		w := workflows[run.GetType().GetName()]
		w.Runs++
		w.MaxHistory = max(w.MaxHistory, length)
		workflows[run.GetType().GetName()] = w
	}
	return workflows, nil
}

func describe(ctx context.Context, c temporal.Client, run *commonpb.WorkflowExecution) (int64, error) {
	answer, err := c.DescribeWorkflowExecution(ctx, run.GetWorkflowId(), run.GetRunId())
	if err != nil {
		return 0, fmt.Errorf("describe workflow %s: %w", run.GetWorkflowId(), err)
	}
	return answer.GetWorkflowExecutionInfo().GetHistoryLength(), nil
}
