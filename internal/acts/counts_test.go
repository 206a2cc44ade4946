package acts_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAPictureCountsAtMostEveryFewSecondsAndSaysWhen(t *testing.T) {
	c := open(t)
	picture := func(by award.Officer) acts.Picture {
		p, err := c.Acts.Picture(t.Context(), by, c.round)
		require.NoError(t, err)
		return p
	}
	start := c.Now()
	require.Equal(t, 0, picture(c.Admin).Report[1].Ready)
	c.ready("410102002", award.Street)
	require.Equal(t, 0, picture(c.Admin).Report[1].Ready, "counted a moment ago")
	report, err := c.Acts.Report(t.Context(), c.Admin, c.round)
	require.NoError(t, err)
	require.Equal(t, 1, report[1].Ready, "the API counts anew")

	c.At(start.Add(5*time.Second - time.Millisecond))
	require.True(t, start.Equal(picture(c.Admin).CountedAt))
	c.At(start.Add(5 * time.Second))
	p := picture(c.Admin)
	require.Equal(t, 1, p.Report[1].Ready)
	require.True(t, c.Now().Equal(p.CountedAt))
	require.Equal(t, []acts.MarkCount{{Category: award.Street, Of: acts.TotalSelf, Stretch: acts.MarkStretches - 1, Units: 1}}, p.Marks)
	require.Equal(t, 1, p.Offices[1].Counts[1].Ready)

	foreign := picture(c.Head("11"))
	require.Equal(t, 0, foreign.Report[1].Ready, "each reader is told of what it sees")
	require.Empty(t, foreign.Marks)
	require.Len(t, foreign.Offices, 1)
	_, err = c.Acts.Picture(t.Context(), c.Head("11"), c.OpenDrill(actstest.Drill{Owner: "41"}).ID)
	requireRefused(t, err, award.NotFound, "round_unknown")
}

// The nation's marks are told to units when the candidates are fixed, and not by a
// picture before.
func TestAPictureTellsTheNationsMarksToTheOwnerAlone(t *testing.T) {
	c := open(t)
	f := c.filed("410102001", award.Street)
	c.Exec(`INSERT INTO score (application_id, total, blocks, passed, reasons) VALUES ($1, 8500, '{}', true, '{}')`, f.ID)
	owner, err := c.Acts.Picture(t.Context(), c.Admin, c.round)
	require.NoError(t, err)
	require.Contains(t, owner.Marks, acts.MarkCount{Category: award.Street, Of: acts.TotalNation, Stretch: 17, Units: 1})
	province, err := c.Acts.Picture(t.Context(), c.Head("41"), c.round)
	require.NoError(t, err)
	for _, m := range province.Marks {
		require.NotEqual(t, acts.TotalNation, m.Of)
	}
}

func TestManyReadersAtOnceAreAllToldTheCounts(t *testing.T) {
	c := open(t)
	c.ready("410102002", award.Street)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			p, err := c.Acts.Picture(t.Context(), c.Admin, c.round)
			if err != nil || p.Report[1].Ready != 1 {
				t.Errorf("%v %v", p.Report, err)
			}
		})
	}
	wait.Wait()
}
