package acts

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"shifan/internal/award"
)

// ExpertAssignment is a file assigned to an expert (专家分配).
type ExpertAssignment struct {
	ID          int64
	Round       string
	Application int64
	Code        string
	Name        string
	Category    award.Category
	Expert      int64 // officer
	Recused     bool
	Marked      bool
	Marks       []award.Points // once shown
	Total       *award.Points  // once shown
	Note        string         // once shown
	Outlier     bool           // far from the others' mean (D-75)
}

// assignmentTx keeps assignments and the marks of experts.
type assignmentTx interface {
	// ExpertFiles reads the files of the frozen list that experts are wanted for.
	ExpertFiles(ctx context.Context, round string) ([]award.ExpertFile, error)
	// AddAssignments adds assignments.
	AddAssignments(ctx context.Context, round string, given []award.Assignment) error
	// Assignments reads assignments in order of ID; zero fields do not narrow.
	Assignments(ctx context.Context, q AssignmentQuery) ([]ExpertAssignment, error)
	// Recuse ends an assignment with the reason.
	Recuse(ctx context.Context, assignment int64, reason string) error
	// ExpertDraft reads the draft of an assignment's marks; no marks: there is none.
	ExpertDraft(ctx context.Context, assignment int64) (ExpertDraft, error)
	// SaveExpertDraft keeps a draft in place of the one before.
	SaveExpertDraft(ctx context.Context, assignment int64, d ExpertDraft) error
	// AddExpertMarks keeps the marks that an expert hands in, and its draft no more.
	AddExpertMarks(ctx context.Context, assignment int64, marks []award.Points, total award.Points, note string) error
}

// AssignmentQuery asks for assignments of a round.
type AssignmentQuery struct {
	Round       string
	Application int64
	Expert      int64
	After       int64
	Limit       int
}

// AssignmentPlan is who would mark what (分配方案), before it is saved.
type AssignmentPlan struct {
	SHA256 string // of what is new: what was shown is what is saved
	Given  []award.Assignment
	Loads  []ExpertLoad
	Short  []int64 // files for which the pool has too few experts
}

// ExpertLoad is how many files an expert has then, those it has included.
type ExpertLoad struct {
	Expert int64
	Name   string
	Files  int
	Most   int
}

// plan works the assignment out from the frozen list and the pool as it stands;
// what is assigned already stays.
func plan(ctx context.Context, tx Tx, r Round, only int64) (AssignmentPlan, error) {
	switch {
	case r.ListFrozenAt.IsZero():
		return AssignmentPlan{}, award.Refuse(award.Conflict, "domain 6.1", "list_not_frozen")
	case r.Rules.ExpertsPerFile == 0:
		return AssignmentPlan{}, award.Refuse(award.Conflict, "domain 6.3", "experts_none_wanted")
	}
	pool, err := tx.Experts(ctx, r.Owner)
	if err != nil {
		return AssignmentPlan{}, err
	}
	files, err := tx.ExpertFiles(ctx, r.ID)
	if err != nil {
		return AssignmentPlan{}, err
	}
	if only != 0 {
		files = slices.DeleteFunc(files, func(f award.ExpertFile) bool { return f.Application != only })
	}
	standing, err := tx.Assignments(ctx, AssignmentQuery{Round: r.ID})
	if err != nil {
		return AssignmentPlan{}, err
	}
	var fixed []award.Assignment
	load := map[int64]int{}
	for _, s := range standing {
		if !s.Recused {
			fixed = append(fixed, award.Assignment{Application: s.Application, Expert: s.Expert})
			load[s.Expert]++
		}
	}
	var experts []award.Expert
	for _, e := range pool {
		if e.Active {
			experts = append(experts, e.Expert)
		}
	}
	award.OrderExperts(r.ListSHA256, experts)
	var p AssignmentPlan
	p.Given, p.Short = award.AssignExperts(experts, files, r.Rules.ExpertsPerFile, fixed)
	for _, g := range p.Given {
		load[g.Expert]++
	}
	for _, e := range pool {
		p.Loads = append(p.Loads, ExpertLoad{e.ID, e.Name, load[e.ID], e.Most})
	}
	sum := award.AssignmentHash(p.Given)
	p.SHA256 = hex.EncodeToString(sum[:])
	return p, nil
}

// ProposeAssignment shows who would mark what, to the owner office.
func (a *Acts) ProposeAssignment(ctx context.Context, by award.Officer, round string) (AssignmentPlan, error) {
	var p AssignmentPlan
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		if !MaySee(by, r.ownerRow()) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		p, err = plan(ctx, tx, r, 0)
		return err
	})
	return p, err
}

// AssignedExperts is how many assignments were saved.
type AssignedExperts struct {
	Assigned int
}

// AssignExperts saves the assignment that was shown (分配专家, domain 6.3): the hash
// is that of what the officer has seen. Where the pool is too small for a file,
// nothing is saved.
func (a *Acts) AssignExperts(ctx context.Context, by award.Officer, key Key, round, seen string) (Done[AssignedExperts], error) {
	return once(ctx, a, by, key, award.ActAssignExperts, round, func(t *act) (AssignedExperts, error) {
		r, err := t.assessing(ctx)
		if err != nil {
			return AssignedExperts{}, err
		}
		p, err := plan(ctx, t, r, 0)
		if err != nil {
			return AssignedExperts{}, err
		}
		if len(p.Short) > 0 {
			refusal := award.Refuse(award.Incomplete, "domain 6.3", "experts_too_few", len(p.Short), r.Rules.ExpertsPerFile)
			for _, id := range p.Short[:min(len(p.Short), shownUnmarked)] {
				refusal.Fields = append(refusal.Fields, award.Defect{Pointer: fmt.Sprintf("/applications/%d", id), Key: "experts_short"})
			}
			return AssignedExperts{}, refusal
		}
		if p.SHA256 != seen {
			return AssignedExperts{}, award.Refuse(award.Conflict, "domain 6.3", "assignment_changed")
		}
		if err := t.AddAssignments(ctx, r.ID, p.Given); err != nil {
			return AssignedExperts{}, err
		}
		if err := t.tellAssigned(ctx, r, p.Given); err != nil {
			return AssignedExperts{}, err
		}
		return AssignedExperts{len(p.Given)}, t.audit(ctx, "round/"+r.ID, "", map[string]any{"assigned": len(p.Given), "sha256": p.SHA256})
	})
}

// tellAssigned tells each expert, and nobody else, that it has files to mark.
func (t *act) tellAssigned(ctx context.Context, r Round, given []award.Assignment) error {
	stage, err := t.Stage(ctx, r.ID, r.Owner, award.StageAssessment)
	if err != nil {
		return err
	}
	files := map[int64]int{}
	for _, g := range given {
		files[g.Expert]++
	}
	var messages []Message
	for _, expert := range slices.Sorted(maps.Keys(files)) {
		messages = append(messages, Message{
			Round: r.ID, Office: r.Owner, Officer: expert, Occasion: fmt.Sprintf("assigned/%d/%d", t.id, expert), Kind: string(award.ActAssignExperts),
			Subject: fmt.Sprintf("〔需办理·截止%s〕请评审 %d 个单位", award.Until(stage.DueAt), files[expert]),
			Body:    r.Title + "：请查阅评审材料并评分，评分交出后不能更改；与单位有利害关系的，请申请回避。",
		})
	}
	_, err = t.PostAll(ctx, messages)
	return err
}

// ExpertTask is a file that an expert has to judge (评审任务), with its round.
type ExpertTask struct {
	ExpertAssignment
	Owner      int64 // the round's owner office
	RoundTitle string
	Drill      bool
	DueAt      time.Time // of the assessment, exclusive
	Open       bool      // it has still to be marked
}

// ExpertTasks lists the files assigned to the officer, in every round, in order
// of ID; of marks those it has given.
func (a *Acts) ExpertTasks(ctx context.Context, by award.Officer, after int64, limit int) ([]ExpertTask, error) {
	tasks, err := a.store.ExpertTasks(ctx, by.ID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list an expert's files: %w", err)
	}
	return slices.DeleteFunc(tasks, func(s ExpertTask) bool { return !MaySee(by, Row{Owner: s.Owner, Expert: s.Expert}) }), nil
}

// expertReads answers questions about what experts have to do.
type expertReads interface {
	// ExpertTasks lists the files of an expert in order of ID.
	ExpertTasks(ctx context.Context, expert, after int64, limit int) ([]ExpertTask, error)
}

// Assignments lists who marks what: all of a round to its owner office, to an
// expert its own. Of marks the office sees those of files for which all are in.
func (a *Acts) Assignments(ctx context.Context, by award.Officer, q AssignmentQuery) ([]ExpertAssignment, error) {
	var found []ExpertAssignment
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, q.Round)
		if err != nil {
			return err
		}
		owner := MaySee(by, r.ownerRow())
		if !owner {
			if by.ID == 0 { // the query would not narrow
				return award.Refuse(award.NotFound, "", "not_found")
			}
			q.Expert = by.ID
		}
		if found, err = tx.Assignments(ctx, q); err != nil {
			return err
		}
		if !owner && len(found) == 0 && q.After == 0 {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		all, err := tx.Assignments(ctx, AssignmentQuery{Round: q.Round, Application: q.Application})
		if err != nil {
			return err
		}
		r.open(found, byFile(all), func(s ExpertAssignment) bool { return s.Expert == by.ID })
		return nil
	})
	return found, err
}

// byFile groups the assignments that stand.
func byFile(all []ExpertAssignment) map[int64][]ExpertAssignment {
	files := make(map[int64][]ExpertAssignment)
	for _, s := range all {
		if !s.Recused {
			files[s.Application] = append(files[s.Application], s)
		}
	}
	return files
}

// open hides marks that may not be known yet: of a file for which some are
// missing, all but the caller's own; and flags what lies far from the others.
func (r Round) open(shown []ExpertAssignment, files map[int64][]ExpertAssignment, own func(ExpertAssignment) bool) {
	for i := range shown {
		s := &shown[i]
		file := files[s.Application]
		if !r.allIn(file) {
			if !own(*s) {
				s.Marks, s.Total, s.Note = nil, nil, ""
			}
			continue
		}
		totals := make([]award.Points, len(file))
		for k, f := range file {
			totals[k] = *f.Total
		}
		for k, flagged := range award.Outliers(totals, r.Rules.ExpertOutlier) {
			s.Outlier = s.Outlier || flagged && file[k].ID == s.ID
		}
	}
}

// allIn reports whether every expert of a file has handed in.
func (r Round) allIn(file []ExpertAssignment) bool {
	return len(file) >= max(1, r.Rules.ExpertsPerFile) && !slices.ContainsFunc(file, func(s ExpertAssignment) bool { return !s.Marked })
}
