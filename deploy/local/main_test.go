package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestTheExitCodeOfTheCommandIsOurs(t *testing.T) {
	for name, tt := range map[string]struct {
		err   error
		ended bool
		want  int
	}{
		"success":                          {nil, false, 0},
		"told to end in good time":         {nil, true, 0},
		"the command's own":                {exitCode(7), false, 7},
		"the command's own among others":   {errors.Join(exitCode(7), errors.New("and more")), false, 7},
		"a fault of ours":                  {errors.New("broken"), false, 1},
		"a step of ours, whatever its own": {fmt.Errorf("migrate: %w", exitCode(7)), false, 7},
		"its own, and told to end later":   {exitCode(7), true, 7},
		"told to end while starting":       {errors.New("wait for postgres"), true, interrupted},
	} {
		t.Run(name, func(t *testing.T) {
			if got := report(tt.err, tt.ended); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
		})
	}
}

func TestTheRepositoryIsFoundFromAnyFolderInIt(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	deep := filepath.Join(root, "deploy", "temporal")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(deep)
	if found, err := repository(); err == nil {
		t.Errorf("found %s where there is none", found)
	}

	for folder, module := range map[string]string{root: "module shifan\n", deep: "module shifan/deploy/temporal\n"} {
		if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte(module), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := repository(); err != nil || found != root {
		t.Errorf("repository = %s, %v; want %s", found, err, root)
	}
}

func TestFlagsForTheCommandFollowTheDashes(t *testing.T) {
	for _, args := range [][]string{{"--", "-x", "--"}, {"-x", "--"}} {
		if got := afterDashes(args); len(got) != 2 || got[0] != "-x" || got[1] != "--" {
			t.Errorf("afterDashes(%q) = %q", args, got)
		}
	}
	if got := afterDashes(nil); len(got) != 0 {
		t.Errorf("afterDashes(nothing) = %q", got)
	}
}

func TestFinallyKeepsBothErrors(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	err := first
	finally(&err, func() error { return second })
	if !errors.Is(err, first) || !errors.Is(err, second) {
		t.Errorf("an error was lost: %v", err)
	}
	err = nil
	finally(&err, func() error { return nil })
	if err != nil {
		t.Errorf("an error out of nothing: %v", err)
	}
}
