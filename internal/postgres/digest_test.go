package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// at sets the record's clock.
func (d *desk) at(instant string) {
	d.t.Helper()
	d.exec(fmt.Sprintf(`CREATE OR REPLACE FUNCTION shifan_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT timestamptz ''%s+08'''`, instant))
}

func (d *desk) exec(statement string, args ...any) {
	d.t.Helper()
	if _, err := d.db.Exec(statement, args...); err != nil {
		d.t.Fatalf("%s: %v", statement, err)
	}
}

// unit returns the ID of a unit.
func (d *desk) unit(code string) (id int64) {
	d.t.Helper()
	if err := d.db.Get(&id, `SELECT unit_id FROM unit_version WHERE code = $1 AND valid_to IS NULL`, code); err != nil {
		d.t.Fatalf("find %s: %v", code, err)
	}
	return id
}

// newRound writes an open round of the nation with province 41 and two
// districts below it, 410101 and 410102; day is a drill's, or empty.
func (d *desk) newRound(id, day string) {
	d.t.Helper()
	for _, code := range []string{"410101", "410102"} {
		d.exec(`WITH u AS (INSERT INTO unit DEFAULT VALUES RETURNING id)
			INSERT INTO unit_version (unit_id, valid_from, code, name, kind, kind_sure, parent_id, source)
			SELECT u.id, '2020-01-01', $1, $1 || '区', 'district', true, $2, 'test' FROM u
			WHERE NOT EXISTS (SELECT FROM unit_version WHERE code = $1)`, code, d.unit("41"))
	}
	d.exec(`INSERT INTO round (id, title, owner_office_id, drill, drill_day, state, stage, rules, registry_date,
			self_check_closes_at, apply_closes_at, recommendation_due_at, assessment_due_at)
		VALUES ($1, '测试', $2, $3 <> '', nullif($3, '')::interval, 'open', 'recommendation', '{}', '2026-01-01',
			'2027-01-01+08', '2027-01-01+08', '2027-05-01+08', '2027-07-01+08')`, id, d.unit("0"), day)
	d.exec(`INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, parent_id, office_id, path)
		SELECT $1, unit_id, code, name, kind, kind_sure, parent_id, $2, '{}' FROM unit_version`, id, d.unit("41"))
	d.exec(`INSERT INTO round_office (round_id, office_id, code, name, arrival_at) VALUES ($1, $2, '41', '河南省', '2027-03-01+08')`, id, d.unit("41"))
	d.exec(`INSERT INTO round_category (round_id, category, title, quota, ratio, kinds) VALUES ($1, 'district', '示范城区', 10, 5, '{district}')`, id)
}

// file writes a file of a district that waits for an office.
func (d *desk) file(round, district, waits, state, due string) {
	d.t.Helper()
	d.exec(`INSERT INTO application (round_id, unit_id, category, office_id, state, waiting_office_id, waiting_since, due_at)
		VALUES ($1, $2, 'district', $3, $4, $5, '2026-11-20 10:00+08', nullif($6, '')::timestamptz)`,
		round, d.unit(district), d.unit("41"), state, d.unit(waits), due)
}

func (d *desk) stage(round, office, due string) {
	d.t.Helper()
	d.exec(`INSERT INTO office_stage (round_id, office_id, stage, due_at) VALUES ($1, $2, 'recommendation', $3)`,
		round, d.unit(office), due)
}

// digests writes every page of digests and returns how many were written.
func (d *desk) digests(round string, limit int) (written int) {
	d.t.Helper()
	for after := int64(0); ; {
		next, n, err := d.acts.DigestPage(d.t.Context(), round, after, limit)
		if err != nil {
			d.t.Fatal(err)
		}
		written += n
		if next == 0 {
			return written
		}
		after = next
	}
}

// inbox returns the subjects of an office's messages, newest first.
func (d *desk) inbox(code string) (subjects []string) {
	d.t.Helper()
	messages, err := d.acts.Inbox(d.t.Context(), award.Officer{Office: d.unit(code)}, 0, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, m := range messages {
		subjects = append(subjects, m.Subject)
	}
	return subjects
}

func TestADigestSaysWhatWaitsAndByWhen(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.file("2026-1", "410101", "41", "climbing", "2026-12-01+08")
	d.file("2026-1", "410102", "41", "filed", "2026-12-05+08")
	d.at("2026-11-24 09:00") // a Tuesday

	if n := d.digests("", 100); n != 1 {
		t.Fatalf("%d digests", n)
	}
	got := d.inbox("41")
	if want := "〔需办理·截止11月30日〕2 件申报材料待办理，最早的自11月20日起等待。"; len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := d.digests("", 100); n != 0 || len(d.inbox("41")) != 1 {
		t.Errorf("a second run on the day wrote %d", n)
	}
	d.at("2026-11-25 09:00")
	if n := d.digests("", 100); n != 1 || len(d.inbox("41")) != 2 {
		t.Errorf("the next working day wrote %d", n)
	}
}

func TestNobodyIsAskedOnADayOff(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.file("2026-1", "410101", "41", "climbing", "")
	for _, day := range []string{"2026-11-28 09:00" /* Saturday */, "2026-11-29 09:00", "2026-01-01 09:00" /* New Year */} {
		d.at(day)
		if n := d.digests("", 100); n != 0 {
			t.Errorf("%s: %d digests", day, n)
		}
	}
	d.at("2026-01-04 09:00") // a Sunday worked in exchange
	if n := d.digests("", 100); n != 1 {
		t.Errorf("on a swap day: %d digests", n)
	}
}

func TestWhatIsOverdueGoesToTheSuperiorToo(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.file("2026-1", "410101", "410101", "returned", "2026-11-24+08") // late since 00:00
	d.stage("2026-1", "41", "2026-11-24+08")
	d.at("2026-11-24 09:00")

	if n := d.digests("", 100); n != 3 {
		t.Errorf("%d digests", n)
	}
	for office, want := range map[string]string{
		"410101": "〔需办理·已逾期〕1 件申报材料已逾期，请即办理(N 四(一))。",
		"41":     "〔需办理·已逾期〕1 个阶段已逾期，请即办结并报告；办结前计为逾期(N 四(二))。",
		"0":      "〔请督办〕所辖推荐机构有 1 个阶段逾期，请督办或点名关闭。",
	} {
		if got := d.inbox(office); len(got) != 1 || got[0] != want {
			t.Errorf("%s got %q, want %q", office, got, want)
		}
	}
	body := d.body("41")
	if !strings.Contains(body, "下级机构有 1 件申报材料逾期未办，请督办。") {
		t.Errorf("the province is told %q", body)
	}
}

func (d *desk) body(code string) string {
	d.t.Helper()
	messages, err := d.acts.Inbox(d.t.Context(), award.Officer{Office: d.unit(code)}, 0, 1)
	if err != nil || len(messages) != 1 {
		d.t.Fatalf("%d messages, %v", len(messages), err)
	}
	return messages[0].Body
}

func TestADigestCountsOneReminderOnEveryLateFile(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.file("2026-1", "410101", "41", "climbing", "2026-11-24+08") // late
	d.file("2026-1", "410102", "41", "filed", "2026-12-05+08")
	d.at("2026-11-24 09:00")
	for range 2 {
		d.digests("", 100) // a repeat counts nothing
	}
	reminders := func() (n []int) {
		t.Helper()
		if err := d.db.Select(&n, `SELECT reminders FROM application ORDER BY id`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := reminders(); got[0] != 1 || got[1] != 0 {
		t.Errorf("reminders %v on the first day", got)
	}
	d.at("2026-11-25 09:00")
	d.digests("", 100)
	if got := reminders(); got[0] != 2 || got[1] != 0 {
		t.Errorf("reminders %v on the second day", got)
	}
}

func TestAStageIsMentionedFiveWorkingDaysAhead(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.stage("2026-1", "41", "2026-12-02+08") // through Tuesday, 1 December
	d.at("2026-11-23 09:00")                 // six working days ahead
	if n := d.digests("", 100); n != 0 {
		t.Errorf("six days ahead: %d digests", n)
	}
	d.at("2026-11-24 09:00")
	if n := d.digests("", 100); n != 1 {
		t.Errorf("five days ahead: %d digests", n)
	}
	if got := d.inbox("41"); len(got) != 1 || !strings.HasPrefix(got[0], "〔需办理·截止12月1日〕") {
		t.Errorf("got %q", got)
	}
}

func TestAnOfficeClosedByNameIsChasedNoMore(t *testing.T) {
	d := newDesk(t)
	d.newRound("r", "")
	d.at("2027-05-10 09:00")
	d.exec(`INSERT INTO office_stage (round_id, office_id, stage, due_at) VALUES ('r', $1, 'self_check', '2027-01-01+08')`, d.unit("41"))
	d.exec(`INSERT INTO office_stage (round_id, office_id, stage, due_at, state, closed_at, reason)
		VALUES ('r', $1, 'recommendation', '2027-05-01+08', 'closed', '2027-05-09+08', '逾期')`, d.unit("41"))
	if written := d.digests("", 100); written != 0 {
		t.Errorf("%d digests: %q", written, d.inbox("41"))
	}
	d.exec(`UPDATE office_stage SET state = 'open', closed_at = NULL WHERE stage = 'recommendation'`)
	if d.digests("", 100) == 0 {
		t.Error("an open office that is overdue is chased")
	}
}

// TestAnOfficeIsWarnedOfTheLastDayOnWhichItsNoticeCanOpen: five working days of
// notice and five for letters must end before a Wednesday.
func TestAnOfficeIsWarnedOfTheLastDayOnWhichItsNoticeCanOpen(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.exec(`UPDATE round SET rules = '{"notice_days": 5, "letter_days": 5}'`)
	d.stage("2026-1", "41", "2026-12-02+08")
	notice := func(state string) {
		d.exec(`INSERT INTO list (round_id, office_id, kind, revision, minutes, met_on, sha256, officer_id)
			SELECT '2026-1', $1, 'proposed', coalesce(max(revision), 0) + 1, '', '2026-11-10', '', 1 FROM list`, d.unit("41"))
		d.exec(`INSERT INTO public_notice (round_id, number, list_id, office_id, scope, working_days, opens_at, closes_at, final_at, provisional, state, officer_id)
			SELECT '2026-1', id, id, $1, 'provincial', 5, '2026-11-16+08', '2026-11-21+08', '2026-11-28+08', false, $2, 1 FROM list ORDER BY id DESC LIMIT 1`,
			d.unit("41"), state)
	}
	const warning = "〔需办理·截止11月18日〕1 份名单尚未发布公示，最迟须于11月18日开始公示，名单方能在期限前确定(N 四)。"
	for _, day := range []struct {
		at     string
		before func()
		warned bool
	}{
		{"2026-11-10 09:00", nil, false}, // six working days ahead
		{"2026-11-11 09:00", nil, true},  // five
		{"2026-11-14 09:00", nil, false}, // a Saturday
		{"2026-11-16 09:00", func() { notice("announced") }, false},
		{"2026-11-17 09:00", func() { d.exec(`UPDATE public_notice SET state = 'withdrawn'`) }, true},
		{"2026-11-18 09:00", nil, true},  // the last day itself
		{"2026-11-19 09:00", nil, false}, // too late: the stage's own date speaks next
	} {
		if day.before != nil {
			day.before()
		}
		d.at(day.at)
		before := len(d.inbox("41"))
		d.digests("", 1)
		got := d.inbox("41")
		if warned := len(got) > before; warned != day.warned || warned && got[0] != warning {
			t.Errorf("%s: %q", day.at, got)
		}
	}
}

// TestTheOwnerIsWarnedOfTheNationalNoticeToo, and a page of digests ends where
// the next begins.
func TestTheOwnerIsWarnedOfTheNationalNoticeToo(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.exec(`UPDATE round SET rules = '{"notice_days": 5, "letter_days": 5}'`)
	d.exec(`INSERT INTO office_stage (round_id, office_id, stage, due_at, state, completed_at)
		VALUES ('2026-1', $1, 'assessment', '2026-12-02+08', 'complete', '2026-11-09+08')`, d.unit("0"))
	d.stage("2026-1", "41", "2026-12-02+08")
	d.file("2026-1", "410101", "410101", "returned", "2026-11-30+08")
	d.file("2026-1", "410102", "410102", "returned", "2026-11-30+08")
	d.at("2026-11-17 09:00")
	if n := d.digests("", 1); n != 4 { // the nation and the province have nothing else
		t.Errorf("%d digests, page by page", n)
	}
	if got := d.inbox("0"); len(got) != 1 || !strings.HasPrefix(got[0], "〔需办理·截止11月18日〕1 份名单尚未发布公示") {
		t.Errorf("the nation got %q", got)
	}
}

func TestDraftsAndRoundsThatDoNotRunWaitForNobody(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.file("2026-1", "410101", "410101", "draft", "2026-11-24+08")
	d.file("2026-1", "410102", "41", "filed", "2026-11-24+08")
	d.exec(`UPDATE round SET state = 'suspended', suspended_at = now()`)
	d.at("2026-11-25 09:00")
	if n := d.digests("", 100); n != 0 {
		t.Errorf("a suspended round: %d digests", n)
	}
	d.exec(`UPDATE round SET state = 'open', suspended_at = NULL`)
	d.digests("", 100)
	if got := d.inbox("410101"); len(got) != 0 {
		t.Errorf("a draft is chased: %q", got)
	}
}

func TestADrillHasItsOwnDaysAndDigests(t *testing.T) {
	d := newDesk(t)
	d.newRound("drill-1", "10 seconds")
	d.exec(`UPDATE round SET created_at = '2026-11-28 09:00+08'`) // a Saturday: every day of a drill is worked
	d.file("drill-1", "410101", "41", "climbing", "2026-11-28 09:00:15+08")
	d.at("2026-11-28 09:00:05")
	if n := d.digests("", 100); n != 0 {
		t.Errorf("the real rounds' walk wrote %d", n)
	}
	if n := d.digests("drill-1", 100); n != 1 {
		t.Errorf("the first day: %d digests", n)
	}
	if got := d.inbox("41"); len(got) != 1 || !strings.HasPrefix(got[0], "〔需办理·截止11月28日09:00:15〕") {
		t.Errorf("got %q", got)
	}
	d.at("2026-11-28 09:00:09")
	if n := d.digests("drill-1", 100); n != 0 {
		t.Errorf("later on the first day: %d digests", n)
	}
	d.at("2026-11-28 09:00:10")
	if n := d.digests("drill-1", 100); n != 1 {
		t.Errorf("the second day: %d digests", n)
	}
}

func TestPagesOfDigestsReachEveryOffice(t *testing.T) {
	d := newDesk(t)
	d.newRound("2026-1", "")
	d.file("2026-1", "410101", "410101", "returned", "2026-11-24+08")
	d.file("2026-1", "410102", "410102", "returned", "2026-11-24+08")
	d.stage("2026-1", "41", "2026-11-24+08")
	d.at("2026-11-24 09:00")
	if n := d.digests("", 1); n != 4 { // two districts, the province, the nation
		t.Errorf("%d digests, page by page", n)
	}
}

func TestAMessageIsHandedOverOnce(t *testing.T) {
	d := newDesk(t)
	d.exec(`INSERT INTO message (office_id, occasion, kind, subject, body) SELECT $1, n::text, 'test', 's', 'b' FROM generate_series(1, 5) n`, d.unit("41"))
	for _, want := range []int{3, 2, 0} {
		if sent, err := d.acts.DeliverPage(t.Context(), 3); sent != want || err != nil {
			t.Errorf("sent %d, %v; want %d", sent, err, want)
		}
	}
	var sent int
	if err := d.db.Get(&sent, `SELECT count(*) FROM delivery WHERE state = 'sent' AND channel = 'log' AND ended_at IS NOT NULL`); err != nil || sent != 5 {
		t.Errorf("%d deliveries sent, %v", sent, err)
	}
}

func TestAClaimThatNeverEndedIsListedAndNotSentAgain(t *testing.T) {
	d := newDesk(t)
	d.exec(`INSERT INTO message (office_id, occasion, kind, subject, body, handed_at) VALUES ($1, 'x', 'test', 's', 'b', now())`, d.unit("41"))
	d.exec(`INSERT INTO delivery (message_id, channel, state, claimed_at) SELECT id, 'log', 'claimed', '2026-11-24 09:00+08' FROM message`)
	state := func() (s string) {
		t.Helper()
		if err := d.db.Get(&s, `SELECT state FROM delivery`); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, step := range []struct{ at, state string }{
		{"2026-11-24 09:10:00", "claimed"}, // ten minutes: it may still be under way
		{"2026-11-24 09:10:01", "unknown"},
		{"2026-11-25 09:00:00", "unknown"},
	} {
		d.at(step.at)
		if sent, err := d.acts.DeliverPage(t.Context(), 10); sent != 0 || err != nil {
			t.Errorf("%s: sent %d, %v", step.at, sent, err)
		}
		if got := state(); got != step.state {
			t.Errorf("%s: %s, want %s", step.at, got, step.state)
		}
	}
}

func TestTellingTwiceTellsOnce(t *testing.T) {
	d := newDesk(t)
	m := acts.Message{Office: d.unit("41"), Occasion: "filed/17", Kind: "test", Subject: "一", Body: "b"}
	for _, subject := range []string{"一", "二"} {
		m.Subject = subject
		d.post(m)
	}
	if got := d.inbox("41"); len(got) != 1 || got[0] != "一" {
		t.Errorf("got %q", got)
	}
	m.Occasion = "filed/18"
	d.post(m)
	if got := d.inbox("41"); len(got) != 2 {
		t.Errorf("another occasion: %q", got)
	}
}

func (d *desk) post(m acts.Message) {
	d.t.Helper()
	if err := d.store().InTx(d.t.Context(), func(tx acts.Tx) error { return tx.Post(d.t.Context(), m) }); err != nil {
		d.t.Fatal(err)
	}
}
