package acts

import (
	"context"
	"time"

	"shifan/internal/award"
)

// OfficeWaiting is what waits for one office in a round (待办情况).
type OfficeWaiting struct {
	Office    int64
	Code      string
	Name      string
	Files     int
	Oldest    time.Time // since when the one that waits longest does
	Due       time.Time // when the first is due; zero: none is dated
	Overdue   int
	Reminders int // given on these files
}

// WaitingQuery asks for a page of what waits at and below an office.
type WaitingQuery struct {
	Round  string
	Office int64 // its subtree
	After  int64
	Limit  int
}

// WaitingAt lists the offices at and below one, by ID, for which files wait: at
// and below the caller's own unless another is named. Everyone sees whom the
// offices below keep waiting (domain 4).
func (a *Acts) WaitingAt(ctx context.Context, by award.Officer, office string, q WaitingQuery) ([]OfficeWaiting, error) {
	var out []OfficeWaiting
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, q.Round)
		if err != nil {
			return err
		}
		if office == "" {
			office = by.OfficeCode
		}
		unit, err := tx.Unit(ctx, q.Round, office)
		if err != nil {
			return err
		}
		if !MaySee(by, unit.Row(r)) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		q.Office = unit.ID
		out, err = tx.WaitingAt(ctx, q)
		return err
	})
	return out, err
}
