package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// OfficesUnsettled counts recommending offices whose latest package is not
// accepted and that are not closed by name. A round without offices counts one:
// nothing of it is settled.
func (t *tx) OfficesUnsettled(ctx context.Context, round string) (int, error) {
	var unsettled int
	err := t.GetContext(ctx, &unsettled, `
		SELECT CASE WHEN count(*) = 0 THEN 1 ELSE
			count(*) FILTER (WHERE s.state <> 'closed' AND coalesce(p.state, '') <> 'accepted') END
		FROM round_office o
		JOIN office_stage s ON s.round_id = o.round_id AND s.office_id = o.office_id AND s.stage = 'recommendation'
		LEFT JOIN LATERAL (
			SELECT state FROM package WHERE round_id = o.round_id AND office_id = o.office_id
			ORDER BY revision DESC LIMIT 1) p ON true
		WHERE o.round_id = $1`, round)
	if err != nil {
		return 0, fmt.Errorf("count unsettled offices: %w", err)
	}
	return unsettled, nil
}

const nationalFileFrom = `
	SELECT a.id, a.unit_id, u.code, u.name, a.category, o.code, a.state, m.marks,
	       s.application_id IS NOT NULL, coalesce(s.total, 0), coalesce(s.passed, false), u.path, a.office_id
	FROM application a
	JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
	JOIN round_office o ON o.round_id = a.round_id AND o.office_id = a.office_id
	LEFT JOIN assessment_mark m ON m.application_id = a.id
	LEFT JOIN score s ON s.application_id = a.id `

func readNationalFiles(ctx context.Context, q queryer, where string, args ...any) ([]acts.NationalFile, error) {
	rows, err := q.QueryxContext(ctx, nationalFileFrom+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read files before the nation: %w", err)
	}
	return collect(rows, "read file before the nation", func(row scanner) (f acts.NationalFile, err error) {
		err = row.Scan(&f.ID, &f.Unit, &f.Code, &f.Name, &f.Category, &f.Office, &f.State, (*marks)(&f.Marks), &f.Scored, &f.Total, &f.Passed,
			(*pq.Int64Array)(&f.Path), &f.Recommending)
		return f, err
	})
}

// NationalFiles reads files of a round in the states, by category and code.
func (t *tx) NationalFiles(ctx context.Context, round string, files []int64, states ...award.FileState) ([]acts.NationalFile, error) {
	return readNationalFiles(ctx, t, `
		WHERE a.round_id = $1 AND ($2::bigint[] IS NULL OR a.id = ANY($2)) AND a.state = ANY($3)
		ORDER BY `+byCategory, round, pq.Array(files), pq.Array(states))
}

// FreezeList keeps the frozen list's hash.
func (t *tx) FreezeList(ctx context.Context, round string, sha256 []byte) error {
	_, err := t.ExecContext(ctx, `UPDATE round SET list_frozen_at = shifan_now(), list_sha256 = $2 WHERE id = $1`, round, sha256)
	if err != nil {
		return fmt.Errorf("freeze list: %w", err)
	}
	return nil
}

// SaveMarks writes marks, a new revision where a unit has some already. Each
// array goes as text: unnest can not take rows of arrays of differing length.
func (t *tx) SaveMarks(ctx context.Context, by award.Officer, given []acts.NationalMarks) error {
	files, texts, notes := make([]int64, len(given)), make([]string, len(given)), make([]string, len(given))
	for i, m := range given {
		files[i], texts[i], notes[i] = m.Application, marks(m.Marks).text(), m.Note
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO assessment_mark (application_id, marks, note, officer_id)
		SELECT m.application_id, m.marks::bigint[], m.note, $4
		FROM unnest($1::bigint[], $2::text[], $3::text[]) AS m (application_id, marks, note)
		ON CONFLICT ON CONSTRAINT assessment_mark_pkey DO UPDATE SET
			marks = excluded.marks, note = excluded.note, officer_id = excluded.officer_id,
			revision = assessment_mark.revision + 1, at = shifan_now()`,
		pq.Array(files), pq.Array(texts), pq.Array(notes), by.ID)
	if err != nil {
		return fmt.Errorf("write marks: %w", err)
	}
	return nil
}

// Unmarked reads the first units of the frozen list without marks and counts
// all of them.
func (t *tx) Unmarked(ctx context.Context, round string, limit int) ([]acts.NationalFile, int, error) {
	const unmarked = `WHERE a.round_id = $1 AND a.state IN ('reviewed', 'marked') AND m.application_id IS NULL `
	var total int
	err := t.GetContext(ctx, &total, `
		SELECT count(*) FROM application a LEFT JOIN assessment_mark m ON m.application_id = a.id `+unmarked, round)
	if err != nil {
		return nil, 0, fmt.Errorf("count units without marks: %w", err)
	}
	files, err := readNationalFiles(ctx, t, unmarked+`ORDER BY `+byCategory+` LIMIT $2`, round, limit)
	return files, total, err
}

// PageOfMarks reads the marks of the files of a page that stand to be scored.
func (t *tx) PageOfMarks(ctx context.Context, p award.Page) ([]acts.NationalFile, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT a.id, a.category, m.marks
		FROM application a LEFT JOIN assessment_mark m ON m.application_id = a.id
		WHERE a.round_id = $1 AND a.id > $2 AND a.id <= $3 AND a.state IN ('reviewed', 'marked')
		ORDER BY a.id`, p.Round, p.From, p.To)
	if err != nil {
		return nil, fmt.Errorf("read a page of marks: %w", err)
	}
	return collect(rows, "read marks", func(row scanner) (f acts.NationalFile, err error) {
		err = row.Scan(&f.ID, &f.Category, (*marks)(&f.Marks))
		return f, err
	})
}

// SaveScores writes a page's scores and failures. The same again changes
// nothing.
func (t *tx) SaveScores(ctx context.Context, p award.Page, owner int64, scores []acts.FileScore, failures []acts.FileFailure) error {
	n := len(scores)
	files, totals, passed := make([]int64, n), make([]int64, n), make([]bool, n)
	blocks, reasons := make([]string, n), make([]string, n)
	for i, s := range scores {
		files[i], totals[i], passed[i], blocks[i] = s.Application, int64(s.Total), s.Passed, marks(s.Blocks).text()
		var err error
		if reasons[i], err = reasonsText(s.Reasons); err != nil {
			return err
		}
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO score (application_id, total, blocks, passed, reasons)
		SELECT s.application_id, s.total, s.blocks::bigint[], s.passed, s.reasons::text[]
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bool[], $5::text[])
			AS s (application_id, total, blocks, passed, reasons)
		ON CONFLICT ON CONSTRAINT score_pkey DO UPDATE SET
			total = excluded.total, blocks = excluded.blocks, passed = excluded.passed, reasons = excluded.reasons,
			at = shifan_now()
		WHERE (score.total, score.blocks, score.passed, score.reasons)
			IS DISTINCT FROM (excluded.total, excluded.blocks, excluded.passed, excluded.reasons)`,
		pq.Array(files), pq.Array(totals), pq.Array(blocks), pq.Array(passed), pq.Array(reasons))
	if err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	return t.saveFailures(ctx, p, owner, files, failures)
}

// reasonsText writes why marks do not pass as the text of an array.
func reasonsText(reasons []award.Reason) (string, error) {
	if len(reasons) == 0 {
		return "{}", nil
	}
	texts := make(pq.StringArray, len(reasons))
	for i, reason := range reasons {
		texts[i] = reason.String()
	}
	text, err := texts.Value()
	if err != nil {
		return "", fmt.Errorf("encode reasons: %w", err)
	}
	return fmt.Sprint(text), nil
}

func (t *tx) saveFailures(ctx context.Context, p award.Page, owner int64, mended []int64, failures []acts.FileFailure) error {
	subjects := make([]string, len(mended))
	for i, id := range mended {
		subjects[i] = fileSubject(id)
	}
	_, err := t.ExecContext(ctx, `
		DELETE FROM batch_failure
		WHERE round_id = $1 AND office_id = $2 AND job = $3 AND number = $4 AND subject = ANY($5)`,
		p.Round, owner, p.Job, p.Number, pq.Array(subjects))
	if err != nil {
		return fmt.Errorf("clear mended failures: %w", err)
	}
	failed, reasons := make([]string, len(failures)), make([]string, len(failures))
	for i, f := range failures {
		failed[i], reasons[i] = fileSubject(f.Application), f.Reason
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO batch_failure (round_id, office_id, job, number, subject, reason)
		SELECT $1, $2, $3, $4, f.subject, f.reason FROM unnest($5::text[], $6::text[]) AS f (subject, reason)
		ON CONFLICT ON CONSTRAINT batch_failure_pkey DO NOTHING`,
		p.Round, owner, p.Job, p.Number, pq.Array(failed), pq.Array(reasons))
	if err != nil {
		return fmt.Errorf("list failures: %w", err)
	}
	return nil
}

func fileSubject(application int64) string {
	return "application/" + strconv.FormatInt(application, 10)
}

// FinishScore records that the frozen list is scored.
func (t *tx) FinishScore(ctx context.Context, round string) error {
	_, err := t.ExecContext(ctx, `UPDATE round SET scored_at = shifan_now() WHERE id = $1 AND scored_at IS NULL`, round)
	if err != nil {
		return fmt.Errorf("finish scoring: %w", err)
	}
	return nil
}
