package console

import (
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// officePage is one recommending office in a round (省级推荐机构).
type officePage struct {
	acts.OfficeStanding
	Round    acts.RoundStanding
	Now      time.Time
	Dates    []given
	Levers   []leverLink
	Workflow string
	Inside   bool // the reader sees what the office works on
}

// showOffice shows where one office stands, and what the reader may do to it.
func (c *Console) showOffice(p *page) error {
	var data officePage
	var err error
	if data.Round, err = c.Acts.Round(p.ctx(), p.by(), p.c.Param("round")); err != nil {
		return err
	}
	r := data.Round
	if data.OfficeStanding, err = c.Acts.Office(p.ctx(), p.by(), r.ID, p.c.Param("office")); err != nil {
		return err
	}
	if data.Now, err = c.Acts.Now(p.ctx()); err != nil {
		return err
	}
	for _, name := range award.DateNames() {
		if at, has := data.OfficeStanding.Dates().Of(name); has {
			data.Dates = append(data.Dates, given{Label: p.T("date_" + string(name)), Value: p.Until(at), Shown: p.Left(data.Now, at)})
		}
	}
	data.Levers = p.officeLevers(r.Round, data.OfficeStanding, data.Now)
	data.Inside = acts.MaySee(p.by(), data.Row(r.Round))
	if p.by().Office == r.Owner {
		data.Workflow = c.workflow(award.OfficeWorkflow(r.ID, data.Code))
	}
	return p.show("office", data.Name, data)
}
