package console

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// docketPage is what a review body has before it of one category (评审总表).
type docketPage struct {
	office
	acts.Docket
	Shown []acts.DocketItem
	Next  string
}

// docket shows it.
func (c *Console) docket(p *page) error {
	o, err := c.office(p)
	if err != nil {
		return err
	}
	data := docketPage{office: o}
	data.Docket, err = c.Acts.Docket(p.ctx(), p.by(), o.Round.ID, o.Office.Code, award.Category(p.c.Param("category")))
	if err != nil {
		return err
	}
	from := min(int(p.after()), len(data.Items))
	data.Shown = data.Items[from:]
	if len(data.Shown) > mostUnits {
		data.Shown, data.Next = data.Shown[:mostUnits], p.next(int64(from+mostUnits))
	}
	return p.show("docket", p.T("page_docket"), data)
}

// mostUnits is how many units with what is known of them one page shows.
const mostUnits = 80

// Share says what share of those asked were satisfied: 92.5% of 200.
func (p *page) Share(s award.Survey) string {
	share, asked := s.Satisfaction()
	if !asked {
		return ""
	}
	return p.T("share_of", plain(share), s.Asked())
}

// docketWorkbook sends the docket as a workbook.
func (c *Console) docketWorkbook(p *page) error {
	d, err := c.Acts.Docket(p.ctx(), p.by(), p.c.Param("round"), p.c.Param("office"), award.Category(p.c.Param("category")))
	if err != nil {
		return err
	}
	return p.workbook(p.T("page_docket")+"-"+d.OfficeName+".xlsx", func(to io.Writer) error {
		return sheet.WriteDocket(to, d, func(key string, args ...any) string { return p.T(key, args...) })
	})
}

// workbook sends a workbook under a name, written whole first, so that one that
// can not be written is an error and no torn file.
func (p *page) workbook(name string, write func(to io.Writer) error) error {
	var book bytes.Buffer
	if err := write(&book); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	p.attach(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	p.c.Data(http.StatusOK, p.c.Writer.Header().Get("Content-Type"), book.Bytes())
	return nil
}

// attach says that what follows is a file to be kept.
func (p *page) attach(name, media string) {
	h := p.c.Writer.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
}

// proposalPage is the list that the review body adopts (拟推荐名单), filled in
// beforehand in the order of the rank, which is a proposal.
type proposalPage struct {
	office
	May        bool
	Votes      bool // the body votes: nothing is listed that no motion has carried (D-80)
	Adopted    acts.AdoptedList
	Categories []proposedCategory
	Minutes    field
	MetOn      field
}

// proposedCategory is what may be listed of one category.
type proposedCategory struct {
	Category award.Category
	Limit    *acts.Limit
	Rows     []proposedRow
	Rest     int // files that can not be listed
}

type proposedRow struct {
	acts.RankedFile
	Tied          bool
	Order, Reason field
}

// proposal shows the rank and the list.
func (c *Console) proposal(p *page) error {
	o, err := c.office(p)
	if err != nil {
		return err
	}
	data := proposalPage{office: o, May: o.may(p, award.ActAdoptProposals), Votes: o.Round.Rules.ProvinceVotes}
	found, err := c.Acts.Proposals(p.ctx(), p.by(), o.Round.ID, o.Office.Code, "")
	if err != nil {
		return err
	}
	cut, err := c.Acts.CutOf(p.ctx(), p.by(), o.Round.ID, o.Office.Code)
	if err != nil {
		return err
	}
	data.Adopted = found.Adopted
	for _, row := range categoriesOf(o, cut, found.Adopted) {
		data.Categories = append(data.Categories, p.proposed(row, found))
	}
	data.Minutes = p.Lines("minutes", p.T("label_minutes"), "").as(required)
	data.MetOn = p.Date("met_on", p.T("label_met_on"), award.Date{}).as(required)
	return p.show("proposal", p.T("page_proposal"), data)
}

// proposed lays out one category: who may be listed, in the order adopted last,
// else by rank.
func (p *page) proposed(row deskCategory, found acts.Proposals) proposedCategory {
	out := proposedCategory{Category: row.Category, Limit: row.Limit}
	listed := make(map[int64]acts.ListItem)
	for _, item := range found.Adopted.Items {
		if !item.Removed {
			listed[item.Application] = item
		}
	}
	marks := make(map[award.Points]int)
	for _, f := range found.Ranked {
		if f.Category != row.Category {
			continue
		}
		if !f.Passes || f.Suspended || !slices.Contains(award.MovesFrom(award.ActAdoptProposals, award.FileProposed), f.State) {
			out.Rest++
			continue
		}
		marks[f.Total]++
		out.Rows = append(out.Rows, proposedRow{RankedFile: f})
	}
	for i := range out.Rows {
		r := &out.Rows[i]
		r.Tied = marks[r.Total] > 1
		item, is := listed[r.ID]
		order := strconv.Itoa(i + 1)
		if found.Adopted.ID != 0 {
			if order = ""; is {
				order = strconv.Itoa(item.Position)
			}
		}
		id := strconv.FormatInt(r.ID, 10)
		r.Order = p.Text("order-"+id, p.T("label_order"), order)
		r.Reason = p.Text("reason-"+id, p.T("label_departure"), item.Reason)
	}
	return out
}

// postProposal adopts the list.
func (c *Console) postProposal(p *page) error {
	in, err := c.proposalSent(p)
	if err == nil {
		_, err = c.Acts.AdoptProposals(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(officeAt(in.Round, in.Office)+"/desk", "adopted")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	p.lead(func(id string) string {
		place, what, _ := strings.Cut(strings.TrimPrefix(id, "items-"), "-")
		n, err := strconv.Atoi(place)
		if err != nil || n >= len(in.Items) {
			return id
		}
		if what != "reason" {
			what = "order"
		}
		return what + "-" + strconv.FormatInt(in.Items[n].Application, 10)
	})
	return c.proposal(p)
}

// proposalSent reads the list as typed: by category, each in its order.
func (c *Console) proposalSent(p *page) (acts.AdoptProposalsInput, error) {
	e := &entry{page: p}
	in := acts.AdoptProposalsInput{Round: p.c.Param("round"), Office: p.c.Param("office")}
	type line struct {
		id       int64
		category string
		order    int
	}
	var lines []line
	taken := make(map[[2]string]bool)
	for name := range p.Form {
		number, ours := strings.CutPrefix(name, "order-")
		id, err := strconv.ParseInt(number, 10, 64)
		if typed := p.trimmed(name); ours && err == nil && typed != "" {
			order := e.count(name)
			place := [2]string{p.Form.Get("category-" + number), strconv.Itoa(order)}
			if taken[place] {
				e.say(name, "order_twice", order)
			}
			taken[place] = true
			lines = append(lines, line{id, place[0], order})
		}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.category, b.category), cmp.Compare(a.order, b.order), cmp.Compare(a.id, b.id))
	})
	for _, l := range lines {
		in.Items = append(in.Items, acts.ProposalItem{Application: l.id, Reason: p.trimmed("reason-" + strconv.FormatInt(l.id, 10))})
	}
	in.Minutes, in.MetOn = e.need("minutes"), e.date("met_on")
	slices.SortFunc(e.defects, func(a, b award.Defect) int { return cmp.Compare(a.Pointer, b.Pointer) })
	return in, e.err()
}
