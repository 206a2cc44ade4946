package server

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopLeftover makes the data folder free to start on. A killed launch may have
// left a server running there, which is stopped; or only its postmaster.pid,
// whose number may by now be some other process's, which is left alone.
func stopLeftover(data string) error {
	path := filepath.Join(data, "postmaster.pid")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read postmaster.pid: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err == nil && serves(pid, data) {
		return stopServer(pid, data)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove a stale postmaster.pid: %w", err)
	}
	return nil
}

// serves reports whether the process is a PostgreSQL server on the data folder.
func serves(pid int, data string) bool {
	if pid <= 0 {
		return false
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil { // no /proc, or no such process
		line, err = exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output() //nolint:noctx // ends at once
	}
	return err == nil && strings.Contains(string(line), "postgres") && strings.Contains(string(line), data)
}

func stopServer(pid int, data string) error {
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop the PostgreSQL server left running as process %d: %w", pid, err)
	}
	for deadline := time.Now().Add(postgresStop); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if !serves(pid, data) {
			return nil
		}
	}
	return fmt.Errorf("the PostgreSQL server left running as process %d does not stop", pid)
}
