package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// entitled gives communities of the register titles, and returns their numbers.
func (h *house) entitled(name string, units ...string) []string {
	h.t.Helper()
	round := h.OpenDrill(actstest.Drill{}).ID
	var numbers []string
	for _, unit := range units {
		made, err := h.Acts.CreateApplication(h.t.Context(), h.Clerk(unit), h.Key(), acts.CreateApplication{Round: round, Unit: unit, Category: award.Community})
		require.NoError(h.t, err)
		number := "2026-1-社-" + unit
		h.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on, decision_number, plaque_number)
			SELECT $2, round_id, id, unit_id, category, $3, false, '2026-11-01', '民发〔2026〕88号', '牌' || $2 FROM application WHERE id = $1`, made.Result.ID, number, name)
		numbers = append(numbers, number)
	}
	return numbers
}

func TestManyTitlesAreRecheckedFromOnePage(t *testing.T) {
	h := newHouse(t)
	numbers := h.entitled(hostile, "410102001001", "410102001002", "410103001001")
	admin := h.as(h.Admin).get("/administration").whole(http.StatusOK).sees(`href="/rechecks"`).get("/rechecks").whole(http.StatusOK).sees("没有开展过集中复查")
	admin.get("/rechecks/new?year=1999").whole(http.StatusOK).sees("可以复查的称号：0 个", "2026 年", "河南省")
	require.NotContains(t, admin.body, "按期复查")
	admin.get("/rechecks/new?year=2026&category=community&office=41").whole(http.StatusOK).sees("可以复查的称号：3 个", "对以上 3 个称号开展复查", "伏牛路社区")
	admin.post("/rechecks", "due", "明年", "reason", "").whole(http.StatusUnprocessableEntity).sees(`href="#due"`, `href="#reason"`, `value="明年"`, "可以复查的称号：3 个")
	form := admin.get("/rechecks/new?year=2026").fill("/rechecks", "due", "2026-12-31", "reason", hostile, "document", "民函〔2028〕1号")
	form.Set("titles", "2")
	admin.submit("/rechecks", form).whole(http.StatusConflict).sees("请重新核对名单")
	form.Set("titles", "3")
	admin.submit("/rechecks", form)
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	require.Equal(t, http.StatusSeeOther, admin.submit("/rechecks", form).status, "a double click is one campaign")
	at := strings.Split(admin.header.Get("Location"), "?")[0]

	head := h.as(h.Head("41"))
	held := "/register/titles/" + url.PathEscape(numbers[0])
	head.get(held).whole(http.StatusOK).sees("复查中").post(held, "act", "keep-title", "reason", "复查合格")
	require.Equal(t, http.StatusSeeOther, head.status, head.body)
	for _, b := range []*browser{admin, head} {
		b.get(at).whole(http.StatusOK).sees("2026 年命名", "共 3 个：复查中 2，限期整改 0，保留 1", "河南省", "1/3", `role="img"`, "2026年12月31日 24:00止", numbers[0])
	}
	admin.get("/rechecks").whole(http.StatusOK).sees("1/3")
	h.At(h.Now().AddDate(0, 3, 0))
	h.as(h.Admin).get("/rechecks").whole(http.StatusOK).sees("逾期：")
	h.as(h.Head("44")).get(at).whole(http.StatusNotFound)
	h.as(h.Clerk("41")).get("/rechecks/new").whole(http.StatusForbidden)
}

func TestACitizenReportsAHolderAndAsksWhatBecameOfIt(t *testing.T) {
	h := newHouse(t)
	number := h.entitled(hostile, community)[0]
	at := "/titles/" + url.PathEscape(number)
	b := h.browser().get(at).whole(http.StatusOK).sees(at + "/report")
	const who = "欧阳秉烛"
	b.get(at+"/report").whole(http.StatusOK).post(at+"/report", "facts", "短", "reporter-name", who).
		whole(http.StatusUnprocessableEntity).sees(`href="#facts"`, `href="#reporter-contact"`, `value="`+who+`"`)
	facts := "去年以来社区服务中心从不开门，台账是检查前补造的。" + hostile
	b.post(at+"/report", "facts", facts+who, "reporter-name", who, "reporter-contact", "0371-1").whole(http.StatusUnprocessableEntity).sees("会由更多人阅看")
	form := b.get(at+"/report").fill(at+"/report", "facts", facts, "reporter-name", who, "reporter-contact", "0371-60000001")
	b.submit(at+"/report", form).whole(http.StatusCreated).sees("举报已收到", "回执编号")
	require.NotContains(t, b.body, who)
	require.NotContains(t, b.body, "服务中心")
	receipt := regexp.MustCompile(`<p class="number"><code>([^<]+)`).FindStringSubmatch(b.body)[1]
	b.submit(at+"/report", form).whole(http.StatusCreated).sees(receipt)
	asked := func(texts ...string) {
		t.Helper()
		b.get("/receipts").post("/receipts", "receipt", strings.ToLower(receipt)).whole(http.StatusOK).sees(texts...)
		require.NotContains(t, b.body, who)
	}
	asked("待承办")

	report := "/register/titles/" + url.PathEscape(number) + "/reports/1"
	clerk := h.as(h.Clerk("41")).get("/administration").whole(http.StatusOK).sees("有 1 件举报待办结").get("/reports").whole(http.StatusOK).sees("待承办", "网上举报")
	clerk.get(report).whole(http.StatusOK).sees("服务中心", "承办人和监督员可见", "由我承办")
	require.NotContains(t, clerk.body, who)
	clerk.post(report + "/taking")
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	clerk.get(report).whole(http.StatusOK).sees(who, "办理中")
	require.NotContains(t, clerk.body, report+"/closing")
	asked("办理中")
	h.as(h.Clerk(community)).get(report).whole(http.StatusNotFound)
	h.as(h.Head("44")).get(report).whole(http.StatusNotFound)

	head := h.as(h.Head("41")).get(report).whole(http.StatusOK)
	require.NotContains(t, head.body, who)
	head.post(report+"/closing", "finding", " ").whole(http.StatusUnprocessableEntity).sees(`href="#finding"`, `href="#outcome"`)
	head.post(report+"/closing", "finding", "经核查"+hostile, "outcome", "whatever").whole(http.StatusUnprocessableEntity).sees(`href="#outcome"`)
	head.post(report+"/closing", "finding", "经核查"+hostile, "outcome", "confirmed")
	require.Equal(t, http.StatusSeeOther, head.status, head.body)
	held := "/register/titles/" + url.PathEscape(number)
	head.get(report).whole(http.StatusOK).sees("办结：属实", held+"?report=1")
	head.get(held + "?report=1").whole(http.StatusOK).sees("第 1 号举报经核查属实：经核查")
	require.Contains(t, head.get("/reports").whole(http.StatusOK).body, "没有举报")
	head.get("/reports?state=all").whole(http.StatusOK).sees("办结：属实")
	asked("办结：属实")
	h.Exec(`UPDATE title SET state = 'revoked'`)
	b.get(at).whole(http.StatusOK)
	require.NotContains(t, b.body, at+"/report")
	b.get(at + "/report").whole(http.StatusOK).sees("不再受理举报")
}

func TestAClerkEntersAReportThatCameByLetter(t *testing.T) {
	h := newHouse(t)
	number := h.entitled("示范社区", community)[0]
	held := "/register/titles/" + url.PathEscape(number)
	clerk := h.as(h.Clerk("41")).get(held).whole(http.StatusOK).sees(held + "/reports/new").get(held + "/reports/new").whole(http.StatusOK).sees("2026-11-02")
	clerk.post(held+"/reports", "channel", "", "received", "昨天", "facts", "").whole(http.StatusUnprocessableEntity).sees(`href="#channel"`, `href="#received"`, `href="#facts"`)
	clerk.post(held+"/reports", "channel", "form", "received", "2099-01-01", "facts", "某事").whole(http.StatusUnprocessableEntity).sees(`href="#channel"`, `href="#received"`)
	clerk.post(held+"/reports", "channel", "letter", "received", "2026-11-02", "facts", hostile)
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	clerk.get(clerk.header.Get("Location")).whole(http.StatusOK).sees("来信", "未署名", "举报已登记")
	h.as(h.Clerk(community)).get(held + "/reports/new").whole(http.StatusForbidden)
}
