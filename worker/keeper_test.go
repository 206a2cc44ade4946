package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"shifan/deploy/local/server"
	"shifan/workflows"
)

// TestNobodyListeningIsToldFromSlowness: only then are the pollers stopped.
func TestNobodyListeningIsToldFromSlowness(t *testing.T) {
	port, err := server.FreePort()
	require.NoError(t, err)
	temporal, err := workflows.Connect(client.Options{HostPort: server.Address(port)})
	require.NoError(t, err)
	defer temporal.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	err = workflows.NewClient(temporal, time.Now).Reachable(ctx)
	require.Error(t, err)
	assert.True(t, unreachable(err), "%T %v", errors.Unwrap(err), err)
	assert.False(t, unreachable(context.DeadlineExceeded))
	assert.False(t, unreachable(errors.New("the outbox can not be read")))
}
