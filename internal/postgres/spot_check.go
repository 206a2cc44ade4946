package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// SealSeed keeps a round's seed and its commitment.
func (t *tx) SealSeed(ctx context.Context, round string, seed award.Seed, commitment [32]byte) error {
	_, err := t.ExecContext(ctx, `
		WITH sealed AS (INSERT INTO spot_check (round_id, commitment) VALUES ($1, $2) RETURNING round_id)
		INSERT INTO spot_check_seed (round_id, seed) SELECT round_id, $3 FROM sealed`, round, commitment[:], seed[:])
	if err != nil {
		return fmt.Errorf("seal a seed: %w", err)
	}
	return nil
}

// SpotCheck reads a round's spot check without list and sample.
func (t *tx) SpotCheck(ctx context.Context, round string) (acts.SpotCheck, error) {
	c := acts.SpotCheck{Round: round}
	var drawn, published sql.NullTime
	err := t.QueryRowxContext(ctx, `
		SELECT commitment, sealed_at, drawn_at, published_at FROM spot_check WHERE round_id = $1`, round).
		Scan(&c.Commitment, &c.SealedAt, &drawn, &published)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.SpotCheck{}, award.Refuse(award.NotFound, "D-08", "spot_check_none", round)
	}
	if err != nil {
		return acts.SpotCheck{}, fmt.Errorf("read spot check: %w", err)
	}
	c.DrawnAt, c.PublishedAt = drawn.Time, published.Time
	return c, nil
}

// SealedSeed reads the seed for the draw.
func (t *tx) SealedSeed(ctx context.Context, round string) (award.Seed, error) {
	return readSeed(ctx, t, `SELECT seed FROM spot_check_seed WHERE round_id = $1`, round)
}

// PublishedSeed reads the seed of a published spot check, and no other.
func (t *tx) PublishedSeed(ctx context.Context, round string) (award.Seed, error) {
	return readSeed(ctx, t, `
		SELECT s.seed FROM spot_check_seed s JOIN spot_check c ON c.round_id = s.round_id
		WHERE s.round_id = $1 AND c.published_at IS NOT NULL`, round)
}

func readSeed(ctx context.Context, q queryer, query, round string) (award.Seed, error) {
	var kept []byte
	var seed award.Seed
	if err := q.GetContext(ctx, &kept, query, round); err != nil {
		return seed, fmt.Errorf("read seed: %w", err)
	}
	if copy(seed[:], kept) != len(seed) {
		return seed, fmt.Errorf("read seed of round %s: %d bytes", round, len(kept))
	}
	return seed, nil
}

// KeepDraw keeps the frozen list in the order of the draw.
func (t *tx) KeepDraw(ctx context.Context, round string, turns []acts.FrozenTurn) error {
	n := len(turns)
	ids, places := make([]int64, n), make([]int64, n)
	categories, offices, codes, names := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, turn := range turns {
		ids[i], places[i] = turn.Application, int64(turn.Place)
		categories[i], offices[i], codes[i], names[i] = string(turn.Category), turn.Office, turn.Code, turn.Name
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO frozen_unit (application_id, round_id, category, office_code, code, name, place)
		SELECT f.application_id, $1, f.category, f.office_code, f.code, f.name, f.place
		FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[])
			AS f (application_id, category, office_code, code, name, place)`,
		round, pq.Array(ids), pq.Array(categories), pq.Array(offices), pq.Array(codes), pq.Array(names), pq.Array(places))
	if err != nil {
		return fmt.Errorf("keep the frozen list: %w", err)
	}
	if _, err := t.ExecContext(ctx, `UPDATE spot_check SET drawn_at = shifan_now() WHERE round_id = $1`, round); err != nil {
		return fmt.Errorf("keep the draw: %w", err)
	}
	return nil
}

// byTurn orders units as a draw is shown: category (D-09), office, place.
const byTurn = `array_position(ARRAY['district', 'street', 'community', 'city', 'village'], f.category), f.office_code, f.place`

// FrozenTurns reads the frozen list in the order of the draw.
func (t *tx) FrozenTurns(ctx context.Context, round, office string) ([]acts.FrozenTurn, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT f.application_id, f.category, f.office_code, f.code, f.name, f.place
		FROM frozen_unit f WHERE f.round_id = $1 AND ($2 = '' OR f.office_code = $2) ORDER BY `+byTurn, round, office)
	if err != nil {
		return nil, fmt.Errorf("read the frozen list: %w", err)
	}
	return collect(rows, "read a frozen unit", func(row scanner) (u acts.FrozenTurn, err error) {
		err = row.Scan(&u.Application, &u.Category, &u.Office, &u.Code, &u.Name, &u.Place)
		return u, err
	})
}

// AddToSample adds units of the frozen list to the sample.
func (t *tx) AddToSample(ctx context.Context, by award.Officer, units []int64, as award.SampledAs, reason string) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO spot_check_unit (application_id, sampled_as, reason, officer_id)
		SELECT id, $2, $3, nullif($4::bigint, 0) FROM unnest($1::bigint[]) AS id`, pq.Array(units), as, reason, by.ID)
	if err != nil {
		return fmt.Errorf("add to the sample: %w", err)
	}
	return nil
}

// Sample reads the sample.
func (t *tx) Sample(ctx context.Context, round string) ([]acts.SampledUnit, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT f.application_id, f.category, f.office_code, f.code, f.name, f.place, s.sampled_as, s.reason,
		       coalesce(v.outcome, ''), v.outcome IS NULL AND a.state NOT IN ('reviewed', 'marked')
		FROM frozen_unit f
		JOIN spot_check_unit s ON s.application_id = f.application_id
		JOIN application a ON a.id = f.application_id
		LEFT JOIN site_visit v ON v.application_id = f.application_id
		WHERE f.round_id = $1 ORDER BY `+byTurn, round)
	if err != nil {
		return nil, fmt.Errorf("read the sample: %w", err)
	}
	return collect(rows, "read a unit of the sample", func(row scanner) (u acts.SampledUnit, err error) {
		err = row.Scan(&u.Application, &u.Category, &u.Office, &u.Code, &u.Name, &u.Place, &u.As, &u.Reason, &u.Outcome, &u.Left)
		return u, err
	})
}

// AddWidening records a widening.
func (t *tx) AddWidening(ctx context.Context, round string, w acts.Widening) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO spot_check_widening (round_id, office_code, number, failed, drawn) VALUES ($1, $2, $3, $4, $5)`,
		round, w.Office, w.Number, w.Failed, w.Drawn)
	if err != nil {
		return fmt.Errorf("widen the sample: %w", err)
	}
	return nil
}

// Widenings reads a round's widenings in order.
func (t *tx) Widenings(ctx context.Context, round string) ([]acts.Widening, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT office_code, number, failed, drawn, at FROM spot_check_widening
		WHERE round_id = $1 ORDER BY office_code, number`, round)
	if err != nil {
		return nil, fmt.Errorf("read widenings: %w", err)
	}
	return collect(rows, "read a widening", func(row scanner) (w acts.Widening, err error) {
		err = row.Scan(&w.Office, &w.Number, &w.Failed, &w.Drawn, &w.At)
		return w, err
	})
}

// PublishSeed records that seed and names are public.
func (t *tx) PublishSeed(ctx context.Context, round string) error {
	_, err := t.ExecContext(ctx, `
		UPDATE spot_check SET published_at = shifan_now() WHERE round_id = $1 AND published_at IS NULL`, round)
	if err != nil {
		return fmt.Errorf("publish the seed: %w", err)
	}
	return nil
}
