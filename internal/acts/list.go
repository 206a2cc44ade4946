package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// This file holds what the acts on lists share: the adopted list itself, and
// the way in behind the recommending office's gate.

// AdoptedList is a list that a body has adopted: frozen, and shown by its hash.
type AdoptedList struct {
	ID        int64 // 0: none
	Kind      award.ListKind
	Revision  int
	Minutes   string
	MetOn     award.Date
	SHA256    []byte // award.ListHash
	AdoptedAt time.Time
	Items     []ListItem
}

// ListItem is one unit of an adopted list.
type ListItem struct {
	Application int64
	Code        string
	Name        string
	Category    award.Category
	Position    int    // in the body's own order of the category, from 1
	Reason      string // why it departs from the rank, where it does
	Removed     bool   // it has left the list since
	Correction  string // what its line says by rulings (D-101)

	Corrects []int64 `json:"-"` // the objections that the correction answers; when written
}

// listed returns what is hashed of a list and shown of it.
func listed(items []ListItem) []award.Listed {
	lines := make([]award.Listed, len(items))
	for i, item := range items {
		lines[i] = award.Listed{Category: item.Category, Code: item.Code, Name: item.Name, Correction: item.Correction}
	}
	return lines
}

// listTx is what the acts on lists, notices, packages and the nation need.
type listTx interface {
	proposalTx
	noticeTx
	recommendationTx
	cutTx
	packageTx
	departmentTx
	committeeTx
	assessmentTx
	decisionTx
}

// behindGate authorises an act on a recommending office, then shares its gate
// and holds its row, and returns round and office as they stand behind it: no
// lever moves and no colleague acts on its lists until the end.
func (t *act) behindGate(ctx context.Context, code string) (Round, Office, error) {
	round, err := t.Round(ctx, t.round)
	if err != nil {
		return Round{}, Office{}, err
	}
	office, err := t.Office(ctx, t.round, code)
	if err != nil {
		return Round{}, Office{}, err
	}
	if err := Can(t.by, t.name, office.Row(round)); err != nil {
		return Round{}, Office{}, err
	}
	if err := t.PassGate(ctx, t.round, office.ID); err != nil {
		return Round{}, Office{}, err
	}
	if round, err = t.Round(ctx, t.round); err != nil {
		return Round{}, Office{}, err
	}
	if err := round.MustBeOpen(); err != nil {
		return Round{}, Office{}, err
	}
	office, err = t.LockOffice(ctx, t.round, code)
	return round, office, err
}

// MustBeWorking refuses work on lists and package when the office's
// recommendation is sent, or the office was closed by name.
func (o Office) MustBeWorking() error {
	switch o.Stage.State {
	case award.StageOpen:
		return nil
	case award.StageClosed:
		return award.Refuse(award.Closed, "domain 3", "office_closed_by_name")
	case award.StageComplete:
		return award.Refuse(award.Conflict, "N 四(二)", "recommendation_sent")
	}
	return fmt.Errorf("office %s: unknown stage state %q", o.Code, o.Stage.State)
}

// metBefore refuses a meeting on a day that has not come.
func (t *act) metBefore(ctx context.Context, metOn award.Date) error {
	now, err := t.Now(ctx)
	if err != nil {
		return err
	}
	if metOn.Starts().After(now) {
		return award.Refuse(award.Invalid, "domain 5.4", "met_on_future", metOn.String())
	}
	return nil
}

// wholeDay refuses an instant that is no edge of a day, in a round whose days
// are real. Only a drill's days begin at other instants.
func (r Round) wholeDay(at time.Time) error {
	if r.Drill || award.DateOf(at).Starts().Equal(at) {
		return nil
	}
	return award.Refuse(award.Invalid, "domain 3", "instant_malformed", at.In(award.Beijing).Format(time.RFC3339))
}

// moveAll moves exactly the files named; somebody else's act on one of them
// meanwhile refuses the whole act.
func (t *act) moveAll(ctx context.Context, files []int64, to award.FileState, ground string) error {
	if len(files) == 0 {
		return nil
	}
	moved, err := t.MoveFiles(ctx, FilesMove{
		Round: t.round, Applications: files, From: award.MovesFrom(t.name, to), To: to,
		Act: t.name, By: t.by, Ground: ground,
	})
	if err != nil {
		return err
	}
	if moved != len(files) {
		return award.Refuse(award.Conflict, "N 四", "files_moved_meanwhile", len(files)-moved)
	}
	return nil
}

// readOffice reads something of a recommending office that the officer may see.
func (a *Acts) readOffice(ctx context.Context, by award.Officer, round, office string, fn func(tx Tx, r Round, o Office) error) error {
	return a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		o, err := tx.Office(ctx, round, office)
		if err != nil {
			return err
		}
		if !MaySee(by, o.Row(r)) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		return fn(tx, r, o)
	})
}
