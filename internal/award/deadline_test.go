package award_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestTheEndOfAMonthIsItsWholeLastDay(t *testing.T) {
	december := award.EndOfMonth(2008, time.December)
	if december.String() != "2008-12-31" {
		t.Fatalf("底前 is %s", december)
	}
	if last := december.Closes().Add(-time.Nanosecond); award.DateOf(last) != december {
		t.Errorf("23:59:59 still counts, and is %s", award.DateOf(last))
	}
	if want := time.Date(2008, time.December, 31, 16, 0, 0, 0, time.UTC); !december.Closes().Equal(want) {
		t.Errorf("the first instant too late is %s, want %s", december.Closes().UTC(), want)
	}
	if got := award.EndOfMonth(2028, time.February).String(); got != "2028-02-29" {
		t.Errorf("a leap year's February ends %s", got)
	}
}

func TestAnInstantBelongsToItsDateInBeijing(t *testing.T) {
	for text, want := range map[string]string{
		"2008-12-31T15:59:59Z": "2008-12-31", "2008-12-31T16:00:00Z": "2009-01-01", "2009-01-01T00:00:00+08:00": "2009-01-01",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := award.DateOf(at).String(); got != want {
			t.Errorf("%s is on %s, want %s", text, got, want)
		}
	}
}

func TestADeadlineIsWrittenAsOfficesReadIt(t *testing.T) {
	midnight := award.EndOfMonth(2008, time.December).Closes()
	for at, want := range map[time.Time]string{
		midnight.UTC():                "2008年12月31日 24:00止",
		midnight.Add(time.Second):     "2009年1月1日 00:00:01止",
		midnight.Add(-time.Second):    "2008年12月31日 23:59:59止",
		midnight.Add(time.Nanosecond): "2009年1月1日 00:00:00止",
	} {
		if got := award.Until(at); got != want {
			t.Errorf("%s reads %q, want %q", at, got, want)
		}
	}
}

func TestAMalformedDateIsRefused(t *testing.T) {
	for _, text := range []string{"", "2008-13-01", "2009-02-29", "2008-1-1", "31.12.2008", "2008-12-31T00:00:00Z", " 2008-12-31"} {
		if d, err := award.ParseDate(text); award.CodeOf(err) != award.Invalid {
			t.Errorf("%q was read as %s: %v", text, d, err)
		}
	}
}

func TestADateReadsBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := award.DateOf(time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "at"), 0))
		got, err := award.ParseDate(d.String())
		if err != nil || got != d {
			t.Fatalf("%s reads back as %s: %v", d, got, err)
		}
		if !d.Closes().Equal(d.Starts().Add(24 * time.Hour)) {
			t.Fatalf("%s is not 24 hours long", d)
		}
	})
}
