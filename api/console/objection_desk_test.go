package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// objected is a drill with a community of Henan on a list before the public, to
// which a citizen has objected; it returns the round and the case's page.
func (h *house) objected(as string) (round, at string) {
	h.t.Helper()
	round = h.OpenDrill(actstest.Drill{}).ID
	form := fmt.Sprintf("/notices/%d/objection", h.notice(round, community, "410102001002"))
	b := h.browser().get(form + "?unit=" + community)
	sent := b.fill(form, "facts", facts, "objector-kind", as, "objector-name", "欧阳秉烛", "objector-contact", "13912345678")
	b.upload(form, sent, "attachments", "台账.pdf", actstest.PDF("台账")).whole(http.StatusCreated)
	return round, fmt.Sprintf("/objections/%d", actstest.One[int64](h.World, `SELECT max(id) FROM objection`))
}

func TestAnObjectionGoesFromTheDeskToItsRulingAndIsSeenByTwo(t *testing.T) {
	h := newHouse(t)
	clerk, other := h.Clerk("41"), h.Officer("41", award.RoleAuditor)
	_, at := h.objected("person")
	head := h.as(h.Head("41")).get("/todo").whole(http.StatusOK).sees("指定异议承办人", "伏牛路社区", at)
	head.get("/objections").whole(http.StatusOK).sees("伏牛路社区", "未指定承办人", "已收到")
	head.get(at).whole(http.StatusOK).sees("只有承办人和监督员能看到", "41[clerk]")
	head.post(at + "/handler").whole(http.StatusUnprocessableEntity).sees(`href="#officer"`)
	head.post(at+"/handler", "officer", fmt.Sprint(clerk.ID))
	require.Equal(t, http.StatusSeeOther, head.status, head.body)
	head.get(head.header.Get("Location")).whole(http.StatusOK).sees("已指定承办人")
	for _, b := range []*browser{head, h.as(other), h.as(h.Admin)} { // none of them handles it
		b.get(at).whole(http.StatusOK)
		require.NotContains(t, b.body, "从不开门")
		require.NotContains(t, b.body, at+"/objector")
		b.submit(at+"/objector", url.Values{"csrf": {b.get("/staff").fill("/sign-out").Get("csrf")}})
		require.NotEqual(t, http.StatusOK, b.status)
		require.NotContains(t, b.body, "欧阳秉烛")
	}

	b := h.as(clerk).get("/todo").whole(http.StatusOK).sees("决定异议是否受理", at)
	b.get(at).whole(http.StatusOK).sees("从不开门", "台账.pdf", "受理期限")
	require.NotContains(t, b.body, "欧阳秉烛", "who objected is read on purpose, and on record")
	b.post(at+"/objector").whole(http.StatusOK).sees("欧阳秉烛", "13912345678")
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM audit WHERE name = 'read-objector'`))
	h.as(h.Officer("41", award.RoleSupervisor)).get(at).sees("从不开门").post(at + "/objector").whole(http.StatusOK).sees("欧阳秉烛")

	file := actstest.One[string](h.World, `SELECT encode(sha256, 'hex') FROM objection_attachment`)
	b.send(httptest.NewRequest(http.MethodGet, at+"/files/"+file, http.NoBody))
	require.Equal(t, http.StatusOK, b.status)
	require.Contains(t, b.header.Get("Content-Disposition"), "attachment")
	require.Equal(t, http.StatusForbidden, head.get(at+"/files/"+file).status)

	b.get(at).post(at + "/admission").whole(http.StatusUnprocessableEntity).sees(`href="#admitted"`)
	b.post(at+"/admission", "admitted", "no").whole(http.StatusUnprocessableEntity).sees(`href="#ground"`)
	b.post(at+"/admission", "admitted", "yes")
	require.Equal(t, http.StatusSeeOther, b.status, b.body)
	b.get(at).whole(http.StatusOK).sees("办结期限", "开始核查")

	b.get(at+"?step=commission").whole(http.StatusOK).sees("林山寨街道", "中原区")
	b.post(at+"/commission", "office", "410102", "text", "请欧阳秉烛说明").whole(http.StatusUnprocessableEntity).sees("请欧阳秉烛说明")
	b.post(at+"/commission", "office", "410102", "text", "请核查服务中心的开放记录。", "due", "明天").whole(http.StatusUnprocessableEntity).sees(`href="#due"`, `value="明天"`)
	b.get(at+"?step=commission").post(at+"/commission", "office", "410102", "text", "请核查服务中心的开放记录。", "due", h.Now().Add(3*actstest.Day).In(award.Beijing).Format("2006-01-02 15:04:05"))
	require.Equal(t, http.StatusSeeOther, b.status, b.body)
	district := h.as(h.Clerk("410102")).get("/todo").whole(http.StatusOK).sees("核查交办的事实并报告")
	require.Equal(t, http.StatusNotFound, district.get(at).status)
	district.get("/commissions").whole(http.StatusOK).sees("开放记录")
	require.NotContains(t, district.body, "从不开门")
	report := fmt.Sprintf("/commissions/%d/report", actstest.One[int64](h.World, `SELECT max(id) FROM commission`))
	district.post(report, "report", " ").whole(http.StatusUnprocessableEntity).sees(`href="#report-1"`)
	district.post(report, "report", hostile)
	require.Equal(t, http.StatusSeeOther, district.status, district.body)
	b.get(at).whole(http.StatusOK).sees("已报告", "&lt;script&gt;")

	b.get(at+"?step=extension").post(at+"/extension", "reason", "须实地核查")
	require.Equal(t, http.StatusSeeOther, b.status, b.body)
	b.get(at).post(at+"/ruling", "outcome", "partly_upheld", "ground", "经核查").whole(http.StatusUnprocessableEntity).sees(`href="#answer"`)
	b.post(at+"/ruling", "outcome", "partly_upheld", "ground", "经核查", "answer", "已更正").whole(http.StatusUnprocessableEntity).sees(`href="#correction"`)
	b.post(at+"/ruling", "outcome", "dismissed", "ground", "经核查不属实", "answer", hostile)
	require.Equal(t, http.StatusSeeOther, b.status, b.body)
	b.get(at).whole(http.StatusOK).sees("不成立", "经核查不属实")
	require.NotContains(t, b.body, `id="step"`, "nothing is left to do")
	b.get("/objections?state=dismissed").whole(http.StatusOK).sees("已办结")
	b.get("/objections?state=received").whole(http.StatusOK).sees("没有符合条件的异议")
}

func TestAClerkEntersWhatCameByLetterAndTellsTheNumber(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	notice := fmt.Sprint(h.notice(round, community))
	h.Exec(`UPDATE public_notice SET final_at = closes_at + interval '5 hours'`)
	b := h.as(h.Clerk("41")).get("/objections/new").whole(http.StatusOK).sees("?notice=" + notice)
	b.get("/objections/new?notice=" + notice + "&q=" + url.QueryEscape("伏牛")).whole(http.StatusOK).sees("unit=" + community)
	b.get("/objections/new?notice="+notice+"&unit="+community).whole(http.StatusOK).sees("来信", "来访")
	b.post("/objections/new", "facts", "短", "objector-kind", "person").whole(http.StatusUnprocessableEntity).sees(`href="#channel"`, `href="#came"`, `href="#facts"`, `href="#objector-name"`)
	b.post("/objections/new", "channel", "letter", "came", "后天", "facts", facts).whole(http.StatusUnprocessableEntity).sees(`href="#came"`, "从不开门")
	came := h.Now().In(award.Beijing).Format("2006-01-02 15:04:05")
	h.At(h.Now().Add(5 * actstest.Day)) // over, and its letters may still come
	b = h.as(h.Clerk("41")).get("/objections/new?notice=" + notice + "&unit=" + community).whole(http.StatusOK)
	sent := b.fill("/objections/new", "channel", "letter", "came", came, "facts", facts, "objector-kind", "person",
		"objector-name", "欧阳秉烛", "objector-contact", "郑州市中原区")
	b.upload("/objections/new", sent, "attachments", "来信.pdf", actstest.PDF("信")).whole(http.StatusCreated).sees("请把回执编号告知反映人")
	receipt := b.receiptOf()
	h.browser().get("/receipts").post("/receipts", "receipt", receipt).whole(http.StatusOK).sees("伏牛路社区")
	require.True(t, actstest.One[bool](h.World, `SELECT suspended FROM application WHERE id = (SELECT application_id FROM objection)`))
	h.At(h.Now().Add(10 * actstest.Day))
	h.as(h.Clerk("41")).get("/objections/new").whole(http.StatusOK).sees("没有可以录入异议的公示")
	require.NotContains(t, h.as(h.Clerk("11")).get("/objections/new").body, "?notice="+notice, "another office's list")
}

func TestALeadHasNobodyToAnswer(t *testing.T) {
	h := newHouse(t)
	clerk := h.Clerk("41")
	_, at := h.objected("lead")
	h.as(h.Head("41")).get(at).post(at+"/handler", "officer", fmt.Sprint(clerk.ID))
	b := h.as(clerk).get(at)
	b.post(at + "/objector").whole(http.StatusOK).sees("没有署名，是线索")
	b.get(at).post(at+"/admission", "admitted", "yes")
	b.get(at).post(at + "/investigation")
	b.get(at).whole(http.StatusOK)
	require.NotContains(t, b.body, `name="answer"`)
	require.NotContains(t, b.body, "step=withdrawal")
	b.post(at+"/ruling", "outcome", "upheld", "ground", "属实")
	require.Equal(t, http.StatusSeeOther, b.status, b.body)
}

func TestASupervisorReadsTheLogAndVerifiesIt(t *testing.T) {
	h := newHouse(t)
	round, _ := h.objected("person")
	sealer := h.Acts.Sealer()
	require.Eventually(t, func() bool { // other databases of the server may hold it up
		_, err := sealer.Seal(t.Context())
		require.NoError(t, err)
		head, err := h.Acts.LogHead(t.Context())
		require.NoError(t, err)
		return head.Position > 0
	}, 2*time.Minute, 20*time.Millisecond, "the log is sealed")
	at := "/rounds/" + round + "/log"
	b := h.as(h.Officer("0", award.RoleSupervisor)).get(at).whole(http.StatusOK)
	head := b.body[strings.Index(b.body, "<code>")+6:]
	head = head[:strings.Index(head, "</code>")]
	require.NotContains(t, b.body, "欧阳秉烛")
	b.get(at + "/verification?head=" + url.QueryEscape(head)).whole(http.StatusOK).sees("核验无误")
	b.get(at + "/verification?head=x").whole(http.StatusOK).sees(`href="#head"`)
	b.get(at+"/verification?head=999"+head[strings.Index(head, ":"):]).whole(http.StatusOK).sees("核验发现问题", "最近的记录被删去")
	clerk := h.as(h.Clerk("41")).get(at).whole(http.StatusOK)
	require.NotContains(t, clerk.body, at+"/verification")
	require.Equal(t, http.StatusForbidden, clerk.get(at+"/verification").status)
}
