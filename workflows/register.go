package workflows

import "go.temporal.io/sdk/workflow"

// Registry takes workflows: a worker, or the replayer of the tests.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// Register puts every workflow into the registry. Long ones follow the newest
// release (guarded by GetVersion and replay); short ones end where they began.
func Register(r Registry) {
	long := func(name string) workflow.RegisterOptions {
		return workflow.RegisterOptions{Name: name, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade}
	}
	short := func(name string) workflow.RegisterOptions {
		return workflow.RegisterOptions{Name: name, VersioningBehavior: workflow.VersioningBehaviorPinned}
	}
	r.RegisterWorkflowWithOptions(Round, long("Round"))
	r.RegisterWorkflowWithOptions(Office, long("Office"))
	r.RegisterWorkflowWithOptions(PublicNotice, long("PublicNotice"))
	r.RegisterWorkflowWithOptions(RoundDraft, long("RoundDraft"))
	r.RegisterWorkflowWithOptions(RoundLauncher, short("RoundLauncher"))
	r.RegisterWorkflowWithOptions(StageBatch, short("StageBatch"))
	r.RegisterWorkflowWithOptions(Daily, short("Daily"))
}
