package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// commands are the programs of this module that the launcher runs.
var commands = []string{"./worker", "./api", "./deploy/migrate", "./deploy/register", "./deploy/demo"}

// build builds the module's commands into p.bin.
func build(ctx context.Context, p places) error {
	if err := os.MkdirAll(p.bin, 0o755); err != nil {
		return fmt.Errorf("make the folder of built commands: %w", err)
	}
	args := append([]string{"build", "-o", p.bin + string(filepath.Separator)}, commands...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = p.root
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build Shifan: %w", err)
	}
	return nil
}
