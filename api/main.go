// Command api serves the HTTP API (api/openapi.yaml) over the record. Any
// number of processes may run; none keeps anything that another must know.
//
//	api                       serve until SIGTERM
//	api admin-key -out FILE   make sure FILE holds a key of the first administrator
package main

import (
	"context"
	_ "embed" // the contract
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq" // the driver
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	_ "gocloud.dev/blob/s3blob" // evidence at s3://

	"shifan/api/console"
	"shifan/api/server"
	"shifan/internal/acts"
	"shifan/internal/config"
	"shifan/internal/evidence"
	"shifan/internal/openid"
	"shifan/internal/postgres"
	"shifan/workflows"
)

//go:embed openapi.yaml
var contract []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	settings, err := config.Load(os.Environ())
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: settings.LogLevel}))
	if err == nil {
		err = run(ctx, settings, log, os.Args[1:])
	}
	if err != nil {
		log.Error("api failed", "error", err)
		os.Exit(1)
	}
}

// run does what the arguments ask: serve, or keep the administrator's key.
func run(ctx context.Context, settings config.Config, log *slog.Logger, args []string) (err error) {
	db, err := openDatabase(ctx, settings.DatabaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	switch {
	case len(args) == 0:
		return serve(ctx, settings, log, db)
	case args[0] == "admin-key":
		return adminKey(ctx, acts.New(postgres.New(db), nil, log), log, args[1:])
	}
	return fmt.Errorf("unknown command %q: use none, or admin-key -out FILE", args[0])
}

// The pool: enough for the requests two cores can serve at once, and few enough
// that several processes stay below a server's usual 100 connections.
const databaseConnections = 25

// openDatabase connects to the record and refuses one with an old schema.
func openDatabase(ctx context.Context, url string) (*sqlx.DB, error) {
	db, err := postgres.Open(ctx, url, databaseConnections)
	if err != nil {
		return nil, err
	}
	if err := postgres.SchemaCurrent(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// How long a connection may take. A request itself is bounded by the server;
// these bound a caller that sends or reads too slowly.
const (
	headerPatience = 5 * time.Second
	readPatience   = 30 * time.Second
	writePatience  = 60 * time.Second
	idlePatience   = 2 * time.Minute
	drainPatience  = 25 * time.Second // below the 30 s an orchestrator grants
)

// identities is where officers may sign in besides their accounts; nil: nowhere.
func identities(settings config.Config, log *slog.Logger) console.IdentityProvider {
	if settings.OIDCIssuer == "" {
		return nil
	}
	return openid.New(openid.Settings{
		Issuer: settings.OIDCIssuer, ClientID: settings.OIDCClientID,
		ClientSecret: settings.OIDCClientSecret, RedirectURL: settings.OIDCRedirectURL,
	}, time.Now, log)
}

// serve answers requests until ctx ends, then finishes those it has begun.
func serve(ctx context.Context, settings config.Config, log *slog.Logger, db *sqlx.DB) error {
	log.Info("api starts", "config", settings)
	temporal, err := workflows.Connect(client.Options{ // every act works while Temporal is down
		HostPort:  settings.TemporalAddress,
		Namespace: settings.TemporalNamespace,
		Logger:    sdklog.NewStructuredLogger(log),
	})
	if err != nil {
		return err
	}
	defer temporal.Close()

	kept, err := evidence.Configured(ctx, settings.EvidenceURL, settings.ScanAddress)
	if err != nil {
		return err
	}
	a := acts.New(postgres.New(db), workflows.NewClient(temporal, time.Now), log)
	a.KeepEvidence(kept)
	pages, err := console.New(console.Options{
		Acts: a, Standards: server.StandardText{}, Log: log, Secure: settings.SecureCookies,
		TemporalUI: settings.TemporalUI, Namespace: settings.TemporalNamespace, Identities: identities(settings, log),
	})
	if err != nil {
		return err
	}
	handler, err := server.New(server.Options{
		Acts:     a,
		Log:      log,
		Contract: contract,
		Ready:    db.PingContext,
		Now:      time.Now,
		Pages:    pages,
	})
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", settings.APIAddress)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	web := &http.Server{
		Handler: handler, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: headerPatience, ReadTimeout: readPatience, WriteTimeout: writePatience, IdleTimeout: idlePatience,
		MaxHeaderBytes: 64 << 10,
	}
	log.Info("api serves", "address", listener.Addr().String())
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}

	log.Info("api drains")
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainPatience)
	defer cancel()
	if err := web.Shutdown(draining); err != nil {
		return errors.Join(fmt.Errorf("drain: %w", err), web.Close())
	}
	log.Info("api drained")
	return nil
}
