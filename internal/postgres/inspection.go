package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// SaveInspection writes a revision of an inspection, if it follows the last one.
func (t *tx) SaveInspection(ctx context.Context, i acts.Inspection) error {
	visits, err := encode(visitRows(i.Visits))
	if err != nil {
		return fmt.Errorf("encode visits: %w", err)
	}
	remarks := "{}"
	if len(i.Remarks) > 0 {
		if remarks, err = encode(i.Remarks); err != nil {
			return fmt.Errorf("encode remarks: %w", err)
		}
	}
	if i.Members == nil {
		i.Members = []string{}
	}
	done, err := t.ExecContext(ctx, `
		INSERT INTO inspection (application_id, revision, team, inspected_on, methods, marks, total, passed, finding, officer_id,
			members, visits, remarks, sub_marks)
		SELECT $1::bigint, $2::integer, $3, $4::date, $5, $6, $7::bigint, $8, $9, $10::bigint, $11, $12::jsonb, $13::jsonb, $14
		WHERE $2 = 1 OR EXISTS (SELECT FROM inspection WHERE application_id = $1)
		ON CONFLICT ON CONSTRAINT inspection_pkey DO UPDATE SET
			revision = excluded.revision, team = excluded.team, inspected_on = excluded.inspected_on,
			methods = excluded.methods, marks = excluded.marks, total = excluded.total, passed = excluded.passed,
			finding = excluded.finding, officer_id = excluded.officer_id, at = shifan_now(),
			members = excluded.members, visits = excluded.visits, remarks = excluded.remarks,
			sub_marks = excluded.sub_marks
		WHERE inspection.revision = excluded.revision - 1`,
		i.Application, i.Revision, i.Team, award.LastVisit(i.Visits).String(), pq.Array(award.MethodsOf(i.Visits)),
		marks(i.Marks), int64(i.Total), i.Passed, i.Finding, i.Officer, pq.Array(i.Members), visits, remarks, subMarks(i.SubMarks))
	if err != nil {
		return fmt.Errorf("save inspection: %w", err)
	}
	return unlessStale(done, "save inspection")
}

// SaveSurvey writes a revision of a survey, if it follows the last one.
func (t *tx) SaveSurvey(ctx context.Context, s acts.Survey) error {
	done, err := t.ExecContext(ctx, `
		INSERT INTO survey (application_id, revision, method, first_day, last_day, satisfied, basically, dissatisfied, unknown,
			officer_id, conducted_by)
		SELECT $1::bigint, $2::integer, $3, $4::date, $5::date, $6::integer, $7::integer, $8::integer, $9::integer, $10::bigint, $11
		WHERE $2 = 1 OR EXISTS (SELECT FROM survey WHERE application_id = $1)
		ON CONFLICT ON CONSTRAINT survey_pkey DO UPDATE SET
			revision = excluded.revision, method = excluded.method, first_day = excluded.first_day, last_day = excluded.last_day,
			satisfied = excluded.satisfied, basically = excluded.basically, dissatisfied = excluded.dissatisfied,
			unknown = excluded.unknown, officer_id = excluded.officer_id, conducted_by = excluded.conducted_by, at = shifan_now()
		WHERE survey.revision = excluded.revision - 1`,
		s.Application, s.Revision, s.Method, s.FirstDay.String(), s.LastDay.String(),
		s.Answers.Satisfied, s.Answers.Basically, s.Answers.Dissatisfied, s.Answers.Unknown, s.Officer, s.ConductedBy)
	if err != nil {
		return fmt.Errorf("save survey: %w", err)
	}
	return unlessStale(done, "save survey")
}

// visitRow is a visit as the record keeps it.
type visitRow struct {
	On      string   `json:"on"`
	Methods []string `json:"methods"`
}

func visitRows(visits []award.Visit) []visitRow {
	rows := make([]visitRow, len(visits))
	for i, v := range visits {
		rows[i] = visitRow{v.On.String(), v.Methods}
	}
	return rows
}

// readVisits reads visits as the record has kept them.
func readVisits(text []byte) ([]award.Visit, error) {
	var rows []visitRow
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, fmt.Errorf("read visits: %w", err)
	}
	visits := make([]award.Visit, len(rows))
	for i, row := range rows {
		on, err := award.ParseDate(row.On)
		if err != nil {
			return nil, fmt.Errorf("read a visit's day: %w", err)
		}
		visits[i] = award.Visit{On: on, Methods: row.Methods}
	}
	return visits, nil
}

// FiledMarks reads the self marks that a file was last filed with.
func (t *tx) FiledMarks(ctx context.Context, application int64) ([]award.Points, error) {
	var filed marks
	err := t.GetContext(ctx, &filed, `
		SELECT self_check FROM application_revision WHERE application_id = $1 ORDER BY revision DESC LIMIT 1`, application)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read the marks a file was filed with: %w", err)
	}
	return filed, nil
}

// Inspection reads a file's inspection; award.NotFound when it has none.
func (s *Store) Inspection(ctx context.Context, application int64) (acts.Inspection, error) {
	i := acts.Inspection{Application: application}
	var visits, remarks, sub []byte
	err := s.db.QueryRowxContext(ctx, `
		SELECT revision, team, members, visits, marks, sub_marks, remarks, total, passed, finding, officer_id
		FROM inspection WHERE application_id = $1`, application).
		Scan(&i.Revision, &i.Team, pq.Array(&i.Members), &visits, (*marks)(&i.Marks), &sub, &remarks, &i.Total, &i.Passed, &i.Finding, &i.Officer)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Inspection{}, award.Refuse(award.NotFound, "N 四(二)", "inspection_none")
	}
	if err != nil {
		return acts.Inspection{}, fmt.Errorf("read inspection: %w", err)
	}
	if err := json.Unmarshal(remarks, &i.Remarks); err != nil {
		return acts.Inspection{}, fmt.Errorf("read remarks: %w", err)
	}
	if err := json.Unmarshal(sub, &i.SubMarks); err != nil {
		return acts.Inspection{}, fmt.Errorf("read marks of sub-items: %w", err)
	}
	i.Visits, err = readVisits(visits)
	return i, err
}

// Survey reads a file's survey; award.NotFound when it has none.
func (s *Store) Survey(ctx context.Context, application int64) (acts.Survey, error) {
	v := acts.Survey{Application: application}
	var first, last string
	err := s.db.QueryRowxContext(ctx, `
		SELECT revision, conducted_by, method, to_char(first_day, 'YYYY-MM-DD'), to_char(last_day, 'YYYY-MM-DD'),
		       satisfied, basically, dissatisfied, unknown, officer_id
		FROM survey WHERE application_id = $1`, application).
		Scan(&v.Revision, &v.ConductedBy, &v.Method, &first, &last,
			&v.Answers.Satisfied, &v.Answers.Basically, &v.Answers.Dissatisfied, &v.Answers.Unknown, &v.Officer)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.Survey{}, award.Refuse(award.NotFound, "N 四(二)", "survey_none")
	}
	if err != nil {
		return acts.Survey{}, fmt.Errorf("read survey: %w", err)
	}
	if v.FirstDay, err = award.ParseDate(first); err != nil {
		return acts.Survey{}, fmt.Errorf("read a survey's first day: %w", err)
	}
	v.LastDay, err = award.ParseDate(last)
	return v, err
}

// Findings reads what the inspections of an office's files came to, by category
// and code.
func (s *Store) Findings(ctx context.Context, round string, office int64) ([]acts.Finding, error) {
	rows, err := s.db.QueryxContext(ctx, `
		SELECT u.code, u.name, a.category, r.application_id IS NOT NULL, i.total, i.passed, i.finding, i.visits, i.methods,
		       to_char(i.inspected_on, 'YYYY-MM-DD'),
		       s.application_id IS NOT NULL, coalesce(s.conducted_by, ''), coalesce(s.method, ''),
		       coalesce(s.satisfied, 0), coalesce(s.basically, 0), coalesce(s.dissatisfied, 0), coalesce(s.unknown, 0)
		FROM application a
		JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		JOIN inspection i ON i.application_id = a.id
		LEFT JOIN survey s ON s.application_id = a.id
		LEFT JOIN recommendation r ON r.application_id = a.id
		WHERE a.round_id = $1 AND a.office_id = $2
		ORDER BY `+byCategory, round, office)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	defer rows.Close()
	var findings []acts.Finding
	for rows.Next() {
		var f acts.Finding
		var visits []byte
		var last string
		if err := rows.Scan(&f.Code, &f.Name, &f.Category, &f.Recommended, &f.Total, &f.Passed, &f.Text, &visits, pq.Array(&f.Methods),
			&last, &f.Surveyed, &f.ConductedBy, &f.SurveyMethod,
			&f.Survey.Satisfied, &f.Survey.Basically, &f.Survey.Dissatisfied, &f.Survey.Unknown); err != nil {
			return nil, fmt.Errorf("read finding: %w", err)
		}
		if f.LastDay, err = award.ParseDate(last); err != nil {
			return nil, fmt.Errorf("read an inspection's day: %w", err)
		}
		f.FirstDay = f.LastDay
		made, err := readVisits(visits)
		if err != nil {
			return nil, err
		}
		for _, v := range made {
			if v.On.Starts().Before(f.FirstDay.Starts()) {
				f.FirstDay = v.On
			}
		}
		findings = append(findings, f)
	}
	return findings, rows.Err()
}
