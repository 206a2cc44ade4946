package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetMe says who the key belongs to.
func (s *Server) GetMe(ctx context.Context, _ GetMeRequestObject) (GetMeResponseObject, error) {
	me, err := s.acts.Me(ctx, officer(ctx))
	if err != nil {
		return nil, err
	}
	return GetMe200JSONResponse(officerShown(me)), nil
}

// CreateOfficer adds an officer.
func (s *Server) CreateOfficer(ctx context.Context, request CreateOfficerRequestObject) (CreateOfficerResponseObject, error) {
	done, err := s.acts.CreateOfficer(ctx, officer(ctx), actKey(ctx), acts.CreateOfficer{
		Name: request.Body.Name, Office: request.Body.Office, Roles: roles(&request.Body.Roles),
	})
	if err != nil {
		return nil, err
	}
	return CreateOfficer201JSONResponse{Receipt: receipt(done.Receipt), Officer: officerShown(done.Result)}, nil
}

// ListOfficers lists the officers of the caller's office and those below.
func (s *Server) ListOfficers(ctx context.Context, request ListOfficersRequestObject) (ListOfficersResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	officers, err := s.acts.Officers(ctx, officer(ctx), value(request.Params.Office), acts.OfficerQuery{After: after, Limit: limit})
	if err != nil {
		return nil, err
	}
	answer := ListOfficers200JSONResponse{Items: make([]Officer, len(officers))}
	for i, o := range officers {
		answer.Items[i] = officerShown(o)
	}
	if len(officers) == limit {
		answer.Next = cursorTo(officers[limit-1].ID)
	}
	return answer, nil
}

// DisableOfficer disables an officer; the keys stop at once.
func (s *Server) DisableOfficer(ctx context.Context, request DisableOfficerRequestObject) (DisableOfficerResponseObject, error) {
	done, err := s.acts.DisableOfficer(ctx, officer(ctx), actKey(ctx), request.Officer, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return DisableOfficer200JSONResponse{Receipt: receipt(done)}, nil
}

// SetLogin opens an officer's login to the pages, or resets it.
func (s *Server) SetLogin(ctx context.Context, request SetLoginRequestObject) (SetLoginResponseObject, error) {
	done, err := s.acts.SetLogin(ctx, officer(ctx), actKey(ctx), acts.SetLogin{
		Officer: request.Officer, Login: value(request.Body.Login),
	})
	if err != nil {
		return nil, err
	}
	return SetLogin200JSONResponse{
		Receipt: receipt(done.Receipt), Officer: done.Result.Officer, Login: done.Result.Login, Password: given(done.Result.Password),
	}, nil
}

// ChangePassword changes the caller's own password.
func (s *Server) ChangePassword(ctx context.Context, request ChangePasswordRequestObject) (ChangePasswordResponseObject, error) {
	done, err := s.acts.ChangePassword(ctx, officer(ctx), actKey(ctx), acts.ChangePassword{
		Current: request.Body.Current, New: request.Body.Password,
	})
	if err != nil {
		return nil, err
	}
	return ChangePassword200JSONResponse{Receipt: receipt(done)}, nil
}

// UnbindIdentity unbinds the identity of the caller's own account.
func (s *Server) UnbindIdentity(ctx context.Context, _ UnbindIdentityRequestObject) (UnbindIdentityResponseObject, error) {
	done, err := s.acts.UnbindIdentity(ctx, officer(ctx), actKey(ctx), "")
	if err != nil {
		return nil, err
	}
	return UnbindIdentity200JSONResponse{Receipt: receipt(done)}, nil
}

// CreateKeys hands out keys, one or many.
func (s *Server) CreateKeys(ctx context.Context, request CreateKeysRequestObject) (CreateKeysResponseObject, error) {
	in := make([]acts.KeyFor, len(request.Body.Offices))
	for i, k := range request.Body.Offices {
		in[i] = acts.KeyFor{Office: k.Office, Officer: value(k.Officer), Name: value(k.Name), Roles: roles(k.Roles)}
	}
	done, err := s.acts.CreateKeys(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	answer := CreateKeys201JSONResponse{Receipt: receipt(done.Receipt), Items: make([]IssuedKey, len(done.Result))}
	for i, k := range done.Result {
		answer.Items[i] = IssuedKey{Office: k.Office, Officer: k.Officer, Id: k.ID, Key: given(k.Key)}
	}
	return answer, nil
}

// RevokeKey revokes a key.
func (s *Server) RevokeKey(ctx context.Context, request RevokeKeyRequestObject) (RevokeKeyResponseObject, error) {
	done, err := s.acts.RevokeKey(ctx, officer(ctx), actKey(ctx), request.Id, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return RevokeKey200JSONResponse{Receipt: receipt(done)}, nil
}

// ListUnits lists units of the register below the caller's office.
func (s *Server) ListUnits(ctx context.Context, request ListUnitsRequestObject) (ListUnitsResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	units, err := s.acts.Units(ctx, officer(ctx), value(request.Params.Parent), acts.UnitQuery{
		Kind: award.Kind(value(request.Params.Kind)), Unsure: value(request.Params.Unsure),
		Unstaffed: value(request.Params.Unstaffed), After: after, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	answer := ListUnits200JSONResponse{Items: make([]Unit, len(units))}
	for i, u := range units {
		answer.Items[i] = Unit{
			Code: u.Code, Name: u.Name, Kind: UnitKind(u.Kind), KindSure: u.KindSure,
			Parent: given(u.Parent), RecommendingOffice: given(u.RecommendingOffice),
		}
	}
	if len(units) == limit {
		answer.Next = cursorTo(units[limit-1].ID)
	}
	return answer, nil
}

// CorrectUnit corrects a unit's kind.
func (s *Server) CorrectUnit(ctx context.Context, request CorrectUnitRequestObject) (CorrectUnitResponseObject, error) {
	done, err := s.acts.CorrectUnit(ctx, officer(ctx), actKey(ctx), acts.CorrectUnit{
		Unit: request.Unit, Kind: award.Kind(request.Body.Kind), Reason: request.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return CorrectUnit200JSONResponse{Receipt: receipt(done)}, nil
}

// ListMessages lists the inbox of the caller's office, newest first.
func (s *Server) ListMessages(ctx context.Context, request ListMessagesRequestObject) (ListMessagesResponseObject, error) {
	before, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	messages, err := s.acts.Inbox(ctx, officer(ctx), before, limit)
	if err != nil {
		return nil, err
	}
	answer := ListMessages200JSONResponse{Items: make([]Message, len(messages))}
	for i, m := range messages {
		answer.Items[i] = Message{
			Id: m.ID, Round: given(m.Round), Kind: m.Kind, Subject: m.Subject, Body: m.Body,
			At: m.At.In(award.Beijing), ReadAt: at(m.ReadAt),
		}
	}
	if len(messages) == limit {
		answer.Next = cursorTo(messages[limit-1].ID)
	}
	return answer, nil
}

// ReadMessage marks a message read.
func (s *Server) ReadMessage(ctx context.Context, request ReadMessageRequestObject) (ReadMessageResponseObject, error) {
	done, err := s.acts.ReadMessage(ctx, officer(ctx), actKey(ctx), request.Id)
	if err != nil {
		return nil, err
	}
	return ReadMessage200JSONResponse{Receipt: receipt(done)}, nil
}

// ListAudit lists the decision log of a round.
func (s *Server) ListAudit(ctx context.Context, request ListAuditRequestObject) (ListAuditResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	rows, err := s.acts.Audit(ctx, officer(ctx), acts.AuditQuery{
		Round: request.Params.Round, Subject: value(request.Params.Subject), After: after, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	answer := ListAudit200JSONResponse{Items: make([]AuditEntry, len(rows))}
	for i, r := range rows {
		answer.Items[i] = AuditEntry{
			Id: r.ID, At: r.At.In(award.Beijing), Act: given(r.Act), Name: string(r.Name), Subject: r.Subject,
			Ground: given(r.Ground), Office: given(r.Office), Officer: given(r.Officer),
		}
	}
	if len(rows) == limit {
		answer.Next = cursorTo(rows[limit-1].ID)
	}
	return answer, nil
}

func officerShown(o acts.OfficerRecord) Officer {
	shown := Officer{
		Id: o.ID, Name: o.Name, Office: o.OfficeCode, OfficeName: given(o.OfficeName),
		Roles: make([]Role, len(o.Roles)), Disabled: given(o.Disabled), Login: given(o.Login),
	}
	for i, role := range o.Roles {
		shown.Roles[i] = Role(role)
	}
	return shown
}

func roles(in *[]Role) []award.Role {
	if in == nil {
		return nil
	}
	out := make([]award.Role, len(*in))
	for i, role := range *in {
		out[i] = award.Role(role)
	}
	return out
}
