package acts

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"shifan/internal/award"
)

// unitChangeTx changes units of the register from a day on.
type unitChangeTx interface {
	// LockRegister holds the register alone until the end: no import and no
	// other change comes between what is read and what is written. Readers go on.
	LockRegister(ctx context.Context) error
	// UnitsBelow returns the units that hang directly under others today, by code.
	UnitsBelow(ctx context.Context, units []int64) ([]RegisterUnit, error)
	// RecommendedBy returns codes of units that other units recommend for today.
	RecommendedBy(ctx context.Context, units []int64) ([]string, error)
	// CodeTaken reports whether another unit has the code on the day or later.
	CodeTaken(ctx context.Context, code string, unit int64, from award.Date) (bool, error)

	// AddUnit adds a unit that begins on the day and returns its ID.
	AddUnit(ctx context.Context, unit RegisterUnit, from award.Date, source string) (int64, error)
	// ReviseUnits opens a version of each unit, or corrects the one that began
	// that day: code, name, kind and parent.
	ReviseUnits(ctx context.Context, units []RegisterUnit, from award.Date, source string) error
	// EndUnits ends the current versions; from is the first day without them.
	EndUnits(ctx context.Context, units []int64, from award.Date) error
	// NoteChange keeps what was done to units.
	NoteChange(ctx context.Context, act int64, units []int64, change award.UnitChange, from award.Date, document string) error
	// NoteSuccessor keeps in whose place a unit goes on.
	NoteSuccessor(ctx context.Context, act int64, units []int64, successor int64, from award.Date) error
}

// unitChangeReads answers what became of a unit.
type unitChangeReads interface {
	// UnitHistory returns all that is known of the unit that has the code today,
	// or else had it last; award.NotFound when none ever did.
	UnitHistory(ctx context.Context, code string) (UnitHistory, error)
}

// UnitHistory is what a unit was and what was done to it (沿革).
type UnitHistory struct {
	ID           int64
	Path         []int64 // as it is, or last was
	Versions     []UnitVersion
	Changes      []UnitChanged
	Successors   []UnitLink
	Predecessors []UnitLink
}

// UnitVersion is what a unit was over a time.
type UnitVersion struct {
	Code, Name string
	Kind       award.Kind
	KindSure   bool
	Parent     string // code it had on the first day
	ValidFrom  award.Date
	ValidTo    award.Date // exclusive; zero: still so
	Source     string
}

// UnitChanged is one change of a unit.
type UnitChanged struct {
	Act       int64
	Change    award.UnitChange
	Effective award.Date
	Document  string
	At        time.Time
}

// UnitLink is another unit in a merger, by its last code.
type UnitLink struct {
	Code, Name string
	Effective  award.Date
}

// ChangeUnit changes a unit below the officer's office from a day on: renamed,
// moved, recoded, merged or abolished (D-43). A round keeps the register it has
// frozen; a later round sees the change.
func (a *Acts) ChangeUnit(ctx context.Context, by award.Officer, key Key, code string, in award.UnitChanging) (Receipt, error) {
	done, err := once(ctx, a, by, key, award.ActChangeUnit, "", func(t *act) (struct{}, error) {
		unit, err := registerUnit(ctx, t, code)
		if err != nil {
			return struct{}{}, err
		}
		if err := Can(by, award.ActChangeUnit, unit.Row()); err != nil {
			return struct{}{}, err
		}
		if defects := in.Defects(); len(defects) > 0 {
			return struct{}{}, award.RefuseFields(award.Invalid, "D-43", "unit_change_defects", defects)
		}
		if err := t.LockRegister(ctx); err != nil {
			return struct{}{}, err
		}
		c := unitChange{act: t, UnitChanging: in}
		now, err := t.Now(ctx)
		if err != nil {
			return struct{}{}, err
		}
		c.today, c.source = award.DateOf(now), fmt.Sprintf("act/%d", t.id)
		if c.unit, err = c.changing(ctx, code); err != nil { // again: it may have changed before the lock
			return struct{}{}, err
		}
		if in.Change.Ends() {
			return struct{}{}, c.end(ctx)
		}
		return struct{}{}, c.revise(ctx)
	})
	return done.Receipt, err
}

// unitChange is one change under way.
type unitChange struct {
	*act
	award.UnitChanging
	unit   RegisterUnit
	today  award.Date
	source string
}

// changing returns a unit that the officer may change, as it is today.
func (c *unitChange) changing(ctx context.Context, code string) (RegisterUnit, error) {
	unit, err := registerUnit(ctx, c, code)
	if err != nil {
		return RegisterUnit{}, err
	}
	if err := Can(c.by, award.ActChangeUnit, unit.Row()); err != nil {
		return RegisterUnit{}, err
	}
	return unit, c.MayHold(unit.Since, c.today)
}

// target returns a unit that others go to: one that the officer sees, and that
// is there on the day.
func (c *unitChange) target(ctx context.Context, code string) (RegisterUnit, error) {
	unit, err := registerUnit(ctx, c, code)
	if err != nil {
		return RegisterUnit{}, err
	}
	if !MaySee(c.by, unit.Row()) {
		return RegisterUnit{}, award.Refuse(award.NotFound, "", "unit_unknown_now", code)
	}
	if c.Effective.Before(unit.Since) {
		return RegisterUnit{}, award.Refuse(award.Conflict, "D-43", "unit_not_yet", code, unit.Since.String())
	}
	return unit, nil
}

// revise makes the unit what the order says; what the order leaves out stays.
func (c *unitChange) revise(ctx context.Context) error {
	next := c.unit
	if c.Name != "" {
		next.Name = c.Name
	}
	if c.Kind != "" {
		next.Kind, next.KindSure = c.Kind, true
	}
	parentCode := c.Parent
	if parentCode == "" {
		parentCode = c.unit.Parent
	}
	if c.Code != "" {
		next.Code = c.Code
	}
	parent, err := registerUnit(ctx, c, parentCode)
	if c.Parent != "" {
		parent, err = c.target(ctx, c.Parent)
	}
	if err != nil {
		return err
	}
	next.Parent, next.ParentID = parent.Code, parent.ID
	if next.Code == c.unit.Code && next.Name == c.unit.Name && next.Kind == c.unit.Kind &&
		next.KindSure == c.unit.KindSure && next.ParentID == c.unit.ParentID {
		return award.Refuse(award.Conflict, "D-43", "unit_change_nothing")
	}
	if err := c.fits(ctx, next, parent); err != nil {
		return err
	}
	if err := c.ReviseUnits(ctx, []RegisterUnit{next}, c.Effective, c.source); err != nil {
		return err
	}
	return c.noted(ctx, []int64{c.unit.ID}, nil, map[string]any{
		"from": shownUnit(c.unit), "to": shownUnit(next),
	})
}

// fits refuses a unit that can not be what it is to be, or not there.
func (c *unitChange) fits(ctx context.Context, next, parent RegisterUnit) error {
	if len(next.Code) != len(c.unit.Code) || !award.KindFits(next.Code, next.Kind) {
		return award.Refuse(award.Invalid, "D-13", "kind_of_other_level", next.Code, string(next.Kind))
	}
	if !award.MayHang(next.Code, next.Kind, parent.Code, parent.Kind) {
		return award.Refuse(award.Invalid, "D-43", "unit_not_below", next.Code, parent.Code)
	}
	if next.Code == c.unit.Code {
		return nil
	}
	return c.free(ctx, next.Code, c.unit.ID)
}

// free refuses a code that another unit has, or had later than the change.
func (c *unitChange) free(ctx context.Context, code string, unit int64) error {
	taken, err := c.CodeTaken(ctx, code, unit, c.Effective)
	if err == nil && taken {
		err = award.Refuse(award.Conflict, "D-43", "unit_code_taken", code)
	}
	return err
}

// end ends the unit, and those merged with it, once every unit below them has
// another place.
func (c *unitChange) end(ctx context.Context) error {
	ending := []RegisterUnit{c.unit}
	for i, code := range c.Others {
		other, err := c.changing(ctx, code)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(ending, func(u RegisterUnit) bool { return u.ID == other.ID }) {
			return award.RefuseFields(award.Invalid, "D-43", "unit_change_defects",
				[]award.Defect{{Pointer: "/others/" + strconv.Itoa(i), Key: "value_twice"}})
		}
		ending = append(ending, other)
	}
	ids := idsOf(ending)
	recommended, err := c.RecommendedBy(ctx, ids)
	if err != nil {
		return err
	}
	if len(recommended) > 0 {
		return award.Refuse(award.Conflict, "D-43", "unit_recommends", some(recommended), len(recommended))
	}
	var into RegisterUnit
	if c.Change == award.UnitMerge {
		if into, err = c.into(ctx, ids); err != nil {
			return err
		}
	}
	children, err := c.children(ctx, ids)
	if err != nil {
		return err
	}
	if err := c.ReviseUnits(ctx, children, c.Effective, c.source); err != nil {
		return err
	}
	if err := c.EndUnits(ctx, ids, c.Effective); err != nil {
		return err
	}
	detail := map[string]any{"ended": shownUnits(ending), "moved": len(children)}
	if into.ID == 0 {
		if detail["titles"], err = c.titlesFollow(ctx, ids, award.TitleDeregistered, "撤销建制", c.Document); err != nil {
			return err
		}
	}
	if into.ID != 0 {
		detail["into"] = shownUnit(into)
		if err := c.NoteSuccessor(ctx, c.id, ids, into.ID, c.Effective); err != nil {
			return err
		}
		ids = append(ids, into.ID)
		if detail["titles"], err = c.titlesFollow(ctx, ids, award.TitleInRecheck, "合并", c.Document); err != nil {
			return err
		}
	}
	return c.noted(ctx, ids, idsOf(children), detail)
}

// into returns the unit that goes on after a merger, adding one that is not
// there yet.
func (c *unitChange) into(ctx context.Context, ending []int64) (RegisterUnit, error) {
	found, err := c.RegisterUnits(ctx, []string{c.Into})
	if err != nil {
		return RegisterUnit{}, err
	}
	if len(c.Into) != len(c.unit.Code) {
		return RegisterUnit{}, award.Refuse(award.Invalid, "D-43", "merger_of_other_level", c.Into)
	}
	if len(found) > 0 {
		into, err := c.target(ctx, c.Into)
		if err != nil {
			return RegisterUnit{}, err
		}
		if slices.Contains(ending, into.ID) {
			return RegisterUnit{}, award.Refuse(award.Invalid, "D-43", "merger_into_itself", c.Into)
		}
		if c.Name != "" || c.Kind != "" || c.Parent != "" {
			return RegisterUnit{}, award.Refuse(award.Conflict, "D-43", "merger_into_existing", c.Into)
		}
		return into, nil
	}
	next := RegisterUnit{Code: c.Into, Name: c.Name, Kind: c.Kind, KindSure: true}
	var defects []award.Defect
	for pointer, given := range map[string]bool{"/name": c.Name != "", "/kind": c.Kind != "", "/parent": c.Parent != ""} {
		if !given {
			defects = append(defects, award.Defect{Pointer: pointer, Key: "field_required"})
		}
	}
	if len(defects) > 0 {
		slices.SortFunc(defects, func(a, b award.Defect) int { return strings.Compare(a.Pointer, b.Pointer) })
		return RegisterUnit{}, award.RefuseFields(award.Invalid, "D-43", "unit_change_defects", defects)
	}
	parent, err := c.target(ctx, c.Parent)
	if err != nil {
		return RegisterUnit{}, err
	}
	if slices.Contains(ending, parent.ID) {
		return RegisterUnit{}, award.Refuse(award.Conflict, "D-43", "unit_under_ended", c.Into, parent.Code)
	}
	next.Parent, next.ParentID = parent.Code, parent.ID
	if !award.KindFits(next.Code, next.Kind) {
		return RegisterUnit{}, award.Refuse(award.Invalid, "D-13", "kind_of_other_level", next.Code, string(next.Kind))
	}
	if !award.MayHang(next.Code, next.Kind, parent.Code, parent.Kind) {
		return RegisterUnit{}, award.Refuse(award.Invalid, "D-43", "unit_not_below", next.Code, parent.Code)
	}
	if err := c.free(ctx, next.Code, 0); err != nil {
		return RegisterUnit{}, err
	}
	next.ID, err = c.AddUnit(ctx, next, c.Effective, c.source)
	return next, err
}

// children returns the units below the ending ones under their new parents, and
// refuses when one has none, naming them.
func (c *unitChange) children(ctx context.Context, ending []int64) ([]RegisterUnit, error) {
	below, err := c.UnitsBelow(ctx, ending)
	if err != nil {
		return nil, err
	}
	below = slices.DeleteFunc(below, func(u RegisterUnit) bool { return slices.Contains(ending, u.ID) })
	to, err := c.places(below)
	if err != nil {
		return nil, err
	}
	targets := make(map[string]RegisterUnit)
	var left []string
	for i := range below {
		child := &below[i]
		code := to[child.Code]
		if code == "" {
			left = append(left, child.Code+" "+child.Name)
			continue
		}
		target, known := targets[code]
		if !known {
			if target, err = c.target(ctx, code); err != nil {
				return nil, err
			}
			targets[code] = target
		}
		if slices.Contains(ending, target.ID) {
			return nil, award.Refuse(award.Conflict, "D-43", "unit_under_ended", child.Code, target.Code)
		}
		if !award.MayHang(child.Code, child.Kind, target.Code, target.Kind) {
			return nil, award.Refuse(award.Invalid, "D-43", "unit_not_below", child.Code, target.Code)
		}
		if c.Effective.Before(child.Since) {
			return nil, award.Refuse(award.Conflict, "D-43", "unit_change_before", c.Effective.String(), child.Since.String())
		}
		child.Parent, child.ParentID = target.Code, target.ID
	}
	if len(left) > 0 {
		return nil, award.Refuse(award.Conflict, "D-43", "unit_children_left", some(left), len(left))
	}
	return below, nil
}

// places returns the new parent's code of each child, refusing what is no child.
func (c *unitChange) places(below []RegisterUnit) (map[string]string, error) {
	to := make(map[string]string, len(below))
	for _, child := range below {
		to[child.Code] = c.ChildrenTo
	}
	var defects []award.Defect
	for i, move := range c.Children {
		if _, is := to[move.Unit]; !is {
			defects = append(defects, award.Defect{
				Pointer: fmt.Sprintf("/children/%d/unit", i), Key: "unit_no_child", Args: []any{move.Unit},
			})
		}
		to[move.Unit] = move.Parent
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "D-43", "unit_change_defects", defects)
	}
	return to, nil
}

// noted keeps what was done, in the units' own histories and in the audit.
func (c *unitChange) noted(ctx context.Context, units, moved []int64, detail map[string]any) error {
	if err := c.NoteChange(ctx, c.id, units, c.Change, c.Effective, c.Document); err != nil {
		return err
	}
	if err := c.NoteChange(ctx, c.id, moved, award.UnitMove, c.Effective, c.Document); err != nil {
		return err
	}
	detail["change"], detail["effective"] = c.Change, c.Effective.String()
	return c.audit(ctx, "unit/"+strconv.FormatInt(c.unit.ID, 10), c.Document, detail)
}

// UnitHistory returns what a unit was and what was done to it. It is read by
// whoever sees the unit, as it is or last was.
func (a *Acts) UnitHistory(ctx context.Context, by award.Officer, code string) (UnitHistory, error) {
	history, err := a.store.UnitHistory(ctx, code)
	if err != nil {
		return UnitHistory{}, err
	}
	if !MaySee(by, Row{Unit: history.ID, Path: history.Path}) {
		return UnitHistory{}, award.Refuse(award.NotFound, "", "unit_unknown_now", code)
	}
	return history, nil
}

// some shows the first of a long list.
func some(names []string) string {
	const shown = 20
	return strings.Join(names[:min(len(names), shown)], "、")
}

func shownUnit(u RegisterUnit) map[string]any {
	return map[string]any{"code": u.Code, "name": u.Name, "kind": u.Kind, "parent": u.Parent}
}

func shownUnits(units []RegisterUnit) []map[string]any {
	out := make([]map[string]any, len(units))
	for i, u := range units {
		out[i] = shownUnit(u)
	}
	return out
}
