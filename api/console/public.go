package console

import (
	"encoding/hex"
	"strings"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// noticeRow is a notice as listed.
type noticeRow struct {
	acts.Notice
	Live     bool // before the public now
	Coming   bool // not yet
	DaysLeft int  // working days, the present one included; 0: none, or a drill
}

func rowOf(n acts.Notice, calendar award.Calendar, now time.Time) noticeRow {
	row := noticeRow{Notice: n}
	if n.State == award.NoticeAnnounced {
		row.Coming = now.Before(n.OpensAt)
		row.Live = !row.Coming && now.Before(n.ClosesAt)
	}
	if row.Live && !n.Drill {
		row.DaysLeft = calendar.DaysLeft(now, n.ClosesAt)
	}
	return row
}

// notices lists the notices before the public (公示).
func (c *Console) notices(p *page) error {
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	found, err := c.Acts.PublicNotices(p.ctx())
	if err != nil {
		return err
	}
	calendar, err := c.Acts.StateCalendar(p.ctx())
	if err != nil {
		return err
	}
	data := struct{ Live, Past []noticeRow }{}
	for _, n := range found {
		if row := rowOf(n, calendar, now); row.Live || row.Coming {
			data.Live = append(data.Live, row)
		} else {
			data.Past = append(data.Past, row)
		}
	}
	return p.show("notices", p.T("page_notices"), data)
}

// notice shows one with its list in the order of lists (D-09); what is looked for
// stands in the address.
func (c *Console) notice(p *page) error {
	id, err := p.integer("id")
	if err != nil {
		return err
	}
	n, err := c.Acts.PublicNotice(p.ctx(), id)
	if err != nil {
		return err
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	calendar, err := c.Acts.StateCalendar(p.ctx())
	if err != nil {
		return err
	}
	data := struct {
		noticeRow
		Query  string
		SHA256 string
		Shown  []award.Listed
		Total  int
		Next   int // where the next page of the list begins; 0: nowhere
	}{noticeRow: rowOf(n, calendar, now), Query: strings.TrimSpace(p.c.Query("q")), SHA256: hex.EncodeToString(n.ListSHA256), Total: len(n.Units)}
	for _, u := range n.Units {
		if data.Query == "" || strings.Contains(u.Name, data.Query) || strings.HasPrefix(u.Code, data.Query) {
			data.Shown = append(data.Shown, u)
		}
	}
	from := min(int(p.after()), len(data.Shown))
	if data.Shown = data.Shown[from:]; len(data.Shown) > mostLines {
		data.Shown, data.Next = data.Shown[:mostLines], from+mostLines
	}
	return p.show("notice", p.T("page_notice"), data)
}

// mostLines is how many lines of a list one page shows: some 60 kB.
const mostLines = 500

// titles verifies a title by its number (称号查验).
func (c *Console) titles(p *page) error {
	data := struct {
		Number field
		Title  *acts.Title
	}{Number: p.Text("number", p.T("label_title_number"), p.c.Query("number")).as(required)}
	if number := strings.TrimSpace(p.c.Query("number")); number != "" {
		found, err := c.Acts.PublicTitle(p.ctx(), number)
		switch {
		case award.CodeOf(err) == award.NotFound:
			data.Number.Wrong = p.T("title_not_given")
		case err != nil:
			return err
		default:
			data.Title = &found
		}
	}
	return p.show("titles", p.T("page_titles"), data)
}
