package award

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// DepartmentState is where a department's opinion of one unit stands (征求意见,
// N 五(一), 五(三)).
type DepartmentState string

// The states of a department's opinion. Silence is no consent: an opinion is
// open until the department answers, or the office ends its asking with a
// minuted reason (D-45).
const (
	DepartmentOpen       DepartmentState = "open"       // 待复
	DepartmentClear      DepartmentState = "clear"      // 无意见
	DepartmentObjected   DepartmentState = "objected"   // 有意见, not decided yet
	DepartmentSetAside   DepartmentState = "set_aside"  // 有意见, decided: not followed
	DepartmentUpheld     DepartmentState = "upheld"     // 有意见, decided: followed
	DepartmentUnanswered DepartmentState = "unanswered" // 未答复, the asking ended
)

// DepartmentStates lists every state.
func DepartmentStates() []DepartmentState {
	return []DepartmentState{
		DepartmentOpen, DepartmentClear, DepartmentObjected, DepartmentSetAside, DepartmentUpheld, DepartmentUnanswered,
	}
}

// Chinese is the state as offices write it.
func (s DepartmentState) Chinese() string {
	return map[DepartmentState]string{
		DepartmentOpen: "待复", DepartmentClear: "无意见", DepartmentObjected: "有意见",
		DepartmentSetAside: "有意见(不予采纳)", DepartmentUpheld: "有意见(采纳)", DepartmentUnanswered: "未答复",
	}[s]
}

// Bars reports whether an opinion in the state keeps its unit off the proposed
// list and out of the cut.
func (s DepartmentState) Bars() bool { return s.Undecided() || s == DepartmentUpheld }

// Undecided reports whether somebody must still answer or decide. Before the
// nation such a unit keeps its place and can not be voted on (D-77).
func (s DepartmentState) Undecided() bool { return s == DepartmentOpen || s == DepartmentObjected }

// Objected reports whether the department has objected, decided or not.
func (s DepartmentState) Objected() bool {
	return s == DepartmentObjected || s == DepartmentSetAside || s == DepartmentUpheld
}

// DepartmentAnswer is what a department answers about one unit.
type DepartmentAnswer struct {
	Objects bool   // 有意见
	Ground  string // of an objection
	Letter  string // its number
	On      Date   // of the answer; none needed where nothing is objected
}

// State is the state that the answer puts an opinion in.
func (a DepartmentAnswer) State() DepartmentState {
	if a.Objects {
		return DepartmentObjected
	}
	return DepartmentClear
}

// Check returns what is wrong with an answer, by field: an objection has its
// ground, its letter and its day, and no day is still to come.
func (a DepartmentAnswer) Check(today Date) []Defect {
	var defects []Defect
	for _, field := range []struct {
		name    string
		missing bool
	}{{"ground", strings.TrimSpace(a.Ground) == ""}, {"letter", strings.TrimSpace(a.Letter) == ""}, {"on", a.On == Date{}}} {
		if a.Objects && field.missing {
			defects = append(defects, Defect{Pointer: field.name, Key: "objection_needs"})
		}
	}
	if a.On != (Date{}) && today.Starts().Before(a.On.Starts()) {
		defects = append(defects, Defect{"on", "date_future", []any{a.On.String()}})
	}
	return defects
}

// The bounds of a list of departments.
const (
	mostDepartments    = 50
	mostDepartmentName = 100 // characters
)

// CheckDepartments returns what is wrong with a list of departments' names.
func CheckDepartments(pointer string, departments []string) []Defect {
	var defects []Defect
	if len(departments) > mostDepartments {
		defects = append(defects, Defect{pointer, "list_too_long", []any{mostDepartments}})
	}
	for i, name := range departments {
		at := fmt.Sprintf("%s/%d", pointer, i)
		switch {
		case strings.TrimSpace(name) == "":
			defects = append(defects, Defect{Pointer: at, Key: "field_required"})
		case utf8.RuneCountInString(name) > mostDepartmentName:
			defects = append(defects, Defect{at, "value_too_long", []any{mostDepartmentName}})
		case slices.Contains(departments[:i], name):
			defects = append(defects, Defect{at, "department_twice", []any{name}})
		}
	}
	return defects
}

// WithOwn returns the departments that an office asks: those that the round
// requires, which none may leave out, then its own (D-45).
func WithOwn(required []string, own ...string) []string {
	all := slices.Clone(required)
	for _, name := range own {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
