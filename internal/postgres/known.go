package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// LastSelfCheck reads a unit's self-check in the newest round before r.
func (t *tx) LastSelfCheck(ctx context.Context, r acts.Round, unit int64, category award.Category) (acts.SelfCheck, error) {
	var round string
	err := t.GetContext(ctx, &round, `
		SELECT s.round_id FROM self_check s JOIN round r ON r.id = s.round_id
		WHERE s.unit_id = $1 AND s.category = $2 AND r.drill = $3 AND r.opened_at < $4 AND r.state <> 'cancelled'
		ORDER BY r.opened_at DESC LIMIT 1`, unit, category, r.Drill, r.OpenedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.SelfCheck{}, nil
	}
	if err != nil {
		return acts.SelfCheck{}, fmt.Errorf("find the last self-check: %w", err)
	}
	return t.SelfCheck(ctx, round, unit, category)
}

// LastFiled reads the application a unit filed last in the newest round before r.
func (t *tx) LastFiled(ctx context.Context, r acts.Round, unit int64, category award.Category) (acts.File, error) {
	f, err := scanFile(t.QueryRowxContext(ctx, fileColumns+` JOIN round r ON r.id = a.round_id
		WHERE a.unit_id = $1 AND a.category = $2 AND a.filed_at IS NOT NULL
		  AND r.drill = $3 AND r.opened_at < $4 AND r.state <> 'cancelled'
		ORDER BY r.opened_at DESC, a.id DESC LIMIT 1`, unit, category, r.Drill, r.OpenedAt))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.File{}, nil
	}
	if err != nil {
		return acts.File{}, fmt.Errorf("find the last application: %w", err)
	}
	return f, nil
}
