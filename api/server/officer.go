package server

import (
	"context"
)

// GetMe is not written yet.
func (s *Server) GetMe(ctx context.Context, request GetMeRequestObject) (GetMeResponseObject, error) {
	return nil, errNotWritten
}

// CreateOfficer is not written yet.
func (s *Server) CreateOfficer(ctx context.Context, request CreateOfficerRequestObject) (CreateOfficerResponseObject, error) {
	return nil, errNotWritten
}

// ListOfficers is not written yet.
func (s *Server) ListOfficers(ctx context.Context, request ListOfficersRequestObject) (ListOfficersResponseObject, error) {
	return nil, errNotWritten
}

// DisableOfficer is not written yet.
func (s *Server) DisableOfficer(ctx context.Context, request DisableOfficerRequestObject) (DisableOfficerResponseObject, error) {
	return nil, errNotWritten
}

// CreateKeys is not written yet.
func (s *Server) CreateKeys(ctx context.Context, request CreateKeysRequestObject) (CreateKeysResponseObject, error) {
	return nil, errNotWritten
}

// RevokeKey is not written yet.
func (s *Server) RevokeKey(ctx context.Context, request RevokeKeyRequestObject) (RevokeKeyResponseObject, error) {
	return nil, errNotWritten
}

// ListUnits is not written yet.
func (s *Server) ListUnits(ctx context.Context, request ListUnitsRequestObject) (ListUnitsResponseObject, error) {
	return nil, errNotWritten
}

// CorrectUnit is not written yet.
func (s *Server) CorrectUnit(ctx context.Context, request CorrectUnitRequestObject) (CorrectUnitResponseObject, error) {
	return nil, errNotWritten
}

// ListMessages is not written yet.
func (s *Server) ListMessages(ctx context.Context, request ListMessagesRequestObject) (ListMessagesResponseObject, error) {
	return nil, errNotWritten
}

// ReadMessage is not written yet.
func (s *Server) ReadMessage(ctx context.Context, request ReadMessageRequestObject) (ReadMessageResponseObject, error) {
	return nil, errNotWritten
}

// ListAudit is not written yet.
func (s *Server) ListAudit(ctx context.Context, request ListAuditRequestObject) (ListAuditResponseObject, error) {
	return nil, errNotWritten
}
