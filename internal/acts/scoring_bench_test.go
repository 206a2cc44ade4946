package acts_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
	"shifan/internal/ratio"
)

// What scoring is measured by.
const (
	scoredUnits  = 82_006 // communities of the first round (D-01)
	scoredLeaves = 40
	scoringPairs = 7
	scoringMost  = 3.0 // times what the sum alone takes
	scoringAhead = 8   // pages under way at once, as workflows.StageBatch has them
)

// BenchmarkScoring scores 82,006 units of 40 indicators by the batch's own acts,
// page after page, and beside it has PostgreSQL sum the same arrays into the same
// table by one INSERT … SELECT. The two take turns; it prints the median of their
// ratios and fails above three.
//
// Run it with make bench-scoring.
func BenchmarkScoring(b *testing.B) {
	for range b.N {
		w := actstest.New(b)
		round := marked(b, w)
		w.Run()
		var ratios []float64
		var most uint64
		for pair := range scoringPairs + 1 { // the first warms both up
			var batch, sum time.Duration
			batchFirst := pair%2 == 0
			if batchFirst {
				batch, most = scoreAll(b, w, round, most)
			}
			sum = sumAll(w, round)
			if !batchFirst {
				batch, most = scoreAll(b, w, round, most)
			}
			if pair > 0 {
				ratios = append(ratios, batch.Seconds()/sum.Seconds())
				fmt.Printf("scoring pair %d: batch %.2f s, sum %.2f s\n", pair, batch.Seconds(), sum.Seconds())
			}
		}
		measured := ratio.Measure{Name: "scoring", Ratios: ratios, Target: scoringMost}
		measured.Print(os.Stdout)
		fmt.Printf("scoring heap: %d MiB in use at most, of %d pages\n", most>>20, (scoredUnits+499)/500)
		b.ReportMetric(ratio.Median(ratios), "ratio")
		b.ReportMetric(float64(most>>20), "heap-MiB")
		if !measured.Met() {
			b.Errorf("scoring takes more than %.2f times the sum", scoringMost)
		}
	}
}

// marked is an open round whose frozen list has marks for every unit.
func marked(b *testing.B, w *actstest.World) string {
	b.Helper()
	s := award.Standard{Category: award.Community, Title: "四十项"}
	for i := range 4 {
		block := award.Block{Title: fmt.Sprint(i + 1)}
		for k := range scoredLeaves / 4 {
			leaf := award.Leaf{Code: fmt.Sprintf("%d.%d", i+1, k+1), Title: "指标", Kind: award.LeafPoints, Max: 2_50}
			switch k {
			case 1:
				leaf.Kind = award.LeafBoolean
			case 2:
				leaf.Kind, leaf.Unit, leaf.Each = award.LeafCount, "个", 50
			case 3:
				leaf.Kind, leaf.Each = award.LeafDeduction, 50
			case 4:
				leaf.Kind, leaf.Unit, leaf.Sense, leaf.Target, leaf.Greatest = award.LeafTarget, "%", award.AtLeast, 2_00, 100_00
			case 5:
				leaf.Kind, leaf.Unit, leaf.Greatest = award.LeafBands, "%", 100_00
				leaf.Bands = []award.Band{{From: 0, To: 2_00}, {From: 2_00, To: 100_00, Points: 2_50}}
			}
			block.Leaves = append(block.Leaves, leaf)
		}
		s.Blocks = append(s.Blocks, block)
	}
	published(b, w, w.Admin, s)
	round := w.OpenDrill(actstest.Drill{Categories: []award.CategoryRule{
		{Category: award.Community, Quota: award.Quota{Places: 500, Ratio: 1}},
	}}).ID
	office := w.Office(round, "41").ID
	w.Exec(`INSERT INTO unit SELECT FROM generate_series(1, $1)`, scoredUnits)
	w.Exec(`
		INSERT INTO round_unit (round_id, unit_id, code, name, kind, kind_sure, office_id, path)
		SELECT $1, id, 'X' || id, '社区', 'community', true, $2, ARRAY[id]
		FROM unit u WHERE NOT EXISTS (SELECT FROM unit_version v WHERE v.unit_id = u.id)`, round, office)
	w.Exec(`
		INSERT INTO application (round_id, unit_id, category, office_id, state)
		SELECT round_id, unit_id, 'community', office_id, 'marked' FROM round_unit WHERE round_id = $1 AND code LIKE 'X%'`, round)
	// What is entered fits every kind: whole points where something is counted.
	w.Exec(`
		INSERT INTO assessment_mark (application_id, marks, officer_id)
		SELECT a.id, (SELECT array_agg(CASE WHEN n % 10 = 1 THEN 250 * (a.id % 2)
			WHEN n % 10 IN (2, 3) THEN 100 * ((a.id + n) % 4) ELSE (a.id * 7 + n * 13) % 251 END ORDER BY n)
			FROM generate_series(0, $2 - 1) n), $3
		FROM application a WHERE a.round_id = $1`, round, scoredLeaves, w.Admin.ID)
	w.Exec(`ANALYZE`)
	return round
}

// scoreAll runs the whole batch, as its workflow would, and returns how long it
// took and the most heap in use so far.
func scoreAll(b *testing.B, w *actstest.World, round string, most uint64) (time.Duration, uint64) {
	b.Helper()
	w.Exec(`TRUNCATE score`)
	runtime.GC()
	ctx, began := context.Background(), time.Now()
	run, err := w.Acts.BeginBatch(ctx, round, "", award.JobScore)
	require.NoError(b, err)
	after := award.Page{Round: round, Job: award.JobScore, Number: run.Number}
	done := 0
	for {
		pages, err := w.Acts.NextPages(ctx, after, scoringAhead)
		require.NoError(b, err)
		if len(pages) == 0 {
			break
		}
		results, failed := make([]award.PageResult, len(pages)), make([]error, len(pages))
		var group sync.WaitGroup
		for i, page := range pages {
			group.Go(func() { results[i], failed[i] = w.Acts.DoPage(ctx, page) })
		}
		group.Wait()
		for i := range pages {
			require.NoError(b, failed[i])
			require.Zero(b, results[i].Failed)
			done += results[i].Done
		}
		after.From = pages[len(pages)-1].To
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		most = max(most, memory.HeapInuse)
	}
	took := time.Since(began)
	require.Equal(b, scoredUnits, done)
	return took, most
}

// sumAll has PostgreSQL write one sum per unit, into the same columns.
func sumAll(w *actstest.World, round string) time.Duration {
	w.Exec(`TRUNCATE score`)
	began := time.Now()
	w.Exec(`
		INSERT INTO score (application_id, total, blocks, passed, reasons)
		SELECT a.id, s.total, '{}', s.total >= 8000, '{}'
		FROM application a JOIN assessment_mark m ON m.application_id = a.id,
		LATERAL (SELECT sum(v)::bigint AS total FROM unnest(m.marks) v) s
		WHERE a.round_id = $1 AND a.state IN ('reviewed', 'marked')`, round)
	return time.Since(began)
}
