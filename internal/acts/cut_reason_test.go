package acts_test

import (
	"testing"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestTheCutSaysOfEveryFileWhyItIsInItOrNot(t *testing.T) {
	p := newProvince(t)
	p.limit(award.District, 2)
	f := p.files(award.District, 95, 90, 90, 85, 93, 82)
	taken, beyond, tied := f[:2], f[3], f[2]
	suspended, unlisted := f[4], f[5]
	low := p.files(award.District, 70)[0]
	p.notice(f[0], f[4], f[1], f[2], f[3])
	later := p.files(award.District, 81)[0]
	unasked := p.files(award.District, 99)[0]
	p.Exec(`DELETE FROM survey WHERE application_id = $1`, unasked)
	p.Exec(`UPDATE application SET suspended = true WHERE id = $1`, suspended)
	p.must(p.recommend("第2次评审会纪要", taken...))

	cut, err := p.Acts.CutOf(t.Context(), p.Clerk("41"), p.round.ID, "41")
	p.must(err)
	if cut.Revision != 1 || len(cut.Limits) != 3 || cut.Limits[0].Used != 2 {
		t.Errorf("revision %d, limits %+v", cut.Revision, cut.Limits)
	}
	got := map[int64]award.CutReason{}
	for i, item := range cut.Items {
		got[item.ID] = item.Reason
		if (item.Reason == award.CutTaken) != (i < 2) {
			t.Errorf("place %d of the cut is %s", i, item.Reason)
		}
	}
	for id, want := range map[int64]award.CutReason{
		taken[0]: award.CutTaken, taken[1]: award.CutTaken, tied: award.CutTied, beyond: award.CutBeyondLimit,
		suspended: award.CutSuspended, unlisted: award.CutNotListed, low: award.CutNotPassed, unasked: award.CutSurvey, later: award.CutNotListed,
	} {
		if got[id] != want {
			t.Errorf("file %d (%s): %s, want %s", id, actstest.One[string](p.World, `SELECT total::text FROM inspection WHERE application_id = $1`, id), got[id], want)
		}
	}
	_, err = p.Acts.CutOf(t.Context(), p.Head("11"), p.round.ID, "41")
	p.refused(err, award.NotFound, "not_found")
}
