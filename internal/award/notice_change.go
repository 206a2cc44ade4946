package award

import (
	"slices"
	"time"
)

// MayChange refuses to touch a notice whose list is final, or that was
// withdrawn: what was before the public to its end stays (domain 7).
func (p NoticePlan) MayChange(state NoticeState, now time.Time) error {
	switch {
	case state == NoticeWithdrawn:
		return Refuse(Conflict, "domain 7", "notice_withdrawn")
	case state == NoticeEnded || !now.Before(p.Final):
		return Refuse(Closed, "domain 7", "notice_final", Until(p.Final))
	}
	return nil
}

// Extend returns the plan with a window of more working days (延长公示). A window
// that has ended is not revived, none gets shorter, and its new end must be
// certain when it is announced.
func (p NoticePlan) Extend(c Calendar, from, days, letterDays int, now time.Time) (NoticePlan, error) {
	switch {
	case !now.Before(p.Closes):
		return p, Refuse(Closed, "domain 7", "notice_window_over", Until(p.Closes))
	case days <= from:
		return p, RefuseFields(Invalid, "domain 7", "notice_not_longer", []Defect{{"/working_days", "number_too_small", []any{from + 1, days}}})
	case days > mostDays:
		return p, RefuseFields(Invalid, "domain 7", "notice_not_longer", []Defect{{"/working_days", "number_too_large", []any{mostDays, days}}})
	}
	to := p.Recount(c, days, letterDays, now)
	if last := to.Closes.Add(-time.Nanosecond); !c.Published(last) {
		return p, Refuse(Unavailable, "D-02", "calendar_unpublished", last.In(Beijing).Year())
	}
	return to, nil
}

// Prove returns the plan after a proof of publication was put right: a required
// publication later than the day the window is counted from counts it from
// there (domain 7). It is refused when the window is over by then: the public
// had less than its days, and the list must be noticed again.
func (p NoticePlan) Prove(c Calendar, scope Scope, proof Evidence, days, letterDays int, now time.Time) (NoticePlan, error) {
	if !slices.Contains(scope.RequiredMedia(), proof.Medium) || !proof.PublishedAt.After(p.CountedFrom) {
		return p, nil
	}
	if !now.Before(p.Closes) {
		return p, Refuse(Closed, "domain 7", "notice_proof_too_late", Until(p.Closes))
	}
	p.CountedFrom = c.DayStart(proof.PublishedAt)
	return p.Recount(c, days, letterDays, now), nil
}
