package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// commendationPage leads a round from its marks to its titles (评审与命名).
type commendationPage struct {
	Round      acts.RoundStanding
	Candidates acts.Candidates
	Ranked     []rankedCategory
	Votes      bool // candidates come from carried motions alone
	Marks      bool // what may be done now; so below
	Complete   bool
	Fix        bool
	Announce   bool
	Decide     bool
	Supplement bool
	Minutes    field
	MetOn      field
	Number     field
	Date       field
	Ground     field
	Titles     []acts.Title
	Office     string // address of the owner office's pages in the round
}

// rankedCategory is who stands for the places of a category.
type rankedCategory struct {
	Category award.Category
	Quota    int
	Left     int // places left for the tied, or empty
	Below    int
	Rows     []rankedRow
}

type rankedRow struct {
	award.Ranked
	File acts.NationalFile
	Tied bool
}

func commendationAt(round string) string { return roundAt(round) + "/commendation" }

// commendation shows the page.
func (c *Console) commendation(p *page) error {
	r, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	data := commendationPage{Round: r, Votes: r.Rules.CommitteeVotes, Office: officeAt(r.ID, r.OwnerCode)}
	if data.Candidates, err = c.Acts.Candidates(p.ctx(), p.by(), r.ID); err != nil {
		return err
	}
	for _, s := range data.Candidates.Categories {
		rows := rankedCategory{Category: s.Category, Quota: s.Quota, Left: s.PlacesLeft, Below: s.Below}
		for i, ranked := range slices.Concat(s.Placed, s.Tied) {
			rows.Rows = append(rows.Rows, rankedRow{ranked, s.File(ranked.Application), i >= len(s.Placed)})
		}
		data.Ranked = append(data.Ranked, rows)
	}
	if data.Titles, err = c.Acts.Titles(p.ctx(), p.by(), r.ID, ""); err != nil {
		return err
	}
	open, scored, fixed := r.State == award.RoundOpen, !r.ScoredAt.IsZero(), !r.CandidatesAt.IsZero()
	decided := !r.DecidedAt.IsZero()
	may := func(name award.Act) bool { return p.may(name, acts.Row{Owner: r.Owner, Office: r.Owner}) }
	data.Marks = p.mayMark(r)
	data.Complete = open && !r.ListFrozenAt.IsZero() && !scored && may(award.ActCompleteStage)
	data.Fix = open && scored && !fixed && may(award.ActFixCandidates)
	data.Announce = open && fixed && !decided && r.Notice == nil && may(award.ActAnnounceNotice)
	data.Decide = open && fixed && !decided && r.Notice != nil && r.Notice.State == award.NoticeEnded && may(award.ActDecide)
	data.Supplement = decided && (open || r.State == award.RoundClosed) && may(award.ActSupplement)
	data.Minutes = p.Lines("minutes", p.T("label_minutes"), "").as(required)
	data.MetOn = p.Date("met_on", p.T("label_met_on"), award.Date{}).as(required)
	data.Number = p.Text("number", p.T("label_decision_number"), "").as(required)
	data.Date = p.Date("date", p.T("label_decision_date"), award.Date{}).as(required)
	data.Ground = p.Lines("reason", p.T("label_ground"), "").as(required)
	return p.show("commendation", p.T("page_commendation"), data)
}

// postMarksComplete says that the national marks are complete.
func (c *Console) postMarksComplete(p *page) error {
	r, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err == nil {
		_, err = c.Acts.CompleteStage(p.ctx(), p.by(), p.key(""), acts.CompleteStageInput{Round: r.ID, Office: r.OwnerCode, Stage: award.StageAssessment})
	}
	return c.commended(p, err, "marks_complete")
}

// postCandidates fixes the candidates.
func (c *Console) postCandidates(p *page) error {
	r, err := c.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	e, in := &entry{page: p}, acts.FixCandidatesInput{Round: r.ID}
	if !r.Rules.CommitteeVotes {
		in.Minutes, in.MetOn = e.need("minutes"), e.date("met_on")
		for _, chosen := range p.Form["tied"] {
			id, err := strconv.ParseInt(chosen, 10, 64)
			if err != nil {
				return award.Refuse(award.Invalid, "", "request_malformed")
			}
			in.ChosenOfTied = append(in.ChosenOfTied, id)
		}
	}
	if err = e.err(); err == nil {
		_, err = c.Acts.FixCandidates(p.ctx(), p.by(), p.key(""), in)
	}
	return c.commended(p, err, "candidates_fixed")
}

// postDecision records the decision of naming, or a supplementary one.
func (c *Console) postDecision(p *page) error {
	e, round := &entry{page: p}, p.c.Param("round")
	number, date := e.need("number"), e.date("date")
	var ground string
	if p.Form.Has("supplement") {
		ground = e.need("reason")
	}
	err := e.err()
	switch {
	case err != nil:
	case p.Form.Has("supplement"):
		_, err = c.Acts.Supplement(p.ctx(), p.by(), p.key(""), acts.SupplementInput{Round: round, Number: number, Date: date, Ground: ground})
	default:
		_, err = c.Acts.Decide(p.ctx(), p.by(), p.key(""), acts.DecideInput{Round: round, Number: number, Date: date})
	}
	return c.commended(p, err, "decided")
}

func (c *Console) commended(p *page, err error, said string) error {
	if err == nil {
		return p.done(commendationAt(p.c.Param("round")), said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	if p.Refusal != nil { // units are named, not fields
		for i, item := range p.Refusal.Items {
			if file, is := strings.CutPrefix(item.ID, "applications-"); is {
				p.Refusal.Items[i].Href = roundAt(p.c.Param("round")) + "/files/" + url.PathEscape(file)
			}
		}
	}
	return c.commendation(p)
}

// titleRegister lists the register of titles, and what each waits for (称号名录).
func (c *Console) titleRegister(p *page) error {
	state := award.TitleState(p.c.Query("state"))
	found, err := c.Acts.TitleRegister(p.ctx(), p.by(), acts.TitleQuery{State: state, After: p.after(), Limit: listed})
	if err != nil {
		return err
	}
	states := []choice{{"", p.T("label_any")}}
	for _, s := range award.TitleStates() {
		states = append(states, choice{string(s), p.Word("titlestate", s)})
	}
	data := struct {
		Titles []acts.Title
		State  field
		Next   string
	}{Titles: found, State: p.Select("state", p.T("label_state"), string(state), states)}
	if len(found) == listed {
		data.Next = p.next(found[len(found)-1].ID)
	}
	return p.show("title_register", p.T("page_title_register"), data)
}

// titleAct is one thing that may be done to a title.
type titleAct struct {
	Name     award.Act
	Document bool // it needs a document's number
	Bars     bool // it may bar the unit
}

// heldTitle shows one title with its history, and what may be done to it.
func (c *Console) heldTitle(p *page) error {
	found, err := c.Acts.Title(p.ctx(), p.by(), p.c.Param("number"))
	if err != nil {
		return err
	}
	data := struct {
		acts.TitleView
		Acts             []titleAct
		Plaque           bool
		Report           bool // may enter one
		Ground, Document field
		At               string
	}{TitleView: found, At: titleAt(found.Number)}
	for _, m := range award.TitleMoves() {
		if found.Drill || m.Act == award.ActChangeUnit { // a drill's title is none; a unit is changed in the register
			continue
		}
		if m.From == found.State && p.may(m.Act, found.Row()) && !slices.ContainsFunc(data.Acts, func(a titleAct) bool { return a.Name == m.Act }) {
			data.Acts = append(data.Acts, titleAct{m.Act, !m.To.Held(), m.Act == award.ActRevokeTitle})
		}
	}
	data.Plaque = !found.Drill && !found.State.Held() && p.may(award.ActReturnPlaque, found.Row())
	data.Report = !found.Drill && p.may(award.ActReportTitle, found.Row())
	data.Ground = p.Lines("reason", p.T("label_ground"), p.groundOf(found.Reports)).as(required)
	data.Document = p.Text("document", p.T("label_title_document"), "")
	data.Document.Help = p.T("help_title_document")
	return p.show("held_title", found.Number, data)
}

func titleAt(number string) string { return "/register/titles/" + url.PathEscape(number) }

// postTitle does one of the acts on a title.
func (c *Console) postTitle(p *page) error {
	number := p.c.Param("number")
	in := acts.TitleInput{
		Number: number, Revision: p.revision(), Ground: p.trimmed("reason"), Document: p.trimmed("document"), Falsified: p.Form.Has("falsified"),
	}
	do := map[award.Act]func() (acts.Done[acts.Title], error){
		award.ActStartRecheck: func() (acts.Done[acts.Title], error) { return c.Acts.StartRecheck(p.ctx(), p.by(), p.key(""), in) },
		award.ActKeepTitle:    func() (acts.Done[acts.Title], error) { return c.Acts.KeepTitle(p.ctx(), p.by(), p.key(""), in) },
		award.ActOrderRectification: func() (acts.Done[acts.Title], error) {
			return c.Acts.OrderRectification(p.ctx(), p.by(), p.key(""), in)
		},
		award.ActRevokeTitle:     func() (acts.Done[acts.Title], error) { return c.Acts.RevokeTitle(p.ctx(), p.by(), p.key(""), in) },
		award.ActDeregisterTitle: func() (acts.Done[acts.Title], error) { return c.Acts.DeregisterTitle(p.ctx(), p.by(), p.key(""), in) },
		award.ActReturnPlaque:    func() (acts.Done[acts.Title], error) { return c.Acts.ReturnPlaque(p.ctx(), p.by(), p.key(""), number) },
	}[award.Act(p.Form.Get("act"))]
	if do == nil {
		return award.Refuse(award.Invalid, "", "request_malformed")
	}
	if _, err := do(); err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.heldTitle(p)
	}
	return p.done(titleAt(number), "title")
}

// nationalDesk is the owner office at its own list, on the pages that recommending
// offices have for theirs.
func nationalDesk(r acts.RoundStanding) office {
	o := acts.OfficeStanding{Office: acts.Office{ID: r.Owner, Code: r.OwnerCode, Name: r.OwnerName, Path: []int64{r.Owner}}}
	o.Stage.State = award.StageOpen
	if r.Notice != nil {
		o.Notices = []acts.Notice{*r.Notice}
	}
	return office{Round: r, Office: o, At: officeAt(r.ID, r.OwnerCode)}
}

// candidateItems lists the candidates as they are announced.
func candidateItems(all acts.Candidates) []acts.ListItem {
	var items []acts.ListItem
	for _, s := range all.Categories {
		for _, ranked := range slices.Concat(s.Placed, s.Tied) {
			f := s.File(ranked.Application)
			if f.State == award.FileCandidate || f.State == award.FileNoticedNationally || f.State == award.FileNamed {
				items = append(items, acts.ListItem{Application: f.ID, Code: f.Code, Name: f.Name, Category: s.Category})
			}
		}
	}
	slices.SortStableFunc(items, func(a, b acts.ListItem) int { // D-09
		at := func(c award.Category) int { return slices.Index(award.Categories(), c) }
		if d := at(a.Category) - at(b.Category); d != 0 {
			return d
		}
		return strings.Compare(a.Code, b.Code)
	})
	return items
}
