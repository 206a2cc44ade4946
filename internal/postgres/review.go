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

// Review reads the review of a file and holds it.
func (t *tx) Review(ctx context.Context, application int64) (acts.Review, error) {
	var r acts.Review
	var outcome sql.NullString
	var answered sql.NullTime
	var answeredBy, corrected sql.NullInt64
	var given marks
	err := t.QueryRowxContext(ctx, `
		SELECT v.application_id, v.round_id, v.mark_column, v.total, v.reason, v.office_id, u.code, u.name,
		       v.requested_by, v.requested_at, v.due_at, v.outcome, v.answer, v.marks, v.corrected, v.answered_by, v.answered_at
		FROM review v JOIN round_unit u ON u.round_id = v.round_id AND u.unit_id = v.office_id
		WHERE v.application_id = $1 FOR UPDATE OF v`, application).
		Scan(&r.Application, &r.Round, &r.Column, &r.Total, &r.Reason, &r.Office, &r.OfficeCode, &r.OfficeName,
			&r.RequestedBy, &r.RequestedAt, &r.DueAt, &outcome, &r.Answer, &given, &corrected, &answeredBy, &answered)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Review{}, award.Refuse(award.NotFound, "domain 4", "review_unknown")
	}
	if err != nil {
		return acts.Review{}, fmt.Errorf("read review: %w", err)
	}
	r.Outcome, r.AnsweredBy, r.AnsweredAt = award.ReviewOutcome(outcome.String), answeredBy.Int64, answered.Time
	if corrected.Valid {
		total := award.Points(corrected.Int64)
		r.Marks, r.Corrected = given, &total
	}
	return r, nil
}

// AddReview adds a request.
func (t *tx) AddReview(ctx context.Context, r acts.Review) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO review (application_id, round_id, mark_column, total, reason, office_id, requested_by, requested_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		r.Application, r.Round, r.Column, r.Total, r.Reason, r.Office, r.RequestedBy, r.RequestedAt, r.DueAt)
	if constraint(err) == "review_pkey" {
		return award.Refuse(award.Conflict, "domain 4", "review_once")
	}
	if err != nil {
		return fmt.Errorf("add review: %w", err)
	}
	return nil
}

// AnswerReview writes the answer.
func (t *tx) AnswerReview(ctx context.Context, r acts.Review) error {
	var given, corrected any
	if r.Corrected != nil {
		given, corrected = marks(r.Marks), int64(*r.Corrected)
	}
	_, err := t.ExecContext(ctx, `
		UPDATE review SET outcome = $2, answer = $3, marks = $4, corrected = $5, answered_by = $6, answered_at = $7
		WHERE application_id = $1`, r.Application, r.Outcome, r.Answer, given, corrected, r.AnsweredBy, r.AnsweredAt)
	if err != nil {
		return fmt.Errorf("answer review: %w", err)
	}
	return nil
}

// MarksOf reads the total of a column of a file's marks.
func (t *tx) MarksOf(ctx context.Context, application int64, column award.MarkColumn) (award.Points, bool, error) {
	query := `SELECT total FROM inspection WHERE application_id = $1`
	if column == award.ColumnNation {
		query = `SELECT total FROM score WHERE application_id = $1`
	}
	var total award.Points
	err := t.GetContext(ctx, &total, query, application)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read marks: %w", err)
	}
	return total, true, nil
}

// Uninvolved counts the officers of an office who took no part in a file.
func (t *tx) Uninvolved(ctx context.Context, application, office, officer int64, roles []award.Role) (int, error) {
	var free int
	err := t.GetContext(ctx, &free, `
		SELECT count(*) FROM officer o
		WHERE o.office_id = $2 AND ($3::bigint = 0 OR o.id = $3) AND o.disabled_at IS NULL AND o.roles && $4
		  AND NOT EXISTS (SELECT FROM took_part p WHERE p.application_id = $1 AND p.officer_id = o.id)`,
		application, office, officer, pq.Array(roles))
	if err != nil {
		return 0, fmt.Errorf("count the uninvolved: %w", err)
	}
	return free, nil
}
