package console

import (
	"strconv"
	"unicode"
)

// chart is a picture of numbers (图), drawn on the server: it needs no script and
// no style of its own. Whoever does not see it hears what it says, and the table
// beside it holds every number.
type chart struct {
	ID, Title, Says string
	Width, Height   int
	Rects           []rect
	Texts           []label
}

type rect struct {
	Class      string // bar, whole or mark
	X, Y, W, H int
}

type label struct {
	Class string // name, number or axis
	X, Y  int
	Text  string
}

// bar is one number of a chart, and what it is a part of.
type bar struct {
	Name  string
	Value int
	Whole int    // 0: it is no part
	Text  string // as it is written; "": the number
}

// Sizes, in units of the picture: as wide as a telephone, so that its letters can
// be read on one.
const (
	chartWidth  = 420
	chartName   = 136 // for the names
	chartNumber = 72  // for the numbers
	barHeight   = 18
	barStep     = 28
	mostLetters = 17 // of a name; the table has it whole
)

// bars draws numbers one below the other. Each is measured by its whole, and those
// without one by the greatest.
func bars(id, title, says string, numbers []bar) chart {
	c := chart{ID: id, Title: title, Says: says, Width: chartWidth, Height: barStep*len(numbers) + 4}
	greatest := 1
	for _, b := range numbers {
		greatest = max(greatest, b.Value)
	}
	const room = chartWidth - chartName - chartNumber
	for i, b := range numbers {
		y, of := i*barStep+4, greatest
		if b.Whole > 0 {
			of = b.Whole
			c.Rects = append(c.Rects, rect{"whole", chartName, y, room, barHeight})
		}
		if b.Value > 0 {
			c.Rects = append(c.Rects, rect{"bar", chartName, y, length(b.Value, of, room), barHeight})
		}
		text := b.Text
		if text == "" {
			text = strconv.Itoa(b.Value)
		}
		c.Texts = append(c.Texts,
			label{"name", chartName - 8, y + 14, short(b.Name)},
			label{"number", chartWidth - chartNumber + 8, y + 14, text})
	}
	return c
}

// columns draws how many fall into each of equal stretches, which the names begin,
// with a mark where a threshold stands, in percent of the whole width; 0: none.
func columns(id, title, says string, numbers []bar, threshold int) chart {
	const height, foot = 160, 24
	c := chart{ID: id, Title: title, Says: says, Width: chartWidth, Height: height + foot + 16}
	greatest := 1
	for _, b := range numbers {
		greatest = max(greatest, b.Value)
	}
	step, written := chartWidth/max(1, len(numbers)), false // the greatest number is written once
	for i, b := range numbers {
		if tall := length(b.Value, greatest, height); tall > 0 {
			c.Rects = append(c.Rects, rect{"bar", i*step + 1, 16 + height - tall, step - 2, tall})
		}
		if b.Name != "" {
			c.Texts = append(c.Texts, label{"axis", i * step, 16 + height + 18, b.Name})
		}
		if b.Value == greatest && !written {
			written = true
			c.Texts = append(c.Texts, label{"middle", i*step + step/2, 12, strconv.Itoa(b.Value)})
		}
	}
	if threshold > 0 {
		c.Rects = append(c.Rects, rect{"mark", threshold*step*len(numbers)/100 - 1, 16, 2, height})
	}
	return c
}

// length is how long a value is drawn: never nothing when it is something.
func length(value, of, room int) int {
	switch {
	case value <= 0 || of <= 0:
		return 0
	case value >= of:
		return room
	}
	return max(2, value*room/of)
}

// short cuts a name to what a chart has room for. A Chinese character is as wide
// as two letters.
func short(name string) string {
	wide := 0
	for i, sign := range name {
		if wide++; sign > unicode.MaxLatin1 {
			wide++
		}
		if wide > mostLetters {
			return name[:i] + "…"
		}
	}
	return name
}
