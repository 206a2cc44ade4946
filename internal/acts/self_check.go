package acts

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"shifan/internal/award"
)

// SelfCheck is a unit's own check against the standard of a category (自查,
// N 四(一)): its own record, for every unit, whether it applies or not.
type SelfCheck struct {
	Round           string                `json:"round"`
	Unit            int64                 `json:"unit"`
	UnitCode        string                `json:"unit_code"`
	UnitName        string                `json:"unit_name"`
	UnitPath        []int64               `json:"-"` // for the policy
	Category        award.Category        `json:"category"`
	Office          int64                 `json:"office"`    // the recommending office it counts for
	Revision        int                   `json:"revision"`  // 0: not begun
	Marks           []award.Points        `json:"marks"`     // as entered, in the standard's leaf order; blank while it is a draft
	SubItems        award.SubItems        `json:"sub_items"` // its recommending office's
	SubMarks        award.SubMarks        `json:"sub_marks"` // by code of sub-item: they come to the indicator's value
	Notes           map[string]award.Note `json:"notes"`     // by code of indicator
	Gap             string                `json:"gap"`       // of the whole
	Measure         string                `json:"measure"`
	Complete        bool                  `json:"complete"` // no indicator is blank
	Total           award.Points          `json:"total"`
	Ready           bool                  `json:"ready"`      // 符合条件
	FactsYear       int                   `json:"facts_year"` // of the facts that filled indicators; 0: none
	Filled          []string              `json:"filled"`     // the indicators they filled
	Prefilled       int                   `json:"prefilled"`  // indicators that nobody had to type
	EnteredFor      award.EnteredFor      `json:"entered_for"`
	EnteredBy       int64                 `json:"entered_by,omitempty"` // officer
	EnteredByOffice string                `json:"entered_by_office"`    // code; a superior office's when 代录
	UpdatedAt       time.Time             `json:"updated_at"`

	// Told by the standard, not kept.
	Reasons  []award.Reason     `json:"reasons"` // what is missing and what fails
	Short    award.Points       `json:"short"`   // of the pass mark
	Blocks   []award.BlockScore `json:"blocks"`
	Outdated []string           `json:"outdated"` // filled with facts that have changed since; when read

	Unchanged bool `json:"unchanged,omitempty"` // sent again as it was: no new revision
}

// judge tells what the self-check's values come to.
func (s *SelfCheck) judge(standard award.Standard, pass award.Points) {
	score := standard.Score(s.Marks, pass)
	s.Complete = !slices.Contains(s.Marks, award.Blank)
	s.Total, s.Ready, s.Short = score.Total, score.Passed, score.Short
	s.Reasons = s.SubItems.Name(score.Reasons, s.SubMarks)
	s.Blocks = standard.BlockScores(score)
}

// says reports whether the self-check says what the other does, whoever entered
// it.
func (s SelfCheck) says(other SelfCheck) bool {
	return slices.Equal(s.Marks, other.Marks) && maps.Equal(s.SubMarks, other.SubMarks) && maps.Equal(s.Notes, other.Notes) &&
		s.Gap == other.Gap && s.Measure == other.Measure && s.EnteredFor == other.EnteredFor
}

// selfCheckTx keeps self-checks.
type selfCheckTx interface {
	// SelfCheck reads a self-check with the sub-items it is held against;
	// award.NotFound when the unit has none.
	SelfCheck(ctx context.Context, round string, unit int64, category award.Category) (SelfCheck, error)
	// SaveSelfCheck writes the revision after the one that s was made from: 1
	// adds the record. award.Stale when someone else was first.
	SaveSelfCheck(ctx context.Context, s SelfCheck) error
}

// SaveSelfCheck is what a unit says of itself.
type SaveSelfCheck struct {
	Round      string
	Unit       string // code
	Category   award.Category
	Revision   int // the one seen; 0: the first
	Marks      []award.Points
	SubMarks   award.SubMarks        // nil: as they are
	Notes      map[string]award.Note // nil: as they are
	Gap        string                // 差距
	Measure    string                // 改进措施
	EnteredFor award.EnteredFor      // of a superior: on whose word
}

// SaveSelfCheck keeps a unit's self-check (自查), whole or a draft with blanks. A
// superior may enter it for a unit without a computer (代录); the record names
// the officer who did and the person on whose word. The year's facts fill what
// names them. Nothing is taken from the instant on at which the office's
// self-checks close.
func (a *Acts) SaveSelfCheck(ctx context.Context, by award.Officer, key Key, in SaveSelfCheck) (Done[SelfCheck], error) {
	return once(ctx, a, by, key, award.ActSaveSelfCheck, in.Round, func(t *act) (SelfCheck, error) {
		return t.saveSelfCheck(ctx, in, false)
	})
}

// SaveSelfChecks keeps the self-checks of many units (批量填报), item by item; a
// dry run says what each would come to. What has been saved already is no new
// revision, whoever sends it again (D-53).
func (a *Acts) SaveSelfChecks(ctx context.Context, by award.Officer, key Key, items []SaveSelfCheck, dry bool) ([]Item[SelfCheck], error) {
	return bulk(ctx, a, key, dry, MostItems, items, func(a *Acts, key Key, in SaveSelfCheck) (Done[SelfCheck], error) {
		return a.saveAgain(ctx, by, key, in)
	})
}

// saveAgain saves what may have been saved already, also by somebody who sends
// the very same at this moment: whoever comes second looks once more.
func (a *Acts) saveAgain(ctx context.Context, by award.Officer, key Key, in SaveSelfCheck) (Done[SelfCheck], error) {
	done, err := a.saveOnce(ctx, by, key, in)
	if award.CodeOf(err) == award.Stale {
		return a.saveOnce(ctx, by, key, in)
	}
	return done, err
}

func (a *Acts) saveOnce(ctx context.Context, by award.Officer, key Key, in SaveSelfCheck) (Done[SelfCheck], error) {
	return once(ctx, a, by, key, award.ActSaveSelfCheck, in.Round, func(t *act) (SelfCheck, error) {
		return t.saveSelfCheck(ctx, in, true)
	})
}

// saveSelfCheck saves; again: what has been saved already is no new revision.
func (t *act) saveSelfCheck(ctx context.Context, in SaveSelfCheck, again bool) (SelfCheck, error) {
	next, before, standard, err := t.nextSelfCheck(ctx, in)
	if err != nil {
		return SelfCheck{}, err
	}
	if again && before.Revision > 0 && next.says(before) {
		next.Revision, next.Unchanged = before.Revision, true
		next.EnteredBy, next.EnteredByOffice, next.UpdatedAt = before.EnteredBy, before.EnteredByOffice, before.UpdatedAt
		return next, nil
	}
	defects := append(standard.CheckNotes(next.Notes), award.CheckEntered(next.Unit == t.by.Office, next.EnteredFor)...)
	if len(defects) > 0 {
		return SelfCheck{}, award.RefuseFields(award.Invalid, "N 四(一)", "self_check_malformed", defects)
	}
	if next.EnteredFor.Scan != before.EnteredFor.Scan {
		if err := t.citeAlone(ctx, "/entered_for/scan", next.sealed()); err != nil {
			return SelfCheck{}, err
		}
	}
	if err := t.SaveSelfCheck(ctx, next); err != nil {
		return SelfCheck{}, err
	}
	return next, t.audit(ctx, fmt.Sprintf("self-check/%s/%s", next.UnitCode, in.Category), "", map[string]any{
		"revision": next.Revision, "total": next.Total.String(), "complete": next.Complete, "ready": next.Ready,
	})
}

// sealed is the sealed paper of a self-check that a superior entered, as evidence.
func (s SelfCheck) sealed() EvidenceUse {
	return EvidenceUse{
		SHA256: s.EnteredFor.Scan, Unit: s.Unit, Kind: award.UseSelfCheck, Subject: string(s.Category) + "/entered_for",
	}
}

// nextSelfCheck returns what the self-check would be, what it is, and the
// standard it is held against.
func (t *act) nextSelfCheck(ctx context.Context, in SaveSelfCheck) (next, before SelfCheck, standard award.Standard, err error) {
	p, unit, err := t.enterUnit(ctx, in.Round, in.Unit)
	if err != nil {
		return next, before, standard, err
	}
	if err := Can(t.by, t.name, unit.Row(p.round)); err != nil {
		return next, before, standard, err
	}
	rule, err := p.admit(unit, in.Category)
	if err != nil {
		return next, before, standard, err
	}
	standard = rule.Standard
	if err := award.IntakeSelfCheck.Admits(p.now, p.office.SelfCheckClosesAt); err != nil {
		return next, before, standard, err
	}
	before, err = t.SelfCheck(ctx, in.Round, unit.ID, in.Category)
	if err != nil && award.CodeOf(err) != award.NotFound {
		return next, before, standard, err
	}
	next = SelfCheck{
		Round: in.Round, Unit: unit.ID, UnitCode: unit.Code, UnitName: unit.Name, UnitPath: unit.Path,
		Category: in.Category, Office: unit.Office, Revision: in.Revision + 1,
		Marks: in.Marks, SubMarks: in.SubMarks, Notes: in.Notes, Gap: in.Gap, Measure: in.Measure,
		EnteredFor: in.EnteredFor, EnteredBy: t.by.ID, EnteredByOffice: t.by.OfficeCode, UpdatedAt: p.now,
	}
	if next.Notes == nil {
		next.Notes = before.Notes
	}
	if next.SubMarks == nil {
		next.SubMarks = before.SubMarks
	}
	known, err := knownMarks(ctx, t, p.round, standard, unit, in.Category, p.now)
	if err != nil {
		return next, before, standard, err
	}
	next.SubItems = known.SubItems
	if err := next.fill(standard, known, before); err != nil {
		return next, before, standard, err
	}
	next.judge(standard, p.round.Rules.PassMark)
	return next, before, standard, nil
}

// fill puts what is known into what is entered and checks it.
func (s *SelfCheck) fill(standard award.Standard, known KnownMarks, before SelfCheck) error {
	rolled, defects := s.SubItems.CheckMarks(standard, s.Marks, s.SubMarks, false)
	s.Marks = rolled
	if len(s.Marks) == len(known.Marks) {
		values, codes, typedOver := standard.Fill(s.Marks, known.Facts.Facts, before.fromFacts(standard))
		s.Marks, s.Filled = values, codes
		defects = append(defects, typedOver...)
		if len(codes) > 0 {
			s.FactsYear = known.Facts.Year
		}
		for i, p := range known.Marks {
			if p.Value != award.Blank && p.Value == values[i] {
				s.Prefilled++
			}
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
	}
	return nil
}

// fromFacts returns the values that facts gave when the self-check was saved.
func (s SelfCheck) fromFacts(standard award.Standard) map[string]award.Points {
	values := make(map[string]award.Points)
	for i, leaf := range standard.Leaves() {
		if slices.Contains(s.Filled, leaf.Code) {
			values[leaf.Code] = s.Marks[i]
		}
	}
	return values
}

// SelfCheck returns a unit's self-check with what it comes to.
func (a *Acts) SelfCheck(ctx context.Context, by award.Officer, round, unit string, category award.Category) (SelfCheck, error) {
	var s SelfCheck
	err := a.seeUnit(ctx, by, round, unit, category, func(tx Tx, r Round, u Unit, rule RoundCategory) error {
		var err error
		if s, err = tx.SelfCheck(ctx, round, u.ID, category); err != nil {
			return err
		}
		s.judge(rule.Standard, r.Rules.PassMark)
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		facts, err := factsAt(ctx, tx, now, u.ID)
		s.Outdated = rule.Standard.Outdated(s.Marks, s.Filled, facts.Facts)
		return err
	})
	return s, err
}

// seeUnit reads what an officer may see of a unit in a category of a round.
func (a *Acts) seeUnit(ctx context.Context, by award.Officer, round, unit string, category award.Category, fn func(tx Tx, r Round, u Unit, rule RoundCategory) error) error {
	return a.store.InTx(ctx, func(tx Tx) error {
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
		return fn(tx, r, u, rule)
	})
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
