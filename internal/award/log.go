package award

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// LogDigest names the digest that seals the decision log. It is part of every
// digest, printed with every head, and would change with the algorithm.
const LogDigest = "SHA-256"

// LogRow is one row of the decision log (办理日志): who did what, for which office,
// on what ground. It names officers by number and bears no personal data. A nil
// field is empty in the record.
type LogRow struct {
	ID      int64
	At      time.Time
	Act     *int64 // nil: the procedure, on a date
	Officer *int64
	Office  *int64 // the unit acted for
	Round   *string
	Name    Act
	Subject string // kind and id, such as application/17
	Ground  string
	Detail  string // JSON without spaces
}

// LogSalt makes the digest of a row one that can not be guessed at: whoever is
// shown the digest alone learns nothing of the row.
type LogSalt [16]byte

// logTime writes an instant as the record keeps it: in microseconds.
const logTime = "2006-01-02T15:04:05.000000Z"

// LogAt writes an instant of the log, in UTC and to the microsecond.
func LogAt(at time.Time) string { return at.UTC().Format(logTime) }

// Digest returns the digest of a row: SHA-256 over its fields in the order of
// LogRow, each as a netstring ("4:file,"), an empty one as "-", after the words
// "shifan log row 1" and the digest's name, and the salt in hex.
func (r LogRow) Digest(salt LogSalt) [sha256.Size]byte {
	var b strings.Builder
	netstrings(&b, "shifan log row 1", LogDigest, hex.EncodeToString(salt[:]), strconv.FormatInt(r.ID, 10), LogAt(r.At))
	for _, number := range []*int64{r.Act, r.Officer, r.Office} {
		if number == nil {
			b.WriteByte('-')
		} else {
			netstrings(&b, strconv.FormatInt(*number, 10))
		}
	}
	if r.Round == nil {
		b.WriteByte('-')
	} else {
		netstrings(&b, *r.Round)
	}
	netstrings(&b, string(r.Name), r.Subject, r.Ground, r.Detail)
	return sha256.Sum256([]byte(b.String()))
}

func netstrings(b *strings.Builder, texts ...string) {
	for _, text := range texts {
		fmt.Fprintf(b, "%d:%s,", len(text), text)
	}
}

// LogHead is how far the log is sealed (日志链首): the last position and its seal.
// It is printed on published lists and receipts. Whoever holds one can prove
// that nothing up to it was altered, taken out, put in or moved.
type LogHead struct {
	Position int64 // 0: nothing is sealed
	SHA256   [sha256.Size]byte
}

// Next returns the head after one more row: SHA-256 over the words "shifan log
// seal 1", the digest's name, the seal before in hex (of nothing: 64 zeros), the
// position and the row's digest in hex, each as a netstring.
func (h LogHead) Next(row [sha256.Size]byte) LogHead {
	var b strings.Builder
	netstrings(&b, "shifan log seal 1", LogDigest, hex.EncodeToString(h.SHA256[:]),
		strconv.FormatInt(h.Position+1, 10), hex.EncodeToString(row[:]))
	return LogHead{h.Position + 1, sha256.Sum256([]byte(b.String()))}
}

// String writes a head as it is printed: position:sha256.
func (h LogHead) String() string { return fmt.Sprintf("%d:%x", h.Position, h.SHA256) }

// ParseLogHead reads a printed head.
func ParseLogHead(text string) (LogHead, error) {
	at, digest, _ := strings.Cut(text, ":")
	position, err := strconv.ParseInt(at, 10, 64)
	sum, bad := hex.DecodeString(digest)
	if err != nil || bad != nil || position < 1 || len(sum) != sha256.Size {
		return LogHead{}, Refuse(Invalid, "architecture 5", "log_head_malformed")
	}
	return LogHead{position, [sha256.Size]byte(sum)}, nil
}

// LogLink is one sealed row as it is verified.
type LogLink struct {
	LogHead                     // its position and seal, as kept
	Salt     LogSalt            // of a row that is shown
	Row      *LogRow            // nil: withheld, or gone
	Withheld *[sha256.Size]byte // the digest of a row of another round, which is not shown
}

// digest returns the digest of the link's row; false when the row is gone.
func (l LogLink) digest() ([sha256.Size]byte, bool) {
	switch {
	case l.Row != nil:
		return l.Row.Digest(l.Salt), true
	case l.Withheld != nil:
		return *l.Withheld, true
	}
	return [sha256.Size]byte{}, false
}

// LogFault is something wrong with the log.
type LogFault struct {
	Position int64 // where; 0: not sealed yet
	Kind     LogFaultKind
}

// LogFaultKind says what is wrong.
type LogFaultKind string

// What may be wrong with the log.
const (
	LogAltered     LogFaultKind = "altered"      // the seal is not that of this row after the one before
	LogMissing     LogFaultKind = "missing"      // the seal is there, its row is not
	LogMisplaced   LogFaultKind = "misplaced"    // it does not follow the position before: deleted, put in or moved
	LogCutShort    LogFaultKind = "cut_short"    // the log ends before the known head
	LogHeadDiffers LogFaultKind = "head_differs" // the seal at the known head's position is another
	LogBackdated   LogFaultKind = "backdated"    // dated long before a row that was sealed earlier
)

// LogFaultKinds lists every kind of fault.
func LogFaultKinds() []LogFaultKind {
	return []LogFaultKind{LogAltered, LogMissing, LogMisplaced, LogCutShort, LogHeadDiffers, LogBackdated}
}

// logLag is how much earlier than a row before it a row may be dated (D-84): as
// long as one transaction may last. Rows are sealed in the order in which their
// transactions began to write.
const logLag = time.Hour

// mostLogFaults is how many faults a report names: one is enough to doubt, a
// hundred show where to look.
const mostLogFaults = 100

// LogReport is what verifying the log has shown (日志核验结果).
type LogReport struct {
	Head   LogHead // the last link
	Rows   int64   // links seen
	Faults []LogFault
}

// Intact reports whether nothing is wrong.
func (r LogReport) Intact() bool { return len(r.Faults) == 0 }

// LogVerifier goes along the chain, link by link. It needs nothing but the
// links and, to find that the newest are gone, a head that was known before.
type LogVerifier struct {
	known  LogHead // zero: none
	report LogReport
	latest time.Time
}

// NewLogVerifier returns a verifier from the beginning of the log; known is a
// head printed earlier, or zero.
func NewLogVerifier(known LogHead) *LogVerifier { return &LogVerifier{known: known} }

// Add verifies the next link. After a fault it goes on from the seal as kept, so
// that one altered row is one fault.
func (v *LogVerifier) Add(link LogLink) {
	before := v.report.Head
	v.report.Rows++
	v.report.Head = link.LogHead
	digest, shown := link.digest()
	switch {
	case link.Position != before.Position+1:
		v.Fault(link.Position, LogMisplaced)
	case !shown:
		v.Fault(link.Position, LogMissing)
	case before.Next(digest) != link.LogHead:
		v.Fault(link.Position, LogAltered)
	}
	if link.Row != nil {
		v.date(link.Position, link.Row.At)
	}
	if link.Position == v.known.Position && link.LogHead != v.known {
		v.Fault(link.Position, LogHeadDiffers)
	}
}

// Unsealed takes note of the oldest row that waits for its seal.
func (v *LogVerifier) Unsealed(oldest time.Time) { v.date(0, oldest) }

func (v *LogVerifier) date(position int64, at time.Time) {
	if at.Before(v.latest.Add(-logLag)) {
		v.Fault(position, LogBackdated)
	} else if at.After(v.latest) {
		v.latest = at
	}
}

// Fault takes note of something wrong.
func (v *LogVerifier) Fault(position int64, kind LogFaultKind) {
	if len(v.report.Faults) < mostLogFaults {
		v.report.Faults = append(v.report.Faults, LogFault{position, kind})
	}
}

// End returns what was found when the links are at their end.
func (v *LogVerifier) End() LogReport {
	if v.report.Head.Position < v.known.Position {
		v.Fault(v.report.Head.Position, LogCutShort)
	}
	return v.report
}
