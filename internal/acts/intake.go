package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// FilesMove moves many files from their states to another at once. Its zero
// fields do not narrow it.
type FilesMove struct {
	Round        string
	Office       int64             // the recommending office; 0: all of the round
	Applications []int64           // nil: all of them; empty: none
	After, UpTo  int64             // only IDs after the one, up to and with the other
	DueBy        time.Time         // only files with the unit whose own date is no later
	From         []award.FileState // take it from award.MovesFrom
	To           award.FileState
	Act          award.Act
	By           award.Officer // zero: the procedure, on a date
	Ground       string        // reason or article; on an end also what the units are told
	Waiting      int64         // who must act next; 0: as before, or nobody once they have ended
}

// PassUp sends files on past an office that stays silent (未签署意见).
type PassUp struct {
	Round       string
	Office      int64
	After, UpTo int64 // zero UpTo: no bound
	From        []award.FileState
	DueBy       time.Time // only files past their own date; zero: all
	Arrived     bool      // straight to the province; else to where a returned file resumes
	DueAt       time.Time // for the office that has the file then
	Ground      string
}

// intakeTx keeps what the dates of an office make due.
type intakeTx interface {
	// CloseIntake records that an intake is over, and reports whether that was
	// new.
	CloseIntake(ctx context.Context, round string, office int64, kind award.Intake, at time.Time) (bool, error)
	// PassUp moves files and writes an unsigned endorsement for the office that
	// each waited for.
	PassUp(ctx context.Context, p PassUp) (int, error)
	// MarkLapsed records that an office's drafts have lapsed, and reports whether
	// that was new.
	MarkLapsed(ctx context.Context, round string, office int64, at time.Time) (bool, error)
	// MarkPassedUp records that an office's climbing files have passed up, and
	// reports whether that was new.
	MarkPassedUp(ctx context.Context, round string, office int64, at time.Time) (bool, error)
}

// CloseIntake closes an office's intake (自查截止, 申报截止) once its instant has
// passed: it takes the gate alone, waits for what is under way, and reads the
// clock behind it. False: the date has moved, or the round does not run.
func (a *Acts) CloseIntake(ctx context.Context, round, office, kind string) (closed bool, err error) {
	intake := award.Intake(kind)
	err = a.stepAt(ctx, round, office, func(tx Tx, p place) error {
		closes := p.office.ApplyClosesAt
		if intake == award.IntakeSelfCheck {
			closes = p.office.SelfCheckClosesAt
		}
		if p.round.State != award.RoundOpen || intake.Admits(p.now, closes) == nil {
			return nil
		}
		closed = true
		fresh, err := tx.CloseIntake(ctx, round, p.office.ID, intake, p.now)
		if err != nil || !fresh {
			return err
		}
		return tx.Audit(ctx, Entry{
			Round: round, Name: award.StepCloseIntake, Subject: "intake/" + office + "/" + kind, Ground: "N 四(一)",
			Detail: map[string]any{"closes_at": closes},
		})
	})
	return closed, err
}

// Why files ended on a date, as their units are told.
const (
	groundLapsed    = "申报截止前未报送，申报终止"         // domain 3
	groundNotMended = "退回补正的材料未在期限内重新报送，申报终止" // domain 4
)

// LapsePage ends the drafts of a page that were not filed in time (逾期未报),
// only once the office's applications are closed.
func (a *Acts) LapsePage(ctx context.Context, p award.Page) (award.PageResult, error) {
	var result award.PageResult
	err := a.stepAt(ctx, p.Round, p.Office, func(tx Tx, at place) error {
		if due, err := at.due(at.office.ApplyClosed); !due {
			return err
		}
		n, err := tx.MoveFiles(ctx, FilesMove{
			Round: p.Round, Office: at.office.ID, After: p.From, UpTo: p.To,
			From: []award.FileState{award.FileDraft}, To: award.FileLapsed,
			Act: award.StepLapse, Ground: groundLapsed,
		})
		if err != nil || n == 0 {
			return err
		}
		result.Done = n
		return tx.Audit(ctx, pageEntry(p, award.StepLapse, "domain 3", n))
	})
	return result, err
}

// FinishLapse records that an office's drafts have lapsed.
func (a *Acts) FinishLapse(ctx context.Context, round, office string) error {
	return a.stepAt(ctx, round, office, func(tx Tx, p place) error {
		if due, err := p.due(p.office.ApplyClosed); !due {
			return err
		}
		fresh, err := tx.MarkLapsed(ctx, round, p.office.ID, p.now)
		if err != nil || !fresh {
			return err
		}
		return tx.Audit(ctx, Entry{Round: round, Name: award.StepLapse, Subject: "office/" + office, Ground: "domain 3"})
	})
}

// PassUpPage sends the files of a page that still climb at the arrival date
// (到省截止) to the province, marked 未签署意见 with the silent office named: a
// file does not die by its superior's silence (D-16).
func (a *Acts) PassUpPage(ctx context.Context, p award.Page) (award.PageResult, error) {
	var result award.PageResult
	err := a.stepAt(ctx, p.Round, p.Office, func(tx Tx, at place) error {
		if due, err := at.due(at.arrived()); !due {
			return err
		}
		n, err := tx.PassUp(ctx, PassUp{
			Round: p.Round, Office: at.office.ID, After: p.From, UpTo: p.To,
			From: award.OnTheWay(), Arrived: true, Ground: "D-16",
		})
		if err != nil || n == 0 {
			return err
		}
		result.Done = n
		return tx.Audit(ctx, pageEntry(p, award.StepPassUp, "D-16", n))
	})
	return result, err
}

// FinishPassUp records that an office's climbing files have passed up.
func (a *Acts) FinishPassUp(ctx context.Context, round, office string) error {
	return a.stepAt(ctx, round, office, func(tx Tx, p place) error {
		if due, err := p.due(p.arrived()); !due {
			return err
		}
		fresh, err := tx.MarkPassedUp(ctx, round, p.office.ID, p.now)
		if err != nil || !fresh {
			return err
		}
		return tx.Audit(ctx, Entry{Round: round, Name: award.StepPassUp, Subject: "office/" + office, Ground: "D-16"})
	})
}

// LapseReturned settles what was returned and not mended by its due date
// (domain 4): with a silent unit the application ends; past a silent office it
// goes on, marked 未签署意见, for nobody loses by a superior's silence. It returns
// how many files moved.
func (a *Acts) LapseReturned(ctx context.Context, round, office string) (int, error) {
	var moved int
	err := a.stepAt(ctx, round, office, func(tx Tx, p place) error {
		if p.round.State != award.RoundOpen {
			return nil
		}
		returned := []award.FileState{award.FileReturned}
		lapsed, err := tx.MoveFiles(ctx, FilesMove{
			Round: round, Office: p.office.ID, DueBy: p.now, From: returned, To: award.FileLapsed,
			Act: award.StepLapse, Ground: groundNotMended,
		})
		if err != nil {
			return err
		}
		passed, err := tx.PassUp(ctx, PassUp{
			Round: round, Office: p.office.ID, From: returned, DueBy: p.now, Arrived: p.arrived(),
			DueAt: p.round.Calendar().After(p.now, p.round.Rules.EndorseDays), Ground: "domain 3",
		})
		if err != nil {
			return err
		}
		moved = lapsed + passed
		for _, done := range []struct {
			step   award.Act
			ground string
			files  int
		}{{award.StepLapse, "domain 4", lapsed}, {award.StepPassUp, "domain 3", passed}} {
			if done.files == 0 {
				continue
			}
			if err := tx.Audit(ctx, Entry{
				Round: round, Name: done.step, Subject: "office/" + office, Ground: done.ground,
				Detail: map[string]any{"files": done.files},
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return moved, err
}

// stepAt takes an office's gate alone, waiting for the acts under way, and does
// a step with what holds behind it.
func (a *Acts) stepAt(ctx context.Context, round, office string, fn func(tx Tx, p place) error) error {
	return a.step(ctx, func(tx Tx) error {
		o, err := tx.Office(ctx, round, office)
		if err != nil {
			return err
		}
		if err := tx.ShutGates(ctx, round, o.ID); err != nil {
			return err
		}
		var p place
		if p.round, err = tx.Round(ctx, round); err != nil {
			return err
		}
		if p.office, err = tx.OfficeOf(ctx, round, o.ID); err != nil {
			return err
		}
		if p.now, err = tx.Now(ctx); err != nil {
			return err
		}
		return fn(tx, p)
	})
}

// due says whether a page of a walk is to be done: never in a round that is
// over; while it is suspended (architecture 2) or the date has moved on, not
// yet: the walk is asked to come again, since it is made only once.
func (p place) due(reached bool) (bool, error) {
	switch {
	case p.round.State == award.RoundClosed || p.round.State == award.RoundCancelled:
		return false, nil
	case p.round.State != award.RoundOpen || !reached:
		return false, award.Refuse(award.Unavailable, "domain 3", "step_not_due")
	}
	return true, nil
}

// pageEntry is the decision log's row for one page of a walk.
func pageEntry(p award.Page, step award.Act, article string, done int) Entry {
	return Entry{
		Round: p.Round, Name: step, Subject: fmt.Sprintf("office/%s/files/%d-%d", p.Office, p.From, p.To),
		Ground: article, Detail: map[string]any{"files": done},
	}
}
