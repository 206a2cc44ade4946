package acts

import (
	"slices"

	"shifan/internal/award"
)

// Row is what the policy must know of the row acted on. Zero fields do not
// apply to it and match nobody.
type Row struct {
	Owner   int64   // the round's owner office
	Office  int64   // the recommending office it belongs to
	Unit    int64   // the unit it is about
	Path    []int64 // the unit's or office's own path in the round's register: root … itself
	Waiting int64   // the office that must act next
	Handler int64   // the officer of Office who handles it
	Expert  int64   // the officer to whom it is assigned (专家)
}

// relation is how an officer's office stands to a row.
type relation int

const (
	theOwner    relation = iota // the round's owner office
	theOffice                   // the recommending office itself
	theUnit                     // the unit itself
	unitOrAbove                 // the unit, or an office above it: 代录
	theWaiting                  // the office whose turn it is
	above                       // any office above the row's unit or office
	theHandler                  // the officer who handles it, in the recommending office
	theExpert                   // the officer it is assigned to, whatever the office
)

// grant lets officers of a relation with one of the roles do an act.
type grant struct {
	relation relation
	roles    []award.Role
}

// policy says who may do what to which row. What is not listed is denied; a
// test holds it against the list of acts and the routes.
func policy() map[award.Act][]grant {
	admin := []award.Role{award.RoleAdmin}
	heads := []award.Role{award.RoleAdmin, award.RoleHead}
	staff := []award.Role{award.RoleAdmin, award.RoleHead, award.RoleClerk}
	supervisor := []award.Role{award.RoleSupervisor}
	expert := []award.Role{award.RoleExpert}
	return map[award.Act][]grant{
		award.ActCreateOfficer:  {{theUnit, heads}, {above, heads}}, // own staff, and the offices below (domain 11)
		award.ActDisableOfficer: {{theUnit, heads}, {above, heads}},
		award.ActCreateKeys:     {{theUnit, heads}, {above, heads}},
		award.ActRevokeKey:      {{theUnit, heads}, {above, heads}},
		award.ActSetLogin:       {{theUnit, heads}, {above, heads}},
		award.ActChangePassword: {{theUnit, award.Roles()}}, // of the caller itself: Acts.ChangePassword
		award.ActUnbindIdentity: {{theUnit, award.Roles()}}, // likewise: Acts.UnbindIdentity
		award.ActOpenAccounts:   {{above, heads}},
		award.ActCorrectUnit:    {{above, admin}},
		award.ActChangeUnit:     {{above, admin}},
		award.ActSetContact:     {{unitOrAbove, staff}},

		award.ActProposeCalendar: {{theOwner, admin}}, // of the register's root
		award.ActApproveCalendar: {{theOwner, admin}}, // by another than who proposed it: Acts.ApproveCalendarChange
		award.ActRejectCalendar:  {{theOwner, admin}},

		award.ActDraftStandard:   {{theOwner, admin}},
		award.ActEditStandard:    {{theOwner, admin}},
		award.ActImportStandard:  {{theOwner, admin}},
		award.ActPublishStandard: {{theOwner, admin}},

		award.ActCreateRound:    {{theOwner, admin}},
		award.ActCopyRound:      {{theOwner, admin}},
		award.ActEditRound:      {{theOwner, admin}},
		award.ActOpenRound:      {{theOwner, admin}},
		award.ActSuspendRound:   {{theOwner, admin}},
		award.ActResumeRound:    {{theOwner, admin}},
		award.ActCancelRound:    {{theOwner, admin}},
		award.ActReopen:         {{theOwner, admin}},
		award.ActMoveDate:       {{theOwner, admin}},
		award.ActMoveOfficeDate: {{theOwner, admin}, {theOffice, heads}}, // an office only its own intake and arrival: award.MayMoveDate
		award.ActSetLimit:       {{theOwner, admin}},
		award.ActCloseOffice:    {{theOwner, admin}},
		award.ActAcceptPackage:  {{theOwner, staff}},
		award.ActReturnPackage:  {{theOwner, staff}},
		award.ActAddToSpotCheck: {{theOwner, heads}},
		award.ActRecordVisit:    {{theOwner, staff}},
		award.ActMark:           {{theOwner, staff}},
		award.ActFixCandidates:  {{theOwner, heads}},
		award.ActDecide:         {{theOwner, heads}},

		award.ActSetExpert:       {{theOwner, heads}},
		award.ActAssignExperts:   {{theOwner, heads}},
		award.ActSaveExpertMarks: {{theExpert, expert}},
		award.ActGiveExpertMarks: {{theExpert, expert}},
		award.ActRecuse:          {{theExpert, expert}},

		award.ActCompleteStage:  {{theOffice, heads}, {theOwner, heads}}, // the owner completes its own stages alone: Acts.CompleteStage
		award.ActAdoptProposals: {{theOffice, heads}},
		award.ActAnnounceNotice: {{theOffice, heads}},
		award.ActExtendNotice:   {{theOffice, heads}},
		award.ActProveNotice:    {{theOffice, heads}},
		award.ActWithdrawNotice: {{theOffice, heads}},
		award.ActRecommend:      {{theOffice, heads}},
		award.ActPutPackage:     {{theOffice, staff}},
		award.ActAskDepartments: {{theOffice, heads}},
		award.ActRecordOpinions: {{theOffice, staff}},
		award.ActImportOpinions: {{theOffice, staff}},
		award.ActDecideOpinion:  {{theOffice, heads}},
		award.ActEndAsking:      {{theOffice, heads}},

		award.ActSupplement:         {{theOwner, heads}},
		award.ActStartRecheck:       {{theOffice, heads}, {theOwner, heads}},
		award.ActStartRechecks:      {{theOffice, heads}, {theOwner, heads}},
		award.ActKeepTitle:          {{theOffice, heads}, {theOwner, heads}},
		award.ActOrderRectification: {{theOffice, heads}, {theOwner, heads}},
		award.ActRevokeTitle:        {{theOwner, heads}}, // who gave it
		award.ActDeregisterTitle:    {{theOwner, heads}},
		award.ActReturnPlaque:       {{theOffice, staff}, {theOwner, staff}},
		award.ActReportTitle:        {{theOffice, staff}, {theOwner, staff}},
		award.ActTakeReport:         {{theOffice, staff}, {theOwner, staff}},
		award.ActCloseReport:        {{theOffice, heads}, {theOwner, heads}},

		award.ActConvene:      {{theOffice, heads}},
		award.ActHoldMeeting:  {{theOffice, staff}},
		award.ActTableMotions: {{theOffice, staff}},
		award.ActRecordVotes:  {{theOffice, staff}},
		award.ActCloseMotion:  {{theOffice, heads}},

		award.ActReportFacts:       {{unitOrAbove, staff}},
		award.ActConfirmFacts:      {{theWaiting, staff}}, // the county office: award.ConfirmingOffice
		award.ActSaveSelfCheck:     {{unitOrAbove, staff}},
		award.ActCreateApplication: {{unitOrAbove, staff}},
		award.ActEditApplication:   {{unitOrAbove, staff}},
		award.ActFile:              {{unitOrAbove, staff}},
		award.ActEndorse:           {{theWaiting, staff}},
		award.ActCallUp:            {{above, heads}}, // only the next superior: award
		award.ActWithdraw:          {{theUnit, heads}, {theUnit, staff}},
		award.ActInspect:           {{theOffice, staff}},
		award.ActSurvey:            {{theOffice, staff}},

		award.ActEnterObjection:       {{theOffice, append(staff, supervisor...)}},
		award.ActAssignObjection:      {{theOffice, append(heads, supervisor...)}},
		award.ActRaiseObjection:       {{theOffice, append(heads, supervisor...)}},
		award.ActAdmitObjection:       {{theHandler, append(staff, supervisor...)}}, // and took no part in deciding: Acts.judge
		award.ActInvestigateObjection: {{theHandler, append(staff, supervisor...)}},
		award.ActCommission:           {{theHandler, append(staff, supervisor...)}},
		award.ActReportCommission:     {{theWaiting, staff}},
		award.ActExtendObjection:      {{theHandler, append(staff, supervisor...)}},
		award.ActRuleObjection:        {{theHandler, append(staff, supervisor...)}},
		award.ActWithdrawObjection:    {{theHandler, append(staff, supervisor...)}},
		award.ActReadObjector:         {{theHandler, append(staff, supervisor...)}, {theOffice, supervisor}},

		award.ActUploadEvidence: {{theUnit, staff}}, // a file belongs to the office that uploads it
		award.ActAttachEvidence: {{unitOrAbove, staff}},
		award.ActDetachEvidence: {{unitOrAbove, staff}},

		award.ActSetIntakeLimits: {{theOffice, heads}},
		award.ActSetSubItems:     {{theOffice, heads}},
		award.ActImportSubItems:  {{theOffice, heads}},
		award.ActScanForm:        {{unitOrAbove, staff}},
		award.ActRequestReview:   {{theUnit, staff}},
		award.ActAnswerReview:    {{theWaiting, staff}}, // by one who has not acted on the file: Acts.AnswerReview

		award.ActReadMessage: {{theOffice, append(staff, award.RoleAuditor, award.RoleSupervisor)}, {theExpert, expert}}, // an expert its own: it acts for no office
	}
}

// Can decides whether the officer may do the act to the row: nil when it may;
// award.Forbidden when it may see the row and not do this; award.NotFound when
// it may not even see it, so that nobody learns what exists elsewhere.
func Can(by award.Officer, name award.Act, row Row) error {
	for _, g := range policy()[name] {
		if by.Has(g.roles...) && stands(by, g.relation, row) {
			return nil
		}
	}
	if !MaySee(by, row) {
		return award.Refuse(award.NotFound, "", "not_found")
	}
	return award.Refuse(award.Forbidden, "N 四", "forbidden_"+string(name))
}

// MaySee reports whether the officer may read the row: its own, those of the
// units below its office, and all of a round its office owns. Whoever stands
// above a recommending office sees what is below it. An expert alone sees what is
// assigned to it and nothing of its office.
func MaySee(by award.Officer, row Row) bool {
	if by.ExpertAlone() {
		return stands(by, theExpert, row)
	}
	return by.Office != 0 &&
		(by.Office == row.Owner || by.Office == row.Unit || by.Office == row.Office || by.Office == row.Waiting ||
			slices.Contains(row.Path, by.Office))
}

func stands(by award.Officer, r relation, row Row) bool {
	if by.Office == 0 {
		return false
	}
	switch r {
	case theExpert:
		return by.ID != 0 && by.ID == row.Expert
	case theOwner:
		return by.Office == row.Owner
	case theOffice:
		return by.Office == row.Office
	case theUnit:
		return by.Office == row.Unit
	case theWaiting:
		return by.Office == row.Waiting
	case theHandler:
		return by.Office == row.Office && by.ID == row.Handler
	case unitOrAbove:
		return by.Office == row.Unit || slices.Contains(row.Path, by.Office)
	case above:
		return by.Office != row.Unit && slices.Contains(row.Path, by.Office)
	}
	return false
}
