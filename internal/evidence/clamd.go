package evidence

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"shifan/internal/acts"
)

// Clamd is a ClamAV daemon (查毒服务) on host:port, asked by its INSTREAM command.
type Clamd string

var _ acts.Scanner = Clamd("")

// chunk is the piece in which content goes to the daemon, in bytes.
const chunk = 64 << 10

// Scan sends the content and returns the name of what the daemon found in it.
func (address Clamd) Scan(ctx context.Context, content io.Reader) (found string, err error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", string(address))
	if err != nil {
		return "", fmt.Errorf("reach the scanner: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // the caller has gone: let the daemon go too
	defer func() {
		stop()
		_ = conn.Close() // the answer is in, or its lack is told
	}()
	if err := stream(conn, content); err != nil {
		return "", fmt.Errorf("send to the scanner: %w", err)
	}
	answer, err := bufio.NewReader(io.LimitReader(conn, 4<<10)).ReadString(0)
	if err != nil {
		return "", fmt.Errorf("hear the scanner: %w", err)
	}
	answer = strings.TrimPrefix(strings.TrimRight(answer, "\x00\n"), "stream: ")
	if answer == "OK" {
		return "", nil
	}
	if name, ok := strings.CutSuffix(answer, " FOUND"); ok {
		return name, nil
	}
	return "", errors.New("the scanner answers " + answer) // such as INSTREAM size limit exceeded. ERROR
}

// stream writes the command and the content in pieces, each with its length; an
// empty one ends it.
func stream(to io.Writer, content io.Reader) error {
	if _, err := io.WriteString(to, "zINSTREAM\x00"); err != nil {
		return err
	}
	piece := make([]byte, 4+chunk)
	for {
		n, err := io.ReadFull(content, piece[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(piece, uint32(n))
			if _, err := to.Write(piece[:4+n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			_, err := to.Write(make([]byte, 4))
			return err
		case err != nil:
			return err
		}
	}
}
