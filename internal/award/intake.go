package award

import (
	"slices"
	"time"
)

// Intake names what an office's units may hand in until an instant (N 四(一)):
// the clock of the record decides, to the instant.
type Intake string

// The intakes.
const (
	IntakeSelfCheck Intake = "self_check" // 自查
	IntakeApply     Intake = "apply"      // 申报, D-17
)

// Intakes lists every intake.
func Intakes() []Intake { return []Intake{IntakeSelfCheck, IntakeApply} }

// Admits checks that the intake takes something in at the given instant. The
// closing instant itself is too late.
func (i Intake) Admits(now, closes time.Time) error {
	if now.Before(closes) {
		return nil
	}
	return Refuse(Closed, "N 四(一)", string(i)+"_closed", Until(closes))
}

// Admits checks that a unit of the register may take part in the category: of
// an open kind, and of a kind that is sure (N 二, D-13).
func (c CategoryRule) Admits(name string, kind Kind, sure bool) error {
	switch {
	case !slices.Contains(c.Kinds, kind):
		return Refuse(Invalid, "N 二", "unit_not_eligible", name, string(c.Category))
	case !sure:
		return Refuse(Conflict, "D-13", "unit_kind_unsure", name)
	}
	return nil
}
