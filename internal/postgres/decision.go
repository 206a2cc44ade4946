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
		WHERE a.round_id = $1 AND a.state = 'noticed_nationally' AND NOT a.suspended
		ORDER BY `+byCategory, round)
	if err != nil {
		return nil, fmt.Errorf("read files to name: %w", err)
	}
	defer rows.Close()
	var titles []acts.Title
	for rows.Next() {
		var title acts.Title
		if err := rows.Scan(&title.Application, &title.Unit, &title.Code, &title.Name, &title.Category); err != nil {
			return nil, fmt.Errorf("read file to name: %w", err)
		}
		titles = append(titles, title)
	}
	return titles, rows.Err()
}

// AddTitles writes titles.
func (t *tx) AddTitles(ctx context.Context, titles []acts.Title) error {
	n := len(titles)
	numbers, rounds, texts, categories := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	files, units := make([]int64, n), make([]int64, n)
	drills, days := make([]bool, n), make([]string, n)
	for i, title := range titles {
		numbers[i], rounds[i], texts[i], categories[i] = title.Number, title.Round, title.Text, string(title.Category)
		files[i], units[i], drills[i], days[i] = title.Application, title.Unit, title.Drill, title.NamedOn.String()
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		SELECT t.number, t.round_id, t.application_id, t.unit_id, t.category, t.text, t.drill, t.named_on
		FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bool[], $8::date[])
			AS t (number, round_id, application_id, unit_id, category, text, drill, named_on)`,
		pq.Array(numbers), pq.Array(rounds), pq.Array(files), pq.Array(units), pq.Array(categories),
		pq.Array(texts), pq.Array(drills), pq.Array(days))
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

const titleColumns = `
	SELECT a.number, a.round_id, a.application_id, a.unit_id, u.code, u.name, a.category, a.text, a.drill,
	       to_char(a.named_on, 'YYYY-MM-DD'), a.state
	FROM title a JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id `

func scanTitle(row scanner) (acts.Title, error) {
	var title acts.Title
	var named string
	err := row.Scan(&title.Number, &title.Round, &title.Application, &title.Unit, &title.Code, &title.Name,
		&title.Category, &title.Text, &title.Drill, &named, &title.State)
	if err != nil {
		return acts.Title{}, err
	}
	title.NamedOn, err = award.ParseDate(named)
	return title, err
}

// Titles reads a round's titles in the order of lists (D-09).
func (t *tx) Titles(ctx context.Context, round string, category award.Category) ([]acts.Title, error) {
	rows, err := t.QueryxContext(ctx, titleColumns+`
		WHERE a.round_id = $1 AND ($2 = '' OR a.category = $2) ORDER BY `+byCategory, round, category)
	if err != nil {
		return nil, fmt.Errorf("read titles: %w", err)
	}
	defer rows.Close()
	var titles []acts.Title
	for rows.Next() {
		title, err := scanTitle(rows)
		if err != nil {
			return nil, fmt.Errorf("read title: %w", err)
		}
		titles = append(titles, title)
	}
	return titles, rows.Err()
}

// PublicTitle reads a title by its number. A unit is named as it was in the
// round that gave it.
func (s *Store) PublicTitle(ctx context.Context, number string) (acts.Title, error) {
	title, err := scanTitle(s.db.QueryRowxContext(ctx, titleColumns+`WHERE a.number = $1`, number))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Title{}, award.Refuse(award.NotFound, "", "title_unknown", number)
	}
	if err != nil {
		return acts.Title{}, fmt.Errorf("read title: %w", err)
	}
	return title, nil
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
