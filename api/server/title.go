package server

import (
	"context"
	"fmt"
	"net/url"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Supplement records a supplementary decision.
func (s *Server) Supplement(ctx context.Context, request SupplementRequestObject) (SupplementResponseObject, error) {
	done, err := s.acts.Supplement(ctx, officer(ctx), actKey(ctx), acts.SupplementInput{
		Round: request.Round, Number: request.Body.Number, Date: date(request.Body.Date), Ground: request.Body.Ground,
	})
	if err != nil {
		return nil, err
	}
	return Supplement200JSONResponse{Receipt: receipt(done.Receipt), Named: perCategory(done.Result.Named)}, nil
}

// ListTitleRegister lists the register of titles.
func (s *Server) ListTitleRegister(ctx context.Context, request ListTitleRegisterRequestObject) (ListTitleRegisterResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	found, err := s.acts.TitleRegister(ctx, officer(ctx), acts.TitleQuery{
		State: award.TitleState(value(request.Params.State)), After: after, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	out := ListTitleRegister200JSONResponse{Items: make([]Title, len(found))}
	for i, t := range found {
		out.Items[i] = title(t)
	}
	if len(found) == limit {
		out.Next = cursorTo(found[limit-1].ID)
	}
	return out, nil
}

// GetTitle shows a title with its certificate and history.
func (s *Server) GetTitle(ctx context.Context, request GetTitleRequestObject) (GetTitleResponseObject, error) {
	found, err := s.acts.Title(ctx, officer(ctx), request.Title)
	if err != nil {
		return nil, err
	}
	out := GetTitle200JSONResponse{Title: title(found.Title), History: make([]TitleChange, len(found.History))}
	out.Title.Application = &found.Application
	out.Certificate.Number, out.Certificate.Title, out.Certificate.Unit = found.Number, found.Text, found.Name
	out.Certificate.Issuer, out.Certificate.Decision, out.Certificate.PlaqueNumber = found.OwnerName, found.Decision, found.PlaqueNumber
	out.Certificate.IssuedOn, out.Certificate.VerifyPath = found.NamedOn.Starts().Format("2006年1月2日"), verifyPath(found.Number)
	for i, c := range found.History {
		out.History[i] = TitleChange{
			Act: string(c.Act), From: given(string(c.From)), To: TitleState(c.To), Officer: given(c.Officer),
			Ground: c.Ground, Document: given(c.Document), At: c.At,
		}
	}
	if found.Reports != nil {
		reports := make([]TitleReport, len(found.Reports))
		for i, r := range found.Reports {
			reports[i] = TitleReport{
				Taken: r.Handler != 0,
				Id:    r.ID, Channel: string(r.Channel), Facts: r.Facts, Received: day(r.Received), At: r.At,
				Outcome: given(string(r.Outcome)), Finding: given(r.Finding),
			}
			if r.Reporter != (acts.Reporter{}) {
				reports[i].Reporter = given(fmt.Sprintf("%s %s", r.Reporter.Name, r.Reporter.Contact))
			}
		}
		out.Reports = &reports
	}
	return out, nil
}

// StartRecheck begins a re-check.
func (s *Server) StartRecheck(ctx context.Context, request StartRecheckRequestObject) (StartRecheckResponseObject, error) {
	done, err := onTitle(ctx, s.acts.StartRecheck, request.Title, request.Params.IfMatch, *request.Body)
	return StartRecheck200JSONResponse(done), err
}

// KeepTitle keeps a title.
func (s *Server) KeepTitle(ctx context.Context, request KeepTitleRequestObject) (KeepTitleResponseObject, error) {
	done, err := onTitle(ctx, s.acts.KeepTitle, request.Title, request.Params.IfMatch, *request.Body)
	return KeepTitle200JSONResponse(done), err
}

// OrderRectification gives a unit time to mend.
func (s *Server) OrderRectification(ctx context.Context, request OrderRectificationRequestObject) (OrderRectificationResponseObject, error) {
	done, err := onTitle(ctx, s.acts.OrderRectification, request.Title, request.Params.IfMatch, *request.Body)
	return OrderRectification200JSONResponse(done), err
}

// RevokeTitle revokes a title.
func (s *Server) RevokeTitle(ctx context.Context, request RevokeTitleRequestObject) (RevokeTitleResponseObject, error) {
	done, err := onTitle(ctx, s.acts.RevokeTitle, request.Title, request.Params.IfMatch, *request.Body)
	return RevokeTitle200JSONResponse(done), err
}

// DeregisterTitle ends a title whose unit is no more.
func (s *Server) DeregisterTitle(ctx context.Context, request DeregisterTitleRequestObject) (DeregisterTitleResponseObject, error) {
	done, err := onTitle(ctx, s.acts.DeregisterTitle, request.Title, request.Params.IfMatch, *request.Body)
	return DeregisterTitle200JSONResponse(done), err
}

// titleAct is an act on a title with its ground.
type titleAct func(context.Context, award.Officer, acts.Key, acts.TitleInput) (acts.Done[acts.Title], error)

func onTitle(ctx context.Context, do titleAct, number string, match *string, body TitleGround) (TitleDone, error) {
	seen, err := revision(match)
	if err != nil {
		return TitleDone{}, err
	}
	done, err := do(ctx, officer(ctx), actKey(ctx), acts.TitleInput{
		Number: number, Revision: seen, Ground: body.Ground, Document: value(body.Document), Falsified: value(body.Falsified),
	})
	if err != nil {
		return TitleDone{}, err
	}
	return TitleDone{Receipt: receipt(done.Receipt), Title: title(done.Result)}, nil
}

// ReturnPlaque records that a plaque has come back.
func (s *Server) ReturnPlaque(ctx context.Context, request ReturnPlaqueRequestObject) (ReturnPlaqueResponseObject, error) {
	done, err := s.acts.ReturnPlaque(ctx, officer(ctx), actKey(ctx), request.Title)
	if err != nil {
		return nil, err
	}
	return ReturnPlaque200JSONResponse{Receipt: receipt(done.Receipt), Title: title(done.Result)}, nil
}

// ReportTitle takes a report on a holder.
func (s *Server) ReportTitle(ctx context.Context, request ReportTitleRequestObject) (ReportTitleResponseObject, error) {
	in := acts.TitleReport{
		Title: request.Title, Channel: award.ReportChannel(request.Body.Channel), Facts: request.Body.Facts, Received: date(request.Body.Received),
	}
	if r := request.Body.Reporter; r != nil {
		in.Reporter = acts.Reporter{Name: r.Name, Contact: r.Contact}
	}
	done, err := s.acts.ReportTitle(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return ReportTitle201JSONResponse{Receipt: receipt(done.Receipt), Report: done.Result.ID}, nil
}

// FileReport takes a report from anybody.
func (s *Server) FileReport(ctx context.Context, request FileReportRequestObject) (FileReportResponseObject, error) {
	in := acts.TitleReport{Title: request.Number, Facts: request.Body.Facts}
	if r := request.Body.Reporter; r != nil {
		in.Reporter = acts.Reporter{Name: r.Name, Contact: r.Contact}
	}
	r, err := s.acts.FileReport(ctx, actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return FileReport201JSONResponse(s.publicReport(ctx, r)), nil
}

// GetPublicReport shows whoever reported where it stands.
func (s *Server) GetPublicReport(ctx context.Context, request GetPublicReportRequestObject) (GetPublicReportResponseObject, error) {
	r, err := s.acts.PublicReport(ctx, request.Receipt)
	if err != nil {
		return nil, err
	}
	return GetPublicReport200JSONResponse(s.publicReport(ctx, r)), nil
}

func (s *Server) publicReport(ctx context.Context, r acts.TitleReport) PublicReport {
	out := PublicReport{
		Receipt: r.Receipt, Title: r.Title, ReceivedAt: r.At.In(award.Beijing), State: PublicReportStateReceived,
		ClosedAt: at(r.ClosedAt), LogHead: s.logHead(ctx),
	}
	switch {
	case r.Outcome != "":
		out.State = PublicReportState(r.Outcome)
	case r.Handler != 0:
		out.State = PublicReportStateTaken
	}
	return out
}

// TakeReport makes the caller the handler of a report.
func (s *Server) TakeReport(ctx context.Context, request TakeReportRequestObject) (TakeReportResponseObject, error) {
	done, err := s.acts.TakeReport(ctx, officer(ctx), actKey(ctx), request.Title, request.Report)
	if err != nil {
		return nil, err
	}
	return TakeReport200JSONResponse{Receipt: receipt(done.Receipt)}, nil
}

// CloseReport closes a report.
func (s *Server) CloseReport(ctx context.Context, request CloseReportRequestObject) (CloseReportResponseObject, error) {
	done, err := s.acts.CloseReport(ctx, officer(ctx), actKey(ctx), acts.CloseReportInput{
		Title: request.Title, Report: request.Report, Outcome: award.ReportOutcome(request.Body.Outcome), Finding: request.Body.Finding,
	})
	if err != nil {
		return nil, err
	}
	return CloseReport200JSONResponse{Receipt: receipt(done.Receipt)}, nil
}

// title writes what anyone may read of a title.
func title(t acts.Title) Title {
	out := Title{
		Number: t.Number, Text: t.Text, Category: CategoryName(t.Category), Code: t.Code, Name: t.Name, CodeNow: given(t.CodeNow), NameNow: given(t.NameNow),
		Round: t.Round, Drill: t.Drill, NamedOn: openapi_types.Date{Time: t.NamedOn.Starts()}, Decision: t.Decision,
		State: TitleState(t.State), StateText: given(t.State.Chinese()), PlaqueNumber: t.PlaqueNumber, Plaque: TitlePlaque(t.Plaque),
		Revision: &t.Revision, VerifyPath: verifyPath(t.Number),
	}
	if !t.DueAt.IsZero() {
		out.RecheckDue, out.RecheckBy = &t.DueAt, given(award.Until(t.DueAt))
	}
	if !t.PlaqueDueAt.IsZero() {
		out.PlaqueDue = &t.PlaqueDueAt
	}
	return out
}

// verifyPath is where anyone verifies a title, below the site's own address: what
// a QR code on certificate and plaque holds.
func verifyPath(number string) string { return "/api/v1/public/titles/" + url.PathEscape(number) }
