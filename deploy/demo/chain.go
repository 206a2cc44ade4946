package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"shifan/internal/award"
)

// climb lets the files climb office by office (逐级上报, N 四(一)): street,
// county level, prefecture. Offices look at what waits for them, level after
// level from below, until nothing moves any more; units mend what came back.
func (p *province) climb(ctx context.Context) error {
	levels := p.levels()
	for {
		var opinions atomic.Int64
		for _, offices := range levels {
			err := each(ctx, offices, func(ctx context.Context, office string) error {
				given, err := p.endorse(ctx, office)
				opinions.Add(int64(given))
				return err
			})
			if err != nil {
				return fmt.Errorf("endorse: %w", err)
			}
		}
		mending := p.lists.mending
		p.lists.mending = nil
		if err := each(ctx, mending, p.mend); err != nil {
			return fmt.Errorf("mend: %w", err)
		}
		if opinions.Load() > 0 || len(mending) > 0 {
			continue
		}
		if p.character == silent {
			return nil
		}
		return p.fileTooLate(ctx)
	}
}

// levels returns the offices that files climb through, the lowest first.
func (p *province) levels() [][]string {
	height := make(map[string]int)
	for _, f := range p.files {
		for i, office := range f.chain {
			height[office] = len(f.chain) - i // steps to the province
		}
	}
	byHeight := make(map[int][]string)
	for office, h := range height {
		if office != p.mute {
			byHeight[h] = append(byHeight[h], office)
		}
	}
	var levels [][]string
	for h := range byHeight {
		slices.Sort(byHeight[h])
		levels = append(levels, byHeight[h])
	}
	slices.SortFunc(levels, func(a, b []string) int { return cmp.Compare(height[b[0]], height[a[0]]) })
	return levels
}

// endorse gives an office's opinion on every file that waits for it.
func (p *province) endorse(ctx context.Context, office string) (given int, err error) {
	by := p.below[office]
	waiting, err := pages[application](ctx, by, p.path("/applications"), url.Values{"waiting": {"true"}})
	if err != nil {
		return 0, err
	}
	for _, a := range waiting {
		f := p.files[a.ID]
		if f == nil || f.Code == office {
			continue // its own draft, when the office is an applicant too
		}
		opinion := award.OpinionAgree
		switch {
		case f.declinedBy == office:
			opinion = award.OpinionDecline
		case f.returnedBy == office && !f.returned:
			opinion = award.OpinionReturn
		}
		err := by.post(ctx, p.path("/applications/%d/endorsements", a.ID), opinionOn(f, opinion, by.name), nil)
		if refusedAs(err, "conflict", "closed", "not_found", "forbidden") {
			if err := p.arrived(ctx, err); err != nil {
				return given, err
			}
			continue
		}
		if err != nil {
			return given, err
		}
		given++
		p.counts.opinions.Add(1)
		if opinion == award.OpinionReturn {
			f.returned = true
			p.mu.Lock()
			p.lists.mending = append(p.lists.mending, f)
			p.mu.Unlock()
			p.counts.returned.Add(1)
		}
	}
	return given, nil
}

// arrived lets a refused opinion pass when the arrival date has taken the file
// away from the office; before that date the refusal stands.
func (p *province) arrived(ctx context.Context, refusal error) error {
	s, err := p.standing(ctx)
	if err != nil {
		return err
	}
	if time.Now().Before(s.Dates.Arrival.ClosesAt) {
		return refusal
	}
	return nil
}

func opinionOn(f *file, opinion award.Opinion, office string) map[string]any {
	text := map[award.Opinion]string{
		award.OpinionAgree:   "经审核,材料属实,同意上报。",
		award.OpinionDecline: "经审核,尚未达到指导标准,不同意上报。",
		award.OpinionReturn:  "主要事迹缺少数据,请补正后重报。",
	}[opinion]
	body := map[string]any{
		"opinion": opinion, "text": "演练:" + text,
		"clerk": "演练经办", "signing_head": "演练签发", "sealing_body": office,
	}
	if f.category == award.District {
		body["sealing_body"] = office + "人民政府" // the government's seal, not the bureau's
	}
	if opinion == award.OpinionReturn {
		body["return_to"] = f.Code
	}
	return body
}
