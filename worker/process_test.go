package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/types/known/durationpb"

	"shifan/deploy/local/server"
	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/workflows"
)

// asWorker makes the test binary a worker, so that tests can kill a real one.
const asWorker = "SHIFAN_TEST_WORKER"

func TestMain(m *testing.M) {
	switch os.Getenv(asWorker) {
	case "":
		os.Exit(m.Run())
	case "uncached": // replay everything on every task: the cheapest test of determinism there is
		worker.SetStickyWorkflowCacheSize(0)
	}
	main()
}

// system is a world with a real procedure: a Temporal namespace of its own and
// workers in processes of their own.
type system struct {
	*actstest.World
	t         *testing.T
	temporal  client.Client
	address   string
	namespace string
	health    string // of the last worker
}

// newSystem returns a system on the shared Temporal server.
func newSystem(t *testing.T) *system {
	t.Helper()
	address := os.Getenv("TEST_TEMPORAL_ADDRESS")
	require.NotEmpty(t, address, "TEST_TEMPORAL_ADDRESS is not set: run make test")
	s := systemOn(t, address, fmt.Sprintf("t%d", time.Now().UnixNano()))
	s.registerNamespace()
	return s
}

// systemOn returns a system on a Temporal server, in a namespace that the
// caller registers.
func systemOn(t *testing.T, address, namespace string) *system {
	t.Helper()
	s := &system{World: actstest.New(t), t: t, address: address, namespace: namespace}
	s.Run()
	temporal, err := client.NewLazyClient(client.Options{HostPort: address, Namespace: namespace, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	s.temporal = temporal
	s.Acts = acts.New(s.Store, workflows.NewClient(temporal, time.Now), slog.New(slog.DiscardHandler))
	return s
}

func (s *system) registerNamespace() {
	s.t.Helper()
	_, err := s.temporal.WorkflowService().RegisterNamespace(context.Background(), &workflowservice.RegisterNamespaceRequest{
		Namespace: s.namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	require.NoError(s.t, err)
	s.eventually(20*time.Second, "the namespace is known", func() bool {
		_, err := s.temporal.WorkflowService().ListOpenWorkflowExecutions(context.Background(),
			&workflowservice.ListOpenWorkflowExecutionsRequest{Namespace: s.namespace})
		return err == nil
	})
}

// startWorker starts a worker process and waits until it is ready. kind is
// "cached" or "uncached".
func (s *system) startWorker(kind string) *exec.Cmd {
	s.t.Helper()
	port, err := server.FreePort()
	require.NoError(s.t, err)
	s.health = server.Address(port)
	log, err := os.OpenFile(filepath.Join(s.t.TempDir(), "worker.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(s.t, err)
	w := exec.Command(os.Args[0])
	w.Env = append(os.Environ(), asWorker+"="+kind, "DATABASE_URL="+s.database(),
		"TEMPORAL_ADDRESS="+s.address, "TEMPORAL_NAMESPACE="+s.namespace, "SHIFAN_WORKER_ADDRESS="+s.health)
	w.Stdout, w.Stderr = log, log
	w.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(s.t, w.Start())
	s.t.Cleanup(func() {
		if w.ProcessState == nil {
			require.NoError(s.t, w.Process.Kill())
			_ = w.Wait()
		}
		require.NoError(s.t, log.Close())
		if s.t.Failed() {
			text, _ := os.ReadFile(log.Name())
			s.t.Logf("worker said:\n%s", text[max(0, len(text)-6000):])
		}
	})
	s.eventually(60*time.Second, "the worker is ready", func() bool { return s.ready() })
	return w
}

// database returns the address of the world's database.
func (s *system) database() string {
	s.t.Helper()
	address, err := url.Parse(os.Getenv("TEST_DATABASE_URL"))
	require.NoError(s.t, err)
	address.Path = "/" + actstest.One[string](s.World, `SELECT current_database()`)
	return address.String()
}

// eventually polls until what holds, or fails the test.
func (s *system) eventually(patience time.Duration, what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	s.t.Fatalf("after %s still not so: %s", patience, what)
}
