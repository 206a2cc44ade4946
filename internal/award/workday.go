package award

import (
	_ "embed" // the State Council's calendars as data
	"fmt"
	"strings"
	"sync"
)

//go:embed workdays.txt
var workdays string

// PublishedCalendar returns the calendar of real rounds from the State
// Council's notices known to this release, 2007 on.
var PublishedCalendar = sync.OnceValue(func() Calendar {
	exceptions := make(map[Date]DayKind)
	for line := range strings.Lines(workdays) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var text, kind, holiday string
		if _, err := fmt.Sscan(line, &text, &kind, &holiday); err != nil {
			panic(fmt.Sprintf("workdays.txt, built in: %q: %v", line, err))
		}
		date, err := ParseDate(text)
		if err != nil {
			panic(fmt.Sprintf("workdays.txt, built in: %v", err))
		}
		exceptions[date] = DayKind(kind)
	}
	return NewCalendar(exceptions)
})
