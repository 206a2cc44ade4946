package award_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"shifan/internal/award"
)

// theFirst is the first round: opened on 6 October 2008.
var theFirst = award.SeriesRound{
	ID: "2008-1", State: award.RoundClosed, Created: beijing(2008, time.September, 1, 9), Opened: beijing(2008, time.October, 6, 15),
}

func TestTheNextRoundIsDraftedTwoMonthsAheadOfItsTurn(t *testing.T) {
	require.Equal(t, beijing(2010, time.August, 1, 9), award.Launch(theFirst.Opened, 2).In(award.Beijing))
	require.Equal(t, beijing(2010, time.November, 1, 9), award.Launch(beijing(2009, time.January, 31, 9), 2).In(award.Beijing), "over a year's end")

	for name, c := range map[string]struct {
		rounds        []award.SeriesRound
		years         int
		now           time.Time
		from, waiting string
	}{
		"no round was ever opened": {[]award.SeriesRound{{ID: "2008-1", State: award.RoundDraft}}, 2, beijing(2010, time.August, 1, 9), "", ""},
		"a moment too early":       {[]award.SeriesRound{theFirst}, 2, beijing(2010, time.August, 1, 9).Add(-1), "", ""},
		"on the instant":           {[]award.SeriesRound{theFirst}, 2, beijing(2010, time.August, 1, 9), "2008-1", ""},
		"a year late, backfilled":  {[]award.SeriesRound{theFirst}, 2, beijing(2011, time.September, 1, 9), "2008-1", ""},
		"switched off":             {[]award.SeriesRound{theFirst}, 0, beijing(2010, time.August, 1, 9), "", ""},
		"another interval":         {[]award.SeriesRound{theFirst}, 3, beijing(2010, time.August, 1, 9), "", ""},
		"fired again": {
			[]award.SeriesRound{theFirst, {ID: "2010-1", State: award.RoundDraft, Follows: "2008-1", Created: beijing(2010, time.August, 1, 9)}},
			2, beijing(2010, time.August, 1, 9), "", "2010-1",
		},
		"being opened": {
			[]award.SeriesRound{theFirst, {ID: "2010-1", State: award.RoundOpening, Follows: "2008-1", Created: beijing(2010, time.August, 1, 9)}},
			2, beijing(2010, time.October, 6, 9), "", "2010-1",
		},
		"a person has drafted one": {
			[]award.SeriesRound{theFirst, {ID: "2010-1", State: award.RoundDraft, Created: beijing(2010, time.July, 1, 9)}},
			2, beijing(2010, time.August, 1, 9), "", "",
		},
		"put aside": {
			[]award.SeriesRound{theFirst, {ID: "2010-1", State: award.RoundCancelled, Follows: "2008-1", Created: beijing(2010, time.August, 1, 9)}},
			2, beijing(2010, time.December, 1, 9), "", "",
		},
		"put aside, and two years on": {
			[]award.SeriesRound{theFirst, {ID: "2010-1", State: award.RoundCancelled, Follows: "2008-1", Created: beijing(2010, time.August, 1, 9)}},
			2, beijing(2012, time.August, 1, 9), "2008-1", "",
		},
		"the last one runs": {
			[]award.SeriesRound{theFirst, {ID: "2010-1", State: award.RoundOpen, Follows: "2008-1", Created: beijing(2010, time.August, 1, 9), Opened: beijing(2010, time.October, 8, 9)}},
			2, beijing(2012, time.August, 1, 8), "", "",
		},
		"a cancelled one is not the last": {
			[]award.SeriesRound{theFirst, {ID: "2010-1", State: award.RoundCancelled, Created: beijing(2010, time.July, 1, 9), Opened: beijing(2010, time.October, 8, 9)}},
			2, beijing(2010, time.December, 1, 9), "2008-1", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			from, waiting := award.NextInSeries(c.rounds, c.years, c.now)
			require.Equal(t, []string{c.from, c.waiting}, []string{from, waiting})
		})
	}
}

func TestASeriesHasNoTurnLostOrDoubled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rounds, now := []award.SeriesRound{theFirst}, theFirst.Opened
		years := rapid.IntRange(1, 4).Draw(t, "years")
		drafts := make(map[time.Time]int) // by turn
		for range rapid.IntRange(1, 60).Draw(t, "firings") {
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "days")) * 24 * time.Hour)
			from, waiting := award.NextInSeries(rounds, years, now)
			last, _ := award.LastInSeries(rounds)
			require.True(t, from == "" || from == last.ID && waiting == "")
			if from != "" {
				turn := award.Launch(last.Opened, years)
				for !award.Launch(last.Opened, int(turn.Sub(last.Opened).Hours()/24/365)+1+years).After(now) {
					turn = turn.AddDate(years, 0, 0)
				}
				require.Zero(t, drafts[turn], "a second draft for %s", turn)
				drafts[turn]++
				rounds = append(rounds, award.SeriesRound{ID: now.String(), State: award.RoundDraft, Follows: from, Created: now})
			}
			next := &rounds[len(rounds)-1]
			switch rapid.IntRange(0, 2).Draw(t, "what becomes of it") {
			case 1:
				if next.State == award.RoundDraft {
					next.State, next.Opened = award.RoundOpen, now
				}
			case 2:
				if next.State == award.RoundDraft {
					next.State = award.RoundCancelled
				}
			}
		}
	})
}

func TestDatesFollowWholeYearsLater(t *testing.T) {
	first := award.Dates{
		SelfCheckCloses: award.EndOfMonth(2008, time.December).Closes(), ApplyCloses: award.EndOfMonth(2009, time.February).Closes(),
		RecommendationDue: award.EndOfMonth(2009, time.April).Closes(), AssessmentDue: award.EndOfMonth(2009, time.June).Closes(),
	}
	next := first.Follow(2, beijing(2010, time.August, 1, 9))
	require.True(t, next.SelfCheckCloses.Equal(award.EndOfMonth(2010, time.December).Closes()))
	require.True(t, next.AssessmentDue.Equal(award.EndOfMonth(2011, time.June).Closes()))
	leap := first.Follow(3, beijing(2010, time.August, 1, 9))
	require.True(t, leap.ApplyCloses.Equal(award.EndOfMonth(2012, time.February).Closes()), "the 29th is its last day")
	late := first.Follow(2, award.EndOfMonth(2010, time.December).Closes())
	require.True(t, late.SelfCheckCloses.Equal(award.EndOfMonth(2011, time.December).Closes()), "never a date that has passed")

	by := award.OpenBy(first, next, theFirst.Opened)
	require.Equal(t, "2010年10月6日 24:00止", award.Until(by), "as long for self-checks as the last had")
}

func TestADraftIsRemindedOfAtOnceAndEveryThirtyDays(t *testing.T) {
	created := beijing(2010, time.August, 1, 9)
	for _, c := range []struct {
		after  time.Duration
		number int
	}{{0, 1}, {30*24*time.Hour - 1, 1}, {30 * 24 * time.Hour, 2}, {400 * 24 * time.Hour, 14}} {
		number, next := award.DraftReminder(created, created.Add(c.after))
		require.Equal(t, c.number, number, "%s", c.after)
		require.True(t, next.After(created.Add(c.after)))
	}
}

func TestARoundOfCitiesAloneIsNoneOfTheSeries(t *testing.T) {
	require.False(t, award.InSeries([]award.Category{award.City}))
	require.True(t, award.InSeries([]award.Category{award.City, award.Street}))
	require.False(t, award.InSeries(nil))
}
