package acts

import (
	"context"
	"fmt"
	"time"

	"shifan/internal/award"
)

// YearFacts are what a unit has reported of one year (年度基本情况).
type YearFacts struct {
	Unit             int64       `json:"unit"`
	UnitCode         string      `json:"unit_code"`
	UnitName         string      `json:"unit_name"`
	Year             int         `json:"year"`
	Revision         int         `json:"revision"` // 0: nothing reported
	Facts            award.Facts `json:"facts"`
	ReportedBy       int64       `json:"reported_by"` // officer
	ReportedByOffice string      `json:"reported_by_office"`
	UpdatedAt        time.Time   `json:"updated_at"`
	Confirmed        bool        `json:"confirmed"` // by the county office, as they stand
	Meets            bool        `json:"meets"`     // the standard of O 二, as confirmed
}

// factTx keeps the facts of a year.
type factTx interface {
	// YearFacts reads a unit's newest facts of the years from the first to and
	// with the last; no revision when it reported none of them.
	YearFacts(ctx context.Context, unit int64, first, last int) (YearFacts, error)
	// SaveYearFacts writes the revision after the one that f was made from: 1
	// adds the record. award.Stale when someone else was first.
	SaveYearFacts(ctx context.Context, f YearFacts) error
	communityProgressTx
}

// ReportFacts is what a unit reports of a year.
type ReportFacts struct {
	Unit     string // code
	Year     int
	Revision int // the one seen; 0: the first
	Facts    award.Facts
}

// ReportFacts keeps what a unit reports of a year, in place of what it reported
// before. A superior may report for it. Self-checks already saved stay as they
// were until they are saved again (D-50).
func (a *Acts) ReportFacts(ctx context.Context, by award.Officer, key Key, in ReportFacts) (Done[YearFacts], error) {
	return once(ctx, a, by, key, award.ActReportFacts, "", func(t *act) (YearFacts, error) {
		unit, err := registerUnit(ctx, t.Tx, in.Unit)
		if err != nil {
			return YearFacts{}, err
		}
		if err := Can(by, t.name, unit.Row()); err != nil {
			return YearFacts{}, err
		}
		now, err := t.Now(ctx)
		if err != nil {
			return YearFacts{}, err
		}
		if defects := in.Facts.Check(in.Year, award.DateOf(now).Year); len(defects) > 0 {
			return YearFacts{}, award.RefuseFields(award.Invalid, "domain 10", "facts_malformed", defects)
		}
		f := YearFacts{
			Unit: unit.ID, UnitCode: unit.Code, UnitName: unit.Name, Year: in.Year, Revision: in.Revision + 1,
			Facts: in.Facts, ReportedBy: by.ID, ReportedByOffice: by.OfficeCode, UpdatedAt: now,
		}
		if err := t.SaveYearFacts(ctx, f); err != nil {
			return YearFacts{}, err
		}
		return f, t.audit(ctx, fmt.Sprintf("facts/%d/%d", unit.ID, in.Year), "", map[string]any{
			"revision": f.Revision, "facts": f.Facts,
		})
	})
}

// YearFacts returns what a unit has reported of a year.
func (a *Acts) YearFacts(ctx context.Context, by award.Officer, unit string, year int) (YearFacts, error) {
	var f YearFacts
	err := a.store.InTx(ctx, func(tx Tx) error {
		u, err := registerUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		if !MaySee(by, u.Row()) {
			return award.Refuse(award.NotFound, "", "unit_unknown_now", unit)
		}
		if f, err = tx.YearFacts(ctx, u.ID, year, year); err != nil {
			return err
		}
		if f.Revision == 0 {
			return award.Refuse(award.NotFound, "domain 10", "facts_none", u.Name, year)
		}
		f.UnitCode, f.UnitName = u.Code, u.Name
		return nil
	})
	return f, err
}
