package acts

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// procedureReads are what the procedure looks at.
type procedureReads interface {
	LookRound(ctx context.Context, round string) (award.RoundView, error)
	LookOffice(ctx context.Context, round, office string) (award.OfficeView, error)
	LookNotice(ctx context.Context, round string, number int) (award.NoticeView, error)
	OfficeCodes(ctx context.Context, round string) ([]string, error)
	// LiveWorkflows returns the ID of every workflow that a live row should have.
	LiveWorkflows(ctx context.Context) ([]string, error)
	// LiveDrills returns the drill rounds under way.
	LiveDrills(ctx context.Context) ([]award.Drill, error)
}

// LookRound returns where a round stands. It changes nothing.
func (a *Acts) LookRound(ctx context.Context, round string) (award.RoundView, error) {
	return a.store.LookRound(ctx, round)
}

// LookOffice returns where a recommending office stands in a round.
func (a *Acts) LookOffice(ctx context.Context, round, office string) (award.OfficeView, error) {
	return a.store.LookOffice(ctx, round, office)
}

// LookNotice returns where a public notice stands.
func (a *Acts) LookNotice(ctx context.Context, round string, number int) (award.NoticeView, error) {
	return a.store.LookNotice(ctx, round, number)
}

// OfficeCodes returns the codes of a round's recommending offices, in order.
func (a *Acts) OfficeCodes(ctx context.Context, round string) ([]string, error) {
	return a.store.OfficeCodes(ctx, round)
}

// LiveWorkflows returns the ID of every workflow that a live row should have:
// what the keeper starts when it does not run.
func (a *Acts) LiveWorkflows(ctx context.Context) ([]string, error) {
	return a.store.LiveWorkflows(ctx)
}

// LiveDrills returns the drill rounds under way.
func (a *Acts) LiveDrills(ctx context.Context) ([]award.Drill, error) {
	return a.store.LiveDrills(ctx)
}

// WorkingDay reports whether today is a working day of a round's calendar;
// round is empty for real rounds, which share one.
func (a *Acts) WorkingDay(ctx context.Context, round string) (bool, error) {
	working := false
	err := a.step(ctx, func(tx Tx) error {
		calendar, err := calendarOf(ctx, tx, round)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		working = calendar.Working(now)
		return err
	})
	return working, err
}

// batchTx keeps the runs of jobs.
type batchTx interface {
	// BeginBatch returns the run of a job: the one there is, or a new first one.
	BeginBatch(ctx context.Context, round string, office int64, job award.Job) (award.BatchRun, error)
	// NextPages returns the bounds of up to count pages of size rows after a key.
	NextPages(ctx context.Context, after award.Page, office int64, size, count int) ([]award.Page, error)
	// EndBatch closes a run with its counts; false when it was closed before.
	EndBatch(ctx context.Context, run award.Page, office int64, result award.PageResult) (bool, error)
	// FailRow lists a row that a batch could not deal with.
	FailRow(ctx context.Context, page award.Page, office int64, subject, reason string) error
}

// pageSize is how many rows one transaction of a job deals with. Freezing
// copies rows and asks no rule, so its pages are larger.
func pageSize(job award.Job) int {
	if job == award.JobFreeze {
		return 5000
	}
	return 500
}

// BeginBatch returns the run of a job for the round (office empty) or one
// office. A job runs once; asking again finds the same run.
func (a *Acts) BeginBatch(ctx context.Context, round, office string, job award.Job) (award.BatchRun, error) {
	var run award.BatchRun
	err := a.step(ctx, func(tx Tx) error {
		id, err := batchOffice(ctx, tx, round, office)
		if err != nil {
			return err
		}
		run, err = tx.BeginBatch(ctx, round, id, job)
		return err
	})
	return run, err
}

// NextPages returns the bounds of up to count pages that follow after.From.
func (a *Acts) NextPages(ctx context.Context, after award.Page, count int) ([]award.Page, error) {
	var pages []award.Page
	err := a.step(ctx, func(tx Tx) error {
		id, err := batchOffice(ctx, tx, after.Round, after.Office)
		if err != nil {
			return err
		}
		pages, err = tx.NextPages(ctx, after, id, pageSize(after.Job), count)
		return err
	})
	return pages, err
}

// DoPage does a job on one page. Doing it again leaves the same record.
func (a *Acts) DoPage(ctx context.Context, page award.Page) (award.PageResult, error) {
	switch page.Job {
	case award.JobFreeze:
		return a.FreezePage(ctx, page)
	case award.JobLapse:
		return a.LapsePage(ctx, page)
	case award.JobPassUp:
		return a.PassUpPage(ctx, page)
	case award.JobScore:
		return a.ScorePage(ctx, page)
	}
	return award.PageResult{}, fmt.Errorf("no job %q", page.Job)
}

// EndBatch does what follows a job's last page, then closes its run.
func (a *Acts) EndBatch(ctx context.Context, run award.Page, result award.PageResult) error {
	if err := a.finish(ctx, run); err != nil {
		return err
	}
	return a.step(ctx, func(tx Tx) error {
		id, err := batchOffice(ctx, tx, run.Round, run.Office)
		if err != nil {
			return err
		}
		first, err := tx.EndBatch(ctx, run, id, result)
		if err != nil || !first {
			return err
		}
		return tx.Audit(ctx, Entry{
			Round: run.Round, Name: award.Act(run.Job), Subject: "batch/" + award.BatchWorkflow(run.Round, run.Office, run.Job, run.Number),
			Ground: "N 四", Detail: result,
		})
	})
}

// finish does what a job's last page makes possible.
func (a *Acts) finish(ctx context.Context, run award.Page) error {
	switch run.Job {
	case award.JobFreeze:
		return a.Opened(ctx, run.Round)
	case award.JobLapse:
		return a.FinishLapse(ctx, run.Round, run.Office)
	case award.JobPassUp:
		return a.FinishPassUp(ctx, run.Round, run.Office)
	case award.JobScore:
		return a.FinishScore(ctx, run.Round)
	}
	return fmt.Errorf("no job %q", run.Job)
}

// batchOffice returns the office a batch is for: the owner for the round's own.
func batchOffice(ctx context.Context, tx Tx, round, office string) (int64, error) {
	if office == "" {
		r, err := tx.Round(ctx, round)
		return r.Owner, err
	}
	o, err := tx.Office(ctx, round, office)
	return o.ID, err
}
