// Package activities is what procedures may do to the world: look at the
// record, make happen what a date has made due, walk many rows, send messages.
// Every activity is safe to run twice.
//
// No rule and no SQL belongs here: the interfaces below are implemented by
// internal/acts and handed in by worker/main.go.
package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"

	"shifan/internal/award"
)

// Looker shows where things stand. It changes nothing.
type Looker interface {
	LookRound(ctx context.Context, round string) (award.RoundView, error)
	LookOffice(ctx context.Context, round, office string) (award.OfficeView, error)
	LookNotice(ctx context.Context, round string, number int) (award.NoticeView, error)
	LookDraft(ctx context.Context, round string) (award.DraftView, error)
	OfficeCodes(ctx context.Context, round string) ([]string, error)
}

// Stepper makes happen what has become due. Doing a step again changes
// nothing; a step that is not due yet answers false and is asked again later.
type Stepper interface {
	EnterStage(ctx context.Context, round string, stage award.Stage) error
	CloseIntake(ctx context.Context, round, office, kind string) (bool, error)
	LapseReturned(ctx context.Context, round, office string) (int, error)
	MarkOverdue(ctx context.Context, round, office string) error
	FreezeList(ctx context.Context, round string) (bool, error)
	SuspendObjected(ctx context.Context, round string, number int) (int, error)
	EndNotice(ctx context.Context, round string, number int) (bool, error)
	CloseRound(ctx context.Context, round string) error
	DraftNext(ctx context.Context, years int) (round string, err error)
	RemindDraft(ctx context.Context, round string, number int) error
}

// Batcher walks many rows page by page.
type Batcher interface {
	BeginBatch(ctx context.Context, round, office string, job award.Job) (award.BatchRun, error)
	NextPages(ctx context.Context, after award.Page, count int) ([]award.Page, error)
	DoPage(ctx context.Context, page award.Page) (award.PageResult, error)
	EndBatch(ctx context.Context, run award.Page, result award.PageResult) error
}

// Messenger reminds offices. An office gets one digest a working day.
type Messenger interface {
	WorkingDay(ctx context.Context, round string) (bool, error)
	DigestPage(ctx context.Context, round string, after int64, limit int) (next int64, written int, err error)
	DeliverPage(ctx context.Context, limit int) (delivered int, err error)
}

// Activities is registered once on each worker. Its fields are the only things
// an activity may reach.
type Activities struct {
	look    Looker
	step    Stepper
	batch   Batcher
	message Messenger
}

// New returns the activities over the record.
func New(look Looker, step Stepper, batch Batcher, message Messenger) *Activities {
	return &Activities{look: look, step: step, batch: batch, message: message}
}

// answer turns a refusal into an error that is not retried: the record has
// said no and will say so again. Faults stay retryable.
func answer(err error) error {
	if err == nil {
		return nil
	}
	if refusal, ok := errors.AsType[*award.Error](err); ok && refusal.Code != award.Internal && refusal.Code != award.Unavailable {
		return temporal.NewNonRetryableApplicationError(refusal.Error(), string(refusal.Code), nil)
	}
	return err
}
