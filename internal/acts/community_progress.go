package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// communityProgressTx counts and confirms what communities report of a year.
type communityProgressTx interface {
	// ConfirmYearFacts keeps the county office's word on a revision of facts;
	// award.Stale when they have changed meanwhile.
	ConfirmYearFacts(ctx context.Context, by award.Officer, unit int64, year, revision int, meets bool) error
	// CommunityProgress counts the communities and villages of a year below an
	// office: for each office directly below it, and for itself what is below no
	// other.
	CommunityProgress(ctx context.Context, office int64, year int) ([]CommunityProgress, error)
}

// ConfirmFacts is the county office's word on what a community reported.
type ConfirmFacts struct {
	Unit     string // code
	Year     int
	Revision int  // the one seen
	Meets    bool // 管理有序、服务完善、文明祥和 (O 二)
}

// ConfirmFacts confirms what a community reported of a year (县级确认, domain 10),
// and says whether it meets the standard. Facts that change afterwards need it
// anew (D-86).
func (a *Acts) ConfirmFacts(ctx context.Context, by award.Officer, key Key, in ConfirmFacts) (Done[YearFacts], error) {
	return once(ctx, a, by, key, award.ActConfirmFacts, "", func(t *act) (YearFacts, error) {
		unit, err := registerUnit(ctx, t.Tx, in.Unit)
		if err != nil {
			return YearFacts{}, err
		}
		row := unit.Row()
		row.Waiting, _ = award.ConfirmingOffice(unit.Kind, unit.Path)
		if err := Can(by, t.name, row); err != nil {
			return YearFacts{}, err
		}
		f, err := t.YearFacts(ctx, unit.ID, in.Year, in.Year)
		if err != nil {
			return YearFacts{}, err
		}
		if f.Revision == 0 {
			return YearFacts{}, award.Refuse(award.NotFound, "domain 10", "facts_none", unit.Name, in.Year)
		}
		if err := t.ConfirmYearFacts(ctx, by, unit.ID, in.Year, in.Revision, in.Meets); err != nil {
			return YearFacts{}, err
		}
		f.UnitCode, f.UnitName, f.Confirmed, f.Meets = unit.Code, unit.Name, true, in.Meets
		return f, t.audit(ctx, fmt.Sprintf("facts/%d/%d", unit.ID, in.Year), "", map[string]any{
			"revision": in.Revision, "meets": in.Meets,
		})
	})
}

// CommunityProgress is what the communities of one office's area have come to:
// all of them, which O's targets are about, and by kind (D-116).
type CommunityProgress struct {
	OfficeCode string
	OfficeName string
	award.CommunityCounts
	Urban award.CommunityCounts // 社区: residents' committees
	Rural award.CommunityCounts // 村
}

// SumProgress returns the counts of all areas together.
func SumProgress(areas []CommunityProgress) CommunityProgress {
	var sum CommunityProgress
	for _, a := range areas {
		sum.CommunityCounts = sum.Add(a.CommunityCounts)
		sum.Urban, sum.Rural = sum.Urban.Add(a.Urban), sum.Rural.Add(a.Rural)
	}
	return sum
}

// CommunityProgress counts a year's communities below an office the officer may
// see, office by office (社区建设进展); "" is the officer's own, 0 this year.
func (a *Acts) CommunityProgress(ctx context.Context, by award.Officer, office string, year int) (int, []CommunityProgress, error) {
	if office == "" {
		office = by.OfficeCode
	}
	var progress []CommunityProgress
	err := a.store.InTx(ctx, func(tx Tx) error {
		u, err := registerUnit(ctx, tx, office)
		if err != nil {
			return err
		}
		if !MaySee(by, u.Row()) {
			return award.Refuse(award.NotFound, "", "unit_unknown_now", office)
		}
		if year == 0 {
			now, err := tx.Now(ctx)
			if err != nil {
				return err
			}
			year = award.DateOf(now).Year
		}
		progress, err = tx.CommunityProgress(ctx, u.ID, year)
		return err
	})
	return year, progress, err
}

// progressLasts is how long the public is shown a count of the whole nation: it
// asks without a key, and counting half a million communities takes seconds (D-105).
const progressLasts = time.Minute

// PublicProgress counts a year's communities province by province, for anyone; 0
// is this year. What is shown is a minute old at most.
func (a *Acts) PublicProgress(ctx context.Context, year int) (int, []CommunityProgress, error) {
	now, err := a.Now(ctx)
	if err != nil {
		return year, nil, err
	}
	if year == 0 {
		year = award.DateOf(now).Year
	}
	progress, err := a.progress.get(ctx, year, now, func() ([]CommunityProgress, error) {
		var progress []CommunityProgress
		err := a.store.InTx(ctx, func(tx Tx) error {
			nation, err := registerUnit(ctx, tx, award.CodeNation)
			if err != nil {
				return err
			}
			progress, err = tx.CommunityProgress(ctx, nation.ID, year)
			return err
		})
		return progress, err
	})
	return year, progress, err
}
