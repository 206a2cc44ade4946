package server

import (
	"context"
)

// CreateRound is not written yet.
func (s *Server) CreateRound(ctx context.Context, request CreateRoundRequestObject) (CreateRoundResponseObject, error) {
	return nil, errNotWritten
}

// ListRounds is not written yet.
func (s *Server) ListRounds(ctx context.Context, request ListRoundsRequestObject) (ListRoundsResponseObject, error) {
	return nil, errNotWritten
}

// GetRound is not written yet.
func (s *Server) GetRound(ctx context.Context, request GetRoundRequestObject) (GetRoundResponseObject, error) {
	return nil, errNotWritten
}

// EditRound is not written yet.
func (s *Server) EditRound(ctx context.Context, request EditRoundRequestObject) (EditRoundResponseObject, error) {
	return nil, errNotWritten
}

// OpenRound is not written yet.
func (s *Server) OpenRound(ctx context.Context, request OpenRoundRequestObject) (OpenRoundResponseObject, error) {
	return nil, errNotWritten
}

// SuspendRound is not written yet.
func (s *Server) SuspendRound(ctx context.Context, request SuspendRoundRequestObject) (SuspendRoundResponseObject, error) {
	return nil, errNotWritten
}

// ResumeRound is not written yet.
func (s *Server) ResumeRound(ctx context.Context, request ResumeRoundRequestObject) (ResumeRoundResponseObject, error) {
	return nil, errNotWritten
}

// CancelRound is not written yet.
func (s *Server) CancelRound(ctx context.Context, request CancelRoundRequestObject) (CancelRoundResponseObject, error) {
	return nil, errNotWritten
}

// ReopenOffices is not written yet.
func (s *Server) ReopenOffices(ctx context.Context, request ReopenOfficesRequestObject) (ReopenOfficesResponseObject, error) {
	return nil, errNotWritten
}

// MoveDate is not written yet.
func (s *Server) MoveDate(ctx context.Context, request MoveDateRequestObject) (MoveDateResponseObject, error) {
	return nil, errNotWritten
}

// ListOffices is not written yet.
func (s *Server) ListOffices(ctx context.Context, request ListOfficesRequestObject) (ListOfficesResponseObject, error) {
	return nil, errNotWritten
}

// GetOffice is not written yet.
func (s *Server) GetOffice(ctx context.Context, request GetOfficeRequestObject) (GetOfficeResponseObject, error) {
	return nil, errNotWritten
}

// MoveOfficeDate is not written yet.
func (s *Server) MoveOfficeDate(ctx context.Context, request MoveOfficeDateRequestObject) (MoveOfficeDateResponseObject, error) {
	return nil, errNotWritten
}

// CloseOffice is not written yet.
func (s *Server) CloseOffice(ctx context.Context, request CloseOfficeRequestObject) (CloseOfficeResponseObject, error) {
	return nil, errNotWritten
}

// ListLimits is not written yet.
func (s *Server) ListLimits(ctx context.Context, request ListLimitsRequestObject) (ListLimitsResponseObject, error) {
	return nil, errNotWritten
}

// SetLimit is not written yet.
func (s *Server) SetLimit(ctx context.Context, request SetLimitRequestObject) (SetLimitResponseObject, error) {
	return nil, errNotWritten
}

// GetStandard is not written yet.
func (s *Server) GetStandard(ctx context.Context, request GetStandardRequestObject) (GetStandardResponseObject, error) {
	return nil, errNotWritten
}

// GetReport is not written yet.
func (s *Server) GetReport(ctx context.Context, request GetReportRequestObject) (GetReportResponseObject, error) {
	return nil, errNotWritten
}
