package award

import (
	"fmt"
	"strings"
	"time"
)

// FindingKind says what a scan found in what is to be made public (D-15).
type FindingKind string

// What is looked for: numbers by which a person is known, reached or paid.
const (
	FindingIdentity FindingKind = "identity" // 公民身份号码, 18 digits with check digit, or the old 15
	FindingMobile   FindingKind = "mobile"   // 手机号码
	FindingCard     FindingKind = "card"     // 银行卡号, by its check digit
)

// FindingKinds lists every kind.
func FindingKinds() []FindingKind { return []FindingKind{FindingIdentity, FindingMobile, FindingCard} }

// Finding is something that looks like personal data, and where.
type Finding struct {
	Place  string // JSON pointer into what was scanned
	Kind   FindingKind
	Sample string // masked
}

// Waiver lets a finding stand, by name and with a reason: an office's own
// mobile phone is no person's (D-64).
type Waiver struct {
	Place, Sample, Reason string
}

// ScanPersonalData looks through a text for personal data. Full-width digits
// count, and so do numbers written in groups.
func ScanPersonalData(place, text string) []Finding {
	var found []Finding
	seen := make(map[string]bool)
	for _, number := range numbers(text) {
		kind := personal(number)
		if kind == "" || seen[number] {
			continue
		}
		seen[number] = true
		found = append(found, Finding{place, kind, mask(number, kind)})
	}
	return found
}

// numbers returns the runs of digits in a text, each as it stands and, where
// groups are parted by one space or hyphen, the groups together.
func numbers(text string) []string {
	var found []string
	var group, run strings.Builder
	groups, gap := 0, 0
	endGroup := func() {
		if group.Len() > 0 {
			found = append(found, group.String())
			groups++
			group.Reset()
		}
	}
	endRun := func() {
		endGroup()
		if groups > 1 {
			found = append(found, run.String())
		}
		run.Reset()
		groups, gap = 0, 0
	}
	for _, r := range text {
		if '０' <= r && r <= '９' {
			r -= '０' - '0'
		}
		switch {
		case '0' <= r && r <= '9':
			group.WriteRune(r)
			run.WriteRune(r)
			gap = 0
		case (r == 'x' || r == 'X' || r == 'Ｘ') && run.Len() == 17: // the check digit of an identity number
			group.WriteByte('X')
			run.WriteByte('X')
			endRun()
		case (r == ' ' || r == '-' || r == '\u3000') && run.Len() > 0 && gap == 0:
			endGroup()
			gap++
		default:
			endRun()
		}
	}
	endRun()
	return found
}

// personal says what a number is, or that it is nobody's.
func personal(n string) FindingKind {
	if bare, prefixed := strings.CutPrefix(n, "86"); prefixed && len(bare) == 11 {
		n = bare
	}
	switch {
	case len(n) == 11 && n[0] == '1' && n[1] >= '3':
		return FindingMobile
	case len(n) == 18 && identity(n), len(n) == 15 && born("19"+n[6:12]):
		return FindingIdentity
	case len(n) >= 16 && len(n) <= 19 && !strings.HasSuffix(n, "X") && luhn(n):
		return FindingCard
	}
	return ""
}

// identity checks an identity number of 18 characters: a date of birth, and the
// check digit of GB 11643.
func identity(n string) bool {
	if !born(n[6:14]) {
		return false
	}
	sum := 0
	for i := range 17 {
		weight := 1
		for range 17 - i {
			weight = weight * 2 % 11
		}
		sum += int(n[i]-'0') * weight
	}
	return n[17] == "10X98765432"[sum%11]
}

// born reports whether eight digits are a day on which somebody may be born.
func born(digits string) bool {
	day, err := time.Parse("20060102", digits)
	return err == nil && day.Year() >= 1900 && day.Year() < 2100
}

// luhn checks the last digit of a card's number.
func luhn(n string) bool {
	sum := 0
	for i := range len(n) {
		digit := int(n[len(n)-1-i] - '0')
		if i%2 == 1 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0 && strings.Trim(n, "0") != ""
}

// mask hides all of a number but its ends.
func mask(n string, kind FindingKind) string {
	last := 2
	if kind == FindingMobile {
		last = 4
	}
	return n[:3] + strings.Repeat("*", len(n)-3-last) + n[len(n)-last:]
}

// Waived is a finding that somebody let stand.
type Waived struct {
	Finding
	Reason string
}

// CheckFindings returns the findings that are let stand by name, and refuses
// while one is neither that nor taken out, listing each; also a waiver for what
// was not found, which is a slip.
func CheckFindings(found []Finding, waivers []Waiver) ([]Waived, error) {
	var defects []Defect
	var waived []Waived
	meant := make([]bool, len(waivers))
	for _, f := range found {
		reason := ""
		for i, w := range waivers {
			if w.Place == f.Place && w.Sample == f.Sample {
				meant[i], reason = true, strings.TrimSpace(w.Reason)
			}
		}
		if reason == "" {
			defects = append(defects, Defect{f.Place, "finding_" + string(f.Kind), []any{f.Sample}})
			continue
		}
		waived = append(waived, Waived{f, reason})
	}
	for i, found := range meant {
		if !found {
			defects = append(defects, Defect{fmt.Sprintf("/waivers/%d", i), "waiver_without_finding", []any{waivers[i].Sample}})
		}
	}
	if len(defects) > 0 {
		return nil, RefuseFields(Incomplete, "D-64", "notice_personal_data", defects)
	}
	return waived, nil
}
