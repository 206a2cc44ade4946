package acts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"shifan/internal/award"
)

// This file is what becomes of evidence in the course of time: what was broken
// off, what nothing ever referred to, what a scanner had not seen.

// evidenceRestTx finds and removes what is left over.
type evidenceRestTx interface {
	// UnusedEvidence returns digests that no use ever referred to and that no
	// office has uploaded since the instant.
	UnusedEvidence(ctx context.Context, since time.Time, limit int) ([]string, error)
	// DropUnused takes such a content from the offices that hold it, and returns
	// how many did.
	DropUnused(ctx context.Context, sha256 string, since time.Time) (int, error)
	// LooseEvidence returns digests of content that no office holds.
	LooseEvidence(ctx context.Context, limit int) ([]string, error)
	// DropLoose forgets a content that no office holds, and reports whether it
	// is not kept any more.
	DropLoose(ctx context.Context, sha256 string) (bool, error)
	// UnscannedEvidence returns digests of content that was never scanned.
	UnscannedEvidence(ctx context.Context, limit int) ([]string, error)
	// MarkScanned records what the scanner said.
	MarkScanned(ctx context.Context, sha256 string, state award.ScanState) error
}

// EvidenceTidied counts what TidyEvidence has done.
type EvidenceTidied struct {
	BrokenOff int // uploads that a crash left aside
	Removed   int // contents nothing ever referred to
	Scanned   int // contents that had come before the scanner
	Infected  int // of those
}

// brokenOffAfter is how long a file may lie aside: an upload takes minutes.
const brokenOffAfter = 24 * time.Hour

// tidyAtOnce bounds one round of tidying; the next goes on.
const tidyAtOnce = 500

// TidyEvidence removes what no upload will finish and what nothing ever
// referred to (D-36), and scans what came before there was a scanner. Each
// content is a transaction of its own; several workers at once are harmless.
func (a *Acts) TidyEvidence(ctx context.Context) (EvidenceTidied, error) {
	var done EvidenceTidied
	if a.evidence.Files == nil {
		return done, nil
	}
	now, err := a.Now(ctx)
	if err != nil {
		return done, err
	}
	if done.BrokenOff, err = a.tidyAside(ctx, now.Add(-brokenOffAfter)); err != nil {
		return done, err
	}
	if done.Removed, err = a.tidyUnused(ctx, now.AddDate(0, 0, -a.evidence.Limits.OrphanDays)); err != nil {
		return done, err
	}
	done.Scanned, done.Infected, err = a.scanLate(ctx)
	return done, err
}

// Now reads the record's clock, the one that judges.
func (a *Acts) Now(ctx context.Context) (now time.Time, err error) {
	err = a.store.InTx(ctx, func(tx Tx) error {
		now, err = tx.Now(ctx)
		return err
	})
	return now, err
}

// tidyAside removes what lies aside, and the content it became where no act
// stands for it: by its digest, for that is all a crash leaves to go by.
func (a *Acts) tidyAside(ctx context.Context, before time.Time) (int, error) {
	names, err := a.evidence.Files.Older(ctx, incoming, before)
	if err != nil {
		return 0, fmt.Errorf("list evidence written aside: %w", err)
	}
	for i, name := range names {
		digest, err := a.digest(ctx, name)
		if err != nil {
			return i, err
		}
		if err := a.dropLoose(ctx, digest); err != nil {
			return i, err
		}
		if err := a.evidence.Files.Remove(ctx, name); err != nil {
			return i, fmt.Errorf("remove evidence written aside: %w", err)
		}
	}
	return len(names), nil
}

func (a *Acts) digest(ctx context.Context, name string) (string, error) {
	content, err := a.evidence.Files.Open(ctx, name)
	if err != nil {
		return "", fmt.Errorf("open evidence written aside: %w", err)
	}
	defer content.Close()
	h := sha256.New()
	if _, err := io.Copy(h, content); err != nil {
		return "", fmt.Errorf("read evidence written aside: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// tidyUnused removes contents that nothing ever referred to: first from the
// record, audited, then their bytes; a crash in between leaves a content that
// nobody holds, which the second half finds again.
func (a *Acts) tidyUnused(ctx context.Context, since time.Time) (int, error) {
	var unused, loose []string
	err := a.store.InTx(ctx, func(tx Tx) (err error) {
		unused, err = tx.UnusedEvidence(ctx, since, tidyAtOnce)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("find evidence nothing refers to: %w", err)
	}
	for _, digest := range unused {
		err := a.step(ctx, func(tx Tx) error {
			if err := tx.LockEvidence(ctx, digest); err != nil {
				return err
			}
			holders, err := tx.DropUnused(ctx, digest, since)
			if err != nil || holders == 0 {
				return err // referred to or uploaded meanwhile
			}
			return tx.Audit(ctx, Entry{
				Name: award.StepRemoveEvidence, Subject: "evidence/" + digest, Ground: "D-36",
				Detail: map[string]any{"offices": holders},
			})
		})
		if err != nil {
			return 0, fmt.Errorf("give up evidence nothing refers to: %w", err)
		}
	}
	err = a.store.InTx(ctx, func(tx Tx) (err error) {
		loose, err = tx.LooseEvidence(ctx, tidyAtOnce)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("find evidence nobody holds: %w", err)
	}
	for i, digest := range loose {
		if err := a.dropLoose(ctx, digest); err != nil {
			return i, err
		}
	}
	return len(loose), nil
}

// dropLoose removes a content unless an office holds it. The bytes go before
// the commit: whoever uploads the same waits for it, and then writes them anew.
func (a *Acts) dropLoose(ctx context.Context, digest string) error {
	err := a.step(ctx, func(tx Tx) error {
		if err := tx.LockEvidence(ctx, digest); err != nil {
			return err
		}
		gone, err := tx.DropLoose(ctx, digest)
		if err != nil || !gone {
			return err
		}
		return a.evidence.Files.Remove(ctx, keptAs(digest))
	})
	if err != nil {
		return fmt.Errorf("remove evidence nobody holds: %w", err)
	}
	return nil
}

// scanLate scans contents that came before there was a scanner. What is
// infected is not given out any more, and the record says so.
func (a *Acts) scanLate(ctx context.Context) (scanned, found int, err error) {
	if a.evidence.Scanner == nil {
		return 0, 0, nil
	}
	var digests []string
	err = a.store.InTx(ctx, func(tx Tx) (err error) {
		digests, err = tx.UnscannedEvidence(ctx, tidyAtOnce)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("find evidence never scanned: %w", err)
	}
	for _, digest := range digests {
		state, err := a.scan(ctx, keptAs(digest))
		if err != nil {
			return scanned, found, err
		}
		if state == award.ScanInfected {
			found++
		}
		err = a.step(ctx, func(tx Tx) error {
			if err := tx.MarkScanned(ctx, digest, state); err != nil || state != award.ScanInfected {
				return err
			}
			return tx.Audit(ctx, Entry{Name: award.StepScanEvidence, Subject: "evidence/" + digest, Ground: "D-35"})
		})
		if err != nil {
			return scanned, found, fmt.Errorf("record a scan: %w", err)
		}
		scanned++
	}
	return scanned, found, nil
}
