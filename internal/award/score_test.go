package award_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

// TestGoldenPoints computes every kind by hand.
func TestGoldenPoints(t *testing.T) {
	judged := award.Leaf{Kind: award.LeafPoints, Max: 5_00}
	yes := award.Leaf{Kind: award.LeafBoolean, Max: 5_00}
	count := award.Leaf{Kind: award.LeafCount, Max: 5_00, Each: 30}         // 0.30 for each, up to 5
	deduction := award.Leaf{Kind: award.LeafDeduction, Max: 5_00, Each: 75} // 0.75 off for each
	bands := award.Leaf{Kind: award.LeafBands, Max: 5_00, Greatest: 100_00, Bands: []award.Band{
		{From: 0, To: 60_00, Points: 0}, {From: 60_00, To: 80_00, Points: 2_50}, {From: 80_00, To: 100_00, Points: 5_00},
	}}
	falling := award.Leaf{Kind: award.LeafBands, Max: 4_00, Greatest: 30_00, Bands: []award.Band{
		{From: 0, To: 7_00, Points: 4_00}, {From: 7_00, To: 30_00, Points: 1_00},
	}}
	for _, tt := range []struct {
		name   string
		leaf   award.Leaf
		value  award.Points
		points award.Points
	}{
		{"points are themselves", judged, 3_25, 3_25},
		{"none are none", judged, 0, 0},
		{"a blank gives nothing", judged, award.Blank, 0},
		{"yes is all", yes, 5_00, 5_00},
		{"no is nothing", yes, 0, 0},
		{"none counted", count, 0, 0},
		{"7 × 0.30", count, 7_00, 2_10},
		{"16 × 0.30", count, 16_00, 4_80},
		{"17 × 0.30 is 5.10, and 5 is the most", count, 17_00, 5_00},
		{"a crowd is 5 too", count, 999_999_999_00, 5_00},
		{"nothing happened", deduction, 0, 5_00},
		{"5 − 2 × 0.75", deduction, 2_00, 3_50},
		{"5 − 6 × 0.75", deduction, 6_00, 50},
		{"5 − 7 × 0.75 is below nothing", deduction, 7_00, 0},
		{"the first band from its lower end", bands, 0, 0},
		{"a hundredth below 60", bands, 59_99, 0},
		{"60 is in the second band", bands, 60_00, 2_50},
		{"80 is in the last", bands, 80_00, 5_00},
		{"the last band has its upper end", bands, 100_00, 5_00},
		{"fewer days are better", falling, 6_99, 4_00},
		{"seven days are the second band", falling, 7_00, 1_00},
		{"a tenth of residents", target(award.AtLeast, 10_00), 10_00, 5_00},
		{"a hundredth of a percent less", target(award.AtLeast, 10_00), 9_99, 0},
		{"at most 3", target(award.AtMost, 3_00), 3_00, 5_00},
		{"a hundredth more than 3", target(award.AtMost, 3_00), 3_01, 0},
		{"at most nothing", target(award.AtMost, 0), 0, 5_00},
		{"an exemption gives all", award.Leaf{Kind: award.LeafCount, Max: 5_00, Each: 1_00, Exemption: true}, award.Exempt, 5_00},
		{"a veto gives nothing", award.Leaf{Kind: award.LeafBoolean, Max: 1_00, Veto: true}, 1_00, 0},
		{"and no veto neither", award.Leaf{Kind: award.LeafBoolean, Max: 1_00, Veto: true}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.points, tt.leaf.Points(tt.value))
		})
	}
}

// TestGoldenScores computes every flag by hand, over one standard: block 一 has a
// count (5), a gate by target (5) and a bonus (3); block 二 has a minimum of 6,
// bands (4), a deduction (6, may be exempt) and a veto by count. Maximum 20.
func TestGoldenScores(t *testing.T) {
	s := award.Standard{Blocks: []award.Block{
		{Title: "一", Leaves: []award.Leaf{
			{Code: "1.1", Kind: award.LeafCount, Max: 5_00, Each: 1_00},
			{Code: "1.2", Kind: award.LeafTarget, Max: 5_00, Sense: award.AtLeast, Target: 20_00, Gate: true},
			{Code: "1.3", Kind: award.LeafPoints, Max: 3_00, Bonus: true},
		}},
		{Title: "二", Minimum: 6_00, Leaves: []award.Leaf{
			{Code: "2.1", Kind: award.LeafBands, Max: 4_00, Greatest: 100_00, Bands: []award.Band{
				{From: 0, To: 90_00, Points: 1_00}, {From: 90_00, To: 100_00, Points: 4_00},
			}},
			{Code: "2.2", Kind: award.LeafDeduction, Max: 6_00, Each: 2_00, Exemption: true},
			{Code: "V", Kind: award.LeafCount, Max: 1_00, Each: 1_00, Veto: true},
		}},
	}}
	require.Equal(t, award.Points(20_00), s.Maximum())
	const blank, exempt = award.Blank, award.Exempt
	for _, tt := range []struct {
		name    string
		marks   []award.Points
		leaves  []award.Points
		blocks  []award.Points
		bonus   award.Points
		total   award.Points
		short   award.Points
		reasons []award.Reason
	}{
		{
			"everything, and a bonus goes no higher",
			[]award.Points{7_00, 20_00, 3_00, 95_00, 0, 0},
			[]award.Points{5_00, 5_00, 3_00, 4_00, 6_00, 0},
			[]award.Points{10_00, 10_00},
			3_00, 20_00, 0, nil,
		},
		{
			"exactly the pass mark, by the bonus", // 3 + 5, 1 + 6, + 1
			[]award.Points{3_00, 25_00, 1_00, 89_99, 0, 0},
			[]award.Points{3_00, 5_00, 1_00, 1_00, 6_00, 0},
			[]award.Points{8_00, 7_00},
			1_00, 16_00, 0, nil,
		},
		{
			"a hundredth short",
			[]award.Points{3_00, 25_00, 99, 89_99, 0, 0},
			[]award.Points{3_00, 5_00, 99, 1_00, 6_00, 0},
			[]award.Points{8_00, 7_00},
			99, 15_99, 1,
			[]award.Reason{{Failure: award.FailPassMark, Got: 15_99, Want: 16_00}},
		},
		{
			"a gate not reached fails with points enough",
			[]award.Points{5_00, 19_99, 3_00, 90_00, 0, 0},
			[]award.Points{5_00, 0, 3_00, 4_00, 6_00, 0},
			[]award.Points{5_00, 10_00},
			3_00, 18_00, 0,
			[]award.Reason{{award.FailGate, "1.2", 0, 5_00}},
		},
		{
			"a bonus lifts no block over its minimum", // 二: 1 + 6 − 2 = 5 < 6
			[]award.Points{5_00, 20_00, 3_00, 0, 1_00, 0},
			[]award.Points{5_00, 5_00, 3_00, 1_00, 4_00, 0},
			[]award.Points{10_00, 5_00},
			3_00, 18_00, 0,
			[]award.Reason{{award.FailBlockMinimum, "二", 5_00, 6_00}},
		},
		{
			"exempt, it gives its maximum",
			[]award.Points{5_00, 20_00, 0, 0, exempt, 0},
			[]award.Points{5_00, 5_00, 0, 1_00, 6_00, 0},
			[]award.Points{10_00, 7_00},
			0, 17_00, 0, nil,
		},
		{
			"a veto fails everything reached",
			[]award.Points{5_00, 20_00, 3_00, 90_00, 0, 2_00},
			[]award.Points{5_00, 5_00, 3_00, 4_00, 6_00, 0},
			[]award.Points{10_00, 10_00},
			3_00, 20_00, 0,
			[]award.Reason{{award.FailVeto, "V", 2_00, 0}},
		},
		{
			"blanks give nothing and never pass, were the rest enough",
			[]award.Points{5_00, 20_00, 3_00, 90_00, 0, blank},
			[]award.Points{5_00, 5_00, 3_00, 4_00, 6_00, 0},
			[]award.Points{10_00, 10_00},
			3_00, 20_00, 0,
			[]award.Reason{{award.FailBlank, "V", 0, 1_00}},
		},
		{
			"nothing filled in", nil,
			[]award.Points{0, 0, 0, 0, 0, 0},
			[]award.Points{0, 0},
			0, 0, 16_00,
			[]award.Reason{
				{award.FailBlank, "1.1", 0, 5_00},
				{award.FailBlank, "1.2", 0, 5_00},
				{award.FailBlank, "1.3", 0, 3_00},
				{award.FailBlank, "2.1", 0, 4_00},
				{award.FailBlank, "2.2", 0, 6_00},
				{award.FailBlank, "V", 0, 1_00},
				{award.FailBlockMinimum, "二", 0, 6_00},
				{Failure: award.FailPassMark, Got: 0, Want: 16_00},
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			marks := tt.marks
			if marks == nil {
				marks = []award.Points{blank, blank, blank, blank, blank, blank}
			}
			require.Empty(t, s.CheckMarks(marks, false))
			require.Equal(t, award.Score{
				Leaves: tt.leaves, Blocks: tt.blocks, Bonus: tt.bonus, Total: tt.total, Short: tt.short,
				Passed: tt.reasons == nil, Reasons: tt.reasons,
			}, s.Score(marks, 16_00))
		})
	}
}

func TestAUnitPassesAtTheMarkAndFailsAHundredthBelow(t *testing.T) {
	s := small()
	at := s.Score([]award.Points{10_00, 10_00, 5_00, 0}, 25_00)
	require.True(t, at.Passed)
	require.Equal(t, award.Points(25_00), at.Total)
	require.Equal(t, []award.Points{20_00, 5_00}, at.Blocks)

	below := s.Score([]award.Points{9_99, 10_00, 5_00, 0}, 25_00)
	require.Equal(t, []string{"pass_mark"}, reasons(below))
	require.Equal(t, award.Points(1), below.Short)
}

func TestAGateABlockMinimumAndAVetoEachFailAUnit(t *testing.T) {
	s := small()
	require.Equal(t, []string{"gate 1.2"}, reasons(s.Score([]award.Points{10_00, 0, 10_00, 0}, 0)))
	require.Equal(t, []string{"block_minimum 二"}, reasons(s.Score([]award.Points{10_00, 10_00, 4_99, 0}, 0)))
	vetoed := s.Score([]award.Points{10_00, 10_00, 10_00, 1_00}, 0)
	require.Equal(t, []string{"veto V"}, reasons(vetoed))
	require.Equal(t, award.Points(30_00), vetoed.Total, "a veto adds no points")
}

func TestATotalIsNeverAboveTheMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		score := s.Score(marks, 0)
		if score.Total < 0 || score.Total > s.Maximum() {
			t.Fatalf("%s of %s", score.Total, s.Maximum())
		}
		for i, leaf := range s.Leaves() {
			if p := score.Leaves[i]; p < 0 || p > leaf.Max {
				t.Fatalf("%+v gives %s for %s", leaf, p, marks[i])
			}
		}
		for b, block := range s.Blocks {
			if score.Blocks[b] > block.Maximum() {
				t.Fatalf("block %d has %s of %s", b, score.Blocks[b], block.Maximum())
			}
		}
	})
}

func TestAVetoAlwaysFailsWhateverElseIsReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		at := rapid.IntRange(0, len(s.Blocks[0].Leaves)).Draw(t, "position")
		s.Blocks[0].Leaves = slices.Insert(s.Blocks[0].Leaves, at, award.Leaf{Code: "V", Kind: award.LeafCount, Max: 1_00, Each: 1_00, Veto: true})
		marks = slices.Insert(marks, at, 100*award.Points(rapid.Int64Range(1, 9).Draw(t, "veto")))
		if s.Score(marks, 0).Passed {
			t.Fatal("a vetoed unit passed")
		}
	})
}

func TestABlankNeverPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		marks[rapid.IntRange(0, len(marks)-1).Draw(t, "blank")] = award.Blank
		if s.Score(marks, 0).Passed {
			t.Fatal("marks with a blank passed")
		}
	})
}

func TestABetterValueNeverLowersATotalNorFailsAUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		pass := award.Points(rapid.Int64Range(0, int64(s.Maximum())).Draw(t, "pass mark"))
		before := s.Score(marks, pass)
		at := rapid.IntRange(0, len(marks)-1).Draw(t, "leaf")
		leaf := s.Leaves()[at]
		if leaf.Veto {
			return
		}
		improved := slices.Clone(marks)
		improved[at] = better(t, leaf, marks[at])
		after := s.Score(improved, pass)
		if after.Total < before.Total {
			t.Fatalf("%s became %s", before.Total, after.Total)
		}
		if before.Passed && !after.Passed {
			t.Fatalf("better values failed it: %v", after.Reasons)
		}
	})
}

func TestTheOrderOfBlocksAndIndicatorsIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		pass := award.Points(rapid.Int64Range(0, int64(s.Maximum())).Draw(t, "pass mark"))
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		type block struct {
			award.Block
			marks []award.Points
		}
		var blocks []block
		rest := marks
		for _, b := range s.Blocks {
			n := len(b.Leaves)
			order := dice.Perm(n)
			shuffled := block{Block: b, marks: make([]award.Points, n)}
			shuffled.Leaves = make([]award.Leaf, n)
			for i, from := range order {
				shuffled.Leaves[i], shuffled.marks[i] = b.Leaves[from], rest[from]
			}
			blocks, rest = append(blocks, shuffled), rest[n:]
		}
		dice.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
		var other award.Standard
		var same []award.Points
		for _, b := range blocks {
			other.Blocks, same = append(other.Blocks, b.Block), append(same, b.marks...)
		}

		one, two := s.Score(marks, pass), other.Score(same, pass)
		if one.Total != two.Total || one.Passed != two.Passed || one.Short != two.Short || one.Bonus != two.Bonus {
			t.Fatalf("%+v, in another order %+v", one, two)
		}
		a, b := reasons(one), reasons(two)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Fatalf("%v, in another order %v", a, b)
		}
	})
}

func TestBlocksAndBonusAddUpToTheTotalOrItsMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		score := s.Score(marks, 0)
		sum := score.Bonus
		for _, block := range score.Blocks {
			sum += block
		}
		if min(sum, s.Maximum()) != score.Total || len(score.Blocks) != len(s.Blocks) {
			t.Fatalf("blocks %v, bonus %s, total %s", score.Blocks, score.Bonus, score.Total)
		}
	})
}

func reasons(s award.Score) []string {
	var texts []string
	for _, r := range s.Reasons {
		texts = append(texts, r.String())
	}
	return texts
}

// drawn is a standard of any shape with marks that fit it.
func drawn(t *rapid.T) (award.Standard, []award.Points) {
	var s award.Standard
	var marks []award.Points
	for b := range rapid.IntRange(1, 4).Draw(t, "blocks") {
		block := award.Block{Title: fmt.Sprint(b)}
		for l := range rapid.IntRange(1, 5).Draw(t, "leaves") {
			leaf := drawnLeaf(t)
			leaf.Code = fmt.Sprintf("%d.%d", b, l)
			block.Leaves, marks = append(block.Leaves, leaf), append(marks, drawnValue(t, leaf))
		}
		block.Minimum = award.Points(rapid.Int64Range(0, 10_00).Draw(t, "minimum"))
		s.Blocks = append(s.Blocks, block)
	}
	if defects := s.CheckMarks(marks, true); len(defects) > 0 {
		t.Fatalf("drew marks that do not fit: %v", defects)
	}
	return s, marks
}

func drawnLeaf(t *rapid.T) award.Leaf {
	upTo := func(most award.Points, what string) award.Points {
		return award.Points(rapid.Int64Range(1, int64(most)).Draw(t, what))
	}
	leaf := award.Leaf{
		Kind: rapid.SampledFrom(award.LeafKinds()).Draw(t, "kind"), Max: upTo(20_00, "max"),
		Gate:      rapid.IntRange(0, 5).Draw(t, "gate") == 0,
		Bonus:     rapid.IntRange(0, 5).Draw(t, "bonus") == 0,
		Exemption: rapid.IntRange(0, 5).Draw(t, "exemption") == 0,
	}
	switch leaf.Kind {
	case award.LeafPoints, award.LeafBoolean:
		leaf.Veto = rapid.IntRange(0, 9).Draw(t, "veto") == 0
	case award.LeafCount, award.LeafDeduction:
		leaf.Each = upTo(leaf.Max, "each")
	case award.LeafBands:
		for range rapid.IntRange(1, 4).Draw(t, "bands") {
			band := award.Band{From: leaf.Greatest, To: leaf.Greatest + upTo(50_00, "width"), Points: upTo(leaf.Max, "points")}
			leaf.Bands, leaf.Greatest = append(leaf.Bands, band), band.To
		}
	case award.LeafTarget:
		leaf.Sense = rapid.SampledFrom([]award.Sense{award.AtLeast, award.AtMost}).Draw(t, "sense")
		leaf.Target, leaf.Greatest = upTo(100_00, "target"), 100_00
	}
	return leaf
}

func drawnValue(t *rapid.T, leaf award.Leaf) award.Points {
	value := func(least, most award.Points) award.Points {
		return award.Points(rapid.Int64Range(int64(least), int64(most)).Draw(t, "value"))
	}
	if leaf.Exemption && rapid.Bool().Draw(t, "exempt") {
		return award.Exempt
	}
	switch leaf.Kind {
	case award.LeafBoolean:
		return leaf.Max * value(0, 1)
	case award.LeafCount, award.LeafDeduction:
		return 100 * value(0, 30)
	case award.LeafBands, award.LeafTarget:
		return value(0, leaf.Greatest)
	case award.LeafPoints:
	}
	return value(0, leaf.Max)
}

// better draws a value that is as good as value or better.
func better(t *rapid.T, leaf award.Leaf, value award.Points) award.Points {
	between := func(least, most award.Points) award.Points {
		return award.Points(rapid.Int64Range(int64(least), int64(most)).Draw(t, "better"))
	}
	if value == award.Exempt {
		return value
	}
	switch leaf.Kind {
	case award.LeafBoolean:
		return leaf.Max
	case award.LeafCount:
		return value + 100*between(0, 20)
	case award.LeafDeduction:
		return 100 * between(0, value/100)
	case award.LeafBands:
		for _, band := range leaf.Bands {
			if band.Points > leaf.Points(value) {
				return between(band.From, band.To-1)
			}
		}
		return value
	case award.LeafTarget:
		if leaf.Sense == award.AtMost {
			return between(0, value)
		}
		return between(value, leaf.Greatest)
	case award.LeafPoints:
	}
	return between(value, leaf.Max)
}
