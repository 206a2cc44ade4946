package server

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// One district's file from its self-check to the province's survey, over HTTP.
func TestAFileClimbsFromItsUnitToTheProvince(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	unit, prefecture, henan := h.officerOf("410102", "clerk"), h.officerOf("4101", "clerk"), h.officerOf("41", "clerk")
	today := award.DateOf(time.Now()).String()
	path := func(format string, args ...any) string {
		return "/api/v1/rounds/" + round + fmt.Sprintf(format, args...)
	}
	opinion := func(word string, more ...string) map[string]any {
		body := map[string]any{"opinion": word, "text": "情况属实", "clerk": "甲", "signing_head": "乙", "sealing_body": "郑州市人民政府"}
		for i := 0; i < len(more); i += 2 {
			body[more[i]] = more[i+1]
		}
		return body
	}
	sample, _ := award.SampleStandard(award.District)
	full := marksShown(actstest.Full(sample))

	h.call(unit, "GET", path("/self-checks/410102/district"), nil).refused(http.StatusNotFound, award.NotFound)
	check := into[SaveSelfCheck200JSONResponse](h.call(prefecture, "PUT", path("/self-checks/410102/district"),
		map[string]any{"marks": full, "gap": "台账不全", "entered_for": map[string]any{"person": "李主任"}}).want(http.StatusOK)).SelfCheck
	if check.Total != "100.00" || !check.Ready || check.EnteredByOffice != "4101" || check.Revision != 1 || *check.Gap != "台账不全" {
		t.Errorf("self-check %+v", check)
	}
	h.call(unit, "PUT", path("/self-checks/410102/district"), map[string]any{"marks": full}).refused(http.StatusPreconditionFailed, award.Stale)
	bad := slices.Clone(full)
	bad[3], bad[4] = "5.01", "4.999"
	p := h.call(unit, "PUT", path("/self-checks/410102/district"), map[string]any{"marks": bad}, `If-Match: "1"`).
		refused(http.StatusBadRequest, award.Invalid)
	if p.Errors == nil || (*p.Errors)[0].Pointer != "/marks/4" {
		t.Errorf("defects %+v", p.Errors)
	}

	file := into[ApplicationDone](h.call(unit, "POST", path("/applications"), map[string]any{
		"unit": "410102", "category": "district", "form": map[string]any{"head": "张三"},
	}).want(http.StatusCreated)).Application
	if file.State != "draft" || (*file.Form)["unit"] != "中原区" || file.WaitingFor.Office != "410102" || *file.SelfTotal != "100.00" {
		t.Errorf("draft %+v", file)
	}
	on := path("/applications/%d", file.Id)
	p = h.call(unit, "POST", on+"/filing", nil).refused(http.StatusUnprocessableEntity, award.Incomplete)
	if p.Errors == nil || len(*p.Errors) != 4 || (*p.Errors)[0].Pointer != "/form/contact" {
		t.Errorf("incomplete %+v", p.Errors)
	}
	rest := map[string]any{"form": map[string]any{"contact": "0371-60000000", "residents": "900000", "staff": "300", "deeds": "居民自治"}}
	h.call(unit, "PATCH", on, rest).refused(http.StatusBadRequest, award.Invalid) // no If-Match
	h.call(unit, "PATCH", on, rest, `If-Match: "9"`).refused(http.StatusPreconditionFailed, award.Stale)
	h.call(unit, "PATCH", on, rest, `If-Match: "1"`).want(http.StatusOK)
	h.call(unit, "POST", on+"/filing", nil, `If-Match: "1"`).refused(http.StatusPreconditionFailed, award.Stale)
	file = into[ApplicationDone](h.call(unit, "POST", on+"/filing", nil, `If-Match: "2"`, "Idempotency-Key: f").want(http.StatusOK)).Application
	if file.State != "filed" || file.WaitingFor.Office != "4101" || file.WaitingFor.Due == nil || file.FiledAt == nil {
		t.Errorf("filed %+v", file)
	}
	again := into[ApplicationDone](h.call(unit, "POST", on+"/filing", nil, `If-Match: "2"`, "Idempotency-Key: f").want(http.StatusOK)).Application
	if again.Revision != file.Revision {
		t.Errorf("filed again %+v", again)
	}

	h.call(henan, "POST", on+"/endorsements", opinion("agree")).refused(http.StatusForbidden, award.Forbidden)
	h.call(prefecture, "POST", on+"/endorsements", opinion("return", "return_to", "41")).refused(http.StatusBadRequest, award.Invalid)
	due := time.Now().Add(5 * time.Hour).Truncate(time.Second)
	file = into[ApplicationDone](h.call(prefecture, "POST", on+"/endorsements",
		opinion("return", "return_to", "410102", "due", due.Format(time.RFC3339))).want(http.StatusOK)).Application
	if file.State != "returned" || !file.WaitingFor.Due.ClosesAt.Equal(due) {
		t.Errorf("returned %+v", file)
	}
	h.call(unit, "POST", on+"/filing", nil).want(http.StatusOK)
	compared := into[CompareRevisions200JSONResponse](h.call(prefecture, "GET", on+"/revisions/comparison", nil).want(http.StatusOK))
	if len(compared.Fields)+len(compared.Marks) != 0 || compared.From >= compared.To {
		t.Errorf("compared %+v", compared)
	}
	offices := into[ListWaiting200JSONResponse](h.call(henan, "GET", path("/waiting"), nil).want(http.StatusOK)).Items
	if len(offices) != 1 || offices[0].Office != "4101" || offices[0].Files != 1 || offices[0].Due == nil {
		t.Errorf("waiting offices %+v", offices)
	}
	h.call(h.officerOf("41", "head"), "PUT", path("/offices/41/intake-limits"), map[string]any{"limits": []any{}}).
		refused(http.StatusConflict, award.Closed) // a file is filed
	items := []any{
		map[string]any{"application": file.Id, "opinion": "agree", "text": "情况属实", "clerk": "甲"},
		map[string]any{"application": file.Id + 1, "opinion": "agree", "text": "情况属实", "clerk": "甲", "signing_head": "乙"},
		map[string]any{"application": file.Id, "opinion": "agree", "text": "情况属实", "clerk": "甲", "signing_head": "乙"},
	}
	for _, dry := range []bool{true, false} {
		bulk := into[EndorseMany200JSONResponse](h.call(prefecture, "POST", path("/endorsements"),
			map[string]any{"dry_run": dry, "items": items}, "Accept-Language: en").want(http.StatusOK))
		if bulk.Done != 1 || bulk.Refused != 2 || (bulk.Items[2].Receipt == nil) != dry || *bulk.Items[2].State != "at_province" ||
			(*bulk.Items[0].Problem.Errors)[0].Pointer != "/items/0/signing_head" || bulk.Items[1].Problem.Code != "not_found" ||
			bulk.Items[1].Problem.Title != "Not found" {
			t.Errorf("dry run %t: %+v", dry, bulk)
		}
	}
	file = into[Application](h.call(prefecture, "GET", on, nil).want(http.StatusOK))
	if file.State != "at_province" || file.WaitingFor.Office != "41" {
		t.Errorf("arrived %+v", file)
	}
	opinions := into[ListEndorsements200JSONResponse](h.call(unit, "GET", on+"/endorsements", nil).want(http.StatusOK)).Items
	if len(opinions) != 2 || opinions[0].Opinion != "return" || *opinions[0].ReturnTo != "410102" || opinions[1].Name != "郑州市" ||
		*opinions[1].SealingBody != "郑州市人民政府" {
		t.Errorf("opinions %+v", opinions)
	}

	waiting := into[ListApplications200JSONResponse](h.call(henan, "GET", path("/applications?waiting=true&limit=1"), nil).want(http.StatusOK))
	if len(waiting.Items) != 1 || waiting.Next == nil {
		t.Errorf("waiting %+v", waiting)
	}
	empty := into[ListApplications200JSONResponse](h.call(henan, "GET", path("/applications?cursor=%s", *waiting.Next), nil).want(http.StatusOK))
	if len(empty.Items) != 0 || empty.Next != nil {
		t.Errorf("the page after the last %+v", empty)
	}
	h.call(h.officerOf("42", "clerk"), "GET", on, nil).refused(http.StatusNotFound, award.NotFound)

	inspected := into[Inspect200JSONResponse](h.call(henan, "PUT", on+"/inspection", map[string]any{
		"team": "一组", "members": []string{"李四"}, "visits": []any{map[string]any{"on": today, "methods": []string{"实地走访"}}},
		"marks": full, "remarks": map[string]string{"1.1": "现场核对"}, "finding": "符合",
	}).want(http.StatusOK))
	if inspected.Total != "100.00" || !inspected.Passed || inspected.Revision != 1 {
		t.Errorf("inspected %+v", inspected)
	}
	surveyed := into[Survey200JSONResponse](h.call(henan, "PUT", on+"/survey", map[string]any{
		"method": "入户", "first_day": today, "last_day": today, "satisfied": 300, "basically": 100, "dissatisfied": 60, "unknown": 40,
	}).want(http.StatusOK))
	if !surveyed.Passed || surveyed.Revision != 1 {
		t.Errorf("surveyed %+v", surveyed)
	}
	found := into[Inspection](h.call(unit, "GET", on+"/inspection", nil).want(http.StatusOK))
	if found.Revision != 1 || len(found.Visits) != 1 || found.Remarks["1.1"] != "现场核对" || len(found.Flagged) != 0 {
		t.Errorf("found %+v", found)
	}
	asked := into[Survey](h.call(unit, "GET", on+"/survey", nil).want(http.StatusOK))
	if asked.Asked != 500 || asked.ConductedBy == "" || !asked.Passed {
		t.Errorf("asked %+v", asked)
	}
	sheet := into[Comparison](h.call(unit, "GET", on+"/comparison", nil).want(http.StatusOK))
	if *sheet.Total.Self != "100.00" || *sheet.Total.Province != "100.00" || sheet.Total.Nation != nil || len(sheet.Levels) == 0 {
		t.Errorf("compared %+v", sheet.Total)
	}
	book := h.call(unit, "GET", on+"/comparison/workbook", nil).want(http.StatusOK)
	if kind := book.header.Get("Content-Type"); kind != mediaSheet || !bytes.HasPrefix(book.body, []byte("PK")) {
		t.Errorf("the workbook is %s of %d bytes", kind, len(book.body))
	}
	report := into[InspectionReport](h.call(henan, "GET", path("/offices/41/inspection-report"), nil).want(http.StatusOK))
	if len(report.Units) != 1 || !strings.Contains(report.Text, "省级考核得分100.00") {
		t.Errorf("report %+v", report)
	}
	shown := into[Application](h.call(unit, "GET", on, nil).want(http.StatusOK))
	if shown.State != "inspected" || *shown.ProvinceTotal != "100.00" {
		t.Errorf("shown %+v", shown)
	}
	moves := into[ListHistory200JSONResponse](h.call(unit, "GET", on+"/history", nil).want(http.StatusOK)).Items
	var acts []string
	for _, m := range moves {
		acts = append(acts, m.Act)
	}
	if !slices.Equal(acts, []string{"file", "endorse", "file", "endorse", "inspect"}) {
		t.Errorf("history %v", acts)
	}

	h.call(henan, "POST", on+"/withdrawal", map[string]any{"reason": "代撤"}).refused(http.StatusForbidden, award.Forbidden)
	h.call(unit, "POST", on+"/call-up", map[string]any{"reason": "提级"}).refused(http.StatusForbidden, award.Forbidden)
	file = into[ApplicationDone](h.call(unit, "POST", on+"/withdrawal", map[string]any{"reason": "主动撤回"}).want(http.StatusOK)).Application
	if file.State != "withdrawn" || file.WaitingFor != nil || *file.Ground != "主动撤回" {
		t.Errorf("withdrawn %+v", file)
	}
}
