package server

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestAFolderWithoutAPIDFileIsFree(t *testing.T) {
	if err := stopLeftover(t.TempDir()); err != nil {
		t.Error(err)
	}
}

func TestAStalePIDFileIsRemovedAndTheProcessLeftAlone(t *testing.T) {
	other := exec.CommandContext(t.Context(), "sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- other.Wait() }()

	gone := exec.CommandContext(t.Context(), "true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}

	for name, content := range map[string]string{
		"its number is another process's": strconv.Itoa(other.Process.Pid) + "\n/elsewhere\n",
		"its number is nobody's":          strconv.Itoa(gone.Process.Pid) + "\n",
		"its number is our own":           strconv.Itoa(os.Getpid()) + "\n",
		"it was cut short":                "",
		"it is not a number":              "postmaster\n",
		"it is a group's number":          "-1\n",
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			path := filepath.Join(data, "postmaster.pid")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := stopLeftover(data); err != nil {
				t.Fatal(err)
			}
			if there, err := exists(path); err != nil || there {
				t.Errorf("the stale file is still there: %v", err)
			}
		})
	}
	select {
	case err := <-ended:
		t.Errorf("the other process was ended: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
}

func TestVersionsAreComparedAsNumbers(t *testing.T) {
	for folder, want := range map[string]int{
		"/usr/lib/postgresql/9/bin":             9,
		"/usr/lib/postgresql/17/bin":            17,
		"/usr/pgsql-16/bin":                     16,
		"/opt/homebrew/opt/postgresql@14/bin":   14,
		"/opt/homebrew/opt/postgresql/bin":      0,
		"/Applications/Postgres.app/latest/bin": 0,
	} {
		if got := versionIn(folder); got != want {
			t.Errorf("versionIn(%s) = %d, want %d", folder, got, want)
		}
	}
}
