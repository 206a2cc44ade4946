package server

import (
	"context"
)

// ListPublicNotices is not written yet.
func (s *Server) ListPublicNotices(ctx context.Context, request ListPublicNoticesRequestObject) (ListPublicNoticesResponseObject, error) {
	return nil, errNotWritten
}

// GetPublicNotice is not written yet.
func (s *Server) GetPublicNotice(ctx context.Context, request GetPublicNoticeRequestObject) (GetPublicNoticeResponseObject, error) {
	return nil, errNotWritten
}

// GetPublicTitle is not written yet.
func (s *Server) GetPublicTitle(ctx context.Context, request GetPublicTitleRequestObject) (GetPublicTitleResponseObject, error) {
	return nil, errNotWritten
}
