package award_test

import (
	"testing"

	"shifan/internal/award"
)

func TestWhyAFileIsNotInTheCutIsTheFirstThingThatKeepsItOut(t *testing.T) {
	fit := award.CutCase{Inspected: true, Passed: true, Surveyed: true, Listed: true, Noticed: true, Score: 90_00, Full: true, Last: 90_00}
	for want, change := range map[award.CutReason]func(c *award.CutCase){
		award.CutTaken:        func(c *award.CutCase) { c.Taken, c.Suspended = true, true }, // it holds its place
		award.CutNotInspected: func(c *award.CutCase) { c.Inspected, c.Passed = false, false },
		award.CutNotPassed:    func(c *award.CutCase) { c.Passed, c.Listed = false, false },
		award.CutSurvey:       func(c *award.CutCase) { c.Surveyed, c.Barred = false, true },
		award.CutDepartments:  func(c *award.CutCase) { c.Barred, c.Noticed = true, false },
		award.CutSuspended:    func(c *award.CutCase) { c.Suspended = true },
		award.CutNotListed:    func(c *award.CutCase) { c.Listed, c.Noticed = false, false },
		award.CutNotNoticed:   func(c *award.CutCase) { c.Noticed = false },
		award.CutTied:         func(*award.CutCase) {},
		award.CutBeyondLimit:  func(c *award.CutCase) { c.Score-- },
		award.CutLeftOut:      func(c *award.CutCase) { c.Score++ },
	} {
		c := fit
		change(&c)
		if got := c.Reason(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	empty := fit
	empty.Full, empty.Last = false, 0 // a place is left: somebody chose not to fill it
	if got := empty.Reason(); got != award.CutLeftOut {
		t.Errorf("with a place left %s", got)
	}
}
