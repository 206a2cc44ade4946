package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// TemporalOptions says which Temporal dev server to start.
type TemporalOptions struct {
	Binary   string // see TemporalBinary
	Port     int
	UIPort   int    // of the web UI; zero: none
	Database string // SQLite file that keeps the workflows; empty: memory
	Log      string // file for its output
}

// Temporal is a running Temporal dev server (流程引擎).
type Temporal struct {
	*Process
	Address string // host and port of the frontend
	UI      string // URL of the web UI; empty when it has none
}

// How long Temporal may take to start and to stop.
const (
	temporalStart = time.Minute
	temporalStop  = 20 * time.Second
)

// temporalTries is how often a dev server is started that ends before it
// serves. It chooses ports for its parts and binds them a moment later, when
// another process may have one of them.
const temporalTries = 3

// StartTemporal starts a dev server and returns when it serves.
func StartTemporal(ctx context.Context, o TemporalOptions) (started *Temporal, err error) {
	for range temporalTries {
		started, err = startTemporal(ctx, o)
		if !errors.Is(err, errEnded) {
			break
		}
	}
	return started, err
}

func startTemporal(ctx context.Context, o TemporalOptions) (*Temporal, error) {
	args := []string{
		"server", "start-dev", "--ip", Loopback, "--port", fmt.Sprint(o.Port),
		"--log-level", "warn", "--color", "never", "--disable-config-file", "--disable-config-env",
	}
	started := &Temporal{Address: Address(o.Port)}
	if o.UIPort == 0 {
		args = append(args, "--headless")
	} else {
		args = append(args, "--ui-port", fmt.Sprint(o.UIPort))
		started.UI = "http://" + Address(o.UIPort)
	}
	if o.Database != "" {
		args = append(args, "--db-filename", o.Database)
	}
	p, err := Start(Command{Name: "temporal", Path: o.Binary, Args: args, Log: o.Log})
	if err != nil {
		return nil, err
	}
	started.Process = p
	if err := started.wait(ctx); err != nil {
		return nil, errors.Join(err, started.Stop())
	}
	return started, nil
}

// Stop stops the server. What it keeps on disk is kept.
func (t *Temporal) Stop() error { return t.Process.Stop(temporalStop) }

// wait waits until the frontend says that it serves workflows.
func (t *Temporal) wait(ctx context.Context) error {
	conn, err := grpc.NewClient("passthrough:///"+t.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("open Temporal: %w", err)
	}
	defer conn.Close() //nolint:errcheck // it held no work
	health := grpc_health_v1.NewHealthClient(conn)
	return t.Wait(ctx, temporalStart, func(ctx context.Context) error {
		answer, err := health.Check(ctx, &grpc_health_v1.HealthCheckRequest{
			Service: "temporal.api.workflowservice.v1.WorkflowService",
		}, grpc.WaitForReady(false))
		if err != nil {
			return fmt.Errorf("ask Temporal's health: %w", err)
		}
		if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
			return fmt.Errorf("Temporal is %s", answer.GetStatus())
		}
		return nil
	})
}
