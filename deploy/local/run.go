package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/term"
)

// benchState is the state that benchmarks run on, kept apart from the rest.
const benchState = "bench"

// runSystem runs the whole system until it is told to end.
func runSystem(ctx context.Context, p places) (err error) {
	ctx, s, err := startSystem(ctx, p)
	if err != nil {
		return err
	}
	defer finally(&err, s.stop)
	s.show()
	return stay(ctx)
}

// runDemo runs the system and one whole drill round (演练). In a terminal the
// system then stays up to be looked at; elsewhere it is stopped. Either way the
// demo's exit code is ours.
func runDemo(ctx context.Context, p places, flags []string) (err error) {
	report := filepath.Join(p.state, "demo", "report.json")
	if err := os.MkdirAll(filepath.Dir(report), 0o755); err != nil {
		return fmt.Errorf("make the demo's folder: %w", err)
	}
	ctx, s, err := startSystem(ctx, p)
	if err != nil {
		return err
	}
	defer finally(&err, s.stop)
	s.show()

	failed := runCommand(ctx, append([]string{s.command("demo")}, flags...),
		append(s.clientEnvironment(), "SHIFAN_REPORT="+report))
	if !interactive() || ctx.Err() != nil {
		return failed
	}
	s.show()
	return errors.Join(failed, stay(ctx))
}

// runBench runs a command against a system with a state of its own, so that a
// benchmark's rounds are not found among those that people made.
func runBench(ctx context.Context, p places, command []string) (err error) {
	if len(command) == 0 {
		return errors.New("usage: go run ./deploy/local bench -- command…")
	}
	ctx, s, err := startSystem(ctx, p.apart(benchState))
	if err != nil {
		return err
	}
	defer finally(&err, s.stop)
	return runCommand(ctx, command, s.clientEnvironment())
}

// clientEnvironment tells a program that uses the system where it is.
func (s *system) clientEnvironment() []string {
	return append(environment(s.config),
		"SHIFAN_API="+httpURL(s.config.APIAddress),
		"SHIFAN_ADMIN_KEY_FILE="+s.adminKey,
		"SHIFAN_TEMPORAL_ADDRESS="+s.config.TemporalAddress,
	)
}

// stay waits until the system is told to end, which is no error, or until a
// part of it has died, which is.
func stay(ctx context.Context) error {
	<-ctx.Done()
	if died, ok := errors.AsType[diedError](context.Cause(ctx)); ok {
		return died
	}
	return nil
}

// interactive reports whether somebody is there to look at the system.
func interactive() bool {
	return os.Getenv("CI") != "true" && term.IsTerminal(int(os.Stdout.Fd()))
}
