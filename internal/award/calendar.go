package award

import (
	"fmt"
	"maps"
	"time"
)

// Calendar counts working days (工作日) for one round. A real round follows the
// State Council's calendar with its swap days; a drill (演练) has its own,
// where every "day" lasts as long as the drill says and is a working day, so
// that the same rules run in minutes. Source: domain 7; architecture 6.
type Calendar struct {
	origin time.Time        // day 0 starts here
	length time.Duration    // of one day
	kinds  map[Date]DayKind // exceptions to Monday–Friday; nil for a drill
	years  map[int]bool     // years whose calendar is published; nil for a drill
}

// DayKind says what an exception makes of a day.
type DayKind string

// The kinds of exceptional day, as the State Council's notices have them.
const (
	DayOff      DayKind = "off"      // 放假
	DayWork     DayKind = "work"     // 调休上班
	DayOrdinary DayKind = "ordinary" // as its weekday: a change takes an exception back
)

// DayKinds lists every kind of day.
func DayKinds() []DayKind { return []DayKind{DayOff, DayWork, DayOrdinary} }

// NewCalendar returns the calendar of real rounds from the published
// exceptions. A year is published when any exception of it is known.
func NewCalendar(exceptions map[Date]DayKind) Calendar {
	years := make(map[int]bool)
	for date, kind := range exceptions {
		if kind == DayOff { // a swap day at a year's edge is published with the neighbour's calendar
			years[date.Year] = true
		}
	}
	return Calendar{
		origin: Date{1970, time.January, 1}.Starts(),
		length: 24 * time.Hour,
		kinds:  exceptions,
		years:  years,
	}
}

// With returns the calendar as a notice of the State Council changes it: the
// days as it has them, and the year it publishes, 0 for none. A change of days
// alone makes no year known.
func (c Calendar) With(days []CalendarDay, publishes int) Calendar {
	kinds, years := maps.Clone(c.kinds), maps.Clone(c.years)
	for _, day := range days {
		kinds[day.Date] = day.Kind
	}
	if publishes != 0 {
		years[publishes] = true
	}
	c.kinds, c.years = kinds, years
	return c
}

// Kind returns what the calendar makes of a date: what its weekday does unless
// an exception is known.
func (c Calendar) Kind(d Date) DayKind {
	if kind, known := c.kinds[d]; known {
		return kind
	}
	return DayOrdinary
}

// PublishedYear reports whether the calendar of the year is known.
func (c Calendar) PublishedYear(year int) bool { return c.Drill() || c.years[year] }

// IsZero reports whether there is no calendar at all.
func (c Calendar) IsZero() bool { return c.length == 0 }

// NewDrillCalendar returns a drill's calendar: days of the given length from
// the origin on, all of them working days.
func NewDrillCalendar(origin time.Time, day time.Duration) Calendar {
	return Calendar{origin: origin, length: day}
}

// Drill reports whether the calendar is a drill's.
func (c Calendar) Drill() bool { return c.kinds == nil && c.years == nil }

// day numbers days from the origin.
func (c Calendar) day(t time.Time) int {
	n := t.Sub(c.origin)
	d := int(n / c.length)
	if n%c.length < 0 {
		d-- // before the origin, rounding is downwards too
	}
	return d
}

// start returns the first instant of a day.
func (c Calendar) start(day int) time.Time {
	return c.origin.Add(time.Duration(day) * c.length)
}

// working reports whether a numbered day is a working day.
func (c Calendar) working(day int) bool {
	if c.Drill() {
		return true
	}
	start := c.start(day)
	switch c.Kind(DateOf(start)) {
	case DayOff:
		return false
	case DayWork:
		return true
	case DayOrdinary:
	}
	weekday := start.In(Beijing).Weekday()
	return weekday != time.Saturday && weekday != time.Sunday
}

// published reports whether the year of a numbered day has its calendar.
func (c Calendar) published(day int) bool {
	return c.PublishedYear(c.start(day).In(Beijing).Year())
}

// Working reports whether the day that holds t is a working day.
func (c Calendar) Working(t time.Time) bool { return c.working(c.day(t)) }

// Published reports whether the calendar of the year that holds t is known.
func (c Calendar) Published(t time.Time) bool { return c.published(c.day(t)) }

// DayStart returns the first instant of the day that holds t.
func (c Calendar) DayStart(t time.Time) time.Time { return c.start(c.day(t)) }

// DayName names the day that holds t: 2008-12-31, or for a drill 第12日. Unique
// within a round; digests are claimed under it.
func (c Calendar) DayName(t time.Time) string {
	if c.Drill() {
		return fmt.Sprintf("第%d日", c.day(t)+1)
	}
	return DateOf(c.DayStart(t)).String()
}

// Window is a span of working days before the public, from 00:00 of the first
// to 24:00 of the last (D-02).
type Window struct {
	Opens       time.Time // inclusive
	Closes      time.Time // exclusive
	Provisional bool      // part of it lies in a year whose calendar is not published
}

// Window returns the window of n working days that opens no earlier than the
// given instant: on its day when that is a working day and starts then, else on
// the next one.
func (c Calendar) Window(notBefore time.Time, n int) Window {
	day := c.day(notBefore)
	if c.start(day).Before(notBefore) {
		day++
	}
	for !c.working(day) {
		day++
	}
	w := Window{Opens: c.start(day)}
	for counted := 0; ; day++ {
		w.Provisional = w.Provisional || !c.published(day)
		if c.working(day) {
			counted++
		}
		if counted == n {
			w.Closes = c.start(day + 1)
			return w
		}
	}
}

// After returns the exclusive end of the nth working day after the day that
// holds t: counting starts the next day. n = 0 is the end of t's own day.
func (c Calendar) After(t time.Time, n int) time.Time {
	day := c.day(t)
	for n > 0 {
		day++
		if c.working(day) {
			n--
		}
	}
	return c.start(day + 1)
}

// Before returns the start of the nth working day before the day that holds t:
// the last moment to begin something that takes n working days up to then.
func (c Calendar) Before(t time.Time, n int) time.Time {
	day := c.day(t)
	for n > 0 {
		day--
		if c.working(day) {
			n--
		}
	}
	return c.start(day)
}

// LastOpening returns the start of the last day on which a window of n working
// days can open and still be over at due (domain 3).
func (c Calendar) LastOpening(due time.Time, n int) time.Time {
	return c.Before(due, n)
}

// AddDays returns the instant n calendar days later: days of the round, so that
// a drill's last as long as the drill says.
func (c Calendar) AddDays(t time.Time, n int) time.Time {
	return t.Add(time.Duration(n) * c.length)
}
