package postgres

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations holds the schema: numbered, forward only, each safe with the
// release before it.
//
//go:embed migrations/*.sql
var migrations embed.FS

// How long Migrate waits for another process that is migrating: it asks every
// lockPeriod seconds, lockAttempts times.
const (
	lockPeriod   = 1
	lockAttempts = 300
)

// Migrate brings the schema of db up to date. Any number of processes may call
// it at once: one migrates under a session advisory lock, the others wait and
// find nothing to do.
func Migrate(ctx context.Context, db *sqlx.DB) error {
	schema, err := schemaProvider(db)
	if err != nil {
		return err
	}
	if _, err := schema.Up(ctx); err != nil {
		return fmt.Errorf("apply migrations: %w", err)
	}
	return nil
}

// SchemaCurrent returns an error when the schema of db is older than this
// program needs, so that a process refuses to start on it. A newer schema is
// allowed, because during a deployment the release before still runs on it. It
// writes nothing.
func SchemaCurrent(ctx context.Context, db *sqlx.DB) error {
	schema, err := schemaProvider(db)
	if err != nil {
		return err
	}
	sources := schema.ListSources()
	needed := sources[len(sources)-1].Version

	var migrated bool
	err = db.GetContext(ctx, &migrated, `SELECT to_regclass('goose_db_version') IS NOT NULL`)
	if err != nil {
		return fmt.Errorf("look for the schema version: %w", err)
	}
	var current int64
	if migrated {
		err = db.GetContext(ctx, &current, `
			SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`)
		if err != nil {
			return fmt.Errorf("read the schema version: %w", err)
		}
	}
	if current < needed {
		return fmt.Errorf("the schema is at version %d and this program needs %d: run deploy/migrate", current, needed)
	}
	return nil
}

// SchemaDigest identifies the schema this program carries: the SHA-256, in hex,
// of its migrations in order. Two programs with the same digest make the same
// schema.
func SchemaDigest() (string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return "", fmt.Errorf("list migrations: %w", err)
	}
	digest := sha256.New()
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read migration: %w", err)
		}
		fmt.Fprintf(digest, "%s %d\n%s", name, len(text), text) // a hash never fails to write
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

func schemaProvider(db *sqlx.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("open migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockPeriod, lockAttempts))
	if err != nil {
		return nil, fmt.Errorf("make migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db.DB, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}
