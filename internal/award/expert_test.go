package award_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestAnExpertMayNotMarkItsOwn(t *testing.T) {
	file := award.ExpertFile{Application: 1, Category: award.Street, Office: "41", Path: []int64{1, 2, 3, 4}, Recused: []int64{7}}
	for name, tt := range map[string]struct {
		expert award.Expert
		may    bool
	}{
		"a stranger":                          {award.Expert{Province: "11", Unit: 9, Conflicts: []int64{8}}, true},
		"of the province":                     {award.Expert{Province: "41"}, false},
		"of the unit":                         {award.Expert{Unit: 4}, false},
		"of an office above the unit":         {award.Expert{Unit: 2}, false},
		"with a conflict with the unit":       {award.Expert{Conflicts: []int64{9, 4}}, false},
		"with a conflict with one above":      {award.Expert{Conflicts: []int64{3}}, false},
		"who has recused itself":              {award.Expert{ID: 7}, false},
		"who knows the category":              {award.Expert{Categories: []award.Category{award.Street}}, true},
		"who knows another category":          {award.Expert{Categories: []award.Category{award.District}}, false},
		"of a unit below, which is no matter": {award.Expert{Unit: 5}, true},
	} {
		require.Equal(t, tt.may, tt.expert.May(file), name)
	}
}

// assigning is a pool and files of a few provinces, narrow enough that some can
// not be served.
func assigning(t *rapid.T) ([]award.Expert, []award.ExpertFile, int) {
	provinces := []string{"11", "41", "44"}
	var experts []award.Expert
	for i := range rapid.IntRange(0, 7).Draw(t, "experts") {
		e := award.Expert{ID: int64(i + 1), Most: rapid.IntRange(0, 5).Draw(t, "most")}
		if rapid.Bool().Draw(t, "has a province") {
			e.Province = rapid.SampledFrom(provinces).Draw(t, "province")
		}
		if rapid.Bool().Draw(t, "knows one category") {
			e.Categories = []award.Category{rapid.SampledFrom([]award.Category{award.Street, award.District}).Draw(t, "category")}
		}
		e.Conflicts = rapid.SliceOfN(rapid.Int64Range(100, 107), 0, 2).Draw(t, "conflicts")
		experts = append(experts, e)
	}
	var files []award.ExpertFile
	for i := range rapid.IntRange(0, 8).Draw(t, "files") {
		files = append(files, award.ExpertFile{
			Application: int64(i + 1), Category: rapid.SampledFrom([]award.Category{award.Street, award.District}).Draw(t, "category"),
			Office: rapid.SampledFrom(provinces).Draw(t, "office"), Path: []int64{1, int64(100 + i)},
		})
	}
	return experts, files, rapid.IntRange(1, 3).Draw(t, "wanted")
}

func TestEveryConstraintHoldsAndNothingIsLeftThatCouldBeGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		experts, files, wanted := assigning(t)
		given, short := award.AssignExperts(experts, files, wanted, nil)
		load, has := map[int64]int{}, map[int64][]int64{}
		for _, g := range given {
			load[g.Expert]++
			require.NotContains(t, has[g.Application], g.Expert, "twice")
			has[g.Application] = append(has[g.Application], g.Expert)
			require.True(t, experts[g.Expert-1].May(files[g.Application-1]))
		}
		for _, e := range experts {
			require.LessOrEqual(t, load[e.ID], e.Most)
		}
		for _, f := range files {
			require.Equal(t, len(has[f.Application]) < wanted, slices.Contains(short, f.Application))
		}
		require.Equal(t, mostPlaces(experts, files, wanted), len(given), "as many places as any assignment fills")
	})
}

// mostPlaces is the largest flow, by searches that know nothing of loads.
func mostPlaces(experts []award.Expert, files []award.ExpertFile, wanted int) int {
	has := make([]map[int]bool, len(files))
	load := make([]int, len(experts))
	var try func(f int, seen map[int]bool) bool
	try = func(f int, seen map[int]bool) bool {
		for e := range experts {
			if seen[e] || has[f][e] || !experts[e].May(files[f]) {
				continue
			}
			seen[e] = true
			if load[e] < experts[e].Most {
				load[e]++
				has[f][e] = true
				return true
			}
			for other := range files {
				if !has[other][e] || other == f {
					continue
				}
				delete(has[other], e)
				has[f][e] = true
				if try(other, seen) {
					return true
				}
				has[other][e] = true
				delete(has[f], e)
			}
		}
		return false
	}
	places := 0
	for f := range files {
		has[f] = map[int]bool{}
	}
	for f := range files {
		for range wanted {
			if !try(f, map[int]bool{}) {
				break
			}
			places++
		}
	}
	return places
}

func TestNoExchangeMakesTheLoadsMoreEven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		experts, files, wanted := assigning(t)
		given, _ := award.AssignExperts(experts, files, wanted, nil)
		load := map[int64]int{}
		for _, g := range given {
			load[g.Expert]++
		}
		for _, g := range given {
			for _, e := range experts {
				other := award.Assignment{Application: g.Application, Expert: e.ID}
				if e.May(files[g.Application-1]) && load[e.ID] < e.Most && !slices.Contains(given, other) {
					require.LessOrEqual(t, load[g.Expert], load[e.ID]+1, "file %d of %d goes better to %d", g.Application, g.Expert, e.ID)
				}
			}
		}
	})
}

func TestWithoutConstraintsLoadsDifferByAtMostOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, wanted := rapid.IntRange(1, 9).Draw(t, "experts"), rapid.IntRange(1, 3).Draw(t, "wanted")
		experts := make([]award.Expert, max(n, wanted))
		for i := range experts {
			experts[i] = award.Expert{ID: int64(i + 1), Most: 1000}
		}
		files := make([]award.ExpertFile, rapid.IntRange(0, 40).Draw(t, "files"))
		for i := range files {
			files[i] = award.ExpertFile{Application: int64(i + 1), Category: award.Street}
		}
		given, short := award.AssignExperts(experts, files, wanted, nil)
		require.Empty(t, short)
		load := make([]int, len(experts))
		for _, g := range given {
			load[g.Expert-1]++
		}
		require.LessOrEqual(t, slices.Max(load)-slices.Min(load), 1)
	})
}

func TestWhatStandsIsNotMovedAndCounts(t *testing.T) {
	experts := []award.Expert{{ID: 1, Most: 2}, {ID: 2, Most: 2}, {ID: 3, Most: 2}}
	files := []award.ExpertFile{{Application: 7}, {Application: 8}}
	fixed := []award.Assignment{{7, 1}, {9, 1}} // 1 is full, with a file that is not asked for
	given, short := award.AssignExperts(experts, files, 2, fixed)
	require.Empty(t, short)
	require.Equal(t, []award.Assignment{{8, 2}, {8, 3}}, slices.DeleteFunc(given, func(a award.Assignment) bool { return a.Application == 7 }))
	require.Len(t, given, 3, "file 7 gets one more")
}

// A greedy choice would leave the second file without: the first takes the only
// expert it can have.
func TestAnExchangeFindsAnAssignmentWhereThereIsOne(t *testing.T) {
	experts := []award.Expert{{ID: 1, Most: 1}, {ID: 2, Most: 1, Categories: []award.Category{award.Street}}}
	files := []award.ExpertFile{{Application: 1, Category: award.Street}, {Application: 2, Category: award.District}}
	given, short := award.AssignExperts(experts, files, 1, nil)
	require.Empty(t, short)
	require.Equal(t, []award.Assignment{{1, 2}, {2, 1}}, given)
}

func TestTheSameListGivesTheSameOrderAndAnotherAnother(t *testing.T) {
	pool := func() []award.Expert {
		var experts []award.Expert
		for i := range 20 {
			experts = append(experts, award.Expert{ID: int64(i + 1)})
		}
		return experts
	}
	a, b, c := pool(), pool(), pool()
	slices.Reverse(b)
	award.OrderExperts([]byte("list"), a)
	award.OrderExperts([]byte("list"), b)
	award.OrderExperts([]byte("other"), c)
	require.Equal(t, a, b)
	require.NotEqual(t, a, c)
}

func TestTheNationsSizeIsAssignedInASecond(t *testing.T) {
	var experts []award.Expert
	for i := range 60 {
		experts = append(experts, award.Expert{ID: int64(i + 1), Province: fmt.Sprint(i % 32), Most: 40})
	}
	var files []award.ExpertFile
	for i := range 1006 {
		files = append(files, award.ExpertFile{Application: int64(i + 1), Category: award.Street, Office: fmt.Sprint(i % 32)})
	}
	given, short := award.AssignExperts(experts, files, 2, nil)
	require.Empty(t, short)
	load := map[int64]int{}
	for _, g := range given {
		load[g.Expert]++
	}
	for _, e := range experts {
		require.Contains(t, []int{33, 34}, load[e.ID])
	}
}
