package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"shifan/deploy/local/server"
)

// runTests runs a command, such as go test, against throw-away servers. It
// finds them in TEST_DATABASE_URL (a superuser's), TEST_TEMPORAL_ADDRESS, and
// TEST_TEMPORAL_BIN for tests that start and kill a Temporal of their own. A
// server whose address is set already is used as it is. With forgetful, commits
// do not wait for the disk: tests do not need them to, measurements do.
func runTests(ctx context.Context, p places, command []string, forgetful bool) (err error) {
	if len(command) == 0 {
		return errors.New("usage: go run ./deploy/local test|measure -- command…")
	}
	binary, err := server.TemporalBinary(ctx, p.root, p.bin)
	if err != nil {
		return err
	}
	environment := append(os.Environ(), "TEST_TEMPORAL_BIN="+binary)

	folder, err := os.MkdirTemp("", "shifan-test-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer finally(&err, func() error { return os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o711); err != nil { // PostgreSQL's user passes through
		return fmt.Errorf("open the temporary folder: %w", err)
	}

	if os.Getenv("TEST_DATABASE_URL") == "" {
		database, err := throwawayPostgres(ctx, folder, forgetful)
		if err != nil {
			return err
		}
		defer finally(&err, database.Stop)
		environment = append(environment, "TEST_DATABASE_URL="+database.URL)
	}
	if os.Getenv("TEST_TEMPORAL_ADDRESS") == "" {
		temporal, err := throwawayTemporal(ctx, folder, binary)
		if err != nil {
			return err
		}
		defer finally(&err, temporal.Stop)
		environment = append(environment, "TEST_TEMPORAL_ADDRESS="+temporal.Address)
	}
	return runCommand(ctx, command, environment)
}

func throwawayPostgres(ctx context.Context, folder string, forgetful bool) (*server.Postgres, error) {
	port, err := server.FreePort()
	if err != nil {
		return nil, err
	}
	return server.StartPostgres(ctx, server.PostgresOptions{
		Folder: filepath.Join(folder, "postgres"), Port: port,
		Log: filepath.Join(folder, "postgres.log"), Throwaway: forgetful,
	})
}

func throwawayTemporal(ctx context.Context, folder, binary string) (*server.Temporal, error) {
	port, err := server.FreePort()
	if err != nil {
		return nil, err
	}
	return server.StartTemporal(ctx, server.TemporalOptions{
		Binary: binary, Port: port, Log: filepath.Join(folder, "temporal.log"),
	})
}
