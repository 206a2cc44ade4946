package acts_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// entitled gives a street a title of the register, named today.
func (c *country) entitled(unit string) acts.Title {
	c.t.Helper()
	f := c.filed(unit, award.Street)
	today := award.DateOf(c.Now())
	c.Exec(`UPDATE application SET state = 'named', waiting_office_id = NULL, waiting_since = NULL, due_at = NULL, ended_at = shifan_now() WHERE id = $1`, f.ID)
	c.Exec(`INSERT INTO title (number, round_id, application_id, unit_id, category, text, drill, named_on, decision_number, plaque_number, due_at)
		VALUES ($1, $2, $3, $4, 'street', '全国和谐社区建设示范街道', false, $5, '民发〔2026〕88号', '牌' || $1, $6)`,
		"2026-1-街-"+unit, c.round, f.ID, f.Unit, today.String(), award.Aftercare{}.Due(award.TitleActive, today))
	return c.title("2026-1-街-" + unit)
}

// again puts a file of a holder in a second round into a state, as one that has
// applied anew.
func (c *country) again(title acts.Title, state award.FileState) (round string, file int64) {
	c.t.Helper()
	round = c.OpenDrill(actstest.Drill{}).ID
	return round, actstest.One[int64](c.World, `INSERT INTO application (round_id, unit_id, category, office_id, state, filed_at, waiting_office_id, waiting_since)
		SELECT $4, unit_id, category, office_id, $2, shifan_now(), $3, shifan_now() FROM application WHERE id = $1 RETURNING id`,
		title.Application, state, c.Admin.Office, round)
}

func (c *country) title(number string) acts.Title {
	c.t.Helper()
	title, err := c.Acts.PublicTitle(context.Background(), number)
	require.NoError(c.t, err)
	return title
}

// on does an act on a title with a ground and a document.
func (c *country) onTitle(do func(context.Context, award.Officer, acts.Key, acts.TitleInput) (acts.Done[acts.Title], error), by award.Officer, number string) error {
	c.t.Helper()
	_, err := do(context.Background(), by, c.Key(), acts.TitleInput{Number: number, Ground: "复查情况", Document: "民函〔2029〕1号"})
	return err
}

// The digest is written over more than two years, every working day of the last:
// of a title it says nothing until its re-check is near, and nothing any more once
// it is kept.
func TestDailyFindsReChecksAndRectificationsOverTwoYears(t *testing.T) {
	c := open(t)
	title := c.entitled("410102001")
	c.Exec(`UPDATE round SET state = 'closed', ended_at = shifan_now() WHERE id = $1`, c.round) // titles outlive their round
	province := c.Head("41")
	named := c.Now()
	asked := map[string]int{} // days on which the province was asked for something, by what had been done
	phase := "named"
	begins := map[string]time.Time{}
	for day := 0; day < 900; day++ {
		if day < 700 && day%9 != 0 { // long before: now and then
			continue
		}
		c.At(named.AddDate(0, 0, day))
		before := actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1 AND body LIKE '%称号待复查%'`, province.Office)
		_, _, err := c.Acts.DigestPage(t.Context(), "", 0, 100)
		require.NoError(t, err)
		if after := actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1 AND body LIKE '%称号待复查%'`, province.Office); after > before {
			asked[phase]++
			if begins[phase].IsZero() {
				begins[phase] = c.Now()
			}
		}
		switch at := c.title(title.Number); {
		case phase == "named" && !c.Now().Before(title.DueAt): // late by some hours
			require.NoError(t, c.onTitle(c.Acts.StartRecheck, province, title.Number))
			phase = "in re-check"
		case phase == "in re-check" && day == 760:
			require.NoError(t, c.onTitle(c.Acts.OrderRectification, province, title.Number))
			phase = "rectifying"
		case phase == "rectifying" && !c.Now().Before(at.DueAt):
			require.NoError(t, c.onTitle(c.Acts.KeepTitle, province, title.Number))
			phase = "kept"
		}
	}
	require.Equal(t, "kept", phase)
	require.LessOrEqual(t, asked["named"], 8, "asked before the re-check was near: %v", asked) // five working days and the day itself
	require.GreaterOrEqual(t, asked["named"], 5, "%v", asked)
	require.True(t, begins["named"].After(title.DueAt.AddDate(0, 0, -12)), "first asked on %s", begins["named"])
	require.Zero(t, asked["in re-check"], "a re-check under way is asked for when its 90 days end: %v", asked)
	require.GreaterOrEqual(t, asked["rectifying"], 5, "%v", asked)
	require.Zero(t, asked["kept"])

	view, err := c.Acts.Title(t.Context(), province, title.Number)
	require.NoError(t, err)
	require.Equal(t, award.TitleKept, view.State)
	require.Len(t, view.History, 3)
	require.Equal(t, award.ActKeepTitle, view.History[2].Act)
	require.True(t, view.DueAt.After(c.Now().AddDate(1, 9, 0)))
}

func TestARevokedTitleBarsTheUnitAndItsPlaqueComesBackOrIsVoid(t *testing.T) {
	c := open(t)
	title := c.entitled("410102001")
	_, err := c.create("410102001", award.Street)
	requireRefused(t, err, award.Conflict, "title_holder")
	require.ErrorContains(t, err, title.Number)
	requireRefused(t, c.onTitle(c.Acts.RevokeTitle, c.Admin, title.Number), award.Conflict, "title_move") // no re-check yet
	require.NoError(t, c.onTitle(c.Acts.StartRecheck, c.Head("41"), title.Number))
	requireRefused(t, c.onTitle(c.Acts.RevokeTitle, c.Head("41"), title.Number), award.Forbidden, "forbidden_revoke-title")
	requireRefused(t, c.onTitle(c.Acts.StartRecheck, c.Head("11"), title.Number), award.NotFound, "not_found")
	revoke := func(in acts.TitleInput) error {
		in.Number, in.Ground, in.Falsified = title.Number, "材料弄虚作假", true
		_, err := c.Acts.RevokeTitle(t.Context(), c.Admin, c.Key(), in)
		return err
	}
	requireRefused(t, revoke(acts.TitleInput{}), award.Invalid, "title_document")
	requireRefused(t, revoke(acts.TitleInput{Document: "民发〔2029〕9号", Revision: 1}), award.Stale, "stale")
	require.NoError(t, revoke(acts.TitleInput{Document: "民发〔2029〕9号", Revision: 2}))
	requireRefused(t, revoke(acts.TitleInput{Document: "民发〔2029〕9号"}), award.Conflict, "title_move")

	now := c.title(title.Number)
	require.Equal(t, award.TitleRevoked, now.State)
	require.Equal(t, award.PlaqueDue, now.Plaque)
	require.Zero(t, now.DueAt)
	start := c.Now()
	c.At(now.PlaqueDueAt.Add(-time.Microsecond))
	require.Equal(t, award.PlaqueDue, c.title(title.Number).Plaque)
	c.At(now.PlaqueDueAt)
	require.Equal(t, award.PlaqueVoid, c.title(title.Number).Plaque)
	_, err = c.Acts.ReturnPlaque(t.Context(), c.Clerk("41"), c.Key(), title.Number)
	require.NoError(t, err)
	require.Equal(t, award.PlaqueReturned, c.title(title.Number).Plaque)
	_, err = c.Acts.ReturnPlaque(t.Context(), c.Clerk("41"), c.Key(), title.Number)
	requireRefused(t, err, award.Conflict, "plaque_not_due")

	c.At(start) // while applications are taken
	_, err = c.create("410102001", award.Street)
	requireRefused(t, err, award.Conflict, "unit_barred")
	require.Equal(t, award.DateOf(start).String()[5:], actstest.One[string](c.World, `SELECT to_char(until_day, 'MM-DD') FROM unit_bar`))
	require.Equal(t, 5, actstest.One[int](c.World, `SELECT extract(year FROM until_day)::int - extract(year FROM from_day)::int FROM unit_bar`))
}

// A bar that comes while the unit's file is on its way ends it wherever it stands
// (D-117), also that of a unit which goes on in its place.
func TestABarEndsWhatTheUnitHasAppliedFor(t *testing.T) {
	c := open(t)
	title := c.entitled("410102001")
	require.NoError(t, c.onTitle(c.Acts.StartRecheck, c.Head("41"), title.Number))
	second, own := c.again(title, award.FileCandidate)
	other := c.filed("410102002", award.Street)
	into := c.filed("410103001", award.Street)
	c.Exec(`INSERT INTO unit_successor (act_id, unit_id, successor_id, effective) SELECT max(id), $1, $2, '2026-01-01' FROM act`, title.Unit, into.Unit)
	_, err := c.Acts.RevokeTitle(t.Context(), c.Admin, c.Key(), acts.TitleInput{
		Number: title.Number, Ground: "材料弄虚作假", Document: "民发〔2029〕9号", Falsified: true,
	})
	require.NoError(t, err)
	for file, unit := range map[int64]int64{own: title.Unit, into.ID: into.Unit} {
		round := map[int64]string{own: second, into.ID: c.round}[file]
		require.Equal(t, "barred/取消申报资格：材料弄虚作假", actstest.One[string](c.World, `SELECT state || '/' || ground FROM application WHERE id = $1`, file))
		require.Equal(t, 1, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE kind = 'result' AND office_id = $1 AND body LIKE '%取消申报资格%'`, unit))
		require.Equal(t, 1, actstest.One[int](c.World, `SELECT count(*) FROM audit WHERE round_id = $1 AND subject = 'application/' || $2::text AND name = 'revoke-title'`, round, file))
	}
	require.Equal(t, "filed", actstest.One[string](c.World, `SELECT state FROM application WHERE id = $1`, other.ID))
	require.Equal(t, 2, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE kind = 'barred' AND office_id = $1`, c.Unit("41")))
}

// A supplementary decision of an earlier round may name a unit that has applied
// again: nobody is given the same title twice.
func TestNobodyIsNamedWhoHoldsTheTitleAlready(t *testing.T) {
	c := open(t)
	title := c.entitled("410102001")
	second, again := c.again(title, award.FileNoticedNationally)
	c.Exec(`WITH l AS (
			INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
			VALUES ($1, $2, 'candidates', 1, '纪要', '2026-11-02', '', $3) RETURNING id
		), i AS (
			INSERT INTO list_item (list_id, application_id, category, position) SELECT id, $4, 'street', 1 FROM l
		)
		INSERT INTO public_notice (round_id, number, list_id, office_id, scope, working_days, opens_at, closes_at, final_at, provisional, officer_id, state)
		SELECT $1, 1, id, $2, 'national', 5, shifan_now() - interval '2 days', shifan_now() - interval '1 day', shifan_now(), false, $3, 'ended' FROM l`,
		second, c.Admin.Office, c.Admin.ID, again)
	decide := func() error {
		_, err := c.Acts.Decide(t.Context(), c.Admin, c.Key(), acts.DecideInput{Round: second, Number: "民发〔2027〕1号", Date: award.DateOf(c.Now())})
		return err
	}
	err := decide()
	requireRefused(t, err, award.Conflict, "titles_held")
	refusal, ok := errors.AsType[*award.Error](err)
	require.True(t, ok)
	require.Contains(t, refusal.Fields[0].Args, any(title.Number))
	c.Exec(`UPDATE title SET state = 'revoked' WHERE id = $1`, title.ID)
	require.NoError(t, decide())
}

func TestABarOrATitleThatComesAfterTheDraftStopsItsFiling(t *testing.T) {
	c := open(t)
	draft := c.drafted("410102002", award.Street)
	c.Exec(`INSERT INTO unit_bar (unit_id, from_day, until_day, ground, document, officer_id) VALUES ($1, '2026-01-01', '2031-01-01', '弄虚作假', '1号', 1)`, draft.Unit)
	_, err := c.file(draft)
	requireRefused(t, err, award.Conflict, "unit_barred")
	require.ErrorContains(t, err, "2031-01-01")
	_, err = c.DB.Exec(`DELETE FROM unit_bar`)
	require.ErrorContains(t, err, "append-only")

	other := c.drafted("410103001", award.Street)
	c.Exec(`INSERT INTO unit_bar (unit_id, from_day, until_day, ground, document, officer_id) VALUES ($1, '2021-01-01', $2, '弄虚作假', '1号', 1)`,
		other.Unit, award.DateOf(c.Now()).String()) // ends today
	_, err = c.file(other)
	require.NoError(t, err)
}

func TestARenameCarriesTheTitleAMergerReChecksItAndAnAbolishedUnitsIsDeregistered(t *testing.T) {
	c := open(t)
	renamed, merged, abolished := c.entitled("410102001"), c.entitled("410102002"), c.entitled("410103001")
	require.NoError(t, change(t, c.World, "410102001", award.UnitChanging{Change: award.UnitRename, Name: "林山寨新街道"}))
	now := c.title(renamed.Number)
	require.Equal(t, []string{"林山寨街道", "林山寨新街道"}, []string{now.Name, now.NameNow})
	require.Equal(t, award.TitleActive, now.State)

	require.NoError(t, change(t, c.World, "410102002", award.UnitChanging{Change: award.UnitMerge, Into: "410102001", ChildrenTo: "410102001"}))
	now = c.title(merged.Number)
	require.Equal(t, award.TitleInRecheck, now.State)
	require.Equal(t, "林山寨新街道", now.NameNow)
	require.Equal(t, award.TitleInRecheck, c.title(renamed.Number).State, "who goes on is another unit than it was")
	require.NoError(t, c.onTitle(c.Acts.KeepTitle, c.Head("41"), merged.Number))

	require.NoError(t, change(t, c.World, "410103001", award.UnitChanging{Change: award.UnitAbolish, ChildrenTo: "410102001"}))
	now = c.title(abolished.Number)
	require.Equal(t, award.TitleDeregistered, now.State)
	require.Empty(t, now.NameNow)
	require.Equal(t, award.PlaqueDue, now.Plaque)
	require.Equal(t, "撤销建制 民函〔2026〕5号", actstest.One[string](c.World, `
		SELECT h.ground || ' ' || h.document FROM title_history h JOIN title t ON t.id = h.title_id WHERE t.number = $1`, abolished.Number))
	_, err := c.DB.Exec(`UPDATE title_history SET ground = ''`)
	require.ErrorContains(t, err, "append-only")
}

func TestWhoReportsAHolderIsKnownToTheHandlerAlone(t *testing.T) {
	c := open(t)
	title := c.entitled("410102001")
	handler := c.Clerk("41")
	in := acts.TitleReport{
		Title: title.Number, Channel: "letter", Facts: "台账系事后补做", Received: award.DateOf(c.Now()),
		Reporter: acts.Reporter{Name: "张某某", Contact: "13900000000"},
	}
	done, err := c.Acts.ReportTitle(t.Context(), handler, c.Key(), in)
	require.NoError(t, err)
	sees := func(by award.Officer) []acts.TitleReport {
		view, err := c.Acts.Title(t.Context(), by, title.Number)
		require.NoError(t, err)
		return view.Reports
	}
	require.Equal(t, "张某某", sees(handler)[0].Reporter.Name)
	require.Empty(t, sees(c.Head("41"))[0].Reporter.Name)
	require.Empty(t, sees(c.Admin)[0].Reporter.Name)
	require.Empty(t, sees(c.Head("410102001")), "the holder learns of no report")
	require.Equal(t, "张某某", sees(c.Officer("41", "supervisor"))[0].Reporter.Name)
	for _, table := range []string{"act", "audit", "message", "title_history", "title_report"} {
		require.Zero(t, actstest.One[int](c.World, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%张某某%'`), table)
	}

	closing := acts.CloseReportInput{Title: title.Number, Report: done.Result.ID, Outcome: award.ReportConfirmed, Finding: "属实"}
	_, err = c.Acts.CloseReport(t.Context(), c.Head("41"), c.Key(), closing)
	require.NoError(t, err)
	_, err = c.Acts.CloseReport(t.Context(), c.Head("41"), c.Key(), closing)
	requireRefused(t, err, award.Conflict, "report_closed")
	require.Equal(t, award.TitleActive, c.title(title.Number).State, "a report changes nothing by itself")
	in.Facts = " "
	_, err = c.Acts.ReportTitle(t.Context(), handler, c.Key(), in)
	requireRefused(t, err, award.Invalid, "report_malformed")
}

func TestAnybodyReportsAHolderAndOneOfficerTakesIt(t *testing.T) {
	c := open(t)
	title := c.entitled("410102001")
	said := acts.TitleReport{Title: title.Number, Facts: "服务中心长期锁门，台账系事后补做", Reporter: acts.Reporter{Name: "张某某", Contact: "13900000000"}}
	report, err := c.Acts.FileReport(t.Context(), bodied("one"), said)
	require.NoError(t, err)
	require.Empty(t, report.Facts+report.Reporter.Name)
	again, err := c.Acts.FileReport(t.Context(), bodied("one"), said)
	require.NoError(t, err)
	require.Equal(t, report.Receipt, again.Receipt)
	require.NotEmpty(t, report.Receipt)
	_, err = c.Acts.FileReport(t.Context(), acts.Key{Key: "k", Body: [32]byte{1}}, said)
	require.NoError(t, err)
	_, err = c.Acts.FileReport(t.Context(), acts.Key{Key: "k", Body: [32]byte{2}}, said)
	requireRefused(t, err, award.Incomplete, "idempotency_body")
	named := said
	named.Facts = "我是张 某 某，服务中心长期锁门"
	_, err = c.Acts.FileReport(t.Context(), bodied("named"), named)
	requireRefused(t, err, award.Invalid, "report_malformed")
	_, err = c.Acts.FileReport(t.Context(), bodied("none"), acts.TitleReport{Title: "无此编号", Facts: said.Facts})
	requireRefused(t, err, award.NotFound, "title_unknown")
	require.Equal(t, 2, actstest.One[int](c.World, `SELECT count(*) FROM message WHERE office_id = $1 AND kind = 'report'`, c.Unit("41")))

	clerk, other := c.Clerk("41"), c.Head("41")
	sees := func(by award.Officer) acts.TitleReport {
		view, err := c.Acts.Title(t.Context(), by, title.Number)
		require.NoError(t, err)
		return view.Reports[0]
	}
	require.Empty(t, sees(clerk).Reporter.Name, "nobody has taken it")
	require.Equal(t, "张某某", sees(c.Officer("41", award.RoleSupervisor)).Reporter.Name)
	closing := acts.CloseReportInput{Title: title.Number, Report: report.ID, Outcome: award.ReportUnfounded, Finding: "经查不属实"}
	_, err = c.Acts.CloseReport(t.Context(), other, c.Key(), closing)
	requireRefused(t, err, award.Conflict, "report_not_taken")
	_, err = c.Acts.TakeReport(t.Context(), c.Clerk("410102001"), c.Key(), title.Number, report.ID)
	requireRefused(t, err, award.Forbidden, "forbidden_take-report")
	_, err = c.Acts.TakeReport(t.Context(), clerk, c.Key(), title.Number, report.ID)
	require.NoError(t, err)
	_, err = c.Acts.TakeReport(t.Context(), other, c.Key(), title.Number, report.ID)
	requireRefused(t, err, award.Conflict, "report_taken")
	require.Equal(t, "张某某", sees(clerk).Reporter.Name)
	require.Empty(t, sees(other).Reporter.Name)
	_, err = c.Acts.CloseReport(t.Context(), other, c.Key(), closing)
	require.NoError(t, err)
	public, err := c.Acts.PublicReport(t.Context(), strings.ToLower(report.Receipt))
	require.NoError(t, err)
	require.Equal(t, award.ReportUnfounded, public.Outcome)
	require.Empty(t, public.Facts+public.Finding+public.Reporter.Name)
	_, err = c.Acts.PublicReport(t.Context(), "0000-0000-0000-0000")
	requireRefused(t, err, award.NotFound, "receipt_unknown")
	for _, table := range []string{"act", "audit", "message", "title_history", "title_report"} {
		require.Zero(t, actstest.One[int](c.World, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%张某某%'`), table)
	}

	c.Exec(`UPDATE title_report SET at = shifan_now()`)
	c.Exec(`INSERT INTO title_report (title_id, channel, facts, received, receipt, call_sha256, body_sha256)
		SELECT title_id, 'form', '事实', '2026-11-01', n::text, sha256(n::text::bytea), sha256('') FROM title_report, generate_series(3, $1) n WHERE id = $2`,
		award.MostReportsHour, report.ID)
	_, err = c.Acts.FileReport(t.Context(), bodied("flood"), said)
	requireRefused(t, err, award.Unavailable, "reports_flood")
	c.At(c.Now().Add(time.Hour))
	_, err = c.Acts.FileReport(t.Context(), bodied("flood"), said)
	require.NoError(t, err)
	c.Exec(`UPDATE title SET state = 'revoked' WHERE number = $1`, title.Number)
	_, err = c.Acts.FileReport(t.Context(), bodied("late"), said)
	requireRefused(t, err, award.Closed, "report_not_held")
}

func TestTwoWhoTakeAReportAtOnceTakeItOnce(t *testing.T) {
	c := open(t)
	title := c.entitled("410102001")
	report, err := c.Acts.FileReport(t.Context(), bodied("one"), acts.TitleReport{Title: title.Number, Facts: "服务中心长期锁门不开"})
	require.NoError(t, err)
	errs := make(chan error)
	for _, by := range []award.Officer{c.Clerk("41"), c.Head("41")} {
		key := c.Key()
		go func() {
			_, err := c.Acts.TakeReport(t.Context(), by, key, title.Number, report.ID)
			errs <- err
		}()
	}
	won := 0
	for range 2 {
		if err := <-errs; err == nil {
			won++
		} else {
			requireRefused(t, err, award.Conflict, "report_taken")
		}
	}
	require.Equal(t, 1, won)
}

// A bar goes with what a unit becomes part of, however often that merges again.
func TestABarPassesToWhoTakesTheUnitIn(t *testing.T) {
	c := open(t)
	first, second, third := c.Unit("410103001"), c.Unit("410102002"), c.Unit("410102001")
	c.Exec(`INSERT INTO unit_bar (unit_id, from_day, until_day, ground, document, officer_id) VALUES ($1, '2026-01-01', '2031-01-01', '材料弄虚作假', '1号', 1)`, first)
	draft := c.drafted("410102001", award.Street)
	for from, to := range map[int64]int64{first: second, second: third} {
		c.Exec(`INSERT INTO unit_successor (unit_id, successor_id, effective, act_id) SELECT $1, $2, '2026-10-01', min(id) FROM act`, from, to)
	}
	_, err := c.create("410102002", award.Street)
	requireRefused(t, err, award.Conflict, "unit_barred_merged")
	_, err = c.file(draft)
	requireRefused(t, err, award.Conflict, "unit_barred_merged")
	refusal, ok := errors.AsType[*award.Error](err)
	require.True(t, ok)
	require.Contains(t, refusal.Args, any("材料弄虚作假"))
	require.Contains(t, refusal.Args, any("2031-01-01"))
}

func TestALateDismissalIsNamedByASupplementaryDecisionAndNumbersGoOn(t *testing.T) {
	p := newProvince(t)
	f := p.scored(award.Community, 95, 90, 85)
	_, err := p.fix()
	p.must(err)
	supplement := func(number string) (map[award.Category]int, error) {
		done, err := p.Acts.Supplement(t.Context(), p.Admin, p.Key(), acts.SupplementInput{
			Round: p.round.ID, Number: number, Date: award.DateOf(p.Now()), Ground: "异议不成立",
		})
		return done.Result.Named, err
	}
	_, err = supplement("民发〔2027〕90号")
	p.refused(err, award.Conflict, "not_decided")
	p.Exec(`UPDATE application SET suspended = true WHERE id = ANY(ARRAY[$1, $2]::bigint[])`, f[0], f[1]) // objections are open
	p.nationalNotice()
	_, err = p.decide(p.Now())
	p.must(err)
	require.NoError(t, p.Acts.CloseRound(t.Context(), p.round.ID))
	_, err = supplement("民发〔2027〕90号")
	p.refused(err, award.Conflict, "supplement_nobody")

	p.Exec(`UPDATE application SET suspended = false WHERE id = $1`, f[0])
	_, err = supplement("民发〔2027〕88号")
	p.refused(err, award.Conflict, "decision_number_used")
	named, err := supplement("民发〔2027〕90号")
	p.must(err)
	require.Equal(t, 1, named[award.Community])
	titles, err := p.Acts.Titles(t.Context(), p.Admin, p.round.ID, "")
	p.must(err)
	var numbers []string
	for _, title := range titles {
		numbers = append(numbers, strings.TrimPrefix(title.Number, "演练-"+p.round.ID)+" "+title.Decision)
	}
	require.ElementsMatch(t, []string{"-社-001 民发〔2027〕88号", "-社-002 民发〔2027〕90号"}, numbers)
	p.Exec(`UPDATE application SET suspended = false WHERE id = $1`, f[1])
	_, err = supplement("民发〔2027〕91号")
	p.must(err)
	require.Equal(t, 3, actstest.One[int](p.World, `SELECT count(*) FROM title`))
	_, err = supplement("民发〔2027〕92号")
	p.refused(err, award.Conflict, "supplement_nobody")
	require.Equal(t, "active", actstest.One[string](p.World, `SELECT string_agg(DISTINCT to_state, ',') FROM title_history`))
}
