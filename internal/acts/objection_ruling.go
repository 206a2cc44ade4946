package acts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shifan/internal/award"
)

// judged is an objection about to be settled, with its unit's file held.
type judged struct {
	round     Round
	now       time.Time
	file      File
	objection Objection
}

// judge opens an act that may settle an objection. It holds, in the order of
// locks, the gate of the unit's office, those of the notices it stands in, its
// file and the objection, so that no notice ends meanwhile; and it checks that
// the handler took no part in deciding on the unit since.
func (t *act) judge(ctx context.Context, id int64) (judged, error) {
	o, err := t.Objection(ctx, id)
	if err != nil {
		return judged{}, err
	}
	office, err := t.PassFileGate(ctx, o.Round, o.Application)
	if err != nil {
		return judged{}, err
	}
	if err := t.PassNoticesOf(ctx, o.Application); err != nil {
		return judged{}, err
	}
	p, err := t.inside(ctx, o.Round, office)
	if err != nil {
		return judged{}, err
	}
	c := judged{now: p.now}
	if c.file, err = t.LockFile(ctx, o.Round, o.Application); err != nil {
		return judged{}, err
	}
	if c.round, c.objection, err = t.onObjection(ctx, id); err != nil {
		return judged{}, err
	}
	return c, t.uninvolved(ctx, c.objection, t.by.ID)
}

// RuleObjection is what the handler has come to.
type RuleObjection struct {
	Objection  int64
	Outcome    award.ObjectionState
	Ground     string // what the unit is told
	Answer     string // in writing, to whoever objected
	Correction string // partly upheld: what the list must say instead
}

// RuleObjection rules on an objection (办结异议, domain 7), at any time, also after
// the round. Upheld: its unit is removed from the list, and the place stays
// empty at the nation (D-04). Partly upheld: the line is to be corrected and
// noticed again, and the unit waits for that (D-67). Dismissed: unless something
// else is open about it, the unit goes to where the others of its list stand.
func (a *Acts) RuleObjection(ctx context.Context, by award.Officer, key Key, in RuleObjection) (Done[Objection], error) {
	return once(ctx, a, by, key, award.ActRuleObjection, "", func(t *act) (Objection, error) {
		c, err := t.judge(ctx, in.Objection)
		if err != nil {
			return Objection{}, err
		}
		o := c.objection
		if err := in.check(o.Kind); err != nil {
			return Objection{}, err
		}
		if err := t.unnamed(ctx, o, in.Correction, in.Answer); err != nil { // the office reads the answer too
			return Objection{}, err
		}
		o.RuledAt, o.Answer = c.now, in.Answer
		o.Correction = strings.Join(strings.Fields(in.Correction), " ") // one line of a list
		if o, err = t.handle(ctx, o, in.Outcome, in.Ground, map[string]any{"outcome": in.Outcome, "application": o.Application}); err != nil {
			return Objection{}, err
		}
		if err := t.settle(ctx, c.file, o, in.Ground); err != nil {
			return Objection{}, err
		}
		if err := t.endCommissions(ctx, o); err != nil {
			return Objection{}, err
		}
		return o, t.tellNotice(ctx, o)
	})
}

// settle does to the unit what the ruling says.
func (t *act) settle(ctx context.Context, f File, o Objection, ground string) error {
	if o.State == award.ObjectionUpheld {
		return t.remove(ctx, f, ground)
	}
	if o.State == award.ObjectionPartlyUpheld {
		return t.correct(ctx, f, o, ground)
	}
	return t.rejoin(ctx, f)
}

// check names what a ruling lacks. A lead has nobody to answer.
func (in RuleObjection) check(kind award.ObjectionKind) error {
	if err := textRequired("/ground", in.Ground); err != nil {
		return err
	}
	if kind == award.KindObjection {
		if err := textRequired("/answer", in.Answer); err != nil {
			return err
		}
	}
	if in.Outcome == award.ObjectionPartlyUpheld {
		return textRequired("/correction", in.Correction)
	}
	if in.Correction != "" {
		return award.RefuseFields(award.Invalid, "domain 7", "correction_unasked", []award.Defect{{Pointer: "/correction", Key: "correction_unasked"}})
	}
	return nil
}

// remove takes a unit off its list; one whose file has ended otherwise has
// nothing to lose any more.
func (t *act) remove(ctx context.Context, f File, ground string) error {
	if award.MoveFile(f.State, t.name, award.FileRemoved) != nil {
		return nil
	}
	if err := t.moveAll(ctx, []int64{f.ID}, award.FileRemoved, "异议成立:"+ground); err != nil {
		return err
	}
	return t.LeaveLists(ctx, f.ID)
}

// correct says on the list what is wrong with a unit's line, and lets the unit
// and its office know. It stays suspended until the correction was noticed.
func (t *act) correct(ctx context.Context, f File, o Objection, ground string) error {
	if f.State.Ended() {
		return nil
	}
	if err := t.FlagCorrection(ctx, f.ID, o.Correction); err != nil {
		return err
	}
	if err := t.Suspend(ctx, f.ID, true); err != nil {
		return err
	}
	for _, office := range []int64{f.Unit, f.Office} {
		if err := t.Post(ctx, Message{
			Round: o.Round, Office: office, Occasion: fmt.Sprintf("objection-ruled/%d", o.ID), Kind: "objection-ruled",
			Subject: fmt.Sprintf("〔异议部分成立〕%s须更正后重新公示", f.UnitName),
			Body:    "更正内容:" + o.Correction + "\n依据:" + ground + "\n请将该单位列入更正后的名单重新公示，期满前该单位暂缓。",
		}); err != nil {
			return err
		}
	}
	return nil
}

// rejoin lets a unit go on about which nothing is open any more: to where the
// others of its list stand, which after the decision is where a supplementary
// one may name it.
func (t *act) rejoin(ctx context.Context, f File) error {
	open, err := t.Unsettled(ctx, f.ID)
	if err != nil || open > 0 {
		return err
	}
	if err := t.Suspend(ctx, f.ID, false); err != nil {
		return err
	}
	scope, to := award.Provincial, award.FileNoticedLocally
	if f.State == award.FileCandidate {
		scope, to = award.National, award.FileNoticedNationally
	}
	if award.MoveFile(f.State, award.ActRuleObjection, to) != nil {
		return nil // ended otherwise meanwhile
	}
	over, err := t.NoticeOver(ctx, f.ID, scope)
	if err != nil || !over {
		return err // it goes on with the others when the notice ends
	}
	moved, err := t.MoveFiles(ctx, FilesMove{
		Round: t.round, Applications: []int64{f.ID}, From: []award.FileState{f.State}, To: to,
		Act: award.ActRuleObjection, By: t.by, Ground: "domain 7",
	})
	if err == nil && moved != 1 {
		err = fmt.Errorf("rejoin file %d: it moved while it was held", f.ID)
	}
	return err
}

// tellNotice leaves word for a notice that is still before the public.
func (t *act) tellNotice(ctx context.Context, o Objection) error {
	if o.NoticeState != award.NoticeAnnounced {
		return nil
	}
	return t.Tell(ctx, t.id, Signal{
		Workflow: award.NoticeWorkflow(o.Round, o.Number), Name: t.name, Told: award.Told{Act: t.id},
	})
}

// SuspendObjected suspends the units of a list to which an objection is open
// when its window has ended (暂缓, domain 7); the others go on. It takes the
// notice's gate alone, so that what came in the last second counts. Doing it
// again changes nothing; before the window's end it does nothing.
func (a *Acts) SuspendObjected(ctx context.Context, round string, number int) (int, error) {
	suspended := 0
	err := a.step(ctx, func(tx Tx) error {
		if err := tx.ShutNotice(ctx, round, number); err != nil {
			return err
		}
		n, err := tx.LockNotice(ctx, round, number)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if n.State != award.NoticeAnnounced || now.Before(n.ClosesAt) {
			return nil
		}
		suspended, err = suspendObjected(ctx, tx, n)
		return err
	})
	return suspended, err
}

// suspendObjected suspends the units of a list with something open, and tells
// the office whose list it is.
func suspendObjected(ctx context.Context, tx Tx, n Notice) (int, error) {
	names, err := tx.SuspendObjected(ctx, n.List)
	if err != nil || len(names) == 0 {
		return 0, err
	}
	if err := tx.Audit(ctx, Entry{
		Round: n.Round, Name: award.StepSuspend, Subject: fmt.Sprintf("notice/%d", n.ID), Ground: "domain 7",
		Detail: map[string]any{"number": n.Number, "units": len(names)},
	}); err != nil {
		return 0, err
	}
	return len(names), tx.Post(ctx, Message{
		Round: n.Round, Office: n.Office, Occasion: fmt.Sprintf("objected/%s/%d", n.Round, n.Number), Kind: string(award.StepSuspend),
		Subject: fmt.Sprintf("〔暂缓〕第%d号公示期满,%d个单位有异议未办结", n.Number, len(names)),
		Body:    fmt.Sprintf("%s等单位暂缓,其他单位照常进入下一步;异议办结后恢复。", names[0]),
	})
}
