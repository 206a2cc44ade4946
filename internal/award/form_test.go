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

func TestAFormIsFilledWithWhatTheRegisterKnows(t *testing.T) {
	require.Equal(t, map[string]string{"unit": "东关街道", "code": "410102001"},
		award.Prefill(award.SampleForm(), "东关街道", "410102001"))
	require.Empty(t, award.Prefill(nil, "东关街道", "410102001"))
}

func whole() map[string]string {
	return map[string]string{
		"unit": "东关街道", "code": "410102001", "head": "张三", "contact": "0371-1",
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
