package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// expertColumns are read by scanExpert. Codes are those of the units' latest
// versions.
const expertColumns = `
	SELECT e.officer_id, o.name, e.office_id, e.revision, e.kind, e.province, coalesce(e.unit_id, 0),
	       coalesce((SELECT v.code FROM unit_version v WHERE v.unit_id = e.unit_id ORDER BY v.valid_from DESC LIMIT 1), ''),
	       e.conflicts,
	       ARRAY(SELECT (SELECT v.code FROM unit_version v WHERE v.unit_id = c.unit ORDER BY v.valid_from DESC LIMIT 1)
	             FROM unnest(e.conflicts) WITH ORDINALITY AS c (unit, place) ORDER BY c.place),
	       e.categories, e.most, e.active AND o.disabled_at IS NULL
	FROM expert e JOIN officer o ON o.id = e.officer_id `

func scanExpert(row scanner) (acts.ExpertEntry, error) {
	var e acts.ExpertEntry
	var conflicts pq.Int64Array
	var codes, categories pq.StringArray
	err := row.Scan(&e.ID, &e.Name, &e.Office, &e.Revision, &e.Kind, &e.Province, &e.Unit, &e.UnitCode, &conflicts, &codes,
		&categories, &e.Most, &e.Active)
	e.Conflicts, e.ConflictCodes = conflicts, codes
	for _, c := range categories {
		e.Categories = append(e.Categories, award.Category(c))
	}
	return e, err
}

// Expert reads an entry of a pool.
func (t *tx) Expert(ctx context.Context, officer int64) (acts.ExpertEntry, error) {
	e, err := scanExpert(t.QueryRowxContext(ctx, expertColumns+`WHERE e.officer_id = $1`, officer))
	if errors.Is(err, sql.ErrNoRows) {
		return acts.ExpertEntry{}, award.Refuse(award.NotFound, "", "not_found")
	}
	if err != nil {
		return acts.ExpertEntry{}, fmt.Errorf("read expert: %w", err)
	}
	return e, nil
}

// Experts reads an office's pool, in order of ID.
func (t *tx) Experts(ctx context.Context, office int64) ([]acts.ExpertEntry, error) {
	rows, err := t.QueryxContext(ctx, expertColumns+`WHERE e.office_id = $1 ORDER BY e.officer_id`, office)
	if err != nil {
		return nil, fmt.Errorf("read experts: %w", err)
	}
	return collect(rows, "read expert", scanExpert)
}

// SaveExpert writes the revision after the one that e was made from.
func (t *tx) SaveExpert(ctx context.Context, e acts.ExpertEntry) error {
	categories := make([]string, len(e.Categories))
	for i, c := range e.Categories {
		categories[i] = string(c)
	}
	done, err := t.ExecContext(ctx, `
		INSERT INTO expert (officer_id, office_id, revision, kind, province, unit_id, conflicts, categories, most, active)
		SELECT $1::bigint, $2::bigint, $3::integer, $4, $5, nullif($6::bigint, 0), $7::bigint[], $8::text[], $9::integer, $10::boolean
		WHERE $3 = 1 OR EXISTS (SELECT FROM expert WHERE officer_id = $1)
		ON CONFLICT ON CONSTRAINT expert_pkey DO UPDATE SET
			revision = excluded.revision, kind = excluded.kind, province = excluded.province, unit_id = excluded.unit_id,
			conflicts = excluded.conflicts, categories = excluded.categories, most = excluded.most, active = excluded.active,
			at = shifan_now()
		WHERE expert.revision = excluded.revision - 1`,
		e.ID, e.Office, e.Revision, e.Kind, e.Province, e.Unit, pq.Array(e.Conflicts), pq.Array(categories), e.Most, e.Active)
	if err != nil {
		return fmt.Errorf("save expert: %w", err)
	}
	return unlessStale(done, "save expert")
}

// ExpertFiles reads the files of the frozen list that experts are wanted for,
// with who has recused itself from each.
func (t *tx) ExpertFiles(ctx context.Context, round string) ([]award.ExpertFile, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT a.id, a.category, o.code, u.path,
		       ARRAY(SELECT s.expert_id FROM expert_assignment s WHERE s.application_id = a.id AND s.recused_at IS NOT NULL)
		FROM application a
		JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		JOIN round_office o ON o.round_id = a.round_id AND o.office_id = a.office_id
		WHERE a.round_id = $1 AND a.state IN ('reviewed', 'marked') ORDER BY a.id`, round)
	if err != nil {
		return nil, fmt.Errorf("read files for experts: %w", err)
	}
	defer rows.Close()
	var files []award.ExpertFile
	for rows.Next() {
		var f award.ExpertFile
		var path, recused pq.Int64Array
		if err := rows.Scan(&f.Application, &f.Category, &f.Office, &path, &recused); err != nil {
			return nil, fmt.Errorf("read file for experts: %w", err)
		}
		f.Path, f.Recused = path, recused
		files = append(files, f)
	}
	return files, rows.Err()
}

// AddAssignments adds assignments.
func (t *tx) AddAssignments(ctx context.Context, round string, given []award.Assignment) error {
	files, experts := make([]int64, len(given)), make([]int64, len(given))
	for i, g := range given {
		files[i], experts[i] = g.Application, g.Expert
	}
	_, err := t.ExecContext(ctx, `
		INSERT INTO expert_assignment (round_id, application_id, expert_id)
		SELECT $1, g.application_id, g.expert_id FROM unnest($2::bigint[], $3::bigint[]) AS g (application_id, expert_id)`,
		round, pq.Array(files), pq.Array(experts))
	if err != nil {
		return fmt.Errorf("add assignments: %w", err)
	}
	return nil
}

// Assignments reads assignments in order of ID, with the marks handed in.
func (t *tx) Assignments(ctx context.Context, q acts.AssignmentQuery) ([]acts.ExpertAssignment, error) {
	where := []string{`s.round_id = $1`, `s.id > $2`}
	args := []any{q.Round, q.After}
	narrow := func(column string, value int64) {
		if value != 0 {
			args = append(args, value)
			where = append(where, fmt.Sprintf("%s = $%d", column, len(args)))
		}
	}
	narrow("s.application_id", q.Application)
	narrow("s.expert_id", q.Expert)
	limit := ""
	if q.Limit > 0 {
		limit = fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	rows, err := t.QueryxContext(ctx, `SELECT `+assignmentColumns+assignmentFrom+`
		WHERE `+strings.Join(where, " AND ")+` ORDER BY s.id`+limit, args...)
	if err != nil {
		return nil, fmt.Errorf("read assignments: %w", err)
	}
	return collect(rows, "read assignment", func(row scanner) (s acts.ExpertAssignment, err error) {
		err = row.Scan(assignmentInto(&s)...)
		s.Marked = s.Total != nil
		return s, err
	})
}

const assignmentColumns = `
	s.id, s.round_id, s.application_id, u.code, u.name, a.category, s.expert_id, s.recused_at IS NOT NULL,
	m.marks, m.total, coalesce(m.note, '')`

const assignmentFrom = `
	FROM expert_assignment s
	JOIN application a ON a.id = s.application_id
	JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
	LEFT JOIN expert_mark m ON m.assignment_id = s.id`

// assignmentInto is where assignmentColumns are scanned to.
func assignmentInto(s *acts.ExpertAssignment) []any {
	return []any{&s.ID, &s.Round, &s.Application, &s.Code, &s.Name, &s.Category, &s.Expert, &s.Recused, (*marks)(&s.Marks), &s.Total, &s.Note}
}

// ExpertTasks lists the files of an expert in order of ID.
func (s *Store) ExpertTasks(ctx context.Context, expert, after int64, limit int) ([]acts.ExpertTask, error) {
	rows, err := s.db.QueryxContext(ctx, `SELECT `+assignmentColumns+`, r.owner_office_id, r.title, r.drill, st.due_at,
		       r.state = 'open' AND st.state = 'open' AND a.state IN ('reviewed', 'marked') AND s.recused_at IS NULL AND m.total IS NULL
		`+assignmentFrom+`
		JOIN round r ON r.id = s.round_id
		JOIN office_stage st ON st.round_id = r.id AND st.office_id = r.owner_office_id AND st.stage = 'assessment'
		WHERE s.expert_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3`, expert, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read an expert's files: %w", err)
	}
	return collect(rows, "read an expert's file", func(row scanner) (task acts.ExpertTask, err error) {
		err = row.Scan(append(assignmentInto(&task.ExpertAssignment), &task.Owner, &task.RoundTitle, &task.Drill, &task.DueAt, &task.Open)...)
		task.Marked = task.Total != nil
		return task, err
	})
}

// Recuse ends an assignment with the reason.
func (t *tx) Recuse(ctx context.Context, assignment int64, reason string) error {
	_, err := t.ExecContext(ctx, `
		WITH draft AS (DELETE FROM expert_draft WHERE assignment_id = $1)
		UPDATE expert_assignment SET recused_at = shifan_now(), reason = $2 WHERE id = $1`, assignment, reason)
	if err != nil {
		return fmt.Errorf("recuse an expert: %w", err)
	}
	return nil
}

// ExpertDraft reads the draft of an assignment's marks.
func (t *tx) ExpertDraft(ctx context.Context, assignment int64) (acts.ExpertDraft, error) {
	var d acts.ExpertDraft
	err := t.QueryRowxContext(ctx, `SELECT marks, note FROM expert_draft WHERE assignment_id = $1`, assignment).Scan((*marks)(&d.Marks), &d.Note)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return acts.ExpertDraft{}, fmt.Errorf("read an expert's draft: %w", err)
	}
	return d, nil
}

// SaveExpertDraft keeps a draft in place of the one before.
func (t *tx) SaveExpertDraft(ctx context.Context, assignment int64, d acts.ExpertDraft) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO expert_draft (assignment_id, marks, note) VALUES ($1, $2, $3)
		ON CONFLICT ON CONSTRAINT expert_draft_pkey DO UPDATE SET marks = excluded.marks, note = excluded.note, at = shifan_now()`,
		assignment, marks(d.Marks), d.Note)
	if err != nil {
		return fmt.Errorf("save an expert's draft: %w", err)
	}
	return nil
}

// AddExpertMarks keeps the marks that an expert hands in, and its draft no more.
func (t *tx) AddExpertMarks(ctx context.Context, assignment int64, given []award.Points, total award.Points, note string) error {
	_, err := t.ExecContext(ctx, `
		WITH draft AS (DELETE FROM expert_draft WHERE assignment_id = $1)
		INSERT INTO expert_mark (assignment_id, marks, total, note) VALUES ($1, $2, $3, $4)`,
		assignment, marks(given), int64(total), note)
	if err != nil {
		return fmt.Errorf("add expert marks: %w", err)
	}
	return nil
}
