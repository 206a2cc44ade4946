package server

import (
	"context"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ConfirmFacts keeps the county office's word on what a community reported.
func (s *Server) ConfirmFacts(ctx context.Context, request ConfirmFactsRequestObject) (ConfirmFactsResponseObject, error) {
	seen, err := revision(&request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ConfirmFacts(ctx, officer(ctx), actKey(ctx), acts.ConfirmFacts{
		Unit: request.Unit, Year: request.Year, Revision: seen, Meets: request.Body.Meets,
	})
	if err != nil {
		return nil, err
	}
	return ConfirmFacts200JSONResponse{Receipt: receipt(done.Receipt), Facts: yearFacts(done.Result)}, nil
}

// GetCommunityProgress counts a year's communities below an office.
func (s *Server) GetCommunityProgress(ctx context.Context, request GetCommunityProgressRequestObject) (GetCommunityProgressResponseObject, error) {
	year, progress, err := s.acts.CommunityProgress(ctx, officer(ctx), value(request.Params.Office), value(request.Params.Year))
	if err != nil {
		return nil, err
	}
	return GetCommunityProgress200JSONResponse(communityProgress(year, progress)), nil
}

// GetPublicProgress counts a year's communities province by province.
func (s *Server) GetPublicProgress(ctx context.Context, request GetPublicProgressRequestObject) (GetPublicProgressResponseObject, error) {
	year, progress, err := s.acts.PublicProgress(ctx, value(request.Params.Year))
	if err != nil {
		return nil, err
	}
	return GetPublicProgress200JSONResponse(communityProgress(year, progress)), nil
}

// communityProgress writes counts with their sum and what it is of the targets.
func communityProgress(year int, progress []acts.CommunityProgress) CommunityProgress {
	out := CommunityProgress{Year: year, Items: []OfficeProgress{}}
	for _, p := range progress {
		out.Items = append(out.Items, OfficeProgress{
			Office: p.OfficeCode, Name: p.OfficeName, Counts: communityCounts(p.CommunityCounts), ByKind: countsByKind(p),
		})
	}
	total := acts.SumProgress(progress)
	out.Total, out.ByKind = communityCounts(total.CommunityCounts), countsByKind(total)
	for _, target := range award.ProgressTargets() {
		part, whole := total.Share(target.Measure)
		shown := ProgressTarget{
			Measure: ProgressTargetMeasure(target.Measure), Percent: target.Percent, Source: target.Source,
			Part: part, Whole: whole, Reached: target.Reached(total.CommunityCounts),
		}
		if target.By != (award.Date{}) {
			shown.By = &openapi_types.Date{Time: target.By.Starts()}
		}
		out.Targets = append(out.Targets, shown)
	}
	return out
}

func countsByKind(p acts.CommunityProgress) CountsByKind {
	return CountsByKind{Community: communityCounts(p.Urban), Village: communityCounts(p.Rural)}
}

func communityCounts(c award.CommunityCounts) CommunityCounts {
	return CommunityCounts{
		Communities: c.Communities, Reported: c.Reported, Confirmed: c.Confirmed, Meeting: c.Meeting,
		Residents: c.Residents, Volunteers: c.Volunteers, Workers: c.Workers, TrainedWorkers: c.TrainedWorkers, Centres: c.Centres,
	}
}
