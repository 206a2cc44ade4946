package acts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestResumingShiftsWhatWasOpenByTheSuspendedTime(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	w := c.World
	w.At(day(25)) // self-checks are over, applications are not
	_, err := w.Acts.SuspendRound(t.Context(), w.Admin, w.Key(), c.round, "疫情")
	require.NoError(t, err)
	due := actstest.One[time.Time](w, `SELECT due_at FROM application WHERE id = $1`, f.ID)
	w.Exec(`UPDATE application SET due_at = $2 WHERE id = $1`, f.ID, day(26))

	suspended := 7*actstest.Day + 13*time.Second
	w.At(day(25).Add(suspended))
	done, err := w.Acts.ResumeRound(t.Context(), w.Admin, w.Key(), c.round, "疫情缓解")
	require.NoError(t, err)
	require.Equal(t, award.RoundOpen, done.Result.State)
	require.True(t, done.Result.SuspendedAt.IsZero())

	r, o := w.Round(c.round), w.Office(c.round, "41")
	same(t, day(20), r.Dates.SelfCheckCloses, "what was over stays")
	same(t, day(20), o.SelfCheckClosesAt, "and is not revived, though nobody had closed it")
	same(t, day(30).Add(suspended), r.Dates.ApplyCloses, "applications")
	same(t, day(30).Add(suspended), o.ApplyClosesAt, "applications of the office")
	same(t, day(60).Add(suspended), o.ArrivalAt, "arrival")
	same(t, day(80).Add(suspended), o.Stage.DueAt, "recommendation of the office")
	same(t, day(80).Add(suspended), r.Dates.RecommendationDue, "recommendation")
	same(t, day(120).Add(suspended), actstest.One[time.Time](w, `SELECT due_at FROM office_stage WHERE stage = 'assessment'`), "assessment")
	same(t, day(26).Add(suspended), actstest.One[time.Time](w, `SELECT due_at FROM application WHERE id = $1`, f.ID), "a file")
	require.True(t, due.Before(day(25)), "the file's own due had passed, which is why the test gave it another")
	require.Len(t, w.Procedure.Told(award.ActResumeRound), 5)
}

func TestAFileThatWasOverdueAtTheSuspensionStaysSo(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	due := actstest.One[time.Time](c.World, `SELECT due_at FROM application WHERE id = $1`, f.ID)
	c.At(due)
	_, err := c.Acts.SuspendRound(t.Context(), c.Admin, c.Key(), c.round, "疫情")
	require.NoError(t, err)
	c.At(due.Add(time.Hour))
	_, err = c.Acts.ResumeRound(t.Context(), c.Admin, c.Key(), c.round, "缓解")
	require.NoError(t, err)
	same(t, due, actstest.One[time.Time](c.World, `SELECT due_at FROM application WHERE id = $1`, f.ID), "due")
}

func TestPublicWindowsRunOnWhileARoundIsSuspended(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	putNotice(w, r.ID)
	before := digestOf(w, "public_notice")
	_, err := w.Acts.SuspendRound(t.Context(), w.Admin, w.Key(), r.ID, "疫情")
	require.NoError(t, err)
	w.At(day(5))
	_, err = w.Acts.ResumeRound(t.Context(), w.Admin, w.Key(), r.ID, "缓解")
	require.NoError(t, err)
	require.Equal(t, before, digestOf(w, "public_notice"))
}

// putNotice puts a list of 41 before the public.
func putNotice(w *actstest.World, round string) {
	w.Exec(`WITH l AS (
			INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
			VALUES ($1, $2, 'proposed', 1, '纪要', '2026-11-02', '\x00', $3) RETURNING id)
		INSERT INTO public_notice (round_id, number, list_id, office_id, scope, working_days, opens_at, closes_at, final_at, provisional, officer_id)
		SELECT $1, 1, id, $2, 'provincial', 3, $4, $5, $6, false, $3 FROM l`,
		round, w.Unit("41"), w.Head("41").ID, day(1), day(4), day(5))
}

func TestARealRoundShiftsByWholeDaysSoThatItStillEndsAtMidnight(t *testing.T) {
	w := actstest.New(t)
	dates := award.Dates{
		SelfCheckCloses: award.EndOfMonth(2026, time.December).Closes(), ApplyCloses: award.EndOfMonth(2026, time.December).Closes(),
		RecommendationDue: award.EndOfMonth(2027, time.April).Closes(), AssessmentDue: award.EndOfMonth(2027, time.June).Closes(),
	}
	r := w.OpenDrill(actstest.Drill{Real: true, Dates: dates})
	require.Equal(t, "2026-1", r.ID)
	_, err := w.Acts.SuspendRound(t.Context(), w.Admin, w.Key(), r.ID, "疫情")
	require.NoError(t, err)
	w.At(actstest.Start().Add(49 * time.Hour)) // two days and an hour: three
	done, err := w.Acts.ResumeRound(t.Context(), w.Admin, w.Key(), r.ID, "缓解")
	require.NoError(t, err)
	require.Equal(t, "2027年1月3日 24:00止", award.Until(done.Result.Dates.SelfCheckCloses))
	require.Equal(t, "2027年5月3日 24:00止", award.Until(w.Office(r.ID, "BT").Stage.DueAt))
}

func TestASuspendedRoundTakesLeversAndNoWork(t *testing.T) {
	c := open(t)
	_, err := c.Acts.ResumeRound(t.Context(), c.Admin, c.Key(), c.round, "没有暂停")
	requireRefused(t, err, award.Conflict, "round_move")
	_, err = c.Acts.SuspendRound(t.Context(), c.Admin, c.Key(), c.round, "")
	requireRefused(t, err, award.Invalid, "reason_required")
	_, err = c.Acts.SuspendRound(t.Context(), c.Admin, c.Key(), c.round, "疫情")
	require.NoError(t, err)
	_, err = c.Acts.SuspendRound(t.Context(), c.Admin, c.Key(), c.round, "疫情")
	requireRefused(t, err, award.Conflict, "round_move")

	_, err = c.create("410102001", award.Street)
	requireRefused(t, err, award.Closed, "round_suspended")
	_, err = c.Acts.MoveDate(t.Context(), c.Admin, c.Key(), c.round, moveTo(award.DateAssessment, day(130)))
	require.NoError(t, err)
	require.NoError(t, c.Acts.EnterStage(t.Context(), c.round, award.StageRecommendation))
	require.Equal(t, award.StageSelfCheck, c.Round(c.round).Stage, "a date comes without effect")
	_, err = c.Acts.Round(t.Context(), c.Clerk("410102"), c.round)
	require.NoError(t, err, "it may be read")
}

func TestCancellingEndsEveryFileWithItsHistory(t *testing.T) {
	c := open(t)
	draft, filed := c.draft("410102002"), c.filed("410102001", award.Street)
	gone := c.draft("410103001")
	_, err := c.Acts.Withdraw(t.Context(), c.Head("410103001"), c.Key(), c.on(gone, "条件不具备"))
	require.NoError(t, err)
	putNotice(c.World, c.round)

	done, err := c.Acts.CancelRound(t.Context(), c.Admin, c.Key(), c.round, "批文撤回")
	require.NoError(t, err)
	require.Equal(t, award.RoundCancelled, done.Result.State)
	require.False(t, done.Result.EndedAt.IsZero())
	for _, f := range []acts.File{draft, filed} {
		now := c.reload(f)
		require.Equal(t, award.FileRoundCancelled, now.State)
		require.Equal(t, "批文撤回", actstest.One[string](c.World, `SELECT ground FROM application WHERE id = $1`, f.ID))
		require.Equal(t, string(f.State), actstest.One[string](c.World,
			`SELECT from_state FROM application_history WHERE application_id = $1 AND act = 'cancel-round'`, f.ID))
	}
	require.Equal(t, award.FileWithdrawn, c.reload(gone).State, "what had ended stays as it ended")
	require.Equal(t, "withdrawn", actstest.One[string](c.World, `SELECT state FROM public_notice`))
	require.Equal(t, []string{
		"round/drill-1", "round/drill-1/notice/1",
		"round/drill-1/office/11", "round/drill-1/office/41", "round/drill-1/office/44", "round/drill-1/office/BT",
	}, c.Procedure.Told(award.ActCancelRound))

	_, err = c.Acts.CancelRound(t.Context(), c.Admin, c.Key(), c.round, "再取消")
	requireRefused(t, err, award.Conflict, "round_move")
	_, err = c.Acts.MoveDate(t.Context(), c.Admin, c.Key(), c.round, moveTo(award.DateAssessment, day(130)))
	requireRefused(t, err, award.Closed, "round_over")
}

func TestASuspendedRoundAndADraftCanBeCancelled(t *testing.T) {
	w := actstest.New(t)
	r, draft := w.OpenDrill(actstest.Drill{}), w.Draft(actstest.Drill{})
	_, err := w.Acts.SuspendRound(t.Context(), w.Admin, w.Key(), r.ID, "疫情")
	require.NoError(t, err)
	for _, id := range []string{r.ID, draft} {
		_, err = w.Acts.CancelRound(t.Context(), w.Admin, w.Key(), id, "不办了")
		require.NoError(t, err)
		require.Equal(t, award.RoundCancelled, w.Round(id).State)
	}
	require.NotContains(t, w.Procedure.Told(award.ActCancelRound), "round/"+draft, "a draft has no workflow")
}

func TestARoundEntersItsStagesForwardOnlyAndOnce(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	for range 2 {
		require.NoError(t, w.Acts.EnterStage(t.Context(), r.ID, award.StageAssessment))
	}
	require.NoError(t, w.Acts.EnterStage(t.Context(), r.ID, award.StageRecommendation))
	require.Equal(t, award.StageAssessment, w.Round(r.ID).Stage)
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM audit WHERE name = 'enter-stage'`))
}

func TestARoundClosesOnceItIsDecided(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	require.NoError(t, w.Acts.CloseRound(t.Context(), r.ID))
	require.Equal(t, award.RoundOpen, w.Round(r.ID).State, "not decided yet")

	w.Exec(`UPDATE round SET decided_at = shifan_now()`)
	for range 2 {
		require.NoError(t, w.Acts.CloseRound(t.Context(), r.ID))
	}
	require.Equal(t, award.RoundClosed, w.Round(r.ID).State)
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM audit WHERE name = 'closed'`))
	_, err := w.Acts.CancelRound(t.Context(), w.Admin, w.Key(), r.ID, "迟了")
	requireRefused(t, err, award.Conflict, "round_move")
}
