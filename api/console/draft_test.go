package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

// entered returns the form to an address as a browser would send it: what its
// fields hold, and what is typed over them.
func (b *browser) entered(to string, pairs ...string) url.Values {
	b.t.Helper()
	form := b.fill(to)
	at := strings.Index(b.body, `action="`+to+`"`)
	require.GreaterOrEqual(b.t, at, 0, "no form to %s", to)
	part := b.body[at : at+strings.Index(b.body[at:], "</form>")]
	for _, m := range textInput.FindAllStringSubmatch(part, -1) {
		form.Set(m[1], m[2])
	}
	for _, m := range chosenOption.FindAllStringSubmatch(part, -1) {
		form.Set(m[1], m[2])
	}
	for _, m := range textArea.FindAllStringSubmatch(part, -1) {
		form.Set(m[1], m[2])
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestARoundIsDraftedStepByStepCheckedAndOpened(t *testing.T) {
	h := newHouse(t)
	admin := h.as(h.Admin).get("/rounds").whole(http.StatusOK).sees("/drafts/new")
	admin.get("/drafts/new").whole(http.StatusOK).sees("2026-12-31", "2027-04-30", "2027-06-30")
	admin.submit("/drafts", admin.entered("/drafts", "dates-recommendation", "2020-01-01")).whole(http.StatusUnprocessableEntity).sees(`href="#dates-recommendation"`)
	admin.submit("/drafts", admin.entered("/drafts", "dates-recommendation", "2027-04-30"))
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	at := strings.TrimSuffix(strings.Split(admin.header.Get("Location"), "?")[0], "/document")
	step := func(name string, pairs ...string) {
		t.Helper()
		admin.get(at + "/" + name).whole(http.StatusOK)
		admin.submit(at+"/"+name, admin.entered(at+"/"+name, pairs...))
		require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	}
	admin.get(at + "/document").whole(http.StatusOK)
	admin.submit(at+"/document", admin.entered(at+"/document", "title", "")).whole(http.StatusUnprocessableEntity).sees(`href="#title"`)
	step("document", "document_number", "民发〔2026〕1号", "contacts-0-unit", "基层政权司", "contacts-0-phone", "010-1")
	admin.get(at+"/categories").submit(at+"/categories", admin.entered(at+"/categories", "category-street-ratio", "")).whole(http.StatusUnprocessableEntity).sees(`href="#category-street-ratio"`)
	step("categories", "category-district-quota", "2", "category-district-ratio", "2", "category-street-ratio", "2", "category-community-ratio", "2")
	step("dates", "dates-assessment", "2027-07-31")
	admin.get(at+"/rules").submit(at+"/rules", admin.entered(at+"/rules", "rules-notice_days", "9999")).whole(http.StatusUnprocessableEntity).sees(`href="#rules-notice_days"`)
	step("rules", "rules-notice_days", "7", "rules-pass_mark", "85", "rules-departments", "公安\n卫生")
	step("standards")
	step("forms", "categories-0-form-6-title", "", "categories-0-form-7-title", "党组织数", "categories-0-form-7-kind", "number")
	admin.get(at+"/check").whole(http.StatusOK).sees("没有妨碍开启的事项", "示例标准", "河南省", "2027 年节假日安排尚未公布")

	round := strings.TrimSuffix(at, "/draft")
	r := h.Round(strings.TrimPrefix(round, "/rounds/"))
	require.Equal(t, [3]any{7, award.Points(85_00), []string{"公安", "卫生"}}, [3]any{r.Rules.NoticeDays, r.Rules.PassMark, r.Rules.Departments})
	require.Equal(t, award.Quota{Places: 2, Ratio: 2}, r.Categories[0].Quota)
	require.Equal(t, "党组织数", r.Categories[0].Form[6].Title)
	require.Equal(t, award.DefaultRules().ObjectionRuleDays, r.Rules.ObjectionRuleDays, "what nobody touched stays")

	h.as(h.Head("41")).get(at + "/rules").whole(http.StatusForbidden)
	admin.get(at+"/check").post(at+"/check", "open", "1")
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(round + "?done=opening").whole(http.StatusOK).sees("开启中")
	admin.get(at + "/rules").whole(http.StatusConflict)
	h.Freeze(r.ID)

	admin.get("/drafts/new").whole(http.StatusOK).submit("/drafts", admin.entered("/drafts", "from", r.ID, "title", "下一批次"))
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	admin.get(strings.Split(admin.header.Get("Location"), "?")[0]).whole(http.StatusOK).sees("下一批次", "基层政权司")
}

func TestTheCheckOfADraftTellsAllThatRefuses(t *testing.T) {
	h := newHouse(t)
	h.Exec(`UPDATE unit_version SET kind_sure = false WHERE code LIKE '44%'`)
	admin := h.as(h.Admin).get("/drafts/new")
	admin.submit("/drafts", admin.entered("/drafts"))
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	at := strings.TrimSuffix(strings.Split(admin.header.Get("Location"), "?")[0], "/document")
	h.At(h.Now().AddDate(1, 0, 0))
	h.as(h.Admin).get(at+"/check").whole(http.StatusOK).sees("44 广东省", "2026年12月31日", "还没有文号或者联系人")
}

func TestADrillIsDraftedWithDatesToTheSecond(t *testing.T) {
	h := newHouse(t)
	admin := h.as(h.Admin).get("/drafts/new").whole(http.StatusOK).sees("演练")
	dates := []string{
		"dates-self_check", "2026-11-02 09:10:00", "dates-apply", "2026-11-02 09:10:00",
		"dates-recommendation", "2026-11-02 09:20:00", "dates-assessment", "2026-11-02 09:30:00",
	}
	admin.submit("/drafts", admin.entered("/drafts", dates...)).whole(http.StatusUnprocessableEntity).sees(`href="#dates-apply"`)
	admin.submit("/drafts", admin.entered("/drafts", append(dates, "drill_day_seconds", "一")...)).whole(http.StatusUnprocessableEntity).sees(`href="#drill_day_seconds"`)
	admin.submit("/drafts", admin.entered("/drafts", append(dates, "drill_day_seconds", "1")...)).redirects()
	at := strings.TrimSuffix(admin.at, "/document")
	admin.get(at + "/dates").whole(http.StatusOK).sees(`value="2026-11-02 09:20:00"`)
	require.Contains(t, at, "/rounds/drill-")
}
