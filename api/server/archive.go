package server

import (
	"context"
	"mime"
	"net/http"
	"time"

	"shifan/internal/acts"
	shelf "shifan/internal/archive"
	"shifan/internal/award"
)

// GetArchive sends a unit's archive of a round as it is written.
func (s *Server) GetArchive(ctx context.Context, request GetArchiveRequestObject) (GetArchiveResponseObject, error) {
	a, err := s.acts.ArchiveOf(ctx, officer(ctx), request.Round, request.Unit)
	if err != nil {
		return nil, err
	}
	return &archiveAnswer{server: s, ctx: ctx, by: officer(ctx), archive: a}, nil
}

// archiveAnswer is an archive on its way out.
type archiveAnswer struct {
	server  *Server
	ctx     context.Context //nolint:containedctx // of the request that it answers
	by      award.Officer
	archive acts.Archive
}

// VisitGetArchiveResponse writes the archive. What breaks it off drops the
// connection: half an archive is never taken for a whole one.
func (a *archiveAnswer) VisitGetArchiveResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": shelf.Safe(a.archive.Unit+"-"+a.archive.Name) + ".zip"}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // papers take as long as the line is slow
	say := func(key string, args ...any) string { return a.server.texts.Say("zh-CN", key, args...) }
	if err := shelf.Write(a.ctx, w, a.by, a.server.acts, a.archive, say); err != nil {
		a.server.log.WarnContext(a.ctx, "archive broken off", "unit", a.archive.Unit, "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
