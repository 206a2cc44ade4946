package server

import (
	"bytes"
	"net/http"
	"os/exec"
	"path/filepath"
	"time"

	"shifan/internal/award"
)

// visitSample visits the one unit of a round's sample, through the API, and
// looks at what the public sees before and after.
func (h *house) visitSample(round string, file int64) {
	h.t.Helper()
	path := "/api/v1/rounds/" + round
	public := func() PublicSpotCheck {
		return into[PublicSpotCheck](h.call("", "GET", "/api/v1/public/spot-checks/"+round, nil).want(http.StatusOK))
	}
	henan := h.officerOf("41", "head")
	sealed := public()
	if len(sealed.Commitment) != 64 || len(*sealed.ListSha256) != 64 || sealed.Seed != nil || sealed.List != nil || sealed.Sample != nil {
		h.t.Errorf("before the last visit the public sees %+v", sealed)
	}
	h.call(henan, "GET", path+"/spot-check", nil).refused(http.StatusNotFound, award.NotFound)
	h.call(henan, "GET", path+"/visits", nil).refused(http.StatusNotFound, award.NotFound)
	h.call(henan, "POST", path+"/spot-check/additions", map[string]any{"applications": []int64{file}, "reason": "复查"}).
		refused(http.StatusNotFound, award.NotFound)
	check := into[SpotCheck](h.call(h.admin, "GET", path+"/spot-check", nil).want(http.StatusOK))
	if len(check.Sample) != 1 || check.Sample[0].Application != file || check.Sample[0].As != "drawn" || check.Sample[0].Outcome != nil {
		h.t.Fatalf("spot check %+v", check)
	}
	h.call(h.admin, "POST", path+"/spot-check/additions", map[string]any{"applications": []int64{file}, "reason": "复查"}).
		refused(http.StatusBadRequest, award.Invalid)
	p := h.call(h.admin, "POST", path+"/offices/0/stages/assessment/completion", nil).refused(http.StatusUnprocessableEntity, award.Incomplete)
	if p.Errors == nil || len(*p.Errors) != 1 {
		h.t.Errorf("incomplete: %+v", p)
	}

	visit := map[string]any{
		"application": file, "members": []string{"张三"}, "place": "区政府", "findings": "一处不符", "outcome": "corrected",
		"visits":      []any{map[string]any{"on": time.Now().In(award.Beijing).Format(time.DateOnly), "methods": []string{"实地走访"}}},
		"corrections": []any{map[string]any{"leaf": "1.1", "value": "1.001", "reason": "现场核实"}},
	}
	h.call(h.admin, "POST", path+"/visits", visit).refused(http.StatusBadRequest, award.Invalid)
	delete(visit, "corrections")
	visit["outcome"] = "confirmed"
	done := into[RecordVisit200JSONResponse](h.call(h.admin, "POST", path+"/visits", visit).want(http.StatusOK))
	if !done.Published || done.Missing != 0 || done.Widened != 0 {
		h.t.Errorf("recorded %+v", done)
	}
	h.call(h.admin, "POST", path+"/visits", visit).refused(http.StatusConflict, award.Conflict)
	visits := into[ListVisits200JSONResponse](h.call(h.admin, "GET", path+"/visits?limit=1", nil).want(http.StatusOK))
	if len(visits.Items) != 1 || visits.Items[0].Members[0] != "张三" || visits.Next == nil {
		h.t.Errorf("visits %+v", visits)
	}
	open := public()
	if open.Seed == nil || len(*open.List) != 1 || len(*open.Sample) != 1 || (*open.Sample)[0].Place != 1 || len(*open.Added) != 0 || open.Commitment != sealed.Commitment {
		h.t.Errorf("after the last visit the public sees %+v", open)
	}
	h.redraws(round)
}

// redraws gives the offline command what is published, as it is: it draws the same
// sample, and says so where one unit of the list is another.
func (h *house) redraws(round string) {
	h.t.Helper()
	published := h.call("", "GET", "/api/v1/public/spot-checks/"+round, nil).want(http.StatusOK).body
	redraw := filepath.Join(h.t.TempDir(), "redraw")
	if out, err := exec.CommandContext(h.t.Context(), "go", "build", "-o", redraw, "../../deploy/redraw").CombinedOutput(); err != nil {
		h.t.Fatalf("build the command: %v: %s", err, out)
	}
	name := []byte((*into[PublicSpotCheck](answer{t: h.t, body: published}).List)[0].Name)
	for said, text := range map[string][]byte{
		"一致 OK": published, "不符 DIFFERS": bytes.ReplaceAll(published, name, append(name, "甲"...)),
	} {
		command := exec.CommandContext(h.t.Context(), redraw)
		command.Stdin = bytes.NewReader(text)
		out, err := command.CombinedOutput()
		if !bytes.Contains(out, []byte(said)) || (err == nil) != bytes.Equal(text, published) {
			h.t.Errorf("%v: %s, want %q of %s", err, out, said, text)
		}
	}
}
