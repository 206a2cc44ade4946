package award

import "strings"

// Given reports whether the document is there: by its number, its sealed scan
// or its electronic text. A title alone is none.
func (d Document) Given() bool {
	return strings.TrimSpace(d.Number) != "" || d.SHA256 != "" || strings.TrimSpace(d.Text) != ""
}

// Papers says which papers of one recommended unit are there and whole.
type Papers struct {
	Listed
	Form       bool // 申报表, filed, and scanned with its seals where the round asks for it (D-38)
	Inspection bool // passed, with a finding
	Survey     bool // done and above the round's threshold
	Barred     bool // by a department (D-45)
}

// Lack is one thing a recommendation package lacks (缺项): a part, and the unit
// whose part it is where it has one.
type Lack struct {
	Part     Part     `json:"part"`
	Unit     string   `json:"unit,omitempty"` // code
	Name     string   `json:"name,omitempty"`
	Category Category `json:"category,omitempty"`
	List     int      `json:"list,omitempty"` // revision of the list whose public notice has not ended
}

// Lacks returns what a package lacks to be sent (N 四(二)): the covering letter,
// the report, each unit's own papers and clearance by the departments, and one notice for each list whose public
// notice has not ended. An office that recommends nobody still sends letter and
// report (宁缺勿滥).
func Lacks(letter, report Document, units []Papers, noticesOwed []int) []Lack {
	var lacks []Lack
	if !letter.Given() {
		lacks = append(lacks, Lack{Part: PartLetter})
	}
	if !report.Given() {
		lacks = append(lacks, Lack{Part: PartReport})
	}
	for _, list := range noticesOwed {
		lacks = append(lacks, Lack{Part: PartNotice, List: list})
	}
	for _, u := range units {
		for _, paper := range []struct {
			part  Part
			there bool
		}{{PartForm, u.Form}, {PartReport, u.Inspection}, {PartSurvey, u.Survey}, {PartDepartments, !u.Barred}} {
			if !paper.there {
				lacks = append(lacks, Lack{Part: paper.part, Unit: u.Code, Name: u.Name, Category: u.Category})
			}
		}
	}
	return lacks
}

// CheckPackage refuses a package that lacks something, naming each thing, so
// that the office mends them in one go.
func CheckPackage(lacks []Lack) error {
	if len(lacks) == 0 {
		return nil
	}
	defects := make([]Defect, len(lacks))
	for i, l := range lacks {
		if l.Unit == "" {
			defects[i] = Defect{Pointer: "/" + string(l.Part), Key: "lacks_" + string(l.Part)}
			if l.List > 0 {
				defects[i].Args = []any{l.List}
			}
			continue
		}
		defects[i] = Defect{
			Pointer: "/units/" + l.Unit + "/" + string(l.Part),
			Key:     "lacks_unit_" + string(l.Part),
			Args:    []any{l.Unit, l.Name},
		}
	}
	return RefuseFields(Incomplete, "N 四(二)", "package_incomplete", defects)
}
