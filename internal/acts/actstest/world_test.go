package actstest_test

import (
	"testing"
	"time"

	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

func TestADrillIsOpenedWithItsOffices(t *testing.T) {
	w := actstest.New(t)
	r := w.OpenDrill(actstest.Drill{})
	if r.State != award.RoundOpen || !r.Drill || r.ID != "drill-1" {
		t.Fatalf("round %s is %s, drill %t", r.ID, r.State, r.Drill)
	}
	codes := actstest.One[string](w, `SELECT string_agg(code, ' ' ORDER BY code) FROM round_office WHERE round_id = $1`, r.ID)
	if codes != "11 41 44 BT" {
		t.Errorf("offices are %s", codes)
	}
	if got, want := w.Office(r.ID, "41").ArrivalAt, actstest.Start().Add(60*actstest.Day); !got.Equal(want) {
		t.Errorf("files arrive by %s, want %s", got, want)
	}
}

func TestTheClockStandsAndRuns(t *testing.T) {
	w := actstest.New(t)
	at := actstest.Start().Add(time.Nanosecond * 1000)
	w.At(at)
	if got := w.Now(); !got.Equal(at) {
		t.Errorf("the clock stands at %s, want %s", got, at)
	}
	w.Run()
	if got := w.Now(); time.Since(got).Abs() > time.Minute {
		t.Errorf("the running clock shows %s", got)
	}
}
