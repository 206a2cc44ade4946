package postgres

import (
	"context"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Listings reads which of an office's files were ever on a proposed list, and
// whether a notice of one has ended.
func (t *tx) Listings(ctx context.Context, round string, office int64) (map[int64]bool, error) {
	var rows []struct {
		Application int64
		Noticed     bool
	}
	err := t.SelectContext(ctx, &rows, `
		SELECT i.application_id AS application, bool_or(coalesce(n.state, '') = 'ended') AS noticed
		FROM list l
		JOIN list_item i ON i.list_id = l.id
		LEFT JOIN public_notice n ON n.list_id = l.id AND n.state <> 'withdrawn'
		WHERE l.round_id = $1 AND l.office_id = $2 AND l.kind = $3
		GROUP BY i.application_id`, round, office, award.ListProposed)
	if err != nil {
		return nil, fmt.Errorf("read what was listed and noticed: %w", err)
	}
	listings := make(map[int64]bool, len(rows))
	for _, row := range rows {
		listings[row.Application] = row.Noticed
	}
	return listings, nil
}

// LimitsOf reads an office's limits.
func (t *tx) LimitsOf(ctx context.Context, round string, office int64) ([]acts.Limit, error) {
	rows, err := t.QueryxContext(ctx, limitColumns+`, `+usedSQL+`
		FROM recommendation_limit l JOIN round_office o ON o.round_id = l.round_id AND o.office_id = l.office_id
		WHERE l.round_id = $1 AND l.office_id = $2 ORDER BY `+categoryOrder("l.category"), round, office)
	if err != nil {
		return nil, fmt.Errorf("read an office's limits: %w", err)
	}
	return scanLimits(rows)
}
