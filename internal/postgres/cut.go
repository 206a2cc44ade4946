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

// MarksAtProvince reads the marks of an office's files of a category.
func (t *tx) MarksAtProvince(ctx context.Context, round string, office int64, category award.Category) (map[int64]acts.MarkPair, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT a.id, r.self_check, i.marks
		FROM application a
		LEFT JOIN LATERAL (
			SELECT self_check FROM application_revision WHERE application_id = a.id ORDER BY revision DESC LIMIT 1
		) r ON true
		LEFT JOIN inspection i ON i.application_id = a.id
		WHERE a.round_id = $1 AND a.office_id = $2 AND a.category = $3 AND a.filed_at IS NOT NULL`, round, office, category)
	if err != nil {
		return nil, fmt.Errorf("read marks at the province: %w", err)
	}
	defer rows.Close()
	pairs := make(map[int64]acts.MarkPair)
	for rows.Next() {
		var id int64
		var pair acts.MarkPair
		if err := rows.Scan(&id, (*marks)(&pair.Self), (*marks)(&pair.Province)); err != nil {
			return nil, fmt.Errorf("read marks at the province: %w", err)
		}
		pairs[id] = pair
	}
	return pairs, rows.Err()
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
