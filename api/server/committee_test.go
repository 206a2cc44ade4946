package server

import (
	"net/http"

	"shifan/internal/award"
)

// vote has a committee of three carry the list en bloc, and checks what it shows.
func (h *house) vote(path, today string) {
	h.t.Helper()
	h.call(h.admin, "POST", path+"/motions", map[string]any{"meeting": 1, "kind": "list"}).refused(http.StatusUnprocessableEntity, award.Incomplete)
	var members []any
	for _, name := range []string{"甲", "乙", "丙"} {
		members = append(members, map[string]any{"name": name, "unit": "某大学", "chair": name == "甲", "ties": []string{"410102001"}})
	}
	h.call(h.admin, "PUT", path, map[string]any{"members": members[1:]}).refused(http.StatusBadRequest, award.Invalid)
	named := into[ConveneCommittee200JSONResponse](h.call(h.admin, "PUT", path, map[string]any{"members": members}).want(http.StatusOK)).Committee
	if len(named.Members) != 3 || !named.Members[0].Chair || named.Members[2].Ties[0] != "410102001" {
		h.t.Fatalf("named %+v", named)
	}
	present := []int64{named.Members[0].Id, named.Members[1].Id}
	h.call(h.admin, "PUT", path+"/meetings/1", map[string]any{"met_on": today, "minutes": "第1次会议纪要", "present": present}).want(http.StatusOK)
	tabled := into[TableMotions201JSONResponse](h.call(h.admin, "POST", path+"/motions", map[string]any{"meeting": 1, "kind": "list"}).want(http.StatusCreated))
	if len(tabled.Motions) != 1 || len(tabled.Motions[0].Units) != 1 || tabled.Motions[0].Count != nil {
		h.t.Fatalf("tabled %+v", tabled.Motions)
	}
	h.call(h.admin, "POST", path+"/motions/1/closing", nil).refused(http.StatusUnprocessableEntity, award.Incomplete)
	votes := []any{map[string]any{"member": present[0], "vote": "for"}, map[string]any{"member": present[1], "vote": "for"}}
	h.call(h.admin, "PUT", path+"/motions/1/votes", map[string]any{"votes": votes[1:]}).refused(http.StatusBadRequest, award.Invalid)
	h.call(h.admin, "PUT", path+"/motions/1/votes", map[string]any{"votes": votes}).want(http.StatusOK)
	closed := into[CloseMotion200JSONResponse](h.call(h.admin, "POST", path+"/motions/1/closing", nil).want(http.StatusOK)).Motion
	if closed.Count.Outcome != "carried" || closed.Count.Entitled != 3 || closed.Count.Present != 2 || len(closed.Votes) != 3 {
		h.t.Errorf("closed %+v", closed)
	}
	h.call(h.admin, "POST", path+"/motions/1/closing", nil).refused(http.StatusConflict, award.Conflict)
	shown := into[GetCommittee200JSONResponse](h.call(h.admin, "GET", path, nil).want(http.StatusOK))
	if !*shown.Votes || len(*shown.Undecided) != 0 || len(shown.Motions) != 1 || shown.Motions[0].Count.Outcome != "carried" || shown.Meetings[0].MetOn.String() != today {
		h.t.Errorf("shown %+v", shown)
	}
}
