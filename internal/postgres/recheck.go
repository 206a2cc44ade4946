package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// recheckable are titles of the register that an office gave or recommended, that
// are under no re-check, and that a filter finds.
const recheckable = `
	WHERE NOT a.drill AND a.state IN ('active', 'kept') AND $1 IN (r.owner_office_id, f.office_id)
	  AND ($2 = 0 OR extract(year FROM a.named_on) = $2) AND ($3 = '' OR a.category = $3) AND ($4 = '' OR o.code = $4)
	ORDER BY a.id LIMIT $5 `

// LockRecheckable reads them and holds them.
func (t *tx) LockRecheckable(ctx context.Context, office int64, filter acts.RecheckFilter, limit int) ([]acts.Title, error) {
	return readTitles(ctx, t, recheckable+`FOR UPDATE OF a`, office, filter.Year, filter.Category, filter.Office, limit)
}

// Recheckable lists them.
func (s *Store) Recheckable(ctx context.Context, office int64, filter acts.RecheckFilter, limit int) ([]acts.Title, error) {
	return readTitles(ctx, s.db, recheckable, office, filter.Year, filter.Category, filter.Office, limit)
}

// AddRecheck writes a campaign with its titles.
func (t *tx) AddRecheck(ctx context.Context, by award.Officer, r acts.Recheck, titles []acts.Title) (acts.Recheck, error) {
	err := t.QueryRowxContext(ctx, `
		INSERT INTO recheck (office_id, named_in, category, recommended_by, due_at, ground, document, officer_id)
		VALUES ($1, nullif($2::integer, 0), nullif($3, ''), nullif($4, ''), $5, $6, $7, $8) RETURNING id, at`,
		r.Office, r.Filter.Year, r.Filter.Category, r.Filter.Office, r.DueAt, r.Ground, r.Document, by.ID).Scan(&r.ID, &r.At)
	if err != nil {
		return acts.Recheck{}, fmt.Errorf("write a campaign: %w", err)
	}
	ids, revisions := make([]int64, len(titles)), make([]int64, len(titles))
	for i, title := range titles {
		ids[i], revisions[i] = title.ID, int64(title.Revision)
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO recheck_title (recheck_id, title_id, revision) SELECT $1::bigint, * FROM unnest($2::bigint[], $3::integer[])`,
		r.ID, pq.Array(ids), pq.Array(revisions))
	if err != nil {
		return acts.Recheck{}, fmt.Errorf("write a campaign's titles: %w", err)
	}
	return r, nil
}

// rechecked are the titles, c, of campaigns, k, with what came of each, h: the
// last move before another re-check of the title began.
const rechecked = `
	FROM recheck k
	JOIN recheck_title c ON c.recheck_id = k.id
	CROSS JOIN LATERAL (
		SELECT h.to_state, h.at FROM title_history h
		WHERE h.title_id = c.title_id AND h.revision >= c.revision AND h.revision < coalesce((
			SELECT min(n.revision) FROM title_history n
			WHERE n.title_id = c.title_id AND n.revision > c.revision AND n.to_state = 'in_recheck' AND n.from_state <> 'in_recheck'), 2147483647)
		ORDER BY h.revision DESC LIMIT 1) h `

// readRechecks reads campaigns that concern an office, $1, with their progress.
func (s *Store) readRechecks(ctx context.Context, where string, office int64, args ...any) ([]acts.Recheck, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT k.id, k.office_id, coalesce(v.name, ''), coalesce(k.named_in, 0), coalesce(k.category, ''), coalesce(k.recommended_by, ''),
		       k.due_at, k.ground, k.document, k.at
		FROM recheck k LEFT JOIN unit_version v ON v.unit_id = k.office_id AND v.valid_to IS NULL
		WHERE (k.office_id = $1 OR EXISTS (
			SELECT FROM recheck_title c JOIN title a ON a.id = c.title_id JOIN application f ON f.id = a.application_id JOIN round r ON r.id = a.round_id
			WHERE c.recheck_id = k.id AND $1 IN (f.office_id, r.owner_office_id))) `+where, append([]any{office}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read campaigns: %w", err)
	}
	found, err := collect(rows, "read a campaign", func(row scanner) (r acts.Recheck, err error) {
		err = row.Scan(&r.ID, &r.Office, &r.OfficeName, &r.Filter.Year, &r.Filter.Category, &r.Filter.Office, &r.DueAt, &r.Ground, &r.Document, &r.At)
		return r, err
	})
	if err != nil {
		return nil, err
	}
	for i := range found { // a page of them is short: a few a year
		if found[i].Progress, err = s.recheckProgress(ctx, office, found[i].ID); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// recheckProgress counts a campaign's titles by recommending office, in D-09 order.
func (s *Store) recheckProgress(ctx context.Context, office, id int64) ([]acts.RecheckProgress, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT o.code, o.name,
		       count(*) FILTER (WHERE h.to_state = 'in_recheck'), count(*) FILTER (WHERE h.to_state = 'rectifying'),
		       count(*) FILTER (WHERE h.to_state = 'kept'), count(*) FILTER (WHERE h.to_state = 'revoked'),
		       count(*) FILTER (WHERE h.to_state = 'deregistered') `+rechecked+`
		JOIN title a ON a.id = c.title_id
		JOIN round r ON r.id = a.round_id
		JOIN application f ON f.id = a.application_id
		JOIN round_office o ON o.round_id = f.round_id AND o.office_id = f.office_id
		WHERE k.id = $2 AND $1 IN (k.office_id, f.office_id, r.owner_office_id)
		GROUP BY o.code, o.name ORDER BY o.code`, office, id)
	if err != nil {
		return nil, fmt.Errorf("count a campaign's titles: %w", err)
	}
	return collect(rows, "read a campaign's progress", func(row scanner) (p acts.RecheckProgress, err error) {
		err = row.Scan(&p.Code, &p.Name, &p.InRecheck, &p.Rectifying, &p.Kept, &p.Revoked, &p.Deregistered)
		return p, err
	})
}

// Rechecks lists the campaigns that concern an office.
func (s *Store) Rechecks(ctx context.Context, office, before int64, limit int) ([]acts.Recheck, error) {
	return s.readRechecks(ctx, `AND ($2 = 0 OR k.id < $2) ORDER BY k.id DESC LIMIT $3`, office, before, limit)
}

// Recheck reads one of them.
func (s *Store) Recheck(ctx context.Context, office, id int64) (acts.Recheck, error) {
	found, err := s.readRechecks(ctx, `AND k.id = $2`, office, id)
	if err != nil {
		return acts.Recheck{}, err
	}
	if len(found) == 0 {
		return acts.Recheck{}, award.Refuse(award.NotFound, "", "recheck_unknown", id)
	}
	return found[0], nil
}

// RecheckedTitles lists a campaign's titles that an office may see.
func (s *Store) RecheckedTitles(ctx context.Context, office, id, after int64, limit int) ([]acts.RecheckedTitle, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT c.title_id, h.to_state, h.at `+rechecked+`WHERE k.id = $1 AND c.title_id > $2 AND EXISTS (
			SELECT FROM title a JOIN application f ON f.id = a.application_id JOIN round r ON r.id = a.round_id
			WHERE a.id = c.title_id AND $3 IN (k.office_id, f.office_id, r.owner_office_id))
		ORDER BY c.title_id LIMIT $4`, id, after, office, limit)
	if err != nil {
		return nil, fmt.Errorf("list a campaign's titles: %w", err)
	}
	var ids []int64
	found, err := collect(rows, "read a campaign's title", func(row scanner) (t acts.RecheckedTitle, err error) {
		err = row.Scan(&t.ID, &t.Outcome, &t.Since)
		ids = append(ids, t.ID)
		return t, err
	})
	if err != nil {
		return nil, err
	}
	titles, err := readTitles(ctx, s.db, `WHERE a.id = ANY($1) ORDER BY a.id`, pq.Array(ids))
	if err != nil {
		return nil, err
	}
	for i := range titles {
		found[i].Title = titles[i]
	}
	return found, nil
}
