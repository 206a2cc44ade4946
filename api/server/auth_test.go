package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"shifan/internal/award"
)

// clock stands still until it is moved.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

func TestAKeyIsAskedAgainAfterFiveSeconds(t *testing.T) {
	now := &clock{time.Unix(1_800_000_000, 0)}
	asked := 0
	valid := true
	callers := newCallers(func(context.Context, string) (award.Officer, error) {
		asked++
		if !valid {
			return award.Officer{}, award.Refuse(award.NotFound, "", "key_unknown")
		}
		return award.Officer{ID: 7}, nil
	}, now.read)
	find := func() (award.Officer, error) { return callers.find(t.Context(), "key") }

	for range 3 {
		if o, err := find(); o.ID != 7 || err != nil {
			t.Fatalf("found %+v, %v", o, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times within the five seconds", asked)
	}
	valid = false // revoked
	now.now = now.now.Add(callerLife - time.Nanosecond)
	if _, err := find(); err != nil {
		t.Errorf("before the five seconds are over: %v", err)
	}
	now.now = now.now.Add(time.Nanosecond)
	if _, err := find(); award.CodeOf(err) != award.NotFound {
		t.Errorf("after five seconds: %v", err)
	}
	if _, err := find(); award.CodeOf(err) != award.NotFound || asked != 3 {
		t.Errorf("a key of nobody's was remembered: asked %d, %v", asked, err)
	}
}

func TestRememberedKeysAreBounded(t *testing.T) {
	now := &clock{time.Unix(1_800_000_000, 0)}
	callers := newCallers(func(context.Context, string) (award.Officer, error) { return award.Officer{ID: 1}, nil }, now.read)
	for i := range mostCallers + 10 {
		if _, err := callers.find(t.Context(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(callers.known) > mostCallers {
		t.Errorf("%d keys are remembered", len(callers.known))
	}
}

func TestAFaultOfTheRecordIsNoWrongKey(t *testing.T) {
	fault := errors.New("down")
	callers := newCallers(func(context.Context, string) (award.Officer, error) { return award.Officer{}, fault }, time.Now)
	if _, err := callers.find(t.Context(), "key"); !errors.Is(err, fault) {
		t.Errorf("found %v", err)
	}
}

func TestPublicPagesAreReadWithoutAKeyButNotWithoutEnd(t *testing.T) {
	now := &clock{time.Unix(1_800_000_000, 0)}
	visitors := newVisitors(now.read, visitsPerSecond, visitsAtOnce)
	for i := range visitsAtOnce {
		if !visitors.admit("192.0.2.1") {
			t.Fatalf("visit %d is refused", i+1)
		}
	}
	if visitors.admit("192.0.2.1") {
		t.Error("nobody is ever refused")
	}
	if !visitors.admit("192.0.2.2") {
		t.Error("one address pays for another")
	}
	now.now = now.now.Add(time.Second)
	for i := range visitsPerSecond {
		if !visitors.admit("192.0.2.1") {
			t.Errorf("a second later visit %d is refused", i+1)
		}
	}
	for i := range mostVisitors + 10 {
		visitors.admit(fmt.Sprint("address ", i))
	}
	if len(visitors.known) > mostVisitors {
		t.Errorf("%d addresses are remembered", len(visitors.known))
	}
}

func TestTooManyPublicReadsAreToldToWait(t *testing.T) {
	h := newHouse(t)
	for i := range visitsAtOnce * 2 {
		a := h.call("", "GET", "/api/v1/public/titles/none", nil, fmt.Sprintf("X-Forwarded-For: 192.0.2.%d", i)) // a claim counts for nothing
		if a.status == http.StatusTooManyRequests {
			a.refused(http.StatusTooManyRequests, award.Unavailable)
			if a.header.Get("Retry-After") == "" {
				t.Error("nobody says when to try again")
			}
			return
		}
	}
	t.Error("nobody was slowed")
}
