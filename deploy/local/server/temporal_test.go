package server_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"shifan/deploy/local/server"
)

func TestTemporalServesWithItsUIAndStartsAgainOnItsFile(t *testing.T) {
	binary := os.Getenv("TEST_TEMPORAL_BIN")
	if binary == "" {
		t.Fatal("TEST_TEMPORAL_BIN is not set: run make test")
	}
	folder := t.TempDir()
	o := server.TemporalOptions{
		Binary: binary, Database: filepath.Join(folder, "temporal.db"), Log: filepath.Join(folder, "temporal.log"),
	}
	for _, run := range []string{"first", "second"} {
		o.Port, o.UIPort = freePort(t), freePort(t)
		temporal, err := server.StartTemporal(t.Context(), o)
		if err != nil {
			t.Fatalf("the %s run: %v", run, err)
		}
		answer, err := http.Get(temporal.UI)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("the UI in the %s run: %v, %v", run, answer, err)
		}
		if err == nil {
			answer.Body.Close()
		}
		if err := temporal.Stop(); err != nil {
			t.Errorf("stop the %s run: %v", run, err)
		}
	}
}

func TestTheTemporalOnThePATHIsPreferredAndABuiltOneIsKept(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	bin := t.TempDir()
	built := filepath.Join(bin, "temporal-1.5.1") // the version in deploy/temporal/go.mod
	for _, want := range []string{built, filepath.Join(folder, "temporal")} {
		if err := os.WriteFile(want, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if got, err := server.TemporalBinary(t.Context(), root, bin); err != nil || got != want {
			t.Errorf("TemporalBinary = %s, %v; want %s", got, err, want)
		}
	}
}
