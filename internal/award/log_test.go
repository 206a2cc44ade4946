package award_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

func logged(i int64) award.LogRow {
	round := "2026-1"
	return award.LogRow{
		ID: i, At: time.Date(2026, 11, 2, 9, 0, int(i), 1000, award.Beijing), Act: new(i), Officer: new(int64(3)), Office: new(int64(9)),
		Round: &round, Name: award.ActFile, Subject: fmt.Sprint("application/", i), Detail: `{"from":"draft"}`,
	}
}

// sealed chains rows.
func sealed(rows ...award.LogRow) []award.LogLink {
	var head award.LogHead
	links := make([]award.LogLink, len(rows))
	for i, row := range rows {
		salt := award.LogSalt{byte(i)}
		head = head.Next(row.Digest(salt))
		links[i] = award.LogLink{LogHead: head, Salt: salt, Row: &row}
	}
	return links
}

func verify(known award.LogHead, links []award.LogLink) award.LogReport {
	v := award.NewLogVerifier(known)
	for _, link := range links {
		v.Add(link)
	}
	return v.End()
}

// TestASealIsWhatTheDecisionDescribes writes the bytes of docs/decisions/0016
// out by hand: whoever writes a verifier of their own can hold it against this.
func TestASealIsWhatTheDecisionDescribes(t *testing.T) {
	row := logged(7)
	row.Officer, row.Detail = nil, `{"reason":"雪"}`
	text := "16:shifan log row 1,7:SHA-256,32:00000000000000000000000000000000,1:7,27:2026-11-02T01:00:07.000001Z," +
		"1:7,-1:9,6:2026-1,4:file,13:application/7,0:,16:{\"reason\":\"雪\"},"
	digest := sha256.Sum256([]byte(text))
	require.Equal(t, digest, row.Digest(award.LogSalt{}))

	text = "17:shifan log seal 1,7:SHA-256,64:" + strings.Repeat("0", 64) + ",1:1,64:" + hex.EncodeToString(digest[:]) + ","
	head := award.LogHead{}.Next(digest)
	require.Equal(t, sha256.Sum256([]byte(text)), head.SHA256)
	again, err := award.ParseLogHead(head.String())
	require.NoError(t, err)
	require.Equal(t, head, again)
}

func TestEveryFieldOfARowIsSealed(t *testing.T) {
	whole := logged(5)
	digest := whole.Digest(award.LogSalt{})
	other := "2026-2"
	for name, change := range map[string]func(*award.LogRow){
		"id":              func(r *award.LogRow) { r.ID++ },
		"a microsecond":   func(r *award.LogRow) { r.At = r.At.Add(time.Microsecond) },
		"act":             func(r *award.LogRow) { r.Act = nil },
		"officer":         func(r *award.LogRow) { r.Officer = new(int64(4)) },
		"nobody and zero": func(r *award.LogRow) { r.Officer = new(int64(0)) },
		"office":          func(r *award.LogRow) { r.Office = new(int64(8)) },
		"round":           func(r *award.LogRow) { r.Round = &other },
		"name":            func(r *award.LogRow) { r.Name = award.ActEndorse },
		"subject":         func(r *award.LogRow) { r.Subject += "1" },
		"ground":          func(r *award.LogRow) { r.Ground = " " },
		"detail":          func(r *award.LogRow) { r.Detail = `{"from":"filed"}` },
		"text moved over": func(r *award.LogRow) { r.Subject, r.Ground = r.Subject[:5], r.Subject[5:] },
	} {
		row := whole
		change(&row)
		assert.NotEqual(t, digest, row.Digest(award.LogSalt{}), name)
	}
	assert.NotEqual(t, digest, whole.Digest(award.LogSalt{1}), "salt")
}

// TestOneRowAlteredDeletedInsertedOrMovedIsFound: anywhere, the newest too
// against a printed head, and where rows are withheld.
func TestOneRowAlteredDeletedInsertedOrMovedIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "rows")
		rows := make([]award.LogRow, n)
		for i := range rows {
			rows[i] = logged(int64(i + 1))
		}
		whole := sealed(rows...)
		for i := range whole {
			if rapid.Bool().Draw(t, "withheld") {
				digest := whole[i].Row.Digest(whole[i].Salt)
				whole[i] = award.LogLink{LogHead: whole[i].LogHead, Withheld: &digest}
			}
		}
		known := whole[n-1].LogHead
		require.True(t, verify(known, whole).Intact())
		require.True(t, verify(whole[0].LogHead, whole).Intact(), "an early head is enough for what was before it")

		at := rapid.IntRange(0, n-1).Draw(t, "at")
		altered := slices.Clone(whole)
		if altered[at].Row != nil {
			row := *altered[at].Row
			row.Ground = "改"
			altered[at].Row = &row
		} else {
			digest := *altered[at].Withheld
			digest[0]++
			altered[at].Withheld = &digest
		}
		require.Equal(t, []award.LogFault{{Position: int64(at + 1), Kind: award.LogAltered}}, verify(known, altered).Faults)

		gone := slices.Clone(whole)
		gone[at].Row, gone[at].Withheld = nil, nil
		require.Equal(t, []award.LogFault{{Position: int64(at + 1), Kind: award.LogMissing}}, verify(known, gone).Faults)

		deleted := slices.Delete(slices.Clone(whole), at, at+1)
		kind, position := award.LogMisplaced, int64(at+2)
		if at == n-1 {
			kind, position = award.LogCutShort, int64(n-1)
			require.True(t, verify(award.LogHead{}, deleted).Intact(), "without a head nobody can know")
		}
		require.Equal(t, []award.LogFault{{Position: position, Kind: kind}}, verify(known, deleted).Faults)

		forged := logged(99)
		inserted := slices.Insert(slices.Clone(whole), at, award.LogLink{LogHead: whole[at].LogHead, Row: &forged})
		require.False(t, verify(known, inserted).Intact())

		if at > 0 {
			moved := slices.Clone(whole)
			moved[at-1], moved[at] = moved[at], moved[at-1]
			require.False(t, verify(known, moved).Intact())
			swapped := slices.Clone(whole) // the contents, under the seals as they were
			swapped[at-1].Row, swapped[at].Row = swapped[at].Row, swapped[at-1].Row
			swapped[at-1].Withheld, swapped[at].Withheld = swapped[at].Withheld, swapped[at-1].Withheld
			swapped[at-1].Salt, swapped[at].Salt = swapped[at].Salt, swapped[at-1].Salt
			require.False(t, verify(known, swapped).Intact())
		}

		rewritten := slices.Clone(rows) // and the whole chain sealed anew
		rewritten[at].Ground = "改"
		require.True(t, verify(award.LogHead{}, sealed(rewritten...)).Intact())
		require.Equal(t, award.LogHeadDiffers, verify(known, sealed(rewritten...)).Faults[0].Kind)
	})
}

func TestARowDatedLongBeforeTheOnesSealedEarlierIsFound(t *testing.T) {
	late, early := logged(1), logged(2)
	early.At = late.At.Add(-time.Hour)
	require.True(t, verify(award.LogHead{}, sealed(late, early)).Intact(), "an hour is what a transaction may last")
	early.At = early.At.Add(-time.Microsecond)
	require.Equal(t, []award.LogFault{{Position: 2, Kind: award.LogBackdated}}, verify(award.LogHead{}, sealed(late, early)).Faults)

	v := award.NewLogVerifier(award.LogHead{})
	v.Add(sealed(late)[0])
	v.Unsealed(early.At)
	require.Equal(t, []award.LogFault{{Kind: award.LogBackdated}}, v.End().Faults, "one that waits for its seal too")
}

func TestAnEmptyLogIsIntactUnlessAHeadIsKnown(t *testing.T) {
	require.True(t, verify(award.LogHead{}, nil).Intact())
	require.Equal(t, []award.LogFault{{Kind: award.LogCutShort}}, verify(sealed(logged(1))[0].LogHead, nil).Faults)
	for _, text := range []string{"", "1", "0:" + strings.Repeat("0", 64), "1:00", "x:" + strings.Repeat("0", 64)} {
		_, err := award.ParseLogHead(text)
		assert.Error(t, err, text)
	}
}
