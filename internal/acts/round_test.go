package acts_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// definition is a round without a defect, on a world's usual clock.
func definition() acts.RoundInput {
	return acts.RoundInput{Definition: award.Definition{
		Title: "全国和谐社区建设示范单位", Categories: actstest.DrillCategories(), Rules: actstest.DrillRules(),
		Dates: actstest.DrillDates(actstest.Start()), DrillDay: actstest.Day,
	}}
}

func TestADraftTakesItsDefaults(t *testing.T) {
	w := actstest.New(t)
	in := definition()
	in.Dates.ApplyCloses = time.Time{}
	done, err := w.Acts.CreateRound(t.Context(), w.Admin, w.Key(), in)
	require.NoError(t, err)
	r := w.Round(done.Result.ID)
	require.Equal(t, award.RoundDraft, r.State)
	require.Equal(t, award.CodeNation, r.OwnerCode, "owned by the caller's office")
	require.True(t, r.Dates.ApplyCloses.Equal(r.Dates.SelfCheckCloses), "D-17")
	require.Equal(t, award.DateOf(actstest.Start()), r.RegistryDate)
	require.Equal(t, "全国和谐社区建设示范城区(市)", r.Categories[0].Title)
	require.Equal(t, award.District.Kinds(), r.Categories[0].Kinds)
	require.Equal(t, award.SampleForm(), r.Categories[0].Form)
}

func TestADefinitionIsRefusedWithEveryDefectAtOnce(t *testing.T) {
	w := actstest.New(t)
	in := definition()
	in.Title = ""
	in.Categories = []award.CategoryRule{
		{Category: "planet", Quota: award.Quota{Places: 1, Ratio: 1}},
		{Category: award.Street, Quota: award.Quota{Places: 0, Ratio: 0}},
		{Category: award.Street, Quota: award.Quota{Places: 1, Ratio: 1}},
		{Category: award.City, Quota: award.Quota{Places: 5}}, // no ratio is legal for city alone
	}
	in.Dates.SelfCheckCloses = actstest.Start() // exactly now is too late
	in.Dates.RecommendationDue = in.Dates.ApplyCloses
	in.RegistryDate = award.Date{Year: 2026, Month: time.November, Day: 3}
	in.Rules.NoticeDays = 0
	in.Rules.Satisfaction = 101
	_, err := w.Acts.CreateRound(t.Context(), w.Admin, w.Key(), in)
	requireRefused(t, err, award.Invalid, "round_defects")
	require.ElementsMatch(t, []string{
		"/title field_required",
		"/categories/0/category category_unknown",
		"/categories/1/quota number_too_small", "/categories/1/ratio number_too_small",
		"/categories/2/category category_twice",
		"/dates/self_check date_past", "/dates/recommendation date_order",
		"/registry_date registry_date_future",
		"/rules/notice_days number_too_small", "/rules/satisfaction number_too_large",
	}, defects(err))
	require.Zero(t, actstest.One[int](w, `SELECT count(*) FROM round`))
}

func TestRoundsAreNumberedByYearAndDrillsByThemselves(t *testing.T) {
	w := actstest.New(t)
	require.Equal(t, "drill-1", w.Draft(actstest.Drill{}))
	require.Equal(t, "drill-2", w.Draft(actstest.Drill{}))
	real := actstest.Drill{Real: true, Dates: realDates()}
	require.Equal(t, "2026-1", w.Draft(real))
	w.At(time.Date(2027, time.January, 1, 0, 0, 0, 0, award.Beijing))
	require.Equal(t, "2027-1", w.Draft(real), "the year is Beijing's")
}

// realDates lie far enough ahead for a real round opened in 2026 or 2027.
func realDates() award.Dates {
	return award.Dates{
		SelfCheckCloses: award.EndOfMonth(2027, time.December).Closes(), ApplyCloses: award.EndOfMonth(2027, time.December).Closes(),
		RecommendationDue: award.EndOfMonth(2028, time.April).Closes(), AssessmentDue: award.EndOfMonth(2028, time.June).Closes(),
	}
}

func TestRoundsDraftedAtOnceGetIDsOfTheirOwn(t *testing.T) {
	w := actstest.New(t)
	const drafters = 10
	var mutex sync.Mutex
	var ids []string
	var group sync.WaitGroup
	for range drafters {
		group.Go(func() {
			done, err := w.Acts.CreateRound(t.Context(), w.Admin, acts.Key{Method: "POST", Path: "/rounds"}, definition())
			mutex.Lock()
			defer mutex.Unlock()
			if err != nil {
				t.Error(err)
			}
			ids = append(ids, done.Result.ID)
		})
	}
	group.Wait()
	slices.Sort(ids)
	require.Len(t, slices.Compact(ids), drafters)
}

func TestTheSameKeyDraftsOneRound(t *testing.T) {
	w := actstest.New(t)
	key := w.Key()
	first, err := w.Acts.CreateRound(t.Context(), w.Admin, key, definition())
	require.NoError(t, err)
	second, err := w.Acts.CreateRound(t.Context(), w.Admin, key, definition())
	require.NoError(t, err)
	require.Equal(t, first.Receipt.Act, second.Receipt.Act)
	require.Equal(t, first.Result.ID, second.Result.ID)
	require.Equal(t, first.Result.Dates.AssessmentDue.UTC(), second.Result.Dates.AssessmentDue.UTC(), "the outcome reads as it was")
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM round`))
}

func TestOnlyTheOwnersAdministratorDrafts(t *testing.T) {
	w := actstest.New(t)
	province := w.Officer("41", award.RoleAdmin)
	_, err := w.Acts.CreateRound(t.Context(), province, w.Key(), definition())
	require.NoError(t, err, "a province may run a round of its own (N 五(三))")

	nation := definition()
	nation.Owner = award.CodeNation
	_, err = w.Acts.CreateRound(t.Context(), province, w.Key(), nation)
	require.Equal(t, award.NotFound, award.CodeOf(err))
	_, err = w.Acts.CreateRound(t.Context(), w.Clerk(award.CodeNation), w.Key(), definition())
	require.Equal(t, award.Forbidden, award.CodeOf(err))
	below := definition()
	below.Owner = "41"
	_, err = w.Acts.CreateRound(t.Context(), w.Officer("4101", award.RoleAdmin), w.Key(), below)
	require.Equal(t, award.NotFound, award.CodeOf(err))
}

func TestADraftIsEditedByWhoSawItLast(t *testing.T) {
	w := actstest.New(t)
	id := w.Draft(actstest.Drill{})
	in := definition()
	in.Title, in.Categories = "改名", in.Categories[:1]
	done, err := w.Acts.EditRound(t.Context(), w.Admin, w.Key(), id, 1, in)
	require.NoError(t, err)
	require.Equal(t, 2, done.Result.Revision)
	r := w.Round(id)
	require.Equal(t, "改名", r.Title)
	require.Len(t, r.Categories, 1)

	_, err = w.Acts.EditRound(t.Context(), w.Admin, w.Key(), id, 1, in)
	requireRefused(t, err, award.Stale, "stale")
	in.DrillDay = 0
	_, err = w.Acts.EditRound(t.Context(), w.Admin, w.Key(), id, 2, in)
	requireRefused(t, err, award.Conflict, "round_drill_fixed")
	in = definition()
	in.Owner = "41"
	_, err = w.Acts.EditRound(t.Context(), w.Admin, w.Key(), id, 2, in)
	requireRefused(t, err, award.Conflict, "round_owner_fixed")
	in = definition()
	in.Categories = nil
	_, err = w.Acts.EditRound(t.Context(), w.Admin, w.Key(), id, 2, in)
	require.Equal(t, []string{"/categories field_required"}, defects(err))
	require.Equal(t, "改名", w.Round(id).Title, "what is refused changes nothing")
}

func TestAnOpenRoundIsNotEdited(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	_, err := w.Acts.EditRound(t.Context(), w.Admin, w.Key(), r.ID, r.Revision, definition())
	requireRefused(t, err, award.Conflict, "round_not_draft")
}

func TestOnlyWhoSeesARoundLearnsThatALeverIsForbidden(t *testing.T) {
	w := actstest.New(t)
	national := w.Draft(actstest.Drill{})
	provincial := w.Draft(actstest.Drill{Owner: "41"})
	for _, c := range []struct {
		name  string
		by    award.Officer
		round string
		want  award.Code
	}{
		{"a clerk of the owner", w.Clerk(award.CodeNation), national, award.Forbidden},
		{"an administrator below the owner", w.Officer("41", award.RoleAdmin), national, award.Forbidden},
		{"an administrator above the owner", w.Admin, provincial, award.Forbidden},
		{"an administrator beside the owner", w.Officer("11", award.RoleAdmin), provincial, award.NotFound},
		{"an administrator, of no such round", w.Admin, "drill-99", award.NotFound},
		{"nobody", award.Officer{}, national, award.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.by.ID == 0 {
				c.by.ID = w.Admin.ID // the act's row names an officer
			}
			_, err := w.Acts.CancelRound(t.Context(), c.by, w.Key(), c.round, "不办了")
			require.Equal(t, c.want, award.CodeOf(err), "%v", err)
			require.Equal(t, award.RoundDraft, w.Round(national).State)
		})
	}
}

func TestRoundsAreListedToThoseTheyConcern(t *testing.T) {
	w := actstest.New(t)
	national, provincial, city := w.Draft(actstest.Drill{}), w.Draft(actstest.Drill{Owner: "41"}), w.Draft(actstest.Drill{Owner: "4101"})
	for _, c := range []struct {
		by   award.Officer
		want []string
	}{
		{w.Admin, []string{city, provincial, national}},
		{w.Head("41"), []string{city, provincial, national}},
		{w.Clerk("410102"), []string{city, provincial, national}},
		{w.Head("11"), []string{national}},
		{award.Officer{}, nil},
	} {
		t.Run(c.by.OfficeCode, func(t *testing.T) {
			require.Equal(t, c.want, idsOf(t, w, c.by, 0, 10))
		})
	}
	first, err := w.Acts.Rounds(t.Context(), w.Admin, acts.RoundQuery{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []string{national}, idsOf(t, w, w.Admin, first[1].Number, 2), "the next page goes on after the last")
}

func idsOf(t *testing.T, w *actstest.World, by award.Officer, before int64, limit int) []string {
	t.Helper()
	rounds, err := w.Acts.Rounds(t.Context(), by, acts.RoundQuery{Before: before, Limit: limit})
	require.NoError(t, err)
	var ids []string
	for _, r := range rounds {
		ids = append(ids, r.ID)
	}
	return ids
}

// digestOf is a fingerprint of tables: equal digests, equal records.
func digestOf(w *actstest.World, tables ...string) string {
	var out strings.Builder
	for _, table := range tables {
		fmt.Fprintln(&out, table, actstest.One[string](w, `SELECT coalesce(md5(string_agg(x::text, '|' ORDER BY x::text)), '') FROM `+table+` x`))
	}
	return out.String()
}

func TestTheNextRoundIsDraftedFromTheLast(t *testing.T) {
	w := actstest.New(t)
	in := definition()
	in.ApprovalNumber, in.DocumentNumber = "国评组函〔2008〕8号", "民发〔2008〕142号"
	in.Contacts = []award.Contact{{Unit: "基层政权司", Phone: "010-00000000"}}
	in.Rules.Departments = []string{"教育厅"}
	in.Categories[0].Title = "全国和谐社区建设示范城区"
	first, err := w.Acts.CreateRound(t.Context(), w.Admin, w.Key(), in)
	require.NoError(t, err)

	key := w.Key()
	copying := acts.CopyRound{From: first.Result.ID, Dates: actstest.DrillDates(w.Now().Add(time.Hour)), DrillDay: actstest.Day}
	done, err := w.Acts.CopyRound(t.Context(), w.Admin, key, copying)
	require.NoError(t, err)
	again, err := w.Acts.CopyRound(t.Context(), w.Admin, key, copying)
	require.NoError(t, err)
	require.Equal(t, done.Result.ID, again.Result.ID, "a repeated call drafts no second round")

	was, is := w.Round(first.Result.ID), w.Round(done.Result.ID)
	require.NotEqual(t, was.ID, is.ID)
	require.Equal(t, award.RoundDraft, is.State)
	require.Equal(t, was.Title, is.Title)
	require.Equal(t, was.Categories, is.Categories)
	require.Equal(t, was.Rules, is.Rules)
	require.Equal(t, was.Contacts, is.Contacts)
	require.Empty(t, is.ApprovalNumber+is.DocumentNumber, "numbers belong to one round")
	require.True(t, is.Dates.SelfCheckCloses.Equal(copying.Dates.SelfCheckCloses))
	require.Equal(t, first.Result.ID, actstest.One[string](w, `SELECT detail ->> 'from' FROM audit WHERE name = 'copy-round'`))

	copying.Title, copying.Dates = "第二批", award.Dates{}
	_, err = w.Acts.CopyRound(t.Context(), w.Admin, w.Key(), copying)
	requireRefused(t, err, award.Invalid, "round_defects") // dates are never carried over
	copying.Dates = actstest.DrillDates(w.Now())
	for who, code := range map[string]award.Code{"41": award.Forbidden, "0": award.Forbidden} {
		_, err = w.Acts.CopyRound(t.Context(), w.Head(who), w.Key(), copying)
		require.Equal(t, code, award.CodeOf(err), who)
	}
	copying.From = "none"
	_, err = w.Acts.CopyRound(t.Context(), w.Admin, w.Key(), copying)
	require.Equal(t, award.NotFound, award.CodeOf(err))
}
