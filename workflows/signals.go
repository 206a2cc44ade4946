package workflows

import "shifan/internal/award"

// signal is a reason for a workflow to look at the record again. It is named
// after the act that sends it, and its payload (award.Told) is for whoever
// reads the history.
type signal struct {
	name        award.Act
	description string // what the operator reads
}

// What workflows tell each other.
const (
	signalOfficeCompleted award.Act = "office-completed"    // Office → Round: its package is accepted, or it is closed by name
	signalNoticeEnded     award.Act = award.StepNoticeEnded // PublicNotice → Office or Round
)

// roundSignals lists what a Round hears: acts of the owner office, and of the
// workflows it started.
func roundSignals() []signal {
	return []signal{
		{award.ActOpenRound, "开启批次：冻结名录、限额、标准"},
		{award.ActSuspendRound, "暂停批次：日期到了也不动作"},
		{award.ActResumeRound, "恢复批次：未到的日期顺延"},
		{award.ActCancelRound, "取消批次：流程结束"},
		{award.ActReopen, "重新开放推荐机构"},
		{award.ActMoveDate, "调整批次日期"},
		{award.ActMoveOfficeDate, "调整一个机构的日期"},
		{award.ActCloseOffice, "点名关闭推荐机构"},
		{award.ActAcceptPackage, "推荐材料审核通过"},
		{award.ActCompleteStage, "机构报告阶段办结"},
		{award.ActFixCandidates, "确定候选名单"},
		{award.ActAnnounceNotice, "发布全国公示"},
		{award.SignalWindowChanged, "全国公示延长、补正或者撤回"},
		{award.ActDecide, "命名表彰决定"},
		{award.ActMark, "部级核定得分"},
		{signalOfficeCompleted, "推荐机构办结（由该机构的流程发出）"},
		{signalNoticeEnded, "公示结束（由公示流程发出）"},
	}
}

// officeSignals lists what an Office hears: acts of the office and on it.
func officeSignals() []signal {
	return []signal{
		{award.ActCompleteStage, "机构报告阶段办结"},
		{award.ActMoveDate, "调整批次日期"},
		{award.ActMoveOfficeDate, "调整本机构日期（延期）"},
		{award.ActAdoptProposals, "议定拟推荐名单"},
		{award.ActAnnounceNotice, "发布省级公示"},
		{award.SignalWindowChanged, "省级公示延长、补正或者撤回"},
		{award.ActRecommend, "按限额确定推荐名单"},
		{award.ActPutPackage, "保存推荐函与考核验收报告"},
		{award.ActReturnPackage, "推荐材料被退回"},
		{award.ActAcceptPackage, "推荐材料审核通过"},
		{award.ActCloseOffice, "点名关闭"},
		{award.ActReopen, "重新开放"},
		{award.ActSuspendRound, "暂停批次"},
		{award.ActResumeRound, "恢复批次"},
		{award.ActCancelRound, "取消批次"},
		{award.ActEndorse, "材料退回，有了新的补正期限"},
		{award.SignalCalendarChanged, "工作日历变更：公示期和补正期限顺延"},
		{signalNoticeEnded, "省级公示结束（由公示流程发出）"},
	}
}

// draftSignals lists what a RoundDraft hears (N 二).
func draftSignals() []signal {
	return []signal{
		{award.ActEditRound, "修改草拟批次"},
		{award.ActOpenRound, "开启批次：不再等待"},
		{award.ActCancelRound, "取消草拟批次：本次不评选"},
	}
}

// noticeSignals lists what a PublicNotice hears (N 四(四), domain 7).
func noticeSignals() []signal {
	return []signal{
		{award.SignalWindowChanged, "公示延长、公示情况补正或者撤回"},
		{award.SignalCalendarChanged, "工作日历变更：公示期顺延"},
		{award.ActAdmitObjection, "异议不予受理"},
		{award.ActRuleObjection, "异议办结"},
		{award.ActSuspendRound, "暂停批次：公示期照常"},
		{award.ActResumeRound, "恢复批次"},
		{award.ActCancelRound, "取消批次"},
	}
}
