package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"shifan/internal/acts"
	"shifan/internal/acts/actstest"
	"shifan/internal/award"
)

// TestANoticeIsExtendedWithdrawnAndCorrected on a real server: each change of a
// window reaches the workflow of its notice, and what the record says ends it.
func TestANoticeIsExtendedWithdrawnAndCorrected(t *testing.T) {
	s := newSystem(t)
	s.startWorker("cached")
	c := s.open(5 * time.Second)
	c.file()
	c.arrive()
	s.Exec(`UPDATE round SET rules = rules || '{"notice_days": 12}' WHERE id = $1`, c.round) // seconds enough to act in
	c.notice()

	ctx, office := context.Background(), c.Head("41")
	proof := func() []award.Evidence {
		return []award.Evidence{{Medium: award.LocalMedium, Name: "日报", PublishedAt: c.Now()}}
	}
	const number = 2 // the second office's
	on := acts.OnNotice{Round: c.round, Office: "41", Number: number, Revision: 1, Reason: "依据省民政厅公告"}
	extended, err := c.Acts.ExtendNotice(ctx, office, c.Key(), acts.ExtendNoticeInput{OnNotice: on, WorkingDays: 20, Evidence: proof()})
	require.NoError(t, err)
	id := award.NoticeWorkflow(c.round, number)
	// A drill has a calendar of its own; what the State Council's tells is only a reason to look.
	require.NoError(t, s.temporal.SignalWorkflow(ctx, id, "", string(award.SignalCalendarChanged), award.Told{Act: extended.Receipt.Act}))
	closes := award.Until(extended.Result.ClosesAt)
	s.eventually(10*time.Second, "the operator sees the new window", func() bool {
		state, err := s.temporal.QueryWorkflow(ctx, id, "", "state")
		var table string
		return err == nil && state.Get(&table) == nil && strings.Contains(table, closes)
	})
	s.keep("notice-moved-open", id, "")

	on.Revision = extended.Result.Revision
	_, err = c.Acts.WithdrawNotice(ctx, office, c.Key(), on)
	require.NoError(t, err)
	s.completed(id)
	s.keep("notice-withdrawn-closed", id, "")

	corrected, err := c.Acts.AnnounceNotice(ctx, office, c.Key(), acts.AnnounceNoticeInput{
		Round: c.round, Office: "41", Contacts: []award.Contact{{Unit: "民政厅", Phone: "0"}}, Evidence: proof(),
	})
	require.NoError(t, err)
	id = award.NoticeWorkflow(c.round, corrected.Result.Number)
	s.completed(id)
	require.Equal(t, "ended", actstest.One[string](s.World, `SELECT state FROM public_notice WHERE round_id = $1 AND number = $2`, c.round, corrected.Result.Number))
	s.keep("notice-corrected-closed", id, "")
}

// completed waits until a workflow has ended as it should.
func (s *system) completed(id string) {
	s.t.Helper()
	s.eventually(40*time.Second, id+" has completed", func() bool {
		d, err := s.temporal.DescribeWorkflowExecution(context.Background(), id, "")
		return err == nil && d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	})
}
