package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// This file freezes what a round runs on (domain 9): the register as it was on
// the registry date, the offices that recommend, limits and standards.

// Recommenders counts each office's eligible units from the owner downwards.
// In a round of the nation the recommending office is the nearest one at or
// above a unit (domain 2); in any other round it is the owner's next level.
func (t *tx) Recommenders(ctx context.Context, r acts.Round) ([]acts.Recommender, error) {
	rows, err := t.QueryxContext(ctx, `
		WITH RECURSIVE below AS (
			SELECT v.unit_id, v.kind, v.kind_sure, CASE WHEN $3 THEN v.recommending_office_id END AS office_id
			FROM unit_version v
			WHERE v.unit_id = $1 AND v.valid_from <= $2::date AND (v.valid_to IS NULL OR v.valid_to > $2::date)
			UNION ALL
			SELECT v.unit_id, v.kind, v.kind_sure,
			       CASE WHEN $3 THEN coalesce(v.recommending_office_id, b.office_id) ELSE coalesce(b.office_id, v.unit_id) END
			FROM below b
			JOIN unit_version v ON v.parent_id = b.unit_id
				AND v.valid_from <= $2::date AND (v.valid_to IS NULL OR v.valid_to > $2::date)
		)
		SELECT o.code, o.name, count(*) FILTER (WHERE b.kind_sure AND b.kind = ANY($4))
		FROM below b
		JOIN unit_version o ON o.unit_id = b.office_id
			AND o.valid_from <= $2::date AND (o.valid_to IS NULL OR o.valid_to > $2::date)
		GROUP BY o.code, o.name ORDER BY o.code`,
		r.Owner, r.RegistryDate.String(), national(r), pq.Array(kindsOf(r)))
	if err != nil {
		return nil, fmt.Errorf("find who would recommend: %w", err)
	}
	return collect(rows, "read who would recommend", func(row scanner) (o acts.Recommender, err error) {
		err = row.Scan(&o.Code, &o.Name, &o.Eligible)
		return o, err
	})
}

// national reports whether the round is the nation's.
func national(r acts.Round) bool { return r.OwnerCode == award.CodeNation }

func kindsOf(r acts.Round) []award.Kind {
	var kinds []award.Kind
	for _, c := range r.Categories {
		kinds = append(kinds, c.Kinds...)
	}
	return kinds
}

// FreezePage copies the units of a page with the chain each of them climbs. A
// unit above or beside the owner is none of the round's; one whose chain does
// not reach the root on that day is listed as failed.
func (t *tx) FreezePage(ctx context.Context, r acts.Round, p award.Page) (award.PageResult, error) {
	var result award.PageResult
	err := t.QueryRowxContext(ctx, `
		WITH RECURSIVE chosen AS (
			SELECT v.unit_id, v.code, v.name, v.kind, v.kind_sure, v.parent_id, v.recommending_office_id
			FROM unit_version v
			WHERE v.unit_id > $2 AND v.unit_id <= $3
			  AND v.valid_from <= $4::date AND (v.valid_to IS NULL OR v.valid_to > $4::date)
		), climb AS (
			SELECT unit_id, parent_id AS next_id, recommending_office_id AS office_id, ARRAY[unit_id] AS path FROM chosen
			UNION ALL
			SELECT c.unit_id, v.parent_id, coalesce(c.office_id, v.recommending_office_id), v.unit_id || c.path
			FROM climb c
			JOIN unit_version v ON v.unit_id = c.next_id
				AND v.valid_from <= $4::date AND (v.valid_to IS NULL OR v.valid_to > $4::date)
		), whole AS (
			SELECT unit_id, office_id, path FROM climb WHERE next_id IS NULL
		), taken AS (
			INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, parent_id, office_id, path)
			SELECT $1, c.unit_id, c.code, c.name, c.kind, c.kind_sure, c.parent_id,
			       CASE WHEN $6 THEN w.office_id ELSE w.path[array_position(w.path, $5) + 1] END, w.path
			FROM chosen c JOIN whole w ON w.unit_id = c.unit_id
			WHERE $5 = ANY(w.path)
			ON CONFLICT ON CONSTRAINT round_unit_pkey DO NOTHING
		), broken AS (
			INSERT INTO batch_failure (round_id, office_id, job, number, subject, reason)
			SELECT $1, $5, $7, $8, 'unit/' || c.unit_id, 'chain_broken'
			FROM chosen c LEFT JOIN whole w ON w.unit_id = c.unit_id
			WHERE w.unit_id IS NULL
			ON CONFLICT ON CONSTRAINT batch_failure_pkey DO NOTHING
		)
		SELECT (SELECT count(*) FROM whole WHERE $5 = ANY(path)),
		       (SELECT count(*) FROM chosen) - (SELECT count(*) FROM whole)`,
		r.ID, p.From, p.To, r.RegistryDate.String(), r.Owner, national(r), award.JobFreeze, p.Number).
		Scan(&result.Done, &result.Failed)
	if err != nil {
		return award.PageResult{}, fmt.Errorf("freeze a page of the register: %w", err)
	}
	return result, nil
}

// PutOffices adds the round's recommending offices with their dates. All units
// of the round have just been copied, and the planner still believes there are
// none: joins that it would do row by row take minutes, so it is told first.
func (t *tx) PutOffices(ctx context.Context, r acts.Round, d award.OfficeDates) error {
	if _, err := t.ExecContext(ctx, `ANALYZE round_unit`); err != nil {
		return fmt.Errorf("count what was frozen: %w", err)
	}
	for _, part := range []struct {
		what, sql string
		args      []any
	}{
		{"offices", `
			INSERT INTO round_office (round_id, office_id, code, name, arrival_at)
			SELECT u.round_id, u.unit_id, u.code, u.name, $2
			FROM (SELECT DISTINCT office_id FROM round_unit WHERE round_id = $1) o
			JOIN round_unit u ON u.round_id = $1 AND u.unit_id = o.office_id
			ORDER BY u.code
			ON CONFLICT ON CONSTRAINT round_office_pkey DO NOTHING`, []any{r.ID, d.Arrival}},
		{"intakes", `
			INSERT INTO intake (round_id, office_id, kind, closes_at)
			SELECT o.round_id, o.office_id, n.kind, n.closes_at
			FROM round_office o, (VALUES ('self_check', $2::timestamptz), ('apply', $3::timestamptz)) AS n (kind, closes_at)
			WHERE o.round_id = $1
			ON CONFLICT ON CONSTRAINT intake_pkey DO NOTHING`, []any{r.ID, d.SelfCheckCloses, d.ApplyCloses}},
		{
			"stages", `
			INSERT INTO office_stage (round_id, office_id, stage, due_at)
			SELECT o.round_id, o.office_id, n.stage, n.due_at
			FROM round_office o, (VALUES ('self_check', $2::timestamptz), ('recommendation', $3::timestamptz)) AS n (stage, due_at)
			WHERE o.round_id = $1
			UNION ALL
			SELECT $1, $4, 'assessment', $5::timestamptz
			ON CONFLICT ON CONSTRAINT office_stage_pkey DO NOTHING`,
			[]any{r.ID, d.SelfCheckCloses, d.RecommendationDue, r.Owner, r.Dates.AssessmentDue},
		},
	} {
		if _, err := t.ExecContext(ctx, part.sql, part.args...); err != nil {
			return fmt.Errorf("add %s of the round: %w", part.what, err)
		}
	}
	return nil
}

// EligibleUnits counts the units of each category with a limit under each
// office; an unsure kind is not eligible (D-13).
func (t *tx) EligibleUnits(ctx context.Context, round string) ([]acts.Limit, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT o.office_id, o.code, o.name, c.category, count(u.unit_id)
		FROM round_office o
		JOIN round_category c ON c.round_id = o.round_id AND c.ratio IS NOT NULL
		LEFT JOIN round_unit u ON u.round_id = o.round_id AND u.office_id = o.office_id
			AND u.kind = ANY(c.kinds) AND u.kind_sure
		WHERE o.round_id = $1
		GROUP BY o.office_id, o.code, o.name, c.category ORDER BY o.code, c.category`, round)
	if err != nil {
		return nil, fmt.Errorf("count eligible units: %w", err)
	}
	return collect(rows, "read eligible units", func(row scanner) (l acts.Limit, err error) {
		err = row.Scan(&l.Office, &l.OfficeCode, &l.OfficeName, &l.Category, &l.Eligible)
		return l, err
	})
}
