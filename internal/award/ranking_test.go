package award_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestEqualMarksShareARank(t *testing.T) {
	ranked := award.Rank([]award.Contender{
		contender(1, "C", 85_00), contender(2, "A", 70_00), contender(3, "B", 85_00), contender(4, "D", 90_00), contender(5, "E", 80_00),
	})
	var got []string
	for _, r := range ranked {
		got = append(got, r.Unit+string(rune('0'+r.Rank)))
	}
	if want := []string{"D1", "B2", "C2", "E4", "A0"}; !slices.Equal(got, want) {
		t.Errorf("ranked %v, want %v", got, want)
	}
}

func TestDepartures(t *testing.T) {
	a90, b85, c85, d80, e70 := contender(1, "A", 90_00), contender(2, "B", 85_00), contender(3, "C", 85_00), contender(4, "D", 80_00), contender(5, "E", 70_00)
	all := []award.Contender{a90, b85, c85, d80, e70}
	tests := map[string]struct {
		order []award.Contender
		want  []int
	}{
		"the rank itself needs no reason":             {order: []award.Contender{a90, b85, c85, d80}},
		"equals may stand in any order":               {order: []award.Contender{a90, c85, b85}},
		"the last may be left out (宁缺勿滥)":             {order: []award.Contender{a90}},
		"an equal may be left out":                    {order: []award.Contender{a90, c85}},
		"one that jumps needs a reason":               {order: []award.Contender{b85, a90, c85}, want: []int{0}},
		"everyone taken before a left-out better one": {order: []award.Contender{b85, c85}, want: []int{0, 1}},
		"one that jumps over several needs one":       {order: []award.Contender{d80, a90, b85, c85}, want: []int{0}},
		"the empty list departs from nothing":         {},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, award.Departures(tt.order, all), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A departure is defined pair by pair; the function walks once.
func TestDeparturesAreThoseThatStandBeforeABetterOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := contenders(t)
		var passing []award.Contender
		for _, c := range all {
			if c.Passed {
				passing = append(passing, c)
			}
		}
		order := rapid.Permutation(passing).Draw(t, "order")
		order = order[:rapid.IntRange(0, len(order)).Draw(t, "taken")]
		var want []int
		for i, c := range order {
			if slices.ContainsFunc(passing, func(b award.Contender) bool {
				at := slices.IndexFunc(order, func(o award.Contender) bool { return o.Application == b.Application })
				return b.Score > c.Score && (at < 0 || at > i)
			}) {
				want = append(want, i)
			}
		}
		if got := award.Departures(order, all); !cmp.Equal(want, got, cmpopts.EquateEmpty()) {
			t.Fatalf("order %v of %v: departures %v, want %v", order, all, got, want)
		}
	})
}

func TestCheckCut(t *testing.T) {
	a90, b85, c85 := contender(1, "A", 90_00), contender(2, "B", 85_00), contender(3, "C", 85_00)
	all := []award.Contender{a90, b85, c85}
	tests := map[string]struct {
		places  int
		taken   []award.Contender
		minutes string
		key     string
	}{
		"in the rank, within the limit":             {places: 3, taken: all},
		"fewer than the limit (宁缺勿滥)":               {places: 3, taken: []award.Contender{a90}},
		"nobody":                                    {places: 3},
		"one more than the limit":                   {places: 2, taken: all, key: "limit_exceeded"},
		"minutes do not lift the limit":             {places: 2, taken: all, minutes: "第3次会议", key: "limit_exceeded"},
		"no place at all":                           {places: 0, taken: []award.Contender{a90}, key: "limit_exceeded"},
		"a tie across the limit":                    {places: 2, taken: []award.Contender{a90, c85}, key: "cut_tied"},
		"a tie across the limit, minuted":           {places: 2, taken: []award.Contender{a90, c85}, minutes: "第3次会议"},
		"the best left out":                         {places: 2, taken: []award.Contender{b85, c85}, key: "cut_departs"},
		"the best behind":                           {places: 3, taken: []award.Contender{b85, a90, c85}, key: "cut_departs"},
		"a departure, minuted":                      {places: 2, taken: []award.Contender{b85, c85}, minutes: "第3次会议"},
		"a tie the office itself leaves unresolved": {places: 3, taken: []award.Contender{a90, b85}, key: "cut_tied"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := award.CheckCut(award.District, tt.places, tt.taken, all, tt.minutes)
			refusal, refused := errors.AsType[*award.Error](err)
			if refused != (tt.key != "") || (refused && refusal.Key != tt.key) {
				t.Errorf("got %v, want %q", err, tt.key)
			}
		})
	}
}
