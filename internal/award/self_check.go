package award

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Note is what a unit writes beside one indicator of its self-check (N 四(一),
// 寻找差距，改进工作).
type Note struct {
	Facts   string `json:"facts,omitempty"`   // 事实依据
	Gap     string `json:"gap,omitempty"`     // 差距
	Measure string `json:"measure,omitempty"` // 改进措施
}

// mostNote is how many characters each part of a note may have.
const mostNote = 500

// CheckNotes returns every defect of notes by code of indicator.
func (s Standard) CheckNotes(notes map[string]Note) []Defect {
	known := make(map[string]bool)
	for _, leaf := range s.Leaves() {
		known[leaf.Code] = true
	}
	var defects []Defect
	for _, code := range slices.Sorted(maps.Keys(notes)) {
		pointer := notePointer(code)
		if !known[code] {
			defects = append(defects, Defect{pointer, "note_unknown_leaf", []any{code}})
			continue
		}
		note := notes[code]
		for _, part := range []struct{ name, text string }{
			{"facts", note.Facts}, {"gap", note.Gap}, {"measure", note.Measure},
		} {
			if n := utf8.RuneCountInString(part.text); n > mostNote {
				defects = append(defects, Defect{pointer + "/" + part.name, "value_too_long", []any{mostNote}})
			}
		}
	}
	return defects
}

func notePointer(code string) string {
	return "/notes/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(code)
}

// EnteredFor is on whose word a superior has entered a unit's self-check (代录,
// domain 4): whoever entered it is kept beside.
type EnteredFor struct {
	Person string `json:"person"` // of the unit
	Scan   string `json:"scan"`   // SHA-256 of the sealed paper, in hexadecimal; empty: it is to follow
}

var sha256Text = regexp.MustCompile(`^[0-9a-f]{64}$`)

// mostPerson is how many characters a person's name may have.
const mostPerson = 50

// CheckEntered returns every defect of on whose word a self-check is entered: a
// superior names the person, the unit itself nobody (D-52).
func CheckEntered(itself bool, e EnteredFor) []Defect {
	var defects []Defect
	switch {
	case itself && e != EnteredFor{}:
		return []Defect{{Pointer: "/entered_for", Key: "entered_for_itself"}}
	case itself:
		return nil
	case e.Person == "":
		defects = append(defects, Defect{Pointer: "/entered_for/person", Key: "entered_for_required"})
	case utf8.RuneCountInString(e.Person) > mostPerson:
		defects = append(defects, Defect{"/entered_for/person", "value_too_long", []any{mostPerson}})
	}
	if e.Scan != "" && !sha256Text.MatchString(e.Scan) {
		defects = append(defects, Defect{Pointer: "/entered_for/scan", Key: "sha256_malformed"})
	}
	return defects
}

// Blanks returns the marks of a self-check that has not begun.
func (s Standard) Blanks() []Points {
	return slices.Repeat([]Points{Blank}, s.size())
}

// fromFacts returns the value that the year's facts give an indicator; false
// when it names none, or one that is not reported.
func (l *Leaf) fromFacts(facts Facts) (Points, bool) {
	value, known := facts.Of(l.Fact, l.Sense == AtMost)
	switch {
	case !known:
		return Blank, false
	case l.Kind == LeafBoolean && value > 0:
		return l.Max, true
	}
	return value, true
}

// Fill puts what the year's facts give in its place, and returns the codes of the
// indicators that they fill. What is entered there is blank, the same, or what
// facts gave before: a fact is changed where it is reported, not typed over
// (D-50). Values must be as many as the standard's indicators.
func (s Standard) Fill(values []Points, facts Facts, before map[string]Points) (filled []Points, codes []string, defects []Defect) {
	filled = slices.Clone(values)
	for i, leaf := range s.Leaves() {
		value, known := leaf.fromFacts(facts)
		if !known {
			continue
		}
		codes = append(codes, leaf.Code)
		filled[i] = value
		if old, was := before[leaf.Code]; values[i] != Blank && values[i] != value && (!was || values[i] != old) {
			defects = append(defects, Defect{
				fmt.Sprintf("/marks/%d", i), "mark_from_facts", []any{leaf.Code, value.String(), leaf.Fact.Chinese(), values[i].String()},
			})
		}
	}
	return filled, codes, defects
}

// Outdated returns the codes of the indicators to which the year's facts would
// now give another value than the one they were filled with.
func (s Standard) Outdated(values []Points, filled []string, facts Facts) []string {
	var codes []string
	for i, leaf := range s.Leaves() {
		if value, known := leaf.fromFacts(facts); known && slices.Contains(filled, leaf.Code) && value != values[i] {
			codes = append(codes, leaf.Code)
		}
	}
	return codes
}

// PrefilledMark is what is filled in for one indicator before anybody types.
type PrefilledMark struct {
	Code  string
	Value Points // Blank: nothing
	From  Origin // of the value
	Note  Note   // of the last round
}

// Prefill returns what is known already of each indicator, in the order of the
// marks: from the year's facts, else from what the unit entered in the last
// round, where the indicator is defined the very same (N 五(三)).
func (s Standard) Prefill(facts Facts, last Standard, values []Points, notes map[string]Note) []PrefilledMark {
	before := make(map[string]int)
	lastLeaves := last.Leaves()
	for i, leaf := range lastLeaves {
		before[leaf.Code] = i
	}
	leaves := s.Leaves()
	prefilled := make([]PrefilledMark, len(leaves))
	for i, leaf := range leaves {
		p := PrefilledMark{Code: leaf.Code, Value: Blank}
		if at, was := before[leaf.Code]; was && at < len(values) && reflect.DeepEqual(lastLeaves[at], leaf) {
			p.Note = notes[leaf.Code]
			if values[at] != Blank {
				p.Value, p.From = values[at], OriginLastRound
			}
		}
		if value, known := leaf.fromFacts(facts); known {
			p.Value, p.From = value, OriginFacts
		}
		prefilled[i] = p
	}
	return prefilled
}

// BlockScore is what the indicators under one first-level heading come to.
type BlockScore struct {
	Title   string `json:"title"`
	Points  Points `json:"points"`
	Maximum Points `json:"maximum"`
	Minimum Points `json:"minimum"` // 0: none
}

// BlockScores returns what each first-level block of a score comes to.
func (s Standard) BlockScores(score Score) []BlockScore {
	blocks := make([]BlockScore, len(s.Blocks))
	for i, b := range s.Blocks {
		blocks[i] = BlockScore{b.Title, score.Blocks[i], b.Maximum(), b.Minimum}
	}
	return blocks
}
