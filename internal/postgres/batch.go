package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/award"
)

// BeginBatch returns the run of a job, making the first one when there is none.
func (t *tx) BeginBatch(ctx context.Context, round string, office int64, job award.Job) (award.BatchRun, error) {
	_, err := t.ExecContext(ctx, `
		INSERT INTO batch (round_id, office_id, job, number) VALUES ($1, $2, $3, 1)
		ON CONFLICT ON CONSTRAINT batch_pkey DO NOTHING`, round, office, job)
	if err != nil {
		return award.BatchRun{}, fmt.Errorf("begin batch: %w", err)
	}
	var run award.BatchRun
	err = t.QueryRowxContext(ctx, `
		SELECT number, finished_at IS NOT NULL FROM batch
		WHERE round_id = $1 AND office_id = $2 AND job = $3 ORDER BY number DESC LIMIT 1`,
		round, office, job).Scan(&run.Number, &run.Finished)
	if err != nil {
		return award.BatchRun{}, fmt.Errorf("read batch: %w", err)
	}
	return run, nil
}

// NextPages cuts the rows after a key into pages: the last key of every
// size-th row, and of the rest.
func (t *tx) NextPages(ctx context.Context, after award.Page, office int64, size, count int) ([]award.Page, error) {
	from := `application WHERE round_id = $4 AND office_id = $5 AND id > $1`
	args := []any{after.From, size, size * count, after.Round, office}
	switch after.Job {
	case award.JobFreeze:
		from, args = `unit WHERE id > $1`, args[:3]
	case award.JobScore: // the whole round's
		from, args = `application WHERE round_id = $4 AND id > $1 AND state IN ('reviewed', 'marked')`, args[:4]
	case award.JobLapse, award.JobPassUp:
	}
	var last []int64
	err := t.SelectContext(ctx, &last, `
		SELECT max(id) FROM (
			SELECT id, (row_number() OVER (ORDER BY id) - 1) / $2 AS page
			FROM (SELECT id FROM `+from+` ORDER BY id LIMIT $3) AS ahead
		) AS numbered GROUP BY page ORDER BY page`, args...)
	if err != nil {
		return nil, fmt.Errorf("cut pages of %s: %w", after.Job, err)
	}
	pages := make([]award.Page, 0, len(last))
	for _, to := range last {
		page := after
		page.To = to
		pages = append(pages, page)
		after.From = to
	}
	return pages, nil
}

// EndBatch closes a run with its counts.
func (t *tx) EndBatch(ctx context.Context, run award.Page, office int64, result award.PageResult) (bool, error) {
	ended, err := t.ExecContext(ctx, `
		UPDATE batch SET finished_at = shifan_now(), done = $5, failed = $6
		WHERE round_id = $1 AND office_id = $2 AND job = $3 AND number = $4 AND finished_at IS NULL`,
		run.Round, office, run.Job, run.Number, result.Done, result.Failed)
	if err != nil {
		return false, fmt.Errorf("end batch: %w", err)
	}
	n, err := ended.RowsAffected()
	return n > 0, err
}

// FailRow lists a row that a batch could not deal with.
func (t *tx) FailRow(ctx context.Context, page award.Page, office int64, subject, reason string) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO batch_failure (round_id, office_id, job, number, subject, reason) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT ON CONSTRAINT batch_failure_pkey DO UPDATE SET reason = excluded.reason`,
		page.Round, office, page.Job, page.Number, subject, reason)
	if err != nil {
		return fmt.Errorf("list failed row: %w", err)
	}
	return nil
}

// OfficeCodes returns the codes of a round's recommending offices, in D-09 order.
func (s *Store) OfficeCodes(ctx context.Context, round string) ([]string, error) {
	var codes []string
	if err := s.db.SelectContext(ctx, &codes, `SELECT code FROM round_office WHERE round_id = $1 ORDER BY code`, round); err != nil {
		return nil, fmt.Errorf("read office codes: %w", err)
	}
	return codes, nil
}

// LiveWorkflows returns the ID of every workflow that a live row should have.
func (s *Store) LiveWorkflows(ctx context.Context) ([]string, error) {
	var refs []struct {
		Round  string
		Office string
		Notice int
		Draft  bool
	}
	err := s.db.SelectContext(ctx, &refs, `
		SELECT r.id AS round, '' AS office, 0 AS notice, false AS draft FROM round r WHERE r.state = ANY($1)
		UNION ALL
		SELECT r.id, '', 0, true FROM round r WHERE r.state = 'draft' AND r.follows_id IS NOT NULL
		UNION ALL
		SELECT v.round_id, v.code, 0, false FROM office_standing v JOIN round r ON r.id = v.round_id
		WHERE r.state = ANY($1) AND NOT v.settled
		UNION ALL
		SELECT n.round_id, '', n.number, false FROM public_notice n JOIN round r ON r.id = n.round_id
		WHERE (r.state = ANY($1) OR r.state = 'closed') AND n.state = 'announced'
		ORDER BY round, notice, office`, pq.Array(liveStates()))
	if err != nil {
		return nil, fmt.Errorf("read live rows: %w", err)
	}
	ids := make([]string, 0, len(refs))
	for _, ref := range refs {
		switch {
		case ref.Draft:
			ids = append(ids, award.DraftWorkflow(ref.Round))
		case ref.Notice != 0:
			ids = append(ids, award.NoticeWorkflow(ref.Round, ref.Notice))
		case ref.Office != "":
			ids = append(ids, award.OfficeWorkflow(ref.Round, ref.Office))
		default:
			ids = append(ids, award.RoundWorkflow(ref.Round))
		}
	}
	return ids, nil
}

// LiveDrills returns the drill rounds under way.
func (s *Store) LiveDrills(ctx context.Context) ([]award.Drill, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT id, (extract(epoch FROM drill_day) * 1e9)::bigint FROM round WHERE drill AND state = ANY($1) ORDER BY id`,
		pq.Array(liveStates()))
	if err != nil {
		return nil, fmt.Errorf("read live drills: %w", err)
	}
	return collect(rows, "read live drill", func(row scanner) (d award.Drill, err error) {
		err = row.Scan(&d.Round, &d.Day)
		return d, err
	})
}

func liveStates() []string {
	var live []string
	for _, state := range award.RoundStates() {
		if state.Live() {
			live = append(live, string(state))
		}
	}
	return live
}
