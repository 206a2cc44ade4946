package acts

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"shifan/internal/award"
)

// Message tells an office something (消息). Occasion names what it is about,
// so that telling it twice tells it once: a second message to the same office
// with the same occasion is not written.
type Message struct {
	ID         int64  // once written; so are the code and the times
	Round      string // "" for none
	Office     int64
	Officer    int64 // whom alone it is for; 0: the office
	OfficeCode string
	Occasion   string // such as filed/17 or digest/2026-11-30
	Kind       string
	Subject    string // the act and its date first: 〔需办理·截止11月30日〕…
	Body       string
	At         time.Time
	ReadAt     time.Time // zero: unread
}

// messageTx leaves messages in the act's own transaction.
type messageTx interface {
	// Post writes a message to an office's inbox, once per office and occasion.
	Post(ctx context.Context, m Message) error
	// Message reads a message; award.NotFound when there is none.
	Message(ctx context.Context, id int64) (Message, error)
	// MarkRead marks a message read, the first time.
	MarkRead(ctx context.Context, id int64) error
	digestTx
}

// messageReads answers questions about messages and keeps their deliveries.
type messageReads interface {
	// Inbox lists the messages for an office and those for the officer alone,
	// newest first, before the given ID; 0: from the newest.
	Inbox(ctx context.Context, office, officer, before int64, limit int) ([]Message, error)
	deliveries
}

// Inbox lists the messages of the caller's office and its own, newest first.
// An expert has its own alone.
func (a *Acts) Inbox(ctx context.Context, by award.Officer, before int64, limit int) ([]Message, error) {
	messages, err := a.store.Inbox(ctx, by.Office, by.ID, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return messages, nil
}

// Row returns what the policy must know of the message: what is for one officer
// alone is not its office's.
func (m Message) Row() Row {
	if m.Officer != 0 {
		return Row{Expert: m.Officer}
	}
	return Row{Office: m.Office}
}

// ReadMessage marks a message of the caller's office, or its own, read.
func (a *Acts) ReadMessage(ctx context.Context, by award.Officer, key Key, id int64) (Receipt, error) {
	done, err := once(ctx, a, by, key, award.ActReadMessage, "", func(t *act) (struct{}, error) {
		m, err := t.Message(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		if err := Can(by, award.ActReadMessage, m.Row()); err != nil {
			return struct{}{}, err
		}
		t.round = m.Round
		if err := t.MarkRead(ctx, id); err != nil {
			return struct{}{}, fmt.Errorf("mark message read: %w", err)
		}
		return struct{}{}, t.audit(ctx, "message/"+strconv.FormatInt(id, 10), "", nil)
	})
	return done.Receipt, err
}

// Channel carries messages to where people look. The in-app inbox is no
// channel: it is the message's own row.
type Channel interface {
	Name() string
	// Deliver hands one message over. An error means that it was not.
	Deliver(ctx context.Context, m Message) error
}

// logChannel writes that an office was told something, for an operator to see.
// What it was told stays in the record.
type logChannel struct{ log *slog.Logger }

func (logChannel) Name() string { return "log" }

func (c logChannel) Deliver(ctx context.Context, m Message) error {
	c.log.InfoContext(ctx, "message", "id", m.ID, "office", m.OfficeCode, "kind", m.Kind)
	return nil
}

// channels are where messages go beside the inbox; mail would be added here.
func (a *Acts) channels() []Channel { return []Channel{logChannel{a.log}} }

// Delivery is one message on one channel.
type Delivery struct {
	Message int64
	Channel string
}

// deliveries keeps what was handed to which channel. Each call is a
// transaction of its own: a claim is committed before anything is sent.
type deliveries interface {
	// Claim claims messages that the channels have not had yet.
	Claim(ctx context.Context, channels []string, limit int) (map[Delivery]Message, error)
	// EndDelivery records how a claim ended; note is empty when it was sent.
	EndDelivery(ctx context.Context, d Delivery, note string) error
	// AbandonClaims gives up claims of before the given time that never ended:
	// whether they were sent is unknown.
	AbandonClaims(ctx context.Context, patience time.Duration) ([]Delivery, error)
}

// claimPatience is how long a claim may be under way. A process that dies
// between claim and end leaves the outcome unknown: a person looks into it, and
// nothing is resent blindly (architecture 3).
const claimPatience = 10 * time.Minute

// DeliverPage hands new messages to the channels and returns how many were
// sent. A failed delivery is recorded and listed; the message is in the inbox
// all the same.
func (a *Acts) DeliverPage(ctx context.Context, limit int) (int, error) {
	abandoned, err := a.store.AbandonClaims(ctx, claimPatience)
	if err != nil {
		return 0, fmt.Errorf("abandon claims: %w", err)
	}
	for _, d := range abandoned {
		a.log.WarnContext(ctx, "delivery unknown: not sent again", "message", d.Message, "channel", d.Channel)
	}

	byName := make(map[string]Channel)
	var names []string
	for _, c := range a.channels() {
		byName[c.Name()] = c
		names = append(names, c.Name())
	}
	claimed, err := a.store.Claim(ctx, names, limit)
	if err != nil {
		return 0, fmt.Errorf("claim messages: %w", err)
	}
	sent := 0
	for d, m := range claimed {
		note := ""
		if err := byName[d.Channel].Deliver(ctx, m); err != nil {
			a.log.WarnContext(ctx, "delivery failed", "message", d.Message, "channel", d.Channel, "error", err)
			note = "failed"
		} else {
			sent++
		}
		if err := a.store.EndDelivery(ctx, d, note); err != nil {
			return sent, fmt.Errorf("record delivery: %w", err)
		}
	}
	return sent, nil
}
