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

// noticeRows reads the notices before the public or about to be, and those that
// are over.
func (c *Console) noticeRows(p *page) (live, past []noticeRow, err error) {
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return nil, nil, err
	}
	found, err := c.Acts.PublicNotices(p.ctx())
	if err != nil {
		return nil, nil, err
	}
	calendar, err := c.Acts.StateCalendar(p.ctx())
	if err != nil {
		return nil, nil, err
	}
	for _, n := range found {
		if row := rowOf(n, calendar, now); row.Live || row.Coming {
			live = append(live, row)
		} else {
			past = append(past, row)
		}
	}
	return live, past, nil
}

// notices lists the notices before the public (公示).
func (c *Console) notices(p *page) error {
	live, past, err := c.noticeRows(p)
	if err != nil {
		return err
	}
	return p.show("notices", p.T("page_notices"), map[string]any{"Live": live, "Past": past})
}

// readNotice reads the notice of the address as it stands now.
func (c *Console) readNotice(p *page) (noticeRow, error) {
	id, err := p.integer("id")
	if err != nil {
		return noticeRow{}, err
	}
	n, err := c.Acts.PublicNotice(p.ctx(), id)
	if err != nil {
		return noticeRow{}, err
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return noticeRow{}, err
	}
	calendar, err := c.Acts.StateCalendar(p.ctx())
	return rowOf(n, calendar, now), err
}

// find returns the units on the list whose name holds the text, or whose code
// begins with it; all for no text.
func (n noticeRow) find(text string) []award.Listed {
	var found []award.Listed
	for _, u := range n.Units {
		if text == "" || strings.Contains(u.Name, text) || strings.HasPrefix(u.Code, text) {
			found = append(found, u)
		}
	}
	return found
}

// logHead is how far the log is sealed, as published lists and receipts print it;
// "" before anything is.
func (c *Console) logHead(p *page) (string, error) {
	head, err := c.Acts.LogHead(p.ctx())
	if err != nil || head.Position == 0 {
		return "", err
	}
	return head.String(), nil
}

// noticePage is one notice with its list.
type noticePage struct {
	noticeRow
	Query     string
	SHA256    string
	Head      string // of the log
	SpotCheck bool   // the round has one, of which anybody may read
	Shown     []award.Listed
	Total     int
	Next      int // where the next page of the list begins; 0: nowhere
}

// notice shows one with its list in the order of lists (D-09); what is looked for
// stands in the address.
func (c *Console) notice(p *page) error {
	row, err := c.readNotice(p)
	if err != nil {
		return err
	}
	data := noticePage{noticeRow: row, Query: strings.TrimSpace(p.c.Query("q")), SHA256: hex.EncodeToString(row.ListSHA256), Total: len(row.Units)}
	if data.Head, err = c.logHead(p); err != nil {
		return err
	}
	_, err = c.Acts.PublicSpotCheck(p.ctx(), row.Round)
	if err != nil && award.CodeOf(err) != award.NotFound {
		return err
	}
	data.SpotCheck = err == nil
	data.Shown = row.find(data.Query)
	from := min(int(p.after()), len(data.Shown))
	if data.Shown = data.Shown[from:]; len(data.Shown) > mostLines {
		data.Shown, data.Next = data.Shown[:mostLines], from+mostLines
	}
	return p.show("notice", p.T("page_notice"), data)
}

// mostLines is how many lines of a list one page shows: some 75 kB while each
// leads to its form.
const mostLines = 400
