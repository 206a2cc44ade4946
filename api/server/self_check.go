package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetSelfCheck shows a unit's own check.
func (s *Server) GetSelfCheck(ctx context.Context, request GetSelfCheckRequestObject) (GetSelfCheckResponseObject, error) {
	check, err := s.acts.SelfCheck(ctx, officer(ctx), request.Round, request.Unit, award.Category(request.Category))
	if err != nil {
		return nil, err
	}
	return GetSelfCheck200JSONResponse(s.selfCheck(ctx, check)), nil
}

// SaveSelfCheck keeps a unit's own check.
func (s *Server) SaveSelfCheck(ctx context.Context, request SaveSelfCheckRequestObject) (SaveSelfCheckResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	points, err := marks(request.Body.Marks)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.SaveSelfCheck(ctx, officer(ctx), actKey(ctx), acts.SaveSelfCheck{
		Round: request.Round, Unit: request.Unit, Category: award.Category(request.Category), Revision: seen,
		Marks: points, Gap: value(request.Body.Gap), Measure: value(request.Body.Measure),
	})
	if err != nil {
		return nil, err
	}
	return SaveSelfCheck200JSONResponse{Receipt: receipt(done.Receipt), SelfCheck: s.selfCheck(ctx, done.Result)}, nil
}

// selfCheck writes a self-check.
func (s *Server) selfCheck(ctx context.Context, c acts.SelfCheck) SelfCheck {
	out := SelfCheck{
		Unit: c.UnitCode, Name: c.UnitName, Category: CategoryName(c.Category), Revision: c.Revision,
		Marks: marksShown(c.Marks), Gap: given(c.Gap), Measure: given(c.Measure),
		Total: c.Total.String(), Ready: c.Ready, EnteredByOffice: c.EnteredByOffice, UpdatedAt: c.UpdatedAt,
	}
	if len(c.Reasons) > 0 {
		out.Reasons = s.failures(ctx, c.Reasons)
	}
	return out
}

// failures writes why marks do not pass, in the caller's language.
func (s *Server) failures(ctx context.Context, reasons []award.Reason) *[]MarkFailure {
	out := make([]MarkFailure, len(reasons))
	for i, r := range reasons {
		out[i] = MarkFailure{
			Failure: MarkFailureFailure(r.Failure), At: given(r.At),
			Text: s.texts.say(reads(ctx), "failed_"+string(r.Failure), r.At, r.Got.String(), r.Want.String()),
		}
		if r.Failure != award.FailBlank && r.Failure != award.FailVeto {
			out[i].Got, out[i].Want = given(r.Got.String()), given(r.Want.String())
		}
	}
	return &out
}
