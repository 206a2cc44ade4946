package award

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// Points are marks in hundredths of a point: exact, never floats.
type Points int64

// String writes 87.50.
func (p Points) String() string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	return fmt.Sprintf("%s%d.%02d", sign, p/100, p%100)
}

// ParsePoints reads 87, 87.5 or 87.50; more than two decimals are refused
// rather than rounded.
func ParsePoints(text string) (Points, error) {
	refuse := func() (Points, error) { return 0, Refuse(Invalid, "N 三", "points_malformed", text) }
	whole, fraction, dotted := text, "", false
	for i := range len(text) {
		if text[i] == '.' {
			whole, fraction, dotted = text[:i], text[i+1:], true
			break
		}
	}
	if whole == "" || len(whole) > 9 || len(fraction) > 2 || (dotted && fraction == "") {
		return refuse()
	}
	for len(fraction) < 2 {
		fraction += "0"
	}
	var p Points
	for _, digit := range whole + fraction {
		if digit < '0' || digit > '9' {
			return refuse()
		}
		p = p*10 + Points(digit-'0')
	}
	return p, nil
}

// LeafKind says how an indicator is marked.
type LeafKind string

// The kinds of indicator.
const (
	LeafPoints  LeafKind = "points"  // 0 to its maximum, by judgement
	LeafBoolean LeafKind = "boolean" // nothing or its maximum
)

// Leaf is one indicator (指标).
type Leaf struct {
	Code  string   `json:"code"`
	Title string   `json:"title"`
	Kind  LeafKind `json:"kind"`
	Max   Points   `json:"max"`
	Gate  bool     `json:"gate,omitempty"` // must reach its maximum
	Veto  bool     `json:"veto,omitempty"` // 一票否决: any mark above nothing fails the unit; adds no points
}

// Block is a first-level heading of a standard with its indicators.
type Block struct {
	Title   string `json:"title"`
	Minimum Points `json:"minimum,omitempty"`
	Leaves  []Leaf `json:"leaves"`
}

// Standard (指导标准, N 三 and annex 1) is a tree of indicators for one
// category. Marks are an array in the order in which its leaves are read.
type Standard struct {
	Category Category `json:"category"`
	Title    string   `json:"title"`
	Sample   bool     `json:"sample"` // 示例: not the Ministry's annex, which is not available
	Blocks   []Block  `json:"blocks"`
}

// Leaves returns the indicators in the order of the marks.
func (s Standard) Leaves() []Leaf {
	var leaves []Leaf
	for _, b := range s.Blocks {
		leaves = append(leaves, b.Leaves...)
	}
	return leaves
}

// CheckMarks returns every defect of marks against the standard: a wrong
// number of them, one outside its bounds, a boolean that is neither nothing
// nor full.
func (s Standard) CheckMarks(marks []Points) []Defect {
	leaves := s.Leaves()
	if len(marks) != len(leaves) {
		return []Defect{{Pointer: "/marks", Key: "marks_count", Args: []any{len(leaves), len(marks)}}}
	}
	var defects []Defect
	for i, leaf := range leaves {
		pointer := fmt.Sprintf("/marks/%d", i)
		switch {
		case marks[i] < 0 || marks[i] > leaf.Max:
			defects = append(defects, Defect{pointer, "mark_bounds", []any{leaf.Code, leaf.Max.String(), marks[i].String()}})
		case leaf.Kind == LeafBoolean && marks[i] != 0 && marks[i] != leaf.Max:
			defects = append(defects, Defect{pointer, "mark_boolean", []any{leaf.Code, leaf.Max.String()}})
		}
	}
	return defects
}

// Score is what marks come to under a standard.
type Score struct {
	Total   Points
	Blocks  []Points // per first-level block
	Passed  bool
	Reasons []string // message keys of what failed; empty when passed
}

// Score adds marks up and says whether they pass: no veto, every gate, the
// pass mark, each block's minimum (N 三, D-06). Marks must have passed
// CheckMarks.
func (s Standard) Score(marks []Points, pass Points) Score {
	result := Score{Blocks: make([]Points, len(s.Blocks))}
	i := 0
	for b, block := range s.Blocks {
		for _, leaf := range block.Leaves {
			mark := marks[i]
			i++
			if leaf.Veto {
				if mark > 0 {
					result.Reasons = append(result.Reasons, "veto "+leaf.Code)
				}
				continue
			}
			if leaf.Gate && mark < leaf.Max {
				result.Reasons = append(result.Reasons, "gate "+leaf.Code)
			}
			result.Blocks[b] += mark
			result.Total += mark
		}
		if result.Blocks[b] < block.Minimum {
			result.Reasons = append(result.Reasons, "block_minimum "+block.Title)
		}
	}
	if result.Total < pass {
		result.Reasons = append(result.Reasons, "pass_mark")
	}
	result.Passed = len(result.Reasons) == 0
	return result
}

// Maximum returns the most points the standard can give.
func (s Standard) Maximum() Points {
	var sum Points
	for _, leaf := range s.Leaves() {
		if !leaf.Veto {
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
