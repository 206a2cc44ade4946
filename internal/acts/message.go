package acts

import (
	"context"
)

// Message tells an office something (消息). Occasion names what it is about,
// so that telling it twice tells it once: a second message to the same office
// with the same occasion is not written.
type Message struct {
	ID       int64  // once written
	Round    string // "" for none
	Office   int64
	Occasion string // such as filed/17 or digest/2026-1/2026-11-30
	Kind     string
	Subject  string // the act and its date first: 〔需办理·截止11月30日〕…
	Body     string
}

// messageTx leaves messages in the act's own transaction.
type messageTx interface {
	// Post writes a message to an office's inbox, once per office and occasion.
	Post(ctx context.Context, m Message) error
}
