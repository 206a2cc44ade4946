package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
)

// withoutOfficers selects the offices on a chain of an eligible unit for which
// nobody acts: the units of the round's day from the owner down, then from the
// eligible ones up to their recommending office, level by level, each office
// once. Parameters as for Recommenders.
const withoutOfficers = `
	WITH RECURSIVE below AS (
		SELECT v.unit_id, v.parent_id, v.code, v.name, v.kind, v.kind_sure,
		       CASE WHEN $3 THEN v.recommending_office_id END AS office_id
		FROM unit_version v
		WHERE v.unit_id = $1 AND v.valid_from <= $2::date AND (v.valid_to IS NULL OR v.valid_to > $2::date)
		UNION ALL
		SELECT v.unit_id, v.parent_id, v.code, v.name, v.kind, v.kind_sure,
		       CASE WHEN $3 THEN coalesce(v.recommending_office_id, b.office_id) ELSE coalesce(b.office_id, v.unit_id) END
		FROM below b
		JOIN unit_version v ON v.parent_id = b.unit_id
			AND v.valid_from <= $2::date AND (v.valid_to IS NULL OR v.valid_to > $2::date)
	), chain AS (
		SELECT parent_id AS unit_id FROM below
		WHERE office_id IS NOT NULL AND unit_id <> office_id AND kind_sure AND kind = ANY($4)
		UNION
		SELECT b.parent_id FROM chain c JOIN below b ON b.unit_id = c.unit_id AND b.unit_id <> b.office_id
	), lacking AS (
		SELECT b.unit_id, b.code, b.name, b.office_id
		FROM chain c JOIN below b ON b.unit_id = c.unit_id
		WHERE NOT EXISTS (SELECT FROM officer o WHERE o.office_id = c.unit_id AND o.disabled_at IS NULL)
	)`

// OfficesWithoutOfficers counts and lists the offices on the round's chains
// without an officer.
func (s *Store) OfficesWithoutOfficers(ctx context.Context, r acts.Round, after int64, limit int) (acts.ChainsWithoutUsers, error) {
	var out acts.ChainsWithoutUsers
	rows, err := s.db.QueryxContext(ctx, withoutOfficers+`, counted AS (
			SELECT o.code, o.name, count(*) AS n FROM lacking l JOIN below o ON o.unit_id = l.office_id GROUP BY o.code, o.name
		), page AS (
			SELECT l.unit_id, l.code, l.name, o.code AS office
			FROM lacking l JOIN below o ON o.unit_id = l.office_id
			WHERE l.unit_id > $5 ORDER BY l.unit_id LIMIT $6
		)
		SELECT true, 0, code, name, '', n FROM counted
		UNION ALL
		SELECT false, unit_id, code, name, office, 0 FROM page
		ORDER BY 1 DESC, 2, 3`,
		r.Owner, r.RegistryDate.String(), national(r), pq.Array(kindsOf(r)), after, limit)
	if err != nil {
		return acts.ChainsWithoutUsers{}, fmt.Errorf("list offices without officers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var count bool
		var o acts.ChainOffice
		var n int
		if err := rows.Scan(&count, &o.Unit, &o.Code, &o.Name, &o.RecommendingOffice, &n); err != nil {
			return acts.ChainsWithoutUsers{}, fmt.Errorf("read offices without officers: %w", err)
		}
		if count {
			out.Total += n
			out.Offices = append(out.Offices, acts.Recommender{Code: o.Code, Name: o.Name, Eligible: n})
			continue
		}
		out.Items = append(out.Items, o)
	}
	return out, rows.Err()
}
