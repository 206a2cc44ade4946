package acts

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"shifan/internal/award"
)

// openingTx freezes what a round runs on: register, limits and standards.
type openingTx interface {
	// Recommenders returns every office that recommends in the round by the
	// register on its registry date, with its eligible units, in D-09 order.
	Recommenders(ctx context.Context, r Round) ([]Recommender, error)
	// HasStandard reports whether a standard of the category was published that
	// a round can use whose owner has the path.
	HasStandard(ctx context.Context, owner []int64, category award.Category) (bool, error)
	// SaveRound writes state, stage, dates and the instants of the levers, and
	// counts the revision up.
	SaveRound(ctx context.Context, r Round) error

	// FreezePage copies a page of the register into the round's own. A unit
	// whose chain is broken on that day is listed as failed.
	FreezePage(ctx context.Context, r Round, p award.Page) (award.PageResult, error)
	// FreezeStandard gives a category the standard that its definition names,
	// else the latest; sample is published when there is none, nil when one must
	// exist.
	FreezeStandard(ctx context.Context, round string, owner []int64, c award.CategoryRule, sample *award.Standard) error
	// PutOffices adds the round's recommending offices with their dates, and
	// the owner office's own stage.
	PutOffices(ctx context.Context, r Round, dates award.OfficeDates) error
	// EligibleUnits counts the units of each category with a limit under each
	// recommending office.
	EligibleUnits(ctx context.Context, round string) ([]Limit, error)
	// PutLimits writes recommendation limits.
	PutLimits(ctx context.Context, round string, limits []Limit) error
	// Offices reads every recommending office, in D-09 order.
	Offices(ctx context.Context, round string) ([]Office, error)
}

// Recommender is an office that would recommend in a round.
type Recommender struct {
	Code, Name string
	Eligible   int // units of the round's categories below it
}

// OpenRound opens a draft (开启批次, N 二): its definition is final, and
// freezing the register begins.
func (a *Acts) OpenRound(ctx context.Context, by award.Officer, key Key, id string) (Done[RoundStanding], error) {
	done, err := once(ctx, a, by, key, award.ActOpenRound, id, func(t *act) (RoundStanding, error) {
		r, err := t.lever(ctx)
		if err != nil {
			return RoundStanding{}, err
		}
		if r.State, err = award.MoveRound(r.State, t.name); err != nil {
			return RoundStanding{}, err
		}
		if r.OpeningAt, err = t.Now(ctx); err != nil {
			return RoundStanding{}, err
		}
		// A draft may have lain about: its dates are held against today's clock.
		if defects := r.definition().Check(r.OpeningAt); len(defects) > 0 {
			return RoundStanding{}, award.RefuseFields(award.Invalid, "N 二", "round_defects", defects)
		}
		if err := t.mustHaveStandards(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		if err := t.mustHaveUnits(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		if err := t.SaveRound(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		if err := t.tellRound(ctx, r.Stage); err != nil {
			return RoundStanding{}, err
		}
		if err := t.tellDraft(ctx, r); err != nil {
			return RoundStanding{}, err
		}
		return t.roundDone(ctx, "", nil)
	})
	if err != nil {
		return done, err
	}
	// Chains without an active user are a warning and no hindrance (D-44).
	chains, err := a.store.OfficesWithoutOfficers(ctx, done.Result.Round, 0, 1)
	if err != nil {
		a.log.WarnContext(ctx, "chains without users not counted", "round", id, "error", err)
		return done, nil
	}
	done.Result.Unstaffed = chains.Total
	return done, nil
}

// mustHaveStandards refuses a round with a category that nobody could be held
// against (N 三).
func (t *act) mustHaveStandards(ctx context.Context, r Round) error {
	owner, err := registerUnit(ctx, t.Tx, r.OwnerCode)
	if err != nil {
		return err
	}
	for _, c := range r.Categories {
		if _, sample := award.SampleStandard(c.Category); sample || c.StandardID != 0 {
			continue
		}
		has, err := t.HasStandard(ctx, owner.Path, c.Category)
		if err != nil {
			return err
		}
		if !has {
			return award.Refuse(award.Incomplete, "N 三", "standard_missing", c.Title)
		}
	}
	return nil
}

// mustHaveUnits refuses a round whose register is missing, or in which an
// office would have nobody to recommend, naming each: a list was not imported,
// or its kinds are unsure. A round of cities alone has no limits, and not every
// office has such a city (N 二: 不定期).
func (t *act) mustHaveUnits(ctx context.Context, r Round) error {
	offices, err := t.Recommenders(ctx, r)
	if err != nil {
		return err
	}
	if len(offices) == 0 {
		return award.Refuse(award.Incomplete, "domain 9", "register_empty", r.RegistryDate.String())
	}
	limited := false
	for _, c := range r.Categories {
		limited = limited || c.Quota.Ratio > 0
	}
	var without []string
	for _, o := range offices {
		if limited && o.Eligible == 0 {
			without = append(without, o.Code+" "+o.Name)
		}
	}
	if len(without) > 0 {
		return award.Refuse(award.Incomplete, "N 四(二)", "office_without_units", strings.Join(without, "、"), r.RegistryDate.String())
	}
	return nil
}

// FreezePage copies one page of the register as of the registry date into the
// round (冻结名录, domain 9). Copying it again changes nothing; once the round is
// open its register is final.
func (a *Acts) FreezePage(ctx context.Context, p award.Page) (award.PageResult, error) {
	var result award.PageResult
	err := a.step(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, p.Round)
		if err != nil || r.State != award.RoundOpening {
			return err
		}
		result, err = tx.FreezePage(ctx, r, p)
		return err
	})
	return result, err
}

// Opened makes a round whose register is frozen open for everybody (N 二): its
// recommending offices with their dates, recommendation limits, standards and
// forms, and the sealed seed of its spot check. Doing it again changes nothing.
func (a *Acts) Opened(ctx context.Context, round string) error {
	return a.step(ctx, func(tx Tx) error {
		r, err := tx.LockRound(ctx, round)
		if err != nil || r.State != award.RoundOpening {
			return err
		}
		owner, err := registerUnit(ctx, tx, r.OwnerCode)
		if err != nil {
			return err
		}
		for _, c := range r.Categories {
			var sample *award.Standard
			if s, ok := award.SampleStandard(c.Category); ok {
				sample = &s
			}
			if err := tx.FreezeStandard(ctx, r.ID, owner.Path, c.CategoryRule, sample); err != nil {
				return err
			}
		}
		if err := tx.PutOffices(ctx, r, defaultDates(r)); err != nil {
			return err
		}
		if err := putLimits(ctx, tx, r); err != nil {
			return err
		}
		commitment, err := a.seal(ctx, tx, r)
		if err != nil {
			return err
		}
		if r.State, err = award.MoveRound(r.State, award.StepOpened); err != nil {
			return err
		}
		if r.OpenedAt, err = tx.Now(ctx); err != nil {
			return err
		}
		if err := tx.SaveRound(ctx, r); err != nil {
			return err
		}
		if err := announceOpening(ctx, tx, r); err != nil {
			return err
		}
		return tx.Audit(ctx, Entry{
			Round: r.ID, Name: award.StepOpened, Subject: "round/" + r.ID, Ground: "N 二",
			Detail: map[string]any{"spot_check_commitment": hex.EncodeToString(commitment)},
		})
	})
}

// defaultDates returns the dates an office has until they are moved for it.
func defaultDates(r Round) award.OfficeDates {
	return award.OfficeDates{
		SelfCheckCloses: r.Dates.SelfCheckCloses, ApplyCloses: r.Dates.ApplyCloses,
		Arrival:           award.Arrival(r.Calendar(), r.Rules, r.Dates.ApplyCloses, r.Dates.RecommendationDue),
		RecommendationDue: r.Dates.RecommendationDue,
	}
}

// putLimits works out how many each office may recommend (N 四(二), D-01).
func putLimits(ctx context.Context, tx Tx, r Round) error {
	limits, err := tx.EligibleUnits(ctx, r.ID)
	if err != nil {
		return err
	}
	for i := range limits {
		l := &limits[i]
		rule, err := r.Category(l.Category)
		if err != nil {
			return fmt.Errorf("work out limits: %w", err)
		}
		l.Source, l.CountedOn, l.Ratio = registerSource, r.RegistryDate, rule.Quota.Ratio
		l.Places = rule.Quota.RecommendationLimit(l.Eligible)
	}
	return tx.PutLimits(ctx, r.ID, limits)
}

// registerSource names our own count in a limit's basis.
const registerSource = "名录"

func announceOpening(ctx context.Context, tx Tx, r Round) error {
	offices, err := tx.Offices(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, o := range offices {
		err := tx.Post(ctx, Message{
			Round: r.ID, Office: o.ID, Occasion: "opened/" + r.ID, Kind: "round",
			Subject: fmt.Sprintf("〔需办理·推荐期限%s〕%s 已开启", award.Until(o.Stage.DueAt), r.Title),
			Body: fmt.Sprintf("自查截止:%s;申报截止:%s;到省截止:%s;推荐期限:%s。",
				award.Until(o.SelfCheckClosesAt), award.Until(o.ApplyClosesAt), award.Until(o.ArrivalAt), award.Until(o.Stage.DueAt)),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
