package award

// Failure is one way in which marks do not pass.
type Failure string

// The failures.
const (
	FailBlank        Failure = "blank"         // an indicator is not filled in
	FailVeto         Failure = "veto"          // 一票否决
	FailGate         Failure = "gate"          // an indicator that must give its maximum does not
	FailBlockMinimum Failure = "block_minimum" // a first-level block is below its minimum
	FailPassMark     Failure = "pass_mark"     // the total is below the pass mark
)

// Failures lists every failure.
func Failures() []Failure {
	return []Failure{FailBlank, FailVeto, FailGate, FailBlockMinimum, FailPassMark}
}

// Reason is why marks do not pass. It becomes a sentence at the border, under
// the key failed_<failure>, from At, Got and Want.
type Reason struct {
	Failure Failure
	At      string // code of the indicator, title of the block; empty for the whole
	Got     Points
	Want    Points
}

// String is the reason as the record keeps it beside a score: gate 1.2.
func (r Reason) String() string {
	if r.At == "" {
		return string(r.Failure)
	}
	return string(r.Failure) + " " + r.At
}

// Score is what marks come to under a standard.
type Score struct {
	Leaves  []Points // per indicator, in the order of the marks
	Blocks  []Points // per first-level block, bonuses apart
	Bonus   Points   // what bonuses come to
	Total   Points   // blocks and bonus, never above the standard's maximum
	Short   Points   // how much the total lacks of the pass mark
	Passed  bool
	Reasons []Reason // empty when passed
}

// Score adds up the points that values as entered give and says whether they
// pass: nothing blank, no veto, every gate, the pass mark, each block's minimum
// (N 三, D-06). Values must have passed CheckMarks.
func (s Standard) Score(values []Points, pass Points) Score {
	result := Score{Leaves: s.Points(values), Blocks: make([]Points, len(s.Blocks))}
	fail := func(f Failure, at string, got, want Points) {
		result.Reasons = append(result.Reasons, Reason{f, at, got, want})
	}
	var most Points
	i := 0
	for b := range s.Blocks {
		block := &s.Blocks[b]
		for l := range block.Leaves {
			leaf, value, points := &block.Leaves[l], values[i], result.Leaves[i]
			i++
			switch {
			case value == Blank:
				fail(FailBlank, leaf.Code, 0, leaf.Max)
			case leaf.Veto && value > 0:
				fail(FailVeto, leaf.Code, value, 0)
			case leaf.Gate && !leaf.Veto && points < leaf.Max:
				fail(FailGate, leaf.Code, points, leaf.Max)
			}
			switch {
			case leaf.Veto:
			case leaf.Bonus:
				result.Bonus += points
			default:
				result.Blocks[b] += points
				most += leaf.Max
			}
		}
		if result.Blocks[b] < block.Minimum {
			fail(FailBlockMinimum, block.Title, result.Blocks[b], block.Minimum)
		}
		result.Total += result.Blocks[b]
	}
	result.Total = min(most, result.Total+result.Bonus)
	if result.Total < pass {
		result.Short = pass - result.Total
		fail(FailPassMark, "", result.Total, pass)
	}
	result.Passed = len(result.Reasons) == 0
	return result
}
