package acts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// frozenTables are what opening a round writes.
var frozenTables = []string{
	"round", "round_category", "round_unit", "round_office", "intake", "office_stage", "recommendation_limit",
	"standard", "message", "audit", "batch_failure",
}

func TestOpeningBeginsToFreezeAndTellsTheProcedure(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{})
	done, err := w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
	require.NoError(t, err)
	require.Equal(t, award.RoundOpening, done.Result.State)
	require.Equal(t, acts.ToldInformed, done.Receipt.Procedure)
	require.Equal(t, []string{"round/" + id}, w.Procedure.Told(award.ActOpenRound))

	_, err = w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
	requireRefused(t, err, award.Conflict, "round_move")
}

func TestARoundOpensWhileTheProcedureIsDown(t *testing.T) {
	w := actstest.New(t)
	w.Procedure.Down(true)
	id := w.Draft(actstest.Drill{})
	done, err := w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
	require.NoError(t, err)
	require.Equal(t, acts.ToldPending, done.Receipt.Procedure)

	w.Procedure.Down(false)
	sent, err := w.Acts.Relay(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, sent)
	require.Equal(t, []string{"round/" + id}, w.Procedure.Told(award.ActOpenRound))
}

func TestARoundIsNotOpenedWithoutWhatItNeeds(t *testing.T) {
	for name, c := range map[string]struct {
		drill actstest.Drill
		code  award.Code
		key   string
		says  string
	}{
		"an office without a single eligible unit is named": {
			drill: actstest.Drill{Categories: []award.CategoryRule{{Category: award.District, Quota: award.Quota{Places: 1, Ratio: 1}}}},
			code:  award.Incomplete, key: "office_without_units", says: "44 广东省",
		},
		"a category without a standard is named": {
			drill: actstest.Drill{Categories: []award.CategoryRule{{Category: award.Village, Quota: award.Quota{Places: 1, Ratio: 1}}}},
			code:  award.Incomplete, key: "standard_missing", says: award.Village.FullTitle(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := actstest.New(t)
			id := w.Draft(c.drill)
			_, err := w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
			requireRefused(t, err, c.code, c.key)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "41 河南省", "an office that has units is not named")
			require.Equal(t, award.RoundDraft, w.Round(id).State)
		})
	}
}

func TestARoundNeedsARegisterOnItsDay(t *testing.T) {
	w := actstest.New(t)
	in := definition()
	in.RegistryDate = award.Date{Year: 2019, Month: 12, Day: 31} // the register begins the next day
	draft, err := w.Acts.CreateRound(t.Context(), w.Admin, w.Key(), in)
	require.NoError(t, err)
	_, err = w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), draft.Result.ID)
	requireRefused(t, err, award.Incomplete, "register_empty")
}

func TestADraftThatLayTooLongIsNotOpened(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{})
	w.At(w.Round(id).Dates.SelfCheckCloses)
	_, err := w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
	requireRefused(t, err, award.Invalid, "round_defects")
	require.Equal(t, []string{"/dates/self_check date_past"}, defects(err))
}

func TestTheRegisterIsFrozenWithEveryChain(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	for _, c := range []struct{ unit, office, chain string }{
		{"410102001001", "41", "0 41 4101 410102 410102001 410102001001"},
		{"110101001001", "11", "0 11 110101 110101001 110101001001"}, // a municipality has no prefecture
		{"441900003001", "44", "0 44 4419 441900003 441900003001"},   // no county level
		{"659001001001", "BT", "0 BT 659001 659001001 659001001001"}, // counts for the Corps
		{"41", "41", "0 41"},
		{"0", "", "0"},
	} {
		t.Run(c.unit, func(t *testing.T) {
			require.Equal(t, c.chain, actstest.One[string](w, `
				SELECT string_agg(v.code, ' ' ORDER BY p.n) FROM round_unit u, unnest(u.path) WITH ORDINALITY AS p (id, n)
				JOIN unit_version v ON v.unit_id = p.id WHERE u.round_id = $1 AND u.code = $2`, r.ID, c.unit))
			require.Equal(t, c.office, actstest.One[string](w, `
				SELECT coalesce((SELECT o.code FROM unit_version o WHERE o.unit_id = u.office_id), '') FROM round_unit u
				WHERE u.round_id = $1 AND u.code = $2`, r.ID, c.unit))
		})
	}
	require.Equal(t, actstest.One[int](w, `SELECT count(*) FROM unit`), actstest.One[int](w, `SELECT count(*) FROM round_unit`))
}

func TestLimitsCountWhatIsEligibleAndPrintTheirBasis(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	limits, err := w.Acts.Limits(t.Context(), w.Admin, r.ID)
	require.NoError(t, err)
	got := make(map[string]int)
	for _, l := range limits {
		got[l.OfficeCode+" "+string(l.Category)] = l.Places
	}
	require.Equal(t, map[string]int{
		"11 district": 1, "11 street": 1, "11 community": 2, // 2, 3 and 4 by 2
		"41 district": 1, "41 street": 2, "41 community": 3, // 3 (the unsure 新密市 is none), 5, 7 (the village is none)
		"44 district": 0, "44 street": 1, "44 community": 1, // nobody: no place
		"BT district": 1, "BT street": 1, "BT community": 1, // one: at least one place
	}, got)
	require.Equal(t, "7 个单位(名录,2026-11-02)÷ 2,向下取整,至少 1 = 3", limitOf(t, limits, "41", award.Community).Basis())
}

func limitOf(t *testing.T, limits []acts.Limit, office string, category award.Category) acts.Limit {
	t.Helper()
	for _, l := range limits {
		if l.OfficeCode == office && l.Category == category {
			return l
		}
	}
	t.Fatalf("no limit of %s in %s", office, category)
	return acts.Limit{}
}

func TestOpeningTwiceLeavesTheSameRecord(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	before := digestOf(w, frozenTables...)
	w.Exec(`UPDATE unit_version SET name = '改名' WHERE code = '41'`) // what comes later is none of the round's
	after := digestOf(w, frozenTables...)
	w.Freeze(r.ID)
	require.Equal(t, before, after)
	require.Equal(t, before, digestOf(w, frozenTables...))
	require.Equal(t, "河南省", w.Office(r.ID, "41").Name)
}

func TestAPageFrozenTwiceBeforeOpeningCountsTheSame(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{})
	_, err := w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
	require.NoError(t, err)
	page := award.Page{Round: id, Job: award.JobFreeze, Number: 1, From: 0, To: 7}
	first, err := w.Acts.FreezePage(t.Context(), page)
	require.NoError(t, err)
	second, err := w.Acts.FreezePage(t.Context(), page)
	require.NoError(t, err)
	require.Equal(t, award.PageResult{Done: 7}, first)
	require.Equal(t, first, second)
	require.Equal(t, 7, actstest.One[int](w, `SELECT count(*) FROM round_unit`))

	empty, err := w.Acts.FreezePage(t.Context(), award.Page{Round: id, Job: award.JobFreeze, Number: 1, From: 7, To: 7})
	require.NoError(t, err)
	require.Equal(t, award.PageResult{}, empty)
}

func TestTheRegisterIsThatOfTheRegistryDate(t *testing.T) {
	w := actstest.New(t)
	w.Exec(`UPDATE unit_version SET valid_to = '2026-06-01' WHERE code = '410103'`)
	w.Exec(`INSERT INTO unit_version (unit_id, valid_from, code, name, kind, kind_sure, parent_id, source)
		SELECT unit_id, '2026-06-01', '410199', '新二七区', kind, kind_sure, parent_id, source FROM unit_version WHERE code = '410103'`)
	in := definition()
	in.RegistryDate = award.Date{Year: 2026, Month: 5, Day: 31}
	draft, err := w.Acts.CreateRound(t.Context(), w.Admin, w.Key(), in)
	require.NoError(t, err)
	_, err = w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), draft.Result.ID)
	require.NoError(t, err)
	w.Freeze(draft.Result.ID)
	codes := func(round string) string {
		return actstest.One[string](w, `SELECT string_agg(code, ' ') FROM round_unit WHERE round_id = $1 AND code IN ('410103', '410199')`, round)
	}
	require.Equal(t, "410103", codes(draft.Result.ID), "the last day of the old version")
	require.Equal(t, "410199", codes(w.OpenDrill(actstest.Drill{}).ID))
}

func TestAUnitWhoseChainIsBrokenIsListedAndTheOthersGoOn(t *testing.T) {
	w := actstest.New(t)
	w.Exec(`UPDATE unit_version SET valid_to = '2026-01-01' WHERE code = '441900003'`) // its community stays behind
	r := w.OpenDrill(actstest.Drill{})
	require.Equal(t, award.RoundOpen, r.State)
	require.Equal(t, "chain_broken", actstest.One[string](w,
		`SELECT reason FROM batch_failure WHERE subject = 'unit/' || $1::bigint`, w.Unit("441900003001")))
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM batch_failure`))
	limits, err := w.Acts.Limits(t.Context(), w.Admin, r.ID)
	require.NoError(t, err)
	require.Equal(t, 1, limitOf(t, limits, "44", award.Community).Eligible)
}

func TestAProvincesRoundEndsAtItsSubtree(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{Owner: "41", Categories: []award.CategoryRule{
		{Category: award.Street, Quota: award.Quota{Places: 2, Ratio: 3}},
	}})
	require.Equal(t, "4101", actstest.One[string](w, `SELECT string_agg(code, ' ' ORDER BY code) FROM round_office WHERE round_id = $1`, r.ID),
		"its next level recommends")
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM round_unit WHERE code NOT LIKE '41%'`))
	require.Equal(t, w.Unit("4101"), actstest.One[int64](w, `SELECT office_id FROM round_unit WHERE code = '410122100001'`))
	require.Equal(t, w.Unit(award.CodeNation), actstest.One[int64](w, `SELECT path[1] FROM round_unit WHERE code = '41'`), "the chain is whole")
	require.Equal(t, 1, actstest.One[int](w, `SELECT places FROM recommendation_limit`), "5 by 3")
}

func TestASampleStandardIsPublishedOnceAndFrozen(t *testing.T) {
	w := actstest.New(t)
	first, second := w.OpenDrill(actstest.Drill{}), w.OpenDrill(actstest.Drill{})
	require.Equal(t, 3, actstest.One[int](w, `SELECT count(*) FROM standard`))
	sample, _ := award.SampleStandard(award.District)
	digest := sample.Digest()
	for _, r := range []acts.Round{first, second} {
		rule, rules, err := w.Acts.Standard(t.Context(), w.Clerk("410102"), r.ID, award.District)
		require.NoError(t, err)
		require.Equal(t, sample, rule.Standard)
		require.Equal(t, digest[:], rule.StandardSHA256)
		require.Equal(t, rule.Standard.Digest(), digest, "read back, it proves the same")
		require.Equal(t, award.Points(80_00), rules.PassMark)
	}
	w.Exec(`INSERT INTO standard (category, version, title, sample, indicators, sha256)
		SELECT category, 2, '新版', false, indicators, sha256 FROM standard WHERE category = 'district'`)
	third := w.OpenDrill(actstest.Drill{})
	require.Equal(t, 2, third.Categories[0].StandardVersion, "the latest one")
	require.Equal(t, 1, w.Round(first.ID).Categories[0].StandardVersion, "a round keeps the one it was opened with")
}

func TestAStandardIsNotShownBeforeItIsFrozen(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{})
	_, _, err := w.Acts.Standard(t.Context(), w.Admin, id, award.District)
	requireRefused(t, err, award.NotFound, "standard_not_frozen")
	_, _, err = w.Acts.Standard(t.Context(), w.Admin, id, award.Village)
	requireRefused(t, err, award.Invalid, "category_not_in_round")
}

func TestEveryOfficeIsToldOnceThatTheRoundIsOpen(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	require.Equal(t, 4, actstest.One[int](w, `SELECT count(*) FROM message WHERE occasion = 'opened/' || $1`, r.ID))
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM audit WHERE round_id = $1 AND name = 'opened' AND act_id IS NULL`, r.ID))
}

func TestACancelledRoundIsNotOpenedByAStepThatComesLate(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{})
	_, err := w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
	require.NoError(t, err)
	_, err = w.Acts.CancelRound(t.Context(), w.Admin, w.Key(), id, "取消")
	require.NoError(t, err)
	w.Freeze(id)
	require.Equal(t, award.RoundCancelled, w.Round(id).State)
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM round_unit`))
}
