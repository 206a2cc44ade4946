package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"shifan/internal/award"
)

// counts is what has happened so far, as the simulated offices count it.
type counts struct {
	selfChecked, applied, opinions, returned, mended, inspected atomic.Int64 // units and their files
	proposed, recommended, marked, visited, tied                atomic.Int64
	noticed, sent, accepted                                     atomic.Int64 // offices
	postponed                                                   atomic.Int64 // times the intake was kept open
}

// How often progress is shown: a live line in a terminal, plain lines where
// they are kept.
const (
	liveEvery  = time.Second
	plainEvery = 5 * time.Second
)

// say prints one line about what comes next, Chinese first.
func say(chinese, english string) {
	fmt.Fprintf(os.Stderr, "%s (%s)\n", chinese, english)
}

// show shows where the round stands until the context ends.
func (d *drill) show(ctx context.Context) {
	live := term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("CI") != "true"
	every := plainEvery
	if live {
		every = liveEvery
	}
	began, before := time.Now(), d.wire.requests.Load()
	fmt.Fprintf(os.Stderr, "\n演练 %s,每个工作日 %s (drill round, one working day lasts so long)\n", d.round.ID, d.day)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			if live {
				fmt.Fprintln(os.Stderr)
			}
			return
		case <-ticker.C:
		}
		r, err := d.ask(ctx)
		if err != nil {
			continue // whoever needs the answer meets the failure too
		}
		requests := d.wire.requests.Load()
		line := d.line(r, time.Since(began), float64(requests-before)/every.Seconds())
		before = requests
		if live {
			columns, _, err := term.GetSize(int(os.Stderr.Fd()))
			if err != nil {
				columns = 80
			}
			fmt.Fprint(os.Stderr, "\r\x1b[K", fit(line, columns-1))
		} else {
			fmt.Fprintln(os.Stderr, line)
		}
	}
}

// line is one line of progress.
func (d *drill) line(r round, since time.Duration, rate float64) string {
	c := &d.counts
	parts := []string{clock(since) + " " + r.Stage.Chinese()}
	if next := nextDate(r, time.Now()); next != "" {
		parts = append(parts, next)
	}
	switch r.Stage {
	case award.StageSelfCheck, award.StageRecommendation:
		parts = append(parts,
			fmt.Sprintf("自查%d 申报%d 意见%d 退回%d 考察%d", c.selfChecked.Load(), c.applied.Load(),
				c.opinions.Load(), c.returned.Load(), c.inspected.Load()),
			fmt.Sprintf("公示%d省 报送%d 通过%d 逾期%d", c.noticed.Load(), c.sent.Load(), c.accepted.Load(), r.Offices.Overdue))
	case award.StageAssessment, award.StagePublicNotice, award.StageCommendation:
		parts = append(parts, fmt.Sprintf("推荐%d 评分%d 抽查%d 并列%d", c.recommended.Load(), c.marked.Load(), c.visited.Load(), c.tied.Load()))
	}
	parts = append(parts, fmt.Sprintf("%.0f次/秒", rate))
	if n := d.wire.retries.Load(); n > 0 {
		parts = append(parts, fmt.Sprintf("重试%d", n))
	}
	if n := c.postponed.Load(); n > 0 {
		parts = append(parts, fmt.Sprintf("顺延%d次", n))
	}
	return strings.Join(parts, " | ")
}

// nextDate names the next date of the round and how long it is until then.
func nextDate(r round, now time.Time) string {
	for _, date := range []struct {
		name string
		at   time.Time
	}{
		{"自查截止", r.Dates.SelfCheck.ClosesAt},
		{"申报截止", r.Dates.Apply.ClosesAt},
		{"推荐截止", r.Dates.Recommendation.ClosesAt},
		{"评估截止", r.Dates.Assessment.ClosesAt},
	} {
		if left := date.at.Sub(now); left > 0 {
			return date.name + "还有" + clock(left)
		}
	}
	return ""
}

// clock writes 03:07.
func clock(d time.Duration) string {
	seconds := int(d.Seconds())
	return fmt.Sprintf("%02d:%02d", seconds/60, seconds%60)
}

// fit cuts a text to so many columns.
func fit(text string, columns int) string {
	used := 0
	for i, r := range text {
		used += width(string(r))
		if used > columns {
			return text[:i]
		}
	}
	return text
}

// width is how many columns a terminal gives to the text: two for a Chinese
// character, one for any other.
func width(text string) int {
	columns := utf8.RuneCountInString(text)
	for _, r := range text {
		if r >= 0x2E80 { // where the CJK blocks begin
			columns++
		}
	}
	return columns
}
