package workflows_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"shifan/activities"
	"shifan/internal/award"
	"shifan/workflows"
)

// world is a record in memory for one round, with the clock of the test
// environment: what the procedure looks at and changes. Acts change it as
// internal/acts would; whether they also signal is up to each test.
type world struct {
	t   *testing.T
	env *testsuite.TestWorkflowEnvironment

	mu         sync.Mutex
	view       award.RoundView
	selfCheck  time.Time
	assessment time.Time
	offices    map[string]*award.OfficeView
	notices    map[int]*award.NoticeView
	batches    map[string]award.BatchRun
	pages      int // pages of every batch
	titles     []*heldTitle
	drafts     map[string]*award.DraftView
	turn       time.Time // when the next round is drafted; zero: never
	done       []string  // steps in order, each with its instant
}

const theRound = "2008-1"

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, award.Beijing)
	if err != nil {
		panic(err)
	}
	return t
}

// newWorld is a round of the first round's dates, opened on 6 October 2008.
func newWorld(t *testing.T, codes ...string) *world {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	w := &world{
		t: t, env: suite.NewTestWorkflowEnvironment(),
		selfCheck:  award.EndOfMonth(2008, time.December).Closes(),
		assessment: award.EndOfMonth(2009, time.June).Closes(),
		offices:    make(map[string]*award.OfficeView),
		notices:    make(map[int]*award.NoticeView),
		batches:    make(map[string]award.BatchRun),
		drafts:     make(map[string]*award.DraftView),
		pages:      3,
	}
	w.view = award.RoundView{State: award.RoundOpening, Stage: award.StageSelfCheck}
	for _, code := range codes {
		w.offices[code] = &award.OfficeView{
			Code:              code,
			SelfCheckClosesAt: w.selfCheck, ApplyClosesAt: w.selfCheck,
			ArrivalAt:  at("2009-03-02 00:00"),
			StageState: award.StageOpen, StageDue: award.EndOfMonth(2009, time.April).Closes(),
		}
	}
	w.env.SetStartTime(at("2008-10-06 09:00"))
	w.env.SetTestTimeout(time.Minute)
	w.env.RegisterActivity(activities.New(w, w, w, w))
	workflows.Register(w.env)
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: award.RoundWorkflow(theRound), TaskQueue: workflows.QueueProcedure})
	return w
}

// on does something at a moment of the round.
func (w *world) on(moment string, what func()) {
	w.env.RegisterDelayedCallback(what, at(moment).Sub(at("2008-10-06 09:00")))
}

// change changes the record under its lock.
func (w *world) change(what func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	what()
}

// signal tells a workflow that an act was done.
func (w *world) signal(id string, name award.Act) {
	if id == award.RoundWorkflow(theRound) {
		w.env.SignalWorkflow(string(name), award.Told{Act: 1})
		return
	}
	if err := w.env.SignalWorkflowByID(id, string(name), award.Told{Act: 1}); err != nil {
		w.t.Logf("signal %s: %v", id, err) // one that has ended: harmless by design
	}
}

// accept is an office's whole chapter: its package sent and accepted.
func (w *world) accept(code string) {
	w.change(func() {
		w.offices[code].StageState, w.offices[code].Package, w.offices[code].Settled = award.StageComplete, award.PackageAccepted, true
	})
	w.signal(award.OfficeWorkflow(theRound, code), award.ActAcceptPackage)
}

// closeByName closes an office by name.
func (w *world) closeByName(code string) {
	w.change(func() {
		w.offices[code].StageState, w.offices[code].Settled = award.StageClosed, true
	})
	w.signal(award.OfficeWorkflow(theRound, code), award.ActCloseOffice)
}

// mark completes the nation's marks.
func (w *world) mark() {
	w.change(func() { w.view.MarksComplete = true })
	w.signal(award.RoundWorkflow(theRound), award.ActCompleteStage)
}

// fix fixes the candidates and announces the national notice.
func (w *world) fix(opens, closes, final string) {
	w.change(func() {
		w.view.CandidatesFixed = true
		w.view.Notice = 1
		w.notices[1] = &award.NoticeView{
			Notice: award.NoticeAnnounced, Scope: award.National, OpensAt: at(opens), ClosesAt: at(closes), FinalAt: at(final),
		}
	})
	w.signal(award.RoundWorkflow(theRound), award.ActFixCandidates)
	w.signal(award.RoundWorkflow(theRound), award.ActAnnounceNotice)
}

// decide is the Ministry's decision.
func (w *world) decide() {
	w.change(func() { w.view.Decided = true })
	w.signal(award.RoundWorkflow(theRound), award.ActDecide)
}

// nation does everything after the offices on usual dates.
func (w *world) nation() {
	w.on("2009-05-20 10:00", w.mark)
	w.on("2009-06-01 10:00", func() { w.fix("2009-06-08 00:00", "2009-06-13 00:00", "2009-06-20 00:00") })
	w.on("2009-07-10 10:00", w.decide)
}

// run runs the round to its end.
func (w *world) run() {
	w.env.ExecuteWorkflow(workflows.Round, theRound)
	require.True(w.t, w.env.IsWorkflowCompleted(), "the round has not ended; steps: %v", w.done)
}

// step notes a step with its instant.
func (w *world) step(format string, args ...any) {
	w.done = append(w.done, w.env.Now().In(award.Beijing).Format("2006-01-02 15:04 ")+fmt.Sprintf(format, args...))
}

// times returns how often a step was done.
func (w *world) times(step string) int {
	n := 0
	for _, line := range w.done {
		if line[len("2006-01-02 15:04 "):] == step {
			n++
		}
	}
	return n
}

// when returns the instant of a step done once.
func (w *world) when(step string) string {
	require.Equal(w.t, 1, w.times(step), "step %q in %v", step, w.done)
	for _, line := range w.done {
		if line[len("2006-01-02 15:04 "):] == step {
			return line[:len("2006-01-02 15:04")]
		}
	}
	return ""
}

// earliest is the next date that lies ahead.
func (w *world) earliest(dates ...time.Time) award.Wake {
	var first award.Wake
	for _, d := range dates {
		if d.After(w.env.Now()) && (first.At.IsZero() || d.Before(first.At)) {
			first = award.Wake{At: d, Name: "日期"}
		}
	}
	return first
}

func (w *world) LookRound(context.Context, string) (award.RoundView, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.view
	v.Now = w.env.Now()
	v.Offices = len(w.offices)
	v.SelfCheckOver = !v.Now.Before(w.selfCheck)
	v.StageDue = w.assessment
	v.OverdueUnmarked = !v.Overdue && !v.Now.Before(w.assessment) && !v.MarksComplete
	for _, code := range w.codes() {
		if w.offices[code].Settled {
			v.OfficesDone++
		}
	}
	if n, there := w.notices[v.Notice]; there {
		v.NoticeEnded = n.Notice == award.NoticeEnded
	}
	v.Next = w.earliest(w.selfCheck, w.assessment)
	return v, nil
}

func (w *world) LookOffice(_ context.Context, _, code string) (award.OfficeView, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := *w.offices[code]
	v.Now, v.State = w.env.Now(), w.view.State
	v.OverdueUnmarked = !v.Overdue && v.StageState == award.StageOpen && !v.Now.Before(v.StageDue)
	v.Settled = v.Settled || w.view.ListFrozen
	v.Next = w.earliest(v.SelfCheckClosesAt, v.ApplyClosesAt, v.ArrivalAt, v.StageDue)
	return v, nil
}

func (w *world) LookNotice(_ context.Context, _ string, number int) (award.NoticeView, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := *w.notices[number]
	v.Now, v.State = w.env.Now(), w.view.State
	v.Next = w.earliest(v.ClosesAt, v.FinalAt)
	return v, nil
}

func (w *world) OfficeCodes(context.Context, string) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.codes(), nil
}

func (w *world) codes() []string {
	var codes []string
	for code := range w.offices {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

func (w *world) EnterStage(_ context.Context, _ string, stage award.Stage) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	order := award.Stages()
	if slices.Index(order, stage) > slices.Index(order, w.view.Stage) { // never back
		w.view.Stage = stage
		w.step("enter %s", stage)
	}
	return nil
}

func (w *world) CloseIntake(_ context.Context, _, office, kind string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := w.offices[office]
	closes, closed := o.SelfCheckClosesAt, &o.SelfCheckClosed
	if kind == string(award.IntakeApply) {
		closes, closed = o.ApplyClosesAt, &o.ApplyClosed
	}
	if w.env.Now().Before(closes) {
		return false, nil
	}
	if !*closed {
		*closed = true
		w.step("close %s %s", office, kind)
	}
	return true, nil
}

func (w *world) LapseReturned(_ context.Context, _, office string) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.offices[office].ReturnsDue
	w.offices[office].ReturnsDue = 0
	return n, nil
}

func (w *world) MarkOverdue(_ context.Context, _, office string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	overdue := &w.view.Overdue
	if office != "" {
		overdue = &w.offices[office].Overdue
	}
	if !*overdue {
		*overdue = true
		w.step("overdue %s", office)
	}
	return nil
}

func (w *world) FreezeList(context.Context, string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.offices {
		if !o.Settled {
			return false, nil
		}
	}
	if !w.view.ListFrozen {
		w.view.ListFrozen = true
		w.step("freeze list")
	}
	return true, nil
}

func (w *world) SuspendObjected(_ context.Context, _ string, number int) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.notices[number]
	if n.Notice != award.NoticeAnnounced || w.env.Now().Before(n.ClosesAt) || n.Objections == 0 {
		return 0, nil
	}
	w.step("suspend %d objected to in notice %d", n.Objections, number)
	return n.Objections, nil
}

func (w *world) EndNotice(_ context.Context, _ string, number int) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.notices[number]
	if w.env.Now().Before(n.FinalAt) || w.view.State != award.RoundOpen {
		return false, nil
	}
	if n.Notice == award.NoticeAnnounced {
		n.Notice = award.NoticeEnded
		w.step("end notice %d", number)
	}
	for _, o := range w.offices {
		o.Notices = slices.DeleteFunc(o.Notices, func(m int) bool { return m == number })
	}
	return true, nil
}

func (w *world) CloseRound(context.Context, string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.view.State == award.RoundOpen {
		w.view.State = award.RoundClosed
		w.step("close round")
	}
	return nil
}

func batchKey(office string, job award.Job) string { return office + "/" + string(job) }

func (w *world) BeginBatch(_ context.Context, _, office string, job award.Job) (award.BatchRun, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	run, there := w.batches[batchKey(office, job)]
	if !there {
		run.Number = 1
		w.batches[batchKey(office, job)] = run
	}
	return run, nil
}

func (w *world) NextPages(_ context.Context, after award.Page, count int) ([]award.Page, error) {
	var pages []award.Page
	for k := int(after.From) + 1; k <= w.pages && len(pages) < count; k++ {
		page := after
		page.From, page.To = int64(k-1), int64(k)
		pages = append(pages, page)
	}
	return pages, nil
}

func (w *world) DoPage(_ context.Context, page award.Page) (award.PageResult, error) {
	return award.PageResult{Done: 500}, nil
}

func (w *world) EndBatch(_ context.Context, run award.Page, result award.PageResult) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := batchKey(run.Office, run.Job)
	if w.batches[key].Finished {
		return nil
	}
	w.batches[key] = award.BatchRun{Number: run.Number, Finished: true}
	w.step("%s %s %d", run.Job, run.Office, result.Done)
	switch run.Job {
	case award.JobFreeze:
		w.view.State = award.RoundOpen
	case award.JobLapse:
		w.offices[run.Office].DraftsLapsed = true
	case award.JobPassUp:
		w.offices[run.Office].PassedUp = true
	case award.JobScore:
		w.view.Scored = true
	}
	return nil
}

func (w *world) WorkingDay(context.Context, string) (bool, error) {
	return award.PublishedCalendar().Working(w.env.Now()), nil
}

func (w *world) DigestPage(_ context.Context, _ string, after int64, _ int) (int64, int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.step("digest after %d", after)
	if after == 0 {
		w.remindOfTitles()
	}
	if after == 2 {
		return 0, 10, nil
	}
	return after + 1, 10, nil
}

func (w *world) DeliverPage(context.Context, int) (int, error) { return 0, nil }

// draftID is the one round that the world's series can come to.
const draftID = "2010-1"

func (w *world) DraftNext(context.Context, int) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d, there := w.drafts[draftID]
	switch {
	case there && d.State == award.RoundDraft:
		return draftID, nil
	case there || w.turn.IsZero() || w.env.Now().Before(w.turn):
		return "", nil
	}
	w.drafts[draftID] = &award.DraftView{State: award.RoundDraft, Follows: theRound, OpenBy: at("2010-10-07 00:00")}
	w.step("draft %s", draftID)
	return draftID, nil
}

func (w *world) LookDraft(_ context.Context, round string) (award.DraftView, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := *w.drafts[round]
	v.Now = w.env.Now()
	number, next := award.DraftReminder(w.turn, v.Now)
	v.Next = award.Wake{At: next, Name: "再次提醒"}
	if w.times(fmt.Sprintf("remind of %s, %d", round, number)) == 0 {
		v.Reminder = number
	}
	return v, nil
}

func (w *world) RemindDraft(_ context.Context, round string, number int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.step("remind of %s, %d", round, number)
	return nil
}
