package acts

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"shifan/internal/award"
)

// Objection is an objection to a unit on a list before the public, or a lead
// about it (异议、线索, domain 7), without whoever made it: Objector has that.
type Objection struct {
	ID          int64
	Receipt     string // for whoever made it, the clerk who entered it, handler and supervisor
	Kind        award.ObjectionKind
	Notice      int64
	Number      int // of the notice, within the round
	NoticeState award.NoticeState
	Round       string
	Drill       bool
	Application int64
	UnitCode    string
	UnitName    string
	Category    award.Category
	Office      int64 // whose uninvolved officer handles it
	OfficeCode  string
	OfficeName  string
	Path        []int64 `json:"-"` // the office's: root … itself
	Channel     award.Channel
	State       award.ObjectionState
	Handler     int64 // officer; 0: not assigned yet
	HandlerName string
	ReceivedAt  time.Time
	Postmark    time.Time // of a letter
	EnteredBy   int64     // officer; 0: by form
	AdmitDue    time.Time
	AdmittedAt  time.Time // or refused
	RuleDue     time.Time
	ExtendedAt  time.Time
	RuledAt     time.Time
	WithdrawnAt time.Time
	Answer      string // in writing, to whoever made it
	Correction  string // partly upheld: what the list must say instead

	Facts       string       `json:"-"` // for handler and supervisor alone
	Attachments []Attachment `json:"-"` // likewise
	History     []ObjectionStep
	Commissions []Commission
}

// Row returns what the policy must know of the objection.
func (o Objection) Row(r Round) Row {
	return Row{Owner: r.Owner, Office: o.Office, Path: o.Path, Handler: o.Handler}
}

func (o Objection) subject() string { return fmt.Sprintf("objection/%d", o.ID) }

// ObjectionStep is one act on an objection, as its history keeps it.
type ObjectionStep struct {
	Act         award.Act
	From, To    award.ObjectionState // From empty: it was received
	OfficeCode  string               // empty: the public
	OfficerName string
	Ground      string
	At          time.Time
}

// Objector is who objected (异议人). It is in no outcome, list, message or log.
type Objector struct {
	Kind    award.ObjectorKind
	Name    string
	Contact string
}

// Attachment is a file sent with an objection.
type Attachment struct {
	SHA256 string
	Name   string
	Seal   bool // of an objecting unit
	Type   award.FileType
	Size   int64
	Scan   award.ScanState
}

// objectionTx keeps objections, who made them, and what becomes of their units.
type objectionTx interface {
	// PassNotice shares the gate of a notice and reads it behind; award.NotFound
	// when there is none.
	PassNotice(ctx context.Context, id int64) (Notice, error)
	// ShutNotice takes the gate of a notice alone, waiting for what is on its way.
	ShutNotice(ctx context.Context, round string, number int) error
	// PassNoticesOf shares the gates of the notices of every list a file is on.
	PassNoticesOf(ctx context.Context, application int64) error
	// NoticeOver reports whether a notice of the scope has ended with the file on
	// its list.
	NoticeOver(ctx context.Context, application int64, scope award.Scope) (bool, error)
	// ListedUnit returns the file of a unit on a list; award.NotFound when it is
	// not on it or has left it.
	ListedUnit(ctx context.Context, list int64, unit string) (int64, error)
	// ObjectionCalled returns the objection that an earlier call with the digest
	// made, and the digest of that call's body; 0: none.
	ObjectionCalled(ctx context.Context, notice int64, call [32]byte) (int64, []byte, error)
	// ObjectionsSince counts what came to a notice by form since an instant.
	ObjectionsSince(ctx context.Context, notice int64, since time.Time) (int, error)
	// AddObjection adds an objection with its facts; award.Conflict when the same
	// call is just made.
	AddObjection(ctx context.Context, o Objection, call PublicCall) (int64, error)
	// AddObjector keeps who made it.
	AddObjector(ctx context.Context, objection int64, who Objector) error
	// Objection reads an objection; award.NotFound when there is none.
	Objection(ctx context.Context, id int64) (Objection, error)
	// LockObjection reads it and holds it until the end.
	LockObjection(ctx context.Context, id int64) (Objection, error)
	// SaveObjection writes a locked objection as it now stands.
	SaveObjection(ctx context.Context, o Objection) error
	// KeepObjectionStep adds a row to an objection's history.
	KeepObjectionStep(ctx context.Context, objection int64, step ObjectionStep, by award.Officer) error
	// Objector reads who made an objection; the zero Objector for a lead.
	Objector(ctx context.Context, objection int64) (Objector, error)
	// OfficerOffice reads an active officer's office; award.NotFound when there is none.
	OfficerOffice(ctx context.Context, officer int64) (int64, error)

	// Suspend sets or lifts a file's suspension (暂缓).
	Suspend(ctx context.Context, application int64, suspended bool) error
	// SuspendObjected suspends the files on a list to which an objection is open,
	// and returns the names of the units that were not suspended before.
	SuspendObjected(ctx context.Context, list int64) ([]string, error)
	// Unsettled counts what keeps a file suspended: objections open, and those
	// partly upheld whose correction has not been noticed yet.
	Unsettled(ctx context.Context, application int64) (int, error)
	// FlagCorrection says on the lists that a file stands on what its line must
	// say instead.
	FlagCorrection(ctx context.Context, application int64, correction string) error
	// SettleCorrections ends what a notice's list has corrected, and lifts the
	// suspension of files about which nothing else is open.
	SettleCorrections(ctx context.Context, notice Notice) error

	commissionTx
	attachmentTx
	correctionTx
}

// objectionReads answers questions about objections.
type objectionReads interface {
	// ObjectionPage lists objections with the offices at and below one, or of the
	// rounds it owns.
	ObjectionPage(ctx context.Context, q ObjectionQuery) ([]Objection, error)
	// ObjectionByReceipt finds an objection; award.NotFound when there is none.
	ObjectionByReceipt(ctx context.Context, receipt string) (int64, error)
	// CommissionPage lists what an office is asked to check.
	CommissionPage(ctx context.Context, office, after int64, limit int) ([]Commission, error)
}

// PublicCall is what makes a public call the same when it is sent again.
type PublicCall struct {
	Digest, Body [32]byte // Digest of its key, or of its body where it has none
	Public       bool
}

// publicCall returns what a call is known by: whose it is says the key, and no
// address is kept.
func publicCall(key Key) PublicCall {
	call := PublicCall{Digest: key.Body, Body: key.Body, Public: true}
	if key.Key != "" {
		call.Digest = sha256.Sum256([]byte(key.Key))
	}
	return call
}

// is reports whether an earlier call had this one's body, which was kept.
func (c PublicCall) is(body []byte) error {
	if !bytes.Equal(body, c.Body[:]) {
		return award.Refuse(award.Incomplete, "", "idempotency_body")
	}
	return nil
}

// ObjectionInput is what whoever objects says.
type ObjectionInput struct {
	Notice   int64
	Unit     string // code
	Facts    string
	Objector *Objector // nil: a lead
}

// Defects names everything that is missing of what was said.
func (in ObjectionInput) Defects() []award.Defect {
	defects := award.CheckFacts(in.Facts)
	if in.Objector != nil {
		defects = append(defects, award.CheckObjector(in.Objector.Kind, in.Objector.Name, in.Objector.Contact)...)
	}
	return defects
}

func (in ObjectionInput) check() error {
	if defects := in.Defects(); len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "domain 7", "objection_malformed", defects)
	}
	return nil
}

// FileObjection takes an objection from anybody (提出异议), from 00:00 of the first
// to 24:00 of the last day of the notice, by the record's clock, and gives it a
// receipt number at once. Nothing needs to be told to the procedure: when the
// window ends it looks at the record. The same call again gets the same receipt.
func (a *Acts) FileObjection(ctx context.Context, key Key, in ObjectionInput) (Objection, error) {
	call := publicCall(key)
	var o Objection
	if err := in.check(); err != nil {
		return o, err
	}
	err := a.store.InTx(ctx, func(tx Tx) error {
		n, err := tx.PassNotice(ctx, in.Notice)
		if err != nil {
			return err
		}
		first, body, err := tx.ObjectionCalled(ctx, n.ID, call.Digest)
		if err != nil {
			return err
		}
		if first != 0 {
			if err := call.is(body); err != nil {
				return err
			}
			o, err = tx.Objection(ctx, first)
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		flood, err := tx.ObjectionsSince(ctx, n.ID, now.Add(-time.Hour))
		if err != nil {
			return err
		}
		if flood >= award.MostObjectionsHour {
			return award.Refuse(award.Unavailable, "D-65", "objections_flood")
		}
		o, err = receive(ctx, tx, award.Officer{}, award.ActFileObjection, 0, n, now, in, came{award.ChannelForm, now}, call)
		return err
	})
	return o, err
}

// came is how and when an objection came.
type came struct {
	channel award.Channel
	at      time.Time // of a letter its postmark's day
}

// EnterObjection is an objection that came to an office.
type EnterObjection struct {
	ObjectionInput
	Channel award.Channel
	Came    time.Time // when it came; of a letter the start of its postmark's day
}

// EnterObjection enters what came by letter, telephone, fax, e-mail or visit
// (录入异议): a letter by its postmark, all until the list is final. What comes
// later is a report on a holder.
func (a *Acts) EnterObjection(ctx context.Context, by award.Officer, key Key, in EnterObjection) (Done[Objection], error) {
	return once(ctx, a, by, key, award.ActEnterObjection, "", func(t *act) (Objection, error) {
		if err := in.check(); err != nil {
			return Objection{}, err
		}
		n, err := t.PassNotice(ctx, in.Notice)
		if err != nil {
			return Objection{}, err
		}
		t.round = n.Round
		round, err := t.Round(ctx, n.Round)
		if err != nil {
			return Objection{}, err
		}
		office, err := t.UnitOf(ctx, n.Round, n.Office)
		if err != nil {
			return Objection{}, err
		}
		if err := Can(by, t.name, Row{Owner: round.Owner, Office: n.Office, Path: office.Path}); err != nil {
			return Objection{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return Objection{}, err
		}
		return receive(ctx, t, by, t.name, t.id, n, now, in.ObjectionInput, came{in.Channel, in.Came}, PublicCall{})
	})
}

// receive keeps an objection behind its notice's gate. One that comes when the
// window is over suspends its unit at once.
func receive(ctx context.Context, tx Tx, by award.Officer, name award.Act, act int64, n Notice, now time.Time,
	in ObjectionInput, how came, call PublicCall,
) (Objection, error) {
	round, err := tx.Round(ctx, n.Round)
	if err != nil {
		return Objection{}, err
	}
	if err := takes(round, n, how, now); err != nil {
		return Objection{}, err
	}
	file, err := tx.ListedUnit(ctx, n.List, in.Unit)
	if err != nil {
		return Objection{}, err
	}
	office, err := freeOffice(ctx, tx, round, file, n.Office, handlers())
	if err != nil {
		return Objection{}, err
	}
	var random [award.ReceiptRandom]byte
	_, _ = rand.Read(random[:]) // never fails
	o := Objection{
		Receipt: award.NewReceipt(random), Kind: award.KindLead, Notice: n.ID, Round: n.Round, Application: file, Office: office.ID,
		Channel: how.channel, Facts: in.Facts, State: award.ObjectionReceived, ReceivedAt: how.at, EnteredBy: by.ID,
	}
	if in.Objector != nil {
		o.Kind = award.KindObjection
	}
	if how.channel == award.ChannelLetter {
		o.ReceivedAt, o.Postmark = now, how.at
	}
	o.AdmitDue = round.Rules.AdmitBy(round.Calendar(), o.ReceivedAt)
	id, err := tx.AddObjection(ctx, o, call)
	if err != nil {
		return Objection{}, err
	}
	if in.Objector != nil {
		if err := tx.AddObjector(ctx, id, *in.Objector); err != nil {
			return Objection{}, err
		}
	}
	if !now.Before(n.ClosesAt) {
		if err := tx.Suspend(ctx, file, true); err != nil {
			return Objection{}, err
		}
	}
	if err := tx.KeepObjectionStep(ctx, id, ObjectionStep{Act: name, To: o.State}, by); err != nil {
		return Objection{}, err
	}
	if err := tx.Audit(ctx, Entry{
		Act: act, By: by, Round: n.Round, Name: name, Subject: fmt.Sprintf("objection/%d", id), Ground: "domain 7",
		Detail: map[string]any{"notice": n.Number, "application": file, "kind": o.Kind, "channel": o.Channel},
	}); err != nil {
		return Objection{}, err
	}
	if o, err = tx.Objection(ctx, id); err != nil {
		return Objection{}, err
	}
	o.Facts = ""
	return o, askForHandler(ctx, tx, o)
}

// takes judges whether a notice takes an objection now. A suspended round does.
func takes(round Round, n Notice, how came, now time.Time) error {
	switch {
	case round.State == award.RoundCancelled:
		return award.Refuse(award.Closed, "domain 7", "round_over")
	case n.State == award.NoticeWithdrawn:
		return award.Refuse(award.Closed, "domain 7", "objection_notice_withdrawn")
	}
	if how.channel == award.ChannelLetter {
		if err := round.wholeDay(how.at); err != nil {
			return err
		}
	}
	window := award.ObjectionWindow{Opens: n.OpensAt, Closes: n.ClosesAt, Final: n.FinalAt}
	return window.Admits(how.channel, how.at, now)
}

// askForHandler asks the office that has an objection to name a handler. What it
// is about says the register; neither facts nor anybody's name.
func askForHandler(ctx context.Context, tx Tx, o Objection) error {
	return tx.Post(ctx, Message{
		Round: o.Round, Office: o.Office, Occasion: fmt.Sprintf("objection/%d", o.ID), Kind: "objection",
		Subject: fmt.Sprintf("〔需办理·截止%s〕对%s的%s,请指定承办人", award.Until(o.AdmitDue), o.UnitName, kindName(o.Kind)),
		Body:    "承办人须未参与该单位的审核、考察、评分、议定和公示;由承办人决定是否受理。",
	})
}

func kindName(kind award.ObjectionKind) string {
	if kind == award.KindLead {
		return "线索"
	}
	return "异议"
}

// handlers are the roles that may handle an objection: at the root the
// supervisor is who is left when everybody else took part.
func handlers() []award.Role {
	return []award.Role{award.RoleAdmin, award.RoleHead, award.RoleClerk, award.RoleSupervisor}
}

// freeOffice returns the office that has an active officer with one of the
// roles who took no part in deciding on a file: the one given, or the next
// above. Where nobody is free at all it is the last, which makes someone an
// officer.
func freeOffice(ctx context.Context, tx Tx, round Round, application, from int64, roles []award.Role) (Unit, error) {
	office, err := tx.UnitOf(ctx, round.ID, from)
	if err != nil {
		return Unit{}, err
	}
	for i := len(office.Path) - 1; i >= 0; i-- {
		free, err := tx.Uninvolved(ctx, application, office.Path[i], 0, roles)
		if err != nil {
			return Unit{}, err
		}
		if free > 0 || office.Path[i] == round.Owner || i == 0 {
			return tx.UnitOf(ctx, round.ID, office.Path[i])
		}
	}
	return office, nil
}

// unnamed refuses words of the handler that say who objected, since others will
// read them.
func (t *act) unnamed(ctx context.Context, o Objection, texts ...string) error {
	who, err := t.Objector(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if award.Names(text, who.Name, who.Contact) {
			return award.Refuse(award.Invalid, "domain 7", "objector_named")
		}
	}
	return nil
}

// textRequired refuses a text that is missing or blank.
func textRequired(pointer, text string) error {
	if strings.TrimSpace(text) == "" {
		return award.RefuseFields(award.Invalid, "domain 7", "reason_required", []award.Defect{{Pointer: pointer, Key: "field_required"}})
	}
	return nil
}
