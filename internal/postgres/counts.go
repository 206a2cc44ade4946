package postgres

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Funnels counts units by office and category, each source once: a state may
// come and go, so "ever reached" is read from history; the cut and the titles
// are as they stand.
func (s *Store) Funnels(ctx context.Context, round string, office int64) ([]acts.Funnel, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT office_id, category, sum(units), sum(self_checked), sum(ready), sum(applied), sum(at_province), sum(unsigned),
		       sum(proposed), sum(noticed), sum(recommended), sum(places), sum(candidates), sum(named)
		FROM (
			SELECT office_id, category, eligible AS units, 0 AS self_checked, 0 AS ready, 0 AS applied, 0 AS at_province,
			       0 AS unsigned, 0 AS proposed, 0 AS noticed, 0 AS recommended, places, 0 AS candidates, 0 AS named
			FROM recommendation_limit WHERE round_id = $1 AND ($2 = 0 OR office_id = $2)
			UNION ALL
			SELECT office_id, category, 0, count(*), count(*) FILTER (WHERE ready), 0, 0, 0, 0, 0, 0, 0, 0, 0
			FROM self_check WHERE round_id = $1 AND ($2 = 0 OR office_id = $2) GROUP BY office_id, category
			UNION ALL
			SELECT office_id, category, 0, 0, 0, count(*) FILTER (WHERE filed_at IS NOT NULL),
			       count(*) FILTER (WHERE at_province), count(*) FILTER (WHERE unsigned),
			       count(*) FILTER (WHERE proposed), count(*) FILTER (WHERE noticed), 0, 0,
			       count(*) FILTER (WHERE candidate), 0
			FROM (
				SELECT a.office_id, a.category, a.filed_at, a.unsigned,
				       bool_or(h.to_state = 'at_province') AS at_province, bool_or(h.to_state = 'proposed') AS proposed,
				       bool_or(h.to_state = 'noticed_locally') AS noticed, bool_or(h.to_state = 'candidate') AS candidate
				FROM application a LEFT JOIN application_history h ON h.application_id = a.id
					AND h.to_state IN ('at_province', 'proposed', 'noticed_locally', 'candidate')
				WHERE a.round_id = $1 AND ($2 = 0 OR a.office_id = $2)
				GROUP BY a.id
			) reached GROUP BY office_id, category
			UNION ALL
			SELECT office_id, category, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, 0
			FROM recommendation WHERE round_id = $1 AND ($2 = 0 OR office_id = $2) GROUP BY office_id, category
			UNION ALL
			SELECT a.office_id, t.category, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*)
			FROM title t JOIN application a ON a.id = t.application_id
			WHERE t.round_id = $1 AND ($2 = 0 OR a.office_id = $2) GROUP BY a.office_id, t.category
		) counted
		GROUP BY office_id, category`, round, office)
	if err != nil {
		return nil, fmt.Errorf("count units: %w", err)
	}
	return scanFunnels(rows)
}

func scanFunnels(rows *sqlx.Rows) ([]acts.Funnel, error) {
	return collect(rows, "read unit counts", func(row scanner) (f acts.Funnel, err error) {
		err = row.Scan(&f.Office, &f.Category, &f.Units, &f.SelfChecked, &f.Ready, &f.Applied, &f.AtProvince, &f.Unsigned,
			&f.Proposed, &f.NoticedLocally, &f.Recommended, &f.RecommendationLimit, &f.Candidates, &f.Named)
		return f, err
	})
}

// Reminders counts those given on files under way, by recommending office.
func (s *Store) Reminders(ctx context.Context, round string) (map[int64]int, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT office_id, sum(reminders) FROM application
		WHERE round_id = $1 AND ended_at IS NULL AND reminders > 0 GROUP BY office_id`, round)
	if err != nil {
		return nil, fmt.Errorf("count reminders: %w", err)
	}
	defer rows.Close()
	reminders := make(map[int64]int)
	for rows.Next() {
		var office int64
		var given int
		if err := rows.Scan(&office, &given); err != nil {
			return nil, fmt.Errorf("read a count of reminders: %w", err)
		}
		reminders[office] = given
	}
	return reminders, rows.Err()
}

// MarkCounts counts totals by stretches: of self-checks without blanks, of
// inspections, and of the nation's scores.
func (s *Store) MarkCounts(ctx context.Context, round string) ([]acts.MarkCount, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT office_id, category, marks, least(total / $2, $3 - 1) AS stretch, count(*)
		FROM (
			SELECT office_id, category, 'self' AS marks, total FROM self_check WHERE round_id = $1 AND complete
			UNION ALL
			SELECT a.office_id, a.category, 'province', i.total
			FROM inspection i JOIN application a ON a.id = i.application_id WHERE a.round_id = $1
			UNION ALL
			SELECT a.office_id, a.category, 'nation', s.total
			FROM score s JOIN application a ON a.id = s.application_id WHERE a.round_id = $1
		) marked
		GROUP BY office_id, category, marks, stretch ORDER BY office_id, category, marks, stretch`,
		round, int64(acts.MarkStretch), acts.MarkStretches)
	if err != nil {
		return nil, fmt.Errorf("count marks: %w", err)
	}
	return collect(rows, "read a count of marks", func(row scanner) (m acts.MarkCount, err error) {
		err = row.Scan(&m.Office, &m.Category, &m.Of, &m.Stretch, &m.Units)
		return m, err
	})
}

// FileStates counts a round's files by state.
func (t *tx) FileStates(ctx context.Context, round string) (map[award.FileState]int, error) {
	rows, err := t.QueryxContext(ctx, `SELECT state, count(*) FROM application WHERE round_id = $1 GROUP BY state`, round)
	if err != nil {
		return nil, fmt.Errorf("count files: %w", err)
	}
	defer rows.Close()
	states := make(map[award.FileState]int)
	for rows.Next() {
		var state award.FileState
		var files int
		if err := rows.Scan(&state, &files); err != nil {
			return nil, fmt.Errorf("read a count of files: %w", err)
		}
		states[state] = files
	}
	return states, rows.Err()
}

// MessagesLeft counts the messages that a round has left for offices.
func (t *tx) MessagesLeft(ctx context.Context, round string) (int, error) {
	var n int
	if err := t.GetContext(ctx, &n, `SELECT count(*) FROM message WHERE round_id = $1`, round); err != nil {
		return 0, fmt.Errorf("count messages: %w", err)
	}
	return n, nil
}
