package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// leverTx is what the owner's levers on a whole round write.
type leverTx interface {
	// ShiftDates moves every date of the round that was open when it was
	// suspended: intakes, stages, arrivals, files, packages. Public windows run
	// on.
	ShiftDates(ctx context.Context, round string, suspended time.Time, by time.Duration) error
	// WithdrawNotices ends the public notices still under way and returns their
	// numbers.
	WithdrawNotices(ctx context.Context, round string) ([]int, error)
	// SaveStage writes an office's stage and counts its revision up.
	SaveStage(ctx context.Context, round string, office int64, stage award.Stage, s StageRecord) error
	// Stage reads an office's stage and holds its row; award.NotFound when it
	// has none.
	Stage(ctx context.Context, round string, office int64, stage award.Stage) (StageRecord, error)
}

// SuspendRound suspends a round (暂停批次): until it is resumed only objections,
// reads and levers are accepted, and dates come without effect. Acts under way
// are waited for.
func (a *Acts) SuspendRound(ctx context.Context, by award.Officer, key Key, id, reason string) (Done[RoundStanding], error) {
	return once(ctx, a, by, key, award.ActSuspendRound, id, func(t *act) (RoundStanding, error) {
		r, err := t.moveRound(ctx, reason)
		if err != nil {
			return RoundStanding{}, err
		}
		if r.SuspendedAt, err = t.Now(ctx); err != nil {
			return RoundStanding{}, err
		}
		if err := t.SaveRound(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		return t.tellAll(ctx, r, reason, "〔批次暂停〕", nil)
	})
}

// ResumeRound lets a suspended round go on (恢复批次): every date that was open
// moves by the suspended time. Public notices ran on meanwhile.
func (a *Acts) ResumeRound(ctx context.Context, by award.Officer, key Key, id, reason string) (Done[RoundStanding], error) {
	return once(ctx, a, by, key, award.ActResumeRound, id, func(t *act) (RoundStanding, error) {
		r, err := t.moveRound(ctx, reason)
		if err != nil {
			return RoundStanding{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return RoundStanding{}, err
		}
		shift := award.SuspensionShift(r.Calendar(), r.SuspendedAt, now)
		if err := t.ShiftDates(ctx, r.ID, r.SuspendedAt, shift); err != nil {
			return RoundStanding{}, err
		}
		r.Dates = r.Dates.ShiftAfter(r.SuspendedAt, shift)
		r.SuspendedAt = time.Time{}
		if err := t.SaveRound(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		return t.tellAll(ctx, r, reason, "〔批次恢复·未到期日期顺延〕", map[string]any{"shift_seconds": shift.Seconds()})
	})
}

// CancelRound ends a round for good (取消批次): every file that has not ended
// ends with it, and so do public notices.
func (a *Acts) CancelRound(ctx context.Context, by award.Officer, key Key, id, reason string) (Done[RoundStanding], error) {
	return once(ctx, a, by, key, award.ActCancelRound, id, func(t *act) (RoundStanding, error) {
		r, err := t.moveRound(ctx, reason)
		if err != nil {
			return RoundStanding{}, err
		}
		files, err := t.MoveFiles(ctx, FilesMove{
			Round: r.ID, From: award.LiveFileStates(), To: award.FileRoundCancelled,
			Act: t.name, By: by, Ground: reason,
		})
		if err != nil {
			return RoundStanding{}, err
		}
		notices, err := t.WithdrawNotices(ctx, r.ID)
		if err != nil {
			return RoundStanding{}, err
		}
		if r.EndedAt, err = t.Now(ctx); err != nil {
			return RoundStanding{}, err
		}
		if err := t.SaveRound(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		for _, number := range notices {
			err := t.Tell(ctx, t.id, Signal{
				Workflow: award.NoticeWorkflow(r.ID, number), Name: t.name, Told: award.Told{Act: t.id},
			})
			if err != nil {
				return RoundStanding{}, err
			}
		}
		if err := t.tellDraft(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		return t.tellAll(ctx, r, reason, "〔批次取消〕", map[string]any{"files_ended": files})
	})
}

// moveRound holds the round, checks officer, reason and move, and waits for the
// acts under way in every office. It returns the round in its new state, not
// yet written.
func (t *act) moveRound(ctx context.Context, reason string) (Round, error) {
	r, err := t.lever(ctx)
	if err != nil {
		return Round{}, err
	}
	if reason == "" {
		return Round{}, reasonRequired()
	}
	from := r.State
	if r.State, err = award.MoveRound(from, t.name); err != nil {
		return Round{}, err
	}
	if !from.Live() {
		return r, nil
	}
	return r, t.ShutGates(ctx, r.ID)
}

// tellAll leaves word for every workflow of the round and a message for every
// office, and ends the act.
func (t *act) tellAll(ctx context.Context, r Round, reason, subject string, detail any) (RoundStanding, error) {
	offices, err := t.Offices(ctx, r.ID)
	if err != nil {
		return RoundStanding{}, err
	}
	if !r.OpeningAt.IsZero() { // a draft has no workflow
		if err := t.tellRound(ctx, r.Stage); err != nil {
			return RoundStanding{}, err
		}
	}
	for _, o := range offices {
		if err := t.tellOffice(ctx, o.Code, award.StageRecommendation); err != nil {
			return RoundStanding{}, err
		}
		if err := t.post(ctx, r, o.ID, subject+r.Title, "理由:"+reason+"。"); err != nil {
			return RoundStanding{}, err
		}
	}
	notices, err := t.LiveNotices(ctx, r.ID)
	if err != nil {
		return RoundStanding{}, err
	}
	for _, number := range notices {
		if err := t.Tell(ctx, t.id, Signal{
			Workflow: award.NoticeWorkflow(r.ID, number), Name: t.name, Told: award.Told{Act: t.id},
		}); err != nil {
			return RoundStanding{}, err
		}
	}
	return t.roundDone(ctx, reason, detail)
}

// post writes a message about the act to an office.
func (t *act) post(ctx context.Context, r Round, office int64, subject, body string) error {
	return t.Post(ctx, Message{
		Round: r.ID, Office: office, Occasion: fmt.Sprintf("%s/%d", t.name, t.id), Kind: "round",
		Subject: subject, Body: body,
	})
}

// mustBeUnderWay refuses levers on a round that has not begun or is over. A
// suspended round still takes them (architecture 2).
func (r Round) mustBeUnderWay() error {
	if r.State == award.RoundSuspended {
		return nil
	}
	return r.MustBeOpen()
}

// EnterStage records that the round has come to a stage (N 四). It never goes
// back, and coming to it again is nothing.
func (a *Acts) EnterStage(ctx context.Context, round string, stage award.Stage) error {
	return a.step(ctx, func(tx Tx) error {
		r, err := tx.LockRound(ctx, round)
		if err != nil {
			return err
		}
		if r.State != award.RoundOpen || !stage.After(r.Stage) {
			return nil
		}
		r.Stage = stage
		if err := tx.SaveRound(ctx, r); err != nil {
			return err
		}
		return tx.Audit(ctx, Entry{
			Round: r.ID, Name: award.StepEnterStage, Subject: "round/" + r.ID, Ground: "N 四",
			Detail: map[string]any{"stage": stage},
		})
	})
}

// CloseRound ends a round that has been decided (批次结束). Doing it again is
// nothing.
func (a *Acts) CloseRound(ctx context.Context, round string) error {
	return a.step(ctx, func(tx Tx) error {
		r, err := tx.LockRound(ctx, round)
		if err != nil {
			return err
		}
		if r.State != award.RoundOpen || r.DecidedAt.IsZero() {
			return nil
		}
		if r.State, err = award.MoveRound(r.State, award.StepClosed); err != nil {
			return err
		}
		if r.EndedAt, err = tx.Now(ctx); err != nil {
			return err
		}
		if err := tx.SaveRound(ctx, r); err != nil {
			return err
		}
		return tx.Audit(ctx, Entry{Round: r.ID, Name: award.StepClosed, Subject: "round/" + r.ID, Ground: "N 四(四)"})
	})
}
