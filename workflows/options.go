package workflows

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"shifan/activities"
	"shifan/internal/award"
)

// Task queues are apart so that a mail outage or a long batch can not hold up
// a date.
const (
	QueueProcedure = "procedure" // workflows, looks and steps
	QueueBatch     = "batch"     // pages
	QueueMessage   = "message"   // digests and channels
)

// activity names activities; its methods are never called from here.
var activity *activities.Activities

// patience is how one kind of activity is waited for and tried again.
type patience func(summary string) workflow.ActivityOptions

// retry goes on for ever, ever slower: the record comes back sooner or later,
// and a round never fails because a database was down for a night. A refusal is
// not retried: activities answer it as non-retryable.
func retry(slowest time.Duration) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval:    500 * time.Millisecond,
		BackoffCoefficient: 2,
		MaximumInterval:    slowest,
	}
}

// alive is within how many seconds an activity is missed whose worker died, or
// whose answer was lost while Temporal was away (activities.Alive).
const alive = 5 * time.Second

// quick is a look at the record or one step on it: one short transaction. A
// step may wait for acts under way behind the gate, hence seconds. The slowest
// retry is what a round lags behind when the record returns.
func quick(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue:           QueueProcedure,
		StartToCloseTimeout: 30 * time.Second,
		HeartbeatTimeout:    alive,
		RetryPolicy:         retry(5 * time.Second),
		Summary:             summary,
	}
}

// paged is one page of a batch, or what follows its last page.
func paged(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue:           QueueBatch,
		StartToCloseTimeout: 5 * time.Minute,
		HeartbeatTimeout:    alive,
		RetryPolicy:         retry(30 * time.Second),
		Summary:             summary,
	}
}

// mailing is a walk over offices or channels. It gives up after a few tries:
// what was not delivered is listed, and tomorrow's run goes on.
func mailing(summary string) workflow.ActivityOptions {
	policy := retry(time.Minute)
	policy.MaximumAttempts = 5
	return workflow.ActivityOptions{
		TaskQueue:           QueueMessage,
		StartToCloseTimeout: 10 * time.Minute,
		HeartbeatTimeout:    alive,
		RetryPolicy:         policy,
		Summary:             summary,
	}
}

// ask runs an activity and returns its answer. summary is what the operator
// reads beside it in the history.
func ask[T any](ctx workflow.Context, how patience, activity any, summary string, args ...any) (T, error) {
	var answer T
	ctx = workflow.WithActivityOptions(ctx, how(summary))
	err := workflow.ExecuteActivity(ctx, activity, args...).Get(ctx, &answer)
	return answer, err
}

// do runs an activity that answers nothing.
func do(ctx workflow.Context, how patience, activity any, summary string, args ...any) error {
	ctx = workflow.WithActivityOptions(ctx, how(summary))
	return workflow.ExecuteActivity(ctx, activity, args...).Get(ctx, nil)
}

// doPages works on pages at once and waits for all of them.
func doPages(ctx workflow.Context, summary string, pages []award.Page) ([]award.PageResult, error) {
	ctx = workflow.WithActivityOptions(ctx, paged(summary))
	under := make([]workflow.Future, len(pages))
	for i, page := range pages {
		under[i] = workflow.ExecuteActivity(ctx, activity.DoPage, page)
	}
	results := make([]award.PageResult, len(pages))
	for i, future := range under {
		if err := future.Get(ctx, &results[i]); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// tell signals another workflow, in whatever run it is (empty run ID). One that
// has ended, or that Temporal has lost and the keeper will start again, looks
// at the record anyway: not finding it is no failure.
func tell(ctx workflow.Context, id string, name award.Act, told award.Told) error {
	err := workflow.SignalExternalWorkflow(ctx, id, "", string(name), told).Get(ctx, nil)
	if temporal.IsCanceledError(err) {
		return err
	}
	if err != nil {
		workflow.GetLogger(ctx).Warn("not told", "workflow", id, "signal", string(name), "error", err)
	}
	return nil
}

// abandoned are options of a child that outlives its parent's runs: a parent
// that continues as new must not kill it.
func abandoned(ctx workflow.Context, id string, about start) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            id,
		TaskQueue:             QueueProcedure,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         about.summary,
		StaticDetails:         about.details,
		TypedSearchAttributes: about.attributes,
	})
}

// childOffice prepares starting the workflow of a recommending office.
func childOffice(ctx workflow.Context, roundID, code string) workflow.Context {
	return abandoned(ctx, award.OfficeWorkflow(roundID, code), aboutOffice(roundID, code))
}

// childBatch prepares starting a batch.
func childBatch(ctx workflow.Context, page award.Page) workflow.Context {
	return abandoned(ctx, award.BatchWorkflow(page.Round, page.Office, page.Job, page.Number), aboutBatch(page))
}

// startNotice starts the workflow of a public notice. One that runs already is
// as good.
func startNotice(ctx workflow.Context, roundID string, number int, office string) error {
	child := abandoned(ctx, award.NoticeWorkflow(roundID, number), aboutNotice(roundID, number, office))
	err := workflow.ExecuteChildWorkflow(child, PublicNotice, roundID, number).GetChildWorkflowExecution().Get(ctx, nil)
	return alreadyStartedIsSuccess(err)
}
