package console

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/text/unicode/norm"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// evidencePage is the evidence of one indicator (佐证材料): what is there, a new
// file, and files sent before that need not be sent again.
type evidencePage struct {
	Round  string
	Unit   acts.RegisterUnit
	Leaf   award.Leaf
	Used   []acts.EvidenceUse
	Others []acts.EvidenceFile
	File   field
	Back   string
}

// upload takes a file that came with a form for the reader's own office and
// returns its SHA-256; "" when none came. pointer is the field it fills.
func (p *page) upload(name, pointer string) (string, error) {
	if p.c.Request.MultipartForm == nil || len(p.c.Request.MultipartForm.File[name]) == 0 {
		return "", nil
	}
	sent := p.c.Request.MultipartForm.File[name][0]
	if sent.Filename == "" {
		return "", nil
	}
	content, err := sent.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = content.Close() }() // it was read; the server removes it
	file := norm.NFC.String(sent.Filename)
	if award.FileTypeOf(file) == "" {
		return "", award.RefuseFields(award.Invalid, "D-35", "evidence_ending", []award.Defect{{Pointer: pointer, Key: "evidence_ending"}})
	}
	done, err := p.console.Acts.UploadEvidence(p.ctx(), p.by(), p.key("#"+name), acts.UploadEvidence{
		Name: file, Type: award.FileTypeOf(file), Length: sent.Size, Content: content,
	})
	if refusal, ok := errors.AsType[*award.Error](err); ok {
		if len(refusal.Fields) == 0 {
			refusal.Fields = []award.Defect{{Key: refusal.Key, Args: refusal.Args}}
		}
		for i := range refusal.Fields {
			refusal.Fields[i].Pointer = pointer
		}
		return "", refusal
	}
	return done.Result.SHA256, err
}

// evidence shows the evidence of an indicator.
func (c *Console) evidence(p *page) error {
	round, code, category := p.c.Param("round"), p.c.Param("unit"), award.Category(p.c.Param("category"))
	r, err := c.Acts.Round(p.ctx(), p.by(), round)
	if err != nil {
		return err
	}
	rule, _, err := c.Acts.Standard(p.ctx(), p.by(), round, category)
	if err != nil {
		return err
	}
	data := evidencePage{Round: r.Title, File: field{
		ID: "file", Kind: "file", Label: p.T("label_file"), Help: p.T("help_upload"), Wrong: p.Wrong("file"),
	}}
	for b, block := range rule.Standard.Blocks {
		for _, leaf := range block.Leaves {
			if leaf.Code == p.c.Param("leaf") {
				data.Leaf, data.Back = leaf, checkAt(round, code, category)+"?block="+strconv.Itoa(b+1)
			}
		}
	}
	if data.Back == "" {
		return award.Refuse(award.NotFound, "N 三", "leaf_unknown", p.c.Param("leaf"))
	}
	if data.Unit, err = c.Acts.Unit(p.ctx(), p.by(), code); err != nil {
		return err
	}
	uses, err := c.Acts.EvidenceUses(p.ctx(), p.by(), code, acts.EvidenceUsesQuery{Round: round, Limit: mostUses})
	if err != nil {
		return err
	}
	used := make(map[string]bool)
	for _, use := range uses {
		if use.Kind == award.UseSelfCheck && use.Subject == string(category)+"/"+data.Leaf.Code {
			data.Used = append(data.Used, use)
			used[use.SHA256] = true
		}
	}
	all, err := c.Acts.Evidence(p.ctx(), p.by(), "", acts.EvidenceQuery{Limit: mostUses})
	if err != nil {
		return err
	}
	for _, f := range all {
		if !used[f.SHA256] {
			data.Others = append(data.Others, f)
		}
	}
	return p.show("evidence", data.Leaf.Code, data)
}

// postEvidence attaches a new file or one sent before, or ends a reference.
func (c *Console) postEvidence(p *page) error {
	in := acts.AttachEvidence{
		Round: p.c.Param("round"), Unit: p.c.Param("unit"), Category: award.Category(p.c.Param("category")),
		Leaf: p.c.Param("leaf"), SHA256: p.Form.Get("sha256"),
	}
	var err error
	said := "attached"
	if p.Form.Has("detach") {
		said = "detached"
		_, err = c.Acts.DetachEvidence(p.ctx(), p.by(), p.key("#detach"), in)
	} else {
		if in.SHA256 == "" {
			in.SHA256, err = p.upload("file", "/file")
		}
		if err == nil && in.SHA256 == "" {
			err = award.RefuseFields(award.Invalid, "D-35", "evidence_not_chosen", []award.Defect{{Pointer: "/file", Key: "evidence_not_chosen"}})
		}
		if err == nil {
			_, err = c.Acts.AttachEvidence(p.ctx(), p.by(), p.key("#attach"), in)
		}
	}
	if err == nil {
		return p.done(p.c.Request.URL.Path, said)
	}
	if err := p.refused(err); err != nil {
		return err
	}
	return c.evidence(p)
}

// download sends a file of evidence, to be kept and not shown in a page of ours.
func (c *Console) download(p *page) error {
	f, content, err := c.Acts.OpenEvidence(p.ctx(), p.by(), p.c.Param("sha256"))
	if err != nil {
		return err
	}
	p.send(f, content, "private, no-cache") // who may read it is asked each time
	return nil
}

// send sends a file that somebody gave us and closes it: to be kept, and neither
// shown in a page of ours nor taken for anything but what it was found to be.
func (p *page) send(f acts.EvidenceFile, content io.ReadSeekCloser, cache string) {
	defer func() { _ = content.Close() }() // it was read
	h := p.c.Writer.Header()
	h.Set("Content-Type", f.Type.Media())
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", cache)
	http.ServeContent(p.c.Writer, p.c.Request, "", time.Time{}, content)
}
