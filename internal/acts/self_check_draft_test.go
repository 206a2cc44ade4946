package acts_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestADraftMayHaveBlanksAndIsBegunButNotASelfCheckMade(t *testing.T) {
	c := open(t)
	marks := c.full(award.Street)
	marks[0], marks[4] = award.Blank, award.Blank
	s, err := c.selfCheck("410102001", award.Street, 0, marks)
	require.NoError(t, err)
	require.False(t, s.Complete)
	require.False(t, s.Ready)
	require.Equal(t, award.Points(90_00), s.Total, "a blank gives nothing")
	read := c.readCheck("410102001", award.Street)
	require.Equal(t, marks, read.Marks)
	require.Equal(t, []string{"blank 1.1", "blank 1.5"}, texts(read.Reasons), "what is missing is named, though the total would pass")
	require.Equal(t, award.BlockScore{Title: read.Blocks[0].Title, Points: 15_00, Maximum: 25_00}, read.Blocks[0])
	require.Contains(t, c.progress("410102001", ""), "410102001 street 1/1/0/0/0")

	f := c.draft("410102001")
	_, err = c.file(f)
	require.Equal(t, []string{"/self_check self_check_incomplete"}, defects(err))

	marks[0], marks[4] = 0, 0
	s, err = c.selfCheck("410102001", award.Street, 1, marks)
	require.NoError(t, err)
	require.True(t, s.Complete)
	require.True(t, s.Ready)
	marks[1], marks[2], marks[3], marks[5] = 0, 2_50, 0, 0 // of 4, 6, 5 and 7
	s, err = c.selfCheck("410102001", award.Street, 2, marks)
	require.NoError(t, err)
	require.Equal(t, award.Points(75_50), s.Total)
	require.Equal(t, award.Points(4_50), s.Short)
}

func TestNotesStandBesideTheirIndicators(t *testing.T) {
	c := open(t)
	in := c.saving("410102001", award.Street)
	in.Notes = map[string]award.Note{"1.1": {Facts: "有方案", Gap: "检查少", Measure: "每季一次"}, "2.3": {Gap: strings.Repeat("差", 500)}}
	_, err := c.save("410102001", in)
	require.NoError(t, err)
	require.Equal(t, in.Notes, c.readCheck("410102001", award.Street).Notes)

	in.Revision, in.Notes = 1, nil
	_, err = c.save("410102001", in)
	require.NoError(t, err)
	require.Len(t, c.readCheck("410102001", award.Street).Notes, 2, "notes not sent stay as they are")

	in.Revision, in.Notes = 2, map[string]award.Note{"9.9": {}, "1.1": {Measure: strings.Repeat("措", 501)}}
	_, err = c.save("410102001", in)
	requireRefused(t, err, award.Invalid, "self_check_malformed")
	require.Equal(t, []string{"/notes/1.1/measure value_too_long", "/notes/9.9 note_unknown_leaf"}, defects(err))

	in.Notes = map[string]award.Note{}
	_, err = c.save("410102001", in)
	require.NoError(t, err)
	require.Empty(t, c.readCheck("410102001", award.Street).Notes)
}

func TestWhoEntersForAUnitNamesThePersonAndAUnitNamesNobody(t *testing.T) {
	c := open(t)
	in := c.saving("410102001001", award.Community)
	in.EnteredFor = award.EnteredFor{Scan: "AB"}
	_, err := c.save("410102", in)
	require.Equal(t, []string{"/entered_for/person entered_for_required", "/entered_for/scan sha256_malformed"}, defects(err))
	_, err = c.save("410102001001", in)
	require.Equal(t, []string{"/entered_for entered_for_itself"}, defects(err))

	in.EnteredFor = award.EnteredFor{Person: "李主任", Scan: strings.Repeat("ab", 32)}
	_, err = c.save("410102", in)
	require.Equal(t, []string{"/entered_for/scan evidence_unknown"}, defects(err), "a paper that nobody has uploaded")
	in.EnteredFor.Scan = ""
	for _, outside := range []string{"410103", "410102002", "11", "659001"} {
		_, err = c.save(outside, in)
		requireRefused(t, err, award.NotFound, "not_found")
	}
	for i, above := range []string{"410102001", "410102", "4101", "41"} {
		in.Revision = i
		_, err = c.save(above, in)
		require.NoError(t, err)
		read := c.readCheck("410102001001", award.Community)
		require.Equal(t, above+" 李主任", read.EnteredByOffice+" "+read.EnteredFor.Person)
	}
}

func TestDraftsAreTakenToTheLastInstantAndNotFromItOn(t *testing.T) {
	c := open(t)
	blank := make([]award.Points, len(c.full(award.Street)))
	for i := range blank {
		blank[i] = award.Blank
	}
	closes := c.Office(c.round, "41").SelfCheckClosesAt
	c.At(closes.Add(-time.Microsecond))
	_, err := c.selfCheck("410102001", award.Street, 0, blank)
	require.NoError(t, err, "even one that says nothing yet")
	c.At(closes)
	_, err = c.selfCheck("410102001", award.Street, 1, c.full(award.Street))
	requireRefused(t, err, award.Closed, "self_check_closed")
}

// measured gives the street category of a new round indicators that the year's
// facts fill: a share, one at most, a count and a yes.
func measured(t *testing.T) *country {
	t.Helper()
	c := open(t)
	c.At(c.Now().Add(time.Hour))
	c.streetsOf(func(s award.Standard) {
		for _, b := range s.Blocks {
			for l := range b.Leaves {
				b.Leaves[l].Fact = "" // but those below
			}
		}
		leaves := s.Blocks[0].Leaves
		leaves[0] = award.Leaf{
			Code: "1.1", Title: "志愿者", Kind: award.LeafTarget, Max: 5_00, Unit: "%", Sense: award.AtLeast, Target: 10_00, Fact: "volunteers/residents",
		}
		leaves[1] = award.Leaf{Code: "1.2", Title: "受训", Kind: award.LeafCount, Max: 5_00, Unit: "人", Each: 1_00, Fact: "trained_workers"}
		leaves[2] = award.Leaf{Code: "1.3", Title: "中心", Kind: award.LeafBoolean, Max: 5_00, Fact: "service_centre"}
	})
	c.round = c.OpenDrill(actstest.Drill{}).ID
	return c
}

// streets publishes the standard of streets with other indicators under its first
// heading, for the rounds that open from now on.
func (c *country) streets(change func(leaves []award.Leaf)) {
	c.streetsOf(func(s award.Standard) { change(s.Blocks[0].Leaves) })
}

func (c *country) streetsOf(change func(s award.Standard)) {
	c.t.Helper()
	rule, err := c.Round(c.round).Category(award.Street)
	require.NoError(c.t, err)
	s := rule.Standard
	s.Blocks = slices.Clone(s.Blocks)
	for b := range s.Blocks {
		s.Blocks[b].Leaves = slices.Clone(s.Blocks[b].Leaves)
	}
	change(s)
	draft, err := c.Acts.DraftStandard(context.Background(), c.Admin, c.Key(), s)
	require.NoError(c.t, err)
	_, err = c.Acts.PublishStandard(context.Background(), c.Admin, c.Key(), draft.Result.ID, draft.Result.Revision)
	require.NoError(c.t, err)
}

func blankFirst(marks []award.Points, n int) []award.Points {
	for i := range n {
		marks[i] = award.Blank
	}
	return marks
}

func TestTheYearsFactsFillTheIndicatorsThatNameThem(t *testing.T) {
	c := measured(t)
	c.report("410102001", 2025, 0, award.Facts{
		award.FactResidents: 3000, award.FactVolunteers: 300, award.FactTrainedWorkers: 3, award.FactServiceCentre: 1,
	})
	in := c.saving("410102001", award.Street)
	in.Marks = blankFirst(in.Marks, 3)
	s, err := c.save("410102001", in)
	require.NoError(t, err)
	require.Equal(t, []award.Points{10_00, 3_00, 5_00}, s.Marks[:3])
	require.Equal(t, []string{"1.1", "1.2", "1.3"}, s.Filled)
	require.Equal(t, 2025, s.FactsYear, "early in a year the year before still counts")
	require.Equal(t, 3, s.Prefilled)
	require.True(t, s.Complete)
	require.Equal(t, award.Points(98_00), s.Total)

	in.Revision, in.Marks[0], in.Marks[2] = 1, 12_00, 0
	_, err = c.save("410102001", in)
	requireRefused(t, err, award.Invalid, "marks_malformed")
	require.Equal(t, []string{"/marks/0 mark_from_facts", "/marks/2 mark_from_facts"}, defects(err), "a fact is not typed over")
}

func TestAFactThatIsNotReportedIsEnteredByHand(t *testing.T) {
	c := measured(t)
	c.report("410102001", 2024, 0, award.Facts{award.FactServiceCentre: 0}) // too old to count
	c.report("410102001", 2026, 0, award.Facts{award.FactVolunteers: 300})  // no residents: no share
	in := c.saving("410102001", award.Street)
	in.Marks[0], in.Marks[1] = 9_99, 2_00
	s, err := c.save("410102001", in)
	require.NoError(t, err)
	require.Equal(t, []award.Points{9_99, 2_00, 5_00}, s.Marks[:3])
	require.Empty(t, s.Filled)
	require.Zero(t, s.FactsYear)
	require.Equal(t, award.Points(92_00), s.Total, "9.99 % is not 10 %")
}

func TestAFactChangedAfterFilingLeavesTheFiledRevisionAlone(t *testing.T) {
	c := measured(t)
	facts := award.Facts{award.FactResidents: 3000, award.FactVolunteers: 300, award.FactTrainedWorkers: 5, award.FactServiceCentre: 1}
	c.report("410102001", 2026, 0, facts)
	in := c.saving("410102001", award.Street)
	in.Marks = blankFirst(in.Marks, 3)
	s, err := c.save("410102001", in)
	require.NoError(t, err)
	f, err := c.file(c.draft("410102001"))
	require.NoError(t, err)

	facts[award.FactVolunteers] = 299
	c.report("410102001", 2026, 1, facts)
	read := c.readCheck("410102001", award.Street)
	require.Equal(t, s.Marks, read.Marks)
	require.True(t, read.Ready)
	require.Equal(t, []string{"1.1"}, read.Outdated, "it is said what has changed")

	in.Revision, in.Marks = 1, read.Marks // as a page sends back what it was shown
	s, err = c.save("410102001", in)
	require.NoError(t, err)
	require.Equal(t, award.Points(9_96), s.Marks[0], "299/3000 is 9.9666… %, shown rounded down")
	require.Equal(t, award.Points(95_00), s.Total)
	require.Empty(t, c.readCheck("410102001", award.Street).Outdated)
	require.Equal(t, "{1000,500,500}", actstest.One[string](c.World,
		`SELECT self_check[1:3]::text FROM application_revision WHERE application_id = $1`, f.ID))
}

func TestTheNextRoundBeginsWithWhatIsKnown(t *testing.T) {
	c := open(t)
	in := c.saving("410102001", award.Street)
	in.Marks[5], in.Marks[6] = 3_00, award.Blank
	in.Notes = map[string]award.Note{"1.1": {Facts: "旧定义"}, "2.1": {Facts: "三项制度上墙"}}
	in.Gap, in.Measure = "人手少", "增编"
	_, err := c.save("410102001", in)
	require.NoError(t, err)
	first := c.round
	c.streets(func(leaves []award.Leaf) { leaves[0].Title = "另一项" })
	c.At(c.Now().Add(time.Hour))
	c.round = c.OpenDrill(actstest.Drill{}).ID

	p, err := c.Acts.Prefill(t.Context(), c.Clerk("410102"), c.round, "410102001", award.Street)
	require.NoError(t, err)
	require.Equal(t, first, p.LastRound())
	require.Equal(t, "人手少 增编", p.Last.Gap+" "+p.Last.Measure)
	require.Equal(t, award.PrefilledMark{Code: "1.1", Value: award.Blank}, p.Marks[0], "another definition is another question")
	require.Equal(t, award.PrefilledMark{Code: "2.1", Value: 3_00, From: award.OriginLastRound, Note: award.Note{Facts: "三项制度上墙"}}, p.Marks[5])
	require.Equal(t, award.PrefilledMark{Code: "2.2", Value: award.Blank}, p.Marks[6], "what was blank stays blank")
	require.Equal(t, "林山寨街道 register", p.Form[0].Value+" "+string(p.Form[0].From))

	next := c.saving("410102001", award.Street)
	for i, known := range p.Marks {
		if known.Value != award.Blank {
			next.Marks[i] = known.Value
		}
	}
	s, err := c.save("410102001", next)
	require.NoError(t, err)
	require.Equal(t, 19, s.Prefilled, "all of 21 but the two that were not known")
	_, err = c.Acts.Prefill(t.Context(), c.Clerk("410102002"), c.round, "410102001", award.Street)
	requireRefused(t, err, award.NotFound, "not_found")
}

// saving is what a unit might save first.
func (c *country) saving(unit string, category award.Category) acts.SaveSelfCheck {
	c.t.Helper()
	return acts.SaveSelfCheck{Round: c.round, Unit: unit, Category: category, Marks: c.full(category)}
}

// save saves as an office's clerk.
func (c *country) save(by string, in acts.SaveSelfCheck) (acts.SelfCheck, error) {
	c.t.Helper()
	done, err := c.Acts.SaveSelfCheck(c.t.Context(), c.Clerk(by), c.Key(), in)
	return done.Result, err
}

// readCheck reads a self-check as its unit does.
func (c *country) readCheck(unit string, category award.Category) acts.SelfCheck {
	c.t.Helper()
	s, err := c.Acts.SelfCheck(c.t.Context(), c.Clerk(unit), c.round, unit, category)
	require.NoError(c.t, err)
	return s
}

func texts(reasons []award.Reason) []string {
	var out []string
	for _, r := range reasons {
		out = append(out, fmt.Sprint(r))
	}
	return out
}
