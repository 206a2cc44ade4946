package server

import (
	"fmt"
	"net/http"
	"testing"

	"shifan/internal/award"
)

// A unit that was not recommended asks once for its own marks to be looked at
// again, and somebody who took no part answers.
func TestAReviewIsAskedForAndAnsweredOverHTTP(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	path := fmt.Sprintf("/api/v1/rounds/%s/applications/%d/review", round, h.inspected(round))
	unit, superior, province, stranger := h.officerOf("410102", "clerk"), h.officerOf("4101", "head"), h.officerOf("41", "head"), h.officerOf("42", "head")
	request := map[string]any{"reason": "得分偏低"}

	h.call(unit, "GET", path, nil).refused(http.StatusNotFound, award.NotFound)
	h.call(unit, "POST", path, request).refused(http.StatusConflict, award.Conflict) // its file has not ended
	h.exec(`UPDATE application SET state = 'not_recommended', ended_at = shifan_now(), waiting_office_id = NULL`)
	h.call(superior, "POST", path, request).refused(http.StatusForbidden, award.Forbidden)
	h.call(stranger, "POST", path, request).refused(http.StatusNotFound, award.NotFound)
	h.call(unit, "POST", path, map[string]any{"reason": ""}).refused(http.StatusBadRequest, award.Invalid)
	asked := into[RequestReview200JSONResponse](h.call(unit, "POST", path, request, "Idempotency-Key: 1").want(http.StatusOK))
	if r := asked.Review; r.Column != ReviewColumnProvince || r.Total != "95.50" || r.Reason != "得分偏低" || r.Office != "41" || r.Outcome != nil {
		t.Errorf("asked %+v", r)
	}
	again := into[RequestReview200JSONResponse](h.call(unit, "POST", path, request, "Idempotency-Key: 1").want(http.StatusOK))
	if again.Receipt.Act != asked.Receipt.Act {
		t.Errorf("the same request is act %d and then %d", asked.Receipt.Act, again.Receipt.Act)
	}
	h.call(unit, "POST", path, request).refused(http.StatusConflict, award.Conflict)

	standard, _ := award.SampleStandard(award.District)
	marks := make([]string, len(standard.Leaves()))
	answer := map[string]any{"answer": "经复核，指标一应加", "marks": marks}
	h.call(superior, "POST", path+"/answer", answer).refused(http.StatusForbidden, award.Forbidden)
	h.call(stranger, "POST", path+"/answer", answer).refused(http.StatusNotFound, award.NotFound)
	h.call(province, "POST", path+"/answer", answer).refused(http.StatusBadRequest, award.Invalid) // corrected marks have no blanks
	for i, leaf := range standard.Leaves() {
		marks[i] = "0"
		if leaf.Kind == award.LeafPoints {
			marks[i] = leaf.Max.String()
		}
	}
	given := into[AnswerReview200JSONResponse](h.call(province, "POST", path+"/answer", answer).want(http.StatusOK)).Review
	if *given.Outcome != ReviewOutcomeCorrected || given.Corrected == nil || given.AnsweredAt == nil || (*given.Marks)[0] != "5.00" {
		t.Errorf("answered %+v", given)
	}
	h.call(province, "POST", path+"/answer", answer).refused(http.StatusConflict, award.Conflict)

	seen := into[GetReview200JSONResponse](h.call(unit, "GET", path, nil).want(http.StatusOK))
	if seen.Total != "95.50" || *seen.Corrected != *given.Corrected || seen.Answer == nil || !seen.Due.ClosesAt.Equal(asked.Review.Due.ClosesAt) {
		t.Errorf("seen %+v", seen)
	}
	h.call(stranger, "GET", path, nil).refused(http.StatusNotFound, award.NotFound)
}
