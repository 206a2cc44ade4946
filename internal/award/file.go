package award

import "slices"

// FileState is where an application's file stands (domain 4).
type FileState string

// The states of a file (申报材料状态).
const (
	FileDraft             FileState = "draft"              // 草稿
	FileFiled             FileState = "filed"              // 已申报, at the first office of its chain
	FileClimbing          FileState = "climbing"           // 逐级审核中
	FileReturned          FileState = "returned"           // 退回补正
	FileAtProvince        FileState = "at_province"        // 到省
	FileInspected         FileState = "inspected"          // 已考察验收
	FileProposed          FileState = "proposed"           // 拟推荐
	FileNoticedLocally    FileState = "noticed_locally"    // 省级公示毕
	FileRecommended       FileState = "recommended"        // 推荐
	FileNotRecommended    FileState = "not_recommended"    // 未推荐
	FileReviewed          FileState = "reviewed"           // 材料审核毕
	FileMarked            FileState = "marked"             // 已评分
	FileCandidate         FileState = "candidate"          // 候选
	FileNotSelected       FileState = "not_selected"       // 未入选
	FileNoticedNationally FileState = "noticed_nationally" // 全国公示毕
	FileNamed             FileState = "named"              // 命名
	FileRemoved           FileState = "removed"            // 取消
	FileWithdrawn         FileState = "withdrawn"          // 撤回
	FileLapsed            FileState = "lapsed"             // 逾期未报
	FileDeclined          FileState = "declined"           // 不同意
	FileBarred            FileState = "barred"             // 取消申报资格
	FileVetoed            FileState = "vetoed"             // 一票否决
	FileRoundCancelled    FileState = "round_cancelled"    // 批次取消
)

// FileStates lists every state of a file.
func FileStates() []FileState {
	return []FileState{
		FileDraft, FileFiled, FileClimbing, FileReturned, FileAtProvince, FileInspected,
		FileProposed, FileNoticedLocally, FileRecommended, FileNotRecommended, FileReviewed,
		FileMarked, FileCandidate, FileNotSelected, FileNoticedNationally, FileNamed, FileRemoved,
		FileWithdrawn, FileLapsed, FileDeclined, FileBarred, FileVetoed, FileRoundCancelled,
	}
}

// Ended reports whether nothing more happens to a file in the state, short of
// a call-up or a ruling.
func (s FileState) Ended() bool { return s.Result() != "" }

// Result returns what a state means to the unit whose file has ended in it, in
// Chinese; empty for a state that is no end.
func (s FileState) Result() string {
	switch s {
	case FileNotRecommended:
		return "未推荐"
	case FileNotSelected:
		return "未入选"
	case FileNamed:
		return "命名"
	case FileRemoved:
		return "取消"
	case FileWithdrawn:
		return "撤回"
	case FileLapsed:
		return "逾期未报"
	case FileDeclined:
		return "不同意"
	case FileBarred:
		return "取消申报资格"
	case FileVetoed:
		return "一票否决"
	case FileRoundCancelled:
		return "批次取消"
	case FileDraft, FileFiled, FileClimbing, FileReturned, FileAtProvince, FileInspected,
		FileProposed, FileNoticedLocally, FileRecommended, FileReviewed, FileMarked,
		FileCandidate, FileNoticedNationally:
	}
	return ""
}

// LiveFileStates lists the states in which a file has not ended: what
// cancelling a round ends.
func LiveFileStates() []FileState {
	return slices.DeleteFunc(FileStates(), FileState.Ended)
}

// OnTheWay lists the states in which a file waits on an office below the
// province: what the arrival date passes up (D-16).
func OnTheWay() []FileState { return []FileState{FileFiled, FileClimbing} }

// FileMove is one legal move of a file.
type FileMove = Move[FileState]

// FileMoves is the table of legal moves of a file: code, tests and the diagram
// in docs/lifecycle.md are made from it. Cancelling the round moves every file
// that has not ended and is checked by MoveFile itself.
func FileMoves() []FileMove {
	const n41, n42, n43, n44 = "N 四(一)", "N 四(二)", "N 四(三)", "N 四(四)"
	moves := []FileMove{
		{FileDraft, FileFiled, ActFile, n41},
		{FileDraft, FileAtProvince, ActFile, n41}, // a unit directly below its recommending office
		{FileDraft, FileLapsed, StepLapse, "domain 3"},
		{FileDraft, FileWithdrawn, ActWithdraw, n41},

		{FileFiled, FileClimbing, ActEndorse, n41},
		{FileFiled, FileAtProvince, ActEndorse, n41},
		{FileFiled, FileReturned, ActEndorse, n41},
		{FileFiled, FileDeclined, ActEndorse, n41},
		{FileFiled, FileAtProvince, StepPassUp, "D-16"},
		{FileFiled, FileWithdrawn, ActWithdraw, n41},

		{FileClimbing, FileClimbing, ActEndorse, n41},
		{FileClimbing, FileAtProvince, ActEndorse, n41},
		{FileClimbing, FileReturned, ActEndorse, n41},
		{FileClimbing, FileDeclined, ActEndorse, n41},
		{FileClimbing, FileAtProvince, StepPassUp, "D-16"},
		{FileClimbing, FileWithdrawn, ActWithdraw, n41},

		{FileReturned, FileFiled, ActFile, n41},
		{FileReturned, FileClimbing, ActFile, n41},
		{FileReturned, FileAtProvince, ActFile, n41},
		{FileReturned, FileClimbing, ActEndorse, n41}, // returned to an office, which mends and agrees
		{FileReturned, FileAtProvince, ActEndorse, n41},
		{FileReturned, FileReturned, ActEndorse, n41},        // and may return it further down
		{FileReturned, FileClimbing, StepPassUp, "domain 3"}, // returned to an office that stays silent past its due date
		{FileReturned, FileAtProvince, StepPassUp, "D-16"},
		{FileReturned, FileLapsed, StepLapse, "domain 4"}, // returned to the unit, which stays silent
		{FileReturned, FileWithdrawn, ActWithdraw, n41},

		{FileDeclined, FileClimbing, ActCallUp, "domain 4"},
		{FileDeclined, FileAtProvince, ActCallUp, "domain 4"},

		{FileAtProvince, FileReturned, ActEndorse, n41},
		{FileAtProvince, FileDeclined, ActEndorse, n42},
		{FileAtProvince, FileInspected, ActInspect, n42},
		{FileAtProvince, FileWithdrawn, ActWithdraw, n42},
		{FileInspected, FileInspected, ActInspect, n42},
		{FileInspected, FileProposed, ActAdoptProposals, n42},
		{FileInspected, FileWithdrawn, ActWithdraw, n42},
		{FileProposed, FileInspected, ActAdoptProposals, n42}, // a revised list leaves it out again
		{FileProposed, FileProposed, ActAdoptProposals, n42},
		{FileProposed, FileNoticedLocally, StepNoticeEnded, n42},
		{FileProposed, FileNoticedLocally, ActRuleObjection, "domain 7"}, // its objection dismissed after the notice
		{FileProposed, FileWithdrawn, ActWithdraw, n42},
		{FileNoticedLocally, FileRecommended, ActRecommend, n42},
		{FileNoticedLocally, FileWithdrawn, ActWithdraw, n42},
		{FileRecommended, FileNoticedLocally, ActRecommend, n42}, // a revised cut leaves it out
		{FileRecommended, FileWithdrawn, ActWithdraw, n42},

		// The province has completed its stage, or was closed by name: what it did not recommend ends.
		{FileAtProvince, FileNotRecommended, ActAcceptPackage, n42},
		{FileInspected, FileNotRecommended, ActAcceptPackage, n42},
		{FileProposed, FileNotRecommended, ActAcceptPackage, n42},
		{FileNoticedLocally, FileNotRecommended, ActAcceptPackage, n42},
		{FileReturned, FileNotRecommended, ActAcceptPackage, n42},
		{FileFiled, FileNotRecommended, ActCloseOffice, "domain 3"},
		{FileClimbing, FileNotRecommended, ActCloseOffice, "domain 3"},
		{FileReturned, FileNotRecommended, ActCloseOffice, "domain 3"},
		{FileAtProvince, FileNotRecommended, ActCloseOffice, "domain 3"},
		{FileInspected, FileNotRecommended, ActCloseOffice, "domain 3"},
		{FileProposed, FileNotRecommended, ActCloseOffice, "domain 3"},
		{FileNoticedLocally, FileNotRecommended, ActCloseOffice, "domain 3"},
		{FileRecommended, FileNotRecommended, ActCloseOffice, "domain 3"},

		{FileRecommended, FileReviewed, ActAcceptPackage, n43},
		{FileReviewed, FileMarked, ActMark, n43},
		{FileReviewed, FileMarked, ActCompleteStage, n43}, // by the marks of experts
		{FileReviewed, FileVetoed, ActRecordVisit, n43},   // the visit fails the unit
		{FileReviewed, FileNotSelected, ActFixCandidates, n43},
		{FileReviewed, FileWithdrawn, ActWithdraw, n43},
		{FileMarked, FileMarked, ActMark, n43},
		{FileMarked, FileVetoed, ActRecordVisit, n43},
		{FileMarked, FileCandidate, ActFixCandidates, n44},
		{FileMarked, FileNotSelected, ActFixCandidates, n44},
		{FileMarked, FileWithdrawn, ActWithdraw, n43},
		{FileCandidate, FileNoticedNationally, StepNoticeEnded, n44},
		{FileCandidate, FileNoticedNationally, ActRuleObjection, "domain 7"}, // also after the decision: a supplementary one names it
		{FileCandidate, FileWithdrawn, ActWithdraw, n44},
		{FileNoticedNationally, FileNamed, ActDecide, n44},
		{FileNoticedNationally, FileNamed, ActSupplement, "domain 7"},
		{FileCandidate, FileNamed, ActSupplement, "domain 7"}, // suspended when its notice ended, and no longer
		{FileNoticedNationally, FileWithdrawn, ActWithdraw, n44},

		// An objection upheld (domain 7); a list whose notice was withdrawn sends its files back with the objection open.
		{FileInspected, FileRemoved, ActRuleObjection, "domain 7"},
		{FileProposed, FileRemoved, ActRuleObjection, "domain 7"},
		{FileMarked, FileRemoved, ActRuleObjection, "domain 7"},
		{FileCandidate, FileRemoved, ActRuleObjection, "domain 7"},
	}
	for _, state := range LiveFileStates() { // a unit that is barred stands for nothing any more, however far it has come
		moves = append(moves, FileMove{state, FileBarred, ActRevokeTitle, "D-117"})
	}
	return moves
}

// MoveFile checks a move against the table.
func MoveFile(from FileState, act Act, to FileState) error {
	if act == ActCancelRound && !from.Ended() && to == FileRoundCancelled {
		return nil
	}
	if legal(FileMoves(), from, act, to) {
		return nil
	}
	return Refuse(Conflict, "N 四", "file_move", string(act), string(from))
}

// MovesFrom returns the states that the act may move a file from, so that SQL
// that moves many files at once takes them from the same table.
func MovesFrom(act Act, to FileState) []FileState {
	var from []FileState
	for _, m := range FileMoves() {
		if m.Act == act && m.To == to {
			from = append(from, m.From)
		}
	}
	return from
}

// Opinion is what an office says of a file (审核意见).
type Opinion string

// The opinions.
const (
	OpinionAgree    Opinion = "agree"    // 同意
	OpinionDecline  Opinion = "decline"  // 不同意
	OpinionReturn   Opinion = "return"   // 退回补正
	OpinionUnsigned Opinion = "unsigned" // 未签署意见: written by the arrival date alone (D-16)
)

// Next returns the office that a file goes to after the given one: its parent
// on the chain, and true when that is the recommending office. path is the
// unit's own path, root first, itself last.
func Next(path []int64, after, recommending int64) (office int64, atProvince bool, err error) {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == after {
			return path[i-1], path[i-1] == recommending, nil
		}
	}
	return 0, false, Refuse(Conflict, "N 四(一)", "chain_broken")
}
