package award_test

import (
	"crypto/sha256"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestEveryDefectOfMarksIsNamedAtOnce(t *testing.T) {
	s := small()
	require.Empty(t, s.CheckMarks([]award.Points{0, 10_00, 0, 0}, true))
	require.Equal(t, []string{"/marks/0 mark_bounds", "/marks/1 mark_boolean", "/marks/2 mark_bounds"},
		pointers(s.CheckMarks([]award.Points{10_01, 5_00, -1, 0}, true)))
	require.Equal(t, []string{"/marks marks_count"}, pointers(s.CheckMarks(nil, true)))
	require.Equal(t, []string{"/marks marks_count"}, pointers(s.CheckMarks(make([]award.Points, 5), true)))
}

func TestADraftMayHaveBlanksAndWholeMarksNone(t *testing.T) {
	marks := []award.Points{award.Blank, 10_00, award.Blank, 0}
	require.Empty(t, small().CheckMarks(marks, false))
	require.Equal(t, []string{"/marks/0 mark_blank", "/marks/2 mark_blank"}, pointers(small().CheckMarks(marks, true)))
}

func TestAValueIsHeldAgainstItsKind(t *testing.T) {
	for name, tt := range map[string]struct {
		leaf  award.Leaf
		value award.Points
		key   string
	}{
		"a count is whole":                       {award.Leaf{Kind: award.LeafCount, Max: 5_00, Each: 1_00}, 1_50, "mark_whole"},
		"a count may go beyond what gives all":   {award.Leaf{Kind: award.LeafCount, Max: 5_00, Each: 1_00}, 9999_00, ""},
		"a count is not below nothing":           {award.Leaf{Kind: award.LeafCount, Max: 5_00, Each: 1_00}, -1_00, "mark_bounds"},
		"occurrences are whole":                  {award.Leaf{Kind: award.LeafDeduction, Max: 5_00, Each: 1_00}, 1, "mark_whole"},
		"a percentage ends at a hundred":         {target(award.AtLeast, 80_00), 100_01, "mark_bounds"},
		"a hundred is in":                        {target(award.AtLeast, 80_00), 100_00, ""},
		"a measure without an end has none":      {award.Leaf{Kind: award.LeafTarget, Max: 5_00, Sense: award.AtLeast}, 999_999_999_99, ""},
		"below the least there is no band":       {award.Leaf{Kind: award.LeafBands, Max: 5_00, Least: 1_00, Greatest: 2_00}, 99, "mark_bounds"},
		"nobody is exempt who is not let off":    {award.Leaf{Kind: award.LeafPoints, Max: 5_00}, award.Exempt, "mark_not_exempt"},
		"an exemption stands where it may stand": {award.Leaf{Kind: award.LeafPoints, Max: 5_00, Exemption: true}, award.Exempt, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := award.Standard{Blocks: []award.Block{{Leaves: []award.Leaf{tt.leaf}}}}
			defects := s.CheckMarks([]award.Points{tt.value}, true)
			if tt.key == "" {
				require.Empty(t, defects)
				return
			}
			require.Equal(t, []string{"/marks/0 " + tt.key}, pointers(defects))
		})
	}
}

// TestAStandardOfAnEarlierReleaseKeepsItsDigest reads a standard as it was kept
// before there were kinds beyond points and boolean.
func TestAStandardOfAnEarlierReleaseKeepsItsDigest(t *testing.T) {
	const kept = `{"category":"street","title":"t","sample":true,"blocks":[{"title":"一","minimum":500,"leaves":[` +
		`{"code":"1.1","title":"a","kind":"points","max":1000,"gate":true},{"code":"V","title":"b","kind":"boolean","max":100,"veto":true}]}]}`
	var s award.Standard
	require.NoError(t, json.Unmarshal([]byte(kept), &s))
	again, err := json.Marshal(s)
	require.NoError(t, err)
	require.Equal(t, kept, string(again))
	require.Equal(t, sha256.Sum256([]byte(kept)), s.Digest())
	require.Equal(t, award.Points(10_00), s.Maximum())
}

// target is a percentage that must be reached.
func target(sense award.Sense, number award.Points) award.Leaf {
	return award.Leaf{Code: "1", Kind: award.LeafTarget, Max: 5_00, Unit: "%", Sense: sense, Target: number, Greatest: 100_00}
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
