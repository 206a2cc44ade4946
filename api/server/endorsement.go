package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Endorse gives an office's opinion.
func (s *Server) Endorse(ctx context.Context, request EndorseRequestObject) (EndorseResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in := acts.Endorse{
		Round: request.Round, Application: request.Application, Revision: seen,
		Opinion: award.Opinion(request.Body.Opinion), Text: request.Body.Text,
		Clerk: request.Body.Clerk, SigningHead: request.Body.SigningHead, SealingBody: request.Body.SealingBody,
		ReturnTo: value(request.Body.ReturnTo),
	}
	if request.Body.Due != nil {
		round, err := s.acts.Round(ctx, officer(ctx), request.Round)
		if err != nil {
			return nil, err
		}
		if in.Due, err = instant(*request.Body.Due, round.Drill); err != nil {
			return nil, err
		}
	}
	done, err := s.acts.Endorse(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return Endorse200JSONResponse(applicationDone(done)), nil
}

// ListEndorsements shows what offices have said of a file.
func (s *Server) ListEndorsements(ctx context.Context, request ListEndorsementsRequestObject) (ListEndorsementsResponseObject, error) {
	list, err := s.acts.Endorsements(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	page := ListEndorsements200JSONResponse{Items: make([]Endorsement, len(list))}
	for i, e := range list {
		page.Items[i] = Endorsement{
			Office: e.OfficeCode, Name: e.OfficeName, Opinion: EndorsementOpinion(e.Opinion), Text: given(e.Text),
			Clerk: given(e.Clerk), SigningHead: given(e.SigningHead), SealingBody: given(e.SealingBody),
			ReturnTo: given(e.ReturnToCode), Revision: e.Revision, At: e.At,
		}
	}
	return page, nil
}
