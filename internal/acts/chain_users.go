package acts

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// ChainOffice is an office that some eligible unit's file would have to pass
// and for which nobody acts (domain 11).
type ChainOffice struct {
	Unit               int64
	Code, Name         string
	RecommendingOffice string // code
}

// ChainsWithoutUsers is what a round's chains lack: how many offices, under
// which recommending office, and a page of them.
type ChainsWithoutUsers struct {
	Total   int
	Offices []Recommender // with Eligible the offices without an active officer
	Items   []ChainOffice
}

// chainReads answers whether anybody acts for the offices on the chains.
type chainReads interface {
	// OfficesWithoutOfficers counts and lists, by unit, the offices on a chain of
	// an eligible unit, the recommending ones included, without an officer who is
	// not disabled: by the register on the round's registry date.
	OfficesWithoutOfficers(ctx context.Context, r Round, after int64, limit int) (ChainsWithoutUsers, error)
}

// ChainsWithoutUsers lists the offices on the round's chains for which nobody
// acts, so that accounts are made before it opens. The owner office reads it.
func (a *Acts) ChainsWithoutUsers(ctx context.Context, by award.Officer, round string, after int64, limit int) (ChainsWithoutUsers, error) {
	r, err := a.Round(ctx, by, round)
	if err != nil {
		return ChainsWithoutUsers{}, err
	}
	if !MaySee(by, r.Row()) {
		return ChainsWithoutUsers{}, award.Refuse(award.Forbidden, "domain 11", "forbidden_chains")
	}
	chains, err := a.store.OfficesWithoutOfficers(ctx, r.Round, after, limit)
	if err != nil {
		return ChainsWithoutUsers{}, fmt.Errorf("look for chains without users: %w", err)
	}
	return chains, nil
}
