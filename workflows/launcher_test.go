package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
	"shifan/workflows"
)

// fires is a world on the morning on which the first round's successor has its
// turn and the Schedule fires.
func fires(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.turn = at("2010-08-01 09:00")
	w.env.SetStartTime(w.turn)
	return w
}

// becomes changes the draft so many days after its turn, and tells its workflow
// by the act's name; "": it is not told.
func (w *world) becomes(days int, state award.RoundState, name award.Act) {
	w.env.RegisterDelayedCallback(func() {
		w.change(func() { w.drafts[draftID].State = state })
		if name != "" {
			w.signal(award.DraftWorkflow(draftID), name)
		}
	}, time.Duration(days)*24*time.Hour)
}

// launch runs the launcher, and the draft's workflow that outlives it.
func (w *world) launch() {
	w.env.ExecuteWorkflow(workflows.RoundLauncher, 2)
	require.True(w.t, w.env.IsWorkflowCompleted())
	require.NoError(w.t, w.env.GetWorkflowError())
}

func TestTheNextRoundIsDraftedAndRemindedOfUntilAPersonActs(t *testing.T) {
	for name, becomes := range map[string]struct {
		state award.RoundState
		act   award.Act
	}{
		"opens it":      {award.RoundOpening, award.ActOpenRound},
		"puts it aside": {award.RoundCancelled, award.ActCancelRound},
	} {
		t.Run(name, func(t *testing.T) {
			w := fires(t)
			w.becomes(67, becomes.state, becomes.act)
			w.launch()
			require.Equal(t, []string{
				"2010-08-01 09:00 draft 2010-1",
				"2010-08-01 09:00 remind of 2010-1, 1",
				"2010-08-31 09:00 remind of 2010-1, 2",
				"2010-09-30 09:00 remind of 2010-1, 3",
			}, w.done, "nothing after 7 October, and nothing is opened by a date")
		})
	}
}

func TestALostSignalOfADraftIsMadeUpAtTheNextReminder(t *testing.T) {
	w := fires(t)
	w.becomes(40, award.RoundOpen, "")
	w.launch()
	require.Equal(t, 1, w.times("remind of 2010-1, 2"))
	require.Zero(t, w.times("remind of 2010-1, 3"), "it looks first: %v", w.done)
}

func TestADraftThatIsEditedIsWaitedForStill(t *testing.T) {
	w := fires(t)
	w.becomes(10, award.RoundDraft, award.ActEditRound)
	w.becomes(35, award.RoundCancelled, award.ActCancelRound)
	w.launch()
	require.Equal(t, 1, w.times("remind of 2010-1, 1"), "no reminder for an edit")
	require.Equal(t, 1, w.times("remind of 2010-1, 2"))
}

func TestALauncherThatFiresTooEarlyOrAgainDraftsNothing(t *testing.T) {
	for name, prepare := range map[string]func(*world){
		"too early":            func(w *world) { w.turn = w.turn.Add(time.Hour) },
		"with nothing to copy": func(w *world) { w.turn = time.Time{} },
		"after it was put aside": func(w *world) {
			w.drafts[draftID] = &award.DraftView{State: award.RoundCancelled}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := fires(t)
			prepare(w)
			w.launch()
			require.Empty(t, w.done)
		})
	}
}

func TestALauncherBackfilledFindsTheDraftAndWaitsForIt(t *testing.T) {
	w := fires(t)
	w.drafts[draftID] = &award.DraftView{State: award.RoundDraft, Follows: theRound, OpenBy: at("2010-10-07 00:00")}
	w.done = []string{"2010-08-01 09:00 remind of 2010-1, 1"} // by the run before
	w.becomes(20, award.RoundOpen, award.ActOpenRound)
	w.launch()
	require.Len(t, w.done, 1, "%v", w.done)
}

func TestADraftContinuesAsNewWithItsIDAlone(t *testing.T) {
	w := fires(t)
	w.env.SetContinueAsNewSuggested(true)
	w.env.ExecuteWorkflow(workflows.RoundDraft, draftID)
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, w.env.GetWorkflowError(), &next)
	require.Equal(t, "RoundDraft", next.WorkflowType.Name)
	require.Empty(t, w.done)
}
