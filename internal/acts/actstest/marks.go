package actstest

import (
	"slices"
	"testing"

	"shifan/internal/award"
)

// Full returns the values that give everything a standard has, without a veto.
func Full(s award.Standard) []award.Points {
	var marks []award.Points
	for _, l := range s.Leaves() {
		marks = append(marks, best(l))
	}
	return marks
}

func best(l award.Leaf) award.Points {
	switch {
	case l.Veto || l.Kind == award.LeafDeduction:
		return 0
	case l.Kind == award.LeafCount:
		return 100 * ((l.Max + l.Each - 1) / l.Each)
	case l.Kind == award.LeafBands:
		return l.Bands[slices.IndexFunc(l.Bands, func(b award.Band) bool { return b.Points == l.Max })].From
	case l.Kind == award.LeafTarget:
		return l.Target
	}
	return l.Max
}

// Marks returns values that come to the total: full, but for judged points.
func Marks(t testing.TB, s award.Standard, total award.Points) []award.Points {
	t.Helper()
	marks := Full(s)
	lost := s.Maximum() - total
	for i, l := range s.Leaves() {
		if l.Kind == award.LeafPoints && !l.Gate && !l.Veto {
			less := min(lost, marks[i])
			marks[i], lost = marks[i]-less, lost-less
		}
	}
	if lost != 0 {
		t.Fatalf("judged points do not take marks down to %s", total)
	}
	return marks
}
