package award

// Change is one difference between two revisions of a file (修改前后对照).
type Change struct {
	Key   string // the field's or the indicator's
	Title string
	Old   string // empty: there was none
	New   string
}

// CompareForms returns the fields that differ between two forms, in the order
// of the form.
func CompareForms(fields []FormField, before, after map[string]string) []Change {
	var changes []Change
	for _, f := range fields {
		if before[f.Key] != after[f.Key] {
			changes = append(changes, Change{Key: f.Key, Title: f.Title, Old: before[f.Key], New: after[f.Key]})
		}
	}
	return changes
}

// CompareMarks returns the indicators whose marks differ between two
// self-checks of the standard, in its order.
func (s Standard) CompareMarks(before, after []Points) []Change {
	shown := func(marks []Points, i int) string {
		if i >= len(marks) {
			return ""
		}
		return marks[i].String()
	}
	var changes []Change
	for i, leaf := range s.Leaves() {
		if old, now := shown(before, i), shown(after, i); old != now {
			changes = append(changes, Change{Key: leaf.Code, Title: leaf.Title, Old: old, New: now})
		}
	}
	return changes
}
