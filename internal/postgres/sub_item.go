package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"

	"shifan/internal/award"
)

// SubItems reads an office's sub-items of a category.
func (t *tx) SubItems(ctx context.Context, round string, office int64, category award.Category) (award.SubItems, int, error) {
	var text []byte
	var revision int
	err := t.QueryRowxContext(ctx, `
		SELECT items, revision FROM sub_items WHERE round_id = $1 AND office_id = $2 AND category = $3`,
		round, office, category).Scan(&text, &revision)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read sub-items: %w", err)
	}
	var items award.SubItems
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, 0, fmt.Errorf("read sub-items: %w", err)
	}
	return items, revision, nil
}

// PutSubItems writes a revision of an office's sub-items.
func (t *tx) PutSubItems(ctx context.Context, round string, office int64, category award.Category, items award.SubItems, revision int) error {
	if items == nil {
		items = award.SubItems{} // a list, never null
	}
	text, err := encode(items)
	if err != nil {
		return fmt.Errorf("encode sub-items: %w", err)
	}
	done, err := t.ExecContext(ctx, `
		INSERT INTO sub_items (round_id, office_id, category, revision, items) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT ON CONSTRAINT sub_items_pkey DO UPDATE SET revision = excluded.revision, items = excluded.items
		WHERE sub_items.revision = excluded.revision - 1`, round, office, category, revision, text)
	if err != nil {
		return fmt.Errorf("write sub-items: %w", err)
	}
	return unlessStale(done, "write sub-items")
}

// HasSelfCheck reports whether a self-check of the category exists in an
// office's area.
func (t *tx) HasSelfCheck(ctx context.Context, round string, office int64, category award.Category) (bool, error) {
	var has bool
	err := t.GetContext(ctx, &has, `
		SELECT EXISTS (SELECT FROM self_check WHERE round_id = $1 AND office_id = $2 AND category = $3)`, round, office, category)
	if err != nil {
		return false, fmt.Errorf("look for self-checks: %w", err)
	}
	return has, nil
}

// subMarks are marks by code of sub-item as the record keeps them; an object,
// never null.
type subMarks award.SubMarks

// Value writes them as a parameter.
func (m subMarks) Value() (driver.Value, error) {
	if m == nil {
		return "{}", nil
	}
	return encode(m)
}
