package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
	"shifan/workflows"
)

func TestRoundRunsTheWholeChapterOnItsDates(t *testing.T) {
	w := newWorld(t, "11", "41", "BT")
	for _, code := range []string{"11", "41", "BT"} {
		w.on("2009-04-20 10:00", func() { w.accept(code) })
	}
	w.nation()
	w.run()

	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, []string{
		"2008-10-06 09:00 freeze  1500",
		"2009-01-01 00:00 enter recommendation",
		"2009-04-20 10:00 freeze list", // early: every office is done
		"2009-04-20 10:00 enter assessment",
		"2009-05-20 10:00 score  1500",
		"2009-06-01 10:00 enter public_notice",
		"2009-06-20 00:00 end notice 1", // not before letters may have arrived
		"2009-06-20 00:00 enter commendation",
		"2009-07-10 10:00 close round",
	}, w.roundSteps())
	for _, code := range []string{"11", "41", "BT"} {
		assert.Equal(t, "2009-01-01 00:00", w.when("close "+code+" self_check"), "intakes end at their instant, never early")
		assert.Equal(t, "2009-01-01 00:00", w.when("close "+code+" apply"))
		assert.Equal(t, "2009-01-01 00:00", w.when("lapse "+code+" 1500"))
		assert.Equal(t, "2009-03-02 00:00", w.when("pass-up "+code+" 1500"))
	}
}

// roundSteps returns the steps that are no office's own.
func (w *world) roundSteps() []string {
	var steps []string
	for _, line := range w.done {
		own := false
		for _, code := range w.codes() {
			for _, part := range []string{" close " + code + " ", " lapse " + code + " ", " pass-up " + code + " "} {
				if len(line) > 16 && len(line[16:]) >= len(part) && line[16:16+len(part)] == part {
					own = true
				}
			}
		}
		if !own {
			steps = append(steps, line)
		}
	}
	return steps
}

func TestALateOfficeIsOverdueAndMayStillComplete(t *testing.T) {
	w := newWorld(t, "11", "41")
	w.on("2009-04-20 10:00", func() { w.accept("11") })
	w.on("2009-05-06 10:00", func() { w.accept("41") })
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-05-01 00:00", w.when("overdue 41"))
	assert.Zero(t, w.times("overdue 11"))
	assert.Equal(t, "2009-05-06 10:00", w.when("freeze list"))
}

func TestASilentOfficeWaitsUntilItIsClosedByName(t *testing.T) {
	w := newWorld(t, "11", "54")
	w.on("2009-04-20 10:00", func() { w.accept("11") })
	w.on("2009-05-11 10:00", func() { w.closeByName("54") })
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-05-01 00:00", w.when("overdue 54"), "nothing is decided by silence: it is overdue, not done")
	assert.Equal(t, "2009-05-11 10:00", w.when("freeze list"))
}

func TestEveryDateMissedIsMarkedOnceAndTheRoundWaits(t *testing.T) {
	w := newWorld(t, "41")
	w.on("2009-08-03 10:00", func() { w.accept("41") })
	w.on("2009-09-01 10:00", w.mark)
	w.on("2009-09-02 10:00", func() { w.fix("2009-09-07 00:00", "2009-09-12 00:00", "2009-09-19 00:00") })
	w.on("2009-12-01 10:00", w.decide)
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-05-01 00:00", w.when("overdue 41"))
	assert.Equal(t, "2009-07-01 00:00", w.when("overdue "), "the owner office's own date is no exception")
	assert.Equal(t, "2009-12-01 10:00", w.when("close round"))
}

func TestADateMovedLaterWhileSleepingActsAtTheNewInstant(t *testing.T) {
	w := newWorld(t, "41")
	w.on("2008-12-20 10:00", func() {
		w.change(func() {
			w.selfCheck = at("2009-01-16 00:00")
			w.offices["41"].SelfCheckClosesAt, w.offices["41"].ApplyClosesAt = w.selfCheck, w.selfCheck
		})
		w.signal(award.RoundWorkflow(theRound), award.ActMoveDate)
		w.signal(award.OfficeWorkflow(theRound, "41"), award.ActMoveDate)
	})
	w.on("2009-04-20 10:00", func() { w.accept("41") })
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-01-16 00:00", w.when("close 41 apply"))
	assert.Equal(t, "2009-01-16 00:00", w.when("enter recommendation"))
}

func TestADateMovedLaterWithoutASignalIsNotCutAtTheOldInstant(t *testing.T) {
	w := newWorld(t, "41")
	w.on("2008-12-20 10:00", func() { // the signal is lost
		w.change(func() {
			w.selfCheck = at("2009-01-16 00:00")
			w.offices["41"].SelfCheckClosesAt, w.offices["41"].ApplyClosesAt = w.selfCheck, w.selfCheck
		})
	})
	w.on("2009-04-20 10:00", func() { w.accept("41") })
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-01-16 00:00", w.when("close 41 apply"))
}

func TestADateMovedEarlierWhileSleepingActsAtTheNewInstant(t *testing.T) {
	w := newWorld(t, "41")
	w.on("2008-12-01 10:00", func() {
		w.change(func() {
			w.selfCheck = at("2008-12-16 00:00")
			w.offices["41"].SelfCheckClosesAt, w.offices["41"].ApplyClosesAt = w.selfCheck, w.selfCheck
		})
		w.signal(award.RoundWorkflow(theRound), award.ActMoveDate)
		w.signal(award.OfficeWorkflow(theRound, "41"), award.ActMoveDate)
	})
	w.on("2009-04-20 10:00", func() { w.accept("41") })
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2008-12-16 00:00", w.when("close 41 apply"))
	assert.Equal(t, "2008-12-16 00:00", w.when("lapse 41 1500"))
}

func TestSignalsDoubledReorderedAndOfNothingChangeNothing(t *testing.T) {
	w := newWorld(t, "11", "41")
	for _, day := range []string{"2008-11-03 10:00", "2009-02-02 10:00", "2009-05-25 10:00"} {
		w.on(day, func() {
			for _, name := range []award.Act{award.ActDecide, award.ActFixCandidates, award.ActAcceptPackage, award.ActCancelRound, award.ActDecide} {
				w.signal(award.RoundWorkflow(theRound), name) // nothing of it is in the record
				w.signal(award.OfficeWorkflow(theRound, "41"), name)
			}
		})
	}
	w.on("2009-04-20 10:00", func() { w.accept("11"); w.accept("41"); w.accept("41") })
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-07-10 10:00", w.when("close round"))
	assert.Equal(t, 1, w.times("freeze list"))
	assert.Equal(t, 1, w.times("score  1500"))
}

func TestALostSignalIsMadeUpAtTheNextLook(t *testing.T) {
	w := newWorld(t, "11", "41")
	w.on("2009-04-20 10:00", func() { w.accept("11") })
	w.on("2009-04-20 11:00", func() { // 41's signal is lost
		w.change(func() {
			w.offices["41"].StageState, w.offices["41"].Package, w.offices["41"].Settled = award.StageComplete, award.PackageAccepted, true
		})
	})
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-05-01 00:00", w.when("freeze list"), "at the office's next date at the latest; the keeper is quicker")
}

func TestARoundStartedAgainInTheMiddleRunsThroughWhatIsDone(t *testing.T) {
	w := newWorld(t, "11", "41")
	w.env.SetStartTime(at("2009-05-02 09:00"))
	w.view.State, w.view.Stage = award.RoundOpen, award.StageRecommendation
	for code, o := range w.offices {
		o.SelfCheckClosed, o.ApplyClosed, o.DraftsLapsed, o.PassedUp, o.Overdue = true, true, true, true, true
		if code == "11" {
			o.StageState, o.Package, o.Settled = award.StageComplete, award.PackageAccepted, true
		}
	}
	w.batches[batchKey("", award.JobFreeze)] = award.BatchRun{Number: 1, Finished: true}
	after := func(d time.Duration, what func()) { w.env.RegisterDelayedCallback(what, d) }
	after(24*time.Hour, func() { w.accept("41") })
	after(18*24*time.Hour, w.mark)
	after(20*24*time.Hour, func() { w.fix("2009-06-08 00:00", "2009-06-13 00:00", "2009-06-20 00:00") })
	after(60*24*time.Hour, w.decide)
	w.run()

	require.NoError(t, w.env.GetWorkflowError())
	for _, step := range []string{"freeze  1500", "enter recommendation", "close 41 apply", "lapse 41 1500", "pass-up 41 1500", "overdue 41"} {
		assert.Zero(t, w.times(step), "%s was done before and is not done again", step)
	}
	assert.Equal(t, "2009-05-03 09:00", w.when("freeze list"))
	assert.Equal(t, 1, w.times("close round"))
}

func TestARoundStartedAgainAfterItsEndEndsAtOnce(t *testing.T) {
	w := newWorld(t, "41")
	w.view.State, w.view.Stage = award.RoundClosed, award.StageCommendation
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Empty(t, w.done)
}

func TestACancelledRoundEndsEveryWorkflow(t *testing.T) {
	w := newWorld(t, "11", "41")
	w.on("2009-02-10 10:00", func() {
		w.change(func() { w.view.State = award.RoundCancelled })
		w.signal(award.RoundWorkflow(theRound), award.ActCancelRound)
		w.signal(award.OfficeWorkflow(theRound, "11"), award.ActCancelRound)
		w.signal(award.OfficeWorkflow(theRound, "41"), award.ActCancelRound)
	})
	w.run()
	require.NoError(t, w.env.GetWorkflowError(), "cancelled by its owner is a normal end")
	assert.Zero(t, w.times("pass-up 41 1500"))
	assert.Zero(t, w.times("close round"))
}

func TestASuspendedRoundLetsDatesPassAndGoesOnWhenResumed(t *testing.T) {
	w := newWorld(t, "41")
	w.on("2008-12-20 10:00", func() {
		w.change(func() { w.view.State = award.RoundSuspended })
		w.signal(award.RoundWorkflow(theRound), award.ActSuspendRound)
		w.signal(award.OfficeWorkflow(theRound, "41"), award.ActSuspendRound)
	})
	w.on("2009-01-09 10:00", func() { // twenty days later: every open date shifts by them
		w.change(func() {
			w.view.State = award.RoundOpen
			shift := 20 * 24 * time.Hour
			w.selfCheck, w.assessment = w.selfCheck.Add(shift), w.assessment.Add(shift)
			o := w.offices["41"]
			o.SelfCheckClosesAt, o.ApplyClosesAt = o.SelfCheckClosesAt.Add(shift), o.ApplyClosesAt.Add(shift)
			o.ArrivalAt, o.StageDue = o.ArrivalAt.Add(shift), o.StageDue.Add(shift)
		})
		w.signal(award.RoundWorkflow(theRound), award.ActResumeRound)
		w.signal(award.OfficeWorkflow(theRound, "41"), award.ActResumeRound)
	})
	w.on("2009-04-20 10:00", func() { w.accept("41") })
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-01-21 00:00", w.when("close 41 self_check"))
	assert.Equal(t, "2009-01-21 00:00", w.when("enter recommendation"))
	assert.Equal(t, "2009-03-22 00:00", w.when("pass-up 41 1500"))
}

func TestAReopenedOfficeHoldsTheRoundUntilItIsDoneAgain(t *testing.T) {
	w := newWorld(t, "11", "41")
	w.on("2009-04-20 10:00", func() { w.accept("11") })
	w.on("2009-04-22 10:00", func() { // reopened while 41 is still at work
		w.change(func() {
			w.offices["11"].StageState, w.offices["11"].Settled = award.StageOpen, false
			w.offices["11"].StageDue = at("2009-05-16 00:00")
		})
		w.signal(award.RoundWorkflow(theRound), award.ActReopen)
	})
	w.on("2009-04-28 10:00", func() { w.accept("41") })
	w.on("2009-05-12 10:00", func() {
		w.accept("11")
		w.signal(award.RoundWorkflow(theRound), award.ActAcceptPackage)
	})
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-05-12 10:00", w.when("freeze list"))
}

func TestAProvincialNoticeRunsItsWindowAndTellsTheOffice(t *testing.T) {
	w := newWorld(t, "41")
	w.on("2009-03-30 10:00", func() {
		w.change(func() {
			w.offices["41"].Notices = []int{7}
			w.notices[7] = &award.NoticeView{
				Notice: award.NoticeAnnounced, Scope: award.Provincial, OfficeCode: "41",
				OpensAt: at("2009-03-31 00:00"), ClosesAt: at("2009-04-08 00:00"), FinalAt: at("2009-04-15 00:00"),
			}
		})
		w.signal(award.OfficeWorkflow(theRound, "41"), award.ActAnnounceNotice)
	})
	w.on("2009-04-20 10:00", func() { w.accept("41") })
	w.nation()
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2009-04-15 00:00", w.when("end notice 7"))
}

func TestUnitsWithOpenObjectionsAreSuspendedWhenTheWindowEndsAndTheListGoesOn(t *testing.T) {
	w := newWorld(t)
	w.view.State = award.RoundOpen
	w.notices[3] = &award.NoticeView{
		Notice: award.NoticeAnnounced, Scope: award.National,
		OpensAt: at("2008-10-06 00:00"), ClosesAt: at("2008-10-11 00:00"), FinalAt: at("2008-10-18 00:00"),
	}
	w.on("2008-10-08 10:00", func() { w.change(func() { w.notices[3].Objections = 2 }) }) // nobody tells: the record shows it
	w.on("2008-10-14 10:00", func() {
		w.change(func() { w.notices[3].Objections = 1 })
		w.env.SignalWorkflow(string(award.ActRuleObjection), award.Told{Act: 1})
	})
	w.env.OnSignalExternalWorkflow("default-test-namespace", award.RoundWorkflow(theRound), "", "notice-ended", award.Told{}).Return(nil).Once()
	w.env.ExecuteWorkflow(workflows.PublicNotice, theRound, 3)
	require.True(t, w.env.IsWorkflowCompleted())
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2008-10-11 00:00", w.when("suspend 2 objected to in notice 3"))
	assert.Equal(t, "2008-10-18 00:00", w.when("end notice 3"), "one still open holds up nobody else")
}

func TestAWindowExtendedWhileItRunsEndsAtTheNewInstant(t *testing.T) {
	w := newWorld(t)
	w.view.State = award.RoundOpen
	w.notices[3] = &award.NoticeView{
		Notice: award.NoticeAnnounced, Scope: award.National,
		OpensAt: at("2008-10-06 00:00"), ClosesAt: at("2008-10-11 00:00"), FinalAt: at("2008-10-18 00:00"),
	}
	w.on("2008-10-09 10:00", func() {
		w.change(func() {
			w.notices[3].ClosesAt, w.notices[3].FinalAt = at("2008-10-15 00:00"), at("2008-10-22 00:00")
		})
	})
	w.env.OnSignalExternalWorkflow("default-test-namespace", award.RoundWorkflow(theRound), "", "notice-ended", award.Told{}).Return(nil).Once()
	w.env.ExecuteWorkflow(workflows.PublicNotice, theRound, 3)
	require.True(t, w.env.IsWorkflowCompleted())
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2008-10-22 00:00", w.when("end notice 3"))
}

func TestANoticeThatEndsWhileItsRoundIsSuspendedWaitsForTheResumption(t *testing.T) {
	w := newWorld(t)
	w.view.State = award.RoundSuspended
	w.notices[3] = &award.NoticeView{
		Notice: award.NoticeAnnounced, Scope: award.National,
		OpensAt: at("2008-10-06 00:00"), ClosesAt: at("2008-10-11 00:00"), FinalAt: at("2008-10-18 00:00"),
	}
	w.on("2008-11-03 10:00", func() {
		w.change(func() { w.view.State = award.RoundOpen })
		w.env.SignalWorkflow(string(award.ActResumeRound), award.Told{})
	})
	w.env.OnSignalExternalWorkflow("default-test-namespace", award.RoundWorkflow(theRound), "", "notice-ended", award.Told{}).Return(nil).Once()
	w.env.ExecuteWorkflow(workflows.PublicNotice, theRound, 3)
	require.True(t, w.env.IsWorkflowCompleted())
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, "2008-11-03 10:00", w.when("end notice 3"))
}

func TestTheRoundContinuesAsNewWithItsIDAlone(t *testing.T) {
	w := newWorld(t, "41")
	w.env.SetContinueAsNewSuggested(true)
	w.run()
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, w.env.GetWorkflowError(), &next)
	assert.Equal(t, "Round", next.WorkflowType.Name)
	assert.Empty(t, w.done, "nothing is lost or done at the boundary: the next run looks first")
}

func TestABatchGoesOnWhereItsPagesEnd(t *testing.T) {
	w := newWorld(t)
	w.pages = 37 // more than four windows, the last not full
	page := award.Page{Round: theRound, Job: award.JobScore, Number: 1, From: 5}
	w.env.ExecuteWorkflow(workflows.StageBatch, workflows.BatchInput{Page: page, Result: award.PageResult{Done: 2500}})
	require.NoError(t, w.env.GetWorkflowError())
	var result award.PageResult
	require.NoError(t, w.env.GetWorkflowResult(&result))
	assert.Equal(t, 37*500, result.Done, "what was done before the boundary counts, and no page twice")
}

func TestAnEmptyBatchStillFinishes(t *testing.T) {
	w := newWorld(t)
	w.pages = 0
	w.env.ExecuteWorkflow(workflows.StageBatch, workflows.BatchInput{Page: award.Page{Round: theRound, Job: award.JobFreeze, Number: 1}})
	require.NoError(t, w.env.GetWorkflowError())
	assert.Equal(t, 1, w.times("freeze  0"))
}

func TestDailyRemindsOnWorkingDaysAlone(t *testing.T) {
	for day, want := range map[string]bool{
		"2008-10-06 09:00": true,  // a Monday
		"2008-10-04 09:00": false, // a Saturday of the National Day holiday
		"2008-09-28 09:00": true,  // a Sunday worked in its place (调休)
	} {
		w := newWorld(t)
		w.env.SetStartTime(at(day))
		w.env.ExecuteWorkflow(workflows.Daily, "")
		require.NoError(t, w.env.GetWorkflowError())
		pages := 0
		if want {
			pages = 3 // every page of offices, once
		}
		assert.Len(t, w.done, pages, day)
	}
}
