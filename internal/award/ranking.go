package award

import (
	"cmp"
	"slices"
)

// Ranked is a contender with its place in the rank (排名). The rank is a
// proposal: the review body adopts its own order (domain 5.4).
type Ranked struct {
	Contender
	Rank int // from 1, equal marks equal rank; 0: does not pass and has none
}

// Rank orders the contenders of one category, best first, those that do not
// pass last. Equal marks share a rank and the next mark's rank counts them all:
// 1, 2, 2, 4. Among equals the code decides where they are printed, no more.
func Rank(contenders []Contender) []Ranked {
	ranked := make([]Ranked, len(contenders))
	for i, c := range contenders {
		ranked[i].Contender = c
	}
	slices.SortFunc(ranked, func(a, b Ranked) int {
		if a.Passed != b.Passed {
			if a.Passed {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Unit, b.Unit))
	})
	for i := range ranked {
		switch {
		case !ranked[i].Passed:
		case i > 0 && ranked[i].Score == ranked[i-1].Score:
			ranked[i].Rank = ranked[i-1].Rank
		default:
			ranked[i].Rank = i + 1
		}
	}
	return ranked
}

// Departures returns the places, from 0, at which an office's own order of one
// category departs from the rank (偏离排名): the unit there stands before a
// better one, or was taken while a better one was left out. Each needs a reason
// (domain 5.4). contenders are all that could have been taken; only those that
// pass can be better.
func Departures(order, contenders []Contender) []int {
	best := bestLeftOut(order, contenders)
	var departs []int
	for i := len(order) - 1; i >= 0; i-- {
		if best.Passed && best.Score > order[i].Score {
			departs = append(departs, i)
		}
		if order[i].Passed && (!best.Passed || order[i].Score > best.Score) {
			best = order[i] // for those that stand before it
		}
	}
	slices.Reverse(departs)
	return departs
}

// CheckCut checks what an office recommends of one category, in its own order,
// against its limit and the rank. More than the limit is never recommended
// (N 四(二)). A tie with the last one taken, or a departure from the rank, is
// decided by the review body, whose minutes are then required (D-05).
func CheckCut(category Category, places int, taken, noticed []Contender, minutes string) error {
	if len(taken) > places {
		return Refuse(OverLimit, "N 四(二)", "limit_exceeded", category.FullTitle(), places, len(taken))
	}
	if minutes != "" || len(taken) == 0 {
		return nil
	}
	if len(Departures(taken, noticed)) > 0 {
		return Refuse(Incomplete, "domain 5.4", "cut_departs", category.FullTitle())
	}
	last := slices.MinFunc(taken, func(a, b Contender) int { return cmp.Compare(a.Score, b.Score) })
	if best := bestLeftOut(taken, noticed); best.Passed && best.Score == last.Score {
		return Refuse(Incomplete, "D-05", "cut_tied", category.FullTitle(), last.Score.String())
	}
	return nil
}

// bestLeftOut returns the best passing contender that was not taken; the zero
// contender, which does not pass, when there is none.
func bestLeftOut(taken, contenders []Contender) Contender {
	in := make(map[int64]bool, len(taken))
	for _, c := range taken {
		in[c.Application] = true
	}
	var best Contender
	for _, c := range contenders {
		if c.Passed && !in[c.Application] && (!best.Passed || c.Score > best.Score) {
			best = c
		}
	}
	return best
}
