package acts_test

import (
	"slices"
	"testing"
	"time"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestANoticeEndsAtItsFinalInstantAndNotBefore(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.District, 95, 90)
	_, err := p.adopt(items(f...)...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	end := func() bool {
		ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, n.Number)
		p.must(err)
		return ended
	}

	for _, early := range []time.Time{n.OpensAt, justBefore(n.ClosesAt), n.ClosesAt, justBefore(n.FinalAt)} {
		p.At(early)
		if end() {
			t.Fatalf("ended at %s, final is %s", early, n.FinalAt)
		}
	}
	if got := p.states(f...); !slices.Equal(got, []string{"proposed", "proposed"}) {
		t.Errorf("before its end: %v", got)
	}
	p.At(n.FinalAt)
	if !end() {
		t.Fatalf("not ended at its final instant %s", n.FinalAt)
	}
	if got := p.states(f...); !slices.Equal(got, []string{"noticed_locally", "noticed_locally"}) {
		t.Errorf("after its end: %v", got)
	}

	before := []int{p.history(f...), actstest.One[int](p.World, `SELECT count(*) FROM audit`), actstest.One[int](p.World, `SELECT count(*) FROM message`)}
	p.At(n.FinalAt.Add(time.Hour))
	if !end() {
		t.Error("ending again reports it is not over")
	}
	after := []int{p.history(f...), actstest.One[int](p.World, `SELECT count(*) FROM audit`), actstest.One[int](p.World, `SELECT count(*) FROM message`)}
	if !slices.Equal(before, after) {
		t.Errorf("ending twice wrote again: %v, then %v", before, after)
	}
}

func TestAUnitThatIsSuspendedOrRemovedIsNotNoticed(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Community, 95, 90, 85)
	_, err := p.adopt(items(f...)...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	p.Exec(`UPDATE application SET suspended = true WHERE id = $1`, f[0])
	p.Exec(`UPDATE list_item SET removed_at = shifan_now() WHERE application_id = $1`, f[1])
	p.At(n.FinalAt)
	if ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, n.Number); err != nil || !ended {
		t.Fatal(ended, err)
	}
	if got, want := p.states(f...), []string{"proposed", "proposed", "noticed_locally"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	// The suspended one holds its place also when a list is adopted for others.
	more := p.files(award.Community, 99)
	_, err = p.adopt(items(more...)...)
	p.must(err)
	if got := p.states(f[0]); got[0] != "proposed" {
		t.Errorf("the suspended unit lost its place: %v", got)
	}
}

func TestASuspendedRoundEndsNoNotice(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Community, 95)
	_, err := p.adopt(items(f...)...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	_, err = p.Acts.SuspendRound(t.Context(), p.Admin, p.Key(), p.round.ID, "核查")
	p.must(err)
	p.At(n.FinalAt)
	if ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, n.Number); err != nil || ended {
		t.Fatalf("a suspended round's notice ended: %t, %v", ended, err)
	}
	_, err = p.Acts.ResumeRound(t.Context(), p.Admin, p.Key(), p.round.ID, "核查完毕")
	p.must(err)
	if ended, err := p.Acts.EndNotice(t.Context(), p.round.ID, n.Number); err != nil || !ended {
		t.Errorf("after resuming it does not end: %t, %v", ended, err)
	}
}

func TestOneListHasOneLiveNotice(t *testing.T) {
	p := newProvince(t)
	_, err := p.announce()
	p.refused(err, award.Conflict, "list_missing")
	_, err = p.adopt(items(p.files(award.Community, 95)...)...)
	p.must(err)
	first, err := p.announce()
	p.must(err)
	_, err = p.announce()
	p.refused(err, award.Conflict, "notice_exists")
	p.At(first.FinalAt)
	_, err = p.Acts.EndNotice(t.Context(), p.round.ID, first.Number)
	p.must(err)
	_, err = p.announce()
	p.refused(err, award.Conflict, "notice_exists")

	// Another list, another notice, and the round's next number.
	_, err = p.adopt(items(p.files(award.Community, 96)...)...)
	p.must(err)
	second, err := p.announce()
	p.must(err)
	if first.Number != 1 || second.Number != 2 {
		t.Errorf("numbers %d and %d", first.Number, second.Number)
	}
	if told := p.Procedure.Told(award.ActAnnounceNotice); !slices.Contains(told, award.OfficeWorkflow(p.round.ID, "41")) {
		t.Errorf("told %v", told)
	}
}

func TestAListWhoseUnitHasWithdrawnIsAdoptedAgainBeforeItsNotice(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Community, 95, 90)
	_, err := p.adopt(items(f...)...)
	p.must(err)
	p.Exec(`UPDATE application SET state = 'withdrawn' WHERE id = $1`, f[0])
	_, err = p.announce()
	p.refused(err, award.Conflict, "list_outdated")
	_, err = p.adopt(items(f[1])...)
	p.must(err)
	_, err = p.announce()
	p.must(err)
}

func TestTwoOfficersAnnouncingAtOnceMakeOneNotice(t *testing.T) {
	p := newProvince(t)
	_, err := p.adopt(items(p.files(award.Community, 95)...)...)
	p.must(err)
	other := p.Officer("41", award.RoleAdmin)
	errs := make(chan error)
	for _, by := range []award.Officer{p.head, other} {
		key := p.Key()
		go func() {
			_, err := p.Acts.AnnounceNotice(t.Context(), by, key, acts.AnnounceNoticeInput{
				Round: p.round.ID, Office: p.code,
				Evidence: []award.Evidence{{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: actstest.Start()}},
			})
			errs <- err
		}()
	}
	var won int
	for range 2 {
		if err := <-errs; err == nil {
			won++
		} else if award.CodeOf(err) != award.Conflict {
			t.Errorf("the other got %v", err)
		}
	}
	if n := actstest.One[int](p.World, `SELECT count(*) FROM public_notice`); won != 1 || n != 1 {
		t.Errorf("%d announced, %d notices", won, n)
	}
}

func TestThePublicReadsTheFrozenListAndCanHashItAgain(t *testing.T) {
	p := newProvince(t)
	f := p.files(award.Community, 85, 95)
	_, err := p.adopt(items(f[1], f[0])...)
	p.must(err)
	n, err := p.announce()
	p.must(err)
	found, err := p.Acts.PublicNotice(t.Context(), n.ID)
	p.must(err)
	if hash := award.ListHash(found.Units); string(hash[:]) != string(found.ListSHA256) {
		t.Error("the published list does not give the published hash")
	}
	if len(found.Units) != 2 || found.Units[0].Code > found.Units[1].Code {
		t.Errorf("units not by code (D-09): %v", found.Units)
	}
	all, err := p.Acts.PublicNotices(t.Context())
	p.must(err)
	if len(all) != 1 || all[0].Units != nil || len(all[0].Evidence) != 1 || all[0].OfficeName != "河南省" {
		t.Errorf("notices %+v", all)
	}
	_, err = p.Acts.PublicNotice(t.Context(), n.ID+1)
	p.refused(err, award.NotFound, "notice_unknown")
	_, err = p.Acts.CancelRound(t.Context(), p.Admin, p.Key(), p.round.ID, "演练结束")
	p.must(err)
	if all, err := p.Acts.PublicNotices(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("a cancelled round still shows %d notices (%v)", len(all), err)
	}
}

func TestARealRoundsNoticeBeginsAtMidnight(t *testing.T) {
	w := actstest.New(t)
	now := actstest.Start() // a Monday in November: every day of the notice lies in a published year
	round := w.OpenDrill(actstest.Drill{Real: true, Dates: award.Dates{
		SelfCheckCloses: now.AddDate(0, 1, 0), ApplyCloses: now.AddDate(0, 1, 0),
		RecommendationDue: now.AddDate(0, 5, 0), AssessmentDue: now.AddDate(0, 7, 0),
	}})
	p := provinceOf(t, w, round, "41")
	_, err := p.adopt(items(p.files(award.Community, 95)...)...)
	p.must(err)
	_, err = p.announce() // published at nine in the morning
	p.refused(err, award.Invalid, "instant_malformed")
	done, err := p.Acts.AnnounceNotice(t.Context(), p.head, p.Key(), acts.AnnounceNoticeInput{
		Round: round.ID, Office: "41",
		Evidence: []award.Evidence{{Medium: award.LocalMedium, Name: "本地日报", PublishedAt: award.DateOf(now).Starts()}},
	})
	p.must(err)
	if n := done.Result; !n.OpensAt.Equal(award.DateOf(now).Starts()) || !n.ClosesAt.Equal(award.DateOf(now).Starts().AddDate(0, 0, 3)) {
		t.Errorf("window %s – %s", n.OpensAt, n.ClosesAt)
	}
}
