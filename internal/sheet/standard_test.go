package sheet

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

// every is a standard that uses every column.
func every() award.Standard {
	return award.Standard{Category: award.Street, Title: "示例", Sample: true, Max: 100_00, Blocks: []award.Block{
		{Title: "一", Max: 60_00, Minimum: 30_00, Leaves: []award.Leaf{
			{Code: "1.1", Title: "=评分", Kind: award.LeafPoints, Max: 10_50, Exemption: true},
			{Code: "1.2", Title: "是否", Kind: award.LeafBoolean, Max: 9_50, Gate: true},
			{Code: "1.3", Title: "计数", Kind: award.LeafCount, Max: 10_00, Unit: "个", Each: 2_50, Fact: "trained_workers"},
			{Code: "1.4", Title: "扣分", Kind: award.LeafDeduction, Max: 10_00, Each: 50},
			{Code: "1.5", Title: "分段", Kind: award.LeafBands, Max: 10_00, Unit: "%", Least: 1_00, Greatest: 100_00, Bands: []award.Band{
				{From: 1_00, To: 60_00}, {From: 60_00, To: 100_00, Points: 10_00},
			}},
			{Code: "1.6", Title: "达标", Kind: award.LeafTarget, Max: 10_00, Unit: "%", Sense: award.AtMost, Fact: "volunteers/residents"},
		}},
		{Title: "二", Leaves: []award.Leaf{
			{Code: "2.1", Title: "评分", Kind: award.LeafPoints, Max: 40_00},
			{Code: "2.2", Title: "加分", Kind: award.LeafPoints, Max: 5_00, Bonus: true},
			{Code: "V", Title: "否决", Kind: award.LeafBoolean, Max: 1_00, Veto: true},
		}},
	}}
}

func TestAStandardIsReadAsItWasWritten(t *testing.T) {
	s := every()
	require.Empty(t, s.Check(false))
	var file bytes.Buffer
	require.NoError(t, WriteStandard(&file, s))
	read, err := ReadStandard(file.Bytes())
	require.NoError(t, err)
	require.Equal(t, s, read.Standard)
	require.Equal(t, s.Digest(), read.Standard.Digest())
}

func TestEveryCellThatSaysNothingClearIsNamedByRowAndColumn(t *testing.T) {
	columns := []string{"层级", "编号", "名称", "计分方式", "满分", "最低分", "单位", "每项分值", "目标", "下限", "上限", "必达", "一票否决", "加分", "免考"}
	row := func(cells map[string]string) []string {
		out := make([]string, len(columns))
		for i, c := range columns {
			out[i] = cells[c]
		}
		return out
	}
	for name, tt := range map[string]struct {
		rows    [][]string
		defects []string
	}{
		"an indicator before its block": {
			[][]string{row(map[string]string{"层级": "标准", "编号": "street"}), row(map[string]string{"层级": "指标", "计分方式": "评分"})},
			[]string{"/3/层级 sheet_level_order"},
		},
		"a band before its indicator": {
			[][]string{row(map[string]string{"层级": "分段"})},
			[]string{"/2/层级 sheet_level_order"},
		},
		"numbers, words and targets": {
			[][]string{
				row(map[string]string{"层级": "标准", "编号": "street", "满分": "百"}),
				row(map[string]string{"层级": "一级指标", "最低分": "1.005"}),
				row(map[string]string{"层级": "指标", "计分方式": "公式", "目标": "约10", "必达": "对"}),
				row(map[string]string{"层级": "备注"}),
			},
			[]string{"/2/满分 points_malformed", "/3/最低分 points_malformed", "/4/必达 sheet_word", "/4/计分方式 sheet_word", "/4/目标 sheet_target", "/5/层级 sheet_level"},
		},
		"two standards": {
			[][]string{row(map[string]string{"层级": "标准", "编号": "street"}), row(map[string]string{"层级": "示例标准", "编号": "street"})},
			[]string{"/3/层级 sheet_standard_twice"},
		},
		"no category": {[][]string{row(map[string]string{"层级": "标准"})}, []string{"/2/编号 field_required"}},
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			require.NoError(t, Write(&file, Table{Sheet: "s", Columns: columns, Rows: tt.rows}))
			_, err := ReadStandard(file.Bytes())
			refusal := refused(t, err)
			var got []string
			for _, d := range refusal.Fields {
				got = append(got, d.Pointer+" "+d.Key)
			}
			require.Equal(t, tt.defects, got)
		})
	}
}

func TestAWorkbookWithoutAStandardIsRefused(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, Write(&file, Table{Sheet: "s", Columns: []string{
		"层级", "编号", "名称", "计分方式", "满分", "最低分", "单位", "每项分值", "目标", "下限", "上限", "必达", "一票否决", "加分", "免考",
	}}))
	_, err := ReadStandard(file.Bytes())
	require.Equal(t, "sheet_standard_missing", refused(t, err).Key)
}

func TestDefectsOfAStandardAreBroughtToItsRows(t *testing.T) {
	s := every()
	s.Max = 99_00
	s.Blocks[0].Leaves[4].Bands[1].From = 61_00
	s.Blocks[0].Leaves[5].Unit = ""
	s.Blocks[1].Minimum = 41_00
	s.Blocks[1].Leaves[0].Code = "1.1"
	var file bytes.Buffer
	require.NoError(t, WriteStandard(&file, s))
	read, err := ReadStandard(file.Bytes())
	require.NoError(t, err)
	located := refused(t, read.Locate(award.RefuseFields(award.Invalid, "N 三", "standard_defects", read.Standard.Check(false))))
	var got []string
	for _, d := range located.Fields {
		got = append(got, d.Pointer+" "+d.Key)
	}
	// 1 names the columns, 2 is the standard, 3 block 一, 4–8 its first five
	// indicators, 9 and 10 the bands, 11 the sixth, 12 block 二, 13 its first.
	require.Equal(t, []string{
		"/10/下限 band_hole", "/11/单位 leaf_unit", "/13/编号 leaf_twice", "/12/最低分 block_minimum_bounds", "/2/满分 standard_sum",
	}, got)
}

func refused(t *testing.T, err error) *award.Error {
	t.Helper()
	var refusal *award.Error
	require.ErrorAs(t, err, &refusal)
	return refusal
}
