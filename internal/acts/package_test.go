package acts_test

import (
	"slices"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestAPackageThatLacksSomethingIsToldEverything(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90)
	p.notice(f...)
	p.must(p.recommend("", f...))
	p.Exec(`DELETE FROM survey WHERE application_id = $1`, f[1])
	_, err := p.adopt(items(p.files(award.Street, 90)...)...) // a further list, never noticed
	p.must(err)

	_, err = p.complete(award.StageRecommendation)
	defects := p.refused(err, award.Incomplete, "package_incomplete")
	code := actstest.One[string](p.World, `SELECT u.code FROM application a JOIN round_unit u USING (round_id, unit_id) WHERE a.id = $1`, f[1])
	want := []string{"/letter lacks_letter", "/report lacks_report", "/notice lacks_notice", "/units/" + code + "/survey lacks_unit_survey"}
	if !slices.Equal(defects, want) {
		t.Errorf("lacks %v, want %v", defects, want)
	}
	view, err := p.Acts.PackageOf(t.Context(), p.Clerk("41"), p.round.ID, "41")
	p.must(err)
	if len(view.Lacks) != len(want) || len(view.Units) != 2 || view.Revision != 0 {
		t.Errorf("package %+v", view)
	}

	// Mended one by one, it goes.
	p.must(p.putPackage())
	p.Exec(`INSERT INTO survey SELECT $1, revision, method, first_day, last_day, satisfied, basically, dissatisfied, unknown, officer_id FROM survey LIMIT 1`, f[1])
	n, err := p.announce()
	p.must(err)
	_, err = p.complete(award.StageRecommendation)
	if got := p.refused(err, award.Incomplete, "package_incomplete"); !slices.Equal(got, []string{"/notice lacks_notice"}) {
		t.Errorf("while its notice runs it lacks %v", got)
	}
	p.At(n.FinalAt)
	_, err = p.Acts.EndNotice(t.Context(), p.round.ID, n.Number)
	p.must(err)
	done, err := p.complete(award.StageRecommendation)
	p.must(err)
	if done.State != award.StageComplete || done.Late {
		t.Errorf("completed %+v", done)
	}
	_, err = p.complete(award.StageRecommendation)
	p.refused(err, award.Conflict, "stage_move")
	p.refused(p.recommend("纪要", f[0]), award.Conflict, "recommendation_sent")
	p.refused(p.putPackage(), award.Conflict, "recommendation_sent")
}

func TestAnOfficeMayRecommendNobody(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95)
	p.must(p.putPackage())
	_, err := p.complete(award.StageRecommendation)
	p.must(err)
	p.must(p.accept())
	if got := p.states(f...); got[0] != "not_recommended" {
		t.Errorf("the file that was not recommended is %v", got)
	}
	if n := actstest.One[int](p.World, `
		SELECT count(*) FROM message m JOIN application a ON a.unit_id = m.office_id
		WHERE a.id = $1 AND m.kind = 'result' AND m.body LIKE '%未列入河南省的推荐名单%'`, f[0]); n != 1 {
		t.Errorf("its unit got %d messages of the result", n)
	}
}

func TestLateIsMarkedAtTheInstantItIsAndOnlyThen(t *testing.T) {
	for name, tt := range map[string]struct {
		at   func(due time.Time) time.Time
		late bool
	}{
		"the last instant in time": {justBefore, false},
		"the first too late":       {func(due time.Time) time.Time { return due }, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvince(t)
			p.must(p.putPackage())
			p.At(tt.at(p.Office(p.round.ID, "41").Stage.DueAt))
			done, err := p.complete(award.StageRecommendation)
			p.must(err)
			if done.Late != tt.late {
				t.Errorf("late %t, want %t", done.Late, tt.late)
			}
		})
	}
}

func TestAnOfficeClosedByNameIsShutOut(t *testing.T) {
	p := newProvince(t)
	p.must(p.putPackage())
	p.At(p.Office(p.round.ID, "41").Stage.DueAt)
	p.must(p.Acts.MarkOverdue(t.Context(), p.round.ID, "41"))
	_, err := p.Acts.CloseOffice(t.Context(), p.Admin, p.Key(), p.round.ID, "41", "多次催办未报送")
	p.must(err)
	_, err = p.complete(award.StageRecommendation)
	p.refused(err, award.Closed, "office_closed_by_name")
	p.refused(p.putPackage(), award.Closed, "office_closed_by_name")
	_, err = p.adopt()
	p.refused(err, award.Closed, "office_closed_by_name")
}

func TestAReturnedPackageComesBackAsANewRevision(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90)
	never := p.files(award.District, 85)
	p.notice(f...)
	p.must(p.recommend("", f...))
	p.must(p.putPackage())
	_, err := p.complete(award.StageRecommendation)
	p.must(err)

	due := p.Now().Add(5 * actstest.Day)
	give := func(due time.Time) error {
		_, err := p.Acts.ReturnPackage(t.Context(), p.Admin, p.Key(), acts.ReturnPackageInput{
			Round: p.round.ID, Office: "41", Reason: "缺盖章", Due: due,
		})
		return err
	}
	p.refused(give(p.Now()), award.Invalid, "date_past")
	p.must(give(due))
	p.refused(give(due), award.Conflict, "package_not_sent")
	p.refused(p.accept(), award.Conflict, "package_not_sent")
	if stage := p.Office(p.round.ID, "41").Stage; stage.State != award.StageOpen || !stage.DueAt.Equal(due) {
		t.Errorf("the stage stands %+v", stage)
	}

	// Also after a return nobody enters who was not noticed.
	p.refused(p.recommend("纪要", f[0], never[0]), award.Conflict, "cut_defective")
	p.must(p.recommend("", f[0]))
	_, err = p.complete(award.StageRecommendation)
	if got := p.refused(err, award.Incomplete, "package_incomplete"); len(got) == 0 {
		t.Error("a returned package was sent again as it was")
	}
	p.must(p.putPackage())
	view, err := p.Acts.PackageOf(t.Context(), p.Admin, p.round.ID, "41")
	p.must(err)
	if view.Revision != 2 || view.State != award.PackageAdopted {
		t.Errorf("revision %d %s, want 2 adopted", view.Revision, view.State)
	}
	_, err = p.complete(award.StageRecommendation)
	p.must(err)
	p.must(p.accept())
	if got, want := p.states(append(f, never...)...), []string{"reviewed", "not_recommended", "not_recommended"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	told := p.Procedure.Told(award.ActReturnPackage)
	if want := []string{award.RoundWorkflow(p.round.ID), award.OfficeWorkflow(p.round.ID, "41")}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM message WHERE office_id = $1 AND kind = 'return-package'`, p.id); n != 1 {
		t.Errorf("the office got %d messages of the return", n)
	}
}

func TestTheOwnerCompletesNoOfficesStageAndAnOfficeNotTheOwners(t *testing.T) {
	p := newProvince(t)
	p.must(p.putPackage())
	as := func(by award.Officer, office string, stage award.Stage) error {
		_, err := p.Acts.CompleteStage(t.Context(), by, p.Key(), acts.CompleteStageInput{Round: p.round.ID, Office: office, Stage: stage})
		return err
	}
	p.refused(as(p.Admin, "41", award.StageRecommendation), award.Forbidden, "forbidden_complete-stage")
	p.refused(as(p.head, "0", award.StageAssessment), award.NotFound, "not_found")
	p.refused(as(p.head, "11", award.StageRecommendation), award.NotFound, "not_found")
	p.refused(as(p.Clerk("41"), "41", award.StageRecommendation), award.Forbidden, "forbidden_complete-stage")
	p.refused(as(p.head, "41", award.StagePublicNotice), award.Conflict, "stage_ends_itself")
}

func TestASelfCheckReportClosesNothingAndMayBeRepeated(t *testing.T) {
	p := newProvince(t)
	first, err := p.complete(award.StageSelfCheck)
	p.must(err)
	if first.State != award.StageComplete || first.Late {
		t.Errorf("reported %+v", first)
	}
	_, err = p.Acts.SaveSelfCheck(t.Context(), p.Clerk("410102"), p.Key(), acts.SaveSelfCheck{
		Round: p.round.ID, Unit: "410102", Category: award.District, Marks: full(p, award.District),
	})
	p.must(err)
	_, err = p.complete(award.StageSelfCheck)
	p.must(err)
	if n := actstest.One[int](p.World, `
		SELECT (report->>'self_checked')::int FROM office_stage WHERE round_id = $1 AND office_id = $2 AND stage = 'self_check'`,
		p.round.ID, p.id); n != 1 {
		t.Errorf("the second report counts %d self-checks, want 1", n)
	}
}

// full is the most marks a category's standard gives.
func full(p province, category award.Category) []award.Points {
	return marksOf(p, category, 100)
}

// marksOf is marks that come to the total, in whole points.
func marksOf(p province, category award.Category, total int) []award.Points {
	p.t.Helper()
	rule, err := p.Round(p.round.ID).Category(category)
	p.must(err)
	return actstest.Marks(p.t, rule.Standard, award.Points(total*100))
}
