package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// packageColumns are scanned by scanPackage.
const packageColumns = `
	SELECT revision, letter, report, state, sent_at, reason, revision_due_at FROM package
	WHERE round_id = $1 AND office_id = $2`

// Package reads an office's latest package.
func (t *tx) Package(ctx context.Context, round string, office int64) (acts.Package, error) {
	p, err := scanPackage(t.QueryRowxContext(ctx, packageColumns+` ORDER BY revision DESC LIMIT 1`, round, office), round, office)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Package{Round: round, Office: office}, nil
	}
	return p, err
}

func scanPackage(row scanner, round string, office int64) (acts.Package, error) {
	p := acts.Package{Round: round, Office: office}
	var letter, report []byte
	var sent, due sql.NullTime
	err := row.Scan(&p.Revision, &letter, &report, &p.State, &sent, &p.Reason, &due)
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

// NoticesOwed reads the revisions of the office's lists whose notice has not
// ended, and of its latest proposed list when that has units and no notice.
func (t *tx) NoticesOwed(ctx context.Context, round string, office int64) ([]int, error) {
	var owed []int
	err := t.SelectContext(ctx, &owed, `
		SELECT l.revision FROM list l JOIN public_notice n ON n.list_id = l.id
		WHERE n.round_id = $1 AND n.office_id = $2 AND n.state = 'announced' AND n.scope = 'provincial'
		UNION ALL
		SELECT latest.revision FROM (
			SELECT id, revision FROM list WHERE round_id = $1 AND office_id = $2 AND kind = 'proposed'
			ORDER BY revision DESC LIMIT 1) latest
		WHERE EXISTS (SELECT FROM list_item i WHERE i.list_id = latest.id)
		  AND NOT EXISTS (SELECT FROM public_notice n WHERE n.list_id = latest.id AND n.state <> 'withdrawn')
		ORDER BY revision`, round, office)
	if err != nil {
		return nil, fmt.Errorf("read notices owed: %w", err)
	}
	return owed, nil
}

// KeepPackageUnits keeps the units that a package's revision is sent with.
func (t *tx) KeepPackageUnits(ctx context.Context, p acts.Package, units []acts.ProvinceFile) error {
	files, categories := make([]int64, len(units)), make([]string, len(units))
	for i, u := range units {
		files[i], categories[i] = u.ID, string(u.Category)
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO package_unit (round_id, office_id, revision, application_id, category)
		SELECT $1, $2, $3, u.application_id, u.category FROM unnest($4::bigint[], $5::text[]) AS u (application_id, category)`,
		p.Round, p.Office, p.Revision, pq.Array(files), pq.Array(categories))
	if err != nil {
		return fmt.Errorf("keep the units of a package: %w", err)
	}
	return nil
}

// PackageRevisions reads every revision of an office's package, oldest first.
func (t *tx) PackageRevisions(ctx context.Context, round string, office int64) ([]acts.PackageRevision, error) {
	rows, err := t.QueryxContext(ctx, packageColumns+` ORDER BY revision`, round, office)
	if err != nil {
		return nil, fmt.Errorf("read packages: %w", err)
	}
	defer rows.Close()
	var revisions []acts.PackageRevision
	for rows.Next() {
		p, err := scanPackage(rows, round, office)
		if err != nil {
			return nil, err
		}
		revisions = append(revisions, acts.PackageRevision{Package: p})
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read packages: %w", err)
	}
	return revisions, t.readPackageUnits(ctx, round, office, revisions)
}

// readPackageUnits adds the units to the revisions they were sent with.
func (t *tx) readPackageUnits(ctx context.Context, round string, office int64, revisions []acts.PackageRevision) error {
	rows, err := t.QueryxContext(ctx, `
		SELECT p.revision, a.category, u.code, u.name
		FROM package_unit p
		JOIN application a ON a.id = p.application_id
		JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		WHERE p.round_id = $1 AND p.office_id = $2
		ORDER BY p.revision, `+byCategory, round, office)
	if err != nil {
		return fmt.Errorf("read the units of packages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var revision int
		var u award.Listed
		if err := rows.Scan(&revision, &u.Category, &u.Code, &u.Name); err != nil {
			return fmt.Errorf("read a unit of a package: %w", err)
		}
		for i := range revisions {
			if revisions[i].Revision == revision {
				revisions[i].Units = append(revisions[i].Units, u)
			}
		}
	}
	return rows.Err()
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
