// Package acts holds what people, offices and the procedure do to the record:
// one function per act, each one transaction that authorises, locks, asks the
// rule, writes, keeps history and audit, and leaves word for the procedure.
//
// Rules do not belong here (internal/award), nor SQL (internal/postgres), nor
// HTTP, nor Temporal. The store and the procedure are interfaces declared here
// and handed in by main.
package acts

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"

	"shifan/internal/award"
)

// Acts is everything that can be done. API, console and activities call the
// same functions.
type Acts struct {
	store     Store
	procedure Procedure
	log       *slog.Logger
	evidence  EvidenceStore
	random    io.Reader // where seeds come from
	passwords passwords
	counts    *kept[string, Counts]           // by round
	progress  *kept[int, []CommunityProgress] // the nation's, by year
}

// New returns the acts over the record, telling the procedure what it must hear.
func New(store Store, procedure Procedure, log *slog.Logger) *Acts {
	return &Acts{
		store: store, procedure: procedure, log: log, random: rand.Reader, passwords: newPasswords(),
		counts: keep[string, Counts](countsLast), progress: keep[int, []CommunityProgress](progressLasts),
	}
}

// Store is the record. internal/postgres implements it.
type Store interface {
	// InTx runs fn in one transaction and commits when it returns nil. fn may be
	// run more than once: it sets what it answers and does nothing else outside.
	InTx(ctx context.Context, fn func(tx Tx) error) error
	outbox
	Reads
}

// Tx is one transaction on the record. Each family of acts declares what it
// needs beside its acts.
type Tx interface {
	actTx
	logTx
	recordTx
	roundTx
	standardTx
	officerTx
	fileTx
	listTx
	batchTx
	messageTx
	evidenceTx
	calendarTx
	objectionTx
	// Try runs fn and takes back what it wrote when it fails; the transaction
	// goes on.
	Try(ctx context.Context, fn func() error) error
}

// Reads are the answers to questions, outside any act.
type Reads interface {
	logReads
	roundReads
	standardReads
	officerReads
	fileReads
	listReads
	procedureReads
	messageReads
	evidenceReads
	expertReads
	calendarReads
	objectionReads
}

// Key makes a repeated call harmless: the same officer, method, path and key
// with the same body get the first call's outcome (architecture 2).
type Key struct {
	Method, Path string
	Key          string   // Idempotency-Key; empty: the caller does not repeat
	Body         [32]byte // SHA-256 of the body
}

// Receipt proves an act (回执).
type Receipt struct {
	Act       int64     `json:"act"`
	At        time.Time `json:"at"`
	Procedure Told      `json:"-"` // decided anew at each answer
}

// Told says whether the procedure has heard of an act.
type Told string

// What a receipt says of the procedure.
const (
	ToldNone     Told = "none"     // nothing to tell
	ToldInformed Told = "informed" // the workflow has the signal
	ToldPending  Told = "pending"  // it will be sent as soon as Temporal answers; the act stands
)

// Done is an act's outcome: its receipt and what it made.
type Done[T any] struct {
	Receipt Receipt `json:"receipt"`
	Result  T       `json:"result"`
}

// actTx keeps acts, their audit and what the procedure must hear.
type actTx interface {
	// BeginAct claims the key. It returns the outcome of the first call when
	// the key was used with the same body; award.Invalid "idempotency_body"
	// (422 at the border) when it was used with another. A first call still
	// under way is waited for.
	BeginAct(ctx context.Context, by award.Officer, key Key, name award.Act) (Receipt, json.RawMessage, error)
	// EndAct stores the outcome.
	EndAct(ctx context.Context, act int64, round string, outcome json.RawMessage) error
	// Audit writes one row of the decision log.
	Audit(ctx context.Context, entry Entry) error
	// Tell leaves a signal in the outbox.
	Tell(ctx context.Context, act int64, signal Signal) error
	// Now is the record's clock: the one that judges.
	Now(ctx context.Context) (time.Time, error)
}

// Entry is one row of the decision log.
type Entry struct {
	Act     int64 // 0: the procedure did it
	By      award.Officer
	Round   string
	Name    award.Act
	Subject string // kind and id, such as application/17
	Ground  string // the reason given, or the article that made it due
	Detail  any    // JSON; nil for none
}

// Signal is what a workflow must hear.
type Signal = award.Signal

// outbox is what still has to be told.
type outbox interface {
	// Unsent returns signals not yet delivered: of one act, or of all when act
	// is 0, oldest first.
	Unsent(ctx context.Context, act int64, limit int) ([]Signal, error)
	// Sent records that signals have arrived.
	Sent(ctx context.Context, ids []int64) error
}

// Procedure is the running procedure. workflows.Client implements it.
type Procedure interface {
	// Signal tells a workflow to look at the record again, starting it when it
	// does not run. Telling it twice is harmless.
	Signal(ctx context.Context, signal Signal) error
}

// act is one act under way: what its function gets to work with.
type act struct {
	Tx
	id    int64
	at    time.Time
	by    award.Officer
	name  award.Act
	round string
	told  bool // it left word for the procedure

	limits award.EvidenceLimits
}

// Tell leaves a signal in the outbox.
func (t *act) Tell(ctx context.Context, act int64, signal Signal) error {
	t.told = true
	return t.Tx.Tell(ctx, act, signal)
}

// audit writes the act's row in the decision log.
func (t *act) audit(ctx context.Context, subject, ground string, detail any) error {
	return t.Audit(ctx, Entry{
		Act: t.id, By: t.by, Round: t.round, Name: t.name, Subject: subject, Ground: ground, Detail: detail,
	})
}

// tellRound leaves word for the round's workflow.
func (t *act) tellRound(ctx context.Context, stage award.Stage) error {
	return t.Tell(ctx, t.id, Signal{
		Workflow: award.RoundWorkflow(t.round), Name: t.name,
		Told: award.Told{Act: t.id, Stage: string(stage)},
	})
}

// tellOffice leaves word for the workflow of a recommending office.
func (t *act) tellOffice(ctx context.Context, office string, stage award.Stage) error {
	return t.Tell(ctx, t.id, Signal{
		Workflow: award.OfficeWorkflow(t.round, office), Name: t.name,
		Told: award.Told{Act: t.id, Office: office, Stage: string(stage)},
	})
}

// once does an act at most once: it claims the key, runs fn in the same
// transaction, keeps the outcome, and after the commit tells the procedure
// what fn left for it. round is "" for acts on no round.
func once[T any](ctx context.Context, a *Acts, by award.Officer, key Key, name award.Act, round string, fn func(t *act) (T, error)) (Done[T], error) {
	var done Done[T]
	var told bool
	err := a.store.InTx(ctx, func(tx Tx) error {
		receipt, first, err := tx.BeginAct(ctx, by, key, name)
		if err != nil {
			return err
		}
		done = Done[T]{Receipt: receipt}
		if first != nil {
			told = true // perhaps, and perhaps not delivered
			if err := json.Unmarshal(first, &done.Result); err != nil {
				return fmt.Errorf("read the first outcome of act %d: %w", receipt.Act, err)
			}
			return nil
		}
		t := &act{Tx: tx, id: receipt.Act, at: receipt.At, by: by, name: name, round: round, limits: a.evidence.Limits}
		if done.Result, err = fn(t); err != nil {
			return err
		}
		outcome, err := json.Marshal(done.Result)
		if err != nil {
			return fmt.Errorf("write outcome: %w", err)
		}
		told = t.told
		return tx.EndAct(ctx, t.id, t.round, outcome)
	})
	if err != nil {
		return Done[T]{}, err
	}
	done.Receipt.Procedure = ToldNone
	if told {
		done.Receipt.Procedure = a.deliver(ctx, done.Receipt.Act)
	}
	return done, nil
}

// step does what a date has made due: one transaction, audited without an
// officer.
func (a *Acts) step(ctx context.Context, fn func(tx Tx) error) error {
	return a.store.InTx(ctx, fn)
}

// deliver sends what one act left in the outbox. A failure is no fault of the
// act, which stands: the keeper sends it again.
func (a *Acts) deliver(ctx context.Context, act int64) Told {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliveryPatience)
	defer cancel()
	signals, err := a.store.Unsent(ctx, act, 100)
	if err != nil {
		a.log.WarnContext(ctx, "outbox unread", "act", act, "error", err)
		return ToldPending
	}
	if len(signals) == 0 {
		return ToldNone
	}
	if err := a.send(ctx, signals); err != nil {
		a.log.WarnContext(ctx, "procedure not informed yet", "act", act, "error", err)
		return ToldPending
	}
	return ToldInformed
}

// deliveryPatience bounds how long an answer waits for Temporal: an officer is
// told "pending" rather than kept waiting.
const deliveryPatience = 2 * time.Second

// send delivers signals and records which arrived.
func (a *Acts) send(ctx context.Context, signals []Signal) error {
	var sent []int64
	var failed error
	for _, signal := range signals {
		if failed = a.procedure.Signal(ctx, signal); failed != nil {
			break // Temporal is down: the rest would fail as slowly
		}
		sent = append(sent, signal.ID)
	}
	if len(sent) > 0 {
		if err := a.store.Sent(context.WithoutCancel(ctx), sent); err != nil {
			return fmt.Errorf("record what was told: %w", err)
		}
	}
	if failed != nil {
		return fmt.Errorf("tell the procedure: %w", failed)
	}
	return nil
}

// Relay sends what earlier acts left unsent, oldest first, and returns how many
// arrived. The keeper calls it.
func (a *Acts) Relay(ctx context.Context) (int, error) {
	signals, err := a.store.Unsent(ctx, 0, 500)
	if err != nil {
		return 0, fmt.Errorf("read outbox: %w", err)
	}
	if err := a.send(ctx, signals); err != nil {
		return 0, err
	}
	return len(signals), nil
}
