package acts

import (
	"context"
	"slices"
	"time"

	"shifan/internal/award"
)

// Counts is what counting a round's units and files comes to (批次计数): what a
// page of the round shows and no act decides by.
type Counts struct {
	At        time.Time // of the record's clock
	Funnels   []Funnel
	Reminders map[int64]int // given on files under way, by recommending office
	Marks     []MarkCount
}

// TotalKind says whose total of marks one is.
type TotalKind string

// The totals that are counted, in the order in which they come.
const (
	TotalSelf     TotalKind = "self"     // 自评得分
	TotalProvince TotalKind = "province" // 省级考核得分
	TotalNation   TotalKind = "nation"   // 部级核定得分
)

// TotalKinds lists them.
func TotalKinds() []TotalKind { return []TotalKind{TotalSelf, TotalProvince, TotalNation} }

// MarkStretch is how wide a stretch of totals is, and MarkStretches how many
// there are: 100 belongs to the last (得分分布).
const (
	MarkStretch   = award.Points(5_00)
	MarkStretches = 20
)

// MarkCount is how many units have a total in one stretch.
type MarkCount struct {
	Office   int64 // recommending; 0: all that the reader sees
	Category award.Category
	Of       TotalKind
	Stretch  int // from 0
	Units    int
}

// countReads counts a round's units and files: the one thing that a round's page
// asks and that grows with the applicants.
type countReads interface {
	// Funnels counts units by office and category; office narrows to one, 0 is all.
	Funnels(ctx context.Context, round string, office int64) ([]Funnel, error)
	// Reminders counts those given on files under way, by recommending office.
	Reminders(ctx context.Context, round string) (map[int64]int, error)
	// MarkCounts counts the totals of complete self-checks, inspections and scores.
	MarkCounts(ctx context.Context, round string) ([]MarkCount, error)
}

// countsLast is how long counts are shown before they are counted anew (D-105).
const countsLast = 5 * time.Second

// count counts a round's units and files.
func (a *Acts) count(ctx context.Context, round string, now time.Time) (Counts, error) {
	counts := Counts{At: now}
	var err error
	if counts.Funnels, err = a.store.Funnels(ctx, round, 0); err != nil {
		return Counts{}, err
	}
	if counts.Reminders, err = a.store.Reminders(ctx, round); err != nil {
		return Counts{}, err
	}
	counts.Marks, err = a.store.MarkCounts(ctx, round)
	return counts, err
}

// Picture is a round at a glance (批次总览): how it stands now, and the counts as
// they were a few seconds ago.
type Picture struct {
	RoundStanding
	Now       time.Time
	Offices   []OfficeStanding
	Report    []Funnel    // by category
	Marks     []MarkCount // by category, kind and stretch
	CountedAt time.Time
}

// Picture shows a round at a glance to whoever may read it: dates and states as
// they stand, counts that are kept for a few seconds. Acts and the API never
// decide by them.
func (a *Acts) Picture(ctx context.Context, by award.Officer, round string) (Picture, error) {
	s, err := a.Round(ctx, by, round)
	if err != nil {
		return Picture{}, err
	}
	p := Picture{RoundStanding: s}
	if p.Now, err = a.Now(ctx); err != nil {
		return Picture{}, err
	}
	all, err := a.store.OfficeStandings(ctx, round, "")
	if err != nil {
		return Picture{}, err
	}
	counts, err := a.counts.get(ctx, round, p.Now, func() (Counts, error) { return a.count(ctx, round, p.Now) })
	if err != nil {
		return Picture{}, err
	}
	seen := make(map[int64]bool)
	for _, o := range all {
		seen[o.ID] = MaySee(by, o.Row(s.Round))
	}
	p.Offices = concerning(by, s.Round, all)
	counted(by, s.Round, p.Offices, counts.Funnels, counts.Reminders)
	p.Report = s.total(slices.DeleteFunc(slices.Clone(counts.Funnels), func(f Funnel) bool { return !seen[f.Office] }))
	p.Marks = markTotals(counts.Marks, func(m MarkCount) bool {
		return seen[m.Office] && (m.Of != TotalNation || by.Office == s.Owner) // units are told when candidates are fixed
	})
	p.CountedAt = counts.At
	return p, nil
}

// markTotals adds up the counts that are wanted over all offices.
func markTotals(marks []MarkCount, wanted func(m MarkCount) bool) []MarkCount {
	at := make(map[MarkCount]int)
	var out []MarkCount
	for _, m := range marks {
		if !wanted(m) {
			continue
		}
		units := m.Units
		m.Office, m.Units = 0, 0
		i, known := at[m]
		if !known {
			i = len(out)
			at[m] = i
			out = append(out, m)
		}
		out[i].Units += units
	}
	return out
}
