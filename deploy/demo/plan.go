package main

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"shifan/internal/award"
)

// character is how an office behaves in the drill.
type character int

// The characters. Offices not named below are punctual.
const (
	punctual  character = iota
	silent              // never answers: chased, then closed by name
	late                // completes after its date, marked 逾期
	extending           // asks for a later date and keeps it
	sentBack            // its package is returned once
)

// characters names the offices that do not simply do their work in time. Each
// of them has real applicants. The silent one lies deep in the west, far from
// everything, and is not Tibet: the smallest offices recommend too few to show
// anything.
func characters() map[string]character {
	return map[string]character{
		"63": silent,    // 青海
		"52": late,      // 贵州
		"53": late,      // 云南
		"62": extending, // 甘肃
		"33": sentBack,  // 浙江
	}
}

// neverSigns names the recommending offices under which one office of the chain
// gives no opinion at all: its files pass up at the arrival date, marked
// 未签署意见 (D-16).
func neverSigns() []string { return []string{"13", "41"} }

// place is what one office has of one category in the plan.
type place struct {
	limit
	applicants int // how many of its units apply
}

// How much more there is than applications.
const (
	// checkedOnly is how many units check themselves for each hundred that apply:
	// 自查 is for all, 申报 for those who meet the standard (N 四(一)).
	checkedOnly = 25
	// spare is how many more units apply in each hundred than were asked for,
	// because some start a form and never file it.
	spare = 3
)

// shares plans how many units apply under each office and in each category: at
// least target together, in proportion to the recommendation limits, so that
// every office has more to choose from than places, and never more than there
// are.
func shares(target int, limits []limit) []place {
	limits = slices.Clone(limits)
	slices.SortFunc(limits, func(a, b limit) int {
		return cmp.Or(cmp.Compare(a.Office, b.Office), cmp.Compare(a.Category, b.Category))
	})
	target += (target*spare + 99) / 100
	sum := 0
	for _, l := range limits {
		sum += l.Places
	}
	if sum == 0 {
		return nil
	}
	places, planned := make([]place, len(limits)), 0
	for i, l := range limits {
		places[i] = place{limit: l, applicants: min(l.Eligible, (l.Places*target+sum-1)/sum)}
		planned += places[i].applicants
	}
	for grown := true; planned < target && grown; { // where some have too few units, the others send more
		grown = false
		for i := range places {
			if planned < target && places[i].Places > 0 && places[i].applicants < places[i].Eligible {
				places[i].applicants++
				planned++
				grown = true
			}
		}
	}
	return places
}

// applicant is one unit with all that will happen to it, as far as the drill
// decides that. Marks are in hundredths of a point.
type applicant struct {
	unit
	category award.Category
	chain    []string // offices its file climbs through, from its parent up to below the recommending office

	selfTotal  award.Points
	applies    bool
	abandons   bool   // starts a form and never files it: 逾期未报
	edits      bool   // completes its form in a second sitting
	returnedBy string // the office that sends it back once; empty: none
	declinedBy string // the office that says no; empty: none

	provinceTotal award.Points
	satisfied     int // of a hundred asked
}

// Marks that the drill hands out, in points, and how often in a hundred things
// go another way.
const (
	passMark = 80 // of 100, D-06
	bestMark = 98
	poorMark = 55

	abandonIn100  = 1
	editIn100     = 10
	returnIn100   = 5
	declineIn100  = 2
	failIn100     = 8 // in the province's inspection, and again in the nation's assessment
	unhappyIn100  = 4 // below the satisfaction that the round asks for
	leastHappy    = 84
	unhappy       = 61
	passedNotKeen = 3 // of ten that only check themselves, so many would pass
)

// fate decides what happens to a unit: from the seed and its code alone, so
// that it does not matter in which order anything runs.
func fate(seed uint64, u unit, category award.Category, chain []string, applies bool) applicant {
	dice := diceOf(seed, "unit "+u.Code)
	a := applicant{unit: u, category: category, chain: chain, applies: applies}
	if !applies {
		a.selfTotal = points(dice, poorMark, passMark-1)
		if dice.IntN(10) < passedNotKeen {
			a.selfTotal = points(dice, passMark, bestMark)
		}
		return a
	}
	a.selfTotal = points(dice, passMark+2, bestMark)
	a.abandons = chance(dice, abandonIn100)
	a.edits = chance(dice, editIn100)
	if len(chain) > 0 && chance(dice, returnIn100) {
		a.returnedBy = chain[dice.IntN(len(chain))]
	}
	if len(chain) > 0 && chance(dice, declineIn100) {
		a.declinedBy = chain[dice.IntN(len(chain))]
	}
	a.provinceTotal = points(dice, passMark, bestMark)
	if chance(dice, failIn100) {
		a.provinceTotal = points(dice, poorMark, passMark-1)
	}
	a.satisfied = leastHappy + dice.IntN(100-leastHappy)
	if chance(dice, unhappyIn100) {
		a.satisfied = unhappy
	}
	return a
}

// nationalTotals decides the nation's marks of the units recommended in one
// category, best first: some below the pass mark, and, where more pass than
// there are places, a tie across the last place on purpose (D-05).
func nationalTotals(seed uint64, category award.Category, n, quota int) []award.Points {
	dice := diceOf(seed, "nation "+string(category))
	failing := n * failIn100 / 100
	totals := make([]award.Points, n)
	for i := range totals {
		totals[i] = points(dice, passMark, bestMark)
		if i < failing {
			totals[i] = points(dice, poorMark, passMark-1)
		}
	}
	slices.SortFunc(totals, func(a, b award.Points) int { return cmp.Compare(b, a) })
	for i := max(0, quota-tiedAround); n-failing > quota && i < min(n-failing, quota+tiedAround); i++ {
		totals[i] = totals[quota]
	}
	return totals
}

// tiedAround is how many units on either side of the last place tie.
const tiedAround = 3

// diceOf returns the dice of one thing in the drill.
func diceOf(seed uint64, what string) *rand.Rand {
	name := fnv.New64a()
	name.Write([]byte(what))
	return rand.New(rand.NewPCG(seed, name.Sum64()))
}

func chance(dice *rand.Rand, in100 int) bool { return dice.IntN(100) < in100 }

// points draws from low to high, both in whole points, by the quarter point, so
// that marks tie by themselves too.
func points(dice *rand.Rand, low, high int) award.Points {
	return award.Points(low*100 + 25*dice.IntN((high-low)*4+1))
}
