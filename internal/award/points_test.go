package award_test

import (
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

func TestABlankAndAnExemptionAreWrittenAndReadAgain(t *testing.T) {
	for text, want := range map[string]award.Points{"": award.Blank, "exempt": award.Exempt, "4.5": 4_50} {
		got, err := award.ParseMark(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	require.Equal(t, "", award.Blank.String())
	require.Equal(t, "exempt", award.Exempt.String())
	_, err := award.ParseMark(" ")
	require.Equal(t, award.Invalid, award.CodeOf(err))
}
