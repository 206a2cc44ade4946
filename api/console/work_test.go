package console_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

const (
	community = "410102001001" // 伏牛路社区, under 林山寨街道, 中原区, 郑州市, 河南省
	street    = "410102001"
)

// hostile is what a name may hold: a script, a mark that turns the direction of
// writing, characters beyond the basic plane, a long word.
var hostile = `<script>alert("名")</script>` + "\u202e" + `𠮷𪚥"'&` + strings.Repeat("长", 60)

// checks fills the self-check of a unit in block by block with the values that
// give everything, and returns the browser on its last page.
func (b *browser) checks(round, unit string, category award.Category) *browser {
	b.t.Helper()
	rule, err := b.Round(round).Category(category)
	require.NoError(b.t, err)
	at := fmt.Sprintf("/rounds/%s/self-checks/%s/%s", round, unit, category)
	values, place := actstest.Full(rule.Standard), 0
	for i, block := range rule.Standard.Blocks {
		b.get(fmt.Sprintf("%s?block=%d", at, i+1)).whole(http.StatusOK).sees(html.EscapeString(block.Title))
		form := b.fill(at, "next", "1")
		for range block.Leaves {
			form.Set("marks-"+strconv.Itoa(place), typed(values[place]))
			place++
		}
		b.submit(at, form)
		require.Equal(b.t, http.StatusSeeOther, b.status, b.body)
		b.get(b.header.Get("Location")).whole(http.StatusOK)
	}
	return b
}

// typed is a value as people type it.
func typed(value award.Points) string {
	return strings.TrimSuffix(strings.TrimRight(value.String(), "0"), ".")
}

// applies begins the application of a unit that has checked itself, and fills the
// form in; it returns the file's address.
func (b *browser) applies(round, deeds string) string {
	b.t.Helper()
	b.sees("自查达标，可以申报").post("/rounds/" + round + "/files")
	require.Equal(b.t, http.StatusSeeOther, b.status, b.body)
	at := b.header.Get("Location")
	b.get(at).whole(http.StatusOK)
	b.post(at, "form-head", "李主任", "form-contact", "0371-60000000", "form-residents", "3000", "form-staff", "9", "form-deeds", deeds, "save", "1")
	require.Equal(b.t, http.StatusSeeOther, b.status, b.body)
	return strings.TrimSuffix(at, "/form")
}

func TestACommunityChecksItselfAppliesAndTheStreetEndorses(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	clerk := h.as(h.Clerk(community)).get("/todo").whole(http.StatusOK).sees("开展自查", "2026年11月3日 05:00:00止")

	at := "/rounds/" + round + "/self-checks/" + community + "/community"
	clerk.get(at).whole(http.StatusOK).post(at, "marks-0", "abc", "next", "1")
	clerk.whole(http.StatusUnprocessableEntity).sees(`href="#marks-0"`, `value="abc"`)
	clerk.post(at, "marks-0", "1", "save", "1")
	require.Equal(t, at+"?block=1&done=saved", clerk.header.Get("Location"))
	clerk.get(clerk.header.Get("Location")).sees("尚未填完")
	clerk.get("/todo").sees("继续填写自查表")

	papers := at + "/evidence/1.1"
	clerk.get(papers).whole(http.StatusOK)
	clerk.upload(papers, clerk.tokens(), "file", "台账.pdf", actstest.PDF("台账"))
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	clerk.get(papers).sees("台账.pdf")
	clerk.upload(papers, clerk.tokens(), "file", "台账.exe", "MZ").whole(http.StatusUnprocessableEntity).sees(`href="#file"`)
	clerk.submit(papers, clerk.tokens()).whole(http.StatusUnprocessableEntity).sees("没有选择文件")

	clerk.checks(round, community, award.Community)
	clerk.get("/todo").sees("可以申报")
	file := clerk.get(at).applies(round, "事迹")
	clerk.get("/todo").sees("填写申报表并报送")

	clerk.get(file+"/form").post(file+"/form", "form-head", "", "form-contact", "x", "file", "1")
	clerk.whole(http.StatusUnprocessableEntity).sees(`href="#form-head"`, `href="#form-contact"`, `value="x"`)
	form := clerk.fill(file+"/form", "form-head", "李主任", "form-contact", "0371-60000000", "file", "1")
	require.Equal(t, http.StatusSeeOther, clerk.submit(file+"/form", form).status, clerk.body)
	require.Equal(t, http.StatusSeeOther, clerk.submit(file+"/form", form).status, "a double click is one act")
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM application_history WHERE act = 'file'`))
	clerk.get(file+"?done=filed").whole(http.StatusOK).sees("已报送", "已申报", "林山寨街道", "台账.pdf")

	office := h.as(h.Clerk(street)).get("/todo").whole(http.StatusOK).sees("签署审核意见", "伏牛路社区", file)
	office.get(file).whole(http.StatusOK).sees(`action="` + file + `/endorsement"`)
	office.post(file+"/endorsement", "opinion", "return", "text", "", "clerk", "张三", "return_to", community)
	office.whole(http.StatusUnprocessableEntity).sees(`href="#text"`, `id="opinion-return" name="opinion" value="return" checked`)
	office.upload(file+"/endorsement", office.fill(file+"/endorsement", "opinion", "return", "text", "请补充事迹", "clerk", "张三", "return_to", community),
		"seal", "盖章.pdf", actstest.PDF("章"))
	require.Equal(t, http.StatusSeeOther, office.status, office.body)

	clerk.get("/todo").whole(http.StatusOK).sees("补正材料并重新报送", "请补充事迹")
	clerk.get(file+"/form").post(file+"/form", "form-deeds", "更多事迹", "file", "1")
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	office.get(file).post(file+"/endorsement", "opinion", "agree", "text", "同意推荐", "clerk", "张三", "signing_head", "王主任")
	require.Equal(t, http.StatusSeeOther, office.status, office.body)
	office.get(file+"?done=endorsed").whole(http.StatusOK).sees("同意推荐", "王主任", "中原区", "审核意见已签署")
	require.NotContains(t, office.body, `/endorsement"`, "it waits for somebody else")

	stale := clerk.get(file).fill(file+"/withdrawal", "reason", "另有安排")
	stale.Set("revision", "1")
	clerk.submit(file+"/withdrawal", stale).whole(http.StatusConflict)
	clerk.get(file).post(file+"/withdrawal", "reason", "").whole(http.StatusUnprocessableEntity)
	clerk.post(file+"/withdrawal", "reason", "另有安排")
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	clerk.get(file).sees("撤回", "另有安排")
}

// tokens are the hidden fields of whichever form stands first on the page: those
// of evidence go to their own address.
func (b *browser) tokens() url.Values {
	b.t.Helper()
	form := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(b.body[strings.Index(b.body, "<main"):], -1) {
		if m[1] == "csrf" || m[1] == "key" {
			form.Set(m[1], m[2])
		}
	}
	return form
}

func TestASuperiorEntersForAUnitOnSomebodysWord(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	at := "/rounds/" + round + "/self-checks/" + community + "/community"
	b := h.as(h.Clerk(street)).get("/rounds/"+round+"/units").whole(http.StatusOK).sees(at, "华山路社区")
	b.get(at).whole(http.StatusOK).post(at, "marks-0", "1", "save", "1").whole(http.StatusUnprocessableEntity).sees(`href="#entered_for-person"`)
	b.post(at, "marks-0", "1", "entered_for-person", "李主任", "save", "1")
	require.Equal(t, http.StatusSeeOther, b.status, b.body)
	b.get(at).sees(`value="李主任"`)
}

func TestADeclinedFileIsCalledUpByTheNextSuperior(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	clerk := h.as(h.Clerk(community)).checks(round, community, award.Community)
	file := clerk.applies(round, "事迹")
	clerk.get(file+"/form").post(file+"/form", "file", "1")
	office := h.as(h.Clerk(street)).get(file)
	office.post(file+"/endorsement", "opinion", "decline", "text", "材料不实", "clerk", "张三", "signing_head", "王主任")
	require.Equal(t, http.StatusSeeOther, office.status, office.body)
	district := h.as(h.Head("410102")).get(file).whole(http.StatusOK).sees("不同意", "材料不实")
	district.post(file+"/call-up", "reason", "查无不实")
	require.Equal(t, http.StatusSeeOther, district.status, district.body)
	district.get(file).sees(`action="` + file + `/endorsement"`)
}

func TestWhatIsElsewhereIsNotFound(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	clerk := h.as(h.Clerk(community)).checks(round, community, award.Community)
	file := clerk.applies(round, "事迹")
	foreign := h.as(h.Head("410103"))
	for _, path := range []string{
		file, file + "/form", "/rounds/" + round + "/self-checks/" + community + "/community",
		"/rounds/" + round + "/self-checks/" + community + "/community/evidence/1.1",
		"/rounds/" + round + "/units?office=" + street, "/rounds/none", "/rounds/" + round + "/files/999", "/rounds/" + round + "/files/x",
		"/evidence/" + strings.Repeat("0", 64), "/notices/99", "/notices/0",
	} {
		foreign.get(path).whole(http.StatusNotFound)
	}
	require.NotContains(t, foreign.get("/rounds/"+round+"/files").whole(http.StatusOK).body, "伏牛路社区")
	foreign.submit(file+"/withdrawal", url.Values{"csrf": {foreign.get("/staff").fill("/staff").Get("csrf")}, "reason": {"x"}}).whole(http.StatusNotFound)
}

func TestEveryPageRendersForEveryoneInBothLanguagesHoweverHostileItsNames(t *testing.T) {
	w := actstest.New(t)
	w.Exec(`UPDATE unit_version SET name = $1 WHERE code = $2`, hostile, community)
	h := houseOver(t, w)
	round := w.OpenDrill(actstest.Drill{}).ID
	clerk := h.as(w.Clerk(community)).checks(round, community, award.Community)
	file := clerk.applies(round, hostile)
	clerk.get(file+"/form").post(file+"/form", "form-unit", hostile, "form-head", "<i>李</i>𠮷", "file", "1")
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	office := h.as(w.Clerk(street)).get(file)
	office.post(file+"/endorsement", "opinion", "return", "text", hostile, "clerk", "<b>张三</b>", "return_to", community)
	require.Equal(t, http.StatusSeeOther, office.status, office.body)
	w.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		SELECT 'T-<1>', round_id, id, unit_id, category, $1, true, '2026-12-01' FROM application LIMIT 1`, hostile)

	inside := []string{
		"/todo", "/files", "/rounds", "/rounds/" + round, "/rounds/" + round + "/limits", "/rounds/" + round + "/levers/move-date",
		"/rounds/" + round + "/levers/reopen?office=41", "/drafts/new", "/register/titles", "/rounds/" + round + "/units", "/rounds/" + round + "/files",
		"/rounds/" + round + "/files?category=community&state=returned&mine=1", file, "/messages", "/staff", "/password",
		"/rounds/" + round + "/self-checks/" + community + "/community?block=4", "/notices", "/titles?number=T-%3C1%3E", "/titles?number=" + url.QueryEscape(hostile),
	}
	readers := map[string]award.Officer{
		"clerk": w.Clerk(community), "street": w.Head(street), "province": w.Head("41"), "administrator": w.Admin,
		"auditor": w.Officer("410102", award.RoleAuditor),
	}
	for name, reader := range readers {
		b := h.as(reader)
		for _, language := range []string{"zh-CN", "en"} {
			b.get("/todo").post("/preferences", "language", language, "back", "/")
			for _, path := range inside {
				b.get(path).whole(http.StatusOK)
				require.Contains(t, b.body, "</html>", "%s of %s", path, name)
			}
		}
	}
	clerk.get(file+"/form").whole(http.StatusOK).sees("&lt;script&gt;", "𠮷")
	h.as(w.Admin).get("/rounds/" + round).sees("http://temporal.example/namespaces/default/workflows/round%2F" + round)
	for _, path := range []string{"/", "/notices", "/titles", "/sign-in", "/titles?number=x"} {
		h.browser().get(path).whole(http.StatusOK)
	}
}

func TestThePublicReadsAListInItsOrderAndHowLongItIsThere(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	notice := h.notice(round, "410102001002", "410102001001")
	b := h.browser().get("/notices").whole(http.StatusOK).sees("公示中", "/notices/"+strconv.FormatInt(notice, 10))
	at := "/notices/" + strconv.FormatInt(notice, 10)
	b.get(at).whole(http.StatusOK).sees("伏牛路社区", "华山路社区", "河南日报", strings.Repeat("ab", 32))
	require.NotContains(t, b.body, `href="javascript:`)
	require.Less(t, strings.Index(b.body, "伏牛路社区"), strings.Index(b.body, "华山路社区"), "by code")
	b.get(at + "?q=" + url.QueryEscape("华山")).whole(http.StatusOK).sees("华山路社区")
	require.NotContains(t, b.body, "伏牛路社区")
	b.get(at + "?q=410102001002").sees("华山路社区")
	h.At(h.Now().Add(10 * actstest.Day))
	b.get("/notices").whole(http.StatusOK).sees("目前没有正在公示的名单", "已结束的公示")
}

// notice puts a list of communities before the public as a province would.
func (h *house) notice(round string, units ...string) int64 {
	h.t.Helper()
	list := actstest.One[int64](h.World, `
		INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
		VALUES ($1, $2, 'proposed', 1, '纪要', '2026-11-02', decode(repeat('ab', 32), 'hex'), $3) RETURNING id`, round, h.Unit("41"), h.Admin.ID)
	for i, unit := range units {
		made, err := h.Acts.CreateApplication(h.t.Context(), h.Clerk(unit), h.Key(), acts.CreateApplication{Round: round, Unit: unit, Category: award.Community})
		require.NoError(h.t, err)
		h.Exec(`INSERT INTO list_item (list_id, application_id, category, position) VALUES ($1, $2, 'community', $3)`, list, made.Result.ID, i+1)
	}
	notice := actstest.One[int64](h.World, `
		INSERT INTO public_notice (round_id, number, list_id, office_id, scope, working_days, opens_at, closes_at, final_at, provisional, officer_id)
		VALUES ($1, 1, $2, $3, 'provincial', 5, $4, $5, $5, false, $6) RETURNING id`,
		round, list, h.Unit("41"), h.Now(), h.Now().Add(5*actstest.Day), h.Admin.ID)
	h.Exec(`INSERT INTO public_notice_evidence (notice_id, position, medium, name, published_at, link)
		VALUES ($1, 1, 'local_medium', '河南日报', $2, 'javascript:alert(1)')`, notice, h.Now())
	return notice
}

// A plaque outlives its title: who verifies it must learn that it is over.
func TestATitleThatIsOverIsNotVerifiedAsGood(t *testing.T) {
	h := newHouse(t)
	round := h.OpenDrill(actstest.Drill{}).ID
	h.as(h.Clerk(community)).checks(round, community, award.Community).applies(round, "服务到家")
	h.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		SELECT '1', round_id, id, unit_id, category, '示范社区', false, '2026-11-01' FROM application`)
	for state, good := range map[award.TitleState]bool{
		award.TitleActive: true, award.TitleRectifying: true, award.TitleRevoked: false, award.TitleDeregistered: false,
	} {
		h.Exec(`UPDATE title SET state = $1`, state)
		page := h.browser().get("/titles?number=1").whole(http.StatusOK)
		require.Equal(t, good, strings.Contains(page.body, "查验属实"), state)
		require.Equal(t, !good, strings.Contains(page.body, "不再有效"), state)
	}
}
