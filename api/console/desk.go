package console

import (
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// serveDesk lays out the pages of a recommending office's work.
func (c *Console) serveDesk(r gin.IRouter) {
	r.GET("/rounds/:round/limits", c.inside(c.limits))
	r.GET("/rounds/:round/offices/:office/desk", c.inside(c.desk))
	r.GET("/rounds/:round/offices/:office/docket/:category", c.inside(c.docket))
	r.GET("/rounds/:round/offices/:office/docket/:category/workbook", c.inside(c.docketWorkbook))
	r.GET("/rounds/:round/offices/:office/proposal", c.inside(c.proposal))
	r.POST("/rounds/:round/offices/:office/proposal", c.inside(c.postProposal))
	r.GET("/rounds/:round/offices/:office/notice", c.inside(c.announcement))
	r.POST("/rounds/:round/offices/:office/notice", c.inside(c.postAnnouncement))
	r.GET("/rounds/:round/offices/:office/notices/:number", c.inside(c.ownNotice))
	r.POST("/rounds/:round/offices/:office/notices/:number/extension", c.inside(c.postExtension))
	r.POST("/rounds/:round/offices/:office/notices/:number/proof", c.inside(c.postProof))
	r.POST("/rounds/:round/offices/:office/notices/:number/withdrawal", c.inside(c.postNoticeWithdrawal))
	r.GET("/rounds/:round/offices/:office/cut", c.inside(c.cut))
	r.POST("/rounds/:round/offices/:office/cut", c.inside(c.postCut))
	r.GET("/rounds/:round/offices/:office/package", c.inside(c.recommendation))
	r.POST("/rounds/:round/offices/:office/package", c.inside(c.postPackage))
	r.POST("/rounds/:round/offices/:office/package/submission", c.inside(c.postSubmission))
	r.POST("/rounds/:round/offices/:office/package/acceptance", c.inside(c.postAcceptance))
	r.POST("/rounds/:round/offices/:office/package/return", c.inside(c.postPackageReturn))
}

// office is what every page of a recommending office begins with.
type office struct {
	Round  acts.RoundStanding
	Office acts.OfficeStanding
	At     string // the address of its pages
}

// office reads the office of the path.
func (c *Console) office(p *page) (office, error) {
	round, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return office{}, err
	}
	if p.c.Param("office") == round.OwnerCode && p.by().Office == round.Owner {
		return nationalDesk(round), nil
	}
	o, err := c.Acts.Office(p.ctx(), p.by(), round.ID, p.c.Param("office"))
	if err == nil && !acts.MaySee(p.by(), o.Row(round.Round)) {
		err = award.Refuse(award.NotFound, "", "not_found")
	}
	return office{Round: round, Office: o, At: officeAt(round.ID, o.Code)}, err
}

func officeAt(round, office string) string { return roundAt(round) + "/offices/" + office }

// may reports whether the reader may do an act on the office's lists and papers
// as they stand.
func (o office) may(p *page, name award.Act) bool {
	return o.Round.State == award.RoundOpen && o.Office.Stage.State == award.StageOpen &&
		acts.Can(p.by(), name, o.Office.Row(o.Round.Round)) == nil
}

// deskPage is where an office's recommendation stands, and what is next.
type deskPage struct {
	office
	Steps      []deskStep
	Next       *deskStep // nil: nothing, the office is done
	Package    acts.PackageView
	Categories []deskCategory
	Notices    []acts.Notice
	Revisions  []acts.PackageRevision
	Now        time.Time
}

// deskStep is one step of the recommendation (N 四(二)).
type deskStep struct {
	Name, Waits, Href, Do string
	Due                   time.Time
	Past                  bool
}

// deskCategory is how far one category has come.
type deskCategory struct {
	Category                                award.Category
	Limit                                   *acts.Limit // nil: it has none
	Files, Inspected, Passed, Listed, Taken int
}

// desk shows an office's recommendation from its files to the package.
func (c *Console) desk(p *page) error {
	o, err := c.office(p)
	if err != nil {
		return err
	}
	data := deskPage{office: o, Notices: o.Office.Notices}
	if data.Now, err = c.Acts.Now(p.ctx()); err != nil {
		return err
	}
	cut, err := c.Acts.CutOf(p.ctx(), p.by(), o.Round.ID, o.Office.Code)
	if err != nil {
		return err
	}
	ranked, err := c.Acts.Proposals(p.ctx(), p.by(), o.Round.ID, o.Office.Code, "")
	if err != nil {
		return err
	}
	if data.Package, err = c.Acts.PackageOf(p.ctx(), p.by(), o.Round.ID, o.Office.Code); err != nil {
		return err
	}
	if data.Revisions, err = c.Acts.PackageRevisions(p.ctx(), p.by(), o.Round.ID, o.Office.Code); err != nil {
		return err
	}
	opinions, err := c.Acts.Opinions(p.ctx(), p.by(), o.Round.ID, o.Office.Code, "")
	if err != nil {
		return err
	}
	data.Categories = categoriesOf(o, cut, ranked.Adopted)
	data.Steps = p.steps(data, cut, ranked.Adopted, len(opinions) > 0)
	if o.Office.Stage.State == award.StageOpen {
		for i := range data.Steps {
			if !data.Steps[i].Past {
				data.Next = &data.Steps[i]
				break
			}
		}
	}
	return p.show("desk", o.Office.Name, data)
}

// categoriesOf counts how far each category has come.
func categoriesOf(o office, cut acts.Cut, list acts.AdoptedList) []deskCategory {
	var out []deskCategory
	for _, rule := range o.Round.Categories {
		row := deskCategory{Category: rule.Category}
		for i, l := range cut.Limits {
			if l.Category == rule.Category && rule.Quota.Ratio > 0 {
				row.Limit = &cut.Limits[i]
			}
		}
		for _, item := range cut.Items {
			if item.Category != rule.Category {
				continue
			}
			row.Files++
			if item.Inspected {
				row.Inspected++
			}
			if item.Passes {
				row.Passed++
			}
			if item.Reason == award.CutTaken {
				row.Taken++
			}
		}
		for _, item := range list.Items {
			if item.Category == rule.Category && !item.Removed {
				row.Listed++
			}
		}
		out = append(out, row)
	}
	return out
}

// steps lays out what the office has done and has still to do, in the order of
// N 四(二).
func (p *page) steps(d deskPage, cut acts.Cut, list acts.AdoptedList, asked bool) []deskStep {
	var inspect, survey, ask int
	for _, item := range cut.Items {
		switch {
		case item.Reason == award.CutNotInspected:
			inspect++
		case item.Inspected && item.Passed && !item.Surveyed:
			survey++
		case item.Inspected && item.Passed && len(item.Barred) > 0:
			ask++
		}
	}
	sent := d.Office.Stage.State != award.StageOpen
	files := roundAt(d.Round.ID) + "/files?state="
	steps := []deskStep{{
		Name: p.T("step_arrive"), Past: d.Office.PassedUp, Due: d.Office.ArrivalAt, Waits: p.T("step_arrive_waits"),
		Href: files + "climbing", Do: p.T("step_arrive_do"),
	}, {
		Name: p.T("step_inspect"), Past: inspect == 0, Waits: p.T("step_inspect_waits", inspect),
		Href: files + "at_province", Do: p.T("step_inspect_do"),
	}, {
		Name: p.T("step_survey"), Past: survey == 0, Waits: p.T("step_survey_waits", survey),
		Href: files + "inspected", Do: p.T("step_survey_do"),
	}}
	if asked || len(d.Round.Rules.Departments) > 0 {
		steps = append(steps, deskStep{
			Name: p.T("step_ask"), Past: ask == 0, Waits: p.T("step_ask_waits", ask), Href: d.At + "/departments", Do: p.T("step_ask_do"),
		})
	}
	notice := deskStep{Name: p.T("step_notice"), Past: list.ID != 0 && len(list.Items) == 0, Waits: p.T("step_notice_waits"), Href: d.At + "/notice", Do: p.T("step_notice_do")}
	for _, n := range d.Notices {
		if n.List != list.ID || n.State == award.NoticeWithdrawn {
			continue
		}
		notice.Past = n.State == award.NoticeEnded
		notice.Waits, notice.Due = p.T("step_notice_runs", p.Until(n.ClosesAt)), n.FinalAt
		notice.Href, notice.Do = noticeOf(d.At, n.Number), p.T("step_notice_look")
	}
	steps = append(steps, deskStep{
		Name: p.T("step_list"), Past: list.ID != 0, Waits: p.T("step_list_waits"), Href: d.At + "/proposal", Do: p.T("step_list_do"),
	}, notice, deskStep{
		Name: p.T("step_cut"), Past: d.Office.CutRevision > 0 || notice.Past && len(list.Items) == 0, Waits: p.T("step_cut_waits"),
		Href: d.At + "/cut", Do: p.T("step_cut_do"),
	}, deskStep{
		Name: p.T("step_package"), Past: len(d.Package.Lacks) == 0 || sent, Waits: p.T("step_package_waits", len(d.Package.Lacks)),
		Href: d.At + "/package", Do: p.T("step_package_do"),
	}, deskStep{
		Name: p.T("step_send"), Past: sent, Waits: p.T("step_send_waits"), Due: d.Office.Stage.DueAt, Href: d.At + "/package", Do: p.T("step_send_do"),
	})
	if sent || d.Package.State == award.PackageReturned { // what came before was good enough to be sent
		for i := range steps[:len(steps)-2] {
			steps[i].Past = true
		}
	}
	return steps
}

// limitsPage is what every recommending office may recommend.
type limitsPage struct {
	Round  acts.RoundStanding
	Limits []acts.Limit
	May    bool // replace a count by an official one
}

// Left is how many places are left.
func (limitsPage) Left(l acts.Limit) int { return l.Places - l.Used }

// limits shows the recommendation limits with what they rest on (推荐限额).
func (c *Console) limits(p *page) error {
	var data limitsPage
	var err error
	if data.Round, err = c.Acts.Round(p.ctx(), p.by(), p.c.Param("round")); err != nil {
		return err
	}
	if data.Limits, err = c.Acts.Limits(p.ctx(), p.by(), data.Round.ID); err != nil {
		return err
	}
	data.Limits = slices.DeleteFunc(data.Limits, func(l acts.Limit) bool { return l.Ratio == 0 })
	data.May = p.may(award.ActSetLimit, data.Round.Row()) && data.Round.State.Live()
	return p.show("limits", p.T("limits"), data)
}
