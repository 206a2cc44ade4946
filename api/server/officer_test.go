package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"shifan/internal/award"
)

func TestAHeadMakesAccountsOfItsOwnOfficeAndThoseBelow(t *testing.T) {
	h := newHouse(t)
	henan := h.officerOf("41", "head")
	create := func(key, office string, roles ...string) answer {
		return h.call(key, "POST", "/api/v1/officers", map[string]any{"name": "张三", "office": office, "roles": roles})
	}
	made := into[CreateOfficer201JSONResponse](create(henan, "410102", "clerk").want(http.StatusCreated))
	if made.Officer.Office != "410102" || value(made.Officer.OfficeName) != "中原区" || made.Receipt.Act == 0 {
		t.Errorf("made %+v", made)
	}
	create(henan, "41", "head").want(http.StatusCreated)
	create(henan, "42", "clerk").refused(http.StatusNotFound, award.NotFound) // another province
	create(henan, "0", "clerk").refused(http.StatusNotFound, award.NotFound)  // the office above
	create(henan, "99", "clerk").refused(http.StatusNotFound, award.NotFound)
	create(henan, "410102", "admin").refused(http.StatusForbidden, award.Forbidden) // nobody rises by an account of the own making
	create(h.officerOf("41", "clerk"), "41", "clerk").refused(http.StatusForbidden, award.Forbidden)
	create(h.officerOf("41", "auditor"), "41", "clerk").refused(http.StatusForbidden, award.Forbidden)
	create(h.admin, "41", "admin").want(http.StatusCreated)
}

func TestKeysOfManyOfficesAreHandedOutAtOnce(t *testing.T) {
	h := newHouse(t)
	body := `{"offices":[{"office":"41"},{"office":"410102","name":"李四","roles":["clerk","head"]},{"office":"42"}]}`
	a := h.call(h.admin, "POST", "/api/v1/keys", body, "Idempotency-Key: k1").want(http.StatusCreated)
	first := into[CreateKeys201JSONResponse](a)
	for i, office := range []string{"41", "410102", "42"} {
		item := first.Items[i]
		me := into[Officer](h.call(*item.Key, "GET", "/api/v1/me", nil).want(http.StatusOK))
		if item.Office != office || me.Office != office || me.Id != item.Officer {
			t.Errorf("item %d is %+v, its key is of %+v", i, item, me)
		}
	}
	if me := into[Officer](h.call(*first.Items[0].Key, "GET", "/api/v1/me", nil)); me.Name != "河南省" || len(me.Roles) != 1 || me.Roles[0] != "head" {
		t.Errorf("without a name the officer is %+v", me)
	}

	again := into[CreateKeys201JSONResponse](h.call(h.admin, "POST", "/api/v1/keys", body, "Idempotency-Key: k1").want(http.StatusCreated))
	if again.Receipt.Act != first.Receipt.Act || len(again.Items) != 3 {
		t.Errorf("the second answer is %+v", again)
	}
	for i, item := range again.Items {
		if item.Key != nil || item.Id != first.Items[i].Id {
			t.Errorf("the second answer shows %+v", item)
		}
	}
	var kept int
	const anywhere = `SELECT count(*) FROM act, audit WHERE act.outcome::text LIKE $1 OR audit.detail::text LIKE $1`
	if err := h.db.Get(&kept, anywhere, "%"+keyText(*first.Items[0].Key)+"%"); err != nil || kept != 0 {
		t.Errorf("the record holds the key's text %d times, %v", kept, err)
	}

	third := into[CreateKeys201JSONResponse](h.call(h.admin, "POST", "/api/v1/keys", `{"offices":[{"office":"41"}]}`).want(http.StatusCreated))
	if third.Items[0].Officer != first.Items[0].Officer || *third.Items[0].Key == *first.Items[0].Key {
		t.Errorf("a second key of the same officer is %+v", third.Items[0])
	}
}

func keyText(key string) string { return strings.TrimPrefix(key, "shifan_") }

func TestABulkOfKeysIsAllOrNothing(t *testing.T) {
	h := newHouse(t)
	henan := h.officerOf("41", "head")
	p := h.call(henan, "POST", "/api/v1/keys", `{"offices":[{"office":"410102"},{"office":"42"},{"office":"77"}]}`).
		refused(http.StatusNotFound, award.NotFound)
	if p.Errors == nil || len(*p.Errors) != 2 || (*p.Errors)[0].Pointer != "/offices/1/office" {
		t.Errorf("defects %+v", p.Errors)
	}
	var officers int
	if err := h.db.Get(&officers, `SELECT count(*) FROM officer`); err != nil || officers != 2 {
		t.Errorf("%d officers, %v; want the administrator and Henan's head", officers, err)
	}

	twice := h.call(henan, "POST", "/api/v1/keys", `{"offices":[{"office":"410102"},{"office":"410102"}]}`)
	twice.refused(http.StatusConflict, award.Conflict)
}

func TestAKeyOfAnAdministratorIsHandedOutByAnAdministratorAlone(t *testing.T) {
	h := newHouse(t)
	head := h.officerOf("0", "head")
	h.call(head, "POST", "/api/v1/keys", `{"offices":[{"office":"0","name":"系统管理员"}]}`).refused(http.StatusForbidden, award.Forbidden)
	h.call(head, "POST", "/api/v1/keys", `{"offices":[{"office":"0","officer":1}]}`).refused(http.StatusForbidden, award.Forbidden)
	h.call(head, "POST", "/api/v1/keys", `{"offices":[{"office":"41","roles":["admin"]}]}`).refused(http.StatusForbidden, award.Forbidden)
	h.call(h.admin, "POST", "/api/v1/keys", `{"offices":[{"office":"41","roles":["admin"]}]}`).want(http.StatusCreated)
}

func TestTwoThousandKeysAreOneAct(t *testing.T) {
	h := newHouse(t)
	offices := make([]map[string]any, 2000)
	for i := range offices {
		offices[i] = map[string]any{"office": "410102001", "name": fmt.Sprintf("经办%d", i)}
	}
	a := h.call(h.admin, "POST", "/api/v1/keys", map[string]any{"offices": offices}).want(http.StatusCreated)
	items := into[CreateKeys201JSONResponse](a).Items
	me := into[Officer](h.call(*items[1999].Key, "GET", "/api/v1/me", nil).want(http.StatusOK))
	if me.Name != "经办1999" || me.Id != items[1999].Officer {
		t.Errorf("the last key is of %+v", me)
	}
	offices = append(offices, map[string]any{"office": "41"})
	h.call(h.admin, "POST", "/api/v1/keys", map[string]any{"offices": offices}).refused(http.StatusBadRequest, award.Invalid)
}

func TestARevokedKeyStopsAndADisabledOfficerToo(t *testing.T) {
	h := newHouse(t)
	issued := into[CreateKeys201JSONResponse](h.call(h.admin, "POST", "/api/v1/keys", `{"offices":[{"office":"41"},{"office":"42"}]}`)).Items
	henan, hubei := issued[0], issued[1]

	revoke := fmt.Sprintf("/api/v1/keys/%d/revocation", henan.Id)
	h.call(*hubei.Key, "POST", revoke, `{"reason":"遗失"}`).refused(http.StatusNotFound, award.NotFound)
	h.call(h.admin, "POST", revoke, `{"reason":"遗失"}`).want(http.StatusOK)
	h.call(h.admin, "POST", revoke, `{"reason":"遗失"}`).refused(http.StatusConflict, award.Conflict)
	h.call(*henan.Key, "GET", "/api/v1/me", nil).refused(http.StatusUnauthorized, award.Forbidden)

	disable := fmt.Sprintf("/api/v1/officers/%d/disabling", hubei.Officer)
	h.call(*hubei.Key, "POST", disable, `{"reason":"调离"}`, "Idempotency-Key: self").refused(http.StatusConflict, award.Conflict) // the own account
	h.call(h.admin, "POST", disable, `{"reason":""}`).refused(http.StatusBadRequest, award.Invalid)
	h.call(h.admin, "POST", disable, `{"reason":"调离"}`).want(http.StatusOK)
	other := h.handler
	h.handler = serverOver(t, h.acts, h.logger()) // a process that does not remember the key
	h.call(*hubei.Key, "GET", "/api/v1/me", nil).refused(http.StatusUnauthorized, award.Forbidden)
	h.handler = other
	h.call(h.admin, "POST", "/api/v1/officers/999/disabling", `{"reason":"调离"}`).refused(http.StatusNotFound, award.NotFound)
	if me := into[Officer](h.call(h.admin, "GET", "/api/v1/me", nil)); me.Id == 0 {
		t.Error("the administrator is gone")
	}
	head := h.officerOf("0", "head")
	h.call(head, "POST", "/api/v1/officers/1/disabling", `{"reason":"夺权"}`).refused(http.StatusForbidden, award.Forbidden)
}

func TestListsEndAtTheCallersSubtree(t *testing.T) {
	h := newHouse(t)
	henan, hubei := h.officerOf("41", "head"), h.officerOf("42", "head")
	h.officerOf("410102", "clerk")

	offices := func(key, query string) (seen []string) {
		t.Helper()
		for _, o := range into[ListOfficers200JSONResponse](h.call(key, "GET", "/api/v1/officers"+query, nil).want(http.StatusOK)).Items {
			seen = append(seen, o.Office)
		}
		return seen
	}
	for name, tt := range map[string]struct {
		key, query string
		want       []string
	}{
		"the nation sees all":            {h.admin, "", []string{"0", "41", "42", "410102"}},
		"a province its own and below":   {henan, "", []string{"41", "410102"}},
		"another province only itself":   {hubei, "", []string{"42"}},
		"one office alone when asked":    {henan, "?office=410102", []string{"410102"}},
		"an office without any officers": {henan, "?office=4101", nil},
	} {
		if got := offices(tt.key, tt.query); !sameSet(got, tt.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	h.call(hubei, "GET", "/api/v1/officers?office=410102", nil).refused(http.StatusNotFound, award.NotFound)

	units := func(key, query string) (seen []string) {
		t.Helper()
		for _, u := range into[ListUnits200JSONResponse](h.call(key, "GET", "/api/v1/units"+query, nil).want(http.StatusOK)).Items {
			seen = append(seen, u.Code)
		}
		return seen
	}
	for name, tt := range map[string]struct {
		key, query string
		want       []string
	}{
		"a province's subtree":   {henan, "", []string{"41", "4101", "410102", "410102001", "410102001001"}},
		"directly below one":     {henan, "?parent=410102", []string{"410102001"}},
		"of a kind":              {h.admin, "?kind=province", []string{"41", "42", "BT"}},
		"nobody could tell":      {h.admin, "?unsure=true", []string{"410102001001"}},
		"a province with none":   {hubei, "?kind=street", nil},
		"everything, the nation": {h.admin, "", []string{"0", "BT", "41", "4101", "410102", "410102001", "410102001001", "42"}},
	} {
		if got := units(tt.key, tt.query); !sameSet(got, tt.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	h.call(hubei, "GET", "/api/v1/units?parent=41", nil).refused(http.StatusNotFound, award.NotFound)
	p := into[ListUnits200JSONResponse](h.call(henan, "GET", "/api/v1/units?kind=street", nil))
	if u := p.Items[0]; value(u.Parent) != "410102" || value(u.RecommendingOffice) != "41" || u.Kind != "street" {
		t.Errorf("the street is %+v", u)
	}
}

func TestPagesFollowOneAnotherToTheEnd(t *testing.T) {
	h := newHouse(t)
	var codes []string
	path := "/api/v1/units?limit=3"
	for pages := 0; ; pages++ {
		page := into[ListUnits200JSONResponse](h.call(h.admin, "GET", path, nil).want(http.StatusOK))
		for _, u := range page.Items {
			codes = append(codes, u.Code)
		}
		if page.Next == nil {
			if pages != 2 {
				t.Errorf("%d pages before the last", pages)
			}
			break
		}
		path = "/api/v1/units?limit=3&cursor=" + *page.Next
	}
	if !sameSet(codes, []string{"0", "BT", "41", "4101", "410102", "410102001", "410102001001", "42"}) {
		t.Errorf("pages hold %q", codes)
	}
}

func TestAnAdministratorCorrectsAnUnsureKind(t *testing.T) {
	h := newHouse(t)
	correct := func(key, unit, kind string) answer {
		return h.call(key, "PATCH", "/api/v1/units/"+unit, map[string]any{"kind": kind, "reason": "民政部门来函"})
	}
	henanAdmin := h.officerOf("41", "admin")
	correct(h.officerOf("41", "head"), "410102001001", "village").refused(http.StatusForbidden, award.Forbidden)
	correct(h.officerOf("42", "admin"), "410102001001", "village").refused(http.StatusNotFound, award.NotFound)
	correct(henanAdmin, "41", "province").refused(http.StatusForbidden, award.Forbidden) // one's own unit is the superior's to correct
	correct(henanAdmin, "410102001001", "street").refused(http.StatusBadRequest, award.Invalid)
	correct(henanAdmin, "410102001001", "village").want(http.StatusOK)

	units := into[ListUnits200JSONResponse](h.call(h.admin, "GET", "/api/v1/units?kind=village", nil)).Items
	if len(units) != 1 || units[0].Code != "410102001001" || !units[0].KindSure {
		t.Errorf("villages are %+v", units)
	}
	var detail string
	if err := h.db.Get(&detail, `SELECT detail::text FROM audit WHERE name = 'correct-unit'`); err != nil || !strings.Contains(detail, `"from": "community"`) {
		t.Errorf("the log says %s, %v", detail, err)
	}
}

func TestTheInboxIsTheOfficesOwn(t *testing.T) {
	h := newHouse(t)
	henan, hubei := h.officerOf("41", "clerk"), h.officerOf("42", "head")
	if _, err := h.db.Exec(`
		INSERT INTO message (office_id, occasion, kind, subject, body)
		SELECT v.unit_id, 'test/' || n, 'test', '第' || n || '件', '正文' FROM unit_version v, generate_series(1, 3) n WHERE v.code = '41'`); err != nil {
		t.Fatal(err)
	}
	page := into[ListMessages200JSONResponse](h.call(henan, "GET", "/api/v1/messages?limit=2", nil).want(http.StatusOK))
	if len(page.Items) != 2 || page.Items[0].Subject != "第3件" || page.Items[0].ReadAt != nil || page.Next == nil {
		t.Fatalf("the first page is %+v", page)
	}
	rest := into[ListMessages200JSONResponse](h.call(henan, "GET", "/api/v1/messages?limit=2&cursor="+*page.Next, nil))
	if len(rest.Items) != 1 || rest.Items[0].Subject != "第1件" || rest.Next != nil {
		t.Errorf("the last page is %+v", rest)
	}
	if none := into[ListMessages200JSONResponse](h.call(hubei, "GET", "/api/v1/messages", nil)); len(none.Items) != 0 {
		t.Errorf("another office sees %+v", none)
	}

	read := fmt.Sprintf("/api/v1/messages/%d/reading", page.Items[0].Id)
	h.call(hubei, "POST", read, nil).refused(http.StatusNotFound, award.NotFound)
	h.call(henan, "POST", read, nil).want(http.StatusOK)
	h.call(henan, "POST", read, nil).want(http.StatusOK) // reading again is no fault
	h.call(henan, "POST", "/api/v1/messages/999/reading", nil).refused(http.StatusNotFound, award.NotFound)
	if m := into[ListMessages200JSONResponse](h.call(henan, "GET", "/api/v1/messages", nil)).Items[0]; m.ReadAt == nil {
		t.Error("the message is still unread")
	}
}

func TestTheDecisionLogEndsAtTheReadersSubtreeButNotForTheOwner(t *testing.T) {
	h := newHouse(t)
	henan, hubei := h.officerOf("41", "auditor"), h.officerOf("42", "head")
	if _, err := h.db.Exec(`
		INSERT INTO round (id, title, owner_office_id, drill, state, stage, rules, registry_date,
			self_check_closes_at, apply_closes_at, recommendation_due_at, assessment_due_at)
		SELECT '2026-1', '测试', unit_id, false, 'open', 'self_check', '{}', '2026-01-01',
			'2027-01-01', '2027-01-01', '2027-05-01', '2027-07-01' FROM unit_version WHERE code = '0';
		INSERT INTO audit (round_id, office_id, officer_id, name, subject, ground)
		SELECT '2026-1', v.unit_id, 1, 'file', 'application/' || v.code, '' FROM unit_version v WHERE code IN ('0', '410102', '42');
		INSERT INTO audit (round_id, name, subject, ground) VALUES ('2026-1', 'close-intake', 'office/41', 'N 四(一)')`); err != nil {
		t.Fatal(err)
	}
	subjects := func(key, query string) (seen []string) {
		t.Helper()
		for _, e := range into[ListAudit200JSONResponse](h.call(key, "GET", "/api/v1/audit?round=2026-1"+query, nil).want(http.StatusOK)).Items {
			seen = append(seen, e.Subject)
		}
		return seen
	}
	for name, tt := range map[string]struct {
		key, query string
		want       []string
	}{
		"the owner sees all, the procedure's too": {h.admin, "", []string{"application/0", "application/410102", "application/42", "office/41"}},
		"a province what is done below it":        {henan, "", []string{"application/410102"}},
		"another province its own":                {hubei, "", []string{"application/42"}},
		"one subject when asked":                  {h.admin, "&subject=application/42", []string{"application/42"}},
		"a subject elsewhere is not seen":         {henan, "&subject=application/42", nil},
	} {
		if got := subjects(tt.key, tt.query); !sameSet(got, tt.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	h.call(henan, "GET", "/api/v1/audit?round=2099-1", nil).refused(http.StatusNotFound, award.NotFound)
}

func TestTheFirstAdministratorsKeyIsRotatedWhenLost(t *testing.T) {
	h := newHouse(t)
	ensure := func(held string) string {
		t.Helper()
		fresh, err := h.acts.EnsureAdministrator(t.Context(), held)
		if err != nil {
			t.Fatal(err)
		}
		return fresh
	}
	if again := ensure(h.admin); again != "" {
		t.Error("a good key was replaced")
	}
	fresh := ensure("lost")
	if fresh == "" || fresh == h.admin {
		t.Fatalf("a lost key gives %q", fresh)
	}
	h.handler = serverOver(t, h.acts, h.logger())
	h.call(h.admin, "GET", "/api/v1/me", nil).refused(http.StatusUnauthorized, award.Forbidden)
	h.call(fresh, "GET", "/api/v1/me", nil).want(http.StatusOK)
	h.admin = fresh
	if ensure(h.officerOf("41")) == "" {
		t.Error("another officer's key was taken for the administrator's")
	}
	var administrators int
	if err := h.db.Get(&administrators, `SELECT count(*) FROM officer WHERE created_by IS NULL`); err != nil || administrators != 1 {
		t.Errorf("%d first administrators, %v", administrators, err)
	}
}
