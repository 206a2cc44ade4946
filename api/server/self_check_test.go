package server

import (
	"net/http"
	"strings"
	"testing"

	"shifan/internal/award"
)

func TestASelfCheckIsADraftUntilNothingIsBlankAndSaysWhatIsMissing(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	unit, prefecture := h.officerOf("410102", "clerk"), h.officerOf("4101", "clerk")
	path := "/api/v1/rounds/" + round + "/self-checks/410102/district"

	prefill := into[GetPrefill200JSONResponse](h.call(unit, "GET", path+"/prefill", nil).want(http.StatusOK))
	if len(prefill.Marks) != 21 || prefill.Marks[0].Mark != "" || prefill.Form[0].Value != "中原区" || *prefill.Form[0].From != "register" ||
		prefill.LastRound != nil {
		t.Errorf("prefill %+v", prefill)
	}
	marks := append(strings.Split(strings.Repeat("5,", 19), ",")[:19], "", "0")
	draft := into[SaveSelfCheck200JSONResponse](h.call(prefecture, "PUT", path, map[string]any{
		"marks": marks, "notes": map[string]any{"1.1": map[string]any{"gap": "检查少", "measure": "每季一次"}},
		"entered_for": map[string]any{"person": "李主任"},
	}).want(http.StatusOK)).SelfCheck
	if draft.Complete || draft.Ready || draft.Total != "95.00" || draft.Short != "0.00" || draft.Marks[19] != "" ||
		draft.EnteredFor.Person != "李主任" || *(*draft.Notes)["1.1"].Measure != "每季一次" {
		t.Errorf("draft %+v", draft)
	}
	if r := *draft.Reasons; len(r) != 1 || r[0].Failure != "blank" || *r[0].At != "4.5" {
		t.Errorf("reasons %+v", r)
	}
	if b := draft.Blocks; len(b) != 4 || b[3].Points != "20.00" || b[3].Maximum != "25.00" || b[3].Minimum != nil {
		t.Errorf("blocks %+v", b)
	}
	p := h.call(prefecture, "PUT", path, map[string]any{"marks": marks}, `If-Match: "1"`).refused(http.StatusBadRequest, award.Invalid)
	if len(*p.Errors) != 1 || (*p.Errors)[0].Pointer != "/entered_for/person" {
		t.Errorf("defects %+v", p.Errors)
	}
	marks[19] = "3.50"
	whole := into[SaveSelfCheck200JSONResponse](h.call(unit, "PUT", path, map[string]any{"marks": marks}, `If-Match: "1"`).want(http.StatusOK)).SelfCheck
	if !whole.Complete || !whole.Ready || whole.Reasons != nil || whole.EnteredFor != nil || whole.Notes == nil {
		t.Errorf("whole %+v", whole)
	}
}
