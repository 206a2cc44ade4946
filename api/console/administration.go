package console

import (
	"slices"
	"strconv"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// administration leads to what outlives a round (管理): standards, calendars, titles.
func (c *Console) administration(p *page) error {
	if p.by().ExpertAlone() { // it acts for no office
		p.redirect("/marking")
		return nil
	}
	data := struct {
		Pending int    // changes of the calendar that wait for an answer
		Reports string // how many are open; 0: none
	}{}
	changes, err := c.Acts.CalendarChanges(p.ctx(), p.by(), 0, listed)
	if err != nil && award.CodeOf(err) != award.NotFound {
		return err
	}
	data.Pending = len(slices.DeleteFunc(changes, func(change acts.CalendarChange) bool { return !change.Pending() }))
	reports, err := c.Acts.TitleReports(p.ctx(), p.by(), acts.TitleReportQuery{Open: true, Limit: listed})
	if err != nil {
		return err
	}
	if data.Reports = strconv.Itoa(len(reports)); len(reports) == listed {
		data.Reports += "+"
	}
	return p.show("administration", p.T("page_administration"), data)
}
