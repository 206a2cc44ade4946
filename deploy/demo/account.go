package main

import (
	"context"
	"fmt"
	"slices"

	"shifan/internal/award"
)

// accountsAtOnce is the most keys that one call makes.
const accountsAtOnce = 2000

// account asks for a key of an office's officer. Without name and roles that is
// the office's head (负责人), named like the office.
type account struct {
	Office string       `json:"office"`
	Name   string       `json:"name,omitempty"`
	Roles  []award.Role `json:"roles,omitempty"`
}

// heads asks for a key of the head of every office.
func heads(offices []string) []account {
	accounts := make([]account, len(offices))
	for i, office := range offices {
		accounts[i].Office = office
	}
	return accounts
}

// makeKeys makes a key for every account, in bulk, and returns the keys by
// office.
func makeKeys(ctx context.Context, by client, accounts []account) (map[string]string, error) {
	keys := make(map[string]string, len(accounts))
	for page := range slices.Chunk(accounts, accountsAtOnce) {
		body := map[string]any{"offices": page}
		// A key is shown once. Where the first answer was lost on the way, its
		// repetition comes without keys, and new ones are made.
		for range 3 {
			var answer struct {
				Items []struct {
					Office string `json:"office"`
					Key    string `json:"key"`
				} `json:"items"`
			}
			if err := by.post(ctx, "/keys", body, &answer); err != nil {
				return nil, fmt.Errorf("make %d keys: %w", len(page), err)
			}
			for _, item := range answer.Items {
				if item.Key != "" {
					keys[item.Office] = item.Key
				}
			}
			if keys[page[0].Office] != "" {
				break
			}
		}
	}
	for _, a := range accounts {
		if keys[a.Office] == "" {
			return nil, fmt.Errorf("no key was made for %s", a.Office)
		}
	}
	return keys, nil
}

// equip gives a key to every unit that takes part and to every office on their
// chains: the province's head makes them. A silent province makes none, so the
// administrator does, as an office above (domain 11).
func (p *province) equip(ctx context.Context, register *register) error {
	var below []string
	for _, a := range p.units {
		below = append(below, a.Code)
		below = append(below, a.chain...)
	}
	slices.Sort(below)
	below = slices.Compact(below)

	maker := p.head
	if p.character == silent {
		maker = p.drill.admin
	}
	keys, err := makeKeys(ctx, maker, heads(below))
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	p.below = make(map[string]client, len(below))
	for _, code := range below {
		p.below[code] = client{wire: p.drill.wire, key: keys[code], name: code}
	}
	for _, a := range p.units {
		p.below[a.Code] = client{wire: p.drill.wire, key: keys[a.Code], name: a.Name}
		for _, code := range a.chain {
			p.below[code] = client{wire: p.drill.wire, key: keys[code], name: register.units[code].Name}
		}
		if p.mute == "" && len(a.chain) > 0 && slices.Contains(neverSigns(), p.code) && a.category == award.Community && a.applies {
			p.mute = a.chain[0]
		}
	}
	if p.character == extending {
		clerks, err := makeKeys(ctx, p.head, []account{{
			Office: p.code, Name: p.name + "经办", Roles: []award.Role{award.RoleClerk},
		}})
		if err != nil {
			return fmt.Errorf("%s: make a clerk: %w", p.name, err)
		}
		p.clerk = client{wire: p.drill.wire, key: clerks[p.code], name: p.name + "经办"}
	}
	return nil
}
