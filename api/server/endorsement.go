package server

import (
	"context"
	"fmt"
	"slices"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// Endorse gives an office's opinion.
func (s *Server) Endorse(ctx context.Context, request EndorseRequestObject) (EndorseResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in, err := s.opinion(ctx, request.Round, OpinionItem{
		Application: request.Application, Revision: &seen, Opinion: OpinionItemOpinion(request.Body.Opinion), Text: request.Body.Text,
		Clerk: request.Body.Clerk, SigningHead: request.Body.SigningHead, SealingBody: request.Body.SealingBody,
		Seal: request.Body.Seal, Rank: request.Body.Rank, ReturnTo: request.Body.ReturnTo, Due: request.Body.Due,
	})
	if err != nil {
		return nil, err
	}
	done, err := s.acts.Endorse(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return Endorse200JSONResponse(applicationDone(done)), nil
}

// opinion reads an opinion on a file; how its date is written depends on the
// round.
func (s *Server) opinion(ctx context.Context, round string, in OpinionItem) (acts.Endorse, error) {
	out := acts.Endorse{
		Round: round, Application: in.Application, Revision: value(in.Revision),
		Opinion: award.Opinion(in.Opinion), Text: in.Text,
		Clerk: in.Clerk, SigningHead: value(in.SigningHead), SealingBody: value(in.SealingBody),
		Seal: value(in.Seal), Rank: value(in.Rank), ReturnTo: value(in.ReturnTo),
	}
	if in.Due == nil {
		return out, nil
	}
	r, err := s.acts.Round(ctx, officer(ctx), round)
	if err != nil {
		return acts.Endorse{}, err
	}
	out.Due, err = instant(*in.Due, r.Drill)
	return out, err
}

// EndorseMany gives opinions on many files.
func (s *Server) EndorseMany(ctx context.Context, request EndorseManyRequestObject) (EndorseManyResponseObject, error) {
	items := make([]acts.Endorse, len(request.Body.Items))
	for i, item := range request.Body.Items {
		var err error
		if items[i], err = s.opinion(ctx, request.Round, item); err != nil {
			return nil, err
		}
	}
	dry := value(request.Body.DryRun)
	results, err := s.acts.EndorseMany(ctx, officer(ctx), actKey(ctx), items, dry)
	if err != nil {
		return nil, err
	}
	out := EndorseMany200JSONResponse{DryRun: dry}
	for i, r := range results {
		line := OpinionResult{Application: items[i].Application, Done: r.Refusal == nil}
		if r.Refusal != nil {
			problem := s.describe(inItem(i, r.Refusal), s.texts.Language(accepts(ctx)))
			line.Problem = &problem
			out.Refused++
		} else {
			f := application(r.Done.Result)
			line.State, line.WaitingFor = &f.State, f.WaitingFor
			if !dry {
				proof := receipt(r.Done.Receipt)
				line.Receipt = &proof
			}
			out.Done++
		}
		out.Items = append(out.Items, line)
	}
	return out, nil
}

// inItem returns a refusal with its pointers into the item of a bulk request.
func inItem(i int, refusal *award.Error) *award.Error {
	own := *refusal
	own.Fields = slices.Clone(refusal.Fields)
	for k := range own.Fields {
		own.Fields[k].Pointer = fmt.Sprintf("/items/%d%s", i, own.Fields[k].Pointer)
	}
	return &own
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
			Seal: given(e.Seal), Rank: given(e.Rank), ReturnTo: given(e.ReturnToCode), Revision: e.Revision, At: e.At,
		}
	}
	return page, nil
}

// ListWaiting shows what waits for the offices at and below one.
func (s *Server) ListWaiting(ctx context.Context, request ListWaitingRequestObject) (ListWaitingResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	q := acts.WaitingQuery{Round: request.Round, After: after, Limit: limitOf(request.Params.Limit)}
	offices, err := s.acts.WaitingAt(ctx, officer(ctx), value(request.Params.Office), q)
	if err != nil {
		return nil, err
	}
	page := ListWaiting200JSONResponse{Items: make([]OfficeWaiting, len(offices))}
	for i, o := range offices {
		page.Items[i] = OfficeWaiting{
			Office: o.Code, Name: o.Name, Files: o.Files, Oldest: o.Oldest.In(award.Beijing), Overdue: o.Overdue, Reminders: o.Reminders,
		}
		if !o.Due.IsZero() {
			by := shown(o.Due)
			page.Items[i].Due = &by
		}
	}
	if len(offices) == q.Limit {
		page.Next = cursorTo(offices[len(offices)-1].Office)
	}
	return page, nil
}
