package server

import (
	"context"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Mark records national marks.
func (s *Server) Mark(ctx context.Context, request MarkRequestObject) (MarkResponseObject, error) {
	given := make([]acts.NationalMarks, len(request.Body.Items))
	var defects []award.Defect
	for i, item := range request.Body.Items {
		given[i] = acts.NationalMarks{Application: item.Application, Note: value(item.Note)}
		for k, text := range item.Marks {
			p, err := award.ParseMark(text)
			if err != nil {
				defects = append(defects, award.Defect{
					Pointer: fmt.Sprintf("/items/%d/marks/%d", i, k), Key: "points_malformed", Args: []any{text},
				})
			}
			given[i].Marks = append(given[i].Marks, p)
		}
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
	}
	done, err := s.acts.Mark(ctx, officer(ctx), actKey(ctx), request.Round, given)
	if err != nil {
		return nil, err
	}
	return Mark200JSONResponse{Receipt: receipt(done.Receipt), Marked: done.Result.Marked}, nil
}

// GetCandidates shows who earns a place and who is tied across a quota.
func (s *Server) GetCandidates(ctx context.Context, request GetCandidatesRequestObject) (GetCandidatesResponseObject, error) {
	found, err := s.acts.Candidates(ctx, officer(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	out := GetCandidates200JSONResponse{Fixed: &found.Fixed, Categories: make([]CandidateSelection, len(found.Categories))}
	for i, c := range found.Categories {
		out.Categories[i] = CandidateSelection{
			Category: CategoryName(c.Category), Quota: c.Quota, PlacesLeft: c.PlacesLeft, Below: &c.Below,
			Placed: rankedFiles(c, c.Placed), Tied: rankedFiles(c, c.Tied),
		}
	}
	return out, nil
}

func rankedFiles(selection acts.Selection, ranked []award.Ranked) []Ranked {
	out := make([]Ranked, len(ranked))
	for i, r := range ranked {
		file := selection.File(r.Application)
		state := FileState(file.State)
		out[i] = Ranked{
			Rank: r.Rank, Application: r.Application, Unit: file.Code, Name: file.Name, Category: CategoryName(file.Category),
			Total: file.Total.String(), Passed: r.Passed, State: &state,
		}
	}
	return out
}

// FixCandidates fixes the candidates within the quota.
func (s *Server) FixCandidates(ctx context.Context, request FixCandidatesRequestObject) (FixCandidatesResponseObject, error) {
	in := acts.FixCandidatesInput{
		Round: request.Round, Minutes: value(request.Body.Minutes), ChosenOfTied: value(request.Body.ChosenOfTied),
	}
	if request.Body.MetOn != nil {
		in.MetOn = date(*request.Body.MetOn)
	}
	done, err := s.acts.FixCandidates(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return FixCandidates201JSONResponse{Receipt: receipt(done.Receipt), List: adoptedList(done.Result)}, nil
}

// Decide records the decision; titles are given.
func (s *Server) Decide(ctx context.Context, request DecideRequestObject) (DecideResponseObject, error) {
	done, err := s.acts.Decide(ctx, officer(ctx), actKey(ctx), acts.DecideInput{
		Round: request.Round, Number: request.Body.Number, Date: date(request.Body.Date),
	})
	if err != nil {
		return nil, err
	}
	return Decide200JSONResponse{Receipt: receipt(done.Receipt), Named: perCategory(done.Result.Named), LogHead: s.logHead(ctx)}, nil
}

// ListTitles lists the named units.
func (s *Server) ListTitles(ctx context.Context, request ListTitlesRequestObject) (ListTitlesResponseObject, error) {
	titles, err := s.acts.Titles(ctx, officer(ctx), request.Round, award.Category(value(request.Params.Category)))
	if err != nil {
		return nil, err
	}
	out := ListTitles200JSONResponse{Items: make([]Title, len(titles))}
	for i, t := range titles {
		out.Items[i] = title(t)
		out.Items[i].Application = &t.Application
	}
	return out, nil
}
