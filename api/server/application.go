package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ListApplications lists the files of the caller's subtree.
func (s *Server) ListApplications(ctx context.Context, request ListApplicationsRequestObject) (ListApplicationsResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	q := acts.FilesQuery{
		Round: request.Round, Category: award.Category(value(request.Params.Category)),
		State: award.FileState(value(request.Params.State)), Office: value(request.Params.Office),
		After: after, Limit: limitOf(request.Params.Limit),
	}
	if value(request.Params.Waiting) {
		q.Waiting = officer(ctx).Office
	}
	files, err := s.acts.Applications(ctx, officer(ctx), q)
	if err != nil {
		return nil, err
	}
	page := ListApplications200JSONResponse{Items: make([]Application, len(files))}
	for i, f := range files {
		page.Items[i] = application(f)
	}
	if len(files) == q.Limit {
		page.Next = cursorTo(files[len(files)-1].ID)
	}
	return page, nil
}

// GetApplication shows one file.
func (s *Server) GetApplication(ctx context.Context, request GetApplicationRequestObject) (GetApplicationResponseObject, error) {
	f, err := s.acts.Application(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	return GetApplication200JSONResponse(application(f)), nil
}

// CreateApplication starts an application.
func (s *Server) CreateApplication(ctx context.Context, request CreateApplicationRequestObject) (CreateApplicationResponseObject, error) {
	done, err := s.acts.CreateApplication(ctx, officer(ctx), actKey(ctx), acts.CreateApplication{
		Round: request.Round, Unit: request.Body.Unit, Category: award.Category(request.Body.Category),
		Form: value(request.Body.Form),
	})
	if err != nil {
		return nil, err
	}
	return CreateApplication201JSONResponse(applicationDone(done)), nil
}

// EditApplication changes the form.
func (s *Server) EditApplication(ctx context.Context, request EditApplicationRequestObject) (EditApplicationResponseObject, error) {
	seen, err := revision(&request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.EditApplication(ctx, officer(ctx), actKey(ctx), acts.EditApplication{
		Round: request.Round, Application: request.Application, Revision: seen, Form: request.Body.Form,
	})
	if err != nil {
		return nil, err
	}
	return EditApplication200JSONResponse(applicationDone(done)), nil
}

// FileApplication files it.
func (s *Server) FileApplication(ctx context.Context, request FileApplicationRequestObject) (FileApplicationResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.FileApplication(ctx, officer(ctx), actKey(ctx), acts.OnFile{
		Round: request.Round, Application: request.Application, Revision: seen,
	})
	if err != nil {
		return nil, err
	}
	return FileApplication200JSONResponse(applicationDone(done)), nil
}

// WithdrawApplication withdraws it.
func (s *Server) WithdrawApplication(ctx context.Context, request WithdrawApplicationRequestObject) (WithdrawApplicationResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.Withdraw(ctx, officer(ctx), actKey(ctx), acts.OnFile{
		Round: request.Round, Application: request.Application, Revision: seen, Reason: request.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return WithdrawApplication200JSONResponse(applicationDone(done)), nil
}

// CallUpApplication takes up a declined file.
func (s *Server) CallUpApplication(ctx context.Context, request CallUpApplicationRequestObject) (CallUpApplicationResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.CallUp(ctx, officer(ctx), actKey(ctx), acts.OnFile{
		Round: request.Round, Application: request.Application, Revision: seen, Reason: request.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return CallUpApplication200JSONResponse(applicationDone(done)), nil
}

// ListHistory shows every move of a file.
func (s *Server) ListHistory(ctx context.Context, request ListHistoryRequestObject) (ListHistoryResponseObject, error) {
	moves, err := s.acts.History(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	page := ListHistory200JSONResponse{Items: make([]Move, len(moves))}
	for i, m := range moves {
		page.Items[i] = Move{
			Act: string(m.Act), From: FileState(m.From), To: FileState(m.To), Revision: &m.Revision, At: m.At,
			Office: given(m.OfficeCode), Officer: given(m.OfficerName), Ground: given(m.Ground),
		}
	}
	return page, nil
}

// application writes a file.
func application(f acts.File) Application {
	out := Application{
		Id: f.ID, Unit: f.UnitCode, Name: f.UnitName, Category: CategoryName(f.Category), Office: f.OfficeCode,
		Revision: f.Revision, State: FileState(f.State), Form: (*Form)(&f.Form), Prefilled: given(f.Prefilled), Ground: given(f.Ground),
		Unsigned: given(f.Unsigned), Suspended: given(f.Suspended), FiledAt: at(f.FiledAt), FormScan: given(f.FormScan),
		SelfTotal: total(f.SelfTotal), ProvinceTotal: total(f.ProvinceTotal), NationalTotal: total(f.NationalTotal),
	}
	if f.Waiting != 0 {
		out.WaitingFor = &WaitingFor{
			Office: f.WaitingCode, Name: f.WaitingName, Since: at(f.WaitingSince), Reminders: &f.Reminders,
			SealingBody: given(f.SealingBody()),
		}
		if due := f.Due(); !due.IsZero() {
			by := shown(due)
			out.WaitingFor.Due = &by
		}
	}
	return out
}

// applicationDone writes what an act on a file answers.
func applicationDone(done acts.Done[acts.File]) ApplicationDone {
	return ApplicationDone{Receipt: receipt(done.Receipt), Application: application(done.Result)}
}

// total writes one of the mark columns, if it is known.
func total(p *award.Points) *Points {
	if p == nil {
		return nil
	}
	text := p.String()
	return &text
}
