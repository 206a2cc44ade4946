package acts_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

var effective = award.Date{Year: 2026, Month: 7, Day: 1}

// order returns an order with its document and day.
func order(in award.UnitChanging) award.UnitChanging {
	in.Document = "民函〔2026〕5号"
	if in.Effective == (award.Date{}) {
		in.Effective = effective
	}
	return in
}

func change(t *testing.T, w *actstest.World, code string, in award.UnitChanging) error {
	t.Helper()
	_, err := w.Acts.ChangeUnit(t.Context(), w.Admin, w.Key(), code, order(in))
	return err
}

func history(t *testing.T, w *actstest.World, code string) acts.UnitHistory {
	t.Helper()
	h, err := w.Acts.UnitHistory(t.Context(), w.Admin, code)
	require.NoError(t, err)
	return h
}

func TestARenamedUnitIsTheSameUnitFromThatDayOn(t *testing.T) {
	w := actstest.New(t)
	id := w.Unit("410122")
	require.NoError(t, change(t, w, "410122", award.UnitChanging{Change: award.UnitRename, Name: "中牟区", Kind: award.KindDistrict}))

	require.Equal(t, id, w.Unit("410122"))
	h := history(t, w, "410122")
	require.Len(t, h.Versions, 2)
	require.Equal(t, "中牟区", h.Versions[0].Name)
	require.Equal(t, award.KindDistrict, h.Versions[0].Kind)
	require.Equal(t, effective, h.Versions[0].ValidFrom)
	require.Equal(t, "中牟县", h.Versions[1].Name)
	require.Equal(t, effective, h.Versions[1].ValidTo)
	require.Equal(t, "4101", h.Versions[0].Parent)
	require.Len(t, h.Changes, 1)
	require.Equal(t, award.UnitRename, h.Changes[0].Change)
	require.Equal(t, "民函〔2026〕5号", h.Changes[0].Document)
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM audit WHERE name = 'change-unit' AND ground = '民函〔2026〕5号'`))
}

func TestAChangeOnTheFirstDayOfAVersionCorrectsIt(t *testing.T) {
	w := actstest.New(t)
	require.NoError(t, change(t, w, "410122", award.UnitChanging{Change: award.UnitRename, Name: "中牟新区"}))
	require.NoError(t, change(t, w, "410122", award.UnitChanging{Change: award.UnitRename, Name: "中牟区"}))
	h := history(t, w, "410122")
	require.Len(t, h.Versions, 2)
	require.Equal(t, "中牟区", h.Versions[0].Name)
	require.Len(t, h.Changes, 2)
}

func TestARecodedUnitKeepsItsIDAndItsOldCodeLeadsToIt(t *testing.T) {
	w := actstest.New(t)
	id := w.Unit("410122")
	require.NoError(t, change(t, w, "410122", award.UnitChanging{
		Change: award.UnitRecode, Code: "410109", Name: "中牟区", Kind: award.KindDistrict,
	}))
	require.Equal(t, id, w.Unit("410109"))
	require.Equal(t, id, history(t, w, "410122").ID)
	require.Equal(t, id, actstest.One[int64](w, `SELECT parent_id FROM unit_version WHERE code = '410122001' AND valid_to IS NULL`))
	requireRefused(t, change(t, w, "410181", award.UnitChanging{Change: award.UnitRecode, Code: "410109"}), award.Conflict, "unit_code_taken")
	requireRefused(t, change(t, w, "410181", award.UnitChanging{Change: award.UnitRecode, Code: "41019901"}), award.Invalid, "kind_of_other_level")
}

func TestAMovedUnitHangsUnderItsNewParentAndCountsForItsOffice(t *testing.T) {
	w := actstest.New(t)
	require.NoError(t, change(t, w, "410102002", award.UnitChanging{Change: award.UnitMove, Parent: "410103"}))
	require.Equal(t, w.Unit("410103"), actstest.One[int64](w, `SELECT parent_id FROM unit_version WHERE code = '410102002' AND valid_to IS NULL`))
	requireRefused(t, change(t, w, "410102", award.UnitChanging{Change: award.UnitMove, Parent: "410102001"}), award.Invalid, "unit_not_below")
	requireRefused(t, change(t, w, "410102001", award.UnitChanging{Change: award.UnitMove, Parent: "410199"}), award.NotFound, "unit_unknown_now")
	requireRefused(t, change(t, w, "410102001", award.UnitChanging{Change: award.UnitMove, Parent: "410102"}), award.Conflict, "unit_change_nothing")
}

func TestWhatEndsLeavesNobodyBehind(t *testing.T) {
	w := actstest.New(t)
	err := change(t, w, "410102001", award.UnitChanging{Change: award.UnitAbolish})
	requireRefused(t, err, award.Conflict, "unit_children_left")
	require.ErrorContains(t, err, "410102001001 伏牛路社区、410102001002 华山路社区")

	err = change(t, w, "410102001", award.UnitChanging{
		Change: award.UnitAbolish, Children: []award.ChildMove{{Unit: "410102001001", Parent: "410102002"}},
	})
	requireRefused(t, err, award.Conflict, "unit_children_left")
	require.NotContains(t, err.Error(), "伏牛路社区")

	err = change(t, w, "410102001", award.UnitChanging{
		Change: award.UnitAbolish, ChildrenTo: "410102002", Children: []award.ChildMove{{Unit: "410103001001", Parent: "410102002"}},
	})
	requireRefused(t, err, award.Invalid, "unit_change_defects")

	requireRefused(t, change(t, w, "410102001", award.UnitChanging{Change: award.UnitAbolish, ChildrenTo: "410102001"}),
		award.Conflict, "unit_under_ended")
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM unit_change`))

	require.NoError(t, change(t, w, "410102001", award.UnitChanging{
		Change: award.UnitAbolish, ChildrenTo: "410102002", Children: []award.ChildMove{{Unit: "410102001002", Parent: "410103001"}},
	}))
	require.Equal(t, w.Unit("410102002"), actstest.One[int64](w, `SELECT parent_id FROM unit_version WHERE code = '410102001001' AND valid_to IS NULL`))
	require.Equal(t, w.Unit("410103001"), actstest.One[int64](w, `SELECT parent_id FROM unit_version WHERE code = '410102001002' AND valid_to IS NULL`))
	h := history(t, w, "410102001")
	require.Equal(t, effective, h.Versions[0].ValidTo)
	require.Empty(t, h.Successors)
	require.Equal(t, award.UnitMove, history(t, w, "410102001001").Changes[0].Change)
}

func TestAMergerIntoOneOfThemKnowsItsSuccessor(t *testing.T) {
	w := actstest.New(t)
	require.NoError(t, change(t, w, "110101002", award.UnitChanging{Change: award.UnitMerge, Into: "110101001", ChildrenTo: "110101001"}))
	h := history(t, w, "110101002")
	require.Len(t, h.Successors, 1)
	require.Equal(t, "110101001", h.Successors[0].Code)
	require.Equal(t, effective, h.Versions[0].ValidTo)
	h = history(t, w, "110101001")
	require.Len(t, h.Predecessors, 1)
	require.Equal(t, "110101002", h.Predecessors[0].Code)
	require.Len(t, h.Versions, 1, "the unit that goes on is as it was")
	requireRefused(t, change(t, w, "110101002", award.UnitChanging{Change: award.UnitAbolish}), award.NotFound, "unit_unknown_now")
}

func TestTwoUnitsMergeIntoANewOne(t *testing.T) {
	w := actstest.New(t)
	merger := award.UnitChanging{Change: award.UnitMerge, Others: []string{"110101002"}, Into: "110101009", ChildrenTo: "110101009"}
	requireRefused(t, change(t, w, "110101001", merger), award.Invalid, "unit_change_defects")

	merger.Name, merger.Kind, merger.Parent = "东华门景山街道", award.KindStreet, "110101"
	require.NoError(t, change(t, w, "110101001", merger))
	require.Equal(t, 3, actstest.One[int](w, `SELECT count(*) FROM unit_version WHERE parent_id = $1 AND valid_to IS NULL`, w.Unit("110101009")))
	h := history(t, w, "110101009")
	require.Len(t, h.Predecessors, 2)
	require.Equal(t, effective, h.Versions[0].ValidFrom)
}

func TestAMergerIsRefusedWhenItsUnitsDoNotFit(t *testing.T) {
	w := actstest.New(t)
	merge := func(in award.UnitChanging) error {
		in.Change = award.UnitMerge
		return change(t, w, "110101002", in)
	}
	requireRefused(t, merge(award.UnitChanging{Into: "110101002"}), award.Invalid, "merger_into_itself")
	requireRefused(t, merge(award.UnitChanging{Into: "110101"}), award.Invalid, "merger_of_other_level")
	requireRefused(t, merge(award.UnitChanging{Into: "110101001", Name: "新街道"}), award.Conflict, "merger_into_existing")
	requireRefused(t, merge(award.UnitChanging{Into: "110101001", Others: []string{"110101002"}}), award.Invalid, "unit_change_defects")
	requireRefused(t, merge(award.UnitChanging{Into: "110101001", Others: []string{"110199"}}), award.NotFound, "unit_unknown_now")
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM unit_change`))
}

func TestAUnitIsChangedFromAboveByAnAdministrator(t *testing.T) {
	w := actstest.New(t)
	rename := order(award.UnitChanging{Change: award.UnitRename, Name: "新街道"})
	for name, c := range map[string]struct {
		by   award.Officer
		code award.Code
	}{
		"its own administrator":                {w.Officer("410102001", award.RoleAdmin), award.Forbidden},
		"a head above":                         {w.Head("410102"), award.Forbidden},
		"an administrator of another province": {w.Officer("11", award.RoleAdmin), award.NotFound},
	} {
		_, err := w.Acts.ChangeUnit(t.Context(), c.by, w.Key(), "410102001", rename)
		require.Equal(t, c.code, award.CodeOf(err), name)
	}
	_, err := w.Acts.ChangeUnit(t.Context(), w.Officer("41", award.RoleAdmin), w.Key(), "410102001", rename)
	require.NoError(t, err)

	// What goes elsewhere goes only where the administrator sees.
	move := order(award.UnitChanging{Change: award.UnitMove, Parent: "110101"})
	_, err = w.Acts.ChangeUnit(t.Context(), w.Officer("41", award.RoleAdmin), w.Key(), "410102001", move)
	requireRefused(t, err, award.NotFound, "unit_unknown_now")
	_, err = w.Acts.UnitHistory(t.Context(), w.Head("11"), "410102001")
	requireRefused(t, err, award.NotFound, "unit_unknown_now")
}

func TestARecommendingOfficeDoesNotEndWhileOthersCountForIt(t *testing.T) {
	w := actstest.New(t)
	w.Exec(`UPDATE unit_version SET recommending_office_id = $1 WHERE code = '4419'`, w.Unit("11"))
	err := change(t, w, "11", award.UnitChanging{Change: award.UnitAbolish, ChildrenTo: "0"})
	requireRefused(t, err, award.Conflict, "unit_recommends")
	require.ErrorContains(t, err, "4419")
}

func TestOfTwoChangesAtOnceTheSecondSeesTheFirst(t *testing.T) {
	w := actstest.New(t)
	var group sync.WaitGroup
	var failed [2]error
	keys := []acts.Key{w.Key(), w.Key()}
	for i, into := range []string{"110101001", "110102001"} {
		group.Go(func() {
			_, failed[i] = w.Acts.ChangeUnit(t.Context(), w.Admin, keys[i], "110101002",
				order(award.UnitChanging{Change: award.UnitMerge, Into: into, ChildrenTo: into}))
		})
	}
	group.Wait()
	require.True(t, (failed[0] == nil) != (failed[1] == nil), "%v, %v", failed[0], failed[1])
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM unit_successor`))
}

func TestTheSameChangeAgainIsTheFirstOne(t *testing.T) {
	w := actstest.New(t)
	key := w.Key()
	in := order(award.UnitChanging{Change: award.UnitAbolish})
	first, err := w.Acts.ChangeUnit(t.Context(), w.Admin, key, "410122100201", in)
	require.NoError(t, err)
	second, err := w.Acts.ChangeUnit(t.Context(), w.Admin, key, "410122100201", in)
	require.NoError(t, err)
	require.Equal(t, first.Act, second.Act)
}

// The register a round has frozen is the round's (domain 9): what happens to
// units meanwhile changes nothing in it, and the officers of an office that has
// ended act on in it. The next round sees the change.
func TestARoundKeepsItsRegisterAndTheNextSeesTheChange(t *testing.T) {
	w := actstest.New(t)
	round := w.OpenDrill(actstest.Drill{}).ID
	const frozen = `SELECT md5(string_agg(u::text, ';' ORDER BY unit_id)) FROM round_unit u WHERE round_id = $1`
	before := actstest.One[string](w, frozen, round)
	ended := w.Unit("110101002")
	key := newKeyOf(t, w, "110101002")

	today := award.DateOf(w.Now())
	require.NoError(t, change(t, w, "110101002", award.UnitChanging{
		Change: award.UnitMerge, Into: "110101001", ChildrenTo: "110101001", Effective: today,
	}))
	require.NoError(t, change(t, w, "410122", award.UnitChanging{Change: award.UnitRename, Name: "中牟区", Kind: award.KindDistrict, Effective: today}))
	require.Equal(t, before, actstest.One[string](w, frozen, round))
	by, err := w.Acts.Authenticate(t.Context(), key)
	require.NoError(t, err, "the office is still in the round")
	require.Equal(t, ended, by.Office)

	w.Exec(`UPDATE round SET state = 'closed', ended_at = shifan_now() WHERE id = $1`, round)
	_, err = w.Acts.Authenticate(t.Context(), key)
	require.Equal(t, award.NotFound, award.CodeOf(err), "no round needs it any more")

	later := w.OpenDrill(actstest.Drill{}).ID
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM round_unit WHERE round_id = $1 AND unit_id = $2`, later, ended))
	require.Equal(t, "district", actstest.One[string](w, `SELECT kind FROM round_unit WHERE round_id = $1 AND code = '410122'`, later))
}

// newKeyOf hands out a key of an office's head.
func newKeyOf(t *testing.T, w *actstest.World, office string) string {
	t.Helper()
	done, err := w.Acts.CreateKeys(t.Context(), w.Admin, w.Key(), []acts.KeyFor{{Office: office}})
	require.NoError(t, err)
	return done.Result[0].Key
}
