// Command worker runs the procedure: it provisions Temporal, polls the task
// queues, and keeps a workflow running for every live row. Any number may run.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	_ "github.com/lib/pq" // the driver
	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/uber-go/tally/v4"
	"github.com/uber-go/tally/v4/prometheus"
	"go.temporal.io/sdk/client"
	sdktally "go.temporal.io/sdk/contrib/tally"
	sdklog "go.temporal.io/sdk/log"
	_ "gocloud.dev/blob/s3blob" // evidence at s3://

	"shifan/internal/acts"
	"shifan/internal/config"
	"shifan/internal/evidence"
	"shifan/internal/postgres"
	"shifan/workflows"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	settings, err := config.Load(os.Environ())
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: settings.LogLevel}))
	if err == nil {
		err = run(ctx, settings, log)
	}
	if err != nil {
		log.Error("worker failed", "error", err)
		os.Exit(1)
	}
	log.Info("worker drained")
}

// run wires the worker and stays until ctx ends.
func run(ctx context.Context, settings config.Config, log *slog.Logger) (err error) {
	log.Info("worker starts", "config", settings)
	db, err := postgres.Open(ctx, settings.DatabaseURL, databaseConnections)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := postgres.SchemaCurrent(ctx, db); err != nil {
		return err
	}

	metrics, closeMetrics, handler := measured()
	defer func() { err = errors.Join(err, closeMetrics()) }()
	temporal, err := workflows.Connect(client.Options{
		HostPort:       settings.TemporalAddress,
		Namespace:      settings.TemporalNamespace,
		Logger:         sdklog.NewStructuredLogger(log),
		MetricsHandler: metrics,
	})
	if err != nil {
		return err
	}
	defer temporal.Close()

	procedure := workflows.NewClient(temporal, time.Now)
	kept, err := evidence.Configured(ctx, settings.EvidenceURL, settings.ScanAddress)
	if err != nil {
		return err
	}
	a := acts.New(postgres.New(db), procedure, log)
	a.KeepEvidence(kept)
	p := newPoller(temporal, settings.TemporalNamespace, a, log)

	health, err := serveHealth(ctx, settings.WorkerAddress, handler, func(ctx context.Context) error {
		return errors.Join(p.polling(), db.PingContext(ctx), procedure.Reachable(ctx))
	}, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, health.Close()) }()

	k := &keeper{acts: a, procedure: procedure, provision: p.provision, years: settings.SeriesYears, lost: p.pause, log: log}
	var keeping sync.WaitGroup
	keeping.Go(func() { k.run(ctx) })
	keeping.Go(func() { k.tidy(ctx) })
	keeping.Go(func() { k.seal(ctx) })
	p.run(ctx)
	keeping.Wait()
	return nil
}

// databaseConnections bounds the pool: sixteen activities at once, the
// keeper and the sealer.
const databaseConnections = 20

// measured returns the SDK's metrics and the page that shows them.
func measured() (client.MetricsHandler, func() error, http.Handler) {
	registry := prom.NewRegistry()
	scope, closer := tally.NewRootScope(tally.ScopeOptions{
		CachedReporter:  prometheus.NewReporter(prometheus.Options{Registerer: registry}),
		Separator:       prometheus.DefaultSeparator,
		SanitizeOptions: &sdktally.PrometheusSanitizeOptions,
	}, time.Second)
	return sdktally.NewMetricsHandler(sdktally.NewPrometheusNamingScope(scope)), closer.Close,
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// serveHealth answers /livez, /readyz and /metrics.
func serveHealth(ctx context.Context, address string, metrics http.Handler, ready func(context.Context) error, log *slog.Logger) (*http.Server, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			log.WarnContext(ctx, "not ready", "error", err)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.Handle("GET /metrics", metrics)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for health checks: %w", err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("health server failed", "error", err)
		}
	}()
	return server, nil
}
