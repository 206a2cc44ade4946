package acts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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
	State       award.TitleState

	ID           int64  // lists go by it
	Revision     int    // raised by every move
	Decision     string // number of the decision that named it
	PlaqueNumber string
	Plaque       award.PlaqueState
	DueAt        time.Time // what happens next: award.Aftercare.Due; zero: nothing
	PlaqueDueAt  time.Time // by when the plaque is back; zero: it need not be

	Owner, Office    int64 // that gave it, and that recommended
	OwnerName        string
	OfficeCode       string
	Path             []int64 `json:"-"` // the unit's, as the round had it
	CodeNow, NameNow string  // of the unit, or of the one in whose place it goes on; empty: there is none
}

// decisionTx keeps candidates, the decision and its titles.
type decisionTx interface {
	// FixCandidates records that the round's candidates are fixed.
	FixCandidates(ctx context.Context, round string) error
	// NationalNotice reads the latest national notice of a round that has ended,
	// or while none has the latest; state empty when there is none.
	NationalNotice(ctx context.Context, round string) (Notice, error)
	// ToName reads the files that may be named: noticed nationally, not suspended,
	// by category and code. Once the round is decided also candidates whose
	// notice has ended, and whose suspension has been lifted since.
	ToName(ctx context.Context, round string) ([]Title, error)
	// HoldsTitleOf reports whether a unit holds a title of the category, in force,
	// that one of the offices has given; drills look at drills' titles alone.
	HoldsTitleOf(ctx context.Context, unit int64, category award.Category, offices []int64, drill bool) (bool, error)
	// TitlesGiven counts the titles a round has given, by category.
	TitlesGiven(ctx context.Context, round string) (map[award.Category]int, error)
	// AddDecision keeps a decision; award.Conflict when the round has one of that number.
	AddDecision(ctx context.Context, by award.Officer, round string, d Decision) error
	// AddTitles writes titles, each with the first row of its history.
	AddTitles(ctx context.Context, by award.Officer, titles []Title) error
	// Decide records the decision; the round's row is held.
	Decide(ctx context.Context, round, number string, date award.Date) error
	// Titles reads a round's titles in the order of lists (D-09); of one
	// category unless it is empty.
	Titles(ctx context.Context, round string, category award.Category) ([]Title, error)
	titleTx
}

// Decision is one decision of a round (命名表彰决定).
type Decision struct {
	Number        string
	Date          award.Date
	Supplementary bool
	Ground        string // of a supplementary one
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
		named, err := t.giveTitles(ctx, round, titles, Decision{Number: in.Number, Date: in.Date})
		if err != nil {
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
	return t.mayBeDated(ctx, notice, in.Date)
}

// mayBeDated refuses a decision dated in the future, or before the list that it
// rests on was final (公示后无异议的授予, D-118).
func (t *act) mayBeDated(ctx context.Context, notice Notice, date award.Date) error {
	now, err := t.Now(ctx)
	switch final := award.DateOf(notice.FinalAt); {
	case err != nil:
		return err
	case date.Starts().After(now):
		return award.Refuse(award.Invalid, "N 四(四)", "decision_date_future", date.String())
	case date.Starts().Before(final.Starts()):
		return award.Refuse(award.Invalid, "D-118", "decision_date_early", date.String(), notice.Number, final.String())
	}
	return nil
}

// SupplementInput is a supplementary decision (补充命名决定).
type SupplementInput struct {
	Round  string
	Number string
	Date   award.Date
	Ground string
}

// Supplement names units whose place was still waiting when the round was decided
// (domain 7): their objection was dismissed afterwards. Numbers go on where the
// decision's ended; the round may be closed already.
func (a *Acts) Supplement(ctx context.Context, by award.Officer, key Key, in SupplementInput) (Done[DecideResult], error) {
	return once(ctx, a, by, key, award.ActSupplement, in.Round, func(t *act) (DecideResult, error) {
		round, err := t.LockRound(ctx, t.round)
		if err != nil {
			return DecideResult{}, err
		}
		if err := Can(by, t.name, round.ownerRow()); err != nil {
			return DecideResult{}, err
		}
		switch {
		case round.DecidedAt.IsZero() || round.State != award.RoundOpen && round.State != award.RoundClosed:
			return DecideResult{}, award.Refuse(award.Conflict, "domain 7", "not_decided")
		case strings.TrimSpace(in.Ground) == "":
			return DecideResult{}, reasonRequired()
		case in.Date.Starts().Before(round.DecisionDate.Starts()):
			return DecideResult{}, award.Refuse(award.Invalid, "D-118", "supplement_date_early", in.Date.String(), round.DecisionNumber, round.DecisionDate.String())
		}
		notice, err := t.NationalNotice(ctx, in.Round)
		if err != nil {
			return DecideResult{}, err
		}
		if err := t.mayBeDated(ctx, notice, in.Date); err != nil {
			return DecideResult{}, err
		}
		titles, err := t.ToName(ctx, in.Round)
		if err != nil {
			return DecideResult{}, err
		}
		if len(titles) == 0 {
			return DecideResult{}, award.Refuse(award.Conflict, "domain 7", "supplement_nobody")
		}
		named, err := t.giveTitles(ctx, round, titles, Decision{Number: in.Number, Date: in.Date, Supplementary: true, Ground: in.Ground})
		if err != nil {
			return DecideResult{}, err
		}
		return DecideResult{Named: named}, t.audit(ctx, "round/"+in.Round, in.Number,
			map[string]any{"date": in.Date.String(), "named": named, "ground": in.Ground})
	})
}

// nobodyHolds refuses to give a unit a title of the category that it holds from the
// same office already (domain 6.8): by a supplementary decision of an earlier round
// it may have come while this one was under way (D-83).
func (t *act) nobodyHolds(ctx context.Context, round Round, titles []Title) error {
	units := make([]int64, len(titles))
	for i, title := range titles {
		units[i] = title.Unit
	}
	held, err := t.HeldTitles(ctx, units)
	if err != nil {
		return err
	}
	var defects []award.Defect
	for _, title := range titles {
		at := slices.IndexFunc(held, func(h Title) bool {
			return h.Unit == title.Unit && h.Category == title.Category && h.Owner == round.Owner
		})
		if at >= 0 {
			defects = append(defects, award.Defect{
				Pointer: fmt.Sprintf("/applications/%d", title.Application), Key: "title_holder", Args: []any{title.Name, held[at].Number},
			})
		}
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Conflict, "D-83", "titles_held", defects)
	}
	return nil
}

// giveTitles gives units their titles by a decision, never more than the quota,
// and returns how many of each category.
func (t *act) giveTitles(ctx context.Context, round Round, titles []Title, d Decision) (map[award.Category]int, error) {
	if err := t.nobodyHolds(ctx, round, titles); err != nil {
		return nil, err
	}
	given, err := t.TitlesGiven(ctx, round.ID)
	if err != nil {
		return nil, err
	}
	named := numberTitles(round, titles, given, d)
	for _, c := range round.Categories {
		if all := given[c.Category] + named[c.Category]; all > c.Quota.Places { // candidates never exceed it: a fault of ours
			return nil, fmt.Errorf("decide round %s: %d %s for %d places", round.ID, all, c.Category, c.Quota.Places)
		}
	}
	files := make([]int64, len(titles))
	for i, title := range titles {
		files[i] = title.Application
	}
	if err := t.moveAll(ctx, files, award.FileNamed, d.Number); err != nil {
		return nil, err
	}
	if err := t.AddDecision(ctx, t.by, round.ID, d); err != nil {
		return nil, err
	}
	return named, t.AddTitles(ctx, t.by, titles)
}

// numberTitles gives each unit its number and whole title, in the order of
// lists (D-09), after those given already, and counts them.
func numberTitles(round Round, titles []Title, given map[award.Category]int, d Decision) map[award.Category]int {
	named := map[award.Category]int{}
	texts := map[award.Category]string{}
	for _, c := range round.Categories {
		named[c.Category], texts[c.Category] = 0, c.Title
	}
	for i := range titles {
		title := &titles[i]
		named[title.Category]++
		title.Number = award.TitleNumber(round.ID, round.Drill, title.Category, given[title.Category]+named[title.Category])
		title.PlaqueNumber = award.PlaqueNumber(title.Number)
		title.Round, title.Text, title.Drill, title.NamedOn = round.ID, texts[title.Category], round.Drill, d.Date
		title.Decision, title.State, title.Plaque = d.Number, award.TitleActive, award.PlaqueHeld
		title.DueAt = round.Rules.Aftercare.Due(award.TitleActive, d.Date)
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
	title, err := a.store.PublicTitle(ctx, number)
	if err != nil {
		return Title{}, err
	}
	err = a.store.InTx(ctx, func(tx Tx) error {
		now, err := tx.Now(ctx)
		title.Plaque = title.Plaque.At(now, title.PlaqueDueAt)
		return err
	})
	return title, err
}
