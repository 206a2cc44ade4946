package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// answering starts a server that answers with fn and returns a client of it.
func answering(t *testing.T, fn http.HandlerFunc) client {
	t.Helper()
	server := httptest.NewServer(fn)
	t.Cleanup(server.Close)
	return client{wire: newWire(server.URL, time.Now()), key: "secret", name: "示例"}
}

func TestAnActIsRepeatedUnderItsKeyWhileTheSystemIsAway(t *testing.T) {
	var keys []string
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		switch len(keys) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			panic(http.ErrAbortHandler) // the connection breaks
		default:
			w.Write([]byte(`{"id":"drill-1"}`)) //nolint:errcheck // a test's answer
		}
	})
	var r round
	if err := c.post(context.Background(), "/rounds", map[string]string{}, &r); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 3 || keys[0] == "" || keys[0] != keys[1] || keys[1] != keys[2] {
		t.Errorf("keys %q, want three times the same", keys)
	}
	if r.ID != "drill-1" {
		t.Errorf("round %q", r.ID)
	}
	if err := c.post(context.Background(), "/rounds", nil, nil); err != nil {
		t.Fatal(err)
	}
	if keys[3] == keys[0] {
		t.Error("two acts under one key")
	}
}

func TestARefusalIsToldAndNotRepeated(t *testing.T) {
	calls := 0
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("If-Match") != "4" {
			t.Errorf("headers %v", r.Header)
		}
		w.WriteHeader(http.StatusConflict)
		w.Write([]byte(`{"status":409,"code":"closed","rule":"N 四(一)","detail":"已截止"}`)) //nolint:errcheck // a test's answer
	})
	err := c.do(context.Background(), call{method: http.MethodPatch, path: "/rounds/x", revision: 4}, nil)
	if !refusedAs(err, "conflict", "closed") || refusedAs(err, "stale") {
		t.Errorf("error %v", err)
	}
	if calls != 1 {
		t.Errorf("asked %d times", calls)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := c.get(ctx, "/me", nil, nil); err == nil {
		t.Error("no error from a system that is away")
	}
}

func TestAListIsReadToItsEnd(t *testing.T) {
	c := answering(t, func(w http.ResponseWriter, r *http.Request) {
		next := map[string]string{"": "a", "a": "b", "b": ""}[r.URL.Query().Get("cursor")]
		if r.URL.Query().Get("kind") != "street" || r.URL.Query().Get("limit") != "500" {
			t.Errorf("query %s", r.URL.RawQuery)
		}
		json.NewEncoder(w).Encode(map[string]any{"items": []int{1, 2}, "next": next}) //nolint:errcheck // a test's answer
	})
	query := map[string][]string{"kind": {"street"}}
	for range 2 { // the query is the caller's and stays as it is
		items, err := pages[int](context.Background(), c, "/units", query)
		if err != nil || len(items) != 6 {
			t.Errorf("%d items, %v", len(items), err)
		}
	}
	if len(query) != 1 {
		t.Errorf("the caller's query has become %v", query)
	}
}

func TestKeysLostOnTheWayAreMadeAnew(t *testing.T) {
	calls := 0
	c := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		item := map[string]any{"office": "41", "officer": 1, "id": 1}
		if calls == 2 {
			item["key"] = "k"
		}
		json.NewEncoder(w).Encode(map[string]any{"items": []any{item}}) //nolint:errcheck // a test's answer
	})
	keys, err := makeKeys(context.Background(), c, heads([]string{"41"}))
	if err != nil || keys["41"] != "k" {
		t.Errorf("keys %v, %v", keys, err)
	}
	if _, err := makeKeys(context.Background(), c, heads([]string{"41"})); err == nil {
		t.Error("no key was shown and none is missed")
	}
}
