package console_test

import (
	"bytes"
	"fmt"
	"html"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

const facts = "去年十月以来社区服务中心从不开门，台账是检查前三天补造的。"

// receiptOf reads the number on the receipt read last.
func (b *browser) receiptOf() string {
	b.t.Helper()
	found := regexp.MustCompile(`(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}`).FindString(b.body)
	require.NotEmpty(b.t, found, b.body)
	return found
}

func TestACitizenFindsAUnitObjectsAndFollowsTheObjection(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	at := fmt.Sprintf("/notices/%d", h.notice(round, community, "410102001002"))
	h.Procedure.Down(true) // intake asks nothing of it
	b := h.browser().get("/").whole(http.StatusOK).sees("公示中", at+"/objection", "异议查询", "称号查验", "建设进展")

	b.get(at).whole(http.StatusOK).sees(at+"/objection?unit="+community, "邮戳须在公示期内", "河南日报")
	b.get(at + "/objection").whole(http.StatusOK).sees("对名单中的哪个单位")
	b.get(at + "/objection?q=" + url.QueryEscape("不在名单")).whole(http.StatusOK).sees("名单中没有这样的单位")
	b.get(at+"/objection?q="+url.QueryEscape("伏牛")).whole(http.StatusOK).sees("?unit="+community, "伏牛路社区")
	form := at + "/objection"
	b.get(form+"?unit="+community).whole(http.StatusOK).sees("伏牛路社区", "至多 5 个")

	b.post(form, "facts", "太短", "objector-name", "欧阳秉烛").whole(http.StatusUnprocessableEntity)
	b.sees(`href="#facts"`, `href="#objector-kind"`, `href="#objector-contact"`, `value="欧阳秉烛"`, "至少 10 字", "伏牛路社区")
	sent := b.fill(form, "facts", facts, "objector-kind", "person", "objector-name", "欧阳秉烛", "objector-contact", "13912345678")
	b.upload(form, sent, "attachments", "台账.pdf", actstest.PDF("台账")).whole(http.StatusCreated).sees("异议已收到", "抄下、打印或者拍照")
	receipt := b.receiptOf()
	require.NotContains(t, b.body, "欧阳秉烛", "who reads over a shoulder learns nobody's name")
	require.NotContains(t, b.body, "从不开门")
	b.upload(form, sent, "attachments", "台账.pdf", actstest.PDF("台账")).whole(http.StatusCreated)
	require.Equal(t, receipt, b.receiptOf(), "the same form again is the same objection")
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM objection`))
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM objection_attachment`))

	b.get("/receipts").whole(http.StatusOK).post("/receipts", "receipt", strings.ToLower(strings.ReplaceAll(receipt, "-", " ")))
	b.whole(http.StatusOK).sees("决定是否受理", "伏牛路社区", receipt)
	require.NotContains(t, b.body, "欧阳秉烛")
	b.upload("/receipts/attachments", b.fill("/receipts/attachments"), "attachments", "照片.exe", "MZ").whole(http.StatusOK).sees("附件未收存", "照片.exe")
	b.upload("/receipts/attachments", b.fill("/receipts/attachments"), "attachments", "照片.pdf", actstest.PDF("照片")).whole(http.StatusOK).sees("附件已收存")
	require.Equal(t, 2, actstest.One[int](h.World, `SELECT count(*) FROM objection_attachment`))
	b.get("/receipts").post("/receipts", "receipt", "7K2M-QX9D-4TNA-8RW3").whole(http.StatusNotFound).sees(`href="#receipt"`, `value="7K2M-QX9D-4TNA-8RW3"`)

	h.Exec(`UPDATE objection SET state = 'upheld', admitted_at = received_at, rule_due_at = received_at + interval '1 hour', ruled_at = received_at, answer = $1`, hostile)
	b.get("/receipts").post("/receipts", "receipt", receipt).whole(http.StatusOK).sees("书面答复", "&lt;script&gt;")
}

func TestALeadKeepsNoNameWhateverWasTyped(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	form := fmt.Sprintf("/notices/%d/objection", h.notice(round, community))
	b := h.browser().get(form + "?unit=" + community)
	b.post(form, "facts", facts, "objector-kind", "lead", "objector-name", "欧阳秉烛", "objector-contact", "13912345678").whole(http.StatusCreated).sees("线索已收到")
	require.Equal(t, 0, actstest.One[int](h.World, `SELECT count(*) FROM objector`))
	require.Equal(t, "lead", actstest.One[string](h.World, `SELECT kind FROM objection`))
}

func TestAnObjectionOutsideItsWindowIsToldWhatToDoInstead(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	form := fmt.Sprintf("/notices/%d/objection", h.notice(round, community))
	b := h.browser().get(form + "?unit=" + community).whole(http.StatusOK)
	sent := b.fill(form, "facts", facts, "objector-kind", "lead")
	h.At(h.Now().Add(5 * actstest.Day)) // the first instant that is too late
	b.get(form + "?unit=" + community).whole(http.StatusOK).sees("公示期已满")
	require.NotContains(t, b.body, "<textarea")
	b.submit(form, sent).whole(http.StatusConflict).sees("不再受理异议")
}

func TestAnAddressThatSaysTooMuchIsToldSoOnAPage(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	form := fmt.Sprintf("/notices/%d/objection", h.notice(round, community))
	b := h.browser()
	for range 30 { // more than any address may say at once
		if b.submit(form, url.Values{"unit": {community}}); b.status == http.StatusTooManyRequests {
			break
		}
	}
	b.whole(http.StatusTooManyRequests).sees("过于频繁")
	require.NotEmpty(t, b.header.Get("Retry-After"))
	b.get(strings.TrimSuffix(form, "/objection")).whole(http.StatusOK) // reading goes on
}

func TestATitleHasAPageWithTheCodeThatLeadsToIt(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	h.as(h.Clerk(community)).checks(round, community, award.Community).applies(round, "服务到家")
	const number = `牌/1 <b>"`
	h.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		SELECT $1, round_id, id, unit_id, category, $2, false, '2026-11-01' FROM application`, number, hostile)
	at := "/titles/" + url.PathEscape(number)
	b := h.browser().get("/titles?number=" + url.QueryEscape(" "+number+" ")).whole(http.StatusOK)
	b.sees("查验属实", html.EscapeString(number), "有效", `src="`+html.EscapeString(at)+`/qr.png"`)
	b.send(httptest.NewRequest(http.MethodGet, at+"/qr.png", http.NoBody))
	require.Equal(t, http.StatusOK, b.status)
	picture, err := png.Decode(bytes.NewReader([]byte(b.body)))
	require.NoError(t, err)
	require.Greater(t, picture.Bounds().Dx(), 100)
	r, g, blue, _ := picture.At(0, 0).RGBA()
	require.Equal(t, []uint32{0xffff, 0xffff, 0xffff}, []uint32{r, g, blue}, "a margin stands around it")
	b.get("/titles/none").whole(http.StatusNotFound)
	b.get("/titles?number=none").whole(http.StatusOK).sees("没有这个编号的称号")
	b.get("/titles/none/qr.png").whole(http.StatusNotFound)
}

func TestProgressStandsBesideTheOpinionsTargets(t *testing.T) {
	h := newHouse(t)
	b := h.browser().get("/progress").whole(http.StatusOK).sees("80%", "2014-11-23", "2021-07-01", "未达到", "河南省", "2026 年", "?year=2025", "各省达标社区比例", `<rect class="whole"`, "村数", "其中村", "其中社区")
	require.NotContains(t, b.body, "?year=2027")
	b.get("/progress?year=2009").whole(http.StatusOK).sees("2009 年", "?year=2010")
	require.NotContains(t, b.body, "?year=2008")
	b.get("/progress?year=999999999999").whole(http.StatusOK).sees("2026 年")
}

func TestAnybodyMayDrawTheSpotCheckAgain(t *testing.T) {
	h := newHouse(t)
	rules := actstest.DrillRules()
	rules.SpotCheckPercent = 20
	round := h.OpenDrill(actstest.Drill{Rules: rules}).ID
	b := h.browser()
	commitment := actstest.One[string](h.World, `SELECT encode(commitment, 'hex') FROM spot_check WHERE round_id = $1`, round)
	b.get("/spot-checks/"+round).whole(http.StatusOK).sees(commitment, "待抽查考察全部结束后公布")
	seed := actstest.One[string](h.World, `SELECT encode(seed, 'hex') FROM spot_check_seed WHERE round_id = $1`, round)
	require.NotContains(t, b.body, seed)
	h.Exec(`UPDATE spot_check SET published_at = now(), drawn_at = now() WHERE round_id = $1`, round)
	b.get("/spot-checks/"+round).whole(http.StatusOK).sees(seed, "sha256sum", "没有抽中的单位")
	b.get("/spot-checks/none").whole(http.StatusNotFound)
}
