package award

import "slices"

// Act names what a person or office does, or a step the procedure takes on a
// date. It is the signal's name, the audit row's, and the policy's key.
type Act string

// What people and offices do.
const (
	ActCreateOfficer  Act = "create-officer"
	ActDisableOfficer Act = "disable-officer"
	ActCreateKeys     Act = "create-keys" // for offices below, one or many
	ActRevokeKey      Act = "revoke-key"
	ActSetLogin       Act = "set-login"       // a name and a temporary password for the pages, also anew
	ActChangePassword Act = "change-password" // one's own
	ActUnbindIdentity Act = "unbind-identity" // 解除绑定: one's own; also by a reset or the account's end
	ActOpenAccounts   Act = "open-accounts"   // the first account of each office directly below, from a workbook
	ActCorrectUnit    Act = "correct-unit"    // an unsure kind decided by the administrator (D-13, D-14)
	ActChangeUnit     Act = "change-unit"     // renamed, moved, recoded, merged or abolished, from a day on
	ActSetContact     Act = "set-contact"     // how an office is reached

	ActProposeCalendar Act = "propose-calendar-change" // what a notice of the State Council makes of working days
	ActApproveCalendar Act = "approve-calendar-change" // by another than who proposed it (D-60)
	ActRejectCalendar  Act = "reject-calendar-change"  // 不予批准, for good (D-97)

	ActDraftStandard   Act = "draft-standard"
	ActEditStandard    Act = "edit-standard"
	ActImportStandard  Act = "import-standard" // a draft by its workbook
	ActPublishStandard Act = "publish-standard"

	ActCreateRound    Act = "create-round"
	ActCopyRound      Act = "copy-round" // the next of a series, drafted from an earlier one
	ActEditRound      Act = "edit-round"
	ActOpenRound      Act = "open-round"
	ActSuspendRound   Act = "suspend-round"
	ActResumeRound    Act = "resume-round"
	ActCancelRound    Act = "cancel-round"
	ActReopen         Act = "reopen"           // named offices, each with a new date
	ActMoveDate       Act = "move-date"        // of the round
	ActMoveOfficeDate Act = "move-office-date" // of one office
	ActSetLimit       Act = "set-limit"        // an official count replaces ours
	ActCloseOffice    Act = "close-office"     // closed by name, with a reason
	ActAcceptPackage  Act = "accept-package"
	ActReturnPackage  Act = "return-package"
	ActAddToSpotCheck Act = "add-to-spot-check" // units named by hand, with a reason
	ActRecordVisit    Act = "record-visit"      // 抽查: the nation's visit to a unit
	ActMark           Act = "mark"              // 部级核定得分
	ActFixCandidates  Act = "fix-candidates"
	ActDecide         Act = "decide" // 命名表彰决定

	ActSetExpert       Act = "set-expert"        // an entry of the pool
	ActAssignExperts   Act = "assign-experts"    // as was shown
	ActSaveExpertMarks Act = "save-expert-marks" // 评分草稿
	ActGiveExpertMarks Act = "give-expert-marks" // 专家评分
	ActRecuse          Act = "recuse"            // 回避

	ActCompleteStage  Act = "complete-stage"
	ActAdoptProposals Act = "adopt-proposals"
	ActAnnounceNotice Act = "announce-notice"
	ActExtendNotice   Act = "extend-notice"   // 延长公示
	ActProveNotice    Act = "prove-notice"    // 公示情况补正
	ActWithdrawNotice Act = "withdraw-notice" // 撤回公示
	ActRecommend      Act = "recommend"       // the cut to the limit
	ActPutPackage     Act = "put-package"

	ActAskDepartments Act = "ask-departments" // 征求意见
	ActRecordOpinions Act = "record-department-opinions"
	ActImportOpinions Act = "import-department-opinions" // the same from a workbook
	ActDecideOpinion  Act = "decide-department-opinion"
	ActEndAsking      Act = "end-department-asking" // a department that has not answered, by a minuted reason

	ActConvene      Act = "convene-committee" // 组成评审委员会
	ActHoldMeeting  Act = "hold-meeting"
	ActTableMotions Act = "table-motions" // 提请表决
	ActRecordVotes  Act = "record-votes"  // 记名表决
	ActCloseMotion  Act = "close-motion"

	ActSupplement         Act = "decide-supplement"   // 补充命名决定
	ActStartRecheck       Act = "start-recheck"       // 复查
	ActStartRechecks      Act = "start-rechecks"      // 集中复查
	ActKeepTitle          Act = "keep-title"          // 保留称号
	ActOrderRectification Act = "order-rectification" // 限期整改
	ActRevokeTitle        Act = "revoke-title"        // 撤销称号
	ActDeregisterTitle    Act = "deregister-title"    // 注销称号
	ActReturnPlaque       Act = "return-plaque"
	ActReportTitle        Act = "report-title" // 举报
	ActTakeReport         Act = "take-report"  // 承办举报
	ActCloseReport        Act = "close-report"

	ActReportFacts       Act = "report-facts"  // 年度基本情况
	ActConfirmFacts      Act = "confirm-facts" // the county office's word on them
	ActSaveSelfCheck     Act = "save-self-check"
	ActCreateApplication Act = "create-application"
	ActEditApplication   Act = "edit-application"
	ActFile              Act = "file"
	ActEndorse           Act = "endorse" // agree, decline or return
	ActCallUp            Act = "call-up"
	ActWithdraw          Act = "withdraw"
	ActInspect           Act = "inspect"
	ActSurvey            Act = "survey"
	ActSetIntakeLimits   Act = "set-intake-limits" // 名额分配
	ActSetSubItems       Act = "set-sub-items"     // 细则
	ActImportSubItems    Act = "import-sub-items"  // the same from a workbook
	ActScanForm          Act = "scan-form"         // the form with its seals
	ActRequestReview     Act = "request-review"    // 申请复核
	ActAnswerReview      Act = "answer-review"     // 答复复核

	ActEnterObjection       Act = "enter-objection"       // 录入异议, from a letter, call, fax, e-mail or visit
	ActAssignObjection      Act = "assign-objection"      // 指定承办人, uninvolved
	ActRaiseObjection       Act = "raise-objection"       // 提级办理: nobody in the office is free
	ActAdmitObjection       Act = "admit-objection"       // 受理 or 不予受理
	ActInvestigateObjection Act = "investigate-objection" // 核查
	ActCommission           Act = "commission-facts"      // 交办核查
	ActReportCommission     Act = "report-commission"     // 报告核查情况
	ActExtendObjection      Act = "extend-objection"      // 延长办理期限, once
	ActRuleObjection        Act = "rule-objection"        // 成立, 部分成立, 不成立
	ActWithdrawObjection    Act = "withdraw-objection"    // 撤回异议, by whoever objected
	ActReadObjector         Act = "read-objector"         // 查看异议人

	ActUploadEvidence Act = "upload-evidence"
	ActAttachEvidence Act = "attach-evidence" // to an indicator of a self-check
	ActDetachEvidence Act = "detach-evidence"

	ActReadMessage Act = "read-message"
)

// What the public does, without a key: its routes are rate limited, and nobody's
// row of policy names them.
const (
	ActFileObjection     Act = "file-objection"      // 提出异议
	ActAttachToObjection Act = "attach-to-objection" // 补交附件, by the receipt
	ActFileReport        Act = "file-report"         // 网上举报
)

// PublicActs lists the acts that need no key; each has exactly one route.
func PublicActs() []Act { return []Act{ActFileObjection, ActAttachToObjection, ActFileReport} }

// What the procedure does when a date has come. Nobody's act: the audit row
// names the article instead of an officer.
const (
	StepDraftNext   Act = "draft-next-round" // from a copy of the last, N 二
	StepOpened      Act = "opened"           // freezing is done
	StepCloseIntake Act = "close-intake"     // 00:00 of the day after
	StepLapse       Act = "lapse"            // 逾期未报
	StepPassUp      Act = "pass-up"          // 未签署意见, D-16
	StepOverdue     Act = "overdue"          // 逾期
	StepEnterStage  Act = "enter-stage"
	StepFreezeList  Act = "freeze-list" // domain 6.1
	StepDraw        Act = "draw"        // the spot check's sample, domain 6.2
	StepScore       Act = "score"
	StepSuspend     Act = "suspend-objected" // 期满有异议未办结的单位暂缓
	StepNoticeEnded Act = "notice-ended"
	StepClosed      Act = "closed"
	StepDigest      Act = "digest"

	StepSignIn       Act = "sign-in" // by an officer, before there is anything to authorise
	StepSignOut      Act = "sign-out"
	StepLockLogin    Act = "lock-login"    // wrong passwords in a row, D-94
	StepBindIdentity Act = "bind-identity" // 绑定统一身份: by an officer who has proved both, D-119

	StepRemoveEvidence Act = "remove-evidence" // nothing ever referred to it, D-36
	StepScanEvidence   Act = "scan-evidence"   // a later scan found something
)

// What workflows hear of an act that moved dates in many places at once, or a
// window on one of several grounds.
const (
	SignalCalendarChanged Act = "calendar-changed"
	SignalWindowChanged   Act = "window-changed"
)

// OfficeActs lists the acts that people and offices do; each has exactly one
// route and one row of policy, and a test compares the three.
func OfficeActs() []Act {
	return []Act{
		ActCreateOfficer, ActDisableOfficer, ActCreateKeys, ActRevokeKey, ActCorrectUnit,
		ActSetLogin, ActChangePassword, ActUnbindIdentity,
		ActDraftStandard, ActEditStandard, ActImportStandard, ActPublishStandard,
		ActOpenAccounts, ActChangeUnit, ActSetContact, ActProposeCalendar, ActApproveCalendar, ActRejectCalendar,
		ActCreateRound, ActCopyRound, ActEditRound, ActOpenRound, ActSuspendRound, ActResumeRound, ActCancelRound,
		ActReopen, ActMoveDate, ActMoveOfficeDate, ActSetLimit, ActCloseOffice,
		ActAcceptPackage, ActReturnPackage, ActAddToSpotCheck, ActRecordVisit,
		ActSetExpert, ActAssignExperts, ActSaveExpertMarks, ActGiveExpertMarks, ActRecuse, ActMark, ActFixCandidates, ActDecide,
		ActCompleteStage, ActAdoptProposals, ActAnnounceNotice, ActExtendNotice, ActProveNotice, ActWithdrawNotice, ActRecommend, ActPutPackage,
		ActAskDepartments, ActRecordOpinions, ActImportOpinions, ActDecideOpinion, ActEndAsking,
		ActSupplement, ActStartRecheck, ActStartRechecks, ActKeepTitle, ActOrderRectification, ActRevokeTitle, ActDeregisterTitle,
		ActReturnPlaque, ActReportTitle, ActTakeReport, ActCloseReport,
		ActConvene, ActHoldMeeting, ActTableMotions, ActRecordVotes, ActCloseMotion,
		ActReportFacts, ActConfirmFacts, ActSaveSelfCheck, ActCreateApplication, ActEditApplication, ActFile, ActEndorse,
		ActCallUp, ActWithdraw, ActInspect, ActSurvey, ActSetIntakeLimits, ActSetSubItems, ActImportSubItems, ActScanForm,
		ActRequestReview, ActAnswerReview,
		ActEnterObjection, ActAssignObjection, ActRaiseObjection, ActAdmitObjection, ActInvestigateObjection,
		ActCommission, ActReportCommission, ActExtendObjection, ActRuleObjection, ActWithdrawObjection, ActReadObjector,
		ActUploadEvidence, ActAttachEvidence, ActDetachEvidence, ActReadMessage,
	}
}

// Role is what an officer may be in its office.
type Role string

// The roles (职责).
const (
	RoleAdmin   Role = "admin"   // administrator (管理员): the owner office's levers, the register, first accounts
	RoleHead    Role = "head"    // head (负责人): signs, makes accounts of own staff and of the offices below
	RoleClerk   Role = "clerk"   // clerk (经办)
	RoleAuditor Role = "auditor" // auditor (审计): reads and verifies, changes nothing

	RoleSupervisor Role = "supervisor" // supervisor (监督员, 纪检监察): objections and who made them; nothing else, and so no other role
	RoleExpert     Role = "expert"     // expert (专家): marks the files it is assigned and sees nothing else
)

// Roles lists every role.
func Roles() []Role {
	return []Role{RoleAdmin, RoleHead, RoleClerk, RoleAuditor, RoleSupervisor, RoleExpert}
}

// Officer is a person acting for an office (经办人员). The name stays in the
// record: it enters no log, no problem document and no workflow.
type Officer struct {
	ID         int64
	Office     int64   // the unit acted for
	OfficeCode string  // its current code
	Path       []int64 // the office's own path in the register, root … itself
	Roles      []Role
}

// NoOffice stands for the office of who acts for none: it is nobody's.
const NoOffice = -1

// ExpertAlone reports whether the officer is an expert and nothing else.
func (o Officer) ExpertAlone() bool {
	return len(o.Roles) > 0 && !slices.ContainsFunc(o.Roles, func(r Role) bool { return r != RoleExpert })
}

// Narrowed returns the officer as it may act: an expert alone acts for no
// office, so that nothing an office may see is seen by it.
func (o Officer) Narrowed() Officer {
	if o.ExpertAlone() {
		o.Office, o.OfficeCode, o.Path = NoOffice, "", nil
	}
	return o
}

// Has reports whether the officer has one of the roles.
func (o Officer) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(o.Roles, r) })
}
