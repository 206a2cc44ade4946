package logfile_test

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
	"shifan/internal/logfile"
)

// links chains so many rows; every third belongs to another round.
func links(n int) ([]award.LogLink, iter.Seq2[award.LogLink, error]) {
	round, other := "2026-1", "2026-2"
	var head award.LogHead
	made := make([]award.LogLink, n)
	for i := range made {
		row := award.LogRow{
			ID: int64(i + 10), At: time.Date(2026, 11, 2, 9, 0, i, 0, award.Beijing), Round: &round,
			Name: award.StepLapse, Subject: "application/1", Ground: "<依据> & \u2028", Detail: `{"text":"<雪> & \u2028","n":1.50}`,
		}
		salt := award.LogSalt{byte(i)}
		digest := row.Digest(salt)
		head = head.Next(digest)
		made[i] = award.LogLink{LogHead: head, Salt: salt, Row: &row}
		if i%3 == 2 {
			row.Round = &other
			made[i] = award.LogLink{LogHead: head, Withheld: &digest}
		}
	}
	return made, func(yield func(award.LogLink, error) bool) {
		for _, link := range made {
			if !yield(link, nil) {
				return
			}
		}
	}
}

func written(t *testing.T, n int) (string, award.LogHead) {
	t.Helper()
	made, all := links(n)
	var file bytes.Buffer
	require.NoError(t, logfile.Write(&file, "2026-1", all))
	return file.String(), made[n-1].LogHead
}

func TestAnExportedFileVerifies(t *testing.T) {
	file, head := written(t, 7)
	report, err := logfile.Verify(strings.NewReader(file), head)
	require.NoError(t, err)
	require.Empty(t, report.Faults)
	require.Equal(t, head, report.Head)
	require.NotContains(t, file, "2026-2", "rows of other rounds are withheld")
}

// TestNoByteOfAFileCanChange: whatever single byte is altered, the file no
// longer verifies as whole and intact.
func TestNoByteOfAFileCanChange(t *testing.T) {
	file, head := written(t, 4)
	for i := range file {
		for _, with := range []byte{file[i] ^ 1, ' '} {
			if with == file[i] {
				continue
			}
			altered := file[:i] + string([]byte{with}) + file[i+1:]
			report, err := logfile.Verify(strings.NewReader(altered), head)
			if err == nil && report.Intact() {
				t.Fatalf("byte %d as %q passes", i, with)
			}
		}
	}
}

func TestALineDeletedInsertedMovedOrSaidTwiceIsFound(t *testing.T) {
	file, head := written(t, 5)
	lines := strings.SplitAfter(file, "\n") // first, five links, end, ""
	for at := 1; at <= 5; at++ {
		changed := map[string]string{
			"deleted":  strings.Join(lines[:at], "") + strings.Join(lines[at+1:], ""),
			"repeated": strings.Join(lines[:at+1], "") + strings.Join(lines[at:], ""),
			"two keys": strings.Join(lines[:at], "") + strings.Replace(lines[at], `{"position"`, `{"ground":"改","position"`, 1) + strings.Join(lines[at+1:], ""),
		}
		if at < 5 {
			changed["moved"] = strings.Join(lines[:at], "") + lines[at+1] + lines[at] + strings.Join(lines[at+2:], "")
		}
		for name, text := range changed {
			report, err := logfile.Verify(strings.NewReader(text), head)
			require.NoError(t, err, "%s %d", name, at)
			require.False(t, report.Intact(), "%s %d", name, at)
		}
	}
	last := fmt.Sprintf("{\"head\":%q}\n", "4:"+strings.Split(strings.Split(lines[4], `"sha256":"`)[1], `"`)[0])
	shorter := strings.Join(lines[:5], "") + last
	report, err := logfile.Verify(strings.NewReader(shorter), head)
	require.NoError(t, err)
	require.Equal(t, award.LogCutShort, report.Faults[0].Kind, "the newest is gone, and the end written anew")
}

func TestAFileThatIsNoWholeLogIsRefused(t *testing.T) {
	file, _ := written(t, 3)
	for name, text := range map[string]string{
		"empty": "", "other": "{}\n", "cut off": file[:strings.LastIndex(strings.TrimSpace(file), "\n")+1],
		"cut in a line": file[:len(file)-40], "trailing": file + "{}\n",
	} {
		_, err := logfile.Verify(strings.NewReader(text), award.LogHead{})
		require.Error(t, err, name)
	}
	broken := func(yield func(award.LogLink, error) bool) { yield(award.LogLink{}, fmt.Errorf("gone")) }
	require.Error(t, logfile.Write(&bytes.Buffer{}, "2026-1", broken))
}
