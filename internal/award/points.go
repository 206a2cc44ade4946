package award

import (
	"fmt"
	"math"
)

// Points are marks, and values as entered, in hundredths: exact, never floats.
type Points int64

// What stands in place of a value. Neither is a number that can be entered.
const (
	// Blank is an indicator not filled in (未填): it gives nothing, and marks
	// with a blank never pass (D-30).
	Blank Points = math.MinInt64
	// Exempt is an indicator that does not apply to the unit (免考, D-32).
	Exempt Points = math.MinInt64 + 1
)

// exemptText is how an exempted indicator is written.
const exemptText = "exempt"

// String writes 87.50; nothing for a blank.
func (p Points) String() string {
	if p == Blank {
		return ""
	}
	if p == Exempt {
		return exemptText
	}
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	return fmt.Sprintf("%s%d.%02d", sign, p/100, p%100)
}

// ParsePoints reads 87, 87.5 or 87.50; more than two decimals are refused
// rather than rounded.
func ParsePoints(text string) (Points, error) {
	refuse := func() (Points, error) { return 0, Refuse(Invalid, "N 三", "points_malformed", text) }
	whole, fraction, dotted := text, "", false
	for i := range len(text) {
		if text[i] == '.' {
			whole, fraction, dotted = text[:i], text[i+1:], true
			break
		}
	}
	if whole == "" || len(whole) > 9 || len(fraction) > 2 || (dotted && fraction == "") {
		return refuse()
	}
	for len(fraction) < 2 {
		fraction += "0"
	}
	var p Points
	for _, digit := range whole + fraction {
		if digit < '0' || digit > '9' {
			return refuse()
		}
		p = p*10 + Points(digit-'0')
	}
	return p, nil
}

// mostEntered is the largest value that can be written: 999999999.99.
const mostEntered Points = 99_999_999_999

// ParseMark reads what is entered for an indicator: nothing, an exemption, or a
// value.
func ParseMark(text string) (Points, error) {
	switch text {
	case "":
		return Blank, nil
	case exemptText:
		return Exempt, nil
	}
	return ParsePoints(text)
}
