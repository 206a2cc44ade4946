package acts

import (
	"context"
	"fmt"
	"maps"
	"time"

	"shifan/internal/award"
)

// File is an application's file as it stands (申报材料).
type File struct {
	ID         int64             `json:"id"`
	Round      string            `json:"round"`
	Unit       int64             `json:"unit"`
	UnitCode   string            `json:"unit_code"`
	UnitName   string            `json:"unit_name"`
	Path       []int64           `json:"-"` // the unit's: root … itself
	Category   award.Category    `json:"category"`
	Office     int64             `json:"office"` // the recommending office
	OfficeCode string            `json:"office_code"`
	Revision   int               `json:"revision"` // raised by every move and edit
	State      award.FileState   `json:"state"`
	Form       map[string]string `json:"form"`
	Prefilled  int               `json:"prefilled"` // fields that nobody had to type

	Waiting      int64      `json:"waiting"` // who must act next; 0: nobody
	WaitingCode  string     `json:"waiting_code"`
	WaitingName  string     `json:"waiting_name"`
	WaitingKind  award.Kind `json:"waiting_kind"`
	WaitingSince time.Time  `json:"waiting_since"`
	DueAt        time.Time  `json:"due_at"`    // the file's own; zero: none
	StageDue     time.Time  `json:"stage_due"` // the recommending office's date, which governs at the province
	Reminders    int        `json:"reminders"`
	Resume       int64      `json:"resume"`      // where a returned file goes on
	DeclinedBy   int64      `json:"declined_by"` // its superior may call the file up, once
	CalledUp     bool       `json:"called_up"`
	Unsigned     bool       `json:"unsigned"`  // 未签署意见 (D-16)
	Suspended    bool       `json:"suspended"` // an objection is open past its window
	Ground       string     `json:"ground"`    // why it ended, as told to the unit

	CreatedAt time.Time `json:"created_at"`
	FiledAt   time.Time `json:"filed_at"` // the last time
	EndedAt   time.Time `json:"ended_at"`
	FormScan  string    `json:"form_scan"` // SHA-256 of the scan of the form with its seals, hex; empty: none

	SelfTotal     *award.Points `json:"self_total"`     // 自评得分
	ProvinceTotal *award.Points `json:"province_total"` // 省级考核得分
	NationalTotal *award.Points `json:"national_total"` // 部级核定得分
}

// Row returns what the policy must know of the file.
func (f File) Row(r Round) Row {
	return Row{Owner: r.Owner, Office: f.Office, Unit: f.Unit, Path: f.Path, Waiting: f.Waiting}
}

// Due returns by when the waiting office must act: the file's own date, at the
// province the office's. Zero: no date.
func (f File) Due() time.Time {
	if f.DueAt.IsZero() && f.Waiting == f.Office {
		return f.StageDue
	}
	return f.DueAt
}

// SealingBody proposes whose seal the opinion of the office that has the file
// bears; empty where no office below the province does.
func (f File) SealingBody() string {
	if f.Waiting == 0 || f.Waiting == f.Unit || f.Waiting == f.Office {
		return ""
	}
	return award.SealingBody(f.WaitingKind, f.WaitingName)
}

// standing returns where the file is on its chain.
func (f File) standing() award.Standing {
	return award.Standing{
		Path: f.Path, Recommending: f.Office, State: f.State, Waiting: f.Waiting,
		Resume: f.Resume, DeclinedBy: f.DeclinedBy, CalledUp: f.CalledUp,
	}
}

// FileMove is one move of a file, a row of its history (办理过程).
type FileMove struct {
	Application int64
	Revision    int // of the file after the move
	Act         award.Act
	From, To    award.FileState
	By          award.Officer // zero: the procedure, on a date
	OfficeCode  string        // when read
	OfficerName string        // when read
	Ground      string
	At          time.Time // when read
}

// fileTx keeps self-checks, applications and what offices say of them.
type fileTx interface {
	factTx
	knownTx
	progressTx
	selfCheckTx
	selfCheckTableTx
	endorsementTx
	inspectionTx
	intakeTx
	endingTx
	intakeLimitTx
	subItemTx
	reviewTx
	// MoveFiles moves every file that fits, each with its row of history, and
	// returns how many. A move that the table of award.FileMoves does not have
	// is refused.
	MoveFiles(ctx context.Context, m FilesMove) (int, error)
	// PassFileGate shares the gate of a file's recommending office, as PassGate
	// does, and returns the office; award.NotFound when the round has no such file.
	PassFileGate(ctx context.Context, round string, id int64) (int64, error)
	// LockFile reads a file and holds it until the end.
	LockFile(ctx context.Context, round string, id int64) (File, error)
	// AddFile adds a draft and returns its ID; award.Conflict when the unit has
	// a live application in the round.
	AddFile(ctx context.Context, f File) (int64, error)
	// SaveFile writes a locked file as it now stands.
	SaveFile(ctx context.Context, f File) error
	// KeepMove adds a row to a file's history.
	KeepMove(ctx context.Context, m FileMove) error
	// KeepRevision keeps a file as filed, with the self-check it was filed with.
	KeepRevision(ctx context.Context, f File, check SelfCheck) error
	// HeldTitle returns the number of the title of the category, given by the
	// office, that a unit holds, by itself or as the successor of a merged one;
	// empty: none.
	HeldTitle(ctx context.Context, unit int64, category award.Category, giver int64) (string, error)
	// LeaveLists takes a withdrawn file off the lists and the cut it stands on.
	LeaveLists(ctx context.Context, application int64) error
}

// CreateApplication is a new application (建立申报).
type CreateApplication struct {
	Round    string
	Unit     string // code
	Category award.Category
	Form     map[string]string
}

// CreateApplication starts a unit's application as a draft, pre-filled with what
// is known: register, facts of the year, last round (N 五(三)). One unit, one category, one live application a round (domain 4); a
// holder of the title does not apply again (domain 6.8).
func (a *Acts) CreateApplication(ctx context.Context, by award.Officer, key Key, in CreateApplication) (Done[File], error) {
	return once(ctx, a, by, key, award.ActCreateApplication, in.Round, func(t *act) (File, error) {
		p, unit, err := t.enterUnit(ctx, in.Round, in.Unit)
		if err != nil {
			return File{}, err
		}
		if err := Can(by, t.name, unit.Row(p.round)); err != nil {
			return File{}, err
		}
		rule, err := p.admit(unit, in.Category)
		if err != nil {
			return File{}, err
		}
		if err := award.IntakeApply.Admits(p.now, p.office.ApplyClosesAt); err != nil {
			return File{}, err
		}
		if err := t.mayStand(ctx, p, unit.ID, unit.Name, in.Category); err != nil {
			return File{}, err
		}
		known, _, err := knownForm(ctx, t, p.round, unit, in.Category, p.now)
		if err != nil {
			return File{}, err
		}
		form, from := award.Prefill(rule.Form, known)
		prefilled := 0
		for key := range from {
			if typed, given := in.Form[key]; !given || typed == form[key] {
				prefilled++
			}
		}
		maps.Copy(form, in.Form)
		if defects := award.CheckDraft(rule.Form, form); len(defects) > 0 {
			return File{}, award.RefuseFields(award.Invalid, "N 四(一)", "form_malformed", defects)
		}
		f := File{
			Round: in.Round, Unit: unit.ID, UnitName: unit.Name, Category: in.Category, Office: unit.Office,
			State: award.FileDraft, Form: form, Prefilled: prefilled, Waiting: unit.ID, WaitingSince: p.now, CreatedAt: p.now,
		}
		if f.ID, err = t.AddFile(ctx, f); err != nil {
			return File{}, err
		}
		if err := t.audit(ctx, fileSubject(f.ID), "", nil); err != nil {
			return File{}, err
		}
		return t.LockFile(ctx, in.Round, f.ID)
	})
}

// EditApplication is a change of the form; keys left out stay as they are.
type EditApplication struct {
	Round       string
	Application int64
	Revision    int
	Form        map[string]string
}

// EditApplication changes the form while the file is the unit's: a draft, or
// returned to it for mending, and only as long as it could still be filed.
func (a *Acts) EditApplication(ctx context.Context, by award.Officer, key Key, in EditApplication) (Done[File], error) {
	return once(ctx, a, by, key, award.ActEditApplication, in.Round, func(t *act) (File, error) {
		p, f, err := t.enterFile(ctx, in.Round, in.Application, in.Revision)
		if err != nil {
			return File{}, err
		}
		if !f.standing().WithUnit() {
			return File{}, award.Refuse(award.Conflict, "N 四(一)", "file_not_with_unit", string(f.State))
		}
		if err := p.inTime(f); err != nil {
			return File{}, err
		}
		rule, err := p.round.Category(f.Category)
		if err != nil {
			return File{}, err
		}
		maps.Copy(f.Form, in.Form)
		if defects := award.CheckDraft(rule.Form, f.Form); len(defects) > 0 {
			return File{}, award.RefuseFields(award.Invalid, "N 四(一)", "form_malformed", defects)
		}
		f.Revision++
		if err := t.SaveFile(ctx, f); err != nil {
			return File{}, err
		}
		return f, t.audit(ctx, fileSubject(f.ID), "", nil)
	})
}

// OnFile names a file, for acts that say no more than that or a reason.
type OnFile struct {
	Round       string
	Application int64
	Revision    int // the one seen; 0: whichever
	Reason      string
}

// FileApplication files the application (报送): a draft before the instant at
// which applications close, a returned one before its own due date. It needs a
// self-check that passes and a whole form; every defect is named at once.
func (a *Acts) FileApplication(ctx context.Context, by award.Officer, key Key, in OnFile) (Done[File], error) {
	return once(ctx, a, by, key, award.ActFile, in.Round, func(t *act) (File, error) {
		p, f, err := t.enterFile(ctx, in.Round, in.Application, in.Revision)
		if err != nil {
			return File{}, err
		}
		next, err := f.standing().Filed(p.arrived())
		if err != nil {
			return File{}, err
		}
		if err := p.inTime(f); err != nil {
			return File{}, err
		}
		if err := t.mayStand(ctx, p, f.Unit, f.UnitName, f.Category); err != nil { // it may have changed since the draft
			return File{}, err
		}
		check, err := t.readyToFile(ctx, p, f)
		if err != nil {
			return File{}, err
		}
		f.FiledAt = p.now
		if f, err = t.moveFile(ctx, p, f, next, ""); err != nil {
			return File{}, err
		}
		return f, t.KeepRevision(ctx, f, check)
	})
}

// readyToFile names everything that keeps a file from being filed, at once, and
// returns the self-check it is filed with (符合条件的, N 四(一)).
func (t *act) readyToFile(ctx context.Context, p place, f File) (SelfCheck, error) {
	rule, err := p.round.Category(f.Category)
	if err != nil {
		return SelfCheck{}, err
	}
	var defects []award.Defect
	check, err := t.SelfCheck(ctx, f.Round, f.Unit, f.Category)
	switch {
	case award.CodeOf(err) == award.NotFound:
		defects = append(defects, award.Defect{Pointer: "/self_check", Key: "self_check_missing"})
	case err != nil:
		return SelfCheck{}, err
	case !check.Complete:
		defects = append(defects, award.Defect{Pointer: "/self_check", Key: "self_check_incomplete"})
	case !check.Ready:
		defects = append(defects, award.Defect{
			Pointer: "/self_check", Key: "self_check_not_ready", Args: []any{check.Total.String(), p.round.Rules.PassMark.String()},
		})
	}
	defects = append(defects, award.CheckForm(rule.Form, f.Form)...)
	ladder, err := t.onLadder(ctx, p, f, rule)
	if err != nil {
		return SelfCheck{}, err
	}
	defects = append(defects, ladder...)
	if len(defects) > 0 {
		return SelfCheck{}, award.RefuseFields(award.Incomplete, "N 四(一)", "file_incomplete", defects)
	}
	return check, nil
}

// Withdraw ends an application at the unit's own wish (撤回). A file on a list
// leaves it; the place stays empty (D-04) or, at the province, goes to the next
// that was noticed (domain 5.6).
func (a *Acts) Withdraw(ctx context.Context, by award.Officer, key Key, in OnFile) (Done[File], error) {
	return once(ctx, a, by, key, award.ActWithdraw, in.Round, func(t *act) (File, error) {
		p, f, err := t.enterFile(ctx, in.Round, in.Application, in.Revision)
		if err != nil {
			return File{}, err
		}
		if in.Reason == "" {
			return File{}, reasonRequired()
		}
		f.Ground = in.Reason
		if f, err = t.moveFile(ctx, p, f, award.Place{State: award.FileWithdrawn}, in.Reason); err != nil {
			return File{}, err
		}
		return f, t.LeaveLists(ctx, f.ID)
	})
}

// enterFile enters the place of a file's recommending office, locks the file,
// and checks who may do this to it, that the round is under way, and that the
// caller has seen the file as it is.
func (t *act) enterFile(ctx context.Context, round string, id int64, seen int) (place, File, error) {
	office, err := t.PassFileGate(ctx, round, id)
	if err != nil {
		return place{}, File{}, err
	}
	p, err := t.inside(ctx, round, office)
	if err != nil {
		return place{}, File{}, err
	}
	f, err := t.LockFile(ctx, round, id)
	if err != nil {
		return place{}, File{}, err
	}
	if err := Can(t.by, t.name, f.Row(p.round)); err != nil {
		return place{}, File{}, err
	}
	if err := p.round.MustBeOpen(); err != nil {
		return place{}, File{}, err
	}
	if seen != 0 && seen != f.Revision {
		return place{}, File{}, award.Outdated()
	}
	return p, f, nil
}

// inTime checks that a file may still be filed: a draft obeys the office's
// intake, a returned file its own due date (domain 4).
func (p place) inTime(f File) error {
	if f.State == award.FileReturned {
		if p.now.Before(f.DueAt) {
			return nil
		}
		return award.Refuse(award.Closed, "domain 4", "return_overdue", award.Until(f.DueAt))
	}
	return award.IntakeApply.Admits(p.now, p.office.ApplyClosesAt)
}

// moveFile moves a file to its next place with its row of history, keeps the
// audit, and returns the file as it then stands. At the province the office's
// own date governs; elsewhere each office has EndorseDays.
func (t *act) moveFile(ctx context.Context, p place, f File, next award.Place, ground string) (File, error) {
	if err := award.MoveFile(f.State, t.name, next.State); err != nil {
		return File{}, err
	}
	from := f.State
	f.State, f.Waiting, f.Resume = next.State, next.Waiting, next.Resume
	f.WaitingSince, f.Reminders = p.now, 0
	switch {
	case next.Waiting == 0:
		f.WaitingSince, f.DueAt, f.EndedAt = time.Time{}, time.Time{}, p.now
	case next.State == award.FileAtProvince:
		f.DueAt = time.Time{}
	case next.State != award.FileReturned: // a return names its own date
		f.DueAt = p.round.Calendar().After(p.now, p.round.Rules.EndorseDays)
	}
	f.Unsigned = f.Unsigned || len(next.Skipped) > 0
	f.Revision++
	if err := t.SaveFile(ctx, f); err != nil {
		return File{}, err
	}
	for _, office := range next.Skipped {
		silent := Endorsement{Application: f.ID, Revision: f.Revision, Office: office, Opinion: award.OpinionUnsigned}
		if err := t.AddEndorsement(ctx, silent); err != nil {
			return File{}, err
		}
	}
	move := FileMove{Application: f.ID, Revision: f.Revision, Act: t.name, From: from, To: f.State, By: t.by, Ground: ground}
	if err := t.KeepMove(ctx, move); err != nil {
		return File{}, err
	}
	if err := t.audit(ctx, fileSubject(f.ID), ground, map[string]any{"from": from, "to": f.State}); err != nil {
		return File{}, err
	}
	f.WaitingCode, f.WaitingName, f.WaitingKind = "", "", ""
	if f.State.Ended() {
		return f, t.TellEnding(ctx, Ending{Files: []int64{f.ID}, To: f.State, Ground: f.Ground})
	}
	waiting, err := t.UnitOf(ctx, f.Round, f.Waiting)
	f.WaitingCode, f.WaitingName, f.WaitingKind = waiting.Code, waiting.Name, waiting.Kind
	return f, err
}

func fileSubject(id int64) string { return fmt.Sprintf("application/%d", id) }
