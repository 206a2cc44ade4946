package acts_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// village is a standard of a category that has no sample.
func village(title string) award.Standard {
	return award.Standard{Category: award.Village, Title: title, Blocks: []award.Block{{Title: "一", Leaves: []award.Leaf{
		{Code: "1", Title: "评分", Kind: award.LeafPoints, Max: 60_00},
		{Code: "2", Title: "志愿者", Kind: award.LeafTarget, Max: 40_00, Unit: "%", Sense: award.AtLeast, Target: 10_00, Greatest: 100_00},
	}}}}
}

// published drafts and publishes a standard.
func published(t testing.TB, w *actstest.World, by award.Officer, s award.Standard) acts.StandardHead {
	t.Helper()
	draft, err := w.Acts.DraftStandard(context.Background(), by, w.Key(), s)
	require.NoError(t, err)
	done, err := w.Acts.PublishStandard(context.Background(), by, w.Key(), draft.Result.ID, draft.Result.Revision)
	require.NoError(t, err)
	return done.Result
}

func TestAStandardIsDraftedReplacedAndPublished(t *testing.T) {
	w := actstest.New(t)
	draft, err := w.Acts.DraftStandard(t.Context(), w.Admin, w.Key(), village("初稿"))
	require.NoError(t, err)
	id := draft.Result.ID
	require.Zero(t, draft.Result.Version)
	require.True(t, draft.Result.PublishedAt.IsZero())

	edited, err := w.Acts.EditStandard(t.Context(), w.Admin, w.Key(), id, 1, village("二稿"))
	require.NoError(t, err)
	require.Equal(t, 2, edited.Result.Revision)
	_, err = w.Acts.EditStandard(t.Context(), w.Admin, w.Key(), id, 1, village("迟到"))
	requireRefused(t, err, award.Stale, "stale")
	_, err = w.Acts.PublishStandard(t.Context(), w.Admin, w.Key(), id, 1)
	requireRefused(t, err, award.Stale, "stale")

	done, err := w.Acts.PublishStandard(t.Context(), w.Admin, w.Key(), id, 2)
	require.NoError(t, err)
	require.Equal(t, 1, done.Result.Version)
	require.False(t, done.Result.PublishedAt.IsZero())
	read, err := w.Acts.StandardRecord(t.Context(), w.Clerk("410102001"), id)
	require.NoError(t, err)
	require.Equal(t, village("二稿"), read.Standard)
	digest := read.Standard.Digest()
	require.Equal(t, digest[:], read.SHA256)
	require.Equal(t, 3, actstest.One[int](w, `SELECT count(*) FROM audit WHERE subject = 'standard/' || $1::bigint`, id))
}

func TestAPublishedStandardIsFinal(t *testing.T) {
	w := actstest.New(t)
	head := published(t, w, w.Admin, village("甲"))
	_, err := w.Acts.EditStandard(t.Context(), w.Admin, w.Key(), head.ID, 1, village("乙"))
	requireRefused(t, err, award.Conflict, "standard_published")
	_, err = w.Acts.ImportStandard(t.Context(), w.Admin, w.Key(), head.ID, 1, village("乙"))
	requireRefused(t, err, award.Conflict, "standard_published")
	_, err = w.Acts.PublishStandard(t.Context(), w.Admin, w.Key(), head.ID, 1)
	requireRefused(t, err, award.Conflict, "standard_published")
	for _, change := range []string{`UPDATE standard SET title = '改'`, `DELETE FROM standard`} {
		_, err := w.DB.Exec(change)
		require.ErrorContains(t, err, "final", "not even by hand")
	}
}

func TestADraftIsSeenByItsOfficeAloneAndChangedByItsAdministratorAlone(t *testing.T) {
	w := actstest.New(t)
	henan := w.Officer("41", award.RoleAdmin)
	draft, err := w.Acts.DraftStandard(t.Context(), henan, w.Key(), village("河南"))
	require.NoError(t, err)
	id := draft.Result.ID
	for _, stranger := range []award.Officer{w.Admin, w.Officer("44", award.RoleAdmin), w.Clerk("4101")} {
		_, err := w.Acts.StandardRecord(t.Context(), stranger, id)
		requireRefused(t, err, award.NotFound, "standard_unknown")
		_, err = w.Acts.EditStandard(t.Context(), stranger, w.Key(), id, 1, village("别人"))
		requireRefused(t, err, award.NotFound, "standard_unknown")
	}
	_, err = w.Acts.EditStandard(t.Context(), w.Clerk("41"), w.Key(), id, 1, village("经办"))
	requireRefused(t, err, award.Forbidden, "forbidden_edit-standard")
	_, err = w.Acts.DraftStandard(t.Context(), w.Clerk("41"), w.Key(), village("经办"))
	requireRefused(t, err, award.Forbidden, "forbidden_draft-standard")

	_, err = w.Acts.PublishStandard(t.Context(), henan, w.Key(), id, 1)
	require.NoError(t, err)
	_, err = w.Acts.StandardRecord(t.Context(), w.Officer("44", award.RoleAdmin), id)
	requireRefused(t, err, award.NotFound, "standard_unknown")
	_, err = w.Acts.EditStandard(t.Context(), w.Admin, w.Key(), id, 1, village("上级"))
	requireRefused(t, err, award.Forbidden, "forbidden_edit-standard")

	seen := func(by award.Officer) (ids []int64) {
		heads, err := w.Acts.Standards(t.Context(), by, acts.StandardQuery{Limit: 10})
		require.NoError(t, err)
		for _, h := range heads {
			ids = append(ids, h.ID)
		}
		return ids
	}
	require.Equal(t, []int64{id}, seen(w.Clerk("410102")), "below")
	require.Equal(t, []int64{id}, seen(w.Admin), "above")
	require.Empty(t, seen(w.Clerk("44")))
	another, err := w.Acts.DraftStandard(t.Context(), henan, w.Key(), village("再"))
	require.NoError(t, err)
	require.Equal(t, []int64{another.Result.ID, id}, seen(w.Clerk("41")))
	require.Equal(t, []int64{id}, seen(w.Clerk("410102")))
}

func TestAStandardWithDefectsIsNotKept(t *testing.T) {
	w := actstest.New(t)
	bad := village("坏")
	bad.Blocks[0].Leaves[0].Max, bad.Blocks[0].Leaves[1].Unit = 61_00, ""
	_, err := w.Acts.DraftStandard(t.Context(), w.Admin, w.Key(), bad)
	require.Equal(t, []string{"/blocks/0/leaves/1/unit leaf_unit", "/max standard_sum"}, defects(err))
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM standard`))

	_, err = w.Acts.DraftStandard(t.Context(), w.Admin, w.Key(), bonus())
	require.Equal(t, []string{"/blocks/0/leaves/2/bonus leaf_not_national"}, defects(err))
	_, err = w.Acts.DraftStandard(t.Context(), w.Officer("41", award.RoleAdmin), w.Key(), bonus())
	require.NoError(t, err, "a province's may have one")
}

func bonus() award.Standard {
	s := village("加分")
	s.Blocks[0].Leaves = append(s.Blocks[0].Leaves, award.Leaf{Code: "B", Title: "加分", Kind: award.LeafPoints, Max: 5_00, Bonus: true})
	return s
}

func TestVersionsOfACategoryFollowOneAnother(t *testing.T) {
	w := actstest.New(t)
	const n = 8
	ids := make([]int64, n)
	for i := range ids {
		draft, err := w.Acts.DraftStandard(t.Context(), w.Admin, w.Key(), village("甲"))
		require.NoError(t, err)
		ids[i] = draft.Result.ID
	}
	var group sync.WaitGroup
	failed := make([]error, n)
	for i, id := range ids {
		group.Go(func() {
			_, failed[i] = w.Acts.PublishStandard(context.Background(), w.Admin, acts.Key{}, id, 1)
		})
	}
	group.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
	require.Equal(t, "1 2 3 4 5 6 7 8", actstest.One[string](w, `SELECT string_agg(version::text, ' ' ORDER BY version) FROM standard`))
}

func TestARoundTakesTheLatestStandardOfItsOwnerOrTheOneItNames(t *testing.T) {
	w := actstest.New(t)
	streets := func(title string) award.Standard {
		s := village(title)
		s.Category = award.Street
		return s
	}
	open := func(owner string, named int64) string {
		r := w.OpenDrill(actstest.Drill{Owner: owner, Categories: []award.CategoryRule{
			{Category: award.Street, Quota: award.Quota{Places: 1, Ratio: 2}, StandardID: named},
		}})
		return r.Categories[0].Standard.Title
	}
	henan := w.Officer("41", award.RoleAdmin, award.RoleHead)
	published(t, w, henan, streets("河南一"))
	require.Contains(t, open("", 0), "示例", "another office's is none of the nation's")
	first := published(t, w, w.Admin, streets("全国一"))
	published(t, w, w.Admin, streets("全国二"))
	_, err := w.Acts.DraftStandard(t.Context(), w.Admin, w.Key(), streets("草稿"))
	require.NoError(t, err)

	require.Equal(t, "全国二", open("", 0), "the latest published, no draft")
	require.Equal(t, "全国一", open("", first.ID), "the one named")
	require.Equal(t, "河南一", open("41", 0), "the owner's own before a later one from above")
	require.Equal(t, "全国一", open("41", first.ID))
}

func TestARoundNamesOnlyStandardsItCanBeHeldAgainst(t *testing.T) {
	w := actstest.New(t)
	henan := w.Officer("41", award.RoleAdmin)
	draft, err := w.Acts.DraftStandard(t.Context(), w.Admin, w.Key(), village("草稿"))
	require.NoError(t, err)
	for name, id := range map[string]int64{
		"a draft": draft.Result.ID, "none": 999, "of an office below": published(t, w, henan, village("河南")).ID,
	} {
		_, err := w.Acts.CreateRound(t.Context(), w.Admin, w.Key(), acts.RoundInput{Definition: award.Definition{
			Title: "演练", DrillDay: actstest.Day, Dates: actstest.DrillDates(w.Now()), Rules: actstest.DrillRules(),
			Categories: []award.CategoryRule{{Category: award.Village, Quota: award.Quota{Places: 1, Ratio: 2}, StandardID: id}},
		}})
		require.Equal(t, []string{"/categories/0/standard standard_not_usable"}, defects(err), name)
	}
}

func TestCategoriesWithoutASampleOpenOnceAStandardIsPublished(t *testing.T) {
	w := actstest.New(t)
	for _, category := range []award.Category{award.City, award.Village} {
		d := actstest.Drill{Categories: []award.CategoryRule{
			{Category: award.Street, Quota: award.Quota{Places: 1, Ratio: 2}},
			{Category: category, Quota: award.Quota{Places: 1, Ratio: 2}},
		}}
		id := w.Draft(d)
		_, err := w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
		requireRefused(t, err, award.Incomplete, "standard_missing")
		s := village(string(category))
		s.Category = category
		published(t, w, w.Admin, s)
		r := w.OpenDrill(d)
		require.Equal(t, string(category), r.Categories[1].Standard.Title)
	}
}
