package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
)

// Progress counts the units below an office by category and by office one level
// below. Units, self-checks and files are each read once, those of one
// recommending office or all of them, and joined as sets: MATERIALIZED keeps the
// planner from looking up 126,000 self-checks one by one.
func (t *tx) Progress(ctx context.Context, round string, office acts.Unit, asks []acts.CategoryAsks) ([]acts.Progress, error) {
	var categories []string
	var indicators, fields []int64
	for _, a := range asks {
		categories = append(categories, string(a.Category))
		indicators, fields = append(indicators, int64(a.Indicators)), append(fields, int64(a.FormFields))
	}
	rows, err := t.QueryxContext(ctx, `
		WITH part AS (
			SELECT u.unit_id, c.category, coalesce(u.path[array_position(u.path, $2) + 1], $2) AS below
			FROM round_category c
			JOIN round_unit u ON u.round_id = c.round_id AND u.kind = ANY(c.kinds) AND u.kind_sure
			WHERE c.round_id = $1 AND (u.office_id = $2::bigint OR u.path @> ARRAY[$2])
			  AND CASE WHEN $3::bigint = 0 THEN u.office_id IS NOT NULL ELSE u.office_id = $3 END
		), checked AS MATERIALIZED (
			SELECT unit_id, category, complete, ready, prefilled
			FROM self_check WHERE round_id = $1 AND ($3::bigint = 0 OR office_id = $3)
		), filed AS (
			SELECT unit_id, category, bool_or(filed_at IS NOT NULL) AS filed, count(*) AS begun, sum(prefilled) AS prefilled
			FROM application WHERE round_id = $1 AND ($3::bigint = 0 OR office_id = $3)
			GROUP BY unit_id, category
		), counted AS (
			SELECT p.below, p.category, count(*) AS units, count(s.unit_id) AS begun,
			       count(*) FILTER (WHERE s.complete) AS self_checked, count(*) FILTER (WHERE s.ready) AS ready,
			       count(*) FILTER (WHERE f.filed) AS applied,
			       coalesce(sum(f.begun), 0) AS applications,
			       coalesce(sum(s.prefilled), 0) + coalesce(sum(f.prefilled), 0) AS prefilled
			FROM part p
			LEFT JOIN checked s ON s.unit_id = p.unit_id AND s.category = p.category
			LEFT JOIN filed f ON f.unit_id = p.unit_id AND f.category = p.category
			GROUP BY p.below, p.category
		)
		SELECT c.below, o.code, o.name, c.category, c.units, c.begun, c.self_checked, c.ready, c.applied,
		       c.begun * a.indicators + c.applications * a.fields, c.prefilled
		FROM counted c
		JOIN round_unit o ON o.round_id = $1 AND o.unit_id = c.below
		JOIN unnest($4::text[], $5::bigint[], $6::bigint[]) AS a (category, indicators, fields) ON a.category = c.category
		ORDER BY o.code, array_position($4::text[], c.category)`,
		round, office.ID, office.Office, pq.Array(categories), pq.Array(indicators), pq.Array(fields))
	if err != nil {
		return nil, fmt.Errorf("count progress: %w", err)
	}
	defer rows.Close() // an error of reading comes from rows.Err
	var progress []acts.Progress
	for rows.Next() {
		var p acts.Progress
		err := rows.Scan(&p.Office, &p.OfficeCode, &p.OfficeName, &p.Category, &p.Units, &p.Begun, &p.SelfChecked, &p.Ready,
			&p.Applied, &p.Asked, &p.Prefilled)
		if err != nil {
			return nil, fmt.Errorf("read progress: %w", err)
		}
		progress = append(progress, p)
	}
	return progress, rows.Err()
}
