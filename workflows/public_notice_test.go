package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
	"shifan/workflows"
)

// announced puts a notice of Mon 8 to Fri 12 June 2009 before the public, its
// letters until the 19th.
func (w *world) announced(number int, scope award.Scope, office string) *award.NoticeView {
	n := &award.NoticeView{
		Notice: award.NoticeAnnounced, Scope: scope, OfficeCode: office,
		OpensAt: at("2009-06-08 00:00"), ClosesAt: at("2009-06-13 00:00"), FinalAt: at("2009-06-20 00:00"),
	}
	w.notices[number] = n
	return n
}

// moved moves a notice's window and tells its workflow, or leaves that to the
// next look.
func (w *world) moved(number int, closes, final string, name award.Act) {
	w.change(func() { w.notices[number].ClosesAt, w.notices[number].FinalAt = at(closes), at(final) })
	if name != "" {
		w.env.SignalWorkflow(string(name), award.Told{Act: 2})
	}
}

func TestANoticeThatIsExtendedAndMovedByTheCalendarEndsAtItsLastDateAlone(t *testing.T) {
	for name, signals := range map[string][]award.Act{
		"told of both":     {award.SignalWindowChanged, award.SignalCalendarChanged},
		"told of neither":  {"", ""}, // lost: the record is looked at before anything is done
		"in another order": {award.SignalCalendarChanged, award.SignalWindowChanged},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.view.State = award.RoundOpen
			w.announced(3, award.National, "")
			w.on("2009-06-09 10:00", func() { w.moved(3, "2009-06-17 00:00", "2009-06-24 00:00", signals[0]) }) // two days more
			w.on("2009-06-10 10:00", func() { w.moved(3, "2009-06-18 00:00", "2009-06-25 00:00", signals[1]) }) // a day turned off
			w.env.ExecuteWorkflow(workflows.PublicNotice, theRound, 3)
			require.True(t, w.env.IsWorkflowCompleted())
			require.NoError(t, w.env.GetWorkflowError())
			require.Equal(t, "2009-06-25 00:00", w.when("end notice 3"))
		})
	}
}

func TestLettersThatGetLongerAfterTheWindowAreWaitedFor(t *testing.T) {
	w := newWorld(t)
	w.view.State = award.RoundOpen
	w.announced(3, award.National, "")
	w.on("2009-06-15 10:00", func() { w.moved(3, "2009-06-13 00:00", "2009-06-23 00:00", award.SignalCalendarChanged) })
	w.env.ExecuteWorkflow(workflows.PublicNotice, theRound, 3)
	require.NoError(t, w.env.GetWorkflowError())
	require.Equal(t, "2009-06-23 00:00", w.when("end notice 3"))
}

func TestAWithdrawnNoticeEndsItsWorkflowAndNothingElse(t *testing.T) {
	for name, moment := range map[string]string{"while it runs": "2009-06-10 10:00", "while letters are waited for": "2009-06-16 10:00"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.view.State = award.RoundOpen
			n := w.announced(3, award.National, "")
			w.on(moment, func() {
				w.change(func() { n.Notice = award.NoticeWithdrawn })
				w.env.SignalWorkflow(string(award.SignalWindowChanged), award.Told{Act: 2})
			})
			w.env.ExecuteWorkflow(workflows.PublicNotice, theRound, 3)
			require.True(t, w.env.IsWorkflowCompleted())
			require.NoError(t, w.env.GetWorkflowError())
			require.Zero(t, w.times("end notice 3"), "%v", w.done)
			require.False(t, w.env.Now().After(at("2009-06-16 10:01")), "it ended %s", w.env.Now())
		})
	}
}

// TestARoundWaitsForTheNoticeThatStandsInTheWithdrawnOnesPlace runs a whole
// round whose first national notice is withdrawn and corrected by a second.
func TestARoundWaitsForTheNoticeThatStandsInTheWithdrawnOnesPlace(t *testing.T) {
	w := newWorld(t, "41")
	w.on("2009-04-20 10:00", func() { w.accept("41") })
	w.on("2009-05-20 10:00", w.mark)
	w.on("2009-06-01 10:00", func() { w.fix("2009-06-08 00:00", "2009-06-13 00:00", "2009-06-20 00:00") })
	w.on("2009-06-10 10:00", func() {
		w.change(func() {
			w.notices[1].Notice = award.NoticeWithdrawn
			w.view.Notice = 0
		})
		w.signal(award.NoticeWorkflow(theRound, 1), award.SignalWindowChanged)
		w.signal(award.RoundWorkflow(theRound), award.SignalWindowChanged)
	})
	w.on("2009-06-11 10:00", func() {
		w.change(func() {
			n := w.announced(2, award.National, "")
			n.OpensAt, n.ClosesAt, n.FinalAt = at("2009-06-12 00:00"), at("2009-06-19 00:00"), at("2009-06-26 00:00")
			w.view.Notice = 2
		})
		w.signal(award.RoundWorkflow(theRound), award.ActAnnounceNotice)
	})
	w.on("2009-07-10 10:00", w.decide)
	w.run()
	require.NoError(t, w.env.GetWorkflowError())
	require.Zero(t, w.times("end notice 1"), "%v", w.done)
	require.Equal(t, "2009-06-26 00:00", w.when("end notice 2"))
	require.Equal(t, "2009-06-26 00:00", w.when("enter commendation"))
}
