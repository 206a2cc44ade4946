package server

import (
	"context"
	"encoding/hex"
	"fmt"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetSpotCheck shows the spot check with its sample.
func (s *Server) GetSpotCheck(ctx context.Context, request GetSpotCheckRequestObject) (GetSpotCheckResponseObject, error) {
	c, err := s.acts.SpotCheckOf(ctx, officer(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	out := GetSpotCheck200JSONResponse{
		Round: c.Round, Rule: SpotCheckRule{Percent: c.Percent, Failures: c.Failures},
		Commitment: hex.EncodeToString(c.Commitment), SealedAt: c.SealedAt.In(award.Beijing),
		ListSha256: given(hex.EncodeToString(c.ListSHA256)), DrawnAt: at(c.DrawnAt), PublishedAt: at(c.PublishedAt),
		Sample: make([]SampledUnit, len(c.Sample)), Widenings: widenings(c.Widenings),
	}
	for i, u := range c.Sample {
		out.Sample[i] = SampledUnit{
			Application: u.Application, Category: CategoryName(u.Category), Office: u.Office, Code: u.Code, Name: u.Name,
			Place: u.Place, As: SampledUnitAs(u.As), Reason: given(u.Reason), Outcome: given(VisitOutcome(u.Outcome)), Left: u.Left,
		}
	}
	return out, nil
}

// GetPublicSpotCheck shows what anyone may verify.
func (s *Server) GetPublicSpotCheck(ctx context.Context, request GetPublicSpotCheckRequestObject) (GetPublicSpotCheckResponseObject, error) {
	c, err := s.acts.PublicSpotCheck(ctx, request.Round)
	if err != nil {
		return nil, err
	}
	out := GetPublicSpotCheck200JSONResponse{
		Round: c.Round, RoundTitle: c.RoundTitle, Drill: c.Drill,
		Rule:       SpotCheckRule{Percent: c.Percent, Failures: c.Failures},
		Commitment: hex.EncodeToString(c.Commitment), SealedAt: c.SealedAt.In(award.Beijing),
		ListSha256: given(hex.EncodeToString(c.ListSHA256)), DrawnAt: at(c.DrawnAt), PublishedAt: at(c.PublishedAt),
	}
	if c.Seed == nil {
		return out, nil
	}
	out.Seed = given(c.Seed.String())
	list, sample, added, widened := []FrozenUnit{}, []PublicSampledUnit{}, []PublicSampledUnit{}, widenings(c.Widenings)
	for _, u := range c.List {
		list = append(list, FrozenUnit{Category: CategoryName(u.Category), Office: u.Office, Code: u.Code, Name: u.Name})
	}
	for _, u := range c.Sample {
		shown := PublicSampledUnit{
			Category: CategoryName(u.Category), Office: u.Office, Code: u.Code, Name: u.Name, Place: u.Place, Reason: given(u.Reason),
		}
		if u.As == award.SampleByHand {
			added = append(added, shown)
		} else {
			sample = append(sample, shown)
		}
	}
	out.List, out.Sample, out.Added, out.Widenings = &list, &sample, &added, &widened
	return out, nil
}

func widenings(all []acts.Widening) []Widening {
	out := make([]Widening, len(all))
	for i, w := range all {
		out[i] = Widening{Office: w.Office, Number: w.Number, Failed: w.Failed, Drawn: w.Drawn, At: w.At.In(award.Beijing)}
	}
	return out
}

// AddToSpotCheck names units to be visited.
func (s *Server) AddToSpotCheck(ctx context.Context, request AddToSpotCheckRequestObject) (AddToSpotCheckResponseObject, error) {
	done, err := s.acts.AddToSpotCheck(ctx, officer(ctx), actKey(ctx), request.Round, request.Body.Applications, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return AddToSpotCheck200JSONResponse{Receipt: receipt(done.Receipt), Added: done.Result.Added}, nil
}

// RecordVisit keeps what a visit found.
func (s *Server) RecordVisit(ctx context.Context, request RecordVisitRequestObject) (RecordVisitResponseObject, error) {
	body := request.Body
	in := acts.RecordVisit{
		Round: request.Round, Application: body.Application, Members: body.Members, Visits: visitsGiven(body.Visits),
		Place: body.Place, Findings: body.Findings, Outcome: award.VisitOutcome(body.Outcome),
		Ground: value(body.Ground), Evidence: value(body.Evidence),
	}
	var defects []award.Defect
	for i, c := range value(body.Corrections) {
		p, err := award.ParseMark(c.Value)
		if err != nil {
			defects = append(defects, award.Defect{
				Pointer: fmt.Sprintf("/corrections/%d/value", i), Key: "points_malformed", Args: []any{c.Value},
			})
		}
		in.Corrections = append(in.Corrections, award.Correction{Leaf: c.Leaf, Value: p, Reason: c.Reason})
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "N 四(三)", "visits_malformed", defects)
	}
	done, err := s.acts.RecordVisit(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return RecordVisit200JSONResponse{
		Receipt: receipt(done.Receipt), Widened: done.Result.Widened, Missing: done.Result.Missing, Published: done.Result.Published,
	}, nil
}

// ListVisits lists visits as recorded.
func (s *Server) ListVisits(ctx context.Context, request ListVisitsRequestObject) (ListVisitsResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	found, err := s.acts.SiteVisits(ctx, officer(ctx), request.Round, after, limit)
	if err != nil {
		return nil, err
	}
	out := ListVisits200JSONResponse{Items: make([]SiteVisit, len(found))}
	for i, v := range found {
		out.Items[i] = siteVisit(v)
	}
	if len(found) == limit {
		out.Next = cursorTo(found[limit-1].ID)
	}
	return out, nil
}

func siteVisit(v acts.SiteVisit) SiteVisit {
	out := SiteVisit{
		Id: v.ID, Application: v.Application, Code: v.Code, Name: v.Name, Category: CategoryName(v.Category), Members: v.Members,
		Visits: visitsShown(v.Visits), Place: v.Place, Findings: v.Findings, Outcome: VisitOutcome(v.Outcome),
		Corrections: make([]Correction, len(v.Corrections)), Ground: given(v.Ground), Evidence: v.Evidence, At: v.At.In(award.Beijing),
	}
	for i, c := range v.Corrections {
		out.Corrections[i] = Correction{Leaf: c.Leaf, Value: c.Value.String(), Reason: c.Reason}
	}
	return out
}

// visitsGiven reads the days of a visit with their methods.
func visitsGiven(in []Visit) []award.Visit {
	visits := make([]award.Visit, len(in))
	for i, v := range in {
		visits[i].On = date(v.On)
		for _, method := range v.Methods {
			visits[i].Methods = append(visits[i].Methods, string(method))
		}
	}
	return visits
}

// visitsShown writes them.
func visitsShown(visits []award.Visit) []Visit {
	out := make([]Visit, len(visits))
	for i, v := range visits {
		out[i] = Visit{On: day(v.On), Methods: make([]VisitMethods, len(v.Methods))}
		for m, method := range v.Methods {
			out[i].Methods[m] = VisitMethods(method)
		}
	}
	return out
}
