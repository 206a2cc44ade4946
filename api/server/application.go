package server

import (
	"context"
)

// GetSelfCheck is not written yet.
func (s *Server) GetSelfCheck(ctx context.Context, request GetSelfCheckRequestObject) (GetSelfCheckResponseObject, error) {
	return nil, errNotWritten
}

// SaveSelfCheck is not written yet.
func (s *Server) SaveSelfCheck(ctx context.Context, request SaveSelfCheckRequestObject) (SaveSelfCheckResponseObject, error) {
	return nil, errNotWritten
}

// CreateApplication is not written yet.
func (s *Server) CreateApplication(ctx context.Context, request CreateApplicationRequestObject) (CreateApplicationResponseObject, error) {
	return nil, errNotWritten
}

// ListApplications is not written yet.
func (s *Server) ListApplications(ctx context.Context, request ListApplicationsRequestObject) (ListApplicationsResponseObject, error) {
	return nil, errNotWritten
}

// GetApplication is not written yet.
func (s *Server) GetApplication(ctx context.Context, request GetApplicationRequestObject) (GetApplicationResponseObject, error) {
	return nil, errNotWritten
}

// EditApplication is not written yet.
func (s *Server) EditApplication(ctx context.Context, request EditApplicationRequestObject) (EditApplicationResponseObject, error) {
	return nil, errNotWritten
}

// FileApplication is not written yet.
func (s *Server) FileApplication(ctx context.Context, request FileApplicationRequestObject) (FileApplicationResponseObject, error) {
	return nil, errNotWritten
}

// Endorse is not written yet.
func (s *Server) Endorse(ctx context.Context, request EndorseRequestObject) (EndorseResponseObject, error) {
	return nil, errNotWritten
}

// ListEndorsements is not written yet.
func (s *Server) ListEndorsements(ctx context.Context, request ListEndorsementsRequestObject) (ListEndorsementsResponseObject, error) {
	return nil, errNotWritten
}

// WithdrawApplication is not written yet.
func (s *Server) WithdrawApplication(ctx context.Context, request WithdrawApplicationRequestObject) (WithdrawApplicationResponseObject, error) {
	return nil, errNotWritten
}

// CallUpApplication is not written yet.
func (s *Server) CallUpApplication(ctx context.Context, request CallUpApplicationRequestObject) (CallUpApplicationResponseObject, error) {
	return nil, errNotWritten
}

// ListHistory is not written yet.
func (s *Server) ListHistory(ctx context.Context, request ListHistoryRequestObject) (ListHistoryResponseObject, error) {
	return nil, errNotWritten
}

// Inspect is not written yet.
func (s *Server) Inspect(ctx context.Context, request InspectRequestObject) (InspectResponseObject, error) {
	return nil, errNotWritten
}

// Survey is not written yet.
func (s *Server) Survey(ctx context.Context, request SurveyRequestObject) (SurveyResponseObject, error) {
	return nil, errNotWritten
}
