package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Command says how to start a process and how to end it.
type Command struct {
	Name string   // what people call it, such as "worker"
	Path string   // the binary
	Args []string // without the binary's name
	Dir  string   // working folder; empty: the caller's
	Env  []string // in full; empty: the caller's
	Log  string   // file its output is appended to; empty: the caller's own output

	User *User          // whom to run as; nil: the caller
	Stop syscall.Signal // asks it to end; zero: SIGTERM

	// Orphan is what the kernel sends when the caller is killed outright and
	// cannot stop it in order (Linux only); zero: SIGKILL.
	Orphan syscall.Signal
}

// Process is a running process (进程) in a process group of its own, so that a
// Ctrl-C in the terminal reaches the launcher alone and the launcher decides
// the order in which things end.
type Process struct {
	Name string
	Log  string // file that holds its output; empty when it has none

	cmd  *exec.Cmd
	stop syscall.Signal
	done chan struct{} // closed when it has ended
	err  error         // how it ended; read after done
}

// Start starts a process. It does not wait until the process is of use.
func Start(c Command) (*Process, error) {
	cmd := exec.Command(c.Path, c.Args...) //nolint:noctx // it outlives the call; Stop ends it
	cmd.Dir, cmd.Env = c.Dir, c.Env
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if c.Log != "" {
		log, err := openLog(c.Log)
		if err != nil {
			return nil, err
		}
		defer log.Close() //nolint:errcheck // the process has its own handle
		cmd.Stdout, cmd.Stderr = log, log
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.User.credential()}
	if c.Orphan == 0 {
		c.Orphan = syscall.SIGKILL
	}
	if c.Stop == 0 {
		c.Stop = syscall.SIGTERM
	}
	if err := startBound(cmd, c.Orphan); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Name, err)
	}

	p := &Process{Name: c.Name, Log: c.Log, cmd: cmd, stop: c.Stop, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Done is closed when the process has ended, by itself or by Stop.
func (p *Process) Done() <-chan struct{} { return p.done }

// PID is the process ID.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Wait asks again and again whether the process is of use. It gives up when the
// process ends, the context does, or the time is over.
func (p *Process) Wait(ctx context.Context, limit time.Duration, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it was not ready within %s", limit))
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return p.Ended()
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w; its last answer: %w", p.Name, context.Cause(ctx), err)
		case <-time.After(pollEvery):
		}
	}
}

// pollEvery is how often a starting process is asked whether it is of use.
const pollEvery = 100 * time.Millisecond

// ExitCode waits for the end and returns the exit code; a process that was
// ended by a signal counts as 128 plus the signal, as in a shell.
func (p *Process) ExitCode() int {
	<-p.done
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return p.cmd.ProcessState.ExitCode()
}

// Stop asks the process to end, waits up to grace, then kills it. Stopping what
// has ended already does nothing.
func (p *Process) Stop(grace time.Duration) error {
	select {
	case <-p.done:
		return nil
	default:
	}
	if err := p.signal(p.stop); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(grace):
	}
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.done
	return fmt.Errorf("stop %s: it did not end within %s and was killed", p.Name, grace)
}

// Kill ends the process at once, as a crash would.
func (p *Process) Kill() error {
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.done
	return nil
}

// signal reaches the whole group: a test command has children of its own.
func (p *Process) signal(s syscall.Signal) error {
	if err := syscall.Kill(-p.PID(), s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal %s: %w", p.Name, err)
	}
	return nil
}

// errEnded is in the error of a process that ended while it was waited for.
var errEnded = errors.New("ended")

// Ended describes how the process ended, with the last lines of its log.
func (p *Process) Ended() error {
	<-p.done
	cause := "exit status 0"
	if p.err != nil {
		cause = p.err.Error()
	}
	if p.Log == "" {
		return fmt.Errorf("%s %w: %s", p.Name, errEnded, cause)
	}
	return fmt.Errorf("%s %w: %s; the end of %s:\n%s", p.Name, errEnded, cause, p.Log, lastLines(p.Log, tailLines))
}

// tailLines is how much of a log is shown when its process has ended.
const tailLines = 20

func openLog(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("make log folder: %w", err)
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return log, nil
}

// lastLines returns the last n lines of a file, or why it cannot be read.
func lastLines(path string, n int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
