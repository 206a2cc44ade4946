package acts

import (
	"context"

	"shifan/internal/award"
)

// NationalMarking is one unit of the frozen list before the owner office (部级核定).
type NationalMarking struct {
	NationalFile
	// Begins are the values that its form begins with: the nation's where they
	// are given, else the province's, corrected by what a visit found (D-113).
	Begins []award.Points
	Note   string
}

// listStates are the states of the files of the frozen list, to its titles.
func listStates() []award.FileState {
	return []award.FileState{
		award.FileReviewed, award.FileMarked, award.FileCandidate, award.FileNotSelected, award.FileNoticedNationally, award.FileNamed,
	}
}

// NationalList reads the units of a round's frozen list with what their national
// marks come to, by category and code. Only the owner office sees marks of all
// provinces.
func (a *Acts) NationalList(ctx context.Context, by award.Officer, round string) ([]NationalFile, error) {
	var files []NationalFile
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		if !MaySee(by, r.ownerRow()) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		if r.ListFrozenAt.IsZero() {
			return nil
		}
		if files, err = tx.NationalFiles(ctx, round, nil, listStates()...); err != nil {
			return err
		}
		for i := range files {
			f := &files[i]
			if f.Scored || f.Marks == nil {
				continue
			}
			rule, err := r.Category(f.Category)
			if err != nil {
				return err
			}
			f.Total = rule.Standard.Score(f.Marks, r.Rules.PassMark).Total
		}
		return nil
	})
	return files, err
}

// NationalMarking reads what the owner office's marks of one unit begin with.
func (a *Acts) NationalMarking(ctx context.Context, by award.Officer, round string, application int64) (NationalMarking, error) {
	var m NationalMarking
	var rule RoundCategory
	var visited []award.Correction
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		if !MaySee(by, r.ownerRow()) || r.ListFrozenAt.IsZero() {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		files, err := tx.NationalFiles(ctx, round, []int64{application}, listStates()...)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		m.NationalFile = files[0]
		if rule, err = r.Category(m.Category); err != nil {
			return err
		}
		found, err := tx.VisitCorrections(ctx, []int64{application})
		visited = found[application]
		return err
	})
	if err != nil {
		return NationalMarking{}, err
	}
	columns, err := a.store.MarkColumns(ctx, application)
	if err != nil {
		return NationalMarking{}, err
	}
	m.Note = columns.NationNote
	switch {
	case m.Marks != nil:
		m.Begins = m.Marks
	case columns.Province != nil:
		m.Begins = rule.Standard.Correct(columns.Province, visited)
	default:
		m.Begins = rule.Standard.Blanks()
	}
	return m, nil
}
