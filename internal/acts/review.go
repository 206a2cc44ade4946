package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// Review is a unit's one request that its own marks be looked at again (复核,
// domain 4), and the answer.
type Review struct {
	Application int64
	Round       string
	Column      award.MarkColumn // whose marks
	Total       award.Points     // as they were, and stay where they decided
	Reason      string
	Office      int64 // whose uninvolved officer answers
	OfficeCode  string
	OfficeName  string
	RequestedBy int64
	RequestedAt time.Time
	DueAt       time.Time
	Outcome     award.ReviewOutcome // empty: not answered
	Answer      string
	Marks       []award.Points // corrected; nil: kept
	Corrected   *award.Points  // what they come to
	AnsweredBy  int64
	AnsweredAt  time.Time
}

// reviewTx keeps reviews.
type reviewTx interface {
	// Review reads the review of a file and holds it; award.NotFound when none was
	// asked for.
	Review(ctx context.Context, application int64) (Review, error)
	// AddReview adds the request; award.Conflict when there was one.
	AddReview(ctx context.Context, r Review) error
	// AnswerReview writes the answer.
	AnswerReview(ctx context.Context, r Review) error
	// MarksOf reads the total of a column of a file's marks; false when it has
	// none.
	MarksOf(ctx context.Context, application int64, column award.MarkColumn) (award.Points, bool, error)
	// Uninvolved counts the active officers of an office with one of the roles who
	// took no part in deciding on the file (took_part); of one officer alone
	// unless it is 0.
	Uninvolved(ctx context.Context, application, office, officer int64, roles []award.Role) (int, error)
}

// RequestReview asks once for the review of a unit's own marks (申请复核): within
// ReviewRequestDays of the end of its file. It goes to an office with an officer
// who has not acted on the file: that of the marks, or the next above. Nobody
// else's file waits for it.
func (a *Acts) RequestReview(ctx context.Context, by award.Officer, key Key, in OnFile) (Done[Review], error) {
	return once(ctx, a, by, key, award.ActRequestReview, in.Round, func(t *act) (Review, error) {
		p, f, err := t.enterEnded(ctx, in.Round, in.Application)
		if err != nil {
			return Review{}, err
		}
		if err := Can(by, t.name, f.Row(p.round)); err != nil {
			return Review{}, err
		}
		if in.Reason == "" {
			return Review{}, reasonRequired()
		}
		r := Review{
			Application: f.ID, Round: f.Round, Reason: in.Reason, RequestedBy: by.ID, RequestedAt: p.now,
			DueAt: p.round.Calendar().After(p.now, p.round.Rules.ReviewDays),
		}
		var marked bool
		if r, marked, err = t.marksToReview(ctx, p, f, r); err != nil {
			return Review{}, err
		}
		if err := p.round.Rules.MayRequestReview(p.round.Calendar(), f.State, f.EndedAt, marked, p.now); err != nil {
			return Review{}, err
		}
		if r, err = t.assignReview(ctx, p, r); err != nil {
			return Review{}, err
		}
		if err := t.AddReview(ctx, r); err != nil {
			return Review{}, err
		}
		if err := t.Post(ctx, Message{
			Round: f.Round, Office: r.Office, Occasion: fmt.Sprintf("review/%d", f.ID), Kind: "review",
			Subject: fmt.Sprintf("〔需办理·截止%s〕%s申请复核本单位得分", award.Until(r.DueAt), f.UnitName),
			Body:    "须由未参与该申报办理的人员答复。理由：" + in.Reason,
		}); err != nil {
			return Review{}, err
		}
		return r, t.audit(ctx, fileSubject(f.ID), in.Reason, map[string]any{"column": r.Column, "office": r.OfficeCode})
	})
}

// enterEnded enters the place of a file's recommending office and holds the
// file. A review is taken as long as the round lasts and after it, except while
// it is suspended.
func (t *act) enterEnded(ctx context.Context, round string, application int64) (place, File, error) {
	office, err := t.PassFileGate(ctx, round, application)
	if err != nil {
		return place{}, File{}, err
	}
	p, err := t.inside(ctx, round, office)
	if err != nil {
		return place{}, File{}, err
	}
	f, err := t.LockFile(ctx, round, application)
	if err != nil {
		return place{}, File{}, err
	}
	if p.round.State == award.RoundSuspended {
		return place{}, File{}, p.round.MustBeOpen()
	}
	return p, f, nil
}

// marksToReview finds the marks that decided: the nation's once the candidates
// are fixed, else the province's.
func (t *act) marksToReview(ctx context.Context, p place, f File, r Review) (Review, bool, error) {
	if !p.round.CandidatesAt.IsZero() {
		total, marked, err := t.MarksOf(ctx, f.ID, award.ColumnNation)
		if err != nil || marked {
			r.Column, r.Total, r.Office = award.ColumnNation, total, p.round.Owner
			return r, marked, err
		}
	}
	total, marked, err := t.MarksOf(ctx, f.ID, award.ColumnProvince)
	r.Column, r.Total, r.Office = award.ColumnProvince, total, f.Office
	return r, marked, err
}

// reviewers are the roles that may answer a review.
func reviewers() []award.Role { return []award.Role{award.RoleAdmin, award.RoleHead, award.RoleClerk} }

// assignReview gives the review to the office of the marks, or to the next one
// above when nobody there is uninvolved (D-40).
func (t *act) assignReview(ctx context.Context, p place, r Review) (Review, error) {
	office, err := freeOffice(ctx, t, p.round, r.Application, r.Office, reviewers())
	r.Office, r.OfficeCode, r.OfficeName = office.ID, office.Code, office.Name
	return r, err
}

// AnswerReviewInput keeps marks or corrects them, with a reason.
type AnswerReviewInput struct {
	Round       string
	Application int64
	Answer      string
	Marks       []award.Points // nil: kept
}

// AnswerReview answers a review (答复复核), by an officer who has not acted on the
// file. Corrected marks are kept beside those that decided: no list that stands
// is changed by them (D-40), which the answer says.
func (a *Acts) AnswerReview(ctx context.Context, by award.Officer, key Key, in AnswerReviewInput) (Done[Review], error) {
	return once(ctx, a, by, key, award.ActAnswerReview, in.Round, func(t *act) (Review, error) {
		p, f, err := t.enterEnded(ctx, in.Round, in.Application)
		if err != nil {
			return Review{}, err
		}
		if !MaySee(by, f.Row(p.round)) {
			return Review{}, award.Refuse(award.NotFound, "", "not_found")
		}
		r, err := t.Review(ctx, f.ID)
		if err != nil {
			return Review{}, err
		}
		if err := t.mayAnswer(ctx, p, f, r); err != nil {
			return Review{}, err
		}
		if in.Answer == "" {
			return Review{}, award.RefuseFields(award.Invalid, "domain 4", "reason_required",
				[]award.Defect{{Pointer: "/answer", Key: "field_required"}})
		}
		r.Outcome, r.Answer, r.AnsweredBy, r.AnsweredAt = award.ReviewKept, in.Answer, by.ID, p.now
		told := fmt.Sprintf("维持原得分%s。", r.Total)
		if in.Marks != nil {
			rule, err := p.round.Category(f.Category)
			if err != nil {
				return Review{}, err
			}
			if defects := rule.Standard.CheckMarks(in.Marks, true); len(defects) > 0 {
				return Review{}, award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
			}
			total := rule.Standard.Score(in.Marks, p.round.Rules.PassMark).Total
			r.Outcome, r.Marks, r.Corrected = award.ReviewCorrected, in.Marks, &total
			told = fmt.Sprintf("得分由%s更正为%s。阶段已办结，名单不因此变更。", r.Total, total)
		}
		if err := t.AnswerReview(ctx, r); err != nil {
			return Review{}, err
		}
		if err := t.Post(ctx, Message{
			Round: f.Round, Office: f.Unit, Occasion: fmt.Sprintf("review-answered/%d", f.ID), Kind: "review-answered",
			Subject: "〔复核答复〕" + told, Body: told + "\n理由：" + in.Answer,
		}); err != nil {
			return Review{}, err
		}
		return r, t.audit(ctx, fileSubject(f.ID), in.Answer, map[string]any{"outcome": r.Outcome, "corrected": r.Corrected})
	})
}

// mayAnswer checks that the officer answers for the office the review is with,
// once, and took no part before.
func (t *act) mayAnswer(ctx context.Context, p place, f File, r Review) error {
	row := f.Row(p.round)
	row.Waiting = r.Office
	if err := Can(t.by, t.name, row); err != nil {
		return err
	}
	if r.Outcome != "" {
		return award.Refuse(award.Conflict, "domain 4", "review_answered")
	}
	free, err := t.Uninvolved(ctx, f.ID, r.Office, t.by.ID, reviewers())
	if err != nil {
		return err
	}
	if free == 0 {
		return award.Refuse(award.Forbidden, "domain 4", "review_involved")
	}
	return nil
}

// Review reads the review of a file, to whoever may see the file.
func (a *Acts) Review(ctx context.Context, by award.Officer, round string, application int64) (Review, error) {
	if _, err := a.Application(ctx, by, round, application); err != nil {
		return Review{}, err
	}
	var r Review
	err := a.store.InTx(ctx, func(tx Tx) (err error) {
		r, err = tx.Review(ctx, application)
		return err
	})
	return r, err
}
