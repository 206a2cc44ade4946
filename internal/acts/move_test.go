package acts_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/postgres"
)

// TestEveryActOnEveryStateMovesByTheTableOrNotAtAll tries every act that moves
// files on a file in every state. Either nothing of the file changes and, where
// the act names the file, it is refused with its reason and leaves nothing on
// record; or the file makes a move of the table, with exactly one row of
// history and one of audit, and when it has ended its unit is told. At the end
// every move of the table must have been seen: a move that is added comes with
// its case here.
func TestEveryActOnEveryStateMovesByTheTableOrNotAtAll(t *testing.T) {
	c := open(t)
	seen := map[award.FileMove]bool{}
	tried := map[award.Act]bool{}
	for _, s := range c.stands() {
		for _, a := range attempts() {
			tried[a.act] = true
			moved, did := c.attempt(s, a)
			if !did {
				continue
			}
			require.NoError(t, award.MoveFile(moved.From, moved.Act, moved.To), "%s, %s", s.name, a.name)
			seen[moved] = true
		}
	}
	for _, m := range award.FileMoves() {
		require.True(t, tried[m.Act], "no case tries the act %s", m.Act)
		require.True(t, seen[award.FileMove{From: m.From, To: m.To, Act: m.Act}], "no case makes the move %s –%s→ %s", m.From, m.Act, m.To)
	}
	ends := map[award.FileState]bool{}
	for m := range seen {
		ends[m.To] = ends[m.To] || m.To.Ended()
	}
	for _, state := range award.FileStates() {
		require.Equal(t, state.Ended(), ends[state], "is %s an end that a unit is told?", state)
		require.Equal(t, state.Ended(), state.Result() != "")
	}
}

// stand is a file standing somewhere on its chain.
type stand struct {
	name  string
	file  acts.File
	state award.FileState

	waiting, resume, declinedBy string // codes; empty: nobody
}

// stands returns a file in every state, in every situation of it that an act
// tells apart.
func (c *country) stands() []stand {
	c.t.Helper()
	long := c.drafted("410102001001", award.Community) // street, district, prefecture, province
	short := c.drafted("441900003", award.Street)      // prefecture, province
	direct := c.drafted("110101", award.District)      // province
	all := []stand{
		{name: "a draft", file: long, state: award.FileDraft, waiting: "410102001001"},
		{name: "a draft directly below its province", file: direct, state: award.FileDraft, waiting: "110101"},
		{name: "filed", file: long, state: award.FileFiled, waiting: "410102001"},
		{name: "filed, one office below the province", file: short, state: award.FileFiled, waiting: "4419"},
		{name: "climbing, with the district", file: long, state: award.FileClimbing, waiting: "410102"},
		{name: "climbing, with the prefecture", file: long, state: award.FileClimbing, waiting: "4101"},
		{name: "returned to the unit by the street", file: long, state: award.FileReturned, waiting: "410102001001", resume: "410102001"},
		{name: "returned to the unit by the prefecture", file: long, state: award.FileReturned, waiting: "410102001001", resume: "4101"},
		{name: "returned to the unit by the province", file: long, state: award.FileReturned, waiting: "410102001001", resume: "41"},
		{name: "returned to the district by the prefecture", file: long, state: award.FileReturned, waiting: "410102", resume: "4101"},
		{name: "returned to the district by the province", file: long, state: award.FileReturned, waiting: "410102", resume: "41"},
		{name: "declined by the street", file: long, state: award.FileDeclined, declinedBy: "410102001"},
		{name: "declined by the prefecture", file: long, state: award.FileDeclined, declinedBy: "4101"},
		{name: "marked, and does not pass", file: short, state: award.FileMarked, waiting: "0"},
	}
	for _, state := range award.FileStates() {
		s := stand{name: string(state), file: long, state: state}
		switch {
		case state.WithProvince():
			s.waiting = "41"
		case !state.Ended() && !c.before(state):
			s.waiting = "0"
		case !state.Ended() || state == award.FileDeclined:
			continue // above
		}
		all = append(all, s)
	}
	return all
}

// before reports whether a file in the state has not come to the province yet.
func (*country) before(state award.FileState) bool {
	switch state {
	case award.FileDraft, award.FileFiled, award.FileClimbing, award.FileReturned:
		return true
	}
	return false
}

// attempt is one way to try an act on a file.
type attempt struct {
	name  string
	act   award.Act
	names bool // the act names the file: it is refused or it moves it
	other bool // it is about something else, with a row of audit for that too
	// prepare sets what else must hold, in the act's own transaction.
	prepare func(tx sqlTx, c *country, s stand)
	do      func(ctx context.Context, a *acts.Acts, c *country, s stand) error
}

// sqlTx is the transaction below an act.
type sqlTx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	GetContext(ctx context.Context, dest any, query string, args ...any) error
}

func attempts() []attempt {
	endorse := func(opinion award.Opinion) func(context.Context, *acts.Acts, *country, stand) error {
		return func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			in := c.opinion(s.file, opinion)
			in.Revision = 0
			if opinion == award.OpinionReturn {
				in.ReturnTo = s.file.UnitCode
			}
			by := s.waiting
			if by == "" {
				by = "410102"
			}
			_, err := a.Endorse(ctx, c.Clerk(by), c.Key(), in)
			return err
		}
	}
	on := func(s stand, reason string) acts.OnFile {
		return acts.OnFile{Round: s.file.Round, Application: s.file.ID, Reason: reason}
	}
	page := func(s stand, c *country, job award.Job) award.Page {
		return award.Page{Round: c.round, Office: s.file.OfficeCode, Job: job, Number: 1, From: s.file.ID - 1, To: s.file.ID}
	}
	return []attempt{
		{name: "file", act: award.ActFile, names: true, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.FileApplication(ctx, c.Clerk(s.file.UnitCode), c.Key(), on(s, ""))
			return err
		}},
		{name: "agree", act: award.ActEndorse, names: true, do: endorse(award.OpinionAgree)},
		{name: "decline", act: award.ActEndorse, names: true, do: endorse(award.OpinionDecline)},
		{name: "return", act: award.ActEndorse, names: true, do: endorse(award.OpinionReturn)},
		{name: "withdraw", act: award.ActWithdraw, names: true, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.Withdraw(ctx, c.Head(s.file.UnitCode), c.Key(), on(s, "主动撤回"))
			return err
		}},
		{name: "call up", act: award.ActCallUp, names: true, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			by := "410102"
			if s.declinedBy == "4101" {
				by = "41"
			}
			_, err := a.CallUp(ctx, c.Head(by), c.Key(), on(s, "情况特殊"))
			return err
		}},
		{name: "inspect", act: award.ActInspect, names: true, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.Inspect(ctx, c.Clerk(s.file.OfficeCode), c.Key(), c.inspection(s.file, 0, c.full(s.file.Category)))
			return err
		}},
		{name: "adopt it", act: award.ActAdoptProposals, names: true, prepare: ranked, do: adopt(true)},
		{name: "adopt a list without it", act: award.ActAdoptProposals, prepare: ranked, do: adopt(false)},
		{name: "end the provincial notice", act: award.StepNoticeEnded, prepare: before("provincial"), do: endNotice},
		{name: "end the national notice", act: award.StepNoticeEnded, prepare: before("national"), do: endNotice},
		{name: "recommend it", act: award.ActRecommend, prepare: ranked, do: cut(true)},
		{name: "make a cut without it", act: award.ActRecommend, prepare: ranked, do: cut(false)},
		{name: "accept the package", act: award.ActAcceptPackage, prepare: func(tx sqlTx, c *country, s stand) {
			c.in(tx, `INSERT INTO package (round_id, office_id, revision, letter_number, letter, report, state, officer_id)
				VALUES ($1, $2, 1, '', '{}', '{}', 'sent', 1)`, c.round, s.file.Office)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.AcceptPackage(ctx, c.Admin, c.Key(), c.round, s.file.OfficeCode)
			return err
		}},
		{name: "close the office", act: award.ActCloseOffice, prepare: func(tx sqlTx, c *country, s stand) {
			c.in(tx, `UPDATE office_stage SET due_at = shifan_now() WHERE round_id = $1 AND office_id = $2`, c.round, s.file.Office)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.CloseOffice(ctx, c.Admin, c.Key(), c.round, s.file.OfficeCode, "逾期")
			return err
		}},
		{name: "mark", act: award.ActMark, names: true, prepare: func(tx sqlTx, c *country, _ stand) {
			c.in(tx, `UPDATE round SET list_frozen_at = shifan_now() WHERE id = $1`, c.round)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.Mark(ctx, c.Admin, c.Key(), c.round, []acts.NationalMarks{{Application: s.file.ID, Marks: c.full(s.file.Category)}})
			return err
		}},
		{name: "complete the assessment by the marks of experts", act: award.ActCompleteStage, prepare: judged, do: func(ctx context.Context, a *acts.Acts, c *country, _ stand) error {
			_, err := a.CompleteStage(ctx, c.Admin, c.Key(), acts.CompleteStageInput{Round: c.round, Office: award.CodeNation, Stage: award.StageAssessment})
			return err
		}},
		{name: "fail it by a visit", act: award.ActRecordVisit, names: true, prepare: sampled, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			in := visit(c.round, s.file.ID, award.VisitFailed, c.Now())
			_, err := a.RecordVisit(ctx, c.Admin, c.Key(), in)
			return err
		}},
		{name: "fix the candidates", act: award.ActFixCandidates, prepare: func(tx sqlTx, c *country, s stand) {
			c.in(tx, `UPDATE round SET scored_at = shifan_now() WHERE id = $1`, c.round)
			if s.state == award.FileMarked {
				c.in(tx, `INSERT INTO score (application_id, total, blocks, passed, reasons)
					VALUES ($1, CASE WHEN $2 THEN 9000 ELSE 5000 END, '{}', $2, '{}')`, s.file.ID, s.name == "marked")
			}
			c.in(tx, `INSERT INTO committee_meeting (round_id, office_id, number, met_on, place, present, minutes, officer_id)
				SELECT id, owner_office_id, 1, '2026-11-02', '', '{}', '纪要', 1 FROM round WHERE id = $1`, c.round)
			c.in(tx, `INSERT INTO motion (round_id, office_id, number, meeting, kind, recused, officer_id)
				SELECT id, owner_office_id, 1, 1, 'list', '{}', 1 FROM round WHERE id = $1`, c.round)
			c.in(tx, `INSERT INTO motion_unit (motion_id, application_id, position) SELECT id, $1, 1 FROM motion`, s.file.ID)
			c.in(tx, `UPDATE motion SET state = 'closed', outcome = 'carried'`)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, _ stand) error {
			_, err := a.FixCandidates(ctx, c.Admin, c.Key(), acts.FixCandidatesInput{Round: c.round})
			return err
		}},
		{name: "decide", act: award.ActDecide, prepare: func(tx sqlTx, c *country, s stand) {
			before("national")(tx, c, s)
			c.in(tx, `UPDATE public_notice SET state = 'ended' WHERE round_id = $1`, c.round)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, _ stand) error {
			_, err := a.Decide(ctx, c.Admin, c.Key(), acts.DecideInput{Round: c.round, Number: "民发〔2027〕1号", Date: award.DateOf(c.Now())})
			return err
		}},
		{name: "uphold an objection", act: award.ActRuleObjection, prepare: objected("provincial"), do: rule(award.ObjectionUpheld)},
		{name: "dismiss an objection after the provincial notice", act: award.ActRuleObjection, prepare: objected("provincial"), do: rule(award.ObjectionDismissed)},
		{name: "dismiss an objection after the national notice", act: award.ActRuleObjection, prepare: objected("national"), do: rule(award.ObjectionDismissed)},
		{name: "name in a supplementary decision", act: award.ActSupplement, prepare: func(tx sqlTx, c *country, s stand) {
			before("national")(tx, c, s)
			c.in(tx, `UPDATE public_notice SET state = 'ended' WHERE round_id = $1`, c.round)
			c.in(tx, `UPDATE round SET decided_at = shifan_now(), decision_number = '民发〔2027〕1号', decision_date = '2026-11-02' WHERE id = $1`, c.round)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, _ stand) error {
			_, err := a.Supplement(ctx, c.Admin, c.Key(), acts.SupplementInput{
				Round: c.round, Number: "民发〔2027〕2号", Date: award.DateOf(c.Now()), Ground: "异议不成立",
			})
			return err
		}},
		{name: "revoke a title of the unit for falsification", act: award.ActRevokeTitle, other: true, prepare: func(tx sqlTx, c *country, s stand) {
			c.in(tx, `INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on, decision_number, state)
				VALUES ('2024-1-社-001', $1, $2, $3, $4, '全国和谐社区建设示范社区', false, '2024-11-02', '民发〔2024〕1号', 'in_recheck')`,
				c.round, s.file.ID, s.file.Unit, s.file.Category)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, _ stand) error {
			_, err := a.RevokeTitle(ctx, c.Admin, c.Key(), acts.TitleInput{Number: "2024-1-社-001", Ground: "弄虚作假", Document: "民发〔2026〕9号", Falsified: true})
			return err
		}},
		{name: "cancel the round", act: award.ActCancelRound, do: func(ctx context.Context, a *acts.Acts, c *country, _ stand) error {
			_, err := a.CancelRound(ctx, c.Admin, c.Key(), c.round, "演练结束")
			return err
		}},
		{name: "lapse drafts", act: award.StepLapse, prepare: func(tx sqlTx, c *country, _ stand) {
			c.in(tx, `UPDATE intake SET closes_at = shifan_now(), closed_at = shifan_now() WHERE round_id = $1`, c.round)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.LapsePage(ctx, page(s, c, award.JobLapse))
			return err
		}},
		{name: "settle returns", act: award.StepLapse, prepare: overdue, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.LapseReturned(ctx, c.round, s.file.OfficeCode)
			return err
		}},
		{name: "pass up", act: award.StepPassUp, prepare: func(tx sqlTx, c *country, _ stand) {
			c.in(tx, `UPDATE round_office SET arrival_at = shifan_now() WHERE round_id = $1`, c.round)
		}, do: func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
			_, err := a.PassUpPage(ctx, page(s, c, award.JobPassUp))
			return err
		}},
	}
}

// in runs a statement in the act's own transaction.
func (c *country) in(tx sqlTx, query string, args ...any) {
	c.t.Helper()
	_, err := tx.ExecContext(context.Background(), query, args...)
	require.NoError(c.t, err)
}

// ranked gives the file what a list asks for: inspected, surveyed, and a place.
func ranked(tx sqlTx, c *country, s stand) {
	c.in(tx, `UPDATE round_office SET passed_up_at = shifan_now() WHERE round_id = $1`, c.round)
	c.in(tx, `UPDATE recommendation_limit SET eligible = greatest(eligible, 1), places = greatest(places, 1) WHERE round_id = $1`, c.round)
	c.in(tx, `INSERT INTO inspection (application_id, team, inspected_on, methods, marks, total, passed, finding, officer_id)
		VALUES ($1, '考察组', '2026-11-02', '{走访}', '{}', 9000, true, '达到标准', 1)`, s.file.ID)
	c.in(tx, `INSERT INTO survey (application_id, method, first_day, last_day, satisfied, basically, dissatisfied, unknown, officer_id)
		VALUES ($1, '入户', '2026-11-02', '2026-11-02', 9, 0, 1, 0, 1)`, s.file.ID)
}

// sampled puts the file on the frozen list and into the sample.
func sampled(tx sqlTx, c *country, s stand) {
	c.in(tx, `UPDATE round SET list_frozen_at = shifan_now() WHERE id = $1`, c.round)
	c.in(tx, `INSERT INTO spot_check (round_id, commitment, drawn_at) VALUES ($1, sha256(''), shifan_now())`, c.round)
	c.in(tx, `INSERT INTO frozen_unit (application_id, round_id, category, office_code, code, name, place)
		VALUES ($1, $2, $3, $4, $5, $6, 1)`, s.file.ID, c.round, s.file.Category, s.file.OfficeCode, s.file.UnitCode, s.file.UnitName)
	c.in(tx, `INSERT INTO spot_check_unit (application_id, sampled_as) VALUES ($1, 'drawn')`, s.file.ID)
}

// judged has the file marked by the one expert that the round asks for, and no
// other file wait for marks.
func judged(tx sqlTx, c *country, s stand) {
	c.in(tx, `UPDATE application SET state = 'withdrawn', ended_at = shifan_now() WHERE id <> $1`, s.file.ID)
	c.in(tx, `UPDATE round SET list_frozen_at = shifan_now(), rules = rules || '{"experts_per_file": 1}' WHERE id = $1`, c.round)
	c.in(tx, `INSERT INTO expert (officer_id, office_id, kind, conflicts, categories, most, active) VALUES ($1, $2, 'person', '{}', '{}', 1, true)`,
		c.Admin.ID, c.Admin.Office)
	c.in(tx, `INSERT INTO expert_assignment (id, round_id, application_id, expert_id) OVERRIDING SYSTEM VALUE VALUES (1, $1, $2, $3)`,
		c.round, s.file.ID, c.Admin.ID)
	c.in(tx, `INSERT INTO expert_mark (assignment_id, marks, total) VALUES (1, $1, 10000)`, pq.Array(c.full(s.file.Category)))
}

func overdue(tx sqlTx, c *country, s stand) {
	c.in(tx, `UPDATE application SET due_at = shifan_now() WHERE id = $1`, s.file.ID)
}

// before puts the file on a list that is before the public until now.
func before(scope string) func(tx sqlTx, c *country, s stand) {
	return func(tx sqlTx, c *country, s stand) {
		office, kind := s.file.Office, "proposed"
		if scope == "national" {
			office, kind = c.Admin.Office, "candidates"
		}
		c.in(tx, `WITH l AS (
				INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
				VALUES ($1, $2, $3, 1, '纪要', '2026-11-02', '', 1) RETURNING id
			), i AS (
				INSERT INTO list_item (list_id, application_id, category, position) SELECT id, $4, $5, 1 FROM l
			)
			INSERT INTO public_notice (round_id, number, list_id, office_id, scope, working_days, opens_at, closes_at, final_at, provisional, officer_id)
			SELECT $1, 1, id, $2, $6, 5, shifan_now() - interval '2 days', shifan_now() - interval '1 day', shifan_now(), false, 1 FROM l`,
			c.round, office, kind, s.file.ID, s.file.Category, scope)
	}
}

func endNotice(ctx context.Context, a *acts.Acts, c *country, _ stand) error {
	_, err := a.EndNotice(ctx, c.round, 1)
	return err
}

// objected puts the file on a list whose notice has ended, with an objection to
// it that is being looked into.
func objected(scope string) func(tx sqlTx, c *country, s stand) {
	return func(tx sqlTx, c *country, s stand) {
		before(scope)(tx, c, s)
		c.in(tx, `UPDATE public_notice SET state = 'ended' WHERE round_id = $1`, c.round)
		c.in(tx, `INSERT INTO objection (id, receipt, kind, notice_id, round_id, application_id, office_id, channel, facts, received_at, state, handler_id, admit_due_at)
			OVERRIDING SYSTEM VALUE
			SELECT 1, 'receipt', 'objection', id, $1, $2, $3, 'form', '', shifan_now(), 'investigating', $4, shifan_now() FROM public_notice WHERE round_id = $1`,
			c.round, s.file.ID, s.file.Office, c.Clerk(s.file.OfficeCode).ID)
	}
}

func rule(outcome award.ObjectionState) func(context.Context, *acts.Acts, *country, stand) error {
	return func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
		_, err := a.RuleObjection(ctx, c.Clerk(s.file.OfficeCode), c.Key(), acts.RuleObjection{
			Objection: 1, Outcome: outcome, Ground: "经核查", Answer: "答复",
		})
		return err
	}
}

func adopt(it bool) func(context.Context, *acts.Acts, *country, stand) error {
	return func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
		in := acts.AdoptProposalsInput{Round: c.round, Office: s.file.OfficeCode, Minutes: "纪要", MetOn: award.DateOf(c.Now())}
		if it {
			in.Items = []acts.ProposalItem{{Application: s.file.ID}}
		}
		_, err := a.AdoptProposals(ctx, c.Head(s.file.OfficeCode), c.Key(), in)
		return err
	}
}

func cut(it bool) func(context.Context, *acts.Acts, *country, stand) error {
	return func(ctx context.Context, a *acts.Acts, c *country, s stand) error {
		in := acts.RecommendInput{Round: c.round, Office: s.file.OfficeCode, Minutes: "纪要"}
		if it {
			in.Applications = []int64{s.file.ID}
		}
		_, err := a.Recommend(ctx, c.Head(s.file.OfficeCode), c.Key(), in)
		return err
	}
}

// attempt tries the act on the file as it stands and takes everything back. It
// returns the move, if the file made one.
func (c *country) attempt(s stand, a attempt) (award.FileMove, bool) {
	c.t.Helper()
	what := s.name + ", " + a.name
	trial := &trialStore{Store: c.Store}
	var move award.FileMove
	var did bool
	trial.before = func(tx sqlTx) {
		c.put(tx, s)
		if a.prepare != nil {
			a.prepare(tx, c, s)
		}
		trial.was = c.look(tx, s)
	}
	trial.after = func(tx sqlTx) {
		is := c.look(tx, s)
		if is.row == trial.was.row {
			require.Equal(c.t, trial.was.history, is.history, "%s: history of a file that did not move", what)
			return
		}
		did = true
		require.Equal(c.t, 1, is.history-trial.was.history, "%s: rows of history", what)
		require.Equal(c.t, 1+boolToInt(a.other), is.audit-trial.was.audit, "%s: rows of audit", what)
		var audited award.Act
		c.get(tx, &audited, `SELECT name FROM audit ORDER BY id DESC LIMIT 1`)
		var state award.FileState
		c.get(tx, &state, `SELECT state FROM application WHERE id = $1`, s.file.ID)
		c.get(tx, &move.Act, `SELECT act FROM application_history WHERE application_id = $1 ORDER BY id DESC LIMIT 1`, s.file.ID)
		c.get(tx, &move.From, `SELECT from_state FROM application_history WHERE application_id = $1 ORDER BY id DESC LIMIT 1`, s.file.ID)
		c.get(tx, &move.To, `SELECT to_state FROM application_history WHERE application_id = $1 ORDER BY id DESC LIMIT 1`, s.file.ID)
		require.Equal(c.t, move.Act, audited, "%s: the act that is audited", what)
		require.Equal(c.t, []award.FileState{s.state, state}, []award.FileState{move.From, move.To}, what)
		c.told(tx, what, s, state, is.results-trial.was.results)
	}
	err := a.do(c.t.Context(), acts.New(trial, c.Procedure, slog.New(slog.DiscardHandler)), c, s)
	if _, refused := errors.AsType[*award.Error](err); err != nil {
		require.True(c.t, refused, "%s: %v", what, err)
		require.False(c.t, did, "%s: refused, and yet it moved", what)
	}
	require.False(c.t, a.names && err == nil && !did, "%s: neither refused nor moved", what)
	if err != nil && a.names {
		c.refusedForGood(what, s, a)
	}
	return move, did
}

// told checks that the unit of an ended file is told the result and its marks.
func (c *country) told(tx sqlTx, what string, s stand, state award.FileState, results int) {
	c.t.Helper()
	if !state.Ended() {
		require.Zero(c.t, results, "%s: told a result", what)
		return
	}
	require.Equal(c.t, 1, results, "%s: told the result", what)
	var body, ground string
	c.get(tx, &body, `SELECT body FROM message WHERE kind = 'result' AND office_id = $1 ORDER BY id DESC LIMIT 1`, s.file.Unit)
	c.get(tx, &ground, `SELECT ground FROM application WHERE id = $1`, s.file.ID)
	require.NotEmpty(c.t, ground, what)
	require.Contains(c.t, body, "结果："+state.Result(), what)
	require.Contains(c.t, body, "依据："+ground, what)
	require.Contains(c.t, body, "本单位得分：自评得分 100.00", what)
}

// refusedForGood tries the act once more on the record itself: nothing of it is
// kept.
func (c *country) refusedForGood(what string, s stand, a attempt) {
	c.t.Helper()
	c.put(c.DB, s)
	before := c.digest()
	err := a.do(c.t.Context(), c.Acts, c, s)
	require.Error(c.t, err, what)
	require.Equal(c.t, before, c.digest(), "%s: refused, and yet on record", what)
}

// put lets the file stand where s says.
func (c *country) put(tx sqlTx, s stand) {
	c.t.Helper()
	id := func(code string) int64 {
		if code == "" {
			return 0
		}
		return c.Unit(code)
	}
	c.in(tx, `UPDATE application SET state = $2, waiting_office_id = nullif($3::bigint, 0), resume_office_id = nullif($4::bigint, 0),
			declined_by = nullif($5::bigint, 0), due_at = CASE WHEN $2 = 'returned' THEN shifan_now() + interval '1 day' END,
			called_up = false, ground = '', ended_at = CASE WHEN $6 THEN shifan_now() END
		WHERE id = $1`,
		s.file.ID, s.state, id(s.waiting), id(s.resume), id(s.declinedBy), s.state.Ended())
}

// looked is what a transaction sees of a file.
type looked struct {
	row                     string
	history, audit, results int
}

func (c *country) look(tx sqlTx, s stand) (l looked) {
	c.t.Helper()
	c.get(tx, &l.row, `SELECT a::text FROM application a WHERE id = $1`, s.file.ID)
	c.get(tx, &l.history, `SELECT count(*) FROM application_history WHERE application_id = $1`, s.file.ID)
	c.get(tx, &l.audit, `SELECT count(*) FROM audit`)
	c.get(tx, &l.results, `SELECT count(*) FROM message WHERE kind = 'result' AND office_id = $1`, s.file.Unit)
	return l
}

func (c *country) get(tx sqlTx, dest any, query string, args ...any) {
	c.t.Helper()
	require.NoError(c.t, tx.GetContext(context.Background(), dest, query, args...))
}

// trialStore runs acts to their end and takes everything back.
type trialStore struct {
	*postgres.Store
	before, after func(tx sqlTx)
	was           looked
}

var errTakenBack = errors.New("taken back")

// InTx implements acts.Store.
func (s *trialStore) InTx(ctx context.Context, fn func(tx acts.Tx) error) error {
	var result error
	err := s.Store.InTx(ctx, func(tx acts.Tx) error {
		below, ok := tx.(sqlTx)
		if !ok {
			return fmt.Errorf("%T is no transaction of PostgreSQL", tx)
		}
		s.before(below)
		if result = fn(tx); result == nil {
			s.after(below)
		}
		return errTakenBack
	})
	if errors.Is(err, errTakenBack) {
		return result
	}
	return errors.Join(err, result)
}
