package award_test

import (
	"slices"
	"testing"

	"shifan/internal/award"
)

func TestARoundMovesOnlyAsTheTableSays(t *testing.T) {
	acts := []award.Act{
		award.ActOpenRound, award.StepOpened, award.ActSuspendRound, award.ActResumeRound, award.ActCancelRound, award.StepClosed,
		award.ActDecide, award.ActCreateRound,
	}
	want := map[award.RoundState]map[award.Act]award.RoundState{
		award.RoundDraft:     {award.ActOpenRound: award.RoundOpening, award.ActCancelRound: award.RoundCancelled},
		award.RoundOpening:   {award.StepOpened: award.RoundOpen, award.ActCancelRound: award.RoundCancelled},
		award.RoundOpen:      {award.ActSuspendRound: award.RoundSuspended, award.ActCancelRound: award.RoundCancelled, award.StepClosed: award.RoundClosed},
		award.RoundSuspended: {award.ActResumeRound: award.RoundOpen, award.ActCancelRound: award.RoundCancelled},
		award.RoundClosed:    {},
		award.RoundCancelled: {},
	}
	for _, from := range award.RoundStates() {
		for _, act := range acts {
			to, err := award.MoveRound(from, act)
			if lawful, moves := want[from][act]; moves != (err == nil) || to != lawful {
				t.Errorf("%s by %s: %q, %v", from, act, to, err)
			}
			if err != nil && award.CodeOf(err) != award.Conflict {
				t.Errorf("%s by %s is refused with %s", from, act, award.CodeOf(err))
			}
		}
	}
}

func TestEveryRoundStateCanEnd(t *testing.T) {
	for _, state := range award.RoundStates() {
		over := state == award.RoundClosed || state == award.RoundCancelled
		_, err := award.MoveRound(state, award.ActCancelRound)
		if over == (err == nil) {
			t.Errorf("%s: cancelling it answers %v", state, err)
		}
		if live := state != award.RoundDraft && !over; state.Live() != live {
			t.Errorf("%s is live: %t", state, state.Live())
		}
	}
}

func TestAnOfficesStageMovesOnlyAsTheTableSays(t *testing.T) {
	want := map[award.StageState]map[award.Act]award.StageState{
		award.StageOpen:     {award.ActCompleteStage: award.StageComplete, award.ActCloseOffice: award.StageClosed},
		award.StageComplete: {award.ActReturnPackage: award.StageOpen, award.ActReopen: award.StageOpen},
		award.StageClosed:   {award.ActReopen: award.StageOpen},
	}
	for _, from := range award.StageStates() {
		for _, act := range award.OfficeActs() {
			to, err := award.MoveStage(from, act)
			if lawful, moves := want[from][act]; moves != (err == nil) || to != lawful {
				t.Errorf("%s by %s: %q, %v", from, act, to, err)
			}
			if refusal := award.CodeOf(err); err != nil && (refusal == award.Closed) != (from == award.StageClosed) {
				t.Errorf("%s by %s is refused with %s", from, act, refusal)
			}
		}
	}
}

func TestStagesComeInTheNoticesOrder(t *testing.T) {
	stages := award.Stages()
	for i, stage := range stages {
		for j, other := range stages {
			if stage.After(other) != (i > j) {
				t.Errorf("%s after %s: %t", stage, other, stage.After(other))
			}
		}
		parsed, err := award.ParseStage(string(stage))
		if err != nil || parsed != stage {
			t.Errorf("%s does not read back: %v", stage, err)
		}
		if stage.Chinese() == string(stage) {
			t.Errorf("%s has no Chinese word", stage)
		}
	}
	if _, err := award.ParseStage("supper"); award.CodeOf(err) != award.Invalid {
		t.Errorf("an unknown stage: %v", err)
	}
}

func TestWhatIsCancelledIsEveryFileThatHasNotEnded(t *testing.T) {
	for _, state := range award.FileStates() {
		live := slices.Contains(award.LiveFileStates(), state)
		if live == state.Ended() {
			t.Errorf("%s: live %t, ended %t", state, live, state.Ended())
		}
		if err := award.MoveFile(state, award.ActCancelRound, award.FileRoundCancelled); live != (err == nil) {
			t.Errorf("%s: cancelling the round answers %v", state, err)
		}
	}
}
