package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// seriesClass is the first key of the advisory lock under which a series of
// round IDs is counted; the second is the hash of the series.
const seriesClass = 2

// NewRoundID returns the next ID of a series.
func (t *tx) NewRoundID(ctx context.Context, series string) (string, error) {
	if _, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, seriesClass, series); err != nil {
		return "", fmt.Errorf("lock the series of rounds: %w", err)
	}
	var number int
	err := t.GetContext(ctx, &number, `
		SELECT coalesce(max(split_part(id, '-', 2)::integer), 0) + 1 FROM round
		WHERE split_part(id, '-', 1) = $1`, series)
	if err != nil {
		return "", fmt.Errorf("number the round: %w", err)
	}
	return fmt.Sprintf("%s-%d", series, number), nil
}

// PutDraft writes a draft with its categories, new or as it was edited.
func (t *tx) PutDraft(ctx context.Context, r acts.Round) error {
	contacts, err := encode(contactsOf(r))
	if err != nil {
		return fmt.Errorf("encode contacts: %w", err)
	}
	rules, err := encode(r.Rules)
	if err != nil {
		return fmt.Errorf("encode rules: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO round (id, revision, title, owner_office_id, drill, drill_day, state, stage,
			approval_number, document_number, contacts, rules, registry_date,
			self_check_closes_at, apply_closes_at, recommendation_due_at, assessment_due_at, created_at, follows_id)
		VALUES ($1, $2, $3, $4, $5, CASE WHEN $5 THEN make_interval(secs => $6) END, $7, $8,
			$9, $10, $11, $12, $13::date, $14, $15, $16, $17, $18, nullif($19, ''))
		ON CONFLICT ON CONSTRAINT round_pkey DO UPDATE SET
			revision = excluded.revision, title = excluded.title, drill_day = excluded.drill_day,
			approval_number = excluded.approval_number, document_number = excluded.document_number,
			contacts = excluded.contacts, rules = excluded.rules, registry_date = excluded.registry_date,
			self_check_closes_at = excluded.self_check_closes_at, apply_closes_at = excluded.apply_closes_at,
			recommendation_due_at = excluded.recommendation_due_at, assessment_due_at = excluded.assessment_due_at`,
		r.ID, r.Revision, r.Title, r.Owner, r.Drill, r.DrillDay.Seconds(), r.State, r.Stage,
		r.ApprovalNumber, r.DocumentNumber, contacts, rules, r.RegistryDate.String(),
		r.Dates.SelfCheckCloses, r.Dates.ApplyCloses, r.Dates.RecommendationDue, r.Dates.AssessmentDue, r.CreatedAt, r.Follows)
	if err != nil {
		return fmt.Errorf("write draft: %w", err)
	}
	if _, err := t.ExecContext(ctx, `DELETE FROM round_category WHERE round_id = $1`, r.ID); err != nil {
		return fmt.Errorf("clear the draft's categories: %w", err)
	}
	for _, c := range r.Categories { // five at most
		form, err := encode(c.Form)
		if err != nil {
			return fmt.Errorf("encode form of %s: %w", c.Category, err)
		}
		_, err = t.ExecContext(ctx, `
			INSERT INTO round_category (round_id, category, title, quota, ratio, kinds, form, standard_id)
			VALUES ($1, $2, $3, $4, nullif($5, 0), $6, $7, nullif($8::bigint, 0))`,
			r.ID, c.Category, c.Title, c.Quota.Places, c.Quota.Ratio, pq.Array(c.Kinds), form, c.StandardID)
		if err != nil {
			return fmt.Errorf("write category %s: %w", c.Category, err)
		}
	}
	return nil
}

// contactsOf is never null, so that the column is a list.
func contactsOf(r acts.Round) []award.Contact {
	if r.Contacts == nil {
		return []award.Contact{}
	}
	return r.Contacts
}

// SaveRound writes what the levers change and counts the revision up.
func (t *tx) SaveRound(ctx context.Context, r acts.Round) error {
	_, err := t.ExecContext(ctx, `
		UPDATE round SET revision = revision + 1, state = $2, stage = $3,
			self_check_closes_at = $4, apply_closes_at = $5, recommendation_due_at = $6, assessment_due_at = $7,
			opening_at = $8, opened_at = $9, suspended_at = $10, ended_at = $11
		WHERE id = $1`,
		r.ID, r.State, r.Stage,
		r.Dates.SelfCheckCloses, r.Dates.ApplyCloses, r.Dates.RecommendationDue, r.Dates.AssessmentDue,
		timeOrNull(r.OpeningAt), timeOrNull(r.OpenedAt), timeOrNull(r.SuspendedAt), timeOrNull(r.EndedAt))
	if err != nil {
		return fmt.Errorf("save round: %w", err)
	}
	return nil
}

// timeOrNull stores an instant that has not come as null.
func timeOrNull(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at
}

// Stage reads an office's stage and holds its row.
func (t *tx) Stage(ctx context.Context, round string, office int64, stage award.Stage) (acts.StageRecord, error) {
	return readStage(ctx, t, round, office, stage, "FOR UPDATE")
}

// SaveStage writes an office's stage and counts its revision up.
func (t *tx) SaveStage(ctx context.Context, round string, office int64, stage award.Stage, s acts.StageRecord) error {
	_, err := t.ExecContext(ctx, `
		UPDATE office_stage SET revision = revision + 1, due_at = $4, state = $5,
			overdue_at = $6, completed_at = $7, closed_at = $8, reason = $9
		WHERE round_id = $1 AND office_id = $2 AND stage = $3`,
		round, office, stage, s.DueAt, s.State,
		timeOrNull(s.OverdueAt), timeOrNull(s.CompletedAt), timeOrNull(s.ClosedAt), s.Reason)
	if err != nil {
		return fmt.Errorf("save stage: %w", err)
	}
	return nil
}

// ShiftDates moves every date that was still to come when the round was
// suspended. What had passed before is over, closed or not.
func (t *tx) ShiftDates(ctx context.Context, round string, suspended time.Time, by time.Duration) error {
	for _, part := range []struct{ what, sql string }{
		{"intakes", `
			UPDATE intake SET closes_at = closes_at + make_interval(secs => $3)
			WHERE round_id = $1 AND closed_at IS NULL AND closes_at > $2`},
		{"arrival dates", `
			UPDATE round_office SET arrival_at = arrival_at + make_interval(secs => $3)
			WHERE round_id = $1 AND passed_up_at IS NULL AND arrival_at > $2`},
		{"stages", `
			UPDATE office_stage SET due_at = due_at + make_interval(secs => $3), revision = revision + 1
			WHERE round_id = $1 AND state = 'open' AND due_at > $2`},
		{"files", `
			UPDATE application SET due_at = due_at + make_interval(secs => $3)
			WHERE round_id = $1 AND ended_at IS NULL AND due_at > $2`},
		{"packages", `
			UPDATE package SET revision_due_at = revision_due_at + make_interval(secs => $3)
			WHERE round_id = $1 AND state = 'returned' AND revision_due_at > $2`},
	} {
		if _, err := t.ExecContext(ctx, part.sql, round, suspended, by.Seconds()); err != nil {
			return fmt.Errorf("shift %s: %w", part.what, err)
		}
	}
	return nil
}

// WithdrawNotices ends the public notices still under way.
func (t *tx) WithdrawNotices(ctx context.Context, round string) ([]int, error) {
	var numbers []int
	err := t.SelectContext(ctx, &numbers, `
		UPDATE public_notice SET state = $2, ended_at = shifan_now()
		WHERE round_id = $1 AND state = $3 RETURNING number`,
		round, award.NoticeWithdrawn, award.NoticeAnnounced)
	if err != nil {
		return nil, fmt.Errorf("withdraw notices: %w", err)
	}
	return numbers, nil
}

// officeDates is one row of SaveOfficeDates.
type officeDates struct {
	Office            int64      `json:"office_id"`
	SelfCheckCloses   time.Time  `json:"self_check"`
	ApplyCloses       time.Time  `json:"apply"`
	Arrival           time.Time  `json:"arrival"`
	RecommendationDue time.Time  `json:"recommendation"`
	OverdueAt         *time.Time `json:"overdue"`
}

// SaveOfficeDates writes the dates of many offices at once.
func (t *tx) SaveOfficeDates(ctx context.Context, round string, offices []acts.Office) error {
	if len(offices) == 0 {
		return nil
	}
	rows := make([]officeDates, len(offices))
	for i, o := range offices {
		rows[i] = officeDates{
			Office: o.ID, SelfCheckCloses: o.SelfCheckClosesAt, ApplyCloses: o.ApplyClosesAt,
			Arrival: o.ArrivalAt, RecommendationDue: o.Stage.DueAt,
		}
		if !o.Stage.OverdueAt.IsZero() {
			rows[i].OverdueAt = &o.Stage.OverdueAt
		}
	}
	encoded, err := encode(rows)
	if err != nil {
		return fmt.Errorf("encode office dates: %w", err)
	}
	const given = ` FROM jsonb_to_recordset($2::jsonb) AS n (office_id bigint, self_check timestamptz, apply timestamptz,
		arrival timestamptz, recommendation timestamptz, overdue timestamptz) `
	for _, part := range []struct{ what, sql string }{
		{"intakes", `
			UPDATE intake i SET closes_at = CASE i.kind WHEN 'self_check' THEN n.self_check ELSE n.apply END` + given + `
			WHERE i.round_id = $1 AND i.office_id = n.office_id AND i.closed_at IS NULL`},
		{"arrival dates", `
			UPDATE round_office o SET arrival_at = n.arrival` + given + `
			WHERE o.round_id = $1 AND o.office_id = n.office_id`},
		{"stages", `
			UPDATE office_stage s SET revision = s.revision + 1, due_at = n.recommendation, overdue_at = n.overdue` + given + `
			WHERE s.round_id = $1 AND s.office_id = n.office_id AND s.stage = 'recommendation'
			  AND (s.due_at, s.overdue_at) IS DISTINCT FROM (n.recommendation, n.overdue)`},
	} {
		if _, err := t.ExecContext(ctx, part.sql, round, encoded); err != nil {
			return fmt.Errorf("save %s: %w", part.what, err)
		}
	}
	return nil
}

// HasProposedList reports whether the office has adopted a proposed list.
func (t *tx) HasProposedList(ctx context.Context, round string, office int64) (bool, error) {
	var has bool
	err := t.GetContext(ctx, &has, `
		SELECT EXISTS (SELECT FROM list WHERE round_id = $1 AND office_id = $2 AND kind = 'proposed')`, round, office)
	if err != nil {
		return false, fmt.Errorf("look for a proposed list: %w", err)
	}
	return has, nil
}

// SendBackPackage returns an office's package that waits for an answer. An
// accepted one stays as it is.
func (t *tx) SendBackPackage(ctx context.Context, round string, office int64, due time.Time, reason string) (accepted bool, err error) {
	_, err = t.ExecContext(ctx, `
		UPDATE package SET state = 'returned', answered_at = shifan_now(), revision_due_at = $3, reason = $4
		WHERE round_id = $1 AND office_id = $2 AND state = 'sent'`, round, office, due, reason)
	if err != nil {
		return false, fmt.Errorf("send package back: %w", err)
	}
	err = t.GetContext(ctx, &accepted, `
		SELECT EXISTS (SELECT FROM package WHERE round_id = $1 AND office_id = $2 AND state = 'accepted')`, round, office)
	if err != nil {
		return false, fmt.Errorf("look for an accepted package: %w", err)
	}
	return accepted, nil
}
