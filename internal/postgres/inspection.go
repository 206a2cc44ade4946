package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
)

// SaveInspection writes a revision of an inspection, if it follows the last one.
func (t *tx) SaveInspection(ctx context.Context, i acts.Inspection) error {
	done, err := t.ExecContext(ctx, `
		INSERT INTO inspection (application_id, revision, team, inspected_on, methods, marks, total, passed, finding, officer_id)
		SELECT $1::bigint, $2::integer, $3, $4::date, $5, $6, $7::bigint, $8, $9, $10::bigint
		WHERE $2 = 1 OR EXISTS (SELECT FROM inspection WHERE application_id = $1)
		ON CONFLICT ON CONSTRAINT inspection_pkey DO UPDATE SET
			revision = excluded.revision, team = excluded.team, inspected_on = excluded.inspected_on,
			methods = excluded.methods, marks = excluded.marks, total = excluded.total, passed = excluded.passed,
			finding = excluded.finding, officer_id = excluded.officer_id, at = shifan_now()
		WHERE inspection.revision = excluded.revision - 1`,
		i.Application, i.Revision, i.Team, i.InspectedOn.String(), pq.Array(i.Methods), marks(i.Marks),
		int64(i.Total), i.Passed, i.Finding, i.Officer)
	if err != nil {
		return fmt.Errorf("save inspection: %w", err)
	}
	return unlessStale(done, "save inspection")
}

// SaveSurvey writes a revision of a survey, if it follows the last one.
func (t *tx) SaveSurvey(ctx context.Context, s acts.Survey) error {
	done, err := t.ExecContext(ctx, `
		INSERT INTO survey (application_id, revision, method, first_day, last_day, satisfied, basically, dissatisfied, unknown, officer_id)
		SELECT $1::bigint, $2::integer, $3, $4::date, $5::date, $6::integer, $7::integer, $8::integer, $9::integer, $10::bigint
		WHERE $2 = 1 OR EXISTS (SELECT FROM survey WHERE application_id = $1)
		ON CONFLICT ON CONSTRAINT survey_pkey DO UPDATE SET
			revision = excluded.revision, method = excluded.method, first_day = excluded.first_day, last_day = excluded.last_day,
			satisfied = excluded.satisfied, basically = excluded.basically, dissatisfied = excluded.dissatisfied,
			unknown = excluded.unknown, officer_id = excluded.officer_id, at = shifan_now()
		WHERE survey.revision = excluded.revision - 1`,
		s.Application, s.Revision, s.Method, s.FirstDay.String(), s.LastDay.String(),
		s.Answers.Satisfied, s.Answers.Basically, s.Answers.Dissatisfied, s.Answers.Unknown, s.Officer)
	if err != nil {
		return fmt.Errorf("save survey: %w", err)
	}
	return unlessStale(done, "save survey")
}
