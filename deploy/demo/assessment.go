package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"shifan/internal/award"
)

// marksAtOnce is the most units that one call marks.
const marksAtOnce = 200

// mark gives every recommended unit its national marks (部级核定得分).
func (d *drill) mark(ctx context.Context) error {
	type item struct {
		Application int64    `json:"application"`
		Marks       []string `json:"marks"`
		Note        string   `json:"note"`
	}
	byCategory := make(map[award.Category][]application)
	for _, a := range d.national.recommended {
		byCategory[a.Category] = append(byCategory[a.Category], a)
	}
	var items []item
	for category, files := range byCategory {
		// Which unit gets which marks is the seed's decision, not the order of filing.
		slices.SortFunc(files, func(a, b application) int {
			return cmp.Or(cmp.Compare(diceOf(d.seed, "mark "+a.Unit).Uint64(), diceOf(d.seed, "mark "+b.Unit).Uint64()),
				cmp.Compare(a.Unit, b.Unit))
		})
		totals := nationalTotals(d.seed, category, len(files), award.FirstRound()[category].Places)
		for i, a := range files {
			marks, err := d.standards[category].marks(totals[i])
			if err != nil {
				return err
			}
			items = append(items, item{Application: a.ID, Marks: marks, Note: "演练:专家评审"})
		}
	}
	for page := range slices.Chunk(items, marksAtOnce) {
		if err := d.admin.post(ctx, d.path("/marks"), map[string]any{"items": page}, nil); err != nil {
			return fmt.Errorf("mark %d units: %w", len(page), err)
		}
		d.counts.marked.Add(int64(len(page)))
	}
	return nil
}

// fixCandidates has the committee vote, and fixes what it has carried (N 四(三)).
func (d *drill) fixCandidates(ctx context.Context) error {
	var answer struct {
		Categories []selection `json:"categories"`
	}
	if err := d.admin.get(ctx, d.path("/candidates"), nil, &answer); err != nil {
		return err
	}
	if err := d.committee(ctx, answer.Categories); err != nil {
		return fmt.Errorf("the committee: %w", err)
	}
	return d.admin.post(ctx, d.path("/candidates"), map[string]any{}, nil)
}

// giveNotice puts the candidates before the public in a central medium and on a
// website, where some object, and waits until nothing can come any more (N 四(四)).
func (d *drill) giveNotice(ctx context.Context) error {
	now := moment(time.Now())
	var announced struct {
		Notice struct {
			ID int64 `json:"id"`
		} `json:"notice"`
	}
	err := d.admin.post(ctx, d.path("/offices/0/public-notices"), map[string]any{
		"evidence": []evidence{
			{Medium: award.CentralMedium, Name: "中央媒体(演练)", PublishedOn: now},
			{Medium: award.Website, Name: "部网站(演练)", PublishedOn: now, Link: "https://example.org/"},
		},
		"contacts": []contact{{Unit: "部级演练办公室", Phone: "演练"}},
		"text":     "演练:拟命名表彰单位公示。",
	}, &announced)
	if err != nil {
		return err
	}
	if err := d.object(ctx, announced.Notice.ID); err != nil {
		return err
	}
	return poll(ctx, d.day/4, func() (bool, error) {
		r, err := d.ask(ctx)
		if err != nil || r.Notice == nil {
			return false, err
		}
		return r.Notice.over(time.Now()), nil
	})
}
