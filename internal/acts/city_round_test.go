package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// TestARoundOfCitiesRunsWhole: 示范市, named irregularly in a round of their own
// with no ratio and so no recommendation limit (N 二), of which each must hold its
// province's title first (D-87); from the opening to the titles, by acts alone.
func TestARoundOfCitiesRunsWhole(t *testing.T) {
	w := actstest.New(t)
	below := w.OpenDrill(actstest.Drill{Owner: "41"}).ID // publishes the samples, too; cities have none
	w.Exec(`INSERT INTO standard (category, version, title, sample, indicators, sha256)
		SELECT 'city', 1, '示范市标准', false, indicators, sha256 FROM standard WHERE category = 'community'`)
	rules := actstest.DrillRules()
	rules.RequiresTitle = []award.Category{award.City}
	round := w.OpenDrill(actstest.Drill{Rules: rules, Categories: []award.CategoryRule{
		{Category: award.City, Title: "全国和谐社区建设示范市", Quota: award.Quota{Places: 2}},
	}})
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM recommendation_limit WHERE round_id = $1`, round.ID), "no ratio, no limit")
	require.Equal(t, 4, len(mustOffices(t, w, round.ID)), "every recommending office, also those without such a city")

	// Two cities apply; the ladder lets in whom a province has named.
	zhengzhou, dongguan := drafted(t, w, round.ID, "4101", award.City), drafted(t, w, round.ID, "4419", award.City)
	_, err := w.Acts.CreateApplication(t.Context(), w.Head("410102"), w.Key(), acts.CreateApplication{Round: round.ID, Unit: "410102", Category: award.City})
	require.Error(t, err, "a district is no city")
	for _, city := range []struct {
		unit, province, below string
		file                  int64
	}{{"4101", "41", below, zhengzhou}, {"4419", "44", w.OpenDrill(actstest.Drill{Owner: "44"}).ID, dongguan}} {
		file := func() (acts.Done[acts.File], error) {
			return w.Acts.FileApplication(t.Context(), w.Head(city.unit), w.Key(), acts.OnFile{Round: round.ID, Application: city.file})
		}
		_, err := file()
		require.ErrorContains(t, err, "title_below_missing")
		w.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on)
			VALUES ($1, $2, $3, $4, 'city', '省级示范市', true, '2026-01-01')`, "省-"+city.unit, city.below, city.file, w.Unit(city.unit))
		filed, err := file()
		require.NoError(t, err)
		require.Equal(t, city.province, filed.Result.WaitingCode, "straight to the province: nobody stands between")
		w.Exec(`DELETE FROM title WHERE application_id = $1`, city.file) // the file's own place in the table
	}

	offices := map[string]province{"41": provinceOf(t, w, round, "41"), "44": provinceOf(t, w, round, "44")}
	files := map[string]int64{"41": zhengzhou, "44": dongguan}
	for _, code := range []string{"41", "44"} {
		p, today := offices[code], award.DateOf(w.Now())
		category, err := round.Category(award.City)
		p.must(err)
		_, err = w.Acts.Inspect(t.Context(), p.head, w.Key(), acts.Inspect{
			Round: round.ID, Application: files[code], Team: "考察组",
			Visits: []award.Visit{{On: today, Methods: []string{"实地走访"}}}, Marks: actstest.Full(category.Standard), Finding: "达标",
		})
		p.must(err)
		_, err = w.Acts.Survey(t.Context(), p.head, w.Key(), acts.SaveSurvey{
			Round: round.ID, Application: files[code], Method: "入户", FirstDay: today, LastDay: today,
			Answers: award.Survey{Satisfied: 90, Basically: 8, Dissatisfied: 2},
		})
		p.must(err)
		p.send(files[code])
	}
	for _, code := range []string{"11", "BT"} { // they have no such city and are closed by name
		w.Exec(`UPDATE office_stage SET due_at = shifan_now(), overdue_at = shifan_now() WHERE round_id = $1 AND office_id = $2 AND stage = 'recommendation'`, round.ID, w.Unit(code))
		_, err := w.Acts.CloseOffice(t.Context(), w.Admin, w.Key(), round.ID, code, "没有符合条件的城市")
		require.NoError(t, err)
	}

	// The nation marks both, has one candidate only (宁缺勿滥), and names it.
	p := offices["41"]
	frozen, err := w.Acts.FreezeList(t.Context(), round.ID)
	require.NoError(t, err)
	require.True(t, frozen)
	category, err := round.Category(award.City)
	require.NoError(t, err)
	p.must(p.mark(
		acts.NationalMarks{Application: zhengzhou, Marks: actstest.Full(category.Standard)},
		acts.NationalMarks{Application: dongguan, Marks: make([]award.Points, len(actstest.Full(category.Standard)))},
	))
	p.must(p.completeMarks())
	p.scorePage(zhengzhou, dongguan)
	p.must(w.Acts.EndBatch(t.Context(), award.Page{Round: round.ID, Job: award.JobScore, Number: 1}, award.PageResult{Done: 2}))
	_, err = p.fix()
	p.must(err)
	require.Equal(t, []string{"candidate", "not_selected"}, p.states(zhengzhou, dongguan))
	p.nationalNotice()
	named, err := p.decide(w.Now())
	p.must(err)
	require.Equal(t, map[award.Category]int{award.City: 1}, named.Named)
	titles, err := w.Acts.Titles(t.Context(), w.Admin, round.ID, "")
	p.must(err)
	require.Len(t, titles, 1)
	require.Equal(t, "全国和谐社区建设示范市", titles[0].Text)
	require.Equal(t, []string{"named", "not_selected"}, p.states(zhengzhou, dongguan))
}

func mustOffices(t *testing.T, w *actstest.World, round string) []acts.OfficeStanding {
	t.Helper()
	offices, err := w.Acts.Offices(t.Context(), w.Admin, round)
	require.NoError(t, err)
	return offices
}
