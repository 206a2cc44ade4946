package acts

import (
	"context"
	"errors"

	"shifan/internal/award"
)

// Effect is what a lever would change of a round (影响预览).
type Effect struct {
	Before, After Round
	Offices       []OfficeEffect // those that change, in D-09 order
	Notices       []NoticeEffect // those under way whose window moves or ends
	Files         []FileEffect   // states of files that gain or lose, in the order of a file's life
	Messages      int            // that would be left for offices
}

// OfficeEffect is a recommending office before and after.
type OfficeEffect struct{ Before, After Office }

// NoticeEffect is a public notice before and after; it has no After when it would
// be withdrawn.
type NoticeEffect struct {
	Before Notice
	After  *Notice
}

// FileEffect is how many files are in a state before and after.
type FileEffect struct {
	State         award.FileState
	Before, After int
}

// previewTx counts what a lever moves in great numbers.
type previewTx interface {
	// FileStates counts a round's files by state.
	FileStates(ctx context.Context, round string) (map[award.FileState]int, error)
	// MessagesLeft counts the messages that a round has left for offices.
	MessagesLeft(ctx context.Context, round string) (int, error)
}

// Preview tells what pulling a lever would change: it is pulled for real, the round
// is looked at before and after, and all of it is taken back (D-106). So no rule is
// written down twice, and what refuses the lever refuses its preview.
func (a *Acts) Preview(ctx context.Context, round string, pull func(inside *Acts) error) (Effect, error) {
	var effect Effect
	err := a.store.InTx(ctx, func(tx Tx) error {
		before, err := look(ctx, tx, round)
		if err != nil {
			return err
		}
		inside := *a
		inside.store = within{Store: a.store, tx: tx}
		if err := pull(&inside); err != nil {
			return err
		}
		after, err := look(ctx, tx, round)
		if err != nil {
			return err
		}
		effect = before.until(after)
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		return effect, nil
	}
	return Effect{}, err
}

// sight is what levers change, at one time.
type sight struct {
	round    Round
	offices  []Office
	notices  []Notice
	files    map[award.FileState]int
	messages int
}

func look(ctx context.Context, tx Tx, round string) (sight, error) {
	var s sight
	var err error
	if s.round, err = tx.Round(ctx, round); err != nil {
		return s, err
	}
	if s.offices, err = tx.Offices(ctx, round); err != nil {
		return s, err
	}
	if s.notices, err = tx.AnnouncedNotices(ctx, round); err != nil {
		return s, err
	}
	if s.files, err = tx.FileStates(ctx, round); err != nil {
		return s, err
	}
	s.messages, err = tx.MessagesLeft(ctx, round)
	return s, err
}

// until returns what is otherwise at a later sight.
func (s sight) until(later sight) Effect {
	e := Effect{Before: s.round, After: later.round, Messages: later.messages - s.messages}
	for i, o := range s.offices {
		if i < len(later.offices) && o.otherwise(later.offices[i]) {
			e.Offices = append(e.Offices, OfficeEffect{o, later.offices[i]})
		}
	}
	for _, n := range s.notices {
		var after *Notice
		for i := range later.notices {
			if later.notices[i].ID == n.ID {
				after = &later.notices[i]
			}
		}
		if after == nil || !after.ClosesAt.Equal(n.ClosesAt) || !after.FinalAt.Equal(n.FinalAt) {
			e.Notices = append(e.Notices, NoticeEffect{n, after})
		}
	}
	for _, state := range award.FileStates() {
		if s.files[state] != later.files[state] {
			e.Files = append(e.Files, FileEffect{state, s.files[state], later.files[state]})
		}
	}
	return e
}

// otherwise reports whether dates or stage of the office differ.
func (o Office) otherwise(p Office) bool {
	a, b := o.Dates(), p.Dates()
	return !a.SelfCheckCloses.Equal(b.SelfCheckCloses) || !a.ApplyCloses.Equal(b.ApplyCloses) || !a.Arrival.Equal(b.Arrival) ||
		!a.RecommendationDue.Equal(b.RecommendationDue) || o.Stage.State != p.Stage.State
}
