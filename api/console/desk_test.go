package console_test

import (
	"fmt"
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

// province is Henan with files before it: inspected and surveyed with the totals,
// and one more that has only just come.
type province struct {
	*house
	round, at string
	head      award.Officer
	files     []int64
	arrived   int64
}

func newProvince(t *testing.T, name string, totals ...int) province {
	t.Helper()
	return provinceOver(newHouse(t), name, totals...)
}

// provinceOver is the province in a house that is there already.
func provinceOver(h *house, name string, totals ...int) province {
	h.t.Helper()
	p := province{house: h, round: h.OpenDrill(actstest.Drill{}).ID, head: h.Head("41")}
	p.at = "/rounds/" + p.round + "/offices/41"
	h.Exec(`UPDATE round_office SET passed_up_at = shifan_now() WHERE round_id = $1 AND code = '41'`, p.round)
	for i, total := range totals {
		p.files = append(p.files, p.inspected(fmt.Sprintf("%s%d", name, i+1), total))
	}
	p.arrived = p.file(name+"新", "at_province")
	return p
}

// inspected is a file that was inspected, with the total, and surveyed.
func (p province) inspected(name string, total int) int64 {
	id := p.file(name, "inspected")
	p.Exec(`INSERT INTO inspection (application_id, team, inspected_on, methods, marks, total, passed, finding, officer_id)
		VALUES ($1, '考察组', '2026-11-02', '{实地走访}', '{}', $2, $3, '达到标准', $4)`, id, total*100, total >= 80, p.head.ID)
	p.Exec(`INSERT INTO survey (application_id, method, first_day, last_day, satisfied, basically, dissatisfied, unknown, officer_id)
		VALUES ($1, '入户', '2026-11-02', '2026-11-02', 9, 0, 1, 0, $2)`, id, p.head.ID)
	return id
}

func (p province) file(name, state string) int64 {
	unit := actstest.One[int64](p.World, `INSERT INTO unit DEFAULT VALUES RETURNING id`)
	code := fmt.Sprintf("419%09d", unit)
	p.Exec(`INSERT INTO unit_version (unit_id, code, name, kind, kind_sure, parent_id, valid_from, source)
		SELECT $1, $2, $3, kind, true, parent_id, valid_from, source FROM unit_version WHERE code = $4 LIMIT 1`, unit, code, name, community)
	p.Exec(`INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, parent_id, office_id, path)
		SELECT $1, $2, $3, $4, $5, true, unit_id, unit_id, path || $2::bigint FROM round_unit WHERE round_id = $1 AND code = '41'`,
		p.round, unit, code, name, string(award.Community.Kinds()[0]))
	return actstest.One[int64](p.World, `
		INSERT INTO application (round_id, unit_id, category, office_id, state, waiting_office_id, waiting_since, filed_at)
		VALUES ($1, $2, 'community', $3, $4, $3, shifan_now(), shifan_now()) RETURNING id`, p.round, unit, p.Unit("41"), state)
}

func (b *browser) redirects() *browser {
	b.t.Helper()
	require.Equal(b.t, http.StatusSeeOther, b.status, b.body)
	return b.get(b.header.Get("Location")).whole(http.StatusOK)
}

func TestAProvinceGoesFromItsFilesToThePackageOnPages(t *testing.T) {
	p := newProvince(t, "单位", 95, 90, 90, 85)
	p.Exec(`UPDATE recommendation_limit SET eligible = 600, places = 2 WHERE round_id = $1 AND office_id = $2 AND category = 'community'`, p.round, p.Unit("41"))
	b := p.as(p.head)
	b.get("/todo").whole(http.StatusOK).sees(p.at + "/desk")
	b.get(p.at+"/desk").whole(http.StatusOK).sees("下一步：考察验收", "1 个单位尚未考察验收")
	b.get(p.at+"/docket/community").whole(http.StatusOK).sees("单位1", "尚未考察", "90%（10 人）")

	inspect := fmt.Sprintf("/rounds/%s/files/%d/inspection", p.round, p.arrived)
	b.get(inspect).whole(http.StatusOK).post(inspect, "team", "", "marks-0", "x").whole(http.StatusUnprocessableEntity)
	b.sees(`href="#team"`, `href="#marks-0"`, `href="#visits-0-on"`, `value="x"`)
	rule, err := p.Round(p.round).Category(award.Community)
	require.NoError(t, err)
	form := b.get(inspect).fill(inspect, "team", "省考察组", "members", "甲\n乙", "visits-0-on", "2026-11-02", "visits-0-methods", "实地走访", "finding", "达到标准")
	for i, value := range actstest.Full(rule.Standard) {
		form.Set("marks-"+strconv.Itoa(i), typed(value))
	}
	b.submit(inspect, form).redirects().sees("达标", "考察验收结果已保存")
	survey := strings.TrimSuffix(inspect, "inspection") + "survey"
	b.get(survey).whole(http.StatusOK).post(survey, "method", "入户", "first_day", "2026-11-02", "last_day", "bad", "satisfied", "9", "dissatisfied", "-1")
	b.whole(http.StatusUnprocessableEntity).sees(`href="#last_day"`, `href="#dissatisfied"`)
	b.post(survey, "method", "入户", "first_day", "2026-11-02", "last_day", "2026-11-02", "satisfied", "9", "dissatisfied", "1").redirects().sees("90%（10 人）")
	b.get(inspect+"/sheet").whole(http.StatusOK).sees("空白考察表", "□ 实地走访")
	b.get(survey + "/sheet").whole(http.StatusOK).sees("不了解")

	b.get(p.at + "/desk").sees("下一步：议定拟推荐名单")
	list := p.at + "/proposal"
	b.get(list).whole(http.StatusOK).sees("同分", "单位4")
	order := func(file int64) string { return fmt.Sprintf("order-%d", file) }
	proposed := func() []string {
		return []string{
			"met_on", "2026-11-02", "minutes", "纪要", "category-" + strconv.FormatInt(p.files[0], 10), "community",
			order(p.files[0]), "2", order(p.files[1]), "3", order(p.files[2]), "4", order(p.files[3]), "5", order(p.arrived), "1",
		}
	}
	b.post(list, append(proposed(), order(p.files[3]), "1", order(p.arrived), "5", "minutes", "")...).whole(http.StatusUnprocessableEntity)
	b.sees(`href="#minutes"`)
	b.post(list, append(proposed(), order(p.files[3]), "1", order(p.arrived), "5")...).whole(http.StatusUnprocessableEntity)
	b.sees(fmt.Sprintf(`href="#reason-%d"`, p.files[3]))
	b.post(list, append(proposed(), order(p.files[1]), "2")...).whole(http.StatusUnprocessableEntity).sees("序号 2 重复")
	b.post(list, proposed()...).redirects().sees("拟推荐名单已议定", "下一步：公示")

	notice := p.at + "/notice"
	b.get(notice).whole(http.StatusOK).sees("单位1")
	announce := []string{
		"evidence-0-medium", "local_medium", "evidence-0-name", "河南日报", "evidence-0-published_at", "2026-11-02",
		"contacts-0-unit", "省民政厅", "contacts-0-phone", "13800138000",
	}
	b.post(notice, announce...).whole(http.StatusUnprocessableEntity).sees(`id="waivers-0"`)
	form = b.fill(notice, append(announce, "waivers-0", "单位公用号码")...)
	b.submit(notice, form).redirects().sees("公示已发布", "河南日报")
	number := actstest.One[int](p.World, `SELECT number FROM public_notice`)
	own := fmt.Sprintf("%s/notices/%d", p.at, number)
	b.get(own)
	extend := []string{"working_days", "7", "reason", "延长", "evidence-0-medium", "local_medium", "evidence-0-name", "河南日报", "evidence-0-published_at", "2026-11-02"}
	b.post(own+"/extension", extend...).redirects().sees("公示期已延长", "7 个工作日")
	b.post(own+"/proof", "reason-mend", "补充", "position", "0", "evidence-1-medium", "website", "evidence-1-name", "省民政厅网", "evidence-1-published_at", "2026-11-02").redirects().sees("公示情况已补正", "省民政厅网")
	b.post(own+"/withdrawal", "reason-back", "").whole(http.StatusUnprocessableEntity).sees(`href="#reason-back"`)

	n, err := p.Acts.Office(t.Context(), p.head, p.round, "41")
	require.NoError(t, err)
	p.At(n.Notices[0].FinalAt)
	ended, err := p.Acts.EndNotice(t.Context(), p.round, number)
	require.NoError(t, err)
	require.True(t, ended)
	b = p.as(p.head) // its session is over by now
	b.get(p.at + "/desk").sees("下一步：确定推荐名单")
	cut := p.at + "/cut"
	b.get(cut).whole(http.StatusOK).sees("同分", fmt.Sprintf(`value="%d" aria-label="推荐：单位1" checked`, p.files[0]))
	form = b.fill(cut)
	form["applications"] = []string{strconv.FormatInt(p.files[0], 10), strconv.FormatInt(p.files[1], 10), strconv.FormatInt(p.files[2], 10)}
	b.submit(cut, form).whole(http.StatusConflict).sees("推荐限额为 2")
	form["applications"] = []string{strconv.FormatInt(p.arrived, 10), strconv.FormatInt(p.files[0], 10)}
	b.submit(cut, form).redirects().sees("推荐名单已确定", "限额已满", "已用 2，限额 2")

	papers := p.at + "/package"
	b.get(papers).whole(http.StatusOK).sees("缺推荐函", "#report-number", "考核验收情况的报告")
	b.post(papers + "/submission").whole(http.StatusUnprocessableEntity)
	put := []string{"letter-title", "推荐函", "letter-number", "豫民函〔2026〕1号", "report-title", "报告", "report-text", "共考察 5 个单位。"}
	b.get(papers).post(papers, put...).redirects().sees("材料齐全")
	b.post(papers + "/submission").redirects().sees("推荐材料已报送")
	nation := p.as(p.Admin).get(papers).whole(http.StatusOK)
	nation.post(papers+"/return", "reason", "").whole(http.StatusUnprocessableEntity).sees(`href="#due"`)
	nation.post(papers+"/return", "reason", "报告缺公章", "due", "2026-12-31").redirects().sees("推荐材料已退回补正")
	b.get(p.at+"/desk").whole(http.StatusOK).sees("报告缺公章", "下一步：备齐推荐材料")
	b.get(papers).post(papers, put...).redirects()
	b.post(papers + "/submission").redirects()
	nation.get(papers).post(papers + "/acceptance").redirects().sees("推荐材料审核通过")
	b.get(p.at + "/desk").sees("推荐材料已审核通过")
	b.get(p.at + "/report").whole(http.StatusOK).sees("单位1")
	b.get("/rounds/"+p.round+"/limits").whole(http.StatusOK).sees("河南省", p.at+"/desk")
}

func TestEveryPageOfADeskRendersForEveryoneInBothLanguagesHoweverHostileItsNames(t *testing.T) {
	p := newProvince(t, hostile, 95, 90)
	asked, err := p.Acts.AskDepartments(t.Context(), p.head, p.Key(), acts.AskDepartmentsInput{Round: p.round, Office: "41", Asking: acts.Asking{
		Number: hostile, AskedOn: award.DateOf(p.Now()), DueOn: award.DateOf(p.Now()), Departments: []string{"<b>公安厅</b>"},
	}})
	require.NoError(t, err)
	require.Equal(t, 2, asked.Result.Opinions)
	file := fmt.Sprintf("/rounds/%s/files/%d", p.round, p.files[0])
	department := "?department=" + url.QueryEscape("<b>公安厅</b>")
	paths := []string{
		p.at + "/desk", p.at + "/docket/community", p.at + "/proposal", p.at + "/notice", p.at + "/cut", p.at + "/package", p.at + "/report",
		p.at + "/departments", p.at + "/departments" + department, p.at + "/departments/sheet" + department, "/rounds/" + p.round + "/limits",
		file, file + "/inspection", file + "/inspection/sheet", file + "/survey", file + "/survey/sheet",
	}
	for _, reader := range []award.Officer{p.head, p.Clerk("41"), p.Admin, p.Officer("41", award.RoleAuditor)} {
		b := p.as(reader)
		for _, language := range []string{"zh-CN", "en"} {
			b.get("/todo").post("/preferences", "language", language, "back", "/")
			for _, path := range paths {
				b.get(path).whole(http.StatusOK)
				require.NotContains(t, b.body, "<b>公安厅", path)
			}
		}
	}
	p.as(p.Admin).get("/rounds/" + p.round + "/visits").whole(http.StatusNotFound).sees("没有抽查") // it has none
	p.as(p.head).get("/rounds/" + p.round + "/visits").whole(http.StatusNotFound)
	stranger := p.as(p.Head("410102"))
	for _, path := range paths[:10] {
		stranger.get(path).whole(http.StatusNotFound)
	}
	book := p.as(p.head).get(p.at + "/docket/community/workbook")
	require.Equal(t, http.StatusOK, book.status)
	require.Contains(t, book.header.Get("Content-Disposition"), "attachment")
}
