package console

import (
	"strconv"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// cutPage is the cut to the recommendation limit (推荐名单, N 四(二)): of the units
// that were noticed, the first within the limit are ticked beforehand.
type cutPage struct {
	office
	May        bool
	Cut        acts.Cut
	Categories []cutCategory
	Minutes    field
}

// cutCategory is one category: who was noticed and may be taken, and the others
// with why not.
type cutCategory struct {
	Category award.Category
	Limit    *acts.Limit
	Rows     []cutRow
	Others   []acts.CutItem
	More     int // others that are not shown
}

type cutRow struct {
	acts.CutItem
	Ticked, Tied, Successor bool // Successor: the next on the noticed list while a place is free (递补)
	Wrong                   string
}

// mostOthers is how many units that can not be taken one page names.
const mostOthers = 60

// cut shows who is in it, who is not, and why.
func (c *Console) cut(p *page) error {
	o, err := c.office(p)
	if err != nil {
		return err
	}
	data := cutPage{office: o, May: o.may(p, award.ActRecommend)}
	if data.Cut, err = c.Acts.CutOf(p.ctx(), p.by(), o.Round.ID, o.Office.Code); err != nil {
		return err
	}
	ticked := make(map[string]bool)
	for _, id := range p.Form["applications"] {
		ticked[id] = true
	}
	for _, row := range categoriesOf(o, data.Cut, acts.AdoptedList{}) {
		out := cutCategory{Category: row.Category, Limit: row.Limit}
		for _, item := range data.Cut.Items {
			noticed := item.State == award.FileNoticedLocally || item.State == award.FileRecommended
			switch {
			case item.Category != row.Category:
			case noticed && data.May:
				out.Rows = append(out.Rows, cutRow{CutItem: item, Wrong: p.Wrong("application-" + strconv.FormatInt(item.ID, 10))})
			case len(out.Others) < mostOthers:
				out.Others = append(out.Others, item)
			default:
				out.More++
			}
		}
		out.tick(data.Cut.Revision > 0)
		if p.Form != nil {
			for i := range out.Rows {
				out.Rows[i].Ticked = ticked[strconv.FormatInt(out.Rows[i].ID, 10)]
			}
		}
		data.Categories = append(data.Categories, out)
	}
	data.Minutes = p.Lines("minutes", p.T("label_minutes"), "")
	data.Minutes.Help = p.T("help_cut_minutes")
	return p.show("cut", p.T("page_cut"), data)
}

// tick proposes who is taken: who is in it already, else the first within the
// limit. A tie across the limit is nobody's to break but the body's (D-05).
func (k *cutCategory) tick(made bool) {
	taken, places := 0, len(k.Rows)
	if k.Limit != nil {
		places = k.Limit.Places
	}
	with := make(map[award.Points]int)
	for _, r := range k.Rows {
		with[r.Total]++
	}
	for i := range k.Rows {
		r := &k.Rows[i]
		r.Tied = with[r.Total] > 1
		last := i
		for last+1 < len(k.Rows) && k.Rows[last+1].Total == r.Total {
			last++
		}
		r.Ticked = r.Reason == award.CutTaken || !made && len(r.Barred) == 0 && !r.Suspended && last < places
		if r.Ticked {
			taken++
		}
	}
	for i := range k.Rows {
		if r := &k.Rows[i]; made && taken < places && !r.Ticked && !r.Suspended && len(r.Barred) == 0 {
			r.Successor = true
			break
		}
	}
}

// postCut makes the cut.
func (c *Console) postCut(p *page) error {
	in := acts.RecommendInput{Round: p.c.Param("round"), Office: p.c.Param("office"), Revision: p.revision(), Minutes: p.trimmed("minutes")}
	for _, text := range p.Form["applications"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return award.Refuse(award.Invalid, "", "request_malformed")
		}
		in.Applications = append(in.Applications, id)
	}
	_, err := c.Acts.Recommend(p.ctx(), p.by(), p.key(""), in)
	if err == nil {
		return p.done(officeAt(in.Round, in.Office)+"/cut", "cut")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	p.lead(func(id string) string {
		n, err := strconv.Atoi(strings.TrimPrefix(id, "applications-"))
		if err != nil || n >= len(in.Applications) {
			return id
		}
		return "application-" + strconv.FormatInt(in.Applications[n], 10)
	})
	return c.cut(p)
}
