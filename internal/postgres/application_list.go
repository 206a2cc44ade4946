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

// Files lists files in order of ID. Only what is asked for stands in the query,
// so that each list has the index that it is read by: one page costs the same in
// a round of a thousand files and of a hundred thousand.
func (s *Store) Files(ctx context.Context, q acts.FilesQuery) (files []acts.File, err error) {
	where, args := `a.round_id = $1 AND a.id > $2`, []any{q.Round, q.After}
	narrow := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if q.Category != "" {
		narrow(`a.category = $%d`, q.Category)
	}
	if q.State != "" {
		narrow(`a.state = $%d`, q.State)
	}
	if q.Office != "" {
		narrow(`a.office_id = (SELECT office_id FROM round_office WHERE round_id = $1 AND code = $%d)`, q.Office)
	}
	if q.Waiting != 0 {
		narrow(`a.waiting_office_id = $%d`, q.Waiting)
	}
	if q.Below != 0 {
		recommends, err := s.recommends(ctx, q.Round, q.Below)
		switch {
		case err != nil:
			return nil, err
		case recommends:
			narrow(`a.office_id = $%d`, q.Below)
		case q.Waiting != q.Below: // what waits for an office is below it
			narrow(`a.unit_id = ANY (ARRAY(`+unitsBelow+`))`, q.Below)
		}
	}
	args = append(args, q.Limit)
	rows, err := s.db.QueryxContext(ctx, fileColumns+fmt.Sprintf(` WHERE %s ORDER BY a.id LIMIT $%d`, where, len(args)), args...)
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

// unitsBelow are the units of a round below one and itself; the round is $1.
const unitsBelow = `
	WITH RECURSIVE below AS (
		SELECT unit_id FROM round_unit WHERE round_id = $1 AND unit_id = $%d
		UNION ALL
		SELECT u.unit_id FROM below b JOIN round_unit u ON u.round_id = $1 AND u.parent_id = b.unit_id)
	SELECT unit_id FROM below`

// recommends reports whether a unit is one of the round's recommending offices.
func (s *Store) recommends(ctx context.Context, round string, unit int64) (bool, error) {
	var is bool
	err := s.db.GetContext(ctx, &is, `SELECT EXISTS (SELECT FROM round_office WHERE round_id = $1 AND office_id = $2)`, round, unit)
	if err != nil {
		return false, fmt.Errorf("look for a recommending office: %w", err)
	}
	return is, nil
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
