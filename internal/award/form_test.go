package award_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestAWholeFormHasNoDefect(t *testing.T) {
	require.Empty(t, award.CheckForm(award.SampleForm(), whole()))
}

func TestEveryDefectOfAFormIsNamedAtOnce(t *testing.T) {
	form := whole()
	delete(form, "head")
	form["residents"] = "很多"
	form["deeds"] = strings.Repeat("事", 2001)
	form["slogan"] = "争先"
	require.Equal(t, []string{
		"/form/slogan form_unknown_field", "/form/deeds form_too_long",
		"/form/head form_required", "/form/residents form_number",
	}, pointers(award.CheckForm(award.SampleForm(), form)))
}

func TestADraftMayHaveGapsButNoUnknownFieldAndNoTextBeyondItsBound(t *testing.T) {
	require.Empty(t, award.CheckDraft(award.SampleForm(), map[string]string{}))
	require.Equal(t, []string{"/form/a~1b form_unknown_field", "/form/head form_too_long"},
		pointers(award.CheckDraft(award.SampleForm(), map[string]string{"a/b": "", "head": strings.Repeat("张", 51)})))
}

func TestABoundCountsCharactersAndItsLastOneFits(t *testing.T) {
	form := whole()
	form["deeds"] = strings.Repeat("事", 2000)
	form["head"] = strings.Repeat("张", 50)
	form["unit"] = strings.Repeat("区", 200) // no bound of its own
	require.Empty(t, award.CheckForm(award.SampleForm(), form))
}

func TestANumberIsWholeAndNeverNegative(t *testing.T) {
	for text, good := range map[string]bool{"0": true, "12000": true, " 7 ": true, "-1": false, "1.5": false, "１２": false, "  ": false} {
		form := whole()
		form["staff"] = text
		require.Equal(t, good, len(award.CheckForm(award.SampleForm(), form)) == 0, "%q", text)
	}
}

func TestAFormIsFilledWithWhatIsKnown(t *testing.T) {
	changed := award.SampleForm()
	changed[2].MaxRunes = 20 // 负责人 asks for less than today
	form, from := award.Prefill(award.SampleForm(), award.KnownForm{
		Name: "东关街道", Code: "410102001", Facts: award.Facts{award.FactResidents: 9000},
		LastFields: changed, Last: map[string]string{
			"unit": "旧名街道", "head": "张三", "residents": "8000", "staff": "30", "deeds": "居民自治", "gone": "旧",
		},
	})
	require.Equal(t, map[string]string{
		"unit": "东关街道", "code": "410102001", "residents": "9000", "staff": "30", "deeds": "居民自治",
	}, form)
	require.Equal(t, map[string]award.Origin{
		"unit": "register", "code": "register", "residents": "facts", "staff": "last_round", "deeds": "last_round",
	}, from)
	form, from = award.Prefill(nil, award.KnownForm{Name: "东关街道"})
	require.Empty(t, form)
	require.Empty(t, from)
}

func TestEachKindOfFieldTakesWhatItIsFor(t *testing.T) {
	least, most := int64(10), int64(20)
	for name, tt := range map[string]struct {
		field     award.FormField
		good, bad []string
	}{
		"text": {award.FormField{Kind: award.FieldText}, []string{"任何文字", "1"}, nil},
		"a number within bounds, both ends too": {
			award.FormField{Kind: award.FieldNumber, Least: &least, Most: &most},
			[]string{"10", "020", "20"},
			[]string{"9", "21", "15.0", "+15", "99999999999999999999"},
		},
		"a date that exists": {
			award.FormField{Kind: award.FieldDate},
			[]string{"2026-12-31", "2024-02-29"},
			[]string{"2026-02-29", "2026-13-01", "31.12.2026", "今天"},
		},
		"a choice":    {award.FormField{Kind: award.FieldChoice, Choices: []string{"甲", "乙"}}, []string{"甲", " 乙 "}, []string{"丙", "甲乙"}},
		"yes or no":   {award.FormField{Kind: award.FieldYesNo}, []string{"是", "否"}, []string{"yes", "对"}},
		"a telephone": {award.FormField{Kind: award.FieldPhone}, []string{"0371-60000000", "+86 138 0000 0000", "010-12345678转100、13800000000"}, []string{"无", "123456", "0371－6", "1234567 x", "、", "+86+13800000000"}},
		// Two published numbers, and each with one character changed.
		"a unified social credit code": {
			award.FormField{Kind: award.FieldCreditCode},
			[]string{"91350100M000100Y43", "9144030071526726XG"},
			[]string{"91350100M000100Y44", "9144030071526726XH", "91350100M000100Y4", "91350100m000100y43", "91350100I000100Y43", "9135A100M000100Y43"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tt.field.Key, tt.field.Title = "f", "字段"
			check := func(text string) []award.Defect {
				return award.CheckForm([]award.FormField{tt.field}, map[string]string{"f": text})
			}
			for _, text := range tt.good {
				require.Empty(t, check(text), text)
			}
			for _, text := range tt.bad {
				require.Equal(t, "/form/f", check(text)[0].Pointer, text)
			}
			require.Empty(t, check(" "), "what is not required may stay empty")
		})
	}
}

// One character of a code written wrongly is always found: 3 has no power that
// is nothing modulo 31.
func TestACreditCodeWithOneWrongCharacterIsNeverTaken(t *testing.T) {
	const alphabet, good = "0123456789ABCDEFGHJKLMNPQRTUWXY", "91350100M000100Y43"
	field := []award.FormField{{Key: "f", Title: "字段", Kind: award.FieldCreditCode}}
	for i := range good {
		for _, c := range alphabet {
			code := good[:i] + string(c) + good[i+1:]
			defects := award.CheckForm(field, map[string]string{"f": code})
			require.Equal(t, code == good, len(defects) == 0, code)
		}
	}
}

func TestADefinitionOfAFormIsCheckedWhole(t *testing.T) {
	require.Empty(t, award.CheckFields("/form", award.SampleForm()))
	one, two, less := int64(1), int64(2), int64(-1)
	fields := []award.FormField{
		{Key: "Head", Title: " ", Kind: "table", MaxRunes: 5001, Prefill: "income"},
		{Key: "a", Title: "甲", Kind: award.FieldNumber, Least: &two, Most: &one, Choices: []string{"x", "y"}},
		{Key: "a", Title: "乙", Kind: award.FieldChoice, Choices: []string{"x"}},
		{Key: "b", Title: "丙", Kind: award.FieldChoice, Choices: []string{"x", "x", ""}},
		{Key: "c", Title: "丁", Kind: award.FieldText, Most: &one},
		{Key: "d", Title: "戊", Kind: award.FieldNumber, Least: &less},
	}
	require.Equal(t, []string{
		"/form/0/key field_key_malformed", "/form/0/title field_required", "/form/0/kind field_kind_unknown",
		"/form/0/max_runes number_too_large", "/form/0/prefill field_prefill_unknown",
		"/form/1/most number_too_small", "/form/1/choices field_choices_not_choice",
		"/form/2/key field_key_twice", "/form/2/choices list_too_short",
		"/form/3/choices field_choice_malformed", "/form/3/choices field_choice_malformed",
		"/form/4/least field_bounds_not_number", "/form/5/least number_too_small",
	}, pointers(award.CheckFields("/form", fields)))
	require.Equal(t, []string{"/form list_too_long"}, pointers(award.CheckFields("/form", make([]award.FormField, 101))))
}

func whole() map[string]string {
	return map[string]string{
		"unit": "东关街道", "code": "410102001", "head": "张三", "contact": "0371-60000000",
		"residents": "12000", "staff": "30", "deeds": "居民自治",
	}
}

func pointers(defects []award.Defect) []string {
	out := make([]string, len(defects))
	for i, d := range defects {
		out[i] = d.Pointer + " " + d.Key
	}
	return out
}
