package acts_test

import (
	"context"
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

// The objector of these tests: neither name nor contact may be found anywhere
// but in the table of objectors.
const (
	objectorName    = "欧阳秉烛"
	objectorContact = "13912345678"
	objectionFacts  = "去年十月以来社区服务中心从不开门，台账是检查前三天补造的。"
)

// noticed puts files of new communities before the public and returns them.
func (p province) noticed(totals ...int) (acts.Notice, []int64) {
	p.t.Helper()
	f := p.files(award.Community, totals...)
	_, err := p.adopt(items(f...)...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	return n, f
}

func (p province) codeOf(file int64) string {
	return actstest.One[string](p.World, `SELECT u.code FROM application a JOIN round_unit u USING (round_id, unit_id) WHERE a.id = $1`, file)
}

func (p province) said(n acts.Notice, file int64) acts.ObjectionInput {
	return acts.ObjectionInput{
		Notice: n.ID, Unit: p.codeOf(file), Facts: objectionFacts,
		Objector: &acts.Objector{Kind: award.ObjectorPerson, Name: objectorName, Contact: objectorContact},
	}
}

// bodied is a key of a public call with a body of its own.
func bodied(body string) acts.Key {
	key := acts.Key{Method: "POST", Path: "/public"}
	copy(key.Body[:], body)
	return key
}

// raises files an objection as anybody may.
func (p province) raises(n acts.Notice, file int64) acts.Objection {
	p.t.Helper()
	o, err := p.Acts.FileObjection(p.t.Context(), bodied(fmt.Sprint(p.Key().Key)), p.said(n, file))
	p.must(err)
	return o
}

// handler is a clerk of the office who took no part.
func (p province) handler() award.Officer { return p.Clerk(p.code) }

// investigated brings an objection before its handler's judgement.
func (p province) investigated(o acts.Objection) acts.Objection {
	p.t.Helper()
	_, err := p.Acts.AssignObjection(p.t.Context(), p.head, p.Key(), o.ID, p.handler().ID)
	p.must(err)
	_, err = p.Acts.AdmitObjection(p.t.Context(), p.handler(), p.Key(), acts.AdmitObjection{Objection: o.ID, Admitted: true})
	p.must(err)
	done, err := p.Acts.InvestigateObjection(p.t.Context(), p.handler(), p.Key(), o.ID)
	p.must(err)
	return done.Result
}

func (p province) ruling(o acts.Objection, outcome award.ObjectionState) acts.RuleObjection {
	in := acts.RuleObjection{Objection: o.ID, Outcome: outcome, Ground: "经核查", Answer: "经核查,答复如下。"}
	if outcome == award.ObjectionPartlyUpheld {
		in.Correction = "名称应为单位甲社区"
	}
	return in
}

func (p province) rules(o acts.Objection, outcome award.ObjectionState) acts.Objection {
	p.t.Helper()
	done, err := p.Acts.RuleObjection(p.t.Context(), p.handler(), p.Key(), p.ruling(o, outcome))
	p.must(err)
	return done.Result
}

func (p province) suspended(file int64) bool {
	return actstest.One[bool](p.World, `SELECT suspended FROM application WHERE id = $1`, file)
}

func (p province) ends(n acts.Notice) {
	p.t.Helper()
	p.At(n.ClosesAt)
	_, err := p.Acts.SuspendObjected(p.t.Context(), p.round.ID, n.Number)
	p.must(err)
	p.At(n.FinalAt)
	ended, err := p.Acts.EndNotice(p.t.Context(), p.round.ID, n.Number)
	p.must(err)
	require.True(p.t, ended)
}

func TestAnObjectionFromItsReceiptToTheRemovalOfItsUnit(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95, 90)
	o := p.raises(n, f[0])
	_, ok := award.ParseReceipt(o.Receipt)
	require.True(t, ok)
	require.Equal(t, award.ObjectionReceived, o.State)
	require.True(t, o.AdmitDue.Equal(p.round.Calendar().After(p.Now(), 5)))
	inbox := actstest.One[string](p.World, `SELECT subject || body FROM message WHERE office_id = $1 AND kind = 'objection'`, p.id)
	require.Contains(t, inbox, "请指定承办人")

	_, err := p.Acts.AssignObjection(t.Context(), p.head, p.Key(), o.ID, p.head.ID) // who adopted and announced the list
	p.refused(err, award.Forbidden, "objection_involved")
	_, err = p.Acts.AssignObjection(t.Context(), p.head, p.Key(), o.ID, p.Clerk("11").ID)
	p.refused(err, award.Invalid, "handler_elsewhere")
	_, err = p.Acts.AssignObjection(t.Context(), p.Head("11"), p.Key(), o.ID, p.handler().ID)
	p.refused(err, award.NotFound, "not_found")
	_, err = p.Acts.AdmitObjection(t.Context(), p.handler(), p.Key(), acts.AdmitObjection{Objection: o.ID, Admitted: true})
	p.refused(err, award.Forbidden, "forbidden_admit-objection")
	_, err = p.Acts.AssignObjection(t.Context(), p.head, p.Key(), o.ID, p.handler().ID)
	p.must(err)
	_, err = p.Acts.AdmitObjection(t.Context(), p.handler(), p.Key(), acts.AdmitObjection{Objection: o.ID})
	p.refused(err, award.Invalid, "reason_required")
	admitted, err := p.Acts.AdmitObjection(t.Context(), p.handler(), p.Key(), acts.AdmitObjection{Objection: o.ID, Admitted: true})
	p.must(err)
	require.True(t, admitted.Result.RuleDue.Equal(p.round.Rules.RuleBy(p.round.Calendar(), p.Now())))

	ask := acts.CommissionInput{Objection: o.ID, Office: "410102", Due: p.Now().Add(5 * actstest.Day)}
	for _, text := range []string{"请核查" + objectorName + "所反映的情况。", objectionFacts} {
		ask.Text = text
		_, err = p.Acts.Commission(t.Context(), p.handler(), p.Key(), ask)
		require.Equal(t, award.Invalid, award.CodeOf(err), text)
	}
	ask.Text = "请核查该社区服务中心上年度开放记录并报送复印件。"
	asked, err := p.Acts.Commission(t.Context(), p.handler(), p.Key(), ask)
	p.must(err)
	_, err = p.Acts.ReportCommission(t.Context(), p.Clerk("410103"), p.Key(), asked.Result.ID, "属实")
	p.refused(err, award.NotFound, "not_found")
	_, err = p.Acts.ReportCommission(t.Context(), p.Clerk("410102"), p.Key(), asked.Result.ID, "开放记录缺失四个月。")
	p.must(err)
	_, err = p.Acts.ReportCommission(t.Context(), p.Clerk("410102"), p.Key(), asked.Result.ID, "再报")
	p.refused(err, award.Conflict, "commission_reported")
	mine, err := p.Acts.Commissions(t.Context(), p.Clerk("410102"), 0, 10)
	p.must(err)
	require.Len(t, mine, 1)

	in := p.ruling(o, award.ObjectionUpheld)
	in.Ground = objectorContact + "反映属实"
	_, err = p.Acts.RuleObjection(t.Context(), p.handler(), p.Key(), in)
	p.refused(err, award.Invalid, "objector_named")
	in = p.ruling(o, award.ObjectionUpheld)
	in.Answer = objectorName + "同志：经核查属实。" // its office reads the answer too
	_, err = p.Acts.RuleObjection(t.Context(), p.handler(), p.Key(), in)
	p.refused(err, award.Invalid, "objector_named")
	p.rules(o, award.ObjectionUpheld)
	require.Equal(t, []string{"removed", "proposed"}, p.states(f...))
	require.Contains(t, actstest.One[string](p.World, `SELECT m.body FROM message m JOIN application a ON a.unit_id = m.office_id
		WHERE a.id = $1 AND m.kind = 'result'`, f[0]), "异议成立")
	found, err := p.Acts.PublicNotice(t.Context(), n.ID)
	p.must(err)
	hash := award.ListHash(found.Units)
	require.Equal(t, hash[:], found.ListSHA256, "the frozen list is still the frozen list")
	public, err := p.Acts.PublicObjection(t.Context(), strings.ToLower(o.Receipt))
	p.must(err)
	require.Equal(t, award.ObjectionUpheld, public.State)
	require.Equal(t, "经核查,答复如下。", public.Answer)
	require.Equal(t, []string{award.NoticeWorkflow(p.round.ID, n.Number)}, p.Procedure.Told(award.ActRuleObjection))

	p.ends(n)
	require.Equal(t, []string{"removed", "noticed_locally"}, p.states(f...))
	p.refused(p.recommend("", f...), award.Conflict, "cut_defective")
}

func TestOfFiftyInTheLastSecondExactlyThoseInTimeSucceed(t *testing.T) {
	p := newProvince(t)
	n, f := p.noticed(95)
	p.Run()
	closes := p.Now().Add(1500 * time.Millisecond)
	p.Exec(`UPDATE public_notice SET opens_at = $2, closes_at = $3, final_at = $3::timestamptz + interval '1 hour' WHERE id = $1`, n.ID, closes.Add(-time.Hour), closes)
	in := p.said(n, f[0])
	var group sync.WaitGroup
	var mutex sync.Mutex
	taken, late := 0, 0
	for i := range 50 {
		group.Go(func() {
			time.Sleep(time.Until(closes.Add(time.Duration(i-25) * 20 * time.Millisecond)))
			_, err := p.Acts.FileObjection(t.Context(), bodied(fmt.Sprint("client", i)), in)
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case err == nil:
				taken++
			case award.CodeOf(err) == award.Closed:
				late++
			default:
				t.Errorf("client %d: %v", i, err)
			}
		})
	}
	time.Sleep(time.Until(closes))
	names, err := p.Acts.SuspendObjected(t.Context(), p.round.ID, n.Number) // while they still come
	p.must(err)
	group.Wait()
	require.Equal(t, 50, taken+late)
	require.Equal(t, taken, actstest.One[int](p.World, `SELECT count(*) FROM objection WHERE received_at < $1`, closes))
	require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM objection WHERE received_at >= $1`, closes))
	require.NotZero(t, taken)
	require.NotZero(t, late)
	require.Equal(t, 1, names)
	require.True(t, p.suspended(f[0]))
}

func TestTheSameCallAgainGetsTheSameReceipt(t *testing.T) {
	p := newProvince(t)
	n, f := p.noticed(95)
	in := p.said(n, f[0])
	first, err := p.Acts.FileObjection(t.Context(), bodied("a"), in)
	p.must(err)
	p.At(n.FinalAt) // also when nothing new is taken any more
	again, err := p.Acts.FileObjection(t.Context(), bodied("a"), in)
	p.must(err)
	require.Equal(t, first.Receipt, again.Receipt)
	_, err = p.Acts.FileObjection(t.Context(), bodied("b"), in)
	p.refused(err, award.Closed, "objection_is_report")

	p.At(n.OpensAt.Add(time.Minute))
	keyed := bodied("c")
	keyed.Key = "mine"
	first, err = p.Acts.FileObjection(t.Context(), keyed, in)
	p.must(err)
	again, err = p.Acts.FileObjection(t.Context(), keyed, in)
	p.must(err)
	require.Equal(t, first.Receipt, again.Receipt)
	keyed.Body[0] = 'x'
	_, err = p.Acts.FileObjection(t.Context(), keyed, in)
	p.refused(err, award.Incomplete, "idempotency_body")
	require.Equal(t, 2, actstest.One[int](p.World, `SELECT count(*) FROM objection`))
}

func TestEveryChannelIsEnteredByAClerkUntilTheListIsFinal(t *testing.T) {
	p := newProvince(t)
	n, f := p.noticed(95)
	enter := func(by award.Officer, channel award.Channel, came time.Time) (acts.Objection, error) {
		done, err := p.Acts.EnterObjection(t.Context(), by, p.Key(), acts.EnterObjection{ObjectionInput: p.said(n, f[0]), Channel: channel, Came: came})
		return done.Result, err
	}
	last := n.ClosesAt.Add(-time.Second)
	p.At(justBefore(n.FinalAt))
	for _, channel := range []award.Channel{award.ChannelLetter, award.ChannelPhone, award.ChannelFax, award.ChannelEmail, award.ChannelVisit} {
		o, err := enter(p.handler(), channel, last)
		p.must(err)
		require.Equal(t, channel, o.Channel)
		require.Equal(t, channel == award.ChannelLetter, !o.Postmark.IsZero())
		_, err = enter(p.handler(), channel, n.ClosesAt)
		p.refused(err, award.Closed, "objection_outside")
	}
	require.True(t, p.suspended(f[0]), "what comes after the window suspends at once")
	_, err := enter(p.Clerk("11"), award.ChannelPhone, last)
	p.refused(err, award.NotFound, "not_found")
	_, err = enter(p.Admin, award.ChannelPhone, last) // the owner sees the notice and did not give it
	p.refused(err, award.Forbidden, "forbidden_enter-objection")
	p.At(n.FinalAt)
	_, err = enter(p.handler(), award.ChannelLetter, last)
	p.refused(err, award.Closed, "objection_is_report")
}

func TestUnitsWithOpenObjectionsWaitAndTheOthersGoOn(t *testing.T) {
	p := newProvince(t)
	p.handler()
	p.limit(award.Community, 2)
	n, f := p.noticed(95, 92, 90, 88)
	dismissed, inadmissible := p.raises(n, f[0]), p.raises(n, f[1])
	in := p.said(n, f[2])
	in.Objector = nil
	lead, err := p.Acts.FileObjection(t.Context(), bodied("lead"), in)
	p.must(err)
	require.Equal(t, award.KindLead, lead.Kind)

	p.At(justBefore(n.ClosesAt))
	suspended, err := p.Acts.SuspendObjected(t.Context(), p.round.ID, n.Number)
	p.must(err)
	require.Zero(t, suspended, "not before the window's end")
	p.ends(n)
	require.Equal(t, []string{"proposed", "proposed", "proposed", "noticed_locally"}, p.states(f...))
	suspended, err = p.Acts.SuspendObjected(t.Context(), p.round.ID, n.Number)
	p.must(err)
	require.Zero(t, suspended, "again changes nothing")

	// The two best hold the two places: the last may only take one with a reason.
	p.refused(p.recommend("", f[3]), award.Incomplete, "cut_leaves_suspended")
	p.must(p.recommend("异议未办结,评审会议定先行推荐", f[3]))
	p.must(p.recommend("", nil...))

	dismissed = p.investigated(dismissed)
	p.rules(dismissed, award.ObjectionDismissed)
	_, err = p.Acts.AssignObjection(t.Context(), p.head, p.Key(), inadmissible.ID, p.handler().ID)
	p.must(err)
	_, err = p.Acts.AdmitObjection(t.Context(), p.handler(), p.Key(), acts.AdmitObjection{Objection: inadmissible.ID, Ground: "所述与该单位无关"})
	p.must(err)
	require.Equal(t, []string{"noticed_locally", "noticed_locally", "proposed", "noticed_locally"}, p.states(f...))
	require.False(t, p.suspended(f[0]) || p.suspended(f[1]))
	p.must(p.recommend("", f[0], f[1]))

	lead = p.investigated(lead)
	answerless := p.ruling(lead, award.ObjectionUpheld)
	answerless.Answer = "" // nobody to answer
	_, err = p.Acts.RuleObjection(t.Context(), p.handler(), p.Key(), answerless)
	p.must(err)
	require.Equal(t, "removed", p.states(f[2])[0])
}

func TestAUnitGoesOnOnlyWhenNothingIsOpenAboutIt(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	one, two := p.raises(n, f[0]), p.raises(n, f[0])
	p.ends(n)
	p.rules(p.investigated(one), award.ObjectionDismissed)
	require.True(t, p.suspended(f[0]))
	require.Equal(t, "proposed", p.states(f[0])[0])
	p.rules(p.investigated(two), award.ObjectionDismissed) // the same handler: ruling is no part in deciding
	require.False(t, p.suspended(f[0]))
	require.Equal(t, "noticed_locally", p.states(f[0])[0])
}

func TestAnObjectionPartlyUpheldWaitsForItsCorrectedNotice(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95, 90)
	o := p.investigated(p.raises(n, f[0]))
	in := p.ruling(o, award.ObjectionPartlyUpheld)
	in.Correction = ""
	_, err := p.Acts.RuleObjection(t.Context(), p.handler(), p.Key(), in)
	p.refused(err, award.Invalid, "reason_required")
	p.rules(o, award.ObjectionPartlyUpheld)
	require.Equal(t, "名称应为单位甲社区", actstest.One[string](p.World, `SELECT correct FROM list_item WHERE application_id = $1`, f[0]))
	p.ends(n)
	require.Equal(t, []string{"proposed", "noticed_locally"}, p.states(f...))
	require.True(t, p.suspended(f[0]))

	// The corrected list, noticed again.
	list, err := p.adopt(items(f[0])...)
	p.must(err)
	require.Equal(t, "名称应为单位甲社区", list.Items[0].Correction)
	require.NotEqual(t, award.ListHash([]award.Listed{{Category: award.Community, Code: list.Items[0].Code, Name: list.Items[0].Name}}), [32]byte(list.SHA256))
	next, err := p.announce()
	p.must(err)
	require.Equal(t, n.ID, next.Corrects)
	shown, err := p.Acts.PublicNotice(t.Context(), next.ID)
	p.must(err)
	require.Contains(t, shown.OfficialText(), "更正：名称应为单位甲社区")
	require.Equal(t, award.ListHash(shown.Units), [32]byte(shown.ListSHA256), "anyone computes it from what is shown")
	p.At(justBefore(next.FinalAt))
	ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, next.Number)
	p.must(err)
	require.False(t, ended)
	require.True(t, p.suspended(f[0]))
	p.ends(next)
	require.False(t, p.suspended(f[0]))
	require.Equal(t, "noticed_locally", p.states(f[0])[0])
}

// The last second of the last notice: what is partly upheld then is left behind by
// the notice, and comes back by the next; what is dismissed goes on with the rest.
func TestARulingInTheLastSecondIsNoticedAgainOrGoesOn(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95, 90, 85)
	partly, dismissed := p.investigated(p.raises(n, f[0])), p.investigated(p.raises(n, f[1]))
	p.At(n.ClosesAt)
	_, err := p.Acts.SuspendObjected(t.Context(), p.round.ID, n.Number)
	p.must(err)
	p.At(justBefore(n.FinalAt))
	p.rules(partly, award.ObjectionPartlyUpheld)
	p.rules(dismissed, award.ObjectionDismissed)
	_, err = p.adopt(items(f[0])...)
	p.refused(err, award.Conflict, "list_under_notice")
	p.ends(n)
	require.Equal(t, []string{"proposed", "noticed_locally", "noticed_locally"}, p.states(f...))
	_, err = p.adopt(items(f[0], f[1])...)
	p.refused(err, award.Incomplete, "proposals_defective") // what was noticed stays so
	_, err = p.adopt(items(f[0])...)
	p.must(err)
	next, err := p.announce()
	p.must(err)
	p.ends(next)
	require.Equal(t, "noticed_locally", p.states(f[0])[0])
}

// A second objection while the corrected line is before the public holds the unit
// again; the correction itself is done.
func TestASecondObjectionToTheCorrectedLineHoldsItsUnitOnceMore(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	p.rules(p.investigated(p.raises(n, f[0])), award.ObjectionPartlyUpheld)
	p.ends(n)
	_, err := p.adopt(items(f[0])...)
	p.must(err)
	next, err := p.announce()
	p.must(err)
	p.At(justBefore(next.ClosesAt))
	second := p.raises(next, f[0])
	p.ends(next)
	require.True(t, p.suspended(f[0]))
	require.Equal(t, "proposed", p.states(f[0])[0])
	_, err = p.adopt(items(f[0])...)
	p.refused(err, award.Incomplete, "proposals_defective") // it waits for its ruling, and for no notice
	p.rules(p.investigated(second), award.ObjectionDismissed)
	require.False(t, p.suspended(f[0]))
	require.Equal(t, "noticed_locally", p.states(f[0])[0])
}

// An objection to a withdrawn notice that is ruled on while the next one runs: the
// line that the public reads does not say so, so it is owed still.
func TestACorrectionThatAListDoesNotCarryIsNotSettledByItsNotice(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95, 90)
	o := p.investigated(p.raises(n, f[0]))
	_, err := p.withdrawNotice(n, 1)
	p.must(err)
	list, err := p.adopt(items(f...)...)
	p.must(err)
	require.Empty(t, list.Items[0].Correction)
	next, err := p.announce()
	p.must(err)
	p.rules(o, award.ObjectionPartlyUpheld)
	p.ends(next)
	require.True(t, p.suspended(f[0]))
	require.Equal(t, []string{"proposed", "noticed_locally"}, p.states(f...))

	// Adopted before the ruling, a list is out of date.
	list, err = p.adopt(items(f[0])...)
	p.must(err)
	require.NotEmpty(t, list.Items[0].Correction)
	third, err := p.announce()
	p.must(err)
	require.Equal(t, next.ID, third.Corrects)
	p.ends(third)
	require.Equal(t, "noticed_locally", p.states(f[0])[0])
}

// At the nation the others go on to the decision; the corrected line is noticed
// while the round is open or after it was closed, and a supplementary decision
// names its unit.
func TestTheNationsCorrectedLineIsNoticedAgainAlsoAfterTheDecision(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.Community, 95, 90, 85)
	_, err := p.fix()
	p.must(err)
	n, err := p.announceNationally()
	p.must(err)
	early, late := p.raises(n, f[0]), p.raises(n, f[1])
	free := p.Clerk("0")
	partly := func(o acts.Objection) {
		_, err := p.Acts.AssignObjection(t.Context(), p.Admin, p.Key(), o.ID, free.ID)
		p.must(err)
		_, err = p.Acts.AdmitObjection(t.Context(), free, p.Key(), acts.AdmitObjection{Objection: o.ID, Admitted: true})
		p.must(err)
		_, err = p.Acts.InvestigateObjection(t.Context(), free, p.Key(), o.ID)
		p.must(err)
		_, err = p.Acts.RuleObjection(t.Context(), free, p.Key(), p.ruling(o, award.ObjectionPartlyUpheld))
		p.must(err)
	}
	partly(early)
	p.ends(n)
	again, err := p.announceNationally()
	p.must(err)
	require.Equal(t, n.ID, again.Corrects)
	shown, err := p.Acts.PublicNotice(t.Context(), again.ID)
	p.must(err)
	require.Len(t, shown.Units, 1, "who waits for its ruling is not on it")
	require.NotEmpty(t, shown.Units[0].Correction)

	result, err := p.decide(p.Now()) // the others do not wait for it
	p.must(err)
	require.Equal(t, 1, result.Named[award.Community])
	p.must(p.Acts.CloseRound(t.Context(), p.round.ID))
	view, err := p.Acts.LookNotice(t.Context(), p.round.ID, again.Number)
	p.must(err)
	require.Equal(t, award.RoundOpen, view.State, "its workflow runs on")
	live, err := p.Acts.LiveWorkflows(t.Context())
	p.must(err)
	require.Contains(t, live, award.NoticeWorkflow(p.round.ID, again.Number))
	_, err = p.announceNationally()
	p.refused(err, award.Conflict, "notice_exists")
	p.ends(again)
	require.Equal(t, []string{"noticed_nationally", "candidate", "named"}, p.states(f...))

	_, err = p.announceNationally()
	p.refused(err, award.Conflict, "notice_exists") // the other is not ruled on
	partly(late)
	third, err := p.announceNationally()
	p.must(err)
	require.Equal(t, again.ID, third.Corrects)
	require.Contains(t, p.Procedure.Told(award.SignalWindowChanged), award.NoticeWorkflow(p.round.ID, third.Number))
	p.ends(third)
	require.Equal(t, []string{"noticed_nationally", "noticed_nationally", "named"}, p.states(f...))
	done, err := p.Acts.Supplement(t.Context(), p.Admin, p.Key(), acts.SupplementInput{
		Round: p.round.ID, Number: "民决〔2027〕9号", Date: award.DateOf(p.Now()), Ground: "更正后重新公示期满",
	})
	p.must(err)
	require.Equal(t, 2, done.Result.Named[award.Community])
	view, err = p.Acts.LookNotice(t.Context(), p.round.ID, third.Number)
	p.must(err)
	require.True(t, view.Over())
}

// A candidate that a withdrawn notice has left behind, suspended, is noticed when
// its objection is dismissed: the second list was made without it.
func TestACandidateLeftBehindByAWithdrawnNoticeIsNoticedLater(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.Community, 95, 90)
	_, err := p.fix()
	p.must(err)
	n, err := p.announceNationally()
	p.must(err)
	o := p.raises(n, f[0])
	p.At(n.ClosesAt)
	_, err = p.Acts.SuspendObjected(t.Context(), p.round.ID, n.Number)
	p.must(err)
	_, err = p.Acts.WithdrawNotice(t.Context(), p.Admin, p.Key(), acts.OnNotice{
		Round: p.round.ID, Office: award.CodeNation, Number: n.Number, Revision: 1, Reason: "名单有误",
	})
	p.must(err)
	second, err := p.announceNationally()
	p.must(err)
	shown, err := p.Acts.PublicNotice(t.Context(), second.ID)
	p.must(err)
	require.Len(t, shown.Units, 1)
	free := p.Clerk("0")
	_, err = p.Acts.AssignObjection(t.Context(), p.Admin, p.Key(), o.ID, free.ID)
	p.must(err)
	_, err = p.Acts.AdmitObjection(t.Context(), free, p.Key(), acts.AdmitObjection{Objection: o.ID, Ground: "无具体事实"})
	p.must(err)
	p.ends(second)
	require.Equal(t, []string{"candidate", "noticed_nationally"}, p.states(f...))
	third, err := p.announceNationally()
	p.must(err)
	p.ends(third)
	require.Equal(t, []string{"noticed_nationally", "noticed_nationally"}, p.states(f...))
}

func TestADismissalAfterTheDecisionLeavesTheUnitToASupplementaryOne(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.Community, 95, 90, 85)
	_, err := p.fix()
	p.must(err)
	n, err := p.announceNationally()
	p.must(err)
	dismissed, upheld := p.raises(n, f[0]), p.raises(n, f[1])
	require.Equal(t, "0", dismissed.OfficeCode)
	p.ends(n)
	result, err := p.decide(p.Now())
	p.must(err)
	require.Equal(t, 1, result.Named[award.Community])
	require.Equal(t, []string{"candidate", "candidate", "named"}, p.states(f...))
	p.must(p.Acts.CloseRound(t.Context(), p.round.ID))

	free := p.Clerk("0")
	for o, outcome := range map[*acts.Objection]award.ObjectionState{&dismissed: award.ObjectionDismissed, &upheld: award.ObjectionUpheld} {
		_, err = p.Acts.AssignObjection(t.Context(), p.Admin, p.Key(), o.ID, free.ID)
		p.must(err)
		_, err = p.Acts.AdmitObjection(t.Context(), free, p.Key(), acts.AdmitObjection{Objection: o.ID, Admitted: true})
		p.must(err)
		_, err = p.Acts.InvestigateObjection(t.Context(), free, p.Key(), o.ID)
		p.must(err)
		_, err = p.Acts.RuleObjection(t.Context(), free, p.Key(), p.ruling(*o, outcome))
		p.must(err)
	}
	require.Equal(t, []string{"noticed_nationally", "removed", "named"}, p.states(f...))
	require.False(t, p.suspended(f[0]))
	require.Empty(t, p.Procedure.Told(award.ActRuleObjection), "nothing waits for it any more")
}

func TestWithNobodyFreeACaseGoesOneLevelUpAndAtTheRootToTheSupervisor(t *testing.T) {
	p := newProvince(t)
	n, f := p.noticed(95) // the head adopted and announced it, and is alone in 41
	free := p.Clerk("0")
	o := p.raises(n, f[0])
	require.Equal(t, "0", o.OfficeCode)
	_, err := p.Acts.AssignObjection(t.Context(), p.head, p.Key(), o.ID, free.ID)
	p.refused(err, award.NotFound, "not_found")
	_, err = p.Acts.AssignObjection(t.Context(), p.Admin, p.Key(), o.ID, free.ID)
	p.must(err)

	p.handler() // from now on somebody in 41 is free
	o = p.raises(n, f[0])
	require.Equal(t, "41", o.OfficeCode)
	_, err = p.Acts.RaiseObjection(t.Context(), p.head, p.Key(), o.ID, "无合适人员")
	p.refused(err, award.Conflict, "objection_somebody_free")
	p.Exec(`UPDATE officer SET disabled_at = shifan_now() WHERE id = $1`, p.handler().ID)
	raised, err := p.Acts.RaiseObjection(t.Context(), p.head, p.Key(), o.ID, "本机构人员均已参与")
	p.must(err)
	require.Equal(t, "0", raised.Result.OfficeCode)

	p.Exec(`UPDATE officer SET disabled_at = shifan_now() WHERE id IN ($1, $2)`, free.ID, p.Admin.ID)
	_, err = p.Acts.RaiseObjection(t.Context(), p.Admin, p.Key(), o.ID, "均已参与")
	p.refused(err, award.Conflict, "objection_no_level_above")
	supervisor := p.Officer("0", award.RoleSupervisor)
	_, err = p.Acts.AssignObjection(t.Context(), supervisor, p.Key(), o.ID, supervisor.ID)
	p.must(err)
}

func TestAHandlerWhoTookPartSinceRulesNoMore(t *testing.T) {
	p := newProvince(t)
	n, f := p.noticed(95)
	p.handler()
	o := p.investigated(p.raises(n, f[0]))
	p.Exec(`INSERT INTO endorsement (application_id, revision, office_id, opinion, officer_id) VALUES ($1, 1, $2, 'agree', $3)`, f[0], p.id, p.handler().ID)
	_, err := p.Acts.RuleObjection(t.Context(), p.handler(), p.Key(), p.ruling(o, award.ObjectionDismissed))
	p.refused(err, award.Forbidden, "objection_involved")
}

func TestOfTwoRulingsAtOnceOneStands(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	o := p.investigated(p.raises(n, f[0]))
	p.At(n.ClosesAt)
	_, err := p.Acts.SuspendObjected(t.Context(), p.round.ID, n.Number)
	p.must(err)
	p.At(n.FinalAt)
	errs := make(chan error)
	for _, outcome := range []award.ObjectionState{award.ObjectionUpheld, award.ObjectionDismissed} {
		key := p.Key()
		go func() {
			_, err := p.Acts.RuleObjection(t.Context(), p.handler(), key, p.ruling(o, outcome))
			errs <- err
		}()
	}
	go func() { // and the notice ends beside them
		_, err := p.Acts.EndNotice(t.Context(), p.round.ID, n.Number)
		errs <- err
	}()
	won := 0
	for range 3 {
		if err := <-errs; err == nil {
			won++
		} else {
			p.refused(err, award.Conflict, "objection_move")
		}
	}
	require.Equal(t, 2, won)
	require.Contains(t, []string{"removed", "noticed_locally"}, p.states(f[0])[0])
}

func TestALimitIsExtendedOnceBeforeItHasPassed(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	o := p.investigated(p.raises(n, f[0]))
	p.At(o.RuleDue)
	_, err := p.Acts.ExtendObjection(t.Context(), p.handler(), p.Key(), o.ID, "须实地核查")
	p.refused(err, award.Closed, "objection_extension_late")
	p.At(justBefore(o.RuleDue))
	done, err := p.Acts.ExtendObjection(t.Context(), p.handler(), p.Key(), o.ID, "须实地核查")
	p.must(err)
	require.True(t, done.Result.RuleDue.Equal(o.RuleDue.Add(30*actstest.Day)), "%s, was %s", done.Result.RuleDue, o.RuleDue)
	_, err = p.Acts.ExtendObjection(t.Context(), p.handler(), p.Key(), o.ID, "再延")
	p.refused(err, award.Conflict, "objection_extended")
}

func TestAnObjectionTakenBackGoesOnAsALead(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	o := p.investigated(p.raises(n, f[0]))
	done, err := p.Acts.WithdrawObjection(t.Context(), p.handler(), p.Key(), o.ID, "来函撤回")
	p.must(err)
	require.Equal(t, award.KindLead, done.Result.Kind)
	_, err = p.Acts.WithdrawObjection(t.Context(), p.handler(), p.Key(), o.ID, "再撤")
	p.refused(err, award.Conflict, "objection_withdrawn")
	p.ends(n)
	require.True(t, p.suspended(f[0]), "what was said is still to be checked")
}

func TestASuspendedRoundTakesObjectionsAndAnEndedOneDoesNot(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	_, err := p.Acts.SuspendRound(t.Context(), p.Admin, p.Key(), p.round.ID, "暂停")
	p.must(err)
	o := p.raises(n, f[0])
	p.rules(p.investigated(o), award.ObjectionUpheld)
	require.Equal(t, "removed", p.states(f[0])[0])
	_, err = p.Acts.FileObjection(t.Context(), bodied("gone"), p.said(n, f[0]))
	p.refused(err, award.NotFound, "objection_unit_unlisted")
	_, err = p.Acts.CancelRound(t.Context(), p.Admin, p.Key(), p.round.ID, "取消")
	p.must(err)
	_, err = p.Acts.FileObjection(t.Context(), bodied("late"), p.said(n, f[0]))
	p.refused(err, award.Closed, "round_over")
}

func TestAUnitsObjectionNeedsItsSealAndFilesAreFewAndChecked(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	in := p.said(n, f[0])
	in.Objector.Kind = award.ObjectorUnit
	o, err := p.Acts.FileObjection(t.Context(), bodied("unit"), in)
	p.must(err)
	_, err = p.Acts.AssignObjection(t.Context(), p.head, p.Key(), o.ID, p.handler().ID)
	p.must(err)
	admit := acts.AdmitObjection{Objection: o.ID, Admitted: true}
	_, err = p.Acts.AdmitObjection(t.Context(), p.handler(), p.Key(), admit)
	p.refused(err, award.Incomplete, "objection_seal_missing")

	file := func(says string) acts.UploadEvidence {
		return acts.UploadEvidence{Name: "异议书.pdf", Type: award.FilePDF, Length: -1, Content: strings.NewReader(actstest.PDF(says))}
	}
	_, err = p.Acts.AttachToObjection(t.Context(), "0000-0000-0000-0000", false, file("x"))
	p.refused(err, award.NotFound, "receipt_unknown")
	_, err = p.Acts.AttachToObjection(t.Context(), o.Receipt, false, acts.UploadEvidence{
		Name: "a.pdf", Type: award.FilePDF, Length: -1, Content: strings.NewReader("MZ not a PDF"),
	})
	p.refused(err, award.Invalid, "evidence_type_unknown")
	seal, err := p.Acts.AttachToObjection(t.Context(), o.Receipt, true, file("seal"))
	p.must(err)
	_, err = p.Acts.AttachToObjection(t.Context(), o.Receipt, true, file("seal"))
	p.must(err) // the same again
	for i := range award.MostAttachments - 1 {
		_, err = p.Acts.AttachToObjection(t.Context(), o.Receipt, false, file(fmt.Sprint(i)))
		p.must(err)
	}
	_, err = p.Acts.AttachToObjection(t.Context(), o.Receipt, false, file("one more"))
	p.refused(err, award.OverLimit, "attachments_limit")

	_, err = p.Acts.TidyEvidence(t.Context())
	p.must(err)
	for by, may := range map[*award.Officer]bool{ptr(p.handler()): true, ptr(p.Officer("41", award.RoleSupervisor)): true, &p.head: false, &p.Admin: false} {
		_, content, err := p.Acts.OpenAttachment(t.Context(), *by, o.ID, seal.SHA256)
		if !may {
			p.refused(err, award.Forbidden, "forbidden_read-objector")
			continue
		}
		p.must(err)
		p.must(content.Close())
		_, _, err = p.Acts.OpenEvidence(t.Context(), *by, seal.SHA256)
		p.refused(err, award.NotFound, "evidence_unknown")
	}
	require.Equal(t, 2, actstest.One[int](p.World, `SELECT count(*) FROM audit WHERE name = 'read-objector'`))
	_, err = p.Acts.AdmitObjection(t.Context(), p.handler(), p.Key(), admit)
	p.must(err)
	_, err = p.Acts.AttachToObjection(t.Context(), o.Receipt, false, file("too late"))
	p.refused(err, award.Conflict, "objection_move")
}

func ptr[T any](v T) *T { return &v }

// TestWhoObjectedIsInOneTableAndReadByTwo looks through every text of every
// table but one after a whole life of an objection, and tries every officer.
func TestWhoObjectedIsInOneTableAndReadByTwo(t *testing.T) {
	p := newProvince(t)
	supervisor := p.Officer("41", award.RoleSupervisor)
	p.handler()
	n, f := p.noticed(95)
	o := p.raises(n, f[0])
	_, err := p.Acts.EnterObjection(t.Context(), p.handler(), p.Key(), acts.EnterObjection{
		ObjectionInput: p.said(n, f[0]), Channel: award.ChannelPhone, Came: p.Now(),
	})
	p.must(err)
	o = p.investigated(o)

	officers := []award.Officer{
		p.handler(), supervisor, p.head, p.Officer("41", award.RoleAdmin), p.Officer("41", award.RoleAuditor), p.Admin, p.Clerk("0"),
		p.Officer("0", award.RoleSupervisor), p.Officer("11", award.RoleSupervisor), p.Clerk("4101"), p.Clerk("410102"), p.unit(f[0]),
	}
	for _, by := range officers {
		_, who, err := p.Acts.ReadObjector(t.Context(), by, p.Key(), o.ID)
		if may := by.ID == p.handler().ID || by.ID == supervisor.ID; !may {
			require.Contains(t, []award.Code{award.Forbidden, award.NotFound}, award.CodeOf(err))
			require.Empty(t, who)
		} else {
			p.must(err)
			require.Equal(t, objectorName, who.Name)
		}
		shown, err := p.Acts.Objection(t.Context(), by, o.ID)
		if err == nil {
			require.Equal(t, by.ID == p.handler().ID || by.ID == supervisor.ID, shown.Facts != "", "%v", by.Roles)
			require.Equal(t, shown.Facts != "", shown.Receipt != "")
		}
		all, err := p.Acts.Objections(t.Context(), by, acts.ObjectionQuery{Limit: 10})
		p.must(err)
		for _, one := range all {
			require.Empty(t, one.Facts+one.Receipt)
		}
		require.Equal(t, by.OfficeCode == "41" || by.OfficeCode == "0", len(all) > 0, "%s", by.OfficeCode)
	}
	require.Equal(t, 2, actstest.One[int](p.World, `SELECT count(*) FROM audit WHERE name = 'read-objector'`), "each reading is on record, no refusal")

	key := p.Key()
	for range 2 { // repeated: answered anew, not from the outcome
		_, who, err := p.Acts.ReadObjector(t.Context(), p.handler(), key, o.ID)
		p.must(err)
		require.Equal(t, objectorContact, who.Contact)
	}
	p.rules(o, award.ObjectionUpheld)
	p.ends(n)

	for _, table := range strings.Fields(actstest.One[string](p.World, `SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'`)) {
		if table == "objector" {
			require.Equal(t, 2, actstest.One[int](p.World, `SELECT count(*) FROM objector`))
			continue
		}
		for _, word := range []string{objectorName, objectorContact} {
			require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%' || $1 || '%'`, word), "%s names who objected", table)
		}
		if table != "objection" {
			require.Zero(t, actstest.One[int](p.World, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%' || $1 || '%'`, objectionFacts), "%s has the facts", table)
		}
	}
	for _, s := range p.Procedure.Heard() {
		require.NotContains(t, fmt.Sprintf("%+v", s), objectorName)
	}
}

func TestObjectionsAndCommissionsAreInTheDigestUntilTheyAreDone(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	o := p.raises(n, f[0])
	digest := func(office string) string {
		p.Exec(`DELETE FROM message WHERE kind = 'digest'`)
		_, _, err := p.Acts.DigestPage(t.Context(), p.round.ID, 0, 100)
		p.must(err)
		return actstest.One[string](p.World, `SELECT coalesce(string_agg(body, E'\n'), '') FROM message WHERE kind = 'digest' AND office_id = $1`, p.Unit(office))
	}
	require.Contains(t, digest("41"), "1 件异议待办理")
	p.At(o.AdmitDue)
	require.Contains(t, digest("41"), "1 件异议已逾期")
	require.Contains(t, digest("0"), "所辖机构有 1 件异议逾期未办")
	p.At(n.OpensAt.Add(time.Minute))
	o = p.investigated(o)
	_, err := p.Acts.Commission(t.Context(), p.handler(), p.Key(), acts.CommissionInput{
		Objection: o.ID, Office: "410102", Text: "请核查开放记录。", Due: p.Now().Add(actstest.Day),
	})
	p.must(err)
	require.Contains(t, digest("410102"), "1 项交办核查待报告")
	p.rules(o, award.ObjectionDismissed)
	require.NotContains(t, digest("410102"), "交办核查", "nobody is chased for what was ruled on")
	require.NotContains(t, digest("41"), "异议")
	require.True(t, slices.Contains(p.states(f[0]), "proposed"))
}

// What was to be checked for a ruling ends with the ruling (D-115): the office is
// told, and a report after it is refused, whichever of two at once comes first.
func TestARulingEndsWhatOfficesHaveStillToReport(t *testing.T) {
	p := newProvince(t)
	p.handler()
	n, f := p.noticed(95)
	o := p.investigated(p.raises(n, f[0]))
	ask := func(office string) int64 {
		asked, err := p.Acts.Commission(t.Context(), p.handler(), p.Key(), acts.CommissionInput{
			Objection: o.ID, Office: office, Text: "请核查开放记录。", Due: p.Now().Add(actstest.Day),
		})
		p.must(err)
		return asked.Result.ID
	}
	report := func(office string, id int64) error {
		_, err := p.Acts.ReportCommission(context.Background(), p.Clerk(office), p.Key(), id, "记录齐全。")
		return err
	}
	done, open, racing := ask("410103"), ask("410102"), ask("410102001")
	p.must(report("410103", done))
	rule := p.ruling(o, award.ObjectionDismissed)
	p.Clerk("410102001") // made before the two run
	key := p.Key()
	var raced, ruled error
	var group sync.WaitGroup
	group.Go(func() { raced = report("410102001", racing) })
	group.Go(func() { _, ruled = p.Acts.RuleObjection(context.Background(), p.handler(), key, rule) })
	group.Wait()
	p.must(ruled)
	p.refused(report("410102", open), award.Conflict, "commission_ended")
	told := func(office string) int {
		return actstest.One[int](p.World, `SELECT count(*) FROM message WHERE office_id = $1 AND subject LIKE '〔无需办理〕交办核查终止%'`, p.Unit(office))
	}
	require.Equal(t, []int{0, 1}, []int{told("410103"), told("410102")})
	if raced != nil {
		p.refused(raced, award.Conflict, "commission_ended")
	}
	require.Equal(t, boolToInt(raced != nil), told("410102001"), "told that it need not, or in time")
	mine, err := p.Acts.Commissions(t.Context(), p.Clerk("410102"), 0, 10)
	p.must(err)
	require.False(t, mine[0].Open())
	require.False(t, mine[0].EndedAt.IsZero())
	theirs, err := p.Acts.Commissions(t.Context(), p.Clerk("410103"), 0, 10)
	p.must(err)
	require.True(t, theirs[0].EndedAt.IsZero(), "it was reported on in time")
}
