package server

import (
	"context"
	"encoding/hex"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetProposals shows the rank of an office's files and the list it adopted.
func (s *Server) GetProposals(ctx context.Context, request GetProposalsRequestObject) (GetProposalsResponseObject, error) {
	found, err := s.acts.Proposals(ctx, officer(ctx), request.Round, request.Office, award.Category(value(request.Params.Category)))
	if err != nil {
		return nil, err
	}
	out := GetProposals200JSONResponse{Ranked: make([]Ranked, len(found.Ranked))}
	for i, r := range found.Ranked {
		state := FileState(r.State)
		out.Ranked[i] = Ranked{
			Rank: r.Rank, Application: r.ID, Unit: r.Code, Name: r.Name, Category: CategoryName(r.Category),
			Total: r.Total.String(), Passed: r.Passes, State: &state,
		}
	}
	if found.Adopted.ID != 0 {
		list := adoptedList(found.Adopted)
		out.Adopted = &list
	}
	return out, nil
}

// AdoptProposals adopts the proposed list.
func (s *Server) AdoptProposals(ctx context.Context, request AdoptProposalsRequestObject) (AdoptProposalsResponseObject, error) {
	in := acts.AdoptProposalsInput{
		Round: request.Round, Office: request.Office, Minutes: request.Body.Minutes, MetOn: date(request.Body.MetOn),
	}
	for _, item := range request.Body.Items {
		in.Items = append(in.Items, acts.ProposalItem{Application: item.Application, Reason: value(item.Reason)})
	}
	done, err := s.acts.AdoptProposals(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return AdoptProposals201JSONResponse{Receipt: receipt(done.Receipt), List: adoptedList(done.Result)}, nil
}

// AnnounceNotice puts a list before the public.
func (s *Server) AnnounceNotice(ctx context.Context, request AnnounceNoticeRequestObject) (AnnounceNoticeResponseObject, error) {
	in := acts.AnnounceNoticeInput{
		Round: request.Round, Office: request.Office, Text: value(request.Body.Text),
	}
	var err error
	if in.FirstDay, err = firstInstant(value(request.Body.FirstDay)); err != nil {
		return nil, err
	}
	if in.Evidence, err = proofsGiven(request.Body.Evidence); err != nil {
		return nil, err
	}
	for _, w := range value(request.Body.Waivers) {
		in.Waivers = append(in.Waivers, award.Waiver{Place: w.Place, Sample: w.Sample, Reason: w.Reason})
	}
	for _, c := range request.Body.Contacts {
		in.Contacts = append(in.Contacts, award.Contact{
			Unit: c.Unit, Phone: c.Phone, Address: value(c.Address), Email: value(c.Email),
		})
	}
	done, err := s.acts.AnnounceNotice(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return AnnounceNotice201JSONResponse(noticeDone(done)), nil
}

// firstInstant reads the day something begins: 00:00 of it, or for a drill
// (演练) an instant in RFC 3339. Nothing said is the zero instant.
func firstInstant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := award.ParseDate(text); err == nil {
		return day.Starts(), nil
	}
	return instant(text, true) // the act knows whether the round is a drill
}

// Recommend makes the cut to the limit.
func (s *Server) Recommend(ctx context.Context, request RecommendRequestObject) (RecommendResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.Recommend(ctx, officer(ctx), actKey(ctx), acts.RecommendInput{
		Round: request.Round, Office: request.Office, Revision: seen,
		Applications: request.Body.Applications, Minutes: value(request.Body.Minutes),
	})
	if err != nil {
		return nil, err
	}
	return Recommend200JSONResponse{
		Receipt: receipt(done.Receipt), Revision: done.Result.Revision, Recommended: perCategory(done.Result.Recommended),
	}, nil
}

// GetPackage shows the package and what it lacks.
func (s *Server) GetPackage(ctx context.Context, request GetPackageRequestObject) (GetPackageResponseObject, error) {
	found, err := s.acts.PackageOf(ctx, officer(ctx), request.Round, request.Office)
	if err != nil {
		return nil, err
	}
	return GetPackage200JSONResponse(packageShown(found)), nil
}

// PutPackage saves the covering letter and the report.
func (s *Server) PutPackage(ctx context.Context, request PutPackageRequestObject) (PutPackageResponseObject, error) {
	done, err := s.acts.PutPackage(ctx, officer(ctx), actKey(ctx), acts.PutPackageInput{
		Round: request.Round, Office: request.Office,
		Letter: document(request.Body.Letter), Report: document(request.Body.Report),
	})
	if err != nil {
		return nil, err
	}
	return PutPackage200JSONResponse{Receipt: receipt(done.Receipt), Package: packageShown(done.Result)}, nil
}

// ReturnPackage returns a package with reasons.
func (s *Server) ReturnPackage(ctx context.Context, request ReturnPackageRequestObject) (ReturnPackageResponseObject, error) {
	due, err := instant(request.Body.Due, true) // the act knows whether the round is a drill
	if err != nil {
		return nil, err
	}
	done, err := s.acts.ReturnPackage(ctx, officer(ctx), actKey(ctx), acts.ReturnPackageInput{
		Round: request.Round, Office: request.Office, Reason: request.Body.Reason, Due: due,
	})
	if err != nil {
		return nil, err
	}
	return ReturnPackage200JSONResponse{Receipt: receipt(done.Receipt)}, nil
}

// AcceptPackage accepts a package.
func (s *Server) AcceptPackage(ctx context.Context, request AcceptPackageRequestObject) (AcceptPackageResponseObject, error) {
	done, err := s.acts.AcceptPackage(ctx, officer(ctx), actKey(ctx), request.Round, request.Office)
	if err != nil {
		return nil, err
	}
	return AcceptPackage200JSONResponse{Receipt: receipt(done.Receipt)}, nil
}

// CompleteStage records that an office's stage is complete.
func (s *Server) CompleteStage(ctx context.Context, request CompleteStageRequestObject) (CompleteStageResponseObject, error) {
	in := acts.CompleteStageInput{Round: request.Round, Office: request.Office, Stage: award.Stage(request.Stage)}
	if request.Body != nil {
		in.Note = value(request.Body.Note)
	}
	done, err := s.acts.CompleteStage(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return CompleteStage200JSONResponse{
		Receipt: receipt(done.Receipt), State: CompleteStage200JSONResponseBodyState(done.Result.State), Late: done.Result.Late,
		LogHead: s.logHead(ctx),
	}, nil
}

// adoptedList writes a list that a body adopted.
func adoptedList(list acts.AdoptedList) AdoptedList {
	out := AdoptedList{
		Id: list.ID, Revision: list.Revision, Sha256: hex.EncodeToString(list.SHA256), Minutes: given(list.Minutes),
		AdoptedAt: at(list.AdoptedAt), Items: make([]ListItem, len(list.Items)),
	}
	for i, item := range list.Items {
		out.Items[i] = ListItem{
			Application: item.Application, Unit: item.Code, Name: item.Name, Category: CategoryName(item.Category),
			Position: item.Position, Reason: given(item.Reason), Removed: given(item.Removed),
		}
	}
	return out
}

// packageShown writes a package with its units and what it lacks.
func packageShown(p acts.PackageView) Package {
	out := Package{Office: p.OfficeCode, Lacks: make([]Lack, len(p.Lacks)), Reason: given(p.Reason), SentAt: at(p.SentAt)}
	for i, l := range p.Lacks {
		out.Lacks[i] = Lack{Part: LackPart(l.Part), Unit: given(l.Unit), Name: given(l.Name), List: given(l.List)}
		if l.Category != "" {
			category := CategoryName(l.Category)
			out.Lacks[i].Category = &category
		}
	}
	if p.Revision > 0 {
		state, letter, report := PackageState(p.State), documentShown(p.Letter), documentShown(p.Report)
		out.Revision, out.State, out.Letter, out.Report = &p.Revision, &state, &letter, &report
	}
	if !p.RevisionDue.IsZero() {
		due := shown(p.RevisionDue)
		out.RevisionDue = &due
	}
	if p.Units != nil {
		units := make([]Application, len(p.Units))
		for i, u := range p.Units {
			units[i] = Application{
				Id: u.ID, Unit: u.Code, Name: u.Name, Category: CategoryName(u.Category), Office: p.OfficeCode,
				Revision: u.Revision, State: FileState(u.State), Suspended: given(u.Suspended), ProvinceTotal: total(&u.Total),
			}
		}
		out.Units = &units
	}
	return out
}

func document(d Document) award.Document {
	return award.Document{Title: d.Title, Number: value(d.Number), SHA256: value(d.Sha256), Text: value(d.Text)}
}

func documentShown(d award.Document) Document {
	return Document{Title: d.Title, Number: given(d.Number), Sha256: given(d.SHA256), Text: given(d.Text)}
}

// perCategory writes counts under the categories' names.
func perCategory(counts map[award.Category]int) map[string]int {
	out := make(map[string]int, len(counts))
	for category, n := range counts {
		out[string(category)] = n
	}
	return out
}
