package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestACalendarIsReadByEveryOfficeAndChangedByTheRootAlone(t *testing.T) {
	h := newHouse(t)
	clerk := h.as(h.Clerk(street)).get("/administration").whole(http.StatusOK).sees(`href="/calendars"`)
	clerk.get("/calendars").whole(http.StatusOK).sees("2026 年", "2027 年", "尚未公布")
	require.NotContains(t, clerk.body, "/calendars/changes/new")
	clerk.get("/calendars/2026").whole(http.StatusOK).sees("国庆节", "调休上班", "10 月", "2026年10月1日（星期四）")
	clerk.get("/calendars/2027").whole(http.StatusOK).sees("尚未公布")
	clerk.get("/calendars/0").whole(http.StatusNotFound)
	clerk.get("/calendars/changes/new").whole(http.StatusForbidden)
	h.as(h.Admin).get("/calendars/changes/1").whole(http.StatusNotFound)
}

func TestAYearsCalendarIsProposedLineByLineAndApprovedByAnother(t *testing.T) {
	h := newHouse(t)
	admin := h.as(h.Admin).get("/calendars").whole(http.StatusOK).sees("提出工作日历变更")
	const to = "/calendars/changes"
	admin.get(to+"/new").whole(http.StatusOK).post(to, "document", "", "publishes", "2027", "days", "2027-01-01 放假 元旦\n元旦那天").
		whole(http.StatusUnprocessableEntity).sees(`href="#document"`, `href="#days"`, "第 2 行无法识别", "元旦那天", `value="2027"`)
	admin.post(to, "document", "国办发明电〔2026〕9号", "publishes", "2027", "days", "2027-01-01 放假 元旦\n\n2027-01-01 调休上班 元旦").
		whole(http.StatusUnprocessableEntity).sees("第 3 行：", `href="#days"`)
	admin.post(to, "document", "国办发明电〔2026〕9号", "publishes", "2027",
		"days", "date,kind,holiday\n2027年1月1日至3日,off,元旦\n2027-02-05至02-11 放假 春节\n2027/2/20　班　"+hostile)
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	at := strings.Split(admin.header.Get("Location"), "?")[0]
	admin.get(at).whole(http.StatusOK).sees("待批准", "由您提出", "2027年2月5日（星期五）至2027年2月11日（星期四）", "另一名管理员", "撤回所提变更")
	require.NotContains(t, admin.body, at+"/approval")
	h.as(h.Head("41")).get(at).whole(http.StatusNotFound)
	admin.get("/administration").whole(http.StatusOK).sees("有 1 项变更待批准")

	other := h.as(h.Officer(award.CodeNation, award.RoleAdmin))
	other.get(at).whole(http.StatusOK).submit(at+"/approval", other.fill(at+"/approval", "sha256", "00")).whole(http.StatusConflict).sees("重新查看变更影响")
	other.post(at+"/rejection", "reason", " ").whole(http.StatusUnprocessableEntity).sees(`href="#reason"`)
	form := other.get(at).fill(at + "/approval")
	other.submit(at+"/approval", form)
	require.Equal(t, http.StatusSeeOther, other.status, other.body)
	require.Equal(t, http.StatusSeeOther, other.submit(at+"/approval", form).status, "a double click is one act")
	other.get(at+"?done=calendar_approved").whole(http.StatusOK).sees("已批准，日历第 1 版", "变更已批准")
	other.get("/calendars/2027").whole(http.StatusOK).sees("春节", "国办发明电〔2026〕9号", "全年工作日 256 天")
	require.Equal(t, 1, actstest.One[int](h.World, `SELECT count(*) FROM audit WHERE name = 'approve-calendar-change'`))
}

func TestAChangeSentAsAFileStandsInTheFormAndIsTakenBack(t *testing.T) {
	h := newHouse(t)
	const to = "/calendars/changes"
	admin := h.as(h.Admin).get(to + "/new")
	form := admin.fill(to, "document", "国办发明电〔2026〕9号", "days", "")
	admin.upload(to, form, "file", "days.csv", "\xef\xbb\xbfdate,kind,holiday,state_council_notice\r\n2026-11-04,off,纪念日,x\r\n2026-11-05,holiday,纪念日,x\r\n").
		whole(http.StatusUnprocessableEntity).sees("第 3 行无法识别", "2026-11-04,off,纪念日,x")
	gb := "2026-11-04,\xb7\xc5\xbc\xd9,\xbc\xcd\xc4\xee\xc8\xd5" // 放假, 纪念日 as office programs write them
	admin.upload(to, form, "file", "days.xlsx", "PK\x00\x00").whole(http.StatusUnprocessableEntity).sees(`href="#file"`)
	admin.upload(to, form, "file", "days.csv", gb)
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	at := strings.Split(admin.header.Get("Location"), "?")[0]
	admin.get(at).whole(http.StatusOK).sees("纪念日", "2026年11月4日（星期三）").post(at+"/rejection", "reason", hostile)
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(at).whole(http.StatusOK).sees("未予批准")
	admin.get("/calendars").whole(http.StatusOK).sees("未予批准")
}
