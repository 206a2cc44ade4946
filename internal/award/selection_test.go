package award_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func contender(id int64, unit string, score award.Points) award.Contender {
	return award.Contender{Application: id, Unit: unit, Score: score, Passed: score >= 80_00}
}

func TestSelect(t *testing.T) {
	a90 := contender(1, "440103", 90_00)
	b85 := contender(2, "440104", 85_00)
	c85 := contender(3, "440105", 85_00)
	d70 := contender(4, "440106", 70_00)

	tests := map[string]struct {
		contenders   []award.Contender
		ceiling      int
		placed, tied []award.Contender
	}{
		"a place stays empty rather than go below the mark": {
			contenders: []award.Contender{d70, a90}, ceiling: 2, placed: []award.Contender{a90},
		},
		"the ceiling holds": {
			contenders: []award.Contender{b85, a90}, ceiling: 1, placed: []award.Contender{a90},
		},
		"a tie across the last place goes to people": {
			contenders: []award.Contender{c85, a90, b85}, ceiling: 2,
			placed: []award.Contender{a90}, tied: []award.Contender{b85, c85},
		},
		"a tie that fits is no tie": {
			contenders: []award.Contender{c85, a90, b85}, ceiling: 3, placed: []award.Contender{a90, b85, c85},
		},
		"a tie left wholly outside is no tie": {
			contenders: []award.Contender{c85, a90, b85}, ceiling: 1, placed: []award.Contender{a90},
		},
		"all tied for fewer places place nobody": {
			contenders: []award.Contender{c85, b85}, ceiling: 1, tied: []award.Contender{b85, c85},
		},
		"no contenders, no places":          {ceiling: 100},
		"no ceiling, nobody":                {contenders: []award.Contender{a90}, ceiling: 0},
		"below nothing is nothing":          {contenders: []award.Contender{a90}, ceiling: -1},
		"none that passes, nobody is tied":  {contenders: []award.Contender{d70, contender(5, "440107", 70_00)}, ceiling: 1},
		"exactly as many as the ceiling is": {contenders: []award.Contender{b85, c85}, ceiling: 2, placed: []award.Contender{b85, c85}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			placed, tied := award.Select(tt.contenders, tt.ceiling)
			if diff := cmp.Diff(tt.placed, placed, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("placed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.tied, tied, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("tied (-want +got):\n%s", diff)
			}
		})
	}
}

// contenders draws a field crowded with ties: few marks, many units.
func contenders(t *rapid.T) []award.Contender {
	scores := rapid.SliceOfN(rapid.Int64Range(76, 84), 0, 40).Draw(t, "scores")
	field := make([]award.Contender, len(scores))
	for i, s := range scores {
		field[i] = contender(int64(i+1), string(rune('A'+i)), award.Points(s*100))
	}
	return field
}

func TestNobodyIsPlacedAboveTheCeilingBelowTheMarkOrByBreakingATie(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := contenders(t)
		ceiling := rapid.IntRange(0, 45).Draw(t, "ceiling")
		placed, tied := award.Select(field, ceiling)

		if len(placed) > ceiling {
			t.Fatalf("%d placed above the ceiling %d", len(placed), ceiling)
		}
		if len(tied) > 0 && len(placed)+len(tied) <= ceiling {
			t.Fatalf("%d tied, yet all of them fit beside %d placed of %d", len(tied), len(placed), ceiling)
		}
		if len(tied) > 0 && len(placed) == ceiling {
			t.Fatalf("%d tied for no place", len(tied))
		}
		in := func(set []award.Contender, c award.Contender) bool {
			return slices.ContainsFunc(set, func(o award.Contender) bool { return o.Application == c.Application })
		}
		for _, c := range append(slices.Clone(placed), tied...) {
			if !c.Passed {
				t.Fatalf("%v stands below the mark", c)
			}
		}
		for _, a := range field {
			for _, b := range field {
				if a.Score != b.Score || !a.Passed {
					continue
				}
				// Equal marks share their fate: the rules never tell them apart.
				if in(placed, a) != in(placed, b) || in(tied, a) != in(tied, b) {
					t.Fatalf("%v and %v have the same mark and not the same fate", a, b)
				}
			}
			for _, p := range append(slices.Clone(placed), tied...) {
				if a.Passed && a.Score > p.Score && !in(placed, a) {
					t.Fatalf("%v is better than %v and was passed over", a, p)
				}
			}
		}
		shuffled := rapid.Permutation(field).Draw(t, "another order")
		if again, tiedAgain := award.Select(shuffled, ceiling); !cmp.Equal(placed, again, cmpopts.EquateEmpty()) ||
			!cmp.Equal(tied, tiedAgain, cmpopts.EquateEmpty()) {
			t.Fatal("the order in which contenders came changed the result")
		}
	})
}

func TestAChoiceAmongTheTiedNeverExceedsTheCeiling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := contenders(t)
		ceiling := rapid.IntRange(0, 45).Draw(t, "ceiling")
		placed, tied := award.Select(field, ceiling)
		chosen := rapid.SliceOfN(rapid.Int64Range(0, 41), 0, 8).Draw(t, "chosen")

		err := award.ChooseTied(tied, ceiling-len(placed), chosen)
		of := map[int64]bool{}
		for _, c := range tied {
			of[c.Application] = true
		}
		lawful := len(chosen) <= ceiling-len(placed)
		for _, id := range chosen {
			lawful = lawful && of[id]
			of[id] = false // none twice
		}
		if lawful != (err == nil) {
			t.Fatalf("choosing %v of %v for %d places: %v", chosen, tied, ceiling-len(placed), err)
		}
	})
}

func TestFewerOfTheTiedThanPlacesIsLawful(t *testing.T) {
	tied := []award.Contender{contender(1, "A", 85_00), contender(2, "B", 85_00)}
	if err := award.ChooseTied(tied, 1, nil); err != nil {
		t.Errorf("an empty place (宁缺勿滥) was refused: %v", err)
	}
	if err := award.ChooseTied(tied, 1, []int64{1, 2}); award.CodeOf(err) != award.OverLimit {
		t.Errorf("two for one place: %v", err)
	}
	if err := award.ChooseTied(tied, 2, []int64{1, 1}); award.CodeOf(err) != award.Invalid {
		t.Errorf("one unit twice: %v", err)
	}
}
