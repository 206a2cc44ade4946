package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestACommitteeMeetsVotesAndItsOutcomeIsFinal(t *testing.T) {
	p := newProvince(t, "单位", 95, 90)
	at := "/rounds/" + p.round + "/committees/41"
	b := p.as(p.head).get(at).whole(http.StatusOK).sees("还没有组成委员会")
	b.post(at+"/members", "members", "张三 民政厅\n李四").whole(http.StatusUnprocessableEntity).sees(`href="#members"`, "第 2 行", "李四")
	b.post(at+"/members", "members", "张三，民政厅\n李四 组织部 410102\n王五　财政厅\n赵六 大学").redirects().sees("张三", "主任委员", "410102")

	b.post(at+"/meetings", "number", "1", "met_on", "昨天").whole(http.StatusUnprocessableEntity).sees(`href="#met_on"`, `value="昨天"`)
	members := map[string]string{"met_on": award.DateOf(p.Now()).String(), "place": "会议室", "minutes": hostile}
	form := b.get(at).fill(at + "/meetings")
	for name, value := range members {
		form.Set(name, value)
	}
	for _, id := range memberIDs(p.house) {
		form.Set(fmt.Sprintf("present-%d", id), "1")
	}
	b.submit(at+"/meetings", form)
	b.redirects().sees("到会 4 人，应到 4 人", "&lt;script&gt;", "提请表决")

	b.post(at+"/motions", "kind", "list", "meeting", "1").whole(http.StatusConflict).sees("没有可提请表决的单位")
	b.post(at+"/motions", "kind", "list", "meeting", "1", fmt.Sprintf("unit-%d", p.files[0]), "1", fmt.Sprintf("unit-%d", p.files[1]), "1").redirects().sees("第 1 项", "待表决")
	motion := at + "/motions/1"
	b.get(motion).whole(http.StatusOK).sees("单位1", "单位2", "赞成")
	require.NotContains(t, b.body, "/closing", "nobody has voted")
	b.post(motion + "/votes").whole(http.StatusUnprocessableEntity).sees(fmt.Sprintf(`href="#votes-%d"`, memberIDs(p.house)[0]))
	votes := b.fill(motion + "/votes")
	for i, id := range memberIDs(p.house) {
		votes.Set(fmt.Sprintf("votes-%d", id), []string{"for", "for", "for", "against"}[i])
	}
	b.submit(motion+"/votes", votes)
	b.redirects().sees(`value="against" checked`)
	b.post(motion+"/closing").redirects().sees("通过", "赞成 3，反对 1，弃权 0；到会 4，有表决权 4")
	require.NotContains(t, b.body, "<input type=\"radio\"")
	votes.Set("key", "another") // a form left open elsewhere
	b.submit(motion+"/votes", votes)
	b.whole(http.StatusConflict)
	b.get(at + "?meeting=1").whole(http.StatusOK).sees(`value="会议室"`)

	clerk := p.as(p.Officer("41", award.RoleAuditor)).get(at).whole(http.StatusOK)
	require.NotContains(t, clerk.body, "<textarea", "who may change nothing is offered nothing")
	p.as(p.Admin).get(motion).whole(http.StatusOK)
	p.as(p.Head("410102")).get(at).whole(http.StatusNotFound)
	b.get(at + "/motions/9").whole(http.StatusNotFound)
}

func memberIDs(h *house) []int64 {
	var ids []int64
	for i := range 4 {
		ids = append(ids, actstest.One[int64](h.World, `SELECT id FROM committee_member ORDER BY id LIMIT 1 OFFSET $1`, i))
	}
	return ids
}

// assessed is a round whose list of files is frozen, each for two experts.
func assessed(t *testing.T) province {
	t.Helper()
	p := newProvince(t, hostile, 95)
	p.Exec(`UPDATE round SET rules = rules || '{"experts_per_file": 2}', list_frozen_at = shifan_now(), list_sha256 = decode(repeat('ab', 32), 'hex') WHERE id = $1`, p.round)
	p.Exec(`UPDATE application SET state = 'reviewed', form = '{"unit": "<i>单位</i>"}' WHERE id = $1`, p.files[0])
	p.Exec(`INSERT INTO office_stage (round_id, office_id, stage, due_at) VALUES ($1, $2, 'assessment', shifan_now() + interval '9 hours')
		ON CONFLICT ON CONSTRAINT office_stage_pkey DO UPDATE SET state = 'open'`, p.round, p.Admin.Office)
	return p
}

func TestExpertsAreAssignedAsShownAndMarkWithoutSeeingOthers(t *testing.T) {
	p := assessed(t)
	pool := p.Experts(3)
	for i := range pool {
		pool[i].OfficeCode = p.Admin.OfficeCode // whose keys they are
	}
	admin := p.as(p.Admin)
	at := "/rounds/" + p.round + "/experts"
	admin.get(at).whole(http.StatusOK).sees("专家0", "将新分配 2 件次")
	entry := fmt.Sprintf("%s/%d", at, pool[2].ID)
	admin.get(entry).whole(http.StatusOK).post(entry, "kind", "person", "province", "41", "conflicts", "410102\n999999", "most", "5").whole(http.StatusUnprocessableEntity)
	admin.sees(`href="#conflicts"`, "999999", `value="41"`)
	admin.post(entry, "kind", "person", "province", "41", "conflicts", "410102", "most", "5").redirects().sees("410102")
	stale := admin.get(at).fill(at)
	stale.Set("seen", "x")
	admin.submit(at, stale)
	admin.whole(http.StatusConflict)
	admin.get(at).post(at).redirects().sees("待评分", "没有需要分配的材料")

	file := fmt.Sprintf("/rounds/%s/marking/%d", p.round, p.files[0])
	first := p.as(pool[0]).get("/todo").whole(http.StatusOK).sees("评审任务", file)
	first.get(file).whole(http.StatusOK).sees("&lt;i&gt;", "交出评分", "交出后不能更改")
	first.post(file, "marks-0", "x").whole(http.StatusUnprocessableEntity).sees(`href="#marks-0"`, `value="x"`)
	first.post(file, "marks-0", "1").whole(http.StatusUnprocessableEntity).sees(`href="#marks-1"`, `value="1"`)
	rule, err := p.Round(p.round).Category(award.Community)
	require.NoError(t, err)
	marks := func(b *browser) url.Values {
		form := b.get(file).fill(file, "note", "单独所见"+hostile)
		for i, value := range actstest.Full(rule.Standard) {
			form.Set(fmt.Sprintf("marks-%d", i), typed(value))
		}
		return form
	}
	first.get(file).post(file, "marks-0", "1", "note", "单独所见", "save", "1").redirects().sees("草稿已保存", `name="marks-0" value="1"`, "单独所见")
	require.NotContains(t, admin.get(at).whole(http.StatusOK).body, "已评分")
	first.submit(file, marks(first)).redirects().sees("你的评分已交出", "已评分")
	second := p.as(pool[1]).get(file).whole(http.StatusOK)
	require.NotContains(t, second.body, "单独所见", "the other's are hidden until the own are in")
	require.NotContains(t, second.body, "其他专家1")
	admin.get(at).whole(http.StatusOK)
	second.submit(file, marks(second)).redirects().sees("其他专家1")
	first.get(file).whole(http.StatusOK).sees("其他专家1")

	third := p.as(pool[2]).get("/marking").whole(http.StatusOK).sees("没有分配给你的材料")
	third.get(file).whole(http.StatusNotFound)
	first.get(file).post(file+"/recusal", "reason", " ").whole(http.StatusUnprocessableEntity)
	first.post(file+"/recusal", "reason", "与该单位有合作").redirects().sees("已回避")
	p.as(p.head).get(at).whole(http.StatusNotFound)
	require.False(t, strings.Contains(third.body, "待办</a>"), "an expert acts for no office")
}
