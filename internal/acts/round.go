package acts

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"shifan/internal/award"
)

// roundTx keeps rounds: drafting, opening, levers, dates, limits. Each part is
// declared beside its acts.
type roundTx interface {
	draftTx
	seriesTx
	openingTx
	leverTx
	officeDatesTx
	limitTx
	previewTx
	// RoundStanding reads a round as it now stands.
	RoundStanding(ctx context.Context, id string) (RoundStanding, error)
}

// roundReads answers questions about rounds.
type roundReads interface {
	// Round reads a round outside any act.
	Round(ctx context.Context, id string) (Round, error)
	// RoundStanding reads a round as it now stands.
	RoundStanding(ctx context.Context, id string) (RoundStanding, error)
	// RoundPage lists the rounds an officer may see, newest first.
	RoundPage(ctx context.Context, by award.Officer, in RoundQuery) ([]RoundStanding, error)
	officeReads
	limitReads
	chainReads
}

// draftTx keeps rounds that are not open yet.
type draftTx interface {
	// NewRoundID returns the next ID of a series, such as 2026-1 of 2026, held
	// until the end of the transaction.
	NewRoundID(ctx context.Context, series string) (string, error)
	// PutDraft writes a draft with its categories, new or as it was edited.
	PutDraft(ctx context.Context, r Round) error
}

// RoundInput is what an administrator says of a round.
type RoundInput struct {
	Owner string // code; empty: the caller's office
	award.Definition
}

// drillSeries begins the IDs of drills (演练), which are numbered by themselves.
const drillSeries = "drill"

// CreateRound drafts a round (草拟批次), owned by the caller's office: its rights
// end at that office's subtree.
func (a *Acts) CreateRound(ctx context.Context, by award.Officer, key Key, in RoundInput) (Done[RoundStanding], error) {
	return once(ctx, a, by, key, award.ActCreateRound, "", func(t *act) (RoundStanding, error) {
		if in.Owner == "" {
			in.Owner = by.OfficeCode
		}
		owner, err := registerUnit(ctx, t.Tx, in.Owner)
		if err != nil {
			return RoundStanding{}, err
		}
		if err := Can(by, t.name, Row{Owner: owner.ID, Path: owner.Path}); err != nil {
			return RoundStanding{}, err
		}
		return t.draftRound(ctx, owner, in.Definition, "", nil)
	})
}

// draftRound drafts a round of an owner office as it is defined. follows is the
// round the procedure has made it from, if any.
func (t *act) draftRound(ctx context.Context, owner RegisterUnit, in award.Definition, follows string, detail any) (RoundStanding, error) {
	now, err := t.Now(ctx)
	if err != nil {
		return RoundStanding{}, err
	}
	definition := in.Defaulted(now)
	if defects := definition.Check(now); len(defects) > 0 {
		return RoundStanding{}, award.RefuseFields(award.Invalid, "N 二", "round_defects", defects)
	}
	if err := t.checkNamed(ctx, owner, definition.Categories); err != nil {
		return RoundStanding{}, err
	}
	series := drillSeries
	if definition.DrillDay == 0 {
		series = strconv.Itoa(award.DateOf(now).Year)
	}
	if t.round, err = t.NewRoundID(ctx, series); err != nil {
		return RoundStanding{}, err
	}
	r := Round{
		ID: t.round, Revision: 1, Owner: owner.ID, Follows: follows, State: award.RoundDraft, Stage: award.StageSelfCheck, CreatedAt: now,
	}
	r.define(definition)
	return t.putDraft(ctx, r, detail)
}

// CopyRound is what is new in a round drafted from an earlier one.
type CopyRound struct {
	From         string // the earlier round
	Title        string // "": as it was
	Dates        award.Dates
	RegistryDate award.Date // zero: today
	DrillDay     time.Duration
}

// CopyRound drafts the next round of a series (下一批次, N 二 每两年): its title,
// categories with quotas, ratios, forms and standards, its rules and contacts are
// those of the earlier one; its dates, its approval and document numbers and its
// register never are (D-85). The draft is edited and opened like any.
func (a *Acts) CopyRound(ctx context.Context, by award.Officer, key Key, in CopyRound) (Done[RoundStanding], error) {
	return once(ctx, a, by, key, award.ActCopyRound, "", func(t *act) (RoundStanding, error) {
		from, err := t.Round(ctx, in.From)
		if err != nil {
			return RoundStanding{}, err
		}
		if err := t.mayPull(ctx, from); err != nil {
			return RoundStanding{}, err
		}
		owner, err := registerUnit(ctx, t.Tx, from.OwnerCode)
		if err != nil {
			return RoundStanding{}, err
		}
		return t.draftRound(ctx, owner, from.definition().Next(in.Title, in.Dates, in.RegistryDate, in.DrillDay), "", map[string]any{"from": in.From})
	})
}

// EditRound defines a draft anew (修改草拟批次): what is left out takes its
// default, as in CreateRound. A drill stays a drill.
func (a *Acts) EditRound(ctx context.Context, by award.Officer, key Key, id string, revision int, in RoundInput) (Done[RoundStanding], error) {
	return once(ctx, a, by, key, award.ActEditRound, id, func(t *act) (RoundStanding, error) {
		r, err := t.lever(ctx)
		if err != nil {
			return RoundStanding{}, err
		}
		if r.State != award.RoundDraft {
			return RoundStanding{}, award.Refuse(award.Conflict, "N 二", "round_not_draft")
		}
		if r.Revision != revision {
			return RoundStanding{}, award.Outdated()
		}
		if in.Owner != "" && in.Owner != r.OwnerCode {
			return RoundStanding{}, award.Refuse(award.Conflict, "domain 1", "round_owner_fixed", r.OwnerCode)
		}
		if r.Drill != (in.DrillDay != 0) {
			return RoundStanding{}, award.Refuse(award.Conflict, "architecture 6", "round_drill_fixed")
		}
		now, err := t.Now(ctx)
		if err != nil {
			return RoundStanding{}, err
		}
		definition := in.Defaulted(now)
		if defects := definition.Check(now); len(defects) > 0 {
			return RoundStanding{}, award.RefuseFields(award.Invalid, "N 二", "round_defects", defects)
		}
		owner, err := registerUnit(ctx, t.Tx, r.OwnerCode)
		if err != nil {
			return RoundStanding{}, err
		}
		if err := t.checkNamed(ctx, owner, definition.Categories); err != nil {
			return RoundStanding{}, err
		}
		r.define(definition)
		r.Revision++
		if err := t.tellDraft(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		return t.putDraft(ctx, r, nil)
	})
}

func (t *act) putDraft(ctx context.Context, r Round, detail any) (RoundStanding, error) {
	if err := t.PutDraft(ctx, r); err != nil {
		return RoundStanding{}, err
	}
	return t.roundDone(ctx, "", detail)
}

// define takes over what an administrator says of a round.
func (r *Round) define(d award.Definition) {
	r.Title, r.ApprovalNumber, r.DocumentNumber, r.Contacts = d.Title, d.ApprovalNumber, d.DocumentNumber, d.Contacts
	r.Drill, r.DrillDay = d.DrillDay != 0, d.DrillDay
	r.Rules, r.RegistryDate, r.Dates = d.Rules, d.RegistryDate, d.Dates
	r.Categories = nil
	for _, c := range d.Categories {
		r.Categories = append(r.Categories, RoundCategory{CategoryRule: c})
	}
}

// definition returns what an administrator said of the round.
func (r Round) definition() award.Definition {
	d := award.Definition{
		Title: r.Title, ApprovalNumber: r.ApprovalNumber, DocumentNumber: r.DocumentNumber, Contacts: r.Contacts,
		Dates: r.Dates, RegistryDate: r.RegistryDate, Rules: r.Rules, DrillDay: r.DrillDay,
	}
	for _, c := range r.Categories {
		d.Categories = append(d.Categories, c.CategoryRule)
	}
	return d
}

// lever takes the round of an owner's act: held, and the officer allowed.
func (t *act) lever(ctx context.Context) (Round, error) {
	r, err := t.LockRound(ctx, t.round)
	if err != nil {
		return Round{}, err
	}
	return r, t.mayPull(ctx, r)
}

// mayPull decides whether the officer may do the act to the round. Whoever may
// read the round is told that it is forbidden; others learn of no round.
func (t *act) mayPull(ctx context.Context, r Round) error {
	refusal := Can(t.by, t.name, r.Row())
	if award.CodeOf(refusal) != award.NotFound {
		return refusal
	}
	sees, err := seesRound(ctx, t.Tx, t.by, r)
	if err != nil {
		return err
	}
	if sees {
		return award.Refuse(award.Forbidden, "N 四", "forbidden_"+string(t.name))
	}
	return award.Refuse(award.NotFound, "", "round_unknown", r.ID)
}

// seesRound reports whether the officer may read the round: those of its owner
// office, of the offices and units below it, and of the offices above.
func seesRound(ctx context.Context, tx Tx, by award.Officer, r Round) (bool, error) {
	if by.Office == r.Owner || slices.Contains(by.Path, r.Owner) {
		return true, nil
	}
	owner, err := registerUnit(ctx, tx, r.OwnerCode)
	if err != nil {
		return false, fmt.Errorf("find the round's owner: %w", err)
	}
	return MaySee(by, Row{Owner: r.Owner, Path: owner.Path}), nil
}

// roundDone audits an act on the round and returns how the round now stands.
func (t *act) roundDone(ctx context.Context, ground string, detail any) (RoundStanding, error) {
	if err := t.audit(ctx, "round/"+t.round, ground, detail); err != nil {
		return RoundStanding{}, err
	}
	return t.RoundStanding(ctx, t.round)
}
