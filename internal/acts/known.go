package acts

import (
	"context"
	"time"

	"shifan/internal/award"
)

// knownTx finds what is known of a unit before it fills anything in.
type knownTx interface {
	// LastSelfCheck reads the unit's self-check in the category in the newest
	// round opened before this one, real or drill as this one; no revision when
	// there is none.
	LastSelfCheck(ctx context.Context, r Round, unit int64, category award.Category) (SelfCheck, error)
	// LastFiled reads the application it filed there last; no ID when there is
	// none.
	LastFiled(ctx context.Context, r Round, unit int64, category award.Category) (File, error)
}

// factsAt returns the year's facts that count for the unit at an instant (D-50).
func factsAt(ctx context.Context, tx Tx, now time.Time, unit int64) (YearFacts, error) {
	year := award.DateOf(now).Year
	return tx.YearFacts(ctx, unit, year-award.FactsAge, year)
}

// KnownMarks is what is known of a unit's self-check before it enters anything.
type KnownMarks struct {
	Facts YearFacts             // no revision: none reported
	Last  SelfCheck             // of the last round; no revision: none
	Marks []award.PrefilledMark // in the standard's leaf order

	SubItems award.SubItems // of the unit's recommending office
	SubMarks award.SubMarks // of the last round, below the indicators taken from there
}

func knownMarks(ctx context.Context, tx Tx, r Round, standard award.Standard, unit Unit, category award.Category, now time.Time) (KnownMarks, error) {
	var known KnownMarks
	var err error
	if known.Facts, err = factsAt(ctx, tx, now, unit.ID); err != nil {
		return KnownMarks{}, err
	}
	if known.Last, err = tx.LastSelfCheck(ctx, r, unit.ID, category); err != nil {
		return KnownMarks{}, err
	}
	var last award.Standard
	if known.Last.Revision > 0 {
		rule, err := categoryOf(ctx, tx, known.Last.Round, category)
		if err != nil {
			return KnownMarks{}, err
		}
		last = rule.Standard
	}
	known.Marks = standard.Prefill(known.Facts.Facts, last, known.Last.Marks, known.Last.Notes)
	if known.SubItems, _, err = tx.SubItems(ctx, r.ID, unit.Office, category); err != nil {
		return KnownMarks{}, err
	}
	known.SubMarks = known.SubItems.Prefill(known.Marks, known.Last.SubItems, known.Last.SubMarks)
	return known, nil
}

// knownForm returns what is known for a unit's form, and the round it filed in
// last.
func knownForm(ctx context.Context, tx Tx, r Round, unit Unit, category award.Category, now time.Time) (award.KnownForm, string, error) {
	facts, err := factsAt(ctx, tx, now, unit.ID)
	if err != nil {
		return award.KnownForm{}, "", err
	}
	known := award.KnownForm{Name: unit.Name, Code: unit.Code, Facts: facts.Facts}
	last, err := tx.LastFiled(ctx, r, unit.ID, category)
	if err != nil || last.ID == 0 {
		return known, "", err
	}
	rule, err := categoryOf(ctx, tx, last.Round, category)
	known.Last, known.LastFields = last.Form, rule.Form
	return known, last.Round, err
}

func categoryOf(ctx context.Context, tx Tx, round string, category award.Category) (RoundCategory, error) {
	r, err := tx.Round(ctx, round)
	if err != nil {
		return RoundCategory{}, err
	}
	return r.Category(category)
}

// Prefill is what is known already of a unit's self-check and form, each with
// where it comes from: the unit confirms it instead of typing it (N 五(三)).
type Prefill struct {
	KnownMarks
	FormRound string // the round whose form is used; empty: none
	Form      []PrefilledField
}

// LastRound returns the round that it was taken from; empty: none.
func (p Prefill) LastRound() string {
	if p.Last.Revision > 0 {
		return p.Last.Round
	}
	return p.FormRound
}

// PrefilledField is what is filled in for one field of the form.
type PrefilledField struct {
	award.FormField
	Value string // empty: nothing
	From  award.Origin
}

// Prefill returns what is known of a unit before it fills in a category's
// self-check and form.
func (a *Acts) Prefill(ctx context.Context, by award.Officer, round, unit string, category award.Category) (Prefill, error) {
	var p Prefill
	err := a.seeUnit(ctx, by, round, unit, category, func(tx Tx, r Round, u Unit, rule RoundCategory) error {
		p = Prefill{}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if p.KnownMarks, err = knownMarks(ctx, tx, r, rule.Standard, u, category, now); err != nil {
			return err
		}
		known, last, err := knownForm(ctx, tx, r, u, category, now)
		p.FormRound = last
		form, from := award.Prefill(rule.Form, known)
		for _, f := range rule.Form {
			p.Form = append(p.Form, PrefilledField{f, form[f.Key], from[f.Key]})
		}
		return err
	})
	return p, err
}
