package server

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/award"
	"shifan/internal/logfile"
)

// sealed seals the decision log; transactions of other tests on this server hold
// the horizon for a moment.
func (h *house) sealed() award.LogHead {
	h.t.Helper()
	sealer := h.acts.Sealer()
	var head award.LogHead
	require.Eventually(h.t, func() bool {
		_, err := sealer.Seal(h.t.Context())
		require.NoError(h.t, err)
		found, err := h.acts.CheckLog(h.t.Context(), award.LogHead{})
		require.NoError(h.t, err)
		head = found.Head
		return found.Unsealed == 0
	}, 30*time.Second, 20*time.Millisecond)
	return head
}

func TestTheLogIsExportedAndVerifiedAgainstAPrintedHead(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	head := h.sealed()

	file := h.call(h.admin, "GET", "/api/v1/audit/export?round="+round, nil).want(http.StatusOK)
	require.Equal(t, mediaLines, file.header.Get("Content-Type"))
	report, err := logfile.Verify(bytes.NewReader(file.body), head)
	require.NoError(t, err)
	require.Empty(t, report.Faults)
	require.Equal(t, head, report.Head)
	require.NotContains(t, string(file.body), "create-keys", "rows of no round are withheld")

	lines := strings.SplitAfter(strings.TrimSpace(string(file.body)), "\n")
	for at := 1; at < len(lines)-1; at++ { // of the exported file, each row deleted
		shorter := strings.Join(lines[:at], "") + strings.Join(lines[at+1:], "")
		report, err := logfile.Verify(strings.NewReader(shorter), head)
		require.NoError(t, err)
		require.False(t, report.Intact(), at)
	}

	province, auditor := h.officerOf("41", "head"), h.officerOf("41", "auditor")
	head = h.sealed()
	h.call(province, "GET", "/api/v1/audit/export?round="+round, nil).refused(http.StatusNotFound, award.NotFound)
	h.call(province, "GET", "/api/v1/audit/verification", nil).refused(http.StatusForbidden, award.Forbidden)
	h.call(auditor, "GET", "/api/v1/audit/verification?head=1:00", nil).refused(http.StatusBadRequest, award.Invalid)
	found := into[VerifyLog200JSONResponse](h.call(auditor, "GET", "/api/v1/audit/verification?head="+head.String(), nil).want(http.StatusOK))
	require.True(t, found.Intact)
	require.Equal(t, head.String(), found.Head)

	h.exec(`INSERT INTO audit_seal SELECT position + 1, 0, salt, sha256 FROM audit_seal ORDER BY position DESC LIMIT 1`)
	found = into[VerifyLog200JSONResponse](h.call(auditor, "GET", "/api/v1/audit/verification", nil).want(http.StatusOK))
	require.False(t, found.Intact)
	require.Equal(t, []LogFault{{Kind: Missing, Position: head.Position + 1}}, found.Faults)
}

func TestReceiptsOfStagesPrintTheLogsHead(t *testing.T) {
	h := newHouse(t)
	round := h.openDrill()
	head := h.sealed()
	done := into[CompleteStage200JSONResponse](h.call(h.officerOf("41", "head"), "POST",
		"/api/v1/rounds/"+round+"/offices/41/stages/self_check/completion", nil).want(http.StatusOK))
	require.Equal(t, head.String(), *done.LogHead, "what was sealed before; the receipt's own row comes after")
}
