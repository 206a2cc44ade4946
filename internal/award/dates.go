package award

import (
	"slices"
	"time"
)

// DateName names a date of a round or of one office in it (日期, domain 3).
type DateName string

// The dates. Intake dates are clocks: nothing is accepted from them on. Office
// dates are promises: late is overdue, not shut out.
const (
	DateSelfCheck      DateName = "self_check"     // 自查截止, an intake date
	DateApply          DateName = "apply"          // 申报截止, an intake date (D-17)
	DateArrival        DateName = "arrival"        // 到省截止, of an office alone (D-16)
	DateRecommendation DateName = "recommendation" // 推荐期限, a promise
	DateAssessment     DateName = "assessment"     // 评估期限, a promise of the owner office
)

// DateNames lists the dates in the order in which they come.
func DateNames() []DateName {
	return []DateName{DateSelfCheck, DateApply, DateArrival, DateRecommendation, DateAssessment}
}

// ParseDateName returns the date of that name, or a refusal.
func ParseDateName(name string) (DateName, error) {
	if n := DateName(name); slices.Contains(DateNames(), n) {
		return n, nil
	}
	return "", Refuse(Invalid, "domain 3", "date_unknown", name)
}

// Chinese returns what offices call the date.
func (n DateName) Chinese() string {
	switch n {
	case DateSelfCheck:
		return "自查截止"
	case DateApply:
		return "申报截止"
	case DateArrival:
		return "到省截止"
	case DateRecommendation:
		return "推荐期限"
	case DateAssessment:
		return "评估验收期限"
	}
	return string(n)
}

// Intake reports whether the date is a clock that shuts out.
func (n DateName) Intake() bool { return n == DateSelfCheck || n == DateApply }

// Of returns one of the round's dates; false for one that a round has not.
func (d Dates) Of(name DateName) (time.Time, bool) {
	switch name {
	case DateSelfCheck:
		return d.SelfCheckCloses, true
	case DateApply:
		return d.ApplyCloses, true
	case DateRecommendation:
		return d.RecommendationDue, true
	case DateAssessment:
		return d.AssessmentDue, true
	case DateArrival:
		return time.Time{}, false
	}
	return time.Time{}, false
}

// With returns the dates with one of them moved.
func (d Dates) With(name DateName, at time.Time) Dates {
	switch name {
	case DateSelfCheck:
		d.SelfCheckCloses = at
	case DateApply:
		d.ApplyCloses = at
	case DateRecommendation:
		d.RecommendationDue = at
	case DateAssessment:
		d.AssessmentDue = at
	case DateArrival: // an office's
	}
	return d
}

// CheckOrder refuses dates that do not follow each other: the self-check may
// close together with applications (D-17), all else comes one after another.
func (d Dates) CheckOrder() error {
	if d.ApplyCloses.Before(d.SelfCheckCloses) {
		return dateOrder(DateSelfCheck, DateApply)
	}
	if !d.ApplyCloses.Before(d.RecommendationDue) {
		return dateOrder(DateApply, DateRecommendation)
	}
	if !d.RecommendationDue.Before(d.AssessmentDue) {
		return dateOrder(DateRecommendation, DateAssessment)
	}
	return nil
}

// OfficeDates are the dates of one office in a round: the round's until they
// are moved for the office alone (延期).
type OfficeDates struct {
	SelfCheckCloses   time.Time
	ApplyCloses       time.Time
	Arrival           time.Time
	RecommendationDue time.Time
}

// Of returns one of the office's dates; false for one that an office has not.
func (d OfficeDates) Of(name DateName) (time.Time, bool) {
	switch name {
	case DateSelfCheck:
		return d.SelfCheckCloses, true
	case DateApply:
		return d.ApplyCloses, true
	case DateArrival:
		return d.Arrival, true
	case DateRecommendation:
		return d.RecommendationDue, true
	case DateAssessment:
		return time.Time{}, false
	}
	return time.Time{}, false
}

// CheckOrder refuses office dates that do not follow each other, or that leave
// the nation nothing: the arrival date comes no earlier than applications close
// and no later than the recommendation is due (domain 4).
func (d OfficeDates) CheckOrder(assessmentDue time.Time) error {
	switch {
	case d.ApplyCloses.Before(d.SelfCheckCloses):
		return dateOrder(DateSelfCheck, DateApply)
	case d.Arrival.Before(d.ApplyCloses):
		return dateOrder(DateApply, DateArrival)
	case d.RecommendationDue.Before(d.Arrival):
		return dateOrder(DateArrival, DateRecommendation)
	case !d.RecommendationDue.Before(assessmentDue):
		return dateOrder(DateRecommendation, DateAssessment)
	}
	return nil
}

func dateOrder(earlier, later DateName) error {
	return Refuse(Invalid, "domain 3", "dates_order", earlier.Chinese(), later.Chinese())
}

// Move returns the office's dates with one of them moved. The arrival date
// follows where it still is the default one.
func (d OfficeDates) Move(c Calendar, r Rules, name DateName, at, now time.Time) OfficeDates {
	moved := d
	switch name {
	case DateSelfCheck:
		moved.SelfCheckCloses = at
	case DateApply:
		moved.ApplyCloses = at
	case DateRecommendation:
		moved.RecommendationDue = at
	case DateArrival:
		moved.Arrival = at
	case DateAssessment: // the owner office's
	}
	return moved.arrive(c, r, d, now)
}

// Follow returns the office's dates after a date of the round was moved: an
// office that still stands at the round's date goes along, one with a date of
// its own keeps it. An intake that is over is never revived, and a stage that
// is done keeps the date it was done by (stageOpen false).
func (d OfficeDates) Follow(c Calendar, r Rules, from, to Dates, stageOpen bool, now time.Time) OfficeDates {
	moved := d
	if d.SelfCheckCloses.Equal(from.SelfCheckCloses) && d.SelfCheckCloses.After(now) {
		moved.SelfCheckCloses = to.SelfCheckCloses
	}
	if d.ApplyCloses.Equal(from.ApplyCloses) && d.ApplyCloses.After(now) {
		moved.ApplyCloses = to.ApplyCloses
	}
	if stageOpen && d.RecommendationDue.Equal(from.RecommendationDue) {
		moved.RecommendationDue = to.RecommendationDue
	}
	return moved.arrive(c, r, d, now)
}

// arrive derives the arrival date anew where before it was the default one and
// has not come yet. An earlier one still gives the warning the round promises.
func (d OfficeDates) arrive(c Calendar, r Rules, before OfficeDates, now time.Time) OfficeDates {
	isDefault := before.Arrival.Equal(Arrival(c, r, before.ApplyCloses, before.RecommendationDue))
	if !isDefault || !d.Arrival.Equal(before.Arrival) || !before.Arrival.After(now) {
		return d
	}
	d.Arrival = Arrival(c, r, d.ApplyCloses, d.RecommendationDue)
	if warned := c.After(now, r.EarlierNoticeDays); d.Arrival.Before(before.Arrival) && d.Arrival.Before(warned) {
		d.Arrival = warned
		if before.Arrival.Before(warned) {
			d.Arrival = before.Arrival
		}
	}
	return d
}

// MayOfficeMove checks what a recommending office may move itself: when its own
// intake for applications closes, only later (D-17), and its arrival date
// (domain 4); both while the intake is still open. All else is the owner's.
func MayOfficeMove(name DateName, from, to, applyCloses, now time.Time) error {
	switch {
	case name != DateApply && name != DateArrival:
		return Refuse(Forbidden, "domain 4", "office_date_of_owner", name.Chinese())
	case !applyCloses.After(now):
		return Refuse(Closed, "domain 4", "office_date_intake_over", Until(applyCloses))
	case name == DateApply && !to.After(from):
		return Refuse(Invalid, "D-17", "office_date_only_later", Until(from))
	}
	return nil
}

// SuspensionShift returns by how much open dates move when a round that was
// suspended goes on: the suspended time, in whole days for a real round, so
// that what ends at 24:00 still does and nobody loses an hour. A drill's days
// are too short for that: it shifts exactly.
func SuspensionShift(c Calendar, suspended, resumed time.Time) time.Duration {
	shift := max(0, resumed.Sub(suspended))
	if c.Drill() {
		return shift
	}
	const day = 24 * time.Hour
	return (shift + day - 1) / day * day
}

// ShiftAfter returns the dates with every one that was still to come at an
// instant moved by the given time.
func (d Dates) ShiftAfter(at time.Time, by time.Duration) Dates {
	for _, name := range DateNames() {
		if date, has := d.Of(name); has && date.After(at) {
			d = d.With(name, date.Add(by))
		}
	}
	return d
}
