package evidence_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shifan/internal/evidence"
)

// daemon answers INSTREAM as clamd does, and returns its address and what it
// has read.
func daemon(t *testing.T, answer string) (evidence.Clamd, <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	read := make(chan string, 10)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			content, err := instream(conn)
			if err == nil {
				read <- content
				_, _ = io.WriteString(conn, answer)
			}
			_ = conn.Close()
		}
	}()
	return evidence.Clamd(listener.Addr().String()), read
}

func instream(conn net.Conn) (string, error) {
	from := bufio.NewReader(conn)
	if command, err := from.ReadString(0); err != nil || command != "zINSTREAM\x00" {
		return command, io.ErrUnexpectedEOF
	}
	var content strings.Builder
	for {
		var length uint32
		if err := binary.Read(from, binary.BigEndian, &length); err != nil {
			return "", err
		}
		if length == 0 {
			return content.String(), nil
		}
		if _, err := io.CopyN(&content, from, int64(length)); err != nil {
			return "", err
		}
	}
}

func TestTheScannerIsAskedAndItsAnswerUnderstood(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 20_000) // several pieces, the last one short
	tests := map[string]struct {
		answer, found, fault string
	}{
		"clean":                {"stream: OK\x00", "", ""},
		"found":                {"stream: Eicar-Signature FOUND\x00", "Eicar-Signature", ""},
		"too large for it":     {"INSTREAM size limit exceeded. ERROR\x00", "", "size limit"},
		"something else":       {"UNKNOWN COMMAND\x00", "", "UNKNOWN"},
		"nothing":              {"", "", "hear the scanner"},
		"an endless answer":    {strings.Repeat("x", 10_000), "", "hear the scanner"},
		"OK from another file": {"other: OK\x00", "", "other"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			clamd, read := daemon(t, tt.answer)
			found, err := clamd.Scan(t.Context(), strings.NewReader(content))
			require.Equal(t, tt.found, found)
			if tt.fault == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tt.fault)
			}
			require.Equal(t, content, <-read)
		})
	}
}

func TestAScannerThatIsAwayOrSilentIsAFault(t *testing.T) {
	_, err := evidence.Clamd("127.0.0.1:1").Scan(t.Context(), bytes.NewReader(nil))
	require.ErrorContains(t, err, "reach the scanner")

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	ctx, hangUp := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer hangUp()
	_, err = evidence.Clamd(listener.Addr().String()).Scan(ctx, strings.NewReader("x"))
	require.Error(t, err, "a scanner that never answers holds nobody up for ever")
}
