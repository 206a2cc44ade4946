package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
)

// openRounds selects the rounds that ask offices for something: the drill in
// $1, or all real ones.
const openRounds = `
	SELECT id, owner_office_id FROM round
	WHERE state = 'open' AND CASE WHEN $1 = '' THEN NOT drill ELSE id = $1 END`

// Waiting returns offices by ID with what waits for them. A draft waits for
// nobody: its unit need not apply.
func (t *tx) Waiting(ctx context.Context, round string, soon time.Time, after int64, limit int) ([]acts.Waiting, error) {
	var rows []struct {
		Office      int64 `db:"office_id"`
		Files       int
		Oldest      sql.NullTime
		FilesDue    sql.NullTime `db:"files_due"`
		Late        int
		Stages      int
		StageDue    sql.NullTime `db:"stage_due"`
		StagesLate  int          `db:"stages_late"`
		Reviews     int
		ReviewDue   sql.NullTime `db:"review_due"`
		Titles      int
		TitleDue    sql.NullTime `db:"title_due"`
		BelowFiles  int          `db:"below_files"`
		BelowStages int          `db:"below_stages"`

		Objections      int
		ObjectionDue    sql.NullTime `db:"objection_due"`
		ObjectionsLate  int          `db:"objections_late"`
		Commissions     int
		CommissionDue   sql.NullTime `db:"commission_due"`
		BelowObjections int          `db:"below_objections"`
	}
	err := t.SelectContext(ctx, &rows, `
		WITH open_round AS (`+openRounds+`), clock AS (SELECT shifan_now() AS now), waiting AS (
			SELECT a.round_id, a.waiting_office_id AS office_id, count(*) AS files, min(a.waiting_since) AS oldest,
			       min(a.due_at) FILTER (WHERE a.due_at > c.now) AS due, count(*) FILTER (WHERE a.due_at <= c.now) AS late
			FROM application a JOIN open_round r ON r.id = a.round_id, clock c
			WHERE a.waiting_office_id IS NOT NULL AND a.state <> 'draft'
			GROUP BY a.round_id, a.waiting_office_id
		), stages AS (
			SELECT s.office_id, r.owner_office_id, s.due_at, s.due_at <= c.now AS late
			FROM office_stage s JOIN open_round r ON r.id = s.round_id, clock c
			WHERE s.state = 'open' AND s.due_at <= $2 AND NOT EXISTS ( -- who is accepted or closed by name owes no report any more
				SELECT FROM office_standing v WHERE v.round_id = s.round_id AND v.office_id = s.office_id AND v.settled)
		), objections AS ( -- also after the round: a ruling is owed all the same
			SELECT o.office_id, r.owner_office_id, coalesce(o.rule_due_at, o.admit_due_at) AS due_at,
			       coalesce(o.rule_due_at, o.admit_due_at) <= c.now AS late
			FROM objection o JOIN round r ON r.id = o.round_id, clock c
			WHERE o.state IN ('received', 'admitted', 'investigating') AND r.state <> 'cancelled'
			  AND CASE WHEN $1 = '' THEN NOT r.drill ELSE r.id = $1 END
		), disputed AS (
			SELECT office_id, 0 AS commissions, NULL::timestamptz AS commission_due,
			       CASE WHEN late THEN 0 ELSE 1 END AS objections, CASE WHEN late THEN NULL ELSE due_at END AS objection_due,
			       CASE WHEN late THEN 1 ELSE 0 END AS objections_late, 0 AS below_objections
			FROM objections
			UNION ALL
			SELECT owner_office_id, 0, NULL, 0, NULL, 0, 1 FROM objections WHERE late AND office_id <> owner_office_id
			UNION ALL
			SELECT m.office_id, 1, m.due_at, 0, NULL, 0, 0
			FROM commission m JOIN objection o ON o.id = m.objection_id JOIN round r ON r.id = o.round_id
			WHERE m.reported_at IS NULL AND o.ruled_at IS NULL AND r.state <> 'cancelled' AND CASE WHEN $1 = '' THEN NOT r.drill ELSE r.id = $1 END
		), titled AS ( -- titles outlive their rounds; a drill's are in no register
			SELECT f.office_id, count(*)::int AS titles, min(t.due_at) AS title_due
			FROM title_register t JOIN application f ON f.id = t.application_id
			WHERE $1 = '' AND t.due_at <= $2 GROUP BY f.office_id
		), matters AS (
			SELECT office_id, files, oldest, due AS files_due, late,
			       0 AS stages, NULL::timestamptz AS stage_due, 0 AS stages_late, 0 AS below_files, 0 AS below_stages,
			       0 AS reviews, NULL::timestamptz AS review_due
			FROM waiting
			UNION ALL
			SELECT office_id, 0, NULL, NULL, 0,
			       CASE WHEN late THEN 0 ELSE 1 END, CASE WHEN late THEN NULL ELSE due_at END, CASE WHEN late THEN 1 ELSE 0 END, 0, 0, 0, NULL
			FROM stages
			UNION ALL
			SELECT coalesce(u.parent_id, r.owner_office_id), 0, NULL, NULL, 0, 0, NULL, 0, w.late, 0, 0, NULL
			FROM waiting w JOIN open_round r ON r.id = w.round_id
			JOIN round_unit u ON u.round_id = w.round_id AND u.unit_id = w.office_id
			WHERE w.late > 0 AND w.office_id <> r.owner_office_id
			UNION ALL
			SELECT owner_office_id, 0, NULL, NULL, 0, 0, NULL, 0, 0, 1, 0, NULL
			FROM stages WHERE late AND office_id <> owner_office_id
			UNION ALL
			SELECT v.office_id, 0, NULL, NULL, 0, 0, NULL, 0, 0, 0, 1, v.due_at
			FROM review v JOIN open_round r ON r.id = v.round_id WHERE v.outcome IS NULL
			UNION ALL
			SELECT DISTINCT office_id, 0, NULL::timestamptz, NULL::timestamptz, 0, 0, NULL::timestamptz, 0, 0, 0, 0, NULL::timestamptz FROM disputed
			UNION ALL
			SELECT office_id, 0, NULL::timestamptz, NULL::timestamptz, 0, 0, NULL::timestamptz, 0, 0, 0, 0, NULL::timestamptz FROM titled
		), disputes AS (
			SELECT office_id, sum(objections)::int AS objections, min(objection_due) AS objection_due,
			       sum(objections_late)::int AS objections_late, sum(commissions)::int AS commissions,
			       min(commission_due) AS commission_due, sum(below_objections)::int AS below_objections
			FROM disputed GROUP BY office_id
		)
		SELECT office_id, coalesce(min(d.objections), 0) AS objections, min(d.objection_due) AS objection_due,
		       coalesce(min(d.objections_late), 0) AS objections_late, coalesce(min(d.commissions), 0) AS commissions,
		       min(d.commission_due) AS commission_due, coalesce(min(d.below_objections), 0) AS below_objections,
		       sum(files)::int AS files, min(oldest) AS oldest, min(files_due) AS files_due, sum(late)::int AS late,
		       sum(stages)::int AS stages, min(stage_due) AS stage_due, sum(stages_late)::int AS stages_late,
		       sum(below_files)::int AS below_files, sum(below_stages)::int AS below_stages,
		       sum(reviews)::int AS reviews, min(review_due) AS review_due,
		       coalesce(min(titles), 0) AS titles, min(title_due) AS title_due
		FROM matters LEFT JOIN disputes d USING (office_id) LEFT JOIN titled USING (office_id) WHERE office_id > $3
		GROUP BY office_id ORDER BY office_id LIMIT $4`, round, soon, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read what waits: %w", err)
	}
	waiting := make([]acts.Waiting, len(rows))
	for i, r := range rows {
		waiting[i] = acts.Waiting{
			Titles: r.Titles, TitleDue: r.TitleDue.Time,
			Office: r.Office, Files: r.Files, Oldest: r.Oldest.Time, FilesDue: r.FilesDue.Time, Late: r.Late,
			Stages: r.Stages, StageDue: r.StageDue.Time, StagesLate: r.StagesLate,
			Reviews: r.Reviews, ReviewDue: r.ReviewDue.Time, BelowFiles: r.BelowFiles, BelowStages: r.BelowStages,
			Objections: r.Objections, ObjectionDue: r.ObjectionDue.Time, ObjectionsLate: r.ObjectionsLate,
			Commissions: r.Commissions, CommissionDue: r.CommissionDue.Time, BelowObjections: r.BelowObjections,
		}
	}
	return waiting, nil
}

// NoticesToOpen returns who has no public notice yet: recommending offices that
// are not done, and the owners of rounds.
func (t *tx) NoticesToOpen(ctx context.Context, round string) ([]acts.NoticeToOpen, error) {
	var rows []struct {
		Round  string `db:"round_id"`
		Office int64  `db:"office_id"`
		Due    time.Time
	}
	err := t.SelectContext(ctx, &rows, `
		WITH open_round AS (`+openRounds+`), owed AS (
			SELECT v.round_id, v.office_id, 'provincial' AS scope, v.due_at AS due
			FROM office_standing v JOIN open_round r ON r.id = v.round_id WHERE NOT v.settled
			UNION ALL
			SELECT s.round_id, s.office_id, 'national', s.due_at
			FROM office_stage s JOIN open_round r ON r.id = s.round_id AND r.owner_office_id = s.office_id
			WHERE s.stage = 'assessment'
		)
		SELECT round_id, office_id, due FROM owed w
		WHERE NOT EXISTS (SELECT FROM public_notice n
			WHERE n.round_id = w.round_id AND n.office_id = w.office_id AND n.scope = w.scope AND n.state <> 'withdrawn')
		ORDER BY office_id, due`, round)
	if err != nil {
		return nil, fmt.Errorf("read notices to open: %w", err)
	}
	lists := make([]acts.NoticeToOpen, len(rows))
	for i, r := range rows {
		lists[i] = acts.NoticeToOpen{Round: r.Round, Office: r.Office, Due: r.Due}
	}
	return lists, nil
}

// Remind counts one more reminder on every late file that waits for the
// offices, in the order in which files are moved. One that is being moved just
// now needs none.
func (t *tx) Remind(ctx context.Context, round string, offices []int64) error {
	_, err := t.ExecContext(ctx, `
		UPDATE application SET reminders = reminders + 1
		WHERE id IN (
			SELECT a.id FROM application a JOIN (`+openRounds+`) r ON a.round_id = r.id
			WHERE a.waiting_office_id = ANY($2) AND a.state <> 'draft' AND a.due_at <= shifan_now()
			ORDER BY a.id FOR NO KEY UPDATE OF a SKIP LOCKED)`, round, pq.Array(offices))
	if err != nil {
		return fmt.Errorf("count reminders: %w", err)
	}
	return nil
}

// WaitingAt returns the offices at and below one for which files wait. At the
// province the office's own date governs.
func (t *tx) WaitingAt(ctx context.Context, q acts.WaitingQuery) ([]acts.OfficeWaiting, error) {
	var rows []struct {
		Office    int64 `db:"office_id"`
		Code      string
		Name      string
		Files     int
		Oldest    time.Time
		Due       sql.NullTime
		Overdue   int
		Reminders int
	}
	err := t.SelectContext(ctx, &rows, `
		WITH waiting AS (
			SELECT a.waiting_office_id AS office_id, a.waiting_since, a.reminders,
			       coalesce(a.due_at, CASE WHEN a.waiting_office_id = a.office_id THEN s.due_at END) AS due_at
			FROM application a
			LEFT JOIN office_stage s ON s.round_id = a.round_id AND s.office_id = a.office_id AND s.stage = 'recommendation'
			WHERE a.round_id = $1 AND a.waiting_office_id > $3 AND a.state <> 'draft'
		)
		SELECT w.office_id, u.code, u.name, count(*)::int AS files, min(w.waiting_since) AS oldest, min(w.due_at) AS due,
		       count(*) FILTER (WHERE w.due_at <= clock.now)::int AS overdue, sum(w.reminders)::int AS reminders
		FROM waiting w
		JOIN round_unit u ON u.round_id = $1 AND u.unit_id = w.office_id AND u.path @> ARRAY[$2::bigint],
		     (SELECT shifan_now() AS now) clock
		GROUP BY w.office_id, u.code, u.name ORDER BY w.office_id LIMIT $4`, q.Round, q.Office, q.After, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("read where files wait: %w", err)
	}
	out := make([]acts.OfficeWaiting, len(rows))
	for i, r := range rows {
		out[i] = acts.OfficeWaiting{
			Office: r.Office, Code: r.Code, Name: r.Name, Files: r.Files, Oldest: r.Oldest, Due: r.Due.Time,
			Overdue: r.Overdue, Reminders: r.Reminders,
		}
	}
	return out, nil
}
