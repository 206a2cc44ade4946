package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// LockLimits holds an office's limits, in one order, before anything is counted
// under them.
func (t *tx) LockLimits(ctx context.Context, round string, office int64) (map[award.Category]int, error) {
	var rows []struct {
		Category award.Category
		Places   int
	}
	err := t.SelectContext(ctx, &rows, `
		SELECT category, places FROM recommendation_limit
		WHERE round_id = $1 AND office_id = $2 ORDER BY category FOR UPDATE`, round, office)
	if err != nil {
		return nil, fmt.Errorf("hold limits: %w", err)
	}
	limits := make(map[award.Category]int, len(rows))
	for _, row := range rows {
		limits[row.Category] = row.Places
	}
	return limits, nil
}

// ReplaceRecommendations writes an office's cut in place of its earlier one, as
// the next revision.
func (t *tx) ReplaceRecommendations(ctx context.Context, round string, office int64, cut []acts.Recommended) error {
	applications, categories, positions := make([]int64, len(cut)), make([]string, len(cut)), make([]int64, len(cut))
	for i, r := range cut {
		applications[i], categories[i], positions[i] = r.Application, string(r.Category), int64(r.Position)
	}
	_, err := t.ExecContext(ctx, `DELETE FROM recommendation WHERE round_id = $1 AND office_id = $2`, round, office)
	if err != nil {
		return fmt.Errorf("clear the earlier cut: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO recommendation (application_id, round_id, office_id, category, position)
		SELECT c.application_id, $1, $2, c.category, c.position
		FROM unnest($3::bigint[], $4::text[], $5::int[]) AS c (application_id, category, position)`,
		round, office, pq.Array(applications), pq.Array(categories), pq.Array(positions))
	if err != nil {
		return fmt.Errorf("write the cut: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		UPDATE round_office SET cut_revision = cut_revision + 1 WHERE round_id = $1 AND office_id = $2`, round, office)
	if err != nil {
		return fmt.Errorf("raise the cut's revision: %w", err)
	}
	return nil
}
