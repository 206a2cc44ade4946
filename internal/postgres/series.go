package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/award"
)

// nextClass is the first key of the advisory lock under which the next round of
// a series is drafted; the second is the owner office.
const nextClass = 24

// LockSeries holds the series of an owner office until the end.
func (t *tx) LockSeries(ctx context.Context, owner int64) error {
	if _, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, $2::integer)`, nextClass, owner); err != nil {
		return fmt.Errorf("lock the series: %w", err)
	}
	return nil
}

// Series reads the real rounds of an owner office that are of the series, in the
// order drafted.
func (t *tx) Series(ctx context.Context, owner int64) ([]award.SeriesRound, error) {
	var rows []struct {
		ID         string
		State      award.RoundState
		Follows    string       `db:"follows_id"`
		Created    time.Time    `db:"created_at"`
		Opened     sql.NullTime `db:"opened_at"`
		Categories pq.StringArray
	}
	err := t.SelectContext(ctx, &rows, `
		SELECT r.id, r.state, coalesce(r.follows_id, '') AS follows_id, r.created_at, r.opened_at,
		       ARRAY(SELECT c.category FROM round_category c WHERE c.round_id = r.id) AS categories
		FROM round r WHERE r.owner_office_id = $1 AND NOT r.drill ORDER BY r.created_at, r.id`, owner)
	if err != nil {
		return nil, fmt.Errorf("read the series: %w", err)
	}
	var rounds []award.SeriesRound
	for _, r := range rows {
		categories := make([]award.Category, len(r.Categories))
		for i, c := range r.Categories {
			categories[i] = award.Category(c)
		}
		if award.InSeries(categories) {
			rounds = append(rounds, award.SeriesRound{ID: r.ID, State: r.State, Follows: r.Follows, Created: r.Created, Opened: r.Opened.Time})
		}
	}
	return rounds, nil
}

// FollowingDrafts reads the IDs of the drafts that the procedure has made.
func (t *tx) FollowingDrafts(ctx context.Context) ([]string, error) {
	var ids []string
	if err := t.SelectContext(ctx, &ids, `SELECT id FROM round WHERE state = 'draft' AND follows_id IS NOT NULL ORDER BY id`); err != nil {
		return nil, fmt.Errorf("read drafts of the series: %w", err)
	}
	return ids, nil
}

// Posted reports whether an office was told of an occasion.
func (t *tx) Posted(ctx context.Context, office int64, occasion string) (bool, error) {
	var posted bool
	err := t.GetContext(ctx, &posted, `SELECT EXISTS (SELECT FROM message WHERE office_id = $1 AND occasion = $2)`, office, occasion)
	if err != nil {
		return false, fmt.Errorf("look for a message: %w", err)
	}
	return posted, nil
}
