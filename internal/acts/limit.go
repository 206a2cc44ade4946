package acts

import (
	"context"

	"shifan/internal/award"
)

// Limit is a recommendation limit (推荐限额, N 四(二)) with what it rests on.
type Limit struct {
	Office     int64          `json:"office_id"`
	OfficeCode string         `json:"office"`
	OfficeName string         `json:"office_name"`
	Category   award.Category `json:"category"`
	Eligible   int            `json:"eligible"`
	Source     string         `json:"source"` // our register, or the official list's name
	CountedOn  award.Date     `json:"counted_on"`
	Ratio      int            `json:"ratio"`
	Places     int            `json:"places"`
	Used       int            `json:"used"`
}

// Basis prints how the limit came about (D-01).
func (l Limit) Basis() string {
	return award.LimitBasis(l.Eligible, l.Source, l.CountedOn, l.Ratio, l.Places)
}

// limitTx keeps recommendation limits.
type limitTx interface {
	// LockLimit reads a limit with what is used of it, and holds its row.
	LockLimit(ctx context.Context, round string, office int64, category award.Category) (Limit, error)
	// PackageWasAdopted reports whether any office of the round has adopted a package.
	PackageWasAdopted(ctx context.Context, round string) (bool, error)
}

// limitReads lists recommendation limits.
type limitReads interface {
	// Limits lists every limit of a round, in D-09 order.
	Limits(ctx context.Context, round string) ([]Limit, error)
}

// OfficialCount replaces our count of an office's eligible units.
type OfficialCount struct {
	Office    string // code
	Category  award.Category
	Eligible  int
	Source    string // the list's name
	CountedOn award.Date
	Reason    string
}

// SetLimit replaces our count by an official one (官方数, domain 5): until the
// first package of the round is adopted, and never below what is used.
func (a *Acts) SetLimit(ctx context.Context, by award.Officer, key Key, round string, in OfficialCount) (Done[Limit], error) {
	return once(ctx, a, by, key, award.ActSetLimit, round, func(t *act) (Limit, error) {
		r, o, err := t.officeLever(ctx, in.Office)
		if err != nil {
			return Limit{}, err
		}
		if err := checkCount(in); err != nil {
			return Limit{}, err
		}
		rule, err := r.Category(in.Category)
		if err != nil {
			return Limit{}, err
		}
		if rule.Quota.Ratio == 0 {
			return Limit{}, award.Refuse(award.Invalid, "N 四(二)", "category_without_limit", rule.Title)
		}
		adopted, err := t.PackageWasAdopted(ctx, r.ID)
		if err != nil {
			return Limit{}, err
		}
		if adopted {
			return Limit{}, award.Refuse(award.Closed, "domain 5", "limits_fixed")
		}
		before, err := t.LockLimit(ctx, r.ID, o.ID, in.Category)
		if err != nil {
			return Limit{}, err
		}
		l := before
		l.Eligible, l.Source, l.CountedOn = in.Eligible, in.Source, in.CountedOn
		l.Places = rule.Quota.RecommendationLimit(in.Eligible)
		if l.Used > l.Places {
			return Limit{}, award.Refuse(award.OverLimit, "domain 5", "limit_below_used", l.Places, l.Used)
		}
		if err := t.PutLimits(ctx, r.ID, []Limit{l}); err != nil {
			return Limit{}, err
		}
		if err := t.post(ctx, r, o.ID, "〔推荐限额调整〕"+rule.Title, l.Basis()+"。理由:"+in.Reason+"。"); err != nil {
			return Limit{}, err
		}
		return l, t.audit(ctx, officeSubject(o)+"/limit/"+string(in.Category), in.Reason,
			map[string]any{"before": before.Basis(), "after": l.Basis()})
	})
}

func checkCount(in OfficialCount) error {
	var defects []award.Defect
	say := func(pointer, key string, args ...any) {
		defects = append(defects, award.Defect{Pointer: pointer, Key: key, Args: args})
	}
	if in.Eligible < 0 {
		say("/eligible", "number_too_small", 0, in.Eligible)
	}
	if in.Eligible > award.MostUnits {
		say("/eligible", "number_too_large", award.MostUnits, in.Eligible)
	}
	if in.Source == "" {
		say("/source", "field_required")
	}
	if in.Reason == "" {
		say("/reason", "field_required")
	}
	if len(defects) > 0 {
		return award.RefuseFields(award.Invalid, "domain 5", "count_defects", defects)
	}
	return nil
}
