package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"shifan/internal/award"
)

// FixCandidatesInput fixes what the committee has carried. In a round where no
// committee votes it is the owner office's minuted decision.
type FixCandidatesInput struct {
	Round        string
	Minutes      string     // empty where the committee votes: its meetings'
	MetOn        award.Date // there the last meeting's
	ChosenOfTied []int64    // applications taken of those tied across a quota; there by motion alone
}

// FixCandidates fixes the candidates (确定候选名单, N 四(三)): of each category units
// that pass, that no department bars, and that the committee has taken by a
// carried motion; never more than the quota. It takes no choice of its own
// (D-79). A place may stay empty and no unit below the standard ever fills it
// (宁缺勿滥).
func (a *Acts) FixCandidates(ctx context.Context, by award.Officer, key Key, in FixCandidatesInput) (Done[AdoptedList], error) {
	return once(ctx, a, by, key, award.ActFixCandidates, in.Round, func(t *act) (AdoptedList, error) {
		round, err := t.lockOwned(ctx) // the quota's lock: nobody fixes or votes beside us
		if err != nil {
			return AdoptedList{}, err
		}
		switch {
		case round.ScoredAt.IsZero():
			return AdoptedList{}, award.Refuse(award.Conflict, "N 四(三)", "not_scored")
		case !round.CandidatesAt.IsZero():
			return AdoptedList{}, award.Refuse(award.Conflict, "N 四(三)", "candidates_fixed")
		}
		files, err := listedFiles(ctx, t, round)
		if err != nil {
			return AdoptedList{}, err
		}
		all := selections(round, files)
		if err := heard(all); err != nil {
			return AdoptedList{}, err
		}
		chosen, list, err := t.chosen(ctx, round, all, in)
		if err != nil {
			return AdoptedList{}, err
		}
		list.Kind, list.Items = award.ListCandidates, candidateItems(files, chosen)
		hash := award.ListHash(listed(list.Items))
		list.SHA256 = hash[:]
		if list, err = t.AddList(ctx, in.Round, by, round.Owner, list); err != nil {
			return AdoptedList{}, err
		}
		if err := t.FixCandidates(ctx, in.Round); err != nil { // from now on units are told the nation's marks
			return AdoptedList{}, err
		}
		if err := t.moveCandidates(ctx, files, all, chosen); err != nil {
			return AdoptedList{}, err
		}
		if err := t.audit(ctx, fmt.Sprintf("list/%d", list.ID), list.Minutes, map[string]any{
			"units": len(list.Items), "chosen_of_tied": in.ChosenOfTied, "sha256": fmt.Sprintf("%x", hash),
		}); err != nil {
			return AdoptedList{}, err
		}
		return list, t.tellRound(ctx, award.StageAssessment)
	})
}

// listedFiles reads the frozen list with what departments say of it.
func listedFiles(ctx context.Context, tx Tx, round Round) ([]NationalFile, error) {
	files, err := tx.NationalFiles(ctx, round.ID, nil, award.FileReviewed, award.FileMarked)
	if err != nil {
		return nil, err
	}
	said, err := departmentsOf(ctx, tx, desk{round: round, id: round.Owner, national: true})
	for i := range files {
		files[i].Unheard = said.where(files[i].ID, award.DepartmentState.Undecided)
		files[i].Upheld = said.where(files[i].ID, func(s award.DepartmentState) bool { return s == award.DepartmentUpheld })
	}
	return files, err
}

// passes reports whether the unit may be taken: it has reached the standard, and
// no department's objection was followed.
func (f NationalFile) passes() bool { return f.Scored && f.Passed && len(f.Upheld) == 0 }

// heard refuses to fix candidates while a department has still to answer about a
// unit that stands for a place, or its objection to be decided (D-77).
func heard(all []Selection) error {
	var defects []award.Defect
	for _, s := range all {
		for _, r := range slices.Concat(s.Placed, s.Tied) {
			if f := s.files[r.Application]; len(f.Unheard) > 0 && len(defects) < shownUndecided {
				defects = append(defects, award.Defect{
					Pointer: fmt.Sprintf("/applications/%d", f.ID), Key: "department_bars", Args: []any{f.Name, strings.Join(f.Unheard, "、")},
				})
			}
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Incomplete, "D-77", "departments_unheard", defects)
	}
	return nil
}

// shownUndecided is how many units that wait a refusal names.
const shownUndecided = 100

// chosen returns whom the committee has taken, and the list's minutes; in a round
// without one the choice of the owner office.
func (t *act) chosen(ctx context.Context, round Round, all []Selection, in FixCandidatesInput) (map[int64]bool, AdoptedList, error) {
	list := AdoptedList{Minutes: in.Minutes, MetOn: in.MetOn}
	if round.Rules.CommitteeVotes {
		if len(in.ChosenOfTied) > 0 {
			return nil, list, award.Refuse(award.Invalid, "D-79", "tie_by_motion")
		}
		return t.carried(ctx, round, all, list)
	}
	if strings.TrimSpace(in.Minutes) == "" {
		return nil, list, award.RefuseFields(award.Invalid, "D-05", "minutes_required", []award.Defect{{Pointer: "/minutes", Key: "field_required"}})
	}
	if err := t.metBefore(ctx, in.MetOn); err != nil {
		return nil, list, err
	}
	chosen, err := choose(all, in.ChosenOfTied)
	return chosen, list, err
}

// carried returns whom carried motions have taken. Nothing may still wait for the
// committee: what it has not decided is not decided.
func (t *act) carried(ctx context.Context, round Round, all []Selection, list AdoptedList) (map[int64]bool, AdoptedList, error) {
	c, err := t.Committee(ctx, t.round, round.Owner)
	if err != nil {
		return nil, list, err
	}
	if len(c.Meetings) == 0 {
		return nil, list, award.Refuse(award.Incomplete, "D-07", "committee_not_met")
	}
	if slices.ContainsFunc(c.Motions, Motion.open) {
		return nil, list, award.Refuse(award.Conflict, "D-79", "motion_waits")
	}
	last := c.Meetings[len(c.Meetings)-1]
	list.MetOn = last.MetOn
	if strings.TrimSpace(list.Minutes) == "" {
		list.Minutes = last.Minutes
	}
	candidates := map[int64]bool{}
	var defects []award.Defect
	for _, d := range agendasOf(all, c) {
		undecided, tie := d.Undecided()
		if tie {
			defects = append(defects, award.Defect{Pointer: "/ties/" + string(d.category), Key: "tie_undecided", Args: []any{d.category.FullTitle()}})
		}
		for _, id := range undecided[:min(len(undecided), shownUndecided)] {
			defects = append(defects, award.Defect{Pointer: fmt.Sprintf("/applications/%d", id), Key: "unit_undecided", Args: []any{d.unit(id).Name}})
		}
		taken := d.Taken()
		if len(taken) > d.Quota { // no motion asks for a place that is not left: a fault of ours
			return nil, list, fmt.Errorf("fix candidates of round %s: %d %s for %d places", round.ID, len(taken), d.category, d.Quota)
		}
		for _, id := range taken {
			candidates[id] = true
		}
	}
	if len(defects) > 0 {
		return nil, list, award.RefuseFields(award.Incomplete, "D-79", "committee_undecided", defects)
	}
	return candidates, list, nil
}

// Selection is who earns a place in one category.
type Selection struct {
	Category   award.Category
	Quota      int
	Placed     []award.Ranked
	Tied       []award.Ranked // across the last place: people choose (D-05)
	PlacesLeft int            // for the tied, or empty
	Below      int            // units that do not pass

	files map[int64]NationalFile
}

// File returns the file of a contender of the selection.
func (s Selection) File(application int64) NationalFile { return s.files[application] }

// selections asks the rule for each category of the round.
func selections(round Round, files []NationalFile) []Selection {
	var out []Selection
	for _, c := range round.Categories {
		s := Selection{Category: c.Category, Quota: c.Quota.Places, files: map[int64]NationalFile{}}
		var contenders []award.Contender
		for _, f := range files {
			if f.Category != c.Category {
				continue
			}
			s.files[f.ID] = f
			contender := award.Contender{Application: f.ID, Unit: f.Code, Score: f.Total, Passed: f.passes()}
			contenders = append(contenders, contender)
			if !contender.Passed {
				s.Below++
			}
		}
		ranks := map[int64]award.Ranked{}
		for _, r := range award.Rank(contenders) {
			ranks[r.Application] = r
		}
		placed, tied := award.Select(contenders, c.Quota.Places)
		for _, p := range placed {
			s.Placed = append(s.Placed, ranks[p.Application])
		}
		for _, p := range tied {
			s.Tied = append(s.Tied, ranks[p.Application])
		}
		s.PlacesLeft = c.Quota.Places - len(placed)
		out = append(out, s)
	}
	return out
}

// choose adds the chosen of the tied to those placed, by the rule.
func choose(all []Selection, chosen []int64) (map[int64]bool, error) {
	candidates := map[int64]bool{}
	mine := make([][]int64, len(all))
	for _, id := range chosen {
		at := slices.IndexFunc(all, func(s Selection) bool { _, of := s.files[id]; return of })
		at = max(at, 0) // of no category: the first one's rule refuses it
		if len(all) > 0 {
			mine[at] = append(mine[at], id)
		}
	}
	for i, s := range all {
		tied := make([]award.Contender, len(s.Tied))
		for k, r := range s.Tied {
			tied[k] = r.Contender
		}
		if err := award.ChooseTied(tied, s.PlacesLeft, mine[i]); err != nil {
			return nil, err
		}
		for _, r := range s.Placed {
			candidates[r.Application] = true
		}
		for _, id := range mine[i] {
			candidates[id] = true
		}
	}
	return candidates, nil
}

// candidateItems lists the candidates in the order every list has (D-09).
func candidateItems(files []NationalFile, chosen map[int64]bool) []ListItem {
	var items []ListItem
	for _, category := range award.Categories() {
		position := 0
		for _, f := range files { // by category and code
			if f.Category == category && chosen[f.ID] {
				position++
				items = append(items, ListItem{
					Application: f.ID, Code: f.Code, Name: f.Name, Category: category, Position: position,
				})
			}
		}
	}
	return items
}

// moveCandidates moves every file of the frozen list one way or the other, with
// the ground that its unit is told.
func (t *act) moveCandidates(ctx context.Context, files []NationalFile, all []Selection, chosen map[int64]bool) error {
	var in, refused, upheld, full, below, unscored []int64
	for _, f := range files {
		switch {
		case chosen[f.ID]:
			in = append(in, f.ID)
		case !f.Scored:
			unscored = append(unscored, f.ID)
		case len(f.Upheld) > 0:
			upheld = append(upheld, f.ID)
		case placed(all, f.ID): // and yet not taken: no motion carried it
			refused = append(refused, f.ID)
		case f.Passed:
			full = append(full, f.ID)
		default:
			below = append(below, f.ID)
		}
	}
	for _, move := range []struct {
		files  []int64
		to     award.FileState
		ground string
	}{
		{in, award.FileCandidate, "达到标准,列入候选名单"},
		{refused, award.FileNotSelected, "达到标准,评审委员会表决未通过"},
		{upheld, award.FileNotSelected, "部门反对意见已采纳"},
		{full, award.FileNotSelected, "达到标准,名额以内未入选"},
		{below, award.FileNotSelected, "部级核定得分未达到标准"},
		{unscored, award.FileNotSelected, "无部级核定得分"},
	} {
		if err := t.moveAll(ctx, move.files, move.to, move.ground); err != nil {
			return err
		}
	}
	return nil
}

// placed reports whether the rule places the unit within its quota.
func placed(all []Selection, application int64) bool {
	return slices.ContainsFunc(all, func(s Selection) bool {
		return slices.ContainsFunc(s.Placed, func(r award.Ranked) bool { return r.Application == application })
	})
}

// Candidates is who earns a place, category by category.
type Candidates struct {
	Fixed      bool
	Categories []Selection
}

// Candidates reads the selection that the rule proposes, or after it is fixed
// the same reckoned again. Only the owner office sees marks of all provinces.
func (a *Acts) Candidates(ctx context.Context, by award.Officer, round string) (Candidates, error) {
	var out Candidates
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		if !MaySee(by, r.ownerRow()) {
			return award.Refuse(award.NotFound, "", "not_found")
		}
		files, err := tx.NationalFiles(ctx, round, nil, listStates()...)
		if err != nil {
			return err
		}
		out = Candidates{Fixed: !r.CandidatesAt.IsZero(), Categories: selections(r, files)}
		return nil
	})
	return out, err
}
