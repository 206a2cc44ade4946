package acts_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// desk is a recommending office late in its stage, with noticed files of two
// categories, that a property can put back to the beginning.
type desk struct {
	province
	files  []int64
	units  []award.Officer // of each file
	heads  []award.Officer // two officers of the office
	places map[award.Category]int
	round  int // of the property: makes its keys its own
}

func newDesk(t *testing.T, places map[award.Category]int, totals ...int) *desk {
	t.Helper()
	d := &desk{province: newProvince(t), places: places}
	for _, category := range award.Categories() {
		if places[category] > 0 {
			d.files = append(d.files, d.province.files(category, totals...)...)
		}
	}
	for _, id := range d.files {
		d.units = append(d.units, d.unit(id))
	}
	d.heads = []award.Officer{d.head, d.Officer(d.code, award.RoleAdmin)}
	d.At(d.Office(d.province.round.ID, d.code).Stage.DueAt) // overdue: may be closed by name, and may still complete
	return d
}

// reset puts the office back to the day after its public notice.
func (d *desk) reset() {
	d.t.Helper()
	d.round++
	d.Exec(`UPDATE application SET state = 'noticed_locally', suspended = false, ended_at = NULL, waiting_office_id = office_id
		WHERE id = ANY($1)`, pq.Array(d.files))
	d.Exec(`DELETE FROM recommendation`)
	d.Exec(`DELETE FROM package_unit`)
	d.Exec(`DELETE FROM package`)
	d.Exec(`UPDATE round_office SET cut_revision = 0`)
	d.Exec(`UPDATE office_stage SET state = 'open', due_at = shifan_now(), overdue_at = NULL, completed_at = NULL, closed_at = NULL
		WHERE round_id = $1 AND office_id = $2 AND stage = 'recommendation'`, d.province.round.ID, d.id)
	for category, places := range d.places {
		d.limit(category, places)
	}
}

func (d *desk) key(name string) acts.Key {
	return acts.Key{Method: "POST", Path: "/desk", Key: fmt.Sprint(d.round, "-", name)}
}

// move is one thing somebody does at the desk.
type move struct {
	name string
	do   func() error
}

// draw picks what somebody does next. Everything random is drawn here, so that
// the moves of one step can be done at once.
func (d *desk) draw(t *rapid.T, step, n int) move {
	round, key := d.province.round.ID, d.key(fmt.Sprint(step, ".", n))
	ctx := d.t.Context()
	file := rapid.IntRange(0, len(d.files)-1).Draw(t, "file")
	by := d.heads[rapid.IntRange(0, 1).Draw(t, "officer")]
	switch kind := rapid.SampledFrom([]string{
		"recommend", "recommend", "recommend", "recommend one", "repeat", "set limit", "withdraw", "suspend",
		"adopt package", "send", "return", "accept", "close", "reopen",
	}).Draw(t, "kind"); kind {
	case "recommend", "recommend one", "repeat":
		var some []int64
		for _, id := range d.files {
			if kind == "recommend" && rapid.Bool().Draw(t, "in") {
				some = append(some, id)
			}
		}
		if kind != "recommend" {
			some = []int64{d.files[file]}
		}
		if kind == "repeat" { // the same officer, key and content again, whatever has happened since
			key, by, some = d.key("repeated"), d.head, d.files[:2]
		}
		seen := actstest.One[int](d.World, `SELECT cut_revision FROM round_office WHERE round_id = $1 AND code = $2`, round, d.code)
		return move{fmt.Sprint(kind, some), func() error {
			_, err := d.Acts.Recommend(ctx, by, key, acts.RecommendInput{
				Round: round, Office: d.code, Revision: seen, Applications: some, Minutes: "纪要",
			})
			return err
		}}
	case "set limit":
		category := rapid.SampledFrom([]award.Category{award.District, award.Street}).Draw(t, "category")
		in := acts.OfficialCount{
			Office: d.code, Category: category, Eligible: rapid.IntRange(0, 12).Draw(t, "eligible"),
			Source: "名录", CountedOn: award.DateOf(actstest.Start()), Reason: "核对",
		}
		return move{fmt.Sprint(kind, category, in.Eligible), func() error {
			_, err := d.Acts.SetLimit(ctx, d.Admin, key, round, in)
			return err
		}}
	case "withdraw":
		return move{fmt.Sprint(kind, d.files[file]), func() error {
			_, err := d.Acts.Withdraw(ctx, d.units[file], key, acts.OnFile{Round: round, Application: d.files[file], Reason: "撤回"})
			return err
		}}
	case "suspend":
		return move{fmt.Sprint(kind, d.files[file]), func() error {
			_, err := d.DB.Exec(`UPDATE application SET suspended = NOT suspended WHERE id = $1`, d.files[file])
			return err
		}}
	case "adopt package":
		return move{kind, func() error {
			_, err := d.Acts.PutPackage(ctx, by, key, acts.PutPackageInput{
				Round: round, Office: d.code, Letter: award.Document{Title: "推荐函", Number: "1"}, Report: award.Document{Title: "报告", Text: "报告"},
			})
			return err
		}}
	case "send":
		return move{kind, func() error {
			_, err := d.Acts.CompleteStage(ctx, by, key, acts.CompleteStageInput{Round: round, Office: d.code, Stage: award.StageRecommendation})
			return err
		}}
	case "return":
		due := d.Now().Add(5 * actstest.Day)
		return move{kind, func() error {
			_, err := d.Acts.ReturnPackage(ctx, d.Admin, key, acts.ReturnPackageInput{Round: round, Office: d.code, Reason: "补正", Due: due})
			return err
		}}
	case "accept":
		return move{kind, func() error {
			_, err := d.Acts.AcceptPackage(ctx, d.Admin, key, round, d.code)
			return err
		}}
	case "close":
		return move{kind, func() error {
			_, err := d.Acts.CloseOffice(ctx, d.Admin, key, round, d.code, "逾期")
			return err
		}}
	default:
		to := d.Now().Add(10 * actstest.Day)
		return move{kind, func() error {
			_, err := d.Acts.ReopenOffices(ctx, d.Admin, key, round, []acts.Reopening{{Office: d.code, To: to}}, "重新开放")
			return err
		}}
	}
}

// over names what is wrong with the limits as the record stands; empty: nothing.
func (d *desk) over() string {
	return actstest.One[string](d.World, `
		SELECT coalesce(string_agg(format('%s: %s in the cut, %s files, of %s', category, used, files, places), '; '), '')
		FROM (
			SELECT l.category, l.places,
			       (SELECT count(*) FROM recommendation r
			        WHERE r.round_id = l.round_id AND r.office_id = l.office_id AND r.category = l.category) AS used,
			       (SELECT count(*) FROM application a
			        WHERE a.round_id = l.round_id AND a.office_id = l.office_id AND a.category = l.category
			          AND a.state IN ('recommended', 'reviewed')) AS files,
			       (SELECT count(*) FROM application a JOIN recommendation r ON r.application_id = a.id
			        WHERE a.round_id = l.round_id AND a.office_id = l.office_id AND a.category = l.category
			          AND a.state IN ('recommended', 'reviewed')) AS alike,
			       EXISTS (SELECT FROM package p WHERE p.round_id = l.round_id AND p.office_id = l.office_id AND p.state = 'accepted') AS accepted
			FROM recommendation_limit l WHERE l.round_id = $1 AND l.office_id = $2) s
		WHERE used > places OR files <> alike OR (used <> files AND NOT accepted)`, // withdrawn from an accepted list, a place stays used and empty
		d.province.round.ID, d.id)
}

// No path can exceed a limit (N 四(二)): whatever officers of the office, its
// units and the nation do, one after another or at once, in any order, after
// every step no more is recommended than there are places, and what is in the
// cut is what is recommended.
func TestNoPathExceedsALimit(t *testing.T) {
	d := newDesk(t, map[award.Category]int{award.District: 2, award.Street: 1}, 95, 90, 85, 82)
	outcomes := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		d.reset()
		for step := range rapid.IntRange(1, 8).Draw(rt, "steps") {
			moves := make([]move, rapid.IntRange(1, 3).Draw(rt, "at once"))
			for n := range moves {
				moves[n] = d.draw(rt, step, n)
			}
			errs := make([]error, len(moves))
			var group sync.WaitGroup
			for n, m := range moves {
				group.Go(func() { errs[n] = m.do() })
			}
			group.Wait()
			for n, err := range errs {
				outcomes[outcome(err)]++
				if err != nil && award.CodeOf(err) == award.Internal {
					rt.Fatalf("step %d: %s: %v", step, moves[n].name, err)
				}
			}
			if wrong := d.over(); wrong != "" {
				rt.Fatalf("after step %d (%v): %s", step, moves, wrong)
			}
		}
	})
	for _, want := range []string{"done", "over_limit", "stale", "conflict", "closed"} {
		if outcomes[want] == 0 {
			t.Errorf("no act ended %s: %v", want, outcomes)
		}
	}
	t.Logf("outcomes %v", outcomes)
}

func TestOfTwoOfficersAndOnePlaceLeftExactlyOneWins(t *testing.T) {
	d := newDesk(t, map[award.Category]int{award.District: 2}, 95, 90, 85)
	d.reset()
	first := d.files[0]
	d.must(d.recommend("", first)) // one of two places
	for i := range repetitions {
		d.round++ // keys of its own
		seen := actstest.One[int](d.World, `
			WITH out AS (DELETE FROM recommendation WHERE application_id <> $1),
			     back AS (UPDATE application SET state = 'noticed_locally' WHERE id = ANY($2) AND id <> $1)
			SELECT cut_revision FROM round_office WHERE code = $3`, first, pq.Array(d.files), d.code)
		start := make(chan struct{})
		errs := make([]error, 2)
		var group sync.WaitGroup
		for n, by := range d.heads {
			group.Go(func() {
				<-start
				_, errs[n] = d.Acts.Recommend(context.Background(), by, d.key(fmt.Sprint("race-", n)), acts.RecommendInput{
					Round: d.province.round.ID, Office: d.code, Revision: seen, Applications: []int64{first, d.files[1+n]}, Minutes: "纪要",
				})
			})
		}
		close(start)
		group.Wait()
		outcomes := []string{outcome(errs[0]), outcome(errs[1])}
		slices.Sort(outcomes)
		if !slices.Equal(outcomes, []string{"done", "stale"}) {
			t.Fatalf("repetition %d: %v, want one to win and one to be told", i, outcomes)
		}
		if wrong := d.over(); wrong != "" {
			t.Fatalf("repetition %d: %s", i, wrong)
		}
		if n := actstest.One[int](d.World, `SELECT count(*) FROM recommendation`); n != 2 {
			t.Fatalf("repetition %d: %d recommended of 2 places", i, n)
		}
	}
}

// What writes a cut without asking the rule is stopped by the record itself.
func TestTheRecordRefusesMoreThanTheLimit(t *testing.T) {
	d := newDesk(t, map[award.Category]int{award.District: 1}, 95, 90)
	write := func() error {
		return d.Store.InTx(t.Context(), func(tx acts.Tx) error {
			var cut []acts.Recommended
			for i, id := range d.files {
				cut = append(cut, acts.Recommended{Application: id, Category: award.District, Position: i + 1})
			}
			return tx.ReplaceRecommendations(t.Context(), d.province.round.ID, d.id, cut)
		})
	}
	if write() == nil {
		t.Error("two were written for one place")
	}
	d.limit(award.District, 2)
	d.must(write())
	if _, err := d.DB.Exec(`UPDATE recommendation_limit SET places = 1 WHERE office_id = $1 AND category = 'district'`, d.id); err == nil {
		t.Error("the limit was lowered below what is used")
	}
}
