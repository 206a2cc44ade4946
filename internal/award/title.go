package award

import (
	"fmt"
	"time"
)

// ListKind says what a list of units is for.
type ListKind string

// The kinds of list.
const (
	ListProposed   ListKind = "proposed"   // 拟推荐名单, adopted by the province's review body
	ListCandidates ListKind = "candidates" // 候选名单, fixed by the owner office
)

// TitleNumber returns the number printed on plaque and certificate (称号编号),
// such as 2026-1-区-001: the round, the category, and the place in the decision's
// list (D-09). A drill's starts with 演练 and never enters the register.
func TitleNumber(round string, drill bool, category Category, n int) string {
	mark := map[Category]string{District: "区", Street: "街", Community: "社", City: "市", Village: "村"}[category]
	number := fmt.Sprintf("%s-%s-%03d", round, mark, n)
	if drill {
		return "演练-" + number
	}
	return number
}

// PlaqueNumber returns the number on the back of a plaque (奖牌编号).
func PlaqueNumber(title string) string { return "牌" + title }

// TitleState is where a title stands after naming (domain 6.8).
type TitleState string

// The states of a title (荣誉称号).
const (
	TitleActive       TitleState = "active"       // 有效
	TitleInRecheck    TitleState = "in_recheck"   // 复查中
	TitleKept         TitleState = "kept"         // 保留
	TitleRectifying   TitleState = "rectifying"   // 限期整改
	TitleRevoked      TitleState = "revoked"      // 撤销
	TitleDeregistered TitleState = "deregistered" // 注销
)

// TitleStates lists every state.
func TitleStates() []TitleState {
	return []TitleState{TitleActive, TitleInRecheck, TitleKept, TitleRectifying, TitleRevoked, TitleDeregistered}
}

// Held reports whether the unit holds the title: it then does not apply again.
func (s TitleState) Held() bool { return s != TitleRevoked && s != TitleDeregistered }

// Chinese is the state as offices write it.
func (s TitleState) Chinese() string {
	return map[TitleState]string{
		TitleActive: "有效", TitleInRecheck: "复查中", TitleKept: "保留",
		TitleRectifying: "限期整改", TitleRevoked: "撤销", TitleDeregistered: "注销",
	}[s]
}

// TitleMove is one legal move of a title.
type TitleMove = Move[TitleState]

// TitleMoves is the table of legal moves of a title: code, tests and the diagram
// in docs/lifecycle.md are made from it. Changing a unit re-checks or
// deregisters the titles of those that end by it (D-82).
func TitleMoves() []TitleMove {
	const law = "O 四(四)"
	return []TitleMove{
		{TitleActive, TitleInRecheck, ActStartRecheck, "D-10"},
		{TitleKept, TitleInRecheck, ActStartRecheck, "D-10"},
		{TitleInRecheck, TitleKept, ActKeepTitle, law},
		{TitleInRecheck, TitleRectifying, ActOrderRectification, law},
		{TitleRectifying, TitleKept, ActKeepTitle, law},
		{TitleInRecheck, TitleRevoked, ActRevokeTitle, law},
		{TitleRectifying, TitleRevoked, ActRevokeTitle, law},

		{TitleActive, TitleInRecheck, ActChangeUnit, "D-82"},
		{TitleKept, TitleInRecheck, ActChangeUnit, "D-82"},
		{TitleRectifying, TitleInRecheck, ActChangeUnit, "D-82"},
		{TitleActive, TitleDeregistered, ActChangeUnit, "D-82"},
		{TitleInRecheck, TitleDeregistered, ActChangeUnit, "D-82"},
		{TitleKept, TitleDeregistered, ActChangeUnit, "D-82"},
		{TitleRectifying, TitleDeregistered, ActChangeUnit, "D-82"},

		{TitleActive, TitleDeregistered, ActDeregisterTitle, "D-82"},
		{TitleInRecheck, TitleDeregistered, ActDeregisterTitle, "D-82"},
		{TitleKept, TitleDeregistered, ActDeregisterTitle, "D-82"},
		{TitleRectifying, TitleDeregistered, ActDeregisterTitle, "D-82"},
	}
}

// MoveTitle checks a move against the table.
func MoveTitle(from TitleState, act Act, to TitleState) error {
	if legal(TitleMoves(), from, act, to) {
		return nil
	}
	return Refuse(Conflict, "O 四(四)", "title_move", from.Chinese())
}

// What follows a title (D-10); a round's own numbers take their place.
const (
	recheckYears = 2
	rectifyDays  = 90 // calendar days
	plaqueDays   = 15
	barYears     = 5
)

// Aftercare is a round's numbers for its titles; what it does not say is D-10's.
type Aftercare struct {
	RecheckYears int `json:"recheck_years,omitempty"`
	RectifyDays  int `json:"rectify_days,omitempty"`
	PlaqueDays   int `json:"plaque_days,omitempty"`
	BarYears     int `json:"bar_years,omitempty"`
}

// or returns the round's number, or the default where it has none.
func or(number, otherwise int) int {
	if number == 0 {
		return otherwise
	}
	return number
}

// Check returns every defect of the numbers.
func (a Aftercare) Check() []Defect {
	var defects []Defect
	for _, n := range []struct {
		pointer     string
		value, most int
	}{
		{"/rules/aftercare/recheck_years", a.RecheckYears, 20},
		{"/rules/aftercare/rectify_days", a.RectifyDays, mostDays},
		{"/rules/aftercare/plaque_days", a.PlaqueDays, mostDays},
		{"/rules/aftercare/bar_years", a.BarYears, 20},
	} {
		switch {
		case n.value < 0:
			defects = append(defects, Defect{n.pointer, "number_too_small", []any{0, n.value}})
		case n.value > n.most:
			defects = append(defects, Defect{n.pointer, "number_too_large", []any{n.most, n.value}})
		}
	}
	return defects
}

// Due returns by when something must happen to a title that has come to a state
// on a day, exclusive: the next re-check begun, the one under way or the
// rectification ended; zero when nothing is due any more.
func (a Aftercare) Due(state TitleState, on Date) time.Time {
	switch state {
	case TitleActive, TitleKept:
		return on.addYears(or(a.RecheckYears, recheckYears)).Closes()
	case TitleInRecheck, TitleRectifying:
		return on.addDays(or(a.RectifyDays, rectifyDays)).Closes()
	case TitleRevoked, TitleDeregistered:
	}
	return time.Time{}
}

// PlaqueDue returns by when a plaque must be back, exclusive.
func (a Aftercare) PlaqueDue(on Date) time.Time {
	return on.addDays(or(a.PlaqueDays, plaqueDays)).Closes()
}

// BarredUntil returns the first day on which a unit may apply again after a
// falsification found on the given day (取消申报资格).
func (a Aftercare) BarredUntil(on Date) Date { return on.addYears(or(a.BarYears, barYears)) }

// addYears returns the same day so many years later; 29 February becomes 28.
func (d Date) addYears(years int) Date {
	later := time.Date(d.Year+years, d.Month, d.Day, 0, 0, 0, 0, Beijing)
	if later.Month() != d.Month {
		later = later.AddDate(0, 0, -later.Day())
	}
	return DateOf(later)
}

func (d Date) addDays(days int) Date { return DateOf(d.Starts().AddDate(0, 0, days)) }

// PlaqueState is where a plaque is (奖牌).
type PlaqueState string

// The states of a plaque. One that is due and not back in time is void by that
// alone: nobody need say so.
const (
	PlaqueHeld     PlaqueState = "held"     // 持有
	PlaqueDue      PlaqueState = "due"      // 应交回
	PlaqueReturned PlaqueState = "returned" // 已交回
	PlaqueVoid     PlaqueState = "void"     // 作废
)

// At returns the state as it is at an instant.
func (s PlaqueState) At(now, due time.Time) PlaqueState {
	if s == PlaqueDue && !now.Before(due) {
		return PlaqueVoid
	}
	return s
}

// ReportChannel says how a report on a holder came (举报).
type ReportChannel string

// ReportForm is a report that anybody sends by form (网上举报); no clerk enters one.
const ReportForm ReportChannel = "form"

// MostReportsHour is how many reports on one title are taken by form within an
// hour (D-102).
const MostReportsHour = 100

// ReportChannels lists the ways in which a clerk gets one: letter 来信, phone 来电, fax 传真, email 电子邮件,
// visit 来访, and an objection that came too late to be one (domain 7).
func ReportChannels() []ReportChannel {
	return []ReportChannel{"letter", "phone", "fax", "email", "visit", "objection"}
}

// ReportOutcome is what looking into a report came to.
type ReportOutcome string

// The outcomes of a report.
const (
	ReportConfirmed ReportOutcome = "confirmed" // 属实
	ReportUnfounded ReportOutcome = "unfounded" // 不属实
)

// ReportOutcomes lists every outcome.
func ReportOutcomes() []ReportOutcome { return []ReportOutcome{ReportConfirmed, ReportUnfounded} }

// CheckReporter names what is missing of who reports a holder: nobody need say,
// and whoever does says how to be reached.
func CheckReporter(name, contact string) []Defect {
	if name == "" && contact == "" {
		return nil
	}
	return append(checkLength("/reporter/name", name, 1, mostObjector), checkLength("/reporter/contact", contact, 1, mostContact)...)
}
