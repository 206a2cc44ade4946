// Command temporal is the Temporal dev server with its UI, pinned by this
// module so that a machine without the temporal command can build one.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/temporalio/cli/temporalcli"

	_ "time/tzdata" // time zones for schedules on machines without a zone database

	_ "modernc.org/sqlite" // the driver version the CLI was tested with
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	temporalcli.Execute(ctx, temporalcli.CommandOptions{})
}
