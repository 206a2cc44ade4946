package postgres

import (
	"context"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ConfirmYearFacts keeps the county office's word on a revision of facts.
func (t *tx) ConfirmYearFacts(ctx context.Context, by award.Officer, unit int64, year, revision int, meets bool) error {
	done, err := t.ExecContext(ctx, `
		UPDATE year_facts SET confirmed_revision = revision, meets = $4, confirmed_by = $5, confirmed_at = shifan_now()
		WHERE unit_id = $1 AND year = $2 AND revision = $3`, unit, year, revision, meets, by.ID)
	if err != nil {
		return fmt.Errorf("confirm facts: %w", err)
	}
	return unlessStale(done, "confirm facts")
}

// CommunityProgress counts the communities and villages of a year below an office,
// each kind by itself. A part is counted with its whole alone: volunteers of a community that does not say how
// many residents it has would make a share of nothing.
func (t *tx) CommunityProgress(ctx context.Context, office int64, year int) ([]acts.CommunityProgress, error) {
	var found []struct {
		Code, Name string
		Kind       award.Kind
		award.CommunityCounts
	}
	err := t.SelectContext(ctx, &found, `
		WITH RECURSIVE below AS (
			SELECT unit_id, unit_id AS child FROM unit_version
			WHERE parent_id = $1 AND valid_to IS NULL AND kind NOT IN ('community', 'village')
			UNION ALL
			SELECT v.unit_id, b.child FROM below b
			JOIN unit_version v ON v.parent_id = b.unit_id AND v.valid_to IS NULL AND v.kind NOT IN ('community', 'village')
		), area AS (
			SELECT unit_id, child FROM below UNION ALL SELECT $1, $1
		), counted AS (
			SELECT o.child, v.kind, count(*) AS communities, count(f.unit_id) AS reported,
			       count(*) FILTER (WHERE f.confirmed) AS confirmed,
			       count(*) FILTER (WHERE f.confirmed AND f.meets) AS meeting,
			       sum(f.residents) FILTER (WHERE f.confirmed AND f.volunteers IS NOT NULL) AS residents,
			       sum(f.volunteers) FILTER (WHERE f.confirmed AND f.residents IS NOT NULL) AS volunteers,
			       sum(f.workers) FILTER (WHERE f.confirmed AND f.trained_workers IS NOT NULL) AS workers,
			       sum(f.trained_workers) FILTER (WHERE f.confirmed AND f.workers IS NOT NULL) AS trained_workers,
			       count(*) FILTER (WHERE f.confirmed AND f.centre = 1) AS centres
			FROM area o
			JOIN unit_version v ON v.parent_id = o.unit_id AND v.valid_to IS NULL AND v.kind IN ('community', 'village')
			LEFT JOIN (
				SELECT unit_id, meets, confirmed_revision = revision AS confirmed,
				       (facts ->> 'residents')::bigint AS residents, (facts ->> 'volunteers')::bigint AS volunteers,
				       (facts ->> 'workers')::bigint AS workers, (facts ->> 'trained_workers')::bigint AS trained_workers,
				       (facts ->> 'service_centre')::bigint AS centre
				FROM year_facts WHERE year = $2
			) f ON f.unit_id = v.unit_id
			GROUP BY o.child, v.kind
		)
		SELECT v.code, v.name, c.kind, c.communities, c.reported, c.confirmed, c.meeting,
		       coalesce(c.residents, 0) AS residents, coalesce(c.volunteers, 0) AS volunteers, coalesce(c.workers, 0) AS workers,
		       coalesce(c.trained_workers, 0) AS trainedworkers, c.centres
		FROM counted c JOIN unit_version v ON v.unit_id = c.child AND v.valid_to IS NULL
		ORDER BY v.code, c.kind`, office, year)
	if err != nil {
		return nil, fmt.Errorf("count communities: %w", err)
	}
	var progress []acts.CommunityProgress
	for _, f := range found {
		if last := len(progress) - 1; last < 0 || progress[last].OfficeCode != f.Code {
			progress = append(progress, acts.CommunityProgress{OfficeCode: f.Code, OfficeName: f.Name})
		}
		p := &progress[len(progress)-1]
		p.CommunityCounts = p.Add(f.CommunityCounts)
		if f.Kind == award.KindVillage {
			p.Rural = f.CommunityCounts
		} else {
			p.Urban = f.CommunityCounts
		}
	}
	return progress, nil
}
