package acts_test

import (
	"fmt"
	"slices"
	"testing"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// scored brings files into the frozen list and gives them national totals, in
// whole points; -1 leaves a unit without a score.
func (p province) scored(category award.Category, totals ...int) []int64 {
	p.t.Helper()
	p.limit(category, len(totals))
	f := p.files(category, slices.Repeat([]int{90}, len(totals))...)
	p.frozen(f...)
	p.totals(f, totals...)
	return f
}

// totals sets national totals and puts the files back before the choice.
func (p province) totals(files []int64, totals ...int) {
	p.t.Helper()
	p.Exec(`TRUNCATE motion, motion_unit, motion_vote`)
	p.Exec(`DELETE FROM score`)
	p.Exec(`UPDATE round SET scored_at = shifan_now(), candidates_at = NULL WHERE id = $1`, p.round.ID)
	for i, total := range totals {
		p.Exec(`UPDATE application SET state = 'marked' WHERE id = $1`, files[i])
		if total >= 0 {
			p.Exec(`INSERT INTO score (application_id, total, blocks, passed, reasons) VALUES ($1, $2, '{}', $3, '{}')`,
				files[i], total*100, total >= 80)
		}
	}
}

// fix has the committee take what the rule places, and the chosen of the tied.
func (p province) fix(chosen ...int64) (acts.AdoptedList, error) {
	if err := p.Carries(p.round.ID, chosen...); err != nil {
		return acts.AdoptedList{}, err
	}
	return p.fixCarried()
}

// fixCarried fixes what the committee has carried so far.
func (p province) fixCarried() (acts.AdoptedList, error) {
	done, err := p.Acts.FixCandidates(p.t.Context(), p.Admin, p.Key(), acts.FixCandidatesInput{Round: p.round.ID})
	return done.Result, err
}

func (p province) count(files []int64, state award.FileState) int {
	n := 0
	for _, s := range p.states(files...) {
		if s == string(state) {
			n++
		}
	}
	return n
}

// The quota of districts is 2 (actstest). A tie lies at every position of a
// field of four, and people choose none, as many as fit, and one too many.
func TestCandidatesNeverExceedTheQuotaWhereverTheTieLies(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.District, 90, 90, 90, 90)
	const quota = 2
	for first := range 4 {
		for length := 1; first+length <= 4; length++ {
			totals := []int{95, 94, 93, 92}
			for i := first; i < first+length; i++ {
				totals[i] = totals[first]
			}
			t.Run(fmt.Sprint(totals), func(t *testing.T) {
				p := p
				p.t = t
				straddles := first < quota && first+length > quota
				tied, left := []int64(nil), 0
				if straddles {
					tied, left = f[first:first+length], quota-first
				}

				p.totals(f, totals...)
				if straddles {
					_, err := p.fix(tied[:left+1]...)
					p.refused(err, award.OverLimit, "tie_over_quota")
					if n := p.count(f, award.FileCandidate); n != 0 {
						t.Fatalf("a refused choice left %d candidates", n)
					}
				} else {
					_, err := p.Acts.FixCandidates(t.Context(), p.Admin, p.Key(), acts.FixCandidatesInput{Round: p.round.ID, ChosenOfTied: f[3:]})
					p.refused(err, award.Invalid, "tie_by_motion")
				}

				list, err := p.fix(tied[:left]...)
				p.must(err)
				if n := p.count(f, award.FileCandidate); n != quota || len(list.Items) != quota {
					t.Errorf("%d candidates, %d on the list, want %d", n, len(list.Items), quota)
				}
				for _, id := range f[:min(first, quota)] { // whoever stands above the tie is in
					if p.states(id)[0] != "candidate" {
						t.Errorf("the unit above the tie is %s", p.states(id)[0])
					}
				}

				if straddles { // choosing nobody leaves the places empty: code breaks no tie
					p.totals(f, totals...)
					_, err := p.fix()
					p.must(err)
					if n := p.count(f, award.FileCandidate); n != first {
						t.Errorf("with nobody chosen %d candidates, want %d", n, first)
					}
				}
			})
		}
	}
}

func TestNobodyBelowTheStandardFillsAPlaceAndEachIsToldWhy(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.Community, 95, 79, -1)
	list, err := p.fix()
	p.must(err)
	if got, want := p.states(f...), []string{"candidate", "not_selected", "not_selected"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	if len(list.Items) != 1 || list.Items[0].Position != 1 {
		t.Errorf("list %+v", list.Items)
	}
	grounds := actstest.One[string](p.World, `SELECT string_agg(ground, '|' ORDER BY id) FROM application WHERE ended_at IS NOT NULL`)
	if grounds != "部级核定得分未达到标准|无部级核定得分" {
		t.Errorf("grounds %s", grounds)
	}
	_, err = p.fixCarried()
	p.refused(err, award.Conflict, "candidates_fixed")
}

func TestCandidatesAreListedByCodeAndNeverByMark(t *testing.T) {
	p := newProvince(t)
	p.scored(award.Community, 81, 95, 88)
	list, err := p.fix()
	p.must(err)
	codes := make([]string, len(list.Items))
	for i, item := range list.Items {
		codes[i] = item.Code
	}
	if !slices.IsSorted(codes) || len(codes) != 3 {
		t.Errorf("listed %v", codes)
	}
}

func TestTwoHeadsFixingAtOnceFixOneList(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.District, 95, 94, 93)
	p.must(p.Carries(p.round.ID))
	errs := make(chan error)
	for i := range 8 {
		go func() {
			_, err := p.Acts.FixCandidates(t.Context(), p.Admin, acts.Key{Method: "POST", Path: "/fix", Key: fmt.Sprint(i)},
				acts.FixCandidatesInput{Round: p.round.ID})
			errs <- err
		}()
	}
	won := 0
	for range 8 {
		if err := <-errs; err == nil {
			won++
		} else if award.CodeOf(err) != award.Conflict {
			t.Errorf("got %v", err)
		}
	}
	if n := p.count(f, award.FileCandidate); won != 1 || n != 2 {
		t.Errorf("%d fixed, %d candidates", won, n)
	}
}

func TestOnlyTheOwnerOfficeSeesTheSelection(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.District, 95, 90, 90)
	_, err := p.Acts.Candidates(t.Context(), p.head, p.round.ID)
	p.refused(err, award.NotFound, "not_found")
	found, err := p.Acts.Candidates(t.Context(), p.Clerk(award.CodeNation), p.round.ID)
	p.must(err)
	s := found.Categories[0]
	if found.Fixed || len(s.Placed) != 1 || len(s.Tied) != 2 || s.PlacesLeft != 1 || s.Tied[0].Rank != 2 || s.File(f[0]).Total != 95_00 {
		t.Errorf("selection %+v", s)
	}
}
