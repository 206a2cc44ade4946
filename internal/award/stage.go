package award

import "slices"

// RoundState is where a round's row stands.
type RoundState string

// The states of a round (批次状态).
const (
	RoundDraft     RoundState = "draft"     // 草拟
	RoundOpening   RoundState = "opening"   // 开启中: register, limits and standards are being frozen
	RoundOpen      RoundState = "open"      // 进行中
	RoundSuspended RoundState = "suspended" // 暂停
	RoundClosed    RoundState = "closed"    // 已结束
	RoundCancelled RoundState = "cancelled" // 已取消
)

// RoundStates lists every state of a round.
func RoundStates() []RoundState {
	return []RoundState{RoundDraft, RoundOpening, RoundOpen, RoundSuspended, RoundClosed, RoundCancelled}
}

// Live reports whether workflows of the round should exist.
func (s RoundState) Live() bool {
	return s == RoundOpening || s == RoundOpen || s == RoundSuspended
}

// RoundMove is one legal move of a round.
type RoundMove = Move[RoundState]

// RoundMoves is the table of legal moves of a round; the diagram in
// docs/lifecycle.md is made from it.
func RoundMoves() []RoundMove {
	return []RoundMove{
		{RoundDraft, RoundOpening, ActOpenRound, "N 二"},
		{RoundDraft, RoundCancelled, ActCancelRound, ""},
		{RoundOpening, RoundOpen, StepOpened, "N 二"},
		{RoundOpening, RoundCancelled, ActCancelRound, ""},
		{RoundOpen, RoundSuspended, ActSuspendRound, ""},
		{RoundOpen, RoundCancelled, ActCancelRound, ""},
		{RoundOpen, RoundClosed, StepClosed, "N 四(四)"},
		{RoundSuspended, RoundOpen, ActResumeRound, ""},
		{RoundSuspended, RoundCancelled, ActCancelRound, ""},
	}
}

// MoveRound returns the state a round is in after the act, or a refusal.
func MoveRound(from RoundState, act Act) (RoundState, error) {
	if to, ok := leads(RoundMoves(), from, act); ok {
		return to, nil
	}
	return "", Refuse(Conflict, "", "round_move", string(act), string(from))
}

// Stage is a chapter of the procedure (阶段, N 四).
type Stage string

// The stages, in the order of N 四.
const (
	StageSelfCheck      Stage = "self_check"     // 自查申报, N 四(一)
	StageRecommendation Stage = "recommendation" // 考察推荐, N 四(二)
	StageAssessment     Stage = "assessment"     // 评估验收, N 四(三)
	StagePublicNotice   Stage = "public_notice"  // 公示, N 四(四)
	StageCommendation   Stage = "commendation"   // 命名表彰, N 四(四)
)

// Stages lists the stages in order. A round never moves back.
func Stages() []Stage {
	return []Stage{StageSelfCheck, StageRecommendation, StageAssessment, StagePublicNotice, StageCommendation}
}

// After reports whether the stage comes after another.
func (s Stage) After(other Stage) bool {
	return slices.Index(Stages(), s) > slices.Index(Stages(), other)
}

// Chinese returns the Notice's word for the stage.
func (s Stage) Chinese() string {
	switch s {
	case StageSelfCheck:
		return "自查申报"
	case StageRecommendation:
		return "考察推荐"
	case StageAssessment:
		return "评估验收"
	case StagePublicNotice:
		return "公示"
	case StageCommendation:
		return "命名表彰"
	}
	return string(s)
}

// ParseStage returns the stage of that name, or a refusal.
func ParseStage(name string) (Stage, error) {
	for _, s := range Stages() {
		if string(s) == name {
			return s, nil
		}
	}
	return "", Refuse(Invalid, "N 四", "stage_unknown", name)
}

// StageState is where one office stands in one stage.
type StageState string

// The states of an office's stage.
const (
	StageOpen     StageState = "open"     // 办理中
	StageComplete StageState = "complete" // 已完成
	StageClosed   StageState = "closed"   // 点名关闭: closed by name, with a reason
)

// StageStates lists every state of an office's stage.
func StageStates() []StageState { return []StageState{StageOpen, StageComplete, StageClosed} }

// StageMove is one legal move of an office's stage.
type StageMove = Move[StageState]

// StageMoves is the table of legal moves of an office's stage.
func StageMoves() []StageMove {
	return []StageMove{
		{StageOpen, StageComplete, ActCompleteStage, "N 四(二)"}, // also after the date, marked 逾期
		{StageOpen, StageClosed, ActCloseOffice, "domain 3"},
		{StageComplete, StageOpen, ActReturnPackage, "domain 5.7"},
		{StageComplete, StageOpen, ActReopen, ""},
		{StageClosed, StageOpen, ActReopen, ""},
	}
}

// MoveStage returns the state of an office's stage after the act, or a refusal.
func MoveStage(from StageState, act Act) (StageState, error) {
	if to, ok := leads(StageMoves(), from, act); ok {
		return to, nil
	}
	if from == StageClosed {
		return "", Refuse(Closed, "domain 3", "office_closed_by_name")
	}
	return "", Refuse(Conflict, "", "stage_move", string(act), string(from))
}
