package acts_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func (p province) ask(number string, departments ...string) (acts.AskDepartmentsResult, error) {
	p.t.Helper()
	today := award.DateOf(p.Now())
	done, err := p.Acts.AskDepartments(p.t.Context(), p.head, p.Key(), acts.AskDepartmentsInput{
		Round: p.round.ID, Office: p.code,
		Asking: acts.Asking{Number: number, AskedOn: today, DueOn: today, Departments: departments},
	})
	return done.Result, err
}

func (p province) answer(answers ...acts.AnswerInput) (acts.RecordOpinionsResult, error) {
	p.t.Helper()
	done, err := p.Acts.RecordOpinions(p.t.Context(), p.Clerk(p.code), p.Key(), acts.RecordOpinionsInput{
		Round: p.round.ID, Office: p.code, Answers: answers,
	})
	return done.Result, err
}

func (p province) decideOn(unit, department string, uphold bool, reason string) error {
	p.t.Helper()
	_, err := p.Acts.DecideOpinion(p.t.Context(), p.head, p.Key(), acts.DecideOpinionInput{
		Round: p.round.ID, Office: p.code, Unit: unit, Department: department, Uphold: uphold, Reason: reason,
	})
	return err
}

// codes returns the codes of the files' units.
func (p province) codes(files ...int64) []string {
	p.t.Helper()
	codes := make([]string, len(files))
	for i, id := range files {
		codes[i] = actstest.One[string](p.World, `
			SELECT u.code FROM application a JOIN round_unit u USING (round_id, unit_id) WHERE a.id = $1`, id)
	}
	return codes
}

func clear(unit, department string) acts.AnswerInput {
	return acts.AnswerInput{Pointer: "/items", Unit: unit, Department: department}
}

func (p province) objects(unit, department string) acts.AnswerInput {
	return acts.AnswerInput{Pointer: "/items", Unit: unit, Department: department, Answer: award.DepartmentAnswer{
		Objects: true, Ground: "欠缴社会保险费", Letter: "豫人社函〔2027〕3号", On: award.DateOf(p.Now()),
	}}
}

// must1 is must of what also returns something.
func must1[T any](p province) func(T, error) T {
	return func(v T, err error) T {
		p.t.Helper()
		p.must(err)
		return v
	}
}

func TestAUnitIsBarredUntilEveryDepartmentHasAnswered(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95, 90)
	low := p.files(award.District, 70)
	u := p.codes(f...)
	asked := must1[acts.AskDepartmentsResult](p)(p.ask("豫民函〔2027〕8号", "公安厅", "人社厅"))
	if asked.Opinions != 4 {
		t.Errorf("%d opinions asked, want those of two units that pass; %d does not", asked.Opinions, low[0])
	}
	_, err := p.adopt(items(f...)...)
	if got := p.refused(err, award.Incomplete, "proposals_defective"); !slices.Equal(got, []string{"/items/0 department_bars", "/items/1 department_bars"}) {
		t.Errorf("defects %v", got)
	}

	done := must1[acts.RecordOpinionsResult](p)(p.answer(clear(u[0], "公安厅"), clear(u[0], "人社厅"), clear(u[1], "公安厅"), p.objects(u[1], "人社厅")))
	if done.Recorded != 4 || done.Open != 0 {
		t.Errorf("recorded %+v", done)
	}
	_, err = p.adopt(items(f...)...)
	if got := p.refused(err, award.Incomplete, "proposals_defective"); !slices.Equal(got, []string{"/items/1 department_bars"}) {
		t.Errorf("defects %v", got)
	}
	_, err = p.adopt(items(f[0])...)
	p.must(err)

	p.refused(p.decideOn(u[1], "人社厅", false, " "), award.Invalid, "reason_required")
	p.refused(p.decideOn(u[1], "公安厅", false, "无"), award.Conflict, "opinion_nothing_to_decide")
	p.refused(p.decideOn(u[1], "财政厅", false, "无"), award.NotFound, "opinion_not_asked")
	p.must(p.decideOn(u[1], "人社厅", true, "属实"))
	_, err = p.adopt(items(f...)...)
	p.refused(err, award.Incomplete, "proposals_defective")
	p.must(p.decideOn(u[1], "人社厅", false, "已补缴,第2次会议"))
	_, err = p.adopt(items(f...)...)
	p.must(err)
}

func TestABarredUnitThatRanksHigherIsNoDeparture(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95, 90)
	u := p.codes(f...)
	must1[acts.AskDepartmentsResult](p)(p.ask("8号", "公安厅"))
	must1[acts.RecordOpinionsResult](p)(p.answer(p.objects(u[0], "公安厅"), clear(u[1], "公安厅")))
	_, err := p.adopt(items(f[1])...)
	p.must(err)
}

func TestTheRoundsDepartmentsAreAskedWhetherTheOfficeWantsOrNot(t *testing.T) {
	w := actstest.New(t)
	rules := actstest.DrillRules()
	rules.Departments = []string{"公安厅"}
	p := provinceOf(t, w, w.OpenDrill(actstest.Drill{Rules: rules}), "41")
	f := p.files(award.District, 95)
	_, err := p.adopt(items(f...)...)
	p.refused(err, award.Incomplete, "proposals_defective")
	asked := must1[acts.AskDepartmentsResult](p)(p.ask("8号", "卫生厅"))
	if !slices.Equal(asked.Departments, []string{"公安厅", "卫生厅"}) {
		t.Errorf("asked %v", asked.Departments)
	}
	later := p.files(award.District, 94) // inspected after the letter
	u := p.codes(f[0], later[0])
	must1[acts.RecordOpinionsResult](p)(p.answer(clear(u[0], "公安厅"), clear(u[0], "卫生厅")))
	_, err = p.adopt(items(f[0], later[0])...)
	if got := p.refused(err, award.Incomplete, "proposals_defective"); !slices.Equal(got, []string{"/items/1 department_bars"}) {
		t.Errorf("defects %v", got)
	}
	_, err = p.ask("8号")
	p.refused(err, award.Conflict, "asking_number_used")
	again := must1[acts.AskDepartmentsResult](p)(p.ask("9号", "卫生厅"))
	if again.Opinions != 2 {
		t.Errorf("%d asked again, want those of the later unit", again.Opinions)
	}
	_, err = p.ask("10号", "卫生厅")
	p.refused(err, award.Conflict, "asking_nothing_new")
}

func TestARoundWithoutDepartmentsAsksNobody(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95)
	_, err := p.ask("8号")
	p.refused(err, award.Invalid, "asking_malformed")
	_, err = p.adopt(items(f...)...)
	p.must(err)
}

func TestSilenceIsNoConsentUntilSomebodySaysWhyItIsWaitedForNoLonger(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95)
	u := p.codes(f...)
	must1[acts.AskDepartmentsResult](p)(p.ask("8号", "公安厅"))
	p.At(p.Now().Add(40 * actstest.Day)) // long past the letter's date
	_, err := p.adopt(items(f...)...)
	p.refused(err, award.Incomplete, "proposals_defective")
	end := func(department, minutes string) error {
		_, err := p.Acts.EndAsking(t.Context(), p.head, p.Key(), acts.EndAskingInput{
			Round: p.round.ID, Office: "41", Department: department, Minutes: minutes,
		})
		return err
	}
	p.refused(end("公安厅", ""), award.Invalid, "reason_required")
	p.refused(end("财政厅", "纪要"), award.Conflict, "asking_nothing_open")
	p.must(end("公安厅", "第1次评审会:三次催办未复"))
	p.refused(end("公安厅", "纪要"), award.Conflict, "asking_nothing_open")
	_, err = p.adopt(items(f...)...)
	p.must(err)

	// What still comes counts: it bars anew.
	must1[acts.RecordOpinionsResult](p)(p.answer(p.objects(u[0], "公安厅")))
	_, err = p.adopt(items(f...)...)
	p.refused(err, award.Incomplete, "proposals_defective")
}

func TestAnObjectionAfterTheNoticeBarsFromTheCutAndFromThePackage(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90)
	u := p.codes(f...)
	must1[acts.AskDepartmentsResult](p)(p.ask("8号", "公安厅"))
	must1[acts.RecordOpinionsResult](p)(p.answer(clear(u[0], "公安厅"), clear(u[1], "公安厅")))
	p.notice(f...)
	p.must(p.recommend("", f...))
	p.must(p.putPackage())
	must1[acts.RecordOpinionsResult](p)(p.answer(p.objects(u[0], "公安厅")))
	_, err := p.complete(award.StageRecommendation)
	if got := p.refused(err, award.Incomplete, "package_incomplete"); !slices.Equal(got, []string{"/units/" + u[0] + "/departments lacks_unit_departments"}) {
		t.Errorf("lacks %v", got)
	}
	if got := p.refused(p.recommend("", f...), award.Conflict, "cut_defective"); !slices.Equal(got, []string{"/applications/0 department_bars"}) {
		t.Errorf("defects %v", got)
	}
	p.must(p.recommend("", f[1])) // without the barred one no departure and no minutes
	_, err = p.complete(award.StageRecommendation)
	p.must(err)
	_, err = p.answer(clear(u[0], "公安厅"))
	p.refused(err, award.Conflict, "recommendation_sent")
}

func TestAnswersAreTakenAllOrNoneWithEveryDefect(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95, 90)
	u := p.codes(f...)
	other := provinceOf(t, p.World, p.round, "11")
	elsewhere := other.codes(other.files(award.District, 99)...)
	must1[acts.AskDepartmentsResult](p)(p.ask("8号", "公安厅"))
	bare := clear(u[1], "公安厅")
	bare.Answer.Objects = true
	_, err := p.answer(clear(u[0], "公安厅"), clear(u[0], "公安厅"), bare, clear(elsewhere[0], "公安厅"))
	if got, want := p.refused(err, award.Invalid, "opinions_defective"), []string{
		"/items opinion_twice", "/items/ground objection_needs", "/items/letter objection_needs", "/items/on objection_needs", "/items opinion_not_asked",
	}; !slices.Equal(got, want) {
		t.Errorf("defects %v, want %v", got, want)
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM department_opinion WHERE state <> 'open'`); n != 0 {
		t.Errorf("%d answers recorded of a refused table", n)
	}

	must1[acts.RecordOpinionsResult](p)(p.answer(p.objects(u[0], "公安厅")))
	p.must(p.decideOn(u[0], "公安厅", false, "已整改"))
	same := must1[acts.RecordOpinionsResult](p)(p.answer(p.objects(u[0], "公安厅")))
	if same.Recorded != 0 || same.Unchanged != 1 {
		t.Errorf("the same answer again: %+v", same)
	}
	opinions, err := p.Acts.Opinions(t.Context(), p.Admin, p.round.ID, "41", "公安厅")
	p.must(err)
	if len(opinions) != 2 || opinions[0].State != award.DepartmentSetAside || opinions[0].Reason != "已整改" || opinions[1].State != award.DepartmentOpen {
		t.Errorf("opinions %+v", opinions)
	}
	_, err = p.Acts.Opinions(t.Context(), p.Head("11"), p.round.ID, "41", "")
	p.refused(err, award.NotFound, "not_found")
}

func TestAskingAndAdoptingAtOnceLeavesNoBarredUnitOnTheList(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95)
	today := award.DateOf(p.Now())
	keys := []acts.Key{p.Key(), p.Key()}
	errs := make([]error, 2)
	var group sync.WaitGroup
	group.Go(func() {
		_, errs[0] = p.Acts.AskDepartments(context.Background(), p.head, keys[0], acts.AskDepartmentsInput{
			Round: p.round.ID, Office: "41", Asking: acts.Asking{Number: "8号", AskedOn: today, DueOn: today, Departments: []string{"公安厅"}},
		})
	})
	group.Go(func() {
		_, errs[1] = p.Acts.AdoptProposals(context.Background(), p.head, keys[1], acts.AdoptProposalsInput{
			Round: p.round.ID, Office: "41", Minutes: "纪要", MetOn: today, Items: items(f...),
		})
	})
	group.Wait()
	p.must(errs[0])
	listed := p.states(f...)[0] == "proposed"
	if listed != (errs[1] == nil) {
		t.Errorf("adopting answered %v, the file is listed: %t", errs[1], listed)
	}
	if errs[1] != nil {
		p.refused(errs[1], award.Incomplete, "proposals_defective")
	}
}
