package server

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// UploadEvidence takes a file as it comes.
func (s *Server) UploadEvidence(ctx context.Context, request UploadEvidenceRequestObject) (UploadEvidenceResponseObject, error) {
	done, err := s.acts.UploadEvidence(ctx, officer(ctx), actKey(ctx), acts.UploadEvidence{
		Name: norm.NFC.String(request.Params.Name), // some systems send accents apart from their letters
		Type: award.FileType(request.Params.Type), Length: asked(ctx).ContentLength, Content: request.Body,
	})
	if err != nil {
		return nil, err
	}
	return UploadEvidence201JSONResponse{Receipt: receipt(done.Receipt), Evidence: evidenceFile(done.Result)}, nil
}

// asked returns the request itself, for what the generated code leaves out.
func asked(ctx context.Context) *http.Request {
	if c, ok := ctx.(*gin.Context); ok { // ownContext gives a handler gin's
		return c.Request
	}
	return &http.Request{ContentLength: -1}
}

// DownloadEvidence sends a file. It is never shown inside a page of ours, nor
// taken for anything but what it was found to be.
func (s *Server) DownloadEvidence(ctx context.Context, request DownloadEvidenceRequestObject) (DownloadEvidenceResponseObject, error) {
	f, content, err := s.acts.OpenEvidence(ctx, officer(ctx), request.Sha256)
	if err != nil {
		return nil, err
	}
	return &fileAnswer{file: f, content: content, asked: asked(ctx)}, nil
}

// fileAnswer is a file on its way out, whole or the part that was asked for.
type fileAnswer struct {
	file    acts.EvidenceFile
	content io.ReadSeekCloser
	asked   *http.Request
}

// VisitDownloadEvidenceResponse sends the file.
func (a *fileAnswer) VisitDownloadEvidenceResponse(w http.ResponseWriter) error {
	defer a.content.Close()
	h := w.Header()
	h.Set("Content-Type", a.file.Type.Media())
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.file.Name})) // RFC 5987 where it must
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-cache") // who may read it is asked each time
	h.Set("ETag", `"`+a.file.SHA256+`"`)
	http.ServeContent(w, a.asked, "", time.Time{}, a.content)
	return nil
}

// ListEvidence lists the files of an office and those below it.
func (s *Server) ListEvidence(ctx context.Context, request ListEvidenceRequestObject) (ListEvidenceResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	q := acts.EvidenceQuery{After: after, Limit: limitOf(request.Params.Limit)}
	files, err := s.acts.Evidence(ctx, officer(ctx), value(request.Params.Office), q)
	if err != nil {
		return nil, err
	}
	page := ListEvidence200JSONResponse{Items: make([]EvidenceFile, len(files))}
	for i, f := range files {
		page.Items[i] = evidenceFile(f)
	}
	if len(files) == q.Limit {
		page.Next = cursorTo(files[len(files)-1].ID)
	}
	return page, nil
}

// GetEvidenceTally counts what an office uploaded and what a reference spared it.
func (s *Server) GetEvidenceTally(ctx context.Context, request GetEvidenceTallyRequestObject) (GetEvidenceTallyResponseObject, error) {
	c, err := s.acts.EvidenceTally(ctx, officer(ctx), value(request.Params.Office))
	if err != nil {
		return nil, err
	}
	return GetEvidenceTally200JSONResponse{Uploads: c.Uploads, Files: c.Files, Bytes: c.Bytes, Uses: c.Uses, Reused: c.Reused}, nil
}

// AttachEvidence lets an indicator refer to a file.
func (s *Server) AttachEvidence(ctx context.Context, request AttachEvidenceRequestObject) (AttachEvidenceResponseObject, error) {
	done, err := s.acts.AttachEvidence(ctx, officer(ctx), actKey(ctx), acts.AttachEvidence{
		Round: request.Round, Unit: request.Unit, Category: award.Category(request.Category),
		Leaf: request.Leaf, SHA256: request.Sha256,
	})
	if err != nil {
		return nil, err
	}
	return AttachEvidence200JSONResponse{Receipt: receipt(done.Receipt)}, nil
}

// DetachEvidence ends an indicator's reference to a file.
func (s *Server) DetachEvidence(ctx context.Context, request DetachEvidenceRequestObject) (DetachEvidenceResponseObject, error) {
	done, err := s.acts.DetachEvidence(ctx, officer(ctx), actKey(ctx), acts.AttachEvidence{
		Round: request.Round, Unit: request.Unit, Category: award.Category(request.Category),
		Leaf: request.Leaf, SHA256: request.Sha256,
	})
	if err != nil {
		return nil, err
	}
	return DetachEvidence200JSONResponse{Receipt: receipt(done.Receipt)}, nil
}

// ListEvidenceUses lists what refers to evidence on a unit in a round.
func (s *Server) ListEvidenceUses(ctx context.Context, request ListEvidenceUsesRequestObject) (ListEvidenceUsesResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	q := acts.EvidenceUsesQuery{Round: request.Round, After: after, Limit: limitOf(request.Params.Limit)}
	uses, err := s.acts.EvidenceUses(ctx, officer(ctx), request.Unit, q)
	if err != nil {
		return nil, err
	}
	page := ListEvidenceUses200JSONResponse{Items: evidenceUses(uses)}
	if len(uses) == q.Limit {
		page.Next = cursorTo(uses[len(uses)-1].ID)
	}
	return page, nil
}

func evidenceUses(uses []acts.EvidenceUse) []EvidenceUse {
	out := make([]EvidenceUse, len(uses))
	for i, u := range uses {
		out[i] = EvidenceUse{
			Sha256: u.SHA256, Name: u.Name, Type: EvidenceType(u.Type), Size: u.Size, Scan: EvidenceScan(u.Scan),
			Kind: EvidenceUseKind(u.Kind), Subject: u.Subject, Office: u.OfficeCode, At: u.At.In(award.Beijing),
		}
	}
	return out
}

func evidenceFile(f acts.EvidenceFile) EvidenceFile {
	return EvidenceFile{
		Sha256: f.SHA256, Office: f.OfficeCode, Name: f.Name, Type: EvidenceType(f.Type), Size: f.Size,
		Scan: EvidenceScan(f.Scan), Uploads: f.Uploads, Uses: f.Uses, UploadedAt: f.UploadedAt.In(award.Beijing),
	}
}
