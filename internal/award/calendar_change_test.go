package award_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shifan/internal/award"
)

// before2020 is the calendar as it stood until 27 January 2020: the Spring
// Festival from 24 to 30 January, 19 January worked (国办发明电〔2019〕16号).
func before2020() award.Calendar {
	days := []award.CalendarDay{
		{Date: award.Date{Year: 2020, Month: time.January, Day: 31}, Kind: award.DayOrdinary},
		{Date: award.Date{Year: 2020, Month: time.February, Day: 1}, Kind: award.DayWork},
		{Date: award.Date{Year: 2020, Month: time.February, Day: 2}, Kind: award.DayOrdinary},
	}
	return award.PublishedCalendar().With(days, 0)
}

// prolonged2020 is the change of 27 January 2020 (国办发明电〔2020〕1号).
func prolonged2020() award.CalendarChange {
	return award.CalendarChange{Document: "国办发明电〔2020〕1号", Days: []award.CalendarDay{
		{Date: award.Date{Year: 2020, Month: time.January, Day: 31}, Kind: award.DayOff, Holiday: "春节"},
		{Date: award.Date{Year: 2020, Month: time.February, Day: 1}, Kind: award.DayOff, Holiday: "春节"},
		{Date: award.Date{Year: 2020, Month: time.February, Day: 2}, Kind: award.DayOff, Holiday: "春节"},
	}}
}

func TestTheSpringFestivalOf2020MovesAWindowThatRunsOver(t *testing.T) {
	before := before2020()
	change := prolonged2020()
	after := before.With(change.Days, change.Publishes)
	announced := func(opens time.Time) award.NoticePlan {
		plan, err := award.PlanNotice(before, award.Provincial, []award.Evidence{local(opens)}, opens, opens, 5, 5)
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	now := day(2020, time.January, 27)
	running := announced(day(2020, time.January, 21)) // 21, 22, 23, 31 January and the worked Saturday
	if want := day(2020, time.February, 2); !running.Closes.Equal(want) {
		t.Fatalf("announced until %s, want %s", running.Closes, want)
	}
	moved := running.Recount(after, 5, 5, now)
	if want := day(2020, time.February, 5); !moved.Opens.Equal(running.Opens) || !moved.Closes.Equal(want) { // 3 and 4 February instead
		t.Errorf("moved to %s – %s, want the end %s", moved.Opens, moved.Closes, want)
	}
	if want := after.After(moved.Closes.Add(-time.Second), 5); !moved.Final.Equal(want) {
		t.Errorf("final at %s, want %s", moved.Final, want)
	}

	ended := announced(day(2020, time.January, 13)) // over on the 17th; letters until 24 January, a holiday
	if got := ended.Recount(after, 5, 5, now); !got.Closes.Equal(ended.Closes) {
		t.Errorf("an ended window was revived until %s", got.Closes)
	}
	letters := announced(day(2020, time.January, 16)) // its window is over on the 22nd; letters until 3 February
	got := letters.Recount(after, 5, 5, now)
	if !got.Closes.Equal(letters.Closes) || !got.Final.After(letters.Final) {
		t.Errorf("letters may arrive until %s, window %s; before %s, %s", got.Final, got.Closes, letters.Final, letters.Closes)
	}
}

func TestAChangeIsCheckedWhole(t *testing.T) {
	calendar := award.PublishedCalendar()
	newYear := award.CalendarDay{Date: award.Date{Year: 2050, Month: time.January, Day: 3}, Kind: award.DayOff, Holiday: "元旦"}
	for name, tt := range map[string]struct {
		change award.CalendarChange
		keys   []string
	}{
		"a year of its own":      {award.CalendarChange{Document: "d", Publishes: 2050, Days: []award.CalendarDay{newYear}}, nil},
		"nothing said":           {award.CalendarChange{}, []string{"field_required", "field_required"}},
		"a day twice":            {award.CalendarChange{Document: "d", Days: []award.CalendarDay{newYear, newYear}}, []string{"value_twice"}},
		"an unknown kind":        {award.CalendarChange{Document: "d", Days: []award.CalendarDay{{Date: newYear.Date, Kind: "half"}}}, []string{"day_kind_unknown"}},
		"a slip of the year":     {award.CalendarChange{Document: "d", Days: []award.CalendarDay{{Date: award.Date{Year: 20250, Month: 1, Day: 1}, Kind: award.DayOff}}}, []string{"calendar_year_bounds"}},
		"a year that is known":   {award.CalendarChange{Document: "d", Publishes: 2026, Days: []award.CalendarDay{newYear}}, []string{"calendar_year_published"}},
		"no holiday of the year": {award.CalendarChange{Document: "d", Publishes: 2051, Days: []award.CalendarDay{newYear}}, []string{"calendar_year_without_holidays"}},
		"what is so already": {award.CalendarChange{Document: "d", Days: []award.CalendarDay{
			{Date: award.Date{Year: 2026, Month: time.October, Day: 1}, Kind: award.DayOff},
		}}, []string{"calendar_change_nothing"}},
	} {
		t.Run(name, func(t *testing.T) {
			var keys []string
			for _, d := range tt.change.Check(calendar) {
				keys = append(keys, d.Key)
			}
			if !slices.Equal(keys, tt.keys) {
				t.Errorf("defects %v, want %v", keys, tt.keys)
			}
		})
	}
}

func TestADayOffAloneMakesNoYearKnown(t *testing.T) {
	day := award.CalendarDay{Date: award.Date{Year: 2050, Month: time.May, Day: 4}, Kind: award.DayOff}
	c := award.PublishedCalendar()
	if c.With([]award.CalendarDay{day}, 0).PublishedYear(2050) || !c.With([]award.CalendarDay{day}, 2050).PublishedYear(2050) {
		t.Error("a year is known when its calendar is published, and only then")
	}
	if c.Kind(day.Date) != award.DayOrdinary {
		t.Error("a change reached the calendar it was made from")
	}
}

func TestADueDateMovesOnlyWhereTheRuleHadPutItAndOnlyLater(t *testing.T) {
	before := before2020()
	after := before.With(prolonged2020().Days, 0)
	since := day(2020, time.January, 20)
	due := before.After(since, 10)
	if got := award.MoveDue(before, after, since, due, 10); !got.Equal(after.After(since, 10)) || !got.After(due) {
		t.Errorf("10 working days from %s: due %s, moved to %s", since, due, got)
	}
	byHand := due.AddDate(0, 0, 1)
	if got := award.MoveDue(before, after, since, byHand, 10); !got.Equal(byHand) {
		t.Errorf("a date set by hand moved to %s", got)
	}
	back := after.After(since, 10)
	if got := award.MoveDue(after, before, since, back, 10); !got.Equal(back) {
		t.Errorf("a date that was told was taken back to %s", got)
	}
}

func TestTheHashOfADiffNamesEverythingItMoves(t *testing.T) {
	days := []award.DayMove{{Date: award.Date{Year: 2020, Month: 1, Day: 31}, From: award.DayOrdinary, To: award.DayOff}}
	window := award.WindowMove{Round: "2020-1", Notice: 1, What: award.WindowCloses, From: day(2020, 1, 31), To: day(2020, 2, 4)}
	seen := [][32]byte{
		award.CalendarDiffHash(days, 0, []award.WindowMove{window}),
		award.CalendarDiffHash(days, 2020, []award.WindowMove{window}),
		award.CalendarDiffHash(days, 0, nil),
		award.CalendarDiffHash(nil, 0, []award.WindowMove{window}),
	}
	window.To = day(2020, 2, 5)
	seen = append(seen, award.CalendarDiffHash(days, 0, []award.WindowMove{window}))
	for i, a := range seen {
		if slices.Contains(seen[:i], a) {
			t.Errorf("diff %d has the hash of another", i)
		}
	}
}

// TestNoAnnouncedWindowEverShrinksAndNoEndedOneIsRevived draws any sequence of
// extensions, late proofs and changes of the calendar while time goes on.
func TestNoAnnouncedWindowEverShrinksAndNoEndedOneIsRevived(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := award.PublishedCalendar()
		now := day(2020, time.January, 2).AddDate(0, 0, rapid.IntRange(0, 360).Draw(t, "day"))
		days, letters := rapid.IntRange(1, 15).Draw(t, "days"), rapid.IntRange(0, 5).Draw(t, "letters")
		plan, err := award.PlanNotice(c, award.Provincial, []award.Evidence{local(now)}, now, now, days, letters)
		if err != nil {
			t.Skip("it runs into a year that is not known")
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			before, counted := plan, days
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				days += rapid.IntRange(0, 5).Draw(t, "more")
			case 1:
				at := award.DateOf(now.AddDate(0, 0, rapid.IntRange(-20, 20).Draw(t, "which")))
				c = c.With([]award.CalendarDay{{Date: at, Kind: rapid.SampledFrom(award.DayKinds()).Draw(t, "kind")}}, 0)
			case 2:
				if proof := plan.CountedFrom.AddDate(0, 0, rapid.IntRange(0, 4).Draw(t, "later")); now.Before(plan.Closes) {
					plan.CountedFrom = proof
				}
			}
			plan = plan.Recount(c, days, letters, now)
			switch {
			case !plan.Opens.Equal(before.Opens):
				t.Fatalf("its first day moved to %s", plan.Opens)
			case plan.Closes.Before(before.Closes) || plan.Final.Before(before.Final):
				t.Fatalf("shortened from %s, %s to %s, %s", before.Closes, before.Final, plan.Closes, plan.Final)
			case !now.Before(before.Closes) && !plan.Closes.Equal(before.Closes):
				t.Fatalf("revived from %s to %s at %s", before.Closes, plan.Closes, now)
			case !now.Before(before.Final) && !plan.Final.Equal(before.Final):
				t.Fatalf("a final list was opened again until %s", plan.Final)
			case now.Before(before.Closes) && workingDays(c, plan.CountedFrom, plan.Closes) < days:
				t.Fatalf("%d of %d working days (%d before)", workingDays(c, plan.CountedFrom, plan.Closes), days, counted)
			}
		}
	})
}
