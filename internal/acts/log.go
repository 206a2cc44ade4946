package acts

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"iter"
	"time"

	"shifan/internal/award"
)

// logTx seals the decision log.
type logTx interface {
	// LockLog makes this the one transaction that seals; false: another is at it.
	LockLog(ctx context.Context) (bool, error)
	// LogHead returns how far the log is sealed.
	LogHead(ctx context.Context) (award.LogHead, error)
	// UnsealedLog returns rows that wait for their seal, in the order in which
	// they get it: only rows that no transaction still under way can come before.
	// since is what the call before has returned, "" at first; the next call need
	// not look before what this one returns.
	UnsealedLog(ctx context.Context, since string, limit int) ([]award.LogRow, string, error)
	// SealLog adds links to the chain, the salts given row by row.
	SealLog(ctx context.Context, rows []int64, salts []award.LogSalt, seals []award.LogHead) error
}

// logReads answers questions about the sealed log.
type logReads interface {
	LogHead(ctx context.Context) (award.LogHead, error)
	// SealedLog returns the links after a position, in order.
	SealedLog(ctx context.Context, after int64, limit int) ([]award.LogLink, error)
	// LogWaits says how many rows wait for their seal and since when; the zero
	// instant when none does.
	LogWaits(ctx context.Context) (rows int64, oldest time.Time, err error)
}

// logBatch is how many rows one transaction seals: some milliseconds of work.
const logBatch = 1000

// Sealer chains the decision log (architecture 5). It remembers from where on
// rows may wait, so that a pass costs what is new.
type Sealer struct {
	store Store
	since string
}

// Sealer returns a sealer of the log. Any number may run: one works at a time.
func (a *Acts) Sealer() *Sealer { return &Sealer{store: a.store} }

// Seal chains what waits and can no longer be preceded, and returns how many
// rows it sealed.
func (s *Sealer) Seal(ctx context.Context) (int, error) {
	sealed := 0
	for {
		var rows []award.LogRow
		var next string
		err := s.store.InTx(ctx, func(tx Tx) (err error) {
			rows, next, err = seal(ctx, tx, s.since)
			return err
		})
		if err != nil {
			s.since = "" // perhaps another database answers next
			return sealed, fmt.Errorf("seal the log: %w", err)
		}
		s.since = next
		sealed += len(rows)
		if len(rows) < logBatch {
			return sealed, nil
		}
	}
}

// seal chains one batch. Without the lock it leaves everything as it was.
func seal(ctx context.Context, tx Tx, since string) ([]award.LogRow, string, error) {
	ours, err := tx.LockLog(ctx)
	if err != nil || !ours {
		return nil, since, err
	}
	head, err := tx.LogHead(ctx) // after the lock: no other sealer moves it
	if err != nil {
		return nil, since, err
	}
	rows, next, err := tx.UnsealedLog(ctx, since, logBatch)
	if err != nil || len(rows) == 0 {
		return nil, next, err
	}
	ids, salts, seals := make([]int64, len(rows)), make([]award.LogSalt, len(rows)), make([]award.LogHead, len(rows))
	for i, row := range rows {
		if _, err := io.ReadFull(rand.Reader, salts[i][:]); err != nil {
			return nil, since, fmt.Errorf("draw salt: %w", err)
		}
		head = head.Next(row.Digest(salts[i]))
		ids[i], seals[i] = row.ID, head
	}
	return rows, next, tx.SealLog(ctx, ids, salts, seals)
}

// LogHead returns how far the log is sealed: what published lists and receipts
// print.
func (a *Acts) LogHead(ctx context.Context) (award.LogHead, error) { return a.store.LogHead(ctx) }

// logPage is how many links are read at once.
const logPage = 2000

// links goes along the sealed log.
func (a *Acts) links(ctx context.Context) iter.Seq2[award.LogLink, error] {
	return func(yield func(award.LogLink, error) bool) {
		for after := int64(0); ; {
			page, err := a.store.SealedLog(ctx, after, logPage)
			if err != nil {
				yield(award.LogLink{}, fmt.Errorf("read the sealed log: %w", err))
				return
			}
			for _, link := range page {
				if !yield(link, nil) {
					return
				}
				after = link.Position
			}
			if len(page) < logPage {
				return
			}
		}
	}
}

// ExportLog returns the whole chain with the rows of one round (日志导出): of rows
// of other rounds only their digest. It is for the round's owner office, whose
// administrator, head and auditor may take it along.
func (a *Acts) ExportLog(ctx context.Context, by award.Officer, round string) (iter.Seq2[award.LogLink, error], error) {
	owner, err := a.store.RoundOwner(ctx, round)
	if err != nil {
		return nil, err
	}
	if by.Office != owner {
		return nil, award.Refuse(award.NotFound, "", "round_unknown", round)
	}
	if !by.Has(award.RoleAdmin, award.RoleHead, award.RoleAuditor) {
		return nil, award.Refuse(award.Forbidden, "architecture 5", "forbidden_export_log")
	}
	return func(yield func(award.LogLink, error) bool) {
		for link, err := range a.links(ctx) {
			if link.Row != nil && (link.Row.Round == nil || *link.Row.Round != round) {
				digest := link.Row.Digest(link.Salt)
				link = award.LogLink{LogHead: link.LogHead, Withheld: &digest}
			}
			if !yield(link, err) {
				return
			}
		}
	}, nil
}

// LogVerification is what verifying the log in service has shown.
type LogVerification struct {
	award.LogReport
	Unsealed int64     // rows that wait for their seal
	Oldest   time.Time // since when; zero: none waits
}

// MayVerifyLog reports whether an officer verifies the log: those who look over
// others' shoulders and change nothing (D-111).
func MayVerifyLog(by award.Officer) bool { return by.Has(award.RoleAuditor, award.RoleSupervisor) }

// VerifyLog verifies the whole log as it stands, against a head known before
// when one is given (日志核验), for an auditor or a supervisor.
func (a *Acts) VerifyLog(ctx context.Context, by award.Officer, known award.LogHead) (LogVerification, error) {
	if !MayVerifyLog(by) {
		return LogVerification{}, award.Refuse(award.Forbidden, "architecture 5", "forbidden_verify_log")
	}
	return a.CheckLog(ctx, known)
}

// CheckLog is VerifyLog for whoever holds the database.
func (a *Acts) CheckLog(ctx context.Context, known award.LogHead) (LogVerification, error) {
	v := award.NewLogVerifier(known)
	for link, err := range a.links(ctx) {
		if err != nil {
			return LogVerification{}, err
		}
		v.Add(link)
	}
	rows, oldest, err := a.store.LogWaits(ctx)
	if err != nil {
		return LogVerification{}, fmt.Errorf("count unsealed rows: %w", err)
	}
	if rows > 0 {
		v.Unsealed(oldest)
	}
	return LogVerification{LogReport: v.End(), Unsealed: rows, Oldest: oldest}, nil
}
