package main

import (
	"context"
	"fmt"

	"shifan/internal/award"
)

// objection is one somebody made, as far as the drill follows it.
type objection struct {
	ID    int64  `json:"id"`
	Unit  string `json:"unit"`
	State string `json:"state"`
}

// object has the public object to three candidates (公示异议, domain 7), and an
// officer of the nation's who took no part rule on two: one upheld, whose unit
// is removed, one dismissed. The third, an anonymous lead, stays open past the
// window: its unit is suspended and not named, and the others go on.
func (d *drill) object(ctx context.Context, notice int64) error {
	var list struct {
		Units []struct {
			Code string `json:"code"`
		} `json:"units"`
	}
	if err := d.admin.get(ctx, fmt.Sprintf("/public/notices/%d", notice), nil, &list); err != nil {
		return err
	}
	anyone := d.admin
	anyone.key, anyone.name = "", "公众"
	outcomes := map[string]award.ObjectionState{}
	for i, outcome := range []award.ObjectionState{award.ObjectionUpheld, award.ObjectionDismissed, award.ObjectionReceived} {
		if i >= len(list.Units) {
			break
		}
		unit := list.Units[i].Code
		body := map[string]any{"unit": unit, "facts": "演练:所述事迹与实际情况不符,请予核查。"}
		if outcome != award.ObjectionReceived { // that one is a lead: nobody says who they are
			body["objector"] = map[string]string{"kind": "person", "name": "演练异议人", "contact": "演练电话"}
		}
		err := anyone.post(ctx, fmt.Sprintf("/public/notices/%d/objections", notice), body, nil)
		if refusedAs(err, string(award.Closed)) {
			return nil // a machine so slow that the window is over: nobody objected in time
		}
		if err != nil {
			return fmt.Errorf("object to %s: %w", unit, err)
		}
		outcomes[unit] = outcome
	}
	return d.rule(ctx, outcomes)
}

// rule handles the objections to units, but those that stay as they were
// received.
func (d *drill) rule(ctx context.Context, outcomes map[string]award.ObjectionState) error {
	keys, err := makeKeys(ctx, d.admin, []account{{Office: award.CodeNation, Name: "演练承办人", Roles: []award.Role{award.RoleClerk}}})
	if err != nil {
		return err
	}
	handler := d.admin
	handler.name, handler.key = "演练承办人", keys[award.CodeNation]
	var me struct {
		ID int64 `json:"id"`
	}
	if err := handler.get(ctx, "/me", nil, &me); err != nil {
		return err
	}
	open, err := pages[objection](ctx, d.admin, "/objections", map[string][]string{"round": {d.round.ID}})
	if err != nil {
		return err
	}
	for _, o := range open {
		outcome, ours := outcomes[o.Unit]
		if !ours || outcome == award.ObjectionReceived || o.State != string(award.ObjectionReceived) {
			continue
		}
		path := fmt.Sprintf("/objections/%d", o.ID)
		for _, step := range []struct {
			by   client
			path string
			body any
		}{
			{d.admin, "/handler", map[string]any{"officer": me.ID}},
			{handler, "/admission", map[string]any{"admitted": true}},
			{handler, "/investigation", nil},
			{handler, "/ruling", map[string]any{"outcome": outcome, "ground": "演练:经核查", "answer": "演练:经核查,答复如上。"}},
		} {
			if err := step.by.post(ctx, path+step.path, step.body, nil); err != nil {
				return fmt.Errorf("handle the objection to %s: %w", o.Unit, err)
			}
		}
	}
	return nil
}
