package acts_test

import (
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"shifan/internal/award"
)

func TestAComparisonSheetPutsTheColumnsSideBySide(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District)
	sheet, err := c.Acts.Comparison(t.Context(), c.Clerk("110101"), c.round, f.ID)
	require.NoError(t, err)
	require.Equal(t, "100.00", sheet.Total.Self.String())
	require.Nil(t, sheet.Total.Province, "nobody has inspected yet")
	require.NotNil(t, sheet.Indicators[0].Self)
	require.Nil(t, sheet.Indicators[0].Province)

	marks := c.full(award.District)
	marks[2] = 1_00
	_, err = c.inspect(f, 0, marks)
	require.NoError(t, err)
	sheet, err = c.Acts.Comparison(t.Context(), c.Clerk("110101"), c.round, f.ID)
	require.NoError(t, err)
	require.Equal(t, "96.00", sheet.Total.Province.String())
	row := sheet.Indicators[2]
	require.Equal(t, "1.3", row.Code)
	require.True(t, row.Flagged)
	require.Equal(t, award.Points(5_00), row.Self.Points)
	require.Equal(t, award.Points(1_00), row.Province.Points)
	require.Equal(t, "现场核对", row.Remark)
	require.Nil(t, row.Expert)
	require.False(t, sheet.Indicators[1].Flagged)
	require.Equal(t, "符合标准", sheet.Finding)
	_, err = c.Acts.Comparison(t.Context(), c.Clerk("41"), c.round, f.ID)
	require.Equal(t, award.NotFound, award.CodeOf(err))
}

func TestAComparisonComparesWhatWasFiledNotWhatIsTypedLater(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District)
	c.Exec(`UPDATE self_check SET marks[1] = 0, revision = revision + 1`)
	sheet, err := c.Acts.Comparison(t.Context(), c.Clerk("11"), c.round, f.ID)
	require.NoError(t, err)
	require.Equal(t, award.Points(5_00), sheet.Indicators[0].Self.Points)
}

func TestTheNationsMarksAreShownOnceTheCandidatesAreFixed(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District)
	c.Exec(`INSERT INTO assessment_mark (application_id, marks, note, officer_id) VALUES ($1, $2, '抽查扣分', $3)`,
		f.ID, pq.Array(make([]int64, 21)), c.Admin.ID)
	seen := func() map[string]bool {
		shown := map[string]bool{}
		for _, code := range []string{"110101", "11", "0"} {
			sheet, err := c.Acts.Comparison(t.Context(), c.Head(code), c.round, f.ID)
			require.NoError(t, err)
			shown[code] = sheet.Total.Nation != nil
			require.Equal(t, shown[code], sheet.Indicators[0].Nation != nil)
			require.Equal(t, shown[code], sheet.NationNote != "")
		}
		return shown
	}
	require.Equal(t, map[string]bool{"110101": false, "11": false, "0": true}, seen())
	c.Exec(`UPDATE round SET candidates_at = shifan_now() WHERE id = $1`, c.round)
	require.Equal(t, map[string]bool{"110101": true, "11": true, "0": true}, seen())
}

func TestTheFingerprintIsOfTheDataAndChangesWithIt(t *testing.T) {
	c := open(t)
	f := c.filed("110101", award.District)
	print := func() string {
		sheet, err := c.Acts.Comparison(t.Context(), c.Clerk("11"), c.round, f.ID)
		require.NoError(t, err)
		require.Len(t, sheet.SHA256, 64)
		return sheet.SHA256
	}
	before := print()
	require.Equal(t, before, print())
	_, err := c.inspect(f, 0, c.full(award.District))
	require.NoError(t, err)
	require.NotEqual(t, before, print())
}
