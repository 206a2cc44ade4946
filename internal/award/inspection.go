package award

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// InspectionMethods lists how a unit is inspected (考察方式): those that the
// Notice names for the nation's visits (N 四(三)) serve the province's too.
func InspectionMethods() []string {
	return []string{"听取汇报", "召开座谈会", "查阅工作台账", "抽样调查", "实地走访"}
}

// Visit is one visit of an inspection team to a unit (一次考察).
type Visit struct {
	On      Date
	Methods []string
}

// CheckVisits returns every defect of an inspection's visits: none, one on a day
// that has not come, one without a method or with an unknown one.
func CheckVisits(visits []Visit, now time.Time) []Defect {
	if len(visits) == 0 {
		return []Defect{{Pointer: "/visits", Key: "field_required"}}
	}
	var defects []Defect
	for i, v := range visits {
		pointer := fmt.Sprintf("/visits/%d", i)
		if v.On.Starts().After(now) {
			defects = append(defects, Defect{pointer + "/on", "date_future", []any{v.On.String()}})
		}
		if len(v.Methods) == 0 {
			defects = append(defects, Defect{Pointer: pointer + "/methods", Key: "field_required"})
		}
		for m, method := range v.Methods {
			if !slices.Contains(InspectionMethods(), method) {
				defects = append(defects, Defect{fmt.Sprintf("%s/methods/%d", pointer, m), "method_unknown", []any{method}})
			}
		}
	}
	return defects
}

// MethodsOf returns the methods of all visits, each once, in the Notice's order.
func MethodsOf(visits []Visit) []string {
	return slices.DeleteFunc(InspectionMethods(), func(method string) bool {
		return !slices.ContainsFunc(visits, func(v Visit) bool { return slices.Contains(v.Methods, method) })
	})
}

// LastVisit returns the day of the last visit.
func LastVisit(visits []Visit) Date {
	last := slices.MaxFunc(visits, func(a, b Visit) int { return a.On.Starts().Compare(b.On.Starts()) })
	return last.On
}

// Differences returns the indicators, by place, at which two columns of marks
// differ by more than the percentage of the indicator's maximum (D-46), in
// points, not in values as entered. On a veto any disagreement counts. Exact: no
// division. Columns of other lengths than the standard's differ nowhere.
func (s Standard) Differences(a, b []Points, percent int) []int {
	leaves := s.Leaves()
	if len(a) != len(leaves) || len(b) != len(leaves) {
		return nil
	}
	pointsA, pointsB := s.Points(a), s.Points(b)
	var flagged []int
	for i, leaf := range leaves {
		difference := max(pointsA[i]-pointsB[i], pointsB[i]-pointsA[i])
		if leaf.Veto && (a[i] > 0) != (b[i] > 0) || !leaf.Veto && difference*100 > Points(percent)*leaf.Max {
			flagged = append(flagged, i)
		}
	}
	return flagged
}

// CheckRemarks returns what is wrong with the inspector's remarks (考察意见), by
// indicator code: each flagged indicator needs one, and each remark an indicator.
func (s Standard) CheckRemarks(flagged []int, own, found []Points, remarks map[string]string) []Defect {
	leaves := s.Leaves()
	var defects []Defect
	for _, i := range flagged {
		if remarks[leaves[i].Code] == "" {
			defects = append(defects, Defect{"/remarks/" + leaves[i].Code, "remark_required", []any{leaves[i].Code, own[i].String(), found[i].String()}})
		}
	}
	for code := range remarks {
		if !slices.ContainsFunc(leaves, func(l Leaf) bool { return l.Code == code }) {
			defects = append(defects, Defect{"/remarks/" + code, "indicator_unknown", []any{code}})
		}
	}
	slices.SortFunc(defects, func(a, b Defect) int { return cmp.Compare(a.Pointer, b.Pointer) })
	return defects
}
