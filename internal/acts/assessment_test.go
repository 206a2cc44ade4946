package acts_test

import (
	"slices"
	"testing"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// settle closes every office of the round but the province by name.
func (p province) settle() {
	p.t.Helper()
	p.Exec(`UPDATE office_stage SET state = 'closed', closed_at = shifan_now(), reason = '演练'
		WHERE round_id = $1 AND stage = 'recommendation' AND office_id <> $2`, p.round.ID, p.id)
}

// frozen brings files of the province into the frozen list.
func (p province) frozen(files ...int64) {
	p.t.Helper()
	p.send(files...)
	p.settle()
	if frozen, err := p.Acts.FreezeList(p.t.Context(), p.round.ID); err != nil || !frozen {
		p.t.Fatalf("the list does not freeze: %t, %v", frozen, err)
	}
}

func (p province) mark(marks ...acts.NationalMarks) error {
	_, err := p.Acts.Mark(p.t.Context(), p.Admin, p.Key(), p.round.ID, marks)
	return err
}

func (p province) completeMarks() error {
	_, err := p.Acts.CompleteStage(p.t.Context(), p.Admin, p.Key(), acts.CompleteStageInput{
		Round: p.round.ID, Office: award.CodeNation, Stage: award.StageAssessment,
	})
	return err
}

func (p province) scorePage(files ...int64) award.PageResult {
	p.t.Helper()
	result, err := p.Acts.ScorePage(p.t.Context(), award.Page{
		Round: p.round.ID, Job: award.JobScore, Number: 1, From: slices.Min(files) - 1, To: slices.Max(files),
	})
	p.must(err)
	return result
}

func TestTheListFreezesOnlyWhenEveryOfficeIsSettledAndOnce(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Street, 95)
	p.limit(award.Street, 1)
	freeze := func() bool {
		frozen, err := p.Acts.FreezeList(t.Context(), p.round.ID)
		p.must(err)
		return frozen
	}
	if freeze() {
		t.Fatal("frozen with no package at all")
	}
	p.settle()
	p.notice(f...)
	p.must(p.recommend("", f...))
	p.must(p.putPackage())
	_, err := p.complete(award.StageRecommendation)
	p.must(err)
	if freeze() {
		t.Fatal("frozen while a package waits for its answer")
	}
	p.refused(p.mark(acts.NationalMarks{Application: f[0], Marks: marksOf(p, award.Street, 90)}), award.Conflict, "list_not_frozen")
	p.must(p.accept())
	if !freeze() {
		t.Fatal("not frozen when every office is settled")
	}
	first := p.Round(p.round.ID)
	p.At(p.Now().Add(actstest.Day))
	if !freeze() {
		t.Error("freezing again reports it is not frozen")
	}
	again := p.Round(p.round.ID)
	if !first.ListFrozenAt.Equal(again.ListFrozenAt) || string(first.ListSHA256) != string(again.ListSHA256) {
		t.Error("freezing again froze another list")
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM audit WHERE name = 'freeze-list'`); n != 1 {
		t.Errorf("%d rows of audit, want 1", n)
	}
}

func TestMarksAreSavedAllOrNothing(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 3)
	f := p.files(award.District, 95, 90, 85)
	p.frozen(f...)
	good := marksOf(p, award.District, 90)
	high := slices.Clone(good)
	high[3] = 5_01

	defects := p.refused(p.mark(
		acts.NationalMarks{Application: f[0], Marks: good}, acts.NationalMarks{Application: f[1], Marks: high},
		acts.NationalMarks{Application: f[2], Marks: good[1:]}, acts.NationalMarks{Application: 1 << 40, Marks: good},
		acts.NationalMarks{Application: f[0], Marks: good},
	), award.Invalid, "marks_malformed")
	want := []string{
		"/items/1/marks/3 mark_bounds", "/items/2/marks marks_count",
		"/items/3/application mark_not_listed", "/items/4/application item_twice",
	}
	if !slices.Equal(defects, want) {
		t.Errorf("defects %v, want %v", defects, want)
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM assessment_mark`); n != 0 {
		t.Fatalf("a refused act left %d marks", n)
	}
	p.refused(p.mark(), award.Invalid, "marks_many")
	p.refused(p.mark(make([]acts.NationalMarks, 201)...), award.Invalid, "marks_many")

	p.must(p.mark(acts.NationalMarks{Application: f[0], Marks: good}, acts.NationalMarks{Application: f[1], Marks: good}))
	defects = p.refused(p.completeMarks(), award.Incomplete, "marks_incomplete")
	if len(defects) != 1 {
		t.Errorf("unmarked %v, want one unit", defects)
	}
	p.must(p.mark(acts.NationalMarks{Application: f[2], Marks: good}, acts.NationalMarks{Application: f[1], Marks: good})) // a second time
	if n := actstest.One[int](p.World, `SELECT revision FROM assessment_mark WHERE application_id = $1`, f[1]); n != 2 {
		t.Errorf("marks given anew are revision %d", n)
	}
	p.must(p.completeMarks())
	p.refused(p.mark(acts.NationalMarks{Application: f[0], Marks: good}), award.Conflict, "marks_complete")
	p.refused(p.completeMarks(), award.Conflict, "stage_move")
}

func TestScoringTwiceLeavesTheSameRowsAndOneBadUnitStopsNobody(t *testing.T) {
	p := newProvince(t)
	p.limit(award.Community, 5)
	f := p.files(award.Community, 95, 94, 93, 92, 91)
	p.frozen(f...)
	p.must(p.mark(
		acts.NationalMarks{Application: f[0], Marks: marksOf(p, award.Community, 90)},
		acts.NationalMarks{Application: f[1], Marks: marksOf(p, award.Community, 80)},
		acts.NationalMarks{Application: f[2], Marks: marksOf(p, award.Community, 79)},
		acts.NationalMarks{Application: f[3], Marks: marksOf(p, award.Community, 90)},
	))
	p.Exec(`UPDATE assessment_mark SET marks = '{1,2,3}' WHERE application_id = $1`, f[3]) // f4 has none at all

	rows := func() string {
		return actstest.One[string](p.World, `
			SELECT (SELECT coalesce(string_agg(s::text, E'\n' ORDER BY application_id), '') FROM score s)
			    || (SELECT coalesce(string_agg(b::text, E'\n' ORDER BY subject), '') FROM batch_failure b)`)
	}
	want := award.PageResult{Done: 3, Failed: 2}
	if got := p.scorePage(f...); got != want {
		t.Errorf("the page came to %+v, want %+v", got, want)
	}
	first := rows()
	p.At(p.Now().Add(actstest.Day))
	if got := p.scorePage(f...); got != want {
		t.Errorf("the second time %+v, want %+v", got, want)
	}
	if again := rows(); again != first {
		t.Errorf("scored again:\n%s\nfirst:\n%s", again, first)
	}
	passed := actstest.One[string](p.World, `SELECT string_agg(passed::text, ' ' ORDER BY application_id) FROM score`)
	if passed != "true true false" {
		t.Errorf("at 90, 80 and 79 points passed: %s", passed)
	}

	// A mended unit is no failure any more; what is outside the page stays.
	p.must(p.mark(acts.NationalMarks{Application: f[4], Marks: marksOf(p, award.Community, 85)}))
	if got := p.scorePage(f[4]); got != (award.PageResult{Done: 1}) {
		t.Errorf("the mended unit's page came to %+v", got)
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM batch_failure`); n != 1 {
		t.Errorf("%d failures listed, want 1", n)
	}
	if got := p.scorePage(1 << 40); got != (award.PageResult{}) {
		t.Errorf("an empty page came to %+v", got)
	}
}
