package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestOnlyOneLauncherRunsOnAState(t *testing.T) {
	p := places{state: filepath.Join(t.TempDir(), "state")}
	first, err := takeLock(p)
	if err != nil {
		t.Fatal(err)
	}
	_, err = takeLock(p)
	running, ok := errors.AsType[errRunning](err)
	if !ok || running.pid != os.Getpid() {
		t.Errorf("the second lock: %v; want that process %d runs", err, os.Getpid())
	}
	if err := first.release(); err != nil {
		t.Fatal(err)
	}
	again, err := takeLock(p)
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	if err := again.release(); err != nil {
		t.Fatal(err)
	}
}

func TestAProcessThatOnlyLeftItsNumberHoldsNothing(t *testing.T) {
	p := places{state: t.TempDir()}
	if err := os.WriteFile(filepath.Join(p.state, "launcher.pid"), []byte("1234567890 and more"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := takeLock(p)
	if err != nil {
		t.Fatal(err)
	}
	if l.holder() != os.Getpid() {
		t.Errorf("the lock names %d, want us, %d", l.holder(), os.Getpid())
	}
	if err := l.release(); err != nil {
		t.Fatal(err)
	}
}

func TestStoppingWhatDoesNotRunDoesNothing(t *testing.T) {
	if err := stopRunning(places{state: t.TempDir()}); err != nil {
		t.Error(err)
	}
}
