package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
)

// RoundLauncher runs from a Schedule when the next national round has its turn,
// every so many years (N 二: 原则上每两年评选一次): it drafts the round from a copy
// of the last and leaves it to RoundDraft. It opens nothing: a person with a
// document number does. Fired twice, or backfilled, it finds what there is.
func RoundLauncher(ctx workflow.Context, years int) error {
	workflow.SetCurrentDetails(ctx, "正在由上一批次复制草拟下一批次")
	round, err := ask[string](ctx, quick, activity.DraftNext, "由上一批次复制，草拟下一批次", years)
	if err != nil {
		return err
	}
	if round == "" {
		workflow.SetCurrentDetails(ctx, "无需草拟：未到时间、已由人工草拟，或者本次已决定不评选")
		return nil
	}
	workflow.SetCurrentDetails(ctx, "已草拟批次 **"+round+"**，等待管理员核对、开启；提醒由流程 "+award.DraftWorkflow(round)+" 负责")
	if err := workflow.UpsertTypedSearchAttributes(ctx, roundIDKey.ValueSet(round)); err != nil {
		return err
	}
	child := abandoned(ctx, award.DraftWorkflow(round), aboutDraft(round))
	return alreadyStartedIsSuccess(workflow.ExecuteChildWorkflow(child, RoundDraft, round).GetChildWorkflowExecution().Get(ctx, nil))
}

// RoundDraft waits until the administrators have opened a draft of the series or
// put it aside, and reminds them meanwhile.
func RoundDraft(ctx workflow.Context, roundID string) error {
	d, err := watchDraft(ctx, roundID)
	if err != nil {
		return err
	}
	_, err = d.until("等待管理员核对、开启", func(v award.DraftView) bool { return v.State != award.RoundDraft })
	return ended(err)
}

// draft is a RoundDraft under way.
type draft struct {
	watch[award.DraftView]
	id      string
	details details
}

// dueInDraft reminds when a reminder is due.
func (d *draft) dueInDraft(v award.DraftView) (bool, error) {
	if v.Reminder == 0 {
		return false, nil
	}
	return true, do(d.ctx, quick, activity.RemindDraft, fmt.Sprintf("第 %d 次提醒管理员核对、开启", v.Reminder), d.id, v.Reminder)
}

// watchDraft prepares a RoundDraft's watch, queries and signals.
func watchDraft(ctx workflow.Context, roundID string) (*draft, error) {
	d := &draft{id: roundID}
	d.watch = watch[award.DraftView]{
		ctx: ctx,
		look: func() (award.DraftView, error) {
			return ask[award.DraftView](ctx, quick, activity.LookDraft, "查看草拟批次", roundID)
		},
		due:   d.dueInDraft,
		show:  func(v award.DraftView, waitingFor string) error { return d.details.draft(ctx, v, waitingFor) },
		again: func() error { return workflow.NewContinueAsNewError(ctx, RoundDraft, roundID) },
	}
	if err := d.details.answerQueries(ctx); err != nil {
		return nil, err
	}
	d.listen(draftSignals())
	return d, nil
}
