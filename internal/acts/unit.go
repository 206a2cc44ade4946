package acts

import (
	"context"
	"fmt"
	"strconv"

	"shifan/internal/award"
)

// RegisterUnit is a unit as the register has it today (名录单位). Acts outside a
// round go by it; under a round Unit, frozen at its registry date, holds.
type RegisterUnit struct {
	ID                 int64
	Code               string
	Name               string
	Kind               award.Kind
	KindSure           bool       // false: D-13 could not tell; not eligible until corrected
	Parent             string     // code
	ParentID           int64      // 0: the root
	Since              award.Date // the first day of what it is now
	RecommendingOffice string     // code; inherited downwards (domain 2)
	Path               []int64    // root … itself
}

// Row returns what the policy must know of the unit, and of what belongs to its
// office, outside any round.
func (u RegisterUnit) Row() Row { return Row{Unit: u.ID, Path: u.Path} }

// unitTx reads and mends the register.
type unitTx interface {
	// RegisterUnits returns the units that have the codes today; a code that
	// nobody has is left out.
	RegisterUnits(ctx context.Context, codes []string) ([]RegisterUnit, error)
	// LockUnits holds units until the end, in order of ID: whoever counts or
	// looks for what belongs to an office waits for whoever adds to it.
	LockUnits(ctx context.Context, units []int64) error
	// CorrectUnit sets the kind of a unit's current version, as if the list had
	// said so: it holds from the day the version holds.
	CorrectUnit(ctx context.Context, unit int64, kind award.Kind, source string) error
	unitChangeTx
	contactTx
}

// unitReads answers questions about the register.
type unitReads interface {
	// UnitPage lists units by ID, after the given one.
	UnitPage(ctx context.Context, in UnitQuery) ([]RegisterUnit, error)
	unitChangeReads
	contactReads
}

// UnitQuery asks for a page of units.
type UnitQuery struct {
	Below  int64      // only this office's subtree; 0: the whole register
	Parent int64      // only units directly below it; 0: any
	Kind   award.Kind // "": any
	Unsure bool       // only those whose kind nobody could tell
	// Unstaffed: only those for which no officer acts.
	Unstaffed bool
	After     int64
	Limit     int
}

// CorrectUnit is a correction of a unit's kind (更正单位类型): an unsure kind, or
// a zone or county-seat town that the administrator decides on (D-13, D-14).
type CorrectUnit struct {
	Unit   string
	Kind   award.Kind
	Reason string
}

// CorrectUnit corrects the kind of a unit below the officer's office.
func (a *Acts) CorrectUnit(ctx context.Context, by award.Officer, key Key, in CorrectUnit) (Receipt, error) {
	done, err := once(ctx, a, by, key, award.ActCorrectUnit, "", func(t *act) (struct{}, error) {
		unit, err := registerUnit(ctx, t, in.Unit)
		if err != nil {
			return struct{}{}, err
		}
		if err := Can(by, award.ActCorrectUnit, unit.Row()); err != nil {
			return struct{}{}, err
		}
		if in.Reason == "" {
			return struct{}{}, reasonRequired()
		}
		if _, err := award.ParseKind(string(in.Kind)); err != nil {
			return struct{}{}, err
		}
		if !award.KindFits(unit.Code, in.Kind) {
			return struct{}{}, award.Refuse(award.Invalid, "D-13", "kind_of_other_level", unit.Code, string(in.Kind))
		}
		if err := t.CorrectUnit(ctx, unit.ID, in.Kind, fmt.Sprintf("act/%d", t.id)); err != nil {
			return struct{}{}, fmt.Errorf("correct unit: %w", err)
		}
		return struct{}{}, t.audit(ctx, "unit/"+strconv.FormatInt(unit.ID, 10), in.Reason,
			map[string]any{"from": unit.Kind, "sure": unit.KindSure, "to": in.Kind})
	})
	return done.Receipt, err
}

// Unit returns a unit of the register as it is today, to whoever may see it; the
// officer's own office when none is named.
func (a *Acts) Unit(ctx context.Context, by award.Officer, code string) (RegisterUnit, error) {
	if code == "" {
		code = by.OfficeCode
	}
	var unit RegisterUnit
	err := a.store.InTx(ctx, func(tx Tx) (err error) {
		unit, err = registerUnit(ctx, tx, code)
		return err
	})
	if err != nil {
		return RegisterUnit{}, err
	}
	if !MaySee(by, unit.Row()) {
		return RegisterUnit{}, award.Refuse(award.NotFound, "", "unit_unknown_now", code)
	}
	return unit, nil
}

// Units lists units of the register below the officer's office, its own
// included; parent narrows to the units directly below one.
func (a *Acts) Units(ctx context.Context, by award.Officer, parent string, in UnitQuery) ([]RegisterUnit, error) {
	in.Below = subtree(by)
	if parent != "" {
		var unit RegisterUnit
		err := a.store.InTx(ctx, func(tx Tx) (err error) {
			unit, err = registerUnit(ctx, tx, parent)
			return err
		})
		if err != nil {
			return nil, err
		}
		if !MaySee(by, unit.Row()) {
			return nil, award.Refuse(award.NotFound, "", "unit_unknown_now", parent)
		}
		in.Parent, in.Below = unit.ID, 0 // what is below a unit the officer sees, the officer sees
	}
	units, err := a.store.UnitPage(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	return units, nil
}

// registerUnit returns the unit that has the code today, or refuses.
func registerUnit(ctx context.Context, tx Tx, code string) (RegisterUnit, error) {
	units, err := tx.RegisterUnits(ctx, []string{code})
	if err != nil {
		return RegisterUnit{}, fmt.Errorf("find unit: %w", err)
	}
	if len(units) == 0 {
		return RegisterUnit{}, award.Refuse(award.NotFound, "", "unit_unknown_now", code)
	}
	return units[0], nil
}

// subtree returns the office whose subtree the officer's reads end at; 0 for an
// officer of the register's root, who sees all of it.
func subtree(by award.Officer) int64 {
	if len(by.Path) == 1 {
		return 0
	}
	return by.Office
}

// reasonRequired refuses an act that must say why.
func reasonRequired() error {
	return award.RefuseFields(award.Invalid, "", "reason_required",
		[]award.Defect{{Pointer: "/reason", Key: "field_required"}})
}
