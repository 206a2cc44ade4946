package server

import (
	"context"
)

// Mark is not written yet.
func (s *Server) Mark(ctx context.Context, request MarkRequestObject) (MarkResponseObject, error) {
	return nil, errNotWritten
}

// GetCandidates is not written yet.
func (s *Server) GetCandidates(ctx context.Context, request GetCandidatesRequestObject) (GetCandidatesResponseObject, error) {
	return nil, errNotWritten
}

// FixCandidates is not written yet.
func (s *Server) FixCandidates(ctx context.Context, request FixCandidatesRequestObject) (FixCandidatesResponseObject, error) {
	return nil, errNotWritten
}

// Decide is not written yet.
func (s *Server) Decide(ctx context.Context, request DecideRequestObject) (DecideResponseObject, error) {
	return nil, errNotWritten
}

// ListTitles is not written yet.
func (s *Server) ListTitles(ctx context.Context, request ListTitlesRequestObject) (ListTitlesResponseObject, error) {
	return nil, errNotWritten
}
