package server

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// openDrill opens a drill for districts as openDrillOf does.
func (h *house) openDrill(form ...map[string]any) string {
	h.t.Helper()
	return h.openDrillOf("district", form...)
}

// openDrillOf opens a drill of one category over HTTP and returns its ID. Its
// days last an hour; its form is the sample when none is given.
func (h *house) openDrillOf(name string, form ...map[string]any) string {
	h.t.Helper()
	category := map[string]any{"category": name, "quota": 1, "ratio": 1}
	if form != nil {
		category["form"] = form
	}
	for _, office := range []string{"42", "BT"} { // no recommending office is without a unit
		h.exec(`WITH u AS (INSERT INTO unit DEFAULT VALUES RETURNING id)
			INSERT INTO unit_version (unit_id, valid_from, code, name, kind, kind_sure, parent_id, source)
			SELECT u.id, '2020-01-01', $1 || '0102', '城区' || $1, $2, true, v.unit_id, 'test'
			FROM u, unit_version v WHERE v.code = $1 AND v.valid_to IS NULL`, office, string(award.Category(name).Kinds()[0]))
	}
	in := func(hours int) string {
		return time.Now().Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
	}
	round := into[RoundDone](h.call(h.admin, "POST", "/api/v1/rounds", map[string]any{
		"title": "全国和谐社区建设示范单位", "drill_day_seconds": 3600,
		"categories": []any{category},
		"dates":      map[string]any{"self_check": in(20), "recommendation": in(80), "assessment": in(120)},
		"rules":      map[string]any{"notice_days": 2, "letter_days": 1, "arrival_days": 1},
	}).want(http.StatusCreated)).Round
	h.call(h.admin, "POST", "/api/v1/rounds/"+round.Id+"/opening", nil).want(http.StatusAccepted)
	if _, err := h.acts.FreezePage(h.t.Context(), award.Page{Round: round.Id, Job: award.JobFreeze, Number: 1, To: 1 << 40}); err != nil {
		h.t.Fatal(err)
	}
	if err := h.acts.Opened(h.t.Context(), round.Id); err != nil {
		h.t.Fatal(err)
	}
	return round.Id
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	if _, err := h.db.ExecContext(h.t.Context(), query, args...); err != nil {
		h.t.Fatal(err)
	}
}

// at stops the record's clock.
func (h *house) at(t time.Time) {
	h.t.Helper()
	h.exec(`CREATE OR REPLACE FUNCTION shifan_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS ` +
		pq.QuoteLiteral("SELECT "+pq.QuoteLiteral(t.Format(time.RFC3339Nano))+"::timestamptz"))
}

// inspected puts an inspected file of the district before Henan.
func (h *house) inspected(round string) int64 {
	h.t.Helper()
	var id int64
	if err := h.db.GetContext(h.t.Context(), &id, `
		INSERT INTO application (round_id, unit_id, category, office_id, state, filed_at)
		SELECT round_id, unit_id, 'district', office_id, 'inspected', now() FROM round_unit WHERE round_id = $1 AND code = '410102'
		RETURNING id`, round); err != nil {
		h.t.Fatal(err)
	}
	h.exec(`INSERT INTO inspection (application_id, team, inspected_on, methods, marks, total, passed, finding, officer_id)
		VALUES ($1, '考察组', now(), '{走访}', '{}', 9550, true, '达到标准', 1)`, id)
	h.exec(`INSERT INTO survey (application_id, method, first_day, last_day, satisfied, basically, dissatisfied, unknown, officer_id)
		VALUES ($1, '入户', now(), now(), 500, 0, 0, 0, 1)`, id)
	return id
}

// endNotice ends a notice as the procedure does when its list is final.
func (h *house) endNotice(n Notice) {
	h.t.Helper()
	h.at(n.FinalAt)
	if ended, err := h.acts.EndNotice(h.t.Context(), n.Round, n.Number); err != nil || !ended {
		h.t.Fatal(ended, err)
	}
}

// One unit's way from its province's rank to a title that anyone can verify.
func TestAUnitGoesFromTheProvincesListToItsTitle(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	file := h.inspected(round)
	h.exec(`UPDATE round_office SET passed_up_at = now() WHERE round_id = $1`, round) // every file has arrived
	henan, today := h.officerOf("41", "head"), award.DateOf(time.Now()).String()
	path := func(format string, args ...any) string {
		return "/api/v1/rounds/" + round + fmt.Sprintf(format, args...)
	}
	evidence := func(media ...string) (all []any) {
		for _, medium := range media {
			all = append(all, map[string]any{"medium": medium, "name": "日报", "published_on": time.Now().Format(time.RFC3339)})
		}
		return all
	}
	contacts := []any{map[string]any{"unit": "省民政厅", "phone": "0371-0000000"}}

	ranked := into[GetProposals200JSONResponse](h.call(henan, "GET", path("/offices/41/proposals"), nil).want(http.StatusOK))
	if len(ranked.Ranked) != 1 || ranked.Ranked[0].Total != "95.50" || ranked.Ranked[0].Rank != 1 || ranked.Adopted != nil {
		t.Errorf("ranked %+v", ranked)
	}
	list := into[AdoptProposals201JSONResponse](h.call(henan, "POST", path("/offices/41/proposals"), map[string]any{
		"minutes": "第1次评审会", "met_on": today, "items": []any{map[string]any{"application": file}},
	}).want(http.StatusCreated)).List
	shown := into[AnnounceNotice201JSONResponse](h.call(henan, "POST", path("/offices/41/public-notices"), map[string]any{
		"evidence": evidence("local_medium"), "contacts": contacts,
	}).want(http.StatusCreated)).Notice
	public := h.call("", "GET", fmt.Sprintf("/api/v1/public/notices/%d", shown.Id), nil).want(http.StatusOK)
	notice := into[Notice](public)
	hash := award.ListHash([]award.Listed{{Category: award.District, Code: (*notice.Units)[0].Code, Name: (*notice.Units)[0].Name}})
	if notice.ListSha256 != hex.EncodeToString(hash[:]) || notice.ListSha256 != list.Sha256 {
		t.Errorf("hash %s of %+v", notice.ListSha256, notice.Units)
	}
	if text := string(public.body); strings.Contains(text, "officer") || strings.Contains(text, "application") {
		t.Errorf("the public reads %s", text)
	}
	h.endNotice(shown)

	cut := into[Recommend200JSONResponse](h.call(henan, "POST", path("/offices/41/recommendations"), map[string]any{
		"applications": []any{file},
	}).want(http.StatusOK))
	if cut.Recommended["district"] != 1 || cut.Revision != 1 {
		t.Errorf("recommended %+v", cut)
	}
	explained := into[GetCut200JSONResponse](h.call(henan, "GET", path("/offices/41/recommendations"), nil).want(http.StatusOK))
	if explained.Revision != 1 || len(explained.Items) != 1 || explained.Items[0].Reason != "taken" || explained.Items[0].Text == "" {
		t.Errorf("explained %+v", explained)
	}
	p := h.call(henan, "POST", path("/offices/41/stages/recommendation/completion"), nil).refused(http.StatusUnprocessableEntity, award.Incomplete)
	if p.Errors == nil || len(*p.Errors) != 3 {
		t.Errorf("lacks %+v", p.Errors)
	}
	h.call(henan, "PUT", path("/applications/%d/form-scan", file), map[string]any{"sha256": strings.Repeat("0a", 32)}).
		refused(http.StatusBadRequest, award.Invalid) // nobody uploaded it
	if _, err := h.db.Exec(`UPDATE application SET form_scan = sha256('scan') WHERE id = $1`, file); err != nil {
		t.Fatal(err)
	}
	h.call(henan, "PUT", path("/offices/41/package"), map[string]any{
		"letter": map[string]any{"title": "推荐函", "number": "豫民函〔2027〕12号"}, "report": map[string]any{"title": "考核验收报告", "text": "一"},
	}).want(http.StatusOK)
	pack := into[Package](h.call(henan, "GET", path("/offices/41/package"), nil).want(http.StatusOK))
	if len(pack.Lacks) != 0 || len(*pack.Units) != 1 || *(*pack.Units)[0].ProvinceTotal != "95.50" {
		t.Errorf("package %+v", pack)
	}
	done := into[CompleteStage200JSONResponse](h.call(henan, "POST", path("/offices/41/stages/recommendation/completion"), map[string]any{"note": "齐"}).want(http.StatusOK))
	if done.State != "complete" || done.Late {
		t.Errorf("completed %+v", done)
	}
	h.call(h.admin, "POST", path("/offices/41/package-returns"), map[string]any{
		"reason": "缺盖章", "due": shown.FinalAt.Add(time.Hour).Format(time.RFC3339),
	}).want(http.StatusOK)
	h.call(henan, "PUT", path("/offices/41/package"), map[string]any{
		"letter": map[string]any{"title": "推荐函", "number": "豫民函〔2027〕13号"}, "report": map[string]any{"title": "考核验收报告", "text": "二"},
	}).want(http.StatusOK)
	h.call(henan, "POST", path("/offices/41/stages/recommendation/completion"), nil).want(http.StatusOK)
	h.call(henan, "POST", path("/offices/41/package-acceptances"), nil).refused(http.StatusForbidden, award.Forbidden)
	h.call(h.admin, "POST", path("/offices/41/package-acceptances"), nil).want(http.StatusOK)

	h.exec(`UPDATE office_stage SET state = 'closed' WHERE stage = 'recommendation' AND state = 'open'`)
	if frozen, err := h.acts.FreezeList(t.Context(), round); err != nil || !frozen {
		t.Fatal(frozen, err)
	}
	sample, _ := award.SampleStandard(award.District)
	marks := marksShown(actstest.Marks(t, sample, 90_00))
	h.call(h.admin, "POST", path("/marks"), map[string]any{"items": []any{map[string]any{
		"application": file, "marks": append(slices.Clone(marks[:len(marks)-1]), "1.001"),
	}}}).refused(http.StatusBadRequest, award.Invalid)
	h.call(h.admin, "POST", path("/marks"), map[string]any{"items": []any{map[string]any{
		"application": file, "marks": marks,
	}}}).want(http.StatusOK)
	h.visitSample(round, file)
	h.call(h.admin, "POST", path("/offices/0/stages/assessment/completion"), nil).want(http.StatusOK)
	if result, err := h.acts.ScorePage(t.Context(), award.Page{Round: round, Job: award.JobScore, Number: 1, To: 1 << 40}); err != nil || result.Done != 1 {
		t.Fatal(result, err)
	}
	h.call(h.admin, "POST", path("/candidates"), map[string]any{}).refused(http.StatusConflict, award.Conflict)
	if err := h.acts.FinishScore(t.Context(), round); err != nil {
		t.Fatal(err)
	}
	found := into[GetCandidates200JSONResponse](h.call(h.admin, "GET", path("/candidates"), nil).want(http.StatusOK))
	if c := found.Categories[0]; *found.Fixed || len(c.Placed) != 1 || c.Placed[0].Total != "90.00" || c.PlacesLeft != 0 {
		t.Errorf("candidates %+v", found)
	}
	h.call(henan, "GET", path("/candidates"), nil).refused(http.StatusNotFound, award.NotFound)
	h.vote(path("/offices/0/committee"), today)
	h.call(h.admin, "POST", path("/candidates"), map[string]any{}).want(http.StatusCreated)
	shown = into[AnnounceNotice201JSONResponse](h.call(h.admin, "POST", path("/offices/0/public-notices"), map[string]any{
		"evidence": evidence("central_medium", "website"), "contacts": contacts,
	}).want(http.StatusCreated)).Notice
	if shown.Scope != "national" || shown.Number != 2 {
		t.Errorf("notice %+v", shown)
	}
	h.endNotice(shown)
	named := into[Decide200JSONResponse](h.call(h.admin, "POST", path("/decision"), map[string]any{"number": "民发〔2027〕88号", "date": today}).want(http.StatusOK))
	if named.Named["district"] != 1 {
		t.Errorf("named %v", named.Named)
	}

	titles := into[ListTitles200JSONResponse](h.call(henan, "GET", path("/titles"), nil).want(http.StatusOK)).Items
	if len(titles) != 1 || titles[0].Name != "中原区" || titles[0].NamedOn.String() != today {
		t.Fatalf("titles %+v", titles)
	}
	verified := into[Title](h.call("", "GET", "/api/v1/public/titles/"+titles[0].Number, nil).want(http.StatusOK))
	if verified.Text != "全国和谐社区建设示范城区(市)" || !verified.Drill || verified.Application != nil {
		t.Errorf("verified %+v", verified)
	}
	h.call("", "GET", "/api/v1/public/titles/2008-1-区-001", nil).refused(http.StatusNotFound, award.NotFound)
	if all := into[ListPublicNotices200JSONResponse](h.call("", "GET", "/api/v1/public/notices", nil).want(http.StatusOK)); len(all.Items) != 2 || all.Items[0].Units != nil {
		t.Errorf("notices %+v", all.Items)
	}
}
