package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
)

// Office runs one recommending office (省级推荐机构) through a round: its units
// check themselves and apply until the clock says so, their files climb until
// the arrival date, and the office recommends (N 四(一), 四(二)). It ends when
// its package is accepted or the office is closed by name.
func Office(ctx workflow.Context, roundID, code string) error {
	o, err := watchOffice(ctx, roundID, code)
	if err != nil {
		return err
	}
	for _, part := range []func() error{o.intake, o.climb, o.recommend} {
		if err := part(); err != nil {
			return ended(err)
		}
	}
	return tell(ctx, award.RoundWorkflow(roundID), signalOfficeCompleted, award.Told{Office: code, Stage: string(award.StageRecommendation)})
}

// office is an Office under way.
type office struct {
	watch[award.OfficeView]
	id, code string
	details  details
	started  map[int]bool // notices whose workflow this run has started
}

// intake waits for the cut of self-checks and applications, then ends the
// drafts that were not handed in (逾期未报, domain 3).
func (o *office) intake() error {
	v, err := o.until("等待自查和申报截止", func(v award.OfficeView) bool {
		return v.SelfCheckClosed && v.ApplyClosed || v.Settled
	})
	if err != nil || v.DraftsLapsed || v.Settled {
		return err
	}
	return runBatch(o.ctx, o.id, o.code, award.JobLapse)
}

// climb waits for the arrival date (到省截止); what still climbs then passes up
// marked 未签署意见: a file does not die by its superior's silence (D-16).
func (o *office) climb() error {
	v, err := o.until("等待材料到省", func(v award.OfficeView) bool {
		return v.PassedUp || v.Settled || !v.Now.Before(v.ArrivalAt)
	})
	if err != nil || v.PassedUp || v.Settled {
		return err
	}
	return runBatch(o.ctx, o.id, o.code, award.JobPassUp)
}

// recommend waits for the package and the nation's answer to it. After its date
// the office is overdue and may still complete, until it is closed by name.
func (o *office) recommend() error {
	v, err := o.until("等待推荐材料报送和审核", func(v award.OfficeView) bool { return v.Settled })
	if err != nil {
		return err
	}
	return o.details.office(o.ctx, v, "已办结")
}

// dueInOffice does what a date has made due for the office: both intakes, which
// as a rule end together, or one other thing.
func (o *office) dueInOffice(v award.OfficeView) (bool, error) {
	acted := false
	for _, intake := range []struct {
		summary  string
		kind     award.Intake
		closed   bool
		closesAt time.Time
	}{
		{"自查截止", award.IntakeSelfCheck, v.SelfCheckClosed, v.SelfCheckClosesAt},
		{"申报截止", award.IntakeApply, v.ApplyClosed, v.ApplyClosesAt},
	} {
		if intake.closed || v.Now.Before(intake.closesAt) {
			continue
		}
		closed, err := ask[bool](o.ctx, quick, activity.CloseIntake, intake.summary, o.id, o.code, string(intake.kind))
		if err != nil || workflow.GetVersion(o.ctx, "intakes-close-together", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
			return closed, err // release 0.1 looked at the record in between
		}
		acted = acted || closed
	}
	switch {
	case acted:
		return true, nil
	case v.ReturnsDue > 0:
		lapsed, err := ask[int](o.ctx, quick, activity.LapseReturned, "退回补正逾期", o.id, o.code)
		return lapsed > 0, err
	case v.OverdueUnmarked:
		return true, do(o.ctx, quick, activity.MarkOverdue, "推荐逾期，登记并催办", o.id, o.code)
	}
	for _, number := range v.Notices {
		if !o.started[number] {
			o.started[number] = true
			return true, startNotice(o.ctx, o.id, number, o.code)
		}
	}
	return false, nil
}

// watchOffice prepares an Office's watch, queries and signals.
func watchOffice(ctx workflow.Context, roundID, code string) (*office, error) {
	o := &office{id: roundID, code: code, started: make(map[int]bool)}
	o.watch = watch[award.OfficeView]{
		ctx: ctx,
		look: func() (award.OfficeView, error) {
			return ask[award.OfficeView](ctx, quick, activity.LookOffice, "查看机构台账", roundID, code)
		},
		due:   o.dueInOffice,
		show:  func(v award.OfficeView, waitingFor string) error { return o.details.office(ctx, v, waitingFor) },
		again: func() error { return workflow.NewContinueAsNewError(ctx, Office, roundID, code) },
	}
	if err := o.details.answerQueries(ctx); err != nil {
		return nil, err
	}
	o.listen(officeSignals())
	return o, nil
}
