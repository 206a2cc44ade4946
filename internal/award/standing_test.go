package award_test

import (
	"testing"

	"shifan/internal/award"
)

func TestAnOfficeWaitsForTheNextStepOfItsRecommendation(t *testing.T) {
	f := award.OfficeFacts{Stage: award.StageOpen}
	for _, step := range []struct {
		happens func()
		want    string
	}{
		{func() {}, "自查申报"},
		{func() { f.ApplyOver = true }, "材料到省"},
		{func() { f.Arrived = true }, "考察验收、议定拟推荐名单"},
		{func() { f.Proposed = true }, "省级公示"},
		{func() { f.NoticeLive = true }, "公示期满"},
		{func() { f.NoticeLive, f.NoticeEnded = false, true }, "按推荐限额确定推荐名单"},
		{func() { f.Recommending = true }, "报送推荐材料"},
		{func() { f.Stage, f.Package = award.StageComplete, award.PackageSent }, "推荐材料审核"},
		{func() { f.Stage, f.Package = award.StageOpen, award.PackageReturned }, "补正并重新报送推荐材料"},
		{func() { f.Stage, f.Package = award.StageComplete, award.PackageAccepted }, "无(推荐材料审核通过)"},
		{func() { f.Stage = award.StageClosed }, "无(点名关闭)"},
	} {
		step.happens()
		if got := f.WaitingFor(); got != step.want {
			t.Errorf("waits for %q, want %q: %+v", got, step.want, f)
		}
	}
}
