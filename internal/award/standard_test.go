package award_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestPointsAreExactHundredths(t *testing.T) {
	for text, want := range map[string]award.Points{
		"0": 0, "87": 8700, "87.5": 8750, "87.50": 8750, "0.01": 1, "100.00": 10000, "999999999.99": 99999999999,
	} {
		got, err := award.ParsePoints(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", ".", "1.", ".5", "1.234", "-1", "+1", "1e2", "１", "1,5", " 1", "1 ", "1234567890", "NaN"} {
		_, err := award.ParsePoints(text)
		require.Equal(t, award.Invalid, award.CodeOf(err), "%q", text)
	}
	require.Equal(t, "-0.05", award.Points(-5).String())
}

func TestWhatPointsWriteTheyReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := award.Points(rapid.Int64Range(0, 99_999_999_999).Draw(t, "points"))
		read, err := award.ParsePoints(p.String())
		if err != nil || read != p {
			t.Fatalf("%s read as %s: %v", p, read, err)
		}
	})
}

func TestASampleStandardGivesAHundredPoints(t *testing.T) {
	for _, category := range []award.Category{award.District, award.Street, award.Community} {
		s, ok := award.SampleStandard(category)
		require.True(t, ok)
		require.True(t, s.Sample, "marked 示例")
		require.Equal(t, award.Points(100_00), s.Maximum())
	}
	_, ok := award.SampleStandard(award.City)
	require.False(t, ok)
}

func TestEveryDefectOfMarksIsNamedAtOnce(t *testing.T) {
	s := small()
	require.Empty(t, s.CheckMarks([]award.Points{0, 10_00, 0, 0}))
	require.Equal(t, []string{"/marks/0 mark_bounds", "/marks/1 mark_boolean", "/marks/2 mark_bounds"},
		pointers(s.CheckMarks([]award.Points{10_01, 5_00, -1, 0})))
	require.Equal(t, []string{"/marks marks_count"}, pointers(s.CheckMarks(nil)))
	require.Equal(t, []string{"/marks marks_count"}, pointers(s.CheckMarks(make([]award.Points, 5))))
}

func TestAUnitPassesAtTheMarkAndFailsAHundredthBelow(t *testing.T) {
	s := small()
	at := s.Score([]award.Points{10_00, 10_00, 5_00, 0}, 25_00)
	require.True(t, at.Passed)
	require.Equal(t, award.Points(25_00), at.Total)
	require.Equal(t, []award.Points{20_00, 5_00}, at.Blocks)

	below := s.Score([]award.Points{9_99, 10_00, 5_00, 0}, 25_00)
	require.Equal(t, []string{"pass_mark"}, below.Reasons)
}

func TestAGateABlockMinimumAndAVetoEachFailAUnit(t *testing.T) {
	s := small()
	require.Equal(t, []string{"gate 1.2"}, s.Score([]award.Points{10_00, 0, 10_00, 0}, 0).Reasons)
	require.Equal(t, []string{"block_minimum 二"}, s.Score([]award.Points{10_00, 10_00, 4_99, 0}, 0).Reasons)
	vetoed := s.Score([]award.Points{10_00, 10_00, 10_00, 1_00}, 0)
	require.Equal(t, []string{"veto V"}, vetoed.Reasons)
	require.Equal(t, award.Points(30_00), vetoed.Total, "a veto adds no points")
}

func TestATotalIsNeverAboveTheMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		if got := s.Score(marks, 0).Total; got < 0 || got > s.Maximum() {
			t.Fatalf("%s of %s", got, s.Maximum())
		}
	})
}

func TestAVetoAlwaysFailsWhateverElseIsReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		s.Blocks[0].Leaves = append(s.Blocks[0].Leaves, award.Leaf{Code: "V", Max: 1_00, Veto: true})
		marks = slices.Insert(marks, len(s.Blocks[0].Leaves)-1, award.Points(rapid.Int64Range(1, 1_00).Draw(t, "veto")))
		if s.Score(marks, 0).Passed {
			t.Fatal("a vetoed unit passed")
		}
	})
}

func TestMorePointsNeverLowerATotalNorFailAUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		pass := award.Points(rapid.Int64Range(0, int64(s.Maximum())).Draw(t, "pass mark"))
		before := s.Score(marks, pass)
		leaf := rapid.IntRange(0, len(marks)-1).Draw(t, "leaf")
		top := s.Leaves()[leaf]
		if top.Veto {
			return
		}
		more := slices.Clone(marks)
		more[leaf] = award.Points(rapid.Int64Range(int64(marks[leaf]), int64(top.Max)).Draw(t, "more"))
		after := s.Score(more, pass)
		if after.Total < before.Total {
			t.Fatalf("%s became %s", before.Total, after.Total)
		}
		if before.Passed && !after.Passed {
			t.Fatalf("more points failed it: %v", after.Reasons)
		}
	})
}

func TestBlocksAddUpToTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, marks := drawn(t)
		score := s.Score(marks, 0)
		var sum award.Points
		for _, block := range score.Blocks {
			sum += block
		}
		if sum != score.Total || len(score.Blocks) != len(s.Blocks) {
			t.Fatalf("blocks %v, total %s", score.Blocks, score.Total)
		}
	})
}

func TestASurveyPassesAtTheShareAndWithEnoughAsked(t *testing.T) {
	r := award.DefaultRules()
	for _, tt := range []struct {
		name   string
		survey award.Survey
		key    string
	}{
		{"four in five of fifty", award.Survey{Satisfied: 30, Basically: 10, Dissatisfied: 5, Unknown: 5}, ""},
		{"one less", award.Survey{Satisfied: 30, Basically: 9, Dissatisfied: 6, Unknown: 5}, "survey_below"},
		{"all, but one too few asked", award.Survey{Satisfied: 49}, "survey_too_small"},
		{"nobody", award.Survey{}, "survey_too_small"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := r.CheckSurvey(award.Community, tt.survey)
			if tt.key == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, award.Incomplete, award.CodeOf(err))
			require.ErrorContains(t, err, tt.key)
		})
	}
}

// small has a gate that is a boolean, a block minimum and a veto.
func small() award.Standard {
	return award.Standard{Blocks: []award.Block{
		{Title: "一", Leaves: []award.Leaf{
			{Code: "1.1", Kind: award.LeafPoints, Max: 10_00},
			{Code: "1.2", Kind: award.LeafBoolean, Max: 10_00, Gate: true},
		}},
		{Title: "二", Minimum: 5_00, Leaves: []award.Leaf{
			{Code: "2.1", Kind: award.LeafPoints, Max: 10_00},
			{Code: "V", Kind: award.LeafBoolean, Max: 1_00, Veto: true},
		}},
	}}
}

// drawn is a standard of any shape with marks that fit it.
func drawn(t *rapid.T) (award.Standard, []award.Points) {
	var s award.Standard
	var marks []award.Points
	for b := range rapid.IntRange(1, 4).Draw(t, "blocks") {
		block := award.Block{Title: fmt.Sprint(b)}
		for l := range rapid.IntRange(1, 5).Draw(t, "leaves") {
			leaf := award.Leaf{
				Code: fmt.Sprintf("%d.%d", b, l), Kind: award.LeafPoints,
				Max:  award.Points(rapid.Int64Range(1, 20_00).Draw(t, "max")),
				Gate: rapid.IntRange(0, 5).Draw(t, "gate") == 0, Veto: rapid.IntRange(0, 9).Draw(t, "veto") == 0,
			}
			block.Leaves = append(block.Leaves, leaf)
			marks = append(marks, award.Points(rapid.Int64Range(0, int64(leaf.Max)).Draw(t, "mark")))
		}
		block.Minimum = award.Points(rapid.Int64Range(0, 10_00).Draw(t, "minimum"))
		s.Blocks = append(s.Blocks, block)
	}
	if defects := s.CheckMarks(marks); len(defects) > 0 {
		t.Fatalf("drew marks that do not fit: %v", defects)
	}
	return s, marks
}
