package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"shifan/internal/acts"
)

// MarkColumns reads a file's columns of marks, in one statement: one moment. The
// self marks are those it was last filed with, or while it is a draft the
// self-check's.
func (s *Store) MarkColumns(ctx context.Context, application int64) (acts.MarkColumns, error) {
	var c acts.MarkColumns
	var remarks, items, self, province []byte
	err := s.db.QueryRowxContext(ctx, `
		SELECT coalesce(r.self_check, c.marks), coalesce(r.sub_marks, c.sub_marks, '{}'),
		       i.marks, coalesce(i.sub_marks, '{}'), coalesce(i.remarks, '{}'), coalesce(i.finding, ''), m.marks, coalesce(m.note, ''),
		       coalesce(b.items, '[]')
		FROM application a
		LEFT JOIN LATERAL (
			SELECT self_check, sub_marks FROM application_revision WHERE application_id = a.id ORDER BY revision DESC LIMIT 1
		) r ON true
		LEFT JOIN self_check c ON c.round_id = a.round_id AND c.unit_id = a.unit_id AND c.category = a.category
		LEFT JOIN sub_items b ON b.round_id = a.round_id AND b.office_id = a.office_id AND b.category = a.category
		LEFT JOIN inspection i ON i.application_id = a.id
		LEFT JOIN assessment_mark m ON m.application_id = a.id
		WHERE a.id = $1`, application).
		Scan((*marks)(&c.Self), &self, (*marks)(&c.Province), &province, &remarks, &c.Finding, (*marks)(&c.Nation), &c.NationNote, &items)
	if err != nil {
		return acts.MarkColumns{}, fmt.Errorf("read mark columns: %w", err)
	}
	for _, part := range []struct {
		text []byte
		into any
	}{{remarks, &c.Remarks}, {items, &c.SubItems}, {self, &c.SelfSub}, {province, &c.ProvinceSub}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return acts.MarkColumns{}, fmt.Errorf("read mark columns: %w", err)
		}
	}
	return c, nil
}
