package award

import (
	"errors"
	"fmt"
)

// Code says why an act was refused. Callers branch on the code and never on
// the message.
type Code string

// The codes of refusal (拒绝原因).
const (
	Invalid     Code = "invalid"     // the submission is malformed: say it again correctly
	Forbidden   Code = "forbidden"   // the officer may see the row and may not do this to it
	NotFound    Code = "not_found"   // no such row, or none this officer may see
	Closed      Code = "closed"      // too early or too late, or closed by name
	Conflict    Code = "conflict"    // someone else has acted first, or the row stands elsewhere
	OverLimit   Code = "over_limit"  // the quota or recommendation limit is used up
	Stale       Code = "stale"       // the row has a newer revision than the caller saw
	Incomplete  Code = "incomplete"  // something the act needs is missing
	Unavailable Code = "unavailable" // a part of the system is down: try again
	Internal    Code = "internal"    // our fault; the cause is logged, never shown
)

// Codes lists every code, so that tests can prove each one is handled.
func Codes() []Code {
	return []Code{
		Invalid, Forbidden, NotFound, Closed, Conflict,
		OverLimit, Stale, Incomplete, Unavailable, Internal,
	}
}

// Error is a refusal that the person who asked may read. Anything else that
// implements error is a fault of ours and counts as Internal.
type Error struct {
	Code   Code
	Rule   string   // the article or decision relied on, such as "N 四(二)" or "D-01"; empty when none applies
	Key    string   // message key; becomes text in the reader's language at the border
	Args   []any    // fill the message, in the order the message names them
	Fields []Defect // what is wrong where, when the submission has several defects
}

// Defect is one thing wrong with a submission.
type Defect struct {
	Pointer string // RFC 6901 pointer into the submission, such as "/form/head"
	Key     string // message key
	Args    []any
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %s %v", e.Code, e.Key, e.Args)
	for _, d := range e.Fields {
		text += fmt.Sprintf("; %s: %s %v", d.Pointer, d.Key, d.Args)
	}
	return text
}

// Refuse returns a refusal that cites the rule it rests on.
func Refuse(code Code, rule, key string, args ...any) *Error {
	return &Error{Code: code, Rule: rule, Key: key, Args: args}
}

// RefuseFields returns a refusal that lists every defect at once, so that the
// caller mends them in one go.
func RefuseFields(code Code, rule, key string, fields []Defect) *Error {
	return &Error{Code: code, Rule: rule, Key: key, Fields: fields}
}

// CodeOf returns the code of the refusal in err's chain, or Internal.
func CodeOf(err error) Code {
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal.Code
	}
	return Internal
}

// Outdated refuses a change made from a revision that is not the latest any more:
// whoever made it has not seen what it would undo.
func Outdated() *Error { return Refuse(Stale, "", "stale") }
