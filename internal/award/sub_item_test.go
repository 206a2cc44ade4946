package award_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func detailed() award.Standard {
	return award.Standard{Category: award.Street, Blocks: []award.Block{{Title: "一", Leaves: []award.Leaf{
		{Code: "1", Title: "领导", Kind: award.LeafPoints, Max: 4_00},
		{Code: "1.1", Title: "规划", Kind: award.LeafPoints, Max: 5_00, Gate: true, Exemption: true},
		{Code: "1.2", Title: "有制度", Kind: award.LeafBoolean, Max: 5_00},
	}}}}
}

func TestSubItemsComeToTheirIndicatorExactly(t *testing.T) {
	item := func(code string, points award.Points) award.SubItem {
		return award.SubItem{Code: code, Title: "一项", Max: points}
	}
	tests := map[string]struct {
		items award.SubItems
		want  []string
	}{
		"no sub-items at all":                        {},
		"parts of the whole, numbered either way":    {items: award.SubItems{item("1.1.1", 2_01), item("1.1-2", 2_99)}},
		"one part is the whole":                      {items: award.SubItems{item("1.1.1", 5_00)}},
		"too little":                                 {items: award.SubItems{item("1.1.1", 4_99)}, want: []string{"/items/0/max sub_item_sum [1.1 5.00 4.99]"}},
		"too much, told at the first of them":        {items: award.SubItems{item("1-1", 4_00), item("1.1.1", 5_00), item("1.1.2", 1)}, want: []string{"/items/1/max sub_item_sum [1.1 5.00 5.01]"}},
		"a number twice":                             {items: award.SubItems{item("1.1.1", 2_00), item("1.1.1", 3_00)}, want: []string{"/items/1/code sub_item_twice [1.1.1]"}},
		"a code of the standard's own":               {items: award.SubItems{item("1.1", 4_00)}, want: []string{"/items/0/code sub_item_twice [1.1]"}},
		"an indicator that is not judged":            {items: award.SubItems{item("1.2.1", 5_00)}, want: []string{"/items/0/code sub_item_kind [1.2.1 1.2]"}},
		"no indicator, no number, a number from 0":   {items: award.SubItems{item("2.1.1", 5_00), item("x", 5_00), item("1.1.01", 5_00)}, want: []string{"/items/0/code sub_item_no_leaf [2.1.1]", "/items/1/code sub_item_no_leaf [x]", "/items/2/code sub_item_no_leaf [1.1.01]"}},
		"a part of nothing, and one without a title": {items: award.SubItems{item("1.1.1", 0), {Code: "1.1.2", Max: 5_00}}, want: []string{"/items/0/max sub_item_max [1.1.1]", "/items/1/title field_required []"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, told(detailed().CheckSubItems(tt.items)))
		})
	}
	require.Equal(t, []string{"/items sub_items_too_many [500 501]"}, told(detailed().CheckSubItems(make(award.SubItems, 501))))
}

func TestAnIndicatorIsTheSumOfItsSubItems(t *testing.T) {
	items := award.SubItems{{Code: "1.1.1", Title: "有文本", Max: 2_00}, {Code: "1.1.2", Title: "有落实", Max: 3_00}}
	both := award.SubMarks{"1.1.1": 1_50, "1.1.2": 3_00}
	tests := map[string]struct {
		value  award.Points
		marks  award.SubMarks
		whole  bool
		rolled award.Points
		want   []string
	}{
		"left blank, it is added up":             {value: award.Blank, marks: both, whole: true, rolled: 4_50},
		"given as what they come to":             {value: 4_50, marks: both, rolled: 4_50},
		"given as something else":                {value: 4_51, marks: both, want: []string{"/marks/1 sub_marks_sum [1.1 4.51 4.50]"}},
		"a draft may have some of them":          {value: award.Blank, marks: award.SubMarks{"1.1.1": 0}, rolled: award.Blank},
		"a draft may have none of them":          {value: award.Blank, rolled: award.Blank},
		"whole marks have them all":              {value: award.Blank, marks: award.SubMarks{"1.1.1": 0}, whole: true, want: []string{"/marks/1 sub_marks_missing [1.1 1.1.2]"}},
		"not given without them":                 {value: 5_00, want: []string{"/marks/1 sub_marks_missing [1.1 1.1.1、1.1.2]"}},
		"above its own maximum":                  {value: award.Blank, marks: award.SubMarks{"1.1.1": 2_01, "1.1.2": 0}, want: []string{"/sub_marks/1.1.1 mark_bounds [1.1.1 2.00 2.01 0.00]"}},
		"of a sub-item that there is not":        {value: award.Blank, marks: award.SubMarks{"1.1.3": 1}, want: []string{"/sub_marks/1.1.3 sub_mark_unknown [1.1.3]"}},
		"what does not apply has none":           {value: award.Exempt, whole: true, rolled: award.Exempt},
		"what does not apply is not marked also": {value: award.Exempt, marks: award.SubMarks{"1.1.1": 1}, want: []string{"/marks/1 sub_marks_exempt [1.1]"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			rolled, defects := items.CheckMarks(detailed(), []award.Points{4_00, tt.value, 5_00}, tt.marks, tt.whole)
			require.Equal(t, tt.want, told(defects))
			if tt.want == nil {
				require.Equal(t, []award.Points{4_00, tt.rolled, 5_00}, rolled)
			}
		})
	}
	_, defects := items.CheckMarks(detailed(), nil, both, true)
	require.Equal(t, []string{"/marks marks_count [3 0]"}, told(defects))
}

func TestReadinessNamesTheSubItemsThatAreMissing(t *testing.T) {
	items := award.SubItems{{Code: "1.1.1", Max: 2_00}, {Code: "1.1.2", Max: 3_00}}
	score := detailed().Score([]award.Points{award.Blank, award.Blank, 5_00}, 0)
	require.Equal(t, []award.Reason{
		{Failure: award.FailBlank, At: "1", Want: 4_00},
		{Failure: award.FailBlank, At: "1.1.2", Want: 3_00},
	}, items.Name(score.Reasons, award.SubMarks{"1.1.1": 1_00}))
}

// Sub-items drawn below any standard never change what it can give, and whatever
// order they and their marks come in, each indicator is exactly their sum.
func TestRollingUpNeverChangesAnIndicator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, values := drawn(t)
		digest := s.Digest()
		var items award.SubItems
		marks, want := award.SubMarks{}, slices.Clone(values)
		for i, leaf := range s.Leaves() {
			if leaf.Kind != award.LeafPoints || !rapid.Bool().Draw(t, "split") {
				continue
			}
			want[i], values[i] = 0, award.Blank
			left := leaf.Max
			for n := 1; left > 0; n++ {
				part := left
				if n < 9 {
					part = award.Points(rapid.Int64Range(1, int64(left)).Draw(t, "part"))
				}
				item := award.SubItem{Code: fmt.Sprintf("%s.%d", leaf.Code, n), Title: "一项", Max: part}
				mark := award.Points(rapid.Int64Range(0, int64(part)).Draw(t, "mark"))
				items, marks[item.Code] = append(items, item), mark
				want[i], left = want[i]+mark, left-part
			}
		}
		shuffled := award.SubItems(rapid.Permutation(items).Draw(t, "order"))
		for _, order := range []award.SubItems{items, shuffled, s.Sorted(shuffled)} {
			if defects := s.CheckSubItems(order); len(defects) > 0 {
				t.Fatalf("sub-items that come to their indicators are refused: %v", defects)
			}
			rolled, defects := order.CheckMarks(s, values, marks, true)
			if len(defects) > 0 || !slices.Equal(rolled, want) {
				t.Fatalf("%v rolled to %v, not %v: %v", marks, rolled, want, defects)
			}
			again, defects := order.CheckMarks(s, rolled, marks, true)
			if len(defects) > 0 || !slices.Equal(again, rolled) {
				t.Fatalf("rolled up twice: %v, %v", again, defects)
			}
			for i, points := range s.Points(rolled) {
				if most := s.Leaves()[i].Max; points > most {
					t.Fatalf("%s of %s", points, most)
				}
			}
		}
		if s.Digest() != digest {
			t.Fatal("the standard has changed")
		}
	})
}

func told(defects []award.Defect) []string {
	var out []string
	for _, d := range defects {
		out = append(out, fmt.Sprintf("%s %s %v", d.Pointer, d.Key, d.Args))
	}
	return out
}
