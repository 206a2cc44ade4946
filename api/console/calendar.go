package console

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/encoding/simplifiedchinese"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// serveCalendars lays out the pages of the working-day calendar (工作日历).
func (c *Console) serveCalendars(r gin.IRouter) {
	r.GET("/calendars", c.inside(c.calendars))
	r.GET("/calendars/:year", c.inside(c.calendar))
	r.GET("/calendars/changes/new", c.inside(c.newCalendarChange))
	r.POST("/calendars/changes", c.inside(c.postCalendarChange))
	r.GET("/calendars/changes/:change", c.inside(c.calendarChange))
	r.POST("/calendars/changes/:change/approval", c.inside(c.postCalendarApproval))
	r.POST("/calendars/changes/:change/rejection", c.inside(c.postCalendarRejection))
}

// calendars lists the years that are known and, to those who keep them, what is
// proposed to change.
func (c *Console) calendars(p *page) error {
	years, err := c.Acts.CalendarYears(p.ctx())
	if err != nil {
		return err
	}
	data := struct {
		Years   []acts.CalendarYear
		Keeps   bool // the reader is told of changes
		May     bool // propose one
		Changes []acts.CalendarChange
		Next    string
	}{Years: years}
	data.Changes, err = c.Acts.CalendarChanges(p.ctx(), p.by(), p.after(), listed)
	if err != nil && award.CodeOf(err) != award.NotFound { // not of the register's root
		return err
	}
	data.Keeps = err == nil
	data.May = data.Keeps && p.may(award.ActProposeCalendar, acts.Row{Owner: p.by().Office})
	if len(data.Changes) == listed {
		data.Next = p.next(data.Changes[listed-1].ID)
	}
	return p.show("calendars", p.T("page_calendars"), data)
}

// stretch is days on end of one kind.
type stretch struct {
	award.CalendarDay // the first
	To                award.Date
	Days              int
}

func stretches(days []award.CalendarDay) []stretch {
	var out []stretch
	for _, d := range days {
		if n := len(out) - 1; n >= 0 && out[n].Kind == d.Kind && out[n].Holiday == d.Holiday && award.DateOf(out[n].To.Closes()) == d.Date {
			out[n].To = d.Date
			out[n].Days++
			continue
		}
		out = append(out, stretch{d, d.Date, 1})
	}
	return out
}

// month is a month of a calendar, as it hangs on a wall.
type month struct {
	Name  string
	Weeks [][7]monthDay // from Monday
	Works int           // working days
}

// monthDay is one day of it; 0 is none.
type monthDay struct {
	Day  int
	Kind award.DayKind // what an exception makes of it
	Rest bool
	Name string // of the holiday
}

// Exceptional reports whether the day is not what its weekday makes it.
func (d monthDay) Exceptional() bool { return d.Kind != award.DayOrdinary }

const daysOfWeek = 7

// months lays out a year.
func (p *page) months(calendar award.Calendar, year acts.CalendarYear) []month {
	var out []month
	for m := time.January; m <= time.December; m++ {
		laid := month{Name: p.T("month_" + strconv.Itoa(int(m)))}
		first := award.Date{Year: year.Year, Month: m, Day: 1}
		for d := first; d.Month == m; d = award.DateOf(d.Closes()) {
			place := (int(d.Starts().Weekday()) + daysOfWeek - 1) % daysOfWeek
			if d == first || place == 0 {
				laid.Weeks = append(laid.Weeks, [daysOfWeek]monthDay{})
			}
			shown := monthDay{Day: d.Day, Kind: calendar.Kind(d), Rest: !calendar.Working(d.Starts())}
			if i := slices.IndexFunc(year.Days, func(known award.CalendarDay) bool { return known.Date == d }); i >= 0 {
				shown.Name = year.Days[i].Holiday
			}
			if !shown.Rest {
				laid.Works++
			}
			laid.Weeks[len(laid.Weeks)-1][place] = shown
		}
		out = append(out, laid)
	}
	return out
}

// Weekdays are the heads of a month's columns.
func (p *page) Weekdays() []string {
	out := make([]string, daysOfWeek)
	for i := range out {
		out[i] = p.T("weekday_short_" + strconv.Itoa(i+1))
	}
	return out
}

// On writes a day with its weekday.
func (p *page) On(d award.Date) string {
	weekday := (int(d.Starts().Weekday())+daysOfWeek-1)%daysOfWeek + 1
	return p.T("day_on", p.Day(d.Starts()), p.T("weekday_"+strconv.Itoa(weekday)))
}

// calendar shows the calendar of a year.
func (c *Console) calendar(p *page) error {
	year, err := p.integer("year")
	if err != nil || year > 9999 {
		return award.Refuse(award.NotFound, "", "not_found")
	}
	found, err := c.Acts.Calendar(p.ctx(), int(year))
	if err != nil {
		return err
	}
	calendar, err := c.Acts.StateCalendar(p.ctx())
	if err != nil {
		return err
	}
	return p.show("calendar", p.T("page_calendar", found.Year), struct {
		acts.CalendarYear
		Stretches []stretch
		Months    []month
	}{found, stretches(found.Days), p.months(calendar, found)})
}

// dayKinds are the words by which a line may name the kind of a day.
func dayKinds() map[string]award.DayKind {
	return map[string]award.DayKind{
		"放假": award.DayOff, "休": award.DayOff, "off": award.DayOff,
		"调休上班": award.DayWork, "上班": award.DayWork, "班": award.DayWork, "work": award.DayWork,
		"照常": award.DayOrdinary, "ordinary": award.DayOrdinary,
	}
}

// Bounds of what is typed of a calendar: a notice of the State Council names some
// forty days of a year.
const (
	mostCalendarText  = 64 << 10 // bytes
	mostStretch       = 31       // days
	mostDefectsListed = 20
)

// calendarDays reads one day, or stretch of days, of each line; from tells the
// line of each day.
func (e *entry) calendarDays(id string) (days []award.CalendarDay, from []int) {
	wrong := 0
	for i, line := range strings.Split(strings.TrimPrefix(e.Form.Get(id), "\ufeff"), "\n") {
		parts := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",， 　\t\r\"", r) })
		if len(parts) == 0 || i == 0 && (parts[0] == "date" || parts[0] == "日期") {
			continue
		}
		first, last, ok := dayRange(parts[0])
		var kind award.DayKind
		if len(parts) > 1 {
			kind = dayKinds()[parts[1]]
		}
		if !ok || kind == "" {
			if wrong++; wrong <= mostDefectsListed {
				e.say(id, "calendar_line", i+1, line)
			}
			continue
		}
		holiday := ""
		if len(parts) > 2 {
			holiday = parts[2]
		}
		for d := first; !last.Before(d); d = award.DateOf(d.Closes()) {
			days, from = append(days, award.CalendarDay{Date: d, Kind: kind, Holiday: holiday}), append(from, i+1)
		}
	}
	return days, from
}

// dayRange reads 2027-01-01, 2027年1月1日 or 2027-01-01至2027-01-03; the end may
// leave out the year and the month.
func dayRange(text string) (first, last award.Date, ok bool) {
	text = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-", "到", "至", "—", "至", "–", "至", "~", "至", "～", "至").Replace(text)
	from, to, ranged := strings.Cut(text, "至")
	to = strings.TrimLeft(to, "至")
	start, err := time.ParseInLocation("2006-1-2", from, award.Beijing)
	if err != nil {
		return first, last, false
	}
	end := start
	if ranged {
		missing := []string{start.Format("2006-1-"), start.Format("2006-"), ""}[min(strings.Count(to, "-"), 2)]
		end, err = time.ParseInLocation("2006-1-2", missing+to, award.Beijing)
	}
	if err != nil || end.Before(start) || end.After(start.AddDate(0, 0, mostStretch-1)) {
		return first, last, false
	}
	return award.DateOf(start), award.DateOf(end), true
}

// newCalendarChange asks for a change.
func (c *Console) newCalendarChange(p *page) error {
	if !p.may(award.ActProposeCalendar, acts.Row{Owner: p.by().Office}) || p.by().OfficeCode != award.CodeNation {
		return award.Refuse(award.Forbidden, "D-60", "forbidden_"+string(award.ActProposeCalendar))
	}
	days := p.Lines("days", p.T("label_calendar_days"), "")
	days.Rows, days.Help = 14, p.T("help_calendar_days")
	file := field{ID: "file", Kind: "file", Accept: ".csv,.txt", Label: p.T("label_calendar_file"), Help: p.T("help_calendar_file"), Wrong: p.Wrong("file")}
	publishes := p.Text("publishes", p.T("label_publishes"), "")
	publishes.Numeric, publishes.Help = true, p.T("help_publishes")
	document := p.Text("document", p.T("label_calendar_document"), "").as(required)
	document.Help = p.T("help_calendar_document")
	return p.show("calendar_change_new", p.T("act_propose-calendar-change"), []field{document, publishes, days, file})
}

// postCalendarChange proposes it. What a file says stands in the form afterwards,
// to be mended there.
func (c *Console) postCalendarChange(p *page) error {
	e := &entry{page: p}
	if text, err := p.textFile("file"); err != nil {
		e.fault = err
	} else if text != "" {
		p.Form.Set("days", text)
	}
	in := award.CalendarChange{Document: e.need("document"), Publishes: e.count("publishes")}
	days, from := e.calendarDays("days")
	for i := range days {
		days[i].Document = in.Document
	}
	in.Days = days
	err := e.err()
	var done acts.Done[acts.CalendarChange]
	if err == nil {
		done, err = c.Acts.ProposeCalendarChange(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(calendarChangeAt(done.Result.ID), "calendar_proposed")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	for i, item := range p.Refusal.Items { // a defect of a day is one of its line
		if place, _, of := strings.Cut(strings.TrimPrefix(item.ID, "days-"), "-"); of && number(place) < len(from) {
			p.Refusal.Items[i] = defect{ID: "days", Href: "#days", Text: p.T("line_number", from[number(place)], item.Text)}
		}
	}
	return c.newCalendarChange(p)
}

// textFile reads a text that was sent as a file, as UTF-8 or as office programs
// here write it (GB 18030); "": none was chosen.
func (p *page) textFile(name string) (string, error) {
	if p.c.Request.MultipartForm == nil || len(p.c.Request.MultipartForm.File[name]) == 0 || p.c.Request.MultipartForm.File[name][0].Filename == "" {
		return "", nil
	}
	raw, err := p.spreadsheet(name)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(raw) {
		if raw, err = simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err != nil {
			raw = nil
		}
	}
	if len(raw) == 0 || len(raw) > mostCalendarText || slices.Contains(raw, 0) {
		return "", award.RefuseFields(award.Invalid, "", "entry_malformed", []award.Defect{{Pointer: "/" + name, Key: "file_no_text"}})
	}
	return strings.ReplaceAll(string(raw), "\r\n", "\n"), nil
}

func calendarChangeAt(change int64) string { return fmt.Sprintf("/calendars/changes/%d", change) }

// calendarChangePage is one change with what it would move.
type calendarChangePage struct {
	acts.CalendarChange
	Own       bool // the reader has proposed it
	Stretches []stretch
	Diff      acts.CalendarDiff
	Hash      string
	Windows   []shownMove
	Limits    []shownMove
	Approve   bool
	Reject    bool
	Reason    field
	At        string
}

// shownMove is a date that moves, in words.
type shownMove struct {
	Round, Title, Of, What string
	Count                  int
	From, To               string
	Certainty              string // ""; 暂定, 确定
}

// calendarChange shows it.
func (c *Console) calendarChange(p *page) error {
	id, err := p.integer("change")
	if err != nil {
		return err
	}
	data := calendarChangePage{At: calendarChangeAt(id)}
	if data.CalendarChange, data.Diff, err = c.Acts.CalendarDiff(p.ctx(), p.by(), id); err != nil {
		return err
	}
	data.Stretches, data.Own = stretches(data.Days), data.ProposedBy == p.by().ID
	data.Hash = hex.EncodeToString(data.SHA256)
	if data.Pending() {
		data.Hash = hex.EncodeToString(data.Diff.SHA256)
		row := acts.Row{Owner: p.by().Office}
		data.Approve = !data.Own && p.may(award.ActApproveCalendar, row)
		data.Reject = p.may(award.ActRejectCalendar, row)
		data.Reason = p.Lines("reason", p.T("label_reason"), "").as(required)
	}
	if err := c.shownMoves(p, &data); err != nil {
		return err
	}
	return p.show("calendar_change", p.T("page_calendar_change", id), data)
}

// shownMoves puts what would move into words.
func (c *Console) shownMoves(p *page, data *calendarChangePage) error {
	titles, names := make(map[string]string), make(map[string]string)
	round := func(id string) (string, error) {
		if titles[id] == "" {
			r, err := c.Acts.Round(p.ctx(), p.by(), id)
			if err != nil {
				return "", err
			}
			titles[id] = r.Title
		}
		return titles[id], nil
	}
	for _, w := range data.Diff.Windows {
		title, err := round(w.Round)
		if err != nil {
			return err
		}
		m := shownMove{Round: w.Round, Title: title, What: p.Word("windowdate", w.What), From: p.Until(w.From), To: p.Until(w.To)}
		if w.Notice != 0 {
			m.Of = p.T("notice_number", w.Notice)
		}
		if w.What == award.LastProvincialList || w.What == award.LastNationalList {
			m.From, m.To = p.Day(w.From), p.Day(w.To)
		}
		if w.Provisional {
			if m.Certainty = p.T("window_provisional"); w.Certain {
				m.Certainty = p.T("window_certain")
			}
		}
		data.Windows = append(data.Windows, m)
	}
	for _, l := range data.Diff.Limits {
		title, err := round(l.Round)
		if err != nil {
			return err
		}
		if names[l.OfficeCode] == "" {
			names[l.OfficeCode] = l.OfficeCode
			if unit, err := c.Acts.Unit(p.ctx(), p.by(), l.OfficeCode); err == nil {
				names[l.OfficeCode] = unit.Name
			}
		}
		data.Limits = append(data.Limits, shownMove{
			Round: l.Round, Title: title, Of: names[l.OfficeCode], What: p.Word("duekind", l.Kind), Count: l.Count, From: p.Until(l.From), To: p.Until(l.To),
		})
	}
	return nil
}

// postCalendarApproval puts the change into force, as it was shown.
func (c *Console) postCalendarApproval(p *page) error {
	id, err := p.integer("change")
	if err != nil {
		return err
	}
	seen, err := hex.DecodeString(p.Form.Get("sha256"))
	if err != nil {
		return award.Refuse(award.Invalid, "", "request_malformed")
	}
	_, err = c.Acts.ApproveCalendarChange(p.ctx(), p.by(), p.key(""), id, seen)
	return c.calendarAnswered(p, id, err, "calendar_approved")
}

// postCalendarRejection ends it.
func (c *Console) postCalendarRejection(p *page) error {
	id, err := p.integer("change")
	if err != nil {
		return err
	}
	_, err = c.Acts.RejectCalendarChange(p.ctx(), p.by(), p.key(""), id, p.trimmed("reason"))
	return c.calendarAnswered(p, id, err, "calendar_rejected")
}

func (c *Console) calendarAnswered(p *page, id int64, err error, said string) error {
	if err == nil {
		return p.done(calendarChangeAt(id), said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.calendarChange(p)
}
