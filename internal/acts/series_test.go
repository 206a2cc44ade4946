package acts_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// lastRound is a world whose nation has opened a real round on the world's first
// day, Mon 2 November 2026.
func lastRound(t *testing.T, categories ...award.CategoryRule) (*actstest.World, acts.Round) {
	t.Helper()
	w := actstest.New(t)
	w.OpenDrill(actstest.Drill{}) // publishes the samples; cities have none
	w.Exec(`INSERT INTO standard (category, version, title, sample, indicators, sha256)
		SELECT 'city', 1, '示范市标准', false, indicators, sha256 FROM standard WHERE category = 'community'`)
	return w, w.OpenDrill(actstest.Drill{Real: true, Categories: categories, Dates: award.Dates{
		SelfCheckCloses: award.EndOfMonth(2026, time.December).Closes(), ApplyCloses: award.EndOfMonth(2027, time.February).Closes(),
		RecommendationDue: award.EndOfMonth(2027, time.April).Closes(), AssessmentDue: award.EndOfMonth(2027, time.June).Closes(),
	}})
}

// turn is when the round after it is drafted.
var turn = time.Date(2028, time.September, 1, 9, 0, 0, 0, award.Beijing)

func TestTheProcedureDraftsTheNextRoundWhenItsTurnHasCome(t *testing.T) {
	w, last := lastRound(t)
	at, err := w.Acts.NextLaunch(t.Context(), 2)
	require.NoError(t, err)
	same(t, turn, at, "two months before the month of the opening")

	w.At(turn.Add(-time.Second))
	early, err := w.Acts.DraftNext(t.Context(), 2)
	require.NoError(t, err)
	require.Empty(t, early)

	w.At(turn)
	id, err := w.Acts.DraftNext(t.Context(), 2)
	require.NoError(t, err)
	next := w.Round(id)
	require.Equal(t, award.RoundDraft, next.State, "nothing is opened by a date")
	require.Equal(t, last.ID, next.Follows)
	require.Equal(t, last.Title, next.Title)
	require.Equal(t, last.Rules, next.Rules)
	require.Empty(t, next.ApprovalNumber+next.DocumentNumber)
	require.Equal(t, award.DateOf(turn), next.RegistryDate)
	same(t, award.EndOfMonth(2028, time.December).Closes(), next.Dates.SelfCheckCloses, "two years later")
	same(t, award.EndOfMonth(2029, time.February).Closes(), next.Dates.ApplyCloses, "the end of a month stays one")
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM audit WHERE name = 'draft-next-round' AND round_id = $1 AND officer_id IS NULL`, id))

	again, err := w.Acts.DraftNext(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, id, again, "fired twice, it finds the draft")
	live, err := w.Acts.LiveWorkflows(t.Context())
	require.NoError(t, err)
	require.Contains(t, live, award.DraftWorkflow(id), "a lost Temporal database is made up")
	require.NotContains(t, live, award.RoundWorkflow(id))

	// It is edited and opened like any draft; whoever waits for it is told.
	_, err = w.Acts.OpenRound(t.Context(), w.Admin, w.Key(), id)
	require.NoError(t, err)
	require.Subset(t, w.Procedure.Told(award.ActOpenRound), []string{award.DraftWorkflow(id), award.RoundWorkflow(id)})
	live, err = w.Acts.LiveWorkflows(t.Context())
	require.NoError(t, err)
	require.NotContains(t, live, award.DraftWorkflow(id))
	view, err := w.Acts.LookDraft(t.Context(), id)
	require.NoError(t, err)
	require.True(t, view.Over())
	require.NoError(t, w.Acts.RemindDraft(t.Context(), id, 9))
	require.Empty(t, reminded(w), "whom nobody waits for nobody is reminded of")
}

func reminded(w *actstest.World) []string {
	return strings.Fields(actstest.One[string](w, `SELECT coalesce(string_agg(occasion, ' ' ORDER BY id), '') FROM message WHERE occasion LIKE 'draft/%'`))
}

func TestDraftingAtOnceInTwoPlacesDraftsOne(t *testing.T) {
	w, _ := lastRound(t)
	w.At(turn)
	var drafting sync.WaitGroup
	for range 4 {
		drafting.Go(func() {
			id, err := w.Acts.DraftNext(t.Context(), 2)
			assert.NoError(t, err)
			assert.Equal(t, "2028-1", id)
		})
	}
	drafting.Wait()
	require.Equal(t, 1, actstest.One[int](w, `SELECT count(*) FROM round WHERE follows_id IS NOT NULL`))
}

func TestADraftPutAsideComesBackWithTheNextTurnOnly(t *testing.T) {
	w, last := lastRound(t)
	w.At(turn)
	id, err := w.Acts.DraftNext(t.Context(), 2)
	require.NoError(t, err)
	_, err = w.Acts.CancelRound(t.Context(), w.Admin, w.Key(), id, "本次不评选")
	require.NoError(t, err)
	require.Contains(t, w.Procedure.Told(award.ActCancelRound), award.DraftWorkflow(id))
	for _, day := range []time.Time{turn, turn.AddDate(0, 6, 0), turn.AddDate(2, 0, 0).Add(-time.Second)} {
		w.At(day)
		none, err := w.Acts.DraftNext(t.Context(), 2)
		require.NoError(t, err)
		require.Empty(t, none, "%s", day)
	}
	w.At(turn.AddDate(2, 0, 0))
	after, err := w.Acts.DraftNext(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, last.ID, w.Round(after).Follows)
	same(t, award.EndOfMonth(2030, time.December).Closes(), w.Round(after).Dates.SelfCheckCloses, "whole years on")
}

func TestRoundsThatAreNoPartOfTheSeriesDraftNothing(t *testing.T) {
	w, _ := lastRound(t, award.CategoryRule{Category: award.City, Quota: award.Quota{Places: 1}})
	w.OpenDrill(actstest.Drill{Owner: "41"}) // a drill, and a province's
	at, err := w.Acts.NextLaunch(t.Context(), 2)
	require.NoError(t, err)
	require.True(t, at.IsZero(), "示范市 is named irregularly (N 二)")
	w.At(turn)
	id, err := w.Acts.DraftNext(t.Context(), 2)
	require.NoError(t, err)
	require.Empty(t, id)
}

// TestTheAdministratorsAreRemindedOfADraft by a message at once and every thirty
// days, and by the digest from five working days ahead.
func TestTheAdministratorsAreRemindedOfADraft(t *testing.T) {
	w, last := lastRound(t)
	w.Exec(`UPDATE round SET state = 'closed', ended_at = shifan_now() WHERE id = $1`, last.ID)
	w.At(turn)
	id, err := w.Acts.DraftNext(t.Context(), 2)
	require.NoError(t, err)

	view, err := w.Acts.LookDraft(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, 1, view.Reminder)
	require.Equal(t, last.ID, view.Follows)
	same(t, time.Date(2028, time.November, 3, 0, 0, 0, 0, award.Beijing), view.OpenBy, "two years after the last one's opening")
	same(t, turn.AddDate(0, 0, 30), view.Next.At, "the next reminder")
	for range 2 {
		require.NoError(t, w.Acts.RemindDraft(t.Context(), id, 1))
	}
	require.Equal(t, []string{"draft/" + id + "/1"}, reminded(w))
	message := actstest.One[string](w, `SELECT subject || body FROM message WHERE occasion LIKE 'draft/%'`)
	for _, says := range []string{"〔需核对开启·宜于11月2日前〕", "由批次 " + last.ID, "自查截止2028年12月31日 24:00止", "系统不会自行开启"} {
		require.Contains(t, message, says)
	}
	if view, err = w.Acts.LookDraft(t.Context(), id); err != nil || view.Reminder != 0 {
		t.Fatalf("reminded, and still due: %+v, %v", view, err)
	}
	w.At(turn.AddDate(0, 0, 65)) // the second was missed: no reason to send it now
	view, err = w.Acts.LookDraft(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, 3, view.Reminder)

	digest := func() string {
		_, _, err := w.Acts.DigestPage(t.Context(), "", 0, 500)
		require.NoError(t, err)
		return actstest.One[string](w, `SELECT coalesce(string_agg(subject, '|' ORDER BY id), '') FROM message WHERE kind = 'digest' AND office_id = $1`, w.Unit("0"))
	}
	w.At(time.Date(2028, time.October, 25, 9, 0, 0, 0, award.Beijing)) // a Wednesday, six working days before
	require.Empty(t, digest())
	w.At(time.Date(2028, time.October, 26, 9, 0, 0, 0, award.Beijing))
	require.Equal(t, "〔需办理·截止11月2日〕1 个草拟批次待核对开启，宜于11月2日前开启；本次不评选的请取消(N 二)。", digest())
	w.At(time.Date(2028, time.November, 3, 9, 0, 0, 0, award.Beijing))
	require.Equal(t, 1, strings.Count(digest(), "|"), "until it is opened or put aside")
	_, err = w.Acts.CancelRound(t.Context(), w.Admin, w.Key(), id, "本次不评选")
	require.NoError(t, err)
	w.At(time.Date(2028, time.November, 6, 9, 0, 0, 0, award.Beijing))
	require.Equal(t, 1, strings.Count(digest(), "|"))
}
