package award

import "fmt"

// OfficeFacts is what an office's standing in its recommendation is told from.
type OfficeFacts struct {
	Stage        StageState
	Package      PackageState // "": none yet
	ApplyOver    bool         // the intake for applications is over
	Arrived      bool         // the arrival date has come
	Proposed     bool         // a proposed list is adopted
	NoticeLive   bool         // its public notice has not ended
	NoticeEnded  bool
	Recommending bool // the cut to the limit is made
}

// WaitingFor says in Chinese what an office's recommendation waits for (待办事项),
// step by step in the order of N 四(二).
func (f OfficeFacts) WaitingFor() string {
	switch {
	case f.Stage == StageClosed:
		return "无(点名关闭)"
	case f.Stage == StageComplete && f.Package == PackageAccepted:
		return "无(推荐材料审核通过)"
	case f.Stage == StageComplete:
		return "推荐材料审核"
	case f.Package == PackageReturned:
		return "补正并重新报送推荐材料"
	case f.Recommending:
		return "报送推荐材料"
	case f.NoticeLive:
		return "公示期满"
	case f.NoticeEnded:
		return "按推荐限额确定推荐名单"
	case f.Proposed:
		return "省级公示"
	case f.Arrived:
		return "考察验收、议定拟推荐名单"
	case f.ApplyOver:
		return "材料到省"
	}
	return "自查申报"
}

// LimitBasis prints how a recommendation limit came about, wherever one is
// shown (N 四(二), D-01).
func LimitBasis(eligible int, source string, countedOn Date, ratio, places int) string {
	return fmt.Sprintf("%d 个单位(%s,%s)÷ %d,向下取整,至少 1 = %d", eligible, source, countedOn, ratio, places)
}
