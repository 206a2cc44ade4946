package acts

import (
	"context"
	"fmt"
	"slices"

	"shifan/internal/award"
)

// ExpertEntry is an entry of an office's pool of experts (专家库).
type ExpertEntry struct {
	award.Expert
	Name          string // when read
	Office        int64  // whose pool
	Revision      int
	Kind          award.ExpertKind
	Active        bool
	UnitCode      string   // when read
	ConflictCodes []string // when read
}

// expertTx keeps the pool.
type expertTx interface {
	// Expert reads an entry; award.NotFound when the officer has none.
	Expert(ctx context.Context, officer int64) (ExpertEntry, error)
	// SaveExpert writes the revision after the one that e was made from.
	SaveExpert(ctx context.Context, e ExpertEntry) error
	// Experts reads an office's pool, in order of ID.
	Experts(ctx context.Context, office int64) ([]ExpertEntry, error)
	assignmentTx
}

// SetExpert is an entry as it shall be.
type SetExpert struct {
	Officer    int64
	Revision   int // of the entry seen; 0: a new one
	Kind       award.ExpertKind
	Province   string // code
	Unit       string // code; empty: none
	Conflicts  []string
	Categories []award.Category
	Most       int
	Active     bool
}

// SetExpert puts an officer with the role of an expert into its office's pool, or
// changes its entry (专家入库): where it comes from, what it has declared, how much
// it takes on. A declaration holds for what is assigned from then on.
func (a *Acts) SetExpert(ctx context.Context, by award.Officer, key Key, in SetExpert) (Done[ExpertEntry], error) {
	return once(ctx, a, by, key, award.ActSetExpert, "", func(t *act) (ExpertEntry, error) {
		o, err := t.LockOfficer(ctx, in.Officer)
		if err != nil {
			return ExpertEntry{}, err
		}
		if err := Can(by, t.name, Row{Owner: o.Office}); err != nil {
			return ExpertEntry{}, err
		}
		if !slices.Contains(o.Roles, award.RoleExpert) {
			return ExpertEntry{}, award.Refuse(award.Conflict, "domain 6.3", "expert_role_missing", o.Name)
		}
		e := ExpertEntry{
			Expert: award.Expert{ID: o.ID, Province: in.Province, Categories: in.Categories, Most: in.Most, Conflicts: []int64{}},
			Name:   o.Name, Office: o.Office, Revision: in.Revision + 1, Kind: in.Kind, Active: in.Active,
			UnitCode: in.Unit, ConflictCodes: in.Conflicts,
		}
		var defects []award.Defect
		find := func(pointer, code string) (int64, error) {
			unit, err := registerUnit(ctx, t, code)
			if award.CodeOf(err) == award.NotFound {
				defects = append(defects, award.Defect{Pointer: pointer, Key: "unit_unknown_now", Args: []any{code}})
				return 0, nil
			}
			return unit.ID, err
		}
		if in.Province != "" {
			if _, err := find("/province", in.Province); err != nil {
				return ExpertEntry{}, err
			}
		}
		if in.Unit != "" {
			if e.Unit, err = find("/unit", in.Unit); err != nil {
				return ExpertEntry{}, err
			}
		}
		for i, code := range in.Conflicts {
			unit, err := find(fmt.Sprintf("/conflicts/%d", i), code)
			if err != nil {
				return ExpertEntry{}, err
			}
			e.Conflicts = append(e.Conflicts, unit)
		}
		if len(defects) > 0 {
			return ExpertEntry{}, award.RefuseFields(award.Invalid, "domain 6.3", "expert_malformed", defects)
		}
		if err := t.SaveExpert(ctx, e); err != nil {
			return ExpertEntry{}, err
		}
		return e, t.audit(ctx, fmt.Sprintf("expert/%d", e.ID), "", map[string]any{
			"kind": e.Kind, "province": e.Province, "unit": in.Unit, "conflicts": in.Conflicts, "most": e.Most, "active": e.Active,
		})
	})
}

// Experts lists the pool of the officer's own office.
func (a *Acts) Experts(ctx context.Context, by award.Officer) ([]ExpertEntry, error) {
	if !MaySee(by, Row{Owner: by.Office}) {
		return nil, award.Refuse(award.NotFound, "", "not_found")
	}
	var pool []ExpertEntry
	err := a.store.InTx(ctx, func(tx Tx) (err error) {
		pool, err = tx.Experts(ctx, by.Office)
		return err
	})
	return pool, err
}
