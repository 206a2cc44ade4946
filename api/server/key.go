package server

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"shifan/internal/acts"
	"shifan/internal/award"
)

// This file reads what every request says of itself (who, which key, which
// revision, which page) and writes what every answer repeats (receipts,
// instants, marks). Handlers call these and nothing of HTTP.

// contextKey keeps what the middleware found out of everybody else's way.
type contextKey int

const (
	officerKey contextKey = iota
	actKeyKey
	bodyKey
	languageKey
)

// officer returns who is calling. A public route has none: the zero officer,
// whom the policy denies everything.
func officer(ctx context.Context) award.Officer {
	o, _ := ctx.Value(officerKey).(award.Officer)
	return o
}

// reads returns which of our languages the caller reads.
func reads(ctx context.Context) string {
	name, _ := ctx.Value(languageKey).(string)
	return name
}

// actKey returns what makes the call repeatable: method, path, Idempotency-Key
// and the digest of what was sent.
func actKey(ctx context.Context) acts.Key {
	key, _ := ctx.Value(actKeyKey).(acts.Key)
	return key
}

// words puts a defect into the caller's language, for answers that hold one.
func (s *Server) words(ctx context.Context, d award.Defect) string {
	language, _ := ctx.Value(languageKey).(string)
	return s.texts.Say(language, d.Key, d.Args...)
}

// newActKey reads the act's key off a request whose body was read already.
// The seen revision belongs to the content: the same body against another
// revision is another act.
func newActKey(r *http.Request, body []byte) acts.Key {
	seen := r.Header.Get("If-Match")
	digest := sha256.New()
	fmt.Fprintf(digest, "%d:%s\n", len(seen), seen)
	digest.Write(body)
	key := acts.Key{Method: r.Method, Path: r.URL.EscapedPath(), Key: r.Header.Get("Idempotency-Key")}
	digest.Sum(key.Body[:0])
	return key
}

// revision reads an If-Match header: 3, "3" or W/"3" as an entity tag. Zero
// when there is none.
func revision(header *string) (int, error) {
	if header == nil || *header == "" {
		return 0, nil
	}
	text := strings.Trim(strings.TrimPrefix(strings.TrimSpace(*header), "W/"), `"`)
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, award.Refuse(award.Invalid, "", "if_match_malformed", *header)
	}
	return n, nil
}

// cursorFrom reads where a list goes on: the last id of the page before. Zero
// is the beginning.
func cursorFrom(text *string) (int64, error) {
	if text == nil || *text == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*text)
	if err != nil || len(raw) != 8 {
		return 0, award.Refuse(award.Invalid, "", "cursor_malformed")
	}
	n := int64(binary.BigEndian.Uint64(raw))
	if n <= 0 {
		return 0, award.Refuse(award.Invalid, "", "cursor_malformed")
	}
	return n, nil
}

// cursorTo writes where the next page starts; nil when there is none. It is
// opaque, so that callers pass it back and build nothing on it.
func cursorTo(last int64) *string {
	if last <= 0 {
		return nil
	}
	text := base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(last)))
	return &text
}

// The bounds of a page, as in the contract.
const (
	usualLimit = 100
	mostLimit  = 500
)

// limitOf returns how many rows a page holds.
func limitOf(asked *int) int {
	if asked == nil || *asked < 1 {
		return usualLimit
	}
	return min(*asked, mostLimit)
}

// receipt writes an act's receipt (回执).
func receipt(r acts.Receipt) Receipt {
	told := r.Procedure
	if told == "" {
		told = acts.ToldNone
	}
	return Receipt{Act: r.Act, At: r.At.In(award.Beijing), Procedure: ReceiptProcedure(told)}
}

// instant reads a date to which something is open: all of a day
// (2026-12-31, through 24:00), or for a drill (演练), whose days last seconds,
// an instant in RFC 3339. It returns the first instant that is too late.
func instant(text string, drill bool) (time.Time, error) {
	if date, err := award.ParseDate(text); err == nil {
		return date.Closes(), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil && drill {
		return t, nil
	}
	return time.Time{}, award.Refuse(award.Invalid, "domain 3", "instant_malformed", text)
}

// shown writes an exclusive instant with the way offices read it.
func shown(closes time.Time) ShownInstant {
	return ShownInstant{ClosesAt: closes.In(award.Beijing), Shown: award.Until(closes)}
}

// marks reads marks in the standard's order, naming every one that is none.
func marks(in Marks) ([]award.Points, error) {
	out := make([]award.Points, len(in))
	var defects []award.Defect
	for i, text := range in {
		p, err := award.ParseMark(text)
		if err != nil {
			defects = append(defects, award.Defect{
				Pointer: fmt.Sprintf("/marks/%d", i), Key: "points_malformed", Args: []any{text},
			})
			continue
		}
		out[i] = p
	}
	if len(defects) > 0 {
		return nil, award.RefuseFields(award.Invalid, "N 三", "marks_malformed", defects)
	}
	return out, nil
}

// marksShown writes marks with two decimals.
func marksShown(in []award.Points) Marks {
	out := make(Marks, len(in))
	for i, p := range in {
		out[i] = p.String()
	}
	return out
}

// value returns what a caller said, or nothing.
func value[T any](p *T) T {
	if p == nil {
		var nothing T
		return nothing
	}
	return *p
}

// given returns what an answer leaves out when there is nothing to say.
func given[T comparable](v T) *T {
	var nothing T
	if v == nothing {
		return nil
	}
	return &v
}

// at is given for instants, which are written in Beijing time.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.In(award.Beijing)
	return &t
}
