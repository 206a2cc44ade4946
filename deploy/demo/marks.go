package main

import (
	"fmt"
	"strings"

	"shifan/internal/award"
)

// marks spreads a total over the standard's indicators: every gate and boolean
// full, no veto, the rest evenly over the judged ones.
func (s standard) marks(total award.Points) ([]string, error) {
	var marks []award.Points
	var judged []int // positions of the indicators that take what is left
	var room award.Points
	left := total
	for _, block := range s.Blocks {
		for _, leaf := range block.Leaves {
			most, err := award.ParsePoints(leaf.Max)
			if err != nil {
				return nil, fmt.Errorf("read the maximum of indicator %s: %w", leaf.Code, err)
			}
			switch {
			case leaf.Veto:
				most = 0
			case leaf.Gate || leaf.Kind == award.LeafBoolean:
				left -= most
			default:
				judged = append(judged, len(marks))
				room += most
			}
			marks = append(marks, most)
		}
	}
	if left < 0 || left > room {
		return nil, fmt.Errorf("a total of %s does not fit the standard of %s", total, s.Category)
	}
	given := award.Points(0)
	for before, i := award.Points(0), 0; i < len(judged); i++ {
		before += marks[judged[i]]
		upTo := left * before / room // of all points so far, the same part for everyone
		marks[judged[i]], given = upTo-given, upTo
	}
	text := make([]string, len(marks))
	for i, mark := range marks {
		text[i] = mark.String()
	}
	return text, nil
}

// remarks says something of every indicator where the province's marks are not
// the unit's own; the round asks for it where they differ much (D-46).
func (s standard) remarks(own, found []string) map[string]string {
	remarks, i := map[string]string{}, 0
	for _, block := range s.Blocks {
		for _, leaf := range block.Leaves {
			if own[i] != found[i] {
				remarks[leaf.Code] = "演练:现场核对,自评" + own[i] + ",核定" + found[i]
			}
			i++
		}
	}
	return remarks
}

// fill completes an application form (申报表): plausible words and numbers, each
// within its bound.
func (s standard) fill(u unit) map[string]string {
	form := make(map[string]string, len(s.Form))
	for _, field := range s.Form {
		text := "演练:" + u.Name + field.Title
		switch {
		case field.Number:
			text = fmt.Sprint(1000 + len(u.Code)*37)
		case field.Key == "unit":
			text = u.Name
		case field.Key == "code":
			text = u.Code
		case field.MaxRunes > 200:
			text = strings.Repeat(u.Name+"坚持居民自治,健全服务体系,群众满意。", 3)
		}
		if most := field.MaxRunes; most > 0 && len([]rune(text)) > most {
			text = string([]rune(text)[:most])
		}
		form[field.Key] = text
	}
	return form
}
