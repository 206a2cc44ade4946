package server

import (
	"context"
	"iter"
	"net/http"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/logfile"
)

// logHead returns how far the decision log is sealed, to be printed on what is
// published and on receipts. What it stands on is done and must be answered:
// where the head can not be read, it is left out.
func (s *Server) logHead(ctx context.Context) *string {
	head, err := s.acts.LogHead(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "log's head not printed", "error", err)
		return nil
	}
	if head.Position == 0 {
		return nil
	}
	printed := head.String()
	return &printed
}

// ExportLog sends the decision log as a file.
func (s *Server) ExportLog(ctx context.Context, request ExportLogRequestObject) (ExportLogResponseObject, error) {
	links, err := s.acts.ExportLog(ctx, officer(ctx), request.Params.Round)
	if err != nil {
		return nil, err
	}
	return &logAnswer{round: request.Params.Round, links: links, fault: func(err error) {
		s.log.ErrorContext(ctx, "log not exported whole", "round", request.Params.Round, "error", err)
	}}, nil
}

// logAnswer is the log on its way out.
type logAnswer struct {
	round string
	links iter.Seq2[award.LogLink, error]
	fault func(error)
}

// VisitExportLogResponse sends the log. A fault on the way leaves out its last
// line, so that nobody takes the file for a whole one.
func (a *logAnswer) VisitExportLogResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", mediaLines)
	w.Header().Set("Content-Disposition", `attachment; filename="shifan-log.ndjson"`)
	w.Header().Set("Cache-Control", "no-store")
	if err := logfile.Write(w, a.round, a.links); err != nil {
		a.fault(err)
	}
	return nil
}

// VerifyLog verifies the decision log as it stands.
func (s *Server) VerifyLog(ctx context.Context, request VerifyLogRequestObject) (VerifyLogResponseObject, error) {
	var known award.LogHead
	if request.Params.Head != nil {
		var err error
		if known, err = award.ParseLogHead(*request.Params.Head); err != nil {
			return nil, err
		}
	}
	found, err := s.acts.VerifyLog(ctx, officer(ctx), known)
	if err != nil {
		return nil, err
	}
	return logVerification(found), nil
}

func logVerification(v acts.LogVerification) VerifyLog200JSONResponse {
	out := VerifyLog200JSONResponse{Intact: v.Intact(), Head: v.Head.String(), Rows: v.Rows, Unsealed: v.Unsealed, Faults: make([]LogFault, len(v.Faults))}
	for i, f := range v.Faults {
		out.Faults[i] = LogFault{Position: f.Position, Kind: LogFaultKind(f.Kind)}
	}
	if !v.Oldest.IsZero() {
		oldest := v.Oldest.In(award.Beijing)
		out.UnsealedSince = &oldest
	}
	return out
}
