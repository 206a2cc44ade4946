package acts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shifan/internal/award"
)

// StandardHead is a standard in the record (指导标准), but for its indicators: a
// draft of the office that owns it, or published and immutable.
type StandardHead struct {
	ID          int64
	Owner       int64 // office; 0: the sample that the system brings along
	OwnerCode   string
	OwnerName   string
	OwnerPath   []int64 // root … itself
	Revision    int
	Version     int // of its category, given at publishing; 0: a draft
	Category    award.Category
	Title       string
	Sample      bool
	SHA256      []byte
	UpdatedAt   time.Time
	PublishedAt time.Time // zero: a draft
}

// StandardRecord is a standard in the record, whole.
type StandardRecord struct {
	StandardHead
	Standard award.Standard
}

// row returns what the policy must know of a standard: who does not belong to
// its owner office is told of no draft.
func (h StandardHead) row() Row { return Row{Owner: h.Owner} }

// seenBy reports whether the officer may read the standard: a draft within its
// owner office alone; a published one like a round of that office.
func (h StandardHead) seenBy(by award.Officer) bool {
	if h.Version == 0 {
		return by.Office != 0 && by.Office == h.Owner
	}
	return h.Owner == 0 || slices.Contains(by.Path, h.Owner) || MaySee(by, Row{Owner: h.Owner, Path: h.OwnerPath})
}

// standardTx keeps standards.
type standardTx interface {
	// LockStandard reads a standard and holds its row; award.NotFound when
	// there is none.
	LockStandard(ctx context.Context, id int64) (StandardRecord, error)
	// AddStandard adds a draft and returns its number.
	AddStandard(ctx context.Context, s StandardRecord) (int64, error)
	// PutStandard writes a draft's next revision.
	PutStandard(ctx context.Context, s StandardRecord) error
	// PublishStandard makes a draft the next version of its category, which
	// nobody else gets.
	PublishStandard(ctx context.Context, id int64) error
}

// standardReads answers questions about standards.
type standardReads interface {
	// StandardRecord reads a standard; award.NotFound when there is none.
	StandardRecord(ctx context.Context, id int64) (StandardRecord, error)
	// StandardPage lists the standards an officer may see, newest first.
	StandardPage(ctx context.Context, by award.Officer, in StandardQuery) ([]StandardHead, error)
}

// StandardQuery asks for a page of standards, newest first.
type StandardQuery struct {
	Category award.Category // "": any
	Before   int64          // the page before ended there; 0: the newest
	Limit    int
}

// DraftStandard drafts a standard of the officer's office (起草标准, N 三), to be
// used by the rounds it owns and, when it is the nation's, by all.
func (a *Acts) DraftStandard(ctx context.Context, by award.Officer, key Key, in award.Standard) (Done[StandardHead], error) {
	return once(ctx, a, by, key, award.ActDraftStandard, "", func(t *act) (StandardHead, error) {
		s := StandardRecord{Standard: in, StandardHead: StandardHead{Owner: by.Office, OwnerCode: by.OfficeCode, Revision: 1}}
		if err := Can(by, t.name, s.row()); err != nil {
			return StandardHead{}, err
		}
		if err := checkStandard(s); err != nil {
			return StandardHead{}, err
		}
		id, err := t.AddStandard(ctx, s)
		if err != nil {
			return StandardHead{}, err
		}
		return t.standardDone(ctx, id)
	})
}

// EditStandard replaces what a draft says (修改标准).
func (a *Acts) EditStandard(ctx context.Context, by award.Officer, key Key, id int64, revision int, in award.Standard) (Done[StandardHead], error) {
	return once(ctx, a, by, key, award.ActEditStandard, "", func(t *act) (StandardHead, error) {
		return t.replaceStandard(ctx, id, revision, in)
	})
}

// ImportStandard replaces what a draft says by a workbook (导入标准). The
// workbook is of the draft's category: a slip of the file is no new standard.
func (a *Acts) ImportStandard(ctx context.Context, by award.Officer, key Key, id int64, revision int, in award.Standard) (Done[StandardHead], error) {
	return once(ctx, a, by, key, award.ActImportStandard, "", func(t *act) (StandardHead, error) {
		s, err := t.draftOf(ctx, id, revision)
		if err != nil {
			return StandardHead{}, err
		}
		if s.Category != in.Category {
			return StandardHead{}, award.RefuseFields(award.Invalid, "N 三", "standard_defects",
				[]award.Defect{{Pointer: "/category", Key: "standard_category_other", Args: []any{string(s.Category), string(in.Category)}}})
		}
		return t.replaceStandard(ctx, id, revision, in)
	})
}

// draftOf takes a draft that the officer may change, at the revision seen.
func (t *act) draftOf(ctx context.Context, id int64, revision int) (StandardRecord, error) {
	s, err := t.LockStandard(ctx, id)
	if err != nil {
		return StandardRecord{}, err
	}
	if !s.seenBy(t.by) {
		return StandardRecord{}, standardUnknown(id)
	}
	if err := Can(t.by, t.name, s.row()); err != nil {
		if award.CodeOf(err) == award.NotFound { // it may be read, being published
			err = award.Refuse(award.Forbidden, "N 三", "forbidden_"+string(t.name))
		}
		return StandardRecord{}, err
	}
	if s.Version != 0 {
		return StandardRecord{}, award.Refuse(award.Conflict, "N 三", "standard_published", s.Version)
	}
	if s.Revision != revision {
		return StandardRecord{}, award.Outdated()
	}
	return s, nil
}

func (t *act) replaceStandard(ctx context.Context, id int64, revision int, in award.Standard) (StandardHead, error) {
	s, err := t.draftOf(ctx, id, revision)
	if err != nil {
		return StandardHead{}, err
	}
	s.Standard = in
	s.Revision++
	if err := checkStandard(s); err != nil {
		return StandardHead{}, err
	}
	if err := t.PutStandard(ctx, s); err != nil {
		return StandardHead{}, err
	}
	return t.standardDone(ctx, id)
}

// PublishStandard publishes a draft as the next version of its category (发布
// 标准): from then on it is immutable, and rounds that open take it.
func (a *Acts) PublishStandard(ctx context.Context, by award.Officer, key Key, id int64, revision int) (Done[StandardHead], error) {
	return once(ctx, a, by, key, award.ActPublishStandard, "", func(t *act) (StandardHead, error) {
		s, err := t.draftOf(ctx, id, revision)
		if err != nil {
			return StandardHead{}, err
		}
		if err := checkStandard(s); err != nil { // kept by an earlier release, under other rules
			return StandardHead{}, err
		}
		if err := t.PublishStandard(ctx, id); err != nil {
			return StandardHead{}, err
		}
		return t.standardDone(ctx, id)
	})
}

// checkStandard refuses a standard with defects, all of them named. A draft is
// whole like a published one: what its defects are is told when it is saved.
func checkStandard(s StandardRecord) error {
	if defects := s.Standard.Check(s.OwnerCode == award.CodeNation); len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "N 三", "standard_defects", defects)
	}
	return nil
}

// standardDone audits an act on a standard and returns how it now stands.
func (t *act) standardDone(ctx context.Context, id int64) (StandardHead, error) {
	s, err := t.LockStandard(ctx, id)
	if err != nil {
		return StandardHead{}, err
	}
	return s.StandardHead, t.audit(ctx, fmt.Sprintf("standard/%d", id), "", map[string]any{
		"category": s.Category, "revision": s.Revision, "version": s.Version, "sha256": fmt.Sprintf("%x", s.SHA256),
	})
}

// Standards lists the standards that the officer may read, newest first.
func (a *Acts) Standards(ctx context.Context, by award.Officer, in StandardQuery) ([]StandardHead, error) {
	return a.store.StandardPage(ctx, by, in)
}

// StandardRecord returns a standard of the record.
func (a *Acts) StandardRecord(ctx context.Context, by award.Officer, id int64) (StandardRecord, error) {
	s, err := a.store.StandardRecord(ctx, id)
	if err != nil {
		return StandardRecord{}, err
	}
	if !s.seenBy(by) {
		return StandardRecord{}, standardUnknown(id)
	}
	return s, nil
}

func standardUnknown(id int64) error {
	return award.Refuse(award.NotFound, "", "standard_unknown", id)
}

// checkNamed refuses a round whose definition names standards that it can not
// be held against: published ones of the category, its owner's own or of an
// office above (D-33).
func (t *act) checkNamed(ctx context.Context, owner RegisterUnit, categories []award.CategoryRule) error {
	var defects []award.Defect
	for i, c := range categories {
		if c.StandardID == 0 {
			continue
		}
		s, err := t.LockStandard(ctx, c.StandardID)
		if err != nil && award.CodeOf(err) != award.NotFound {
			return err
		}
		if err != nil || s.Version == 0 || s.Category != c.Category || s.Owner != 0 && !slices.Contains(owner.Path, s.Owner) {
			defects = append(defects, award.Defect{
				Pointer: fmt.Sprintf("/categories/%d/standard", i), Key: "standard_not_usable", Args: []any{c.StandardID, string(c.Category)},
			})
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "N 三", "round_defects", defects)
	}
	return nil
}
