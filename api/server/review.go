package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// RequestReview asks for the review of a unit's own marks.
func (s *Server) RequestReview(ctx context.Context, request RequestReviewRequestObject) (RequestReviewResponseObject, error) {
	done, err := s.acts.RequestReview(ctx, officer(ctx), actKey(ctx), acts.OnFile{
		Round: request.Round, Application: request.Application, Reason: request.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return RequestReview200JSONResponse{Receipt: receipt(done.Receipt), Review: review(done.Result)}, nil
}

// AnswerReview answers it.
func (s *Server) AnswerReview(ctx context.Context, request AnswerReviewRequestObject) (AnswerReviewResponseObject, error) {
	in := acts.AnswerReviewInput{Round: request.Round, Application: request.Application, Answer: request.Body.Answer}
	if request.Body.Marks != nil {
		var err error
		if in.Marks, err = marks(*request.Body.Marks); err != nil {
			return nil, err
		}
	}
	done, err := s.acts.AnswerReview(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return AnswerReview200JSONResponse{Receipt: receipt(done.Receipt), Review: review(done.Result)}, nil
}

// GetReview shows it.
func (s *Server) GetReview(ctx context.Context, request GetReviewRequestObject) (GetReviewResponseObject, error) {
	r, err := s.acts.Review(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	return GetReview200JSONResponse(review(r)), nil
}

// review writes a review.
func review(r acts.Review) Review {
	out := Review{
		Column: ReviewColumn(r.Column), Total: r.Total.String(), Reason: r.Reason, Office: r.OfficeCode, Name: r.OfficeName,
		RequestedAt: r.RequestedAt.In(award.Beijing), Due: shown(r.DueAt),
		Answer: given(r.Answer), Corrected: total(r.Corrected), AnsweredAt: at(r.AnsweredAt),
	}
	if r.Outcome != "" {
		outcome := ReviewOutcome(r.Outcome)
		out.Outcome = &outcome
	}
	if r.Marks != nil {
		corrected := marksShown(r.Marks)
		out.Marks = &corrected
	}
	return out
}
