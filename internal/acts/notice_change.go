package acts

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// This file holds what is done to a notice after it was announced. A corrected
// list (更正) needs no act of its own: the notice is withdrawn, the body adopts
// its list anew, and the next notice says which one it stands for (D-63).

// OnNotice names a notice as an officer has seen it.
type OnNotice struct {
	Round, Office string // codes
	Number        int
	Revision      int
	Reason        string
}

// noticeChangeTx writes what was done to notices.
type noticeChangeTx interface {
	// WithdrawNotice ends a notice without effect on its files, with the change
	// beside it.
	WithdrawNotice(ctx context.Context, notice int64, change NoticeChange) error
	// NoticeEvidence reads the proofs of a notice that stand, by position.
	NoticeEvidence(ctx context.Context, notice int64) ([]PlacedEvidence, error)
	// AddNoticeEvidence adds proofs under the next positions and returns the
	// first; revision is that of the change they announce, 1 for the notice
	// itself; replaces is the position of the one they put right, 0 for none.
	AddNoticeEvidence(ctx context.Context, notice int64, revision, replaces int, proofs []award.Evidence) (first int, err error)
	// AddWaivers keeps what an officer let stand in a notice.
	AddWaivers(ctx context.Context, by award.Officer, notice int64, waived []award.Waived) error
}

// PlacedEvidence is a proof at its position.
type PlacedEvidence struct {
	Position int
	Revision int // of the notice that brought it; above 1: how a change was announced
	award.Evidence
}

// ExtendNoticeInput makes a window longer.
type ExtendNoticeInput struct {
	OnNotice
	WorkingDays int              // of the whole window, more than before
	Evidence    []award.Evidence // of how it was announced
}

// ExtendNotice makes an announced window longer (延长公示), never shorter, and
// only while it runs. How that was announced must be proved.
func (a *Acts) ExtendNotice(ctx context.Context, by award.Officer, key Key, in ExtendNoticeInput) (Done[Notice], error) {
	return once(ctx, a, by, key, award.ActExtendNotice, in.Round, func(t *act) (Notice, error) {
		round, n, err := t.changeNotice(ctx, in.OnNotice)
		if err != nil {
			return Notice{}, err
		}
		if len(in.Evidence) == 0 {
			return Notice{}, award.Refuse(award.Incomplete, "domain 7", "notice_change_unproved")
		}
		now, err := t.Now(ctx)
		if err != nil {
			return Notice{}, err
		}
		plan, err := n.Plan().Extend(round.Calendar(), n.WorkingDays, in.WorkingDays, round.Rules.LetterDays, now)
		if err != nil {
			return Notice{}, err
		}
		return t.moved(ctx, round, n, newWindow{plan, in.WorkingDays, in.Reason, n.Revision + 1, 0, in.Evidence})
	})
}

// ProveNoticeInput puts a proof of publication right, or adds one.
type ProveNoticeInput struct {
	OnNotice
	Position int // of the proof it puts right, from 1; 0: a further one
	Proof    award.Evidence
}

// ProveNotice puts a proof of publication right (公示情况补正): where the list
// appeared later than was said, the window is counted from that day on, with an
// entry in the log. A further proof moves nothing.
func (a *Acts) ProveNotice(ctx context.Context, by award.Officer, key Key, in ProveNoticeInput) (Done[Notice], error) {
	return once(ctx, a, by, key, award.ActProveNotice, in.Round, func(t *act) (Notice, error) {
		round, n, err := t.changeNotice(ctx, in.OnNotice)
		if err != nil {
			return Notice{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return Notice{}, err
		}
		plan := n.Plan()
		if in.Position != 0 {
			if err := t.mayReplace(ctx, n, in); err != nil {
				return Notice{}, err
			}
			plan, err = plan.Prove(round.Calendar(), n.Scope, in.Proof, n.WorkingDays, round.Rules.LetterDays, now)
			if err != nil {
				return Notice{}, err
			}
		}
		return t.moved(ctx, round, n, newWindow{plan, n.WorkingDays, in.Reason, 1, in.Position, []award.Evidence{in.Proof}})
	})
}

// mayReplace refuses to put right what is not there, or by a proof of another
// medium.
func (t *act) mayReplace(ctx context.Context, n Notice, in ProveNoticeInput) error {
	proofs, err := t.NoticeEvidence(ctx, n.ID)
	if err != nil {
		return err
	}
	for _, p := range proofs {
		if p.Position == in.Position && p.Medium == in.Proof.Medium {
			return nil
		}
	}
	return award.Refuse(award.Conflict, "domain 7", "notice_proof_unknown", in.Position)
}

// newWindow is what a change makes of a notice, and why.
type newWindow struct {
	plan      award.NoticePlan
	days      int
	reason    string
	announces int // revision that the proofs announce; 1: the notice itself
	replaces  int // position of the proof put right; 0: none
	proofs    []award.Evidence
}

// moved writes a notice's new window with the proofs that came with it, and
// tells its workflow and its parent's.
func (t *act) moved(ctx context.Context, round Round, n Notice, w newWindow) (Notice, error) {
	for _, e := range w.proofs {
		if err := round.wholeDay(e.PublishedAt); err != nil {
			return Notice{}, err
		}
	}
	change := NoticeChange{Name: t.name, Reason: w.reason, WorkingDays: w.days, Act: t.id}
	if err := t.MoveWindow(ctx, n, w.plan, change); err != nil {
		return Notice{}, err
	}
	first, err := t.AddNoticeEvidence(ctx, n.ID, w.announces, w.replaces, w.proofs)
	if err != nil {
		return Notice{}, err
	}
	if err := t.citeProofs(ctx, n, first, w.proofs); err != nil {
		return Notice{}, err
	}
	was := n
	n = n.withPlan(w.plan, w.days)
	n.Revision++
	if err := t.tellWindow(ctx, round, n); err != nil {
		return Notice{}, err
	}
	return n, t.audit(ctx, noticeSubject(n), w.reason, map[string]any{
		"number": n.Number, "working_days": n.WorkingDays, "closes_at": n.ClosesAt, "closed_at_before": was.ClosesAt, "final_at": n.FinalAt,
	})
}

// WithdrawNotice withdraws a notice before its list is final (撤回公示). Its files
// stay where they stood before it, on a list that its body may adopt anew or
// announce again.
func (a *Acts) WithdrawNotice(ctx context.Context, by award.Officer, key Key, in OnNotice) (Done[Notice], error) {
	return once(ctx, a, by, key, award.ActWithdrawNotice, in.Round, func(t *act) (Notice, error) {
		round, n, err := t.changeNotice(ctx, in)
		if err != nil {
			return Notice{}, err
		}
		change := NoticeChange{Name: t.name, Reason: in.Reason, WorkingDays: n.WorkingDays, Act: t.id}
		if err := t.Tx.WithdrawNotice(ctx, n.ID, change); err != nil {
			return Notice{}, err
		}
		n.State = award.NoticeWithdrawn
		n.Revision++
		if err := t.tellWindow(ctx, round, n); err != nil {
			return Notice{}, err
		}
		return n, t.audit(ctx, noticeSubject(n), in.Reason, map[string]any{"number": n.Number})
	})
}

// changeNotice authorises an act on an office's own notice and holds round,
// office and notice: no second officer and no step of the procedure moves it
// meanwhile.
func (t *act) changeNotice(ctx context.Context, in OnNotice) (Round, Notice, error) {
	round, err := t.LockRound(ctx, in.Round)
	if err != nil {
		return Round{}, Notice{}, err
	}
	if in.Office == round.OwnerCode {
		if err := Can(t.by, t.name, round.ownerRow()); err != nil {
			return Round{}, Notice{}, err
		}
		if err := round.mustTakeNotices(); err != nil {
			return Round{}, Notice{}, err
		}
	} else if round, _, err = t.behindGate(ctx, in.Office); err != nil {
		return Round{}, Notice{}, err
	}
	if in.Reason == "" {
		return Round{}, Notice{}, reasonRequired()
	}
	if err := t.ShutNotice(ctx, in.Round, in.Number); err != nil { // no objection is on its way meanwhile
		return Round{}, Notice{}, err
	}
	n, err := t.LockNotice(ctx, in.Round, in.Number)
	if err != nil {
		return Round{}, Notice{}, err
	}
	if n.OfficeCode != in.Office {
		return Round{}, Notice{}, award.Refuse(award.NotFound, "", "notice_unknown", in.Number)
	}
	if n.Revision != in.Revision {
		return Round{}, Notice{}, award.Outdated()
	}
	now, err := t.Now(ctx)
	if err != nil {
		return Round{}, Notice{}, err
	}
	return round, n, n.Plan().MayChange(n.State, now)
}

// tellWindow leaves word for the notice's workflow and the one that waits for it,
// unless the round is closed.
func (t *act) tellWindow(ctx context.Context, round Round, n Notice) error {
	told := []string{award.NoticeWorkflow(n.Round, n.Number)}
	switch {
	case n.Scope == award.Provincial:
		told = append(told, award.OfficeWorkflow(n.Round, n.OfficeCode))
	case round.State != award.RoundClosed:
		told = append(told, award.RoundWorkflow(n.Round))
	}
	for _, workflow := range told {
		signal := Signal{Workflow: workflow, Name: award.SignalWindowChanged, Told: award.Told{Act: t.id, Office: n.OfficeCode}}
		if err := t.Tell(ctx, t.id, signal); err != nil {
			return err
		}
	}
	return nil
}

// citeProofs lets a notice refer to the scans of its proofs.
func (t *act) citeProofs(ctx context.Context, n Notice, first int, proofs []award.Evidence) error {
	for i, e := range proofs {
		if e.SHA256 == "" {
			continue
		}
		_, err := t.cite(ctx, fmt.Sprintf("/evidence/%d/sha256", i), EvidenceUse{
			SHA256: e.SHA256, Unit: n.Office, Kind: award.UseNotice, Subject: fmt.Sprintf("%d/%d", n.Number, first+i),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func noticeSubject(n Notice) string { return fmt.Sprintf("notice/%d", n.ID) }
