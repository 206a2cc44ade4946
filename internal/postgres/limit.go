package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// limitColumns are scanned by scanLimit.
const limitColumns = `
	SELECT l.office_id, o.code, o.name, l.category, l.eligible, l.source, to_char(l.counted_on, 'YYYY-MM-DD'), l.ratio, l.places`

// usedSQL counts what is recommended under a limit l.
const usedSQL = `
	(SELECT count(*) FROM recommendation r
	 WHERE r.round_id = l.round_id AND r.office_id = l.office_id AND r.category = l.category)`

func scanLimit(row scanner) (acts.Limit, error) {
	var l acts.Limit
	var countedOn string
	err := row.Scan(&l.Office, &l.OfficeCode, &l.OfficeName, &l.Category, &l.Eligible, &l.Source, &countedOn,
		&l.Ratio, &l.Places, &l.Used)
	if err != nil {
		return acts.Limit{}, err
	}
	l.CountedOn, err = award.ParseDate(countedOn)
	return l, err
}

// LockLimit reads a limit and holds its row; what is used is counted in a
// second statement, which sees what an act waited for has written.
func (t *tx) LockLimit(ctx context.Context, round string, office int64, category award.Category) (acts.Limit, error) {
	const from = `
		FROM recommendation_limit l JOIN round_office o ON o.round_id = l.round_id AND o.office_id = l.office_id
		WHERE l.round_id = $1 AND l.office_id = $2 AND l.category = $3`
	_, err := t.ExecContext(ctx, `SELECT l.places`+from+` FOR UPDATE OF l`, round, office, category)
	if err != nil {
		return acts.Limit{}, fmt.Errorf("lock limit: %w", err)
	}
	l, err := scanLimit(t.QueryRowxContext(ctx, limitColumns+`, `+usedSQL+from, round, office, category))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Limit{}, award.Refuse(award.NotFound, "N 四(二)", "limit_unknown", string(category))
	}
	if err != nil {
		return acts.Limit{}, fmt.Errorf("read limit: %w", err)
	}
	return l, nil
}

// PutLimits writes limits, new or replaced.
func (t *tx) PutLimits(ctx context.Context, round string, limits []acts.Limit) error {
	type row struct {
		Office    int64          `json:"office_id"`
		Category  award.Category `json:"category"`
		Eligible  int            `json:"eligible"`
		Source    string         `json:"source"`
		CountedOn string         `json:"counted_on"`
		Ratio     int            `json:"ratio"`
		Places    int            `json:"places"`
	}
	rows := make([]row, len(limits))
	for i, l := range limits {
		rows[i] = row{l.Office, l.Category, l.Eligible, l.Source, l.CountedOn.String(), l.Ratio, l.Places}
	}
	encoded, err := encode(rows)
	if err != nil {
		return fmt.Errorf("encode limits: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO recommendation_limit (round_id, office_id, category, eligible, source, counted_on, ratio, places)
		SELECT $1, n.office_id, n.category, n.eligible, n.source, n.counted_on, n.ratio, n.places
		FROM jsonb_to_recordset($2::jsonb) AS n (office_id bigint, category text, eligible integer, source text,
			counted_on date, ratio integer, places integer)
		ON CONFLICT ON CONSTRAINT recommendation_limit_pkey DO UPDATE SET
			eligible = excluded.eligible, source = excluded.source, counted_on = excluded.counted_on,
			ratio = excluded.ratio, places = excluded.places`, round, encoded)
	if err != nil {
		return fmt.Errorf("write limits: %w", err)
	}
	return nil
}

// PackageWasAdopted reports whether any office of the round has adopted a package.
func (t *tx) PackageWasAdopted(ctx context.Context, round string) (bool, error) {
	var adopted bool
	err := t.GetContext(ctx, &adopted, `SELECT EXISTS (SELECT FROM package WHERE round_id = $1)`, round)
	if err != nil {
		return false, fmt.Errorf("look for an adopted package: %w", err)
	}
	return adopted, nil
}

// Limits lists every limit of a round.
func (s *Store) Limits(ctx context.Context, round string) ([]acts.Limit, error) {
	rows, err := s.db.QueryxContext(ctx, limitColumns+`, coalesce(used.n, 0)
		FROM recommendation_limit l
		JOIN round_office o ON o.round_id = l.round_id AND o.office_id = l.office_id
		LEFT JOIN (
			SELECT office_id, category, count(*) AS n FROM recommendation WHERE round_id = $1 GROUP BY office_id, category
		) used ON used.office_id = l.office_id AND used.category = l.category
		WHERE l.round_id = $1
		ORDER BY o.code, `+categoryOrder("l.category"), round)
	if err != nil {
		return nil, fmt.Errorf("read limits: %w", err)
	}
	return scanLimits(rows)
}

func scanLimits(rows *sqlx.Rows) ([]acts.Limit, error) {
	return collect(rows, "read limit", scanLimit)
}

// categoryOrder orders by the Notice's order of categories.
func categoryOrder(column string) string {
	return `array_position(ARRAY['district', 'street', 'community', 'city', 'village'], ` + column + `)`
}
