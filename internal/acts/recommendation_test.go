package acts_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestTheCutTakesOnlyNoticedUnitsWithinTheLimit(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90, 85)
	never := p.files(award.District, 80)
	p.notice(f...)
	elsewhere := provinceOf(t, p.World, p.round, "11").files(award.District, 99)

	if got, want := p.refused(p.recommend("纪要", f[0], never[0], elsewhere[0], f[0]), award.Conflict, "cut_defective"), []string{
		"/applications/1 cut_not_noticed", "/applications/2 cut_not_noticed", "/applications/3 item_twice",
	}; !slices.Equal(got, want) {
		t.Errorf("defects %v, want %v", got, want)
	}
	p.refused(p.recommend("纪要", f...), award.OverLimit, "limit_exceeded")
	p.must(p.recommend("", f[0], f[1]))
	if got, want := p.states(append(f, never...)...), []string{"recommended", "recommended", "noticed_locally", "inspected"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
}

func TestACutReplacesTheEarlierOneAndMayBeEmpty(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90, 85)
	p.notice(f...)
	p.must(p.recommend("", f[0], f[1]))
	moves := p.history(f...)
	p.must(p.recommend("", f[0], f[1])) // the same again moves nothing
	if again := p.history(f...); again != moves {
		t.Errorf("the same cut made %d moves", again-moves)
	}
	p.must(p.recommend("纪要", f[0], f[2]))
	if got, want := p.states(f...), []string{"recommended", "noticed_locally", "recommended"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	p.must(p.recommend(""))
	if n := actstest.One[int](p.World, `SELECT count(*) FROM recommendation`); n != 0 {
		t.Errorf("%d recommendations left of an empty cut", n)
	}
}

func TestACutThatTheOfficerHasNotSeenIsNotOverwritten(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90, 85)
	p.notice(f...)
	cut := func(seen int, files ...int64) (acts.RecommendResult, error) {
		done, err := p.Acts.Recommend(t.Context(), p.head, p.Key(), acts.RecommendInput{
			Round: p.round.ID, Office: p.code, Revision: seen, Applications: files, Minutes: "纪要",
		})
		return done.Result, err
	}
	first, err := cut(0, f[0], f[1])
	p.must(err)
	if first.Revision != 1 {
		t.Errorf("the first cut is revision %d", first.Revision)
	}
	for _, seen := range []int{0, 2} {
		_, err = cut(seen, f[0], f[2])
		p.refused(err, award.Stale, "stale")
	}
	second, err := cut(1, f[0], f[2])
	p.must(err)
	if got, want := p.states(f...), []string{"recommended", "noticed_locally", "recommended"}; second.Revision != 2 || !slices.Equal(got, want) {
		t.Errorf("revision %d, states %v", second.Revision, got)
	}
}

func TestACategoryWithoutALimitIsCutToWhatTheOfficeChooses(t *testing.T) {
	w := actstest.New(t)
	w.Exec(`INSERT INTO standard (category, version, title, sample, indicators, sha256) VALUES ('city', 1, '城市', false, '{}', '\x00')`)
	p := provinceOf(t, w, w.OpenDrill(actstest.Drill{Categories: append(actstest.DrillCategories(),
		award.CategoryRule{Category: award.City, Quota: award.Quota{Places: 1}})}), "41")
	f := p.files(award.City, 95, 90, 85) // the nation's quota binds the nation alone
	p.notice(f...)
	p.must(p.recommend("", f...))
	if got := p.states(f...); !slices.Equal(got, []string{"recommended", "recommended", "recommended"}) {
		t.Errorf("states %v", got)
	}
}

func TestAPlaceFreedByWithdrawalGoesToTheNextThatWasNoticed(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 1)
	f := p.files(award.District, 95, 90)
	never := p.files(award.District, 88)
	p.notice(f...)
	p.must(p.recommend("", f[0]))
	p.must(p.withdraw(f[0]))
	p.refused(p.recommend("纪要", f[0]), award.Conflict, "cut_defective")
	p.refused(p.recommend("纪要", never[0]), award.Conflict, "cut_defective")
	p.must(p.recommend("", f[1])) // without a new notice
	if got, want := p.states(f[0], f[1], never[0]), []string{"withdrawn", "recommended", "inspected"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
}

func TestAUnitThatWithdrawsWhileTheOfficeCutsIsNotInTheCut(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90)
	p.notice(f...)
	p.must(p.recommend("", f...))
	key, cut := p.Key(), make(chan error, 1)
	p.must(p.Store.InTx(t.Context(), func(tx acts.Tx) error {
		file, err := tx.LockFile(t.Context(), p.round.ID, f[0])
		if err != nil {
			return err
		}
		go func() {
			_, err := p.Acts.Recommend(context.Background(), p.head, key, acts.RecommendInput{
				Round: p.round.ID, Office: p.code, Revision: 1, Applications: f,
			})
			cut <- err
		}()
		select {
		case err := <-cut:
			return errors.Join(errors.New("the cut did not wait"), err)
		case <-time.After(300 * time.Millisecond):
		}
		file.State, file.Waiting, file.EndedAt = award.FileWithdrawn, 0, p.Now()
		if err := tx.SaveFile(t.Context(), file); err != nil {
			return err
		}
		return tx.LeaveLists(t.Context(), f[0])
	}))
	if got := p.refused(<-cut, award.Conflict, "cut_defective"); !slices.Equal(got, []string{"/applications/0 cut_not_noticed"}) {
		t.Errorf("defects %v", got)
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM recommendation WHERE application_id = $1`, f[0]); n != 0 {
		t.Error("the unit that withdrew is still in the cut")
	}
}

func TestTiesAcrossTheLimitAndDeparturesNeedMinutes(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90, 90)
	p.notice(f...)
	p.refused(p.recommend("", f[0], f[1]), award.Incomplete, "cut_tied")
	p.refused(p.recommend("", f[1], f[2]), award.Incomplete, "cut_departs")
	p.must(p.recommend("第2次会议投票", f[0], f[2]))
}

func TestASuspendedUnitEntersNoCutAndOneThatIsInHoldsItsPlace(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90)
	p.notice(f...)
	p.must(p.recommend("", f[0]))
	p.Exec(`UPDATE application SET suspended = true`)
	if got := p.refused(p.recommend("", f[0], f[1]), award.Conflict, "cut_defective"); !slices.Equal(got, []string{"/applications/1 item_suspended"}) {
		t.Errorf("defects %v", got)
	}
	p.must(p.recommend("", f[0]))
	p.refused(p.recommend(""), award.Incomplete, "cut_leaves_suspended")
	p.must(p.recommend("第3次会议:异议未结,本次不再保留"))
}

// Whatever officers do at once, and whatever they ask for, the limits hold at
// every moment, and the rows of the cut are the recommended files.
func TestOfficersRecommendingAtOnceNeverExceedALimit(t *testing.T) {
	p := newProvince(t)
	limits := map[award.Category]int{award.District: 3, award.Street: 1, award.Community: 5}
	var all []int64
	for category, places := range limits {
		p.limit(category, places)
		all = append(all, p.files(category, 99, 98, 97, 96, 95, 94)...)
	}
	_, err := p.adopt(items(all...)...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	p.At(n.FinalAt)
	_, err = p.Acts.EndNotice(t.Context(), p.round.ID, n.Number)
	p.must(err)

	officers := []award.Officer{p.head, p.Officer("41", award.RoleAdmin)}
	watching, stop := make(chan error, 1), make(chan struct{})
	go func() { watching <- watchLimits(p, stop) }()

	var group sync.WaitGroup
	var mutex sync.Mutex
	outcomes := map[string]int{}
	for g := range 20 {
		dice := rand.New(rand.NewPCG(2008, uint64(g)))
		group.Go(func() {
			for i := range 6 {
				var seen int
				err := p.DB.Get(&seen, `SELECT cut_revision FROM round_office WHERE round_id = $1 AND code = $2`, p.round.ID, p.code)
				if err == nil {
					_, err = p.Acts.Recommend(t.Context(), officers[g%2], acts.Key{Method: "POST", Path: "/cut", Key: fmt.Sprint(g, "-", i)},
						acts.RecommendInput{Round: p.round.ID, Office: p.code, Revision: seen, Minutes: "纪要", Applications: draw(dice, all)})
				}
				mutex.Lock()
				outcomes[outcome(err)]++
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	close(stop)
	if err := <-watching; err != nil {
		t.Error(err)
	}
	if outcomes["done"] == 0 || outcomes["over_limit"] == 0 || outcomes["stale"] == 0 || len(outcomes) != 3 {
		t.Errorf("outcomes %v: want cuts made, cuts over the limit, and cuts another was made before; and nothing else", outcomes)
	}
	t.Logf("outcomes %v", outcomes)
	if differ := actstest.One[int](p.World, `
		SELECT count(*) FROM application a FULL JOIN recommendation r ON r.application_id = a.id
		WHERE (a.state = 'recommended') <> (r.application_id IS NOT NULL)`); differ != 0 {
		t.Errorf("%d files disagree with the rows of the cut", differ)
	}
}

// watchLimits looks at the record as fast as it can until told to stop.
func watchLimits(p province, stop <-chan struct{}) error {
	for {
		var over int
		err := p.DB.Get(&over, `
			SELECT count(*) FROM recommendation_limit l
			WHERE l.round_id = $1 AND l.places < (
				SELECT count(*) FROM application a
				WHERE a.round_id = l.round_id AND a.office_id = l.office_id AND a.category = l.category AND a.state = 'recommended')`, p.round.ID)
		if err != nil {
			return err
		}
		if over > 0 {
			return fmt.Errorf("%d limits exceeded", over)
		}
		select {
		case <-stop:
			return nil
		default:
		}
	}
}

// draw picks some of the files, in the order of their marks.
func draw(dice *rand.Rand, all []int64) []int64 {
	share := dice.Float64()
	var some []int64
	for _, id := range all {
		if dice.Float64() < share {
			some = append(some, id)
		}
	}
	return some
}

func outcome(err error) string {
	if err == nil {
		return "done"
	}
	if code := award.CodeOf(err); code != award.Internal {
		return string(code)
	}
	return err.Error()
}
