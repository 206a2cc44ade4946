package acts

import (
	"fmt"
	"slices"
	"testing"

	"shifan/internal/award"
)

// The register of these tests: nation 1, province 2, prefecture 3, district 4,
// street 5 below one another; 9 is another province.
const (
	nation, province, prefecture, district, street, elsewhere = 1, 2, 3, 4, 5, 9
)

var pathTo = map[int64][]int64{
	nation: {1}, province: {1, 2}, prefecture: {1, 2, 3}, district: {1, 2, 3, 4}, street: {1, 2, 3, 4, 5}, elsewhere: {1, 9},
}

// rows are what is acted on: an application of the street that waits for the
// district, under a national round, and what else acts speak of.
var rows = map[string]Row{
	"file":     {Owner: nation, Office: province, Unit: street, Path: pathTo[street], Waiting: district},
	"office":   {Owner: nation, Office: province, Unit: province, Path: pathTo[province]},
	"round":    {Owner: nation, Path: []int64{nation}},
	"standard": {Owner: nation},
	"register": {Unit: street, Path: pathTo[street]},
	"message":  {Office: district},

	"marking":    {Owner: nation, Expert: 1}, // every officer of these tests is number 1
	"objection":  {Owner: nation, Office: province, Path: pathTo[province], Handler: 1},
	"commission": {Waiting: district},
}

// allowed lists, for every act, the row it is tried on and who may do it: the
// offices, each with its roles. Nobody else may.
var allowed = map[award.Act]struct {
	row string
	who map[int64][]award.Role
}{
	award.ActCreateOfficer:  {"register", downTo(street, admin, head)},
	award.ActDisableOfficer: {"register", downTo(street, admin, head)},
	award.ActCreateKeys:     {"register", downTo(street, admin, head)},
	award.ActRevokeKey:      {"register", downTo(street, admin, head)},
	award.ActSetLogin:       {"register", downTo(street, admin, head)},
	award.ActChangePassword: {"register", only(street, award.Roles()...)},
	award.ActUnbindIdentity: {"register", only(street, award.Roles()...)},
	award.ActOpenAccounts:   {"register", downTo(district, admin, head)},
	award.ActCorrectUnit:    {"register", downTo(district, admin)},
	award.ActChangeUnit:     {"register", downTo(district, admin)},
	award.ActSetContact:     {"register", downTo(street, admin, head, clerk)},

	award.ActProposeCalendar: {"round", only(nation, admin)},
	award.ActApproveCalendar: {"round", only(nation, admin)},
	award.ActRejectCalendar:  {"round", only(nation, admin)},

	award.ActDraftStandard:   {"standard", only(nation, admin)},
	award.ActEditStandard:    {"standard", only(nation, admin)},
	award.ActImportStandard:  {"standard", only(nation, admin)},
	award.ActPublishStandard: {"standard", only(nation, admin)},

	award.ActCreateRound:    {"round", only(nation, admin)},
	award.ActCopyRound:      {"round", only(nation, admin)},
	award.ActEditRound:      {"round", only(nation, admin)},
	award.ActOpenRound:      {"round", only(nation, admin)},
	award.ActSuspendRound:   {"round", only(nation, admin)},
	award.ActResumeRound:    {"round", only(nation, admin)},
	award.ActCancelRound:    {"round", only(nation, admin)},
	award.ActReopen:         {"round", only(nation, admin)},
	award.ActMoveDate:       {"round", only(nation, admin)},
	award.ActMoveOfficeDate: {"office", map[int64][]award.Role{nation: {admin}, province: {admin, head}}},
	award.ActSetLimit:       {"office", only(nation, admin)},
	award.ActCloseOffice:    {"office", only(nation, admin)},
	award.ActAcceptPackage:  {"office", only(nation, admin, head, clerk)},
	award.ActReturnPackage:  {"office", only(nation, admin, head, clerk)},
	award.ActAddToSpotCheck: {"round", only(nation, admin, head)},
	award.ActRecordVisit:    {"round", only(nation, admin, head, clerk)},
	award.ActMark:           {"round", only(nation, admin, head, clerk)},
	award.ActFixCandidates:  {"round", only(nation, admin, head)},
	award.ActDecide:         {"round", only(nation, admin, head)},

	award.ActSetExpert:       {"round", only(nation, admin, head)},
	award.ActAssignExperts:   {"round", only(nation, admin, head)},
	award.ActSaveExpertMarks: {"marking", everywhere(expert)},
	award.ActGiveExpertMarks: {"marking", everywhere(expert)},
	award.ActRecuse:          {"marking", everywhere(expert)},

	award.ActCompleteStage:  {"office", map[int64][]award.Role{nation: {admin, head}, province: {admin, head}}},
	award.ActAdoptProposals: {"office", only(province, admin, head)},
	award.ActAnnounceNotice: {"office", only(province, admin, head)},
	award.ActExtendNotice:   {"office", only(province, admin, head)},
	award.ActProveNotice:    {"office", only(province, admin, head)},
	award.ActWithdrawNotice: {"office", only(province, admin, head)},
	award.ActRecommend:      {"office", only(province, admin, head)},
	award.ActPutPackage:     {"office", only(province, admin, head, clerk)},
	award.ActAskDepartments: {"office", only(province, admin, head)},
	award.ActRecordOpinions: {"office", only(province, admin, head, clerk)},
	award.ActImportOpinions: {"office", only(province, admin, head, clerk)},
	award.ActDecideOpinion:  {"office", only(province, admin, head)},
	award.ActEndAsking:      {"office", only(province, admin, head)},

	award.ActSupplement:         {"round", only(nation, admin, head)},
	award.ActStartRecheck:       {"office", map[int64][]award.Role{nation: {admin, head}, province: {admin, head}}},
	award.ActStartRechecks:      {"office", map[int64][]award.Role{nation: {admin, head}, province: {admin, head}}},
	award.ActKeepTitle:          {"office", map[int64][]award.Role{nation: {admin, head}, province: {admin, head}}},
	award.ActOrderRectification: {"office", map[int64][]award.Role{nation: {admin, head}, province: {admin, head}}},
	award.ActRevokeTitle:        {"office", only(nation, admin, head)},
	award.ActDeregisterTitle:    {"office", only(nation, admin, head)},
	award.ActReturnPlaque:       {"office", map[int64][]award.Role{nation: {admin, head, clerk}, province: {admin, head, clerk}}},
	award.ActReportTitle:        {"office", map[int64][]award.Role{nation: {admin, head, clerk}, province: {admin, head, clerk}}},
	award.ActTakeReport:         {"office", map[int64][]award.Role{nation: {admin, head, clerk}, province: {admin, head, clerk}}},
	award.ActCloseReport:        {"office", map[int64][]award.Role{nation: {admin, head}, province: {admin, head}}},

	award.ActConvene:      {"office", only(province, admin, head)},
	award.ActHoldMeeting:  {"office", only(province, admin, head, clerk)},
	award.ActTableMotions: {"office", only(province, admin, head, clerk)},
	award.ActRecordVotes:  {"office", only(province, admin, head, clerk)},
	award.ActCloseMotion:  {"office", only(province, admin, head)},

	award.ActReportFacts:       {"register", downTo(street, admin, head, clerk)},
	award.ActConfirmFacts:      {"file", only(district, admin, head, clerk)},
	award.ActSaveSelfCheck:     {"file", downTo(street, admin, head, clerk)},
	award.ActCreateApplication: {"file", downTo(street, admin, head, clerk)},
	award.ActEditApplication:   {"file", downTo(street, admin, head, clerk)},
	award.ActFile:              {"file", downTo(street, admin, head, clerk)},
	award.ActEndorse:           {"file", only(district, admin, head, clerk)},
	award.ActCallUp:            {"file", downTo(district, admin, head)},
	award.ActWithdraw:          {"file", only(street, admin, head, clerk)},
	award.ActInspect:           {"file", only(province, admin, head, clerk)},
	award.ActSurvey:            {"file", only(province, admin, head, clerk)},

	award.ActSetIntakeLimits: {"office", only(province, admin, head)},
	award.ActSetSubItems:     {"office", only(province, admin, head)},
	award.ActImportSubItems:  {"office", only(province, admin, head)},
	award.ActScanForm:        {"file", downTo(street, admin, head, clerk)},
	award.ActRequestReview:   {"file", only(street, admin, head, clerk)},
	award.ActAnswerReview:    {"file", only(district, admin, head, clerk)},

	award.ActEnterObjection:       {"objection", only(province, admin, head, clerk, supervisor)},
	award.ActAssignObjection:      {"objection", only(province, admin, head, supervisor)},
	award.ActRaiseObjection:       {"objection", only(province, admin, head, supervisor)},
	award.ActAdmitObjection:       {"objection", only(province, admin, head, clerk, supervisor)},
	award.ActInvestigateObjection: {"objection", only(province, admin, head, clerk, supervisor)},
	award.ActCommission:           {"objection", only(province, admin, head, clerk, supervisor)},
	award.ActReportCommission:     {"commission", only(district, admin, head, clerk)},
	award.ActExtendObjection:      {"objection", only(province, admin, head, clerk, supervisor)},
	award.ActRuleObjection:        {"objection", only(province, admin, head, clerk, supervisor)},
	award.ActWithdrawObjection:    {"objection", only(province, admin, head, clerk, supervisor)},
	award.ActReadObjector:         {"objection", only(province, admin, head, clerk, supervisor)},

	award.ActUploadEvidence: {"register", only(street, admin, head, clerk)},
	award.ActAttachEvidence: {"file", downTo(street, admin, head, clerk)},
	award.ActDetachEvidence: {"file", downTo(street, admin, head, clerk)},

	award.ActReadMessage: {"message", only(district, admin, head, clerk, auditor, supervisor)},
}

const (
	admin   = award.RoleAdmin
	head    = award.RoleHead
	clerk   = award.RoleClerk
	auditor = award.RoleAuditor

	supervisor = award.RoleSupervisor
	expert     = award.RoleExpert
)

// everywhere is every office: what counts is the officer.
func everywhere(roles ...award.Role) map[int64][]award.Role {
	who := make(map[int64][]award.Role)
	for office := range pathTo {
		who[office] = roles
	}
	return who
}

func only(office int64, roles ...award.Role) map[int64][]award.Role {
	return map[int64][]award.Role{office: roles}
}

// downTo is the nation and every office down to the given one.
func downTo(office int64, roles ...award.Role) map[int64][]award.Role {
	who := make(map[int64][]award.Role)
	for _, above := range pathTo[office] {
		who[above] = roles
	}
	return who
}

func TestEveryRoleInEveryOfficeMayDoWhatIsListedAndNothingElse(t *testing.T) {
	offices := []int64{nation, province, prefecture, district, street, elsewhere}
	for name, tt := range allowed {
		row := rows[tt.row]
		for _, office := range offices {
			for _, role := range award.Roles() {
				by := award.Officer{ID: 1, Office: office, Path: pathTo[office], Roles: []award.Role{role}}
				err := Can(by, name, row)
				if may := slices.Contains(tt.who[office], role); may != (err == nil) {
					t.Errorf("%s of %d: %s the %s: want allowed %v, got %v", role, office, name, tt.row, may, err)
				}
				if err == nil {
					continue
				}
				want := award.NotFound // nobody learns what exists elsewhere
				if MaySee(by, row) {
					want = award.Forbidden
				}
				if got := award.CodeOf(err); got != want {
					t.Errorf("%s of %d: %s the %s is refused as %s, want %s", role, office, name, tt.row, got, want)
				}
			}
		}
	}
}

func TestEveryActHasARowOfPolicyAndEveryRowIsAnAct(t *testing.T) {
	granted := policy()
	for _, name := range award.OfficeActs() {
		if len(granted[name]) == 0 {
			t.Errorf("nobody may %s", name)
		}
		if _, tested := allowed[name]; !tested {
			t.Errorf("the policy of %s is not tested", name)
		}
	}
	for name := range granted {
		if !slices.Contains(award.OfficeActs(), name) {
			t.Errorf("the policy names %s, which is no act of an office", name)
		}
	}
	if len(allowed) != len(award.OfficeActs()) {
		t.Errorf("%d acts are tested, there are %d", len(allowed), len(award.OfficeActs()))
	}
}

func TestWhatIsNotListedIsDenied(t *testing.T) {
	everything := award.Officer{ID: 1, Office: nation, Path: pathTo[nation], Roles: award.Roles()}
	for name, tt := range map[string]struct {
		by   award.Officer
		act  award.Act
		row  Row
		code award.Code
	}{
		"an act nobody has written":         {everything, "grant-wishes", rows["round"], award.Forbidden},
		"a step of the procedure":           {everything, award.StepFreezeList, rows["round"], award.Forbidden},
		"nobody, on a row without an owner": {award.Officer{}, award.ActOpenRound, Row{}, award.NotFound},
		"an office, on a row of nobody":     {everything, award.ActOpenRound, Row{}, award.NotFound},
		"an officer without a role":         {award.Officer{ID: 1, Office: nation, Path: pathTo[nation]}, award.ActOpenRound, rows["round"], award.Forbidden},
		"a role without an office":          {award.Officer{ID: 1, Roles: award.Roles()}, award.ActOpenRound, rows["round"], award.NotFound},
		"a role nobody has written":         {award.Officer{ID: 1, Office: nation, Roles: []award.Role{"king"}}, award.ActOpenRound, rows["round"], award.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			if got := award.CodeOf(Can(tt.by, tt.act, tt.row)); got != tt.code {
				t.Errorf("refused as %s, want %s", got, tt.code)
			}
		})
	}
}

func TestWhoMaySeeARow(t *testing.T) {
	sees := map[string][]int64{
		"file":     {nation, province, prefecture, district, street},
		"office":   {nation, province},
		"round":    {nation},
		"standard": {nation},
		"register": {nation, province, prefecture, district, street},
		"message":  {district},

		"marking":    {nation},
		"objection":  {nation, province},
		"commission": {district},
	}
	for name, row := range rows {
		for office, path := range pathTo {
			by := award.Officer{ID: 1, Office: office, Path: path, Roles: []award.Role{auditor}}
			if got := MaySee(by, row); got != slices.Contains(sees[name], office) {
				t.Errorf("office %d sees the %s: %v", office, name, got)
			}
		}
	}
}

func TestOnlyTheHandlerHandlesAndTheSupervisorReadsWhoObjected(t *testing.T) {
	row := rows["objection"]
	for role, may := range map[award.Role]award.Code{clerk: award.Forbidden, head: award.Forbidden, admin: award.Forbidden, supervisor: award.Internal} {
		by := award.Officer{ID: 2, Office: province, Path: pathTo[province], Roles: []award.Role{role}}
		if got := award.CodeOf(Can(by, award.ActReadObjector, row)); got != may { // no error is Internal to CodeOf
			t.Errorf("another %s reads who objected: %s", role, got)
		}
		if got := award.CodeOf(Can(by, award.ActRuleObjection, row)); got != award.Forbidden {
			t.Errorf("another %s rules: %s", role, got)
		}
	}
	elsewhere := award.Officer{ID: 1, Office: nation, Path: pathTo[nation], Roles: []award.Role{supervisor}}
	if got := award.CodeOf(Can(elsewhere, award.ActReadObjector, row)); got != award.Forbidden {
		t.Errorf("a supervisor of the office above reads who objected: %s", got)
	}
}

// An expert acts for no office: it sees what it was assigned, wherever its
// account is kept, and nothing that its office sees.
func TestAnExpertSeesItsAssignmentsAndNothingElse(t *testing.T) {
	for name, row := range rows {
		for office, path := range pathTo {
			for _, by := range []award.Officer{
				{ID: 1, Office: office, Path: path, Roles: []award.Role{expert}},
				award.Officer{ID: 1, Office: office, Path: path, Roles: []award.Role{expert}}.Narrowed(),
			} {
				if got := MaySee(by, row); got != (name == "marking") {
					t.Errorf("an expert of %d sees the %s: %v", office, name, got)
				}
				if by.ID = 2; MaySee(by, row) {
					t.Errorf("another expert of %d sees the %s", office, name)
				}
			}
		}
	}
	both := award.Officer{ID: 1, Office: nation, Path: pathTo[nation], Roles: []award.Role{expert, clerk}}
	if !MaySee(both, rows["file"]) || both.Narrowed().Office != nation {
		t.Error("who is a clerk too is a clerk")
	}
}

func TestTwoRolesMayWhatEitherMay(t *testing.T) {
	by := award.Officer{ID: 1, Office: nation, Path: pathTo[nation], Roles: []award.Role{auditor, clerk}}
	if err := Can(by, award.ActMark, rows["round"]); err != nil {
		t.Errorf("an auditor who is a clerk too: %v", err)
	}
	if err := Can(by, award.ActDecide, rows["round"]); award.CodeOf(err) != award.Forbidden {
		t.Errorf("two roles that may not: %v", err)
	}
}

// An office's account is a way to every role it has: nobody hands out more than
// an own one may.
func TestNobodyGivesARoleAboveTheOwn(t *testing.T) {
	for _, giver := range award.Roles() {
		for _, given := range award.Roles() {
			t.Run(fmt.Sprintf("%s gives %s", giver, given), func(t *testing.T) {
				err := mayGrant(award.Officer{Roles: []award.Role{giver}}, []award.Role{given})
				only := given == admin || given == supervisor // who watches an office is not its head's choice
				if refused := only && giver != admin; refused != (err != nil) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
	for name, roles := range map[string][]award.Role{"none": nil, "an unknown one": {"king"}, "one unknown among known": {head, "king"}} {
		if err := mayGrant(award.Officer{Roles: award.Roles()}, roles); award.CodeOf(err) != award.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
