package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ChangeUnit changes a unit of the register from a day on.
func (s *Server) ChangeUnit(ctx context.Context, request ChangeUnitRequestObject) (ChangeUnitResponseObject, error) {
	in := request.Body
	order := award.UnitChanging{
		Change: award.UnitChange(in.Change), Effective: date(in.Effective), Document: in.Document,
		Name: value(in.Name), Kind: award.Kind(value(in.Kind)), Parent: value(in.Parent), Code: value(in.Code),
		Into: value(in.Into), Others: value(in.Others), ChildrenTo: value(in.ChildrenTo),
	}
	for _, c := range value(in.Children) {
		order.Children = append(order.Children, award.ChildMove{Unit: c.Unit, Parent: c.Parent})
	}
	done, err := s.acts.ChangeUnit(ctx, officer(ctx), actKey(ctx), request.Unit, order)
	if err != nil {
		return nil, err
	}
	return ChangeUnit200JSONResponse{Receipt: receipt(done)}, nil
}

// GetUnitHistory shows what a unit was and what was done to it.
func (s *Server) GetUnitHistory(ctx context.Context, request GetUnitHistoryRequestObject) (GetUnitHistoryResponseObject, error) {
	h, err := s.acts.UnitHistory(ctx, officer(ctx), request.Unit)
	if err != nil {
		return nil, err
	}
	out := GetUnitHistory200JSONResponse{
		Versions: make([]UnitVersion, len(h.Versions)), Changes: make([]UnitChanged, len(h.Changes)),
		Successors: unitLinks(h.Successors), Predecessors: unitLinks(h.Predecessors),
	}
	for i, v := range h.Versions {
		out.Versions[i] = UnitVersion{
			Code: v.Code, Name: v.Name, Kind: UnitKind(v.Kind), KindSure: v.KindSure, Parent: given(v.Parent),
			ValidFrom: day(v.ValidFrom), Source: v.Source,
		}
		if v.ValidTo != (award.Date{}) {
			out.Versions[i].ValidTo = given(day(v.ValidTo))
		}
	}
	for i, c := range h.Changes {
		out.Changes[i] = UnitChanged{
			Act: c.Act, Change: UnitChange(c.Change), Effective: day(c.Effective), Document: c.Document, At: c.At.In(award.Beijing),
		}
	}
	return out, nil
}

func unitLinks(links []acts.UnitLink) []UnitLink {
	out := make([]UnitLink, len(links))
	for i, l := range links {
		out[i] = UnitLink{Code: l.Code, Name: l.Name, Effective: day(l.Effective)}
	}
	return out
}

// GetContact shows how an office is reached.
func (s *Server) GetContact(ctx context.Context, request GetContactRequestObject) (GetContactResponseObject, error) {
	contact, err := s.acts.ContactOf(ctx, officer(ctx), request.Unit)
	if err != nil {
		return nil, err
	}
	return GetContact200JSONResponse(contactShown(contact)), nil
}

// SetContact says how an office is reached.
func (s *Server) SetContact(ctx context.Context, request SetContactRequestObject) (SetContactResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.SetContact(ctx, officer(ctx), actKey(ctx), acts.Contact{
		Unit: request.Unit, Revision: seen, Office: request.Body.Office, Phone: value(request.Body.Phone),
		Address: value(request.Body.Address), Postcode: value(request.Body.Postcode), Email: value(request.Body.Email),
	})
	if err != nil {
		return nil, err
	}
	return SetContact200JSONResponse{Receipt: receipt(done.Receipt), Contact: contactShown(done.Result)}, nil
}

func contactShown(c acts.Contact) OfficeContact {
	return OfficeContact{
		Unit: c.Unit, Revision: c.Revision, Office: c.Office, Phone: given(c.Phone), Address: given(c.Address),
		Postcode: given(c.Postcode), Email: given(c.Email), At: c.At.In(award.Beijing),
	}
}

// ListChainsWithoutUsers lists the offices on a round's chains for which nobody
// acts.
func (s *Server) ListChainsWithoutUsers(ctx context.Context, request ListChainsWithoutUsersRequestObject) (ListChainsWithoutUsersResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	chains, err := s.acts.ChainsWithoutUsers(ctx, officer(ctx), request.Round, after, limit)
	if err != nil {
		return nil, err
	}
	out := ListChainsWithoutUsers200JSONResponse{
		Total: chains.Total, Offices: make([]ChainCount, len(chains.Offices)), Items: make([]ChainOffice, len(chains.Items)),
	}
	for i, o := range chains.Offices {
		out.Offices[i] = ChainCount{Code: o.Code, Name: o.Name, Count: o.Eligible}
	}
	for i, o := range chains.Items {
		out.Items[i] = ChainOffice{Code: o.Code, Name: o.Name, RecommendingOffice: o.RecommendingOffice}
	}
	if len(chains.Items) == limit {
		out.Next = cursorTo(chains.Items[limit-1].Unit)
	}
	return out, nil
}
