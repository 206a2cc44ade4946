package award

import (
	"cmp"
	"slices"
)

// trimFrom is how many experts it takes before the highest and the lowest are
// left out (D-74).
const trimFrom = 4

// Aggregate makes one column (专家评分) of the marks that experts have given to a
// file, indicator by indicator (D-74). Judged points: their mean in hundredths,
// half away from zero; with trim, from four experts on, without the highest and
// the lowest. What is found and not judged, such as a count or a yes, has no
// mean: the middle one, of two the one that is worse for the unit. There is at
// least one expert, and every column has passed CheckMarks.
func (s Standard) Aggregate(experts [][]Points, trim bool) []Points {
	leaves := s.Leaves()
	column := make([]Points, len(leaves))
	for i := range leaves {
		leaf := &leaves[i]
		values := make([]Points, len(experts))
		for e, marks := range experts {
			values[e] = marks[i]
		}
		slices.SortFunc(values, func(a, b Points) int { // worst first
			switch {
			case leaf.better(b, a):
				return -1
			case leaf.better(a, b):
				return 1
			}
			return cmp.Compare(a, b)
		})
		if leaf.Kind != LeafPoints || leaf.Veto {
			column[i] = values[(len(values)-1)/2]
			continue
		}
		if trim && len(values) >= trimFrom {
			values = values[1 : len(values)-1]
		}
		var sum Points
		for _, value := range values {
			sum += leaf.Points(value)
		}
		n := Points(len(values))
		column[i] = (2*sum + n) / (2 * n) // never negative
	}
	return column
}

// Outliers returns which of the totals that experts gave to a file differ from
// the mean of the others' by more than the limit (D-75). Exact: no division. One
// alone differs from nobody.
func Outliers(totals []Points, limit Points) []bool {
	flagged := make([]bool, len(totals))
	var sum Points
	for _, total := range totals {
		sum += total
	}
	others := Points(len(totals) - 1)
	for i, total := range totals {
		difference := total*others - (sum - total)
		flagged[i] = others > 0 && max(difference, -difference) > limit*others
	}
	return flagged
}
