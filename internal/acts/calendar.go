package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shifan/internal/award"
)

// CalendarChange is a change of the State Council's calendar (工作日历变更):
// proposed, approved or rejected.
type CalendarChange struct {
	award.CalendarChange
	ID         int64
	ProposedBy int64 // officer
	ProposedAt time.Time
	Version    int // of the calendar from it on; 0: not approved
	ApprovedBy int64
	ApprovedAt time.Time
	SHA256     []byte // award.CalendarDiffHash of what was approved

	RejectedBy int64     // 0: not rejected
	RejectedAt time.Time // zero: not rejected
	Reason     string    // of the rejection
}

// Pending reports whether the change still waits for an answer.
func (c CalendarChange) Pending() bool { return c.Version == 0 && c.RejectedBy == 0 }

// mustBePending refuses a change that has been answered.
func (c CalendarChange) mustBePending() error {
	switch {
	case c.Version != 0:
		return award.Refuse(award.Conflict, "D-60", "calendar_change_approved", c.ID)
	case c.RejectedBy != 0:
		return award.Refuse(award.Conflict, "D-97", "calendar_change_rejected", c.ID)
	}
	return nil
}

// CalendarDiff is what a change would move, as of now: what a person approves
// by its hash. Limits are shown and not hashed: they change with every file
// that moves, and follow a rule (D-61).
type CalendarDiff struct {
	Days    []award.DayMove
	Windows []award.WindowMove
	Limits  []DueMove
	SHA256  []byte
}

// DueMove counts what a change moves from one date to another.
type DueMove struct {
	Round      string
	Kind       DueKind
	OfficeCode string // the recommending office
	From, To   time.Time
	Count      int
}

// DueKind says what a limit in working days is for.
type DueKind string

// The limits that follow the calendar. Another needs its line in
// postgres.DueDates and in days below.
const (
	DueEndorse DueKind = "endorse" // 审核
	DueReturn  DueKind = "return"  // 退回补正
	DueReview  DueKind = "review"  // 复核
	DueAdmit   DueKind = "admit"   // 异议受理
)

// days returns how many working days the round gives.
func (k DueKind) days(r award.Rules) int {
	switch k {
	case DueEndorse:
		return r.EndorseDays
	case DueReturn:
		return r.ReturnDays
	case DueReview:
		return r.ReviewDays
	case DueAdmit:
		return r.AdmitDays()
	}
	return 0
}

// DueDate is a limit that runs, and how many stand at it.
type DueDate struct {
	Kind       DueKind
	OfficeCode string // the recommending office
	Waiting    int64  // the office whose limit it is
	Since      award.Date
	Due        time.Time
	Count      int
	To         time.Time // where it moves
}

// CalendarYear is the calendar of one year, as it is in force.
type CalendarYear struct {
	Year        int
	Published   bool
	WorkingDays int
	Days        []award.CalendarDay // the exceptional ones, by date
	Documents   []string            // the State Council's notices behind them
}

// calendarTx keeps the calendar.
type calendarTx interface {
	// StateCalendar returns the calendar of real rounds as it is in force.
	StateCalendar(ctx context.Context) (award.Calendar, error)
	// LockCalendar holds the calendar alone until the end.
	LockCalendar(ctx context.Context) error
	// CalendarChange reads a change; award.NotFound when there is none.
	CalendarChange(ctx context.Context, id int64) (CalendarChange, error)
	// AddCalendarChange writes a proposed change.
	AddCalendarChange(ctx context.Context, by int64, change award.CalendarChange) (CalendarChange, error)
	// ApproveCalendarChange makes it the calendar's next version.
	ApproveCalendarChange(ctx context.Context, by, change int64, sha256 []byte) (version int, err error)
	// RejectCalendarChange ends a proposed change; the caller holds the calendar.
	RejectCalendarChange(ctx context.Context, by, change int64, reason string) (CalendarChange, error)
	// RealRounds returns the rounds that follow the calendar and in which something
	// may move by it, by ID: also closed ones with a limit that still runs.
	RealRounds(ctx context.Context) ([]string, error)
	// AnnouncedNotices reads a round's notices that have not ended, by number.
	AnnouncedNotices(ctx context.Context, round string) ([]Notice, error)
	// DueDates reads the limits of a round that run.
	DueDates(ctx context.Context, round string) ([]DueDate, error)
	// MoveDueDates moves limits from Due to To.
	MoveDueDates(ctx context.Context, round string, moves []DueDate) error
}

// calendarReads answers questions about the calendar.
type calendarReads interface {
	// CalendarChanges lists changes, newest first, before the given ID; 0: from
	// the newest.
	CalendarChanges(ctx context.Context, before int64, limit int) ([]CalendarChange, error)
	// CalendarDays reads the days of approved changes, the latest of each date,
	// and the years they publish.
	CalendarDays(ctx context.Context) (days []award.CalendarDay, published []int, err error)
}

// calendarOf returns the calendar of a round, or of all real ones when none is
// named.
func calendarOf(ctx context.Context, tx Tx, round string) (award.Calendar, error) {
	if round == "" {
		return tx.StateCalendar(ctx)
	}
	r, err := tx.Round(ctx, round)
	return r.Calendar(), err
}

// calendarRow is the register's root, whose administrators keep the calendar.
func calendarRow(ctx context.Context, tx Tx) (Row, error) {
	root, err := registerUnit(ctx, tx, award.CodeNation)
	return Row{Owner: root.ID, Unit: root.ID, Path: []int64{root.ID}}, err
}

// ProposeCalendarChange proposes what a notice of the State Council makes of
// the calendar (D-60). Nothing moves until another administrator approves it.
func (a *Acts) ProposeCalendarChange(ctx context.Context, by award.Officer, key Key, in award.CalendarChange) (Done[CalendarChange], error) {
	return once(ctx, a, by, key, award.ActProposeCalendar, "", func(t *act) (CalendarChange, error) {
		row, err := calendarRow(ctx, t)
		if err != nil {
			return CalendarChange{}, err
		}
		if err := Can(by, t.name, row); err != nil {
			return CalendarChange{}, err
		}
		calendar, err := t.StateCalendar(ctx)
		if err != nil {
			return CalendarChange{}, err
		}
		if defects := in.Check(calendar); len(defects) > 0 {
			return CalendarChange{}, award.RefuseFields(award.Invalid, "domain 7", "calendar_change_defects", defects)
		}
		change, err := t.AddCalendarChange(ctx, by.ID, in)
		if err != nil {
			return CalendarChange{}, err
		}
		return change, t.audit(ctx, calendarSubject(change.ID), in.Document, map[string]any{
			"days": len(in.Days), "publishes": in.Publishes,
		})
	})
}

func calendarSubject(change int64) string { return fmt.Sprintf("calendar-change/%d", change) }

// CalendarApplied is what an approved change has done.
type CalendarApplied struct {
	Version int // of the calendar now in force
	Rounds  int // in which something moved
	Windows int
	Limits  int // of files, reviews and objections
}

// ApproveCalendarChange puts a proposed change into force (批准, D-60): an
// administrator other than the one who proposed it approves the diff it has
// seen, by its hash. Every window and limit of every real round under way moves
// in the same transaction; a drill has a calendar of its own. No announced
// window is shortened and no ended one revived (D-62).
func (a *Acts) ApproveCalendarChange(ctx context.Context, by award.Officer, key Key, id int64, seen []byte) (Done[CalendarApplied], error) {
	return once(ctx, a, by, key, award.ActApproveCalendar, "", func(t *act) (CalendarApplied, error) {
		row, err := calendarRow(ctx, t)
		if err != nil {
			return CalendarApplied{}, err
		}
		if err := Can(by, t.name, row); err != nil {
			return CalendarApplied{}, err
		}
		if err := t.LockCalendar(ctx); err != nil {
			return CalendarApplied{}, err
		}
		change, err := t.CalendarChange(ctx, id)
		if err != nil {
			return CalendarApplied{}, err
		}
		if err := change.mustBePending(); err != nil {
			return CalendarApplied{}, err
		}
		if change.ProposedBy == by.ID {
			return CalendarApplied{}, award.Refuse(award.Forbidden, "D-60", "calendar_change_own")
		}
		rounds, err := t.RealRounds(ctx)
		if err != nil {
			return CalendarApplied{}, err
		}
		for _, round := range rounds { // nobody counts days by the calendar that goes
			if err := t.shutRound(ctx, round); err != nil {
				return CalendarApplied{}, err
			}
		}
		shifts, diff, err := calendarShifts(ctx, t, change, rounds)
		if err != nil {
			return CalendarApplied{}, err
		}
		if !slices.Equal(diff.SHA256, seen) {
			return CalendarApplied{}, award.Refuse(award.Stale, "D-60", "calendar_diff_changed")
		}
		done := CalendarApplied{}
		if done.Version, err = t.ApproveCalendarChange(ctx, by.ID, id, diff.SHA256); err != nil {
			return CalendarApplied{}, err
		}
		for _, s := range shifts {
			if len(s.notices) == 0 && len(s.limits) == 0 {
				continue
			}
			if err := t.shift(ctx, s, change.Document); err != nil {
				return CalendarApplied{}, err
			}
			done.Rounds++
			done.Windows += len(s.notices)
			done.Limits += s.files()
		}
		return done, t.audit(ctx, calendarSubject(id), change.Document, map[string]any{
			"version": done.Version, "sha256": fmt.Sprintf("%x", diff.SHA256), "rounds": done.Rounds, "windows": done.Windows, "limits": done.Limits,
		})
	})
}

// RejectCalendarChange ends a proposed change (不予批准, D-97): with a reason, and
// for good. Nothing has moved by it, so whoever proposed it may take it back so
// too.
func (a *Acts) RejectCalendarChange(ctx context.Context, by award.Officer, key Key, id int64, reason string) (Done[CalendarChange], error) {
	return once(ctx, a, by, key, award.ActRejectCalendar, "", func(t *act) (CalendarChange, error) {
		row, err := calendarRow(ctx, t)
		if err != nil {
			return CalendarChange{}, err
		}
		if err := Can(by, t.name, row); err != nil {
			return CalendarChange{}, err
		}
		if reason = strings.TrimSpace(reason); reason == "" {
			return CalendarChange{}, award.RefuseFields(award.Invalid, "D-97", "reason_required", []award.Defect{{Pointer: "/reason", Key: "field_required"}})
		}
		if err := t.LockCalendar(ctx); err != nil {
			return CalendarChange{}, err
		}
		change, err := t.CalendarChange(ctx, id)
		if err != nil {
			return CalendarChange{}, err
		}
		if err := change.mustBePending(); err != nil {
			return CalendarChange{}, err
		}
		if change, err = t.RejectCalendarChange(ctx, by.ID, id, reason); err != nil {
			return CalendarChange{}, err
		}
		return change, t.audit(ctx, calendarSubject(id), reason, nil)
	})
}

// shutRound holds a round, its offices' gates and its notices' alone, in that order.
func (t *act) shutRound(ctx context.Context, round string) error {
	if _, err := t.LockRound(ctx, round); err != nil {
		return err
	}
	if err := t.ShutGates(ctx, round); err != nil {
		return err
	}
	numbers, err := t.LiveNotices(ctx, round)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if err := t.ShutNotice(ctx, round, number); err != nil {
			return err
		}
	}
	return nil
}

// calendarShift is what a change moves in one round.
type calendarShift struct {
	round   Round
	notices []noticeShift
	limits  []DueDate
}

// noticeShift is a notice with its window as it was and as it becomes.
type noticeShift struct {
	notice Notice
	to     award.NoticePlan
}

// files counts the limits that move.
func (s calendarShift) files() int {
	n := 0
	for _, l := range s.limits {
		n += l.Count
	}
	return n
}

// calendarShifts asks the rules what a change moves in each round, and says so
// as a diff.
func calendarShifts(ctx context.Context, tx Tx, change CalendarChange, rounds []string) ([]calendarShift, CalendarDiff, error) {
	before, err := tx.StateCalendar(ctx)
	if err != nil {
		return nil, CalendarDiff{}, err
	}
	after := before.With(change.Days, change.Publishes)
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, CalendarDiff{}, err
	}
	diff := CalendarDiff{Days: change.Moves(before)}
	shifts := make([]calendarShift, len(rounds))
	for i, id := range rounds {
		s := &shifts[i]
		if s.round, err = tx.Round(ctx, id); err != nil {
			return nil, CalendarDiff{}, err
		}
		notices, err := tx.AnnouncedNotices(ctx, id)
		if err != nil {
			return nil, CalendarDiff{}, err
		}
		for _, n := range notices {
			from := n.Plan()
			to := from.Recount(after, n.WorkingDays, s.round.Rules.LetterDays, now)
			if to == from {
				continue
			}
			s.notices = append(s.notices, noticeShift{n, to})
			for _, w := range []award.WindowMove{
				{What: award.WindowCloses, From: from.Closes, To: to.Closes}, {What: award.WindowFinal, From: from.Final, To: to.Final},
			} {
				if w.Round, w.Notice, w.Provisional, w.Certain = id, n.Number, from.Provisional, !to.Provisional; !w.From.Equal(w.To) || w.Provisional == w.Certain {
					diff.Windows = append(diff.Windows, w)
				}
			}
		}
		diff.Windows = append(diff.Windows, s.round.lastDays(before, after, now)...)
		limits, err := tx.DueDates(ctx, id)
		if err != nil {
			return nil, CalendarDiff{}, err
		}
		for _, l := range limits {
			l.To = award.MoveDue(before, after, l.Since.Starts(), l.Due, l.Kind.days(s.round.Rules))
			if !l.To.Equal(l.Due) {
				s.limits = append(s.limits, l)
			}
		}
		diff.Limits = append(diff.Limits, s.counted()...)
	}
	hash := award.CalendarDiffHash(diff.Days, change.Publishes, diff.Windows)
	diff.SHA256 = hash[:]
	return shifts, diff, nil
}

// lastDays says how the last days on which lists can open move, and whether
// they become certain. Those that have passed matter no more.
func (r Round) lastDays(before, after award.Calendar, now time.Time) []award.WindowMove {
	var moves []award.WindowMove
	was, is := RoundStanding{Round: r}, RoundStanding{Round: r}
	was.StateCalendar, is.StateCalendar = before, after
	wasProvincial, wasNational := was.LastNotices()
	isProvincial, isNational := is.LastNotices()
	for _, w := range []award.WindowMove{
		{What: award.LastProvincialList, From: wasProvincial, To: isProvincial, Provisional: !before.Published(r.Dates.RecommendationDue.Add(-time.Nanosecond)), Certain: after.Published(r.Dates.RecommendationDue.Add(-time.Nanosecond))},
		{What: award.LastNationalList, From: wasNational, To: isNational, Provisional: !before.Published(r.Dates.AssessmentDue.Add(-time.Nanosecond)), Certain: after.Published(r.Dates.AssessmentDue.Add(-time.Nanosecond))},
	} {
		if w.From.After(now) && (!w.From.Equal(w.To) || w.Provisional == w.Certain) {
			w.Round = r.ID
			moves = append(moves, w)
		}
	}
	return moves
}

// counted adds the limits up by recommending office and date.
func (s calendarShift) counted() []DueMove {
	var moves []DueMove
	for _, l := range s.limits {
		m := DueMove{Round: s.round.ID, Kind: l.Kind, OfficeCode: l.OfficeCode, From: l.Due, To: l.To, Count: l.Count}
		at := slices.IndexFunc(moves, func(o DueMove) bool {
			return o.Kind == m.Kind && o.OfficeCode == m.OfficeCode && o.From.Equal(m.From) && o.To.Equal(m.To)
		})
		if at < 0 {
			moves = append(moves, m)
		} else {
			moves[at].Count += m.Count
		}
	}
	return moves
}

// shift moves what a change moves in one round, tells the offices concerned and
// leaves word for the workflows whose dates moved.
func (t *act) shift(ctx context.Context, s calendarShift, document string) error {
	lines := make(map[int64][]string) // by office
	told := make(map[string]bool)     // workflows
	for _, n := range s.notices {
		err := t.MoveWindow(ctx, n.notice, n.to, NoticeChange{Name: t.name, Reason: document, WorkingDays: n.notice.WorkingDays, Act: t.id})
		if err != nil {
			return err
		}
		lines[n.notice.Office] = append(lines[n.notice.Office], fmt.Sprintf("第%d号公示：截止%s，名单不早于%s确定。",
			n.notice.Number, award.Until(n.to.Closes), award.Until(n.to.Final)))
		told[award.NoticeWorkflow(s.round.ID, n.notice.Number)] = true
		if n.notice.Scope == award.Provincial {
			told[award.OfficeWorkflow(s.round.ID, n.notice.OfficeCode)] = true
		}
	}
	if err := t.MoveDueDates(ctx, s.round.ID, s.limits); err != nil {
		return err
	}
	for _, l := range s.limits {
		lines[l.Waiting] = append(lines[l.Waiting], fmt.Sprintf("%d 件%s的期限由%s顺延至%s。", l.Count, l.Kind.chinese(), award.Until(l.Due), award.Until(l.To)))
		if l.Kind == DueReturn { // a date the office's workflow sleeps to
			told[award.OfficeWorkflow(s.round.ID, l.OfficeCode)] = true
		}
	}
	var messages []Message
	for office, about := range lines {
		messages = append(messages, Message{
			Round: s.round.ID, Office: office, Occasion: fmt.Sprintf("%s/%d/%s", t.name, t.id, s.round.ID), Kind: "calendar",
			Subject: "〔期限顺延·工作日安排调整〕" + s.round.Title,
			Body:    "依据：" + document + "。\n" + strings.Join(about, "\n"),
		})
	}
	if _, err := t.PostAll(ctx, messages); err != nil {
		return err
	}
	for workflow := range told {
		signal := Signal{Workflow: workflow, Name: award.SignalCalendarChanged, Told: award.Told{Act: t.id}}
		if err := t.Tell(ctx, t.id, signal); err != nil {
			return err
		}
	}
	return t.Audit(ctx, Entry{
		Act: t.id, By: t.by, Round: s.round.ID, Name: t.name, Subject: "round/" + s.round.ID, Ground: document,
		Detail: map[string]any{"windows": len(s.notices), "limits": s.files()},
	})
}

// chinese names what the limit is for.
func (k DueKind) chinese() string {
	switch k {
	case DueEndorse:
		return "待审核材料"
	case DueReturn:
		return "退回补正材料"
	case DueReview:
		return "复核"
	case DueAdmit:
		return "异议受理"
	}
	return string(k)
}

// CalendarDiff reads a change and what it moves, or would move now. Only the
// register's root reads it.
func (a *Acts) CalendarDiff(ctx context.Context, by award.Officer, id int64) (CalendarChange, CalendarDiff, error) {
	var change CalendarChange
	var diff CalendarDiff
	err := a.keepingCalendar(ctx, by, func(tx Tx) error {
		var err error
		if change, err = tx.CalendarChange(ctx, id); err != nil || !change.Pending() {
			return err // approved: what it moved is in the log; rejected: it moves nothing
		}
		rounds, err := tx.RealRounds(ctx)
		if err != nil {
			return err
		}
		_, diff, err = calendarShifts(ctx, tx, change, rounds)
		return err
	})
	return change, diff, err
}

// CalendarChanges lists changes, newest first, to the register's root.
func (a *Acts) CalendarChanges(ctx context.Context, by award.Officer, before int64, limit int) ([]CalendarChange, error) {
	if err := a.keepingCalendar(ctx, by, func(Tx) error { return nil }); err != nil {
		return nil, err
	}
	return a.store.CalendarChanges(ctx, before, limit)
}

// keepingCalendar reads what only the register's root may see.
func (a *Acts) keepingCalendar(ctx context.Context, by award.Officer, fn func(tx Tx) error) error {
	return a.store.InTx(ctx, func(tx Tx) error {
		row, err := calendarRow(ctx, tx)
		if err != nil {
			return err
		}
		if !MaySee(by, row) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		return fn(tx)
	})
}

// StateCalendar returns the calendar of real rounds as it is in force, to count
// with.
func (a *Acts) StateCalendar(ctx context.Context) (award.Calendar, error) {
	var calendar award.Calendar
	err := a.store.InTx(ctx, func(tx Tx) (err error) {
		calendar, err = tx.StateCalendar(ctx)
		return err
	})
	return calendar, err
}

// calendarInForce is the calendar with what the record knows of its days.
type calendarInForce struct {
	calendar  award.Calendar
	published []int // years that approved changes publish
	days      map[award.Date]award.CalendarDay
}

func (a *Acts) calendarInForce(ctx context.Context) (calendarInForce, error) {
	changed, published, err := a.store.CalendarDays(ctx)
	if err != nil {
		return calendarInForce{}, err
	}
	c := calendarInForce{award.PublishedCalendar().With(changed, 0), published, make(map[award.Date]award.CalendarDay)}
	for _, day := range append(award.PublishedDays(), changed...) {
		c.days[day.Date] = day
	}
	return c, nil
}

func (c calendarInForce) knows(year int) bool {
	return c.calendar.PublishedYear(year) || slices.Contains(c.published, year)
}

// year says what the calendar makes of a year.
func (c calendarInForce) year(year int) CalendarYear {
	out := CalendarYear{Year: year, Published: c.knows(year)}
	for d := (award.Date{Year: year, Month: time.January, Day: 1}); d.Year == year; d = award.DateOf(d.Closes()) {
		if c.calendar.Working(d.Starts()) {
			out.WorkingDays++
		}
		day, known := c.days[d]
		if !known {
			continue
		}
		out.Days = append(out.Days, day)
		if !slices.Contains(out.Documents, day.Document) {
			out.Documents = append(out.Documents, day.Document)
		}
	}
	return out
}

// Calendar returns the State Council's calendar of a year as it is in force.
// Every officer may read it.
func (a *Acts) Calendar(ctx context.Context, year int) (CalendarYear, error) {
	c, err := a.calendarInForce(ctx)
	if err != nil {
		return CalendarYear{}, err
	}
	return c.year(year), nil
}

// CalendarYears returns the years that are published, and whether this one and
// the next are, newest first. Every officer may read them.
func (a *Acts) CalendarYears(ctx context.Context) ([]CalendarYear, error) {
	c, err := a.calendarInForce(ctx)
	if err != nil {
		return nil, err
	}
	now, err := a.Now(ctx)
	if err != nil {
		return nil, err
	}
	current := award.DateOf(now).Year
	var years []CalendarYear
	for year := max(current+1, slices.Max(append(c.published, 0))); year >= award.PublishedDays()[0].Date.Year; year-- {
		if c.knows(year) || year == current || year == current+1 {
			years = append(years, c.year(year))
		}
	}
	return years, nil
}
