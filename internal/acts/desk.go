package acts

import (
	"context"

	"shifan/internal/award"
)

// desk is an office at work on a list of its own: a recommending office on what
// has come to it, or the owner office on the frozen list. Both ask departments
// and both have a body that votes.
type desk struct {
	round    Round
	id       int64
	code     string
	national bool
	gate     Office // of a recommending office
}

// required lists the departments that the round has this office ask.
func (d desk) required() []string {
	if d.national {
		return d.round.Rules.NationalDepartments
	}
	return d.round.Rules.Departments
}

// subject names something of the office in the decision log.
func (d desk) subject(of string) string { return "office/" + d.code + "/" + of }

// atDesk opens an act on an office's lists while it works on them: a recommending
// office until its package is sent, the owner office from the freeze until the
// candidates are fixed.
func (t *act) atDesk(ctx context.Context, code string) (desk, error) {
	round, err := t.Round(ctx, t.round)
	if err != nil {
		return desk{}, err
	}
	if code != round.OwnerCode {
		round, office, err := t.behindGate(ctx, code)
		if err != nil {
			return desk{}, err
		}
		return desk{round: round, id: office.ID, code: office.Code, gate: office}, office.MustBeWorking()
	}
	if round, err = t.lockOwned(ctx); err != nil {
		return desk{}, err
	}
	switch {
	case round.ListFrozenAt.IsZero():
		err = award.Refuse(award.Conflict, "domain 6.1", "list_not_frozen")
	case !round.CandidatesAt.IsZero():
		err = award.Refuse(award.Conflict, "N 四(三)", "candidates_fixed")
	}
	return desk{round: round, id: round.Owner, code: round.OwnerCode, national: true}, err
}

// readDesk reads something of an office's work that the officer may see.
func (a *Acts) readDesk(ctx context.Context, by award.Officer, round, code string, fn func(tx Tx, d desk) error) error {
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return err
	}
	if code != r.OwnerCode {
		return a.readOffice(ctx, by, round, code, func(tx Tx, r Round, o Office) error {
			return fn(tx, desk{round: r, id: o.ID, code: o.Code, gate: o})
		})
	}
	if !MaySee(by, r.ownerRow()) {
		return award.Refuse(award.NotFound, "", "not_found")
	}
	return a.store.InTx(ctx, func(tx Tx) error {
		return fn(tx, desk{round: r, id: r.Owner, code: r.OwnerCode, national: true})
	})
}
