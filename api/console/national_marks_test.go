package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// listed is a round whose list of one unit is frozen, to be marked by the bureau.
func listed(t *testing.T) (p province, marks []award.Points) {
	t.Helper()
	p = assessed(t)
	p.Exec(`UPDATE round SET rules = rules || '{"experts_per_file": 0}' WHERE id = $1`, p.round)
	rule, err := p.Round(p.round).Category(award.Community)
	require.NoError(t, err)
	marks = actstest.Full(rule.Standard)
	values := make([]string, len(marks))
	for i, value := range marks {
		values[i] = fmt.Sprint(int64(value))
	}
	p.Exec(`UPDATE inspection SET marks = $1::bigint[] WHERE application_id = $2`, "{"+strings.Join(values, ",")+"}", p.files[0])
	return p, marks
}

func TestNationalMarksBeginWithTheProvincesAndMayBeGivenAnew(t *testing.T) {
	p, marks := listed(t)
	list := "/rounds/" + p.round + "/marks"
	at := fmt.Sprintf("%s/%d", list, p.files[0])
	admin := p.as(p.Admin).get("/todo").whole(http.StatusOK).sees("核定推荐单位得分", list)
	admin.get("/rounds/" + p.round + "/commendation").whole(http.StatusOK).sees(list)
	admin.get(list).whole(http.StatusOK).sees("还有 1 个未核定", at)

	admin.get(at).whole(http.StatusOK).sees("已按省级考核得分填好", fmt.Sprintf(`id="marks-0" name="marks-0" value="%s"`, typed(marks[0])))
	form := admin.fill(at, "note", "按省级考核核定")
	for i, value := range marks {
		form.Set(fmt.Sprintf("marks-%d", i), typed(value))
	}
	form.Set("marks-0", "x")
	admin.submit(at, form).whole(http.StatusUnprocessableEntity).sees(`href="#marks-0"`, `value="x"`)
	form.Set("marks-0", "")
	admin.submit(at, form).whole(http.StatusUnprocessableEntity).sees(`href="#marks-0"`)
	form.Set("marks-0", "1")
	admin.submit(at, form).redirects().sees("核定得分已保存", "均已核定", "核定完成前可以重新核定")
	require.Equal(t, 1, actstest.One[int](p.World, `SELECT revision FROM assessment_mark`))
	form = admin.get(at).sees("已核定的得分可以修改", `name="marks-0" value="1"`, "按省级考核核定").fill(at)
	for i, value := range marks {
		form.Set(fmt.Sprintf("marks-%d", i), typed(value))
	}
	admin.submit(at, form).redirects()
	require.Equal(t, 2, actstest.One[int](p.World, `SELECT revision FROM assessment_mark`))

	for _, path := range []string{list, at} {
		p.as(p.head).get(path).whole(http.StatusNotFound)
	}
	auditor := p.as(p.Officer("0", award.RoleAuditor)).get(at).whole(http.StatusOK)
	require.NotContains(t, auditor.body, "<input class=\"mark\"", "who may not mark is offered nothing")
	require.NotContains(t, auditor.get("/todo").body, "核定推荐单位得分")

	p.Exec(`UPDATE round SET scored_at = shifan_now() WHERE id = $1`, p.round)
	admin.get(at).whole(http.StatusOK)
	require.NotContains(t, admin.body, "<input class=\"mark\"", "they are complete")
}

func TestWhereExpertsMarkTheBureauEntersNothing(t *testing.T) {
	p := assessed(t)
	admin := p.as(p.Admin).get("/rounds/" + p.round + "/marks").whole(http.StatusOK).sees("由专家评分")
	require.NotContains(t, admin.get("/rounds/"+p.round+"/commendation").whole(http.StatusOK).body, `href="/rounds/`+p.round+`/marks"`)
	require.NotContains(t, admin.get("/todo").body, "核定推荐单位得分")
}
