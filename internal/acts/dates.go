package acts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shifan/internal/award"
)

// officeDatesTx moves dates of offices.
type officeDatesTx interface {
	// SaveOfficeDates writes the arrival date, the intakes that are not closed
	// and the recommendation date of offices as they stand in the given rows.
	SaveOfficeDates(ctx context.Context, round string, offices []Office) error
	// HasProposedList reports whether the office has adopted a proposed list.
	HasProposedList(ctx context.Context, round string, office int64) (bool, error)
	// SendBackPackage sends an office's package back, when it has sent one, and
	// reports whether it was accepted already and stays so.
	SendBackPackage(ctx context.Context, round string, office int64, due time.Time, reason string) (accepted bool, err error)
}

// DateMove is a date to be moved (调整日期).
type DateMove struct {
	Which  award.DateName
	To     time.Time // exclusive
	Reason string
}

// Dates returns the office's dates as the rules know them.
func (o Office) Dates() award.OfficeDates {
	return award.OfficeDates{
		SelfCheckCloses: o.SelfCheckClosesAt, ApplyCloses: o.ApplyClosesAt,
		Arrival: o.ArrivalAt, RecommendationDue: o.Stage.DueAt,
	}
}

// withDates returns the office with its dates as given. One that was overdue
// and got time again is overdue no more.
func (o Office) withDates(d award.OfficeDates, now time.Time) Office {
	o.SelfCheckClosesAt, o.ApplyClosesAt, o.ArrivalAt, o.Stage.DueAt = d.SelfCheckCloses, d.ApplyCloses, d.Arrival, d.RecommendationDue
	if o.Stage.State == award.StageOpen && o.Stage.DueAt.After(now) {
		o.Stage.OverdueAt = time.Time{}
	}
	return o
}

// MoveDate moves a date of the round (调整批次日期, domain 3), and of every office
// that still stands at it. An intake that is over is never revived.
func (a *Acts) MoveDate(ctx context.Context, by award.Officer, key Key, round string, in DateMove) (Done[RoundStanding], error) {
	return once(ctx, a, by, key, award.ActMoveDate, round, func(t *act) (RoundStanding, error) {
		r, err := t.lever(ctx)
		if err != nil {
			return RoundStanding{}, err
		}
		if err := r.mustBeUnderWay(); err != nil {
			return RoundStanding{}, err
		}
		if err := t.ShutGates(ctx, r.ID); err != nil { // so that the cut is exact
			return RoundStanding{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return RoundStanding{}, err
		}
		from, has := r.Dates.Of(in.Which)
		if !has {
			return RoundStanding{}, award.Refuse(award.Invalid, "domain 3", "date_of_office", in.Which.Chinese())
		}
		if in.Which.Intake() && !from.After(now) {
			return RoundStanding{}, intakeOver(in.Which, from)
		}
		if err := award.MayMoveDate(r.Calendar(), r.Rules, from, in.To, now, in.Reason); err != nil {
			return RoundStanding{}, err
		}
		before := r.Dates
		r.Dates = r.Dates.With(in.Which, in.To)
		if err := r.Dates.CheckOrder(); err != nil {
			return RoundStanding{}, err
		}
		if err := t.SaveRound(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		if err := t.moveOffices(ctx, r, before, now); err != nil {
			return RoundStanding{}, err
		}
		if in.Which == award.DateAssessment {
			if err := t.moveAssessment(ctx, r, from, now); err != nil {
				return RoundStanding{}, err
			}
		}
		subject := fmt.Sprintf("〔日期调整·%s改为%s〕", in.Which.Chinese(), award.Until(in.To))
		return t.tellAll(ctx, r, in.Reason, subject, map[string]any{"which": in.Which, "from": from, "to": in.To})
	})
}

// moveOffices lets the offices follow the round's dates, and refuses a move
// that would put an office's own dates out of order, naming each.
func (t *act) moveOffices(ctx context.Context, r Round, before award.Dates, now time.Time) error {
	offices, err := t.Offices(ctx, r.ID)
	if err != nil {
		return err
	}
	var moved []Office
	var outOfOrder []string
	for _, o := range offices {
		open := o.Stage.State == award.StageOpen
		dates := o.Dates().Follow(r.Calendar(), r.Rules, before, r.Dates, open, now)
		if open && dates.CheckOrder(r.Dates.AssessmentDue) != nil {
			outOfOrder = append(outOfOrder, o.Name)
		}
		if dates != o.Dates() {
			moved = append(moved, o.withDates(dates, now))
		}
	}
	if len(outOfOrder) > 0 {
		return award.Refuse(award.Conflict, "domain 3", "office_dates_order", strings.Join(outOfOrder, "、"))
	}
	return t.SaveOfficeDates(ctx, r.ID, moved)
}

// moveAssessment lets the owner's own stage follow.
func (t *act) moveAssessment(ctx context.Context, r Round, from, now time.Time) error {
	s, err := t.Stage(ctx, r.ID, r.Owner, award.StageAssessment)
	if err != nil || s.State != award.StageOpen || !s.DueAt.Equal(from) {
		return err
	}
	s.DueAt = r.Dates.AssessmentDue
	if s.DueAt.After(now) {
		s.OverdueAt = time.Time{}
	}
	return t.SaveStage(ctx, r.ID, r.Owner, award.StageAssessment, s)
}

// MovedOfficeDate is what moving an office's date came to.
type MovedOfficeDate struct {
	From, To time.Time
}

// MoveOfficeDate moves a date of one office (延期). The owner office may move
// each of them; the office itself its application and arrival dates alone,
// within D-17.
func (a *Acts) MoveOfficeDate(ctx context.Context, by award.Officer, key Key, round, office string, in DateMove) (Done[MovedOfficeDate], error) {
	return once(ctx, a, by, key, award.ActMoveOfficeDate, round, func(t *act) (MovedOfficeDate, error) {
		r, o, err := t.officeLever(ctx, office)
		if err != nil {
			return MovedOfficeDate{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return MovedOfficeDate{}, err
		}
		from, has := o.Dates().Of(in.Which)
		if !has {
			return MovedOfficeDate{}, award.Refuse(award.Invalid, "domain 3", "date_of_round", in.Which.Chinese())
		}
		if by.Office != r.Owner {
			if err := t.mayOfficeMove(ctx, r, o, in, from, now); err != nil {
				return MovedOfficeDate{}, err
			}
		}
		if err := movable(o, in.Which, from, now); err != nil {
			return MovedOfficeDate{}, err
		}
		if err := award.MayMoveDate(r.Calendar(), r.Rules, from, in.To, now, in.Reason); err != nil {
			return MovedOfficeDate{}, err
		}
		dates := o.Dates().Move(r.Calendar(), r.Rules, in.Which, in.To, now)
		if err := dates.CheckOrder(r.Dates.AssessmentDue); err != nil {
			return MovedOfficeDate{}, err
		}
		if err := t.SaveOfficeDates(ctx, r.ID, []Office{o.withDates(dates, now)}); err != nil {
			return MovedOfficeDate{}, err
		}
		subject := fmt.Sprintf("〔日期调整·%s改为%s〕%s", in.Which.Chinese(), award.Until(in.To), r.Title)
		if err := t.post(ctx, r, o.ID, subject, "理由:"+in.Reason+"。"); err != nil {
			return MovedOfficeDate{}, err
		}
		if err := t.tellOfficeAndRound(ctx, o.Code); err != nil {
			return MovedOfficeDate{}, err
		}
		return MovedOfficeDate{From: from, To: in.To}, t.audit(ctx, officeSubject(o), in.Reason,
			map[string]any{"which": in.Which, "from": from, "to": in.To})
	})
}

// mayOfficeMove checks what a recommending office may move itself (D-17): not
// in a suspended round, and its applications no more once its list is adopted.
func (t *act) mayOfficeMove(ctx context.Context, r Round, o Office, in DateMove, from, now time.Time) error {
	if err := r.MustBeOpen(); err != nil {
		return err
	}
	if err := award.MayOfficeMove(in.Which, from, in.To, o.ApplyClosesAt, now); err != nil {
		return err
	}
	adopted, err := t.HasProposedList(ctx, r.ID, o.ID)
	if err != nil {
		return err
	}
	if adopted {
		return award.Refuse(award.Closed, "D-17", "office_date_list_adopted")
	}
	return nil
}

// movable refuses to move what is over: an intake that has closed, an arrival
// that has come, a recommendation that is done (which is reopened instead).
func movable(o Office, which award.DateName, from, now time.Time) error {
	switch {
	case which == award.DateRecommendation:
		if o.Stage.State != award.StageOpen {
			return award.Refuse(award.Conflict, "domain 3", "office_stage_not_open", o.Name)
		}
		return nil
	case !from.After(now):
		return intakeOver(which, from)
	}
	return nil
}

func intakeOver(which award.DateName, at time.Time) error {
	return award.Refuse(award.Closed, "domain 3", "date_over", which.Chinese(), award.Until(at))
}
