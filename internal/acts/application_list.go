package acts

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// FilesQuery asks for a page of files in order of ID. Zero fields do not narrow
// it.
type FilesQuery struct {
	Round    string
	Category award.Category
	State    award.FileState
	Office   string // code of the recommending office
	Waiting  int64  // only files that wait for this office
	Below    int64  // only files of this office's subtree
	After    int64
	Limit    int
}

// fileReads answers questions about files.
type fileReads interface {
	// File reads a file; award.NotFound when the round has none of that ID.
	File(ctx context.Context, round string, id int64) (File, error)
	// Files lists files.
	Files(ctx context.Context, q FilesQuery) ([]File, error)
	// Endorsements lists the opinions on a file, oldest first.
	Endorsements(ctx context.Context, application int64) ([]Endorsement, error)
	// FileHistory lists the moves of a file, oldest first.
	FileHistory(ctx context.Context, application int64) ([]FileMove, error)
	inspectionReads
	comparisonReads
	// Round reads a round; award.NotFound when there is none.
	Round(ctx context.Context, id string) (Round, error)
}

// Application returns one file, to whoever may see it.
func (a *Acts) Application(ctx context.Context, by award.Officer, round string, id int64) (File, error) {
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return File{}, err
	}
	f, err := a.store.File(ctx, round, id)
	if err != nil {
		return File{}, err
	}
	if !MaySee(by, f.Row(r)) {
		return File{}, award.Refuse(award.NotFound, "", "not_found")
	}
	return f.shownTo(by, r), nil
}

// Applications lists the files of the caller's office and those below, or all
// of a round to its owner.
func (a *Acts) Applications(ctx context.Context, by award.Officer, q FilesQuery) ([]File, error) {
	r, err := a.store.Round(ctx, q.Round)
	if err != nil {
		return nil, err
	}
	switch by.Office {
	case 0:
		return nil, award.Refuse(award.NotFound, "", "not_found")
	case r.Owner:
		q.Below = 0
	default:
		q.Below = by.Office
	}
	files, err := a.store.Files(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	for i := range files {
		files[i] = files[i].shownTo(by, r)
	}
	return files, nil
}

// History lists the moves of a file, to whoever may see it.
func (a *Acts) History(ctx context.Context, by award.Officer, round string, application int64) ([]FileMove, error) {
	if _, err := a.Application(ctx, by, round, application); err != nil {
		return nil, err
	}
	moves, err := a.store.FileHistory(ctx, application)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return moves, nil
}

// shownTo leaves out what the officer may not know yet: the nation's marks,
// until the candidates are fixed.
func (f File) shownTo(by award.Officer, r Round) File {
	if !r.showsNation(by) {
		f.NationalTotal = nil
	}
	return f
}
