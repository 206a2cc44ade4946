package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"shifan/internal/award"
)

// climb lets the files climb office by office (逐级上报, N 四(一)): the lowest
// offices first, street, county level, prefecture, again and again until nothing
// moves any more.
func (p *province) climb(ctx context.Context) error {
	for moved := true; moved; {
		moved = false
		for steps := p.highest(); steps > 0; steps-- {
			var given atomic.Int64
			err := each(ctx, p.holders(steps), func(ctx context.Context, office string) error {
				n, err := p.endorse(ctx, office)
				given.Add(int64(n))
				return err
			})
			if err != nil {
				return fmt.Errorf("endorse: %w", err)
			}
			moved = moved || given.Load() > 0
		}
	}
	return nil
}

// highest is the most steps that any file still has to the province.
func (p *province) highest() int {
	most := 0
	for _, f := range p.files {
		most = max(most, f.steps())
	}
	return most
}

// holders are the offices with files that have so many steps to the province,
// in order of code; the one that never signs is left out.
func (p *province) holders(steps int) []string {
	var offices []string
	for _, f := range p.files {
		if f.steps() == steps && f.holder() != p.mute {
			offices = append(offices, f.holder())
		}
	}
	slices.Sort(offices)
	return slices.Compact(offices)
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
			err = p.arrived(ctx, err)
			f.gone = true
		}
		if err != nil {
			return given, err
		}
		given++
		p.counts.opinions.Add(1)
		switch opinion {
		case award.OpinionAgree:
			f.at++
		case award.OpinionDecline:
			f.gone = true
		case award.OpinionReturn:
			f.returned = true
			p.counts.returned.Add(1)
			if err := p.mend(ctx, f); err != nil {
				return given, fmt.Errorf("mend: %w", err)
			}
		case award.OpinionUnsigned: // nobody gives it
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
