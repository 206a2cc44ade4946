package award

// CutReason says why a file is in an office's cut to its limit, or is not
// (N 四(二)): one reason, the first on its way that holds.
type CutReason string

// The reasons.
const (
	CutTaken        CutReason = "taken"         // 已推荐
	CutNotInspected CutReason = "not_inspected" // 未考察验收
	CutNotPassed    CutReason = "not_passed"    // 未达到标准
	CutSurvey       CutReason = "survey"        // 群众满意度测评 missing or below its gate
	CutDepartments  CutReason = "departments"   // a department bars it
	CutSuspended    CutReason = "suspended"     // an objection is open
	CutNotListed    CutReason = "not_listed"    // on no proposed list
	CutNotNoticed   CutReason = "not_noticed"   // its public notice has not ended
	CutTied         CutReason = "tied"          // its mark is that of the last one taken: the body chose (D-05)
	CutBeyondLimit  CutReason = "beyond_limit"  // the places are taken by better ones
	CutLeftOut      CutReason = "left_out"      // the body left it out, with minutes
)

// CutReasons lists every reason.
func CutReasons() []CutReason {
	return []CutReason{
		CutTaken, CutNotInspected, CutNotPassed, CutSurvey, CutDepartments, CutSuspended,
		CutNotListed, CutNotNoticed, CutTied, CutBeyondLimit, CutLeftOut,
	}
}

// CutCase is what the reason of one file depends on.
type CutCase struct {
	Taken, Inspected, Passed, Surveyed, Barred, Suspended bool
	Listed, Noticed                                       bool // ever: it stays noticed
	Score                                                 Points
	Full                                                  bool   // no place of its category is left
	Last                                                  Points // the least mark taken; where Full
}

// Reason returns why the file is in the cut, or is not.
func (c CutCase) Reason() CutReason {
	switch {
	case c.Taken:
		return CutTaken
	case !c.Inspected:
		return CutNotInspected
	case !c.Passed:
		return CutNotPassed
	case !c.Surveyed:
		return CutSurvey
	case c.Barred:
		return CutDepartments
	case c.Suspended:
		return CutSuspended
	case !c.Listed:
		return CutNotListed
	case !c.Noticed:
		return CutNotNoticed
	case c.Full && c.Score == c.Last:
		return CutTied
	case c.Full && c.Score < c.Last:
		return CutBeyondLimit
	}
	return CutLeftOut
}
