package console

import (
	"slices"

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
		Pending int // changes of the calendar that wait for an answer
	}{}
	changes, err := c.Acts.CalendarChanges(p.ctx(), p.by(), 0, listed)
	if err != nil && award.CodeOf(err) != award.NotFound {
		return err
	}
	data.Pending = len(slices.DeleteFunc(changes, func(change acts.CalendarChange) bool { return !change.Pending() }))
	return p.show("administration", p.T("page_administration"), data)
}
