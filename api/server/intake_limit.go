package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetIntakeLimits shows a recommending office's intake limits.
func (s *Server) GetIntakeLimits(ctx context.Context, request GetIntakeLimitsRequestObject) (GetIntakeLimitsResponseObject, error) {
	limits, err := s.acts.IntakeLimits(ctx, officer(ctx), request.Round, request.Office)
	if err != nil {
		return nil, err
	}
	return GetIntakeLimits200JSONResponse(intakeLimits(limits)), nil
}

// SetIntakeLimits sets them.
func (s *Server) SetIntakeLimits(ctx context.Context, request SetIntakeLimitsRequestObject) (SetIntakeLimitsResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in := acts.SetIntakeLimits{Round: request.Round, Office: request.Office, Revision: seen}
	for _, l := range request.Body.Limits {
		in.Limits = append(in.Limits, award.IntakeLimit{Unit: l.Unit, Category: award.Category(l.Category), Places: l.Places})
	}
	done, err := s.acts.SetIntakeLimits(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return SetIntakeLimits200JSONResponse{Receipt: receipt(done.Receipt), IntakeLimits: intakeLimits(done.Result)}, nil
}

// intakeLimits writes intake limits.
func intakeLimits(in acts.IntakeLimits) IntakeLimits {
	out := IntakeLimits{Revision: in.Revision, Limits: make([]IntakeLimit, len(in.Limits))}
	for i, l := range in.Limits {
		line := IntakeLimit{
			Unit: l.Unit, Name: l.Name, Category: CategoryName(l.Category), Places: l.Places,
			Used: len(l.Used), Unsigned: l.Unsigned, Files: make([]RankedPlace, len(l.Used)),
		}
		for k, p := range l.Used {
			line.Files[k] = RankedPlace{Application: p.Application, Unit: p.Unit, Name: p.Name, Rank: p.Rank, State: FileState(p.State)}
		}
		out.Limits[i] = line
	}
	return out
}
