package award

import (
	_ "embed" // the State Council's calendars as data
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed workdays.txt
var workdays string

// CalendarDay is one day that is not what its weekday makes it (放假, 调休), and
// the notice that says so.
type CalendarDay struct {
	Date     Date
	Kind     DayKind
	Holiday  string // 春节
	Document string // the State Council's notice: its number, or where it is published
}

// publishedDays reads the days built in, once.
var publishedDays = sync.OnceValue(func() []CalendarDay {
	var days []CalendarDay
	document := ""
	for line := range strings.Lines(workdays) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if source, named := strings.CutPrefix(line, "= "); named {
			document = strings.TrimSpace(source)
			continue
		}
		day := CalendarDay{Document: document}
		var text string
		if _, err := fmt.Sscan(line, &text, &day.Kind, &day.Holiday); err != nil {
			panic(fmt.Sprintf("workdays.txt, built in: %q: %v", line, err))
		}
		var err error
		if day.Date, err = ParseDate(text); err != nil {
			panic(fmt.Sprintf("workdays.txt, built in: %v", err))
		}
		days = append(days, day)
	}
	return days
})

// PublishedDays returns the exceptional days known to this release, by date.
func PublishedDays() []CalendarDay { return slices.Clone(publishedDays()) }

// PublishedCalendar returns the calendar of real rounds from the State
// Council's notices known to this release, 2007 on. The record may know more:
// what it has goes on top, Calendar.With.
var PublishedCalendar = sync.OnceValue(func() Calendar {
	exceptions := make(map[Date]DayKind)
	for _, day := range publishedDays() {
		exceptions[day.Date] = day.Kind
	}
	return NewCalendar(exceptions)
})
