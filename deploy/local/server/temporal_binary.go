package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// temporalModule names the Temporal CLI in deploy/temporal/go.mod.
var temporalModule = regexp.MustCompile(`(?m)^\s*github\.com/temporalio/cli v(\S+)`)

// TemporalBinary returns the temporal command: the one on the PATH, else one
// built once from the module in root's deploy/temporal, kept in the folder bin
// under its version.
func TemporalBinary(ctx context.Context, root, bin string) (string, error) {
	if found, err := exec.LookPath("temporal"); err == nil {
		return found, nil
	}
	module := filepath.Join(root, "deploy", "temporal")
	text, err := os.ReadFile(filepath.Join(module, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("read Temporal's version: %w", err)
	}
	version := temporalModule.FindSubmatch(text)
	if version == nil {
		return "", errors.New("deploy/temporal/go.mod does not name github.com/temporalio/cli")
	}
	binary := filepath.Join(bin, "temporal-"+string(version[1]))
	if there, err := exists(binary); err != nil || there {
		return binary, err
	}
	return binary, buildTemporal(ctx, module, binary)
}

// buildTemporal builds beside the place and moves, so that a build cut short or
// one done twice at a time leaves nothing half-made.
func buildTemporal(ctx context.Context, module, binary string) error {
	fmt.Fprintln(os.Stderr, "正在编译 Temporal 服务器，仅此一次，约三分钟… (building the Temporal server once, about 3 minutes…)")
	draft := fmt.Sprintf("%s.%d", binary, os.Getpid())
	defer os.Remove(draft) //nolint:errcheck // gone already when all went well

	build := exec.CommandContext(ctx, "go", "build", "-ldflags", "-s -w", "-o", draft, ".")
	build.Dir = module
	var output bytes.Buffer
	build.Stdout, build.Stderr = &output, &output
	if err := build.Start(); err != nil {
		return fmt.Errorf("start go build: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- build.Wait() }()

	const report = 15 * time.Second
	tick := time.NewTicker(report)
	defer tick.Stop()
	for elapsed := time.Duration(0); ; {
		select {
		case err := <-done:
			if err != nil {
				return fmt.Errorf("build the Temporal server: %w\n%s", err, output.Bytes())
			}
			if err := os.Rename(draft, binary); err != nil {
				return fmt.Errorf("keep the Temporal server: %w", err)
			}
			return nil
		case <-tick.C:
			elapsed += report
			fmt.Fprintf(os.Stderr, "  %d s\n", int(elapsed.Seconds()))
		}
	}
}
