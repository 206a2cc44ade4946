package acts

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"shifan/internal/award"
)

// ClosedOffice is what closing an office by name came to.
type ClosedOffice struct {
	FilesEnded int `json:"files_ended"`
}

// CloseOffice closes an overdue office by name (点名关闭, domain 3): the round
// goes on without it, and its files that are still under way end
// not_recommended with the reason.
func (a *Acts) CloseOffice(ctx context.Context, by award.Officer, key Key, round, office, reason string) (Done[ClosedOffice], error) {
	return once(ctx, a, by, key, award.ActCloseOffice, round, func(t *act) (ClosedOffice, error) {
		r, o, err := t.officeLever(ctx, office)
		if err != nil {
			return ClosedOffice{}, err
		}
		if reason == "" {
			return ClosedOffice{}, reasonRequired()
		}
		now, err := t.Now(ctx)
		if err != nil {
			return ClosedOffice{}, err
		}
		if o.Stage.State, err = award.MoveStage(o.Stage.State, t.name); err != nil {
			return ClosedOffice{}, err
		}
		if now.Before(o.Stage.DueAt) {
			return ClosedOffice{}, award.Refuse(award.Conflict, "domain 3", "office_not_overdue", award.Until(o.Stage.DueAt))
		}
		files, err := t.MoveFiles(ctx, FilesMove{
			Round: r.ID, Office: o.ID,
			From: award.MovesFrom(t.name, award.FileNotRecommended), To: award.FileNotRecommended,
			Act: t.name, By: by, Ground: reason,
		})
		if err != nil {
			return ClosedOffice{}, err
		}
		if err := t.ReplaceRecommendations(ctx, r.ID, o.ID, nil); err != nil { // its places are free again
			return ClosedOffice{}, err
		}
		o.Stage.ClosedAt, o.Stage.Reason = now, reason
		if o.Stage.OverdueAt.IsZero() {
			o.Stage.OverdueAt = now
		}
		if err := t.SaveStage(ctx, r.ID, o.ID, award.StageRecommendation, o.Stage); err != nil {
			return ClosedOffice{}, err
		}
		body := fmt.Sprintf("理由:%s。在办材料 %d 件随之结束(未推荐)。", reason, files)
		if err := t.post(ctx, r, o.ID, "〔已点名关闭〕"+r.Title+" "+o.Name, body); err != nil {
			return ClosedOffice{}, err
		}
		if err := t.tellOfficeAndRound(ctx, o.Code); err != nil {
			return ClosedOffice{}, err
		}
		return ClosedOffice{FilesEnded: files}, t.audit(ctx, officeSubject(o), reason, map[string]any{"files_ended": files})
	})
}

// Reopening gives one office a new date.
type Reopening struct {
	Office string    // code
	To     time.Time // exclusive
}

// ReopenOffices opens the recommendation of named offices again (重新开放), each
// by a new date, until the list of recommended units is frozen. The round never
// moves back. Files that ended when an office was closed by name stay ended; a
// package not yet accepted goes back to its office.
func (a *Acts) ReopenOffices(ctx context.Context, by award.Officer, key Key, round string, offices []Reopening, reason string) (Done[RoundStanding], error) {
	return once(ctx, a, by, key, award.ActReopen, round, func(t *act) (RoundStanding, error) {
		r, err := t.lever(ctx)
		if err != nil {
			return RoundStanding{}, err
		}
		switch {
		case reason == "":
			return RoundStanding{}, reasonRequired()
		case !r.ListFrozenAt.IsZero():
			return RoundStanding{}, award.Refuse(award.Closed, "domain 6.1", "list_frozen")
		}
		if err := r.mustBeUnderWay(); err != nil {
			return RoundStanding{}, err
		}
		if err := t.reopenable(ctx, r, offices); err != nil {
			return RoundStanding{}, err
		}
		for _, in := range offices { // few: each is named by a person
			if err := t.reopen(ctx, r, in, reason); err != nil {
				return RoundStanding{}, err
			}
		}
		if err := t.tellRound(ctx, award.StageRecommendation); err != nil {
			return RoundStanding{}, err
		}
		return t.roundDone(ctx, reason, map[string]any{"offices": offices})
	})
}

// reopenable checks the submission as a whole, so that every defect is told at
// once, and takes the gates of the named offices, in order.
func (t *act) reopenable(ctx context.Context, r Round, offices []Reopening) error {
	now, err := t.Now(ctx)
	if err != nil {
		return err
	}
	var defects []award.Defect
	var ids []int64
	named := make(map[string]bool)
	for i, in := range offices {
		pointer := "/offices/" + strconv.Itoa(i)
		o, err := t.Office(ctx, r.ID, in.Office)
		switch {
		case award.CodeOf(err) == award.NotFound:
			defects = append(defects, award.Defect{Pointer: pointer + "/office", Key: "office_unknown", Args: []any{in.Office}})
		case err != nil:
			return err
		case named[in.Office]:
			defects = append(defects, award.Defect{Pointer: pointer + "/office", Key: "office_twice", Args: []any{in.Office}})
		case !in.To.After(now):
			defects = append(defects, award.Defect{Pointer: pointer + "/to", Key: "date_past", Args: []any{award.Until(in.To)}})
		case !in.To.Before(r.Dates.AssessmentDue):
			defects = append(defects, award.Defect{
				Pointer: pointer + "/to", Key: "dates_order",
				Args: []any{award.DateRecommendation.Chinese(), award.DateAssessment.Chinese()},
			})
		}
		named[in.Office] = true
		ids = append(ids, o.ID)
	}
	if len(offices) == 0 {
		defects = append(defects, award.Defect{Pointer: "/offices", Key: "field_required"})
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "domain 3", "reopening_defects", defects)
	}
	return t.ShutGates(ctx, r.ID, ids...)
}

func (t *act) reopen(ctx context.Context, r Round, in Reopening, reason string) error {
	o, err := t.LockOffice(ctx, r.ID, in.Office)
	if err != nil {
		return err
	}
	if o.Stage.State, err = award.MoveStage(o.Stage.State, t.name); err != nil {
		return err
	}
	accepted, err := t.SendBackPackage(ctx, r.ID, o.ID, in.To, reason)
	if err != nil {
		return err
	}
	if accepted {
		return award.Refuse(award.Conflict, "domain 6.1", "package_accepted", o.Name)
	}
	o.Stage = StageRecord{DueAt: in.To, State: o.Stage.State}
	if err := t.SaveStage(ctx, r.ID, o.ID, award.StageRecommendation, o.Stage); err != nil {
		return err
	}
	if err := t.post(ctx, r, o.ID, fmt.Sprintf("〔需办理·推荐期限%s〕%s 重新开放", award.Until(in.To), r.Title), "理由:"+reason+"。"); err != nil {
		return err
	}
	return t.tellOffice(ctx, o.Code, award.StageRecommendation)
}

// officeLever takes the round and one office of an owner's act, in the order
// round, gate, office: acts under way in the office are waited for.
func (t *act) officeLever(ctx context.Context, office string) (Round, Office, error) {
	r, err := t.LockRound(ctx, t.round)
	if err != nil {
		return Round{}, Office{}, err
	}
	o, err := t.Office(ctx, r.ID, office)
	if err != nil {
		return Round{}, Office{}, err
	}
	if err := t.mayPullOffice(r, o); err != nil {
		return Round{}, Office{}, err
	}
	if err := r.mustBeUnderWay(); err != nil {
		return Round{}, Office{}, err
	}
	if err := t.ShutGates(ctx, r.ID, o.ID); err != nil {
		return Round{}, Office{}, err
	}
	o, err = t.LockOffice(ctx, r.ID, office)
	return r, o, err
}

// mayPullOffice decides whether the officer may do the act to an office. Who
// belongs to the office knows of it, and is told that the act is forbidden.
func (t *act) mayPullOffice(r Round, o Office) error {
	refusal := Can(t.by, t.name, o.Row(r))
	if award.CodeOf(refusal) == award.NotFound && concerns(t.by, r, o) {
		return award.Refuse(award.Forbidden, "N 四", "forbidden_"+string(t.name))
	}
	return refusal
}

func (t *act) tellOfficeAndRound(ctx context.Context, office string) error {
	if err := t.tellOffice(ctx, office, award.StageRecommendation); err != nil {
		return err
	}
	return t.tellRound(ctx, award.StageRecommendation)
}

func officeSubject(o Office) string { return "office/" + o.Code }

// MarkOverdue records that a recommending office is overdue (逾期), and tells it
// and its superior once. office is empty for the owner office's own stage. An
// office whose date was moved meanwhile, or that is done, is left alone.
func (a *Acts) MarkOverdue(ctx context.Context, round, office string) error {
	return a.step(ctx, func(tx Tx) error {
		r, err := tx.LockRound(ctx, round)
		if err != nil || r.State != award.RoundOpen {
			return err
		}
		late, err := lateOffice(ctx, tx, r, office)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		s := late.record
		if s.State != award.StageOpen || !s.OverdueAt.IsZero() || now.Before(s.DueAt) {
			return nil
		}
		s.OverdueAt = now
		if err := tx.SaveStage(ctx, r.ID, late.id, late.stage, s); err != nil {
			return err
		}
		for _, recipient := range late.recipients() {
			err := tx.Post(ctx, Message{
				Round: r.ID, Office: recipient, Kind: "overdue",
				Occasion: fmt.Sprintf("overdue/%s/%s/%s/%d", r.ID, late.code, late.stage, s.DueAt.Unix()),
				Subject:  fmt.Sprintf("〔逾期·应于%s〕%s %s %s", award.Until(s.DueAt), r.Title, late.name, late.stage.Chinese()),
				Body:     "逾期后仍可办结,记逾期;所有者机构可点名关闭。",
			})
			if err != nil {
				return err
			}
		}
		return tx.Audit(ctx, Entry{Round: r.ID, Name: award.StepOverdue, Subject: "office/" + late.code, Ground: "domain 3"})
	})
}

// late is an office whose stage may be overdue.
type late struct {
	id         int64
	code, name string
	path       []int64
	stage      award.Stage
	record     StageRecord
}

// recipients are the office and its superior office.
func (l late) recipients() []int64 {
	if len(l.path) < 2 {
		return []int64{l.id}
	}
	return []int64{l.id, l.path[len(l.path)-2]}
}

// lateOffice reads and holds a recommending office's stage, or the owner's.
func lateOffice(ctx context.Context, tx Tx, r Round, code string) (late, error) {
	if code != "" {
		o, err := tx.LockOffice(ctx, r.ID, code)
		return late{id: o.ID, code: o.Code, name: o.Name, path: o.Path, stage: award.StageRecommendation, record: o.Stage}, err
	}
	owner, err := tx.UnitOf(ctx, r.ID, r.Owner)
	if err != nil {
		return late{}, err
	}
	record, err := tx.Stage(ctx, r.ID, r.Owner, award.StageAssessment)
	return late{
		id: owner.ID, code: owner.Code, name: owner.Name, path: owner.Path, stage: award.StageAssessment, record: record,
	}, err
}
