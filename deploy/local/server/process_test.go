package server_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shifan/deploy/local/server"
)

// shell starts a shell script and returns it once it has printed "up".
func shell(t *testing.T, script string) *server.Process {
	t.Helper()
	log := filepath.Join(t.TempDir(), "shell.log")
	p, err := server.Start(server.Command{Name: "shell", Path: "/bin/sh", Args: []string{"-c", script}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Kill() })
	return p
}

func waitUp(t *testing.T, p *server.Process) {
	t.Helper()
	err := p.Wait(t.Context(), 10*time.Second, func(context.Context) error {
		text, err := os.ReadFile(p.Log)
		if err == nil && !strings.Contains(string(text), "up") {
			err = errors.New("not up")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheExitCodeIsThatOfTheCommand(t *testing.T) {
	if code := shell(t, "exit 7").ExitCode(); code != 7 {
		t.Errorf("exit code %d, want 7", code)
	}
	if code := shell(t, "kill -9 $$").ExitCode(); code != 128+9 {
		t.Errorf("exit code %d, want %d", code, 128+9)
	}
}

func TestStopAsksBeforeItKills(t *testing.T) {
	p := shell(t, "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done")
	waitUp(t, p)
	if err := p.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	if code := p.ExitCode(); code != 3 {
		t.Errorf("exit code %d: it was not left to end by itself", code)
	}
	if err := p.Stop(time.Second); err != nil {
		t.Errorf("the second stop: %v", err)
	}
}

func TestWhatDoesNotStopIsKilledAndSaidSo(t *testing.T) {
	p := shell(t, "trap '' TERM; echo up; while :; do sleep 0.05; done")
	waitUp(t, p)
	if err := p.Stop(200 * time.Millisecond); err == nil {
		t.Error("Stop says nothing of the kill")
	}
	if code := p.ExitCode(); code != 128+9 {
		t.Errorf("exit code %d, want %d", code, 128+9)
	}
}

func TestStopReachesTheChildrenToo(t *testing.T) {
	child := filepath.Join(t.TempDir(), "child")
	p := shell(t, "(trap 'echo bye > "+child+"; exit' TERM; echo up; while :; do sleep 0.05; done) & wait")
	waitUp(t, p)
	if err := p.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(child); err == nil {
			return
		}
	}
	t.Error("the child was not told to end")
}

func TestWaitGivesUpWhenTheProcessEndsAndShowsTheEndOfItsLog(t *testing.T) {
	p := shell(t, "for i in $(seq 30); do echo line $i; done; exit 1")
	err := p.Wait(t.Context(), time.Minute, func(context.Context) error { return errors.New("not yet") })
	if err == nil {
		t.Fatal("a process that has ended is called ready")
	}
	for text, want := range map[string]bool{"exit status 1": true, "line 30": true, "line 11\n": true, "line 10\n": false} {
		if strings.Contains(err.Error(), text) != want {
			t.Errorf("%q in the error: want %t; it is: %v", text, want, err)
		}
	}
}

func TestWaitGivesUpWhenTheTimeIsOver(t *testing.T) {
	p := shell(t, "sleep 60")
	notYet := errors.New("not yet")
	if err := p.Wait(t.Context(), 150*time.Millisecond, func(context.Context) error { return notYet }); !errors.Is(err, notYet) {
		t.Errorf("Wait = %v, want the last answer", err)
	}
}

func TestABinaryThatIsNotThereIsAnError(t *testing.T) {
	if _, err := server.Start(server.Command{Name: "nothing", Path: "/nonexistent/binary"}); err == nil {
		t.Error("a missing binary was started")
	}
}
