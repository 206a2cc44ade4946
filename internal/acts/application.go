package acts

import (
	"context"

	"shifan/internal/award"
)

// FilesMove moves many files from their states to another at once. Its zero
// fields do not narrow it.
type FilesMove struct {
	Round        string
	Office       int64             // the recommending office; 0: all of the round
	Applications []int64           // nil: all of them; empty: none
	From         []award.FileState // take it from award.MovesFrom
	To           award.FileState
	Act          award.Act
	By           award.Officer // zero: the procedure, on a date
	Ground       string        // reason or article; on an end also what the unit is told
	Ended        bool          // nobody waits on the files any more
	Waiting      int64         // who must act next; 0: as before
}

// fileTx keeps self-checks, applications and what offices say of them.
type fileTx interface {
	// MoveFiles moves every file that fits, each with its row of history, and
	// returns how many. A move that the table of award.FileMoves does not have
	// is refused.
	MoveFiles(ctx context.Context, m FilesMove) (int, error)
}
