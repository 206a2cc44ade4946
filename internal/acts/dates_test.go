package acts_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// day is the start of a drill's working day, counted from its opening.
func day(n float64) time.Time {
	return actstest.Start().Add(time.Duration(n * float64(actstest.Day)))
}

func moveTo(which award.DateName, to time.Time) acts.DateMove {
	return acts.DateMove{Which: which, To: to, Reason: "汛情"}
}

func same(t testing.TB, want, got time.Time, what string) {
	t.Helper()
	require.True(t, want.Equal(got), "%s: want %s, got %s", what, want, got)
}

func TestOfficesFollowTheRoundsDateUnlessTheyHaveOneOfTheirOwn(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	_, err := w.Acts.MoveOfficeDate(t.Context(), w.Admin, w.Key(), r.ID, "11", moveTo(award.DateRecommendation, day(85)))
	require.NoError(t, err)
	w.Exec(`UPDATE office_stage SET state = 'complete', completed_at = shifan_now() WHERE office_id = $1 AND stage = 'recommendation'`, w.Unit("44"))
	w.Exec(`UPDATE round_office SET arrival_at = $1 WHERE code = 'BT'`, day(70)) // its own arrival date

	done, err := w.Acts.MoveDate(t.Context(), w.Admin, w.Key(), r.ID, moveTo(award.DateRecommendation, day(90)))
	require.NoError(t, err)
	same(t, day(90), done.Result.Dates.RecommendationDue, "the round's")
	for code, want := range map[string]struct{ due, arrival float64 }{
		"41": {90, 70}, // follows, and its arrival date is derived anew
		"11": {85, 65}, // keeps its own
		"44": {80, 60}, // is done
		"BT": {90, 70}, // keeps its own arrival date
	} {
		o := w.Office(r.ID, code)
		same(t, day(want.due), o.Stage.DueAt, code+" due")
		same(t, day(want.arrival), o.ArrivalAt, code+" arrival")
	}
	require.Equal(t, []string{
		"round/drill-1", "round/drill-1/office/11", "round/drill-1/office/41", "round/drill-1/office/44", "round/drill-1/office/BT",
	}, w.Procedure.Told(award.ActMoveDate))
	require.Equal(t, 4, actstest.One[int](w, `SELECT count(*) FROM message WHERE occasion LIKE 'move-date/%'`))
	require.Equal(t, "汛情", actstest.One[string](w, `SELECT ground FROM audit WHERE name = 'move-date'`))
}

func TestMovingTheApplicationDateMovesEveryOpenIntake(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	_, err := w.Acts.MoveDate(t.Context(), w.Admin, w.Key(), r.ID, moveTo(award.DateApply, day(35)))
	require.NoError(t, err)
	for _, code := range []string{"11", "41", "44", "BT"} {
		same(t, day(35), w.Office(r.ID, code).ApplyClosesAt, code)
		same(t, day(20), w.Office(r.ID, code).SelfCheckClosesAt, code)
	}
}

func TestAnIntakeThatIsOverIsNeverRevived(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.At(day(20)) // the exclusive instant: over, though no procedure has closed it yet
	_, err := w.Acts.MoveDate(t.Context(), w.Admin, w.Key(), r.ID, moveTo(award.DateSelfCheck, day(25)))
	requireRefused(t, err, award.Closed, "date_over")
	_, err = w.Acts.MoveOfficeDate(t.Context(), w.Admin, w.Key(), r.ID, "41", moveTo(award.DateSelfCheck, day(25)))
	requireRefused(t, err, award.Closed, "date_over")
	same(t, day(20), w.Office(r.ID, "41").SelfCheckClosesAt, "unchanged")

	w.At(day(20).Add(-time.Microsecond)) // and the last moment before it
	_, err = w.Acts.MoveDate(t.Context(), w.Admin, w.Key(), r.ID, moveTo(award.DateSelfCheck, day(25)))
	require.NoError(t, err)
}

func TestAnOfficeWhoseIntakeIsOverStaysOutWhenTheRoundsMoves(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	_, err := w.Acts.MoveOfficeDate(t.Context(), w.Admin, w.Key(), r.ID, "41", moveTo(award.DateApply, day(40)))
	require.NoError(t, err)
	_, err = w.Acts.MoveDate(t.Context(), w.Admin, w.Key(), r.ID, moveTo(award.DateApply, day(36)))
	require.NoError(t, err)
	same(t, day(40), w.Office(r.ID, "41").ApplyClosesAt, "its own")
	same(t, day(36), w.Office(r.ID, "11").ApplyClosesAt, "the round's")
}

func TestADateIsMovedWithinTheRules(t *testing.T) {
	for name, c := range map[string]struct {
		move acts.DateMove
		code award.Code
		key  string
	}{
		"not into the past":                     {moveTo(award.DateAssessment, day(0)), award.Invalid, "date_past"},
		"not earlier without warning":           {moveTo(award.DateSelfCheck, day(1.5)), award.Invalid, "date_earlier_warning"},
		"not without a reason":                  {acts.DateMove{Which: award.DateApply, To: day(40)}, award.Invalid, "reason_required"},
		"self-checks no later than the form":    {moveTo(award.DateSelfCheck, day(31)), award.Invalid, "dates_order"},
		"the form before the recommendation":    {moveTo(award.DateApply, day(80)), award.Invalid, "dates_order"},
		"the recommendation before the nation":  {moveTo(award.DateRecommendation, day(120)), award.Invalid, "dates_order"},
		"the nation after the recommendation":   {moveTo(award.DateAssessment, day(80)), award.Invalid, "dates_order"},
		"an arrival date is an office's":        {moveTo(award.DateArrival, day(70)), award.Invalid, "date_of_office"},
		"a date that nobody knows is no date":   {moveTo("supper", day(70)), award.Invalid, "date_of_office"},
		"an office's own date may stand in way": {moveTo(award.DateRecommendation, day(44)), award.Conflict, "office_dates_order"},
	} {
		t.Run(name, func(t *testing.T) {
			w := actstest.New(t)
			r := w.OpenDrill(actstest.Drill{})
			_, err := w.Acts.MoveOfficeDate(t.Context(), w.Admin, w.Key(), r.ID, "41", moveTo(award.DateApply, day(45)))
			require.NoError(t, err)
			before := digestOf(w, "round", "intake", "office_stage", "round_office", "message", "outbox")
			_, err = w.Acts.MoveDate(t.Context(), w.Admin, w.Key(), r.ID, c.move)
			requireRefused(t, err, c.code, c.key)
			require.Equal(t, before, digestOf(w, "round", "intake", "office_stage", "round_office", "message", "outbox"))
		})
	}
}

func TestMovingTheAssessmentMovesTheOwnersStage(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.At(day(121))
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, ""))
	_, err := w.Acts.MoveDate(t.Context(), w.Admin, w.Key(), r.ID, moveTo(award.DateAssessment, day(130)))
	require.NoError(t, err, "a promise may be given time after its date")
	same(t, day(130), actstest.One[time.Time](w, `SELECT due_at FROM office_stage WHERE stage = 'assessment'`), "due")
	require.True(t, actstest.One[bool](w, `SELECT overdue_at IS NULL FROM office_stage WHERE stage = 'assessment'`), "overdue no more")
}

func TestAnExtensionTakesTheOverdueMarkAway(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.At(day(81))
	require.NoError(t, w.Acts.MarkOverdue(t.Context(), r.ID, "41"))
	require.False(t, w.Office(r.ID, "41").Stage.OverdueAt.IsZero())
	done, err := w.Acts.MoveOfficeDate(t.Context(), w.Admin, w.Key(), r.ID, "41", moveTo(award.DateRecommendation, day(90)))
	require.NoError(t, err)
	same(t, day(80), done.Result.From, "from")
	o := w.Office(r.ID, "41")
	require.True(t, o.Stage.OverdueAt.IsZero())
	same(t, day(60), o.ArrivalAt, "an arrival date that has come stays")
	require.Equal(t, []string{"round/drill-1", "round/drill-1/office/41"}, w.Procedure.Told(award.ActMoveOfficeDate))
}

func TestARecommendationThatIsDoneIsNotExtendedButReopened(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.Exec(`UPDATE office_stage SET state = 'complete', completed_at = shifan_now() WHERE stage = 'recommendation'`)
	_, err := w.Acts.MoveOfficeDate(t.Context(), w.Admin, w.Key(), r.ID, "41", moveTo(award.DateRecommendation, day(90)))
	requireRefused(t, err, award.Conflict, "office_stage_not_open")
}

func TestAnOfficeMovesItsOwnIntakeAndArrivalAlone(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	head := w.Head("41")
	move := func(by award.Officer, m acts.DateMove) error {
		_, err := w.Acts.MoveOfficeDate(t.Context(), by, w.Key(), r.ID, "41", m)
		return err
	}
	requireRefused(t, move(head, moveTo(award.DateRecommendation, day(85))), award.Forbidden, "office_date_of_owner")
	requireRefused(t, move(head, moveTo(award.DateSelfCheck, day(25))), award.Forbidden, "office_date_of_owner")
	requireRefused(t, move(head, moveTo(award.DateApply, day(28))), award.Invalid, "office_date_only_later")
	requireRefused(t, move(head, moveTo(award.DateAssessment, day(130))), award.Invalid, "date_of_round")
	require.NoError(t, move(head, moveTo(award.DateApply, day(35))), "D-17")
	require.NoError(t, move(head, moveTo(award.DateArrival, day(50))))
	requireRefused(t, move(head, moveTo(award.DateArrival, day(34))), award.Invalid, "dates_order")
	requireRefused(t, move(head, moveTo(award.DateArrival, day(81))), award.Invalid, "dates_order")

	require.Equal(t, award.Forbidden, award.CodeOf(move(w.Clerk("41"), moveTo(award.DateApply, day(36)))), "a clerk asks the head")
	require.Equal(t, award.Forbidden, award.CodeOf(move(w.Head("410102"), moveTo(award.DateApply, day(36)))), "it belongs to the office")
	require.Equal(t, award.NotFound, award.CodeOf(move(w.Head("11"), moveTo(award.DateApply, day(36)))), "it may not see the office")

	w.At(day(35)) // its intake is over
	requireRefused(t, move(head, moveTo(award.DateArrival, day(55))), award.Closed, "office_date_intake_over")
	require.NoError(t, move(w.Admin, moveTo(award.DateArrival, day(55))), "the owner still may")
}

func TestAnOfficeMovesNothingOnceItsListIsAdopted(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	head := w.Head("41")
	w.Exec(`INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
		VALUES ($1, $2, 'proposed', 1, '纪要', '2026-11-02', '\x00', $3)`, r.ID, w.Unit("41"), head.ID)
	_, err := w.Acts.MoveOfficeDate(t.Context(), head, w.Key(), r.ID, "41", moveTo(award.DateApply, day(35)))
	requireRefused(t, err, award.Closed, "office_date_list_adopted")
}

func TestAnOfficeMovesNothingInASuspendedRoundButTheOwnerMay(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	_, err := w.Acts.SuspendRound(t.Context(), w.Admin, w.Key(), r.ID, "疫情")
	require.NoError(t, err)
	_, err = w.Acts.MoveOfficeDate(t.Context(), w.Head("41"), w.Key(), r.ID, "41", moveTo(award.DateApply, day(35)))
	requireRefused(t, err, award.Closed, "round_suspended")
	_, err = w.Acts.MoveOfficeDate(t.Context(), w.Admin, w.Key(), r.ID, "41", moveTo(award.DateApply, day(35)))
	require.NoError(t, err)
}

func TestMovingADateWaitsForTheActsUnderWay(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	w.Clerk("41")
	moved := make(chan error, 1)
	err := w.Store.InTx(t.Context(), func(tx acts.Tx) error {
		if err := tx.PassGate(t.Context(), r.ID, w.Unit("41")); err != nil {
			return err
		}
		go func() {
			_, err := w.Acts.MoveDate(context.Background(), w.Admin, w.Key(), r.ID, moveTo(award.DateApply, day(35)))
			moved <- err
		}()
		select {
		case err := <-moved:
			return errors.Join(errors.New("the lever did not wait"), err)
		case <-time.After(300 * time.Millisecond):
		}
		o, err := tx.Office(t.Context(), r.ID, "41")
		same(t, day(30), o.ApplyClosesAt, "behind its gate the act reads what holds")
		return err
	})
	require.NoError(t, err)
	require.NoError(t, <-moved)
	same(t, day(35), w.Office(r.ID, "41").ApplyClosesAt, "then it moves")
}

func TestTwoMovesAtOnceLeaveOneRoundInOrder(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	results := make(chan error, 2)
	keys := []acts.Key{w.Key(), w.Key()}
	for i, m := range []acts.DateMove{moveTo(award.DateApply, day(60)), moveTo(award.DateRecommendation, day(55))} {
		go func() {
			_, err := w.Acts.MoveDate(context.Background(), w.Admin, keys[i], r.ID, m)
			results <- err
		}()
	}
	first, second := <-results, <-results
	require.True(t, (first == nil) != (second == nil), "each alone is lawful, both are not: %v, %v", first, second)
	require.NoError(t, w.Round(r.ID).Dates.CheckOrder())
}
