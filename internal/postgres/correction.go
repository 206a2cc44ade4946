package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// OwedCorrections reads the corrections of files that have not been noticed yet,
// unless something else is open about the file.
func (t *tx) OwedCorrections(ctx context.Context, files []int64) (map[int64][]acts.Correction, error) {
	var rows []struct {
		Application int64 `db:"application_id"`
		Objection   int64 `db:"id"`
		Correction  string
	}
	err := t.SelectContext(ctx, &rows, `
		SELECT w.application_id, w.id, w.correction FROM objection w JOIN application a ON a.id = w.application_id
		WHERE w.application_id = ANY($1) AND w.state = 'partly_upheld' AND w.corrected_at IS NULL AND NOT `+openObjection+`
		ORDER BY w.id`, pq.Array(files))
	if err != nil {
		return nil, fmt.Errorf("read corrections owed: %w", err)
	}
	owed := make(map[int64][]acts.Correction)
	for _, r := range rows {
		owed[r.Application] = append(owed[r.Application], acts.Correction{Objection: r.Objection, Text: r.Correction})
	}
	return owed, nil
}

// ToNotice returns the files on a list that may be noticed with it.
func (t *tx) ToNotice(ctx context.Context, list int64, state award.FileState) ([]int64, error) {
	var files []int64
	err := t.SelectContext(ctx, &files, `
		SELECT a.id FROM list_item i JOIN application a ON a.id = i.application_id
		WHERE i.list_id = $1 AND i.removed_at IS NULL AND a.state = $2
		  AND (NOT a.suspended OR NOT `+openObjection+` AND NOT EXISTS (
			SELECT FROM objection w WHERE w.application_id = a.id AND w.state = 'partly_upheld' AND w.corrected_at IS NULL
			  AND NOT EXISTS (SELECT FROM list_correction c WHERE c.list_id = $1 AND c.objection_id = w.id)))
		ORDER BY a.id FOR UPDATE OF a`, list, state)
	if err != nil {
		return nil, fmt.Errorf("read files to notice: %w", err)
	}
	return files, nil
}

// WaitingCandidates lists the candidates that may be noticed, in the order of
// lists.
func (t *tx) WaitingCandidates(ctx context.Context, round string) ([]acts.ListItem, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT a.id, u.code, u.name, a.category
		FROM application a JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		WHERE a.round_id = $1 AND a.state = 'candidate' AND (NOT a.suspended OR NOT `+openObjection+`)
		ORDER BY `+byCategory+` FOR UPDATE OF a`, round)
	if err != nil {
		return nil, fmt.Errorf("read candidates that wait: %w", err)
	}
	return collect(rows, "read candidate that waits", func(row scanner) (i acts.ListItem, err error) {
		err = row.Scan(&i.Application, &i.Code, &i.Name, &i.Category)
		return i, err
	})
}

// NoticeToCorrect returns an office's latest notice in whose place none stands.
func (t *tx) NoticeToCorrect(ctx context.Context, round string, office int64, scope award.Scope, over bool) (int64, error) {
	var id int64
	err := t.GetContext(ctx, &id, `
		SELECT coalesce(max(n.id), 0) FROM public_notice n
		WHERE n.round_id = $1 AND n.office_id = $2 AND n.scope = $3 AND (n.state = 'withdrawn' OR $4 AND n.state = 'ended')
		  AND NOT EXISTS (SELECT FROM public_notice c WHERE c.corrects_id = n.id)`, round, office, scope, over)
	if err != nil {
		return 0, fmt.Errorf("look for a notice to correct: %w", err)
	}
	return id, nil
}

// SettleCorrections ends what a notice's list has corrected, and lifts the
// suspension of files about which nothing else is open.
func (t *tx) SettleCorrections(ctx context.Context, n acts.Notice) error {
	var files pq.Int64Array
	err := t.GetContext(ctx, &files, `
		WITH noticed AS (
			UPDATE objection o SET corrected_at = shifan_now()
			FROM list_correction c
			WHERE c.list_id = $1 AND o.id = c.objection_id AND o.corrected_at IS NULL
			RETURNING o.application_id
		) SELECT coalesce(array_agg(application_id), '{}') FROM noticed`, n.List)
	if err != nil {
		return fmt.Errorf("settle corrections: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		UPDATE application a SET suspended = false
		WHERE a.id = ANY($1) AND NOT `+openObjection+`
		  AND NOT EXISTS (SELECT FROM objection o WHERE o.application_id = a.id AND o.state = 'partly_upheld' AND o.corrected_at IS NULL)`, files)
	if err != nil {
		return fmt.Errorf("let corrected files go on: %w", err)
	}
	return nil
}
