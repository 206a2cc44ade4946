package server

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"shifan/internal/award"
)

// definition is a real round without a defect.
func definition() map[string]any {
	return map[string]any{
		"title": "全国和谐社区建设示范单位", "document_number": "民发〔2098〕1号", "registry_date": "2020-01-01",
		"contacts":   []any{map[string]any{"unit": "基层政权司", "phone": "010-1"}},
		"categories": []any{map[string]any{"category": "district", "quota": 100, "ratio": 5}},
		"dates":      map[string]any{"self_check": "2098-12-31", "recommendation": "2099-04-30", "assessment": "2099-06-30"},
		"rules":      map[string]any{"pass_mark": "85.5", "minimum_asked": map[string]any{"district": 300}},
	}
}

func TestARoundIsDraftedShownAndEdited(t *testing.T) {
	h := newHouse(t)
	draft := into[RoundDone](h.call(h.admin, "POST", "/api/v1/rounds", definition(), "Idempotency-Key: a").want(http.StatusCreated)).Round
	if draft.State != "draft" || draft.Owner != "0" || draft.Drill || draft.Revision != 1 || draft.RegistryDate.String() != "2020-01-01" {
		t.Errorf("draft %+v", draft)
	}
	if draft.Dates.Apply.Shown != "2098年12月31日 24:00止" || !draft.Dates.Apply.ClosesAt.Equal(award.Date{Year: 2099, Month: 1, Day: 1}.Starts()) {
		t.Errorf("apply %+v", draft.Dates.Apply)
	}
	if draft.Rules["pass_mark"] != "85.50" || draft.Rules["notice_days"] != 5.0 || draft.Rules["minimum_asked"].(map[string]any)["street"] != 200.0 {
		t.Errorf("rules %v", draft.Rules)
	}
	if draft.Warnings == nil || len(*draft.Warnings) != 2 || (*draft.Contacts)[0].Unit != "基层政权司" {
		t.Errorf("warnings %v, contacts %v", draft.Warnings, draft.Contacts)
	}
	path := "/api/v1/rounds/" + draft.Id
	again := h.call(h.admin, "POST", "/api/v1/rounds", definition(), "Idempotency-Key: a").want(http.StatusCreated)
	if into[RoundDone](again).Round.Id != draft.Id {
		t.Errorf("the same key drafted another round: %s", again.body)
	}

	edited := definition()
	edited["title"] = "第二稿"
	h.call(h.admin, "PATCH", path, edited).refused(http.StatusBadRequest, award.Invalid) // no If-Match
	h.call(h.admin, "PATCH", path, edited, `If-Match: "7"`).refused(http.StatusPreconditionFailed, award.Stale)
	if r := into[RoundDone](h.call(h.admin, "PATCH", path, edited, `If-Match: "1"`).want(http.StatusOK)).Round; r.Title != "第二稿" || r.Revision != 2 {
		t.Errorf("edited %+v", r)
	}
	if r := into[Round](h.call(h.officerOf("410102", "clerk"), "GET", path, nil).want(http.StatusOK)); r.Title != "第二稿" {
		t.Errorf("shown %+v", r)
	}
	h.call(h.admin, "GET", "/api/v1/rounds/2008-1", nil).refused(http.StatusNotFound, award.NotFound)
}

// TestARoundOfCitiesIsDraftedAndOpened: it has no ratio (N 二), and not every
// office need have such a city.
func TestARoundOfCitiesIsDraftedAndOpened(t *testing.T) {
	h := newHouse(t)
	cities := definition()
	cities["categories"] = []any{map[string]any{"category": "city", "quota": 10}}
	cities["rules"] = map[string]any{"requires_title": []any{"city"}}
	draft := into[RoundDone](h.call(h.admin, "POST", "/api/v1/rounds", cities).want(http.StatusCreated)).Round
	if c := draft.Categories[0]; c.Category != "city" || c.Title != "全国和谐社区建设示范市" || c.Quota != 10 || c.Ratio != nil {
		t.Errorf("category %+v", c)
	}
	path := "/api/v1/rounds/" + draft.Id
	h.call(h.admin, "POST", path+"/opening", nil).refused(http.StatusUnprocessableEntity, award.Incomplete) // 示范市 have no sample standard
	h.exec(`INSERT INTO standard (category, version, title, sample, indicators, sha256) VALUES ('city', 1, '示范市标准', false, '[]', '\x00')`)
	opened := into[RoundDone](h.call(h.admin, "POST", path+"/opening", nil).want(http.StatusAccepted)).Round
	if opened.State != "opening" || opened.Follows != nil {
		t.Errorf("opened %+v", opened)
	}
	street := definition()
	street["categories"] = []any{map[string]any{"category": "street", "quota": 10}}
	h.call(h.admin, "POST", "/api/v1/rounds", street).refused(http.StatusBadRequest, award.Invalid) // only cities go without a ratio
}

func TestADefinitionsDefectsAreAllToldAtOnce(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		change func(d map[string]any)
		want   []string
	}{
		"what cannot be read": {func(d map[string]any) {
			d["dates"] = map[string]any{"self_check": "2098-12-31T00:00:00+08:00", "recommendation": "2099-02-30", "assessment": "2099-06-30"}
		}, []string{"/dates/self_check", "/dates/recommendation"}}, // an instant is a drill's
		"what cannot be": {func(d map[string]any) {
			d["categories"] = []any{map[string]any{"category": "planet", "quota": 1, "ratio": 1}, map[string]any{"category": "street", "quota": 0}}
			d["dates"] = map[string]any{"self_check": "2008-12-31", "recommendation": "2099-04-30", "assessment": "2099-04-30"}
			d["rules"] = map[string]any{"notice_days": 0}
		}, []string{
			"/categories/0/category", "/categories/1/quota", "/categories/1/ratio", "/dates/self_check", "/dates/apply", "/dates/assessment",
			"/rules/notice_days",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			body := definition()
			c.change(body)
			p := h.call(h.admin, "POST", "/api/v1/rounds", body).refused(http.StatusBadRequest, award.Invalid)
			var got []string
			for _, e := range *p.Errors {
				got = append(got, e.Pointer)
				if e.Detail == "" {
					t.Errorf("%s says nothing", e.Pointer)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("defects %v, want %v", got, c.want)
			}
		})
	}
}

func TestRoundsAreListedPageByPage(t *testing.T) {
	h := newHouse(t)
	for range 3 {
		h.call(h.admin, "POST", "/api/v1/rounds", definition()).want(http.StatusCreated)
	}
	var ids []string
	for path := "/api/v1/rounds?limit=2"; path != ""; {
		page := into[RoundList](h.call(h.admin, "GET", path, nil).want(http.StatusOK))
		for _, r := range page.Items {
			ids = append(ids, r.Id)
		}
		path = ""
		if page.Next != nil {
			path = "/api/v1/rounds?limit=2&cursor=" + *page.Next
		}
	}
	year := time.Now().In(award.Beijing).Format("2006")
	if want := []string{year + "-3", year + "-2", year + "-1"}; !slices.Equal(ids, want) {
		t.Errorf("listed %v, want %v", ids, want)
	}
}

func TestTheOwnersLeversOverHTTP(t *testing.T) {
	h := newHouse(t)
	path := "/api/v1/rounds/" + h.openDrill()
	henan := h.officerOf("41", "head")
	start := time.Now().Truncate(time.Second)
	in := func(hours int) string { return start.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339) }
	reason := map[string]any{"reason": "汛情"}

	h.call(henan, "POST", path+"/suspension", reason).refused(http.StatusForbidden, award.Forbidden)
	h.call(h.admin, "POST", path+"/resumption", reason).refused(http.StatusConflict, award.Conflict)
	if r := into[RoundDone](h.call(h.admin, "POST", path+"/suspension", reason).want(http.StatusOK)); r.Round.State != "suspended" {
		t.Errorf("suspended %+v", r)
	}
	if r := into[RoundDone](h.call(h.admin, "POST", path+"/resumption", reason).want(http.StatusOK)); r.Round.State != "open" || r.Receipt.Procedure != "informed" {
		t.Errorf("resumed %+v", r)
	}

	move := func(which, to string) map[string]any {
		return map[string]any{"which": which, "to": to, "reason": "汛情"}
	}
	moved := into[RoundDone](h.call(h.admin, "POST", path+"/dates", move("recommendation", in(100))).want(http.StatusOK)).Round
	if !moved.Dates.Recommendation.ClosesAt.Equal(mustTime(t, in(100))) {
		t.Errorf("moved to %+v, want %s", moved.Dates.Recommendation, in(100))
	}
	h.call(h.admin, "POST", path+"/dates", move("assessment", "yesterday")).refused(http.StatusBadRequest, award.Invalid)
	h.call(henan, "POST", path+"/offices/41/dates", move("recommendation", in(105))).refused(http.StatusForbidden, award.Forbidden)
	h.call(henan, "POST", path+"/offices/41/dates", move("apply", in(30))).want(http.StatusOK)
	office := into[OfficeStanding](h.call(henan, "GET", path+"/offices/41", nil).want(http.StatusOK))
	if !office.Dates.Apply.ClosesAt.Equal(mustTime(t, in(30))) || office.WaitingFor != "自查申报" || office.Counts["district"].RecommendationLimit != 1 {
		t.Errorf("office %+v", office)
	}
	h.call(henan, "GET", path+"/offices/42", nil).refused(http.StatusNotFound, award.NotFound)

	count := map[string]any{"eligible": 7, "source": "官方名单", "counted_on": "2026-10-01", "reason": "遗漏"}
	h.call(henan, "PUT", path+"/limits/41/district", count).refused(http.StatusForbidden, award.Forbidden)
	limit := into[SetLimit200JSONResponse](h.call(h.admin, "PUT", path+"/limits/41/district", count).want(http.StatusOK)).Limit
	if limit.Places != 7 || limit.Left != 7 || limit.Basis != "7 个单位(官方名单,2026-10-01)÷ 1,向下取整,至少 1 = 7" {
		t.Errorf("limit %+v", limit)
	}
	limits := into[ListLimits200JSONResponse](h.call(h.admin, "GET", path+"/limits", nil).want(http.StatusOK)).Items
	if len(limits) != 3 || limits[0].Places != 7 {
		t.Errorf("limits %+v", limits)
	}

	standard := into[Standard](h.call(henan, "GET", path+"/standards/district", nil).want(http.StatusOK))
	if !standard.Sample || standard.Maximum != "100.00" || len(standard.Blocks) != 4 || len(standard.Form) != 7 || *standard.Version != 1 {
		t.Errorf("standard %+v", standard)
	}
	h.call(henan, "GET", path+"/standards/village", nil).refused(http.StatusBadRequest, award.Invalid)

	h.call(h.admin, "POST", path+"/offices/42/closing", reason).refused(http.StatusConflict, award.Conflict)
	h.at(start.Add(101 * time.Hour))
	h.call(h.admin, "POST", path+"/offices/42/closing", reason).want(http.StatusOK)
	offices := into[ListOffices200JSONResponse](h.call(h.admin, "GET", path+"/offices", nil).want(http.StatusOK)).Items
	if len(offices) != 3 || offices[1].State != "closed" || *offices[1].Reason != "汛情" {
		t.Errorf("offices %+v", offices)
	}
	reopening := map[string]any{"offices": []any{map[string]any{"office": "42", "to": in(110)}}, "reason": "补报"}
	if r := into[RoundDone](h.call(h.admin, "POST", path+"/reopenings", reopening).want(http.StatusOK)).Round; r.Offices.Done != 0 || r.Offices.Total != 3 {
		t.Errorf("reopened %+v", r.Offices)
	}
	report := into[GetReport200JSONResponse](h.call(h.admin, "GET", path+"/report", nil).want(http.StatusOK)).Categories
	if report["district"].Quota != 1 || report["district"].RecommendationLimit != 9 {
		t.Errorf("report %+v", report)
	}
	if r := into[RoundDone](h.call(h.admin, "POST", path+"/cancellation", reason).want(http.StatusOK)); r.Round.State != "cancelled" {
		t.Errorf("cancelled %+v", r)
	}
	h.call(h.admin, "POST", path+"/cancellation", reason).refused(http.StatusConflict, award.Conflict)
}

func mustTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
