package acts

import (
	"hash"
	"io"

	"shifan/internal/award"
)

// looked is what is seen of a file while it passes: its digest, its size, its
// beginning and its end. It holds no more than those.
type looked struct {
	hash hash.Hash
	size int64
	head []byte
	tail []byte // the last award.FileTail bytes, or somewhat more while it grows
}

// Write looks at a piece.
func (l *looked) Write(piece []byte) (int, error) {
	l.hash.Write(piece) // a hash has no error
	l.size += int64(len(piece))
	if room := award.FileHead - len(l.head); room > 0 {
		l.head = append(l.head, piece[:min(room, len(piece))]...)
	}
	l.tail = append(l.tail, piece...)
	if len(l.tail) > 2*award.FileTail { // seldom, so that a byte is moved once
		l.tail = append(l.tail[:0], l.tail[len(l.tail)-award.FileTail:]...)
	}
	return len(piece), nil
}

// sender remembers that the sender's side failed, which is told apart from a
// fault of the store.
type sender struct {
	from   io.Reader
	failed error
}

// Read reads on.
func (s *sender) Read(into []byte) (int, error) {
	n, err := s.from.Read(into)
	if err != nil && err != io.EOF {
		s.failed = err
	}
	return n, err
}
