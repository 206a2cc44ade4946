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

// byCategory orders rows as every list is shown: category, then code, which is
// the province order of GB/T 2260; never by mark (D-09).
const byCategory = `array_position(ARRAY['district', 'street', 'community', 'city', 'village'], a.category), u.code`

// LockProvinceFiles holds the files of a recommending office in the states, in
// order of ID, and reads them in a second statement: as they are after whatever
// was waited for.
func (t *tx) LockProvinceFiles(ctx context.Context, round string, office int64, states ...award.FileState) ([]acts.ProvinceFile, error) {
	_, err := t.ExecContext(ctx, `
		SELECT FROM application WHERE round_id = $1 AND office_id = $2 AND state = ANY($3) ORDER BY id FOR UPDATE`,
		round, office, pq.Array(states))
	if err != nil {
		return nil, fmt.Errorf("hold files at the province: %w", err)
	}
	return t.ProvinceFiles(ctx, round, office, states...)
}

// ProvinceFiles reads the files of a recommending office in the states.
func (t *tx) ProvinceFiles(ctx context.Context, round string, office int64, states ...award.FileState) ([]acts.ProvinceFile, error) {
	rows, err := t.QueryxContext(ctx, `
		SELECT a.id, a.unit_id, u.code, u.name, a.category, a.state, a.revision, a.suspended, a.filed_at IS NOT NULL, a.form_scan IS NOT NULL,
		       i.application_id IS NOT NULL, coalesce(i.passed, false), coalesce(i.finding, '') <> '', coalesce(i.total, 0),
		       s.application_id IS NOT NULL, coalesce(s.satisfied, 0), coalesce(s.basically, 0),
		       coalesce(s.dissatisfied, 0), coalesce(s.unknown, 0), u.path
		FROM application a
		JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		LEFT JOIN inspection i ON i.application_id = a.id
		LEFT JOIN survey s ON s.application_id = a.id
		WHERE a.round_id = $1 AND a.office_id = $2 AND a.state = ANY($3)
		ORDER BY `+byCategory, round, office, pq.Array(states))
	if err != nil {
		return nil, fmt.Errorf("read files at the province: %w", err)
	}
	return collect(rows, "read file at the province", func(row scanner) (f acts.ProvinceFile, err error) {
		err = row.Scan(&f.ID, &f.Unit, &f.Code, &f.Name, &f.Category, &f.State, &f.Revision, &f.Suspended, &f.Filed, &f.FormScanned,
			&f.Inspected, &f.Passed, &f.Finding, &f.Total,
			&f.Surveyed, &f.Survey.Satisfied, &f.Survey.Basically, &f.Survey.Dissatisfied, &f.Survey.Unknown,
			(*pq.Int64Array)(&f.Path))
		return f, err
	})
}

// LatestList reads an office's latest list of the kind with its items.
func (t *tx) LatestList(ctx context.Context, round string, office int64, kind award.ListKind) (acts.AdoptedList, error) {
	list := acts.AdoptedList{Kind: kind}
	var met string
	err := t.QueryRowxContext(ctx, `
		SELECT id, revision, minutes, to_char(met_on, 'YYYY-MM-DD'), sha256, adopted_at FROM list
		WHERE round_id = $1 AND office_id = $2 AND kind = $3
		ORDER BY revision DESC LIMIT 1`, round, office, kind).
		Scan(&list.ID, &list.Revision, &list.Minutes, &met, &list.SHA256, &list.AdoptedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return acts.AdoptedList{}, nil
	}
	if err != nil {
		return acts.AdoptedList{}, fmt.Errorf("read latest list: %w", err)
	}
	if list.MetOn, err = award.ParseDate(met); err != nil {
		return acts.AdoptedList{}, fmt.Errorf("read the meeting's day: %w", err)
	}
	list.Items, err = readListItems(ctx, t, list.ID)
	return list, err
}

func readListItems(ctx context.Context, q queryer, list int64) ([]acts.ListItem, error) {
	rows, err := q.QueryxContext(ctx, `
		SELECT l.application_id, u.code, u.name, l.category, l.position, l.reason, l.removed_at IS NOT NULL,
		       coalesce((SELECT string_agg(o.correction, '；' ORDER BY o.id) FROM list_correction c JOIN objection o ON o.id = c.objection_id
		                 WHERE c.list_id = l.list_id AND o.application_id = l.application_id), '')
		FROM list_item l
		JOIN application a ON a.id = l.application_id
		JOIN round_unit u ON u.round_id = a.round_id AND u.unit_id = a.unit_id
		WHERE l.list_id = $1
		ORDER BY array_position(ARRAY['district', 'street', 'community', 'city', 'village'], l.category), l.position`, list)
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	return collect(rows, "read list item", func(row scanner) (i acts.ListItem, err error) {
		err = row.Scan(&i.Application, &i.Code, &i.Name, &i.Category, &i.Position, &i.Reason, &i.Removed, &i.Correction)
		return i, err
	})
}

// AddList writes a list as the office's next revision. Whoever adds one holds
// the office or the round, so that revisions do not race.
func (t *tx) AddList(ctx context.Context, round string, by award.Officer, office int64, list acts.AdoptedList) (acts.AdoptedList, error) {
	err := t.QueryRowxContext(ctx, `
		INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
		SELECT $1, $2, $3, coalesce(max(revision), 0) + 1, $4, $5::date, $6, $7 FROM list
		WHERE round_id = $1 AND office_id = $2 AND kind = $3
		RETURNING id, revision, adopted_at`,
		round, office, list.Kind, list.Minutes, list.MetOn.String(), list.SHA256, by.ID).
		Scan(&list.ID, &list.Revision, &list.AdoptedAt)
	if err != nil {
		return acts.AdoptedList{}, fmt.Errorf("write list: %w", err)
	}
	n := len(list.Items)
	applications, categories := make([]int64, n), make([]string, n)
	positions, reasons := make([]int64, n), make([]string, n)
	for i, item := range list.Items {
		applications[i], categories[i] = item.Application, string(item.Category)
		positions[i], reasons[i] = int64(item.Position), item.Reason
	}
	_, err = t.ExecContext(ctx, `
		INSERT INTO list_item (list_id, application_id, category, position, reason)
		SELECT $1, i.application_id, i.category, i.position, i.reason
		FROM unnest($2::bigint[], $3::text[], $4::int[], $5::text[]) AS i (application_id, category, position, reason)`,
		list.ID, pq.Array(applications), pq.Array(categories), pq.Array(positions), pq.Array(reasons))
	if err != nil {
		return acts.AdoptedList{}, fmt.Errorf("write list items: %w", err)
	}
	var corrects []int64
	for _, item := range list.Items {
		corrects = append(corrects, item.Corrects...)
	}
	_, err = t.ExecContext(ctx, `INSERT INTO list_correction (list_id, objection_id) SELECT $1, unnest($2::bigint[])`, list.ID, pq.Array(corrects))
	if err != nil {
		return acts.AdoptedList{}, fmt.Errorf("write what a list corrects: %w", err)
	}
	return list, nil
}

// NoticeOf returns the state of a list's notice that is not withdrawn.
func (t *tx) NoticeOf(ctx context.Context, list int64) (award.NoticeState, error) {
	var state award.NoticeState
	err := t.GetContext(ctx, &state, `SELECT state FROM public_notice WHERE list_id = $1 AND state <> 'withdrawn'`, list)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look for the list's notice: %w", err)
	}
	return state, nil
}
