package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"shifan/internal/award"
)

// recording names the folder that `make history` wants histories in, and the
// release they are of; empty: nothing is recorded.
const recording = "SHIFAN_RECORD"

// record keeps the histories of a round's workflows as they are now, for the
// replay test: <release>-<workflow>-<case>.json. An older file is never
// overwritten: it stands for rounds that are still running.
func (c *course) record(moment string) {
	c.t.Helper()
	folder, release, wanted := strings.Cut(os.Getenv(recording), "=")
	if !wanted || !strings.HasSuffix(c.t.Name(), "/cached") {
		return
	}
	for name, id := range map[string]string{
		"round": award.RoundWorkflow(c.round), "office-41": award.OfficeWorkflow(c.round, "41"), "office-bt": award.OfficeWorkflow(c.round, "BT"),
		"notice-provincial": award.NoticeWorkflow(c.round, 1), "notice-national": award.NoticeWorkflow(c.round, len(c.offices())+1),
		"batch-freeze":  award.BatchWorkflow(c.round, "", award.JobFreeze, 1),
		"batch-pass-up": award.BatchWorkflow(c.round, "41", award.JobPassUp, 1),
		"batch-score":   award.BatchWorkflow(c.round, "", award.JobScore, 1),
	} {
		history := c.history(id, "")
		if n := len(history.GetEvents()); n < shortestHistory || moment != "closed" && ended(history.GetEvents()[n-1]) {
			continue // not begun yet, or recorded when all is closed
		}
		c.write(filepath.Join(folder, fmt.Sprintf("%s-%s-%s.json", release, name, moment)), history)
	}
}

// history reads the events of a workflow; empty: it has not begun yet.
func (s *system) history(workflow, run string) *historypb.History {
	history := new(historypb.History)
	events := s.temporal.GetWorkflowHistory(context.Background(), workflow, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			break
		}
		history.Events = append(history.Events, event)
	}
	return history
}

// write keeps a history for the replay test.
func (s *system) write(file string, history *historypb.History) {
	s.t.Helper()
	if _, err := os.Stat(file); err == nil {
		s.t.Fatalf("%s is there: a recorded history is never overwritten", file)
	}
	require.NoError(s.t, os.WriteFile(file, anonymous(s.t, history), 0o644))
}

// shortestHistory is how many events a history has once its first task is done:
// the replayer takes no shorter one.
const shortestHistory = 3

// ended reports whether a history's last event ends it.
func ended(last *historypb.HistoryEvent) bool {
	return last.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
}

// anonymous writes a history without the names of machines and processes.
func anonymous(t require.TestingT, history *historypb.History) []byte {
	for _, event := range history.GetEvents() {
		scrub(event.ProtoReflect())
	}
	text, err := protojson.MarshalOptions{Multiline: true, Indent: " "}.Marshal(history)
	require.NoError(t, err)
	return text
}
