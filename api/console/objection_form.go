package console

import (
	"errors"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// objectionForm is where anybody objects to a unit on a list, or gives a lead
// about it (提出异议): first which unit, then what about it.
type objectionForm struct {
	noticeRow
	Unit  award.Listed // no code: to be found first
	Query string
	Found []award.Listed
	More  bool // there are more than are shown

	Fields []field
}

// asLead is what the form calls an objector who does not say who it is.
const asLead = "lead"

// objection shows the form.
func (c *Console) objection(p *page) error {
	row, err := c.readNotice(p)
	if err != nil {
		return err
	}
	data := p.pickUnit(row)
	data.Fields = p.objectionFields()
	return p.show("objection_form", p.T("page_objection_form"), data)
}

// pickUnit finds the unit that is asked for on a list, or those that might be
// meant.
func (p *page) pickUnit(row noticeRow) objectionForm {
	data := objectionForm{noticeRow: row, Query: strings.TrimSpace(p.c.Query("q"))}
	asked := p.c.Query("unit")
	if p.Form.Has("unit") {
		asked = p.Form.Get("unit")
	}
	for _, u := range row.Units {
		if u.Code == asked {
			data.Unit = u
		}
	}
	if data.Unit.Code == "" && data.Query != "" {
		if data.Found = row.find(data.Query); len(data.Found) > listed {
			data.Found, data.More = data.Found[:listed], true
		}
	}
	return data
}

// objectionFields are the fields of an objection: what happened, who says so, and
// papers.
func (p *page) objectionFields() []field {
	var who []choice
	for _, kind := range []string{string(award.ObjectorPerson), string(award.ObjectorUnit), asLead} {
		who = append(who, choice{kind, p.T("objector_" + kind)})
	}
	return []field{
		p.Lines("facts", p.T("label_objection_facts"), "").as(func(f *field) {
			f.Required, f.Rows, f.Help = true, 10, p.T("help_objection_facts", award.LeastFacts, award.MostFacts)
		}),
		p.Radio("objector-kind", p.T("label_objector_kind"), "", who),
		p.Text("objector-name", p.T("label_objector_name"), "").as(func(f *field) { f.Help = p.T("help_objector_name") }),
		p.Text("objector-contact", p.T("label_objector_contact"), "").as(func(f *field) { f.Help = p.T("help_objector_contact") }),
		p.sealField(), p.filesField(),
	}
}

func (p *page) sealField() field {
	return field{ID: "seal", Kind: "file", Label: p.T("label_objection_seal"), Help: p.T("help_objection_seal"), Wrong: p.Wrong("seal")}
}

func (p *page) filesField() field {
	return field{
		ID: "attachments", Kind: "file", Many: true, Label: p.T("label_attachments"), Wrong: p.Wrong("attachments"),
		Help: p.T("help_attachments", award.MostAttachments, (mostUpload-mostForm)>>20),
	}
}

// said reads what whoever objects says. Who gives a lead is not kept, whatever
// was typed.
func (p *page) said(notice int64) acts.ObjectionInput {
	in := acts.ObjectionInput{Notice: notice, Unit: p.Form.Get("unit"), Facts: strings.TrimSpace(p.Form.Get("facts"))}
	if as := p.Form.Get("objector-kind"); as != asLead {
		in.Objector = &acts.Objector{
			Kind: award.ObjectorKind(as), Name: strings.TrimSpace(p.Form.Get("objector-name")), Contact: strings.TrimSpace(p.Form.Get("objector-contact")),
		}
	}
	return in
}

// postObjection takes an objection and answers with its receipt, on the page
// itself: the number is all it takes to read the answer, and stands in no
// address. A file that is refused does not undo the objection.
func (c *Console) postObjection(p *page) error {
	id, err := p.integer("id")
	if err != nil {
		return err
	}
	o, err := c.Acts.FileObjection(p.ctx(), p.key(""), p.said(id))
	if err != nil {
		if err := p.refused(err); err != nil {
			return err
		}
		return c.objection(p)
	}
	if err := c.attach(p, o.Receipt); err != nil {
		return err
	}
	p.status = http.StatusCreated
	return c.showReceipt(p, "receipt", p.T("page_receipt"), o)
}

// attach keeps the files that came with a form beside an objection. What is
// refused stands above the page, file by file.
func (c *Console) attach(p *page, receipt string) error {
	if p.c.Request.MultipartForm == nil {
		return nil
	}
	var refused []defect
	for _, from := range []string{"seal", "attachments"} {
		for _, sent := range p.c.Request.MultipartForm.File[from] {
			if sent.Filename == "" {
				continue
			}
			err := c.attachOne(p, receipt, from == "seal", sent)
			e, refusal := errors.AsType[*award.Error](err)
			switch {
			case err == nil:
			case !refusal || e.Code == award.Internal:
				return err
			default:
				refused = append(refused, defect{ID: from, Href: "#" + from, Text: sent.Filename + p.T("colon") + p.T(e.Key, e.Args...)})
			}
		}
	}
	if len(refused) > 0 {
		p.Refusal = &refusal{Title: p.T("attachments_refused"), Detail: p.T("attachments_refused_help"), Items: refused}
	}
	return nil
}

func (c *Console) attachOne(p *page, receipt string, seal bool, sent *multipart.FileHeader) error {
	name := norm.NFC.String(sent.Filename)
	if award.FileTypeOf(name) == "" {
		return award.Refuse(award.Invalid, "D-35", "evidence_ending")
	}
	content, err := sent.Open()
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }() // it was read; the server removes it
	_, err = c.Acts.AttachToObjection(p.ctx(), receipt, seal, acts.UploadEvidence{
		Name: name, Type: award.FileTypeOf(name), Length: sent.Size, Content: content,
	})
	return err
}

// objectionStatus is what whoever objected may know of it: neither who handles
// it nor who made it.
type objectionStatus struct {
	Receipt    string
	Kind       award.ObjectionKind
	State      award.ObjectionState
	Notice     int64
	UnitName   string
	UnitCode   string
	Category   award.Category
	ReceivedAt time.Time
	AdmitDue   time.Time
	RuleDue    time.Time
	Extended   bool
	RuledAt    time.Time
	Answer     string
	Head       string // of the log
	Address    string // where to ask again

	Open        bool // it takes files
	Files, Seal field
}

// showReceipt shows an objection to whoever has its number.
func (c *Console) showReceipt(p *page, page, title string, o acts.Objection) error {
	data := objectionStatus{
		Receipt: o.Receipt, Kind: o.Kind, State: o.State, Notice: o.Notice, UnitName: o.UnitName, UnitCode: o.UnitCode, Category: o.Category,
		ReceivedAt: o.ReceivedAt, AdmitDue: o.AdmitDue, RuleDue: o.RuleDue, Extended: !o.ExtendedAt.IsZero(), RuledAt: o.RuledAt, Answer: o.Answer,
		Address: p.address("/receipts"), Open: o.State == award.ObjectionReceived, Files: p.filesField(),
		Seal: p.sealField(),
	}
	var err error
	if data.Head, err = c.logHead(p); err != nil {
		return err
	}
	return p.show(page, title, data)
}

// receiptField is where the number of a receipt is typed.
func (p *page) receiptField() field {
	return p.Text("receipt", p.T("label_receipt"), "").as(func(f *field) {
		f.Required, f.Help, f.Complete = true, p.T("help_receipt"), "off"
	})
}

// receipts asks for the number of a receipt (异议查询).
func (c *Console) receipts(p *page) error {
	return p.show("receipts", p.T("page_receipts"), map[string]any{"Receipt": p.receiptField()})
}

// postReceipt shows where an objection stands.
func (c *Console) postReceipt(p *page) error { return c.answerReceipt(p, nil) }

// postAttachments keeps more files beside an objection (补交附件).
func (c *Console) postAttachments(p *page) error {
	return c.answerReceipt(p, func(receipt string) error {
		err := c.attach(p, receipt)
		if err == nil && p.Refusal == nil {
			p.Saved = p.T("done_objection_attached")
		}
		return err
	})
}

// answerReceipt finds an objection by its number, does something to it, and
// shows it.
func (c *Console) answerReceipt(p *page, do func(receipt string) error) error {
	receipt := p.Form.Get("receipt")
	o, err := c.Acts.PublicObjection(p.ctx(), receipt)
	if award.CodeOf(err) == award.NotFound && do == nil { // of a report on a holder, perhaps
		report, other := c.Acts.PublicReport(p.ctx(), receipt)
		if other == nil {
			return c.showReport(p, "report_status", p.T("page_report_status"), report)
		}
		if award.CodeOf(other) != award.NotFound {
			return other
		}
	}
	if e, ok := errors.AsType[*award.Error](err); ok && e.Code == award.NotFound {
		p.status = http.StatusNotFound
		p.Refusal = &refusal{Title: p.T("title_not_found"), Detail: p.T(e.Key, e.Args...), Items: []defect{
			{ID: "receipt", Href: "#receipt", Text: p.T(e.Key, e.Args...)},
		}}
		return c.receipts(p)
	}
	if err == nil && do != nil {
		err = do(o.Receipt)
	}
	if err != nil {
		return err
	}
	return c.showReceipt(p, "objection_status", p.T("page_receipts"), o)
}
