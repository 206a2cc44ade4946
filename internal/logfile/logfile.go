// Package logfile is the decision log as a file (日志导出文件): one JSON object a
// line, first what it is, then every link of the chain, last its head. It can
// be verified on a machine without the database.
//
// How rows are sealed does not belong here (internal/award), nor where they come
// from.
package logfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"shifan/internal/award"
)

// format names the form of the file.
const format = "shifan decision log 1"

// mostLine is the longest line that is read: an audit row of a workbook of
// thousands of rows is some hundred kilobytes.
const mostLine = 64 << 20

// head is the first line.
type head struct {
	Format string `json:"format"`
	Digest string `json:"digest"`
	Round  string `json:"round"` // whose rows are shown
}

// shown is a link whose row is shown. The order of its fields is the file's.
type shown struct {
	Position int64           `json:"position"`
	ID       int64           `json:"id"`
	At       string          `json:"at"`
	Act      *int64          `json:"act"`
	Officer  *int64          `json:"officer"`
	Office   *int64          `json:"office"`
	Round    *string         `json:"round"`
	Name     award.Act       `json:"name"`
	Subject  string          `json:"subject"`
	Ground   string          `json:"ground"`
	Detail   json.RawMessage `json:"detail"`
	Salt     string          `json:"salt"`
	SHA256   string          `json:"sha256"`
}

// withheld is a link of which only the row's digest is shown.
type withheld struct {
	Position  int64  `json:"position"`
	RowSHA256 string `json:"row_sha256"`
	SHA256    string `json:"sha256"`
}

// missing is a link whose row is gone.
type missing struct {
	Position int64  `json:"position"`
	SHA256   string `json:"sha256"`
}

// end is the last line: a file without it was cut off.
type end struct {
	Head string `json:"head"`
}

// Write writes the log with the rows of a round.
func Write(w io.Writer, round string, links iter.Seq2[award.LogLink, error]) error {
	out := bufio.NewWriterSize(w, 64<<10)
	if err := write(out, head{format, award.LogDigest, round}); err != nil {
		return err
	}
	var last award.LogHead
	for link, err := range links {
		if err != nil {
			return err
		}
		if err := write(out, line(link)); err != nil {
			return err
		}
		last = link.LogHead
	}
	if err := write(out, end{last.String()}); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

// line returns what is written of a link.
func line(l award.LogLink) any {
	sum := hex.EncodeToString(l.SHA256[:])
	switch {
	case l.Row != nil:
		return shown{
			Position: l.Position, ID: l.Row.ID, At: award.LogAt(l.Row.At), Act: l.Row.Act, Officer: l.Row.Officer,
			Office: l.Row.Office, Round: l.Row.Round, Name: l.Row.Name, Subject: l.Row.Subject, Ground: l.Row.Ground,
			Detail: json.RawMessage(l.Row.Detail), Salt: hex.EncodeToString(l.Salt[:]), SHA256: sum,
		}
	case l.Withheld != nil:
		return withheld{l.Position, hex.EncodeToString(l.Withheld[:]), sum}
	}
	return missing{l.Position, sum}
}

func write(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // the detail stays as it was sealed
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

// What makes a file no log at all, or not a whole one.
var (
	errFormat   = errors.New("不是日志导出文件 · this is no exported decision log")
	errCut      = errors.New("文件不完整，请重新导出 · the file was cut off: export it again")
	errTrailing = errors.New("文件末尾之后还有内容 · something follows the end of the file")
)

// Verify verifies a file against a head known before, or none. It returns an
// error when the file is no log or not a whole one; what is wrong with the log
// is in the report.
func Verify(r io.Reader, known award.LogHead) (award.LogReport, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), mostLine)
	var first head
	if !lines.Scan() || !exact(lines.Bytes(), &first) || first.Format != format || first.Digest != award.LogDigest {
		return award.LogReport{}, errors.Join(errFormat, lines.Err())
	}
	v := award.NewLogVerifier(known)
	var last award.LogHead
	for lines.Scan() {
		var stop end
		if exact(lines.Bytes(), &stop) {
			if stop.Head != last.String() {
				v.Fault(last.Position, award.LogCutShort)
			}
			if lines.Scan() {
				return award.LogReport{}, errTrailing
			}
			return v.End(), lines.Err()
		}
		link, ok := read(lines.Bytes())
		if !ok || link.Row != nil && (link.Row.Round == nil || *link.Row.Round != first.Round) {
			v.Fault(last.Position+1, award.LogAltered)
			continue
		}
		v.Add(link)
		last = link.LogHead
	}
	return award.LogReport{}, errors.Join(errCut, lines.Err())
}

// exact reads a line that is, byte for byte, what write makes of the value: so
// that nothing in it is said twice or passed over.
func exact(text []byte, into any) bool {
	if json.Unmarshal(text, into) != nil {
		return false
	}
	var again bytes.Buffer
	return write(&again, into) == nil && bytes.Equal(bytes.TrimSuffix(again.Bytes(), []byte("\n")), text)
}

// read reads a link.
func read(text []byte) (award.LogLink, bool) {
	var s shown
	var w withheld
	var m missing
	switch {
	case exact(text, &s):
		row := award.LogRow{
			ID: s.ID, Act: s.Act, Officer: s.Officer, Office: s.Office, Round: s.Round,
			Name: s.Name, Subject: s.Subject, Ground: s.Ground, Detail: string(s.Detail),
		}
		var err error
		if row.At, err = time.Parse(time.RFC3339, s.At); err != nil || award.LogAt(row.At) != s.At {
			return award.LogLink{}, false
		}
		link := award.LogLink{LogHead: award.LogHead{Position: s.Position}, Row: &row}
		return link, fill(link.Salt[:], s.Salt) && fill(link.SHA256[:], s.SHA256)
	case exact(text, &w):
		var digest [sha256.Size]byte
		link := award.LogLink{LogHead: award.LogHead{Position: w.Position}, Withheld: &digest}
		return link, fill(digest[:], w.RowSHA256) && fill(link.SHA256[:], w.SHA256)
	case exact(text, &m):
		link := award.LogLink{LogHead: award.LogHead{Position: m.Position}}
		return link, fill(link.SHA256[:], m.SHA256)
	}
	return award.LogLink{}, false
}

// fill reads hex of exactly the length that is wanted.
func fill(into []byte, text string) bool {
	b, err := hex.DecodeString(text)
	return err == nil && copy(into, b) == len(into) && len(b) == len(into)
}
