package register

import (
	"errors"
	"iter"

	"shifan/internal/award"
)

// Row is one unit as a list has it.
type Row struct {
	Line   int    // of the file it was read from, for messages; 0 when made by us
	Code   string // canonical: see Canonical
	Name   string
	Source string // the list it comes from; empty: the list being imported

	Kind   award.Kind
	Sure   bool // false: D-13 could not tell; the unit is not eligible until corrected
	Stated bool // the list states the kind; otherwise it was inferred by D-13

	Parent             string // code; empty: the next unit above by code
	RecommendingOffice string // code (省级推荐机构); empty: a province recommends itself, all else inherits

	ValidFrom award.Date // zero: the date of the import
	ValidTo   award.Date // exclusive; zero: still so
}

// Roots are the units above and beside every list: the nation, and the Corps,
// for which GB/T 2260 has no code (D-11).
func Roots() []Row {
	return []Row{
		{Code: award.CodeNation, Name: "全国", Kind: award.KindNation, Sure: true},
		{Code: award.CodeCorps, Name: "新疆生产建设兵团", Kind: award.KindProvince, Sure: true},
	}
}

// Unit is one unit of the register as it was on a day.
type Unit struct {
	ID                 int64 // stable: survives a change of code, name and parent
	Code               string
	Name               string
	Kind               award.Kind
	Sure               bool
	Parent             string // code; empty for the nation
	RecommendingOffice string // code, inherited where the unit has none of its own; empty above them
	Source             string
	ValidFrom          award.Date
	ValidTo            award.Date // exclusive; zero: still so
}

// Summary says what an import did. The roots that it had to add are counted as
// added though not as read.
type Summary struct {
	Read, Added, Changed, Unchanged int
	Unsure                          int // rows read whose kind stands unsure after the import
}

// Import is a list on its way into the register (导入名册).
type Import struct {
	Source    string     // name and revision of the list
	ValidFrom award.Date // of the rows without a date of their own
	Rows      iter.Seq2[Row, error]
	DryRun    bool // find out what would change, and change nothing

	Progress func(done int)         // called now and then while rows are read
	Begin    func(step Step)        // called before each of the longer steps
	Differs  func(Difference) error // called for every difference, after all is written, until ErrEnough; nil: only counted
}

// Step is a longer step of an import.
type Step string

// The steps, in their order. The first is told by Progress.
const (
	StepCompare Step = "compare"
	StepWrite   Step = "write"
)

// Change says in what a list differs from the register (变动).
type Change string

// The changes, in the order in which an import tells them.
const (
	ChangeEnded       Change = "ended"
	ChangeMoved       Change = "moved"
	ChangeRenamed     Change = "renamed"
	ChangeKind        Change = "kind"
	ChangeOffice      Change = "office" // counts for another recommending office
	ChangeAdded       Change = "added"
	ChangeUnmentioned Change = "unmentioned" // the list does not have it; it stays
)

// Changes lists every change.
func Changes() []Change {
	return []Change{
		ChangeEnded, ChangeMoved, ChangeRenamed, ChangeKind, ChangeOffice, ChangeAdded, ChangeUnmentioned,
	}
}

// Difference is one change of one unit.
type Difference struct {
	Change     Change
	Code, Name string
	Was, Is    string // name, kind, parent's code, office's code, or last day; empty: none
}

// ErrEnough is returned by Import.Differs when it wants no more.
var ErrEnough = errors.New("enough differences")

// Report is what an import did, or would do.
type Report struct {
	Summary
	Differences map[Change]int
}
