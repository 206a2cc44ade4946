package award

import "slices"

// Move is one legal move of something between its states, a row of its table:
// who may make it, and by which article. A file, a title, an objection, a round
// and an office's stage have one table each, from which code, tests and the
// diagrams in docs/lifecycle.md are made.
type Move[S ~string] struct {
	From, To S
	Act      Act
	Rule     string
}

// legal reports whether a table has the move.
func legal[S ~string](table []Move[S], from S, act Act, to S) bool {
	return slices.ContainsFunc(table, func(m Move[S]) bool { return m.From == from && m.Act == act && m.To == to })
}

// leads returns where the act leads from a state: of things that go one way only.
func leads[S ~string](table []Move[S], from S, act Act) (S, bool) {
	at := slices.IndexFunc(table, func(m Move[S]) bool { return m.From == from && m.Act == act })
	if at < 0 {
		return "", false
	}
	return table[at].To, true
}
