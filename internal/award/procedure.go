package award

import (
	"fmt"
	"time"
)

// This file says what the procedure sees when it looks at the record. The types
// are written into workflow histories: IDs, codes, counts and instants only,
// and fields are only ever added.

// Job is a walk over many rows, done page by page (architecture 3).
type Job string

// The jobs.
const (
	JobFreeze Job = "freeze"  // the register, as the round sees it
	JobLapse  Job = "lapse"   // drafts not filed in time: 逾期未报
	JobPassUp Job = "pass-up" // files still climbing at the arrival date (D-16)
	JobScore  Job = "score"   // national marks into scores
)

// Jobs lists every job.
func Jobs() []Job { return []Job{JobFreeze, JobLapse, JobPassUp, JobScore} }

// Page is a span of rows in key order: after From, up to and with To.
type Page struct {
	Round  string
	Office string // code of the recommending office; empty: the whole round
	Job    Job
	Number int // which run of the job
	From   int64
	To     int64
}

// Wake is the next date in the record and what it is, for whoever sleeps.
type Wake struct {
	At   time.Time // zero: nothing dated lies ahead
	Name string    // Chinese, as an operator reads it
}

// LastAct is the latest act an operator may wish to know of: what, when, which
// office. Never a person.
type LastAct struct {
	ID     int64
	Name   Act
	Office string // code
}

// RoundView is what the Round workflow sees.
type RoundView struct {
	Now   time.Time // the record's clock, which judges
	State RoundState
	Stage Stage
	Drill bool
	Next  Wake

	SelfCheckOver   bool // every self-check date has passed
	Offices         int  // recommending offices
	OfficesDone     int  // accepted or closed by name
	OfficesSent     int  // packages sent, waiting for the owner's answer
	OfficesOverdue  int
	StageDue        time.Time // the owner's own date in this stage
	OverdueUnmarked bool      // the owner's date has passed and is not yet recorded
	Overdue         bool
	ListFrozen      bool
	MarksComplete   bool // the owner has completed the assessment's marks
	Scored          bool
	CandidatesFixed bool
	Notice          int // number of the national notice; 0: none yet
	NoticeEnded     bool
	Decided         bool
	LastAct         LastAct
	UnitsFailed     int // rows that a batch could not deal with
}

// Over reports whether the round has ended, closed or cancelled: nothing is left to do.
func (v RoundView) Over() bool { return v.State == RoundCancelled || v.State == RoundClosed }

// Suspended reports whether the round is suspended: dates come and nothing happens.
func (v RoundView) Suspended() bool { return v.State == RoundSuspended }

// Clock returns the record's clock at the look.
func (v RoundView) Clock() time.Time { return v.Now }

// Upcoming returns the next date in the record.
func (v RoundView) Upcoming() Wake { return v.Next }

// OfficeView is what an Office workflow sees.
type OfficeView struct {
	Now   time.Time
	State RoundState // of the round
	Code  string
	Next  Wake

	SelfCheckClosesAt                        time.Time
	SelfCheckClosed                          bool
	ApplyClosesAt                            time.Time
	ApplyClosed                              bool
	DraftsLapsed                             bool
	ArrivalAt                                time.Time
	PassedUp                                 bool
	StageState                               StageState // of its recommendation
	StageDue                                 time.Time
	OverdueUnmarked                          bool
	Overdue                                  bool
	Notices                                  []int // numbers of its notices that have not ended
	Package                                  PackageState
	ReturnsDue                               int  // returned files whose due date has passed
	Settled                                  bool // its package is accepted, or it is closed by name, or the list is frozen
	Files, AtProvince, Proposed, Recommended int
	LastAct                                  LastAct
}

// Over reports whether the round has ended, closed or cancelled: nothing is left to do.
func (v OfficeView) Over() bool { return v.State == RoundCancelled || v.State == RoundClosed }

// Suspended reports whether the round is suspended: dates come and nothing happens.
func (v OfficeView) Suspended() bool { return v.State == RoundSuspended }

// Clock returns the record's clock at the look.
func (v OfficeView) Clock() time.Time { return v.Now }

// Upcoming returns the next date in the record.
func (v OfficeView) Upcoming() Wake { return v.Next }

// NoticeView is what a PublicNotice workflow sees.
type NoticeView struct {
	Now        time.Time
	State      RoundState // of the round; open to a notice announced after it was closed (D-101)
	Next       Wake
	Notice     NoticeState
	Scope      Scope
	OfficeCode string
	OpensAt    time.Time
	ClosesAt   time.Time
	FinalAt    time.Time
	Units      int
	Objections int // open, leads too
}

// Over reports whether the round has ended, closed or cancelled: nothing is left to do.
func (v NoticeView) Over() bool { return v.State == RoundCancelled || v.State == RoundClosed }

// Suspended is never so: a public window runs on while its round is suspended
// (architecture 2).
func (v NoticeView) Suspended() bool { return false }

// Clock returns the record's clock at the look.
func (v NoticeView) Clock() time.Time { return v.Now }

// Upcoming returns the next date in the record.
func (v NoticeView) Upcoming() Wake { return v.Next }

// DraftView is what a RoundDraft workflow sees.
type DraftView struct {
	Now      time.Time
	State    RoundState
	Next     Wake
	Follows  string    // the round it was made from
	OpenBy   time.Time // by when it is to be opened
	Reminder int       // which one is due; 0: none
	LastAct  LastAct
}

// Over reports whether the draft waits no more: opened, or put aside.
func (v DraftView) Over() bool { return v.State != RoundDraft }

// Suspended is never so: only an open round is.
func (v DraftView) Suspended() bool { return false }

// Clock returns the record's clock at the look.
func (v DraftView) Clock() time.Time { return v.Now }

// Upcoming returns the next date in the record.
func (v DraftView) Upcoming() Wake { return v.Next }

// Told is the payload of every signal: enough for whoever reads the history,
// and nothing the workflow believes (architecture 1).
type Told struct {
	Act    int64  `json:"act"`              // id of the act's row
	Office string `json:"office,omitempty"` // code
	Stage  string `json:"stage,omitempty"`
}

// Workflow IDs are business keys without personal data (architecture 3).

// RoundWorkflow returns the ID of a round's workflow.
func RoundWorkflow(round string) string { return "round/" + round }

// DraftWorkflow returns the ID of the workflow that waits for a draft of the
// series.
func DraftWorkflow(round string) string { return "round/" + round + "/draft" }

// OfficeWorkflow returns the ID of a recommending office's workflow.
func OfficeWorkflow(round, office string) string { return "round/" + round + "/office/" + office }

// NoticeWorkflow returns the ID of a public notice's workflow.
func NoticeWorkflow(round string, number int) string {
	return fmt.Sprintf("round/%s/notice/%d", round, number)
}

// BatchWorkflow returns the ID of a batch's workflow. office is empty for the
// round's own batches.
func BatchWorkflow(round, office string, job Job, number int) string {
	if office == "" {
		return fmt.Sprintf("round/%s/%s/batch/%d", round, job, number)
	}
	return fmt.Sprintf("round/%s/office/%s/%s/batch/%d", round, office, job, number)
}

// PageResult is what a batch did with one page.
type PageResult struct {
	Done   int
	Failed int // listed in batch_failure; the others went on
}

// BatchRun is a run of a job: its number is part of the workflow's ID.
type BatchRun struct {
	Number   int
	Finished bool // it has run before: nothing to do
}

// Drill is a drill round under way, whose days have a length of their own. The
// zero Drill stands for the real rounds.
type Drill struct {
	Round string
	Day   time.Duration
}

// Signal is what a workflow must hear.
type Signal struct {
	ID       int64 // outbox row, once written
	Workflow string
	Name     Act
	Told     Told
}
