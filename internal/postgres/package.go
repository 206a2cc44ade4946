package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Package reads an office's latest package.
func (t *tx) Package(ctx context.Context, round string, office int64) (acts.Package, error) {
	p := acts.Package{Round: round, Office: office}
	var letter, report []byte
	var sent, due sql.NullTime
	err := t.QueryRowxContext(ctx, `
		SELECT revision, letter, report, state, sent_at, reason, revision_due_at FROM package
		WHERE round_id = $1 AND office_id = $2 ORDER BY revision DESC LIMIT 1`, round, office).
		Scan(&p.Revision, &letter, &report, &p.State, &sent, &p.Reason, &due)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return acts.Package{}, fmt.Errorf("read package: %w", err)
	}
	p.SentAt, p.RevisionDue = sent.Time, due.Time
	if err := json.Unmarshal(letter, &p.Letter); err != nil {
		return acts.Package{}, fmt.Errorf("read covering letter: %w", err)
	}
	if err := json.Unmarshal(report, &p.Report); err != nil {
		return acts.Package{}, fmt.Errorf("read inspection report: %w", err)
	}
	return p, nil
}

// SavePackage writes letter and report of a package that is not sent.
func (t *tx) SavePackage(ctx context.Context, by award.Officer, p acts.Package) error {
	letter, err := encode(p.Letter)
	if err != nil {
		return fmt.Errorf("encode covering letter: %w", err)
	}
	report, err := encode(p.Report)
	if err != nil {
		return fmt.Errorf("encode inspection report: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO package (round_id, office_id, revision, letter_number, letter, report, state, officer_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT ON CONSTRAINT package_pkey DO UPDATE SET
			letter_number = excluded.letter_number, letter = excluded.letter, report = excluded.report,
			officer_id = excluded.officer_id, adopted_at = shifan_now()
		WHERE package.state = 'adopted'`,
		p.Round, p.Office, p.Revision, p.Letter.Number, letter, report, p.State, by.ID)
	if err != nil {
		return fmt.Errorf("save package: %w", err)
	}
	return nil
}

// MovePackage records a package's new state.
func (t *tx) MovePackage(ctx context.Context, p acts.Package) error {
	_, err := t.ExecContext(ctx, `
		UPDATE package SET state = $4, reason = $5, revision_due_at = $6,
			sent_at = CASE WHEN $4 = 'sent' THEN shifan_now() ELSE sent_at END,
			answered_at = CASE WHEN $4 IN ('accepted', 'returned') THEN shifan_now() ELSE answered_at END
		WHERE round_id = $1 AND office_id = $2 AND revision = $3`,
		p.Round, p.Office, p.Revision, p.State, p.Reason, timeOrNull(p.RevisionDue))
	if err != nil {
		return fmt.Errorf("move package: %w", err)
	}
	return nil
}

// NoticesOwed counts the office's notices that have not ended, and its latest
// proposed list when that has units and no notice.
func (t *tx) NoticesOwed(ctx context.Context, round string, office int64) (int, error) {
	var owed int
	err := t.GetContext(ctx, &owed, `
		SELECT (SELECT count(*) FROM public_notice WHERE round_id = $1 AND office_id = $2 AND state = 'announced')
		     + (SELECT count(*) FROM (
		            SELECT id FROM list WHERE round_id = $1 AND office_id = $2 AND kind = 'proposed'
		            ORDER BY revision DESC LIMIT 1) latest
		        WHERE EXISTS (SELECT FROM list_item i WHERE i.list_id = latest.id)
		          AND NOT EXISTS (SELECT FROM public_notice n WHERE n.list_id = latest.id AND n.state <> 'withdrawn'))`,
		round, office)
	if err != nil {
		return 0, fmt.Errorf("count notices owed: %w", err)
	}
	return owed, nil
}

// CompleteStage records that a stage is complete. When it was found overdue is
// kept.
func (t *tx) CompleteStage(ctx context.Context, round string, office int64, stage award.Stage, report any) error {
	numbers := "{}"
	if report != nil {
		var err error
		if numbers, err = encode(report); err != nil {
			return fmt.Errorf("encode the stage's report: %w", err)
		}
	}
	_, err := t.ExecContext(ctx, `
		UPDATE office_stage SET state = 'complete', completed_at = shifan_now(), report = $4, revision = revision + 1
		WHERE round_id = $1 AND office_id = $2 AND stage = $3`, round, office, stage, numbers)
	if err != nil {
		return fmt.Errorf("complete stage: %w", err)
	}
	return nil
}

// SelfCheckReport counts an office's units, self-checks and applications.
func (t *tx) SelfCheckReport(ctx context.Context, round string, office int64) (acts.SelfCheckReport, error) {
	var r acts.SelfCheckReport
	err := t.QueryRowxContext(ctx, `
		SELECT (SELECT coalesce(sum(eligible), 0) FROM recommendation_limit WHERE round_id = $1 AND office_id = $2),
		       count(*), count(*) FILTER (WHERE ready),
		       (SELECT count(*) FROM application WHERE round_id = $1 AND office_id = $2 AND filed_at IS NOT NULL)
		FROM self_check WHERE round_id = $1 AND office_id = $2`, round, office).
		Scan(&r.Units, &r.SelfChecked, &r.Ready, &r.Applied)
	if err != nil {
		return acts.SelfCheckReport{}, fmt.Errorf("count self-checks: %w", err)
	}
	return r, nil
}
