// Command migrate brings the schema of the database at DATABASE_URL up to date
// and exits. Run it before a new release starts; running it again, or several
// at once, is harmless.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"shifan/internal/postgres"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := run(ctx, os.Getenv("DATABASE_URL")); err != nil {
		log.Error("migrate failed", "error", err)
		os.Exit(1)
	}
	log.Info("schema is current")
}

func run(ctx context.Context, url string) (err error) {
	if url == "" {
		return errors.New("DATABASE_URL is not set")
	}
	db, err := postgres.Open(ctx, url, 4) // one step after another, and a lock beside it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return postgres.Migrate(ctx, db)
}
