package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// calendarClass is the first key of the advisory lock under which calendars are
// changed.
const calendarClass = 3

// calendar returns the State Council's calendar as of a version: the one built
// in with every change approved up to it. What a version is never changes.
func (f *frozen) calendar(ctx context.Context, q queryer, version int) (award.Calendar, error) {
	if version == 0 {
		return award.PublishedCalendar(), nil
	}
	f.mu.Lock()
	calendar, known := f.calendars[version]
	f.mu.Unlock()
	if known {
		return calendar, nil
	}
	changes, err := readCalendarChanges(ctx, q, `WHERE c.version <= $1 ORDER BY c.version`, version)
	if err != nil {
		return award.Calendar{}, err
	}
	calendar = award.PublishedCalendar()
	for _, c := range changes {
		calendar = calendar.With(c.Days, c.Publishes)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calendars = map[int]award.Calendar{version: calendar} // the latest alone: earlier ones are not asked for again
	return calendar, nil
}

func latestCalendar(ctx context.Context, f *frozen, q queryer) (award.Calendar, error) {
	var version int
	if err := q.GetContext(ctx, &version, `SELECT coalesce(max(version), 0) FROM calendar_change`); err != nil {
		return award.Calendar{}, fmt.Errorf("read the calendar's version: %w", err)
	}
	return f.calendar(ctx, q, version)
}

// StateCalendar returns the calendar of real rounds.
func (t *tx) StateCalendar(ctx context.Context) (award.Calendar, error) {
	return latestCalendar(ctx, t.frozen, t)
}

// LockCalendar holds the calendar until the end.
func (t *tx) LockCalendar(ctx context.Context) error {
	if _, err := t.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, 0)`, calendarClass); err != nil {
		return fmt.Errorf("lock the calendar: %w", err)
	}
	return nil
}

// readCalendarChanges reads changes with their days.
func readCalendarChanges(ctx context.Context, q queryer, where string, args ...any) ([]acts.CalendarChange, error) {
	var rows []struct {
		ID         int64
		Document   string
		Publishes  int
		ProposedBy int64     `db:"proposed_by"`
		ProposedAt time.Time `db:"proposed_at"`
		Version    int
		ApprovedBy int64        `db:"approved_by"`
		ApprovedAt sql.NullTime `db:"approved_at"`
		SHA256     []byte       `db:"sha256"`
		RejectedBy int64        `db:"rejected_by"`
		RejectedAt sql.NullTime `db:"rejected_at"`
		Reason     string
		Dates      pq.StringArray
		Kinds      pq.StringArray
		Holidays   pq.StringArray
	}
	err := q.SelectContext(ctx, &rows, `
		SELECT c.id, c.document, coalesce(c.publishes, 0) AS publishes, c.proposed_by, c.proposed_at, coalesce(c.version, 0) AS version,
		       coalesce(c.approved_by, 0) AS approved_by, c.approved_at, c.sha256,
		       coalesce(c.rejected_by, 0) AS rejected_by, c.rejected_at, c.reason, d.dates, d.kinds, d.holidays
		FROM calendar_change c CROSS JOIN LATERAL (
			SELECT array_agg(to_char(date, 'YYYY-MM-DD') ORDER BY date) AS dates, array_agg(kind ORDER BY date) AS kinds,
			       array_agg(holiday ORDER BY date) AS holidays
			FROM calendar_day WHERE change_id = c.id) d `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read calendar changes: %w", err)
	}
	changes := make([]acts.CalendarChange, len(rows))
	for i, r := range rows {
		changes[i] = acts.CalendarChange{
			CalendarChange: award.CalendarChange{Document: r.Document, Publishes: r.Publishes},
			ID:             r.ID, ProposedBy: r.ProposedBy, ProposedAt: r.ProposedAt,
			Version: r.Version, ApprovedBy: r.ApprovedBy, ApprovedAt: r.ApprovedAt.Time, SHA256: r.SHA256,
			RejectedBy: r.RejectedBy, RejectedAt: r.RejectedAt.Time, Reason: r.Reason,
		}
		for k, text := range r.Dates {
			date, err := award.ParseDate(text)
			if err != nil {
				return nil, fmt.Errorf("read a day of calendar change %d: %w", r.ID, err)
			}
			changes[i].Days = append(changes[i].Days, award.CalendarDay{
				Date: date, Kind: award.DayKind(r.Kinds[k]), Holiday: r.Holidays[k], Document: r.Document,
			})
		}
	}
	return changes, nil
}

// CalendarChange reads one change.
func (t *tx) CalendarChange(ctx context.Context, id int64) (acts.CalendarChange, error) {
	changes, err := readCalendarChanges(ctx, t, `WHERE c.id = $1`, id)
	if err != nil {
		return acts.CalendarChange{}, err
	}
	if len(changes) == 0 {
		return acts.CalendarChange{}, award.Refuse(award.NotFound, "", "calendar_change_unknown", id)
	}
	return changes[0], nil
}

// CalendarChanges lists changes, newest first.
func (s *Store) CalendarChanges(ctx context.Context, before int64, limit int) ([]acts.CalendarChange, error) {
	return readCalendarChanges(ctx, s.db, `WHERE $1 = 0 OR c.id < $1 ORDER BY c.id DESC LIMIT $2`, before, limit)
}

// CalendarDays reads the days that approved changes have made, and the years
// they publish.
func (s *Store) CalendarDays(ctx context.Context) (days []award.CalendarDay, published []int, err error) {
	changes, err := readCalendarChanges(ctx, s.db, `WHERE c.version IS NOT NULL ORDER BY c.version`)
	if err != nil {
		return nil, nil, err
	}
	latest := make(map[award.Date]award.CalendarDay)
	for _, c := range changes {
		for _, day := range c.Days {
			latest[day.Date] = day
		}
		if c.Publishes != 0 {
			published = append(published, c.Publishes)
		}
	}
	for day := range maps.Values(latest) {
		days = append(days, day)
	}
	return days, published, nil
}

// AddCalendarChange writes a proposed change and returns its ID.
func (t *tx) AddCalendarChange(ctx context.Context, by int64, c award.CalendarChange) (acts.CalendarChange, error) {
	added := acts.CalendarChange{CalendarChange: c, ProposedBy: by}
	err := t.QueryRowxContext(ctx, `
		INSERT INTO calendar_change (document, publishes, proposed_by) VALUES ($1, nullif($2, 0), $3) RETURNING id, proposed_at`,
		c.Document, c.Publishes, by).Scan(&added.ID, &added.ProposedAt)
	if err != nil {
		return acts.CalendarChange{}, fmt.Errorf("write calendar change: %w", err)
	}
	n := len(c.Days)
	dates, kinds, holidays := make([]string, n), make([]string, n), make([]string, n)
	for i, day := range c.Days {
		dates[i], kinds[i], holidays[i] = day.Date.String(), string(day.Kind), day.Holiday
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO calendar_day (change_id, date, kind, holiday)
		SELECT $1, date, kind, holiday FROM unnest($2::date[], $3::text[], $4::text[]) AS n (date, kind, holiday)`,
		added.ID, pq.Array(dates), pq.Array(kinds), pq.Array(holidays))
	if err != nil {
		return acts.CalendarChange{}, fmt.Errorf("write days of a calendar change: %w", err)
	}
	return added, nil
}

// ApproveCalendarChange makes a change the calendar's next version. The caller
// holds the calendar.
func (t *tx) ApproveCalendarChange(ctx context.Context, by, change int64, sha256 []byte) (version int, err error) {
	err = t.GetContext(ctx, &version, `
		UPDATE calendar_change SET version = (SELECT coalesce(max(version), 0) + 1 FROM calendar_change),
			approved_by = $2, approved_at = shifan_now(), sha256 = $3
		WHERE id = $1 AND version IS NULL AND rejected_by IS NULL RETURNING version`, change, by, sha256)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.Conflict, "D-60", "calendar_change_approved", change)
	}
	if err != nil {
		return 0, fmt.Errorf("approve calendar change: %w", err)
	}
	return version, nil
}

// RejectCalendarChange ends a proposed change. The caller holds the calendar.
func (t *tx) RejectCalendarChange(ctx context.Context, by, change int64, reason string) (acts.CalendarChange, error) {
	_, err := t.ExecContext(ctx, `
		UPDATE calendar_change SET rejected_by = $2, rejected_at = shifan_now(), reason = $3
		WHERE id = $1 AND version IS NULL AND rejected_by IS NULL`, change, by, reason)
	if err != nil {
		return acts.CalendarChange{}, fmt.Errorf("reject calendar change: %w", err)
	}
	return t.CalendarChange(ctx, change)
}

// RealRounds returns the rounds that follow the State Council's calendar and are
// under way, or are closed with a notice or a limit that still runs, in order of
// ID.
func (t *tx) RealRounds(ctx context.Context) ([]string, error) {
	var rounds []string
	err := t.SelectContext(ctx, &rounds, `
		SELECT id FROM round r WHERE NOT drill AND (state IN ('opening', 'open', 'suspended')
		   OR state = 'closed' AND (EXISTS (SELECT FROM public_notice n WHERE n.round_id = r.id AND n.state = 'announced')
		      OR EXISTS (SELECT FROM review v WHERE v.round_id = r.id AND v.outcome IS NULL AND v.due_at > shifan_now())
		      OR EXISTS (SELECT FROM objection o WHERE o.round_id = r.id AND o.state = 'received' AND o.admit_due_at > shifan_now())))
		ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read real rounds: %w", err)
	}
	return rounds, nil
}

// The dates counted in working days from the day something came, by what they
// are of: where each is kept, and since when it is counted.
const (
	dueFiles = `
		SELECT CASE a.state WHEN 'returned' THEN 'return' ELSE 'endorse' END AS kind, a.office_id, a.waiting_office_id AS waiting,
		       (a.waiting_since AT TIME ZONE 'Asia/Shanghai')::date AS since, a.due_at AS due
		FROM application a
		WHERE a.round_id = $1 AND a.ended_at IS NULL AND a.waiting_office_id IS NOT NULL AND a.due_at > shifan_now()`
	dueReviews = `
		SELECT 'review' AS kind, a.office_id, v.office_id AS waiting,
		       (v.requested_at AT TIME ZONE 'Asia/Shanghai')::date AS since, v.due_at AS due
		FROM review v JOIN application a ON a.id = v.application_id
		WHERE v.round_id = $1 AND v.outcome IS NULL AND v.due_at > shifan_now()`
	dueAdmissions = `
		SELECT 'admit' AS kind, a.office_id, o.office_id AS waiting,
		       (o.received_at AT TIME ZONE 'Asia/Shanghai')::date AS since, o.admit_due_at AS due
		FROM objection o JOIN application a ON a.id = o.application_id
		WHERE o.round_id = $1 AND o.state = 'received' AND o.admit_due_at > shifan_now()`
)

// DueDates reads the working-day limits of a round that run: how many stand at
// the same date.
func (t *tx) DueDates(ctx context.Context, round string) ([]acts.DueDate, error) {
	var rows []struct {
		Kind    string
		Office  string
		Waiting int64
		Since   string
		Due     time.Time
		Count   int
	}
	err := t.SelectContext(ctx, &rows, `
		SELECT d.kind, coalesce(o.code, '') AS office, d.waiting, d.since::text AS since, d.due, count(*)::int AS count
		FROM (`+dueFiles+` UNION ALL `+dueReviews+` UNION ALL `+dueAdmissions+`) d
		LEFT JOIN round_office o ON o.round_id = $1 AND o.office_id = d.office_id
		GROUP BY d.kind, o.code, d.waiting, d.since, d.due ORDER BY o.code, d.kind, d.due, d.waiting, d.since`, round)
	if err != nil {
		return nil, fmt.Errorf("read limits that run: %w", err)
	}
	dates := make([]acts.DueDate, len(rows))
	for i, r := range rows {
		since, err := award.ParseDate(r.Since)
		if err != nil {
			return nil, fmt.Errorf("read since when a limit runs: %w", err)
		}
		dates[i] = acts.DueDate{
			Kind: acts.DueKind(r.Kind), OfficeCode: r.Office, Waiting: r.Waiting, Since: since, Due: r.Due, Count: r.Count,
		}
	}
	return dates, nil
}

// MoveDueDates moves limits that stand at a date to a later one.
func (t *tx) MoveDueDates(ctx context.Context, round string, moves []acts.DueDate) error {
	type move struct {
		Kind    acts.DueKind `json:"kind"`
		Waiting int64        `json:"waiting"`
		Since   string       `json:"since"`
		Due     time.Time    `json:"due"`
		To      time.Time    `json:"moved"`
	}
	rows := make([]move, len(moves))
	for i, m := range moves {
		rows[i] = move{m.Kind, m.Waiting, m.Since.String(), m.Due, m.To}
	}
	encoded, err := encode(rows)
	if err != nil {
		return fmt.Errorf("encode limits: %w", err)
	}
	const given = ` FROM jsonb_to_recordset($2::jsonb) AS n (kind text, waiting bigint, since date, due timestamptz, moved timestamptz) `
	for _, part := range []struct{ what, sql string }{
		{"files", `
			UPDATE application a SET due_at = n.moved` + given + `
			WHERE a.round_id = $1 AND a.ended_at IS NULL AND a.waiting_office_id = n.waiting AND a.due_at = n.due
			  AND (a.waiting_since AT TIME ZONE 'Asia/Shanghai')::date = n.since
			  AND n.kind = CASE a.state WHEN 'returned' THEN 'return' ELSE 'endorse' END`},
		{"reviews", `
			UPDATE review v SET due_at = n.moved` + given + `
			WHERE v.round_id = $1 AND v.outcome IS NULL AND v.office_id = n.waiting AND v.due_at = n.due
			  AND (v.requested_at AT TIME ZONE 'Asia/Shanghai')::date = n.since AND n.kind = 'review'`},
		{"admissions", `
			UPDATE objection o SET admit_due_at = n.moved` + given + `
			WHERE o.round_id = $1 AND o.state = 'received' AND o.office_id = n.waiting AND o.admit_due_at = n.due
			  AND (o.received_at AT TIME ZONE 'Asia/Shanghai')::date = n.since AND n.kind = 'admit'`},
	} {
		if _, err := t.ExecContext(ctx, part.sql, round, encoded); err != nil {
			return fmt.Errorf("move limits of %s: %w", part.what, err)
		}
	}
	return nil
}
