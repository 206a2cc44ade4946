// Command demo plays one whole drill round (演练批次) against a running system:
// 32 recommending offices, their chains of lower offices and some two thousand
// applicants, each with a key of its own and speaking only HTTP. Some are late,
// some have files returned, one asks for an extension, one never answers.
//
//	SHIFAN_API=http://127.0.0.1:8080 SHIFAN_ADMIN_KEY_FILE=.local/admin.key demo
//
// The same seed makes the same offices do the same things. It first cancels
// drill rounds that an earlier run left unfinished, so it may be interrupted at
// any time. It ends with 0 only when the round has closed and everything that
// must hold (invariants.go) holds.
//
// Temporal is asked once, at the end, how long the histories became; no act
// goes past the API.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case err == nil:
	case interrupted:
		fmt.Fprintln(os.Stderr, "\n演练已中断,下次运行先取消它 (interrupted; the next run cancels this drill first)")
		os.Exit(130) // as in a shell
	default:
		fmt.Fprintf(os.Stderr, "\n演练未通过 (the drill failed): %v\n", err)
		os.Exit(1)
	}
}

// settings is what the caller may decide.
type settings struct {
	applications int           // least number of applications over all offices
	day          time.Duration // how long a working day of the drill lasts
	seed         uint64        // the same seed, the same data
	patience     time.Duration // after which a drill that has not ended has failed

	api               string
	adminKeyFile      string
	temporalAddress   string
	temporalNamespace string
	temporalUI        string
	report            string // where report.json goes; empty: nowhere
}

func readSettings(args []string) (settings, error) {
	s := settings{
		api:               environment("SHIFAN_API", "http://127.0.0.1:8080"),
		adminKeyFile:      environment("SHIFAN_ADMIN_KEY_FILE", ".local/admin.key"),
		temporalAddress:   environment("SHIFAN_TEMPORAL_ADDRESS", "127.0.0.1:7233"),
		temporalNamespace: environment("SHIFAN_TEMPORAL_NAMESPACE", environment("TEMPORAL_NAMESPACE", "default")),
		temporalUI:        environment("SHIFAN_TEMPORAL_UI", ""),
		report:            environment("SHIFAN_REPORT", ".local/demo/report.json"),
	}
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.IntVar(&s.applications, "applications", 2000, "least number of applications (申报数)")
	flags.DurationVar(&s.day, "day", 2*time.Second, "length of a drill's working day, whole seconds (演练中一个工作日)")
	flags.Uint64Var(&s.seed, "seed", 2008, "the same seed makes the same data (随机种子)")
	flags.DurationVar(&s.patience, "patience", 15*time.Minute, "give up after (最长用时)")
	if err := flags.Parse(args); err != nil {
		return settings{}, fmt.Errorf("read the flags: %w", err)
	}
	if s.day < time.Second || s.day%time.Second != 0 {
		return settings{}, errors.New("-day is whole seconds, at least 1s")
	}
	if s.applications < 1 {
		return settings{}, errors.New("-applications is at least 1")
	}
	s.api = strings.TrimSuffix(s.api, "/")
	return s, nil
}

func environment(name, standard string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return standard
}

// run plays the round, prints what came of it and fails when it may not have
// come so.
func run(ctx context.Context, args []string) error {
	s, err := readSettings(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	key, err := os.ReadFile(s.adminKeyFile)
	if err != nil {
		return fmt.Errorf("read the administrator's key: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience, fmt.Errorf("not over after %s", s.patience))
	defer cancel()

	began := time.Now()
	d := newDrill(s, strings.TrimSpace(string(key)))
	if err := d.play(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
			err = errors.Join(cause, err)
		}
		return err
	}
	outcome, err := d.outcome(ctx, time.Since(began))
	if err != nil {
		return err
	}
	if err := writeReport(s.report, outcome.report); err != nil {
		return err
	}
	printOutcome(os.Stdout, s, outcome)
	return outcome.failure()
}
