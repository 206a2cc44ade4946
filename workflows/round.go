package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
)

// Round runs one round (批次) from its opening to the last title. It reads as N
// chapter 四. Its input is the round's ID alone: everything else is read from
// the record.
func Round(ctx workflow.Context, roundID string) error {
	r, err := watchRound(ctx, roundID)
	if err != nil {
		return err
	}
	for _, chapter := range []func() error{
		r.open,
		r.selfCheck,  // 四(一) 自查申报
		r.recommend,  // 四(二) 考察推荐
		r.assess,     // 四(三) 评估验收
		r.giveNotice, // 四(四) 公示
		r.commend,    // 四(四) 命名表彰
	} {
		if err := chapter(); err != nil {
			return ended(err)
		}
	}
	return r.finish()
}

// round is a Round under way.
type round struct {
	watch[award.RoundView]
	id      string
	details details
	started map[int]bool // notices whose workflow this run has started
}

// open freezes the register, the limits and the standards (N 二).
func (r *round) open() error {
	v, err := r.until("等待开启", func(v award.RoundView) bool { return v.State != award.RoundDraft })
	if err != nil || v.State != award.RoundOpening {
		return err
	}
	return runBatch(r.ctx, r.id, "", award.JobFreeze)
}

// selfCheck waits until every unit's time to check itself is over: a clock, and
// never ended early (N 四(一)). The offices run beside it from the start.
func (r *round) selfCheck() error {
	if err := r.startOffices(); err != nil {
		return err
	}
	_, err := r.until("等待自查截止", func(v award.RoundView) bool { return v.SelfCheckOver })
	return err
}

// recommend waits until every office is done: its package accepted, or closed
// by name (N 四(二)). Late is overdue, not shut out; all done is early.
func (r *round) recommend() error {
	if err := r.enter(award.StageRecommendation); err != nil {
		return err
	}
	for {
		if _, err := r.until("等待省级推荐", func(v award.RoundView) bool {
			return v.ListFrozen || v.OfficesDone == v.Offices
		}); err != nil {
			return err
		}
		// Frozen and hashed in the record: no return, no reopening after that (domain 6.1).
		frozen, err := ask[bool](r.ctx, quick, activity.FreezeList, "冻结推荐总名单", r.id)
		if err != nil || frozen {
			return err
		}
	}
}

// assess waits for the marks, adds them up, and waits for the candidates (N 四(三)).
func (r *round) assess() error {
	if err := r.enter(award.StageAssessment); err != nil {
		return err
	}
	v, err := r.until("等待部级评分齐全", func(v award.RoundView) bool { return v.MarksComplete || v.Scored })
	if err != nil {
		return err
	}
	if !v.Scored {
		if err := runBatch(r.ctx, r.id, "", award.JobScore); err != nil {
			return err
		}
	}
	_, err = r.until("等待确定候选名单", func(v award.RoundView) bool { return v.CandidatesFixed })
	return err
}

// giveNotice puts the candidates before the public (N 四(四)).
func (r *round) giveNotice() error {
	if err := r.enter(award.StagePublicNotice); err != nil {
		return err
	}
	_, err := r.until("等待全国公示结束", func(v award.RoundView) bool { return v.NoticeEnded })
	return err
}

// commend waits for the Ministry's decision, which gives the titles (N 四(四)).
func (r *round) commend() error {
	if err := r.enter(award.StageCommendation); err != nil {
		return err
	}
	_, err := r.until("等待命名表彰决定", func(v award.RoundView) bool { return v.Decided })
	return err
}

// finish closes the round.
func (r *round) finish() error {
	if err := do(r.ctx, quick, activity.CloseRound, "批次结束", r.id); err != nil {
		return err
	}
	v, err := r.look()
	if err != nil {
		return err
	}
	return r.details.round(r.ctx, v, "已结束")
}

// enter records the stage the round has come to; coming to it again is nothing.
func (r *round) enter(stage award.Stage) error {
	return do(r.ctx, quick, activity.EnterStage, "进入阶段："+stage.Chinese(), r.id, stage)
}

// dueInRound does what a date has made due for the owner office.
func (r *round) dueInRound(v award.RoundView) (bool, error) {
	if v.OverdueUnmarked {
		return true, do(r.ctx, quick, activity.MarkOverdue, "本级逾期，登记并通知", r.id, "")
	}
	if v.Notice != 0 && !v.NoticeEnded && !r.started[v.Notice] {
		r.started[v.Notice] = true
		return true, startNotice(r.ctx, r.id, v.Notice, "")
	}
	return false, nil
}

// startOffices starts an Office for every recommending office. One that runs
// already, from an earlier run or by the keeper's hand, is as good.
func (r *round) startOffices() error {
	offices, err := ask[[]string](r.ctx, quick, activity.ListOffices, "列出推荐机构", r.id)
	if err != nil {
		return err
	}
	started := make([]workflow.ChildWorkflowFuture, len(offices))
	for i, code := range offices {
		started[i] = workflow.ExecuteChildWorkflow(childOffice(r.ctx, r.id, code), Office, r.id, code)
	}
	for _, child := range started {
		if err := alreadyStartedIsSuccess(child.GetChildWorkflowExecution().Get(r.ctx, nil)); err != nil {
			return err
		}
	}
	return nil
}

// watchRound prepares a Round's watch, queries and signals.
func watchRound(ctx workflow.Context, roundID string) (*round, error) {
	r := &round{id: roundID, started: make(map[int]bool)}
	r.watch = watch[award.RoundView]{
		ctx: ctx,
		look: func() (award.RoundView, error) {
			return ask[award.RoundView](ctx, quick, activity.LookRound, "查看批次台账", roundID)
		},
		due:   r.dueInRound,
		show:  func(v award.RoundView, waitingFor string) error { return r.details.round(ctx, v, waitingFor) },
		again: func() error { return workflow.NewContinueAsNewError(ctx, Round, roundID) },
	}
	if err := r.details.answerQueries(ctx); err != nil {
		return nil, err
	}
	r.listen(roundSignals())
	return r, nil
}

// alreadyStartedIsSuccess drops the error of starting a child that runs.
func alreadyStartedIsSuccess(err error) error {
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return err
}
