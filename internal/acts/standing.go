package acts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shifan/internal/award"
)

// RoundStanding is a round and where it stands. It carries neither standards
// nor forms, which are read for themselves.
type RoundStanding struct {
	Round
	Number  int64 // in the order drafted; pages of rounds go by it
	Offices OfficeTally
	Notice  *Notice // the national one; nil: none yet

	// Unstaffed is how many offices on its chains nobody acts for; counted when
	// it is being opened, and not kept.
	Unstaffed int `json:"-"`
}

// OfficeTally counts a round's recommending offices.
type OfficeTally struct {
	Total   int
	Done    int // package accepted, or closed by name
	Sent    int // package waits for the owner's answer
	Overdue int // date passed, and still open
}

// ProvisionalYears returns the years the round runs into whose calendar is not
// published: windows there are provisional (domain 7).
func (s RoundStanding) ProvisionalYears() []int {
	return award.ProvisionalYears(s.Calendar(), s.Dates)
}

// LastNotices returns the last days on which a provincial and the national
// list can open and still be final by their dates (domain 3).
func (s RoundStanding) LastNotices() (provincial, national time.Time) {
	return s.lastNotice(s.Dates.RecommendationDue), s.lastNotice(s.Dates.AssessmentDue)
}

// lastNotice returns the start of the last day on which a list can open and
// still be final by a date.
func (r Round) lastNotice(due time.Time) time.Time {
	return r.Calendar().LastOpening(due, r.Rules.NoticeDays+r.Rules.LetterDays)
}

// Funnel counts how far the units of a category have come (进度), each at the
// furthest it ever reached; the cut and the titles as they stand.
type Funnel struct {
	Office              int64 // 0: the whole round
	Category            award.Category
	Units               int // eligible, as counted for the limit
	SelfChecked         int
	Ready               int // 符合条件
	Applied             int
	AtProvince          int
	Unsigned            int // 未签署意见 (D-16)
	Proposed            int
	NoticedLocally      int
	Recommended         int
	RecommendationLimit int
	Candidates          int
	Named               int
	Quota               int // of the whole round alone
}

// OfficeStanding is where a recommending office stands.
type OfficeStanding struct {
	Office
	Package             award.PackageState // "": none
	WaitingFor          string             // Chinese
	Reminders           int                // given on its files under way
	SelfCheckReportedAt time.Time          // zero: not reported
	Notices             []Notice           // in order of number
	Counts              []Funnel           // by category; nil for who stands below the office
}

// Overdue reports whether the office is late and not done (逾期).
func (s OfficeStanding) Overdue() bool {
	return s.Stage.State == award.StageOpen && !s.Stage.OverdueAt.IsZero()
}

// Late reports whether the office was done after its date (逾期办结), which is
// exclusive: on the instant is late.
func (s OfficeStanding) Late() bool {
	return s.Stage.State == award.StageComplete && !s.Stage.CompletedAt.Before(s.Stage.DueAt)
}

// officeReads shows where offices stand.
type officeReads interface {
	// OfficeStandings reads the recommending offices of a round, without
	// counts and reminders, in D-09 order; code narrows to one.
	OfficeStandings(ctx context.Context, round, code string) ([]OfficeStanding, error)
	countReads
}

// RoundQuery asks for a page of rounds, newest first.
type RoundQuery struct {
	Before   int64 // the page before ended there; 0: the newest
	Standard int64 // those that use it alone; 0: all
	Limit    int
}

// Round returns a round and where it stands.
func (a *Acts) Round(ctx context.Context, by award.Officer, id string) (RoundStanding, error) {
	s, err := a.store.RoundStanding(ctx, id)
	if err != nil {
		return RoundStanding{}, err
	}
	return s, a.maySeeRound(ctx, by, s.Round)
}

// Report counts how far the units of each category have come (批次总表), over
// the recommending offices the officer sees: all of them for the owner.
func (a *Acts) Report(ctx context.Context, by award.Officer, round string) ([]Funnel, error) {
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	if err := a.maySeeRound(ctx, by, r); err != nil {
		return nil, err
	}
	offices, err := a.store.OfficeStandings(ctx, round, "")
	if err != nil {
		return nil, err
	}
	funnels, err := a.store.Funnels(ctx, round, 0)
	if err != nil {
		return nil, err
	}
	seen := make(map[int64]bool)
	for _, o := range offices {
		seen[o.ID] = MaySee(by, o.Row(r))
	}
	return r.total(slices.DeleteFunc(funnels, func(f Funnel) bool { return !seen[f.Office] })), nil
}

// Rounds lists the rounds the officer may see: those of its own office, of the
// offices above, and of the offices below.
func (a *Acts) Rounds(ctx context.Context, by award.Officer, in RoundQuery) ([]RoundStanding, error) {
	return a.store.RoundPage(ctx, by, in)
}

// Offices lists where the recommending offices of a round stand: all of them
// for the owner, else those the officer belongs to or stands above.
func (a *Acts) Offices(ctx context.Context, by award.Officer, round string) ([]OfficeStanding, error) {
	return a.officeStandings(ctx, by, round, "")
}

// Office returns where one recommending office stands.
func (a *Acts) Office(ctx context.Context, by award.Officer, round, code string) (OfficeStanding, error) {
	offices, err := a.officeStandings(ctx, by, round, code)
	if err != nil {
		return OfficeStanding{}, err
	}
	if len(offices) == 0 {
		return OfficeStanding{}, award.Refuse(award.NotFound, "N 四(二)", "office_unknown", code)
	}
	return offices[0], nil
}

func (a *Acts) officeStandings(ctx context.Context, by award.Officer, round, code string) ([]OfficeStanding, error) {
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	if err := a.maySeeRound(ctx, by, r); err != nil {
		return nil, err
	}
	all, err := a.store.OfficeStandings(ctx, round, code)
	if err != nil {
		return nil, err
	}
	offices := concerning(by, r, all)
	reminders, err := a.store.Reminders(ctx, round)
	if err != nil {
		return nil, err
	}
	var funnels []Funnel
	if slices.ContainsFunc(offices, func(o OfficeStanding) bool { return MaySee(by, o.Row(r)) }) {
		var only int64
		if len(offices) == 1 {
			only = offices[0].ID
		}
		if funnels, err = a.store.Funnels(ctx, round, only); err != nil {
			return nil, err
		}
	}
	counted(by, r, offices, funnels, reminders)
	return offices, nil
}

// concerning leaves the offices that the officer may know of.
func concerning(by award.Officer, r Round, all []OfficeStanding) []OfficeStanding {
	return slices.DeleteFunc(slices.Clone(all), func(o OfficeStanding) bool { return !concerns(by, r, o.Office) })
}

// counted completes offices with what was counted, as far as the officer sees
// them.
func counted(by award.Officer, r Round, offices []OfficeStanding, funnels []Funnel, reminders map[int64]int) {
	for i := range offices {
		o := &offices[i]
		o.Reminders = reminders[o.ID]
		if MaySee(by, o.Row(r)) {
			o.Counts = r.of(o.ID, funnels)
		}
	}
}

// concerns reports whether the officer may know of the office in the round: it
// sees it, or belongs to it.
func concerns(by award.Officer, r Round, o Office) bool {
	return MaySee(by, o.Row(r)) || slices.Contains(by.Path, o.ID)
}

// Limits lists the recommendation limits of the offices that concern the
// officer.
func (a *Acts) Limits(ctx context.Context, by award.Officer, round string) ([]Limit, error) {
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	if err := a.maySeeRound(ctx, by, r); err != nil {
		return nil, err
	}
	limits, err := a.store.Limits(ctx, round)
	if err != nil {
		return nil, err
	}
	offices, err := a.store.OfficeStandings(ctx, round, "")
	if err != nil {
		return nil, err
	}
	seen := make(map[int64]bool)
	for _, o := range offices {
		seen[o.ID] = concerns(by, r, o.Office)
	}
	return slices.DeleteFunc(limits, func(l Limit) bool { return !seen[l.Office] }), nil
}

// Standard returns the standard and the form of one category of a round
// (指导标准), with the round's rules.
func (a *Acts) Standard(ctx context.Context, by award.Officer, round string, category award.Category) (RoundCategory, award.Rules, error) {
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return RoundCategory{}, award.Rules{}, err
	}
	if err := a.maySeeRound(ctx, by, r); err != nil {
		return RoundCategory{}, award.Rules{}, err
	}
	rule, err := r.Category(category)
	if err != nil {
		return RoundCategory{}, award.Rules{}, err
	}
	if rule.StandardVersion == 0 {
		return RoundCategory{}, award.Rules{}, award.Refuse(award.NotFound, "N 三", "standard_not_frozen", rule.Title)
	}
	return rule, r.Rules, nil
}

// maySeeRound refuses who may not read the round, as if there were none.
func (a *Acts) maySeeRound(ctx context.Context, by award.Officer, r Round) error {
	if by.Office == r.Owner || slices.Contains(by.Path, r.Owner) {
		return nil
	}
	return a.store.InTx(ctx, func(tx Tx) error {
		sees, err := seesRound(ctx, tx, by, r)
		if err != nil {
			return fmt.Errorf("see whether the round may be read: %w", err)
		}
		if !sees {
			return award.Refuse(award.NotFound, "", "round_unknown", r.ID)
		}
		return nil
	})
}

// of returns an office's funnels, one for each category of the round.
func (r Round) of(office int64, funnels []Funnel) []Funnel {
	var out []Funnel
	for _, c := range r.Categories {
		f := Funnel{Office: office, Category: c.Category, Quota: c.Quota.Places}
		for _, g := range funnels {
			if g.Office == office && g.Category == c.Category {
				f = f.plus(g)
			}
		}
		out = append(out, f)
	}
	return out
}

// total adds the funnels of all offices up.
func (r Round) total(funnels []Funnel) []Funnel {
	all := slices.Clone(funnels)
	for i := range all {
		all[i].Office = 0
	}
	return r.of(0, all)
}

func (f Funnel) plus(g Funnel) Funnel {
	f.Units += g.Units
	f.SelfChecked += g.SelfChecked
	f.Ready += g.Ready
	f.Applied += g.Applied
	f.AtProvince += g.AtProvince
	f.Unsigned += g.Unsigned
	f.Proposed += g.Proposed
	f.NoticedLocally += g.NoticedLocally
	f.Recommended += g.Recommended
	f.RecommendationLimit += g.RecommendationLimit
	f.Candidates += g.Candidates
	f.Named += g.Named
	return f
}
