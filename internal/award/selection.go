package award

import (
	"cmp"
	"slices"
)

// Contender is a marked unit that stands for a place.
type Contender struct {
	Application int64
	Unit        string // code; orders lists (D-09), never breaks a tie
	Score       Points
	Passed      bool // by Standard.Score: pass mark, gates, vetoes, block minima
}

// Select decides which contenders earn a place. It takes those that pass, best
// first, and never more than ceiling of them. It never reaches below the
// standard to fill a place. Source: N 三, 五(二), 宁缺勿滥.
//
// When a tie straddles the last place the rules do not say who goes first, so
// Select does not either: the tied come back in tied, and people choose (D-05).
func Select(contenders []Contender, ceiling int) (placed, tied []Contender) {
	for _, c := range contenders {
		if c.Passed {
			placed = append(placed, c)
		}
	}
	slices.SortFunc(placed, func(a, b Contender) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Unit, b.Unit))
	})
	ceiling = max(0, ceiling)
	if len(placed) <= ceiling {
		return placed, nil
	}

	cut := placed[ceiling].Score // the best score left outside
	first := slices.IndexFunc(placed, func(c Contender) bool { return c.Score == cut })
	if first == ceiling {
		return placed[:ceiling], nil
	}
	for _, c := range placed[first:] {
		if c.Score == cut {
			tied = append(tied, c)
		}
	}
	return placed[:first], tied
}

// ChooseTied checks the owner office's choice among the tied: each of them
// tied, none twice, and no more than the places left. Fewer is lawful
// (宁缺勿滥); a choice where nothing is tied is not.
func ChooseTied(tied []Contender, placesLeft int, chosen []int64) error {
	if len(chosen) > placesLeft {
		return Refuse(OverLimit, "N 二", "tie_over_quota", placesLeft, len(chosen))
	}
	seen := make(map[int64]bool, len(chosen))
	for _, id := range chosen {
		if seen[id] || !slices.ContainsFunc(tied, func(c Contender) bool { return c.Application == id }) {
			return Refuse(Invalid, "D-05", "tie_not_tied", id)
		}
		seen[id] = true
	}
	return nil
}
