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

func TestManySelfChecksEachHaveAResult(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	path := "/api/v1/rounds/" + round + "/self-checks"
	sample, _ := award.SampleStandard(award.District)
	marks := marksShown(actstest.Full(sample))
	word := map[string]any{"person": "李主任"}
	items := []any{
		map[string]any{"unit": "410102", "category": "district", "marks": marks},
		map[string]any{"unit": "110101", "category": "district", "marks": marks, "entered_for": word},
		map[string]any{"unit": "410102", "category": "district", "marks": marks, "entered_for": word, "gap": "检查少"},
	}
	prefecture := h.officerOf("4101", "clerk")
	for _, dry := range []bool{true, false} {
		got := into[SaveSelfChecks200JSONResponse](h.call(prefecture, "POST", path,
			map[string]any{"dry_run": dry, "items": items}, "Accept-Language: en").want(http.StatusOK))
		if got.DryRun != dry || got.Done != 1 || got.Refused != 2 || got.Unchanged != 0 || *got.Items[2].Total != "100.00" || !*got.Items[2].Ready ||
			(got.Items[2].Receipt == nil) != dry || (*got.Items[0].Problem.Errors)[0].Pointer != "/items/0/entered_for/person" ||
			got.Items[1].Problem.Code != "not_found" || got.Items[1].Unit != "110101" {
			t.Errorf("dry run %t: %+v", dry, got)
		}
	}
	again := into[SaveSelfChecks200JSONResponse](h.call(prefecture, "POST", path, map[string]any{"items": items[2:]}).want(http.StatusOK))
	if again.Unchanged != 1 || again.Done != 0 || !*again.Items[0].Unchanged || *again.Items[0].Revision != 1 {
		t.Errorf("again %+v", again)
	}
	h.call(prefecture, "POST", path, map[string]any{"items": []any{}}).refused(http.StatusBadRequest, award.Invalid)
}
