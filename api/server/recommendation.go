package server

import (
	"context"
)

// GetProposals is not written yet.
func (s *Server) GetProposals(ctx context.Context, request GetProposalsRequestObject) (GetProposalsResponseObject, error) {
	return nil, errNotWritten
}

// AdoptProposals is not written yet.
func (s *Server) AdoptProposals(ctx context.Context, request AdoptProposalsRequestObject) (AdoptProposalsResponseObject, error) {
	return nil, errNotWritten
}

// AnnounceNotice is not written yet.
func (s *Server) AnnounceNotice(ctx context.Context, request AnnounceNoticeRequestObject) (AnnounceNoticeResponseObject, error) {
	return nil, errNotWritten
}

// Recommend is not written yet.
func (s *Server) Recommend(ctx context.Context, request RecommendRequestObject) (RecommendResponseObject, error) {
	return nil, errNotWritten
}

// GetPackage is not written yet.
func (s *Server) GetPackage(ctx context.Context, request GetPackageRequestObject) (GetPackageResponseObject, error) {
	return nil, errNotWritten
}

// PutPackage is not written yet.
func (s *Server) PutPackage(ctx context.Context, request PutPackageRequestObject) (PutPackageResponseObject, error) {
	return nil, errNotWritten
}

// ReturnPackage is not written yet.
func (s *Server) ReturnPackage(ctx context.Context, request ReturnPackageRequestObject) (ReturnPackageResponseObject, error) {
	return nil, errNotWritten
}

// AcceptPackage is not written yet.
func (s *Server) AcceptPackage(ctx context.Context, request AcceptPackageRequestObject) (AcceptPackageResponseObject, error) {
	return nil, errNotWritten
}

// CompleteStage is not written yet.
func (s *Server) CompleteStage(ctx context.Context, request CompleteStageRequestObject) (CompleteStageResponseObject, error) {
	return nil, errNotWritten
}
