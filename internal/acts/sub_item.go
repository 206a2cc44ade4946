package acts

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// SubItems are a recommending office's sub-items (细则) in one category, as a
// whole.
type SubItems struct {
	Office   string // code
	Category award.Category
	Revision int // 0: never set
	Items    award.SubItems
	Fixed    bool           // a self-check of the area exists: they stay
	Standard award.Standard // they stand below
}

// subItemTx keeps sub-items.
type subItemTx interface {
	// SubItems reads an office's sub-items of a category; revision 0 when none
	// were ever set.
	SubItems(ctx context.Context, round string, office int64, category award.Category) (items award.SubItems, revision int, err error)
	// PutSubItems writes a revision of them.
	PutSubItems(ctx context.Context, round string, office int64, category award.Category, items award.SubItems, revision int) error
	// HasSelfCheck reports whether a self-check of the category exists in the
	// office's area.
	HasSelfCheck(ctx context.Context, round string, office int64, category award.Category) (bool, error)
}

// SetSubItems is a recommending office's sub-items of a category, all of them.
type SetSubItems struct {
	Round, Office string
	Category      award.Category
	Revision      int // the one seen; 0: never set
	Items         award.SubItems
}

// SetSubItems sets a recommending office's sub-items of a category (细则, N 五(二)
// 细化), in place of those before; none takes them away again. Only until a
// self-check of the category exists in its area, so that nobody is asked twice
// (D-34).
func (a *Acts) SetSubItems(ctx context.Context, by award.Officer, key Key, in SetSubItems) (Done[SubItems], error) {
	return a.putSubItems(ctx, by, key, award.ActSetSubItems, in)
}

// ImportSubItems sets them from a workbook.
func (a *Acts) ImportSubItems(ctx context.Context, by award.Officer, key Key, in SetSubItems) (Done[SubItems], error) {
	return a.putSubItems(ctx, by, key, award.ActImportSubItems, in)
}

func (a *Acts) putSubItems(ctx context.Context, by award.Officer, key Key, name award.Act, in SetSubItems) (Done[SubItems], error) {
	return once(ctx, a, by, key, name, in.Round, func(t *act) (SubItems, error) {
		var none SubItems
		round, err := t.Round(ctx, in.Round)
		if err != nil {
			return none, err
		}
		office, err := t.Office(ctx, in.Round, in.Office)
		if err != nil {
			return none, err
		}
		if err := Can(by, t.name, office.Row(round)); err != nil {
			return none, err
		}
		if err := t.ShutGates(ctx, in.Round, office.ID); err != nil { // nobody checks itself meanwhile
			return none, err
		}
		if round, err = t.Round(ctx, in.Round); err != nil {
			return none, err
		}
		if err := round.MustBeOpen(); err != nil {
			return none, err
		}
		before, err := subItems(ctx, t, round, office, in.Category)
		if err != nil {
			return none, err
		}
		if before.Revision != in.Revision {
			return none, award.Outdated()
		}
		if before.Fixed {
			return none, award.Refuse(award.Closed, "D-34", "sub_items_fixed")
		}
		if defects := before.Standard.CheckSubItems(in.Items); len(defects) > 0 {
			return none, award.RefuseFields(award.Invalid, "N 五(二)", "sub_items_defective", defects)
		}
		set := before
		set.Revision, set.Items = before.Revision+1, before.Standard.Sorted(in.Items)
		if err := t.PutSubItems(ctx, in.Round, office.ID, in.Category, set.Items, set.Revision); err != nil {
			return none, err
		}
		return set, t.audit(ctx, fmt.Sprintf("%s/%s", officeSubject(office), in.Category), "", map[string]any{
			"revision": set.Revision, "items": set.Items,
		})
	})
}

// subItems reads an office's sub-items of a category.
func subItems(ctx context.Context, tx Tx, r Round, o Office, category award.Category) (SubItems, error) {
	rule, err := r.Category(category)
	if err != nil {
		return SubItems{}, err
	}
	s := SubItems{Office: o.Code, Category: category, Standard: rule.Standard}
	if s.Items, s.Revision, err = tx.SubItems(ctx, r.ID, o.ID, category); err != nil {
		return SubItems{}, err
	}
	s.Fixed, err = tx.HasSelfCheck(ctx, r.ID, o.ID, category)
	return s, err
}

// SubItems reads a recommending office's sub-items of a category: for whoever
// sees the office, and for those of its area, who are held against them.
func (a *Acts) SubItems(ctx context.Context, by award.Officer, round, office string, category award.Category) (SubItems, error) {
	var s SubItems
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		o, err := tx.Office(ctx, round, office)
		if err != nil {
			return err
		}
		if !concerns(by, r, o) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		s, err = subItems(ctx, tx, r, o, category)
		return err
	})
	return s, err
}
