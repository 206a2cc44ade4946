package award

// Document is a paper of the package in its electronic text form (包括电子文本,
// N 四(二)): files themselves are evidence, kept by hash.
type Document struct {
	Title  string `json:"title"`
	Number string `json:"number,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // hex, of the sealed scan
	Text   string `json:"text,omitempty"`
}

// PackageState is where a recommendation package stands.
type PackageState string

// The states of a package (推荐材料).
const (
	PackageAdopted  PackageState = "adopted"  // 已议定, not yet sent
	PackageSent     PackageState = "sent"     // 已上报
	PackageAccepted PackageState = "accepted" // 审核通过
	PackageReturned PackageState = "returned" // 退回补正
)

// Part is one of the four parts of the package, N 四(二), and its covering letter.
type Part string

// The parts of the recommendation package.
const (
	PartLetter Part = "letter" // 推荐函
	PartForm   Part = "form"   // 申报表, one per unit
	PartReport Part = "report" // 考核验收报告, one per province with a finding per unit
	PartSurvey Part = "survey" // 群众满意度测评情况, one per unit
	PartNotice Part = "notice" // 公示情况, one per list
)

// PartDepartments (部门意见) is no part of the package: a unit that a department
// bars keeps it from being sent (D-45).
const PartDepartments Part = "departments"

// Parts lists the covering letter and the four parts.
func Parts() []Part { return []Part{PartLetter, PartForm, PartReport, PartSurvey, PartNotice} }

// Survey is what residents answered (群众满意度测评): counts, never names.
type Survey struct {
	Satisfied    int
	Basically    int
	Dissatisfied int
	Unknown      int
}

// Asked returns how many answered.
func (s Survey) Asked() int { return s.Satisfied + s.Basically + s.Dissatisfied + s.Unknown }

// Satisfaction returns the share of 满意 and 基本满意 in percent, rounded down: it
// never shows a threshold as reached that is not. False when nobody was asked.
func (s Survey) Satisfaction() (Points, bool) {
	if s.Asked() == 0 {
		return 0, false
	}
	return Points((s.Satisfied + s.Basically) * 100_00 / s.Asked()), true
}

// CheckSurvey says whether a survey passes the round's gate: enough asked, and
// the share of 满意 and 基本满意 at least the threshold (D-06). Exact: no
// division.
func (r Rules) CheckSurvey(category Category, s Survey) error {
	if least := r.MinimumAsked[category]; s.Asked() < least {
		return Refuse(Incomplete, "D-06", "survey_too_small", least, s.Asked())
	}
	if (s.Satisfied+s.Basically)*100 < r.Satisfaction*s.Asked() {
		return Refuse(Incomplete, "D-06", "survey_below", r.Satisfaction)
	}
	return nil
}
