package acts_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// table puts a question to the nation's first meeting.
func (p province) table(in acts.TableMotionsInput) ([]acts.Motion, error) {
	in.Round, in.Office, in.Meeting = p.round.ID, award.CodeNation, 1
	done, err := p.Acts.TableMotions(p.t.Context(), p.Admin, p.Key(), in)
	return done.Result, err
}

// put puts a question and has the meeting vote on it; who is not named is for it.
func (p province) put(in acts.TableMotionsInput, votes map[int64]award.Vote) award.Outcome {
	p.t.Helper()
	tabled, err := p.table(in)
	p.must(err)
	require.Len(p.t, tabled, 1)
	m, err := p.Votes(p.Admin, p.round.ID, award.CodeNation, tabled[0].Number, votes)
	p.must(err)
	return m.Count.Outcome
}

func (p province) committee() acts.CommitteeView {
	p.t.Helper()
	view, err := p.Acts.CommitteeOf(p.t.Context(), p.Admin, p.round.ID, award.CodeNation)
	p.must(err)
	return view
}

func TestCandidatesComeFromCarriedMotionsAlone(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.District, 95, 94, 93)
	_, err := p.fixCarried()
	p.refused(err, award.Incomplete, "committee_not_met")
	members := p.Convene(p.Admin, p.round.ID, award.CodeNation, 5)
	_, err = p.fixCarried()
	require.Equal(t, []string{fmt.Sprintf("/applications/%d unit_undecided", f[0]), fmt.Sprintf("/applications/%d unit_undecided", f[1])},
		p.refused(err, award.Incomplete, "committee_undecided"))

	// One member has a unit separated from the list, and it is refused.
	_, err = p.table(acts.TableMotionsInput{Kind: award.MotionUnit, Applications: f[1:2]})
	p.refused(err, award.Invalid, "motion_malformed")
	tabled, err := p.table(acts.TableMotionsInput{Kind: award.MotionList})
	p.must(err)
	require.Len(t, tabled[0].Units, 2)
	no := map[int64]award.Vote{members[0]: award.VoteAgainst, members[1]: award.VoteAgainst, members[2]: award.VoteAbstain}
	require.Equal(t, award.Lost, p.put(acts.TableMotionsInput{Kind: award.MotionUnit, Applications: f[1:2], RequestedBy: members[3]}, no))
	_, err = p.fixCarried()
	p.refused(err, award.Conflict, "motion_waits")
	m, err := p.Votes(p.Admin, p.round.ID, award.CodeNation, tabled[0].Number, nil)
	p.must(err)
	require.Len(t, m.Units, 1)

	// The place it left is empty until somebody says why another takes it.
	_, err = p.table(acts.TableMotionsInput{Kind: award.MotionDeparture, Applications: f[2:]})
	p.refused(err, award.Invalid, "reason_required")
	require.Equal(t, award.Carried, p.put(acts.TableMotionsInput{Kind: award.MotionDeparture, Applications: f[2:], Reason: "前位未通过,本单位达到标准"}, nil))
	_, err = p.fixCarried()
	p.must(err)
	require.Equal(t, []string{"candidate", "not_selected", "candidate"}, p.states(f...))
	require.Equal(t, "达到标准,评审委员会表决未通过", actstest.One[string](p.World, `SELECT ground FROM application WHERE id = $1`, f[1]))
	_, err = p.table(acts.TableMotionsInput{Kind: award.MotionList})
	p.refused(err, award.Conflict, "candidates_fixed")
}

func TestAClosedMotionAndItsVotesAreFinal(t *testing.T) {
	p := newProvince(t)
	p.scored(award.District, 95)
	p.must(p.Carries(p.round.ID))
	_, err := p.Votes(p.Admin, p.round.ID, award.CodeNation, 1, nil)
	p.refused(err, award.Conflict, "motion_final")
	for _, change := range []string{
		`UPDATE motion SET outcome = 'lost'`, `DELETE FROM motion_vote`, `UPDATE motion_vote SET vote = 'against'`, `DELETE FROM motion_unit`,
	} {
		_, err := p.DB.Exec(change)
		require.ErrorContains(t, err, "is final", change)
	}
	_, err = p.Acts.HoldMeeting(t.Context(), p.Admin, p.Key(), acts.HoldMeetingInput{Round: p.round.ID, Office: award.CodeNation, Meeting: acts.Meeting{
		Number: 1, MetOn: award.DateOf(p.Now()), Minutes: "改", Present: []int64{},
	}})
	p.refused(err, award.Conflict, "meeting_voted")
}

func TestAMemberHasNoVoteOnItsOwnProvince(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.Community, 95)
	beijing := provinceOf(t, p.World, p.round, "11")
	theirs := beijing.files(award.Community, 90)
	p.Exec(`UPDATE application SET state = 'marked' WHERE id = $1`, theirs[0])
	p.Exec(`INSERT INTO score (application_id, total, blocks, passed, reasons) VALUES ($1, 9000, '{}', true, '{}')`, theirs[0])
	in := acts.ConveneInput{Round: p.round.ID, Office: award.CodeNation}
	for i, ties := range [][]string{{"41"}, {"41"}, nil, nil} {
		in.Members = append(in.Members, acts.MemberInput{MemberName: award.MemberName{Name: fmt.Sprint("委员", i), Unit: "大学", Chair: i == 0}, Ties: ties})
	}
	everything := in
	everything.Members = slices.Concat(in.Members[:3], []acts.MemberInput{{MemberName: award.MemberName{Name: "丁", Unit: "部"}, Ties: []string{award.CodeNation}}})
	_, err := p.Acts.Convene(t.Context(), p.Admin, p.Key(), everything)
	p.refused(err, award.Invalid, "committee_malformed")
	done, err := p.Acts.Convene(t.Context(), p.Admin, p.Key(), in)
	p.must(err)
	var ids []int64
	for _, m := range done.Result.Members {
		ids = append(ids, m.ID)
	}
	_, err = p.Acts.HoldMeeting(t.Context(), p.Admin, p.Key(), acts.HoldMeetingInput{Round: p.round.ID, Office: award.CodeNation, Meeting: acts.Meeting{
		Number: 1, MetOn: award.DateOf(p.Now()), Minutes: "纪要", Present: ids,
	}})
	p.must(err)

	tabled, err := p.table(acts.TableMotionsInput{Kind: award.MotionList})
	p.must(err)
	require.Len(t, tabled, 2)
	require.Equal(t, theirs[0], tabled[0].Units[0].Application)
	require.Equal(t, f[0], tabled[1].Units[0].Application)
	require.Equal(t, ids[:2], tabled[1].Recused)
	_, err = p.Votes(p.Admin, p.round.ID, award.CodeNation, 2, map[int64]award.Vote{ids[0]: award.VoteFor})
	require.Equal(t, []string{fmt.Sprintf("/votes/%d vote_recused", ids[0])}, p.refused(err, award.Invalid, "votes_malformed"))
	m, err := p.Votes(p.Admin, p.round.ID, award.CodeNation, 2, map[int64]award.Vote{ids[2]: award.VoteAgainst})
	p.must(err)
	require.Equal(t, award.VoteCount{Members: 4, Recused: 2, Entitled: 2, Present: 2, For: 1, Against: 1, Outcome: award.Lost}, m.Count)
	_, err = p.Votes(p.Admin, p.round.ID, award.CodeNation, 1, nil)
	p.must(err)
	require.Equal(t, []int64{f[0]}, p.committee().Undecided) // the list was lost: it is put alone now
}

func TestACommitteeGrowsAndNobodyLeavesIt(t *testing.T) {
	p := newProvince(t)
	p.scored(award.District, 95)
	p.Convene(p.Admin, p.round.ID, award.CodeNation, 3)
	name := func(members ...string) error {
		in := acts.ConveneInput{Round: p.round.ID, Office: award.CodeNation}
		for i, n := range members {
			in.Members = append(in.Members, acts.MemberInput{MemberName: award.MemberName{Name: n, Unit: "评审单位", Chair: i == 0}})
		}
		_, err := p.Acts.Convene(t.Context(), p.Admin, p.Key(), in)
		return err
	}
	p.refused(name("委员1", "委员2", "委员4"), award.Invalid, "committee_malformed")
	_, err := p.table(acts.TableMotionsInput{Kind: award.MotionList})
	p.must(err)
	p.refused(name("委员1", "委员2", "委员3", "委员4"), award.Conflict, "motion_waits")
	_, err = p.Votes(p.Admin, p.round.ID, award.CodeNation, 1, nil)
	p.must(err)
	p.must(name("委员1", "委员2", "委员3", "委员4"))
	require.Len(t, p.committee().Members, 4)
	_, err = p.fixCarried()
	p.must(err)
}

// Ties may be declared late, and are never taken back: who was recused would have
// a vote again on the motion that is put next.
func TestOnceACommitteeHasMetATieIsNeverTakenBack(t *testing.T) {
	p := newProvince(t)
	p.scored(award.District, 95)
	convene := func(ties ...[]string) error {
		in := acts.ConveneInput{Round: p.round.ID, Office: award.CodeNation}
		for i, tie := range ties {
			in.Members = append(in.Members, acts.MemberInput{MemberName: award.MemberName{Name: fmt.Sprint("委员", i), Unit: "大学", Chair: i == 0}, Ties: tie})
		}
		_, err := p.Acts.Convene(t.Context(), p.Admin, p.Key(), in)
		return err
	}
	p.must(convene([]string{"11", "41"}, nil, nil))
	p.must(convene([]string{"41"}, nil, nil)) // it has not met: a slip is put right
	_, err := p.Acts.HoldMeeting(t.Context(), p.Admin, p.Key(), acts.HoldMeetingInput{Round: p.round.ID, Office: award.CodeNation, Meeting: acts.Meeting{
		Number: 1, MetOn: award.DateOf(p.Now()), Minutes: "纪要", Present: []int64{},
	}})
	p.must(err)
	require.Equal(t, []string{"/members/0/ties member_ties_stay"}, p.refused(convene(nil, nil, nil), award.Invalid, "committee_malformed"))
	p.refused(convene([]string{"11"}, nil, nil), award.Invalid, "committee_malformed")
	p.must(convene([]string{"11", "41"}, []string{"11"}, nil))
}

// A province's list that was lost is not put en bloc until it carries.
func TestOfAProvincesLostListEachUnitIsPutAlone(t *testing.T) {
	p := newProvince(t)
	p.Exec(`UPDATE round SET rules = jsonb_set(rules, '{province_votes}', 'true') WHERE id = $1`, p.round.ID)
	f := p.files(award.District, 95, 90)
	members := p.World.Convene(p.head, p.round.ID, "41", 3)
	table := func(kind award.MotionKind, files ...int64) ([]acts.Motion, error) {
		done, err := p.Acts.TableMotions(t.Context(), p.head, p.Key(), acts.TableMotionsInput{
			Round: p.round.ID, Office: "41", Meeting: 1, Kind: kind, Applications: files,
		})
		return done.Result, err
	}
	list, err := table(award.MotionList, f...)
	p.must(err)
	lost, err := p.Votes(p.head, p.round.ID, "41", list[0].Number, map[int64]award.Vote{members[0]: award.VoteAgainst, members[1]: award.VoteAgainst})
	p.must(err)
	require.Equal(t, award.Lost, lost.Count.Outcome)
	_, err = table(award.MotionList, f...)
	p.refused(err, award.Conflict, "motion_unit_alone")
	alone, err := table(award.MotionUnit, f...)
	p.must(err)
	require.Len(t, alone, 2)
}

// A carried motion holds nobody who has left since: the next in rank moves up, and
// is no candidate before the committee has been asked about it too.
func TestWhoLeavesAfterItsMotionWasCarriedIsNoCandidate(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.District, 95, 94, 93)
	p.Convene(p.Admin, p.round.ID, award.CodeNation, 3)
	require.Equal(t, award.Carried, p.put(acts.TableMotionsInput{Kind: award.MotionList}, nil))
	_, err := p.table(acts.TableMotionsInput{Kind: award.MotionUnit, Applications: f[:1]})
	p.refused(err, award.Conflict, "motion_unit_decided") // carried twice
	p.must(p.withdraw(f[0]))
	_, err = p.fixCarried()
	require.Equal(t, []string{fmt.Sprintf("/applications/%d unit_undecided", f[2])}, p.refused(err, award.Incomplete, "committee_undecided"))
	require.Equal(t, award.Carried, p.put(acts.TableMotionsInput{Kind: award.MotionList}, nil))
	_, err = p.fixCarried()
	p.must(err)
	require.Equal(t, []string{"withdrawn", "candidate", "candidate"}, p.states(f...))
}

func TestTwoSecretariesDoNotPutOnePlaceToTheVoteTwice(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.District, 95, 94, 94)
	members := p.Convene(p.Admin, p.round.ID, award.CodeNation, 3)
	require.Equal(t, award.Carried, p.put(acts.TableMotionsInput{Kind: award.MotionList}, nil))
	keys := []acts.Key{p.Key(), p.Key()}
	errs := make([]error, 2)
	var group sync.WaitGroup
	for i := range 2 {
		group.Go(func() {
			_, errs[i] = p.Acts.TableMotions(context.Background(), p.Admin, keys[i], acts.TableMotionsInput{
				Round: p.round.ID, Office: award.CodeNation, Meeting: 1, Kind: award.MotionTie, Category: award.District, Applications: f[i+1 : i+2], RequestedBy: members[0],
			})
		})
	}
	group.Wait()
	require.Equal(t, 1, boolToInt(errs[0] == nil)+boolToInt(errs[1] == nil), "%v", errs)
	_, err := p.Votes(p.Admin, p.round.ID, award.CodeNation, 2, nil)
	p.must(err)
	_, err = p.fixCarried()
	p.must(err)
	require.Equal(t, 2, p.count(f, award.FileCandidate))
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A round opened before committees were kept has rules without them.
func TestARoundWithoutTheRuleIsDecidedByItsOwnerAsBefore(t *testing.T) {
	p := newProvince(t)
	p.Exec(`UPDATE round SET rules = rules - 'committee_votes' WHERE id = $1`, p.round.ID)
	f := p.scored(award.District, 95, 90, 90)
	fix := func(in acts.FixCandidatesInput) error {
		in.Round = p.round.ID
		_, err := p.Acts.FixCandidates(t.Context(), p.Admin, p.Key(), in)
		return err
	}
	p.refused(fix(acts.FixCandidatesInput{}), award.Invalid, "minutes_required")
	met := award.DateOf(p.Now())
	p.refused(fix(acts.FixCandidatesInput{Minutes: "纪要", MetOn: met, ChosenOfTied: f[1:]}), award.OverLimit, "tie_over_quota")
	p.must(fix(acts.FixCandidatesInput{Minutes: "纪要", MetOn: met, ChosenOfTied: f[2:]}))
	require.Equal(t, []string{"candidate", "not_selected", "candidate"}, p.states(f...))
}

func TestTheNationAsksDepartmentsAndNobodyUnheardIsVotedOnOrFixed(t *testing.T) {
	p := newProvince(t)
	p.Exec(`UPDATE round SET rules = jsonb_set(rules, '{national_departments}', '["公安部"]') WHERE id = $1`, p.round.ID)
	f := p.scored(award.District, 95, 94, 93)
	u := p.codes(f...)
	nation := p
	nation.code, nation.head = award.CodeNation, p.Admin
	p.Convene(p.Admin, p.round.ID, award.CodeNation, 3)
	_, err := p.table(acts.TableMotionsInput{Kind: award.MotionList})
	p.refused(err, award.Conflict, "motion_nothing_to_put")
	_, err = p.fixCarried()
	require.Len(t, p.refused(err, award.Incomplete, "departments_unheard"), 2)

	asked, err := nation.ask("部函1号", "财政部")
	p.must(err)
	require.Equal(t, acts.AskDepartmentsResult{Departments: []string{"公安部", "财政部"}, Opinions: 6}, asked)
	for _, department := range asked.Departments {
		_, err = nation.answer(clear(u[0], department), clear(u[1], department), clear(u[2], department))
		p.must(err)
	}
	_, err = nation.answer(p.objects(u[0], "公安部"))
	p.must(err)
	require.Equal(t, award.Carried, p.put(acts.TableMotionsInput{Kind: award.MotionList}, nil)) // of the second alone
	_, err = p.fixCarried()
	p.refused(err, award.Incomplete, "departments_unheard")
	p.must(nation.decideOn(u[0], "公安部", true, "情况属实"))
	p.refused(nation.decideOn(u[0], "公安部", false, "再议"), award.Conflict, "opinion_final")
	_, err = nation.answer(clear(u[0], "公安部"))
	p.refused(err, award.Invalid, "opinions_defective")

	require.Equal(t, award.Carried, p.put(acts.TableMotionsInput{Kind: award.MotionList}, nil)) // the next has moved up
	_, err = p.fixCarried()
	p.must(err)
	require.Equal(t, []string{"not_selected", "candidate", "candidate"}, p.states(f...))
	require.Equal(t, "部门反对意见已采纳", actstest.One[string](p.World, `SELECT ground FROM application WHERE id = $1`, f[0]))
	_, err = nation.ask("部函2号")
	p.refused(err, award.Conflict, "candidates_fixed")
	opinions, err := p.Acts.Opinions(t.Context(), p.Admin, p.round.ID, award.CodeNation, "")
	p.must(err)
	require.Len(t, opinions, 6)
	_, err = p.Acts.Opinions(t.Context(), p.Head("41"), p.round.ID, award.CodeNation, "")
	p.refused(err, award.NotFound, "not_found")
}

// The province and the nation may ask a department of the same name: each has its
// own answer.
func TestTheNationsQuestionIsNotTheProvinces(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95)
	u := p.codes(f...)
	p.limit(award.District, 1)
	must1[acts.AskDepartmentsResult](p)(p.ask("8号", "公安"))
	must1[acts.RecordOpinionsResult](p)(p.answer(clear(u[0], "公安")))
	p.frozen(f...)
	nation := p
	nation.code, nation.head = award.CodeNation, p.Admin
	asked := must1[acts.AskDepartmentsResult](p)(nation.ask("部函1号", "公安"))
	require.Equal(t, 1, asked.Opinions)
	must1[acts.RecordOpinionsResult](p)(nation.answer(p.objects(u[0], "公安")))
	theirs, err := p.Acts.Opinions(t.Context(), p.head, p.round.ID, "41", "")
	p.must(err)
	require.Equal(t, award.DepartmentClear, theirs[0].State)
}

func TestWhereTheReviewBodyVotesTheProposedListIsWhatItHasCarried(t *testing.T) {
	p := newProvince(t)
	p.Exec(`UPDATE round SET rules = jsonb_set(rules, '{province_votes}', 'true') WHERE id = $1`, p.round.ID)
	f := p.files(award.District, 95, 90, 85)
	_, err := p.adopt(items(f...)...)
	p.refused(err, award.Incomplete, "proposals_not_carried")
	members := p.World.Convene(p.head, p.round.ID, "41", 3)
	table := func(kind award.MotionKind, by int64, files ...int64) acts.Motion {
		done, err := p.Acts.TableMotions(t.Context(), p.Clerk("41"), p.Key(), acts.TableMotionsInput{
			Round: p.round.ID, Office: "41", Meeting: 1, Kind: kind, Applications: files, RequestedBy: by,
		})
		p.must(err)
		require.Len(t, done.Result, 1)
		return done.Result[0]
	}
	list := table(award.MotionList, 0, f...)
	alone := table(award.MotionUnit, members[1], f[1])
	_, err = p.Votes(p.head, p.round.ID, "41", list.Number, nil)
	p.must(err)
	_, err = p.Votes(p.head, p.round.ID, "41", alone.Number, map[int64]award.Vote{members[0]: award.VoteAgainst, members[1]: award.VoteAgainst})
	p.must(err)
	_, err = p.adopt(items(f...)...)
	require.Equal(t, []string{"/items/1 item_not_carried"}, p.refused(err, award.Incomplete, "proposals_not_carried"))
	departs := items(f[0], f[2])
	departs[1].Reason = "前位表决未通过"
	_, err = p.adopt(departs...)
	p.must(err)
	_, err = p.Acts.CommitteeOf(t.Context(), p.Head("11"), p.round.ID, "41")
	p.refused(err, award.NotFound, "not_found")
}
