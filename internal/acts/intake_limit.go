package acts

import (
	"context"
	"fmt"
	"slices"

	"shifan/internal/award"
)

// IntakeLimit is how many files of a category an office below may send up
// (名额分配), with what stands against it.
type IntakeLimit struct {
	award.IntakeLimit
	UnitID   int64
	Name     string
	Used     []RankedPlace // in the office's own order
	Unsigned int           // passed it by at a date without its opinion: no limit stops them (D-16)
}

// RankedPlace is one place used: a file that the office sent up.
type RankedPlace struct {
	Application int64
	Unit        string // code
	Name        string
	Rank        int
	State       award.FileState
}

// IntakeLimits are a recommending office's limits as a whole.
type IntakeLimits struct {
	Revision int // 0: never set
	Limits   []IntakeLimit
}

// intakeLimitTx keeps intake limits.
type intakeLimitTx interface {
	// IntakeLimits reads an office's limits with what is used of them; of one
	// unit when it is not 0.
	IntakeLimits(ctx context.Context, round string, office, unit int64) (IntakeLimits, error)
	// LockIntakeLimit holds the limit of a unit and category until the end; false
	// when there is none.
	LockIntakeLimit(ctx context.Context, round string, unit int64, category award.Category) (places int, limited bool, err error)
	// PlacesUsed returns the ranks of the files of the category that the unit has
	// agreed to and that have not ended on the way, short of the given one; and
	// the rank of that one, 0 when it has none.
	PlacesUsed(ctx context.Context, round string, unit int64, category award.Category, but int64) (used []int, own int, err error)
	// PutIntakeLimits replaces an office's limits and counts their revision up.
	PutIntakeLimits(ctx context.Context, round string, office int64, limits []IntakeLimit) error
	// HasFiled reports whether a file of the office's area was ever filed.
	HasFiled(ctx context.Context, round string, office int64) (bool, error)
}

// SetIntakeLimits is a recommending office's limits, all of them.
type SetIntakeLimits struct {
	Round, Office string
	Revision      int // the one seen; 0: never set
	Limits        []award.IntakeLimit
}

// SetIntakeLimits sets how many files each prefecture or county may send up
// (名额分配, domain 4), in place of the limits before; only until the first file
// of the area has been filed, so that nobody's limit changes under it (D-37).
func (a *Acts) SetIntakeLimits(ctx context.Context, by award.Officer, key Key, in SetIntakeLimits) (Done[IntakeLimits], error) {
	return once(ctx, a, by, key, award.ActSetIntakeLimits, in.Round, func(t *act) (IntakeLimits, error) {
		round, err := t.Round(ctx, in.Round)
		if err != nil {
			return IntakeLimits{}, err
		}
		office, err := t.Office(ctx, in.Round, in.Office)
		if err != nil {
			return IntakeLimits{}, err
		}
		if err := Can(by, t.name, office.Row(round)); err != nil {
			return IntakeLimits{}, err
		}
		if err := t.ShutGates(ctx, in.Round, office.ID); err != nil { // nobody files meanwhile
			return IntakeLimits{}, err
		}
		if round, err = t.Round(ctx, in.Round); err != nil {
			return IntakeLimits{}, err
		}
		if err := round.MustBeOpen(); err != nil {
			return IntakeLimits{}, err
		}
		before, err := t.IntakeLimits(ctx, in.Round, office.ID, 0)
		if err != nil {
			return IntakeLimits{}, err
		}
		if before.Revision != in.Revision {
			return IntakeLimits{}, award.Outdated()
		}
		filed, err := t.HasFiled(ctx, in.Round, office.ID)
		if err != nil {
			return IntakeLimits{}, err
		}
		if filed {
			return IntakeLimits{}, award.Refuse(award.Closed, "D-37", "intake_limits_fixed")
		}
		limits, err := t.checkIntakeLimits(ctx, round, office, in.Limits)
		if err != nil {
			return IntakeLimits{}, err
		}
		if err := t.PutIntakeLimits(ctx, in.Round, office.ID, limits); err != nil {
			return IntakeLimits{}, err
		}
		for _, l := range limits {
			if err := t.Post(ctx, Message{
				Round: round.ID, Office: l.UnitID, Occasion: fmt.Sprintf("%s/%d/%s", t.name, t.id, l.Category),
				Kind:    string(t.name),
				Subject: fmt.Sprintf("〔告知·上报名额%d个〕%s", l.Places, l.Category.FullTitle()),
				Body:    fmt.Sprintf("%s：%s分配贵机构上报名额%d个。名额为上限，宁缺勿滥；上报时请排出先后。", round.Title, office.Name, l.Places),
			}); err != nil {
				return IntakeLimits{}, err
			}
		}
		if err := t.audit(ctx, officeSubject(office), "", map[string]any{"limits": in.Limits}); err != nil {
			return IntakeLimits{}, err
		}
		return IntakeLimits{Revision: before.Revision + 1, Limits: limits}, nil
	})
}

// checkIntakeLimits names every defect of the limits at once.
func (t *act) checkIntakeLimits(ctx context.Context, round Round, office Office, in []award.IntakeLimit) ([]IntakeLimit, error) {
	type line struct {
		unit     string
		category award.Category
	}
	var defects []award.Defect
	seen := map[line]bool{}
	limits := make([]IntakeLimit, 0, len(in))
	for i, l := range in {
		pointer := fmt.Sprintf("/limits/%d", i)
		unit, err := t.Unit(ctx, round.ID, l.Unit)
		if err != nil && award.CodeOf(err) != award.NotFound {
			return nil, err
		}
		below := unit.Office == office.ID && unit.ID != office.ID
		defects = append(defects, award.CheckIntakeLimit(i, l, unit.Kind, below)...)
		if _, err := round.Category(l.Category); err != nil {
			defects = append(defects, award.Defect{Pointer: pointer + "/category", Key: "category_not_in_round", Args: []any{string(l.Category)}})
		}
		if seen[line{l.Unit, l.Category}] {
			defects = append(defects, award.Defect{Pointer: pointer, Key: "intake_limit_twice", Args: []any{l.Unit}})
		}
		seen[line{l.Unit, l.Category}] = true
		limits = append(limits, IntakeLimit{IntakeLimit: l, UnitID: unit.ID, Name: unit.Name})
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "D-37", "intake_limits_defective", defects)
	}
	return limits, nil
}

// takePlace takes a place under the limit of the office that agrees, and
// returns the file's rank there; 0 where no limit is set. A file that has a
// place keeps it, also when it was returned and comes again.
func (t *act) takePlace(ctx context.Context, f File, asked int) (int, error) {
	places, limited, err := t.LockIntakeLimit(ctx, f.Round, f.Waiting, f.Category)
	if err != nil {
		return 0, err
	}
	if !limited {
		if asked != 0 {
			return 0, award.RefuseFields(award.Invalid, "D-37", "rank_without_limit",
				[]award.Defect{{Pointer: "/rank", Key: "rank_without_limit"}})
		}
		return 0, nil
	}
	used, own, err := t.PlacesUsed(ctx, f.Round, f.Waiting, f.Category, f.ID)
	if err != nil {
		return 0, err
	}
	if asked == 0 && own != 0 && !slices.Contains(used, own) {
		return own, nil
	}
	return award.IntakeLimit{Unit: f.WaitingCode, Category: f.Category, Places: places}.TakePlace(f.WaitingName, used, asked)
}

// IntakeLimits reads the limits of a recommending office and what is used of
// them: all to whoever sees the office, its own to a prefecture or county.
func (a *Acts) IntakeLimits(ctx context.Context, by award.Officer, round, office string) (IntakeLimits, error) {
	var out IntakeLimits
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		o, err := tx.Office(ctx, round, office)
		if err != nil {
			return err
		}
		var only int64
		switch {
		case MaySee(by, o.Row(r)):
		case concerns(by, r, o):
			only = by.Office
		default:
			return award.Refuse(award.NotFound, "", "not_found")
		}
		out, err = tx.IntakeLimits(ctx, round, o.ID, only)
		return err
	})
	return out, err
}
