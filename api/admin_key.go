package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"shifan/internal/acts"
)

// adminKey makes sure that a file holds a key of the first administrator:
// without one nobody could make the other accounts. A file whose key is still
// good is left alone; otherwise the old keys are revoked and a new one is
// written, readable by its owner alone.
func adminKey(ctx context.Context, a *acts.Acts, log *slog.Logger, args []string) error {
	flags := flag.NewFlagSet("admin-key", flag.ContinueOnError)
	file := flags.String("out", "", "the `file` that holds the key")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *file == "" || flags.NArg() > 0 {
		return errors.New("usage: api admin-key -out FILE")
	}
	held, err := os.ReadFile(*file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the key: %w", err)
	}
	fresh, err := a.EnsureAdministrator(ctx, strings.TrimSpace(string(held)))
	if err != nil {
		return err
	}
	if fresh == "" {
		return nil
	}
	if err := writeSecret(*file, fresh+"\n"); err != nil {
		return err // the next call revokes this key and makes another
	}
	log.InfoContext(ctx, "administrator's key written", "file", *file)
	return nil
}

// writeSecret replaces a file at once, never readable by others, not even for
// a moment.
func writeSecret(file, text string) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".key-*") // 0600
	if err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	_, err = temporary.WriteString(text)
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the key: %w", err), os.Remove(temporary.Name()))
	}
	return nil
}
