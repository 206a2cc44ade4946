package main

import (
	"encoding/hex"
	"strings"
	"testing"

	"shifan/internal/award"
)

// whole is the proof of a round in which everything holds.
func whole() *proof {
	d := &drill{
		settings:  settings{applications: 2},
		standards: map[award.Category]standard{award.District: {PassMark: "80.00"}},
		noticed:   map[string]bool{listed("41", award.District, "410102"): true},
		national: national{
			recommended: []application{{Office: "41", Category: award.District, Unit: "410102", Name: "中原区"}},
			silent:      standing{Office: "63", Overdue: true},
			digests:     2,
			closedFiles: 1,
		},
	}
	d.counts.applied.Store(2)
	var seed award.Seed
	unit := sampledUnit{Office: "41", Category: award.District, Code: "410102", Name: "中原区"}
	list := award.FrozenHash([]award.FrozenUnit{{Listed: award.Listed{Category: award.District, Code: "410102", Name: "中原区"}, Office: "41"}})
	commitment := seed.Commitment("drill-1")
	check := publicSpotCheck{
		Round: "drill-1", Seed: seed.String(), Commitment: hex.EncodeToString(commitment[:]), ListSHA256: hex.EncodeToString(list[:]),
		List: []sampledUnit{unit}, Sample: []sampledUnit{unit},
	}
	check.Rule.Percent = 20
	return &proof{
		spotCheck: check,
		drill:     d,
		round:     round{ID: "drill-1", State: award.RoundClosed},
		funnels:   map[award.Category]funnel{award.District: {Applied: 2, Named: 1, Quota: 100}},
		limits:    []limit{{Office: "41", Category: award.District, Places: 1, Used: 1}},
		offices: []standing{
			{Office: "41", State: award.StageComplete, Package: award.PackageAccepted},
			{Office: "63", State: award.StageClosed, Reason: "逾期"},
		},
		named:       []application{{Name: "中原区", Category: award.District, NationalTotal: "80.00"}},
		titles:      map[award.Category]int{award.District: 1},
		silentFiles: []application{{Name: "城东区", State: award.FileNotRecommended}},
		workflows:   map[string]reportWorkflow{"Round": {1, 1999}, "Office": {32, 999}},
	}
}

func brokenIn(p *proof) int {
	n := 0
	for _, i := range p.invariants() {
		if len(i.broken) > 0 {
			n++
		}
	}
	return n
}

func TestAWholeRoundBreaksNothing(t *testing.T) {
	o := outcome{invariants: whole().invariants()}
	if err := o.failure(); err != nil {
		t.Error(err)
	}
}

func TestEveryInvariantCanBreak(t *testing.T) {
	tests := map[string]func(p *proof){
		"the round is still open":           func(p *proof) { p.round.State = award.RoundOpen },
		"the record shows fewer files":      func(p *proof) { p.funnels[award.District] = funnel{Applied: 1, Named: 1, Quota: 100} },
		"too few applied":                   func(p *proof) { p.applications = 3 },
		"more named than the quota":         func(p *proof) { p.funnels[award.District] = funnel{Applied: 2, Named: 1, Quota: 0} },
		"a title is missing":                func(p *proof) { p.titles = nil },
		"more used than the limit":          func(p *proof) { p.limits[0].Places = 0 },
		"named below the mark":              func(p *proof) { p.named[0].NationalTotal = "79.99" },
		"named without marks":               func(p *proof) { p.named[0].NationalTotal = "" },
		"recommended and never noticed":     func(p *proof) { p.noticed = nil },
		"the seed is another":               func(p *proof) { p.spotCheck.Seed = strings.Repeat("01", 32) },
		"the seed is not published":         func(p *proof) { p.spotCheck.Seed = "" },
		"a unit of the list is another":     func(p *proof) { p.spotCheck.List[0].Name = "二七区" },
		"a drawn unit was not visited":      func(p *proof) { p.spotCheck.Sample = nil },
		"the silent office was in time":     func(p *proof) { p.national.silent.Overdue = false },
		"the silent office was not chased":  func(p *proof) { p.national.digests = 0 },
		"the silent office stays open":      func(p *proof) { p.offices[1].State = award.StageOpen },
		"a file of the silent office lives": func(p *proof) { p.silentFiles[0].State = award.FileAtProvince },
		"no file of the silent office":      func(p *proof) { p.silentFiles = nil },
		"another office was not accepted":   func(p *proof) { p.offices[0].Package = award.PackageSent },
		"a round's history has grown":       func(p *proof) { p.workflows["Round"] = reportWorkflow{1, 2000} },
		"an office's history has grown":     func(p *proof) { p.workflows["Office"] = reportWorkflow{32, 1000} },
		"Temporal knows no office":          func(p *proof) { delete(p.workflows, "Office") },
	}
	for name, breakIt := range tests {
		t.Run(name, func(t *testing.T) {
			p := whole()
			breakIt(p)
			if n := brokenIn(p); n != 1 {
				t.Errorf("%d invariants are broken, want 1", n)
			}
			if (outcome{invariants: p.invariants()}).failure() == nil {
				t.Error("the drill does not fail")
			}
		})
	}
}
