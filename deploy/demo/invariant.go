package main

import (
	"fmt"

	"shifan/internal/award"
)

// invariant is something that must hold in every round, whoever does what.
type invariant struct {
	name   string
	broken []string // how it does not hold; empty: it does
}

// The most events of a history: far below Temporal's own suggestion to continue
// as new at 4,096, because what units do stays out of it.
const (
	roundEvents  = 2000
	officeEvents = 1000
)

// invariants judges the round.
func (p *proof) invariants() []invariant {
	return []invariant{
		{"批次已结束 (the round has closed)", p.closed()},
		{fmt.Sprintf("申报不少于 %d (applications)", p.applications), p.enough()},
		{"命名不超过名额 (named within the quota)", p.withinQuota()},
		{"推荐不超过限额 (recommended within the limit)", p.withinLimits()},
		{"命名者均达标 (nobody named below the pass mark)", p.aboveMark()},
		{"推荐者均经省级公示 (nobody recommended without a local notice)", p.onNotice()},
		{"抽查样本可由公布的种子重新抽取 (the published seed draws the sample again)", p.redrawn()},
		{"未答复机构已催办并点名关闭,材料在册 (the silent office was chased and closed, its files are listed)", p.silentClosed()},
		{"其余机构均已通过 (every other office was accepted)", p.othersAccepted()},
		{"流程历史有界 (histories are bounded)", p.bounded()},
	}
}

func (p *proof) closed() []string {
	if p.round.State != award.RoundClosed {
		return []string{fmt.Sprintf("%s is %s", p.round.ID, p.round.State)}
	}
	return nil
}

func (p *proof) enough() []string {
	sum := 0
	for _, f := range p.funnels {
		sum += f.Applied
	}
	if sum < p.applications || sum != int(p.counts.applied.Load()) {
		return []string{fmt.Sprintf("the record shows %d, the offices made %d", sum, p.counts.applied.Load())}
	}
	return nil
}

func (p *proof) withinQuota() (broken []string) {
	for category, f := range p.funnels {
		if f.Named > f.Quota || f.Named != p.titles[category] {
			broken = append(broken, fmt.Sprintf("%s: %d named, %d titles, quota %d", category, f.Named, p.titles[category], f.Quota))
		}
		if f.Named == 0 {
			broken = append(broken, fmt.Sprintf("%s: nobody was named", category))
		}
	}
	if len(p.funnels) == 0 {
		broken = append(broken, "the report is empty")
	}
	return broken
}

func (p *proof) withinLimits() (broken []string) {
	recommended := make(map[string]int)
	for _, a := range p.national.recommended {
		recommended[a.Office+" "+string(a.Category)]++
	}
	for _, l := range p.limits {
		if n := recommended[l.Office+" "+string(l.Category)]; l.Used > l.Places || n > l.Places {
			broken = append(broken, fmt.Sprintf("%s %s: %d recommended, %d used of %d", l.OfficeName, l.Category, n, l.Used, l.Places))
		}
	}
	if len(p.limits) == 0 {
		broken = append(broken, "there are no limits")
	}
	return broken
}

func (p *proof) aboveMark() (broken []string) {
	for _, a := range p.named {
		total, err := award.ParsePoints(a.NationalTotal)
		if err != nil {
			broken = append(broken, fmt.Sprintf("%s has no national marks (%q)", a.Name, a.NationalTotal))
			continue
		}
		pass, err := award.ParsePoints(p.standards[a.Category].PassMark)
		if err != nil || total < pass {
			broken = append(broken, fmt.Sprintf("%s named with %s of %s", a.Name, total, p.standards[a.Category].PassMark))
		}
	}
	if len(p.named) == 0 {
		broken = append(broken, "nobody was named")
	}
	return broken
}

func (p *proof) onNotice() (broken []string) {
	for _, a := range p.national.recommended {
		if !p.noticed[listed(a.Office, a.Category, a.Unit)] {
			broken = append(broken, fmt.Sprintf("%s of %s was on no notice", a.Name, a.Office))
		}
	}
	if len(p.national.recommended) == 0 {
		broken = append(broken, "nobody was recommended")
	}
	return broken
}

func (p *proof) silentClosed() (broken []string) {
	before := p.national.silent
	if !before.Overdue {
		broken = append(broken, "it was not overdue when it was closed")
	}
	if p.national.digests == 0 {
		broken = append(broken, "it was closed without a reminder after its date")
	}
	for _, s := range p.offices {
		if s.Office == before.Office && (s.State != award.StageClosed || s.Reason == "") {
			broken = append(broken, fmt.Sprintf("it is %s for the reason %q", s.State, s.Reason))
		}
	}
	if len(p.silentFiles) == 0 || p.national.closedFiles == 0 {
		broken = append(broken, fmt.Sprintf("%d files are listed, %d ended with it", len(p.silentFiles), p.national.closedFiles))
	}
	for _, a := range p.silentFiles {
		if !a.State.Ended() {
			broken = append(broken, fmt.Sprintf("%s is still %s", a.Name, a.State))
		}
	}
	return broken
}

func (p *proof) othersAccepted() (broken []string) {
	for _, s := range p.offices {
		if characters()[s.Office] != silent && s.Package != award.PackageAccepted {
			broken = append(broken, fmt.Sprintf("%s: package %s, stage %s", s.Name, s.Package, s.State))
		}
	}
	return broken
}

func (p *proof) bounded() (broken []string) {
	for name, most := range map[string]int64{"Round": roundEvents, "Office": officeEvents} {
		w := p.workflows[name]
		if w.Runs == 0 {
			broken = append(broken, "no run of "+name+" was found")
		}
		if w.MaxHistory >= most {
			broken = append(broken, fmt.Sprintf("%s: %d events, must stay below %d", name, w.MaxHistory, most))
		}
	}
	return broken
}
