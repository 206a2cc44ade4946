package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"shifan/internal/acts"
)

// File reads a file outside any act.
func (s *Store) File(ctx context.Context, round string, id int64) (acts.File, error) {
	return readFile(ctx, s.db, round, id)
}

// Files lists files in order of ID. A subtree is looked for inside the one
// recommending office that it lies in, where it lies in one.
func (s *Store) Files(ctx context.Context, q acts.FilesQuery) (files []acts.File, err error) {
	rows, err := s.db.QueryxContext(ctx, fileColumns+`
		WHERE a.round_id = $1 AND a.id > $2
		  AND ($3 = '' OR a.category = $3)
		  AND ($4 = '' OR a.state = $4)
		  AND ($5 = '' OR o.code = $5)
		  AND ($6::bigint = 0 OR a.waiting_office_id = $6)
		  AND ($7::bigint = 0 OR u.path @> ARRAY[$7::bigint]
		       AND a.office_id = coalesce((SELECT office_id FROM round_unit WHERE round_id = $1 AND unit_id = $7), a.office_id))
		ORDER BY a.id LIMIT $8`,
		q.Round, q.After, q.Category, q.State, q.Office, q.Waiting, q.Below, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	defer rows.Close() // an error of reading comes from rows.Err
	for rows.Next() {
		f, err := scanFile(rows)
		if err != nil {
			return nil, fmt.Errorf("read file: %w", err)
		}
		files = append(files, f)
	}
	return files, rows.Err()
}

// FileHistory lists the moves of a file, oldest first.
func (s *Store) FileHistory(ctx context.Context, application int64) (moves []acts.FileMove, err error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT h.application_id, h.revision, h.act, h.from_state, h.to_state, coalesce(h.officer_id, 0),
		       coalesce(h.office_id, 0), coalesce(u.code, ''), coalesce(o.name, ''), h.ground, h.at
		FROM application_history h
		JOIN application a ON a.id = h.application_id
		LEFT JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = h.office_id
		LEFT JOIN officer o ON o.id = h.officer_id
		WHERE h.application_id = $1 ORDER BY h.id`, application)
	if err != nil {
		return nil, fmt.Errorf("read moves: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m acts.FileMove
		err := rows.Scan(&m.Application, &m.Revision, &m.Act, &m.From, &m.To, &m.By.ID,
			&m.By.Office, &m.OfficeCode, &m.OfficerName, &m.Ground, &m.At)
		if err != nil {
			return nil, fmt.Errorf("read move: %w", err)
		}
		moves = append(moves, m)
	}
	return moves, rows.Err()
}

// Endorsements lists the opinions on a file, oldest first.
func (s *Store) Endorsements(ctx context.Context, application int64) (list []acts.Endorsement, err error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT e.application_id, e.revision, e.office_id, coalesce(u.code, ''), coalesce(u.name, ''), e.opinion, e.text,
		       e.clerk, e.signing_head, e.sealing_body, e.return_to, coalesce(r.code, ''), e.officer_id,
		       coalesce(encode(e.seal, 'hex'), ''), coalesce(e.rank, 0), e.at
		FROM endorsement e
		JOIN application a ON a.id = e.application_id
		LEFT JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = e.office_id
		LEFT JOIN round_unit r ON r.round_id = a.round_id AND r.unit_id = e.return_to
		WHERE e.application_id = $1 ORDER BY e.id`, application)
	if err != nil {
		return nil, fmt.Errorf("read opinions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e acts.Endorsement
		var returnTo, officer sql.NullInt64
		err := rows.Scan(&e.Application, &e.Revision, &e.Office, &e.OfficeCode, &e.OfficeName, &e.Opinion, &e.Text,
			&e.Clerk, &e.SigningHead, &e.SealingBody, &returnTo, &e.ReturnToCode, &officer, &e.Seal, &e.Rank, &e.At)
		if err != nil {
			return nil, fmt.Errorf("read opinion: %w", err)
		}
		e.ReturnTo, e.Officer = returnTo.Int64, officer.Int64
		list = append(list, e)
	}
	return list, rows.Err()
}
