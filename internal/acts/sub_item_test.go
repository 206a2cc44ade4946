package acts_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// twoParts are sub-items of the samples' first indicator, of 5 points.
func twoParts() award.SubItems {
	return award.SubItems{{Code: "1.1.1", Title: "有文本", Max: 2_00}, {Code: "1.1.2", Title: "有落实", Max: 3_00}}
}

func (c *country) subItems(revision int, items award.SubItems) (acts.SubItems, error) {
	done, err := c.Acts.SetSubItems(context.Background(), c.Head("41"), c.Key(), acts.SetSubItems{
		Round: c.round, Office: "41", Category: award.Street, Revision: revision, Items: items,
	})
	return done.Result, err
}

// parted is what a unit with sub-items might save: full but for half a point.
func (c *country) parted(unit string) acts.SaveSelfCheck {
	in := c.saving(unit, award.Street)
	in.Marks[0] = award.Blank
	in.SubMarks = award.SubMarks{"1.1.1": 1_50, "1.1.2": 3_00}
	return in
}

func TestSubItemsRollUpFromTheSelfCheckToTheComparisonSheet(t *testing.T) {
	c := open(t)
	set, err := c.subItems(0, twoParts())
	require.NoError(t, err)
	require.Equal(t, 1, set.Revision)
	require.False(t, set.Fixed)

	draft := c.parted("410102001")
	delete(draft.SubMarks, "1.1.2")
	s, err := c.save("410102001", draft)
	require.NoError(t, err)
	require.False(t, s.Complete)
	require.Equal(t, award.Reason{Failure: award.FailBlank, At: "1.1.2", Want: 3_00}, s.Reasons[0], "readiness names what is missing")

	whole := c.parted("410102001")
	whole.Revision = 1
	s, err = c.save("410102001", whole)
	require.NoError(t, err)
	require.True(t, s.Ready)
	read := c.readCheck("410102001", award.Street)
	require.Equal(t, award.Points(4_50), read.Marks[0])
	require.Equal(t, whole.SubMarks, read.SubMarks)
	require.Equal(t, twoParts(), read.SubItems)
	require.Equal(t, award.Points(99_50), read.Total)

	kept := c.saving("410102001", award.Street)
	kept.Revision, kept.Gap = 2, "台账不全"
	_, err = c.save("410102001", kept)
	require.Equal(t, []string{"/marks/0 sub_marks_sum"}, defects(err), "sub-items not named stay as they are")
	kept.Marks[0] = 4_50
	_, err = c.save("410102001", kept)
	require.NoError(t, err)
	require.Equal(t, whole.SubMarks, c.readCheck("410102001", award.Street).SubMarks)

	f, err := c.file(c.draft("410102001"))
	require.NoError(t, err)
	c.Exec(`UPDATE self_check SET sub_marks = '{"1.1.1": 0, "1.1.2": 0}', marks[1] = 0`) // what is typed later is not what was filed
	c.Exec(`UPDATE application SET state = 'at_province', waiting_office_id = office_id`)
	f = c.reload(f)
	in := c.inspection(f, 0, c.full(award.Street))
	in.Marks[0], in.SubMarks = award.Blank, award.SubMarks{"1.1.1": 1_00}
	_, err = c.Acts.Inspect(t.Context(), c.Clerk("41"), c.Key(), in)
	require.Equal(t, []string{"/marks/0 sub_marks_missing"}, defects(err), "the province marks every sub-item too")
	in.SubMarks["1.1.2"] = 1_00
	done, err := c.Acts.Inspect(t.Context(), c.Clerk("41"), c.Key(), in)
	require.NoError(t, err)
	require.Equal(t, award.Points(97_00), done.Result.Total)
	require.Equal(t, []string{"1.1"}, done.Result.Flagged, "differences are the indicator's: 4.50 and 2.00")

	sheet, err := c.Acts.Comparison(t.Context(), c.Clerk("41"), c.round, f.ID)
	require.NoError(t, err)
	row := sheet.Indicators[0]
	require.Equal(t, [2]award.Points{4_50, 2_00}, [2]award.Points{row.Self.Value, row.Province.Value})
	points := func(p award.Points) *award.Points { return &p }
	require.Equal(t, []acts.ComparedSubItem{
		{SubItem: twoParts()[0], Self: points(1_50), Province: points(1_00)},
		{SubItem: twoParts()[1], Self: points(3_00), Province: points(1_00)},
	}, row.SubItems)
	require.Empty(t, sheet.Indicators[1].SubItems)
}

func TestSubItemsAreFixedOnceAUnitOfTheAreaHasCheckedItself(t *testing.T) {
	c := open(t)
	_, err := c.subItems(0, twoParts())
	require.NoError(t, err)
	_, err = c.subItems(0, nil)
	requireRefused(t, err, award.Stale, "stale")
	set, err := c.subItems(1, nil)
	require.NoError(t, err, "none takes them away again")
	require.Equal(t, 2, set.Revision)
	c.ready("410103001001", award.Community)
	c.ready("110101001", award.Street) // another category, and another province
	_, err = c.subItems(2, twoParts())
	require.NoError(t, err)
	_, err = c.save("110101002", acts.SaveSelfCheck{Round: c.round, Unit: "110101002", Category: award.Street, Marks: c.full(award.Street), SubMarks: award.SubMarks{"1.1.1": 1}})
	require.Equal(t, []string{"/sub_marks/1.1.1 sub_mark_unknown"}, defects(err), "they are none of another province's")

	in := c.parted("410102001")
	in.SubMarks = award.SubMarks{} // a draft fixes them
	_, err = c.save("410102001", in)
	require.NoError(t, err)
	before := c.digest()
	_, err = c.subItems(3, nil)
	requireRefused(t, err, award.Closed, "sub_items_fixed")
	require.Equal(t, before, c.digest())

	for _, by := range []award.Officer{c.Clerk("41"), c.Clerk("410102001"), c.Admin} {
		shown, err := c.Acts.SubItems(t.Context(), by, c.round, "41", award.Street)
		require.NoError(t, err)
		require.True(t, shown.Fixed)
		require.Equal(t, twoParts(), shown.Items)
	}
	_, err = c.Acts.SubItems(t.Context(), c.Clerk("11"), c.round, "41", award.Street)
	requireRefused(t, err, award.NotFound, "not_found")
	other, err := c.Acts.SubItems(t.Context(), c.Clerk("41"), c.round, "41", award.Community)
	require.NoError(t, err)
	require.Equal(t, 0, other.Revision+len(other.Items))
}

func TestSubItemsAreSetByAHeadOfTheOfficeForACategoryOfTheRound(t *testing.T) {
	c := open(t)
	in := acts.SetSubItems{Round: c.round, Office: "41", Category: award.Street, Items: twoParts()}
	set := func(by award.Officer) error {
		_, err := c.Acts.SetSubItems(t.Context(), by, c.Key(), in)
		return err
	}
	requireRefused(t, set(c.Clerk("41")), award.Forbidden, "forbidden_set-sub-items")
	requireRefused(t, set(c.Head("11")), award.NotFound, "not_found")
	requireRefused(t, set(c.Head("410102")), award.NotFound, "not_found")
	in.Category = award.City
	requireRefused(t, set(c.Head("41")), award.Invalid, "category_not_in_round")
	in.Category, in.Items = award.Street, append(twoParts(), award.SubItem{Code: "9.9.1", Title: "无", Max: 1})
	require.Equal(t, []string{"/items/2/code sub_item_no_leaf"}, defects(set(c.Head("41"))))
	require.Zero(t, actstest.One[int](c.World, `SELECT count(*) FROM sub_items`))
}

func TestOfTwoOfficersWhoSetSubItemsAtOnceOneIsToldToLookAgain(t *testing.T) {
	c := open(t)
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wait.Go(func() { _, errs[i] = c.subItems(0, twoParts()) })
	}
	wait.Wait()
	if errs[0] != nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	require.NoError(t, errs[0])
	requireRefused(t, errs[1], award.Stale, "stale")
	require.Equal(t, 1, actstest.One[int](c.World, `SELECT revision FROM sub_items`))
}

func TestASelfCheckAndSubItemsAtOnceNeverContradictEachOther(t *testing.T) {
	c := open(t)
	for range 5 {
		c.Exec(`DELETE FROM self_check`)
		c.Exec(`DELETE FROM sub_items`)
		var wait sync.WaitGroup
		var setting, saving error
		wait.Go(func() { _, setting = c.subItems(0, twoParts()) })
		wait.Go(func() { _, saving = c.save("410102001", c.saving("410102001", award.Street)) })
		wait.Wait()
		if setting == nil {
			require.Equal(t, []string{"/marks/0 sub_marks_missing"}, defects(saving))
			continue
		}
		require.NoError(t, saving)
		requireRefused(t, setting, award.Closed, "sub_items_fixed")
	}
}

func TestTheNextRoundTakesSubItemsOverWhereTheyAreTheVerySame(t *testing.T) {
	c := open(t)
	parts := append(twoParts(), award.SubItem{Code: "1.4-1", Title: "唯一", Max: 5_00})
	_, err := c.subItems(0, parts)
	require.NoError(t, err)
	in := c.parted("410102001")
	in.Marks[3], in.SubMarks["1.4-1"] = award.Blank, 2_00
	_, err = c.save("410102001", in)
	require.NoError(t, err)
	prefill := func() acts.Prefill {
		p, err := c.Acts.Prefill(t.Context(), c.Clerk("410102001"), c.round, "410102001", award.Street)
		require.NoError(t, err)
		return p
	}

	c.At(c.Now().Add(time.Hour))
	c.round = c.OpenDrill(actstest.Drill{}).ID
	p := prefill()
	require.Empty(t, p.SubItems, "a new round begins without")
	require.Equal(t, award.Points(4_50), p.Marks[0].Value, "and an indicator keeps what it came to")

	parts[2].Title = "另一项"
	_, err = c.subItems(0, parts)
	require.NoError(t, err)
	p = prefill()
	require.Equal(t, parts, p.SubItems)
	require.Equal(t, award.SubMarks{"1.1.1": 1_50, "1.1.2": 3_00}, p.SubMarks)
	require.Equal(t, award.Points(4_50), p.Marks[0].Value)
	require.Equal(t, award.Blank, p.Marks[3].Value, "nobody has judged what now is asked")

	next := c.saving("410102001", award.Street)
	for i, known := range p.Marks {
		next.Marks[i] = known.Value
	}
	next.SubMarks = p.SubMarks
	s, err := c.save("410102001", next)
	require.NoError(t, err)
	require.Equal(t, 20, s.Prefilled)
}

func TestManySelfChecksCarrySubItems(t *testing.T) {
	c := open(t)
	_, err := c.subItems(0, twoParts())
	require.NoError(t, err)
	one, bare := c.parted("410102001"), c.onWord("410102002")
	one.EnteredFor = c.onWord("410102001").EnteredFor
	for _, want := range [][]string{{"saved 1", "marks_malformed"}, {"unchanged 1", "marks_malformed"}} {
		results, err := c.Acts.SaveSelfChecks(t.Context(), c.Clerk("410102"), c.Key(), []acts.SaveSelfCheck{one, bare}, false)
		require.NoError(t, err)
		require.Equal(t, want, checked(results))
	}
	table, err := c.Acts.SelfCheckTable(t.Context(), c.Clerk("410102"), c.round, award.Street)
	require.NoError(t, err)
	require.Equal(t, twoParts(), table.SubItems)
	require.Equal(t, one.SubMarks, table.Rows[0].SubMarks)
}
