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

// AddAsking writes a letter and the opinions it newly asks for.
func (t *tx) AddAsking(ctx context.Context, by award.Officer, round string, office int64, a acts.Asking, files []int64) (int, error) {
	var id int64
	err := t.GetContext(ctx, &id, `
		INSERT INTO department_asking (round_id, office_id, number, asked_on, due_on, departments, officer_id)
		VALUES ($1, $2, $3, $4::date, $5::date, $6, $7)
		ON CONFLICT ON CONSTRAINT department_asking_number DO NOTHING RETURNING id`,
		round, office, a.Number, a.AskedOn.String(), a.DueOn.String(), pq.Array(a.Departments), by.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, award.Refuse(award.Conflict, "N 五(三)", "asking_number_used", a.Number)
	}
	if err != nil {
		return 0, fmt.Errorf("write the letter to departments: %w", err)
	}
	asked, err := t.ExecContext(ctx, `
		INSERT INTO department_opinion (application_id, office_id, department, asking_id, officer_id)
		SELECT f.id, $5, d.name, $1, $2 FROM unnest($3::bigint[]) AS f (id), unnest($4::text[]) AS d (name)
		ON CONFLICT ON CONSTRAINT department_opinion_pkey DO NOTHING`, id, by.ID, pq.Array(files), pq.Array(a.Departments), office)
	if err != nil {
		return 0, fmt.Errorf("ask departments: %w", err)
	}
	n, err := asked.RowsAffected()
	return int(n), err
}

// DepartmentOpinions reads what an office's files were asked about.
func (t *tx) DepartmentOpinions(ctx context.Context, round string, office int64) ([]acts.DepartmentOpinion, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT o.application_id, u.code, u.name, a.category, o.department, k.number, o.state, o.ground, o.letter,
		       coalesce(to_char(o.answered_on, 'YYYY-MM-DD'), ''), o.reason
		FROM department_asking k
		JOIN department_opinion o ON o.asking_id = k.id
		JOIN application a ON a.id = o.application_id
		JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		WHERE k.round_id = $1 AND k.office_id = $2
		ORDER BY o.application_id, o.department`, round, office)
	if err != nil {
		return nil, fmt.Errorf("read departments' opinions: %w", err)
	}
	defer rows.Close()
	var opinions []acts.DepartmentOpinion
	for rows.Next() {
		var o acts.DepartmentOpinion
		var on string
		if err := rows.Scan(&o.Application, &o.Unit, &o.Name, &o.Category, &o.Department, &o.Asking, &o.State,
			&o.Answer.Ground, &o.Answer.Letter, &on, &o.Reason); err != nil {
			return nil, fmt.Errorf("read a department's opinion: %w", err)
		}
		o.Answer.Objects = o.State.Objected()
		if on != "" {
			if o.Answer.On, err = award.ParseDate(on); err != nil {
				return nil, fmt.Errorf("read the day of an answer: %w", err)
			}
		}
		opinions = append(opinions, o)
	}
	return opinions, rows.Err()
}

// SaveOpinions writes opinions as they now stand, in one statement.
func (t *tx) SaveOpinions(ctx context.Context, by award.Officer, office int64, opinions []acts.DepartmentOpinion) error {
	type row struct {
		Application int64   `json:"application_id"`
		Department  string  `json:"department"`
		State       string  `json:"state"`
		Ground      string  `json:"ground"`
		Letter      string  `json:"letter"`
		On          *string `json:"answered_on"`
		Reason      string  `json:"reason"`
	}
	rows := make([]row, len(opinions))
	for i, o := range opinions {
		rows[i] = row{
			Application: o.Application, Department: o.Department, State: string(o.State),
			Ground: o.Answer.Ground, Letter: o.Answer.Letter, Reason: o.Reason,
		}
		if o.Answer.On != (award.Date{}) {
			on := o.Answer.On.String()
			rows[i].On = &on
		}
	}
	encoded, err := encode(rows)
	if err != nil {
		return fmt.Errorf("encode departments' opinions: %w", err)
	}
	_, err = t.ExecContext(ctx, `
		UPDATE department_opinion o SET state = n.state, ground = n.ground, letter = n.letter,
			answered_on = n.answered_on, reason = n.reason, officer_id = $2, at = shifan_now()
		FROM jsonb_to_recordset($1::jsonb) AS n (application_id bigint, department text, state text,
			ground text, letter text, answered_on date, reason text)
		WHERE o.application_id = n.application_id AND o.office_id = $3 AND o.department = n.department`, encoded, by.ID, office)
	if err != nil {
		return fmt.Errorf("save departments' opinions: %w", err)
	}
	return nil
}
