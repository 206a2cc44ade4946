package acts

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// Title is a title given (荣誉称号).
type Title struct {
	Number      string
	Round       string
	Application int64
	Unit        int64
	Code        string
	Name        string
	Category    award.Category
	Text        string // whole, as printed
	Drill       bool   // outside the register of titles
	NamedOn     award.Date
	State       string
}

// decisionTx keeps candidates, the decision and its titles.
type decisionTx interface {
	// FixCandidates records that the round's candidates are fixed.
	FixCandidates(ctx context.Context, round string) error
	// NationalNotice reads the latest national notice of a round; state empty
	// when there is none.
	NationalNotice(ctx context.Context, round string) (Notice, error)
	// ToName reads the files that may be named: noticed nationally, not suspended,
	// by category and code.
	ToName(ctx context.Context, round string) ([]Title, error)
	// HoldsTitleOf reports whether a unit holds a title of the category, in force,
	// that one of the offices has given; drills look at drills' titles alone.
	HoldsTitleOf(ctx context.Context, unit int64, category award.Category, offices []int64, drill bool) (bool, error)
	// AddTitles writes titles.
	AddTitles(ctx context.Context, titles []Title) error
	// Decide records the decision; the round's row is held.
	Decide(ctx context.Context, round, number string, date award.Date) error
	// Titles reads a round's titles in the order of lists (D-09); of one
	// category unless it is empty.
	Titles(ctx context.Context, round string, category award.Category) ([]Title, error)
}

// DecideInput is the Ministry's decision (命名表彰决定).
type DecideInput struct {
	Round  string
	Number string
	Date   award.Date
}

// DecideResult is how many of each category are named.
type DecideResult struct {
	Named map[award.Category]int
}

// Decide records the decision of naming and commendation (N 四(四)): the units
// before which the national notice has ended, short of those suspended, get
// their titles. A suspended unit's place waits for its ruling.
func (a *Acts) Decide(ctx context.Context, by award.Officer, key Key, in DecideInput) (Done[DecideResult], error) {
	return once(ctx, a, by, key, award.ActDecide, in.Round, func(t *act) (DecideResult, error) {
		round, err := t.lockOwned(ctx)
		if err != nil {
			return DecideResult{}, err
		}
		if err := t.mayDecide(ctx, round, in); err != nil {
			return DecideResult{}, err
		}
		titles, err := t.ToName(ctx, in.Round)
		if err != nil {
			return DecideResult{}, err
		}
		named := numberTitles(round, titles, in.Date)
		for _, c := range round.Categories {
			if named[c.Category] > c.Quota.Places { // candidates never exceed it: a fault of ours
				return DecideResult{}, fmt.Errorf("decide round %s: %d %s for %d places", round.ID, named[c.Category], c.Category, c.Quota.Places)
			}
		}
		files := make([]int64, len(titles))
		for i, title := range titles {
			files[i] = title.Application
		}
		if err := t.moveAll(ctx, files, award.FileNamed, in.Number); err != nil {
			return DecideResult{}, err
		}
		if err := t.AddTitles(ctx, titles); err != nil {
			return DecideResult{}, err
		}
		if err := t.Decide(ctx, in.Round, in.Number, in.Date); err != nil {
			return DecideResult{}, err
		}
		if err := t.audit(ctx, "round/"+in.Round, in.Number, map[string]any{"date": in.Date.String(), "named": named}); err != nil {
			return DecideResult{}, err
		}
		return DecideResult{Named: named}, t.tellRound(ctx, award.StageCommendation)
	})
}

func (t *act) mayDecide(ctx context.Context, round Round, in DecideInput) error {
	if !round.DecidedAt.IsZero() {
		return award.Refuse(award.Conflict, "N 四(四)", "decided", round.DecisionNumber)
	}
	notice, err := t.NationalNotice(ctx, in.Round)
	if err != nil {
		return err
	}
	if notice.State != award.NoticeEnded {
		return award.Refuse(award.Conflict, "N 四(四)", "notice_not_ended")
	}
	now, err := t.Now(ctx)
	if err != nil {
		return err
	}
	if in.Date.Starts().After(now) {
		return award.Refuse(award.Invalid, "N 四(四)", "decision_date_future", in.Date.String())
	}
	return nil
}

// numberTitles gives each unit its number and whole title, in the order of
// lists (D-09), and counts them.
func numberTitles(round Round, titles []Title, date award.Date) map[award.Category]int {
	named := map[award.Category]int{}
	texts := map[award.Category]string{}
	for _, c := range round.Categories {
		named[c.Category], texts[c.Category] = 0, c.Title
	}
	for i := range titles {
		title := &titles[i]
		named[title.Category]++
		title.Number = award.TitleNumber(round.ID, round.Drill, title.Category, named[title.Category])
		title.Round, title.Text, title.Drill, title.NamedOn = round.ID, texts[title.Category], round.Drill, date
	}
	return named
}

// Titles reads the units a round has named, for whoever may read the round.
func (a *Acts) Titles(ctx context.Context, by award.Officer, round string, category award.Category) ([]Title, error) {
	r, err := a.store.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	if err := a.maySeeRound(ctx, by, r); err != nil {
		return nil, err
	}
	var titles []Title
	err = a.store.InTx(ctx, func(tx Tx) error {
		titles, err = tx.Titles(ctx, round, category)
		return err
	})
	return titles, err
}

// PublicTitle verifies a title by its number, for anyone.
func (a *Acts) PublicTitle(ctx context.Context, number string) (Title, error) {
	return a.store.PublicTitle(ctx, number)
}
