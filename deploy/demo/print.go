package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"shifan/internal/award"
)

// printer writes the result for people. Where the terminal is gone there is
// nobody to tell, so its errors are left alone.
type printer struct{ out io.Writer }

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(p.out, format+"\n", args...)
}

// category prints the funnel of one category, from self-check to title.
func (p *printer) category(name award.Category, c reportCategory) {
	p.line("\n%s (%s)", name.FullTitle(), name)
	p.table([][]string{
		{"已自查", "已申报", "到省", "拟推荐", "省级公示毕", "推荐/限额", "候选", "命名/名额"},
		{
			fmt.Sprint(c.SelfChecked), fmt.Sprint(c.Applied), fmt.Sprint(c.AtProvince), fmt.Sprint(c.Proposed),
			fmt.Sprint(c.NoticedLocally), fmt.Sprintf("%d/%d", c.Recommended, c.RecommendationLimit),
			fmt.Sprint(c.Candidates), fmt.Sprintf("%d/%d", c.Named, c.Quota),
		},
	})
}

// table aligns its columns.
func (p *printer) table(rows [][]string) {
	widest := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widest[i] = max(widest[i], width(cell))
		}
	}
	for _, row := range rows {
		var text strings.Builder
		for i, cell := range row {
			text.WriteString("  " + cell + strings.Repeat(" ", widest[i]-width(cell)))
		}
		p.line("%s", strings.TrimRight(text.String(), " "))
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
