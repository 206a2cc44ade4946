package console

import (
	"strconv"
	"strings"

	"shifan/internal/award"
)

// entry reads what a form says, and gathers what can not be read, so that all of
// it is mended in one go.
type entry struct {
	*page
	defects []award.Defect
	fault   error // of a file that could not be kept
}

// say notes a defect of the field with the ID.
func (e *entry) say(id, key string, args ...any) {
	e.defects = append(e.defects, award.Defect{Pointer: "/" + id, Key: key, Args: args})
}

// need reads a text that must be there.
func (e *entry) need(id string) string {
	text := e.trimmed(id)
	if text == "" {
		e.say(id, "field_required")
	}
	return text
}

// date reads a day that must be there.
func (e *entry) date(id string) award.Date {
	text := e.need(id)
	if text == "" {
		return award.Date{}
	}
	day, err := award.ParseDate(text)
	if err != nil {
		e.say(id, "date_malformed", text)
	}
	return day
}

// count reads a whole number; "" is 0.
func (e *entry) count(id string) int {
	text := e.trimmed(id)
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < 0 || n > award.MostUnits) {
		e.say(id, "count_bounds", award.MostUnits)
		return 0
	}
	return n
}

// lines reads a text of one entry per line.
func (e *entry) lines(id string) []string {
	var out []string
	for _, line := range strings.Split(e.Form.Get(id), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// err says what could not be read or kept.
func (e *entry) err() error {
	if e.fault != nil {
		return e.fault
	}
	if len(e.defects) == 0 {
		return nil
	}
	return award.RefuseFields(award.Invalid, "", "entry_malformed", e.defects)
}

// lead gives the defects of a refusal the IDs of the fields they are about, where
// the page names them otherwise than the act.
func (p *page) lead(to func(id string) string) {
	if p.Refusal == nil {
		return
	}
	for i := range p.Refusal.Items {
		item := &p.Refusal.Items[i]
		item.ID = to(item.ID)
		item.Href = "#" + item.ID
	}
}

// Date makes a field of a day.
func (p *page) Date(id, label string, known award.Date) field {
	text := ""
	if known != (award.Date{}) {
		text = known.String()
	}
	f := p.Text(id, label, text)
	f.Help, f.Numeric = p.T("help_date"), true
	return f
}

// Upload makes a field of a file. What was sent before a refusal is kept under
// the name of the field and -sha256.
func (p *page) Upload(id, label, known string) upload {
	if p.Form.Has(id + "-sha256") {
		known = p.Form.Get(id + "-sha256")
	}
	return upload{Field: field{ID: id, Kind: "file", Label: label, Help: p.T("help_upload"), Wrong: p.Wrong(id)}, Kept: known}
}

// upload is a field of a file, and the digest of the one that is there.
type upload struct {
	Field field
	Kept  string
}

// sent takes the file of a field, else the one that was sent before.
func (e *entry) sent(id string) string {
	digest, err := e.upload(id, "/"+id)
	if err != nil {
		e.fault = err
		return ""
	}
	if digest == "" {
		digest = e.Form.Get(id + "-sha256")
	}
	if digest != "" {
		e.Form.Set(id+"-sha256", digest)
	}
	return digest
}
