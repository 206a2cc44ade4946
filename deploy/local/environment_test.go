package main

import (
	"net"
	"testing"

	"shifan/deploy/local/server"
)

func TestAPortIsAskedForByItsVariable(t *testing.T) {
	for value, want := range map[string]int{"": 0, "1": 1, "65535": 65535} {
		t.Setenv(askPostgres, value)
		if got, err := askedPort(askPostgres); err != nil || got != want {
			t.Errorf("askedPort(%q) = %d, %v; want %d", value, got, err, want)
		}
	}
	for _, value := range []string{"0", "65536", "-1", "http", " 1"} {
		t.Setenv(askPostgres, value)
		if got, err := askedPort(askPostgres); err == nil {
			t.Errorf("askedPort(%q) = %d, want an error", value, got)
		}
	}
}

func TestOurOwnProcessesMoveAsideUnlessTheirAddressWasAsked(t *testing.T) {
	busy, err := net.Listen("tcp", server.Address(0))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	address := busy.Addr().String()

	t.Setenv("SHIFAN_API_ADDRESS", "")
	got, err := pickAddress("SHIFAN_API_ADDRESS", address)
	if err != nil || got == address {
		t.Errorf("pickAddress = %s, %v; want another than the busy %s", got, err, address)
	}
	t.Setenv("SHIFAN_API_ADDRESS", address)
	if got, err := pickAddress("SHIFAN_API_ADDRESS", address); err == nil {
		t.Errorf("pickAddress = %s, want an error: it was asked for and is busy", got)
	}
}

func TestABrowserFindsAnAddressThatListensEverywhere(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		":8080":          "http://127.0.0.1:8080",
		"0.0.0.0:8080":   "http://127.0.0.1:8080",
		"[::]:8080":      "http://127.0.0.1:8080",
		"shifan:80":      "http://shifan:80",
		"[::1]:80":       "http://[::1]:80",
	} {
		if got := httpURL(address); got != want {
			t.Errorf("httpURL(%s) = %s, want %s", address, got, want)
		}
	}
}

func TestTheTableAlignsChineseAndEnglish(t *testing.T) {
	got := table([][2]string{{"日志 logs", "a"}, {"left out", ""}, {"接口 API docs", "b"}})
	want := "  日志 logs      a\n  接口 API docs  b\n"
	if got != want {
		t.Errorf("table:\n%s\nwant:\n%s", got, want)
	}
}
