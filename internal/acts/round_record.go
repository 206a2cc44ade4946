package acts

import (
	"context"
	"time"

	"shifan/internal/award"
)

// Round is a round as the record has it: what every act under it must know.
type Round struct {
	ID             string
	Revision       int
	Title          string
	Owner          int64
	OwnerCode      string
	OwnerName      string
	Follows        string // the round the procedure drafted it from (N 二); "": a person drafted it
	Drill          bool
	DrillDay       time.Duration // zero: a real round
	State          award.RoundState
	Stage          award.Stage
	ApprovalNumber string
	DocumentNumber string
	Contacts       []award.Contact
	Rules          award.Rules
	RegistryDate   award.Date
	Dates          award.Dates
	Categories     []RoundCategory

	CreatedAt      time.Time
	OpeningAt      time.Time // zero: not yet; so below
	OpenedAt       time.Time
	SuspendedAt    time.Time
	ListFrozenAt   time.Time
	ListSHA256     []byte
	ScoredAt       time.Time
	CandidatesAt   time.Time
	DecidedAt      time.Time
	DecisionNumber string
	DecisionDate   award.Date
	EndedAt        time.Time

	StateCalendar award.Calendar `json:"-"` // the State Council's, as the record had it at the read
}

// RoundCategory is one category of a round as frozen.
type RoundCategory struct {
	award.CategoryRule
	StandardVersion int
	StandardSHA256  []byte
	Standard        award.Standard // empty before opening
}

// Category returns the round's rule for a category, or refuses.
func (r Round) Category(c award.Category) (RoundCategory, error) {
	for _, rule := range r.Categories {
		if rule.Category == c {
			return rule, nil
		}
	}
	return RoundCategory{}, award.Refuse(award.Invalid, "N 二", "category_not_in_round", string(c))
}

// Calendar returns the calendar that every day, window and limit of the round
// is counted with: the State Council's, or the drill's own. A round told again
// as the outcome of an earlier act has the calendar built in.
func (r Round) Calendar() award.Calendar {
	switch {
	case r.Drill:
		return award.NewDrillCalendar(r.CreatedAt, r.DrillDay)
	case r.StateCalendar.IsZero():
		return award.PublishedCalendar()
	}
	return r.StateCalendar
}

// Row returns what the policy must know of the round itself.
func (r Round) Row() Row { return Row{Owner: r.Owner, Path: []int64{r.Owner}} }

// MustBeOpen refuses acts on a round that is not under way. A suspended round
// takes only objections, reads and levers (architecture 2).
func (r Round) MustBeOpen() error {
	switch r.State {
	case award.RoundOpen:
		return nil
	case award.RoundSuspended:
		return award.Refuse(award.Closed, "architecture 2", "round_suspended")
	case award.RoundDraft, award.RoundOpening:
		return award.Refuse(award.Closed, "N 四", "round_not_open")
	case award.RoundClosed, award.RoundCancelled:
		return award.Refuse(award.Closed, "N 四", "round_over")
	}
	return award.Refuse(award.Closed, "N 四", "round_not_open")
}

// Office is a recommending office in a round.
type Office struct {
	ID        int64 // its unit
	Code      string
	Name      string
	Path      []int64
	Gate      int // advisory lock
	ArrivalAt time.Time
	PassedUp  bool
	Lapsed    bool // drafts not filed in time have lapsed

	CutRevision int // of its cut to the limit; 0: none yet

	SelfCheckClosesAt, ApplyClosesAt time.Time
	SelfCheckClosed, ApplyClosed     bool

	Stage StageRecord // its recommendation
}

// StageRecord is an office's stage.
type StageRecord struct {
	Revision    int
	DueAt       time.Time
	State       award.StageState
	OverdueAt   time.Time
	CompletedAt time.Time
	ClosedAt    time.Time
	Reason      string
}

// Row returns what the policy must know of the office in the round.
func (o Office) Row(r Round) Row {
	return Row{Owner: r.Owner, Office: o.ID, Unit: o.ID, Path: o.Path}
}

// Unit is a unit in the round's frozen register.
type Unit struct {
	ID       int64
	Code     string
	Name     string
	Kind     award.Kind
	KindSure bool
	Parent   int64
	Office   int64   // the recommending office it counts for; 0 above it
	Path     []int64 // root … itself
}

// Row returns what the policy must know of the unit in the round.
func (u Unit) Row(r Round) Row {
	return Row{Owner: r.Owner, Office: u.Office, Unit: u.ID, Path: u.Path}
}

// recordTx reads and locks what nearly every act under a round needs. The
// order is always: round, gate, office, file, limit.
type recordTx interface {
	// Round reads a round without locking it; award.NotFound when there is none.
	Round(ctx context.Context, id string) (Round, error)
	// LockRound reads a round and holds its row until the end.
	LockRound(ctx context.Context, id string) (Round, error)
	// PassGate shares the office's gate until the end of the transaction: no
	// lever moves meanwhile. What is read afterwards, in later statements, holds.
	PassGate(ctx context.Context, round string, office int64) error
	// ShutGates takes gates alone, of the named offices or of all when none is
	// named, in order of gate, waiting for acts under way.
	ShutGates(ctx context.Context, round string, offices ...int64) error
	// Office reads a recommending office; award.NotFound when there is none of that code.
	Office(ctx context.Context, round, code string) (Office, error)
	// LockOffice reads it and holds its row, so that two officers do not act on
	// the office's lists at once.
	LockOffice(ctx context.Context, round, code string) (Office, error)
	// OfficeOf reads the recommending office with the unit's ID.
	OfficeOf(ctx context.Context, round string, office int64) (Office, error)
	// Unit reads a unit of the round's frozen register by code; award.NotFound
	// "unit_unknown" when there is none.
	Unit(ctx context.Context, round, code string) (Unit, error)
	// UnitOf reads a unit of the round's frozen register by ID.
	UnitOf(ctx context.Context, round string, unit int64) (Unit, error)
}
