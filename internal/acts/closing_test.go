package acts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAnOverdueOfficeIsClosedByNameWithItsFiles(t *testing.T) {
	c := open(t)
	mine, other := c.filed("410102001", award.Street), c.filed("110101001", award.Street)
	c.At(day(80)) // its date, exclusive: overdue from here on
	done, err := c.Acts.CloseOffice(t.Context(), c.Admin, c.Key(), c.round, "41", "多次催办未报")
	require.NoError(t, err)
	require.Equal(t, 1, done.Result.FilesEnded)
	require.Equal(t, award.FileNotRecommended, c.reload(mine).State)
	require.Equal(t, "多次催办未报", actstest.One[string](c.World, `SELECT ground FROM application WHERE id = $1`, mine.ID))
	require.Equal(t, other.State, c.reload(other).State, "another office's file goes on")

	o := c.Office(c.round, "41")
	require.Equal(t, award.StageClosed, o.Stage.State)
	require.Equal(t, "多次催办未报", o.Stage.Reason)
	same(t, day(80), o.Stage.OverdueAt, "overdue")
	require.Equal(t, []string{"round/drill-1", "round/drill-1/office/41"}, c.Procedure.Told(award.ActCloseOffice))

	_, err = c.Acts.CloseOffice(t.Context(), c.Admin, c.Key(), c.round, "41", "再关闭")
	requireRefused(t, err, award.Closed, "office_closed_by_name")
}

func TestAnOfficeIsNotClosedBeforeItsDateNorWithoutAReason(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.At(day(80).Add(-time.Microsecond))
	_, err := w.Acts.CloseOffice(t.Context(), w.Admin, w.Key(), r.ID, "41", "急")
	requireRefused(t, err, award.Conflict, "office_not_overdue")
	w.At(day(80))
	_, err = w.Acts.CloseOffice(t.Context(), w.Admin, w.Key(), r.ID, "41", "")
	requireRefused(t, err, award.Invalid, "reason_required")
	_, err = w.Acts.CloseOffice(t.Context(), w.Admin, w.Key(), r.ID, "99", "急")
	requireRefused(t, err, award.NotFound, "office_unknown")
	_, err = w.Acts.CloseOffice(t.Context(), w.Head("41"), w.Key(), r.ID, "41", "急")
	require.Equal(t, award.Forbidden, award.CodeOf(err), "an office does not close itself")
	_, err = w.Acts.CloseOffice(t.Context(), w.Head("11"), w.Key(), r.ID, "41", "急")
	require.Equal(t, award.NotFound, award.CodeOf(err))

	w.Exec(`UPDATE office_stage SET state = 'complete', completed_at = shifan_now() WHERE stage = 'recommendation'`)
	_, err = w.Acts.CloseOffice(t.Context(), w.Admin, w.Key(), r.ID, "41", "急")
	requireRefused(t, err, award.Conflict, "stage_move")
}

func TestNamedOfficesAreReopenedEachWithADate(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	c.At(day(81))
	_, err := c.Acts.CloseOffice(t.Context(), c.Admin, c.Key(), c.round, "41", "未报")
	require.NoError(t, err)
	c.Exec(`UPDATE office_stage SET state = 'complete', completed_at = shifan_now() WHERE office_id = $1 AND stage = 'recommendation'`, c.Unit("11"))
	c.Exec(`INSERT INTO package (round_id, office_id, revision, letter_number, letter, report, state, officer_id, sent_at)
		VALUES ($1, $2, 1, '函1', '{}', '{}', 'sent', $3, shifan_now())`, c.round, c.Unit("11"), c.Head("11").ID)

	done, err := c.Acts.ReopenOffices(t.Context(), c.Admin, c.Key(), c.round,
		[]acts.Reopening{{Office: "11", To: day(90)}, {Office: "41", To: day(95)}}, "名单有误")
	require.NoError(t, err)
	require.Equal(t, award.StageSelfCheck, done.Result.Stage, "the round stays where it is")
	for code, due := range map[string]float64{"11": 90, "41": 95} {
		o := c.Office(c.round, code)
		require.Equal(t, award.StageOpen, o.Stage.State, code)
		same(t, day(due), o.Stage.DueAt, code)
		require.True(t, o.Stage.OverdueAt.IsZero() && o.Stage.ClosedAt.IsZero() && o.Stage.CompletedAt.IsZero() && o.Stage.Reason == "", code)
	}
	require.Equal(t, "returned", actstest.One[string](c.World, `SELECT state FROM package`))
	same(t, day(90), actstest.One[time.Time](c.World, `SELECT revision_due_at FROM package`), "a new revision is due")
	require.Equal(t, award.FileNotRecommended, c.reload(f).State, "what closing ended stays ended")
	require.Equal(t, []string{"round/drill-1", "round/drill-1/office/11", "round/drill-1/office/41"}, c.Procedure.Told(award.ActReopen))
}

func TestReopeningIsRefusedWithEveryDefectAtOnce(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	reopen := func(reason string, offices ...acts.Reopening) error {
		_, err := w.Acts.ReopenOffices(t.Context(), w.Admin, w.Key(), r.ID, offices, reason)
		return err
	}
	err := reopen("有误", acts.Reopening{Office: "99", To: day(90)}, acts.Reopening{Office: "11", To: day(0)},
		acts.Reopening{Office: "41", To: day(120)}, acts.Reopening{Office: "44", To: day(90)}, acts.Reopening{Office: "44", To: day(91)})
	requireRefused(t, err, award.Invalid, "reopening_defects")
	require.Equal(t, []string{
		"/offices/0/office office_unknown", "/offices/1/to date_past", "/offices/2/to dates_order", "/offices/4/office office_twice",
	}, defects(err))
	requireRefused(t, reopen("有误"), award.Invalid, "reopening_defects")
	requireRefused(t, reopen("", acts.Reopening{Office: "41", To: day(90)}), award.Invalid, "reason_required")
	requireRefused(t, reopen("有误", acts.Reopening{Office: "41", To: day(90)}), award.Conflict, "stage_move")

	before := digestOf(w, "office_stage")
	w.Exec(`UPDATE office_stage SET state = 'complete' WHERE office_id = $1`, w.Unit("11"))
	requireRefused(t, reopen("有误", acts.Reopening{Office: "11", To: day(90)}, acts.Reopening{Office: "41", To: day(90)}), award.Conflict, "stage_move")
	w.Exec(`UPDATE office_stage SET state = 'open' WHERE office_id = $1`, w.Unit("11"))
	require.Equal(t, before, digestOf(w, "office_stage"), "all or none")
}

func TestNothingIsReopenedOnceItIsAcceptedOrTheListFrozen(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.Exec(`UPDATE office_stage SET state = 'complete' WHERE stage = 'recommendation'`)
	w.Exec(`INSERT INTO package (round_id, office_id, revision, letter_number, letter, report, state, officer_id, sent_at)
		VALUES ($1, $2, 1, '函1', '{}', '{}', 'accepted', $3, shifan_now())`, r.ID, w.Unit("41"), w.Head("41").ID)
	reopen := func(office string) error {
		_, err := w.Acts.ReopenOffices(t.Context(), w.Admin, w.Key(), r.ID, []acts.Reopening{{Office: office, To: day(90)}}, "有误")
		return err
	}
	requireRefused(t, reopen("41"), award.Conflict, "package_accepted")
	w.Exec(`UPDATE round SET list_frozen_at = shifan_now()`)
	requireRefused(t, reopen("11"), award.Closed, "list_frozen")
}

func TestOverdueIsMarkedOnceAndTheSuperiorIsTold(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.At(day(80).Add(-time.Microsecond))
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, "41"))
	require.True(t, w.Office(r.ID, "41").Stage.OverdueAt.IsZero(), "not a moment early")

	w.At(day(80))
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, "41"))
	w.At(day(82))
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, "41"))
	same(t, day(80), w.Office(r.ID, "41").Stage.OverdueAt, "found when it was")
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM audit WHERE name = 'overdue'`))
	for _, code := range []string{"41", award.CodeNation} {
		require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM message WHERE kind = 'overdue' AND office_id = $1`, w.Unit(code)), code)
	}

	offices, err := w.Acts.Offices(t.Context(), w.Admin, r.ID)
	require.NoError(t, err)
	for _, o := range offices {
		require.Equal(t, o.Code == "41", o.Overdue(), o.Code)
	}
}

func TestNobodyIsMarkedOverdueWhoIsDoneOrWhileARoundIsSuspended(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.At(day(121))
	w.Exec(`UPDATE office_stage SET state = 'complete', completed_at = shifan_now() WHERE office_id = $1`, w.Unit("41"))
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, "41"))
	_, err := w.Acts.SuspendRound(t.Context(), w.Admin, w.Key(), r.ID, "疫情")
	require.NoError(t, err)
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, "11"))
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, ""))
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM office_stage WHERE overdue_at IS NOT NULL`))
}

func TestTheOwnersOwnStageIsMarkedOverdueToo(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{Owner: "41"})
	w.At(day(120))
	for range 2 {
		require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, ""))
	}
	same(t, day(120), actstest.One[time.Time](w, `SELECT overdue_at FROM office_stage WHERE stage = 'assessment'`), "overdue")
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM message WHERE kind = 'overdue' AND office_id = $1`, w.Unit(award.CodeNation)),
		"the superior of the owner")
}
