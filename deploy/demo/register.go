package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"golang.org/x/sync/errgroup"

	"shifan/internal/award"
)

// register is what the drill knows of the units of the country: all of them
// down to streets, read once; communities only where somebody asks.
type register struct {
	reader client
	units  map[string]unit
	kinds  map[award.Kind][]unit // in order of code
}

// chainKinds are the kinds of unit between a community and its province.
func chainKinds() []award.Kind {
	return []award.Kind{
		award.KindPrefecture, award.KindDistrict, award.KindCountyCity, award.KindCounty,
		award.KindZone, award.KindStreet,
	}
}

// readRegister reads the units that applicants and their superiors come from.
func readRegister(ctx context.Context, reader client) (*register, error) {
	lists := make([][]unit, len(chainKinds()))
	group, ctx := errgroup.WithContext(ctx)
	for i, kind := range chainKinds() {
		group.Go(func() (err error) {
			lists[i], err = pages[unit](ctx, reader, "/units", url.Values{"kind": {string(kind)}})
			if err != nil {
				return fmt.Errorf("read the units of kind %s: %w", kind, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	r := &register{reader: reader, units: make(map[string]unit), kinds: make(map[award.Kind][]unit)}
	for i, kind := range chainKinds() {
		r.kinds[kind] = lists[i]
		for _, u := range lists[i] {
			r.units[u.Code] = u
		}
	}
	return r, nil
}

// chain returns the offices a unit's file climbs through, from its parent up to
// the last one below the recommending office.
func (r *register) chain(u unit) ([]string, error) {
	var chain []string
	for code := u.Parent; code != u.Office; {
		above, ok := r.units[code]
		if !ok || len(chain) > len(r.units) {
			return nil, fmt.Errorf("follow %s %s up to %s: %q is not known", u.Code, u.Name, u.Office, code)
		}
		chain = append(chain, code)
		code = above.Parent
	}
	return chain, nil
}

// eligible returns the units of an office that may apply in a category, at most
// want of them: prefecture by prefecture, in an order that the seed decides, so
// that chosen units share their superiors as neighbours do.
func (r *register) eligible(ctx context.Context, seed uint64, office string, category award.Category, want int) ([]unit, error) {
	if category == award.Community {
		return r.communities(ctx, seed, office, want)
	}
	var units []unit
	for _, kind := range category.Kinds() {
		for _, u := range r.kinds[kind] {
			if u.Office == office && u.KindSure {
				units = append(units, u)
			}
		}
	}
	if err := r.shuffle(seed, units); err != nil {
		return nil, err
	}
	return units[:min(want, len(units))], nil
}

// communities asks street by street, until there are enough.
func (r *register) communities(ctx context.Context, seed uint64, office string, want int) ([]unit, error) {
	streets, err := r.eligible(ctx, seed, office, award.Street, len(r.units))
	if err != nil {
		return nil, err
	}
	var communities []unit
	for _, street := range streets {
		if len(communities) >= want {
			break
		}
		below, err := pages[unit](ctx, r.reader, "/units",
			url.Values{"parent": {street.Code}, "kind": {string(award.KindCommunity)}})
		if err != nil {
			return nil, fmt.Errorf("read the communities of %s: %w", street.Name, err)
		}
		for _, u := range below {
			if u.KindSure {
				communities = append(communities, u)
			}
		}
	}
	return communities[:min(want, len(communities))], nil
}

// shuffle brings whole prefectures into an order that the seed decides and
// leaves the units of each in order of code.
func (r *register) shuffle(seed uint64, units []unit) error {
	order := make(map[string]uint64, len(units)) // code of the unit → its prefecture's throw
	tops := make(map[string]string, len(units))
	for _, u := range units {
		chain, err := r.chain(u)
		if err != nil {
			return err
		}
		top := u.Code
		if len(chain) > 0 {
			top = chain[len(chain)-1]
		}
		tops[u.Code] = top
		order[u.Code] = diceOf(seed, "prefecture "+top).Uint64()
	}
	slices.SortFunc(units, func(a, b unit) int {
		return cmp.Or(cmp.Compare(order[a.Code], order[b.Code]), cmp.Compare(tops[a.Code], tops[b.Code]),
			cmp.Compare(a.Code, b.Code))
	})
	return nil
}

// applicants returns the units that take part under one office, each with its
// fate: first those that apply, then those that only check themselves.
func (r *register) applicants(ctx context.Context, seed uint64, places []place) ([]applicant, error) {
	var all []applicant
	for _, p := range places {
		want := p.applicants + (p.applicants*checkedOnly+99)/100
		units, err := r.eligible(ctx, seed, p.Office, p.Category, want)
		if err != nil {
			return nil, err
		}
		if len(units) < p.applicants {
			return nil, fmt.Errorf("%s counts %d units of %s and the register shows %d", p.OfficeName, p.Eligible, p.Category, len(units))
		}
		for i, u := range units {
			chain, err := r.chain(u)
			if err != nil {
				return nil, err
			}
			all = append(all, fate(seed, u, p.Category, chain, i < p.applicants))
		}
	}
	return all, nil
}
