package acts

import (
	"context"
	"slices"
	"strings"

	"shifan/internal/award"
)

// DepartmentOpinion is what one department says of one unit (部门意见).
type DepartmentOpinion struct {
	Application int64
	Unit        string // code
	Name        string
	Category    award.Category
	Department  string
	Asking      string // number of the letter that asked
	State       award.DepartmentState
	Answer      award.DepartmentAnswer
	Reason      string // of the decision, or why the asking ended unanswered
}

// Asking is one letter by which an office asks departments (征求意见函).
type Asking struct {
	Number      string // 函号
	AskedOn     award.Date
	DueOn       award.Date // the departments' promise: nothing is decided by it
	Departments []string
}

// departmentTx keeps what departments are asked and answer. Whoever writes
// holds the office.
type departmentTx interface {
	// AddAsking writes a letter and one open opinion for each file and
	// department that has none yet, and returns how many. award.Conflict when
	// the office has used its number.
	AddAsking(ctx context.Context, by award.Officer, round string, office int64, a Asking, files []int64) (int, error)
	// DepartmentOpinions reads what an office's files were asked about, by file
	// and department.
	DepartmentOpinions(ctx context.Context, round string, office int64) ([]DepartmentOpinion, error)
	// SaveOpinions writes opinions that the office has asked for as they now stand.
	SaveOpinions(ctx context.Context, by award.Officer, office int64, opinions []DepartmentOpinion) error
}

// AskDepartmentsInput is one letter to departments.
type AskDepartmentsInput struct {
	Round, Office string
	Asking        // Departments: the office's own, beside the round's
}

// AskDepartmentsResult is whom a letter asks, about how much.
type AskDepartmentsResult struct {
	Departments []string
	Opinions    int // newly asked: units times departments
}

// AskDepartments asks departments about every unit that has not been asked about
// (征求意见, N 五(一), 五(三)): a recommending office about those that pass, until
// its package is sent; the owner office about the frozen list, until the
// candidates are fixed (domain 6.4). A further letter asks about units that came
// later.
func (a *Acts) AskDepartments(ctx context.Context, by award.Officer, key Key, in AskDepartmentsInput) (Done[AskDepartmentsResult], error) {
	return once(ctx, a, by, key, award.ActAskDepartments, in.Round, func(t *act) (AskDepartmentsResult, error) {
		var none AskDepartmentsResult
		desk, err := t.atDesk(ctx, in.Office)
		if err != nil {
			return none, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return none, err
		}
		asking := in.Asking
		defects := award.CheckDepartments("/departments", asking.Departments)
		if asking.AskedOn.Starts().After(now) {
			defects = append(defects, award.Defect{Pointer: "/asked_on", Key: "date_future", Args: []any{asking.AskedOn.String()}})
		}
		if asking.DueOn.Starts().Before(asking.AskedOn.Starts()) {
			defects = append(defects, award.Defect{Pointer: "/due_on", Key: "date_order", Args: []any{"/asked_on"}})
		}
		asking.Departments = award.WithOwn(desk.required(), asking.Departments...)
		if len(asking.Departments) == 0 {
			defects = append(defects, award.Defect{Pointer: "/departments", Key: "field_required"})
		}
		if len(defects) > 0 {
			return none, award.RefuseFields(award.Invalid, "N 五(三)", "asking_malformed", defects)
		}
		files, err := t.toAskAbout(ctx, desk)
		if err != nil {
			return none, err
		}
		asked, err := t.AddAsking(ctx, by, in.Round, desk.id, asking, files)
		if err != nil {
			return none, err
		}
		if asked == 0 {
			return none, award.Refuse(award.Conflict, "N 五(三)", "asking_nothing_new")
		}
		return AskDepartmentsResult{asking.Departments, asked}, t.audit(ctx, desk.subject("departments"), asking.Number,
			map[string]any{"departments": asking.Departments, "units": len(files), "opinions": asked})
	})
}

// AnswerInput is one answer, found by unit and department. Pointer is where it
// stands in what was sent.
type AnswerInput struct {
	Pointer    string
	Unit       string // code
	Department string
	Answer     award.DepartmentAnswer
}

// RecordOpinionsInput is answers of departments.
type RecordOpinionsInput struct {
	Round, Office string
	Answers       []AnswerInput
}

// RecordOpinionsResult is what the answers came to.
type RecordOpinionsResult struct {
	Recorded  int // new or changed
	Unchanged int
	Open      int // opinions still open afterwards
}

// RecordOpinions records answers of departments: all of them, or none and every
// defect. The same answer again changes nothing; a changed one takes the place of
// the earlier, and of what was decided about it.
func (a *Acts) RecordOpinions(ctx context.Context, by award.Officer, key Key, in RecordOpinionsInput) (Done[RecordOpinionsResult], error) {
	return a.recordOpinions(ctx, by, key, award.ActRecordOpinions, in)
}

// ImportOpinions records the answers of a workbook in the same way.
func (a *Acts) ImportOpinions(ctx context.Context, by award.Officer, key Key, in RecordOpinionsInput) (Done[RecordOpinionsResult], error) {
	return a.recordOpinions(ctx, by, key, award.ActImportOpinions, in)
}

func (a *Acts) recordOpinions(ctx context.Context, by award.Officer, key Key, name award.Act, in RecordOpinionsInput) (Done[RecordOpinionsResult], error) {
	return once(ctx, a, by, key, name, in.Round, func(t *act) (RecordOpinionsResult, error) {
		var result RecordOpinionsResult
		desk, err := t.atDesk(ctx, in.Office)
		if err != nil {
			return result, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return result, err
		}
		opinions, err := t.DepartmentOpinions(ctx, in.Round, desk.id)
		if err != nil {
			return result, err
		}
		voting, err := t.hasVoted(ctx, desk)
		if err != nil {
			return result, err
		}
		changed, err := answered(opinions, in.Answers, award.DateOf(now), voting)
		if err != nil {
			return result, err
		}
		if err := t.SaveOpinions(ctx, by, desk.id, changed); err != nil {
			return result, err
		}
		result.Recorded, result.Unchanged = len(changed), len(in.Answers)-len(changed)
		for _, o := range opinions {
			if o.State == award.DepartmentOpen {
				result.Open++
			}
		}
		objected := 0
		for _, o := range changed {
			if o.State == award.DepartmentObjected {
				objected++
			}
		}
		return result, t.audit(ctx, desk.subject("departments"), "",
			map[string]any{"recorded": result.Recorded, "objected": objected, "open": result.Open})
	})
}

// answered puts answers into the opinions they answer, returns those that
// change, and names every answer that can not be one. Once the committee votes,
// whom an objection has kept out stays out: its place may be another's (D-77).
func answered(opinions []DepartmentOpinion, answers []AnswerInput, today award.Date, voting bool) ([]DepartmentOpinion, error) {
	at := make(map[[2]string]int, len(opinions))
	for i, o := range opinions {
		at[[2]string{o.Unit, o.Department}] = i
	}
	var defects []award.Defect
	var changed []DepartmentOpinion
	seen := map[int]bool{}
	for _, in := range answers {
		i, asked := at[[2]string{in.Unit, in.Department}]
		switch {
		case !asked: // also a unit elsewhere: nobody learns what exists there
			defects = append(defects, award.Defect{Pointer: in.Pointer, Key: "opinion_not_asked", Args: []any{in.Department, in.Unit}})
			continue
		case seen[i]:
			defects = append(defects, award.Defect{Pointer: in.Pointer, Key: "opinion_twice", Args: []any{in.Department, in.Unit}})
			continue
		}
		seen[i] = true
		found := in.Answer.Check(today)
		for _, d := range found {
			d.Pointer = in.Pointer + "/" + d.Pointer
			defects = append(defects, d)
		}
		o := &opinions[i]
		if len(found) > 0 || o.saysAlready(in.Answer) {
			continue
		}
		if voting && o.State == award.DepartmentUpheld {
			defects = append(defects, award.Defect{Pointer: in.Pointer, Key: "opinion_final", Args: []any{o.Name}})
			continue
		}
		o.State, o.Answer, o.Reason = in.Answer.State(), in.Answer, ""
		changed = append(changed, *o)
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "N 五(三)", "opinions_defective", defects)
	}
	return changed, nil
}

// saysAlready reports whether the department has given just this answer.
func (o DepartmentOpinion) saysAlready(answer award.DepartmentAnswer) bool {
	given := o.State != award.DepartmentOpen && o.State != award.DepartmentUnanswered
	return given && o.Answer == answer
}

// DecideOpinionInput decides on one objection.
type DecideOpinionInput struct {
	Round, Office string
	Unit          string // code
	Department    string
	Uphold        bool   // 采纳: the unit can not be listed
	Reason        string // 不予采纳 or 采纳, with its reason
}

// DecideOpinion decides on a department's objection with a reason: set aside, or
// upheld, and then the unit can be neither listed nor recommended. It may be
// decided anew until the package is sent.
func (a *Acts) DecideOpinion(ctx context.Context, by award.Officer, key Key, in DecideOpinionInput) (Done[DepartmentOpinion], error) {
	return once(ctx, a, by, key, award.ActDecideOpinion, in.Round, func(t *act) (DepartmentOpinion, error) {
		var none DepartmentOpinion
		desk, err := t.atDesk(ctx, in.Office)
		if err != nil {
			return none, err
		}
		if strings.TrimSpace(in.Reason) == "" {
			return none, reasonRequired()
		}
		opinions, err := t.DepartmentOpinions(ctx, in.Round, desk.id)
		if err != nil {
			return none, err
		}
		i := slices.IndexFunc(opinions, func(o DepartmentOpinion) bool { return o.Unit == in.Unit && o.Department == in.Department })
		if i < 0 {
			return none, award.Refuse(award.NotFound, "N 五(三)", "opinion_not_asked", in.Department, in.Unit)
		}
		o := opinions[i]
		if !o.State.Objected() {
			return none, award.Refuse(award.Conflict, "D-45", "opinion_nothing_to_decide", o.Department, o.Name)
		}
		voting, err := t.hasVoted(ctx, desk)
		if err != nil {
			return none, err
		}
		if voting && o.State == award.DepartmentUpheld {
			return none, award.Refuse(award.Conflict, "D-77", "opinion_final", o.Name)
		}
		o.State, o.Reason = award.DepartmentSetAside, in.Reason
		if in.Uphold {
			o.State = award.DepartmentUpheld
		}
		if err := t.SaveOpinions(ctx, by, desk.id, []DepartmentOpinion{o}); err != nil {
			return none, err
		}
		return o, t.audit(ctx, fileSubject(o.Application), in.Reason, map[string]any{"department": o.Department, "decision": o.State})
	})
}

// EndAskingInput ends the asking of one department.
type EndAskingInput struct {
	Round, Office string
	Department    string
	Minutes       string // the minuted meeting and its reason
}

// EndAskingResult is how many opinions stay unanswered.
type EndAskingResult struct {
	Unanswered int
}

// EndAsking ends the asking of a department that has not answered everything, by
// a minuted reason (D-45): its open opinions stay 未答复 on record and bar no
// longer. An answer that still comes is taken as any other.
func (a *Acts) EndAsking(ctx context.Context, by award.Officer, key Key, in EndAskingInput) (Done[EndAskingResult], error) {
	return once(ctx, a, by, key, award.ActEndAsking, in.Round, func(t *act) (EndAskingResult, error) {
		var none EndAskingResult
		desk, err := t.atDesk(ctx, in.Office)
		if err != nil {
			return none, err
		}
		if strings.TrimSpace(in.Minutes) == "" {
			return none, reasonRequired()
		}
		opinions, err := t.DepartmentOpinions(ctx, in.Round, desk.id)
		if err != nil {
			return none, err
		}
		var ended []DepartmentOpinion
		for _, o := range opinions {
			if o.Department == in.Department && o.State == award.DepartmentOpen {
				o.State, o.Reason = award.DepartmentUnanswered, in.Minutes
				ended = append(ended, o)
			}
		}
		if len(ended) == 0 {
			return none, award.Refuse(award.Conflict, "D-45", "asking_nothing_open", in.Department)
		}
		if err := t.SaveOpinions(ctx, by, desk.id, ended); err != nil {
			return none, err
		}
		return EndAskingResult{len(ended)}, t.audit(ctx, desk.subject("departments"), in.Minutes,
			map[string]any{"department": in.Department, "unanswered": len(ended)})
	})
}

// toAskAbout returns the files that an office asks departments about.
func (t *act) toAskAbout(ctx context.Context, d desk) ([]int64, error) {
	var ids []int64
	if d.national {
		files, err := t.NationalFiles(ctx, t.round, nil, award.FileReviewed, award.FileMarked)
		for _, f := range files {
			ids = append(ids, f.ID)
		}
		return ids, err
	}
	files, err := t.ProvinceFiles(ctx, t.round, d.id,
		award.FileInspected, award.FileProposed, award.FileNoticedLocally, award.FileRecommended)
	for _, f := range files {
		if f.contender(d.round.Rules).Passed {
			ids = append(ids, f.ID)
		}
	}
	return ids, err
}

// Opinions reads what departments were asked by an office and answered; of one
// department alone when it is named.
func (a *Acts) Opinions(ctx context.Context, by award.Officer, round, office, department string) ([]DepartmentOpinion, error) {
	var opinions []DepartmentOpinion
	err := a.readDesk(ctx, by, round, office, func(tx Tx, d desk) error {
		var err error
		opinions, err = tx.DepartmentOpinions(ctx, round, d.id)
		return err
	})
	if department != "" {
		opinions = slices.DeleteFunc(opinions, func(o DepartmentOpinion) bool { return o.Department != department })
	}
	return opinions, err
}

// barred notes on each file which departments bar it: asked and not cleared, or
// not asked though the round or the office asks them (D-45).
func barred(ctx context.Context, tx Tx, round Round, office int64, files []ProvinceFile) error {
	said, err := departmentsOf(ctx, tx, desk{round: round, id: office})
	if err != nil {
		return err
	}
	for i := range files {
		files[i].Barred = said.where(files[i].ID, award.DepartmentState.Bars)
	}
	return nil
}

// said is what departments say of an office's files.
type said struct {
	asked  []string
	states map[int64]map[string]award.DepartmentState
}

// departmentsOf reads what departments say of an office's files. Those that the
// round requires are open for a file they were never asked about.
func departmentsOf(ctx context.Context, tx Tx, d desk) (said, error) {
	opinions, err := tx.DepartmentOpinions(ctx, d.round.ID, d.id)
	if err != nil {
		return said{}, err
	}
	s := said{asked: d.required(), states: map[int64]map[string]award.DepartmentState{}}
	for _, o := range opinions {
		if s.states[o.Application] == nil {
			s.states[o.Application] = map[string]award.DepartmentState{}
		}
		s.states[o.Application][o.Department] = o.State
		s.asked = award.WithOwn(s.asked, o.Department)
	}
	return s, nil
}

// where returns the departments whose opinion of a file is in such a state.
func (s said) where(file int64, is func(award.DepartmentState) bool) []string {
	var departments []string
	for _, department := range s.asked {
		state, known := s.states[file][department]
		if !known {
			state = award.DepartmentOpen
		}
		if is(state) {
			departments = append(departments, department)
		}
	}
	return departments
}

// cleared says whether no department bars the unit.
func (f ProvinceFile) cleared() error {
	if len(f.Barred) == 0 {
		return nil
	}
	return award.Refuse(award.Incomplete, "D-45", "department_bars", f.Name, strings.Join(f.Barred, "、"))
}
