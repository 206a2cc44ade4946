package award_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestEveryStateOfAFileIsReachedFromADraftAndLeadsToAnEnd(t *testing.T) {
	reached := map[award.FileState]bool{award.FileDraft: true, award.FileRoundCancelled: true}
	for range award.FileMoves() {
		for _, m := range award.FileMoves() {
			if reached[m.From] {
				reached[m.To] = true
			}
		}
	}
	for _, state := range award.FileStates() {
		require.True(t, reached[state], "is %s reached?", state)
	}

	ends := map[award.FileState]bool{}
	for _, state := range award.FileStates() {
		ends[state] = state.Ended()
	}
	for range award.FileMoves() {
		for _, m := range award.FileMoves() {
			ends[m.From] = ends[m.From] || ends[m.To]
		}
	}
	for _, state := range award.FileStates() {
		require.True(t, ends[state], "%s leads nowhere", state)
	}
}

func TestNothingMovesAnEndedFileButACallUp(t *testing.T) {
	for _, m := range award.FileMoves() {
		if m.From.Ended() {
			require.Equal(t, award.ActCallUp, m.Act, "%s to %s", m.From, m.To)
			require.Equal(t, award.FileDeclined, m.From)
		}
	}
}

func TestNoMoveStandsInTheTableTwice(t *testing.T) {
	seen := map[award.FileMove]bool{}
	for _, m := range award.FileMoves() {
		m.Rule = ""
		require.False(t, seen[m], "%v", m)
		seen[m] = true
	}
}

func TestAMoveThatTheTableDoesNotHaveIsRefused(t *testing.T) {
	require.NoError(t, award.MoveFile(award.FileDraft, award.ActFile, award.FileFiled))
	for _, bad := range []award.FileMove{
		{From: award.FileDraft, Act: award.ActEndorse, To: award.FileClimbing}, // wrong act
		{From: award.FileDraft, Act: award.ActFile, To: award.FileRecommended}, // too far
		{From: award.FileLapsed, Act: award.ActFile, To: award.FileFiled},      // ended
		{From: award.FileNamed, Act: award.ActWithdraw, To: award.FileWithdrawn},
	} {
		err := award.MoveFile(bad.From, bad.Act, bad.To)
		require.Equal(t, award.Conflict, award.CodeOf(err), "%v", bad)
	}
}

func TestCancellingARoundEndsEveryFileThatHasNotEnded(t *testing.T) {
	for _, state := range award.FileStates() {
		err := award.MoveFile(state, award.ActCancelRound, award.FileRoundCancelled)
		require.Equal(t, state.Ended(), err != nil, "%s", state)
	}
	require.Error(t, award.MoveFile(award.FileDraft, award.ActCancelRound, award.FileWithdrawn))
}

func TestMovesFromNamesTheStatesOfTheTable(t *testing.T) {
	require.ElementsMatch(t,
		[]award.FileState{award.FileAtProvince, award.FileInspected},
		award.MovesFrom(award.ActInspect, award.FileInspected))
	require.Empty(t, award.MovesFrom(award.ActInspect, award.FileNamed))
	for _, state := range award.OnTheWay() {
		require.NoError(t, award.MoveFile(state, award.StepPassUp, award.FileAtProvince))
	}
}

func TestAFileIsWithTheProvinceFromArrivalUntilItsPackageIsAccepted(t *testing.T) {
	var with []award.FileState
	for _, state := range award.FileStates() {
		if state.WithProvince() {
			with = append(with, state)
		}
	}
	require.Equal(t, []award.FileState{
		award.FileAtProvince, award.FileInspected, award.FileProposed, award.FileNoticedLocally, award.FileRecommended,
	}, with)
}
