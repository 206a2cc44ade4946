package acts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shifan/internal/award"
)

// FileRevision is a file as it was filed (申报材料版本).
type FileRevision struct {
	Revision int
	Form     map[string]string
	Marks    []award.Points // of the self-check it was filed with
	At       time.Time
}

// RevisionComparison is what changed between two revisions (修改前后对照).
type RevisionComparison struct {
	From, To int
	Fields   []award.Change
	Marks    []award.Change
}

// Revisions lists the revisions of a file, oldest first, to whoever may see it.
func (a *Acts) Revisions(ctx context.Context, by award.Officer, round string, application int64) ([]FileRevision, error) {
	if _, err := a.Application(ctx, by, round, application); err != nil {
		return nil, err
	}
	var revisions []FileRevision
	err := a.store.InTx(ctx, func(tx Tx) (err error) {
		revisions, err = tx.FileRevisions(ctx, application)
		return err
	})
	return revisions, err
}

// CompareRevisions says what changed from one revision of a file to another; 0
// stands for the last but one, and for the last.
func (a *Acts) CompareRevisions(ctx context.Context, by award.Officer, round string, application int64, from, to int) (RevisionComparison, error) {
	f, err := a.Application(ctx, by, round, application)
	if err != nil {
		return RevisionComparison{}, err
	}
	revisions, err := a.Revisions(ctx, by, round, application)
	if err != nil {
		return RevisionComparison{}, err
	}
	before, err := pick(revisions, from, len(revisions)-2)
	if err != nil {
		return RevisionComparison{}, err
	}
	after, err := pick(revisions, to, len(revisions)-1)
	if err != nil {
		return RevisionComparison{}, err
	}
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return RevisionComparison{}, fmt.Errorf("read the round's form: %w", err)
	}
	rule, err := r.Category(f.Category)
	if err != nil {
		return RevisionComparison{}, err
	}
	return RevisionComparison{
		From: before.Revision, To: after.Revision,
		Fields: award.CompareForms(rule.Form, before.Form, after.Form),
		Marks:  rule.Standard.CompareMarks(before.Marks, after.Marks),
	}, nil
}

// pick returns the revision of the number, or the one at the place when none is
// named.
func pick(revisions []FileRevision, number, usual int) (FileRevision, error) {
	at := usual
	if number != 0 {
		at = slices.IndexFunc(revisions, func(r FileRevision) bool { return r.Revision == number })
	}
	if at < 0 || at >= len(revisions) {
		return FileRevision{}, award.Refuse(award.NotFound, "domain 4", "file_revision_unknown", number)
	}
	return revisions[at], nil
}
