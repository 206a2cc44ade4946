package console

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// announcementPage puts an adopted list before the public (发布公示).
type announcementPage struct {
	office
	May      bool
	Adopted  acts.AdoptedList
	Live     acts.Notice // of the list; no number: none
	FirstDay field
	Proofs   []proofForm
	Contact  []field
	Text     field
	Waivers  []waiverForm
}

// proofForm is one publication with what proves it.
type proofForm struct {
	At                            int
	Medium, Name, Published, Link field
	Scan                          upload
}

// waiverForm lets something that looks like personal data stand (D-64).
type waiverForm struct {
	Place, Sample string
	Reason        field
}

// proofsAsked is how many publications the form has room for: the required one
// and a further one.
const proofsAsked = 2

func noticeOf(at string, number int) string { return fmt.Sprintf("%s/notices/%d", at, number) }

// announcement shows the form.
func (c *Console) announcement(p *page) error { return c.showAnnouncement(p, nil) }

func (c *Console) showAnnouncement(p *page, waivers []award.Waiver) error {
	o, err := c.office(p)
	if err != nil {
		return err
	}
	data := announcementPage{office: o, May: o.may(p, award.ActAnnounceNotice)}
	if o.Office.ID == o.Round.Owner {
		all, err := c.Acts.Candidates(p.ctx(), p.by(), o.Round.ID)
		if err != nil {
			return err
		}
		if data.Adopted.Revision = 1; all.Fixed {
			data.Adopted.ID, data.Adopted.Items = -1, candidateItems(all)
		}
		if o.Round.Notice != nil && o.Round.Notice.State != award.NoticeWithdrawn {
			data.Live = *o.Round.Notice
		}
	} else {
		found, err := c.Acts.Proposals(p.ctx(), p.by(), o.Round.ID, o.Office.Code, "")
		if err != nil {
			return err
		}
		data.Adopted = found.Adopted
	}
	for _, n := range o.Office.Notices {
		if n.List == data.Adopted.ID && n.State != award.NoticeWithdrawn {
			data.Live = n
		}
	}
	contact, err := c.Acts.ContactOf(p.ctx(), p.by(), o.Office.Code)
	if err != nil && award.CodeOf(err) != award.NotFound {
		return err
	}
	data.FirstDay = p.Date("first_day", p.T("label_first_day"), award.Date{})
	data.FirstDay.Help = p.T("help_first_day")
	for i := range proofsAsked {
		data.Proofs = append(data.Proofs, p.proofForm(i))
	}
	data.Contact = []field{
		p.Text("contacts-0-unit", p.T("label_contact_unit"), cmp.Or(contact.Office, o.Office.Name)).as(required),
		p.Text("contacts-0-phone", p.T("label_phone"), contact.Phone).as(required),
		p.Text("contacts-0-address", p.T("label_address"), contact.Address),
		p.Text("contacts-0-email", p.T("label_email"), contact.Email),
	}
	data.Text = p.Lines("text", p.T("label_notice_text"), "")
	data.Text.Help = p.T("help_notice_text")
	for i, w := range waivers {
		reason := field{ID: fmt.Sprintf("waivers-%d", i), Kind: "text", Label: p.T("label_waiver", w.Sample), Value: w.Reason, Help: p.T("help_waiver")}
		data.Waivers = append(data.Waivers, waiverForm{w.Place, w.Sample, reason})
	}
	return p.show("announcement", p.T("act_announce-notice"), data)
}

// proofForm makes the fields of one publication.
func (p *page) proofForm(i int) proofForm {
	at := fmt.Sprintf("evidence-%d", i)
	media := []choice{}
	for _, m := range award.Media() {
		media = append(media, choice{string(m), p.Word("medium", m)})
	}
	form := proofForm{
		At:        i,
		Medium:    p.Select(at+"-medium", p.T("label_medium"), string(award.LocalMedium), media),
		Name:      p.Text(at+"-name", p.T("label_medium_name"), ""),
		Published: p.Date(at+"-published_at", p.T("label_published"), award.Date{}),
		Link:      p.Text(at+"-link", p.T("label_link"), ""),
		Scan:      p.Upload(at+"-sha256", p.T("label_proof_scan"), ""),
	}
	if i == 0 {
		form.Name.Required, form.Published.Required = true, true
	}
	return form
}

// proof reads one publication; false when nothing was typed.
func (e *entry) proof(i int) (award.Evidence, bool) {
	at := fmt.Sprintf("evidence-%d", i)
	if i > 0 && e.trimmed(at+"-name")+e.trimmed(at+"-published_at")+e.trimmed(at+"-link") == "" {
		return award.Evidence{}, false
	}
	return award.Evidence{
		Medium: award.Medium(e.Form.Get(at + "-medium")), Name: e.need(at + "-name"), PublishedAt: e.date(at + "-published_at").Starts(),
		Link: e.trimmed(at + "-link"), SHA256: e.sent(at + "-sha256"),
	}, true
}

// postAnnouncement announces the list.
func (c *Console) postAnnouncement(p *page) error {
	in := acts.AnnounceNoticeInput{Round: p.c.Param("round"), Office: p.c.Param("office"), Text: p.trimmed("text")}
	e := &entry{page: p}
	if p.trimmed("first_day") != "" {
		in.FirstDay = e.date("first_day").Starts()
	}
	for i := range proofsAsked {
		if proof, given := e.proof(i); given {
			in.Evidence = append(in.Evidence, proof)
		}
	}
	in.Contacts = []award.Contact{{
		Unit: e.need("contacts-0-unit"), Phone: e.need("contacts-0-phone"), Address: p.trimmed("contacts-0-address"), Email: p.trimmed("contacts-0-email"),
	}}
	for i := 0; p.Form.Has(fmt.Sprintf("waivers-%d", i)); i++ {
		at := fmt.Sprintf("waivers-%d", i)
		in.Waivers = append(in.Waivers, award.Waiver{Place: p.Form.Get(at + "-place"), Sample: p.Form.Get(at + "-sample"), Reason: p.trimmed(at)})
	}
	err := e.err()
	var made acts.Done[acts.Notice]
	if err == nil {
		made, err = c.Acts.AnnounceNotice(p.ctx(), p.by(), p.key(""), in)
	}
	if err == nil {
		return p.done(noticeOf(officeAt(in.Round, in.Office), made.Result.Number), "announced")
	}
	if err := p.refused(err); err != nil {
		return err
	}
	waivers := stillMeant(in.Waivers, err)
	p.lead(func(id string) string { return foundIn(id, waivers) })
	return c.showAnnouncement(p, waivers)
}

// stillMeant returns what the officer is asked about: what was found and not let
// stand, and what was let stand before.
func stillMeant(given []award.Waiver, err error) []award.Waiver {
	refusal, ok := errors.AsType[*award.Error](err)
	if !ok || refusal.Key != "notice_personal_data" {
		return given
	}
	var out []award.Waiver
	slip := func(i int) bool {
		for _, d := range refusal.Fields {
			if d.Pointer == fmt.Sprintf("/waivers/%d", i) {
				return true
			}
		}
		return false
	}
	for i, w := range given {
		if w.Reason != "" && !slip(i) {
			out = append(out, w)
		}
	}
	for _, d := range refusal.Fields {
		if strings.HasPrefix(d.Key, "finding_") && len(d.Args) > 0 {
			out = append(out, award.Waiver{Place: d.Pointer, Sample: fmt.Sprint(d.Args[0])})
		}
	}
	return out
}

// foundIn leads what was found in something that is no field of the form, such as
// a scan or the name of a unit, to the field where it is let stand.
func foundIn(id string, waivers []award.Waiver) string {
	if strings.HasPrefix(id, "units-") || strings.HasSuffix(id, "-sha256") {
		for i, w := range waivers {
			if fieldID(w.Place) == id && w.Reason == "" {
				return fmt.Sprintf("waivers-%d", i)
			}
		}
	}
	return id
}

// ownNoticePage is one notice of the office, with what may still be done to it.
type ownNoticePage struct {
	office
	Notice                   acts.Notice
	Row                      noticeRow
	Extend, Prove, Withdraw  bool
	Days, Reason, ReasonMend field
	ReasonBack               field
	Proof, ProofMend         proofForm
	Position                 field
}

// ownNotice shows one notice of the office.
func (c *Console) ownNotice(p *page) error {
	o, err := c.office(p)
	if err != nil {
		return err
	}
	number, err := p.integer("number")
	if err != nil {
		return err
	}
	data := ownNoticePage{office: o}
	for _, n := range o.Office.Notices {
		if int64(n.Number) == number {
			if data.Notice, err = c.Acts.PublicNotice(p.ctx(), n.ID); err != nil {
				return err
			}
		}
	}
	if data.Notice.ID == 0 {
		return award.Refuse(award.NotFound, "", "notice_unknown", number)
	}
	now, err := c.Acts.Now(p.ctx())
	if err != nil {
		return err
	}
	calendar, err := c.Acts.StateCalendar(p.ctx())
	if err != nil {
		return err
	}
	data.Row = rowOf(data.Notice, calendar, now)
	open := data.Notice.Plan().MayChange(data.Notice.State, now) == nil
	running := open && now.Before(data.Notice.ClosesAt)
	data.Extend, data.Prove = running && o.may(p, award.ActExtendNotice), open && o.may(p, award.ActProveNotice)
	data.Withdraw = open && o.may(p, award.ActWithdrawNotice)
	data.Days = p.Text("working_days", p.T("label_working_days"), strconv.Itoa(data.Notice.WorkingDays+1)).as(func(f *field) { f.Required, f.Numeric = true, true })
	data.Reason = p.Lines("reason", p.T("label_reason"), "").as(required)
	data.ReasonMend = p.Lines("reason-mend", p.T("label_reason"), "").as(required)
	data.ReasonBack = p.Lines("reason-back", p.T("label_reason"), "").as(required)
	data.Proof, data.ProofMend = p.proofForm(0), p.proofForm(1)
	positions := []choice{{"0", p.T("proof_further")}}
	for _, proof := range data.Notice.Proofs {
		if proof.Revision <= 1 {
			positions = append(positions, choice{strconv.Itoa(proof.Position), p.Word("medium", proof.Medium) + "：" + proof.Name})
		}
	}
	data.Position = p.Select("position", p.T("label_proof_of"), "0", positions)
	return p.show("own_notice", p.T("notice_number", data.Notice.Number), data)
}

// onNotice reads which notice a form is on.
func (e *entry) onNotice(reason string) acts.OnNotice {
	return acts.OnNotice{
		Round: e.c.Param("round"), Office: e.c.Param("office"), Number: number(e.c.Param("number")), Revision: e.revision(), Reason: e.need(reason),
	}
}

// postExtension makes the window longer.
func (c *Console) postExtension(p *page) error {
	e := &entry{page: p}
	in := acts.ExtendNoticeInput{OnNotice: e.onNotice("reason"), WorkingDays: e.count("working_days")}
	if proof, given := e.proof(0); given {
		in.Evidence = []award.Evidence{proof}
	}
	err := e.err()
	if err == nil {
		_, err = c.Acts.ExtendNotice(p.ctx(), p.by(), p.key(""), in)
	}
	return c.noticeDone(p, err, "extended")
}

// postProof puts a proof right, or adds one.
func (c *Console) postProof(p *page) error {
	e := &entry{page: p}
	in := acts.ProveNoticeInput{OnNotice: e.onNotice("reason-mend"), Position: number(p.Form.Get("position"))}
	var given bool
	if in.Proof, given = e.proof(1); !given {
		e.need("evidence-1-name")
	}
	err := e.err()
	if err == nil {
		_, err = c.Acts.ProveNotice(p.ctx(), p.by(), p.key(""), in)
	}
	return c.noticeDone(p, err, "proved")
}

// postNoticeWithdrawal withdraws the notice.
func (c *Console) postNoticeWithdrawal(p *page) error {
	e := &entry{page: p}
	in := e.onNotice("reason-back")
	err := e.err()
	if err == nil {
		_, err = c.Acts.WithdrawNotice(p.ctx(), p.by(), p.key(""), in)
	}
	return c.noticeDone(p, err, "notice_withdrawn")
}

// noticeDone shows the notice again, with what came of an act on it.
func (c *Console) noticeDone(p *page, err error, said string) error {
	if err == nil {
		return p.done(noticeOf(officeAt(p.c.Param("round"), p.c.Param("office")), number(p.c.Param("number"))), said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.ownNotice(p)
}
