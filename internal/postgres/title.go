package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// LockTitle reads a title and holds it.
func (t *tx) LockTitle(ctx context.Context, number string) (acts.Title, error) {
	return oneTitle(ctx, t, number, `FOR UPDATE OF a`)
}

// HeldTitles reads the register's titles that units hold, and holds their rows.
func (t *tx) HeldTitles(ctx context.Context, units []int64) ([]acts.Title, error) {
	return readTitles(ctx, t, `
		WHERE NOT a.drill AND a.unit_id = ANY($1) AND a.state NOT IN ('revoked', 'deregistered') ORDER BY a.id FOR UPDATE OF a`, pq.Array(units))
}

// HeldTitle returns the number of the title of an office's that a unit holds, by
// itself or as a successor.
func (t *tx) HeldTitle(ctx context.Context, unit int64, category award.Category, giver int64) (string, error) {
	var number string
	err := t.GetContext(ctx, &number, `
		SELECT t.number FROM title_register t
		WHERE (t.unit_id = $1 OR t.unit_id IN (SELECT unit_id FROM unit_successor WHERE successor_id = $1))
		  AND t.category = $2 AND t.state NOT IN ('revoked', 'deregistered')
		  AND NOT EXISTS (SELECT FROM round r WHERE r.id = t.round_id AND r.owner_office_id <> $3) -- one older than the record counts
		ORDER BY t.id LIMIT 1`, unit, category, giver)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for a title: %w", err)
	}
	return number, nil
}

// SaveTitle writes a held title and the row of its history.
func (t *tx) SaveTitle(ctx context.Context, by award.Officer, title acts.Title, change acts.TitleChange) error {
	_, err := t.ExecContext(ctx, `
		UPDATE title SET state = $2, revision = $3, due_at = $4, plaque = $5, plaque_due_at = $6 WHERE id = $1`,
		title.ID, title.State, title.Revision, instant(title.DueAt), title.Plaque, instant(title.PlaqueDueAt))
	if err != nil {
		return fmt.Errorf("write a title: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO title_history (title_id, revision, act, from_state, to_state, officer_id, ground, document)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		title.ID, title.Revision, change.Act, change.From, change.To, by.ID, change.Ground, change.Document)
	if err != nil {
		return fmt.Errorf("write a title's history: %w", err)
	}
	return nil
}

// instant is a time that may be none.
func instant(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }

// TitleHistory reads a title's moves.
func (t *tx) TitleHistory(ctx context.Context, number string) ([]acts.TitleChange, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT h.act, h.from_state, h.to_state, h.revision, coalesce(o.name, ''), h.ground, h.document, h.at
		FROM title_history h JOIN title a ON a.id = h.title_id LEFT JOIN officer o ON o.id = h.officer_id
		WHERE a.number = $1 ORDER BY h.id`, number)
	if err != nil {
		return nil, fmt.Errorf("read a title's history: %w", err)
	}
	return collect(rows, "read a title's move", func(row scanner) (c acts.TitleChange, err error) {
		err = row.Scan(&c.Act, &c.From, &c.To, &c.Revision, &c.Officer, &c.Ground, &c.Document, &c.At)
		return c, err
	})
}

// TitlePage lists titles of the register that an office may see.
func (s *Store) TitlePage(ctx context.Context, q acts.TitleQuery) ([]acts.Title, error) {
	return readTitles(ctx, s.db, `
		WHERE NOT a.drill AND a.id > $1 AND ($2 = '' OR a.state = $2)
		  AND ($3 IN (r.owner_office_id, f.office_id) OR $3 = ANY(u.path))
		ORDER BY a.id LIMIT $4`, q.After, q.State, q.Office, q.Limit)
}

// AddBar bars a unit from applying.
func (t *tx) AddBar(ctx context.Context, by award.Officer, unit int64, from, until award.Date, ground, document string) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO unit_bar (unit_id, from_day, until_day, ground, document, officer_id)
		VALUES ($1, $2::date, $3::date, $4, $5, $6)`, unit, from.String(), until.String(), ground, document, by.ID)
	if err != nil {
		return fmt.Errorf("bar a unit: %w", err)
	}
	return nil
}

// BarredUntil returns the first day on which a barred unit may apply again.
func (t *tx) BarredUntil(ctx context.Context, unit int64, on award.Date) (award.Date, error) {
	var until sql.NullString
	err := t.GetContext(ctx, &until, `
		SELECT to_char(max(until_day), 'YYYY-MM-DD') FROM unit_bar
		WHERE unit_id = $1 AND from_day <= $2::date AND until_day > $2::date`, unit, on.String())
	if err != nil {
		return award.Date{}, fmt.Errorf("look for a bar: %w", err)
	}
	if !until.Valid {
		return award.Date{}, nil
	}
	return award.ParseDate(until.String)
}

// AddReport writes a report and, apart from it, its reporter.
func (t *tx) AddReport(ctx context.Context, by award.Officer, r acts.TitleReport) (acts.TitleReport, error) {
	r.Handler = by.ID
	err := t.QueryRowxContext(ctx, `
		INSERT INTO title_report (title_id, channel, facts, received, officer_id)
		SELECT id, $2, $3, $4::date, $5 FROM title WHERE number = $1 RETURNING id, at`,
		r.Title, r.Channel, r.Facts, r.Received.String(), by.ID).Scan(&r.ID, &r.At)
	if err != nil {
		return acts.TitleReport{}, fmt.Errorf("write a report: %w", err)
	}
	if r.Reporter == (acts.Reporter{}) {
		return r, nil
	}
	_, err = t.ExecContext(ctx, `INSERT INTO title_reporter (report_id, name, contact) VALUES ($1, $2, $3)`, r.ID, r.Reporter.Name, r.Reporter.Contact)
	if err != nil {
		return acts.TitleReport{}, fmt.Errorf("write a reporter: %w", err)
	}
	return r, nil
}

// TitleReports reads the reports on a title.
func (t *tx) TitleReports(ctx context.Context, number string) ([]acts.TitleReport, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT p.id, a.number, p.channel, p.facts, to_char(p.received, 'YYYY-MM-DD'), p.officer_id, p.at,
		       coalesce(p.outcome, ''), p.finding, p.closed_at, coalesce(w.name, ''), coalesce(w.contact, '')
		FROM title_report p JOIN title a ON a.id = p.title_id LEFT JOIN title_reporter w ON w.report_id = p.id
		WHERE a.number = $1 ORDER BY p.id`, number)
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	defer rows.Close()
	var reports []acts.TitleReport
	for rows.Next() {
		var r acts.TitleReport
		var received string
		var closed sql.NullTime
		if err := rows.Scan(&r.ID, &r.Title, &r.Channel, &r.Facts, &received, &r.Handler, &r.At, &r.Outcome, &r.Finding, &closed,
			&r.Reporter.Name, &r.Reporter.Contact); err != nil {
			return nil, fmt.Errorf("read a report: %w", err)
		}
		r.ClosedAt = closed.Time
		if r.Received, err = award.ParseDate(received); err != nil {
			return nil, fmt.Errorf("read the day of a report: %w", err)
		}
		reports = append(reports, r)
	}
	return reports, rows.Err()
}

// CloseReport writes what an open report came to.
func (t *tx) CloseReport(ctx context.Context, by award.Officer, r acts.TitleReport) error {
	_, err := t.ExecContext(ctx, `
		UPDATE title_report SET outcome = $2, finding = $3, closed_by = $4, closed_at = shifan_now()
		WHERE id = $1 AND outcome IS NULL`, r.ID, r.Outcome, r.Finding, by.ID)
	if err != nil {
		return fmt.Errorf("close a report: %w", err)
	}
	return nil
}
