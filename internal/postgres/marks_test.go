package postgres

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func TestMarksAreReadAsTheyWereWritten(t *testing.T) {
	require.Equal(t, "{500,NULL,-1,0}", marks{5_00, award.Blank, award.Exempt, 0}.text())
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Map(rapid.Int64Range(0, 99_999_999_999), func(n int64) award.Points { return award.Points(n) }),
			rapid.SampledFrom([]award.Points{award.Blank, award.Exempt}))
		written := marks(rapid.SliceOf(value).Draw(t, "marks"))
		var read marks
		if err := read.Scan([]byte(written.text())); err != nil {
			t.Fatal(err)
		}
		if len(read) != len(written) {
			t.Fatalf("%v read as %v", written, read)
		}
		for i := range read {
			if read[i] != written[i] {
				t.Fatalf("%v read as %v", written, read)
			}
		}
	})
}

func TestWhatIsNoArrayIsNoMarks(t *testing.T) {
	read := marks{1}
	require.NoError(t, read.Scan(nil))
	require.Nil(t, read)
	for _, text := range []string{"", "{", "1,2", "{a}", "{1,}x", "{1,,2}", "{{1},{2}}"} {
		require.Error(t, read.Scan(text), text)
	}
	require.Error(t, read.Scan(7))
}
