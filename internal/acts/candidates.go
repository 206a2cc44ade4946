package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"shifan/internal/award"
)

// FixCandidatesInput is the owner office's minuted decision.
type FixCandidatesInput struct {
	Round        string
	Minutes      string
	MetOn        award.Date
	ChosenOfTied []int64 // applications taken of those tied across a quota
}

// FixCandidates fixes the candidates (确定候选名单, N 四(三)): of each category the
// units that pass, best first, never more than its quota. What is tied across
// the last place is chosen by people, in minutes (D-05); a place may stay empty
// and no unit below the standard ever fills it (宁缺勿滥).
func (a *Acts) FixCandidates(ctx context.Context, by award.Officer, key Key, in FixCandidatesInput) (Done[AdoptedList], error) {
	return once(ctx, a, by, key, award.ActFixCandidates, in.Round, func(t *act) (AdoptedList, error) {
		round, err := t.lockOwned(ctx) // the quota's lock: nobody fixes beside us
		if err != nil {
			return AdoptedList{}, err
		}
		switch {
		case round.ScoredAt.IsZero():
			return AdoptedList{}, award.Refuse(award.Conflict, "N 四(三)", "not_scored")
		case !round.CandidatesAt.IsZero():
			return AdoptedList{}, award.Refuse(award.Conflict, "N 四(三)", "candidates_fixed")
		case strings.TrimSpace(in.Minutes) == "":
			return AdoptedList{}, award.RefuseFields(award.Invalid, "D-05", "minutes_required", []award.Defect{{Pointer: "/minutes", Key: "field_required"}})
		}
		if err := t.metBefore(ctx, in.MetOn); err != nil {
			return AdoptedList{}, err
		}
		files, err := t.NationalFiles(ctx, in.Round, nil, award.FileReviewed, award.FileMarked)
		if err != nil {
			return AdoptedList{}, err
		}
		chosen, err := choose(selections(round, files), in.ChosenOfTied)
		if err != nil {
			return AdoptedList{}, err
		}
		items := candidateItems(files, chosen)
		hash := award.ListHash(listed(items))
		list, err := t.AddList(ctx, in.Round, by, round.Owner, AdoptedList{
			Kind: award.ListCandidates, Minutes: in.Minutes, MetOn: in.MetOn, SHA256: hash[:], Items: items,
		})
		if err != nil {
			return AdoptedList{}, err
		}
		if err := t.FixCandidates(ctx, in.Round); err != nil { // from now on units are told the nation's marks
			return AdoptedList{}, err
		}
		if err := t.moveCandidates(ctx, files, chosen); err != nil {
			return AdoptedList{}, err
		}
		if err := t.audit(ctx, fmt.Sprintf("list/%d", list.ID), in.Minutes, map[string]any{
			"units": len(items), "chosen_of_tied": in.ChosenOfTied, "sha256": fmt.Sprintf("%x", hash),
		}); err != nil {
			return AdoptedList{}, err
		}
		return list, t.tellRound(ctx, award.StageAssessment)
	})
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
			contender := award.Contender{Application: f.ID, Unit: f.Code, Score: f.Total, Passed: f.Scored && f.Passed}
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
func (t *act) moveCandidates(ctx context.Context, files []NationalFile, chosen map[int64]bool) error {
	var in, full, below, unscored []int64
	for _, f := range files {
		switch {
		case chosen[f.ID]:
			in = append(in, f.ID)
		case !f.Scored:
			unscored = append(unscored, f.ID)
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
		files, err := tx.NationalFiles(ctx, round, nil, award.FileReviewed, award.FileMarked,
			award.FileCandidate, award.FileNotSelected, award.FileNoticedNationally, award.FileNamed)
		if err != nil {
			return err
		}
		out = Candidates{Fixed: !r.CandidatesAt.IsZero(), Categories: selections(r, files)}
		return nil
	})
	return out, err
}
