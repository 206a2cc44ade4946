package server

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"shifan/internal/award"
)

// actOf says which act an operation of the contract is. What is not listed
// reads and changes nothing.
var actOf = map[string]award.Act{
	"createOfficer": award.ActCreateOfficer, "disableOfficer": award.ActDisableOfficer,
	"createKeys": award.ActCreateKeys, "revokeKey": award.ActRevokeKey,
	"setLogin": award.ActSetLogin, "changePassword": award.ActChangePassword, "unbindIdentity": award.ActUnbindIdentity, "openAccounts": award.ActOpenAccounts,
	"correctUnit": award.ActCorrectUnit, "changeUnit": award.ActChangeUnit, "setContact": award.ActSetContact,

	"proposeCalendarChange": award.ActProposeCalendar, "approveCalendarChange": award.ActApproveCalendar,
	"rejectCalendarChange": award.ActRejectCalendar,

	"draftStandard": award.ActDraftStandard, "editStandard": award.ActEditStandard,
	"importStandard": award.ActImportStandard, "publishStandard": award.ActPublishStandard,

	"createRound": award.ActCreateRound, "copyRound": award.ActCopyRound, "editRound": award.ActEditRound, "openRound": award.ActOpenRound,
	"suspendRound": award.ActSuspendRound, "resumeRound": award.ActResumeRound, "cancelRound": award.ActCancelRound,
	"reopenOffices": award.ActReopen, "moveDate": award.ActMoveDate, "moveOfficeDate": award.ActMoveOfficeDate,
	"setLimit": award.ActSetLimit, "closeOffice": award.ActCloseOffice,
	"acceptPackage": award.ActAcceptPackage, "returnPackage": award.ActReturnPackage,
	"addToSpotCheck": award.ActAddToSpotCheck, "recordVisit": award.ActRecordVisit,
	"setExpert": award.ActSetExpert, "assignExperts": award.ActAssignExperts,
	"saveExpertMarks": award.ActSaveExpertMarks, "giveExpertMarks": award.ActGiveExpertMarks, "recuse": award.ActRecuse,
	"mark": award.ActMark, "fixCandidates": award.ActFixCandidates, "decide": award.ActDecide,

	"completeStage": award.ActCompleteStage, "adoptProposals": award.ActAdoptProposals,
	"extendNotice": award.ActExtendNotice, "proveNotice": award.ActProveNotice, "withdrawNotice": award.ActWithdrawNotice,
	"announceNotice": award.ActAnnounceNotice, "recommend": award.ActRecommend, "putPackage": award.ActPutPackage,
	"askDepartments": award.ActAskDepartments, "recordDepartmentOpinions": award.ActRecordOpinions,
	"importDepartmentOpinions": award.ActImportOpinions, "decideDepartmentOpinion": award.ActDecideOpinion,
	"endDepartmentAsking": award.ActEndAsking,
	"supplement":          award.ActSupplement, "startRecheck": award.ActStartRecheck, "startRechecks": award.ActStartRechecks, "keepTitle": award.ActKeepTitle,
	"orderRectification": award.ActOrderRectification, "revokeTitle": award.ActRevokeTitle, "deregisterTitle": award.ActDeregisterTitle,
	"returnPlaque": award.ActReturnPlaque, "reportTitle": award.ActReportTitle, "closeReport": award.ActCloseReport, "takeReport": award.ActTakeReport,
	"conveneCommittee": award.ActConvene, "holdMeeting": award.ActHoldMeeting, "tableMotions": award.ActTableMotions,
	"recordVotes": award.ActRecordVotes, "closeMotion": award.ActCloseMotion,

	"reportFacts": award.ActReportFacts, "confirmFacts": award.ActConfirmFacts, "saveSelfCheck": award.ActSaveSelfCheck, "createApplication": award.ActCreateApplication,
	"editApplication": award.ActEditApplication, "fileApplication": award.ActFile, "endorse": award.ActEndorse,
	"callUpApplication": award.ActCallUp, "withdrawApplication": award.ActWithdraw,
	"inspect": award.ActInspect, "survey": award.ActSurvey,
	"setIntakeLimits": award.ActSetIntakeLimits, "setSubItems": award.ActSetSubItems, "importSubItems": award.ActImportSubItems,
	"scanForm":      award.ActScanForm,
	"requestReview": award.ActRequestReview, "answerReview": award.ActAnswerReview,

	"fileObjection": award.ActFileObjection, "attachToObjection": award.ActAttachToObjection, "fileReport": award.ActFileReport,
	"enterObjection": award.ActEnterObjection, "assignObjection": award.ActAssignObjection, "raiseObjection": award.ActRaiseObjection,
	"admitObjection": award.ActAdmitObjection, "investigateObjection": award.ActInvestigateObjection,
	"commissionFacts": award.ActCommission, "reportCommission": award.ActReportCommission, "extendObjection": award.ActExtendObjection,
	"ruleObjection": award.ActRuleObjection, "withdrawObjection": award.ActWithdrawObjection, "readObjector": award.ActReadObjector,

	"uploadEvidence": award.ActUploadEvidence, "attachEvidence": award.ActAttachEvidence,
	"detachEvidence": award.ActDetachEvidence,

	"readMessage": award.ActReadMessage,
}

// bulkOf says which act an operation of the contract does item by item, each an
// act of its own beside the act's one route.
var bulkOf = map[string]award.Act{"endorseMany": award.ActEndorse, "saveSelfChecks": award.ActSaveSelfCheck, "saveSelfChecksWorkbook": award.ActSaveSelfCheck}

func TestEveryActHasExactlyOneRouteAndEveryMutatingRouteIsAnAct(t *testing.T) {
	contract, err := readContract(contractText(t))
	if err != nil {
		t.Fatal(err)
	}
	routes := make(map[award.Act]int)
	seen := make(map[string]bool)
	for route, o := range contract.operations {
		seen[o.OperationID] = true
		name, acts := actOf[o.OperationID]
		_, many := bulkOf[o.OperationID]
		if (acts || many) != o.act {
			t.Errorf("%s (%s): changes something: %v; is an act: %v", o.OperationID, route, o.act, acts)
		}
		if o.act && o.public != slices.Contains(award.PublicActs(), name) {
			t.Errorf("%s changes something; without a key: %v", o.OperationID, o.public)
		}
		if acts {
			routes[name]++
		}
	}
	every := append(award.OfficeActs(), award.PublicActs()...)
	for _, name := range every { // internal/acts proves that each has a row of policy
		if routes[name] != 1 {
			t.Errorf("act %s has %d routes", name, routes[name])
		}
	}
	if len(routes) != len(every) {
		t.Errorf("%d acts have routes, %d are listed", len(routes), len(every))
	}
	for _, operations := range []map[string]award.Act{actOf, bulkOf} {
		for id := range operations {
			if !seen[id] {
				t.Errorf("the contract has no operation %s", id)
			}
		}
	}
}

func TestEveryActTakesAnIdempotencyKeyAndEveryListACursor(t *testing.T) {
	contract, err := readContract(contractText(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range contract.operations {
		takes := func(name string) bool {
			for _, p := range o.inputs {
				if p.Name == name {
					return true
				}
			}
			return false
		}
		if o.act != takes("Idempotency-Key") {
			t.Errorf("%s: changes something: %v; takes an Idempotency-Key: %v", o.OperationID, o.act, takes("Idempotency-Key"))
		}
		if takes("cursor") != takes("limit") {
			t.Errorf("%s takes only one of cursor and limit", o.OperationID)
		}
	}
}

func TestEveryOperationIsRoutedAndAsksForAKeyUnlessPublic(t *testing.T) {
	h := newHouse(t)
	contract, err := readContract(contractText(t))
	if err != nil {
		t.Fatal(err)
	}
	for route, o := range contract.operations {
		method, path, _ := strings.Cut(route, " ")
		r := httptest.NewRequest(method, strings.NewReplacer(":category", "street", ":stage", "assessment").Replace(
			pathHole.ReplaceAllString(path, "1")), http.NoBody)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if got := w.Code == http.StatusUnauthorized; got == o.public {
			t.Errorf("%s without a key answers %d", route, w.Code)
		}
	}
}

// pathHole is a parameter of a route other than those with words of their own.
var pathHole = regexp.MustCompile(`:(standard|round|office|unit|application|id|officer|number|leaf|sha256|objection|commission|receipt)\b`)

func TestTheGeneratedRoutesAreTheContracts(t *testing.T) {
	contract, err := readContract(contractText(t))
	if err != nil {
		t.Fatal(err)
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	RegisterHandlers(engine.Group(prefix), NewStrictHandler(&Server{}, nil))
	var generated, written []string
	for _, r := range engine.Routes() {
		generated = append(generated, r.Method+" "+r.Path)
	}
	for route := range contract.operations {
		written = append(written, route)
	}
	slices.Sort(generated)
	slices.Sort(written)
	if !slices.Equal(generated, written) {
		t.Errorf("api.gen.go is not made from openapi.yaml: run make generate\ngenerated %q\nwritten   %q", generated, written)
	}
}
