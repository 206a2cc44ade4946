package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"shifan/internal/award"
)

// This file is what operators read in the Temporal UI, in Chinese: a summary
// and details fixed at the start, a table of where things stand now, a word on
// every timer and activity, and search attributes. Codes, counts and dates
// only: a person's name or free text never enters Temporal.

// start is what is said of a workflow when it starts.
type start struct {
	summary    string
	details    string
	attributes temporal.SearchAttributes
}

func aboutRound(roundID string) start {
	return start{
		summary:    "批次 " + roundID,
		details:    "命名表彰批次 **" + roundID + "** 的全过程：自查申报 → 考察推荐 → 评估验收 → 公示 → 命名表彰。事实在 PostgreSQL，这里只管下一步和日期。",
		attributes: temporal.NewSearchAttributes(roundIDKey.ValueSet(roundID)),
	}
}

func aboutDraft(roundID string) start {
	return start{
		summary:    "草拟批次 " + roundID + " · 等待开启",
		details:    "草拟批次 **" + roundID + "** 由上一批次复制而来(原则上每两年一次)：提醒管理员核对、开启。系统不会自行开启；开启或者取消后结束。",
		attributes: temporal.NewSearchAttributes(roundIDKey.ValueSet(roundID)),
	}
}

func aboutOffice(roundID, code string) start {
	return start{
		summary:    "推荐机构 " + code + " · 批次 " + roundID,
		details:    "推荐机构 **" + code + "**：自查和申报截止 → 材料到省 → 考察、公示、推荐材料。材料审核通过或被点名关闭时结束。",
		attributes: temporal.NewSearchAttributes(roundIDKey.ValueSet(roundID), officeCodeKey.ValueSet(code)),
	}
}

func aboutNotice(roundID string, number int, office string) start {
	scope, updates := "全国公示", []temporal.SearchAttributeUpdate{roundIDKey.ValueSet(roundID)}
	if office != "" {
		scope, updates = "省级公示 "+office, append(updates, officeCodeKey.ValueSet(office))
	}
	return start{
		summary:    fmt.Sprintf("%s · 批次 %s 第 %d 号", scope, roundID, number),
		details:    "一份名单的公示期：从首日零时到末日二十四时，再等信函（以邮戳为准）到达期满，名单即告确定。",
		attributes: temporal.NewSearchAttributes(updates...),
	}
}

func aboutBatch(page award.Page) start {
	where, updates := "全批次", []temporal.SearchAttributeUpdate{roundIDKey.ValueSet(page.Round)}
	if page.Office != "" {
		where, updates = "推荐机构 "+page.Office, append(updates, officeCodeKey.ValueSet(page.Office))
	}
	return start{
		summary:    fmt.Sprintf("%s · %s · 批次 %s", jobName(page.Job), where, page.Round),
		details:    "按主键分页逐页办理；每页可重做；办不了的行记入 batch_failure，其余照办。",
		attributes: temporal.NewSearchAttributes(updates...),
	}
}

// timerSummary names a timer by the date it waits for.
func timerSummary(next award.Wake) string { return next.Name + " " + shortDate(next.At) }

// shortDate writes an instant in Beijing time; a Wake's date is exclusive, so
// midnight reads as 24:00 of the day before.
func shortDate(at time.Time) string {
	if at.IsZero() {
		return "—"
	}
	return award.Until(at)
}

// details is what a workflow shows now, and keeps for its queries.
type details struct {
	now      string // Markdown
	timeline []string
	shown    standing
}

// standing is what operators filter by.
type standing struct {
	stage       award.Stage
	state       string
	waitingFor  string
	date        int64 // seconds since 1970, so that two are comparable; 0: none
	overdue     bool
	ofRound     bool // the counts below are shown
	outstanding int
	unitsFailed int
}

// updates turns a standing into search attributes.
func (s standing) updates() []temporal.SearchAttributeUpdate {
	date := stageDateKey.ValueUnset()
	if s.date != 0 {
		date = stageDateKey.ValueSet(time.Unix(s.date, 0).UTC())
	}
	updates := []temporal.SearchAttributeUpdate{
		roundStageKey.ValueSet(string(s.stage)), stageStateKey.ValueSet(s.state), waitingForKey.ValueSet(s.waitingFor),
		date, overdueKey.ValueSet(s.overdue),
	}
	if s.ofRound {
		updates = append(updates, outstandingKey.ValueSet(int64(s.outstanding)),
			unitsFailedKey.ValueSet(int64(s.unitsFailed)), needsOpKey.ValueSet(s.unitsFailed > 0))
	}
	return updates
}

// row is one line of the table an operator reads.
type row struct{ name, value string }

// set shows the table, and upserts the search attributes when they changed: an
// upsert is an event.
func (d *details) set(ctx workflow.Context, s standing, next award.Wake, rows []row) error {
	if !next.At.IsZero() {
		s.date = next.At.Unix()
	}
	var table strings.Builder
	table.WriteString("| | |\n|---|---|\n")
	table.WriteString("| 现在 | **" + s.waitingFor + "** |\n")
	for _, r := range rows {
		table.WriteString("| " + r.name + " | " + r.value + " |\n")
	}
	d.now = table.String()
	workflow.SetCurrentDetails(ctx, d.now)

	if s.waitingFor != d.shown.waitingFor {
		d.timeline = append(d.timeline, workflow.Now(ctx).In(award.Beijing).Format("2006-01-02 15:04:05 ")+s.waitingFor)
	}
	if s == d.shown {
		return nil
	}
	d.shown = s
	return workflow.UpsertTypedSearchAttributes(ctx, s.updates()...)
}

// answerQueries serves the two queries an operator may ask.
func (d *details) answerQueries(ctx workflow.Context) error {
	err := workflow.SetQueryHandlerWithOptions(ctx, "state", func() (string, error) { return d.now, nil },
		workflow.QueryHandlerOptions{Description: "现在到哪一步、等什么(表格)"})
	if err != nil {
		return err
	}
	return workflow.SetQueryHandlerWithOptions(ctx, "timeline", func() ([]string, error) { return d.timeline, nil },
		workflow.QueryHandlerOptions{Description: "本次运行以来依次等过什么"})
}

// round shows a Round.
func (d *details) round(ctx workflow.Context, v award.RoundView, waitingFor string) error {
	if v.Suspended() {
		waitingFor = "恢复批次(暂停中)"
	}
	rows := []row{
		{"阶段", v.Stage.Chinese()},
		{"下一日期", nextDate(v.Next)},
		{"推荐机构", fmt.Sprintf("共 %d，办结 %d，已报送待审 %d，逾期 %d", v.Offices, v.OfficesDone, v.OfficesSent, v.OfficesOverdue)},
		{"本级期限", shortDate(v.StageDue) + overdueMark(v.Overdue)},
	}
	if v.Drill {
		rows = append([]row{{"演练", "是，称号不入名录"}}, rows...)
	}
	if v.UnitsFailed > 0 {
		rows = append(rows, row{"未能办理的行", fmt.Sprintf("%d(见 batch_failure)", v.UnitsFailed)})
	}
	rows = append(rows, lastAct(v.LastAct)...)
	return d.set(ctx, standing{
		stage: v.Stage, state: string(v.State), waitingFor: waitingFor, overdue: v.Overdue,
		ofRound: true, outstanding: v.Offices - v.OfficesDone, unitsFailed: v.UnitsFailed,
	}, v.Next, rows)
}

// office shows an Office.
func (d *details) office(ctx workflow.Context, v award.OfficeView, waitingFor string) error {
	if v.Suspended() {
		waitingFor = "恢复批次(暂停中)"
	}
	rows := []row{
		{"推荐阶段", stageStateName(v.StageState) + overdueMark(v.Overdue)},
		{"推荐期限", shortDate(v.StageDue)},
		{"下一日期", nextDate(v.Next)},
		{"材料", fmt.Sprintf("在办 %d，到省 %d，拟推荐 %d，推荐 %d", v.Files, v.AtProvince, v.Proposed, v.Recommended)},
		{"推荐材料", packageName(v.Package)},
	}
	rows = append(rows, lastAct(v.LastAct)...)
	return d.set(ctx, standing{
		stage: award.StageRecommendation, state: string(v.StageState), waitingFor: waitingFor, overdue: v.Overdue,
	}, v.Next, rows)
}

// notice shows a PublicNotice.
func (d *details) notice(ctx workflow.Context, v award.NoticeView, waitingFor string) error {
	return d.set(ctx, standing{stage: award.StagePublicNotice, state: string(v.Notice), waitingFor: waitingFor}, v.Next, []row{
		{"单位数", fmt.Sprintf("%d", v.Units)},
		{"未办结异议、线索", fmt.Sprintf("%d", v.Objections)},
		{"首日", v.OpensAt.In(award.Beijing).Format("2006年1月2日 15:04:05")},
		{"末日", shortDate(v.ClosesAt)},
		{"信函到达期满", shortDate(v.FinalAt)},
		{"下一日期", nextDate(v.Next)},
	})
}

// draft shows a RoundDraft.
func (d *details) draft(ctx workflow.Context, v award.DraftView, waitingFor string) error {
	rows := []row{
		{"上一批次", v.Follows},
		{"宜开启", shortDate(v.OpenBy)},
		{"下一日期", nextDate(v.Next)},
	}
	rows = append(rows, lastAct(v.LastAct)...)
	return d.set(ctx, standing{
		stage: award.StageSelfCheck, state: string(v.State), waitingFor: waitingFor, overdue: !v.Now.Before(v.OpenBy),
	}, award.Wake{At: v.OpenBy}, rows)
}

// showBatch shows how far a batch has come.
func showBatch(ctx workflow.Context, in BatchInput) error {
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("| | |\n|---|---|\n| %s | 已办 **%d**，未能办理 %d |\n| 办到主键 | %d |\n",
		jobName(in.Page.Job), in.Result.Done, in.Result.Failed, in.Page.From))
	if in.Result.Failed == 0 {
		return nil
	}
	return workflow.UpsertTypedSearchAttributes(ctx,
		unitsFailedKey.ValueSet(int64(in.Result.Failed)), needsOpKey.ValueSet(true))
}

// lastAct is the row that names the last act: what, which office, which role;
// never a person.
func lastAct(last award.LastAct) []row {
	if last.Name == "" {
		return nil
	}
	name := string(last.Name)
	for _, s := range slices.Concat(roundSignals(), officeSignals(), draftSignals()) {
		if s.name == last.Name {
			name, _, _ = strings.Cut(s.description, "：")
			break
		}
	}
	return []row{{"最近动作", fmt.Sprintf("%s（机构 %s，第 %d 号动作）", name, last.Office, last.ID)}}
}

func nextDate(next award.Wake) string {
	if next.At.IsZero() {
		return "无，等待办理"
	}
	return next.Name + "：" + shortDate(next.At)
}

func overdueMark(overdue bool) string {
	if overdue {
		return "（**逾期**）"
	}
	return ""
}

func stageStateName(s award.StageState) string {
	switch s {
	case award.StageOpen:
		return "办理中"
	case award.StageComplete:
		return "已完成"
	case award.StageClosed:
		return "点名关闭"
	}
	return string(s)
}

func packageName(s award.PackageState) string {
	switch s {
	case award.PackageAdopted:
		return "已议定，未报送"
	case award.PackageSent:
		return "已报送，待审核"
	case award.PackageAccepted:
		return "审核通过"
	case award.PackageReturned:
		return "退回补正"
	}
	return "未议定"
}
