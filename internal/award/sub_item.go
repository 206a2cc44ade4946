package award

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// SubItem is a part of a national indicator of judged points, set by a
// recommending office for its own area (细则, N 五(二) 细化). Its code is the
// indicator's and one more number: 1.1.2 or 1.1-2.
type SubItem struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Max   Points `json:"max"`
}

// subItemCode takes the code of a sub-item apart.
var subItemCode = regexp.MustCompile(`^(.+)[.-][1-9][0-9]?$`)

// Leaf returns the code of the indicator that the sub-item is a part of; empty
// when its code names none.
func (i SubItem) Leaf() string {
	if parts := subItemCode.FindStringSubmatch(i.Code); parts != nil {
		return parts[1]
	}
	return ""
}

// SubItems are the sub-items of a recommending office in one category. Their
// maxima come to their indicator's, and their marks to its value: neither its
// points nor its gate can change, and the standard stays what it is (D-34).
type SubItems []SubItem

// SubMarks are marks by code of sub-item. What is not filled in is not there.
type SubMarks map[string]Points

// What a recommending office may set in one category.
const (
	mostSubItems = 500 // as many as a standard may have indicators
	mostSubTitle = 500 // characters
)

// Of returns the sub-items of an indicator, in their order.
func (items SubItems) Of(leaf string) SubItems {
	var own SubItems
	for _, i := range items {
		if i.Leaf() == leaf {
			own = append(own, i)
		}
	}
	return own
}

// CheckSubItems returns every defect of sub-items below the standard: a code
// without an indicator of judged points, or that is there already; no title; a
// maximum of nothing; maxima that do not come to their indicator's exactly.
func (s Standard) CheckSubItems(items SubItems) []Defect {
	if len(items) > mostSubItems {
		return []Defect{{"/items", "sub_items_too_many", []any{mostSubItems, len(items)}}}
	}
	leaves := make(map[string]Leaf)
	for _, leaf := range s.Leaves() {
		leaves[leaf.Code] = leaf
	}
	var defects []Defect
	seen, sums, first := make(map[string]bool), make(map[string]Points), make(map[string]int)
	for n, item := range items {
		at := fmt.Sprintf("/items/%d", n)
		leaf, below := leaves[item.Leaf()]
		_, national := leaves[item.Code]
		switch {
		case !below:
			defects = append(defects, Defect{at + "/code", "sub_item_no_leaf", []any{item.Code}})
		case leaf.Kind != LeafPoints:
			defects = append(defects, Defect{at + "/code", "sub_item_kind", []any{item.Code, leaf.Code}})
		case national || seen[item.Code]:
			defects = append(defects, Defect{at + "/code", "sub_item_twice", []any{item.Code}})
		}
		seen[item.Code] = true
		if item.Title == "" {
			defects = append(defects, Defect{Pointer: at + "/title", Key: "field_required"})
		}
		if utf8.RuneCountInString(item.Title) > mostSubTitle {
			defects = append(defects, Defect{at + "/title", "value_too_long", []any{mostSubTitle}})
		}
		if item.Max <= 0 || item.Max > mostEntered {
			defects = append(defects, Defect{at + "/max", "sub_item_max", []any{item.Code}})
		}
		if _, known := first[leaf.Code]; !known {
			first[leaf.Code] = n
		}
		sums[leaf.Code] += item.Max
	}
	for _, code := range slices.Sorted(maps.Keys(sums)) {
		if leaf := leaves[code]; leaf.Kind == LeafPoints && sums[code] != leaf.Max {
			at := fmt.Sprintf("/items/%d/max", first[code])
			defects = append(defects, Defect{at, "sub_item_sum", []any{code, leaf.Max.String(), sums[code].String()}})
		}
	}
	return defects
}

// Sorted returns the items in the order of the standard's indicators, those of
// one indicator as they were.
func (s Standard) Sorted(items SubItems) SubItems {
	place := make(map[string]int)
	for i, leaf := range s.Leaves() {
		place[leaf.Code] = i
	}
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b SubItem) int { return cmp.Compare(place[a.Leaf()], place[b.Leaf()]) })
	return sorted
}

// CheckMarks puts what sub-items come to in the place of their indicators, and
// returns every defect of the values and of the sub-items' marks: see
// Standard.CheckMarks. The value of an indicator with sub-items is left blank,
// or is their exact sum, and is not entered without them (D-34).
func (items SubItems) CheckMarks(s Standard, values []Points, marks SubMarks, whole bool) (rolled []Points, defects []Defect) {
	defects = items.bounds(marks)
	if len(values) != s.size() {
		return values, append(defects, s.CheckMarks(values, whole)...)
	}
	rolled = slices.Clone(values)
	for i, leaf := range s.Leaves() {
		own := items.Of(leaf.Code)
		if len(own) == 0 {
			continue
		}
		at := fmt.Sprintf("/marks/%d", i)
		sum, missing := own.sum(marks)
		switch {
		case values[i] == Exempt:
			if len(missing) < len(own) {
				defects = append(defects, Defect{at, "sub_marks_exempt", []any{leaf.Code}})
			}
		case len(missing) == 0 && (values[i] == Blank || values[i] == sum):
			rolled[i] = sum
		case len(missing) == 0:
			defects = append(defects, Defect{at, "sub_marks_sum", []any{leaf.Code, values[i].String(), sum.String()}})
		case values[i] != Blank || whole:
			defects = append(defects, Defect{at, "sub_marks_missing", []any{leaf.Code, strings.Join(missing, "、")}})
		}
	}
	for _, d := range s.CheckMarks(rolled, whole) {
		if !slices.ContainsFunc(defects, func(said Defect) bool { return said.Pointer == d.Pointer }) {
			defects = append(defects, d)
		}
	}
	return rolled, defects
}

// bounds returns the marks that no sub-item has, or that lie outside its own.
func (items SubItems) bounds(marks SubMarks) []Defect {
	most := make(map[string]Points)
	for _, i := range items {
		most[i.Code] = i.Max
	}
	var defects []Defect
	for _, code := range slices.Sorted(maps.Keys(marks)) {
		at, value := "/sub_marks/"+code, marks[code]
		greatest, known := most[code]
		switch {
		case !known:
			defects = append(defects, Defect{at, "sub_mark_unknown", []any{code}})
		case value < 0 || value > greatest:
			defects = append(defects, Defect{at, "mark_bounds", []any{code, greatest.String(), value.String(), Points(0).String()}})
		}
	}
	return defects
}

// sum adds up the marks of the items and names those that have none.
func (items SubItems) sum(marks SubMarks) (sum Points, missing []string) {
	for _, i := range items {
		value, given := marks[i.Code]
		if !given {
			missing = append(missing, i.Code)
		}
		sum += value
	}
	return sum, missing
}

// Name names, of an indicator that is not filled in, the sub-items that are not.
func (items SubItems) Name(reasons []Reason, marks SubMarks) []Reason {
	var named []Reason
	for _, r := range reasons {
		own := items.Of(r.At)
		if r.Failure != FailBlank || len(own) == 0 {
			named = append(named, r)
			continue
		}
		for _, i := range own {
			if _, given := marks[i.Code]; !given {
				named = append(named, Reason{FailBlank, i.Code, 0, i.Max})
			}
		}
	}
	return named
}

// Prefill returns the last round's marks of the sub-items of each indicator
// whose value was taken from there, and takes that value out where its sub-items
// are not the very same: nobody has judged these.
func (items SubItems) Prefill(prefilled []PrefilledMark, last SubItems, marks SubMarks) SubMarks {
	known := make(SubMarks)
	for n := range prefilled {
		p := &prefilled[n]
		own := items.Of(p.Code)
		if len(own) == 0 || p.From != OriginLastRound {
			continue
		}
		if _, missing := own.sum(marks); len(missing) > 0 || !slices.Equal(own, last.Of(p.Code)) {
			p.Value, p.From = Blank, ""
			continue
		}
		for _, i := range own {
			known[i.Code] = marks[i.Code]
		}
	}
	return known
}
