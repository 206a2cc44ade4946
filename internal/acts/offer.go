package acts

import (
	"context"
	"slices"

	"shifan/internal/award"
)

// Offers lists what the officer may do to the file where it stands (可办事项),
// for pages that show a button for each. The act itself judges again, dates
// included.
func (f File) Offers(by award.Officer, r Round) []award.Act {
	s, withUnit := f.standing(), func() error { return nil }
	if !s.WithUnit() {
		withUnit = func() error { return award.Refuse(award.Conflict, "N 四(一)", "file_not_with_unit", string(f.State)) }
	}
	var offers []award.Act
	for _, offer := range []struct {
		name award.Act
		fits func() error
	}{
		{award.ActEditApplication, withUnit},
		{award.ActFile, withUnit},
		{award.ActEndorse, func() error { _, err := s.Declined(); return err }}, // the province sends on by its list
		{award.ActCallUp, func() error { _, err := s.Lifted(by.Office, false); return err }},
		{award.ActWithdraw, func() error { return award.MoveFile(f.State, award.ActWithdraw, award.FileWithdrawn) }},
	} {
		if r.State == award.RoundOpen && Can(by, offer.name, f.Row(r)) == nil && offer.fits() == nil {
			offers = append(offers, offer.name)
		}
	}
	return offers
}

// Chain lists the units a file climbs through (逐级上报), from its own unit to the
// recommending office, to whoever may see the file.
func (a *Acts) Chain(ctx context.Context, by award.Officer, round string, application int64) ([]Unit, error) {
	f, err := a.Application(ctx, by, round, application)
	if err != nil {
		return nil, err
	}
	var chain []Unit
	err = a.store.InTx(ctx, func(tx Tx) error {
		chain = nil
		for _, id := range f.Path[max(0, slices.Index(f.Path, f.Office)):] {
			unit, err := tx.UnitOf(ctx, round, id)
			if err != nil {
				return err
			}
			chain = append(chain, unit)
		}
		slices.Reverse(chain)
		return nil
	})
	return chain, err
}

// Offers lists what the officer may do to the objection where it stands
// (可办事项), in the order in which it comes up. The act itself judges again.
func (o Objection) Offers(by award.Officer, r Round) []award.Act {
	var offers []award.Act
	for _, offer := range []struct {
		name award.Act
		to   award.ObjectionState
		fits bool
	}{
		{award.ActAssignObjection, o.State, true},
		{award.ActAdmitObjection, award.ObjectionAdmitted, true},
		{award.ActInvestigateObjection, award.ObjectionInvestigating, true},
		{award.ActRuleObjection, award.ObjectionDismissed, true},
		{award.ActCommission, award.ObjectionInvestigating, true},
		{award.ActExtendObjection, o.State, o.ExtendedAt.IsZero()},
		{award.ActWithdrawObjection, o.State, o.Kind == award.KindObjection},
		{award.ActRaiseObjection, o.State, true},
	} {
		if offer.fits && award.MoveObjection(o.State, offer.name, offer.to) == nil && Can(by, offer.name, o.Row(r)) == nil {
			offers = append(offers, offer.name)
		}
	}
	return offers
}
