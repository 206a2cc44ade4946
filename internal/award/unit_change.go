package award

import "slices"

// UnitChange says what happens to a unit of the register in service (单位变更).
type UnitChange string

// The changes. A title goes with the unit and not with its code or name: after
// the first three the unit is the same one, and keeps its titles (domain 6.8).
const (
	UnitRename  UnitChange = "rename"  // 更名; the kind may change with it: 县 becomes 区
	UnitMove    UnitChange = "move"    // 变更隶属: another unit above it
	UnitRecode  UnitChange = "recode"  // 变更代码
	UnitMerge   UnitChange = "merge"   // 合并: it and others end, and another goes on in their place
	UnitAbolish UnitChange = "abolish" // 撤销建制
)

// UnitChanges lists every change.
func UnitChanges() []UnitChange {
	return []UnitChange{UnitRename, UnitMove, UnitRecode, UnitMerge, UnitAbolish}
}

// Ends reports whether the unit ends by the change.
func (c UnitChange) Ends() bool { return c == UnitMerge || c == UnitAbolish }

// UnitChanging is a change as an administrator orders it. Units are named by
// their codes of today.
type UnitChanging struct {
	Change    UnitChange
	Effective Date   // the first day it holds
	Document  string // number of the document that ordered it (批准文号)

	// What the unit is from that day on; empty: as before. In a merger into a
	// unit that does not exist yet: what that unit is.
	Name   string
	Kind   Kind
	Parent string
	Code   string

	Into   string   // merge: the unit that goes on, which may be a new code
	Others []string // merge: the units that end with it

	// Where the units directly below an ended one go: those named, and all
	// others to ChildrenTo.
	Children   []ChildMove
	ChildrenTo string
}

// ChildMove puts a unit under another one.
type ChildMove struct{ Unit, Parent string }

// Defects returns what is missing from the order, and what does not belong to
// the change.
func (c UnitChanging) Defects() []Defect {
	var defects []Defect
	if !slices.Contains(UnitChanges(), c.Change) {
		return []Defect{{Pointer: "/change", Key: "unit_change_unknown", Args: []any{string(c.Change)}}}
	}
	for _, field := range []struct {
		pointer   string
		given     bool
		needed    []UnitChange // by these changes
		alsoTaken []UnitChange
	}{
		{"/document", c.Document != "", UnitChanges(), nil},
		{"/name", c.Name != "", []UnitChange{UnitRename}, []UnitChange{UnitMove, UnitRecode, UnitMerge}},
		{"/kind", c.Kind != "", nil, []UnitChange{UnitRename, UnitMove, UnitRecode, UnitMerge}},
		{"/parent", c.Parent != "", []UnitChange{UnitMove}, []UnitChange{UnitRename, UnitRecode, UnitMerge}},
		{"/code", c.Code != "", []UnitChange{UnitRecode}, []UnitChange{UnitRename, UnitMove}},
		{"/into", c.Into != "", []UnitChange{UnitMerge}, nil},
		{"/others", len(c.Others) > 0, nil, []UnitChange{UnitMerge}},
		{"/children", len(c.Children) > 0, nil, []UnitChange{UnitMerge, UnitAbolish}},
		{"/children_to", c.ChildrenTo != "", nil, []UnitChange{UnitMerge, UnitAbolish}},
	} {
		needed := slices.Contains(field.needed, c.Change)
		switch {
		case needed && !field.given:
			defects = append(defects, Defect{Pointer: field.pointer, Key: "field_required"})
		case field.given && !needed && !slices.Contains(field.alsoTaken, c.Change):
			defects = append(defects, Defect{Pointer: field.pointer, Key: "unit_change_field", Args: []any{string(c.Change)}})
		}
	}
	return defects
}

// MayHold decides whether the change may hold for a unit that is as it is since
// the given day: not before that day, for then it was something else, and not
// after today, for the register says what is (D-43). What ends has stood for a
// day at least.
func (c UnitChanging) MayHold(since, today Date) error {
	if today.Before(c.Effective) {
		return Refuse(Invalid, "D-43", "unit_change_future", c.Effective.String())
	}
	if c.Effective.Before(since) || c.Change.Ends() && c.Effective == since {
		return Refuse(Conflict, "D-43", "unit_change_before", c.Effective.String(), since.String())
	}
	return nil
}

// MayHang reports whether a unit may hang under another: the code above is the
// shorter one, except that a zone may hang under a unit of its own length
// (docs/decisions/0003). So nothing can come to stand above itself.
func MayHang(code string, kind Kind, parentCode string, parentKind Kind) bool {
	return len(parentCode) < len(code) ||
		len(parentCode) == len(code) && kind == KindZone && parentKind != KindZone
}
