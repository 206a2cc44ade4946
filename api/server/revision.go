package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ListRevisions shows a file as it was filed, each time.
func (s *Server) ListRevisions(ctx context.Context, request ListRevisionsRequestObject) (ListRevisionsResponseObject, error) {
	revisions, err := s.acts.Revisions(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	page := ListRevisions200JSONResponse{Items: make([]FileRevision, len(revisions))}
	for i, r := range revisions {
		page.Items[i] = FileRevision{Revision: r.Revision, At: r.At.In(award.Beijing), Form: r.Form, Marks: marksShown(r.Marks)}
	}
	return page, nil
}

// CompareRevisions shows what changed between two.
func (s *Server) CompareRevisions(ctx context.Context, request CompareRevisionsRequestObject) (CompareRevisionsResponseObject, error) {
	c, err := s.acts.CompareRevisions(ctx, officer(ctx), request.Round, request.Application,
		value(request.Params.From), value(request.Params.To))
	if err != nil {
		return nil, err
	}
	return CompareRevisions200JSONResponse{From: c.From, To: c.To, Fields: changes(c.Fields), Marks: changes(c.Marks)}, nil
}

// changes writes differences.
func changes(in []award.Change) []Change {
	out := make([]Change, len(in))
	for i, c := range in {
		out[i] = Change{Key: c.Key, Title: c.Title, Old: c.Old, New: c.New}
	}
	return out
}

// ScanForm keeps the scan of a form with its seals.
func (s *Server) ScanForm(ctx context.Context, request ScanFormRequestObject) (ScanFormResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ScanForm(ctx, officer(ctx), actKey(ctx), acts.ScanForm{
		Round: request.Round, Application: request.Application, Revision: seen, SHA256: request.Body.Sha256,
	})
	if err != nil {
		return nil, err
	}
	return ScanForm200JSONResponse(applicationDone(done)), nil
}
