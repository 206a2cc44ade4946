package award

import (
	"fmt"
	"slices"
)

// VisitOutcome is what the nation's visit to a unit came to (抽查结论).
type VisitOutcome string

// The outcomes of a visit (domain 6.2). None adds points.
const (
	VisitConfirmed VisitOutcome = "confirmed" // 属实
	VisitCorrected VisitOutcome = "corrected" // 更正得分
	VisitFailed    VisitOutcome = "failed"    // 不合格: the unit's file ends
)

// Correction is a visit's finding on one indicator: what is to stand there, and
// why (更正).
type Correction struct {
	Leaf   string `json:"leaf"` // code of the indicator
	Value  Points `json:"value"`
	Reason string `json:"reason"`
}

// CheckCorrections returns what is wrong with a visit's corrections: each of an
// indicator, once, with a value that fits and a reason, and none better than
// what the marks give (a visit adds no points). Without marks the standard alone
// bounds them.
func (s Standard) CheckCorrections(marks []Points, corrections []Correction) []Defect {
	leaves := s.Leaves()
	var defects []Defect
	for i, c := range corrections {
		pointer := fmt.Sprintf("/corrections/%d", i)
		at := slices.IndexFunc(leaves, func(l Leaf) bool { return l.Code == c.Leaf })
		if at < 0 {
			defects = append(defects, Defect{pointer + "/leaf", "indicator_unknown", []any{c.Leaf}})
			continue
		}
		leaf := &leaves[at]
		if slices.ContainsFunc(corrections[:i], func(other Correction) bool { return other.Leaf == c.Leaf }) {
			defects = append(defects, Defect{pointer + "/leaf", "item_twice", []any{c.Leaf}})
		}
		if c.Reason == "" {
			defects = append(defects, Defect{Pointer: pointer + "/reason", Key: "field_required"})
		}
		if key, args := leaf.check(c.Value, true); key != "" {
			defects = append(defects, Defect{pointer + "/value", key, args})
		} else if len(marks) == len(leaves) && leaf.better(c.Value, marks[at]) {
			defects = append(defects, Defect{pointer + "/value", "visit_adds_points", []any{c.Leaf, marks[at].String(), c.Value.String()}})
		}
	}
	return defects
}

// CheckCorrected returns the marks that say better than a visit found.
func (s Standard) CheckCorrected(marks []Points, corrections []Correction) []Defect {
	leaves := s.Leaves()
	var defects []Defect
	for i := range min(len(leaves), len(marks)) {
		for _, c := range corrections {
			if c.Leaf == leaves[i].Code && leaves[i].better(marks[i], c.Value) {
				defects = append(defects, Defect{fmt.Sprintf("/marks/%d", i), "mark_above_visit", []any{c.Leaf, c.Value.String(), marks[i].String()}})
			}
		}
	}
	return defects
}

// Correct returns the marks with a visit's corrections in them, where those are
// worse.
func (s Standard) Correct(marks []Points, corrections []Correction) []Points {
	corrected := slices.Clone(marks)
	for i, leaf := range s.Leaves() {
		for _, c := range corrections {
			if c.Leaf == leaf.Code && leaf.better(marks[i], c.Value) {
				corrected[i] = c.Value
			}
		}
	}
	return corrected
}

// better reports whether one value of an indicator is better for a unit than
// another: it gives more points, or no veto where the other is one.
func (l *Leaf) better(value, other Points) bool {
	if l.Veto {
		return value <= 0 && other > 0
	}
	return l.Points(value) > l.Points(other)
}
