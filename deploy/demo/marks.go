package main

import (
	"errors"
	"fmt"
	"strings"

	"shifan/internal/award"
)

// marks makes up what a unit enters that comes to a total: no veto, every gate
// reached. A unit that lacks much misses some of what is counted or measured;
// the rest it lacks evenly where points are judged.
func (s standard) marks(total award.Points) ([]string, error) {
	var leaves []award.Leaf
	for _, block := range s.Blocks {
		for _, l := range block.Leaves {
			rule, err := l.rule()
			if err != nil {
				return nil, fmt.Errorf("read indicator %s: %w", l.Code, err)
			}
			leaves = append(leaves, rule)
		}
	}
	values := make([]award.Points, len(leaves))
	var judged []int // positions of the indicators that take what is left
	var room, most award.Points
	for i := range leaves {
		l := &leaves[i]
		values[i] = reached(l)
		if l.Veto {
			continue
		}
		most += l.Max
		if l.Kind == award.LeafPoints && !l.Gate {
			judged = append(judged, i)
			room += l.Max
		}
	}
	lost := most - total
	for i := range leaves {
		l := &leaves[i]
		if l.Veto || l.Gate || l.Kind == award.LeafPoints {
			continue
		}
		value := missed(l)
		if less := l.Max - l.Points(value); less*missedOf <= lost {
			values[i], lost = value, lost-less
		}
	}
	if lost < 0 || lost > room {
		return nil, fmt.Errorf("a total of %s does not fit the standard of %s", total, s.Category)
	}
	taken := award.Points(0)
	for before, i := award.Points(0), 0; i < len(judged); i++ {
		before += values[judged[i]]
		upTo := lost * before / room // of all points so far, the same part for everyone
		values[judged[i]], taken = values[judged[i]]-(upTo-taken), upTo
	}
	text := make([]string, len(values))
	for i, value := range values {
		text[i] = value.String()
	}
	return text, nil
}

// remarks says something of every indicator where the province's marks are not
// the unit's own; the round asks for it where they differ much (D-46).
func (s standard) remarks(own, found []string) map[string]string {
	remarks, i := map[string]string{}, 0
	for _, block := range s.Blocks {
		for _, leaf := range block.Leaves {
			if own[i] != found[i] {
				remarks[leaf.Code] = "演练:现场核对,自评" + own[i] + ",核定" + found[i]
			}
			i++
		}
	}
	return remarks
}

// missedOf is how many times what an indicator is worth a unit must still lack
// before it misses it: the better ones lose a little everywhere, the others
// have something they do not do.
const missedOf = 3

// rule is the indicator as its rule.
func (l leaf) rule() (award.Leaf, error) {
	var failed error
	read := func(text string) award.Points {
		if text == "" {
			return 0
		}
		p, err := award.ParsePoints(text)
		failed = errors.Join(failed, err)
		return p
	}
	rule := award.Leaf{
		Code: l.Code, Kind: l.Kind, Max: read(l.Max), Gate: l.Gate, Veto: l.Veto,
		Each: read(l.Each), Sense: l.Sense, Target: read(l.Target), Greatest: read(l.Greatest),
	}
	for _, b := range l.Bands {
		rule.Bands = append(rule.Bands, award.Band{From: read(b.From), To: read(b.To), Points: read(b.Points)})
	}
	return rule, failed
}

// reached is what a unit enters that reaches all of an indicator, a little
// beyond where it can be.
func reached(l *award.Leaf) award.Points {
	switch {
	case l.Veto || l.Kind == award.LeafDeduction:
		return 0
	case l.Kind == award.LeafCount:
		return things((l.Max + l.Each - 1) / l.Each)
	case l.Kind == award.LeafBands:
		return inBand(l, func(b award.Band) bool { return b.Points == l.Max })
	case l.Kind == award.LeafTarget && l.Sense == award.AtMost:
		return l.Target * 9 / 10
	case l.Kind == award.LeafTarget:
		beyond := l.Target * 12 / 10
		if l.Greatest > 0 {
			beyond = min(beyond, l.Greatest)
		}
		return beyond
	}
	return l.Max
}

// missed is what a unit enters that misses it.
func missed(l *award.Leaf) award.Points {
	switch l.Kind {
	case award.LeafCount:
		return things(l.Max / l.Each / 2)
	case award.LeafDeduction:
		return things(2)
	case award.LeafBands:
		return inBand(l, func(b award.Band) bool { return b.Points < l.Max })
	case award.LeafTarget:
		if l.Sense == award.AtMost {
			return l.Target * 11 / 10
		}
		return l.Target * 8 / 10
	case award.LeafPoints, award.LeafBoolean:
	}
	return 0
}

// things is so many things, as they are entered.
func things(n award.Points) award.Points { return n * 100 }

// inBand is the middle of the last band that fits.
func inBand(l *award.Leaf, fits func(award.Band) bool) award.Points {
	var middle award.Points
	for _, b := range l.Bands {
		if fits(b) {
			middle = (b.From + b.To) / 2
		}
	}
	return middle
}

// fill completes an application form (申报表): plausible words and numbers, each
// within its bound.
func (s standard) fill(u unit) map[string]string {
	form := make(map[string]string, len(s.Form))
	for _, field := range s.Form {
		text := "演练:" + u.Name + field.Title
		switch {
		case field.Kind == award.FieldNumber:
			text = fmt.Sprint(1000 + len(u.Code)*37)
		case field.Kind == award.FieldPhone:
			text = "0371-60000000"
		case field.Key == "unit":
			text = u.Name
		case field.Key == "code":
			text = u.Code
		case field.MaxRunes > 200:
			text = strings.Repeat(u.Name+"坚持居民自治,健全服务体系,群众满意。", 3)
		}
		if most := field.MaxRunes; most > 0 && len([]rune(text)) > most {
			text = string([]rune(text)[:most])
		}
		form[field.Key] = text
	}
	return form
}
