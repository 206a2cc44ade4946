package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetCut shows an office's cut, and why each file is in it or not.
func (s *Server) GetCut(ctx context.Context, request GetCutRequestObject) (GetCutResponseObject, error) {
	cut, err := s.acts.CutOf(ctx, officer(ctx), request.Round, request.Office)
	if err != nil {
		return nil, err
	}
	out := GetCut200JSONResponse{
		Revision: cut.Revision, Limits: make([]RecommendationLimit, len(cut.Limits)), Items: make([]CutItem, len(cut.Items)),
	}
	for i, l := range cut.Limits {
		out.Limits[i] = recommendationLimit(l)
	}
	for i, f := range cut.Items {
		out.Items[i] = CutItem{
			Application: f.ID, Unit: f.Code, Name: f.Name, Category: CategoryName(f.Category), Rank: f.Rank,
			Total: f.Total.String(), State: FileState(f.State), Reason: CutItemReason(f.Reason),
			Text: s.texts.Say(reads(ctx), "cut_reason_"+string(f.Reason)),
		}
	}
	return out, nil
}

// ListPackageRevisions shows every revision of an office's package.
func (s *Server) ListPackageRevisions(ctx context.Context, request ListPackageRevisionsRequestObject) (ListPackageRevisionsResponseObject, error) {
	revisions, err := s.acts.PackageRevisions(ctx, officer(ctx), request.Round, request.Office)
	if err != nil {
		return nil, err
	}
	out := ListPackageRevisions200JSONResponse{Items: make([]PackageRevision, len(revisions))}
	for i, r := range revisions {
		out.Items[i] = packageRevision(r)
	}
	return out, nil
}

// ComparePackages shows what changed from one revision to another.
func (s *Server) ComparePackages(ctx context.Context, request ComparePackagesRequestObject) (ComparePackagesResponseObject, error) {
	c, err := s.acts.ComparePackages(ctx, officer(ctx), request.Round, request.Office, request.Params.From, request.Params.To)
	if err != nil {
		return nil, err
	}
	return ComparePackages200JSONResponse{
		From: packageRevision(c.From), To: packageRevision(c.To), LetterChanged: c.LetterChanged, ReportChanged: c.ReportChanged,
		Added: packageUnits(c.Added), Removed: packageUnits(c.Removed),
	}, nil
}

func packageRevision(r acts.PackageRevision) PackageRevision {
	return PackageRevision{
		Revision: r.Revision, State: PackageRevisionState(r.State), Letter: documentShown(r.Letter), Report: documentShown(r.Report),
		SentAt: at(r.SentAt), Reason: given(r.Reason), Units: packageUnits(r.Units),
	}
}

func packageUnits(units []award.Listed) []PackageUnit {
	out := make([]PackageUnit, len(units))
	for i, u := range units {
		out[i] = PackageUnit{Unit: u.Code, Name: u.Name, Category: CategoryName(u.Category)}
	}
	return out
}
