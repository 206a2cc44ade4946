package activities

import (
	"context"

	"shifan/internal/award"
)

// BeginBatch returns the run of a job: the one under way, or a new one.
func (a *Activities) BeginBatch(ctx context.Context, round, office string, job award.Job) (award.BatchRun, error) {
	run, err := a.batch.BeginBatch(ctx, round, office, job)
	return run, answer(err)
}

// NextPages returns the bounds of the pages that follow a key.
func (a *Activities) NextPages(ctx context.Context, after award.Page, count int) ([]award.Page, error) {
	pages, err := a.batch.NextPages(ctx, after, count)
	return pages, answer(err)
}

// DoPage does a job on one page. Doing it again leaves the same record.
func (a *Activities) DoPage(ctx context.Context, page award.Page) (award.PageResult, error) {
	result, err := a.batch.DoPage(ctx, page)
	return result, answer(err)
}

// EndBatch does what follows a job's last page and closes its run.
func (a *Activities) EndBatch(ctx context.Context, run award.Page, result award.PageResult) error {
	return answer(a.batch.EndBatch(ctx, run, result))
}
