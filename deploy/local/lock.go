package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lock is held by the one launcher that runs on a state folder. The system
// gives it back when the launcher ends, however it ends.
type lock struct{ file *os.File }

// errRunning says that another launcher runs on the state.
type errRunning struct{ pid int }

func (e errRunning) Error() string {
	return fmt.Sprintf("it is running already, as process %d: end it with `make stop`", e.pid)
}

// takeLock takes the state folder, made when missing.
func takeLock(p places) (*lock, error) {
	if err := os.MkdirAll(p.state, 0o755); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(p.state, "launcher.pid"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	l := &lock{file}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(errRunning{l.holder()}, file.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("take the lock: %w", err), file.Close())
	}
	if err := l.sign(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, nil
}

func (l *lock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("clear the lock: %w", err)
	}
	if _, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0); err != nil {
		return fmt.Errorf("sign the lock: %w", err)
	}
	return nil
}

// holder is the process that signed the lock, or 0.
func (l *lock) holder() int {
	text, err := os.ReadFile(l.file.Name())
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0 // taken a moment ago, not signed yet
	}
	return pid
}

func (l *lock) release() error {
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("release the lock: %w", err)
	}
	return nil
}

// stopLimit is how long a launcher may take to stop everything it started.
const stopLimit = 2 * time.Minute

// stopRunning ends the launcher that runs on the state, if one does, and waits
// until all it started has ended.
func stopRunning(p places) error {
	asked := 0
	for deadline := time.Now().Add(stopLimit); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		l, err := takeLock(p)
		if err == nil {
			return l.release()
		}
		running, ok := errors.AsType[errRunning](err)
		if !ok {
			return err
		}
		if running.pid > 0 && running.pid != asked {
			asked = running.pid
			if err := syscall.Kill(asked, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("end process %d: %w", asked, err)
			}
		}
	}
	return fmt.Errorf("process %d has not ended within %s", asked, stopLimit)
}

// clean ends what runs and removes all state: databases, keys, reports, tools.
func clean(p places) error {
	for _, q := range []places{p, p.apart(benchState)} {
		if err := stopRunning(q); err != nil {
			return err
		}
	}
	for _, folder := range []string{p.state, p.elsewhere} {
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("remove %s: %w", folder, err)
		}
	}
	return nil
}
