package server

import (
	"context"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
	"shifan/internal/sheet"
)

// AskDepartments asks departments about an office's units.
func (s *Server) AskDepartments(ctx context.Context, request AskDepartmentsRequestObject) (AskDepartmentsResponseObject, error) {
	body := request.Body
	done, err := s.acts.AskDepartments(ctx, officer(ctx), actKey(ctx), acts.AskDepartmentsInput{
		Round: request.Round, Office: request.Office,
		Asking: acts.Asking{Number: body.Number, AskedOn: date(body.AskedOn), DueOn: date(body.DueOn), Departments: value(body.Departments)},
	})
	if err != nil {
		return nil, err
	}
	return AskDepartments201JSONResponse{
		Receipt: receipt(done.Receipt), Departments: done.Result.Departments, Opinions: done.Result.Opinions,
	}, nil
}

// ListDepartmentOpinions shows what departments were asked and answered.
func (s *Server) ListDepartmentOpinions(ctx context.Context, request ListDepartmentOpinionsRequestObject) (ListDepartmentOpinionsResponseObject, error) {
	opinions, err := s.acts.Opinions(ctx, officer(ctx), request.Round, request.Office, value(request.Params.Department))
	if err != nil {
		return nil, err
	}
	out := ListDepartmentOpinions200JSONResponse{Items: make([]DepartmentOpinion, len(opinions))}
	for i, o := range opinions {
		out.Items[i] = departmentOpinion(o)
	}
	return out, nil
}

// RecordDepartmentOpinions records answers.
func (s *Server) RecordDepartmentOpinions(ctx context.Context, request RecordDepartmentOpinionsRequestObject) (RecordDepartmentOpinionsResponseObject, error) {
	in := acts.RecordOpinionsInput{Round: request.Round, Office: request.Office}
	for i, item := range request.Body.Items {
		answer := award.DepartmentAnswer{
			Objects: string(item.Answer) == string(award.DepartmentObjected), Ground: value(item.Ground), Letter: value(item.Letter),
		}
		if item.On != nil {
			answer.On = date(*item.On)
		}
		in.Answers = append(in.Answers, acts.AnswerInput{
			Pointer: fmt.Sprintf("/items/%d", i), Unit: item.Unit, Department: item.Department, Answer: answer,
		})
	}
	done, err := s.acts.RecordOpinions(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return RecordDepartmentOpinions200JSONResponse(opinionsDone(done)), nil
}

// GetDepartmentWorkbook gives the table that departments fill in.
func (s *Server) GetDepartmentWorkbook(ctx context.Context, request GetDepartmentWorkbookRequestObject) (GetDepartmentWorkbookResponseObject, error) {
	opinions, err := s.acts.Opinions(ctx, officer(ctx), request.Round, request.Office, value(request.Params.Department))
	if err != nil {
		return nil, err
	}
	book, err := writeWorkbook(sheet.WriteDepartments, opinions)
	if err != nil {
		return nil, err
	}
	return GetDepartmentWorkbook200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse(book), nil
}

// ImportDepartmentOpinions records the answers of the filled table.
func (s *Server) ImportDepartmentOpinions(ctx context.Context, request ImportDepartmentOpinionsRequestObject) (ImportDepartmentOpinionsResponseObject, error) {
	answers, err := readWorkbook(request.Body, sheet.ReadDepartments)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ImportOpinions(ctx, officer(ctx), actKey(ctx), acts.RecordOpinionsInput{
		Round: request.Round, Office: request.Office, Answers: answers,
	})
	if err != nil {
		return nil, err
	}
	return ImportDepartmentOpinions200JSONResponse(opinionsDone(done)), nil
}

// DecideDepartmentOpinion decides on an objection.
func (s *Server) DecideDepartmentOpinion(ctx context.Context, request DecideDepartmentOpinionRequestObject) (DecideDepartmentOpinionResponseObject, error) {
	body := request.Body
	done, err := s.acts.DecideOpinion(ctx, officer(ctx), actKey(ctx), acts.DecideOpinionInput{
		Round: request.Round, Office: request.Office, Unit: body.Unit, Department: body.Department,
		Uphold: string(body.Decision) == string(award.DepartmentUpheld), Reason: body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return DecideDepartmentOpinion200JSONResponse{Receipt: receipt(done.Receipt), Opinion: departmentOpinion(done.Result)}, nil
}

// EndDepartmentAsking ends the asking of a department.
func (s *Server) EndDepartmentAsking(ctx context.Context, request EndDepartmentAskingRequestObject) (EndDepartmentAskingResponseObject, error) {
	done, err := s.acts.EndAsking(ctx, officer(ctx), actKey(ctx), acts.EndAskingInput{
		Round: request.Round, Office: request.Office, Department: request.Body.Department, Minutes: request.Body.Minutes,
	})
	if err != nil {
		return nil, err
	}
	return EndDepartmentAsking200JSONResponse{Receipt: receipt(done.Receipt), Unanswered: done.Result.Unanswered}, nil
}

func departmentOpinion(o acts.DepartmentOpinion) DepartmentOpinion {
	out := DepartmentOpinion{
		Unit: o.Unit, Name: o.Name, Category: CategoryName(o.Category), Department: o.Department, Asking: o.Asking,
		State: DepartmentOpinionState(o.State), Ground: given(o.Answer.Ground), Letter: given(o.Answer.Letter), Reason: given(o.Reason),
	}
	if o.Answer.On != (award.Date{}) {
		on := day(o.Answer.On)
		out.On = &on
	}
	return out
}

func opinionsDone(done acts.Done[acts.RecordOpinionsResult]) OpinionsDone {
	return OpinionsDone{
		Receipt: receipt(done.Receipt), Recorded: done.Result.Recorded, Unchanged: done.Result.Unchanged, Open: done.Result.Open,
	}
}
