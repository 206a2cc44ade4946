package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
)

// batchWindow is how many pages are worked on at once.
const batchWindow = 8

// BatchInput is where a batch is: its page holds the key to go on after, its
// result what the pages so far came to.
type BatchInput struct {
	Page   award.Page
	Result award.PageResult
}

// StageBatch walks many rows page by page: freeze, lapse, pass up, score. Pages
// carry key bounds in and counts out, never rows; a page done twice leaves the
// same record, so a worker may die at any moment. A row that cannot be dealt
// with is listed in the record and the others go on.
func StageBatch(ctx workflow.Context, in BatchInput) (award.PageResult, error) {
	name := jobName(in.Page.Job)
	for {
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return in.Result, workflow.NewContinueAsNewError(ctx, StageBatch, in)
		}
		pages, err := ask[[]award.Page](ctx, quick, activity.NextPages, name+"：下一组", in.Page, batchWindow)
		if err != nil {
			return in.Result, err
		}
		if len(pages) == 0 {
			break
		}
		results, err := doPages(ctx, name, pages)
		if err != nil {
			return in.Result, err
		}
		for _, result := range results {
			in.Result.Done += result.Done
			in.Result.Failed += result.Failed
		}
		in.Page.From = pages[len(pages)-1].To
		if err := showBatch(ctx, in); err != nil {
			return in.Result, err
		}
		if workflow.GetVersion(ctx, "short-group-is-the-last", workflow.DefaultVersion, 1) != workflow.DefaultVersion && len(pages) < batchWindow {
			break // release 0.1 asked once more
		}
	}
	return in.Result, do(ctx, paged, activity.EndBatch, name+"：收尾", in.Page, in.Result)
}

// runBatch runs a job once for the round, or for one office, and waits for it.
// A run that an earlier run of the caller started is waited for by looking.
func runBatch(ctx workflow.Context, roundID, office string, job award.Job) error {
	for {
		run, err := ask[award.BatchRun](ctx, quick, activity.BeginBatch, jobName(job)+"：开始", roundID, office, job)
		if err != nil || run.Finished {
			return err
		}
		page := award.Page{Round: roundID, Office: office, Job: job, Number: run.Number}
		err = workflow.ExecuteChildWorkflow(childBatch(ctx, page), StageBatch, BatchInput{Page: page}).Get(ctx, nil)
		if err == nil || alreadyStartedIsSuccess(err) != nil {
			return err
		}
		if err := workflow.Sleep(ctx, batchPoll); err != nil {
			return err
		}
	}
}

// batchPoll is how often a batch that somebody else started is looked at: only
// after the caller was started again in the middle of it.
const batchPoll = 2 * time.Second

// jobName is how an operator reads a job.
func jobName(job award.Job) string {
	switch job {
	case award.JobFreeze:
		return "冻结名录"
	case award.JobLapse:
		return "登记逾期未报"
	case award.JobPassUp:
		return "未签署意见材料上报"
	case award.JobScore:
		return "汇总得分"
	}
	return string(job)
}
