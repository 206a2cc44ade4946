package award_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shifan/internal/award"
)

// requireKey wants a refusal with the key, or none for "".
func requireKey(t *testing.T, err error, key string) {
	t.Helper()
	got := ""
	if refusal, ok := errors.AsType[*award.Error](err); ok {
		got = refusal.Key
	} else if err != nil {
		t.Fatal(err)
	}
	if got != key {
		t.Errorf("refused with %q, want %q: %v", got, key, err)
	}
}

// A drill of hours: dates at 20, 30, 80 and 120, arrival twenty before 80.
var drillOrigin = time.Date(2026, time.November, 2, 9, 0, 0, 0, award.Beijing)

func hour(n float64) time.Time { return drillOrigin.Add(time.Duration(n * float64(time.Hour))) }

func drillDates() (award.Calendar, award.Rules, award.Dates, award.OfficeDates) {
	r := award.DefaultRules()
	r.ArrivalDays, r.EarlierNoticeDays = 20, 1
	return award.NewDrillCalendar(drillOrigin, time.Hour), r,
		award.Dates{SelfCheckCloses: hour(20), ApplyCloses: hour(30), RecommendationDue: hour(80), AssessmentDue: hour(120)},
		award.OfficeDates{SelfCheckCloses: hour(20), ApplyCloses: hour(30), Arrival: hour(60), RecommendationDue: hour(80)}
}

func TestARoundsDatesComeInOrder(t *testing.T) {
	_, _, dates, _ := drillDates()
	for name, c := range map[string]struct {
		which award.DateName
		to    float64
		want  string
	}{
		"together with self-checks":     {award.DateApply, 20, ""},
		"before self-checks":            {award.DateApply, 19, "dates_order"},
		"the form with the provinces":   {award.DateApply, 80, "dates_order"},
		"the provinces with the nation": {award.DateRecommendation, 120, "dates_order"},
		"the nation later":              {award.DateAssessment, 500, ""},
		"an office's date is not moved": {award.DateArrival, 0, ""},
	} {
		t.Run(name, func(t *testing.T) { requireKey(t, dates.With(c.which, hour(c.to)).CheckOrder(), c.want) })
	}
}

func TestAnOfficesDatesComeInOrder(t *testing.T) {
	c, r, _, dates := drillDates()
	for name, m := range map[string]struct {
		which award.DateName
		to    float64
		want  string
	}{
		"arrival when the form closes":        {award.DateArrival, 30, ""},
		"arrival before the form closes":      {award.DateArrival, 29, "dates_order"},
		"arrival with the recommendation":     {award.DateArrival, 80, ""},
		"arrival after the recommendation":    {award.DateArrival, 81, "dates_order"},
		"the form before self-checks":         {award.DateApply, 19, "dates_order"},
		"the recommendation with the nation":  {award.DateRecommendation, 120, "dates_order"},
		"the form later takes arrival along":  {award.DateApply, 70, ""},
		"the form later than its own arrival": {award.DateApply, 80, ""}, // arrival follows: 80, the due date itself
	} {
		t.Run(name, func(t *testing.T) {
			requireKey(t, dates.Move(c, r, m.which, hour(m.to), hour(0)).CheckOrder(hour(120)), m.want)
		})
	}
}

func TestAnArrivalDateFollowsWhileItIsTheDefaultOne(t *testing.T) {
	c, r, _, dates := drillDates()
	own := dates
	own.Arrival = hour(50)
	for name, m := range map[string]struct {
		dates     award.OfficeDates
		to        float64 // the recommendation
		now, want float64
	}{
		"later":                                   {dates, 100, 0, 80},
		"its own stays":                           {own, 100, 0, 50},
		"one that has come stays":                 {dates, 100, 60, 60},
		"earlier":                                 {dates, 70, 0, 50},
		"earlier, but still with the warning":     {dates, 70, 55.5, 57}, // a day's warning: the end of the next day
		"earlier, and too near for a warning":     {dates, 79, 59.5, 60}, // it stays
		"never before the form closes, even then": {dates, 40, 0, 30},
	} {
		t.Run(name, func(t *testing.T) {
			got := m.dates.Move(c, r, award.DateRecommendation, hour(m.to), hour(m.now))
			if !got.Arrival.Equal(hour(m.want)) {
				t.Errorf("arrival at %s, want %s", got.Arrival.Sub(drillOrigin), hour(m.want).Sub(drillOrigin))
			}
		})
	}
}

func TestAnOfficeFollowsTheRoundOnlyWhereItStandsAtItsDate(t *testing.T) {
	c, r, round, office := drillDates()
	moved := round
	moved.SelfCheckCloses, moved.ApplyCloses, moved.RecommendationDue = hour(25), hour(35), hour(90)
	for name, f := range map[string]struct {
		change func(d *award.OfficeDates)
		open   bool
		now    float64
		want   award.OfficeDates
	}{
		"all of it": {
			func(*award.OfficeDates) {}, true, 0,
			award.OfficeDates{SelfCheckCloses: hour(25), ApplyCloses: hour(35), Arrival: hour(70), RecommendationDue: hour(90)},
		},
		"not an intake that is over": {
			func(*award.OfficeDates) {}, true, 20,
			award.OfficeDates{SelfCheckCloses: hour(20), ApplyCloses: hour(35), Arrival: hour(70), RecommendationDue: hour(90)},
		},
		"not a stage that is done": {
			func(*award.OfficeDates) {}, false, 0,
			award.OfficeDates{SelfCheckCloses: hour(25), ApplyCloses: hour(35), Arrival: hour(60), RecommendationDue: hour(80)},
		},
		"not a date of its own": {
			func(d *award.OfficeDates) { d.ApplyCloses, d.RecommendationDue = hour(31), hour(81) }, true, 0,
			award.OfficeDates{SelfCheckCloses: hour(25), ApplyCloses: hour(31), Arrival: hour(60), RecommendationDue: hour(81)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dates := office
			f.change(&dates)
			if got := dates.Follow(c, r, round, moved, f.open, hour(f.now)); got != f.want {
				t.Errorf("got %+v, want %+v", got, f.want)
			}
		})
	}
}

func TestAnOfficeItselfMovesItsFormLaterAndItsArrival(t *testing.T) {
	for name, m := range map[string]struct {
		which         award.DateName
		from, to, now float64
		want          string
	}{
		"the form later":                     {award.DateApply, 30, 31, 0, ""},
		"not earlier":                        {award.DateApply, 30, 29, 0, "office_date_only_later"},
		"not to where it stands":             {award.DateApply, 30, 30, 0, "office_date_only_later"},
		"its arrival, either way":            {award.DateArrival, 60, 40, 0, ""},
		"not its recommendation":             {award.DateRecommendation, 80, 90, 0, "office_date_of_owner"},
		"not its self-check":                 {award.DateSelfCheck, 20, 25, 0, "office_date_of_owner"},
		"not once its form is closed":        {award.DateArrival, 60, 70, 30, "office_date_intake_over"},
		"a moment before its form is closed": {award.DateArrival, 60, 70, 29.999, ""},
	} {
		t.Run(name, func(t *testing.T) {
			requireKey(t, award.MayOfficeMove(m.which, hour(m.from), hour(m.to), hour(30), hour(m.now)), m.want)
		})
	}
}

func TestAResumedRoundShiftsByWholeDaysAndADrillExactly(t *testing.T) {
	drill := award.NewDrillCalendar(drillOrigin, time.Second)
	for suspended, want := range map[time.Duration]time.Duration{
		0: 0, time.Nanosecond: 24 * time.Hour, 24 * time.Hour: 24 * time.Hour, 25 * time.Hour: 48 * time.Hour, -time.Hour: 0,
	} {
		if got := award.SuspensionShift(award.PublishedCalendar(), hour(0), hour(0).Add(suspended)); got != want {
			t.Errorf("after %s a real round shifts by %s", suspended, got)
		}
		if got := award.SuspensionShift(drill, hour(0), hour(0).Add(suspended)); got != max(0, suspended) {
			t.Errorf("after %s a drill shifts by %s", suspended, got)
		}
	}
}

func TestAShiftKeepsTheOrderAndLeavesWhatIsOver(t *testing.T) {
	_, _, dates, _ := drillDates()
	rapid.Check(t, func(t *rapid.T) {
		at := hour(rapid.Float64Range(0, 130).Draw(t, "at"))
		by := time.Duration(rapid.Int64Range(0, int64(1000*time.Hour)).Draw(t, "by"))
		shifted := dates.ShiftAfter(at, by)
		if err := shifted.CheckOrder(); err != nil {
			t.Fatal(err)
		}
		for _, name := range award.DateNames() {
			before, has := dates.Of(name)
			after, _ := shifted.Of(name)
			if want := before.Add(by); has && before.After(at) && !after.Equal(want) {
				t.Fatalf("%s was open and is now %s", name, after)
			}
			if has && !before.After(at) && !after.Equal(before) {
				t.Fatalf("%s was over and is now %s", name, after)
			}
		}
	})
}

func TestEveryDateHasItsNameAndReadsBack(t *testing.T) {
	for _, name := range award.DateNames() {
		parsed, err := award.ParseDateName(string(name))
		if err != nil || parsed != name || name.Chinese() == string(name) {
			t.Errorf("%s: %s, %q, %v", name, parsed, name.Chinese(), err)
		}
		if name.Intake() != (name == award.DateSelfCheck || name == award.DateApply) {
			t.Errorf("%s is a clock: %t", name, name.Intake())
		}
	}
	if _, err := award.ParseDateName("supper"); award.CodeOf(err) != award.Invalid {
		t.Errorf("an unknown date: %v", err)
	}
}
