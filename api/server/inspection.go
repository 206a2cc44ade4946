package server

import (
	"context"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Inspect keeps the province's inspection of a unit.
func (s *Server) Inspect(ctx context.Context, request InspectRequestObject) (InspectResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	points, err := marks(request.Body.Marks)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.Inspect(ctx, officer(ctx), actKey(ctx), acts.Inspect{
		Round: request.Round, Application: request.Application, Revision: seen,
		Team: request.Body.Team, InspectedOn: date(request.Body.InspectedOn), Methods: request.Body.Methods,
		Marks: points, Finding: request.Body.Finding,
	})
	if err != nil {
		return nil, err
	}
	return Inspect200JSONResponse{
		Receipt: receipt(done.Receipt), Revision: done.Result.Revision,
		Total: done.Result.Total.String(), Passed: done.Result.Passed,
	}, nil
}

// Survey keeps the counts of a survey.
func (s *Server) Survey(ctx context.Context, request SurveyRequestObject) (SurveyResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	body := request.Body
	done, err := s.acts.Survey(ctx, officer(ctx), actKey(ctx), acts.SaveSurvey{
		Round: request.Round, Application: request.Application, Revision: seen,
		Method: body.Method, FirstDay: date(body.FirstDay), LastDay: date(body.LastDay),
		Answers: award.Survey{
			Satisfied: body.Satisfied, Basically: body.Basically, Dissatisfied: body.Dissatisfied, Unknown: body.Unknown,
		},
	})
	if err != nil {
		return nil, err
	}
	return Survey200JSONResponse{Receipt: receipt(done.Receipt), Revision: done.Result.Revision, Passed: done.Result.Passed}, nil
}

// date reads a day as Beijing's.
func date(d openapi_types.Date) award.Date {
	year, month, day := d.Date()
	return award.Date{Year: year, Month: month, Day: day}
}
