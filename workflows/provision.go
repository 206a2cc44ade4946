package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
)

// Provision registers the search attributes that are missing and waits until
// the namespace knows them all. It must succeed before a worker polls: a
// workflow that sets an unknown attribute hangs. Doing it again changes nothing.
func Provision(ctx context.Context, temporal client.Client, namespace string) error {
	again := time.NewTicker(200 * time.Millisecond) //nolint:forbidigo // before any workflow runs
	defer again.Stop()
	for {
		missing, err := missingAttributes(ctx, temporal, namespace)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			return nil
		}
		_, err = temporal.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: missing,
		})
		if _, exists := errors.AsType[*serviceerror.AlreadyExists](err); err != nil && !exists {
			return fmt.Errorf("register search attributes: %w", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for search attributes: %w", ctx.Err())
		case <-again.C:
		}
	}
}

// missingAttributes returns what the namespace does not know. One that is there
// with another type is an error that a person must settle.
func missingAttributes(ctx context.Context, temporal client.Client, namespace string) (map[string]enumspb.IndexedValueType, error) {
	known, err := temporal.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("list search attributes: %w", err)
	}
	missing := make(map[string]enumspb.IndexedValueType)
	for name, want := range SearchAttributes() { //workflowcheck:ignore
		switch have, there := known.GetCustomAttributes()[name]; {
		case !there:
			missing[name] = want
		case have != want:
			return nil, fmt.Errorf("search attribute %s is %s in namespace %s and must be %s", name, have, namespace, want)
		}
	}
	return missing, nil
}
