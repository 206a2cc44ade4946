package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// scored is a round whose list is frozen and scored: three communities, the last
// two with equal marks, for two places.
func (h *house) scored() string {
	h.t.Helper()
	rules := actstest.DrillRules()
	rules.CommitteeVotes = false
	round := h.OpenDrill(actstest.Drill{Rules: rules, Categories: []award.CategoryRule{
		{Category: award.Community, Quota: award.Quota{Places: 2, Ratio: 2}},
	}}).ID
	for unit, total := range map[string]int{"410102001001": 9500, "410102001002": 9000, "410103001001": 9000} {
		made, err := h.Acts.CreateApplication(h.t.Context(), h.Clerk(unit), h.Key(), acts.CreateApplication{Round: round, Unit: unit, Category: award.Community})
		require.NoError(h.t, err)
		h.Exec(`UPDATE application SET state = 'marked', filed_at = shifan_now() WHERE id = $1`, made.Result.ID)
		h.Exec(`INSERT INTO score (application_id, total, blocks, passed, reasons) VALUES ($1, $2, '{}', true, '{}')`, made.Result.ID, total)
	}
	h.Exec(`UPDATE round SET list_frozen_at = shifan_now(), list_sha256 = decode(repeat('ab', 32), 'hex'), scored_at = shifan_now(), stage = 'assessment'`)
	return round
}

func TestCandidatesAreFixedNoticedAndNamedAndATitleIsRechecked(t *testing.T) {
	h := newHouse(t)
	round := h.scored()
	at := "/rounds/" + round + "/commendation"
	admin := h.as(h.Admin).get(at).whole(http.StatusOK).sees("伏牛路社区", "华山路社区", "同分", "列入候选")
	h.as(h.Head("41")).get(at).whole(http.StatusNotFound)

	fix := at + "/candidates"
	admin.post(fix, "minutes", "", "met_on", "2026-11-02").whole(http.StatusUnprocessableEntity).sees(`href="#minutes"`)
	tied := actstest.One[string](h.World, `SELECT a.id::text FROM application a JOIN unit_version v ON v.unit_id = a.unit_id WHERE v.code = '410103001001'`)
	admin.post(fix, "minutes", "会议纪要", "met_on", "2026-11-02", "tied", tied)
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(at).whole(http.StatusOK).sees("候选")

	notice := "/rounds/" + round + "/offices/0/notice"
	admin.get(notice).whole(http.StatusOK).sees("伏牛路社区", "淮河路社区")
	require.NotContains(t, admin.body, "华山路社区")
	form := admin.fill(notice, "contacts-0-unit", "基层政权司", "contacts-0-phone", "010-1",
		"evidence-0-medium", "central_medium", "evidence-0-name", "人民日报", "evidence-0-published_at", "2026-11-02", "evidence-0-link", "https://example.cn/1",
		"evidence-1-medium", "website", "evidence-1-name", "民政部网站", "evidence-1-published_at", "2026-11-02", "evidence-1-link", "https://example.cn/2")
	admin.submit(notice, form)
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(admin.header.Get("Location")).whole(http.StatusOK).sees("人民日报")

	n := actstest.One[int](h.World, `SELECT number FROM public_notice`)
	h.At(h.Now().Add(20 * actstest.Day))
	ended, err := h.Acts.EndNotice(t.Context(), round, n)
	require.NoError(t, err)
	require.True(t, ended)
	admin = h.as(h.Admin).get(at).whole(http.StatusOK)
	admin.post(at+"/decision", "number", "", "date", "x").whole(http.StatusUnprocessableEntity).sees(`href="#number"`, `href="#date"`)
	admin.post(at+"/decision", "number", "民发〔2026〕9号", "date", "2026-11-02")
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(at).whole(http.StatusOK).sees("民发〔2026〕9号", "命名单位")

	title := actstest.One[string](h.World, `SELECT number FROM title ORDER BY id LIMIT 1`)
	held := "/register/titles/" + url.PathEscape(title)
	require.NotContains(t, admin.get(held).whole(http.StatusOK).sees("演练").body, "开始复查", "a drill's title is none")
	admin.get("/register/titles").whole(http.StatusOK).sees("没有称号")
	h.Exec(`UPDATE title SET drill = false`)
	admin.get(held).whole(http.StatusOK).sees("开始复查", "注销称号")
	admin.post(held, "act", "start-recheck", "reason", "").whole(http.StatusUnprocessableEntity).sees(`href="#reason"`)
	admin.post(held, "act", "start-recheck", "reason", hostile)
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(held).whole(http.StatusOK).sees("复查中", "保留称号").post(held, "act", "revoke-title", "reason", "弄虚作假", "falsified", "1", "document", "")
	admin.whole(http.StatusUnprocessableEntity).sees(`href="#document"`)
	admin.post(held, "act", "revoke-title", "reason", "弄虚作假", "falsified", "1", "document", "民发〔2028〕1号")
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(held).whole(http.StatusOK).sees("已撤销", "登记奖牌交回")
	admin.get("/register/titles?state=revoked").whole(http.StatusOK).sees(title)
	h.as(h.Head("11")).get(held).whole(http.StatusNotFound)
}
