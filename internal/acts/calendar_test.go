package acts_test

import (
	"slices"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func nov(day int) award.Date { return award.Date{Year: 2026, Month: time.November, Day: day} }

// realProvince is a province in a round that follows the State Council's
// calendar, with one unit adopted and its notice announced: Mon 2 to Wed 4
// November 2026, letters until Thu 5.
func realProvince(t *testing.T) (province, acts.Notice) {
	t.Helper()
	w := actstest.New(t)
	now := actstest.Start()
	round := w.OpenDrill(actstest.Drill{Real: true, Dates: award.Dates{
		SelfCheckCloses: now.AddDate(0, 1, 0), ApplyCloses: now.AddDate(0, 1, 0),
		RecommendationDue: now.AddDate(0, 5, 0), AssessmentDue: now.AddDate(0, 7, 0),
	}})
	p := provinceOf(t, w, round, "41")
	_, err := p.adopt(items(p.files(award.Community, 95)...)...)
	p.must(err)
	return p, p.announceReal(award.DateOf(now))
}

func (p province) announceReal(first award.Date) acts.Notice {
	done, err := p.Acts.AnnounceNotice(p.t.Context(), p.head, p.Key(), acts.AnnounceNoticeInput{
		Round: p.round.ID, Office: p.code, FirstDay: first.Starts(),
		Evidence: []award.Evidence{{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: first.Starts()}},
	})
	p.must(err)
	return done.Result
}

// holiday proposes that days are off and returns the change and its diff.
func (p province) holiday(publishes int, days ...award.Date) (acts.CalendarChange, acts.CalendarDiff) {
	in := award.CalendarChange{Document: "国办发明电〔2026〕9号", Publishes: publishes}
	for _, d := range days {
		in.Days = append(in.Days, award.CalendarDay{Date: d, Kind: award.DayOff, Holiday: "纪念日"})
	}
	done, err := p.Acts.ProposeCalendarChange(p.t.Context(), p.Admin, p.Key(), in)
	p.must(err)
	change, diff, err := p.Acts.CalendarDiff(p.t.Context(), p.Admin, done.Result.ID)
	p.must(err)
	return change, diff
}

// approver is a second administrator of the register's root.
func (p province) approver() award.Officer { return p.Officer(award.CodeNation, award.RoleAdmin) }

func TestAHolidayProlongedWhileANoticeRunsMovesItsWindow(t *testing.T) {
	p, n := realProvince(t)
	waiting := p.files(award.Street, 90)[0]
	due := p.round.Calendar().After(actstest.Start(), p.round.Rules.EndorseDays)
	p.Exec(`UPDATE application SET state = 'climbing', waiting_office_id = $2, waiting_since = $3, due_at = $4 WHERE id = $1`,
		waiting, p.Unit("4101"), actstest.Start(), due)
	byHand := p.files(award.District, 90)[0]
	p.Exec(`UPDATE application SET state = 'returned', waiting_office_id = unit_id, waiting_since = $2, due_at = $3 WHERE id = $1`,
		byHand, actstest.Start(), nov(20).Starts())

	change, diff := p.holiday(0, nov(4))
	closes, final := nov(6).Starts(), nov(7).Starts() // one day later each
	if len(diff.Windows) != 2 || !diff.Windows[0].To.Equal(closes) || !diff.Windows[1].To.Equal(final) || diff.Windows[0].Notice != n.Number {
		t.Fatalf("windows that would move: %+v", diff.Windows)
	}
	if len(diff.Days) != 1 || diff.Days[0].From != award.DayOrdinary || len(diff.Limits) != 1 || diff.Limits[0].Count != 1 {
		t.Fatalf("days %+v, limits %+v", diff.Days, diff.Limits)
	}

	_, err := p.Acts.ApproveCalendarChange(t.Context(), p.Admin, p.Key(), change.ID, diff.SHA256)
	p.refused(err, award.Forbidden, "calendar_change_own")
	_, err = p.Acts.ApproveCalendarChange(t.Context(), p.approver(), p.Key(), change.ID, []byte("something else"))
	p.refused(err, award.Stale, "calendar_diff_changed")
	done, err := p.Acts.ApproveCalendarChange(t.Context(), p.approver(), p.Key(), change.ID, diff.SHA256)
	p.must(err)
	if done.Result != (acts.CalendarApplied{Version: 1, Rounds: 1, Windows: 1, Limits: 1}) {
		t.Errorf("done: %+v", done.Result)
	}
	_, err = p.Acts.ApproveCalendarChange(t.Context(), p.approver(), p.Key(), change.ID, diff.SHA256)
	p.refused(err, award.Conflict, "calendar_change_approved")

	moved, err := p.Acts.PublicNotice(t.Context(), n.ID)
	p.must(err)
	if !moved.OpensAt.Equal(n.OpensAt) || !moved.ClosesAt.Equal(closes) || !moved.FinalAt.Equal(final) || moved.Revision != 2 {
		t.Errorf("window %s – %s, final %s, revision %d", moved.OpensAt, moved.ClosesAt, moved.FinalAt, moved.Revision)
	}
	if got := actstest.One[time.Time](p.World, `SELECT due_at FROM application WHERE id = $1`, waiting); !got.After(due) {
		t.Errorf("the file's limit stays %s", got)
	}
	if got := actstest.One[time.Time](p.World, `SELECT due_at FROM application WHERE id = $1`, byHand); !got.Equal(nov(20).Starts()) {
		t.Errorf("a date set by hand moved to %s", got)
	}
	if told := p.Procedure.Told(award.SignalCalendarChanged); !slices.Equal(told, []string{
		award.NoticeWorkflow(p.round.ID, n.Number), award.OfficeWorkflow(p.round.ID, "41"),
	}) {
		t.Errorf("told %v", told)
	}
	for office, want := range map[string]int{"41": 1, "4101": 1, "44": 0} {
		if got := actstest.One[int](p.World, `SELECT count(*) FROM message WHERE kind = 'calendar' AND office_id = $1`, p.Unit(office)); got != want {
			t.Errorf("office %s has %d messages, want %d", office, got, want)
		}
	}
	if rows := actstest.One[int](p.World, `SELECT count(*) FROM audit WHERE name = 'approve-calendar-change' AND round_id = $1`, p.round.ID); rows != 1 {
		t.Errorf("%d rows in the round's log", rows)
	}

	// Whoever counts days from now on counts them by the new calendar, in every process.
	year, err := p.Acts.Calendar(t.Context(), 2026)
	p.must(err)
	if !slices.ContainsFunc(year.Days, func(d award.CalendarDay) bool {
		return d.Date == nov(4) && d.Document == "国办发明电〔2026〕9号"
	}) {
		t.Errorf("days of 2026: %v", year.Days)
	}
	p.At(nov(4).Starts().Add(10 * time.Hour))
	if working, err := p.Acts.WorkingDay(t.Context(), ""); err != nil || working {
		t.Errorf("the new holiday is a working day: %t, %v", working, err)
	}
	if p.Round(p.round.ID).Calendar().Working(nov(4).Starts()) {
		t.Error("the round counts the new holiday")
	}
}

// Units ask for a review when the round is over, and an objection may still be
// received: their limits follow the calendar all the same.
func TestALimitThatRunsAfterItsRoundFollowsTheCalendar(t *testing.T) {
	p, n := realProvince(t)
	p.At(n.FinalAt)
	ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, n.Number)
	p.must(err)
	file := p.files(award.Street, 90)[0]
	due := p.round.Calendar().After(p.Now(), p.round.Rules.ReviewDays)
	p.Exec(`INSERT INTO review (application_id, round_id, mark_column, total, reason, office_id, requested_by, due_at)
		VALUES ($1, $2, 'province', 9000, '请复核', $3, $4, $5)`, file, p.round.ID, p.id, p.head.ID, due)
	p.Exec(`UPDATE round SET state = 'closed', ended_at = shifan_now() WHERE id = $1`, p.round.ID)
	change, diff := p.holiday(0, award.DateOf(p.Now().AddDate(0, 0, 3)))
	if !ended || len(diff.Windows) != 0 || len(diff.Limits) != 1 || diff.Limits[0].Kind != acts.DueReview {
		t.Fatalf("windows %+v, limits %+v", diff.Windows, diff.Limits)
	}
	_, err = p.Acts.ApproveCalendarChange(t.Context(), p.approver(), p.Key(), change.ID, diff.SHA256)
	p.must(err)
	if got := actstest.One[time.Time](p.World, `SELECT due_at FROM review`); !got.Equal(diff.Limits[0].To) || !got.After(due) {
		t.Errorf("the limit stands at %s, was %s", got, due)
	}
}

func TestADrillHasACalendarOfItsOwnThatNothingMoves(t *testing.T) {
	p := newProvince(t)
	_, err := p.adopt(items(p.files(award.Community, 95)...)...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	change, diff := p.holiday(0, nov(2), nov(3), nov(4))
	if len(diff.Windows)+len(diff.Limits) != 0 {
		t.Errorf("a drill would move: %+v", diff)
	}
	_, err = p.Acts.ApproveCalendarChange(t.Context(), p.approver(), p.Key(), change.ID, diff.SHA256)
	p.must(err)
	after, err := p.Acts.PublicNotice(t.Context(), n.ID)
	p.must(err)
	if !after.ClosesAt.Equal(n.ClosesAt) || after.Revision != 1 {
		t.Errorf("a drill's window moved to %s", after.ClosesAt)
	}
}

func TestANewYearsCalendarMakesWindowsCertain(t *testing.T) {
	p, _ := realProvince(t)
	p.At(time.Date(2026, time.December, 28, 9, 0, 0, 0, award.Beijing))
	_, err := p.adopt(items(p.files(award.Community, 94)...)...)
	p.refused(err, award.Conflict, "list_under_notice")
	_, err = p.Acts.EndNotice(t.Context(), p.round.ID, 1)
	p.must(err)
	_, err = p.adopt(items(p.files(award.Community, 94)...)...)
	p.must(err)
	n := p.announceReal(award.Date{Year: 2026, Month: time.December, Day: 29}) // 29 to 31; letters into a year not yet known
	if !n.Provisional {
		t.Fatalf("final at %s is taken for certain", n.FinalAt)
	}
	newYear := []award.Date{{Year: 2027, Month: 1, Day: 1}, {Year: 2027, Month: 1, Day: 2}, {Year: 2027, Month: 1, Day: 3}}
	change, diff := p.holiday(2027, newYear...)
	if w := diff.Windows[0]; w.What != award.WindowCloses || !w.Provisional || !w.Certain || !w.From.Equal(w.To) {
		t.Errorf("the first window: %+v", w)
	}
	if w := diff.Windows[1]; w.What != award.WindowFinal || !w.To.Equal(award.Date{Year: 2027, Month: 1, Day: 5}.Starts()) {
		t.Errorf("letters: %+v", w)
	}
	_, err = p.Acts.ApproveCalendarChange(t.Context(), p.approver(), p.Key(), change.ID, diff.SHA256)
	p.must(err)
	after, err := p.Acts.PublicNotice(t.Context(), n.ID)
	p.must(err)
	if after.Provisional || !after.ClosesAt.Equal(n.ClosesAt) {
		t.Errorf("provisional %t, closes %s", after.Provisional, after.ClosesAt)
	}
	if years := award.ProvisionalYears(p.Round(p.round.ID).Calendar(), p.round.Dates); len(years) != 0 {
		t.Errorf("still provisional: %v", years)
	}
}

func TestOfTwoChangesApprovedAtOnceTheSecondIsSeenAgain(t *testing.T) {
	p, n := realProvince(t)
	first, firstDiff := p.holiday(0, nov(4))
	second, secondDiff := p.holiday(0, nov(5))
	errs := make(chan error)
	for _, c := range []struct {
		id   int64
		diff acts.CalendarDiff
	}{{first.ID, firstDiff}, {second.ID, secondDiff}} {
		key := p.Key()
		by := p.approver()
		go func() {
			_, err := p.Acts.ApproveCalendarChange(t.Context(), by, key, c.id, c.diff.SHA256)
			errs <- err
		}()
	}
	won := 0
	for range 2 {
		if err := <-errs; err == nil {
			won++
		} else if award.CodeOf(err) != award.Stale {
			t.Errorf("the other got %v", err)
		}
	}
	if version := actstest.One[int](p.World, `SELECT max(version) FROM calendar_change`); won != 1 || version != 1 {
		t.Errorf("%d approved, version %d; notice %d", won, version, n.Number)
	}
}

func TestARejectedChangeMovesNothingAndIsNeverApproved(t *testing.T) {
	p, n := realProvince(t)
	change, diff := p.holiday(0, nov(4))

	_, err := p.Acts.RejectCalendarChange(t.Context(), p.approver(), p.Key(), change.ID, " ")
	p.refused(err, award.Invalid, "reason_required")
	_, err = p.Acts.RejectCalendarChange(t.Context(), p.approver(), p.Key(), 99, "文号有误")
	p.refused(err, award.NotFound, "calendar_change_unknown")
	_, err = p.Acts.RejectCalendarChange(t.Context(), p.Head("41"), p.Key(), change.ID, "文号有误")
	p.refused(err, award.NotFound, "not_found")

	by, key := p.approver(), p.Key()
	done, err := p.Acts.RejectCalendarChange(t.Context(), by, key, change.ID, "文号有误")
	p.must(err)
	if done.Result.Reason != "文号有误" || done.Result.RejectedBy != by.ID || done.Result.RejectedAt.IsZero() || done.Result.Version != 0 {
		t.Errorf("rejected as %+v", done.Result)
	}
	again, err := p.Acts.RejectCalendarChange(t.Context(), by, key, change.ID, "文号有误")
	p.must(err)
	if again.Receipt.Act != done.Receipt.Act {
		t.Error("the same request was done twice")
	}
	_, err = p.Acts.RejectCalendarChange(t.Context(), by, p.Key(), change.ID, "文号有误")
	p.refused(err, award.Conflict, "calendar_change_rejected")
	_, err = p.Acts.ApproveCalendarChange(t.Context(), p.approver(), p.Key(), change.ID, diff.SHA256)
	p.refused(err, award.Conflict, "calendar_change_rejected")

	shown, diff, err := p.Acts.CalendarDiff(t.Context(), p.Admin, change.ID)
	p.must(err)
	if shown.Pending() || shown.Reason != "文号有误" || len(diff.Days)+len(diff.Windows) != 0 {
		t.Errorf("shown as %+v, would move %+v", shown, diff)
	}
	if stays, err := p.Acts.PublicNotice(t.Context(), n.ID); err != nil || !stays.ClosesAt.Equal(n.ClosesAt) {
		t.Errorf("the window closes %s, %v", stays.ClosesAt, err)
	}
	if rows := actstest.One[int](p.World, `SELECT count(*) FROM audit WHERE name = 'reject-calendar-change' AND ground = '文号有误'`); rows != 1 {
		t.Errorf("%d rows in the log", rows)
	}

	// Whoever proposed one may take it back; an approved one stays approved.
	own, _ := p.holiday(0, nov(4))
	_, err = p.Acts.RejectCalendarChange(t.Context(), p.Admin, p.Key(), own.ID, "重复提出")
	p.must(err)
	good, diff := p.holiday(0, nov(4))
	_, err = p.Acts.ApproveCalendarChange(t.Context(), p.approver(), p.Key(), good.ID, diff.SHA256)
	p.must(err)
	_, err = p.Acts.RejectCalendarChange(t.Context(), p.approver(), p.Key(), good.ID, "迟了")
	p.refused(err, award.Conflict, "calendar_change_approved")
}

func TestOfApprovalAndRejectionAtOnceOneHolds(t *testing.T) {
	p, _ := realProvince(t)
	change, diff := p.holiday(0, nov(4))
	by, keys := []award.Officer{p.approver(), p.approver()}, []acts.Key{p.Key(), p.Key()}
	errs := make(chan error)
	go func() {
		_, err := p.Acts.ApproveCalendarChange(t.Context(), by[0], keys[0], change.ID, diff.SHA256)
		errs <- err
	}()
	go func() {
		_, err := p.Acts.RejectCalendarChange(t.Context(), by[1], keys[1], change.ID, "文号有误")
		errs <- err
	}()
	won := 0
	for range 2 {
		if err := <-errs; err == nil {
			won++
		} else if award.CodeOf(err) != award.Conflict {
			t.Errorf("the other got %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d hold", won)
	}
}

func TestOnlyTheRegistersRootKeepsTheCalendar(t *testing.T) {
	p, _ := realProvince(t)
	change, diff := p.holiday(0, nov(4))
	for _, by := range []award.Officer{p.Officer("41", award.RoleAdmin, award.RoleHead), p.Officer(award.CodeNation, award.RoleHead, award.RoleClerk)} {
		_, err := p.Acts.ApproveCalendarChange(t.Context(), by, p.Key(), change.ID, diff.SHA256)
		if code := award.CodeOf(err); code != award.NotFound && code != award.Forbidden {
			t.Errorf("officer of %s: %v", by.OfficeCode, err)
		}
	}
	_, _, err := p.Acts.CalendarDiff(t.Context(), p.Head("41"), change.ID)
	p.refused(err, award.NotFound, "not_found")
	_, err = p.Acts.CalendarChanges(t.Context(), p.Head("41"), 0, 10)
	p.refused(err, award.NotFound, "not_found")
	if all, err := p.Acts.CalendarChanges(t.Context(), p.Admin, 0, 10); err != nil || len(all) != 1 {
		t.Errorf("%d changes, %v", len(all), err)
	}
}

func TestTheCalendarOfAYearNamesItsDocuments(t *testing.T) {
	w := actstest.New(t)
	year, err := w.Acts.Calendar(t.Context(), 2020)
	if err != nil || !year.Published || len(year.Documents) == 0 || len(year.Days) == 0 {
		t.Fatalf("%+v, %v", year, err)
	}
	if unknown, err := w.Acts.Calendar(t.Context(), 2050); err != nil || unknown.Published || unknown.WorkingDays < 250 {
		t.Errorf("2050: %+v, %v", unknown, err)
	}
}
