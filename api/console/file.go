package console

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// filesPage is the files in the reader's subtree (申报材料).
type filesPage struct {
	Round    acts.RoundStanding
	Files    []acts.File
	Next     string
	Category field
	State    field
	Mine     bool // only those that wait for the reader's office
	Now      time.Time
}

// latestFiles leads to the files of the newest round under way.
func (c *Console) latestFiles(p *page) error {
	rounds, err := c.Acts.Rounds(p.ctx(), p.by(), acts.RoundQuery{Limit: mostRounds})
	if err != nil {
		return err
	}
	for _, r := range rounds {
		if r.State.Live() && r.State != award.RoundDraft {
			p.redirect(roundAt(r.ID) + "/files")
			return nil
		}
	}
	p.redirect("/rounds")
	return nil
}

// filesOf lists the files of a round; its filters are in the address.
func (c *Console) filesOf(p *page) error {
	by, id := p.by(), p.c.Param("round")
	r, err := c.Acts.Round(p.ctx(), by, id)
	if err != nil {
		return err
	}
	q := acts.FilesQuery{
		Round: id, Category: award.Category(p.c.Query("category")), State: award.FileState(p.c.Query("state")),
		After: p.after(), Limit: listed,
	}
	data := filesPage{Round: r, Mine: p.c.Query("mine") == "1"}
	if data.Mine {
		q.Waiting = by.Office
	}
	if data.Files, err = c.Acts.Applications(p.ctx(), by, q); err != nil {
		return err
	}
	if len(data.Files) == listed {
		data.Next = p.next(data.Files[listed-1].ID)
	}
	if data.Now, err = c.Acts.Now(p.ctx()); err != nil {
		return err
	}
	categories := []choice{{"", p.T("label_any")}}
	for _, rule := range r.Categories {
		categories = append(categories, choice{string(rule.Category), p.Word("category", rule.Category)})
	}
	data.Category = p.Select("category", p.T("label_category"), p.c.Query("category"), categories)
	states := []choice{{"", p.T("label_any")}}
	for _, state := range award.FileStates() {
		states = append(states, choice{string(state), p.Word("filestate", state)})
	}
	data.State = p.Select("state", p.T("label_state"), p.c.Query("state"), states)
	return p.show("files", p.T("page_files"), data)
}

// filePage is one file with all that was said and done on it.
type filePage struct {
	acts.File
	Round    acts.RoundStanding
	Title    string // of the category
	Fields   []award.FormField
	Chain    []acts.Unit
	Marks    acts.Comparison
	Said     []acts.Endorsement
	History  []acts.FileMove
	Evidence []acts.EvidenceUse
	Offers   []award.Act
	Now      time.Time
	Check    string // the self-check's address

	Endorse endorseForm
	Reason  field
	Scan    field // of the form with its seals
	MayScan bool
	Visited bool // it is with the province, or was: there is an inspection to read or to write
}

// endorseForm is what an office says of the file that waits for it.
type endorseForm struct {
	Opinions []choice
	Opinion  string
	Wrong    string
	Text, Clerk, SigningHead, SealingBody, Seal,
	ReturnTo field
}

// May reports whether the reader is offered an act.
func (f filePage) May(name string) bool { return slices.Contains(f.Offers, award.Act(name)) }

// file shows one file.
func (c *Console) file(p *page) error {
	by, round := p.by(), p.c.Param("round")
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	data := filePage{}
	if data.Round, err = c.Acts.Round(p.ctx(), by, round); err != nil {
		return err
	}
	if data.File, err = c.Acts.Application(p.ctx(), by, round, id); err != nil {
		return err
	}
	rule, _, err := c.Acts.Standard(p.ctx(), p.by(), data.Round.ID, data.Category)
	if err != nil {
		return err
	}
	data.Title, data.Fields, data.Check = rule.Title, rule.Form, checkAt(round, data.UnitCode, data.Category)
	if data.Chain, err = c.Acts.Chain(p.ctx(), by, round, id); err != nil {
		return err
	}
	if data.Marks, err = c.Acts.Comparison(p.ctx(), by, round, id); err != nil {
		return err
	}
	if data.Said, err = c.Acts.Endorsements(p.ctx(), by, round, id); err != nil {
		return err
	}
	if data.History, err = c.Acts.History(p.ctx(), by, round, id); err != nil {
		return err
	}
	if data.Evidence, err = c.Acts.EvidenceUses(p.ctx(), by, data.UnitCode, acts.EvidenceUsesQuery{Round: round, Limit: mostUses}); err != nil {
		return err
	}
	if data.Now, err = c.Acts.Now(p.ctx()); err != nil {
		return err
	}
	data.Offers = data.File.Offers(by, data.Round.Round)
	if data.May(string(award.ActEndorse)) {
		data.Endorse = p.endorseForm(data)
	}
	data.Reason = p.Lines("reason", p.T("label_reason"), "").as(required)
	data.Scan = field{ID: "form_scan", Kind: "file", Label: p.T("label_form_scan"), Help: p.T("help_upload"), Wrong: p.Wrong("form_scan")}
	data.MayScan = data.Round.State == award.RoundOpen && !data.State.Ended() && acts.Can(by, award.ActScanForm, data.Row(data.Round.Round)) == nil
	data.Visited = data.State.WithProvince() || data.ProvinceTotal != nil
	return p.show("file", data.UnitName, data)
}

// Leaf is the indicator that a reference to evidence is about: 1.2 of
// community/1.2.
func (p *page) Leaf(subject string) string {
	_, leaf, _ := strings.Cut(subject, "/")
	return leaf
}

// mostUses is how many references to evidence a page shows of a unit.
const mostUses = 200

// endorseForm makes the form of an opinion.
func (p *page) endorseForm(data filePage) endorseForm {
	opinions := []award.Opinion{award.OpinionAgree, award.OpinionReturn, award.OpinionDecline}
	if data.Waiting == data.Office { // the province sends on by its list
		opinions = opinions[1:]
	}
	form := endorseForm{
		Opinion: p.Form.Get("opinion"), Wrong: p.Wrong("opinion"),
		Text:        p.Lines("text", p.T("label_opinion_text"), ""),
		Clerk:       p.Text("clerk", p.T("label_clerk"), p.Session.Name).as(required),
		SigningHead: p.Text("signing_head", p.T("label_signing_head"), ""),
		SealingBody: p.Text("sealing_body", p.T("label_sealing_body"), data.SealingBody()),
		Seal:        field{ID: "seal", Kind: "file", Label: p.T("label_seal"), Help: p.T("help_upload"), Wrong: p.Wrong("seal")},
	}
	form.Text.Help = p.T("help_opinion_text")
	for _, o := range opinions {
		form.Opinions = append(form.Opinions, choice{string(o), p.Word("opinion", o)})
	}
	var earlier []choice
	for _, unit := range data.Chain { // the unit first
		if unit.ID == data.Waiting {
			break
		}
		earlier = append(earlier, choice{unit.Code, unit.Name})
	}
	form.ReturnTo = p.Select("return_to", p.T("label_return_to"), data.UnitCode, earlier)
	form.ReturnTo.Help = p.T("help_return_to", data.Round.Rules.ReturnDays)
	return form
}

// postEndorsement gives the office's opinion; a scan of the sealed page comes with
// it.
func (c *Console) postEndorsement(p *page) error {
	id, err := p.integer("file")
	if err != nil {
		return err
	}
	seal, err := p.upload("seal", "/seal")
	if err == nil {
		_, err = c.Acts.Endorse(p.ctx(), p.by(), p.key(""), acts.Endorse{
			Round: p.c.Param("round"), Application: id, Revision: p.revision(), Opinion: award.Opinion(p.Form.Get("opinion")),
			Text: strings.TrimSpace(p.Form.Get("text")), Clerk: strings.TrimSpace(p.Form.Get("clerk")),
			SigningHead: strings.TrimSpace(p.Form.Get("signing_head")), SealingBody: strings.TrimSpace(p.Form.Get("sealing_body")),
			Seal: seal, ReturnTo: p.Form.Get("return_to"),
		})
	}
	return c.fileDone(p, err, "endorsed")
}

// postFormScan keeps the scan of the form with the seals of every office that
// signed.
func (c *Console) postFormScan(p *page) error {
	in, err := p.onFile()
	if err != nil {
		return err
	}
	scan, err := p.upload("form_scan", "/form_scan")
	if err == nil && scan == "" {
		err = award.RefuseFields(award.Invalid, "D-35", "evidence_not_chosen", []award.Defect{{Pointer: "/form_scan", Key: "evidence_not_chosen"}})
	}
	if err == nil {
		_, err = c.Acts.ScanForm(p.ctx(), p.by(), p.key(""), acts.ScanForm{Round: in.Round, Application: in.Application, Revision: in.Revision, SHA256: scan})
	}
	return c.fileDone(p, err, "form_scanned")
}

// postWithdrawal withdraws the file at the unit's own wish.
func (c *Console) postWithdrawal(p *page) error {
	in, err := p.onFile()
	if err == nil {
		_, err = c.Acts.Withdraw(p.ctx(), p.by(), p.key(""), in)
	}
	return c.fileDone(p, err, "withdrawn")
}

// postCallUp takes up a declined file.
func (c *Console) postCallUp(p *page) error {
	in, err := p.onFile()
	if err == nil {
		_, err = c.Acts.CallUp(p.ctx(), p.by(), p.key(""), in)
	}
	return c.fileDone(p, err, "called_up")
}

// onFile reads what a form says of the file it is on.
func (p *page) onFile() (acts.OnFile, error) {
	id, err := p.integer("file")
	return acts.OnFile{
		Round: p.c.Param("round"), Application: id, Revision: p.revision(), Reason: strings.TrimSpace(p.Form.Get("reason")),
	}, err
}

// revision reads which state of the record the form was made from.
func (p *page) revision() int { return number(p.Form.Get("revision")) }

// fileDone shows the file again, with what came of an act on it.
func (c *Console) fileDone(p *page, err error, said string) error {
	if err == nil {
		return p.done(roundAt(p.c.Param("round"))+"/files/"+url.PathEscape(p.c.Param("file")), said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.file(p)
}
