package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
	"shifan/workflows"
)

// heldTitle is a title as Daily finds it: a date in a row.
type heldTitle struct {
	name string
	due  time.Time
}

// soonWorkingDays is how many working days ahead a title's date is mentioned.
const soonWorkingDays = 5

// remindOfTitles is the record's part of a digest: the titles whose date is near
// or past.
func (w *world) remindOfTitles() {
	soon := award.PublishedCalendar().After(w.env.Now(), soonWorkingDays)
	for _, title := range w.titles {
		if !title.due.IsZero() && !title.due.After(soon) {
			w.step("remind of %s", title.name)
		}
	}
}

// mornings is the Schedule of Daily in skipped time: every day at nine, one run
// each. It continues as new with the mornings that are left.
func mornings(ctx workflow.Context, left int) error {
	for n := 0; n < left; n++ {
		if n == morningsARun {
			return workflow.NewContinueAsNewError(ctx, mornings, left-n)
		}
		if err := workflow.ExecuteChildWorkflow(ctx, workflows.Daily, "").Get(ctx, nil); err != nil {
			return err
		}
		if err := workflow.Sleep(ctx, 24*time.Hour); err != nil {
			return err
		}
	}
	return nil
}

const morningsARun = 200

// firstAndLast are the first and the last morning of a step, and how many.
func (w *world) firstAndLast(step string) (first, last string, n int) {
	for _, line := range w.done {
		if line[len("2006-01-02 15:04 "):] == step {
			if first == "" {
				first = line[:len("2006-01-02")]
			}
			last = line[:len("2006-01-02")]
			n++
		}
	}
	return first, last, n
}

// TestDailyOverTwoYearsFindsReChecksInTheirRows: titles named on 10 July 2009,
// walked every morning until the end of 2011. Of two campaigns one is opened late
// and kept in time; in the other a rectification runs out before it is kept.
func TestDailyOverTwoYearsFindsReChecksInTheirRows(t *testing.T) {
	var after award.Aftercare // D-10
	day := func(text string) award.Date {
		d, err := award.ParseDate(text)
		require.NoError(t, err)
		return d
	}
	kept, slow := &heldTitle{name: "kept"}, &heldTitle{name: "slow"}
	named := day("2009-07-10")
	kept.due, slow.due = after.Due(award.TitleActive, named), after.Due(award.TitleActive, named)
	becomes := map[string]func(){ // what offices do, on the afternoon of a day
		"2011-07-13": func() {
			kept.due = after.Due(award.TitleInRecheck, day("2011-07-13"))
			slow.due = kept.due
		},
		"2011-08-01": func() { kept.due = after.Due(award.TitleKept, day("2011-08-01")) },
		"2011-08-15": func() { slow.due = after.Due(award.TitleRectifying, day("2011-08-15")) },
		"2011-11-21": func() { slow.due = after.Due(award.TitleKept, day("2011-11-21")) },
	}

	start, left, runs := at("2009-07-11 09:00"), 904, 0 // to 31 December 2011
	var done []string
	for left > 0 {
		w := newWorld(t)
		w.titles = []*heldTitle{kept, slow}
		w.env.RegisterWorkflow(mornings)
		w.env.SetStartTime(start)
		for date, what := range becomes {
			if afternoon := at(date + " 15:00"); afternoon.After(start) && afternoon.Before(start.AddDate(0, 0, min(left, morningsARun))) {
				w.env.RegisterDelayedCallback(func() { w.change(what) }, afternoon.Sub(start))
			}
		}
		w.env.ExecuteWorkflow(mornings, left)
		require.True(t, w.env.IsWorkflowCompleted())
		done = append(done, w.done...)
		runs++
		if err := w.env.GetWorkflowError(); err != nil {
			require.True(t, workflow.IsContinueAsNewError(err), "%v", err)
		}
		start, left = start.AddDate(0, 0, morningsARun), left-morningsARun
	}
	require.Equal(t, 5, runs)

	w := &world{done: done}
	working, calendar := 0, award.PublishedCalendar()
	for d := at("2009-07-11 09:00"); d.Before(at("2012-01-01 00:00")); d = d.AddDate(0, 0, 1) {
		if calendar.Working(d) {
			working++
		}
	}
	require.Equal(t, working, w.times("digest after 0"), "one walk every working morning, holidays and swap days counted")

	for name, want := range map[string]struct {
		first, last string
		mornings    int
	}{
		// Two years after naming, from five working days ahead; the campaign is opened on 13 July.
		"kept": {"2011-07-04", "2011-07-13", 8},
		// The same, and the rectification of 90 days that runs out on 13 November.
		"slow": {"2011-07-04", "2011-11-21", 8 + 11},
	} {
		first, last, n := w.firstAndLast("remind of " + name)
		require.Equal(t, want.first, first, name)
		require.Equal(t, want.last, last, name)
		require.Equal(t, want.mornings, n, name)
	}
}
