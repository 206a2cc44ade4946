package acts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAListFollowsTheRankOrSaysWhyNot(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95, 90, 90, 85)

	_, err := p.adopt(items(f[1], f[0], f[3])...)
	// f1 jumps over f0; f3 was taken while f2, its better, was left out; f0 follows the rank.
	if got, want := p.refused(err, award.Incomplete, "proposals_defective"), []string{"/items/0/reason reason_departs", "/items/2/reason reason_departs"}; !slices.Equal(got, want) {
		t.Errorf("defects %v, want %v", got, want)
	}
	if got := p.states(f...); slices.Contains(got, "proposed") {
		t.Errorf("a refused list left %v", got)
	}

	list, err := p.adopt(acts.ProposalItem{Application: f[1], Reason: "示范作用突出"}, acts.ProposalItem{Application: f[0]},
		acts.ProposalItem{Application: f[3], Reason: "兼顾各地"})
	p.must(err)
	if got, want := p.states(f...), []string{"proposed", "proposed", "inspected", "proposed"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	if got := []int64{list.Items[0].Application, list.Items[1].Application, list.Items[2].Application}; !slices.Equal(got, []int64{f[1], f[0], f[3]}) {
		t.Errorf("the office's own order is lost: %v", got)
	}
}

func TestWhatDoesNotPassEntersNoListAndEachDefectIsNamed(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Community, 95, 79, 94, 93, 92, 91)
	p.Exec(`DELETE FROM survey WHERE application_id = $1`, f[2])
	p.Exec(`UPDATE survey SET satisfied = 1, dissatisfied = 9 WHERE application_id = $1`, f[3])
	p.Exec(`UPDATE application SET state = 'at_province' WHERE id = $1`, f[4])
	p.Exec(`UPDATE application SET suspended = true WHERE id = $1`, f[5])
	elsewhere := provinceOf(t, p.World, p.round, "11").files(award.Community, 99)

	_, err := p.adopt(items(f[0], f[1], f[2], f[3], f[4], f[5], f[0], elsewhere[0], 1<<40)...)
	got := p.refused(err, award.Incomplete, "proposals_defective")
	want := []string{
		"/items/1 item_not_passed", "/items/2 survey_missing", "/items/3 survey_below", "/items/4 item_state",
		"/items/5 item_suspended", "/items/6 item_twice", "/items/7 item_unknown", "/items/8 item_unknown",
	}
	if !slices.Equal(got, want) {
		t.Errorf("defects\n%v, want\n%v", got, want)
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM list`); n != 0 {
		t.Errorf("a refused adoption left %d lists", n)
	}
}

func TestARevisedListLeavesUnitsOutAgainButNotOneThatIsBeforeThePublic(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Street, 95, 90)
	_, err := p.adopt(items(f...)...)
	p.must(err)
	second, err := p.adopt(items(f[0])...)
	p.must(err)
	if second.Revision != 2 {
		t.Errorf("revision %d, want 2", second.Revision)
	}
	if got, want := p.states(f...), []string{"proposed", "inspected"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	n, err := p.announce()
	p.must(err)
	if string(n.ListSHA256) != string(second.SHA256) {
		t.Error("the notice shows another list than the latest")
	}
	_, err = p.adopt(items(f...)...)
	p.refused(err, award.Conflict, "list_under_notice")
}

func TestAnEmptyListIsAdoptedAndNobodyIsProposed(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Street, 95)
	_, err := p.adopt(items(f...)...)
	p.must(err)
	list, err := p.adopt()
	p.must(err)
	if want := award.ListHash(nil); string(list.SHA256) != string(want[:]) {
		t.Error("an empty list's hash is not that of nothing")
	}
	if got := p.states(f...); got[0] != "inspected" {
		t.Errorf("state %v", got)
	}
	_, err = p.announce()
	p.refused(err, award.Conflict, "list_empty")
}

func TestTheSameKeyAdoptsOnce(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Street, 95)
	in := acts.AdoptProposalsInput{
		Round: p.round.ID, Office: p.code, Minutes: "纪要", MetOn: award.DateOf(p.Now()), Items: items(f...),
	}
	key := p.Key()
	first, err := p.Acts.AdoptProposals(t.Context(), p.head, key, in)
	p.must(err)
	again, err := p.Acts.AdoptProposals(t.Context(), p.head, key, in)
	p.must(err)
	if first.Receipt.Act != again.Receipt.Act || first.Result.ID != again.Result.ID || again.Result.Items[0].Application != f[0] {
		t.Errorf("the second answer differs: %+v, %+v", first, again)
	}
	if n := p.history(f...); n != 1 {
		t.Errorf("%d moves, want 1", n)
	}
}

func TestOnlyTheOfficesHeadAdoptsItsList(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Street, 95)
	for who, tt := range map[string]struct {
		by   award.Officer
		code award.Code
	}{
		"its clerk":          {p.Clerk("41"), award.Forbidden},
		"the owner office":   {p.Admin, award.Forbidden},
		"another province":   {p.Head("11"), award.NotFound},
		"an office below it": {p.Head("410102"), award.NotFound},
	} {
		_, err := p.Acts.AdoptProposals(t.Context(), tt.by, p.Key(), acts.AdoptProposalsInput{
			Round: p.round.ID, Office: p.code, Minutes: "纪要", MetOn: award.DateOf(p.Now()), Items: items(f...),
		})
		if award.CodeOf(err) != tt.code {
			t.Errorf("%s: got %v, want %s", who, err, tt.code)
		}
	}
}

func TestNoListIsAdoptedWhileFilesStillClimb(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Street, 95)
	p.Exec(`UPDATE round_office SET passed_up_at = NULL WHERE round_id = $1 AND code = $2`, p.round.ID, p.code)
	_, err := p.adopt(items(f...)...)
	p.refused(err, award.Conflict, "files_still_climbing")
}

func TestAMeetingThatHasNotBeenHeldAdoptsNothing(t *testing.T) {
	p := newProvince(t)
	_, err := p.Acts.AdoptProposals(t.Context(), p.head, p.Key(), acts.AdoptProposalsInput{
		Round: p.round.ID, Office: p.code, Minutes: "纪要", MetOn: award.DateOf(p.Now().Add(24 * time.Hour)),
	})
	p.refused(err, award.Invalid, "met_on_future")
}

func TestTheRankIsReadBestFirstWithEqualsTogether(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 85, 95, 70, 85)
	found, err := p.Acts.Proposals(t.Context(), p.Clerk("41"), p.round.ID, "41", award.District)
	p.must(err)
	var got []string
	for _, r := range found.Ranked {
		got = append(got, fmt.Sprint(slices.Index(f, r.ID), ":", r.Rank))
	}
	if want := []string{"1:1", "0:2", "3:2", "2:0"}; !slices.Equal(got, want) {
		t.Errorf("ranked %v, want %v", got, want)
	}
	_, err = p.Acts.Proposals(t.Context(), p.Head("11"), p.round.ID, "41", "")
	p.refused(err, award.NotFound, "not_found")
}
