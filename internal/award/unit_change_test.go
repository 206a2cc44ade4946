package award_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestAChangeSaysWhatItNeedsAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		order award.UnitChanging
		want  []string
	}{
		"a rename needs a name":              {award.UnitChanging{Change: award.UnitRename}, []string{"/document field_required", "/name field_required"}},
		"a rename may bring a kind and code": {award.UnitChanging{Change: award.UnitRename, Document: "x", Name: "长安区", Kind: award.KindDistrict, Code: "610116"}, nil},
		"a move needs a parent":              {award.UnitChanging{Change: award.UnitMove, Document: "x"}, []string{"/parent field_required"}},
		"a recode needs a code":              {award.UnitChanging{Change: award.UnitRecode, Document: "x"}, []string{"/code field_required"}},
		"a recode moves no children":         {award.UnitChanging{Change: award.UnitRecode, Document: "x", Code: "1", ChildrenTo: "2"}, []string{"/children_to unit_change_field"}},
		"a merger needs who goes on":         {award.UnitChanging{Change: award.UnitMerge, Document: "x"}, []string{"/into field_required"}},
		"an abolition names nobody":          {award.UnitChanging{Change: award.UnitAbolish, Document: "x", Into: "1", Others: []string{"2"}}, []string{"/into unit_change_field", "/others unit_change_field"}},
		"an abolition may move children":     {award.UnitChanging{Change: award.UnitAbolish, Document: "x", ChildrenTo: "2"}, nil},
		"an unknown change":                  {award.UnitChanging{Change: "split"}, []string{"/change unit_change_unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range c.order.Defects() {
				got = append(got, d.Pointer+" "+d.Key)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestAChangeHoldsFromADayTheUnitHasSeen(t *testing.T) {
	since, today := award.Date{Year: 2020, Month: 1, Day: 1}, award.Date{Year: 2026, Month: 11, Day: 2}
	dayBefore, tomorrow := award.Date{Year: 2019, Month: 12, Day: 31}, award.Date{Year: 2026, Month: 11, Day: 3}
	for name, c := range map[string]struct {
		change award.UnitChange
		on     award.Date
		code   award.Code // "": it may
	}{
		"a rename today":                       {award.UnitRename, today, ""},
		"a rename tomorrow":                    {award.UnitRename, tomorrow, award.Invalid},
		"a rename on the first day":            {award.UnitRename, since, ""},
		"a rename on the day before the first": {award.UnitRename, dayBefore, award.Conflict},
		"an end on the first day":              {award.UnitAbolish, since, award.Conflict},
		"an end on the second day":             {award.UnitMerge, award.Date{Year: 2020, Month: 1, Day: 2}, ""},
		"an end today":                         {award.UnitMerge, today, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := award.UnitChanging{Change: c.change, Effective: c.on}.MayHold(since, today)
			if c.code == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, c.code, award.CodeOf(err))
		})
	}
}

func TestNothingCanHangUnderItself(t *testing.T) {
	kinds, lengths := award.Kinds(), []int{1, 2, 4, 6, 9, 12}
	rapid.Check(t, func(t *rapid.T) {
		// A ring of units each of which may hang under the next.
		n := rapid.IntRange(1, 5).Draw(t, "units")
		codes, of := make([]string, n), make([]award.Kind, n)
		for i := range n {
			codes[i] = "110101001001"[:rapid.SampledFrom(lengths).Draw(t, "length")]
			of[i] = rapid.SampledFrom(kinds).Draw(t, "kind")
		}
		for i := range n {
			next := (i + 1) % n
			if !award.MayHang(codes[i], of[i], codes[next], of[next]) {
				return
			}
		}
		t.Fatalf("a ring of %v, %v", codes, of)
	})
}
