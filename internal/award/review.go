package award

import "time"

// MarkColumn is one of the columns of marks that stand side by side (domain 1).
type MarkColumn string

// The columns that others than the unit itself give.
const (
	ColumnProvince MarkColumn = "province" // 省级考核得分
	ColumnNation   MarkColumn = "nation"   // 部级核定得分
)

// MayRequestReview checks that a unit may ask for the review of its own marks
// (复核, domain 4): its file has ended, not by its own will, marks were given,
// and ReviewRequestDays have not passed. Once, which the record keeps.
func (r Rules) MayRequestReview(c Calendar, state FileState, ended time.Time, marked bool, now time.Time) error {
	switch {
	case !state.Ended() || state == FileWithdrawn || state == FileRoundCancelled:
		return Refuse(Conflict, "domain 4", "review_not_ended", string(state))
	case !marked:
		return Refuse(Conflict, "domain 4", "review_no_marks")
	}
	if closes := c.After(ended, r.ReviewRequestDays); !now.Before(closes) {
		return Refuse(Closed, "domain 4", "review_closed", Until(closes))
	}
	return nil
}

// ReviewOutcome is what a review came to.
type ReviewOutcome string

// The outcomes of a review.
const (
	ReviewKept      ReviewOutcome = "kept"      // 维持
	ReviewCorrected ReviewOutcome = "corrected" // 更正
)
