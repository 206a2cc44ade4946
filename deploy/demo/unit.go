package main

import (
	"context"
	"fmt"
	"net/http"
)

// intake is 自查申报 (N 四(一)): every unit checks itself, those that apply
// start a form, complete it and file it. At the end the office reports that its
// self-check stage is done.
func (p *province) intake(ctx context.Context) error {
	defer p.filing.Done()
	every := make([]*applicant, len(p.units))
	for i := range p.units {
		every[i] = &p.units[i]
	}
	if err := each(ctx, every, p.apply); err != nil {
		return err
	}
	if p.character == silent {
		return nil
	}
	err := p.head.post(ctx, p.path("/offices/%s/stages/self_check/completion", p.code),
		map[string]string{"note": "演练:自查结束"}, nil)
	if err != nil {
		return fmt.Errorf("report the self-check stage: %w", err)
	}
	return nil
}

// apply is one unit's self-check, and its application where it makes one.
func (p *province) apply(ctx context.Context, a *applicant) error {
	s := p.standards[a.category]
	marks, err := s.marks(a.selfTotal)
	if err != nil {
		return err
	}
	me := p.below[a.Code]
	err = me.put(ctx, p.path("/self-checks/%s/%s", a.Code, a.category), map[string]any{
		"marks": marks, "gap": "演练:个别指标尚有差距", "measure": "演练:列入明年工作计划",
	})
	if err != nil {
		return err
	}
	p.counts.selfChecked.Add(1)
	if !a.applies {
		return nil
	}

	form := s.fill(a.unit)
	first := form
	if a.edits || a.abandons {
		first = map[string]string{} // what the register knows is filled in already; the rest comes later, or never
	}
	var done applicationDone
	err = me.post(ctx, p.path("/applications"), map[string]any{
		"unit": a.Code, "category": a.category, "form": first,
	}, &done)
	if err != nil {
		return err
	}
	f := &file{applicant: a, id: done.Application.ID}
	p.mu.Lock()
	p.files[f.id] = f
	if a.abandons {
		p.drafted = append(p.drafted, f)
	}
	p.mu.Unlock()
	if a.abandons {
		return nil
	}
	if a.edits {
		if err := p.edit(ctx, f, done.Application.Revision); err != nil {
			return err
		}
	}
	if err := me.post(ctx, p.path("/applications/%d/filing", f.id), nil, nil); err != nil {
		return err
	}
	p.counts.applied.Add(1)
	return nil
}

// edit writes the whole form over the revision the unit has seen.
func (p *province) edit(ctx context.Context, f *file, revision int) error {
	return p.below[f.Code].do(ctx, call{
		method: http.MethodPatch, path: p.path("/applications/%d", f.id), revision: revision,
		body: map[string]any{"form": p.standards[f.category].fill(f.unit)},
	}, nil)
}

// mend is what a unit does with a returned file: it completes the form and
// files it again. Where its time is over the file lapses, and that is lawful.
func (p *province) mend(ctx context.Context, f *file) error {
	me := p.below[f.Code]
	var a application
	if err := me.get(ctx, p.path("/applications/%d", f.id), nil, &a); err != nil {
		return err
	}
	err := p.edit(ctx, f, a.Revision)
	if err == nil {
		err = me.post(ctx, p.path("/applications/%d/filing", f.id), nil, nil)
	}
	if refusedAs(err, "closed", "conflict") {
		f.gone = true
		return nil
	}
	if err != nil {
		return err
	}
	p.counts.mended.Add(1)
	return nil
}

// fileTooLate has one unit try to file its forgotten draft when the window is
// over: the drill fails when that is accepted.
func (p *province) fileTooLate(ctx context.Context) error {
	if len(p.drafted) == 0 {
		return nil
	}
	f := p.drafted[0]
	err := p.edit(ctx, f, 1)
	if err == nil || refusedAs(err, "closed", "conflict", "stale") {
		err = p.below[f.Code].post(ctx, p.path("/applications/%d/filing", f.id), nil, nil)
	}
	if !refusedAs(err, "closed", "conflict") {
		return fmt.Errorf("%s files after the date: %w", f.Name, orNothing(err))
	}
	return nil
}
