package award

import (
	"slices"
	"time"
)

// A series is the national rounds one after another: every two years in
// principle (N 二). The next is drafted by the procedure from a copy of the last;
// a person checks and opens it (D-98).

const (
	launchMonths = 2                   // before the month in which the last round was opened, whole years later
	launchHour   = 9                   // Beijing time, when offices begin
	remindEvery  = 30 * 24 * time.Hour // of a draft that nobody opens or puts aside
)

// Launch returns when the next round is drafted: two months before the month of
// the last one's opening, years later, so that it can be checked and approved.
func Launch(opened time.Time, years int) time.Time {
	d := DateOf(opened)
	return time.Date(d.Year+years, d.Month-launchMonths, 1, launchHour, 0, 0, 0, Beijing)
}

// SeriesRound is what counts of a round of the series.
type SeriesRound struct {
	ID      string
	State   RoundState
	Follows string // the round the procedure made it from; empty: a person drafted it
	Created time.Time
	Opened  time.Time // zero: never
}

// InSeries reports whether a round with the categories is one of the series: a
// round of cities alone is held irregularly (不定期, N 二).
func InSeries(categories []Category) bool {
	return slices.ContainsFunc(categories, func(c Category) bool { return c != City })
}

// LastInSeries returns the round that the next one follows: the one opened last
// and not cancelled. None when no round was ever opened.
func LastInSeries(rounds []SeriesRound) (last SeriesRound, found bool) {
	for _, r := range rounds {
		if !r.Opened.IsZero() && r.State != RoundCancelled && (!found || r.Opened.After(last.Opened)) {
			last, found = r, true
		}
	}
	return last, found
}

// NextInSeries decides what becomes of the series now: a copy is drafted from the
// round in from, or the draft that the procedure has made still waits, or neither.
// Asked again it says the same, however often the Schedule fires: one draft for
// each turn, also when a person put it aside; none beside one of a person's own.
func NextInSeries(rounds []SeriesRound, years int, now time.Time) (from, waiting string) {
	last, found := LastInSeries(rounds)
	if !found || years <= 0 {
		return "", ""
	}
	var turn time.Time // the latest instant of drafting that has come
	for n := years; !Launch(last.Opened, n).After(now); n += years {
		turn = Launch(last.Opened, n)
	}
	if turn.IsZero() {
		return "", ""
	}
	for _, r := range rounds {
		if r.State == RoundDraft || r.State == RoundOpening {
			if r.Follows != "" {
				return "", r.ID
			}
			return "", ""
		}
	}
	for _, r := range rounds {
		if r.Follows == last.ID && !r.Created.Before(turn) {
			return "", "" // put aside
		}
	}
	return last.ID, ""
}

// Follow returns the dates of a round whole years later: years, or more where its
// self-checks would have closed by now. A date is exclusive, so that the end of
// February stays the end of February.
func (d Dates) Follow(years int, now time.Time) Dates {
	for ; ; years++ {
		later := Dates{
			SelfCheckCloses: yearsLater(d.SelfCheckCloses, years), ApplyCloses: yearsLater(d.ApplyCloses, years),
			RecommendationDue: yearsLater(d.RecommendationDue, years), AssessmentDue: yearsLater(d.AssessmentDue, years),
		}
		if later.SelfCheckCloses.After(now) {
			return later
		}
	}
}

func yearsLater(t time.Time, years int) time.Time { return t.In(Beijing).AddDate(years, 0, 0) }

// OpenBy returns by when a draft is to be opened (宜开启日期), an exclusive
// instant: its units have as long for their self-checks as those of the last
// round had. A promise to nobody: it is when the administrators are reminded
// daily.
func OpenBy(last, next Dates, opened time.Time) time.Time {
	return DateOf(next.SelfCheckCloses.Add(opened.Sub(last.SelfCheckCloses))).Closes()
}

// DraftReminder returns which reminder of a draft is due, the first at once and
// one every thirty days, and when the one after it is.
func DraftReminder(created, now time.Time) (number int, next time.Time) {
	number = int(max(0, now.Sub(created))/remindEvery) + 1
	return number, created.Add(time.Duration(number) * remindEvery)
}
