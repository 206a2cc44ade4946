package main

import (
	"context"
	"fmt"
	"net/http"

	"shifan/internal/award"
)

// The committee of the demo's round: two of its members come from provinces, and
// are recused from their own units.
func memberTies() [][]string {
	return [][]string{nil, nil, nil, nil, nil, nil, nil, {"41"}, {"44"}}
}

type member struct {
	ID int64 `json:"id"`
}

type vote struct {
	Member int64  `json:"member"`
	Vote   string `json:"vote"`
}

type motion struct {
	Number  int     `json:"number"`
	Recused []int64 `json:"recused"`
}

// committee meets once, votes on the list en bloc, and of those tied across a
// quota takes the first that fit (D-05, D-07).
func (d *drill) committee(ctx context.Context, selections []selection) error {
	var named []map[string]any
	for i, ties := range memberTies() {
		m := map[string]any{"name": fmt.Sprintf("演练委员%d", i+1), "unit": "演练评审单位", "chair": i == 0}
		if ties != nil {
			m["ties"] = ties
		}
		named = append(named, m)
	}
	path := d.path("/offices/0/committee")
	var answer struct {
		Committee struct {
			Members []member `json:"members"`
		} `json:"committee"`
	}
	err := d.admin.do(ctx, call{method: http.MethodPut, path: path, body: map[string]any{"members": named}}, &answer)
	if err != nil {
		return fmt.Errorf("name the committee: %w", err)
	}
	present := make([]int64, len(answer.Committee.Members))
	for i, m := range answer.Committee.Members {
		present[i] = m.ID
	}
	if err := d.admin.put(ctx, path+"/meetings/1", map[string]any{
		"met_on": today(), "minutes": "演练:会议纪要〔" + d.round.ID + "〕3号", "present": present,
	}); err != nil {
		return fmt.Errorf("meet: %w", err)
	}
	placed := 0
	for _, s := range selections {
		placed += len(s.Placed)
	}
	if placed > 0 {
		if err := d.carry(ctx, present, map[string]any{"kind": award.MotionList}); err != nil {
			return fmt.Errorf("vote on the list: %w", err)
		}
	}
	for _, s := range selections {
		d.counts.tied.Add(int64(len(s.Tied)))
		if len(s.Tied) == 0 {
			continue
		}
		chosen := []int64{}
		for _, r := range s.Tied[:min(len(s.Tied), s.PlacesLeft)] {
			chosen = append(chosen, r.Application)
		}
		if err := d.carry(ctx, present, map[string]any{"kind": award.MotionTie, "category": s.Category, "applications": chosen}); err != nil {
			return fmt.Errorf("vote on a tie: %w", err)
		}
	}
	return nil
}

// carry puts a question to the meeting, where everybody who may vote is for it.
func (d *drill) carry(ctx context.Context, present []int64, question map[string]any) error {
	path := d.path("/offices/0/committee/motions")
	question["meeting"] = 1
	var tabled struct {
		Motions []motion `json:"motions"`
	}
	if err := d.admin.post(ctx, path, question, &tabled); err != nil {
		return err
	}
	for _, m := range tabled.Motions {
		recused := make(map[int64]bool, len(m.Recused))
		for _, id := range m.Recused {
			recused[id] = true
		}
		votes := []vote{}
		for _, id := range present {
			if !recused[id] {
				votes = append(votes, vote{id, string(award.VoteFor)})
			}
		}
		one := fmt.Sprintf("%s/%d", path, m.Number)
		if err := d.admin.put(ctx, one+"/votes", map[string]any{"votes": votes}); err != nil {
			return err
		}
		if err := d.admin.post(ctx, one+"/closing", nil, nil); err != nil {
			return err
		}
	}
	return nil
}
