package server

import (
	"context"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ListOffices shows where the recommending offices stand.
func (s *Server) ListOffices(ctx context.Context, request ListOfficesRequestObject) (ListOfficesResponseObject, error) {
	offices, err := s.acts.Offices(ctx, officer(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	out := ListOffices200JSONResponse{Items: make([]OfficeStanding, len(offices))}
	for i, o := range offices {
		out.Items[i] = officeStanding(o)
	}
	return out, nil
}

// GetOffice shows where one recommending office stands.
func (s *Server) GetOffice(ctx context.Context, request GetOfficeRequestObject) (GetOfficeResponseObject, error) {
	o, err := s.acts.Office(ctx, officer(ctx), request.Round, request.Office)
	if err != nil {
		return nil, err
	}
	return GetOffice200JSONResponse(officeStanding(o)), nil
}

// MoveOfficeDate moves a date of one office.
func (s *Server) MoveOfficeDate(ctx context.Context, request MoveOfficeDateRequestObject) (MoveOfficeDateResponseObject, error) {
	move, err := s.dateMove(ctx, request.Round, *request.Body)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.MoveOfficeDate(ctx, officer(ctx), actKey(ctx), request.Round, request.Office, move)
	if err != nil {
		return nil, err
	}
	return MoveOfficeDate200JSONResponse{Receipt: receipt(done.Receipt)}, nil
}

// CloseOffice closes an overdue office by name.
func (s *Server) CloseOffice(ctx context.Context, request CloseOfficeRequestObject) (CloseOfficeResponseObject, error) {
	done, err := s.acts.CloseOffice(ctx, officer(ctx), actKey(ctx), request.Round, request.Office, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return CloseOffice200JSONResponse{Receipt: receipt(done.Receipt), FilesEnded: done.Result.FilesEnded}, nil
}

// ReopenOffices opens named offices again.
func (s *Server) ReopenOffices(ctx context.Context, request ReopenOfficesRequestObject) (ReopenOfficesResponseObject, error) {
	r, err := s.acts.Round(ctx, officer(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	offices := make([]acts.Reopening, len(request.Body.Offices))
	for i, in := range request.Body.Offices {
		to, err := instant(in.To, r.Drill)
		if err != nil {
			return nil, err
		}
		offices[i] = acts.Reopening{Office: in.Office, To: to}
	}
	done, err := s.acts.ReopenOffices(ctx, officer(ctx), actKey(ctx), request.Round, offices, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return respondRound(done, func(d RoundDone) ReopenOfficesResponseObject { return ReopenOffices200JSONResponse(d) })
}

// ListLimits shows recommendation limits with their basis.
func (s *Server) ListLimits(ctx context.Context, request ListLimitsRequestObject) (ListLimitsResponseObject, error) {
	limits, err := s.acts.Limits(ctx, officer(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	out := ListLimits200JSONResponse{Items: make([]RecommendationLimit, len(limits))}
	for i, l := range limits {
		out.Items[i] = recommendationLimit(l)
	}
	return out, nil
}

// SetLimit replaces our count by an official one.
func (s *Server) SetLimit(ctx context.Context, request SetLimitRequestObject) (SetLimitResponseObject, error) {
	done, err := s.acts.SetLimit(ctx, officer(ctx), actKey(ctx), request.Round, acts.OfficialCount{
		Office: request.Office, Category: award.Category(request.Category), Eligible: request.Body.Eligible,
		Source: request.Body.Source, CountedOn: date(request.Body.CountedOn), Reason: request.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return SetLimit200JSONResponse{Receipt: receipt(done.Receipt), Limit: recommendationLimit(done.Result)}, nil
}

// officeStanding writes where an office stands.
func officeStanding(o acts.OfficeStanding) OfficeStanding {
	out := OfficeStanding{
		Office: o.Code, Name: o.Name, State: OfficeStandingState(o.Stage.State), Overdue: o.Overdue(), Late: given(o.Late()),
		Package: given(OfficeStandingPackage(o.Package)), WaitingFor: o.WaitingFor, Reason: given(o.Stage.Reason),
		Reminders: given(o.Reminders), SelfCheckReportedAt: at(o.SelfCheckReportedAt), CompletedAt: at(o.Stage.CompletedAt),
		Counts: funnels(o.Counts),
	}
	out.Dates.SelfCheck, out.Dates.Apply = shown(o.SelfCheckClosesAt), shown(o.ApplyClosesAt)
	out.Dates.Arrival, out.Dates.Recommendation = shown(o.ArrivalAt), shown(o.Stage.DueAt)
	if len(o.Notices) > 0 {
		notices := make([]Notice, len(o.Notices))
		for i, n := range o.Notices {
			notices[i] = notice(n)
		}
		out.Notices = &notices
	}
	return out
}

// funnels writes counts by category.
func funnels(counts []acts.Funnel) map[string]Funnel {
	out := make(map[string]Funnel, len(counts))
	for _, c := range counts {
		out[string(c.Category)] = Funnel{
			Units: &c.Units, SelfChecked: c.SelfChecked, Ready: &c.Ready, Applied: c.Applied, AtProvince: c.AtProvince,
			Unsigned: &c.Unsigned, Proposed: c.Proposed, NoticedLocally: c.NoticedLocally, Recommended: c.Recommended,
			RecommendationLimit: c.RecommendationLimit, Candidates: c.Candidates, Named: c.Named, Quota: c.Quota,
		}
	}
	return out
}

// recommendationLimit writes a limit with its basis.
func recommendationLimit(l acts.Limit) RecommendationLimit {
	return RecommendationLimit{
		Office: l.OfficeCode, OfficeName: l.OfficeName, Category: CategoryName(l.Category),
		Eligible: l.Eligible, Ratio: l.Ratio, Places: l.Places, Used: l.Used, Left: l.Places - l.Used,
		Source: given(l.Source), CountedOn: &openapi_types.Date{Time: l.CountedOn.Starts()}, Basis: l.Basis(),
	}
}
