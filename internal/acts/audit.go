package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// AuditRow is one row of the decision log as read (办理日志).
type AuditRow struct {
	ID      int64
	At      time.Time
	Act     int64 // 0: the procedure, on a date
	Name    award.Act
	Subject string
	Ground  string
	Office  string // code; "" for the procedure
	Officer string // name
}

// AuditQuery asks for a page of the decision log of a round.
type AuditQuery struct {
	Round   string
	Subject string // "": any
	Below   int64  // only acts of this office's subtree; 0: all, the procedure's included
	After   int64
	Limit   int
}

// auditReads answers questions about the decision log.
type auditReads interface {
	// RoundOwner returns the owner office of a round; award.NotFound when there
	// is no such round.
	RoundOwner(ctx context.Context, round string) (int64, error)
	// AuditPage lists the decision log in order.
	AuditPage(ctx context.Context, in AuditQuery) ([]AuditRow, error)
}

// Audit lists the decision log of a round: all of it for the round's owner
// office, and for any other what offices of its own subtree did.
func (a *Acts) Audit(ctx context.Context, by award.Officer, in AuditQuery) ([]AuditRow, error) {
	owner, err := a.store.RoundOwner(ctx, in.Round)
	if err != nil {
		return nil, err
	}
	in.Below = by.Office
	if by.Office == owner {
		in.Below = 0
	}
	rows, err := a.store.AuditPage(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("list audit: %w", err)
	}
	return rows, nil
}
