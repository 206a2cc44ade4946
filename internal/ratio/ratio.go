// Package ratio prints what benchmarks have measured: one line a measure, of the
// ratio between our way and the bare one in the same run, never of a bare time.
package ratio

import (
	"fmt"
	"io"
	"slices"
)

// Measure is one ratio, measured in several pairs, and what is asked of it.
type Measure struct {
	Name    string
	Ratios  []float64 // one a pair; at least one
	Target  float64
	AtLeast bool   // the target is the least; else it is the most
	Beside  string // figures behind the ratio; empty: none
}

// Met reports whether the median is as good as the target.
func (m Measure) Met() bool {
	if m.AtLeast {
		return Median(m.Ratios) >= m.Target
	}
	return Median(m.Ratios) <= m.Target
}

// Print writes the measure's line.
func (m Measure) Print(to io.Writer) {
	beside := m.Beside
	if beside != "" {
		beside = "; " + beside
	}
	fmt.Fprintf(to, "ratio %s %.2f target %.2f %s (median of %d pairs, spread %.2f–%.2f%s)\n",
		m.Name, Median(m.Ratios), m.Target, Verdict(m.Met()), len(m.Ratios), slices.Min(m.Ratios), slices.Max(m.Ratios), beside)
}

// Verdict is PASS or MISS.
func Verdict(met bool) string {
	if met {
		return "PASS"
	}
	return "MISS"
}

// Median returns the middle value, of an even number the upper of the two.
func Median[T interface{ ~float64 | ~int64 }](values []T) T {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}
