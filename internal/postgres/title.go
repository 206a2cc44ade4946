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
	err := t.GetContext(ctx, &number, andMerged+`
		SELECT t.number FROM title_register t
		WHERE t.unit_id IN (SELECT unit_id FROM line)
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

// andMerged are a unit, $1, and those that became part of it, and of those.
const andMerged = `
	WITH RECURSIVE line AS (
		SELECT $1::bigint AS unit_id
		UNION
		SELECT s.unit_id FROM unit_successor s JOIN line l ON s.successor_id = l.unit_id
	)`

// Barred reads the longest bar on a day of a unit or of those that became part
// of it.
func (t *tx) Barred(ctx context.Context, unit int64, on award.Date) (acts.Bar, error) {
	var bar acts.Bar
	var until string
	err := t.QueryRowxContext(ctx, andMerged+`
		SELECT to_char(b.until_day, 'YYYY-MM-DD'), b.ground, b.document, CASE WHEN b.unit_id <> $1 THEN coalesce(
		       (SELECT v.name FROM unit_version v WHERE v.unit_id = b.unit_id ORDER BY v.valid_from DESC LIMIT 1), '') ELSE '' END
		FROM unit_bar b JOIN line l ON l.unit_id = b.unit_id
		WHERE b.from_day <= $2::date AND b.until_day > $2::date
		ORDER BY b.until_day DESC, b.id LIMIT 1`, unit, on.String()).Scan(&until, &bar.Ground, &bar.Document, &bar.Merged)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Bar{}, nil
	}
	if err != nil {
		return acts.Bar{}, fmt.Errorf("look for a bar: %w", err)
	}
	bar.Until, err = award.ParseDate(until)
	return bar, err
}

// UnderWay reads the files that a unit, or one that goes on in its place, has
// under way.
func (t *tx) UnderWay(ctx context.Context, unit int64) ([]acts.OnFile, error) {
	rows, err := t.QueryxContext(ctx, `
		WITH RECURSIVE line AS (
			SELECT $1::bigint AS unit_id
			UNION
			SELECT s.successor_id FROM unit_successor s JOIN line l ON s.unit_id = l.unit_id
		)
		SELECT a.round_id, a.id FROM application a JOIN line l ON l.unit_id = a.unit_id WHERE a.ended_at IS NULL ORDER BY a.id`, unit)
	if err != nil {
		return nil, fmt.Errorf("read a unit's files under way: %w", err)
	}
	return collect(rows, "read a file under way", func(row scanner) (f acts.OnFile, err error) {
		err = row.Scan(&f.Round, &f.Application)
		return f, err
	})
}

// AddReport writes a report and, apart from it, its reporter.
func (t *tx) AddReport(ctx context.Context, title int64, r acts.TitleReport, call acts.PublicCall) (acts.TitleReport, error) {
	var digest, body any
	if call.Public {
		digest, body = call.Digest[:], call.Body[:]
	}
	err := t.QueryRowxContext(ctx, `
		INSERT INTO title_report (title_id, channel, facts, received, officer_id, receipt, call_sha256, body_sha256)
		VALUES ($1, $2, $3, $4::date, nullif($5::bigint, 0), nullif($6, ''), $7, $8) RETURNING id, at`,
		title, r.Channel, r.Facts, r.Received.String(), r.Handler, r.Receipt, digest, body).Scan(&r.ID, &r.At)
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

// reportColumns are scanned by scanReport.
const reportColumns = `
	SELECT p.id, a.number, p.channel, p.facts, to_char(p.received, 'YYYY-MM-DD'), coalesce(p.officer_id, 0), p.at,
	       coalesce(p.outcome, ''), p.finding, p.closed_at, coalesce(p.receipt, '')
	FROM title_report p JOIN title a ON a.id = p.title_id `

func scanReport(row scanner) (acts.TitleReport, error) {
	var r acts.TitleReport
	var received string
	var closed sql.NullTime
	err := row.Scan(&r.ID, &r.Title, &r.Channel, &r.Facts, &received, &r.Handler, &r.At, &r.Outcome, &r.Finding, &closed, &r.Receipt)
	if err != nil {
		return acts.TitleReport{}, err
	}
	r.ClosedAt = closed.Time
	r.Received, err = award.ParseDate(received)
	return r, err
}

// TitleReportPage lists the reports that an office handles.
func (s *Store) TitleReportPage(ctx context.Context, office int64, q acts.TitleReportQuery) ([]acts.ListedReport, error) {
	rows, err := s.db.QueryxContext(ctx, reportColumns+`
		JOIN application f ON f.id = a.application_id JOIN round r ON r.id = a.round_id
		WHERE $1 IN (f.office_id, r.owner_office_id) AND (p.outcome IS NULL OR NOT $2) AND ($3 = 0 OR p.id < $3)
		ORDER BY p.id DESC LIMIT $4`, office, q.Open, q.Before, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	reports, err := collect(rows, "read a listed report", scanReport)
	if err != nil {
		return nil, err
	}
	numbers := make([]string, len(reports))
	for i, r := range reports {
		numbers[i] = r.Title
	}
	titles, err := readTitles(ctx, s.db, `WHERE a.number = ANY($1)`, pq.Array(numbers))
	if err != nil {
		return nil, err
	}
	held := make(map[string]acts.Title, len(titles))
	for _, t := range titles {
		held[t.Number] = t
	}
	listed := make([]acts.ListedReport, len(reports))
	for i, r := range reports {
		listed[i] = acts.ListedReport{TitleReport: r, Holder: held[r.Title]}
	}
	return listed, nil
}

// ReportCalled returns what an earlier call made.
func (t *tx) ReportCalled(ctx context.Context, title int64, call [32]byte) (acts.TitleReport, []byte, error) {
	r, err := scanReport(t.QueryRowxContext(ctx, reportColumns+`WHERE p.title_id = $1 AND p.call_sha256 = $2`, title, call[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.TitleReport{}, nil, nil
	}
	if err != nil {
		return acts.TitleReport{}, nil, fmt.Errorf("look for an earlier call: %w", err)
	}
	var body []byte
	if err := t.GetContext(ctx, &body, `SELECT body_sha256 FROM title_report WHERE id = $1`, r.ID); err != nil {
		return acts.TitleReport{}, nil, fmt.Errorf("read an earlier call: %w", err)
	}
	return r, body, nil
}

// ReportByReceipt finds a report by form.
func (s *Store) ReportByReceipt(ctx context.Context, receipt string) (acts.TitleReport, error) {
	r, err := scanReport(s.db.QueryRowxContext(ctx, reportColumns+`WHERE p.receipt = $1`, receipt))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.TitleReport{}, award.Refuse(award.NotFound, "domain 6.8", "receipt_unknown")
	}
	if err != nil {
		return acts.TitleReport{}, fmt.Errorf("find a receipt: %w", err)
	}
	return r, nil
}

// ReportsSince counts what came on a title by form.
func (t *tx) ReportsSince(ctx context.Context, title int64, since time.Time) (int, error) {
	var n int
	err := t.GetContext(ctx, &n, `SELECT count(*) FROM title_report WHERE title_id = $1 AND channel = 'form' AND at > $2`, title, since)
	if err != nil {
		return 0, fmt.Errorf("count reports: %w", err)
	}
	return n, nil
}

// TakeReport writes who handles an open report that nobody has taken.
func (t *tx) TakeReport(ctx context.Context, by award.Officer, report int64) error {
	_, err := t.ExecContext(ctx, `UPDATE title_report SET officer_id = $2 WHERE id = $1 AND officer_id IS NULL AND outcome IS NULL`, report, by.ID)
	if err != nil {
		return fmt.Errorf("take a report: %w", err)
	}
	return nil
}

// TitleReports reads the reports on a title, with who reported.
func (t *tx) TitleReports(ctx context.Context, number string) ([]acts.TitleReport, error) {
	rows, err := t.QueryxContext(ctx, reportColumns+`WHERE a.number = $1 ORDER BY p.id`, number)
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	reports, err := collect(rows, "read a report", scanReport)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(reports))
	ids := make([]int64, len(reports))
	for i, r := range reports {
		at[r.ID], ids[i] = i, r.ID
	}
	who, err := t.QueryxContext(ctx, `SELECT report_id, name, contact FROM title_reporter WHERE report_id = ANY($1)`, pq.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("read reporters: %w", err)
	}
	defer who.Close()
	for who.Next() {
		var id int64
		var reporter acts.Reporter
		if err := who.Scan(&id, &reporter.Name, &reporter.Contact); err != nil {
			return nil, fmt.Errorf("read a reporter: %w", err)
		}
		reports[at[id]].Reporter = reporter
	}
	return reports, who.Err()
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
