package award

import (
	"fmt"
	"strconv"
	"strings"
)

// Fact names one of the few things that a unit reports of itself once a year
// (年度基本情况), independent of rounds. They fill indicators and forms, so that
// nobody types them again (N 五(三)), and feed the progress that O asks for.
type Fact string

// The facts of a year.
const (
	FactResidents      Fact = "residents"
	FactVolunteers     Fact = "volunteers"
	FactWorkers        Fact = "workers"
	FactTrainedWorkers Fact = "trained_workers"
	FactServiceCentre  Fact = "service_centre"
)

// FactDefinition says what a fact is: its unit, and which article asks for it.
type FactDefinition struct {
	Fact   Fact
	Title  string // Chinese
	Unit   string // Chinese; empty: yes or no
	Source string
}

// YesNo reports whether the fact is a yes or a no rather than a number.
func (d FactDefinition) YesNo() bool { return d.Unit == "" }

// FactDefinitions lists the facts of a year in the order in which they are
// asked for.
func FactDefinitions() []FactDefinition {
	return []FactDefinition{
		{FactResidents, "常住居民人数", "人", "O 三(二)"},
		{FactVolunteers, "注册社区志愿者人数", "人", "O 三(二)"}, // ≥ 10 % of the residents
		{FactWorkers, "社区工作者人数", "人", "O 四(三)"},
		{FactTrainedWorkers, "年度受训不少于20小时的社区工作者人数", "人", "O 四(三)"}, // per person, not an average
		{FactServiceCentre, "有统一标识的综合性社区服务中心", "", "O 三(五)"},
	}
}

func (f Fact) definition() (FactDefinition, bool) {
	for _, d := range FactDefinitions() {
		if d.Fact == f {
			return d, true
		}
	}
	return FactDefinition{}, false
}

// Facts are what a unit has reported of a year; a yes is 1, a no 0. What is not
// there is not reported.
type Facts map[Fact]int64

// mostFact bounds a number, in persons: no unit of a round has more residents.
const mostFact = 100_000_000

// firstFactYear is the year of the first round, N closing paragraph.
const firstFactYear = 2008

// Check returns every defect of facts reported of a year in the given one. A
// part is never more than its whole.
func (f Facts) Check(year, now int) []Defect {
	var defects []Defect
	if year < firstFactYear || year > now {
		defects = append(defects, Defect{"/year", "fact_year", []any{firstFactYear, now}})
	}
	if len(f) == 0 {
		defects = append(defects, Defect{Pointer: "", Key: "facts_empty"})
	}
	for _, d := range FactDefinitions() {
		n, reported := f[d.Fact]
		most := int64(mostFact)
		if d.YesNo() {
			most = 1
		}
		switch pointer := "/" + string(d.Fact); {
		case !reported:
		case n < 0:
			defects = append(defects, Defect{pointer, "number_too_small", []any{0, n}})
		case n > most:
			defects = append(defects, Defect{pointer, "number_too_large", []any{most, n}})
		}
	}
	for _, part := range []struct{ part, whole Fact }{
		{FactVolunteers, FactResidents}, {FactTrainedWorkers, FactWorkers},
	} {
		n, reported := f[part.part]
		whole, known := f[part.whole]
		if reported && known && n > whole {
			of, _ := part.whole.definition()
			defects = append(defects, Defect{"/" + string(part.part), "fact_above_whole", []any{n, of.Title, whole}})
		}
	}
	return defects
}

// FactsAge is how many years before the current one a year's facts still count
// for a self-check (D-50): early in a year nobody has reported it yet.
const FactsAge = 1

// Measure names what of a year's facts fills an indicator: one fact, or the
// share of one in another in percent, written volunteers/residents.
type Measure string

// parts returns the facts of a measure; whole is empty for a single fact.
func (m Measure) parts() (part, whole Fact) {
	p, w, _ := strings.Cut(string(m), "/")
	return Fact(p), Fact(w)
}

// share reports whether the measure is a share in percent.
func (m Measure) share() bool { return strings.Contains(string(m), "/") }

// known reports whether the measure names facts that there are, a share two
// numbers.
func (m Measure) known() bool {
	part, whole := m.parts()
	p, found := part.definition()
	if !m.share() {
		return found
	}
	w, foundWhole := whole.definition()
	return found && foundWhole && part != whole && !p.YesNo() && !w.YesNo()
}

// YesNo reports whether the measure is a yes or a no.
func (m Measure) YesNo() bool {
	part, _ := m.parts()
	d, found := part.definition()
	return found && d.YesNo()
}

// Chinese returns what offices call the measure.
func (m Measure) Chinese() string {
	part, whole := m.parts()
	p, _ := part.definition()
	if w, share := whole.definition(); share {
		return fmt.Sprintf("%s占%s的百分比", p.Title, w.Title)
	}
	return p.Title
}

// Of returns the measured value in hundredths; false when a fact it needs is not
// reported, or the whole is nothing. A share rarely ends at hundredths of a
// percent: it is rounded down, or up for who asks for that, so that comparing
// the value with a bound in hundredths gives what the exact share would.
func (f Facts) Of(m Measure, up bool) (Points, bool) {
	part, whole := m.parts()
	n, reported := f[part]
	if !reported || !m.known() {
		return 0, false
	}
	if whole == "" {
		return Points(n * 100), true
	}
	of, reported := f[whole]
	if !reported || of == 0 {
		return 0, false
	}
	n *= 100_00 // percent, in hundredths
	if up {
		n += of - 1
	}
	return Points(n / of), true
}

// Text returns a fact as a form shows it; empty when it is not reported.
func (f Facts) Text(name Fact) string {
	n, reported := f[name]
	d, known := name.definition()
	switch {
	case !reported || !known:
		return ""
	case d.YesNo():
		return yesNo(n == 1)
	}
	return strconv.FormatInt(n, 10)
}
