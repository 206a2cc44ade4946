package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"shifan/internal/award"
)

// adopted is the proposed list that a province's meeting has adopted: per
// category in the meeting's order.
type adopted map[award.Category][]int64

func (a adopted) units() int {
	sum := 0
	for _, ids := range a {
		sum += len(ids)
	}
	return sum
}

// propose adopts the proposed list (拟推荐名单, domain 5.4): those that pass, by
// rank, half as many again as there are places, so that the cut after the
// notice has something to cut. In some provinces the meeting departs from the
// rank and says why.
func (p *province) propose(ctx context.Context) (adopted, error) {
	var answer struct {
		Ranked []ranked `json:"ranked"`
	}
	if err := p.head.get(ctx, p.path("/offices/%s/proposals", p.code), nil, &answer); err != nil {
		return nil, err
	}
	list := make(adopted)
	for _, r := range answer.Ranked {
		if r.Passed {
			list[r.Category] = append(list[r.Category], r.Application)
		}
	}
	type item struct {
		Application int64  `json:"application"`
		Reason      string `json:"reason,omitempty"`
	}
	items := []item{}
	for _, place := range p.places {
		chosen := list[place.Category]
		chosen = chosen[:min(len(chosen), place.Places+(place.Places+1)/2)]
		list[place.Category] = chosen
		departs := len(chosen) > 1 && chance(diceOf(p.seed, "meeting "+p.code+string(place.Category)), departIn100)
		if departs {
			chosen[0], chosen[1] = chosen[1], chosen[0]
		}
		for i, id := range chosen {
			it := item{Application: id}
			if departs && i < 2 {
				it.Reason = "演练:综合考虑示范带动作用,经评审机构议定调整次序"
			}
			items = append(items, it)
		}
	}
	minuted := map[string]any{
		"minutes": "演练纪要〔" + p.code + "〕1号", "met_on": today(), "items": items,
	}
	err := poll(ctx, p.look(), func() (bool, error) {
		err := p.head.post(ctx, p.path("/offices/%s/proposals", p.code), minuted, nil)
		if p, ok := errors.AsType[*problem](err); ok && p.Code == "conflict" && p.Rule == "domain 4" {
			return false, nil // the arrival date is over; the procedure is about to see that all files have come
		}
		return true, err
	})
	p.counts.proposed.Add(int64(len(items)))
	return list, err
}

// departIn100 is how often a meeting departs from the rank.
const departIn100 = 30

// recommend cuts the noticed list to the recommendation limit (N 四(二)).
func (p *province) recommend(ctx context.Context, list adopted) error {
	chosen := []int64{}
	for _, place := range p.places {
		of := list[place.Category]
		chosen = append(chosen, of[:min(len(of), place.Places)]...)
	}
	err := p.head.post(ctx, p.path("/offices/%s/recommendations", p.code), map[string]any{
		"applications": chosen, "minutes": "演练纪要〔" + p.code + "〕2号:并列者由评审机构选定",
	}, nil)
	if err != nil {
		return err
	}
	p.counts.recommended.Add(int64(len(chosen)))
	return nil
}

// send puts the package together, sends it by completing the stage, and mends
// it as often as the nation returns it, until it is accepted.
func (p *province) send(ctx context.Context) error {
	for revision := 1; ; revision++ {
		if err := p.sendOnce(ctx, revision); err != nil {
			return fmt.Errorf("send the package: %w", err)
		}
		var sent struct {
			State award.PackageState `json:"state"`
		}
		err := poll(ctx, p.look(), func() (bool, error) {
			err := p.head.get(ctx, p.path("/offices/%s/package", p.code), nil, &sent)
			return sent.State == award.PackageAccepted || sent.State == award.PackageReturned, err
		})
		if err != nil || sent.State == award.PackageAccepted {
			return err
		}
	}
}

// sendOnce sends one revision of the package. Before it has a letter and a
// report the first one must be refused, and told what it lacks.
func (p *province) sendOnce(ctx context.Context, revision int) error {
	completion := p.path("/offices/%s/stages/recommendation/completion", p.code)
	if revision == 1 && p.character == sentBack {
		err := p.head.post(ctx, completion, nil, nil)
		if !refusedAs(err, "incomplete") {
			return fmt.Errorf("send a package without its letter: %w", orNothing(err))
		}
	}
	letter, err := p.paper(ctx, "推荐函", revision)
	if err != nil {
		return err
	}
	report, err := p.paper(ctx, "考核验收报告", revision)
	if err != nil {
		return err
	}
	body := map[string]any{"letter": letter, "report": report}
	if err := p.head.put(ctx, p.path("/offices/%s/package", p.code), body); err != nil {
		return err
	}
	var answer struct {
		Lacks []lacking `json:"lacks"`
	}
	if err := p.head.get(ctx, p.path("/offices/%s/package", p.code), nil, &answer); err != nil {
		return err
	}
	if len(answer.Lacks) > 0 {
		return fmt.Errorf("the package lacks %d parts, first %s of %s", len(answer.Lacks), answer.Lacks[0].Part, answer.Lacks[0].Name)
	}
	var sent struct {
		Receipt receipt `json:"receipt"`
		Late    bool    `json:"late"`
	}
	if err := p.head.post(ctx, completion, map[string]string{"note": fmt.Sprintf("演练:第%d次报送", revision)}, &sent); err != nil {
		return err
	}
	p.counts.sent.Add(1)
	switch {
	case p.character == late && !sent.Late:
		return fmt.Errorf("completed after its date and is not marked 逾期")
	case p.character == extending && sent.Late && sent.Receipt.At.Before(p.extended):
		return fmt.Errorf("completed within its extension and is marked 逾期")
	}
	return nil
}

// paper is a document of the package with its electronic text (包括电子文本) and
// the scan of its sealed page.
func (p *province) paper(ctx context.Context, title string, revision int) (document, error) {
	text := strings.Repeat(fmt.Sprintf("演练:%s%s,第%d稿。", p.name, title, revision), 5)
	digest, err := p.head.upload(ctx, title+".png", sealedPage(text))
	return document{
		Title: p.name + title, Number: fmt.Sprintf("演练函〔%d〕%s-%d号", time.Now().Year(), p.code, revision),
		SHA256: digest, Text: text,
	}, err
}
