package register

import "shifan/internal/award"

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
