package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// GetSelfCheck shows a unit's own check.
func (s *Server) GetSelfCheck(ctx context.Context, request GetSelfCheckRequestObject) (GetSelfCheckResponseObject, error) {
	check, err := s.acts.SelfCheck(ctx, officer(ctx), request.Round, request.Unit, award.Category(request.Category))
	if err != nil {
		return nil, err
	}
	return GetSelfCheck200JSONResponse(s.selfCheck(ctx, check)), nil
}

// SaveSelfCheck keeps a unit's own check.
func (s *Server) SaveSelfCheck(ctx context.Context, request SaveSelfCheckRequestObject) (SaveSelfCheckResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	values, err := marks(request.Body.Marks)
	if err != nil {
		return nil, err
	}
	sub, err := subMarks(request.Body.SubMarks)
	if err != nil {
		return nil, err
	}
	in := acts.SaveSelfCheck{
		Round: request.Round, Unit: request.Unit, Category: award.Category(request.Category), Revision: seen,
		Marks: values, SubMarks: sub, Gap: value(request.Body.Gap), Measure: value(request.Body.Measure),
		EnteredFor: enteredFor(request.Body.EnteredFor),
	}
	if err := recode(request.Body.Notes, &in.Notes); err != nil {
		return nil, err
	}
	done, err := s.acts.SaveSelfCheck(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return SaveSelfCheck200JSONResponse{Receipt: receipt(done.Receipt), SelfCheck: s.selfCheck(ctx, done.Result)}, nil
}

// SaveSelfChecks keeps the own checks of many units.
func (s *Server) SaveSelfChecks(ctx context.Context, request SaveSelfChecksRequestObject) (SaveSelfChecksResponseObject, error) {
	items := make([]acts.SaveSelfCheck, len(request.Body.Items))
	for i, item := range request.Body.Items {
		values, err := marks(item.Marks)
		if err != nil {
			return nil, err
		}
		sub, err := subMarks(item.SubMarks)
		if err != nil {
			return nil, err
		}
		items[i] = acts.SaveSelfCheck{
			Round: request.Round, Unit: item.Unit, Category: award.Category(item.Category), Revision: value(item.Revision),
			Marks: values, SubMarks: sub, Gap: value(item.Gap), Measure: value(item.Measure), EnteredFor: enteredFor(item.EnteredFor),
		}
		if err := recode(item.Notes, &items[i].Notes); err != nil {
			return nil, err
		}
	}
	dry := value(request.Body.DryRun)
	results, err := s.acts.SaveSelfChecks(ctx, officer(ctx), actKey(ctx), items, dry)
	if err != nil {
		return nil, err
	}
	out := SelfCheckResults{DryRun: dry}
	for i, r := range results {
		line := selfCheckResult(items[i].Unit, r, dry)
		if r.Refusal != nil {
			problem := s.describe(inItem(i, r.Refusal), s.texts.Language(accepts(ctx)))
			line.Problem = &problem
		}
		out.add(line)
	}
	return SaveSelfChecks200JSONResponse(out), nil
}

// selfCheckResult writes what became of one of many self-checks.
func selfCheckResult(unit string, r acts.Item[acts.SelfCheck], dry bool) SelfCheckResult {
	line := SelfCheckResult{Unit: unit, Done: r.Refusal == nil}
	if r.Refusal != nil {
		return line
	}
	c, total := r.Done.Result, r.Done.Result.Total.String()
	line.Revision, line.Complete, line.Ready, line.Total = &c.Revision, &c.Complete, &c.Ready, &total
	line.Unchanged = given(c.Unchanged)
	if !dry {
		proof := receipt(r.Done.Receipt)
		line.Receipt = &proof
	}
	return line
}

// add adds a line and counts it.
func (r *SelfCheckResults) add(line SelfCheckResult) {
	switch {
	case !line.Done:
		r.Refused++
	case value(line.Unchanged):
		r.Unchanged++
	default:
		r.Done++
	}
	r.Items = append(r.Items, line)
}

// enteredFor reads on whose word a superior enters.
func enteredFor(in *EnteredFor) award.EnteredFor {
	if in == nil {
		return award.EnteredFor{}
	}
	return award.EnteredFor{Person: in.Person, Scan: value(in.Scan)}
}

// GetPrefill shows what is known already of a unit's self-check and form.
func (s *Server) GetPrefill(ctx context.Context, request GetPrefillRequestObject) (GetPrefillResponseObject, error) {
	p, err := s.acts.Prefill(ctx, officer(ctx), request.Round, request.Unit, award.Category(request.Category))
	if err != nil {
		return nil, err
	}
	out := Prefill{
		FactsYear: given(p.Facts.Year), LastRound: given(p.LastRound()), Gap: given(p.Last.Gap), Measure: given(p.Last.Measure),
		SubItems: subItemsGiven(p.SubItems), SubMarks: subMarksShown(p.SubMarks),
		Marks: make([]prefilledMark, len(p.Marks)), Form: make([]prefilledField, len(p.Form)),
	}
	for i, m := range p.Marks {
		out.Marks[i] = prefilledMark{Code: m.Code, Mark: m.Value.String(), From: given(Origin(m.From)), Note: given(note(m.Note))}
	}
	for i, f := range p.Form {
		out.Form[i] = prefilledField{Key: f.Key, Title: f.Title, Value: f.Value, From: given(Origin(f.From))}
	}
	return GetPrefill200JSONResponse(out), nil
}

// The parts of what is prefilled, which have no name of their own.
type (
	prefilledMark = struct {
		Code string  `json:"code"`
		From *Origin `json:"from,omitempty"`
		Mark Mark    `json:"mark"`
		Note *Note   `json:"note,omitempty"`
	}
	prefilledField = struct {
		From  *Origin `json:"from,omitempty"`
		Key   string  `json:"key"`
		Title string  `json:"title"`
		Value string  `json:"value"`
	}
)

// note writes what a unit says beside an indicator.
func note(n award.Note) Note {
	return Note{Facts: given(n.Facts), Gap: given(n.Gap), Measure: given(n.Measure)}
}

// selfCheck writes a self-check.
func (s *Server) selfCheck(ctx context.Context, c acts.SelfCheck) SelfCheck {
	out := SelfCheck{
		Unit: c.UnitCode, Name: c.UnitName, Category: CategoryName(c.Category), Revision: c.Revision,
		Marks: marksShown(c.Marks), SubItems: subItemsGiven(c.SubItems), SubMarks: subMarksShown(c.SubMarks), Gap: given(c.Gap), Measure: given(c.Measure), Complete: c.Complete,
		Total: c.Total.String(), Ready: c.Ready, Short: c.Short.String(), Blocks: make([]BlockScore, len(c.Blocks)),
		FactsYear: given(c.FactsYear), Prefilled: given(c.Prefilled),
		EnteredByOffice: c.EnteredByOffice, UpdatedAt: *at(c.UpdatedAt),
	}
	for i, b := range c.Blocks {
		out.Blocks[i] = BlockScore{Title: b.Title, Points: b.Points.String(), Maximum: b.Maximum.String()}
		if b.Minimum > 0 {
			out.Blocks[i].Minimum = given(b.Minimum.String())
		}
	}
	if len(c.Notes) > 0 {
		notes := make(Notes, len(c.Notes))
		for code, n := range c.Notes {
			notes[code] = note(n)
		}
		out.Notes = &notes
	}
	if len(c.Reasons) > 0 {
		out.Reasons = s.failures(ctx, c.Reasons)
	}
	if len(c.Filled) > 0 {
		out.FromFacts = &c.Filled
	}
	if len(c.Outdated) > 0 {
		out.Outdated = &c.Outdated
	}
	if c.EnteredFor != (award.EnteredFor{}) {
		out.EnteredFor = &EnteredFor{Person: c.EnteredFor.Person, Scan: given(c.EnteredFor.Scan)}
	}
	return out
}

// failures writes why marks do not pass, in the caller's language.
func (s *Server) failures(ctx context.Context, reasons []award.Reason) *[]MarkFailure {
	out := make([]MarkFailure, len(reasons))
	for i, r := range reasons {
		out[i] = MarkFailure{
			Failure: MarkFailureFailure(r.Failure), At: given(r.At),
			Text: s.texts.Say(reads(ctx), "failed_"+string(r.Failure), r.At, r.Got.String(), r.Want.String()),
		}
		if r.Failure != award.FailBlank && r.Failure != award.FailVeto {
			out[i].Got, out[i].Want = given(r.Got.String()), given(r.Want.String())
		}
	}
	return &out
}
