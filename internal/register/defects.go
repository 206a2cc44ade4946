package register

import (
	"fmt"

	"shifan/internal/award"
)

// Defects gathers what is wrong with a list, so that an office mends all of it
// in one go. It keeps the first MaxDefects and counts the rest.
type Defects struct {
	Count int
	shown []award.Defect
}

// Add notes a defect: the line of the file, the column (empty: the whole line),
// a message key and the value found there. The message gets line, column and
// value.
func (d *Defects) Add(line int, column, key string, value ...any) {
	d.Count++
	if len(d.shown) == MaxDefects {
		return
	}
	pointer := fmt.Sprintf("/lines/%d", line)
	if column != "" {
		pointer += "/" + column
	}
	d.shown = append(d.shown, award.Defect{
		Pointer: pointer,
		Key:     key,
		Args:    append([]any{line, column}, value...),
	})
}

// Err returns nil when nothing was noted, else one refusal of the whole list.
func (d *Defects) Err() error {
	if d.Count == 0 {
		return nil
	}
	refusal := award.RefuseFields(award.Invalid, "D-13", "register_rows_bad", d.shown)
	refusal.Args = []any{d.Count}
	return refusal
}
