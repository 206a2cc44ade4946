package server

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// A letter to departments, its table out and back, and what is decided of it.
func TestDepartmentsAreAskedByATableAndDecidedAbout(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	h.inspected(round)
	head, clerk := h.officerOf("41", "head"), h.officerOf("41", "clerk")
	path := func(format string, args ...any) string {
		return "/api/v1/rounds/" + round + "/offices/41" + fmt.Sprintf(format, args...)
	}
	letter := map[string]any{"number": "8号", "asked_on": "2026-01-05", "due_on": "2026-01-20", "departments": []string{"公安厅", "人社厅"}}
	h.call(clerk, "POST", path("/department-askings"), letter).refused(http.StatusForbidden, award.Forbidden)
	asked := into[AskDepartments201JSONResponse](h.call(head, "POST", path("/department-askings"), letter).want(http.StatusCreated))
	if asked.Opinions != 2 || len(asked.Departments) != 2 {
		t.Errorf("asked %+v", asked)
	}

	out := h.call(clerk, "GET", path("/department-opinions/workbook?department=%s", "%E5%85%AC%E5%AE%89%E5%8E%85"), nil).want(http.StatusOK)
	rows, err := sheet.Read(out.body, "单位代码", "部门")
	if err != nil || len(rows) != 1 || rows[0].Cell("单位代码") != "410102" || rows[0].Cell("部门") != "公安厅" {
		t.Fatalf("the table has %d rows, %v", len(rows), err)
	}
	var filled bytes.Buffer
	on := award.Date{Year: 2026, Month: 1, Day: 12}
	if err := sheet.WriteDepartments(&filled, []acts.DepartmentOpinion{{Unit: "410102", Department: "公安厅", State: award.DepartmentObjected, Answer: award.DepartmentAnswer{
		Objects: true, Ground: "有未结案件", Letter: "3号", On: on,
	}}}); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("PUT", path("/department-opinions/workbook"), &filled)
	r.Header.Set("Authorization", "Bearer "+clerk)
	r.Header.Set("Content-Type", mediaSheet)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	done := into[OpinionsDone](answer{t, w.Code, w.Header(), w.Body.Bytes()}.want(http.StatusOK))
	if done.Recorded != 1 || done.Open != 1 {
		t.Errorf("imported %+v", done)
	}

	recorded := into[OpinionsDone](h.call(clerk, "POST", path("/department-opinions"), map[string]any{
		"items": []any{map[string]any{"unit": "410102", "department": "人社厅", "answer": "clear"}},
	}).want(http.StatusOK))
	if recorded.Recorded != 1 || recorded.Open != 0 {
		t.Errorf("recorded %+v", recorded)
	}
	h.call(head, "POST", path("/department-closings"), map[string]any{"department": "人社厅", "minutes": "纪要"}).
		refused(http.StatusConflict, award.Conflict)
	decided := into[DecideDepartmentOpinion200JSONResponse](h.call(head, "POST", path("/department-decisions"), map[string]any{
		"unit": "410102", "department": "公安厅", "decision": "set_aside", "reason": "案件已结",
	}).want(http.StatusOK)).Opinion
	if decided.State != "set_aside" || *decided.Reason != "案件已结" || *decided.Ground != "有未结案件" || decided.On.String() != on.String() {
		t.Errorf("decided %+v", decided)
	}
	items := into[ListDepartmentOpinions200JSONResponse](h.call(clerk, "GET", path("/department-opinions"), nil).want(http.StatusOK)).Items
	if len(items) != 2 {
		t.Errorf("opinions %+v", items)
	}
}
