package acts_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// visit is a visit with an outcome, in full.
func visit(round string, file int64, outcome award.VisitOutcome, now time.Time) acts.RecordVisit {
	in := acts.RecordVisit{
		Round: round, Application: file, Members: []string{"张三", "李四"}, Place: "社区服务中心", Findings: "与材料相符",
		Visits:  []award.Visit{{On: award.DateOf(now), Methods: []string{"听取汇报", "实地走访"}}},
		Outcome: outcome,
	}
	if outcome == award.VisitFailed {
		in.Ground = "台账系补造"
	}
	return in
}

// spotChecked opens a round with a spot check and returns a province in it.
func spotChecked(t *testing.T, percent, failures int) province {
	t.Helper()
	w := actstest.New(t)
	w.Acts.DrawFrom(bytes.NewReader(bytes.Repeat([]byte("示范"), 100)))
	rules := actstest.DrillRules()
	rules.SpotCheckPercent, rules.SpotCheckFailures = percent, failures
	return provinceOf(t, w, w.OpenDrill(actstest.Drill{Rules: rules}), "41")
}

func (p province) visit(file int64, outcome award.VisitOutcome) (acts.RecordedVisit, error) {
	done, err := p.Acts.RecordVisit(p.t.Context(), p.Admin, p.Key(), visit(p.round.ID, file, outcome, p.Now()))
	return done.Result, err
}

// sample returns the sample's applications, of those in the given ways.
func (p province) sample(as ...award.SampledAs) []int64 {
	p.t.Helper()
	check, err := p.Acts.SpotCheckOf(p.t.Context(), p.Admin, p.round.ID)
	p.must(err)
	var ids []int64
	for _, u := range check.Sample {
		if slices.Contains(as, u.As) {
			ids = append(ids, u.Application)
		}
	}
	return ids
}

func TestTheCommitmentIsPublicBeforeAnyPackageIsAcceptedAndTheSeedAfterTheLastVisit(t *testing.T) {
	p := spotChecked(t, 20, 20)
	sealed, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.must(err)
	require.Len(t, sealed.Commitment, 32)
	require.Nil(t, sealed.Seed)

	p.limit(award.District, 6)
	f := p.files(award.District, 95, 94, 93, 92, 91, 90)
	p.frozen(f...)
	drawn := p.sample(award.SampleDrawn)
	require.Len(t, drawn, 2, "20 % of six, rounded up")
	frozen, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.must(err)
	require.NotEmpty(t, frozen.ListSHA256)
	require.False(t, frozen.DrawnAt.IsZero())
	require.Nil(t, frozen.Seed)
	require.Empty(t, frozen.List)
	require.Empty(t, frozen.Sample)

	first, err := p.visit(drawn[0], award.VisitConfirmed)
	p.must(err)
	require.Equal(t, acts.RecordedVisit{Missing: 1}, first)
	last, err := p.visit(drawn[1], award.VisitConfirmed)
	p.must(err)
	require.Equal(t, acts.RecordedVisit{Published: true}, last)

	open, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.must(err)
	require.NotNil(t, open.Seed)
	commitment := open.Seed.Commitment(p.round.ID)
	require.Equal(t, sealed.Commitment, commitment[:], "what was committed to")
	require.Equal(t, sealed.Commitment, open.Commitment)

	// Whoever has the seed and the list draws the same units.
	var list []award.FrozenUnit
	for _, u := range open.List {
		list = append(list, u.FrozenUnit)
	}
	require.Equal(t, open.ListSHA256, slice(award.FrozenHash(list)))
	again := award.Draw(*open.Seed, award.FrozenHash(list), list)
	require.Equal(t, open.List, again)
	for _, u := range open.Sample {
		require.LessOrEqual(t, u.Place, 2)
	}
}

func slice(hash [32]byte) []byte { return hash[:] }

func TestNoPackageIsAcceptedBeforeASeedIsSealed(t *testing.T) {
	p := spotChecked(t, 20, 20)
	f := p.files(award.Street, 95)
	p.limit(award.Street, 1)
	p.notice(f...)
	p.must(p.recommend("纪要", f...))
	p.must(p.putPackage())
	_, err := p.complete(award.StageRecommendation)
	p.must(err)
	p.Exec(`ALTER TABLE spot_check_seed DISABLE TRIGGER USER`)
	p.Exec(`DELETE FROM spot_check_seed`)
	p.Exec(`DELETE FROM spot_check`)
	p.refused(p.accept(), award.NotFound, "spot_check_none")
}

func TestARoundWithoutASpotCheckHasNone(t *testing.T) {
	p := newProvince(t)
	p.limit(award.Street, 1)
	p.frozen(p.files(award.Street, 95)...)
	_, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.refused(err, award.NotFound, "spot_check_none")
	require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM spot_check_seed`))
	require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM frozen_unit`))
}

func TestAnEmptyListIsDrawnAndPublishedAtOnce(t *testing.T) {
	p := spotChecked(t, 20, 20)
	p.settle()
	p.Exec(`UPDATE office_stage SET state = 'closed', closed_at = shifan_now(), reason = '演练' WHERE stage = 'recommendation'`)
	frozen, err := p.Acts.FreezeList(t.Context(), p.round.ID)
	p.must(err)
	require.True(t, frozen)
	open, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.must(err)
	require.NotNil(t, open.Seed)
	require.Empty(t, open.Sample)
}

// Nobody but the owner office learns before the last visit who is visited.
func TestTheSampleIsTheOwnersAloneUntilItIsPublished(t *testing.T) {
	p := spotChecked(t, 50, 100)
	p.limit(award.Street, 2)
	f := p.files(award.Street, 95, 94)
	p.frozen(f...)
	for _, by := range []award.Officer{p.head, p.unit(f[0]), p.unit(f[1]), p.Head("11"), {}} {
		_, err := p.Acts.SpotCheckOf(t.Context(), by, p.round.ID)
		p.refused(err, award.NotFound, "not_found")
		_, err = p.Acts.SiteVisits(t.Context(), by, p.round.ID, 0, 100)
		p.refused(err, award.NotFound, "not_found")
	}
	// Nor is a name, or the seed, in anything that others read: messages, the log.
	seed := actstest.One[string](p.World, `SELECT encode(seed, 'hex') FROM spot_check_seed`)
	for _, table := range []string{"audit", "message", "act", "outbox"} {
		text := actstest.One[string](p.World, fmt.Sprintf(`SELECT coalesce(string_agg(x::text, '|'), '') FROM %s x`, table))
		require.NotContains(t, text, seed, table)
	}
	about := actstest.One[int](p.World, `SELECT count(*) FROM message WHERE kind = 'draw' AND office_id <> $1`, p.Admin.Office)
	require.Zero(t, about)
}

func TestFailuresAboveTheShareWidenTheSampleByTheNextInTheSameOrder(t *testing.T) {
	p := spotChecked(t, 20, 20)
	p.limit(award.Community, 10)
	f := p.files(award.Community, slices.Repeat([]int{90}, 10)...)
	p.frozen(f...)
	drawn := p.sample(award.SampleDrawn)
	require.Len(t, drawn, 2)
	failed, err := p.visit(drawn[0], award.VisitFailed) // one of two
	p.must(err)
	require.Equal(t, acts.RecordedVisit{Widened: 2, Missing: 3}, failed)
	widened := p.sample(award.SampleWidened)
	places := actstest.One[string](p.World, `SELECT string_agg(place::text, ' ' ORDER BY place) FROM frozen_unit f JOIN spot_check_unit s USING (application_id)`)
	require.Equal(t, "1 2 3 4", places)
	second, err := p.visit(widened[0], award.VisitFailed) // two of four
	p.must(err)
	require.Equal(t, 2, second.Widened)
	require.Equal(t, "vetoed", p.states(drawn[0])[0])
	body := actstest.One[string](p.World, `SELECT body FROM message WHERE kind = 'result' AND office_id = (SELECT unit_id FROM application WHERE id = $1)`, drawn[0])
	require.Contains(t, body, "依据：抽查不合格：台账系补造")

	for _, id := range p.sample(award.SampleDrawn, award.SampleWidened) {
		if p.states(id)[0] == "vetoed" {
			continue
		}
		_, err = p.visit(id, award.VisitConfirmed)
		p.must(err)
	}
	check, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.must(err)
	require.Len(t, check.Sample, 6)
	require.Equal(t, []int{1, 2}, []int{check.Widenings[0].Number, check.Widenings[1].Number})
	require.Equal(t, []int{2, 4}, []int{check.Widenings[0].Drawn, check.Widenings[1].Drawn})
}

// Units named by hand that are next in the order do not shield those behind them:
// the widening goes on to the next that nobody has visited.
func TestUnitsNamedByHandDoNotHoldUpAWidening(t *testing.T) {
	p := spotChecked(t, 20, 20)
	p.limit(award.Community, 10)
	f := p.files(award.Community, slices.Repeat([]int{90}, 10)...)
	p.frozen(f...)
	at := func(place int) int64 {
		return actstest.One[int64](p.World, `SELECT application_id FROM frozen_unit WHERE place = $1`, place)
	}
	_, err := p.Acts.AddToSpotCheck(t.Context(), p.Admin, p.Key(), p.round.ID, []int64{at(3), at(4)}, "来信反映")
	p.must(err)
	failed, err := p.visit(at(1), award.VisitFailed) // one of two drawn
	p.must(err)
	require.Equal(t, 2, failed.Widened)
	require.ElementsMatch(t, []int64{at(5), at(6)}, p.sample(award.SampleWidened))
	for _, place := range []int{2, 3, 4, 5, 6} {
		_, err = p.visit(at(place), award.VisitConfirmed)
		p.must(err)
	}
	check, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.must(err)
	require.NotNil(t, check.Seed)
	require.Equal(t, []int{1, 2}, []int{check.Widenings[0].Number, check.Widenings[1].Number}, "so that whoever draws again reaches as far")
	require.Len(t, check.Sample, 6)
}

// Of two units one is drawn, and twice a fifth of two is still one: who is left
// is visited all the same when the one has failed.
func TestAWideningAddsSomebodyHoweverFewThereAre(t *testing.T) {
	p := spotChecked(t, 20, 20)
	p.limit(award.Street, 2)
	f := p.files(award.Street, 95, 94)
	p.frozen(f...)
	drawn := p.sample(award.SampleDrawn)
	require.Len(t, drawn, 1)
	failed, err := p.visit(drawn[0], award.VisitFailed)
	p.must(err)
	require.Equal(t, acts.RecordedVisit{Widened: 1, Missing: 1}, failed)
	last, err := p.visit(p.sample(award.SampleWidened)[0], award.VisitFailed)
	p.must(err)
	require.Equal(t, acts.RecordedVisit{Published: true}, last)
}

func TestAUnitIsVisitedNoEarlierThanItWasDrawn(t *testing.T) {
	p := spotChecked(t, 100, 100)
	p.limit(award.Street, 1)
	f := p.files(award.Street, 95)
	p.frozen(f...)
	in := visit(p.round.ID, f[0], award.VisitConfirmed, p.Now().AddDate(0, 0, -1))
	_, err := p.Acts.RecordVisit(t.Context(), p.Admin, p.Key(), in)
	require.Equal(t, []string{"/visits/0/on visit_before_draw"}, p.refused(err, award.Invalid, "visits_malformed"))
	_, err = p.visit(f[0], award.VisitConfirmed)
	p.must(err)
}

func TestWhenAllAreVisitedNothingWidens(t *testing.T) {
	p := spotChecked(t, 100, 0)
	p.limit(award.Street, 2)
	f := p.files(award.Street, 95, 94)
	p.frozen(f...)
	done, err := p.visit(f[0], award.VisitFailed)
	p.must(err)
	require.Equal(t, acts.RecordedVisit{Missing: 1}, done)
	require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM spot_check_widening`))
}

func TestUnitsNamedByHandAreListedApartWithTheirReason(t *testing.T) {
	p := spotChecked(t, 20, 20)
	p.limit(award.District, 4)
	f := p.files(award.District, 95, 94, 93, 92)
	p.frozen(f...)
	drawn := p.sample(award.SampleDrawn)
	rest := slices.DeleteFunc(slices.Clone(f), func(id int64) bool { return slices.Contains(drawn, id) })
	add := func(reason string, ids ...int64) error {
		_, err := p.Acts.AddToSpotCheck(t.Context(), p.Admin, p.Key(), p.round.ID, ids, reason)
		return err
	}
	p.refused(add("", rest[0]), award.Invalid, "reason_required")
	p.refused(add("来信反映"), award.Invalid, "spot_check_many")
	defects := p.refused(add("来信反映", drawn[0], rest[0], rest[0], 1<<40), award.Invalid, "spot_check_additions")
	require.Equal(t, []string{"/applications/0 spot_check_has", "/applications/2 item_twice", "/applications/3 mark_not_listed"}, defects)
	_, err := p.visit(rest[0], award.VisitConfirmed)
	p.refused(err, award.Conflict, "visit_not_sampled")
	p.must(add("来信反映", rest[0]))

	// One that was named on suspicion is no measure of the others.
	failed, err := p.visit(rest[0], award.VisitFailed)
	p.must(err)
	require.Zero(t, failed.Widened)
	last, err := p.visit(drawn[0], award.VisitConfirmed)
	p.must(err)
	require.True(t, last.Published)
	p.refused(add("来信反映", rest[1]), award.Closed, "spot_check_published")
	check, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.must(err)
	for _, u := range check.Sample {
		require.Equal(t, u.Application == rest[0], u.As == award.SampleByHand)
		require.Equal(t, u.Application == rest[0], u.Reason == "来信反映")
	}
}

func TestAVisitCorrectsMarksThatStandAndBoundsThoseToCome(t *testing.T) {
	p := spotChecked(t, 100, 100)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 94)
	p.frozen(f...)
	rule, err := p.round.Category(award.District)
	p.must(err)
	at := slices.IndexFunc(rule.Standard.Leaves(), func(l award.Leaf) bool { return l.Kind == award.LeafPoints && !l.Gate && !l.Veto })
	leaf := rule.Standard.Leaves()[at]
	full := actstest.Full(rule.Standard)
	p.must(p.mark(acts.NationalMarks{Application: f[0], Marks: full}))

	correct := func(file int64) error {
		in := visit(p.round.ID, file, award.VisitCorrected, p.Now())
		in.Corrections = []award.Correction{{Leaf: leaf.Code, Value: leaf.Max - 50, Reason: "现场核实"}}
		_, err := p.Acts.RecordVisit(t.Context(), p.Admin, p.Key(), in)
		return err
	}
	p.must(correct(f[0])) // marked before
	p.must(correct(f[1])) // marked after
	require.Equal(t, int64(leaf.Max-50), actstest.One[int64](p.World, `SELECT marks[$2::integer] FROM assessment_mark WHERE application_id = $1`, f[0], at+1))
	defects := p.refused(p.mark(acts.NationalMarks{Application: f[1], Marks: full}), award.Invalid, "marks_malformed")
	require.Equal(t, []string{fmt.Sprintf("/items/0/marks/%d mark_above_visit", at)}, defects)
	full[at] = leaf.Max - 50
	p.must(p.mark(acts.NationalMarks{Application: f[1], Marks: full}))
}

func TestAVisitSaysEverythingThatIsWrongWithItAndIsFinal(t *testing.T) {
	p := spotChecked(t, 100, 100)
	p.limit(award.Street, 2)
	f := p.files(award.Street, 95, 94)
	p.frozen(f...)
	in := acts.RecordVisit{
		Round: p.round.ID, Application: f[0], Outcome: award.VisitConfirmed, Ground: "x",
		Visits:      []award.Visit{{On: award.DateOf(p.Now().AddDate(0, 0, 2)), Methods: []string{"看一看"}}},
		Corrections: []award.Correction{{Leaf: "9.9"}},
	}
	_, err := p.Acts.RecordVisit(t.Context(), p.Admin, p.Key(), in)
	require.Equal(t, []string{
		"/visits/0/on date_future", "/visits/0/methods/0 method_unknown", "/members field_required", "/place field_required",
		"/findings field_required", "/corrections visit_corrects_not", "/ground visit_fails_not", "/corrections/0/leaf indicator_unknown",
	}, p.refused(err, award.Invalid, "visits_malformed"))
	in = visit(p.round.ID, f[0], award.VisitConfirmed, p.Now())
	in.Evidence = []string{"00"}
	_, err = p.Acts.RecordVisit(t.Context(), p.Admin, p.Key(), in)
	p.refused(err, award.Invalid, "evidence_unknown_here")

	in.Evidence = []string{p.Uploads(p.Admin, "考察照片")}
	_, err = p.Acts.RecordVisit(t.Context(), p.Admin, p.Key(), in)
	p.must(err)
	_, err = p.visit(f[0], award.VisitFailed)
	p.refused(err, award.Conflict, "visit_recorded")

	// What it brought back is the owner office's alone.
	_, content, err := p.Acts.OpenEvidence(t.Context(), p.Clerk(award.CodeNation), in.Evidence[0])
	p.must(err)
	p.must(content.Close())
	for _, by := range []award.Officer{p.head, p.unit(f[0])} {
		_, _, err = p.Acts.OpenEvidence(t.Context(), by, in.Evidence[0])
		p.refused(err, award.NotFound, "evidence_unknown")
	}
	code := actstest.One[string](p.World, `SELECT code FROM frozen_unit WHERE application_id = $1`, f[0])
	uses, err := p.Acts.EvidenceUses(t.Context(), p.head, code, acts.EvidenceUsesQuery{Round: p.round.ID, Limit: 10})
	p.must(err)
	require.Empty(t, uses)
	visits, err := p.Acts.SiteVisits(t.Context(), p.Admin, p.round.ID, 0, 10)
	p.must(err)
	require.Equal(t, []string{"张三", "李四"}, visits[0].Members)
}

func TestTheAssessmentIsNotCompleteWithoutTheVisits(t *testing.T) {
	p := spotChecked(t, 100, 100)
	p.limit(award.Street, 2)
	f := p.files(award.Street, 95, 94)
	p.frozen(f...)
	good := marksOf(p, award.Street, 90)
	p.must(p.mark(acts.NationalMarks{Application: f[0], Marks: good}))
	defects := p.refused(p.completeMarks(), award.Incomplete, "marks_incomplete")
	require.ElementsMatch(t, []string{
		fmt.Sprintf("/applications/%d unit_unmarked", f[1]),
		fmt.Sprintf("/applications/%d unit_unvisited", f[0]), fmt.Sprintf("/applications/%d unit_unvisited", f[1]),
	}, defects)
	_, err := p.visit(f[0], award.VisitConfirmed)
	p.must(err)
	p.must(p.withdraw(f[1])) // the last to be visited leaves: nobody waits for it
	p.must(p.completeMarks())
	check, err := p.Acts.PublicSpotCheck(t.Context(), p.round.ID)
	p.must(err)
	require.False(t, check.PublishedAt.IsZero())
	_, err = p.visit(f[1], award.VisitConfirmed)
	p.refused(err, award.Conflict, "marks_complete")
}

func TestTwoOfficersRecordingOneVisitAtOnceRecordItOnce(t *testing.T) {
	p := spotChecked(t, 50, 100)
	p.limit(award.Street, 4)
	p.frozen(p.files(award.Street, 95, 94, 93, 92)...)
	drawn, errs := p.sample(award.SampleDrawn), make(chan error)
	in := visit(p.round.ID, drawn[0], award.VisitFailed, p.Now())
	for i := range 8 {
		go func() {
			_, err := p.Acts.RecordVisit(t.Context(), p.Admin, acts.Key{Method: "POST", Path: "/visits", Key: fmt.Sprint(i)}, in)
			errs <- err
		}()
	}
	won := 0
	for range 8 {
		if err := <-errs; err == nil {
			won++
		} else {
			require.Equal(t, award.Conflict, award.CodeOf(err))
		}
	}
	require.Equal(t, 1, won)
	require.Equal(t, 1, actstest.One[int](p.World, `SELECT count(*) FROM site_visit`))
}
