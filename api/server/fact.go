package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetFacts shows what a unit has reported of a year.
func (s *Server) GetFacts(ctx context.Context, request GetFactsRequestObject) (GetFactsResponseObject, error) {
	f, err := s.acts.YearFacts(ctx, officer(ctx), request.Unit, request.Year)
	if err != nil {
		return nil, err
	}
	return GetFacts200JSONResponse(yearFacts(f)), nil
}

// ReportFacts keeps what a unit reports of a year.
func (s *Server) ReportFacts(ctx context.Context, request ReportFactsRequestObject) (ReportFactsResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ReportFacts(ctx, officer(ctx), actKey(ctx), acts.ReportFacts{
		Unit: request.Unit, Year: request.Year, Revision: seen, Facts: factsReported(*request.Body),
	})
	if err != nil {
		return nil, err
	}
	return ReportFacts200JSONResponse{Receipt: receipt(done.Receipt), Facts: yearFacts(done.Result)}, nil
}

// factsReported reads what is reported: what is left out is not.
func factsReported(in YearFacts) award.Facts {
	facts := make(award.Facts)
	for fact, n := range map[award.Fact]*int64{
		award.FactResidents: in.Residents, award.FactVolunteers: in.Volunteers,
		award.FactWorkers: in.Workers, award.FactTrainedWorkers: in.TrainedWorkers,
	} {
		if n != nil {
			facts[fact] = *n
		}
	}
	if in.ServiceCentre != nil {
		facts[award.FactServiceCentre] = 0
		if *in.ServiceCentre {
			facts[award.FactServiceCentre] = 1
		}
	}
	return facts
}

// yearFacts writes what a unit has reported of a year.
func yearFacts(f acts.YearFacts) YearFactsReported {
	number := func(fact award.Fact) *int64 {
		if n, reported := f.Facts[fact]; reported {
			return &n
		}
		return nil
	}
	out := YearFactsReported{
		Confirmed: &f.Confirmed, Meets: &f.Meets,
		Unit: f.UnitCode, Name: f.UnitName, Year: f.Year, Revision: f.Revision,
		ReportedByOffice: f.ReportedByOffice, UpdatedAt: *at(f.UpdatedAt),
		Facts: YearFacts{
			Residents: number(award.FactResidents), Volunteers: number(award.FactVolunteers),
			Workers: number(award.FactWorkers), TrainedWorkers: number(award.FactTrainedWorkers),
		},
	}
	if n := number(award.FactServiceCentre); n != nil {
		yes := *n == 1
		out.Facts.ServiceCentre = &yes
	}
	return out
}

// GetProgress counts how far the units below an office have come.
func (s *Server) GetProgress(ctx context.Context, request GetProgressRequestObject) (GetProgressResponseObject, error) {
	progress, err := s.acts.Progress(ctx, officer(ctx), request.Round, value(request.Params.Office))
	if err != nil {
		return nil, err
	}
	answer := GetProgress200JSONResponse{Items: []Progress{}}
	for _, p := range progress {
		answer.Items = append(answer.Items, Progress{
			Office: p.OfficeCode, Name: p.OfficeName, Category: CategoryName(p.Category),
			Units: p.Units, Begun: p.Begun, SelfChecked: p.SelfChecked, Ready: p.Ready, Applied: p.Applied,
			Asked: int64(p.Asked), Prefilled: int64(p.Prefilled),
		})
	}
	return answer, nil
}
