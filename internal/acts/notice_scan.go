package acts

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"shifan/internal/award"
)

// This file looks through what a notice makes public, before it is announced
// (公示前检查, D-64): text, contacts, proofs, names of units, and of attached
// workbooks and documents the text in them.

// What keeps a hostile attachment from costing more than a look.
const (
	mostAttachmentText  = 8 << 20 // bytes of XML read of one file
	mostAttachmentParts = 500     // of one archive
)

// scanNotice refuses a notice with findings that nobody lets stand, and returns
// those that somebody does. The scans of its proofs are cited by then: what the
// officer may not see was refused.
func (a *Acts) scanNotice(ctx context.Context, n Notice, units []ListItem, waivers []award.Waiver) ([]award.Waived, error) {
	var found []award.Finding
	look := func(place, text string) { found = append(found, award.ScanPersonalData(place, text)...) }
	look("/text", n.Text)
	for i, c := range n.Contacts {
		at := fmt.Sprintf("/contacts/%d", i)
		look(at+"/unit", c.Unit)
		look(at+"/phone", c.Phone)
		look(at+"/address", c.Address)
		look(at+"/email", c.Email)
	}
	for i, e := range n.Evidence {
		at := fmt.Sprintf("/evidence/%d", i)
		look(at+"/name", e.Name)
		look(at+"/link", e.Link)
		if e.SHA256 == "" {
			continue
		}
		text, err := a.attachmentText(ctx, e.SHA256)
		if err != nil {
			return nil, err
		}
		look(at+"/sha256", text)
	}
	for _, u := range units {
		look("/units/"+u.Code, u.Name+"\n"+u.Correction)
	}
	return award.CheckFindings(found, waivers)
}

// attachmentText returns the text of a workbook or document, as far as it can
// be got: a picture of a page has none.
func (a *Acts) attachmentText(ctx context.Context, digest string) (string, error) {
	content, err := a.evidence.Files.Open(ctx, keptAs(digest))
	if err != nil {
		return "", fmt.Errorf("open an attachment: %w", err)
	}
	whole, err := io.ReadAll(io.LimitReader(content, a.evidence.Limits.File+1))
	if err := errors.Join(err, content.Close()); err != nil {
		return "", fmt.Errorf("read an attachment: %w", err)
	}
	archive, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil || len(archive.File) > mostAttachmentParts {
		return "", nil //nolint:nilerr // no archive, so no workbook and no document
	}
	var text strings.Builder
	left := int64(mostAttachmentText)
	for _, part := range archive.File {
		if strings.HasSuffix(part.Name, ".xml") && (strings.HasPrefix(part.Name, "word/") || strings.HasPrefix(part.Name, "xl/")) {
			left -= partText(&text, part, left)
		}
	}
	return text.String(), nil
}

// partText adds the text of one part, a line for each cell or paragraph, and
// returns how much of the bound it took. A part that is broken ends where it breaks.
func partText(text *strings.Builder, part *zip.File, left int64) int64 {
	content, err := part.Open()
	if err != nil {
		return 0
	}
	defer content.Close()
	bounded := &io.LimitedReader{R: content, N: left}
	decoder := xml.NewDecoder(bounded)
	for {
		token, err := decoder.Token()
		if err != nil {
			return left - bounded.N
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			switch t.Name.Local {
			case "p", "c", "si", "row": // a paragraph; a cell, a shared string, a row
				text.WriteByte('\n')
			}
		}
	}
}
