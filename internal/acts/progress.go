package acts

import (
	"context"

	"shifan/internal/award"
)

// Progress is how far the units of a category have come with their self-checks
// and applications (自查申报进度), and how much was asked of them.
type Progress struct {
	Office      int64 // one level below the office that asks, or that office itself
	OfficeCode  string
	OfficeName  string
	Category    award.Category
	Units       int // that may take part
	Begun       int // a self-check saved, blanks or not
	SelfChecked int // without blanks
	Ready       int // 符合条件
	Applied     int // an application filed, whatever became of it
	Asked       int // fields of the self-checks and applications begun (N 五(三))
	Prefilled   int // of those, what nobody had to type
}

// progressTx counts.
type progressTx interface {
	// Progress counts the units below an office of the round's register, itself
	// included, by category and by office one level below it. fields says how many
	// indicators and form fields each category asks for.
	Progress(ctx context.Context, round string, office Unit, asks []CategoryAsks) ([]Progress, error)
}

// CategoryAsks is how many fields a category asks a unit for.
type CategoryAsks struct {
	Category   award.Category
	Indicators int
	FormFields int
}

// asks returns how many fields each category of the round asks for.
func (r Round) asks() []CategoryAsks {
	var asks []CategoryAsks
	for _, c := range r.Categories {
		asks = append(asks, CategoryAsks{c.Category, len(c.Standard.Leaves()), len(c.Form)})
	}
	return asks
}

// Progress counts how far the units below an office have come: the caller's own,
// or one that it may see.
func (a *Acts) Progress(ctx context.Context, by award.Officer, round, office string) ([]Progress, error) {
	var progress []Progress
	err := a.store.InTx(ctx, func(tx Tx) error {
		r, err := tx.Round(ctx, round)
		if err != nil {
			return err
		}
		if office == "" {
			office = by.OfficeCode
		}
		u, err := tx.Unit(ctx, round, office)
		if err != nil {
			return err
		}
		if !MaySee(by, u.Row(r)) {
			return award.Refuse(award.NotFound, "D-13", "unit_unknown", office)
		}
		progress, err = tx.Progress(ctx, round, u, r.asks())
		return err
	})
	return progress, err
}

// selfCheckReport adds an office's progress up: the numbers it reports.
func selfCheckReport(progress []Progress) SelfCheckReport {
	var sum SelfCheckReport
	for _, p := range progress {
		sum.Units += p.Units
		sum.Begun += p.Begun
		sum.SelfChecked += p.SelfChecked
		sum.Ready += p.Ready
		sum.Applied += p.Applied
	}
	return sum
}
