package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// AddVisit adds a visit.
func (t *tx) AddVisit(ctx context.Context, by award.Officer, v acts.SiteVisit) error {
	visits, err := encode(visitRows(v.Visits))
	if err != nil {
		return fmt.Errorf("encode visits: %w", err)
	}
	corrections := "[]"
	if len(v.Corrections) > 0 {
		if corrections, err = encode(v.Corrections); err != nil {
			return fmt.Errorf("encode corrections: %w", err)
		}
	}
	if v.Evidence == nil {
		v.Evidence = []string{}
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO site_visit (application_id, members, visits, place, findings, outcome, corrections, ground, evidence, officer_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		v.Application, pq.Array(v.Members), visits, v.Place, v.Findings, v.Outcome, corrections, v.Ground, pq.Array(v.Evidence), by.ID)
	if err != nil {
		return fmt.Errorf("add visit: %w", err)
	}
	return nil
}

// VisitCorrections reads the corrections of visits, by application.
func (t *tx) VisitCorrections(ctx context.Context, applications []int64) (map[int64][]award.Correction, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT application_id, corrections FROM site_visit
		WHERE application_id = ANY($1) AND outcome = 'corrected'`, pq.Array(applications))
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	defer rows.Close()
	found := make(map[int64][]award.Correction)
	for rows.Next() {
		var id int64
		var text []byte
		if err := rows.Scan(&id, &text); err != nil {
			return nil, fmt.Errorf("read corrections: %w", err)
		}
		var corrections []award.Correction
		if err := json.Unmarshal(text, &corrections); err != nil {
			return nil, fmt.Errorf("read corrections of file %d: %w", id, err)
		}
		found[id] = corrections
	}
	return found, rows.Err()
}

// SiteVisits lists a round's visits in order of ID.
func (t *tx) SiteVisits(ctx context.Context, round string, after int64, limit int) ([]acts.SiteVisit, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT v.id, v.application_id, f.code, f.name, f.category, v.members, v.visits, v.place, v.findings, v.outcome,
		       v.corrections, v.ground, v.evidence, v.at
		FROM site_visit v JOIN frozen_unit f ON f.application_id = v.application_id
		WHERE f.round_id = $1 AND v.id > $2 ORDER BY v.id LIMIT $3`, round, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read visits: %w", err)
	}
	defer rows.Close()
	var found []acts.SiteVisit
	for rows.Next() {
		var v acts.SiteVisit
		var visits, corrections []byte
		err := rows.Scan(&v.ID, &v.Application, &v.Code, &v.Name, &v.Category, pq.Array(&v.Members), &visits, &v.Place, &v.Findings,
			&v.Outcome, &corrections, &v.Ground, pq.Array(&v.Evidence), &v.At)
		if err != nil {
			return nil, fmt.Errorf("read visit: %w", err)
		}
		if v.Visits, err = readVisits(visits); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(corrections, &v.Corrections); err != nil {
			return nil, fmt.Errorf("read corrections: %w", err)
		}
		found = append(found, v)
	}
	return found, rows.Err()
}
