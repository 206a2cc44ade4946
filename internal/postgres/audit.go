package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// RoundOwner returns the owner office of a round.
func (s *Store) RoundOwner(ctx context.Context, round string) (int64, error) {
	var owner int64
	err := s.db.GetContext(ctx, &owner, `SELECT owner_office_id FROM round WHERE id = $1`, round)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.NotFound, "", "round_unknown", round)
	}
	if err != nil {
		return 0, fmt.Errorf("read round's owner: %w", err)
	}
	return owner, nil
}

// AuditPage lists the decision log in order.
func (s *Store) AuditPage(ctx context.Context, in acts.AuditQuery) ([]acts.AuditRow, error) {
	var rows []struct {
		ID      int64
		At      time.Time
		Act     int64 `db:"act_id"`
		Name    award.Act
		Subject string
		Ground  string
		Office  string
		Officer string
	}
	err := s.db.SelectContext(ctx, &rows, `
		SELECT a.id, a.at, coalesce(a.act_id, 0) AS act_id, a.name, a.subject, a.ground,
		       coalesce(v.code, '') AS office, coalesce(o.name, '') AS officer
		FROM audit a
		LEFT JOIN officer o ON o.id = a.officer_id
		LEFT JOIN unit_version v ON v.unit_id = a.office_id AND v.valid_to IS NULL
		WHERE a.round_id = $1 AND a.id > $2 AND ($3 = '' OR a.subject = $3)
		  AND `+inSubtree("a.office_id", "$4")+`
		ORDER BY a.id LIMIT $5`, in.Round, in.After, in.Subject, in.Below, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	out := make([]acts.AuditRow, len(rows))
	for i, r := range rows {
		out[i] = acts.AuditRow(r)
	}
	return out, nil
}
