package acts

import (
	"context"
	"errors"
	"time"

	"shifan/internal/award"
)

// OpeningCheck is what stands between a draft and its opening (开启前检查): what
// refuses it, and what is worth a look and hinders nothing.
type OpeningCheck struct {
	Refusals    []*award.Error
	Offices     []Recommender // that would recommend, with their eligible units
	Unstaffed   ChainsWithoutUsers
	Provisional []int // years whose calendar is not published
	Provincial  time.Time
	National    time.Time // last days on which lists can open
	Samples     []award.Category
	Bare        bool // it has no document number, or nobody to ask
}

// DraftOf returns what a draft says, whole, for whoever may change it, and its
// revision.
func (a *Acts) DraftOf(ctx context.Context, by award.Officer, id string) (award.Definition, int, error) {
	r, err := a.draft(ctx, by, id)
	return r.definition(), r.Revision, err
}

// draft reads a draft that the officer may change.
func (a *Acts) draft(ctx context.Context, by award.Officer, id string) (Round, error) {
	r, err := a.store.Round(ctx, id)
	if err != nil {
		return Round{}, err
	}
	if err := a.maySeeRound(ctx, by, r); err != nil {
		return Round{}, err
	}
	switch {
	case Can(by, award.ActEditRound, r.Row()) != nil:
		return Round{}, award.Refuse(award.Forbidden, "N 四", "forbidden_"+string(award.ActEditRound))
	case r.State != award.RoundDraft:
		return Round{}, award.Refuse(award.Conflict, "N 二", "round_not_draft")
	}
	return r, nil
}

// CheckOpening asks all that OpenRound asks of a draft, and tells every answer at
// once; opening asks again.
func (a *Acts) CheckOpening(ctx context.Context, by award.Officer, id string) (OpeningCheck, error) {
	r, err := a.draft(ctx, by, id)
	if err != nil {
		return OpeningCheck{}, err
	}
	check := OpeningCheck{
		Provisional: award.ProvisionalYears(r.Calendar(), r.Dates),
		Bare:        r.DocumentNumber == "" || len(r.Contacts) == 0,
	}
	check.Provincial, check.National = RoundStanding{Round: r}.LastNotices()
	err = a.store.InTx(ctx, func(tx Tx) error {
		t := &act{Tx: tx, by: by, name: award.ActOpenRound, round: id}
		check.Refusals, check.Samples = nil, nil // anew, should it be run again
		now, err := t.Now(ctx)
		if err != nil {
			return err
		}
		if defects := r.definition().Check(now); len(defects) > 0 {
			check.Refusals = append(check.Refusals, award.RefuseFields(award.Invalid, "N 二", "round_defects", defects))
		}
		for _, ask := range []func(context.Context, Round) error{t.mustHaveStandards, t.mustHaveUnits} {
			err := ask(ctx, r)
			if refusal, refused := errors.AsType[*award.Error](err); refused && refusal.Code != award.Internal {
				check.Refusals = append(check.Refusals, refusal)
			} else if err != nil {
				return err
			}
		}
		if check.Samples, err = t.samples(ctx, r); err != nil {
			return err
		}
		check.Offices, err = t.Recommenders(ctx, r)
		return err
	})
	if err != nil {
		return OpeningCheck{}, err
	}
	check.Unstaffed, err = a.store.OfficesWithoutOfficers(ctx, r, 0, 1)
	return check, err
}

// samples returns the categories that would be held against a sample, because no
// standard of theirs is published.
func (t *act) samples(ctx context.Context, r Round) ([]award.Category, error) {
	owner, err := registerUnit(ctx, t.Tx, r.OwnerCode)
	if err != nil {
		return nil, err
	}
	var out []award.Category
	for _, c := range r.Categories {
		if c.StandardID != 0 {
			continue
		}
		has, err := t.HasStandard(ctx, owner.Path, c.Category)
		if err != nil {
			return nil, err
		}
		if !has {
			out = append(out, c.Category)
		}
	}
	return out, nil
}
