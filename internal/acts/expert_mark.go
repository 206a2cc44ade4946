package acts

import (
	"context"
	"fmt"
	"strings"

	"shifan/internal/award"
)

// Marking is what an expert gets to see of a file it is assigned (评审材料).
type Marking struct {
	ExpertAssignment
	Form     map[string]string
	Self     []award.Points // 自评
	Province []award.Points // 省级考核
	Finding  string         // of the province's inspection
	Survey   *Survey        // nil: there is none
	Evidence []EvidenceUse  // of the self-check: what the expert may open
	Category RoundCategory
	Rules    award.Rules
	Draft    ExpertDraft        // its own, not handed in yet
	Others   []ExpertAssignment // once the own marks and all others' are in
}

// Marking reads what an expert sees of one file: its materials, its own marks,
// and the others' once all are in.
func (a *Acts) Marking(ctx context.Context, by award.Officer, round string, application int64) (Marking, error) {
	var m Marking
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		m = Marking{Rules: r.Rules}
		all, err := tx.Assignments(ctx, AssignmentQuery{Round: round, Application: application})
		if err != nil {
			return err
		}
		files := byFile(all)
		r.open(all, files, func(s ExpertAssignment) bool { return s.Expert == by.ID })
		for _, s := range all {
			switch {
			case s.Expert == by.ID && !s.Recused && MaySee(by, Row{Owner: r.Owner, Expert: s.Expert}):
				m.ExpertAssignment = s
			case !s.Recused && r.allIn(files[application]):
				m.Others = append(m.Others, s)
			}
		}
		if m.ID == 0 {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		if m.Draft, err = tx.ExpertDraft(ctx, m.ID); err != nil {
			return err
		}
		m.Category, err = r.Category(m.ExpertAssignment.Category)
		return err
	})
	if err != nil {
		return Marking{}, err
	}
	f, err := a.store.File(ctx, round, application)
	if err != nil {
		return Marking{}, err
	}
	columns, err := a.store.MarkColumns(ctx, application)
	if err != nil {
		return Marking{}, err
	}
	m.Form, m.Self, m.Province, m.Finding = f.Form, columns.Self, columns.Province, columns.Finding
	m.Evidence, err = a.store.EvidenceUses(ctx, EvidenceUsesQuery{Round: round, Unit: f.Unit, Of: f.Category, Limit: mostProofs})
	if err != nil {
		return Marking{}, err
	}
	survey, err := a.store.Survey(ctx, application)
	if award.CodeOf(err) == award.NotFound {
		return m, nil
	}
	if err == nil {
		survey.judge(m.Rules, f.Category)
		m.Survey = &survey
	}
	return m, err
}

// mostProofs is how many pieces of evidence an expert is shown of one file: more
// than its unit has space for, unless they are tiny.
const mostProofs = 1000

// GiveExpertMarks is what an expert makes of a file.
type GiveExpertMarks struct {
	Round       string
	Application int64
	Marks       []award.Points
	Note        string
}

// ExpertDraft is marks of a file that its expert has not handed in (评分草稿, D-114).
type ExpertDraft struct {
	Marks []award.Points // nil: there is none; award.Blank where nothing is typed yet
	Note  string
}

// SaveExpertMarks keeps marks that an expert has not handed in (评分草稿, D-114): what
// is blank can be filled in later. Nobody else reads them.
func (a *Acts) SaveExpertMarks(ctx context.Context, by award.Officer, key Key, in GiveExpertMarks) (Done[SavedMarks], error) {
	return once(ctx, a, by, key, award.ActSaveExpertMarks, in.Round, func(t *act) (SavedMarks, error) {
		_, s, _, err := t.marking(ctx, in, false)
		if err != nil {
			return SavedMarks{}, err
		}
		if err := t.SaveExpertDraft(ctx, s.ID, ExpertDraft{in.Marks, in.Note}); err != nil {
			return SavedMarks{}, err
		}
		blank := 0
		for _, mark := range in.Marks {
			if mark == award.Blank {
				blank++
			}
		}
		return SavedMarks{Blank: blank}, t.audit(ctx, fileSubject(in.Application), "", nil)
	})
}

// SavedMarks is how much of a draft is still to be filled in.
type SavedMarks struct {
	Blank int // indicators
}

// ExpertTotal is what an expert's marks come to.
type ExpertTotal struct {
	Total award.Points
}

// GiveExpertMarks hands in an expert's marks of a file it is assigned (专家评分,
// domain 6.3). They are final: nobody's are known before all are in, and none is
// adapted to another.
func (a *Acts) GiveExpertMarks(ctx context.Context, by award.Officer, key Key, in GiveExpertMarks) (Done[ExpertTotal], error) {
	return once(ctx, a, by, key, award.ActGiveExpertMarks, in.Round, func(t *act) (ExpertTotal, error) {
		r, s, rule, err := t.marking(ctx, in, true)
		if err != nil {
			return ExpertTotal{}, err
		}
		total := rule.Standard.Score(in.Marks, r.Rules.PassMark).Total
		if err := t.AddExpertMarks(ctx, s.ID, in.Marks, total, in.Note); err != nil {
			return ExpertTotal{}, err
		}
		return ExpertTotal{total}, t.audit(ctx, fileSubject(in.Application), "", nil)
	})
}

// marking opens an act of an expert on its own marks: none are handed in yet, the
// file still stands, and the values fit the standard; of a draft some may be blank.
func (t *act) marking(ctx context.Context, in GiveExpertMarks, whole bool) (Round, ExpertAssignment, RoundCategory, error) {
	refused := func(err error) (Round, ExpertAssignment, RoundCategory, error) {
		return Round{}, ExpertAssignment{}, RoundCategory{}, err
	}
	r, s, err := t.assigned(ctx, in.Application)
	if err != nil {
		return refused(err)
	}
	if s.Marked {
		return refused(award.Refuse(award.Conflict, "domain 6.3", "expert_marks_final", s.Name))
	}
	files, err := t.NationalFiles(ctx, r.ID, []int64{in.Application}, award.FileReviewed, award.FileMarked)
	if err != nil {
		return refused(err)
	}
	if len(files) == 0 {
		return refused(award.Refuse(award.Conflict, "domain 6.3", "file_left", s.Name))
	}
	rule, err := r.Category(s.Category)
	if err != nil {
		return refused(err)
	}
	if defects := rule.Standard.CheckMarks(in.Marks, whole); len(defects) > 0 {
		return refused(award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects))
	}
	return r, s, rule, nil
}

// assigned opens an expert's act on a file: it is assigned to it, not recused,
// and the assessment is not complete.
func (t *act) assigned(ctx context.Context, application int64) (Round, ExpertAssignment, error) {
	r, err := t.LockRound(ctx, t.round)
	if err != nil {
		return Round{}, ExpertAssignment{}, err
	}
	own, err := t.Assignments(ctx, AssignmentQuery{Round: r.ID, Application: application, Expert: t.by.ID})
	if err != nil {
		return Round{}, ExpertAssignment{}, err
	}
	if len(own) == 0 {
		return Round{}, ExpertAssignment{}, award.Refuse(award.NotFound, "", "not_found")
	}
	s := own[0]
	if err := Can(t.by, t.name, Row{Owner: r.Owner, Expert: s.Expert}); err != nil {
		return Round{}, ExpertAssignment{}, err
	}
	if err := r.MustBeOpen(); err != nil {
		return Round{}, ExpertAssignment{}, err
	}
	if s.Recused {
		return Round{}, ExpertAssignment{}, award.Refuse(award.Conflict, "domain 6.3", "expert_recused", s.Name)
	}
	stage, err := t.Stage(ctx, r.ID, r.Owner, award.StageAssessment)
	if err != nil {
		return Round{}, ExpertAssignment{}, err
	}
	if stage.State != award.StageOpen {
		return Round{}, ExpertAssignment{}, award.Refuse(award.Conflict, "N 四(三)", "marks_complete")
	}
	return r, s, nil
}

// Recused is what a recusal came to.
type Recused struct {
	Replaced bool // another expert has the file
}

// Recuse lets an expert withdraw from a file with a reason (回避), before its marks
// or after: they do not count any more. Another takes its place if the pool has
// one; else the owner office is told and enlarges it.
func (a *Acts) Recuse(ctx context.Context, by award.Officer, key Key, in OnFile) (Done[Recused], error) {
	return once(ctx, a, by, key, award.ActRecuse, in.Round, func(t *act) (Recused, error) {
		r, s, err := t.assigned(ctx, in.Application)
		if err != nil {
			return Recused{}, err
		}
		if strings.TrimSpace(in.Reason) == "" {
			return Recused{}, reasonRequired()
		}
		if err := t.Recuse(ctx, s.ID, in.Reason); err != nil {
			return Recused{}, err
		}
		p, err := plan(ctx, t, r, in.Application)
		if err != nil {
			return Recused{}, err
		}
		if err := t.AddAssignments(ctx, r.ID, p.Given); err != nil {
			return Recused{}, err
		}
		if err := t.tellAssigned(ctx, r, p.Given); err != nil {
			return Recused{}, err
		}
		done := Recused{Replaced: len(p.Given) > 0 && len(p.Short) == 0}
		subject := "〔专家回避〕" + s.Name + "已改由其他专家评分"
		if !done.Replaced {
			subject = "〔需办理·专家回避〕" + s.Name + "没有可以接替的专家，请补充专家库后重新分配"
		}
		for _, m := range []Message{
			{Occasion: fmt.Sprintf("recused/%d", s.ID), Subject: subject, Body: "理由：" + in.Reason},
			{Officer: by.ID, Occasion: fmt.Sprintf("recused/%d/own", s.ID), Subject: "〔回避已登记〕" + s.Name, Body: "该单位不再由您评审，已交的评分不计入。"},
		} {
			m.Round, m.Office, m.Kind = r.ID, r.Owner, string(award.ActRecuse)
			if err := t.Post(ctx, m); err != nil {
				return Recused{}, err
			}
		}
		return done, t.audit(ctx, fileSubject(in.Application), in.Reason, map[string]any{"replaced": done.Replaced, "marked": s.Marked})
	})
}

// expertColumns makes the experts' column of every file for which all are in.
func expertColumns(ctx context.Context, tx Tx, r Round, application int64) (map[int64][]award.Points, error) {
	if r.Rules.ExpertsPerFile == 0 {
		return nil, nil
	}
	all, err := tx.Assignments(ctx, AssignmentQuery{Round: r.ID, Application: application})
	if err != nil {
		return nil, err
	}
	columns := make(map[int64][]award.Points)
	for id, file := range byFile(all) {
		if !r.allIn(file) {
			continue
		}
		rule, err := r.Category(file[0].Category)
		if err != nil {
			return nil, err
		}
		given := make([][]award.Points, len(file))
		for i, s := range file {
			given[i] = s.Marks
		}
		columns[id] = rule.Standard.Aggregate(given, r.Rules.ExpertTrim)
	}
	return columns, nil
}

// settleMarks makes the national marks (部级核定得分) of the experts' column, corrected
// by what visits found (domain 6.2, 6.3), for every file that has none.
func (t *act) settleMarks(ctx context.Context, r Round) error {
	columns, err := expertColumns(ctx, t, r, 0)
	if err != nil || len(columns) == 0 {
		return err
	}
	files, err := t.NationalFiles(ctx, r.ID, nil, award.FileReviewed)
	if err != nil {
		return err
	}
	ids := make([]int64, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	corrections, err := t.VisitCorrections(ctx, ids)
	if err != nil {
		return err
	}
	var settled []NationalMarks
	var moved []int64
	for _, f := range files {
		column, in := columns[f.ID]
		if !in {
			continue
		}
		rule, err := r.Category(f.Category)
		if err != nil {
			return err
		}
		settled = append(settled, NationalMarks{
			Application: f.ID, Marks: rule.Standard.Correct(column, corrections[f.ID]), Note: "专家评分",
		})
		moved = append(moved, f.ID)
	}
	if len(settled) == 0 {
		return nil
	}
	if err := t.SaveMarks(ctx, t.by, settled); err != nil {
		return err
	}
	return t.moveAll(ctx, moved, award.FileMarked, "")
}
