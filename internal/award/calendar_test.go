package award_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"shifan/internal/award"
)

func beijing(year int, month time.Month, day, hour int) time.Time {
	return time.Date(year, month, day, hour, 0, 0, 0, award.Beijing)
}

func TestKnownWindowsOfFiveWorkingDays(t *testing.T) {
	c := award.PublishedCalendar()
	for name, w := range map[string]struct{ notBefore, opens, closes time.Time }{
		"Mon 31 Oct to Fri 4 Nov 2022": {
			beijing(2022, time.October, 31, 0), beijing(2022, time.October, 31, 0), beijing(2022, time.November, 5, 0),
		},
		"Mon 12 to Fri 16 Aug 2024": {
			beijing(2024, time.August, 12, 0), beijing(2024, time.August, 12, 0), beijing(2024, time.August, 17, 0),
		},
		"asked for after 00:00, it opens the next working day": {
			beijing(2024, time.August, 9, 9), beijing(2024, time.August, 12, 0), beijing(2024, time.August, 17, 0),
		},
		"a weekend lies within": {
			beijing(2024, time.August, 14, 0), beijing(2024, time.August, 14, 0), beijing(2024, time.August, 21, 0),
		},
		"the Spring Festival of 2020, as it was prolonged: 20 to 23 January and 3 February": {
			beijing(2020, time.January, 20, 0), beijing(2020, time.January, 20, 0), beijing(2020, time.February, 4, 0),
		},
		"a swap day counts: Sun 29 Sep 2024": {
			beijing(2024, time.September, 27, 0), beijing(2024, time.September, 27, 0), beijing(2024, time.October, 10, 0),
		},
		"a holiday moves the first day": {
			beijing(2024, time.October, 1, 0), beijing(2024, time.October, 8, 0), beijing(2024, time.October, 13, 0), // Sat 12 Oct is worked
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.Window(w.notBefore, 5)
			if !got.Opens.Equal(w.opens) || !got.Closes.Equal(w.closes) || got.Provisional {
				t.Errorf("got %s to %s, provisional %t; want %s to %s", got.Opens, got.Closes, got.Provisional, w.opens, w.closes)
			}
		})
	}
}

func TestAWindowInAnUnpublishedYearIsProvisional(t *testing.T) {
	c := award.NewCalendar(map[award.Date]award.DayKind{
		{Year: 2026, Month: time.December, Day: 31}: award.DayWork,
		{Year: 2026, Month: time.October, Day: 1}:   award.DayOff,
		{Year: 2027, Month: time.January, Day: 3}:   award.DayWork, // a swap day at the edge publishes no year
	})
	for name, w := range map[string]struct {
		notBefore   time.Time
		provisional bool
	}{
		"all of it in a published year":      {beijing(2026, time.December, 21, 0), false},
		"its last day in an unpublished one": {beijing(2026, time.December, 28, 0), true}, // Fri 1 Jan 2027 would be its fifth day
		"all of it in an unpublished one":    {beijing(2027, time.March, 1, 0), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.Window(w.notBefore, 5); got.Provisional != w.provisional {
				t.Errorf("%s to %s: provisional %t", got.Opens, got.Closes, got.Provisional)
			}
		})
	}
	if c.Published(beijing(2027, time.January, 1, 0)) || !c.Published(beijing(2027, time.January, 1, 0).Add(-time.Nanosecond)) {
		t.Error("2027 begins at midnight in Beijing, and is not published")
	}
}

func TestDaysAreCountedFromTheNextDayOn(t *testing.T) {
	c := award.PublishedCalendar()
	for name, d := range map[string]struct{ got, want time.Time }{
		"none: to the end of the day itself":   {c.After(beijing(2024, time.August, 12, 9), 0), beijing(2024, time.August, 13, 0)},
		"five from a Monday: the next Monday":  {c.After(beijing(2024, time.August, 12, 9), 5), beijing(2024, time.August, 20, 0)},
		"from a Saturday: Monday is the first": {c.After(beijing(2024, time.August, 10, 9), 1), beijing(2024, time.August, 13, 0)},
		"five before a Monday":                 {c.Before(beijing(2024, time.August, 12, 0), 5), beijing(2024, time.August, 5, 0)},
		"a list to be final by Friday midnight": {
			c.LastOpening(beijing(2024, time.August, 17, 0), 5), beijing(2024, time.August, 12, 0), // Saturday 00:00, exclusive
		},
	} {
		if !d.got.Equal(d.want) {
			t.Errorf("%s: got %s, want %s", name, d.got, d.want)
		}
	}
}

func TestADrillsDaysAreAllWorkingDaysOfItsOwnLength(t *testing.T) {
	origin := beijing(2026, time.November, 2, 9).Add(7 * time.Second)
	c := award.NewDrillCalendar(origin, 2*time.Second)
	w := c.Window(origin.Add(time.Second), 3)
	if want := origin.Add(2 * time.Second); !w.Opens.Equal(want) || !w.Closes.Equal(want.Add(6*time.Second)) || w.Provisional {
		t.Errorf("window of three days: %s to %s", w.Opens, w.Closes)
	}
	if got := c.After(origin.Add(3*time.Second), 2); !got.Equal(origin.Add(8 * time.Second)) {
		t.Errorf("two days after: %s", got)
	}
	if got := c.AddDays(origin, 60); !got.Equal(origin.Add(2 * time.Minute)) {
		t.Errorf("sixty days later: %s", got)
	}
	if got := c.DayName(origin.Add(2 * time.Second)); got != "第2日" {
		t.Errorf("the second day is %s", got)
	}
	if got := c.DayStart(origin.Add(-time.Nanosecond)); !got.Equal(origin.Add(-2 * time.Second)) {
		t.Errorf("the day before the first begins %s", got)
	}
	if !c.Drill() || !c.Published(origin.AddDate(90, 0, 0)) || award.PublishedCalendar().Drill() {
		t.Error("a drill's calendar is its own, and always known")
	}
}

// someDay returns a calendar, real or a drill's, and an instant it knows.
func someDay(t *rapid.T) (award.Calendar, time.Time) {
	at := beijing(2008, time.January, 1, 0).Add(time.Duration(rapid.Int64Range(0, int64(18*365*24*time.Hour)).Draw(t, "at")))
	if rapid.Bool().Draw(t, "drill") {
		return award.NewDrillCalendar(beijing(2015, time.June, 1, 0), time.Duration(rapid.Int64Range(1, 86400).Draw(t, "seconds"))*time.Second), at
	}
	return award.PublishedCalendar(), at
}

// workingDays counts the working days in a span, day by day.
func workingDays(c award.Calendar, from, to time.Time) int {
	n := 0
	for day := from; day.Before(to); day = c.AddDays(day, 1) {
		if c.Working(day) {
			n++
		}
	}
	return n
}

func TestAWindowOfNWorkingDaysContainsExactlyN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := someDay(t)
		n := rapid.IntRange(1, 40).Draw(t, "n")
		w := c.Window(at, n)
		if got := workingDays(c, w.Opens, w.Closes); got != n {
			t.Fatalf("%s to %s holds %d working days, not %d", w.Opens, w.Closes, got, n)
		}
		if w.Opens.Before(at) || !c.Working(w.Opens) || !c.Working(w.Closes.Add(-time.Nanosecond)) {
			t.Fatalf("%s to %s does not begin and end on a working day from %s on", w.Opens, w.Closes, at)
		}
	})
}

func TestCountingDaysIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := someDay(t)
		later := at.Add(time.Duration(rapid.Int64Range(0, int64(30*24*time.Hour)).Draw(t, "later")))
		n := rapid.IntRange(0, 40).Draw(t, "n")
		more := n + rapid.IntRange(0, 10).Draw(t, "more")
		if c.After(later, n).Before(c.After(at, n)) || c.After(at, more).Before(c.After(at, n)) {
			t.Fatal("a later start or more days ended earlier")
		}
		if c.Before(later, n).Before(c.Before(at, n)) || c.Before(at, n).Before(c.Before(at, more)) {
			t.Fatal("a later end or fewer days began earlier")
		}
		if c.AddDays(at, more).Before(c.AddDays(at, n)) {
			t.Fatal("more calendar days ended earlier")
		}
	})
}

func TestAListOpenedOnTheLastDayIsOverInTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := someDay(t)
		due := c.DayStart(at) // dates are starts of days: exclusive midnights
		n := rapid.IntRange(1, 20).Draw(t, "n")
		last := c.LastOpening(due, n)
		if w := c.Window(last, n); w.Closes.After(due) {
			t.Fatalf("opened %s it closes %s, after %s", last, w.Closes, due)
		}
		if w := c.Window(c.AddDays(last, 1), n); !w.Closes.After(due) {
			t.Fatalf("opened a day after %s it is still over by %s", last, due)
		}
	})
}
