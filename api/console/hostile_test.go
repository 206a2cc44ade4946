package console_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"shifan/api/console"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// noPages are the addresses that answer with something other than a page, and
// with what.
func noPages() map[string]string {
	const workbook, paper = "a workbook", "a file as it was sent, to be kept and not shown"
	return map[string]string{
		"/static/:file":                                               "the sheet and the mark",
		"/evidence/:sha256":                                           paper,
		"/objections/:objection/files/:sha256":                        paper,
		"/titles/:number/qr.png":                                      "a picture of an address",
		"/rounds/:round/units/:unit/archive":                          "a ZIP, which has a test of its own",
		"/rounds/:round/files/:file/comparison":                       workbook,
		"/rounds/:round/self-check-table/workbook":                    workbook,
		"/standards/:standard/workbook":                               workbook,
		"/standards/:standard/text":                                   "a standard as JSON, to be kept",
		"/rounds/:round/offices/:office/sub-items/:category/workbook": workbook,
		"/staff/accounts/workbook":                                    workbook,
		"/rounds/:round/offices/:office/departments/workbook":         workbook,
		"/rounds/:round/offices/:office/docket/:category/workbook":    workbook,
	}
}

// look is one page as one reader sees it.
type look struct {
	by *browser
	at string
}

// TestEveryPageOfTheConsoleIsHarmlessHoweverHostileWhatPeopleWrote visits every
// address that the console serves, in both languages. An address that is neither
// visited nor named as no page fails it.
func TestEveryPageOfTheConsoleIsHarmlessHoweverHostileWhatPeopleWrote(t *testing.T) {
	looks, h := hostileLooks(t)
	pages, err := console.New(console.Options{Acts: h.Acts, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	always := func(*gin.Context) bool { return true }
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	pages.Serve(engine, always, always)
	named := noPages()
	for _, route := range engine.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		if named[route.Path] == "" && looks[route.Path] == nil {
			t.Errorf("nobody looks at %s: add it to hostileLooks, or to noPages with the reason", route.Path)
		}
		delete(named, route.Path)
	}
	require.Empty(t, named, "these addresses are not served")

	hostilePages := 0
	for _, language := range []string{"zh-CN", "en"} {
		spoken := make(map[*browser]bool)
		for route, seen := range looks {
			for _, l := range seen {
				if !spoken[l.by] {
					l.by.get("/titles").post("/preferences", "language", language, "back", "/titles")
					spoken[l.by] = true
				}
				l.by.get(l.at).whole(http.StatusOK)
				require.NotContains(t, l.by.body, "<u>", route)
				require.NotContains(t, l.by.body, "alert(\"名", route)
				if strings.Contains(l.by.body, "&lt;script&gt;") || strings.Contains(l.by.body, "&lt;u&gt;") {
					hostilePages++
					require.Regexp(t, "𠮷|𪚥", l.by.body, route)
				}
			}
		}
	}
	require.Greater(t, hostilePages, 2*35, "the scene is not hostile enough")
}

// hostileLooks is a country in which everybody writes hostile text, and where it
// is looked at, by address.
func hostileLooks(t *testing.T) (map[string][]look, *house) {
	t.Helper()
	const noticed = "410103001001"
	w := actstest.New(t)
	for _, code := range []string{community, street, noticed, "41"} {
		w.Exec(`UPDATE unit_version SET name = $1 WHERE code = $2`, hostile, code)
	}
	h := houseOver(t, w)
	p := provinceOver(h, hostile, 95, 90)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		require.NoError(t, err)
	}
	h.Exec(`UPDATE round SET title = $1, document_number = $1, approval_number = $1`, hostile)

	// A community checks itself, shows a paper and applies; its street returns it.
	clerk := h.as(w.Clerk(community)).checks(p.round, community, award.Community)
	check := "/rounds/" + p.round + "/self-checks/" + community + "/community"
	papers := check + "/evidence/1.1"
	clerk.get(papers).upload(papers, clerk.tokens(), "file", "<u>台账𪚥.pdf", actstest.PDF("台账"))
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	file := clerk.get(check).applies(p.round, hostile)
	clerk.get(file+"/form").post(file+"/form", "form-unit", hostile, "form-head", "<u>李</u>𠮷", "file", "1")
	require.Equal(t, http.StatusSeeOther, clerk.status, clerk.body)
	office := h.as(w.Head(street)).get(file)
	office.post(file+"/endorsement", "opinion", "return", "text", hostile, "clerk", "<u>张三</u>", "return_to", community)
	require.Equal(t, http.StatusSeeOther, office.status, office.body)

	// The province's body meets, and departments are asked.
	h.Convene(p.head, p.round, "41", 3)
	h.Exec(`UPDATE committee_member SET name = $1 || id, unit = $1`, hostile)
	h.Exec(`UPDATE committee_meeting SET minutes = $1, place = $1`, hostile)
	_, err := h.Acts.TableMotions(ctx, p.head, h.Key(), acts.TableMotionsInput{
		Round: p.round, Office: "41", Meeting: 1, Kind: award.MotionList, Applications: p.files,
	})
	must(err)
	_, err = h.Acts.AskDepartments(ctx, p.head, h.Key(), acts.AskDepartmentsInput{Round: p.round, Office: "41", Asking: acts.Asking{
		Number: hostile, AskedOn: award.DateOf(h.Now()), DueOn: award.DateOf(h.Now()), Departments: []string{"<u>公安厅𪚥"},
	}})
	must(err)

	// A list is before the public; a citizen objects, and facts are to be checked.
	notice := h.notice(p.round, noticed)
	h.Exec(`UPDATE public_notice_evidence SET name = $1`, hostile)
	_, err = h.Acts.FileObjection(ctx, h.Key(), acts.ObjectionInput{
		Notice: notice, Unit: noticed, Facts: hostile, Objector: &acts.Objector{Kind: award.ObjectorPerson, Name: "<u>欧阳𪚥", Contact: "<u>0371"},
	})
	must(err)
	objection := actstest.One[int64](w, `SELECT max(id) FROM objection`)
	handler := w.Clerk("41")
	_, err = h.Acts.AssignObjection(ctx, p.head, h.Key(), objection, handler.ID)
	must(err)
	_, err = h.Acts.AdmitObjection(ctx, handler, h.Key(), acts.AdmitObjection{Objection: objection, Admitted: true})
	must(err)
	_, err = h.Acts.Commission(ctx, handler, h.Key(), acts.CommissionInput{
		Objection: objection, Office: "410103", Text: "<u>请核查</u>𪚥", Due: h.Now().Add(3 * actstest.Day),
	})
	must(err)

	// The nation has the list: experts, a spot check, a title.
	h.Exec(`UPDATE round SET rules = rules || '{"experts_per_file": 2}', list_frozen_at = shifan_now(), list_sha256 = decode(repeat('ab', 32), 'hex') WHERE id = $1`, p.round)
	h.Exec(`UPDATE application SET state = 'reviewed' WHERE id = $1`, p.files[0])
	h.Exec(`INSERT INTO office_stage (round_id, office_id, stage, due_at) VALUES ($1, $2, 'assessment', shifan_now() + interval '9 hours')
		ON CONFLICT ON CONSTRAINT office_stage_pkey DO UPDATE SET state = 'open'`, p.round, w.Admin.Office)
	pool := w.Experts(2)
	h.Exec(`UPDATE officer SET name = $1 WHERE name LIKE '专家%'`, hostile)
	plan, err := h.Acts.ProposeAssignment(ctx, w.Admin, p.round)
	must(err)
	_, err = h.Acts.AssignExperts(ctx, w.Admin, h.Key(), p.round, plan.SHA256)
	must(err)
	h.Exec(`INSERT INTO spot_check (round_id, commitment, drawn_at, published_at) VALUES ($1, decode(repeat('ab', 32), 'hex'), now(), now())`, p.round)
	h.Exec(`INSERT INTO spot_check_seed (round_id, seed) VALUES ($1, decode(repeat('cd', 32), 'hex'))`, p.round)
	h.Exec(`INSERT INTO frozen_unit (application_id, round_id, category, office_code, code, name, place) VALUES ($1, $2, 'community', '41', '419', $3, 1)`,
		p.files[0], p.round, hostile)
	h.Exec(`INSERT INTO spot_check_unit (application_id, sampled_as, reason, officer_id) VALUES ($1, 'by_hand', $2, $3)`, p.files[0], hostile, w.Admin.ID)
	h.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		SELECT 'T-<u>', round_id, id, unit_id, category, $1, true, '2026-12-01' FROM application WHERE id = $2`, hostile, p.files[1])
	draft := w.Draft(actstest.Drill{})
	h.Exec(`UPDATE round SET title = $1 WHERE id = $2`, hostile, draft)

	expert := pool[0]
	expert.OfficeCode = w.Admin.OfficeCode // whose key it is
	admin, head, anyone, marker := h.as(w.Admin), h.as(p.head), h.browser(), h.as(expert)
	admin.get("/calendars/changes/new").post("/calendars/changes", "document", hostile, "publishes", "2027", "days", "2027-01-01 放假 <u>元旦𪚥")
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	change := strings.Split(admin.header.Get("Location"), "?")[0]
	s := sampleOf(t, award.Community)
	s.Title, s.Blocks[0].Leaves[0].Title = hostile, "<u>指标𪚥"
	admin.get("/standards/new").upload("/standards", admin.fill("/standards"), "file", "标准.xlsx", workbookOf(t, s))
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	standard := strings.Split(admin.header.Get("Location"), "?")[0]

	// A holder is reported, and titles are re-checked.
	number := url.PathEscape(h.entitled(hostile, "410102001002")[0])
	held := "/register/titles/" + number
	keeper := h.as(w.Clerk("41")).get(held + "/reports/new")
	keeper.post(held+"/reports", "channel", "letter", "received", "2026-11-02", "facts", hostile)
	require.Equal(t, http.StatusSeeOther, keeper.status, keeper.body)
	report := strings.Split(keeper.header.Get("Location"), "?")[0]
	admin.get("/rechecks/new?year=2026").post("/rechecks", "due", "2026-12-31", "reason", hostile, "document", hostile)
	require.Equal(t, http.StatusSeeOther, admin.status, admin.body)
	recheck := strings.Split(admin.header.Get("Location"), "?")[0]
	round, at := "/rounds/"+p.round, p.at
	shown := fmt.Sprintf("%s/files/%d", round, p.files[0])
	arrived := fmt.Sprintf("%s/files/%d", round, p.arrived)
	department := "?department=" + url.QueryEscape("<u>公安厅𪚥")
	by := func(b *browser, paths ...string) []look {
		var seen []look
		for _, path := range paths {
			seen = append(seen, look{b, path})
		}
		return seen
	}
	drafts := make([]string, 0, 7)
	for _, step := range []string{"document", "categories", "dates", "rules", "standards", "forms", "check"} {
		drafts = append(drafts, "/rounds/"+draft+"/draft/"+step)
	}
	return map[string][]look{
		"/":                      by(anyone, "/"),
		"/notices":               by(anyone, "/notices"),
		"/notices/:id":           by(anyone, fmt.Sprintf("/notices/%d", notice)),
		"/notices/:id/objection": by(anyone, fmt.Sprintf("/notices/%d/objection?unit=%s", notice, noticed), fmt.Sprintf("/notices/%d/objection?q=%s", notice, url.QueryEscape(hostile))),
		"/receipts":              by(anyone, "/receipts"),
		"/titles":                by(anyone, "/titles?number="+url.QueryEscape(hostile)),
		"/titles/:number":        by(anyone, "/titles/T-%3Cu%3E"),
		"/progress":              by(anyone, "/progress?year=2026"),
		"/spot-checks/:round":    by(anyone, "/spot-checks/"+p.round),
		"/sign-in":               by(anyone, "/sign-in?next="+url.QueryEscape("/"+hostile)),

		"/password":       by(clerk, "/password"),
		"/todo":           append(by(clerk, "/todo"), append(by(office, "/todo"), by(head, "/todo")...)...),
		"/messages":       by(clerk, "/messages"),
		"/staff":          by(head, "/staff"),
		"/staff/accounts": by(head, "/staff/accounts"),
		"/files":          by(clerk, "/files"),
		"/marking":        by(marker, "/marking"),
		"/commissions":    by(h.as(w.Clerk("410103")), "/commissions"),

		"/rounds":                                                   by(admin, "/rounds"),
		"/rounds/:round":                                            append(by(admin, round), by(clerk, round)...),
		"/rounds/:round/units":                                      by(office, round+"/units"),
		"/rounds/:round/files":                                      by(head, round+"/files"),
		"/rounds/:round/files/:file":                                append(by(clerk, file), by(head, shown, arrived)...),
		"/rounds/:round/files/:file/form":                           by(clerk, file+"/form"),
		"/rounds/:round/endorsements":                               by(office, round+"/endorsements"),
		"/rounds/:round/self-check-table":                           by(office, round+"/self-check-table"),
		"/rounds/:round/limits":                                     by(admin, round+"/limits"),
		"/rounds/:round/log":                                        by(admin, round+"/log"),
		"/rounds/:round/log/verification":                           by(h.as(w.Officer("0", award.RoleAuditor)), round+"/log/verification"),
		"/rounds/:round/self-checks/:unit/:category":                by(clerk, check+"?block=1", check+"?block=4"),
		"/rounds/:round/self-checks/:unit/:category/evidence/:leaf": by(clerk, papers),

		"/rounds/:round/offices/:office":                   by(admin, at),
		"/rounds/:round/offices/:office/desk":              by(head, at+"/desk"),
		"/rounds/:round/offices/:office/docket/:category":  by(head, at+"/docket/community"),
		"/rounds/:round/offices/:office/proposal":          by(head, at+"/proposal"),
		"/rounds/:round/offices/:office/notice":            by(head, at+"/notice"),
		"/rounds/:round/offices/:office/notices/:number":   by(head, at+"/notices/1"),
		"/rounds/:round/offices/:office/cut":               by(head, at+"/cut"),
		"/rounds/:round/offices/:office/package":           append(by(head, at+"/package"), by(admin, at+"/package")...),
		"/rounds/:round/offices/:office/report":            by(head, at+"/report"),
		"/rounds/:round/offices/:office/departments":       by(head, at+"/departments", at+"/departments"+department),
		"/rounds/:round/offices/:office/departments/sheet": by(head, at+"/departments/sheet"+department),
		"/rounds/:round/files/:file/inspection":            by(head, shown+"/inspection", arrived+"/inspection"),
		"/rounds/:round/files/:file/inspection/sheet":      by(head, arrived+"/inspection/sheet"),
		"/rounds/:round/files/:file/survey":                by(head, shown+"/survey", arrived+"/survey"),
		"/rounds/:round/files/:file/survey/sheet":          by(head, arrived+"/survey/sheet"),

		"/drafts/new":                                        by(admin, "/drafts/new"),
		"/rounds/:round/draft/:step":                         by(admin, drafts...),
		"/rounds/:round/levers/:lever":                       by(admin, round+"/levers/move-date", round+"/levers/reopen?office=41"),
		"/rounds/:round/commendation":                        by(admin, round+"/commendation"),
		"/rounds/:round/marks":                               by(admin, round+"/marks"),
		"/rounds/:round/marks/:file":                         by(admin, fmt.Sprintf("%s/marks/%d", round, p.files[0])),
		"/rounds/:round/visits":                              by(admin, round+"/visits"),
		"/rounds/:round/visits/:file":                        by(admin, fmt.Sprintf("%s/visits/%d", round, p.files[0])),
		"/rounds/:round/visits/:file/sheet":                  by(admin, fmt.Sprintf("%s/visits/%d/sheet", round, p.files[0])),
		"/rounds/:round/experts":                             by(admin, round+"/experts"),
		"/rounds/:round/experts/:officer":                    by(admin, fmt.Sprintf("%s/experts/%d", round, pool[0].ID)),
		"/rounds/:round/marking/:file":                       by(marker, fmt.Sprintf("%s/marking/%d", round, p.files[0])),
		"/rounds/:round/committees/:office":                  by(head, round+"/committees/41"),
		"/rounds/:round/committees/:office/motions/:motion":  by(head, round+"/committees/41/motions/1"),
		"/standards":                                         by(admin, "/standards"),
		"/standards/new":                                     by(admin, "/standards/new"),
		"/standards/:standard":                               by(admin, standard),
		"/standards/:standard/publication":                   by(admin, standard+"/publication"),
		"/rounds/:round/offices/:office/sub-items/:category": by(head, at+"/sub-items/community"),
		"/rechecks":                                          by(admin, "/rechecks"),
		"/rechecks/new":                                      by(admin, "/rechecks/new?year=2026"),
		"/rechecks/:recheck":                                 by(admin, recheck),
		"/reports":                                           by(keeper, "/reports"),
		"/register/titles/:number/reports/new":               by(keeper, held+"/reports/new"),
		"/register/titles/:number/reports/:report":           by(keeper, report),
		"/titles/:number/report":                             by(anyone, "/titles/"+number+"/report"),
		"/administration":                                    by(admin, "/administration"),
		"/calendars":                                         by(admin, "/calendars"),
		"/calendars/:year":                                   by(admin, "/calendars/2026"),
		"/calendars/changes/new":                             by(admin, "/calendars/changes/new"),
		"/calendars/changes/:change":                         by(admin, change),
		"/register/titles":                                   by(admin, "/register/titles"),
		"/register/titles/:number":                           by(admin, "/register/titles/T-%3Cu%3E"),

		"/objections":            by(head, "/objections"),
		"/objections/new":        by(head, "/objections/new", fmt.Sprintf("/objections/new?notice=%d&unit=%s", notice, noticed)),
		"/objections/:objection": append(by(head, fmt.Sprintf("/objections/%d", objection)), by(h.as(handler), fmt.Sprintf("/objections/%d", objection))...),
	}, h
}
