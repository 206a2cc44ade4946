package server

import (
	"net/http"
	"testing"

	"shifan/internal/award"
)

func TestSubItemsAreSetOverHTTPAndComeBackAsAWorkbook(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	path := "/api/v1/rounds/" + round + "/offices/41/sub-items/district"
	head, unit := h.officerOf("41", "head"), h.officerOf("410102", "clerk")
	body := map[string]any{"items": []map[string]string{
		{"code": "1.1.1", "title": "有文本", "max": "2"}, {"code": "1.1.2", "title": "有落实", "max": "3.00"},
	}}
	set := SubItemsDone(into[SetSubItems200JSONResponse](h.call(head, "PUT", path, body).want(http.StatusOK)))
	if set.SubItems.Revision != 1 || len(set.SubItems.Items) != 2 || set.SubItems.Items[0].Max != "2.00" || set.SubItems.Fixed {
		t.Fatalf("%+v", set)
	}
	h.call(head, "PUT", path, body).refused(http.StatusPreconditionFailed, award.Stale)

	book := h.call(unit, "GET", path+"/workbook", nil).want(http.StatusOK)
	media := "Content-Type: " + mediaSheet
	again := SubItemsDone(into[ImportSubItems200JSONResponse](
		h.call(head, "PUT", path+"/workbook", string(book.body), media, `If-Match: "1"`).want(http.StatusOK)))
	if again.SubItems.Revision != 2 || len(again.SubItems.Items) != 2 || again.SubItems.Items[1] != set.SubItems.Items[1] {
		t.Fatalf("%+v", again)
	}

	standard, _ := award.SampleStandard(award.District)
	marks := make([]string, len(standard.Leaves()))
	check := "/api/v1/rounds/" + round + "/self-checks/410102/district"
	saved := into[SaveSelfCheck200JSONResponse](h.call(unit, "PUT", check, map[string]any{
		"marks": marks, "sub_marks": map[string]string{"1.1.1": "1.5", "1.1.2": "3"},
	}).want(http.StatusOK)).SelfCheck
	if saved.Marks[0] != "4.50" || (*saved.SubMarks)["1.1.1"] != "1.50" || len(*saved.SubItems) != 2 {
		t.Fatalf("%+v", saved)
	}
	marks[0] = "5"
	h.call(unit, "PUT", check, map[string]any{"marks": marks, "sub_marks": map[string]string{"1.1.1": "1.5", "1.1.2": "3"}}, `If-Match: "1"`).
		refused(http.StatusBadRequest, award.Invalid)
	h.call(head, "PUT", path+"/workbook", string(book.body), media, `If-Match: "2"`).refused(http.StatusConflict, award.Closed)
	if shown := SubItems(into[GetSubItems200JSONResponse](h.call(unit, "GET", path, nil).want(http.StatusOK))); !shown.Fixed {
		t.Errorf("%+v", shown)
	}
	h.call(h.officerOf("42", "clerk"), "GET", path, nil).refused(http.StatusNotFound, award.NotFound)
}
