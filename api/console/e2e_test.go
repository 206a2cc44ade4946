//go:build e2e

package console_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/api/console"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/openid/openidtest"
)

// walker is one community that a walk is made for.
type walker struct {
	Name   string        `json:"name"`
	Key    string        `json:"key"`
	Blocks [][][2]string `json:"blocks"` // place and value of each indicator
}

// TestAWalkInARealBrowser lets deploy/e2e/walk.mjs walk through the pages in
// Chromium. `make e2e` brings what it needs.
func TestAWalkInARealBrowser(t *testing.T) {
	site := httptest.NewUnstartedServer(nil)
	at := openidtest.New(t)
	at.ReturnTo("http://" + site.Listener.Addr().String())
	h := houseOver(t, actstest.New(t), func(o *console.Options) { o.Identities = at.Client(time.Now) })
	h.Run() // a browser's cookies go by the real clock
	round := h.OpenDrill(actstest.Drill{}).ID
	site.Config.Handler = h.handler
	site.Start()
	t.Cleanup(site.Close)

	key := func(o award.Officer) string {
		made, err := h.Acts.CreateKeys(t.Context(), h.Admin, h.Key(), []acts.KeyFor{{Office: o.OfficeCode, Officer: o.ID}})
		require.NoError(t, err)
		return made.Result[0].Key
	}
	rule, err := h.Round(round).Category(award.Community)
	require.NoError(t, err)
	values, place := actstest.Full(rule.Standard), 0
	var blocks [][][2]string
	for _, block := range rule.Standard.Blocks {
		var filled [][2]string
		for range block.Leaves {
			filled = append(filled, [2]string{strconv.Itoa(place), typed(values[place])})
			place++
		}
		blocks = append(blocks, filled)
	}
	walkers := []walker{
		{"伏牛路社区", key(h.Clerk("410102001001")), blocks},
		{"华山路社区", key(h.Clerk("410102001002")), blocks},
	}
	h.own(h.Head("410103"), "zhaoliu")
	handler := h.Clerk("41")
	notice := h.notice(round, "410103001001", "410122001001")
	h.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		SELECT '演练-1', round_id, id, unit_id, category, '全国和谐社区建设示范社区', true, '2026-12-01' FROM application LIMIT 1`)

	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	text := func(v any) string {
		out, err := json.Marshal(v)
		require.NoError(t, err)
		return string(out)
	}
	walk := exec.CommandContext(t.Context(), "node", "walk.mjs")
	walk.Dir = filepath.Join(root, ".local", "e2e", "tool")
	walk.Env = append(os.Environ(),
		"BASE="+site.URL, "SHOTS="+filepath.Join(root, ".local", "e2e"), "ROUND="+round, "NOTICE="+strconv.FormatInt(notice, 10), "TITLE=演练-1", "HANDLER=41[clerk]", "LOGIN=zhaoliu", "PASSWORD="+chosen, "OBJECTED="+actstest.One[string](h.World, `SELECT name FROM unit_version WHERE code = '410103001001' LIMIT 1`),
		"ADMIN="+text(h.administratorPages()), "HELD="+actstest.One[string](h.World, `SELECT min(number) FROM title WHERE NOT drill`), "DESK="+text(h.deskPages(round)), "UNITS="+text(walkers), "KEYS="+text(map[string]string{
			"street": key(h.Clerk(street)), "head": key(h.Head("410102")), "admin": key(h.Admin), "province": key(h.Head("41")), "handler": key(handler),
		}))
	said, err := walk.CombinedOutput()
	t.Log(string(said))
	require.NoError(t, err)
}

// administratorPages lets another administrator propose a change of the calendar,
// and lists the pages of what outlives a round, with names.
func (h *house) administratorPages() [][2]string {
	h.t.Helper()
	change, err := h.Acts.ProposeCalendarChange(h.t.Context(), h.Officer(award.CodeNation, award.RoleAdmin), h.Key(), award.CalendarChange{
		Document: "国办发明电〔2026〕9号", Publishes: 2027, Days: []award.CalendarDay{
			{Date: award.Date{Year: 2027, Month: time.January, Day: 1}, Kind: award.DayOff, Holiday: "元旦"},
			{Date: award.Date{Year: 2027, Month: time.February, Day: 20}, Kind: award.DayWork, Holiday: "春节"},
		},
	})
	require.NoError(h.t, err)
	sample, _ := award.SampleStandard(award.Community)
	drafted, err := h.Acts.DraftStandard(h.t.Context(), h.Admin, h.Key(), sample)
	require.NoError(h.t, err)
	draft := fmt.Sprintf("/standards/%d", drafted.Result.ID)
	h.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
		SELECT '2026-1-社-' || lpad(id::text, 3, '0'), round_id, id, unit_id, category, '全国和谐社区建设示范社区', false, '2026-11-01' FROM application
		WHERE id NOT IN (SELECT application_id FROM title)`)
	title := actstest.One[string](h.World, `SELECT min(number) FROM title WHERE NOT drill`)
	reported, err := h.Acts.ReportTitle(h.t.Context(), h.Admin, h.Key(), acts.TitleReport{
		Title: title, Channel: "letter", Received: award.DateOf(h.Now()), Facts: "居民来信反映社区服务中心从不开门。",
		Reporter: acts.Reporter{Name: "欧阳秉烛", Contact: "0371-60000001"},
	})
	require.NoError(h.t, err)
	held := "/register/titles/" + title
	_, err = h.Acts.StartRechecks(h.t.Context(), h.Admin, h.Key(), acts.StartRechecks{
		Filter: acts.RecheckFilter{Office: "41"}, Due: award.DateOf(h.Now().AddDate(0, 3, 0)), Ground: "命名满两年，按期复查。",
	})
	require.NoError(h.t, err)
	return [][2]string{
		{"administration", "/administration"}, {"calendars", "/calendars"}, {"calendar", "/calendars/2026"},
		{"held-title", held}, {"reports", "/reports"}, {"title-report", fmt.Sprintf("%s/reports/%d", held, reported.Result.ID)}, {"report-new", held + "/reports/new"},
		{"rechecks", "/rechecks"}, {"recheck", "/rechecks/1"}, {"recheck-new", "/rechecks/new"},
		{"standards", "/standards"}, {"standard", "/standards/1"}, {"standard-new", "/standards/new"}, {"standard-draft", draft}, {"standard-publication", draft + "/publication"},
		{"calendar-change-new", "/calendars/changes/new"}, {"calendar-change", fmt.Sprintf("/calendars/changes/%d", change.Result.ID)},
	}
}

// deskPages puts files before Henan and lists the pages of its desk, with names.
func (h *house) deskPages(round string) [][2]string {
	h.t.Helper()
	p := province{house: h, round: round, head: h.Head("41"), at: "/rounds/" + round + "/offices/41"}
	h.Exec(`UPDATE round_office SET passed_up_at = shifan_now() WHERE round_id = $1 AND code = '41'`, round)
	p.inspected("和平路社区", 95)
	p.inspected("建设路社区", 90)
	file := fmt.Sprintf("/rounds/%s/files/%d", round, p.inspected("人民路社区", 90))
	arrived := fmt.Sprintf("/rounds/%s/files/%d", round, p.file("幸福里社区", "at_province"))
	return [][2]string{
		{"sub-items", p.at + "/sub-items/community"}, {"desk", p.at + "/desk"}, {"docket", p.at + "/docket/community"}, {"proposal", p.at + "/proposal"}, {"announcement", p.at + "/notice"},
		{"own-notice", p.at + "/notices/1"}, {"cut", p.at + "/cut"}, {"package", p.at + "/package"}, {"departments", p.at + "/departments"},
		{"report", p.at + "/report"}, {"inspection", arrived + "/inspection"}, {"inspection-sheet", arrived + "/inspection/sheet"},
		{"survey", file + "/survey"}, {"survey-sheet", file + "/survey/sheet"}, {"accounts", "/staff/accounts"},
		{"check-table", "/rounds/" + round + "/self-check-table"}, {"endorsements", "/rounds/" + round + "/endorsements"},
	}
}
