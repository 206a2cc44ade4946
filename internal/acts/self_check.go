package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// SelfCheck is a unit's own check against the standard of a category (自查,
// N 四(一)): its own record, for every unit, whether it applies or not.
type SelfCheck struct {
	Round           string         `json:"round"`
	Unit            int64          `json:"unit"`
	UnitCode        string         `json:"unit_code"`
	UnitName        string         `json:"unit_name"`
	UnitPath        []int64        `json:"-"` // for the policy
	Category        award.Category `json:"category"`
	Office          int64          `json:"office"` // the recommending office it counts for
	Revision        int            `json:"revision"`
	Marks           []award.Points `json:"marks"` // as entered, in the standard's leaf order; blank while it is a draft
	Gap             string         `json:"gap"`
	Measure         string         `json:"measure"`
	Total           award.Points   `json:"total"`
	Ready           bool           `json:"ready"`                // 符合条件
	Reasons         []award.Reason `json:"reasons"`              // what failed
	EnteredBy       int64          `json:"entered_by,omitempty"` // officer
	EnteredByOffice string         `json:"entered_by_office"`    // code; a superior office's when 代录
	UpdatedAt       time.Time      `json:"updated_at"`
}

// selfCheckTx keeps self-checks.
type selfCheckTx interface {
	// SelfCheck reads a self-check; award.NotFound when the unit has none.
	SelfCheck(ctx context.Context, round string, unit int64, category award.Category) (SelfCheck, error)
	// SaveSelfCheck writes the revision after the one that s was made from: 1
	// adds the record. award.Stale when someone else was first.
	SaveSelfCheck(ctx context.Context, s SelfCheck) error
}

// SaveSelfCheck is what a unit says of itself.
type SaveSelfCheck struct {
	Round    string
	Unit     string // code
	Category award.Category
	Revision int // the one seen; 0: the first
	Marks    []award.Points
	Gap      string // 差距
	Measure  string // 改进措施
}

// SaveSelfCheck keeps a unit's self-check (自查). A superior may enter it for a
// unit without a computer (代录); the record names the officer who did. Nothing
// is taken from the instant on at which the office's self-checks close.
func (a *Acts) SaveSelfCheck(ctx context.Context, by award.Officer, key Key, in SaveSelfCheck) (Done[SelfCheck], error) {
	return once(ctx, a, by, key, award.ActSaveSelfCheck, in.Round, func(t *act) (SelfCheck, error) {
		var none SelfCheck
		place, unit, err := t.enterUnit(ctx, in.Round, in.Unit)
		if err != nil {
			return none, err
		}
		if err := Can(by, t.name, unit.Row(place.round)); err != nil {
			return none, err
		}
		category, err := place.admit(unit, in.Category)
		if err != nil {
			return none, err
		}
		if err := award.IntakeSelfCheck.Admits(place.now, place.office.SelfCheckClosesAt); err != nil {
			return none, err
		}
		if defects := category.Standard.CheckMarks(in.Marks, false); len(defects) > 0 {
			return none, award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
		}

		score := category.Standard.Score(in.Marks, place.round.Rules.PassMark)
		s := SelfCheck{
			Round: in.Round, Unit: unit.ID, UnitCode: unit.Code, UnitName: unit.Name, UnitPath: unit.Path,
			Category: in.Category, Office: unit.Office, Revision: in.Revision + 1,
			Marks: in.Marks, Gap: in.Gap, Measure: in.Measure,
			Total: score.Total, Ready: score.Passed, Reasons: score.Reasons,
			EnteredBy: by.ID, EnteredByOffice: by.OfficeCode, UpdatedAt: place.now,
		}
		if err := t.SaveSelfCheck(ctx, s); err != nil {
			return none, err
		}
		return s, t.audit(ctx, fmt.Sprintf("self-check/%s/%s", unit.Code, in.Category), "", map[string]any{
			"revision": s.Revision, "total": s.Total.String(), "ready": s.Ready,
		})
	})
}

// SelfCheck returns a unit's self-check.
func (a *Acts) SelfCheck(ctx context.Context, by award.Officer, round, unit string, category award.Category) (SelfCheck, error) {
	var s SelfCheck
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		u, err := tx.Unit(ctx, round, unit)
		if err != nil {
			return err
		}
		if !MaySee(by, u.Row(r)) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		rule, err := r.Category(category)
		if err != nil {
			return err
		}
		if s, err = tx.SelfCheck(ctx, round, u.ID, category); err != nil {
			return err
		}
		s.Reasons = rule.Standard.Score(s.Marks, r.Rules.PassMark).Reasons
		return nil
	})
	return s, err
}

// place is where a file act happens: a round under way, the recommending office
// whose gate the act has passed, and the record's clock, all read behind the
// gate, so that no date moves until the act is over (architecture 1).
type place struct {
	round  Round
	office Office
	now    time.Time
}

// enter passes an office's gate and reads what judges.
func (t *act) enter(ctx context.Context, round string, office int64) (place, error) {
	if err := t.PassGate(ctx, round, office); err != nil {
		return place{}, err
	}
	return t.inside(ctx, round, office)
}

// inside reads what judges, behind a gate that was passed.
func (t *act) inside(ctx context.Context, round string, office int64) (place, error) {
	var p place
	var err error
	if p.round, err = t.Round(ctx, round); err != nil {
		return place{}, err
	}
	if p.office, err = t.OfficeOf(ctx, round, office); err != nil {
		return place{}, err
	}
	p.now, err = t.Now(ctx)
	return p, err
}

// enterUnit enters the place of a unit's recommending office.
func (t *act) enterUnit(ctx context.Context, round, code string) (place, Unit, error) {
	if _, err := t.Round(ctx, round); err != nil {
		return place{}, Unit{}, err // no such round, rather than no such unit
	}
	unit, err := t.Unit(ctx, round, code)
	if err != nil {
		return place{}, Unit{}, err
	}
	if unit.Office == 0 {
		return place{}, Unit{}, award.Refuse(award.Invalid, "N 四(二)", "unit_above_offices", unit.Name)
	}
	p, err := t.enter(ctx, round, unit.Office)
	return p, unit, err
}

// admit checks that the round is under way and that the unit may take part in
// the category.
func (p place) admit(unit Unit, category award.Category) (RoundCategory, error) {
	if err := p.round.MustBeOpen(); err != nil {
		return RoundCategory{}, err
	}
	rule, err := p.round.Category(category)
	if err != nil {
		return RoundCategory{}, err
	}
	return rule, rule.Admits(unit.Name, unit.Kind, unit.KindSure)
}

// arrived reports whether the office's arrival date (到省截止) has passed.
func (p place) arrived() bool { return !p.now.Before(p.office.ArrivalAt) }
