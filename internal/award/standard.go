package award

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// LeafKind says what is entered for an indicator and how points come of it
// (D-30).
type LeafKind string

// The kinds of indicator (指标计分方式).
const (
	LeafPoints    LeafKind = "points"    // 评分: the points themselves, by judgement
	LeafBoolean   LeafKind = "boolean"   // 是否: nothing or its maximum
	LeafCount     LeafKind = "count"     // 计数: a number, times the points for each, up to its maximum
	LeafBands     LeafKind = "bands"     // 分段: a measured value, looked up
	LeafDeduction LeafKind = "deduction" // 扣分: a number of occurrences, each taken off its maximum, down to nothing
	LeafTarget    LeafKind = "target"    // 达标: a measured value that reaches a number, or does not
)

// LeafKinds lists every kind.
func LeafKinds() []LeafKind {
	return []LeafKind{LeafPoints, LeafBoolean, LeafCount, LeafBands, LeafDeduction, LeafTarget}
}

// counted reports whether values of the kind are whole numbers.
func (k LeafKind) counted() bool { return k == LeafCount || k == LeafDeduction }

// measured reports whether values of the kind are measured in a unit.
func (k LeafKind) measured() bool { return k == LeafBands || k == LeafTarget }

// Sense says on which side of its number a target is reached.
type Sense string

// The senses of a target.
const (
	AtLeast Sense = "at_least" // ≥
	AtMost  Sense = "at_most"  // ≤
)

// Band is a stretch of measured values and the points it gives: from its lower
// end up to, and without, its upper end; the last band has its upper end too.
type Band struct {
	From   Points `json:"from"`
	To     Points `json:"to"`
	Points Points `json:"points"`
}

// Leaf is one indicator (指标).
type Leaf struct {
	Code  string   `json:"code"`
	Title string   `json:"title"`
	Kind  LeafKind `json:"kind"`
	Max   Points   `json:"max"`
	Gate  bool     `json:"gate,omitempty"` // must give its maximum
	Veto  bool     `json:"veto,omitempty"` // 一票否决: any value above nothing fails the unit; adds no points

	// Off in national standards.
	Bonus     bool `json:"bonus,omitempty"`     // 加分: beside its block, never above the standard's maximum (D-31)
	Exemption bool `json:"exemption,omitempty"` // 免考: may be declared not to apply, and then gives its maximum (D-32)

	Unit     string `json:"unit,omitempty"` // what is counted or measured: %, 小时, 人次
	Each     Points `json:"each,omitempty"` // count: the points for each; deduction: taken off for each
	Sense    Sense  `json:"sense,omitempty"`
	Target   Points `json:"target,omitempty"`
	Least    Points `json:"least,omitempty"`    // what can be measured begins here
	Greatest Points `json:"greatest,omitempty"` // and ends here; nothing: anywhere
	Bands    []Band `json:"bands,omitempty"`

	Fact Measure `json:"fact,omitempty"` // fills the indicator from the year's facts
}

// Block is a first-level heading of a standard with its indicators.
type Block struct {
	Title   string `json:"title"`
	Minimum Points `json:"minimum,omitempty"`
	Leaves  []Leaf `json:"leaves"`
	Max     Points `json:"max,omitempty"` // as its text states it; nothing: not stated
}

// Standard (指导标准, N 三 and annex 1) is a tree of indicators for one
// category. Marks are an array in the order in which its leaves are read, and
// what stands in it are values as entered: the standard makes points of them.
type Standard struct {
	Category Category `json:"category"`
	Title    string   `json:"title"`
	Sample   bool     `json:"sample"` // 示例: not the Ministry's annex, which is not available
	Blocks   []Block  `json:"blocks"`
	Max      Points   `json:"max,omitempty"` // as its text states it; nothing: not stated
}

// Leaves returns the indicators in the order of the marks.
func (s Standard) Leaves() []Leaf {
	leaves := make([]Leaf, 0, s.size())
	for _, b := range s.Blocks {
		leaves = append(leaves, b.Leaves...)
	}
	return leaves
}

func (s Standard) size() int {
	n := 0
	for _, b := range s.Blocks {
		n += len(b.Leaves)
	}
	return n
}

// CheckMarks returns every defect of values as entered against the standard: a
// wrong number of them, one outside its bounds, a boolean that is neither
// nothing nor full, a count that is no whole number. Whole marks have no blanks;
// a self-check may have some while it is a draft.
func (s Standard) CheckMarks(values []Points, whole bool) []Defect {
	if n := s.size(); len(values) != n {
		return []Defect{{Pointer: "/marks", Key: "marks_count", Args: []any{n, len(values)}}}
	}
	var defects []Defect
	i := 0
	for b := range s.Blocks {
		for l := range s.Blocks[b].Leaves {
			if key, args := s.Blocks[b].Leaves[l].check(values[i], whole); key != "" {
				defects = append(defects, Defect{fmt.Sprintf("/marks/%d", i), key, args})
			}
			i++
		}
	}
	return defects
}

// check names what is wrong with a value.
func (l *Leaf) check(value Points, whole bool) (key string, args []any) {
	if value == Blank {
		if whole {
			return "mark_blank", []any{l.Code}
		}
		return "", nil
	}
	if value == Exempt {
		if !l.Exemption {
			return "mark_not_exempt", []any{l.Code}
		}
		return "", nil
	}
	least, greatest := l.bounds()
	switch {
	case value < least || value > greatest:
		return "mark_bounds", []any{l.Code, greatest.String(), value.String(), least.String()}
	case l.Kind == LeafBoolean && value != 0 && value != l.Max:
		return "mark_boolean", []any{l.Code, l.Max.String()}
	case l.Kind.counted() && value%100 != 0:
		return "mark_whole", []any{l.Code, value.String()}
	}
	return "", nil
}

// bounds returns the least and the greatest value that may be entered.
func (l *Leaf) bounds() (least, greatest Points) {
	switch {
	case l.Kind.counted():
		return 0, mostEntered
	case l.Kind.measured() && l.Greatest == 0:
		return l.Least, mostEntered
	case l.Kind.measured():
		return l.Least, l.Greatest
	}
	return 0, l.Max
}

// Points returns what a value as entered gives: a blank and a veto nothing, an
// exemption the maximum.
func (l *Leaf) Points(value Points) Points {
	switch {
	case l.Veto || value == Blank:
		return 0
	case value == Exempt:
		return l.Max
	}
	switch l.Kind {
	case LeafCount:
		return l.times(value)
	case LeafDeduction:
		return l.Max - l.times(value)
	case LeafBands:
		for i, band := range l.Bands {
			if value >= band.From && (value < band.To || i == len(l.Bands)-1 && value == band.To) {
				return band.Points
			}
		}
		return 0
	case LeafTarget:
		if l.Sense == AtLeast && value >= l.Target || l.Sense == AtMost && value <= l.Target {
			return l.Max
		}
		return 0
	case LeafPoints, LeafBoolean:
	}
	return value
}

// times returns the points of a number of things, up to the maximum.
func (l *Leaf) times(value Points) Points {
	n := value / 100
	if l.Each > 0 && n > l.Max/l.Each {
		return l.Max
	}
	return n * l.Each
}

// Points returns what each value as entered gives, in the order of the marks.
func (s Standard) Points(values []Points) []Points {
	points := make([]Points, 0, len(values))
	for b := range s.Blocks {
		for l := range s.Blocks[b].Leaves {
			points = append(points, s.Blocks[b].Leaves[l].Points(values[len(points)]))
		}
	}
	return points
}

// Maximum returns the most points the standard can give: bonuses never go above
// it.
func (s Standard) Maximum() Points {
	var sum Points
	for _, b := range s.Blocks {
		sum += b.Maximum()
	}
	return sum
}

// Maximum returns the most points the block can give.
func (b Block) Maximum() Points {
	var sum Points
	for _, leaf := range b.Leaves {
		if !leaf.Veto && !leaf.Bonus {
			sum += leaf.Max
		}
	}
	return sum
}

// Digest returns the SHA-256 of the standard's JSON: what a round was held
// against can be proved to be what was published.
func (s Standard) Digest() [32]byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic("a standard is plain data: " + err.Error())
	}
	return sha256.Sum256(text)
}
