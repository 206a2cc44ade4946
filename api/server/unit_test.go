package server

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"shifan/internal/award"
	"shifan/internal/sheet"
)

func TestAUnitIsChangedAndItsHistoryShown(t *testing.T) {
	h := newHouse(t)
	const changes = "/api/v1/units/410102/changes"
	h.call(h.admin, "POST", changes, `{"change":"rename","effective":"2024-01-01","document":"民函〔2024〕1号","name":"新中原区"}`).want(http.StatusOK)
	h.call(h.admin, "POST", changes, `{"change":"recode","effective":"2025-01-01","document":"民函〔2025〕1号","code":"410109"}`).want(http.StatusOK)

	for _, code := range []string{"410109", "410102"} { // the old code leads to it
		got := into[UnitHistory](h.call(h.admin, "GET", "/api/v1/units/"+code+"/history", nil).want(http.StatusOK))
		if len(got.Versions) != 3 || got.Versions[0].Code != "410109" || got.Versions[0].ValidFrom.String() != "2025-01-01" ||
			got.Versions[1].ValidTo.String() != "2025-01-01" || len(got.Changes) != 2 || got.Changes[1].Document != "民函〔2024〕1号" {
			t.Errorf("%s: %+v", code, got)
		}
	}
	p := h.call(h.admin, "POST", "/api/v1/units/4101/changes", `{"change":"abolish","effective":"2025-06-01","document":"x"}`).
		refused(http.StatusConflict, award.Conflict)
	if !strings.Contains(p.Detail, "410109 新中原区") {
		t.Errorf("says %s", p.Detail)
	}
	h.call(h.admin, "GET", "/api/v1/units/410199/history", nil).refused(http.StatusNotFound, award.NotFound)
}

func TestAContactIsSetAgainstItsRevision(t *testing.T) {
	h := newHouse(t)
	const path, body = "/api/v1/units/41/contact", `{"office":"河南省民政厅基层政权处","phone":"0371-65900000"}`
	h.call(h.admin, "GET", path, nil).refused(http.StatusNotFound, award.NotFound)
	h.call(h.admin, "PUT", path, body).want(http.StatusOK)
	h.call(h.admin, "PUT", path, body, "Idempotency-Key: second").refused(http.StatusPreconditionFailed, award.Stale)
	h.call(h.admin, "PUT", path, body, "If-Match: 1").want(http.StatusOK)
	if got := into[OfficeContact](h.call(h.officerOf("410102", "clerk"), "GET", path, nil).want(http.StatusOK)); got.Revision != 2 {
		t.Errorf("is %+v", got)
	}
}

func TestFirstAccountsGoOutAndComeBackAsAWorkbook(t *testing.T) {
	h := newHouse(t)
	province := h.officerOf("41", "head")
	book := h.call(province, "GET", "/api/v1/accounts", nil).want(http.StatusOK)
	rows, err := sheet.Read(book.body, "机构代码", "机构名称", "经办人姓名", "职责")
	if err != nil || len(rows) != 1 || rows[0].Cell("机构代码") != "4101" {
		t.Fatalf("%v, %v", rows, err)
	}
	var filled bytes.Buffer
	err = sheet.Write(&filled, sheet.Table{
		Sheet: "首个账号", Columns: []string{"机构代码", "机构名称", "经办人姓名", "职责"},
		Rows: [][]string{{"4101", "郑州市", "张三", "负责人"}, {"410102", "中原区", "李四", "负责人"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	sent := []string{"Content-Type: " + mediaSheet, "Idempotency-Key: once"}
	got := into[OpenAccounts201JSONResponse](h.call(province, "POST", "/api/v1/accounts", filled.String(), sent...).want(http.StatusCreated))
	if len(got.Items) != 2 || !got.Items[0].Opened || got.Items[0].Key == nil || got.Items[1].Opened || !strings.Contains(*got.Items[1].Problem, "直接下级") {
		t.Fatalf("%+v", got.Items)
	}
	if me := into[Officer](h.call(*got.Items[0].Key, "GET", "/api/v1/me", nil).want(http.StatusOK)); me.Name != "张三" || me.Office != "4101" {
		t.Errorf("the key is of %+v", me)
	}
	again := h.call(province, "POST", "/api/v1/accounts?as=workbook", filled.String(), sent...).want(http.StatusCreated)
	rows, err = sheet.Read(again.body, "办理结果", "密钥(仅此一次)")
	if err != nil || len(rows) != 2 || !strings.Contains(rows[1].Cell("办理结果"), "直接下级") {
		t.Errorf("%v, %v", rows, err)
	}
	if left := into[ListUnits200JSONResponse](h.call(h.admin, "GET", "/api/v1/units?unstaffed=true&parent=41", nil)); len(left.Items) != 0 {
		t.Errorf("still without an officer: %+v", left.Items)
	}
}
