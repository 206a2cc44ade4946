package award

import (
	"fmt"
	"slices"
)

// mostLeaves is the most indicators of a standard: marks are one array, and a
// row of a workbook holds them all.
const mostLeaves = 500

// Check proves that a standard can be held against: its maxima add up to what
// is stated, to 100 in a national one; bands neither overlap nor leave a hole;
// units are given where something is measured; codes are unique; nothing asks
// for more than there is. It returns every defect at once.
func (s Standard) Check(national bool) []Defect {
	c := &standardCheck{national: national, codes: make(map[string]bool), headings: make(map[string]bool)}
	if !slices.Contains(Categories(), s.Category) {
		c.say("/category", "category_unknown", string(s.Category))
	}
	if s.Title == "" {
		c.say("/title", "field_required")
	}
	if len(s.Blocks) == 0 {
		c.say("/blocks", "field_required")
	}
	if n := s.size(); n > mostLeaves {
		c.say("/blocks", "standard_too_long", mostLeaves, n)
	}
	for i := range s.Blocks {
		c.block(fmt.Sprintf("/blocks/%d", i), &s.Blocks[i])
	}
	sum := s.Maximum()
	switch {
	case s.Max != 0 && s.Max != sum:
		c.say("/max", "standard_sum", s.Max.String(), sum.String())
	case national && sum != mostPoints:
		c.say("/max", "standard_sum", mostPoints.String(), sum.String())
	}
	return c.defects
}

// standardCheck gathers defects of one standard.
type standardCheck struct {
	national bool
	codes    map[string]bool
	headings map[string]bool
	defects  []Defect
}

func (c *standardCheck) say(pointer, key string, args ...any) {
	c.defects = append(c.defects, Defect{pointer, key, args})
}

func (c *standardCheck) block(at string, b *Block) {
	switch {
	case b.Title == "":
		c.say(at+"/title", "field_required")
	case c.headings[b.Title]:
		c.say(at+"/title", "block_twice", b.Title)
	}
	c.headings[b.Title] = true
	if len(b.Leaves) == 0 {
		c.say(at+"/leaves", "field_required")
	}
	for i := range b.Leaves {
		c.leaf(fmt.Sprintf("%s/leaves/%d", at, i), &b.Leaves[i])
	}
	sum := b.Maximum()
	if b.Max != 0 && b.Max != sum {
		c.say(at+"/max", "block_sum", b.Title, b.Max.String(), sum.String())
	}
	if b.Minimum < 0 || b.Minimum > sum {
		c.say(at+"/minimum", "block_minimum_bounds", b.Title, sum.String(), b.Minimum.String())
	}
}

func (c *standardCheck) leaf(at string, l *Leaf) {
	switch {
	case l.Code == "":
		c.say(at+"/code", "field_required")
	case c.codes[l.Code]:
		c.say(at+"/code", "leaf_twice", l.Code)
	}
	c.codes[l.Code] = true
	if l.Title == "" {
		c.say(at+"/title", "field_required")
	}
	if l.Max <= 0 || l.Max > mostEntered {
		c.say(at+"/max", "leaf_max", l.Code, mostEntered.String())
	}
	c.flags(at, l)
	if !slices.Contains(LeafKinds(), l.Kind) {
		c.say(at+"/kind", "leaf_kind_unknown", l.Code, string(l.Kind))
		return // what belongs to it can not be told
	}
	c.foreign(at, l)
	c.fact(at, l)
	switch l.Kind {
	case LeafCount, LeafDeduction:
		if l.Each <= 0 || l.Each > l.Max {
			c.say(at+"/each", "leaf_each", l.Code, l.Max.String())
		}
	case LeafBands:
		c.measure(at, l)
		c.bands(at, l)
	case LeafTarget:
		c.measure(at, l)
		c.target(at, l)
	case LeafPoints, LeafBoolean:
	}
}

// flags refuses what can not go together, and what a national standard does not
// know.
func (c *standardCheck) flags(at string, l *Leaf) {
	if l.Veto && l.Kind != LeafBoolean && l.Kind != LeafCount {
		c.say(at+"/veto", "leaf_veto_kind", l.Code)
	}
	for _, flag := range []struct {
		name string
		set  bool
	}{{"gate", l.Gate && (l.Veto || l.Bonus)}, {"bonus", l.Bonus && l.Veto}, {"exemption", l.Exemption && l.Veto}} {
		if flag.set {
			c.say(at+"/"+flag.name, "leaf_flags", l.Code)
		}
	}
	if c.national && l.Bonus {
		c.say(at+"/bonus", "leaf_not_national", l.Code)
	}
	if c.national && l.Exemption {
		c.say(at+"/exemption", "leaf_not_national", l.Code)
	}
}

// foreign refuses a field that the kind does not read: whoever wrote it meant
// another kind.
func (c *standardCheck) foreign(at string, l *Leaf) {
	counts, bands, target := l.Kind.counted(), l.Kind == LeafBands, l.Kind == LeafTarget
	for _, field := range []struct {
		name        string
		given, read bool
	}{
		{"unit", l.Unit != "", counts || bands || target},
		{"each", l.Each != 0, counts},
		{"sense", l.Sense != "", target},
		{"target", l.Target != 0, target},
		{"least", l.Least != 0, bands || target},
		{"greatest", l.Greatest != 0, bands || target},
		{"bands", len(l.Bands) > 0, bands},
	} {
		if field.given && !field.read {
			c.say(at+"/"+field.name, "leaf_foreign", l.Code, string(l.Kind))
		}
	}
	if (l.Kind == LeafCount || bands || target) && l.Unit == "" {
		c.say(at+"/unit", "leaf_unit", l.Code)
	}
}

// fact refuses a year's fact that there is not, and one that does not give what
// the kind takes.
func (c *standardCheck) fact(at string, l *Leaf) {
	switch {
	case l.Fact == "":
	case !l.Fact.known():
		c.say(at+"/fact", "leaf_fact_unknown", l.Code, string(l.Fact))
	case l.Fact.YesNo() != (l.Kind == LeafBoolean), l.Fact.share() && !l.Kind.measured(), l.Kind == LeafPoints, l.Kind == LeafDeduction:
		c.say(at+"/fact", "leaf_fact_kind", l.Code, l.Fact.Chinese())
	}
}

// measure proves the range of what is measured; bands must have its end, for a
// target it may be open.
func (c *standardCheck) measure(at string, l *Leaf) {
	if l.Least < 0 {
		c.say(at+"/least", "leaf_range", l.Code)
	}
	if l.Greatest > mostEntered || l.Greatest <= l.Least && (l.Greatest != 0 || l.Kind == LeafBands) {
		c.say(at+"/greatest", "leaf_range", l.Code)
	}
}

func (c *standardCheck) target(at string, l *Leaf) {
	if l.Sense != AtLeast && l.Sense != AtMost {
		c.say(at+"/sense", "leaf_sense", l.Code)
	}
	if least, greatest := l.bounds(); l.Target < least || l.Target > greatest {
		c.say(at+"/target", "leaf_target", l.Code, least.String(), greatest.String())
	}
}

// bands proves that every value from the least to the greatest lies in exactly
// one band, and that the best of them gives the indicator's maximum.
func (c *standardCheck) bands(at string, l *Leaf) {
	if len(l.Bands) == 0 {
		c.say(at+"/bands", "field_required")
		return
	}
	var best Points
	upTo := l.Least
	for i, band := range l.Bands {
		here := fmt.Sprintf("%s/bands/%d", at, i)
		switch {
		case band.From > upTo:
			c.say(here+"/from", "band_hole", l.Code, upTo.String(), band.From.String())
		case band.From < upTo:
			c.say(here+"/from", "band_overlap", l.Code, upTo.String(), band.From.String())
		}
		if band.To <= band.From {
			c.say(here+"/to", "band_empty", l.Code, band.From.String())
		}
		if band.Points < 0 || band.Points > l.Max {
			c.say(here+"/points", "band_points", l.Code, l.Max.String())
		}
		best, upTo = max(best, band.Points), band.To
	}
	if upTo != l.Greatest {
		c.say(fmt.Sprintf("%s/bands/%d/to", at, len(l.Bands)-1), "band_end", l.Code, l.Greatest.String(), upTo.String())
	}
	if best != l.Max {
		c.say(at+"/bands", "band_best", l.Code, l.Max.String(), best.String())
	}
}
