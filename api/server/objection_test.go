package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/evidence"
)

// objectionHouse is a drill with a district of Henan before the public.
func objectionHouse(t *testing.T) (h *house, henan string, notice Notice) {
	t.Helper()
	h = newHouse(t)
	round := h.openDrill()
	file := h.inspected(round)
	h.exec(`UPDATE round_office SET passed_up_at = now() WHERE round_id = $1`, round)
	henan = h.officerOf("41", "head")
	path := "/api/v1/rounds/" + round + "/offices/41"
	h.call(henan, "POST", path+"/proposals", map[string]any{
		"minutes": "第1次评审会", "met_on": award.DateOf(time.Now()).String(), "items": []any{map[string]any{"application": file}},
	}).want(http.StatusCreated)
	notice = into[AnnounceNotice201JSONResponse](h.call(henan, "POST", path+"/public-notices", map[string]any{
		"evidence": []any{map[string]any{"medium": "local_medium", "name": "日报", "published_on": time.Now().Format(time.RFC3339)}},
		"contacts": []any{map[string]any{"unit": "省民政厅", "phone": "0371-0000000"}},
	}).want(http.StatusCreated)).Notice
	return h, henan, notice
}

// An objection over HTTP, from the form to its written answer; who made it is in
// nobody's answer but the handler's and the supervisor's.
func TestAnObjectionGoesFromTheFormToItsAnswerAndNamesNobody(t *testing.T) {
	h, henan, notice := objectionHouse(t)
	clerk, supervisor := h.officerOf("41", "clerk"), h.officerOf("41", "supervisor")
	form := map[string]any{
		"unit": "410102", "facts": "去年十月以来社区服务中心从不开门，台账系补造。",
		"objector": map[string]any{"kind": "person", "name": "欧阳秉烛", "contact": "13912345678"},
	}
	post := fmt.Sprintf("/api/v1/public/notices/%d/objections", notice.Id)
	h.call("", "POST", post, map[string]any{"unit": "410102", "facts": "太短"}).refused(http.StatusBadRequest, award.Invalid)
	filed := into[PublicObjection](h.call("", "POST", post, form).want(http.StatusCreated))
	again := into[PublicObjection](h.call("", "POST", post, form).want(http.StatusCreated))
	if filed.Receipt != again.Receipt || filed.State != "received" || filed.Name != "中原区" {
		t.Errorf("filed %+v, again %+v", filed, again)
	}
	public := "/api/v1/public/objections/" + strings.ToLower(filed.Receipt)
	h.call("", "GET", "/api/v1/public/objections/7K2M-QX9D-4TNA-8RW3", nil).refused(http.StatusNotFound, award.NotFound)

	var said []string // every answer to anybody but the handler's and the supervisor's reading
	see := func(a answer) answer { said = append(said, string(a.body)); return a }
	all := into[ListObjections200JSONResponse](see(h.call(henan, "GET", "/api/v1/objections", nil)).want(http.StatusOK))
	if len(all.Items) != 1 || all.Items[0].Facts != nil || all.Items[0].Receipt != nil {
		t.Fatalf("listed %+v", all.Items)
	}
	one := fmt.Sprintf("/api/v1/objections/%d", all.Items[0].Id)
	me := into[Officer](h.call(clerk, "GET", "/api/v1/me", nil).want(http.StatusOK))
	see(h.call(henan, "POST", one+"/handler", map[string]any{"officer": me.Id})).want(http.StatusOK)
	see(h.call(henan, "POST", one+"/admission", map[string]any{"admitted": true})).refused(http.StatusForbidden, award.Forbidden)
	see(h.call(clerk, "POST", one+"/admission", map[string]any{"admitted": true})).want(http.StatusOK)
	due := time.Now().Add(5 * time.Hour).Format(time.RFC3339)
	see(h.call(clerk, "POST", one+"/commissions", map[string]any{"office": "410102", "text": "请欧阳秉烛所在社区说明。", "due": due})).
		refused(http.StatusBadRequest, award.Invalid)
	asked := into[CommissionDone](see(h.call(clerk, "POST", one+"/commissions", map[string]any{
		"office": "410102", "text": "请核查服务中心的开放记录。", "due": due,
	})).want(http.StatusCreated))
	district := h.officerOf("410102", "clerk")
	see(h.call(district, "GET", one, nil)).refused(http.StatusNotFound, award.NotFound)
	tasks := into[ListCommissions200JSONResponse](see(h.call(district, "GET", "/api/v1/commissions", nil)).want(http.StatusOK))
	if len(tasks.Items) != 1 || tasks.Items[0].Id != asked.Commission.Id {
		t.Errorf("tasks %+v", tasks)
	}
	see(h.call(district, "POST", fmt.Sprintf("/api/v1/commissions/%d/report", asked.Commission.Id), map[string]any{"report": "开放记录缺失。"})).want(http.StatusOK)

	for key, may := range map[string]bool{clerk: true, supervisor: true, henan: false, h.admin: false} {
		a := h.call(key, "POST", one+"/objector-readings", nil)
		if !may {
			see(a).refused(http.StatusForbidden, award.Forbidden)
			see(h.call(key, "GET", one, nil)).want(http.StatusOK)
			continue
		}
		if read := into[ReadObjector200JSONResponse](a.want(http.StatusOK)); read.Objector == nil || read.Objector.Name != "欧阳秉烛" {
			t.Errorf("read %+v", read)
		}
		if shown := into[Objection](h.call(key, "GET", one, nil).want(http.StatusOK)); shown.Facts == nil || shown.Receipt == nil || len(*shown.Commissions) != 1 {
			t.Errorf("shown %+v", shown)
		}
	}
	see(h.call(clerk, "POST", one+"/extension", map[string]any{"reason": "须实地核查"})).want(http.StatusOK)
	see(h.call(clerk, "POST", one+"/ruling", map[string]any{"outcome": "upheld", "ground": "经核查属实", "answer": "反映属实，已取消。"})).want(http.StatusOK)
	see(h.call(clerk, "POST", one+"/ruling", map[string]any{"outcome": "dismissed", "ground": "再议", "answer": "再议"})).refused(http.StatusConflict, award.Conflict)
	answered := into[PublicObjection](see(h.call("", "GET", public, nil)).want(http.StatusOK))
	if answered.State != "upheld" || answered.Answer == nil || *answered.Answer != "反映属实，已取消。" {
		t.Errorf("answered %+v", answered)
	}
	for _, path := range []string{
		"/api/v1/objections?state=upheld", "/api/v1/messages", "/api/v1/audit?round=" + notice.Round, "/api/v1/officers",
		"/api/v1/rounds/" + notice.Round + "/applications", fmt.Sprintf("/api/v1/public/notices/%d", notice.Id),
	} {
		for _, key := range []string{h.admin, henan, clerk, supervisor, district} {
			see(h.call(key, "GET", path, nil))
		}
	}
	for _, text := range append(said, h.log.String()) {
		for _, word := range []string{"欧阳秉烛", "13912345678", "从不开门"} {
			if strings.Contains(text, word) {
				t.Errorf("%q is said in %s", word, text)
			}
		}
	}
	if text := string(h.call("", "GET", public, nil).body); strings.Contains(text, "41clerk") || strings.Contains(text, "handler") {
		t.Errorf("the public reads who handled it: %s", text)
	}
}

func TestFilesOfAnObjectionAreForHandlerAndSupervisor(t *testing.T) {
	h, henan, notice := objectionHouse(t)
	files, err := evidence.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h.acts.KeepEvidence(acts.EvidenceStore{Files: files, Limits: award.DefaultEvidenceLimits()})
	clerk, supervisor := h.officerOf("41", "clerk"), h.officerOf("41", "supervisor")
	came := notice.OpensAt.Format(time.RFC3339Nano)
	entered := into[ObjectionDone](h.call(clerk, "POST", "/api/v1/objections", map[string]any{
		"notice": notice.Id, "unit": "410102", "channel": "fax", "came": came, "facts": "台账与实际不符，请予核查。",
		"objector": map[string]any{"kind": "unit", "name": "某某物业公司", "contact": "0371-1111111"},
	}).want(http.StatusCreated)).Objection
	if entered.Receipt == nil || entered.Facts != nil {
		t.Fatalf("entered %+v", entered)
	}
	attach := "/api/v1/public/objections/" + *entered.Receipt + "/attachments?name=a.pdf&type=pdf&seal=true"
	scan := "%PDF-1.4\n% seal\n%%EOF\n"
	file := into[AttachToObjection201JSONResponse](h.call("", "POST", attach, scan, "Content-Type: application/octet-stream").want(http.StatusCreated))
	h.call("", "POST", attach, "MZ", "Content-Type: application/octet-stream").refused(http.StatusBadRequest, award.Invalid)
	path := fmt.Sprintf("/api/v1/objections/%d/attachments/%s", entered.Id, file.Sha256)
	if got := h.call(supervisor, "GET", path, nil).want(http.StatusOK); string(got.body) != scan || got.header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("got %q, %v", got.body, got.header)
	}
	h.call(henan, "GET", path, nil).refused(http.StatusForbidden, award.Forbidden)
	h.call(supervisor, "GET", "/api/v1/evidence/"+file.Sha256, nil).refused(http.StatusNotFound, award.NotFound)
	h.call("", "GET", path, nil).want(http.StatusUnauthorized)
}

func TestOneAddressSaysOnlySoMuchInAWhile(t *testing.T) {
	h, _, notice := objectionHouse(t)
	post := fmt.Sprintf("/api/v1/public/notices/%d/objections", notice.Id)
	for i := range sendsAtOnce {
		h.call("", "POST", post, map[string]any{"unit": "410102", "facts": fmt.Sprintf("第%d条线索，请予认真核查。", i)}).want(http.StatusCreated)
	}
	a := h.call("", "POST", post, map[string]any{"unit": "410102", "facts": "又一条线索，请予认真核查。"})
	if a.want(http.StatusTooManyRequests); a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.call("", "GET", fmt.Sprintf("/api/v1/public/notices/%d", notice.Id), nil).want(http.StatusOK) // reading goes on
}
