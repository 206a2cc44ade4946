package main

import (
	"context"
	"encoding/hex"
	"fmt"

	"shifan/internal/award"
)

// sampledUnit is a unit of the spot check's sample (抽查).
type sampledUnit struct {
	Application int64              `json:"application"`
	Office      string             `json:"office"`
	Category    award.Category     `json:"category"`
	Code        string             `json:"code"`
	Name        string             `json:"name"`
	Outcome     award.VisitOutcome `json:"outcome"`
	Left        bool               `json:"left"`
}

// publicSpotCheck is what anyone may read of it.
type publicSpotCheck struct {
	Round string `json:"round"`
	Rule  struct {
		Percent int `json:"percent"`
	} `json:"rule"`
	Commitment string        `json:"commitment"`
	ListSHA256 string        `json:"list_sha256"`
	Seed       string        `json:"seed"`
	List       []sampledUnit `json:"list"`
	Sample     []sampledUnit `json:"sample"`
	Widenings  []struct {
		Office string `json:"office"`
	} `json:"widenings"`
}

// visit visits every unit of the sample (N 四(三)). One does not stand up to it,
// and widens its province's sample; the others are as they say.
func (d *drill) visit(ctx context.Context) error {
	for missing := 1; missing > 0; {
		var check struct {
			Sample []sampledUnit `json:"sample"`
		}
		if err := d.admin.get(ctx, d.path("/spot-check"), nil, &check); err != nil {
			return err
		}
		missing = 0
		for _, u := range check.Sample {
			if u.Outcome != "" || u.Left {
				continue
			}
			body := map[string]any{
				"application": u.Application, "members": []string{"演练甲", "演练乙"}, "place": u.Name, "findings": "演练:与材料相符",
				"visits":  []any{map[string]any{"on": today(), "methods": []string{"听取汇报", "查阅工作台账", "实地走访"}}},
				"outcome": award.VisitConfirmed,
			}
			if d.counts.visited.Load() == 0 {
				body["outcome"], body["findings"], body["ground"] = award.VisitFailed, "演练:台账系临时补造", "演练:台账系临时补造"
			}
			var done struct {
				Missing int `json:"missing"`
			}
			if err := d.admin.post(ctx, d.path("/visits"), body, &done); err != nil {
				return fmt.Errorf("visit %s: %w", u.Name, err)
			}
			d.counts.visited.Add(1)
			missing = done.Missing
		}
	}
	return nil
}

// redrawn draws the sample again from what is published.
func (p *proof) redrawn() (broken []string) {
	c := p.spotCheck
	text, err := hex.DecodeString(c.Seed)
	if err != nil || len(text) != len(award.Seed{}) {
		return []string{fmt.Sprintf("the seed is %q", c.Seed)}
	}
	seed := award.Seed(text)
	if got := seed.Commitment(c.Round); hex.EncodeToString(got[:]) != c.Commitment {
		broken = append(broken, "the seed is not the one committed to")
	}
	units := make([]award.FrozenUnit, len(c.List))
	size := map[string]int{}
	for i, u := range c.List {
		units[i] = award.FrozenUnit{Listed: award.Listed{Category: u.Category, Code: u.Code, Name: u.Name}, Office: u.Office}
		size[u.Office+string(u.Category)]++
	}
	list := award.FrozenHash(units)
	if hex.EncodeToString(list[:]) != c.ListSHA256 {
		broken = append(broken, "the list is not the one frozen")
	}
	widened := map[string]int{}
	for _, w := range c.Widenings {
		widened[w.Office]++
	}
	published := map[string]bool{}
	for _, u := range c.Sample {
		published[u.Code] = true
	}
	rules, drawn := award.Rules{SpotCheckPercent: c.Rule.Percent}, 0
	for _, turn := range award.Draw(seed, list, units) {
		if turn.Place > rules.SampleSize(size[turn.Office+string(turn.Category)], widened[turn.Office]) {
			continue
		}
		drawn++
		if !published[turn.Code] {
			broken = append(broken, turn.Name+" was drawn and is not in the sample")
		}
	}
	if drawn != len(c.Sample) || drawn == 0 {
		broken = append(broken, fmt.Sprintf("%d drawn, %d in the sample", drawn, len(c.Sample)))
	}
	return broken
}
