package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"shifan/deploy/local/server"
)

// commandStop is how long a command may take to end when asked to.
const commandStop = 10 * time.Second

// runCommand runs a command until it ends, or ends it with the context. The
// command's exit code comes back as an exitCode.
func runCommand(ctx context.Context, command, environment []string) error {
	name := filepath.Base(command[0])
	process, err := server.Start(server.Command{
		Name: name, Path: command[0], Args: command[1:], Env: environment,
	})
	if err != nil {
		return err
	}
	select {
	case <-process.Done():
		return codeError(process.ExitCode())
	case <-ctx.Done():
		err := fmt.Errorf("run %s: %w", name, context.Cause(ctx))
		finally(&err, func() error { return process.Stop(commandStop) })
		return err
	}
}
