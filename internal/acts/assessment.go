package acts

import (
	"context"
	"fmt"
	"slices"

	"shifan/internal/award"
)

// NationalFile is a file before the nation.
type NationalFile struct {
	ID       int64
	Unit     int64
	Code     string
	Name     string
	Category award.Category
	Office   string // code of the recommending office
	State    award.FileState
	Marks    []award.Points // 部级核定得分; nil: none
	Scored   bool
	Total    award.Points
	Passed   bool

	Path         []int64 // the unit's: root … itself
	Recommending int64   // office

	Unheard []string // departments that have not answered, or whose objection is not decided; only where it is asked for
	Upheld  []string // departments whose objection was followed
}

// frozen is the file as the frozen list has it.
func (f NationalFile) frozen() award.FrozenUnit {
	return award.FrozenUnit{Listed: award.Listed{Category: f.Category, Code: f.Code, Name: f.Name}, Office: f.Office}
}

// NationalMarks are one unit's marks by the owner office.
type NationalMarks struct {
	Application int64
	Marks       []award.Points
	Note        string
}

// FileScore is what one file's marks come to.
type FileScore struct {
	Application int64
	award.Score
}

// FileFailure is a file that a batch could not deal with, and why.
type FileFailure struct {
	Application int64
	Reason      string // message key
}

// assessmentTx keeps the frozen list, its marks and its scores.
type assessmentTx interface {
	spotCheckTx
	expertTx
	// OfficesUnsettled counts recommending offices whose package is not
	// accepted and that are not closed by name.
	OfficesUnsettled(ctx context.Context, round string) (int, error)
	// NationalFiles reads the files of a round in the states; of the given ones
	// alone when any is named.
	NationalFiles(ctx context.Context, round string, files []int64, states ...award.FileState) ([]NationalFile, error)
	// FreezeList keeps the frozen list's hash; the round's row is held.
	FreezeList(ctx context.Context, round string, sha256 []byte) error
	// SaveMarks writes marks, a new revision where a unit has some already.
	SaveMarks(ctx context.Context, by award.Officer, marks []NationalMarks) error
	// Unmarked reads the first units of the frozen list without marks, and
	// counts all of them.
	Unmarked(ctx context.Context, round string, limit int) ([]NationalFile, int, error)
	// PageOfMarks reads the files of a page that stand to be scored.
	PageOfMarks(ctx context.Context, p award.Page) ([]NationalFile, error)
	// SaveScores writes scores and the page's failures; the same again changes
	// nothing, and a file scored now is no failure any more.
	SaveScores(ctx context.Context, p award.Page, owner int64, scores []FileScore, failures []FileFailure) error
	// FinishScore records that the frozen list is scored.
	FinishScore(ctx context.Context, round string) error
}

// lockOwned opens an act of the owner office on its own round: authorised, its
// row held, under way.
func (t *act) lockOwned(ctx context.Context) (Round, error) {
	round, err := t.LockRound(ctx, t.round)
	if err != nil {
		return Round{}, err
	}
	if err := Can(t.by, t.name, round.ownerRow()); err != nil {
		return Round{}, err
	}
	return round, round.MustBeOpen()
}

// FreezeList freezes and hashes the list of recommended units (domain 6.1) once
// every package is accepted or its office closed by name, and draws the spot
// check's sample from it: no return after that. It reports false while one is not; freezing again changes nothing.
func (a *Acts) FreezeList(ctx context.Context, round string) (bool, error) {
	frozen := false
	err := a.step(ctx, func(tx Tx) error {
		r, err := tx.LockRound(ctx, round)
		if err != nil {
			return err
		}
		if !r.ListFrozenAt.IsZero() {
			frozen = true
			return nil
		}
		if r.State != award.RoundOpen {
			return nil
		}
		if err := tx.ShutGates(ctx, round); err != nil { // an office is not reopened meanwhile
			return err
		}
		unsettled, err := tx.OfficesUnsettled(ctx, round)
		if err != nil || unsettled > 0 {
			return err
		}
		files, err := tx.NationalFiles(ctx, round, nil, award.FileReviewed)
		if err != nil {
			return err
		}
		units := make([]award.FrozenUnit, len(files))
		for i, f := range files {
			units[i] = f.frozen()
		}
		hash := award.FrozenHash(units)
		if err := tx.FreezeList(ctx, round, hash[:]); err != nil {
			return err
		}
		if err := tx.Audit(ctx, Entry{
			Round: round, Name: award.StepFreezeList, Subject: "round/" + round, Ground: "N 四(三)",
			Detail: map[string]any{"units": len(files), "sha256": fmt.Sprintf("%x", hash)},
		}); err != nil {
			return err
		}
		frozen = true
		return draw(ctx, tx, r, files, hash)
	})
	return frozen, err
}

// mostMarks is how many units one act may mark: what a desk enters or imports
// at once, all or nothing.
const mostMarks = 200

// MarkResult is how many units were marked.
type MarkResult struct {
	Marked int
}

// Mark records the national marks (部级核定得分, N 四(三)) of one or many units of
// the frozen list, all or nothing. Marks may be given anew until the owner
// office has completed them.
func (a *Acts) Mark(ctx context.Context, by award.Officer, key Key, round string, marks []NationalMarks) (Done[MarkResult], error) {
	return once(ctx, a, by, key, award.ActMark, round, func(t *act) (MarkResult, error) {
		r, err := t.assessing(ctx)
		if err != nil {
			return MarkResult{}, err
		}
		if r.Rules.ExpertsPerFile > 0 {
			return MarkResult{}, award.Refuse(award.Conflict, "domain 6.3", "marks_by_experts")
		}
		if len(marks) == 0 || len(marks) > mostMarks {
			return MarkResult{}, award.Refuse(award.Invalid, "", "marks_many", mostMarks, len(marks))
		}
		ids := make([]int64, len(marks))
		for i, m := range marks {
			ids[i] = m.Application
		}
		files, err := t.NationalFiles(ctx, round, ids, award.MovesFrom(award.ActMark, award.FileMarked)...)
		if err != nil {
			return MarkResult{}, err
		}
		visited, err := t.VisitCorrections(ctx, ids)
		if err != nil {
			return MarkResult{}, err
		}
		if err := checkNationalMarks(r, files, marks, visited); err != nil {
			return MarkResult{}, err
		}
		if err := t.SaveMarks(ctx, by, marks); err != nil {
			return MarkResult{}, err
		}
		if err := t.moveAll(ctx, ids, award.FileMarked, ""); err != nil {
			return MarkResult{}, err
		}
		return MarkResult{Marked: len(marks)}, t.audit(ctx, "round/"+round, "", map[string]any{"applications": ids})
	})
}

// checkNationalMarks checks every item at once against its category's standard
// and what a visit has found.
func checkNationalMarks(round Round, files []NationalFile, marks []NationalMarks, visited map[int64][]award.Correction) error {
	var defects []award.Defect
	seen := map[int64]bool{}
	for i, m := range marks {
		pointer := fmt.Sprintf("/items/%d", i)
		at := slices.IndexFunc(files, func(f NationalFile) bool { return f.ID == m.Application })
		switch {
		case at < 0:
			defects = append(defects, award.Defect{Pointer: pointer + "/application", Key: "mark_not_listed", Args: []any{m.Application}})
			continue
		case seen[m.Application]:
			defects = append(defects, award.Defect{Pointer: pointer + "/application", Key: "item_twice", Args: []any{files[at].Name}})
			continue
		}
		seen[m.Application] = true
		rule, err := round.Category(files[at].Category)
		if err != nil {
			return err
		}
		malformed := rule.Standard.CheckMarks(m.Marks, true)
		if len(malformed) == 0 {
			malformed = rule.Standard.CheckCorrected(m.Marks, visited[m.Application])
		}
		for _, d := range malformed {
			d.Pointer = pointer + d.Pointer
			defects = append(defects, d)
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
	}
	return nil
}

// ScorePage computes the scores of one page of the frozen list from its marks
// (domain 4, award.Standard.Score). A unit without marks, or with marks that do
// not fit its standard, is listed as a failure and does not stop the others.
// Scoring a page again leaves the same rows.
func (a *Acts) ScorePage(ctx context.Context, p award.Page) (award.PageResult, error) {
	var result award.PageResult
	err := a.step(ctx, func(tx Tx) error {
		round, err := tx.Round(ctx, p.Round)
		if err != nil {
			return err
		}
		files, err := tx.PageOfMarks(ctx, p)
		if err != nil {
			return err
		}
		scores, failures, err := scoreFiles(round, files)
		if err != nil {
			return err
		}
		result = award.PageResult{Done: len(scores), Failed: len(failures)}
		return tx.SaveScores(ctx, p, round.Owner, scores, failures)
	})
	return result, err
}

func scoreFiles(round Round, files []NationalFile) ([]FileScore, []FileFailure, error) {
	var scores []FileScore
	var failures []FileFailure
	for _, f := range files {
		rule, err := round.Category(f.Category)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case f.Marks == nil:
			failures = append(failures, FileFailure{f.ID, "unit_unmarked"})
		case len(rule.Standard.CheckMarks(f.Marks, true)) > 0:
			failures = append(failures, FileFailure{f.ID, "marks_malformed"})
		default:
			scores = append(scores, FileScore{f.ID, rule.Standard.Score(f.Marks, round.Rules.PassMark)})
		}
	}
	return scores, failures, nil
}

// FinishScore records that the frozen list is scored; again changes nothing.
func (a *Acts) FinishScore(ctx context.Context, round string) error {
	return a.step(ctx, func(tx Tx) error {
		r, err := tx.LockRound(ctx, round)
		if err != nil || !r.ScoredAt.IsZero() || r.State == award.RoundCancelled {
			return err
		}
		if err := tx.FinishScore(ctx, round); err != nil {
			return err
		}
		return tx.Audit(ctx, Entry{Round: round, Name: award.StepScore, Subject: "round/" + round, Ground: "N 四(三)"})
	})
}
