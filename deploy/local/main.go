// Command local runs Shifan (示范) on one machine: it brings up a private
// PostgreSQL and a Temporal dev server, migrates, loads the register, starts
// the worker and the API, and stops all of it in order when it ends.
//
//	go run ./deploy/local run             # the whole system, until Ctrl-C
//	go run ./deploy/local demo [-- flags] # the same, and one whole drill round
//	go run ./deploy/local bench -- cmd…   # the same on a state of its own, while cmd runs
//	go run ./deploy/local test -- cmd…    # throw-away servers while cmd runs
//	go run ./deploy/local measure -- cmd… # the same, but PostgreSQL keeps what it promises
//	go run ./deploy/local stop            # end the one that is running
//	go run ./deploy/local clean           # end it and remove all its state
//
// All state is under .local/ in the repository. Production is not started from
// here: see compose.yaml and k8s/ in deploy.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx = endWithGo(ctx)
	code := report(run(ctx, os.Args[1:]), ctx.Err() != nil)
	stop()
	os.Exit(code)
}

// interrupted is the exit code of a command that was told to end, as in a shell.
const interrupted = 130

// report says what went wrong and returns the exit code. A command's own exit
// code is passed on without a word: the command has spoken.
func report(err error, ended bool) int {
	code, passedOn := errors.AsType[exitCode](err)
	switch {
	case err == nil:
		return 0
	case passedOn:
		if err != code { //nolint:errorlint // there is more to say than the exit code
			fmt.Fprintf(os.Stderr, "\n出错 (error): %v\n", err)
		}
		return int(code)
	case ended:
		fmt.Fprintf(os.Stderr, "\n已停止 (stopped): %v\n", err)
		return interrupted
	default:
		fmt.Fprintf(os.Stderr, "\n出错 (error): %v\n", err)
		return 1
	}
}

// exitCode is the exit code of the command that was run, passed on as it is.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// codeError passes an exit code on; zero is no error.
func codeError(code int) error {
	if code == 0 {
		return nil
	}
	return exitCode(code)
}

// finally runs a last step and joins what goes wrong in it to err.
func finally(err *error, step func() error) {
	if failed := step(); failed != nil {
		*err = errors.Join(*err, failed)
	}
}

func run(ctx context.Context, args []string) error {
	name, args := first(args)
	args = afterDashes(args)
	root, err := repository()
	if err != nil {
		return err
	}
	switch p := placesIn(root); name {
	case "run":
		return runSystem(ctx, p)
	case "demo":
		return runDemo(ctx, p, args)
	case "bench":
		return runBench(ctx, p, args)
	case "test":
		return runTests(ctx, p, args, true)
	case "measure":
		return runTests(ctx, p, args, false)
	case "stop":
		return stopRunning(p)
	case "clean":
		return clean(p)
	default:
		return errors.New("usage: go run ./deploy/local run | demo [-- flags] | bench -- command… | test -- command… | measure -- command… | stop | clean")
	}
}

func first(args []string) (string, []string) {
	if len(args) == 0 {
		return "", nil
	}
	return args[0], args[1:]
}

func afterDashes(args []string) []string {
	if len(args) > 0 && args[0] == "--" {
		return args[1:]
	}
	return args
}

// repository returns the folder of this module's go.mod, from the working
// folder upwards.
func repository() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the working folder: %w", err)
	}
	for {
		text, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module shifan\n") {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("run this inside the repository of Shifan")
		}
		folder = parent
	}
}

// endWithGo ends the context when `go run` has started us and is gone. A signal
// sent to `go run` ends it without reaching its child.
func endWithGo(ctx context.Context) context.Context {
	parent := os.Getppid()
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", parent))
	if err != nil || strings.TrimSpace(string(name)) != "go" {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		for os.Getppid() == parent {
			time.Sleep(300 * time.Millisecond)
		}
		cancel()
	}()
	return ctx
}
