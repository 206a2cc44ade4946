package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ListRechecks lists campaigns of re-checks, newest first.
func (s *Server) ListRechecks(ctx context.Context, request ListRechecksRequestObject) (ListRechecksResponseObject, error) {
	before, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	found, err := s.acts.Rechecks(ctx, officer(ctx), before, limit)
	if err != nil {
		return nil, err
	}
	out := ListRechecks200JSONResponse{Items: make([]Recheck, len(found))}
	for i, r := range found {
		out.Items[i] = recheck(r)
	}
	if len(found) == limit {
		out.Next = cursorTo(found[limit-1].ID)
	}
	return out, nil
}

// StartRechecks begins the re-check of many titles.
func (s *Server) StartRechecks(ctx context.Context, request StartRechecksRequestObject) (StartRechecksResponseObject, error) {
	done, err := s.acts.StartRechecks(ctx, officer(ctx), actKey(ctx), acts.StartRechecks{
		Filter: acts.RecheckFilter{
			Year: value(request.Body.Year), Category: award.Category(value(request.Body.Category)), Office: value(request.Body.Office),
		},
		Due: date(request.Body.Due), Ground: request.Body.Reason, Document: value(request.Body.Document), Titles: value(request.Body.Titles),
	})
	if err != nil {
		return nil, err
	}
	return StartRechecks201JSONResponse{Receipt: receipt(done.Receipt), Recheck: done.Result.ID}, nil
}

// GetRecheck shows a campaign with what came of each title.
func (s *Server) GetRecheck(ctx context.Context, request GetRecheckRequestObject) (GetRecheckResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	found, titles, err := s.acts.Recheck(ctx, officer(ctx), request.Recheck, after, limit)
	if err != nil {
		return nil, err
	}
	out := GetRecheck200JSONResponse{Recheck: recheck(found), Titles: make([]RecheckedTitle, len(titles))}
	for i, t := range titles {
		out.Titles[i] = RecheckedTitle{Title: title(t.Title), Outcome: TitleState(t.Outcome), Since: *at(t.Since)}
	}
	if len(titles) == limit {
		out.Next = cursorTo(titles[limit-1].ID)
	}
	return out, nil
}

func recheck(r acts.Recheck) Recheck {
	out := Recheck{
		Id: r.ID, CalledBy: given(r.OfficeName), Year: given(r.Filter.Year), Category: given(CategoryName(r.Filter.Category)), Office: given(r.Filter.Office),
		Ground: r.Ground, Document: given(r.Document), Due: *at(r.DueAt), At: *at(r.At),
	}
	out.Progress = make([]RecheckProgress, len(r.Progress))
	for i, p := range r.Progress {
		out.Progress[i] = RecheckProgress{
			Office: p.Code, Name: p.Name, InRecheck: p.InRecheck, Rectifying: p.Rectifying,
			Kept: p.Kept, Revoked: p.Revoked, Deregistered: p.Deregistered,
		}
	}
	return out
}
