// Package workflows is the procedure: N chapter 四 as durable workflows. Start
// with round.go, which reads as the chapter; then office.go, public_notice.go,
// batch.go, daily.go and launcher.go; watch.go holds the one loop in which all of them wait.
//
// PostgreSQL is the record, Temporal the procedure. A workflow knows nothing
// but its round's ID (and office code): it looks at the record, does what has
// become due through named activities, and sleeps to the next date in the
// record or to a signal. A signal is only a reason to look again, so a lost,
// late, doubled or reordered one is harmless; every step is safe to repeat, so
// a workflow that is started again runs through what is done and stops where
// the round stands.
//
// What makes code here replay-safe: time from workflow.Now or from the record,
// no map iteration, no goroutine but workflow.Go, no zone database. Histories
// of earlier releases are replayed in replay_test.go; guard a change that
// breaks them with workflow.GetVersion.
//
// No rule (internal/award), no SQL, no HTTP belongs here, and no personal data
// or free text in any payload, ID, summary or search attribute.
package workflows
