package award

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// FormField is one field of the application form (申报表, N annex 2): data of
// the round, one list per category.
type FormField struct {
	Key      string `json:"key"`
	Title    string `json:"title"` // Chinese
	Required bool   `json:"required,omitempty"`
	MaxRunes int    `json:"max_runes,omitempty"` // characters, 0: 200
	Number   bool   `json:"number,omitempty"`    // a whole number ≥ 0
	Prefill  string `json:"prefill,omitempty"`   // from the register: name or code
}

// Prefill returns a form with what the register knows already: nobody types it
// again (N 五(三), 切实减轻基层负担).
func Prefill(fields []FormField, name, code string) map[string]string {
	form := make(map[string]string)
	for _, f := range fields {
		switch f.Prefill {
		case "name":
			form[f.Key] = name
		case "code":
			form[f.Key] = code
		}
	}
	return form
}

// defaultRunes bounds a field that names no bound of its own.
const defaultRunes = 200

// SampleForm returns the sample fields of domain 4, marked 示例 where a round
// shows them: the annex itself is not available.
func SampleForm() []FormField {
	return []FormField{
		{Key: "unit", Title: "申报单位", Required: true, Prefill: "name"},
		{Key: "code", Title: "区划代码", Required: true, Prefill: "code"},
		{Key: "head", Title: "负责人", Required: true, MaxRunes: 50},
		{Key: "contact", Title: "联系电话", Required: true, MaxRunes: 50},
		{Key: "residents", Title: "居民人数", Required: true, Number: true},
		{Key: "staff", Title: "工作人员数", Required: true, Number: true},
		{Key: "deeds", Title: "主要事迹", Required: true, MaxRunes: 2000},
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
		value := strings.TrimSpace(form[f.Key])
		switch {
		case value == "" && f.Required:
			defects = append(defects, Defect{formPointer(f.Key), "form_required", []any{f.Title}})
		case value != "" && f.Number && strings.Trim(value, "0123456789") != "":
			defects = append(defects, Defect{formPointer(f.Key), "form_number", []any{f.Title}})
		}
	}
	return defects
}

func formPointer(key string) string {
	return fmt.Sprintf("/form/%s", strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
}
