package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// FixCandidates records that the candidates are fixed.
func (t *tx) FixCandidates(ctx context.Context, round string) error {
	_, err := t.ExecContext(ctx, `UPDATE round SET candidates_at = shifan_now() WHERE id = $1`, round)
	if err != nil {
		return fmt.Errorf("fix candidates: %w", err)
	}
	return nil
}

// ToName reads the files that may be named, by category and code.
func (t *tx) ToName(ctx context.Context, round string) ([]acts.Title, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT a.id, a.unit_id, u.code, u.name, a.category
		FROM application a JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		JOIN round r ON r.id = a.round_id
		WHERE a.round_id = $1 AND NOT a.suspended AND (a.state = 'noticed_nationally'
		   OR a.state = 'candidate' AND r.decided_at IS NOT NULL
		  AND EXISTS (SELECT FROM list_item i JOIN public_notice n ON n.list_id = i.list_id AND n.scope = 'national' AND n.state = 'ended'
		              WHERE i.application_id = a.id AND i.removed_at IS NULL)
		  AND NOT EXISTS (SELECT FROM list_item i JOIN public_notice n ON n.list_id = i.list_id AND n.scope = 'national' AND n.state = 'announced'
		                  WHERE i.application_id = a.id))
		ORDER BY `+byCategory, round)
	if err != nil {
		return nil, fmt.Errorf("read files to name: %w", err)
	}
	return collect(rows, "read file to name", func(row scanner) (title acts.Title, err error) {
		err = row.Scan(&title.Application, &title.Unit, &title.Code, &title.Name, &title.Category)
		return title, err
	})
}

// TitlesGiven counts the titles a round has given, by category.
func (t *tx) TitlesGiven(ctx context.Context, round string) (map[award.Category]int, error) {
	var rows []struct {
		Category award.Category
		Given    int
	}
	err := t.SelectContext(ctx, &rows, `SELECT category, count(*)::int AS given FROM title WHERE round_id = $1 GROUP BY category`, round)
	if err != nil {
		return nil, fmt.Errorf("count titles: %w", err)
	}
	given := make(map[award.Category]int, len(rows))
	for _, r := range rows {
		given[r.Category] = r.Given
	}
	return given, nil
}

// AddDecision keeps a decision.
func (t *tx) AddDecision(ctx context.Context, by award.Officer, round string, d acts.Decision) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO decision (round_id, number, decided_on, supplementary, ground, officer_id)
		VALUES ($1, $2, $3::date, $4, $5, $6)`, round, d.Number, d.Date.String(), d.Supplementary, d.Ground, by.ID)
	if constraint(err) == "decision_pkey" {
		return award.Refuse(award.Conflict, "N 四(四)", "decision_number_used", d.Number)
	}
	if err != nil {
		return fmt.Errorf("keep a decision: %w", err)
	}
	return nil
}

// AddTitles writes titles, each with the first row of its history.
func (t *tx) AddTitles(ctx context.Context, by award.Officer, titles []acts.Title) error {
	type row struct {
		Number      string    `json:"number"`
		Round       string    `json:"round_id"`
		Application int64     `json:"application_id"`
		Unit        int64     `json:"unit_id"`
		Category    string    `json:"category"`
		Text        string    `json:"text"`
		Drill       bool      `json:"drill"`
		NamedOn     string    `json:"named_on"`
		Decision    string    `json:"decision_number"`
		Plaque      string    `json:"plaque_number"`
		DueAt       time.Time `json:"due_at"`
	}
	rows := make([]row, len(titles))
	for i, title := range titles {
		rows[i] = row{
			Number: title.Number, Round: title.Round, Application: title.Application, Unit: title.Unit,
			Category: string(title.Category), Text: title.Text, Drill: title.Drill, NamedOn: title.NamedOn.String(),
			Decision: title.Decision, Plaque: title.PlaqueNumber, DueAt: title.DueAt,
		}
	}
	encoded, err := encode(rows)
	if err != nil {
		return fmt.Errorf("encode titles: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		WITH given AS (
			INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on, decision_number, plaque_number, due_at)
			SELECT n.number, n.round_id, n.application_id, n.unit_id, n.category, n.text, n.drill, n.named_on, n.decision_number, n.plaque_number, n.due_at
			FROM jsonb_to_recordset($1::jsonb) AS n (number text, round_id text, application_id bigint, unit_id bigint, category text,
				text text, drill boolean, named_on date, decision_number text, plaque_number text, due_at timestamptz)
			RETURNING id, decision_number
		)
		INSERT INTO title_history (title_id, revision, act, from_state, to_state, officer_id, ground, document)
		SELECT id, 1, $2, '', 'active', $3, '命名表彰决定', decision_number FROM given ORDER BY id`, encoded, award.ActDecide, by.ID)
	if err != nil {
		return fmt.Errorf("write titles: %w", err)
	}
	return nil
}

// Decide records the decision.
func (t *tx) Decide(ctx context.Context, round, number string, date award.Date) error {
	_, err := t.ExecContext(ctx, `
		UPDATE round SET decided_at = shifan_now(), decision_number = $2, decision_date = $3::date WHERE id = $1`,
		round, number, date.String())
	if err != nil {
		return fmt.Errorf("record the decision: %w", err)
	}
	return nil
}

// titleColumns are read by scanTitle, wherever a title is read. A unit that ended
// in a merger is shown as the one in whose place it goes on.
const titleColumns = `
	SELECT a.number, a.round_id, a.application_id, a.unit_id, u.code, u.name, a.category, a.text, a.drill,
	       to_char(a.named_on, 'YYYY-MM-DD'), a.state, a.id, a.revision, a.decision_number, a.plaque_number, a.plaque, a.due_at, a.plaque_due_at,
	       r.owner_office_id, coalesce(w.name, ''), f.office_id, o.code, u.path, coalesce(v.code, ''), coalesce(v.name, '')
	FROM title a
	JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
	JOIN round r ON r.id = a.round_id
	JOIN application f ON f.id = a.application_id
	JOIN round_office o ON o.round_id = f.round_id AND o.office_id = f.office_id
	LEFT JOIN unit_version w ON w.unit_id = r.owner_office_id AND w.valid_to IS NULL
	LEFT JOIN LATERAL (
		SELECT x.code, x.name FROM unit_version x
		WHERE x.valid_to IS NULL AND (x.unit_id = a.unit_id
		   OR x.unit_id = (SELECT s.successor_id FROM unit_successor s WHERE s.unit_id = a.unit_id ORDER BY s.effective DESC LIMIT 1))
		ORDER BY x.unit_id = a.unit_id DESC LIMIT 1) v ON true `

func scanTitle(row scanner) (acts.Title, error) {
	var title acts.Title
	var named string
	var due, plaqueDue sql.NullTime
	err := row.Scan(&title.Number, &title.Round, &title.Application, &title.Unit, &title.Code, &title.Name,
		&title.Category, &title.Text, &title.Drill, &named, &title.State, &title.ID, &title.Revision, &title.Decision,
		&title.PlaqueNumber, &title.Plaque, &due, &plaqueDue,
		&title.Owner, &title.OwnerName, &title.Office, &title.OfficeCode, (*pq.Int64Array)(&title.Path), &title.CodeNow, &title.NameNow)
	if err != nil {
		return acts.Title{}, err
	}
	title.DueAt, title.PlaqueDueAt = due.Time, plaqueDue.Time
	title.NamedOn, err = award.ParseDate(named)
	return title, err
}

// readTitles reads titles in the order that the query gives.
func readTitles(ctx context.Context, q queryer, where string, args ...any) ([]acts.Title, error) {
	rows, err := q.QueryxContext(ctx, titleColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read titles: %w", err)
	}
	return collect(rows, "read title", scanTitle)
}

// Titles reads a round's titles in the order of lists (D-09).
func (t *tx) Titles(ctx context.Context, round string, category award.Category) ([]acts.Title, error) {
	return readTitles(ctx, t, `WHERE a.round_id = $1 AND ($2 = '' OR a.category = $2) ORDER BY `+byCategory, round, category)
}

// PublicTitle reads a title by its number: the unit as it was named, and as it is.
func (s *Store) PublicTitle(ctx context.Context, number string) (acts.Title, error) {
	return oneTitle(ctx, s.db, number, "")
}

func oneTitle(ctx context.Context, q queryer, number, suffix string) (acts.Title, error) {
	titles, err := readTitles(ctx, q, `WHERE a.number = $1 `+suffix, number)
	if err == nil && len(titles) == 0 {
		err = award.Refuse(award.NotFound, "", "title_unknown", number)
	}
	if err != nil {
		return acts.Title{}, err
	}
	return titles[0], nil
}

// HoldsTitleOf reports whether a unit holds a title of the category that one of
// the offices has given. One under rectification does not count until it is kept.
func (t *tx) HoldsTitleOf(ctx context.Context, unit int64, category award.Category, offices []int64, drill bool) (bool, error) {
	var holds bool
	err := t.GetContext(ctx, &holds, `
		SELECT EXISTS (
			SELECT FROM title t JOIN round r ON r.id = t.round_id
			WHERE t.unit_id = $1 AND t.category = $2 AND t.drill = $3 AND t.state IN ('active', 'in_recheck', 'kept')
			  AND r.owner_office_id = ANY($4))`, unit, category, drill, pq.Array(offices))
	if err != nil {
		return false, fmt.Errorf("look for a title below: %w", err)
	}
	return holds, nil
}
