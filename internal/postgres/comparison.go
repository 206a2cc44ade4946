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
	var remarks []byte
	err := s.db.QueryRowxContext(ctx, `
		SELECT coalesce(
		           (SELECT r.self_check FROM application_revision r WHERE r.application_id = a.id ORDER BY r.revision DESC LIMIT 1),
		           (SELECT c.marks FROM self_check c WHERE c.round_id = a.round_id AND c.unit_id = a.unit_id AND c.category = a.category)),
		       i.marks, coalesce(i.remarks, '{}'), coalesce(i.finding, ''), m.marks, coalesce(m.note, '')
		FROM application a
		LEFT JOIN inspection i ON i.application_id = a.id
		LEFT JOIN assessment_mark m ON m.application_id = a.id
		WHERE a.id = $1`, application).
		Scan((*marks)(&c.Self), (*marks)(&c.Province), &remarks, &c.Finding, (*marks)(&c.Nation), &c.NationNote)
	if err != nil {
		return acts.MarkColumns{}, fmt.Errorf("read mark columns: %w", err)
	}
	if err := json.Unmarshal(remarks, &c.Remarks); err != nil {
		return acts.MarkColumns{}, fmt.Errorf("read remarks: %w", err)
	}
	return c, nil
}
