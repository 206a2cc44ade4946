package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestTheRoundPageIsAPictureOfTheRound(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	h.as(h.Clerk(community)).checks(round, community, award.Community)
	admin := h.as(h.Admin).get("/rounds/"+round).whole(http.StatusOK).sees(
		"河南省", `<svg viewBox=`, `role="img"`, "示范社区：进度", "自评得分分布", "等待自查、申报截止", "还有 20 小时", "（0 秒前）",
		"http://temporal.example/namespaces/default/workflows/round%2F"+round+"%2Foffice%2F41", "/levers/move-date", "/levers/suspend-round",
	)
	require.NotContains(t, admin.body, "/levers/resume-round")
	street := h.as(h.Clerk(street)).get("/rounds/" + round).whole(http.StatusOK)
	require.NotContains(t, street.body, "/levers/")
	require.NotContains(t, street.body, "temporal.example")

	h.as(h.Admin).get("/rounds/"+round+"/limits").whole(http.StatusOK).sees("河南省", "÷", "/levers/set-limit?office=41&amp;category=street")
	require.NotContains(t, h.as(h.Head("41")).get("/rounds/"+round+"/limits").whole(http.StatusOK).body, "/levers/")
	h.as(h.Admin).get("/rounds/"+round+"/offices/41").whole(http.StatusOK).sees("推荐期限", "/levers/move-office-date?office=41")
	h.as(h.Head("11")).get("/rounds/" + round + "/offices/41").whole(http.StatusNotFound)
}

func TestALeverIsFilledInShownAndOnlyThenPulled(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	at := "/rounds/" + round + "/levers/move-date"
	admin := h.as(h.Admin).get(at).whole(http.StatusOK).sees("推荐期限", "调整批次日期")
	admin.post(at, "which", "recommendation", "to", "下个月", "reason", "汛情").whole(http.StatusUnprocessableEntity).sees(`href="#to"`, `value="下个月"`, "汛情")
	admin.post(at, "which", "recommendation", "to", "2020-01-01", "reason", "汛情").whole(http.StatusUnprocessableEntity)
	admin.post(at, "which", "recommendation", "to", "2026-11-06", "reason", "").whole(http.StatusUnprocessableEntity).sees(`href="#reason"`)

	admin.post(at, "which", "recommendation", "to", "2026-11-06", "reason", hostile).whole(http.StatusOK).sees(
		"尚未办理", "2026年11月6日 24:00止", "河南省", "省级公示最晚开始", "发出 4 条消息")
	require.Zero(t, actstest.One[int](h.World, `SELECT count(*) FROM audit WHERE name = 'move-date'`), "shown, and not done")
	form := admin.fill(at, "edit", "1")
	admin.submit(at, form).whole(http.StatusOK).sees(`value="2026-11-06"`)
	admin.post(at, "which", "recommendation", "to", "2026-11-06", "reason", "汛情")
	form = admin.fill(at, "confirm", "1")
	require.Equal(t, http.StatusSeeOther, admin.submit(at, form).status, admin.body)
	require.Equal(t, http.StatusSeeOther, admin.submit(at, form).status, "a double click is one act")
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM audit WHERE name = 'move-date'`))
	admin.get("/rounds/"+round+"?done=lever").whole(http.StatusOK).sees("2026年11月6日 24:00止", "已办理")
}

func TestEveryLeverIsPulledByItsPage(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	admin := h.as(h.Admin)
	pull := func(lever string, pairs ...string) {
		t.Helper()
		at := "/rounds/" + round + "/levers/" + lever
		admin.get(at).whole(http.StatusOK)
		admin.post(at, pairs...).whole(http.StatusOK).sees("尚未办理")
		admin.post(at, "confirm", "1")
		require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
		require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM audit WHERE name = $1`, lever), lever)
	}
	pull("set-limit", "office", "41", "category", "street", "eligible", "8", "source", "民政统计季报", "counted_on", "2026-10-31", "reason", "名录缺录")
	pull("move-office-date", "office", "41", "which", "recommendation", "to", "2026-11-06", "reason", "汛情")
	pull("suspend-round", "reason", "核查")
	pull("resume-round", "reason", "核查完毕")
	h.At(h.Now().Add(90 * actstest.Day))
	require.NoError(t, h.Acts.MarkOverdue(t.Context(), round, "11"))
	admin = h.as(h.Admin) // its session has run out
	pull("close-office", "office", "11", "reason", "逾期未报")
	pull("reopen", "office", "11", "to", "2026-11-06 12:00:00", "reason", "补报")
	pull("cancel-round", "reason", "停办")
	admin.get("/rounds/" + round).whole(http.StatusOK).sees("已取消")
	admin.get("/rounds/" + round + "/levers/none").whole(http.StatusNotFound)
	h.as(h.Head("41")).get("/rounds/" + round + "/levers/none").whole(http.StatusNotFound)
}
