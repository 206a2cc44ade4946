package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"shifan/internal/award"
)

// outcome is what came of the drill: read anew from the API when it is over.
type outcome struct {
	report     report
	invariants []invariant
	silent     []application // the files of the office that never answered
	offices    []standing
	digests    int // that the silent office got before it was closed
}

// failure returns every invariant that does not hold.
func (o outcome) failure() error {
	var failed []error
	for _, i := range o.invariants {
		if len(i.broken) > 0 {
			failed = append(failed, errors.New(i.name+": "+strings.Join(i.broken, "; ")))
		}
	}
	return errors.Join(failed...)
}

// outcome reads what came of the round.
func (d *drill) outcome(ctx context.Context, took time.Duration) (outcome, error) {
	r, err := d.ask(ctx)
	if err != nil {
		return outcome{}, err
	}
	p := proof{round: r, drill: d}
	if err := p.read(ctx); err != nil {
		return outcome{}, err
	}
	categories := make(map[award.Category]reportCategory, len(p.funnels))
	for category, f := range p.funnels {
		categories[category] = categoryOf(f)
	}
	return outcome{
		report: report{
			Round:      reportRound{ID: r.ID, State: r.State, Stage: r.Stage},
			Seconds:    took.Round(100 * time.Millisecond).Seconds(),
			Categories: categories,
			Workflows:  p.workflows,
		},
		invariants: p.invariants(),
		silent:     p.silentFiles,
		offices:    p.offices,
		digests:    d.national.digests,
	}, nil
}

// proof is what the invariants are judged by.
type proof struct {
	*drill
	round       round
	funnels     map[award.Category]funnel
	limits      []limit
	offices     []standing
	named       []application
	titles      map[award.Category]int
	silentFiles []application
	workflows   map[string]reportWorkflow
	spotCheck   publicSpotCheck
}

func (p *proof) read(ctx context.Context) (err error) {
	var report struct {
		Categories map[award.Category]funnel `json:"categories"`
	}
	if err := p.admin.get(ctx, p.path("/report"), nil, &report); err != nil {
		return fmt.Errorf("read the round's report: %w", err)
	}
	p.funnels = report.Categories
	if err := p.admin.get(ctx, "/public/spot-checks/"+p.round.ID, nil, &p.spotCheck); err != nil {
		return fmt.Errorf("read the spot check: %w", err)
	}
	var limits struct {
		Items []limit `json:"items"`
	}
	if err := p.admin.get(ctx, p.path("/limits"), nil, &limits); err != nil {
		return fmt.Errorf("read the limits: %w", err)
	}
	p.limits = limits.Items
	if p.offices, err = p.drill.offices(ctx); err != nil {
		return err
	}
	p.named, err = pages[application](ctx, p.admin, p.path("/applications"),
		url.Values{"state": {string(award.FileNamed)}})
	if err != nil {
		return fmt.Errorf("read the named units: %w", err)
	}
	var titles struct {
		Items []struct {
			Category award.Category `json:"category"`
		} `json:"items"`
	}
	if err := p.admin.get(ctx, p.path("/titles"), nil, &titles); err != nil {
		return fmt.Errorf("read the titles: %w", err)
	}
	p.titles = make(map[award.Category]int)
	for _, title := range titles.Items {
		p.titles[title.Category]++
	}
	if err := p.readSilent(ctx); err != nil {
		return err
	}
	p.workflows, err = p.histories(ctx)
	return err
}

// readSilent reads what is on record about the office that never answered.
func (p *proof) readSilent(ctx context.Context) error {
	for code, province := range p.provinces {
		if province.character != silent {
			continue
		}
		var err error
		p.silentFiles, err = pages[application](ctx, p.admin, p.path("/applications"), url.Values{"office": {code}})
		if err != nil {
			return fmt.Errorf("read the files of %s: %w", province.name, err)
		}
	}
	return nil
}

// printOutcome prints a table for every category, the offices that were not
// punctual, the histories, the invariants, and where to look further.
func printOutcome(out io.Writer, s settings, o outcome) {
	p := &printer{out: out}
	p.line("\n演练 %s 结果,用时 %.0f 秒 (what came of the drill)", o.report.Round.ID, o.report.Seconds)
	for _, category := range award.Categories() {
		if c, ok := o.report.Categories[category]; ok {
			p.category(category, c)
		}
	}
	p.line("\n不按常规的机构 (offices that were not punctual)")
	for _, office := range o.offices {
		if note := noteOn(office, o.digests); note != "" {
			p.line("  %s %s: %s", office.Office, office.Name, note)
		}
	}
	p.line("\n点名关闭机构的材料 %d 份 (files of the office closed by name)", len(o.silent))
	for _, f := range o.silent[:min(5, len(o.silent))] {
		p.line("  %d %s [%s] %s", f.ID, f.Name, f.State, f.Ground)
	}
	p.line("\n流程历史 (workflow histories)")
	rows := [][]string{{"流程 workflow", "运行 runs", "最长历史 events"}}
	for _, name := range sortedKeys(o.report.Workflows) {
		w := o.report.Workflows[name]
		rows = append(rows, []string{name, fmt.Sprint(w.Runs), fmt.Sprint(w.MaxHistory)})
	}
	p.table(rows)
	p.line("\n必须成立 (invariants)")
	for _, i := range o.invariants {
		mark := "✓"
		if len(i.broken) > 0 {
			mark = "✗"
		}
		p.line("  %s %s", mark, i.name)
		for _, broken := range i.broken[:min(5, len(i.broken))] {
			p.line("      %s", broken)
		}
	}
	p.line("\n  接口文档 API docs   %s/docs", s.api)
	if s.temporalUI != "" {
		p.line("  流程 Temporal UI    %s", s.temporalUI)
	}
	if s.report != "" {
		p.line("  报告 report         %s", s.report)
	}
	p.line("")
}

// noteOn says in what an office was not punctual.
func noteOn(s standing, digests int) string {
	var notes []string
	if s.State == award.StageClosed {
		notes = append(notes, fmt.Sprintf("点名关闭 (closed by name), 期后催办%d次: %s", digests, s.Reason))
	}
	if s.Late {
		notes = append(notes, "逾期办结 (late)")
	}
	switch characters()[s.Office] {
	case extending:
		notes = append(notes, "经请求延期至"+s.Dates.Recommendation.Shown+" (extension)")
	case sentBack:
		notes = append(notes, "推荐材料退回一次后通过 (package returned once)")
	case punctual, silent, late:
	}
	return strings.Join(notes, "; ")
}
