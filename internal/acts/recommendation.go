package acts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"shifan/internal/award"
)

// recommendationTx keeps what offices recommend, under their limits.
type recommendationTx interface {
	// LockProvinceFiles reads what ProvinceFiles does and holds the files until
	// the end: none is withdrawn or suspended meanwhile.
	LockProvinceFiles(ctx context.Context, round string, office int64, states ...award.FileState) ([]ProvinceFile, error)
	// LockLimits holds an office's limits until the end and returns them.
	LockLimits(ctx context.Context, round string, office int64) (map[award.Category]int, error)
	// ReplaceRecommendations writes an office's cut in place of its earlier one,
	// as the next revision. The caller holds the office.
	ReplaceRecommendations(ctx context.Context, round string, office int64, cut []Recommended) error
}

// Recommended is one unit of the cut.
type Recommended struct {
	Application int64
	Category    award.Category
	Position    int // in the office's order of the category, from 1
}

// RecommendInput is the cut, in the office's own order.
type RecommendInput struct {
	Round, Office string
	Revision      int // of the cut seen; 0: there was none
	Applications  []int64
	Minutes       string // required for a tie across the limit or a departure from the rank
}

// RecommendResult is how many of each category are recommended.
type RecommendResult struct {
	Revision    int // of the cut
	Recommended map[award.Category]int
}

// Recommend makes the cut to the recommendation limit (N 四(二)), after public
// notice: only units that were noticed, never more than the limit, fewer when
// the office wants (宁缺勿滥). It replaces the office's earlier cut, which the
// officer must have seen, until the package is sent, also after a return.
func (a *Acts) Recommend(ctx context.Context, by award.Officer, key Key, in RecommendInput) (Done[RecommendResult], error) {
	return once(ctx, a, by, key, award.ActRecommend, in.Round, func(t *act) (RecommendResult, error) {
		round, office, err := t.behindGate(ctx, in.Office)
		if err != nil {
			return RecommendResult{}, err
		}
		if err := office.MustBeWorking(); err != nil {
			return RecommendResult{}, err
		}
		if in.Revision != office.CutRevision {
			return RecommendResult{}, award.Outdated()
		}
		files, err := t.LockProvinceFiles(ctx, in.Round, office.ID, award.FileProposed, award.FileNoticedLocally, award.FileRecommended)
		if err != nil {
			return RecommendResult{}, err
		}
		limits, err := t.LockLimits(ctx, in.Round, office.ID)
		if err != nil {
			return RecommendResult{}, err
		}
		if err := barred(ctx, t, round, office.ID, files); err != nil {
			return RecommendResult{}, err
		}
		noticed, held := splitHeld(files)
		cut, err := checkCut(round, limits, noticed, held, in)
		if err != nil {
			return RecommendResult{}, err
		}
		if err := t.moveCut(ctx, noticed, cut, in.Minutes); err != nil {
			return RecommendResult{}, err
		}
		if err := t.ReplaceRecommendations(ctx, in.Round, office.ID, cut); err != nil {
			return RecommendResult{}, err
		}
		result := RecommendResult{Revision: office.CutRevision + 1, Recommended: map[award.Category]int{}}
		for _, c := range round.Categories {
			result.Recommended[c.Category] = 0
		}
		for _, r := range cut {
			result.Recommended[r.Category]++
		}
		if err := t.audit(ctx, officeSubject(office), in.Minutes, result); err != nil {
			return RecommendResult{}, err
		}
		return result, t.tellOffice(ctx, office.Code, award.StageRecommendation)
	})
}

// splitHeld tells the files that were noticed from those whose notice an
// objection holds up: suspended, they hold their places (domain 5.6).
func splitHeld(files []ProvinceFile) (noticed, held []ProvinceFile) {
	for _, f := range files {
		switch {
		case f.State != award.FileProposed:
			noticed = append(noticed, f)
		case f.Suspended:
			held = append(held, f)
		}
	}
	return noticed, held
}

// placesHeld names the suspended units of a category that rank within its limit
// among those that were noticed.
func placesHeld(category award.Category, places int, contenders []award.Contender, held []ProvinceFile) []string {
	names := map[int64]string{}
	all := slices.Clone(contenders)
	for _, f := range held {
		if f.Category == category && len(f.Barred) == 0 {
			names[f.ID], all = f.Name, append(all, f.noticedContender())
		}
	}
	var within []string
	for _, r := range award.Rank(all) {
		if name, is := names[r.Application]; is && r.Rank <= places {
			within = append(within, name)
		}
	}
	return within
}

// checkCut checks every unit of a cut at once, then each category against its
// limit and the rank. A suspended unit holds its place unless the office cuts
// without it with a reason, in minutes.
func checkCut(round Round, limits map[award.Category]int, noticed, held []ProvinceFile, in RecommendInput) ([]Recommended, error) {
	byID := make(map[int64]ProvinceFile, len(noticed))
	contenders := map[award.Category][]award.Contender{}
	for _, f := range noticed {
		byID[f.ID] = f
		if !f.Suspended {
			contenders[f.Category] = append(contenders[f.Category], f.noticedContender())
		}
	}

	var defects []award.Defect
	var cut []Recommended
	taken := map[award.Category][]award.Contender{}
	seen := map[int64]bool{}
	for i, id := range in.Applications {
		say := func(key string, args ...any) {
			defects = append(defects, award.Defect{Pointer: fmt.Sprintf("/applications/%d", i), Key: key, Args: args})
		}
		f, known := byID[id]
		switch {
		case !known: // never noticed, removed since, or another office's
			say("cut_not_noticed")
		case seen[id]:
			say("item_twice", f.Name)
		case f.Suspended && f.State != award.FileRecommended: // one that is in holds its place
			say("item_suspended", f.Name)
		case len(f.Barred) > 0:
			refusal, _ := errors.AsType[*award.Error](f.cleared())
			say(refusal.Key, refusal.Args...)
		default:
			taken[f.Category] = append(taken[f.Category], f.noticedContender())
			cut = append(cut, Recommended{Application: id, Category: f.Category, Position: len(taken[f.Category])})
		}
		seen[id] = true
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Conflict, "N 四(二)", "cut_defective", defects)
	}
	if in.Minutes == "" {
		for _, f := range noticed {
			if f.Suspended && f.State == award.FileRecommended && !seen[f.ID] {
				return nil, award.Refuse(award.Incomplete, "domain 5.6", "cut_leaves_suspended", f.Name)
			}
		}
	}
	for _, c := range round.Categories {
		places := limits[c.Category]
		if c.Quota.Ratio == 0 { // city alone: no ratio, no limit (N 二)
			places = len(taken[c.Category])
		}
		if err := award.CheckCut(c.Category, places, taken[c.Category], contenders[c.Category], in.Minutes); err != nil {
			return nil, err
		}
		if in.Minutes != "" || c.Quota.Ratio == 0 {
			continue
		}
		if names := placesHeld(c.Category, places, contenders[c.Category], held); len(names) > 0 && len(taken[c.Category])+len(names) > places {
			return nil, award.Refuse(award.Incomplete, "domain 5.6", "cut_leaves_suspended", strings.Join(names, "、"))
		}
	}
	return cut, nil
}

// noticedContender is a noticed file as the cut ranks it: it passed before it
// was adopted, and passes unless a department bars it since.
func (f ProvinceFile) noticedContender() award.Contender {
	return award.Contender{Application: f.ID, Unit: f.Code, Score: f.Total, Passed: len(f.Barred) == 0}
}

// moveCut moves what enters the cut up and what it leaves out back.
func (t *act) moveCut(ctx context.Context, noticed []ProvinceFile, cut []Recommended, minutes string) error {
	in := make(map[int64]bool, len(cut))
	for _, r := range cut {
		in[r.Application] = true
	}
	var up, back []int64
	for _, f := range noticed {
		switch {
		case in[f.ID] && f.State == award.FileNoticedLocally:
			up = append(up, f.ID)
		case !in[f.ID] && f.State == award.FileRecommended:
			back = append(back, f.ID)
		}
	}
	if err := t.moveAll(ctx, up, award.FileRecommended, minutes); err != nil {
		return err
	}
	return t.moveAll(ctx, back, award.FileNoticedLocally, minutes)
}
