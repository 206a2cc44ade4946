package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shifan/internal/award"
)

// EvidenceUse is one reference to a file (引用): what it proves, in which round
// and of whom. Whoever may see that may see the file.
type EvidenceUse struct {
	ID         int64         `json:"id"` // lists go by it
	SHA256     string        `json:"sha256"`
	Name       string        `json:"name"`
	Round      string        `json:"round"`
	Unit       int64         `json:"unit"`
	Kind       award.UseKind `json:"kind"`
	Subject    string        `json:"subject"` // within unit and kind, such as community/1.2
	OfficeCode string        `json:"office_code"`
	At         time.Time     `json:"at"`

	Type award.FileType  `json:"type"`
	Size int64           `json:"size"`
	Scan award.ScanState `json:"scan"`
}

// evidenceUseTx keeps what refers to evidence.
type evidenceUseTx interface {
	// UseEvidence adds a reference, and reports whether it was not there.
	UseEvidence(ctx context.Context, by award.Officer, use EvidenceUse) (bool, error)
	// EndUse ends the references of a subject to the file, or to every file but
	// that one, and returns how many.
	EndUse(ctx context.Context, by award.Officer, use EvidenceUse, others bool) (int, error)
	// MendingUntil returns by when a unit must mend its returned file of the
	// category, and holds the file so; zero when it mends none.
	MendingUntil(ctx context.Context, round string, unit int64, category award.Category) (time.Time, error)
	// EvidenceUsed sums the bytes of the files in use on a unit in a round,
	// other than of the digest.
	EvidenceUsed(ctx context.Context, round string, unit int64, but string) (int64, error)
}

// evidenceUseReads answers questions about what refers to evidence.
type evidenceUseReads interface {
	// EvidenceUses lists the references on a unit in a round.
	EvidenceUses(ctx context.Context, q EvidenceUsesQuery) ([]EvidenceUse, error)
}

// EvidenceUsesQuery asks for a page of references in order of ID.
type EvidenceUsesQuery struct {
	Round string
	Unit  int64
	Visit bool           // those of visits too: the owner office's
	Of    award.Category // only those of its self-check; "": all
	After int64
	Limit int
}

// mustHaveEvidence refuses a digest that is none of a file the officer may see,
// pointing at where it was given, and holds the file until the end.
func (t *act) mustHaveEvidence(ctx context.Context, pointer, digest string) (EvidenceFile, error) {
	if err := t.ShareEvidence(ctx, digest); err != nil {
		return EvidenceFile{}, err
	}
	f, err := seeEvidence(ctx, t, t.by, digest)
	if award.CodeOf(err) == award.NotFound {
		return EvidenceFile{}, award.RefuseFields(award.Invalid, "D-36", "evidence_unknown_here",
			[]award.Defect{{Pointer: pointer, Key: "evidence_unknown", Args: []any{digest}}})
	}
	if err == nil && f.Scan == award.ScanInfected {
		err = infected()
	}
	return f, err
}

// cite refers to a file from a subject of a unit in the act's round, given at
// the pointer. It reports whether that was new.
func (t *act) cite(ctx context.Context, pointer string, use EvidenceUse) (bool, error) {
	if err := t.LockUnits(ctx, []int64{use.Unit}); err != nil { // two officers do not share the last megabyte
		return false, err
	}
	f, err := t.mustHaveEvidence(ctx, pointer, use.SHA256)
	if err != nil {
		return false, err
	}
	used, err := t.EvidenceUsed(ctx, t.round, use.Unit, use.SHA256)
	if err != nil {
		return false, err
	}
	if limit := t.limits.UnitRound; used+f.Size > limit {
		return false, award.Refuse(award.OverLimit, "D-35", "evidence_used", limit>>20)
	}
	use.Round, use.Name = t.round, f.Name
	return t.UseEvidence(ctx, t.by, use)
}

// citeAlone makes a file the only one its subject refers to; without a digest
// the subject refers to none any more.
func (t *act) citeAlone(ctx context.Context, pointer string, use EvidenceUse) error {
	use.Round = t.round
	if _, err := t.EndUse(ctx, t.by, use, true); err != nil || use.SHA256 == "" {
		return err
	}
	_, err := t.cite(ctx, pointer, use)
	return err
}

// AttachEvidence is a file for, or from, an indicator of a self-check.
type AttachEvidence struct {
	Round    string
	Unit     string // code
	Category award.Category
	Leaf     string // code of the indicator
	SHA256   string
}

// AttachEvidence lets an indicator of a unit's self-check refer to a file
// (关联佐证材料): one the officer may see, uploaded now or years ago. A superior may
// do it for the unit (代录). Attaching what is attached changes nothing.
func (a *Acts) AttachEvidence(ctx context.Context, by award.Officer, key Key, in AttachEvidence) (Done[struct{}], error) {
	return once(ctx, a, by, key, award.ActAttachEvidence, in.Round, func(t *act) (struct{}, error) {
		use, err := t.indicator(ctx, in)
		if err != nil {
			return struct{}{}, err
		}
		fresh, err := t.cite(ctx, "/path/sha256", use)
		if err != nil || !fresh {
			return struct{}{}, err
		}
		return struct{}{}, t.audit(ctx, useSubject(in), "", map[string]any{"sha256": in.SHA256})
	})
}

// DetachEvidence ends an indicator's reference to a file (取消关联). The file
// stays with the record.
func (a *Acts) DetachEvidence(ctx context.Context, by award.Officer, key Key, in AttachEvidence) (Done[struct{}], error) {
	return once(ctx, a, by, key, award.ActDetachEvidence, in.Round, func(t *act) (struct{}, error) {
		use, err := t.indicator(ctx, in)
		if err != nil {
			return struct{}{}, err
		}
		use.Round = t.round
		ended, err := t.EndUse(ctx, by, use, false)
		if err != nil {
			return struct{}{}, err
		}
		if ended == 0 {
			return struct{}{}, award.Refuse(award.NotFound, "D-36", "evidence_not_attached", in.SHA256)
		}
		return struct{}{}, t.audit(ctx, useSubject(in), "", map[string]any{"sha256": in.SHA256})
	})
}

func useSubject(in AttachEvidence) string {
	return fmt.Sprintf("self-check/%s/%s/%s", in.Unit, in.Category, in.Leaf)
}

// indicator opens an act on the evidence of a self-check's indicator: to whoever
// may enter the self-check, as long as it may be entered.
func (t *act) indicator(ctx context.Context, in AttachEvidence) (EvidenceUse, error) {
	place, unit, err := t.enterUnit(ctx, in.Round, in.Unit)
	if err != nil {
		return EvidenceUse{}, err
	}
	if err := Can(t.by, t.name, unit.Row(place.round)); err != nil {
		return EvidenceUse{}, err
	}
	category, err := place.admit(unit, in.Category)
	if err != nil {
		return EvidenceUse{}, err
	}
	if err := t.mayProve(ctx, place, unit, in.Category); err != nil {
		return EvidenceUse{}, err
	}
	if !slices.ContainsFunc(category.Standard.Leaves(), func(l award.Leaf) bool { return l.Code == in.Leaf }) {
		return EvidenceUse{}, award.Refuse(award.NotFound, "N 三", "leaf_unknown", in.Leaf)
	}
	return EvidenceUse{
		SHA256: in.SHA256, Unit: unit.ID, Kind: award.UseSelfCheck,
		Subject: strings.Join([]string{string(in.Category), in.Leaf}, "/"),
	}, nil
}

// mayProve refuses evidence that comes too late: after the self-check has closed
// only a unit that mends a returned file may add to it, or take from it, until
// its due date (domain 4). What lacks is what files are returned for.
func (t *act) mayProve(ctx context.Context, p place, unit Unit, category award.Category) error {
	closed := award.IntakeSelfCheck.Admits(p.now, p.office.SelfCheckClosesAt)
	if closed == nil {
		return nil
	}
	due, err := t.MendingUntil(ctx, t.round, unit.ID, category)
	if err != nil {
		return err
	}
	if p.now.Before(due) {
		return nil
	}
	return closed
}

// EvidenceUses lists what refers to evidence on a unit in a round, to whoever
// may see the unit.
func (a *Acts) EvidenceUses(ctx context.Context, by award.Officer, unit string, q EvidenceUsesQuery) ([]EvidenceUse, error) {
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, q.Round)
		if err != nil {
			return err
		}
		u, err := tx.Unit(ctx, q.Round, unit)
		if err != nil {
			return err
		}
		if !MaySee(by, u.Row(r)) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		q.Unit, q.Visit = u.ID, by.Office == r.Owner
		return nil
	})
	if err != nil {
		return nil, err
	}
	uses, err := a.store.EvidenceUses(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list what refers to evidence: %w", err)
	}
	return uses, nil
}
