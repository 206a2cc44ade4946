package register

import (
	"strings"

	"shifan/internal/award"
)

// Canonical returns the code as the register keeps it: without the zeros that
// lists append, so that the code of a unit begins with the codes of those above
// it. 410000, 410100, 410102, 410102001000 become 41, 4101, 410102, 410102001.
// It reports false when the text is no code of GB/T 2260 and its two
// extensions, nor one of ours (D-11).
func Canonical(text string) (code string, ok bool) {
	if text == award.CodeNation || text == award.CodeCorps {
		return text, true
	}
	if strings.Trim(text, "0123456789") != "" {
		return "", false
	}
	switch len(text) {
	case 2, 4, 6, 9, 12:
	default:
		return "", false
	}
	for _, group := range []struct{ end, zeros int }{{12, 3}, {9, 3}, {6, 2}, {4, 2}} {
		if len(text) == group.end {
			text = strings.TrimSuffix(text, "000"[:group.zeros])
		}
	}
	// The county group alone may be empty in the middle: 441900003 is a street of
	// 东莞市, which has no counties.
	if text[0] == '0' || len(text) > 2 && text[2:4] == "00" {
		return "", false
	}
	return text, true
}
