package server

import (
	"net/http"
	"slices"
	"testing"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestASelfCheckIsADraftUntilNothingIsBlankAndSaysWhatIsMissing(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	unit, prefecture := h.officerOf("410102", "clerk"), h.officerOf("4101", "clerk")
	path := "/api/v1/rounds/" + round + "/self-checks/410102/district"

	standard, _ := award.SampleStandard(award.District)
	leaves, values := standard.Leaves(), actstest.Full(standard)
	blank := slices.IndexFunc(leaves, func(l award.Leaf) bool { return l.Kind == award.LeafPoints && !l.Gate })
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = v.String()
	}
	marks[blank], values[blank] = "", award.Blank
	want := standard.Score(values, award.DefaultRules().PassMark)

	prefill := into[GetPrefill200JSONResponse](h.call(unit, "GET", path+"/prefill", nil).want(http.StatusOK))
	if len(prefill.Marks) != len(leaves) || prefill.Marks[0].Mark != "" || prefill.Form[0].Value != "中原区" || *prefill.Form[0].From != "register" ||
		prefill.LastRound != nil {
		t.Errorf("prefill %+v", prefill)
	}
	noted := leaves[0].Code
	draft := into[SaveSelfCheck200JSONResponse](h.call(prefecture, "PUT", path, map[string]any{
		"marks": marks, "notes": map[string]any{noted: map[string]any{"gap": "检查少", "measure": "每季一次"}},
		"entered_for": map[string]any{"person": "李主任"},
	}).want(http.StatusOK)).SelfCheck
	if draft.Complete || draft.Ready || draft.Total != want.Total.String() || draft.Short != "0.00" || draft.Marks[blank] != "" ||
		draft.EnteredFor.Person != "李主任" || *(*draft.Notes)[noted].Measure != "每季一次" {
		t.Errorf("draft %+v, want %+v", draft, want)
	}
	if r := *draft.Reasons; len(r) != 1 || r[0].Failure != "blank" || *r[0].At != leaves[blank].Code {
		t.Errorf("reasons %+v", r)
	}
	for i, b := range draft.Blocks {
		if b.Points != want.Blocks[i].String() || b.Maximum != standard.Blocks[i].Maximum().String() || b.Minimum != nil {
			t.Errorf("block %d: %+v", i, b)
		}
	}
	p := h.call(prefecture, "PUT", path, map[string]any{"marks": marks}, `If-Match: "1"`).refused(http.StatusBadRequest, award.Invalid)
	if len(*p.Errors) != 1 || (*p.Errors)[0].Pointer != "/entered_for/person" {
		t.Errorf("defects %+v", p.Errors)
	}
	marks[blank] = "3.50"
	whole := into[SaveSelfCheck200JSONResponse](h.call(unit, "PUT", path, map[string]any{"marks": marks}, `If-Match: "1"`).want(http.StatusOK)).SelfCheck
	if !whole.Complete || !whole.Ready || whole.Reasons != nil || whole.EnteredFor != nil || whole.Notes == nil {
		t.Errorf("whole %+v", whole)
	}
}
