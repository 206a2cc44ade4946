package award

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// FieldKind says what a field of a form takes.
type FieldKind string

// The kinds of field. Every value is kept as the text that the form prints.
const (
	FieldText       FieldKind = "text"
	FieldNumber     FieldKind = "number"      // a whole number ≥ 0
	FieldDate       FieldKind = "date"        // 2026-12-31
	FieldChoice     FieldKind = "choice"      // one of the choices
	FieldYesNo      FieldKind = "yes_no"      // 是 or 否
	FieldPhone      FieldKind = "phone"       // 0371-60000000, 13800000000
	FieldCreditCode FieldKind = "credit_code" // 统一社会信用代码, GB 32100
)

// FieldKinds lists the kinds of field.
func FieldKinds() []FieldKind {
	return []FieldKind{FieldText, FieldNumber, FieldDate, FieldChoice, FieldYesNo, FieldPhone, FieldCreditCode}
}

// FormField is one field of the application form (申报表, N annex 2): data of
// the round, one list per category, frozen at opening.
type FormField struct {
	Key      string    `json:"key"`
	Title    string    `json:"title"` // Chinese
	Kind     FieldKind `json:"kind"`
	Required bool      `json:"required,omitempty"`
	MaxRunes int       `json:"max_runes,omitempty"` // characters, 0: 200
	Least    *int64    `json:"least,omitempty"`     // of a number
	Most     *int64    `json:"most,omitempty"`
	Choices  []string  `json:"choices,omitempty"`
	Help     string    `json:"help,omitempty"`    // 填写说明
	Prefill  string    `json:"prefill,omitempty"` // from the register, name or code, or the year's fact of that name
}

// What the register knows of a unit, as a field's Prefill names it.
const (
	prefillName = "name"
	prefillCode = "code"
)

// What bounds a form.
const (
	defaultRunes = 200  // characters of a field that names no bound of its own
	mostRunes    = 5000 // characters of any field
	mostFields   = 100
	mostChoices  = 50
)

// SampleForm returns the sample fields of domain 4, marked 示例 where a round
// shows them: the annex itself is not available.
func SampleForm() []FormField {
	return []FormField{
		{Key: "unit", Title: "申报单位", Kind: FieldText, Required: true, Prefill: prefillName},
		{Key: "code", Title: "区划代码", Kind: FieldText, Required: true, Prefill: prefillCode},
		{Key: "head", Title: "负责人", Kind: FieldText, Required: true, MaxRunes: 50},
		{Key: "contact", Title: "联系电话", Kind: FieldPhone, Required: true, MaxRunes: 50},
		{Key: "residents", Title: "居民人数", Kind: FieldNumber, Required: true, Prefill: string(FactResidents)},
		{Key: "staff", Title: "工作人员数", Kind: FieldNumber, Required: true, Prefill: string(FactWorkers)},
		{Key: "deeds", Title: "主要事迹", Kind: FieldText, Required: true, MaxRunes: 2000},
	}
}

var fieldKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// CheckFields returns every defect of a form's definition, with pointers that
// begin with at.
func CheckFields(at string, fields []FormField) []Defect {
	var defects []Defect
	if len(fields) > mostFields {
		return []Defect{{at, "list_too_long", []any{mostFields}}}
	}
	seen := make(map[string]bool)
	for i, f := range fields {
		say := func(member, key string, args ...any) {
			defects = append(defects, Defect{fmt.Sprintf("%s/%d%s", at, i, member), key, args})
		}
		switch {
		case !fieldKey.MatchString(f.Key):
			say("/key", "field_key_malformed", f.Key)
		case seen[f.Key]:
			say("/key", "field_key_twice", f.Key)
		}
		seen[f.Key] = true
		if strings.TrimSpace(f.Title) == "" {
			say("/title", "field_required")
		}
		if !slices.Contains(FieldKinds(), f.Kind) {
			say("/kind", "field_kind_unknown", string(f.Kind))
		}
		if f.MaxRunes < 0 || f.MaxRunes > mostRunes {
			say("/max_runes", "number_too_large", mostRunes, f.MaxRunes)
		}
		if _, fact := Fact(f.Prefill).definition(); !fact && !slices.Contains([]string{"", prefillName, prefillCode}, f.Prefill) {
			say("/prefill", "field_prefill_unknown", f.Prefill)
		}
		f.checkBounds(say)
		f.checkChoices(say)
	}
	return defects
}

func (f FormField) checkBounds(say func(member, key string, args ...any)) {
	switch {
	case f.Kind != FieldNumber:
		if f.Least != nil || f.Most != nil {
			say("/least", "field_bounds_not_number")
		}
	case f.Least != nil && *f.Least < 0:
		say("/least", "number_too_small", 0, *f.Least)
	case f.Least != nil && f.Most != nil && *f.Least > *f.Most:
		say("/most", "number_too_small", *f.Least, *f.Most)
	}
}

func (f FormField) checkChoices(say func(member, key string, args ...any)) {
	switch {
	case f.Kind != FieldChoice:
		if len(f.Choices) > 0 {
			say("/choices", "field_choices_not_choice")
		}
		return
	case len(f.Choices) < 2:
		say("/choices", "list_too_short", 2)
	case len(f.Choices) > mostChoices:
		say("/choices", "list_too_long", mostChoices)
	}
	seen := make(map[string]bool)
	for _, c := range f.Choices {
		if c != strings.TrimSpace(c) || c == "" || utf8.RuneCountInString(c) > defaultRunes || seen[c] {
			say("/choices", "field_choice_malformed", c)
		}
		seen[c] = true
	}
}

// CheckDraft returns the defects that even a draft may not have: unknown
// fields and text beyond its bound.
func CheckDraft(fields []FormField, form map[string]string) []Defect {
	var defects []Defect
	for key := range form {
		if !slices.ContainsFunc(fields, func(f FormField) bool { return f.Key == key }) {
			defects = append(defects, Defect{formPointer(key), "form_unknown_field", []any{key}})
		}
	}
	slices.SortFunc(defects, func(a, b Defect) int { return strings.Compare(a.Pointer, b.Pointer) })
	for _, f := range fields {
		bound := f.MaxRunes
		if bound == 0 {
			bound = defaultRunes
		}
		if n := utf8.RuneCountInString(form[f.Key]); n > bound {
			defects = append(defects, Defect{formPointer(f.Key), "form_too_long", []any{f.Title, bound, n}})
		}
	}
	return defects
}

// CheckForm returns every defect of a form that is filed, at once.
func CheckForm(fields []FormField, form map[string]string) []Defect {
	defects := CheckDraft(fields, form)
	for _, f := range fields {
		say := func(key string, args ...any) {
			defects = append(defects, Defect{formPointer(f.Key), key, append([]any{f.Title}, args...)})
		}
		value := strings.TrimSpace(form[f.Key])
		switch {
		case value != "":
			f.check(value, say)
		case f.Required:
			say("form_required")
		}
	}
	return defects
}

// check says what a value has against its field's kind.
func (f FormField) check(value string, say func(key string, args ...any)) {
	switch f.Kind {
	case FieldText:
	case FieldNumber:
		n, err := strconv.ParseInt(value, 10, 64)
		switch {
		case err != nil || strings.Trim(value, "0123456789") != "":
			say("form_number")
		case f.Least != nil && n < *f.Least:
			say("form_number_small", *f.Least, n)
		case f.Most != nil && n > *f.Most:
			say("form_number_large", *f.Most, n)
		}
	case FieldDate:
		if _, err := ParseDate(value); err != nil {
			say("form_date", value)
		}
	case FieldChoice:
		if !slices.Contains(f.Choices, value) {
			say("form_choice", strings.Join(f.Choices, "、"))
		}
	case FieldYesNo:
		if value != yesNo(true) && value != yesNo(false) {
			say("form_yes_no")
		}
	case FieldPhone:
		if !phone(value) {
			say("form_phone")
		}
	case FieldCreditCode:
		if !creditCode(value) {
			say("form_credit_code")
		}
	}
}

// yesNo is a yes or a no as a form prints it.
func yesNo(yes bool) string {
	if yes {
		return "是"
	}
	return "否"
}

// phone reports whether a text can be dialled: 7 to 20 digits with the signs
// that are written between them, an extension behind them. Several stand side by
// side.
func phone(text string) bool {
	numbers := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,；;/", r) })
	for _, number := range numbers {
		digits := 0
		for i, r := range strings.TrimSpace(number) {
			switch {
			case r >= '0' && r <= '9':
				digits++
			case r == '+' && i == 0, strings.ContainsRune("-() 转", r):
			default:
				return false
			}
		}
		if digits < 7 || digits > 20 {
			return false
		}
	}
	return len(numbers) > 0
}

// creditAlphabet is what a unified social credit code is written with: no I, O,
// S, V, Z (GB 32100-2015). A character's place is its value.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode reports whether a text is a unified social credit code
// (统一社会信用代码): 18 characters, the division part digits, the last the check
// character of the others, weighed by the powers of 3 modulo 31 (GB 32100-2015).
func creditCode(text string) bool {
	const length, modulus = 18, 31
	if len(text) != length || strings.Trim(text[2:8], "0123456789") != "" {
		return false
	}
	sum, weight := 0, 1
	for i := range length - 1 {
		value := strings.IndexByte(creditAlphabet, text[i])
		if value < 0 {
			return false
		}
		sum += value * weight
		weight = weight * 3 % modulus
	}
	return text[length-1] == creditAlphabet[(modulus-sum%modulus)%modulus]
}

func formPointer(key string) string {
	return fmt.Sprintf("/form/%s", strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
}
