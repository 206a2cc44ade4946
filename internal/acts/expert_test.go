package acts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// expertRound opens a round in which so many experts mark each file, and returns
// a province in it.
func expertRound(t *testing.T, perFile int) province {
	t.Helper()
	w := actstest.New(t)
	rules := actstest.DrillRules()
	rules.ExpertsPerFile = perFile
	return provinceOf(t, w, w.OpenDrill(actstest.Drill{Rules: rules}), "41")
}

func (p province) pool(in acts.SetExpert) error {
	_, err := p.Acts.SetExpert(p.t.Context(), p.Admin, p.Key(), in)
	return err
}

func (p province) propose() acts.AssignmentPlan {
	p.t.Helper()
	plan, err := p.Acts.ProposeAssignment(p.t.Context(), p.Admin, p.round.ID)
	p.must(err)
	return plan
}

func (p province) assign(seen string) (int, error) {
	done, err := p.Acts.AssignExperts(p.t.Context(), p.Admin, p.Key(), p.round.ID, seen)
	return done.Result.Assigned, err
}

// assigned saves what is proposed and returns by file who has it.
func (p province) assigned() map[int64][]int64 {
	p.t.Helper()
	plan := p.propose()
	n, err := p.assign(plan.SHA256)
	p.must(err)
	require.Len(p.t, plan.Given, n)
	by := make(map[int64][]int64)
	for _, g := range plan.Given {
		by[g.Application] = append(by[g.Application], g.Expert)
	}
	return by
}

func (p province) gives(by award.Officer, file int64, total int) error {
	_, err := p.Acts.GiveExpertMarks(p.t.Context(), by, p.Key(), acts.GiveExpertMarks{
		Round: p.round.ID, Application: file, Marks: marksOf(p, award.Street, total), Note: "理由",
	})
	return err
}

func (p province) recuses(by award.Officer, file int64, reason string) (bool, error) {
	done, err := p.Acts.Recuse(p.t.Context(), by, p.Key(), acts.OnFile{Round: p.round.ID, Application: file, Reason: reason})
	return done.Result.Replaced, err
}

func (p province) seen(by award.Officer, file int64) []acts.ExpertAssignment {
	p.t.Helper()
	found, err := p.Acts.Assignments(p.t.Context(), by, acts.AssignmentQuery{Round: p.round.ID, Application: file, Limit: 100})
	p.must(err)
	return found
}

// listed brings so many streets onto the frozen list.
func (p province) listed(n int) []int64 {
	p.t.Helper()
	p.limit(award.Street, n)
	f := p.files(award.Street, []int{95, 94, 93, 92}[:n]...)
	p.frozen(f...)
	return f
}

func TestAnAssignmentIsSavedAsItWasShownOrNotAtAll(t *testing.T) {
	p := expertRound(t, 2)
	_, err := p.Acts.ProposeAssignment(t.Context(), p.Admin, p.round.ID)
	p.refused(err, award.Conflict, "list_not_frozen")
	f := p.listed(3)
	pool := p.Experts(1)
	few := p.propose()
	require.Equal(t, f, few.Short)
	_, err = p.assign(few.SHA256)
	require.Equal(t, fmt.Sprintf("/applications/%d experts_short", f[0]), p.refused(err, award.Incomplete, "experts_too_few")[0])
	require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM expert_assignment`))

	pool = append(pool, p.Experts(2)...)
	shown := p.propose()
	for _, load := range shown.Loads {
		require.Equal(t, 2, load.Files, "three files of two, among three")
	}
	require.Equal(t, shown, p.propose(), "the same list gives the same")
	_, err = p.Acts.ProposeAssignment(t.Context(), p.head, p.round.ID)
	p.refused(err, award.NotFound, "not_found")

	// A declaration between looking and saving: what would be saved is not what was shown.
	conflict := acts.SetExpert{
		Officer: pool[0].ID, Revision: 1, Kind: award.ExpertPerson, Most: 10, Active: true, Province: "41", Conflicts: []string{"4101"},
	}
	p.must(p.pool(conflict))
	require.Equal(t, award.Stale, award.CodeOf(p.pool(conflict)))
	p.Experts(1)
	_, err = p.assign(shown.SHA256)
	p.refused(err, award.Conflict, "assignment_changed")
	for _, has := range p.assigned() {
		require.Len(t, has, 2)
		require.NotContains(t, has, pool[0].ID, "not its own province")
	}
	require.Empty(t, p.propose().Given, "what is assigned stays")
}

func TestTwoWhoSaveOneAssignmentAtOnceSaveItOnce(t *testing.T) {
	p := expertRound(t, 2)
	p.listed(2)
	p.Experts(3)
	shown, errs := p.propose().SHA256, make(chan error)
	for i := range 2 {
		go func() {
			_, err := p.Acts.AssignExperts(t.Context(), p.Admin, acts.Key{Method: "POST", Path: "/assignments", Key: fmt.Sprint(i)}, p.round.ID, shown)
			errs <- err
		}()
	}
	won := 0
	for range 2 {
		if err := <-errs; err == nil {
			won++
		} else {
			p.refused(err, award.Conflict, "assignment_changed")
		}
	}
	require.Equal(t, 1, won)
	require.Equal(t, 4, actstest.One[int](p.World, `SELECT count(*) FROM expert_assignment`))
}

func TestAnEntryOfThePoolSaysEverythingThatIsWrongWithIt(t *testing.T) {
	p := expertRound(t, 1)
	expert := p.Experts(1)[0]
	err := p.pool(acts.SetExpert{
		Officer: expert.ID, Revision: 1, Kind: award.ExpertBody, Province: "99", Unit: "98", Conflicts: []string{"41", "97"},
	})
	require.Equal(t, []string{"/province unit_unknown_now", "/unit unit_unknown_now", "/conflicts/1 unit_unknown_now"},
		p.refused(err, award.Invalid, "expert_malformed"))
	p.refused(p.pool(acts.SetExpert{Officer: p.Clerk(award.CodeNation).ID, Kind: award.ExpertPerson}), award.Conflict, "expert_role_missing")
	_, err = p.Acts.SetExpert(t.Context(), p.head, p.Key(), acts.SetExpert{Officer: expert.ID, Revision: 1, Kind: award.ExpertPerson})
	require.NotEmpty(t, award.CodeOf(err), "a province keeps no pool of the nation's")
	pool, err := p.Acts.Experts(t.Context(), p.head)
	p.must(err)
	require.Empty(t, pool)
	_, err = p.Acts.Experts(t.Context(), expert)
	p.refused(err, award.NotFound, "not_found")
}

// An expert's account is kept by the nation; what the nation sees it does not.
func TestAnExpertSeesTheFilesItIsAssignedAndNothingElse(t *testing.T) {
	p := expertRound(t, 1)
	f := p.listed(2)
	pool := p.Experts(2)
	by := p.assigned()
	for _, expert := range pool {
		for _, file := range f {
			m, err := p.Acts.Marking(t.Context(), expert, p.round.ID, file)
			if by[file][0] == expert.ID {
				p.must(err)
				require.Equal(t, file, m.Application)
				require.NotEmpty(t, m.Category.Standard.Leaves())
			} else {
				p.refused(err, award.NotFound, "not_found")
				p.refused(p.gives(expert, file, 90), award.NotFound, "not_found")
				_, err = p.recuses(expert, file, "利害关系")
				p.refused(err, award.NotFound, "not_found")
			}
			_, err = p.Acts.Application(t.Context(), expert, p.round.ID, file)
			p.refused(err, award.NotFound, "not_found")
			_, err = p.Acts.Comparison(t.Context(), expert, p.round.ID, file)
			p.refused(err, award.NotFound, "not_found")
		}
		require.Len(t, p.seen(expert, 0), 1)
		files, err := p.Acts.Applications(t.Context(), expert, acts.FilesQuery{Round: p.round.ID, Limit: 10})
		p.must(err)
		require.Empty(t, files)
		_, err = p.Acts.ProposeAssignment(t.Context(), expert, p.round.ID)
		p.refused(err, award.NotFound, "not_found")
	}
	for _, other := range []award.Officer{p.head, p.Head("11"), {}} {
		_, err := p.Acts.Assignments(t.Context(), other, acts.AssignmentQuery{Round: p.round.ID, Limit: 10})
		p.refused(err, award.NotFound, "not_found")
	}
}

// What an expert has to judge: the file's papers, wherever its unit is, as long as
// it is assigned and no longer.
func TestAnExpertFindsItsFilesAndOpensWhatProvesThem(t *testing.T) {
	p := expertRound(t, 1)
	f := p.listed(1)[0]
	expert := p.Experts(1)[0]
	scan, seal, foreign := p.Uploads(p.head, "自查佐证"), p.Uploads(p.head, "盖章页"), p.Uploads(p.head, "别的类别的佐证")
	for digest, use := range map[string][2]string{
		scan: {"self_check", "street/1.1"}, seal: {"endorsement", "1"}, foreign: {"self_check", "community/1.1"},
	} {
		p.Exec(`INSERT INTO evidence_use (sha256, name, round_id, unit_id, kind, subject, office_id, officer_id)
			SELECT decode($2, 'hex'), '佐证.pdf', round_id, unit_id, $3, $4, office_id, $5 FROM application WHERE id = $1`, f, digest, use[0], use[1], p.head.ID)
	}
	open := func(digest string) error {
		_, content, err := p.Acts.OpenEvidence(t.Context(), expert, digest)
		if err == nil {
			p.must(content.Close())
		}
		return err
	}
	tasks, err := p.Acts.ExpertTasks(t.Context(), expert, 0, 10)
	p.must(err)
	require.Empty(t, tasks)
	p.refused(open(scan), award.NotFound, "evidence_unknown")

	p.assigned()
	tasks, err = p.Acts.ExpertTasks(t.Context(), expert, 0, 10)
	p.must(err)
	require.Len(t, tasks, 1)
	require.Equal(t, []any{f, p.round.Title, true}, []any{tasks[0].Application, tasks[0].RoundTitle, tasks[0].Open})
	m, err := p.Acts.Marking(t.Context(), expert, p.round.ID, f)
	p.must(err)
	require.Len(t, m.Evidence, 1)
	require.Equal(t, scan, m.Evidence[0].SHA256)
	require.Equal(t, 10, m.Survey.Answers.Asked())
	p.must(open(scan))
	p.refused(open(seal), award.NotFound, "evidence_unknown")
	p.refused(open(foreign), award.NotFound, "evidence_unknown")

	for _, other := range []award.Officer{{}, p.head} { // nobody's, and an officer who is no expert
		tasks, err = p.Acts.ExpertTasks(t.Context(), other, 0, 10)
		p.must(err)
		require.Empty(t, tasks)
	}
	_, err = p.recuses(expert, f, "曾提供咨询")
	p.must(err)
	tasks, err = p.Acts.ExpertTasks(t.Context(), expert, 0, 10)
	p.must(err)
	require.Equal(t, []bool{true, false}, []bool{tasks[0].Recused, tasks[0].Open})
	p.refused(open(scan), award.NotFound, "evidence_unknown")
}

func TestAnExpertAloneIsToldOfItsFiles(t *testing.T) {
	p := expertRound(t, 1)
	p.listed(1)
	pool := p.Experts(2)
	inbox := func(by award.Officer) []string {
		messages, err := p.Acts.Inbox(t.Context(), by, 0, 100)
		p.must(err)
		var subjects []string
		for _, m := range messages {
			subjects = append(subjects, m.Subject)
		}
		return subjects
	}
	office := len(inbox(p.Admin))
	file, given := int64(0), int64(0)
	for f, experts := range p.assigned() {
		file, given = f, experts[0]
	}
	first, second := pool[0], pool[1]
	if given == second.ID {
		first, second = second, first
	}
	require.Len(t, inbox(first), 1)
	require.Contains(t, inbox(first)[0], "请评审 1 个单位")
	require.Empty(t, inbox(second))
	require.Len(t, inbox(p.Admin), office, "its office is not told what is for it alone")

	_, err := p.recuses(first, file, "亲属任职")
	p.must(err)
	require.Contains(t, inbox(first)[0], "〔回避已登记〕")
	require.Contains(t, inbox(second)[0], "请评审 1 个单位")
	require.Len(t, inbox(p.Admin), office+1)

	messages, err := p.Acts.Inbox(t.Context(), second, 0, 1)
	p.must(err)
	_, err = p.Acts.ReadMessage(t.Context(), first, p.Key(), messages[0].ID)
	p.refused(err, award.NotFound, "not_found")
	_, err = p.Acts.ReadMessage(t.Context(), p.Admin, p.Key(), messages[0].ID)
	p.refused(err, award.NotFound, "not_found")
	_, err = p.Acts.ReadMessage(t.Context(), second, p.Key(), messages[0].ID)
	p.must(err)
	require.False(t, actstest.One[bool](p.World, `SELECT read_at IS NULL FROM message WHERE id = $1`, messages[0].ID))
}

// However an expert signs in, it comes without its office.
func TestAnExpertComesWithoutItsOffice(t *testing.T) {
	p := newProvince(t)
	issued, err := p.Acts.CreateKeys(t.Context(), p.Admin, p.Key(), []acts.KeyFor{{Office: award.CodeNation, Name: "专家", Roles: []award.Role{award.RoleExpert}}})
	p.must(err)
	by, err := p.Acts.Authenticate(t.Context(), issued.Result[0].Key)
	p.must(err)
	token, err := p.Acts.SignInByKey(t.Context(), issued.Result[0].Key)
	p.must(err)
	session, err := p.Acts.Session(t.Context(), token)
	p.must(err)
	for _, o := range []award.Officer{by, session.Officer} {
		require.Equal(t, int64(award.NoOffice), o.Office)
		require.Empty(t, o.OfficeCode)
		require.Empty(t, o.Path)
	}
}

func TestOthersMarksAreHiddenUntilAllAreIn(t *testing.T) {
	p := expertRound(t, 2)
	f := p.listed(1)[0]
	pool := p.Experts(2)
	p.assigned()
	p.must(p.gives(pool[0], f, 90))
	p.refused(p.gives(pool[0], f, 95), award.Conflict, "expert_marks_final")

	m, err := p.Acts.Marking(t.Context(), pool[1], p.round.ID, f)
	p.must(err)
	require.Empty(t, m.Others)
	own, err := p.Acts.Marking(t.Context(), pool[0], p.round.ID, f)
	p.must(err)
	require.Equal(t, award.Points(90_00), *own.Total, "one's own")
	for _, s := range p.seen(p.Admin, f) { // the office knows who has handed in, and not what
		require.Equal(t, s.Expert == pool[0].ID, s.Marked)
		require.Nil(t, s.Marks)
		require.Nil(t, s.Total)
		require.Empty(t, s.Note)
	}
	compared, err := p.Acts.Comparison(t.Context(), p.Admin, p.round.ID, f)
	p.must(err)
	require.Nil(t, compared.Total.Expert)
	log := actstest.One[string](p.World, `SELECT string_agg(a::text, '|') FROM audit a WHERE name = 'give-expert-marks'`)
	require.NotContains(t, log, "9000")
	require.NotContains(t, log, "理由")

	p.must(p.gives(pool[1], f, 70))
	m, err = p.Acts.Marking(t.Context(), pool[1], p.round.ID, f)
	p.must(err)
	require.Len(t, m.Others, 1)
	require.Equal(t, award.Points(90_00), *m.Others[0].Total)
	for _, s := range p.seen(p.Admin, f) {
		require.NotNil(t, s.Total)
		require.True(t, s.Outlier, "20 points from the other, and the rule says 10")
	}
	compared, err = p.Acts.Comparison(t.Context(), p.Admin, p.round.ID, f)
	p.must(err)
	require.Equal(t, award.Points(80_00), *compared.Total.Expert)
	compared, err = p.Acts.Comparison(t.Context(), p.head, p.round.ID, f)
	p.must(err)
	require.Nil(t, compared.Total.Expert, "the nation's, until it is fixed")
}

func TestARecusalBringsAnotherExpertIfThereIsOne(t *testing.T) {
	p := expertRound(t, 2)
	f := p.listed(1)[0]
	pool := p.Experts(3)
	by := make(map[int64]award.Officer)
	for _, e := range pool {
		by[e.ID] = e
	}
	has := p.assigned()[f]
	first, second := by[has[0]], by[has[1]]
	p.must(p.gives(first, f, 90))
	_, err := p.recuses(first, f, "  ")
	p.refused(err, award.Invalid, "reason_required")
	replaced, err := p.recuses(first, f, "曾为该单位提供咨询")
	p.must(err)
	require.True(t, replaced)
	_, err = p.recuses(first, f, "曾为该单位提供咨询")
	p.refused(err, award.Conflict, "expert_recused")
	p.refused(p.gives(first, f, 90), award.Conflict, "expert_recused")
	_, err = p.Acts.Marking(t.Context(), first, p.round.ID, f)
	p.refused(err, award.NotFound, "not_found")

	p.must(p.gives(second, f, 80)) // its marks and those withdrawn are two, and do not make the file complete
	for _, s := range p.seen(p.Admin, f) {
		require.Nil(t, s.Total)
	}
	replaced, err = p.recuses(second, f, "亲属任职")
	p.must(err)
	require.False(t, replaced, "the pool has no other")
	about := actstest.One[string](p.World, `SELECT string_agg(subject, '|' ORDER BY id) FROM message WHERE kind = 'recuse' AND office_id = $1 AND officer_id IS NULL`, p.Admin.Office)
	require.Contains(t, strings.Split(about, "|")[0], "已改由其他专家评分")
	require.Contains(t, strings.Split(about, "|")[1], "没有可以接替的专家")
	require.Equal(t, []int64{f}, p.propose().Short)
	fresh := p.Experts(1)
	require.Equal(t, map[int64][]int64{f: {fresh[0].ID}}, p.assigned(), "nobody gets again what it has declined")
}

func TestTheNationsMarksAreMadeOfTheExpertsAsTheStageIsCompleted(t *testing.T) {
	p := expertRound(t, 2)
	f := p.listed(2)
	pool := p.Experts(2)
	p.assigned()
	p.refused(p.mark(acts.NationalMarks{Application: f[0], Marks: marksOf(p, award.Street, 90)}), award.Conflict, "marks_by_experts")
	p.must(p.gives(pool[0], f[0], 95))
	p.must(p.gives(pool[1], f[0], 90))
	p.must(p.gives(pool[0], f[1], 88))
	require.Equal(t, []string{fmt.Sprintf("/applications/%d unit_unmarked", f[1])}, p.refused(p.completeMarks(), award.Incomplete, "marks_incomplete"))
	require.Equal(t, []string{"reviewed", "reviewed"}, p.states(f...), "half a list is not settled")
	require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM assessment_mark`))

	p.must(p.gives(pool[1], f[1], 88))
	p.must(p.completeMarks())
	require.Equal(t, []string{"marked", "marked"}, p.states(f...))
	require.Equal(t, 2, actstest.One[int](p.World, `SELECT count(*) FROM application_history WHERE to_state = 'marked' AND act = 'complete-stage'`))
	require.Equal(t, 2, p.scorePage(f...).Done)
	require.Equal(t, []int64{92_50, 88_00}, []int64{
		actstest.One[int64](p.World, `SELECT total FROM score WHERE application_id = $1`, f[0]),
		actstest.One[int64](p.World, `SELECT total FROM score WHERE application_id = $1`, f[1]),
	})
	_, err := p.recuses(pool[0], f[0], "利害关系")
	p.refused(err, award.Conflict, "marks_complete")
}

func TestAVisitLowersWhatTheExpertsGave(t *testing.T) {
	w := actstest.New(t)
	rules := actstest.DrillRules()
	rules.ExpertsPerFile, rules.SpotCheckPercent = 1, 100
	w.Acts.DrawFrom(strings.NewReader(strings.Repeat("示范", 100)))
	p := provinceOf(t, w, w.OpenDrill(actstest.Drill{Rules: rules}), "41")
	f := p.listed(1)[0]
	expert := p.Experts(1)[0]
	p.assigned()
	rule, err := p.round.Category(award.Street)
	p.must(err)
	full := actstest.Full(rule.Standard)
	_, err = p.Acts.GiveExpertMarks(t.Context(), expert, p.Key(), acts.GiveExpertMarks{Round: p.round.ID, Application: f, Marks: full})
	p.must(err)
	at := 0
	for rule.Standard.Leaves()[at].Kind != award.LeafPoints || rule.Standard.Leaves()[at].Veto {
		at++
	}
	leaf := rule.Standard.Leaves()[at]
	in := visit(p.round.ID, f, award.VisitCorrected, p.Now())
	in.Corrections = []award.Correction{{Leaf: leaf.Code, Value: leaf.Max - 50, Reason: "现场核实"}}
	_, err = p.Acts.RecordVisit(t.Context(), p.Admin, p.Key(), in)
	p.must(err)
	p.must(p.completeMarks())
	require.Equal(t, int64(leaf.Max-50), actstest.One[int64](p.World, `SELECT marks[$2::integer] FROM assessment_mark WHERE application_id = $1`, f, at+1))
}

// An expert fills a standard in over days. Nobody else learns of it before it is
// handed in, and then the draft is gone.
func TestAnExpertsDraftIsItsOwnUntilItIsHandedIn(t *testing.T) {
	p := expertRound(t, 2)
	f := p.listed(1)[0]
	pool := p.Experts(2)
	p.assigned()
	save := func(by award.Officer, marks []award.Points) error {
		_, err := p.Acts.SaveExpertMarks(t.Context(), by, p.Key(), acts.GiveExpertMarks{Round: p.round.ID, Application: f, Marks: marks, Note: "先看台账"})
		return err
	}
	marks := marksOf(p, award.Street, 90)
	some := slices.Clone(marks)
	some[0] = award.Blank
	p.must(save(pool[0], marks))
	p.must(save(pool[0], some))
	own, err := p.Acts.Marking(t.Context(), pool[0], p.round.ID, f)
	p.must(err)
	require.Equal(t, acts.ExpertDraft{Marks: some, Note: "先看台账"}, own.Draft, "the last one saved")
	require.False(t, own.Marked)
	require.Nil(t, own.Marks)
	other, err := p.Acts.Marking(t.Context(), pool[1], p.round.ID, f)
	p.must(err)
	require.Empty(t, other.Draft)
	for _, s := range p.seen(p.Admin, f) {
		require.False(t, s.Marked)
		require.Nil(t, s.Marks)
		require.Empty(t, s.Note)
	}
	p.refused(save(pool[0], marks[1:]), award.Invalid, "marks_malformed")
	p.refused(save(p.Head(p.code), some), award.NotFound, "not_found")

	p.must(p.gives(pool[0], f, 90))
	p.refused(save(pool[0], some), award.Conflict, "expert_marks_final")
	p.must(save(pool[1], some))
	_, err = p.Acts.Recuse(t.Context(), pool[1], p.Key(), acts.OnFile{Round: p.round.ID, Application: f, Reason: "亲属在该街道任职"})
	p.must(err)
	require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM expert_draft`))
}
