package acts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAnIntakeClosesOnceItsInstantHasCome(t *testing.T) {
	c := open(t)
	closes := c.Office(c.round, "41").ApplyClosesAt
	c.At(closes.Add(-time.Microsecond))
	before := c.digest()
	closed, err := c.Acts.CloseIntake(t.Context(), c.round, "41", string(award.IntakeApply))
	require.NoError(t, err)
	require.False(t, closed)
	require.Equal(t, before, c.digest(), "a microsecond too early")

	c.At(closes)
	closed, err = c.Acts.CloseIntake(t.Context(), c.round, "41", string(award.IntakeApply))
	require.NoError(t, err)
	require.True(t, closed)
	require.True(t, c.Office(c.round, "41").ApplyClosed)
	require.False(t, c.Office(c.round, "11").ApplyClosed, "each office has its own")

	once := c.digest()
	c.At(closes.Add(time.Hour))
	closed, err = c.Acts.CloseIntake(t.Context(), c.round, "41", string(award.IntakeApply))
	require.NoError(t, err)
	require.True(t, closed)
	require.Equal(t, once, c.digest(), "the second call changes nothing")
}

func TestAnIntakeWhoseDateHasMovedStaysOpen(t *testing.T) {
	c := open(t)
	closes := c.Office(c.round, "41").ApplyClosesAt
	_, err := c.Acts.MoveOfficeDate(t.Context(), c.Admin, c.Key(), c.round, "41",
		acts.DateMove{Which: award.DateApply, To: closes.Add(5 * actstest.Day), Reason: "延期"})
	require.NoError(t, err)
	c.At(closes)
	closed, err := c.Acts.CloseIntake(t.Context(), c.round, "41", string(award.IntakeApply))
	require.NoError(t, err)
	require.False(t, closed, "a timer armed for the old date does nothing")
}

func TestDraftsLapseAfterTheIntakeAndTheirUnitsAreTold(t *testing.T) {
	c := open(t)
	draft := c.draft("410102001")
	filed := c.filed("410103001", award.Street)
	elsewhere := c.draft("110101001")
	_, err := c.Acts.LapsePage(t.Context(), c.page(award.JobLapse))
	require.Equal(t, award.Unavailable, award.CodeOf(err), "not before applications are closed: come again")

	c.closeApplications()
	result, err := c.Acts.LapsePage(t.Context(), c.page(award.JobLapse))
	require.NoError(t, err)
	require.Equal(t, 1, result.Done)
	draft = c.reload(draft)
	require.Equal(t, award.FileLapsed, draft.State)
	require.Equal(t, "申报截止前未报送，申报终止", draft.Ground)
	require.Zero(t, draft.Waiting)
	require.False(t, draft.EndedAt.IsZero())
	require.Equal(t, filed, c.reload(filed))
	require.Equal(t, elsewhere, c.reload(elsewhere), "another office has its own date")
	require.Equal(t, 1, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1 AND kind = 'result'`, draft.Unit))
	moves, err := c.Acts.History(t.Context(), c.Clerk("410102001"), c.round, draft.ID)
	require.NoError(t, err)
	require.Equal(t, award.StepLapse, moves[0].Act)
	require.Empty(t, moves[0].OfficerName, "the date did it, nobody else")
	require.NoError(t, c.Acts.FinishLapse(t.Context(), c.round, "41"))
	require.True(t, c.Office(c.round, "41").Lapsed)

	c.twice(func() {
		_, err := c.Acts.LapsePage(t.Context(), c.page(award.JobLapse))
		require.NoError(t, err)
		require.NoError(t, c.Acts.FinishLapse(t.Context(), c.round, "41"))
	})
}

func TestAPageMovesOnlyItsOwnSpan(t *testing.T) {
	c := open(t)
	var drafts []acts.File
	for _, unit := range []string{"410102001", "410102002", "410103001"} {
		drafts = append(drafts, c.draft(unit))
	}
	c.closeApplications()
	page := c.page(award.JobLapse)
	page.From, page.To = drafts[0].ID, drafts[1].ID
	result, err := c.Acts.LapsePage(t.Context(), page)
	require.NoError(t, err)
	require.Equal(t, 1, result.Done, "after the first, up to and with the second")
	require.Equal(t, award.FileDraft, c.reload(drafts[0]).State)
	require.Equal(t, award.FileLapsed, c.reload(drafts[1]).State)
	require.Equal(t, award.FileDraft, c.reload(drafts[2]).State)
}

func TestWhatStillClimbsAtTheArrivalDatePassesUpWithTheSilentOfficeNamed(t *testing.T) {
	c := open(t)
	withStreet := c.filed("410102001001", award.Community)
	withPrefecture := c.agree(c.agree(c.filed("410102002001", award.Community)))
	there := c.agree(c.filed("410102001", award.Street))
	there = c.agree(there)
	require.Equal(t, award.FileAtProvince, there.State)
	mending := c.sendBack(c.filed("410103001", award.Street), "410103001", c.Office(c.round, "41").ArrivalAt.Add(actstest.Day))

	c.At(c.Office(c.round, "41").ArrivalAt.Add(-time.Microsecond))
	_, err := c.Acts.PassUpPage(t.Context(), c.page(award.JobPassUp))
	require.Equal(t, award.Unavailable, award.CodeOf(err))
	c.At(c.Office(c.round, "41").ArrivalAt)
	result, err := c.Acts.PassUpPage(t.Context(), c.page(award.JobPassUp))
	require.NoError(t, err)
	require.Equal(t, 2, result.Done)
	for silent, f := range map[string]acts.File{"410102001": withStreet, "4101": withPrefecture} {
		f = c.reload(f)
		require.Equal(t, award.FileAtProvince, f.State)
		require.Equal(t, "41", f.WaitingCode)
		require.True(t, f.Unsigned)
		opinions, err := c.Acts.Endorsements(t.Context(), c.Admin, c.round, f.ID)
		require.NoError(t, err)
		last := opinions[len(opinions)-1]
		require.Equal(t, award.OpinionUnsigned, last.Opinion)
		require.Equal(t, silent, last.OfficeCode)
	}
	require.Equal(t, there, c.reload(there))
	require.Equal(t, mending, c.reload(mending), "a file with its unit keeps its own date")
	require.NoError(t, c.Acts.FinishPassUp(t.Context(), c.round, "41"))
	require.True(t, c.Office(c.round, "41").PassedUp)

	c.twice(func() {
		_, err := c.Acts.PassUpPage(t.Context(), c.page(award.JobPassUp))
		require.NoError(t, err)
		require.NoError(t, c.Acts.FinishPassUp(t.Context(), c.round, "41"))
	})
}

func TestAReturnThatNobodyMendsEndsWithASilentUnitAndGoesOnPastASilentOffice(t *testing.T) {
	c := open(t)
	withUnit := c.sendBack(c.agree(c.filed("410102001001", award.Community)), "410102001001", time.Time{})
	withOffice := c.agree(c.agree(c.filed("410102002001", award.Community)))
	withOffice = c.sendBack(withOffice, "410102002", time.Time{})
	due := withUnit.Due()
	c.At(due.Add(-time.Microsecond))
	moved, err := c.Acts.LapseReturned(t.Context(), c.round, "41")
	require.NoError(t, err)
	require.Zero(t, moved)

	c.At(due)
	moved, err = c.Acts.LapseReturned(t.Context(), c.round, "41")
	require.NoError(t, err)
	require.Equal(t, 2, moved)
	require.Equal(t, award.FileLapsed, c.reload(withUnit).State)
	passed := c.reload(withOffice)
	require.Equal(t, award.FileClimbing, passed.State)
	require.Equal(t, "4101", passed.WaitingCode, "where it would have gone on")
	require.True(t, passed.Unsigned)
	require.False(t, passed.DueAt.IsZero())

	c.twice(func() {
		moved, err := c.Acts.LapseReturned(t.Context(), c.round, "41")
		require.NoError(t, err)
		require.Zero(t, moved)
	})
}

func TestStepsDoNothingInARoundThatIsSuspendedOrOver(t *testing.T) {
	c := open(t)
	c.draft("410102001")
	c.closeApplications()
	_, err := c.Acts.SuspendRound(t.Context(), c.Admin, c.Key(), c.round, "暂停")
	require.NoError(t, err)
	before := c.digest()
	_, err = c.Acts.LapsePage(t.Context(), c.page(award.JobLapse))
	require.Equal(t, award.Unavailable, award.CodeOf(err), "come again after it is resumed")
	closed, err := c.Acts.CloseIntake(t.Context(), c.round, "11", string(award.IntakeApply))
	require.NoError(t, err)
	require.False(t, closed)
	moved, err := c.Acts.LapseReturned(t.Context(), c.round, "41")
	require.NoError(t, err)
	require.Zero(t, moved)
	require.Equal(t, before, c.digest())

	_, err = c.Acts.CancelRound(t.Context(), c.Admin, c.Key(), c.round, "取消")
	require.NoError(t, err)
	before = c.digest()
	result, err := c.Acts.LapsePage(t.Context(), c.page(award.JobLapse))
	require.NoError(t, err)
	require.Zero(t, result.Done)
	require.NoError(t, c.Acts.FinishLapse(t.Context(), c.round, "41"))
	require.Equal(t, before, c.digest())
}

func TestNoMoveOutsideTheTableIsMadeInBulk(t *testing.T) {
	c := open(t)
	f := c.draft("410102001")
	before := c.digest()
	for _, move := range []acts.FilesMove{
		{Round: c.round, From: []award.FileState{award.FileDraft}, To: award.FileNamed, Act: award.ActDecide},
		{Round: c.round, To: award.FileLapsed, Act: award.StepLapse},
	} {
		err := c.Store.InTx(t.Context(), func(tx acts.Tx) error {
			_, err := tx.MoveFiles(t.Context(), move)
			return err
		})
		require.Error(t, err)
	}
	err := c.Store.InTx(t.Context(), func(tx acts.Tx) error {
		n, err := tx.MoveFiles(t.Context(), acts.FilesMove{
			Round: c.round, Applications: []int64{}, From: []award.FileState{award.FileDraft},
			To: award.FileLapsed, Act: award.StepLapse,
		})
		require.Zero(t, n, "an empty list is no file, not every file")
		return err
	})
	require.NoError(t, err)
	require.Equal(t, before, c.digest())
	require.Equal(t, f, c.reload(f))
}

// page is all of an office's files, under 河南.
func (c *country) page(job award.Job) award.Page {
	return award.Page{Round: c.round, Office: "41", Job: job, Number: 1, From: 0, To: 1 << 40}
}

// closeApplications stands at the instant at which applications under 河南 close,
// and closes them.
func (c *country) closeApplications() {
	c.t.Helper()
	c.At(c.Office(c.round, "41").ApplyClosesAt)
	closed, err := c.Acts.CloseIntake(c.t.Context(), c.round, "41", string(award.IntakeApply))
	require.NoError(c.t, err)
	require.True(c.t, closed)
}

// twice shows that a step done again leaves the same record, also later.
func (c *country) twice(step func()) {
	c.t.Helper()
	before := c.digest()
	step()
	require.Equal(c.t, before, c.digest())
	c.At(c.Now().Add(time.Hour))
	step()
	require.Equal(c.t, before, c.digest())
}
