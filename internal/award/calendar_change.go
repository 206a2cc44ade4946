package award

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CalendarChange is what a notice of the State Council makes of single days
// (工作日历变更): a new year's calendar, or days changed while they ran, as on 27
// January 2020. A person proposes it and another approves what it moves (D-60).
type CalendarChange struct {
	Document  string // the notice's number: 国办发明电〔2020〕1号
	Publishes int    // the year whose calendar it is; 0: it changes days alone
	Days      []CalendarDay
}

// What keeps a slip of the keyboard from becoming a calendar.
const (
	mostCalendarDays  = 100  // a year has some forty exceptions
	firstCalendarYear = 2007 // the first of the calendars built in
	lastCalendarYear  = 2100
)

// Check returns every defect of a change to the calendar in force.
func (ch CalendarChange) Check(c Calendar) []Defect {
	var defects []Defect
	say := func(pointer, key string, args ...any) { defects = append(defects, Defect{pointer, key, args}) }
	if strings.TrimSpace(ch.Document) == "" {
		say("/document", "field_required")
	}
	if len(ch.Days) == 0 {
		say("/days", "field_required")
	}
	if len(ch.Days) > mostCalendarDays {
		say("/days", "number_too_large", mostCalendarDays, len(ch.Days))
	}
	seen := make(map[Date]bool)
	changes, off := ch.Publishes != 0, false
	for i, day := range ch.Days {
		pointer := fmt.Sprintf("/days/%d", i)
		switch {
		case day.Date.Year < firstCalendarYear || day.Date.Year > lastCalendarYear:
			say(pointer+"/date", "calendar_year_bounds", firstCalendarYear, lastCalendarYear)
		case seen[day.Date]:
			say(pointer+"/date", "value_twice")
		case !slices.Contains(DayKinds(), day.Kind):
			say(pointer+"/kind", "day_kind_unknown", string(day.Kind))
		}
		seen[day.Date] = true
		changes = changes || c.Kind(day.Date) != day.Kind
		off = off || day.Date.Year == ch.Publishes && day.Kind == DayOff
	}
	switch {
	case len(defects) > 0:
	case ch.Publishes != 0 && c.PublishedYear(ch.Publishes):
		say("/publishes", "calendar_year_published", ch.Publishes)
	case ch.Publishes != 0 && !off:
		say("/publishes", "calendar_year_without_holidays", ch.Publishes)
	case !changes:
		say("/days", "calendar_change_nothing")
	}
	return defects
}

// DayMove is a day as it is and as a change makes it.
type DayMove struct {
	Date     Date
	From, To DayKind
	Holiday  string
}

// Moves returns the days that the change makes another kind, by date.
func (ch CalendarChange) Moves(c Calendar) []DayMove {
	var moves []DayMove
	for _, day := range ch.Days {
		if from := c.Kind(day.Date); from != day.Kind {
			moves = append(moves, DayMove{day.Date, from, day.Kind, day.Holiday})
		}
	}
	slices.SortFunc(moves, func(a, b DayMove) int { return strings.Compare(a.Date.String(), b.Date.String()) })
	return moves
}

// MoveDue returns where a change puts a date that was set n working days after
// a day. What no longer stands where the calendar before put it was set by
// somebody and stays; a date that was told is never taken back (D-61).
func MoveDue(before, after Calendar, since, due time.Time, n int) time.Time {
	if !before.After(since, n).Equal(due) {
		return due
	}
	if to := after.After(since, n); to.After(due) {
		return to
	}
	return due
}

// WindowMove is a date of the public or of a round that a change moves, or
// makes certain: what a person approves.
type WindowMove struct {
	Round       string
	Notice      int // its number; 0: a date of the round
	What        WindowDate
	From, To    time.Time
	Provisional bool // before the change
	Certain     bool // after it
}

// WindowDate names a date that follows the calendar.
type WindowDate string

// The dates a change of the calendar is shown by.
const (
	WindowCloses       WindowDate = "closes"          // 公示截止
	WindowFinal        WindowDate = "final"           // 名单确定
	LastProvincialList WindowDate = "last_provincial" // 省级公示最迟开始日
	LastNationalList   WindowDate = "last_national"   // 全国公示最迟开始日
)

// WindowDates lists them.
func WindowDates() []WindowDate {
	return []WindowDate{WindowCloses, WindowFinal, LastProvincialList, LastNationalList}
}

// CalendarDiffHash returns the SHA-256 of what a change comes to: its days and
// the windows it moves, one line each. Whoever approves names it, so that
// nothing else than what was seen is done.
func CalendarDiffHash(days []DayMove, publishes int, windows []WindowMove) [32]byte {
	digest := sha256.New()
	fmt.Fprintf(digest, "publishes\t%d\n", publishes)
	for _, d := range days {
		fmt.Fprintf(digest, "day\t%s\t%s\t%s\n", d.Date, d.From, d.To)
	}
	for _, w := range windows {
		fmt.Fprintf(digest, "window\t%s\t%d\t%s\t%s\t%s\t%t\t%t\n", w.Round, w.Notice, w.What,
			w.From.UTC().Format(time.RFC3339Nano), w.To.UTC().Format(time.RFC3339Nano), w.Provisional, w.Certain)
	}
	return [32]byte(digest.Sum(nil))
}
