package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// serveAdministrator lays out the pages of a round's owner office.
func (c *Console) serveAdministrator(r gin.IRouter) {
	r.GET("/drafts/new", c.inside(c.newRound))
	r.POST("/drafts", c.inside(c.postNewRound))
	r.GET("/rounds/:round/draft/:step", c.inside(c.draft))
	r.POST("/rounds/:round/draft/:step", c.inside(c.postDraft))
	r.GET("/rounds/:round/levers/:lever", c.inside(c.lever))
	r.POST("/rounds/:round/levers/:lever", c.inside(c.postLever))
	r.GET("/rounds/:round/offices/:office", c.inside(c.showOffice))
	r.GET("/rounds/:round/commendation", c.inside(c.commendation))
	r.POST("/rounds/:round/commendation/marks", c.inside(c.postMarksComplete))
	r.POST("/rounds/:round/commendation/candidates", c.inside(c.postCandidates))
	r.POST("/rounds/:round/commendation/decision", c.inside(c.postDecision))
	r.GET("/register/titles", c.inside(c.titleRegister))
	r.GET("/register/titles/:number", c.inside(c.heldTitle))
	r.POST("/register/titles/:number", c.inside(c.postTitle))
}

// lever is one of the owner's levers (管理措施): what it asks for, and its act. A
// lever is filled in, shown what it would change, and only then pulled.
type lever struct {
	act    award.Act
	fields func(p *page, r acts.Picture) []field
	pull   func(p *page, a *acts.Acts, key acts.Key) (said string, err error)
}

// levers lists all of them, by their acts.
func levers() []lever {
	return []lever{
		{award.ActMoveDate, dateOfRound, moveDate},
		{award.ActMoveOfficeDate, dateOfOffice, moveOfficeDate},
		{award.ActReopen, officeAndDate, reopen},
		{award.ActCloseOffice, officeAlone, closeOffice},
		{award.ActSetLimit, officialCount, setLimit},
		{award.ActSuspendRound, reasonAlone, wholeRound((*acts.Acts).SuspendRound)},
		{award.ActResumeRound, reasonAlone, wholeRound((*acts.Acts).ResumeRound)},
		{award.ActCancelRound, reasonAlone, wholeRound((*acts.Acts).CancelRound)},
	}
}

// leverLink leads to a lever.
type leverLink struct{ Name, Href, Help string }

// levers lists what the reader may do to a round as it stands.
func (p *page) levers(r acts.Round) []leverLink {
	var links []leverLink
	add := func(name award.Act) {
		links = append(links, leverLink{p.Word("act", name), leverAt(r.ID, name, ""), p.T("lever_" + string(name))})
	}
	if r.State == award.RoundDraft && p.may(award.ActEditRound, r.Row()) {
		links = append(links, leverLink{p.Word("act", award.ActEditRound), draftAt(r.ID, stepDocument), p.T("lever_edit-round")},
			leverLink{p.Word("act", award.ActOpenRound), draftAt(r.ID, stepCheck), p.T("lever_open-round")})
	}
	for _, l := range levers() {
		if !p.may(l.act, r.Row()) {
			continue
		}
		switch l.act {
		case award.ActSuspendRound, award.ActResumeRound, award.ActCancelRound:
			if _, err := award.MoveRound(r.State, l.act); err == nil {
				add(l.act)
			}
		default:
			if r.State == award.RoundOpen || r.State == award.RoundSuspended {
				add(l.act)
			}
		}
	}
	return links
}

// officeLevers lists what the reader may do to one office.
func (p *page) officeLevers(r acts.Round, o acts.OfficeStanding, now time.Time) []leverLink {
	var links []leverLink
	if r.State != award.RoundOpen && r.State != award.RoundSuspended {
		return nil
	}
	for name, open := range map[award.Act]bool{
		award.ActMoveOfficeDate: o.Stage.State == award.StageOpen,
		award.ActCloseOffice:    o.Stage.State == award.StageOpen && !now.Before(o.Stage.DueAt),
		award.ActReopen:         o.Stage.State != award.StageOpen && r.ListFrozenAt.IsZero(),
	} {
		if open && p.may(name, o.Row(r)) {
			links = append(links, leverLink{p.Word("act", name), leverAt(r.ID, name, o.Code), p.T("lever_" + string(name))})
		}
	}
	slices.SortFunc(links, func(a, b leverLink) int { return strings.Compare(a.Href, b.Href) })
	return links
}

func leverAt(round string, name award.Act, office string) string {
	at := roundAt(round) + "/levers/" + string(name)
	if office != "" {
		at += "?office=" + office
	}
	return at
}

// leverPage is a lever to be filled in.
type leverPage struct {
	Round  acts.RoundStanding
	Name   award.Act
	Help   string
	Fields []field
}

// lever shows one to be filled in.
func (c *Console) lever(p *page) error {
	l, err := p.lever()
	if err != nil {
		return err
	}
	picture, err := c.Acts.Picture(p.ctx(), p.by(), p.c.Param("round"))
	if err != nil {
		return err
	}
	if p.Refusal != nil { // one office is named here, and several might be
		for i, item := range p.Refusal.Items {
			id := strings.TrimPrefix(item.ID, "offices-0-")
			p.Refusal.Items[i].ID, p.Refusal.Items[i].Href = id, "#"+id
		}
	}
	return p.show("lever", p.Word("act", l.act), leverPage{
		Round: picture.RoundStanding, Name: l.act, Help: p.T("lever_" + string(l.act)), Fields: l.fields(p, picture),
	})
}

// lever finds the lever that the address names.
func (p *page) lever() (lever, error) {
	for _, l := range levers() {
		if string(l.act) == p.c.Param("lever") {
			return l, nil
		}
	}
	return lever{}, award.Refuse(award.NotFound, "", "not_found")
}

// previewPage is what a lever would change.
type previewPage struct {
	Round   acts.RoundStanding
	Name    award.Act
	Said    string
	Given   []given
	Effects []effect
	Files   []acts.FileEffect
	Told    int
	Grave   bool // it can not be taken back
}

// given is what was filled in.
type given struct{ ID, Label, Value, Shown string }

// effect is one thing that would be otherwise.
type effect struct{ Of, What, From, To string }

// postLever shows what a lever would change; confirmed, it pulls it.
func (c *Console) postLever(p *page) error {
	l, err := p.lever()
	if err != nil {
		return err
	}
	if p.Form.Has("edit") {
		return c.lever(p)
	}
	round := p.c.Param("round")
	if p.Form.Has("confirm") {
		if _, err := l.pull(p, c.Acts, p.key("")); err != nil {
			if err := p.refused(err); err != nil {
				return err
			}
			return c.lever(p)
		}
		return p.done(roundAt(round), "lever")
	}
	var said string
	changed, err := c.Acts.Preview(p.ctx(), round, func(inside *acts.Acts) error {
		var err error
		said, err = l.pull(p, inside, acts.Key{Method: "DRY", Path: p.c.Request.URL.Path})
		return err
	})
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.lever(p)
	}
	picture, err := c.Acts.Picture(p.ctx(), p.by(), round)
	if err != nil {
		return err
	}
	data := previewPage{
		Round: picture.RoundStanding, Name: l.act, Said: said, Effects: p.effects(changed), Files: changed.Files, Told: changed.Messages,
		Grave: l.act == award.ActCancelRound || l.act == award.ActCloseOffice,
	}
	for _, f := range l.fields(p, picture) {
		g := given{f.ID, f.Label, f.Value, f.Value}
		for _, c := range f.Choices {
			if c.Value == f.Value {
				g.Shown = c.Label
			}
		}
		data.Given = append(data.Given, g)
	}
	return p.show("preview", p.T("preview_of", p.Word("act", l.act)), data)
}

// effects puts what would change into words.
func (p *page) effects(e acts.Effect) []effect {
	var out []effect
	whole := p.T("label_round")
	add := func(of, what, from, to string) {
		if from != to {
			out = append(out, effect{of, what, from, to})
		}
	}
	add(whole, p.T("label_state"), p.Word("roundstate", e.Before.State), p.Word("roundstate", e.After.State))
	for _, name := range award.DateNames() {
		from, _ := e.Before.Dates.Of(name)
		to, _ := e.After.Dates.Of(name)
		add(whole, p.T("date_"+string(name)), p.Until(from), p.Until(to))
	}
	provincial, national := acts.RoundStanding{Round: e.Before}.LastNotices()
	provincially, nationally := acts.RoundStanding{Round: e.After}.LastNotices()
	add(whole, p.T("last_provincial"), p.Day(provincial), p.Day(provincially))
	add(whole, p.T("last_national"), p.Day(national), p.Day(nationally))
	for _, o := range e.Offices {
		for _, name := range award.DateNames() {
			from, has := o.Before.Dates().Of(name)
			if to, _ := o.After.Dates().Of(name); has {
				add(o.After.Name, p.T("date_"+string(name)), p.Until(from), p.Until(to))
			}
		}
		add(o.After.Name, p.T("label_stage_state"), p.Word("stagestate", o.Before.Stage.State), p.Word("stagestate", o.After.Stage.State))
	}
	for _, n := range e.Notices {
		of := p.T("notice_number", n.Before.Number) + " " + n.Before.OfficeName
		if n.After == nil {
			add(of, p.T("label_window"), p.Until(n.Before.ClosesAt), p.T("notice_withdrawn"))
			continue
		}
		add(of, p.T("label_window"), p.Until(n.Before.ClosesAt), p.Until(n.After.ClosesAt))
	}
	return out
}

// What the levers ask for.

func reasonAlone(p *page, _ acts.Picture) []field {
	return []field{p.Lines("reason", p.T("label_reason"), "").as(required)}
}

func officeAlone(p *page, r acts.Picture) []field {
	return append([]field{p.office(r)}, reasonAlone(p, r)...)
}

func officeAndDate(p *page, r acts.Picture) []field {
	return append([]field{p.office(r), p.to(r.Round)}, reasonAlone(p, r)...)
}

func dateOfRound(p *page, r acts.Picture) []field {
	var names []choice
	for _, name := range award.DateNames() {
		if at, has := r.Dates.Of(name); has {
			names = append(names, choice{string(name), p.T("date_"+string(name)) + "（" + p.Until(at) + "）"})
		}
	}
	return append([]field{p.Select("which", p.T("label_which"), p.c.Query("which"), names), p.to(r.Round)}, reasonAlone(p, r)...)
}

func dateOfOffice(p *page, r acts.Picture) []field {
	var names []choice
	for _, name := range award.DateNames() {
		if _, has := (award.OfficeDates{}).Of(name); has {
			names = append(names, choice{string(name), p.T("date_" + string(name))})
		}
	}
	which := p.Select("which", p.T("label_which"), string(award.DateRecommendation), names)
	return append([]field{p.office(r), which, p.to(r.Round)}, reasonAlone(p, r)...)
}

func officialCount(p *page, r acts.Picture) []field {
	var categories []choice
	for _, c := range r.Categories {
		if c.Quota.Ratio > 0 {
			categories = append(categories, choice{string(c.Category), p.Word("category", c.Category)})
		}
	}
	return append([]field{
		p.office(r), p.Select("category", p.T("label_category"), p.c.Query("category"), categories),
		p.Text("eligible", p.T("label_eligible"), "").as(func(f *field) { f.Required, f.Numeric = true, true }),
		p.Text("source", p.T("label_source"), "").as(func(f *field) { f.Required, f.Help = true, p.T("help_source") }),
		p.Text("counted_on", p.T("label_counted_on"), "").as(func(f *field) { f.Required, f.Help = true, p.T("help_date") }),
	}, reasonAlone(p, r)...)
}

// office is the choice of one of a round's recommending offices.
func (p *page) office(r acts.Picture) field {
	offices := []choice{{"", p.T("label_choose")}}
	for _, o := range r.Offices {
		offices = append(offices, choice{o.Code, o.Code + " " + o.Name})
	}
	return p.Select("office", p.T("label_office"), p.c.Query("office"), offices).as(required)
}

// to is a new date, which includes its whole day.
func (p *page) to(r acts.Round) field {
	return p.Text("to", p.T("label_to"), "").as(func(f *field) {
		if f.Required, f.Help = true, p.T("help_to"); r.Drill {
			f.Help = p.T("help_to_drill")
		}
	})
}

// What the levers do.

func wholeRound(do func(a *acts.Acts, ctx context.Context, by award.Officer, key acts.Key, round, reason string) (acts.Done[acts.RoundStanding], error)) func(*page, *acts.Acts, acts.Key) (string, error) {
	return func(p *page, a *acts.Acts, key acts.Key) (string, error) {
		_, err := do(a, p.ctx(), p.by(), key, p.c.Param("round"), p.typed("reason"))
		return "", err
	}
}

func moveDate(p *page, a *acts.Acts, key acts.Key) (string, error) {
	move, err := p.dateMove()
	if err != nil {
		return "", err
	}
	_, err = a.MoveDate(p.ctx(), p.by(), key, p.c.Param("round"), move)
	return "", err
}

func moveOfficeDate(p *page, a *acts.Acts, key acts.Key) (string, error) {
	move, err := p.dateMove()
	if err != nil {
		return "", err
	}
	_, err = a.MoveOfficeDate(p.ctx(), p.by(), key, p.c.Param("round"), p.typed("office"), move)
	return "", err
}

func reopen(p *page, a *acts.Acts, key acts.Key) (string, error) {
	to, err := p.instant("to")
	if err != nil {
		return "", err
	}
	_, err = a.ReopenOffices(p.ctx(), p.by(), key, p.c.Param("round"), []acts.Reopening{{Office: p.typed("office"), To: to}}, p.typed("reason"))
	return "", err
}

func closeOffice(p *page, a *acts.Acts, key acts.Key) (string, error) {
	_, err := a.CloseOffice(p.ctx(), p.by(), key, p.c.Param("round"), p.typed("office"), p.typed("reason"))
	return "", err
}

func setLimit(p *page, a *acts.Acts, key acts.Key) (string, error) {
	on, err := p.day("counted_on")
	if err != nil {
		return "", err
	}
	eligible, err := p.whole("eligible")
	if err != nil {
		return "", err
	}
	done, err := a.SetLimit(p.ctx(), p.by(), key, p.c.Param("round"), acts.OfficialCount{
		Office: p.typed("office"), Category: award.Category(p.typed("category")), Eligible: eligible,
		Source: p.typed("source"), CountedOn: on, Reason: p.typed("reason"),
	})
	if err != nil {
		return "", err
	}
	return p.T("limit_becomes", done.Result.Basis(), done.Result.Used), nil
}

func (p *page) dateMove() (acts.DateMove, error) {
	to, err := p.instant("to")
	return acts.DateMove{Which: award.DateName(p.typed("which")), To: to, Reason: p.typed("reason")}, err
}

// What people type.

// typed reads a text.
func (p *page) typed(id string) string { return strings.TrimSpace(p.Form.Get(id)) }

// instant reads a date to which something is open: all of that day, or in a drill
// (演练), whose days are short, an instant.
func (p *page) instant(id string) (time.Time, error) {
	text := p.typed(id)
	if date, err := award.ParseDate(text); err == nil {
		return date.Closes(), nil
	}
	if at, err := time.ParseInLocation(time.DateTime, text, award.Beijing); err == nil {
		r, err := p.console.Acts.Round(p.ctx(), p.by(), p.c.Param("round"))
		if err != nil || r.Drill {
			return at, err
		}
	}
	return time.Time{}, p.mistyped(id, "typed_date")
}

// day reads a day.
func (p *page) day(id string) (award.Date, error) {
	date, err := award.ParseDate(p.typed(id))
	if err != nil {
		return award.Date{}, p.mistyped(id, "typed_date")
	}
	return date, nil
}

// whole reads a whole number.
func (p *page) whole(id string) (int, error) {
	n, err := strconv.Atoi(p.typed(id))
	if err != nil {
		return 0, p.mistyped(id, "typed_number")
	}
	return n, nil
}

// mistyped refuses what can not be read as what it is asked for.
func (p *page) mistyped(id, key string) error {
	if p.typed(id) == "" {
		key = "field_required"
	}
	return award.RefuseFields(award.Invalid, "", "typed_wrong", []award.Defect{{Pointer: "/" + id, Key: key}})
}
