package server

import (
	"context"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// ListExperts lists the pool of the caller's office.
func (s *Server) ListExperts(ctx context.Context, _ ListExpertsRequestObject) (ListExpertsResponseObject, error) {
	pool, err := s.acts.Experts(ctx, officer(ctx))
	if err != nil {
		return nil, err
	}
	out := ListExperts200JSONResponse{Items: make([]Expert, len(pool))}
	for i, e := range pool {
		out.Items[i] = expertShown(e)
	}
	return out, nil
}

// SetExpert puts an officer into the pool, or changes its entry.
func (s *Server) SetExpert(ctx context.Context, request SetExpertRequestObject) (SetExpertResponseObject, error) {
	seen, err := revision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	body := request.Body
	in := acts.SetExpert{
		Officer: request.Officer, Revision: seen, Kind: award.ExpertKind(body.Kind), Province: value(body.Province),
		Unit: value(body.Unit), Conflicts: value(body.Conflicts), Most: body.Most, Active: body.Active == nil || *body.Active,
	}
	for _, c := range value(body.Categories) {
		in.Categories = append(in.Categories, award.Category(c))
	}
	done, err := s.acts.SetExpert(ctx, officer(ctx), actKey(ctx), in)
	if err != nil {
		return nil, err
	}
	return SetExpert200JSONResponse{Receipt: receipt(done.Receipt), Expert: expertShown(done.Result)}, nil
}

func expertShown(e acts.ExpertEntry) Expert {
	out := Expert{
		Officer: e.ID, Revision: e.Revision, Name: e.Name, Kind: ExpertKind(e.Kind), Province: given(e.Province), Unit: given(e.UnitCode),
		Conflicts: append([]Code{}, e.ConflictCodes...), Categories: make([]CategoryName, len(e.Categories)), Most: e.Most, Active: e.Active,
	}
	for i, c := range e.Categories {
		out.Categories[i] = CategoryName(c)
	}
	return out
}

// ProposeAssignment shows who would mark what.
func (s *Server) ProposeAssignment(ctx context.Context, request ProposeAssignmentRequestObject) (ProposeAssignmentResponseObject, error) {
	p, err := s.acts.ProposeAssignment(ctx, officer(ctx), request.Round)
	if err != nil {
		return nil, err
	}
	out := ProposeAssignment200JSONResponse{Sha256: p.SHA256, Short: append([]int64{}, p.Short...)}
	out.Given, out.Loads = make([]AssignmentPair, len(p.Given)), make([]ExpertLoad, len(p.Loads))
	for i, g := range p.Given {
		out.Given[i] = AssignmentPair{Application: g.Application, Expert: g.Expert}
	}
	for i, l := range p.Loads {
		out.Loads[i] = ExpertLoad{Expert: l.Expert, Name: l.Name, Files: l.Files, Most: l.Most}
	}
	return out, nil
}

// AssignExperts saves the assignment that was shown.
func (s *Server) AssignExperts(ctx context.Context, request AssignExpertsRequestObject) (AssignExpertsResponseObject, error) {
	done, err := s.acts.AssignExperts(ctx, officer(ctx), actKey(ctx), request.Round, request.Body.Sha256)
	if err != nil {
		return nil, err
	}
	return AssignExperts200JSONResponse{Receipt: receipt(done.Receipt), Assigned: done.Result.Assigned}, nil
}

// ListAssignments lists who marks what.
func (s *Server) ListAssignments(ctx context.Context, request ListAssignmentsRequestObject) (ListAssignmentsResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	found, err := s.acts.Assignments(ctx, officer(ctx), acts.AssignmentQuery{
		Round: request.Round, Application: value(request.Params.Application), After: after, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	out := ListAssignments200JSONResponse{Items: assignments(found)}
	if len(found) == limit {
		out.Next = cursorTo(found[limit-1].ID)
	}
	return out, nil
}

// ListExpertTasks lists what the caller has to judge.
func (s *Server) ListExpertTasks(ctx context.Context, request ListExpertTasksRequestObject) (ListExpertTasksResponseObject, error) {
	after, err := cursorFrom(request.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(request.Params.Limit)
	tasks, err := s.acts.ExpertTasks(ctx, officer(ctx), after, limit)
	if err != nil {
		return nil, err
	}
	out := ListExpertTasks200JSONResponse{Items: make([]ExpertTask, len(tasks))}
	for i, t := range tasks {
		out.Items[i] = ExpertTask{
			Assignment: assignment(t.ExpertAssignment), Round: t.Round, RoundTitle: t.RoundTitle, Drill: t.Drill,
			DueAt: t.DueAt.In(award.Beijing), Open: t.Open,
		}
	}
	if len(tasks) == limit {
		out.Next = cursorTo(tasks[limit-1].ID)
	}
	return out, nil
}

// GetMarking shows a file to an expert it is assigned to.
func (s *Server) GetMarking(ctx context.Context, request GetMarkingRequestObject) (GetMarkingResponseObject, error) {
	m, err := s.acts.Marking(ctx, officer(ctx), request.Round, request.Application)
	if err != nil {
		return nil, err
	}
	out := GetMarking200JSONResponse{
		Own: assignment(m.ExpertAssignment), Form: Form(m.Form), Self: marksShown(m.Self), Province: marksShown(m.Province),
		Finding: m.Finding, Blocks: standardBlocks(m.Category.Standard.Blocks), Others: assignments(m.Others),
		Evidence: evidenceUses(m.Evidence),
	}
	if m.Survey != nil {
		shown := survey(*m.Survey)
		out.Survey = &shown
	}
	if m.Draft.Marks != nil {
		kept := marksShown(m.Draft.Marks)
		out.Draft, out.DraftNote = &kept, &m.Draft.Note
	}
	return out, nil
}

// SaveExpertMarks keeps marks that an expert has not handed in.
func (s *Server) SaveExpertMarks(ctx context.Context, request SaveExpertMarksRequestObject) (SaveExpertMarksResponseObject, error) {
	points, err := marks(request.Body.Marks)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.SaveExpertMarks(ctx, officer(ctx), actKey(ctx), acts.GiveExpertMarks{
		Round: request.Round, Application: request.Application, Marks: points, Note: value(request.Body.Note),
	})
	if err != nil {
		return nil, err
	}
	return SaveExpertMarks200JSONResponse{Receipt: receipt(done.Receipt), Blank: done.Result.Blank}, nil
}

// GiveExpertMarks hands in an expert's marks.
func (s *Server) GiveExpertMarks(ctx context.Context, request GiveExpertMarksRequestObject) (GiveExpertMarksResponseObject, error) {
	points, err := marks(request.Body.Marks)
	if err != nil {
		return nil, err
	}
	done, err := s.acts.GiveExpertMarks(ctx, officer(ctx), actKey(ctx), acts.GiveExpertMarks{
		Round: request.Round, Application: request.Body.Application, Marks: points, Note: value(request.Body.Note),
	})
	if err != nil {
		return nil, err
	}
	return GiveExpertMarks200JSONResponse{Receipt: receipt(done.Receipt), Total: done.Result.Total.String()}, nil
}

// Recuse withdraws an expert from a file.
func (s *Server) Recuse(ctx context.Context, request RecuseRequestObject) (RecuseResponseObject, error) {
	done, err := s.acts.Recuse(ctx, officer(ctx), actKey(ctx), acts.OnFile{
		Round: request.Round, Application: request.Body.Application, Reason: request.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return Recuse200JSONResponse{Receipt: receipt(done.Receipt), Replaced: done.Result.Replaced}, nil
}

func assignments(all []acts.ExpertAssignment) []Assignment {
	out := make([]Assignment, len(all))
	for i, s := range all {
		out[i] = assignment(s)
	}
	return out
}

func assignment(s acts.ExpertAssignment) Assignment {
	out := Assignment{
		Id: s.ID, Application: s.Application, Code: s.Code, Name: s.Name, Category: CategoryName(s.Category), Expert: s.Expert,
		Recused: s.Recused, Marked: s.Marked, Total: total(s.Total), Note: given(s.Note), Outlier: s.Outlier,
	}
	if s.Marks != nil {
		shown := marksShown(s.Marks)
		out.Marks = &shown
	}
	return out
}
