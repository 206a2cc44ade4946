package award_test

import (
	"strings"
	"testing"
	"time"

	"shifan/internal/award"
)

func TestTheTextOfANoticeHasWhatAPublicNoticeHas(t *testing.T) {
	monday := day(2022, time.October, 31)
	central := award.Evidence{Medium: award.CentralMedium, Name: "中国社会报", PublishedAt: monday}
	site := award.Evidence{Medium: award.Website, Name: "民政部网站", PublishedAt: monday}
	plan, err := award.PlanNotice(award.PublishedCalendar(), award.National, []award.Evidence{central, site}, monday, monday, 5, 5)
	if err != nil {
		t.Fatal(err)
	}
	form := award.NoticeForm{
		Scope: award.National, RoundTitle: "全国和谐社区建设示范单位", DocumentNumber: "民发〔2008〕142号", Plan: plan, WorkingDays: 5,
		Units:    []award.Listed{{Category: award.District, Code: "110101", Name: "东城区"}, {Category: award.Street, Code: "110101001", Name: "东华门街道"}},
		ListHash: []byte{0xab}, Contacts: []award.Contact{{Unit: "基层政权和社区建设司", Phone: "010-58123456", Address: "北京市东城区"}},
		Office: "民政部", AnnouncedAt: monday,
	}
	text := award.NoticeText(form)
	at := 0
	for _, part := range []string{
		"关于全国和谐社区建设示范单位候选名单的公示", "根据民发〔2008〕142号文件要求", "全国和谐社区建设示范城区(市)1个，全国和谐社区建设示范街道1个",
		"2022年10月31日（星期一）至2022年11月4日（星期五），共5个工作日", "加盖公章", "以邮戳为准",
		"基层政权和社区建设司；电话：010-58123456；地址：北京市东城区", "附件：", "SHA-256：ab", "民政部\n2022年10月31日", "1. 东城区（110101）",
	} {
		i := strings.Index(text[at:], part)
		if i < 0 {
			t.Fatalf("%q is missing, or stands before what precedes it:\n%s", part, text)
		}
		at += i
	}
	form.Corrects, form.Drill = true, true
	if text := award.NoticeText(form); !strings.HasPrefix(text, "【演练】") || !strings.Contains(text, "（更正）") {
		t.Errorf("a drill's corrected notice:\n%s", text)
	}
}
