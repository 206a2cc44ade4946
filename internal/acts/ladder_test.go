package acts_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// drafted makes a self-check that passes and a whole draft, and returns its file.
func drafted(t *testing.T, w *actstest.World, round, unit string, category award.Category) int64 {
	t.Helper()
	rule, err := w.Round(round).Category(category)
	require.NoError(t, err)
	head := w.Head(unit)
	_, err = w.Acts.SaveSelfCheck(t.Context(), head, w.Key(), acts.SaveSelfCheck{Round: round, Unit: unit, Category: category, Marks: actstest.Full(rule.Standard)})
	require.NoError(t, err)
	made, err := w.Acts.CreateApplication(t.Context(), head, w.Key(), acts.CreateApplication{
		Round: round, Unit: unit, Category: category,
		Form: map[string]string{"head": "负责人", "contact": "0371-00000000", "residents": "8000", "staff": "12", "deeds": "服务到家"},
	})
	require.NoError(t, err)
	return made.Result.ID
}

func TestARoundMayAskForATitleGivenBelow(t *testing.T) {
	w := actstest.New(t)
	rules := actstest.DrillRules()
	rules.RequiresTitle = []award.Category{award.Community}
	below, other := w.OpenDrill(actstest.Drill{Owner: "41"}).ID, w.OpenDrill(actstest.Drill{Owner: "44"}).ID
	round := w.OpenDrill(actstest.Drill{Rules: rules}).ID
	const unit = "410102001001"
	id := drafted(t, w, round, unit, award.Community)
	file := func() error {
		_, err := w.Acts.FileApplication(t.Context(), w.Head(unit), w.Key(), acts.OnFile{Round: round, Application: id})
		return err
	}
	title := func(of, category, state string, drill bool) {
		w.Exec(`DELETE FROM title`)
		w.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on, state)
			VALUES ('号', $1, $2, $3, $4, '示范社区', $5, '2026-01-01', $6)`, of, id, w.Unit(unit), category, drill, state)
	}
	for name, give := range map[string]func(){
		"none":                   func() {},
		"of another category":    func() { title(below, "street", "active", true) },
		"revoked":                func() { title(below, "community", "revoked", true) },
		"being rectified":        func() { title(below, "community", "rectifying", true) },
		"of the owner itself":    func() { title(round, "community", "active", true) },
		"given elsewhere":        func() { title(other, "community", "active", true) },
		"a real one, in a drill": func() { title(below, "community", "active", false) },
	} {
		give()
		refusal, ok := errors.AsType[*award.Error](file())
		require.True(t, ok, name)
		require.Equal(t, []award.Defect{{Pointer: "/unit", Key: "title_below_missing", Args: []any{"全国和谐社区建设示范社区"}}}, refusal.Fields, name)
	}
	title(round, "community", "active", false)
	require.ErrorContains(t, file(), "title_holder", "who holds what the round gives")
	title(below, "community", "kept", true)
	require.NoError(t, file())

	street := drafted(t, w, round, "410102001", award.Street) // the rule is of communities alone
	_, err := w.Acts.FileApplication(t.Context(), w.Head("410102001"), w.Key(), acts.OnFile{Round: round, Application: street})
	require.NoError(t, err)
}

// TestAProvincesRoundRunsWhole: its prefectures recommend, its own office
// assesses, gives notice and names; nothing of it is the nation's.
func TestAProvincesRoundRunsWhole(t *testing.T) {
	w := actstest.New(t)
	w.Admin = w.Officer("41", award.RoleAdmin, award.RoleHead) // whose round it is
	round := w.OpenDrill(actstest.Drill{Owner: "41", Categories: []award.CategoryRule{
		{Category: award.Community, Title: "河南省和谐社区建设示范社区", Quota: award.Quota{Places: 2, Ratio: 2}},
	}})
	climbing := drafted(t, w, round.ID, "410102001001", award.Community)
	filed, err := w.Acts.FileApplication(t.Context(), w.Head("410102001001"), w.Key(), acts.OnFile{Round: round.ID, Application: climbing})
	require.NoError(t, err)
	require.Equal(t, "410102001", filed.Result.WaitingCode)

	p := provinceOf(t, w, round, "4101")
	f := p.scored(award.Community, 95, 90)
	_, err = p.fix()
	p.must(err)
	done, err := p.Acts.AnnounceNotice(t.Context(), w.Admin, p.Key(), acts.AnnounceNoticeInput{
		Round: round.ID, Office: "41",
		Evidence: []award.Evidence{
			{Medium: award.CentralMedium, Name: "河南日报", PublishedAt: p.Now()}, {Medium: award.Website, Name: "省民政厅网站", PublishedAt: p.Now()},
		},
	})
	p.must(err)
	p.At(done.Result.FinalAt)
	_, err = p.Acts.EndNotice(t.Context(), round.ID, done.Result.Number)
	p.must(err)
	named, err := p.decide(p.Now())
	p.must(err)
	require.Equal(t, 2, named.Named[award.Community])
	require.Equal(t, []string{"named", "named"}, p.states(f...))
	titles, err := p.Acts.Titles(t.Context(), w.Admin, round.ID, "")
	p.must(err)
	require.Equal(t, "河南省和谐社区建设示范社区", titles[0].Text)
	_, err = p.Acts.Round(t.Context(), w.Head("44"), round.ID)
	require.Equal(t, award.NotFound, award.CodeOf(err), "another province has no part in it")
}

func TestARoundOfVillagesTakesVillagesAlone(t *testing.T) {
	w := actstest.New(t)
	w.OpenDrill(actstest.Drill{}) // publishes the samples; villages have none, and need a standard of their own
	w.Exec(`INSERT INTO standard (category, version, title, sample, indicators, sha256)
		SELECT 'village', 1, '示范村标准', false, indicators, sha256 FROM standard WHERE category = 'community'`)
	round := w.OpenDrill(actstest.Drill{Owner: "41", Categories: []award.CategoryRule{
		{Category: award.Village, Quota: award.Quota{Places: 2, Ratio: 150}},
	}})
	require.Equal(t, "4101 1 1", actstest.One[string](w, `
		SELECT string_agg(format('%s %s %s', o.code, l.eligible, l.places), ', ' ORDER BY o.code)
		FROM recommendation_limit l JOIN round_office o USING (round_id, office_id) WHERE l.round_id = $1`, round.ID), "the only village (D-18)")
	id := drafted(t, w, round.ID, "410122100201", award.Village)
	filed, err := w.Acts.FileApplication(t.Context(), w.Head("410122100201"), w.Key(), acts.OnFile{Round: round.ID, Application: id})
	require.NoError(t, err)
	require.Equal(t, "410122100", filed.Result.WaitingCode, "its town")
	_, err = w.Acts.CreateApplication(t.Context(), w.Head("410102001001"), w.Key(), acts.CreateApplication{Round: round.ID, Unit: "410102001001", Category: award.Village})
	require.Error(t, err)
}
