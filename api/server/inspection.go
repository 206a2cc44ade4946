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
	sub, err := subMarks(request.Body.SubMarks)
	if err != nil {
		return nil, err
	}
	in := acts.Inspect{
		Round: request.Round, Application: request.Application, Revision: seen,
		Team: request.Body.Team, Members: value(request.Body.Members), Visits: visitsGiven(request.Body.Visits),
		Marks: points, SubMarks: sub, Remarks: value(request.Body.Remarks), Finding: request.Body.Finding,
	}
	done, err := s.acts.Inspect(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return Inspect200JSONResponse{
		Receipt: receipt(done.Receipt), Revision: done.Result.Revision,
		Total: done.Result.Total.String(), Passed: done.Result.Passed, Flagged: done.Result.Flagged,
	}, nil
}

// GetInspection shows an inspection.
func (s *Server) GetInspection(ctx context.Context, request GetInspectionRequestObject) (GetInspectionResponseObject, error) {
	i, err := s.acts.InspectionOf(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	out := GetInspection200JSONResponse{
		Revision: i.Revision, Team: i.Team, Members: i.Members, Visits: visitsShown(i.Visits),
		Marks: marksShown(i.Marks), SubMarks: subMarksShown(i.SubMarks), Remarks: i.Remarks, Flagged: i.Flagged,
		Total: i.Total.String(), Passed: i.Passed, Finding: i.Finding,
	}
	return out, nil
}

// GetInspectionReport makes an office's report on inspections.
func (s *Server) GetInspectionReport(ctx context.Context, request GetInspectionReportRequestObject) (GetInspectionReportResponseObject, error) {
	report, err := s.acts.InspectionReport(ctx, officer(ctx), request.Round, request.Office)
	if err != nil {
		return nil, err
	}
	out := GetInspectionReport200JSONResponse{
		Office: report.Office, Round: report.Round, Text: report.Text, Units: make([]Finding, len(report.Units)),
	}
	for i, u := range report.Units {
		out.Units[i] = Finding{
			Unit: u.Code, Name: u.Name, Category: CategoryName(u.Category), Recommended: u.Recommended,
			Total: u.Total.String(), Passed: u.Passed, Finding: u.Text, Methods: u.Methods,
			FirstDay: day(u.FirstDay), LastDay: day(u.LastDay),
		}
	}
	return out, nil
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
		ConductedBy: value(body.ConductedBy),
		Answers: award.Survey{
			Satisfied: body.Satisfied, Basically: body.Basically, Dissatisfied: body.Dissatisfied, Unknown: body.Unknown,
		},
	})
	if err != nil {
		return nil, err
	}
	return Survey200JSONResponse{Receipt: receipt(done.Receipt), Revision: done.Result.Revision, Passed: done.Result.Passed}, nil
}

// GetSurvey shows a survey.
func (s *Server) GetSurvey(ctx context.Context, request GetSurveyRequestObject) (GetSurveyResponseObject, error) {
	v, err := s.acts.SurveyOf(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	return GetSurvey200JSONResponse(survey(v)), nil
}

func survey(v acts.Survey) Survey {
	return Survey{
		Revision: v.Revision, ConductedBy: v.ConductedBy, Method: v.Method, FirstDay: day(v.FirstDay), LastDay: day(v.LastDay),
		Satisfied: v.Answers.Satisfied, Basically: v.Answers.Basically, Dissatisfied: v.Answers.Dissatisfied, Unknown: v.Answers.Unknown,
		Asked: v.Answers.Asked(), Passed: v.Passed, Reason: given(v.Reason),
	}
}

// day writes a day.
func day(d award.Date) openapi_types.Date { return openapi_types.Date{Time: d.Starts()} }

// date reads a day as Beijing's.
func date(d openapi_types.Date) award.Date {
	year, month, day := d.Date()
	return award.Date{Year: year, Month: month, Day: day}
}
