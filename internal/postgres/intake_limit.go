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

// onTheWayOut are the states of files that use no place any more.
func onTheWayOut() []string {
	var states []string
	for _, s := range award.FileStates() {
		if s.EndedOnTheWay() {
			states = append(states, string(s))
		}
	}
	return states
}

// IntakeLimits reads an office's limits with what is used of them.
func (t *tx) IntakeLimits(ctx context.Context, round string, office, unit int64) (acts.IntakeLimits, error) {
	var out acts.IntakeLimits
	err := t.GetContext(ctx, &out.Revision, `
		SELECT intake_limits_revision FROM round_office WHERE round_id = $1 AND office_id = $2`, round, office)
	if err != nil {
		return out, fmt.Errorf("read revision of intake limits: %w", err)
	}
	rows, err := t.QueryxContext(ctx, `
		SELECT l.unit_id, u.code, u.name, l.category, l.places,
		       (SELECT count(DISTINCT e.application_id) FROM endorsement e JOIN application a ON a.id = e.application_id
		        WHERE e.office_id = l.unit_id AND e.opinion = 'unsigned' AND a.round_id = l.round_id AND a.category = l.category
		          AND NOT a.state = ANY($4)),
		       coalesce(p.application_id, 0), coalesce(p.code, ''), coalesce(p.name, ''), coalesce(p.rank, 0), coalesce(p.state, '')
		FROM intake_limit l
		JOIN round_unit u ON u.round_id = l.round_id AND u.unit_id = l.unit_id
		LEFT JOIN LATERAL (
			SELECT DISTINCT ON (a.id) a.id AS application_id, v.code, v.name, e.rank, a.state
			FROM endorsement e JOIN application a ON a.id = e.application_id
			JOIN round_unit v ON v.round_id = a.round_id AND v.unit_id = a.unit_id
			WHERE e.office_id = l.unit_id AND e.opinion = 'agree' AND a.round_id = l.round_id AND a.category = l.category
			  AND NOT a.state = ANY($4)
			ORDER BY a.id, e.id DESC
		) p ON true
		WHERE l.round_id = $1 AND l.office_id = $2 AND ($3::bigint = 0 OR l.unit_id = $3)
		ORDER BY u.code, l.category, p.rank, p.application_id`, round, office, unit, pq.Array(onTheWayOut()))
	if err != nil {
		return out, fmt.Errorf("read intake limits: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l acts.IntakeLimit
		var p acts.RankedPlace
		err := rows.Scan(&l.UnitID, &l.Unit, &l.Name, &l.Category, &l.Places, &l.Unsigned,
			&p.Application, &p.Unit, &p.Name, &p.Rank, &p.State)
		if err != nil {
			return out, fmt.Errorf("read intake limit: %w", err)
		}
		if n := len(out.Limits); n == 0 || out.Limits[n-1].UnitID != l.UnitID || out.Limits[n-1].Category != l.Category {
			out.Limits = append(out.Limits, l)
		}
		if p.Application != 0 {
			last := &out.Limits[len(out.Limits)-1]
			last.Used = append(last.Used, p)
		}
	}
	return out, rows.Err()
}

// LockIntakeLimit holds the limit of a unit and category.
func (t *tx) LockIntakeLimit(ctx context.Context, round string, unit int64, category award.Category) (int, bool, error) {
	var places int
	err := t.GetContext(ctx, &places, `
		SELECT places FROM intake_limit WHERE round_id = $1 AND unit_id = $2 AND category = $3 FOR UPDATE`, round, unit, category)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("lock intake limit: %w", err)
	}
	return places, true, nil
}

// PlacesUsed returns the ranks of the files that the unit has sent up, each by
// its last opinion.
func (t *tx) PlacesUsed(ctx context.Context, round string, unit int64, category award.Category, but int64) (used []int, own int, err error) {
	var rows []struct {
		ID   int64
		Rank int
	}
	err = t.SelectContext(ctx, &rows, `
		SELECT DISTINCT ON (a.id) a.id, coalesce(e.rank, 0) AS rank
		FROM endorsement e JOIN application a ON a.id = e.application_id
		WHERE e.office_id = $2 AND e.opinion = 'agree' AND a.round_id = $1 AND a.category = $3 AND NOT a.state = ANY($4)
		ORDER BY a.id, e.id DESC`, round, unit, category, pq.Array(onTheWayOut()))
	if err != nil {
		return nil, 0, fmt.Errorf("count places used: %w", err)
	}
	for _, r := range rows {
		if r.ID == but {
			own = r.Rank
			continue
		}
		used = append(used, r.Rank)
	}
	return used, own, nil
}

// PutIntakeLimits replaces an office's limits.
func (t *tx) PutIntakeLimits(ctx context.Context, round string, office int64, limits []acts.IntakeLimit) error {
	if _, err := t.ExecContext(ctx, `DELETE FROM intake_limit WHERE round_id = $1 AND office_id = $2`, round, office); err != nil {
		return fmt.Errorf("clear intake limits: %w", err)
	}
	n := len(limits)
	units, categories, places := make([]int64, n), make([]string, n), make([]int64, n)
	for i, l := range limits {
		units[i], categories[i], places[i] = l.UnitID, string(l.Category), int64(l.Places)
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO intake_limit (round_id, office_id, unit_id, category, places)
		SELECT $1, $2, unit_id, category, places FROM unnest($3::bigint[], $4::text[], $5::integer[]) AS n (unit_id, category, places)`,
		round, office, pq.Array(units), pq.Array(categories), pq.Array(places))
	if err != nil {
		return fmt.Errorf("write intake limits: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		UPDATE round_office SET intake_limits_revision = intake_limits_revision + 1
		WHERE round_id = $1 AND office_id = $2`, round, office)
	if err != nil {
		return fmt.Errorf("count intake limits' revision: %w", err)
	}
	return nil
}

// HasFiled reports whether a file of the office's area was ever filed.
func (t *tx) HasFiled(ctx context.Context, round string, office int64) (bool, error) {
	var filed bool
	err := t.GetContext(ctx, &filed, `
		SELECT EXISTS (SELECT FROM application WHERE round_id = $1 AND office_id = $2 AND filed_at IS NOT NULL)`, round, office)
	if err != nil {
		return false, fmt.Errorf("look for filed applications: %w", err)
	}
	return filed, nil
}
