package award

import (
	"fmt"
	"strings"
	"time"
)

// NoticeForm is what the text of a public notice is made of.
type NoticeForm struct {
	Scope          Scope
	Number         int
	RoundTitle     string
	DocumentNumber string // of the round; may be empty
	Drill          bool
	Corrects       bool // it stands in the place of one withdrawn
	Body           string
	Plan           NoticePlan
	WorkingDays    int
	Titles         map[Category]string // whole titles, as always printed
	Units          []Listed            // in D-09 order
	ListHash       []byte
	Contacts       []Contact
	Office         string
	AnnouncedAt    time.Time
}

// NoticeText writes the official text (公示正文): title, basis, content, period with
// dates and weekdays, how to object, contacts, attachments, issuing body and
// date. It is made anew at each reading, so that it shows the window as it is.
func NoticeText(n NoticeForm) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	kind, by := "拟推荐名单", "经自查申报、逐级审核、考察验收"
	if n.Scope == National {
		kind, by = "候选名单", "经省级推荐、评估验收"
	}
	title := "关于" + n.RoundTitle + kind + "的公示"
	if n.Corrects {
		title += "（更正）"
	}
	if n.Drill {
		title = "【演练】" + title
	}
	line("%s\n", title)
	basis := "按照评选工作安排"
	if n.DocumentNumber != "" {
		basis = "根据" + n.DocumentNumber + "文件要求"
	}
	line("　　%s，%s，现将%s%s予以公示，接受社会监督。", basis, by, n.RoundTitle, kind)
	if n.Body != "" {
		line("　　%s", n.Body)
	}
	line("　　一、公示内容：%s。名单见附件。", n.counts())
	line("　　二、公示时间：%s，共%d个工作日。", n.period(), n.WorkingDays)
	line("　　三、公示期内，任何单位和个人对公示对象有异议的，可以来信、来电、传真、电子邮件、来访或者网上提交等方式反映。反映情况应当客观真实、内容具体；" +
		"以单位名义反映的须加盖公章，以个人名义反映的须署真实姓名并留联系方式。来信以邮戳为准。")
	line("　　四、受理单位和联系方式：")
	for _, c := range n.Contacts {
		line("　　%s", c.shown())
	}
	line("\n　　附件：%s%s（清单 SHA-256：%x）\n", n.RoundTitle, kind, n.ListHash)
	line("%s\n%s", n.Office, n.AnnouncedAt.In(Beijing).Format("2006年1月2日"))
	line("\n附件\n%s%s", n.RoundTitle, kind)
	for _, category := range Categories() {
		place := 0
		for _, u := range n.Units {
			if u.Category != category {
				continue
			}
			if place++; place == 1 {
				line("\n%s", n.title(category))
			}
			line("%d. %s（%s）%s", place, u.Name, u.Code, u.corrected())
		}
	}
	return b.String()
}

func (n NoticeForm) title(c Category) string {
	if title := n.Titles[c]; title != "" {
		return title
	}
	return c.FullTitle()
}

// counts says how many of each category are listed.
func (n NoticeForm) counts() string {
	var parts []string
	for _, category := range Categories() {
		count := 0
		for _, u := range n.Units {
			if u.Category == category {
				count++
			}
		}
		if count > 0 {
			parts = append(parts, fmt.Sprintf("%s%d个", n.title(category), count))
		}
	}
	return strings.Join(parts, "，")
}

// period writes the first and the last day with their weekdays; a drill, whose
// days are seconds, has instants.
func (n NoticeForm) period() string {
	if n.Drill {
		return n.Plan.Opens.In(Beijing).Format("2006年1月2日 15:04:05") + "至" + Until(n.Plan.Closes)
	}
	return longDay(n.Plan.Opens) + "至" + longDay(n.Plan.Closes.Add(-time.Nanosecond))
}

// longDay writes 2022年10月31日（星期一）.
func longDay(t time.Time) string {
	t = t.In(Beijing)
	return t.Format("2006年1月2日") + "（星期" + string([]rune("日一二三四五六")[t.Weekday()]) + "）"
}

func (c Contact) shown() string {
	parts := []string{c.Unit}
	for _, p := range []struct{ name, text string }{{"电话", c.Phone}, {"地址", c.Address}, {"电子邮箱", c.Email}} {
		if p.text != "" {
			parts = append(parts, p.name+"："+p.text)
		}
	}
	return strings.Join(parts, "；")
}

// corrected is what the text says of a corrected line.
func (l Listed) corrected() string {
	if l.Correction == "" {
		return ""
	}
	return "，更正：" + l.Correction
}
