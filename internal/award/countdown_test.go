package award_test

import (
	"testing"
	"time"

	"shifan/internal/award"
)

// The window of Mon 31 Oct – Fri 4 Nov 2022 (domain 7).
func TestDaysLeft(t *testing.T) {
	closes := award.Date{Year: 2022, Month: time.November, Day: 4}.Closes()
	for name, tt := range map[string]struct {
		now  time.Time
		want int
	}{
		"on the first morning all of them":  {award.Date{Year: 2022, Month: time.October, Day: 31}.Starts(), 5},
		"the weekend before adds nothing":   {award.Date{Year: 2022, Month: time.October, Day: 29}.Starts(), 5},
		"the last day is one":               {award.Date{Year: 2022, Month: time.November, Day: 4}.Starts(), 1},
		"to its last second":                {closes.Add(-time.Second), 1},
		"from the instant it closes: none":  {closes, 0},
		"long afterwards none, without end": {closes.AddDate(1, 0, 0), 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := award.PublishedCalendar().DaysLeft(tt.now, closes); got != tt.want {
				t.Errorf("%d days left, want %d", got, tt.want)
			}
		})
	}
}
