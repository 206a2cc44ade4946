package server

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"shifan/internal/award"
)

// statusOf maps each code to its HTTP status. TestEveryCodeHasAStatus fails
// when a code is added here or there but not both.
var statusOf = map[award.Code]int{
	award.Invalid:     http.StatusBadRequest,
	award.Forbidden:   http.StatusForbidden,
	award.NotFound:    http.StatusNotFound,
	award.Closed:      http.StatusConflict,
	award.Conflict:    http.StatusConflict,
	award.OverLimit:   http.StatusConflict,
	award.Stale:       http.StatusPreconditionFailed,
	award.Incomplete:  http.StatusUnprocessableEntity,
	award.Unavailable: http.StatusServiceUnavailable,
	award.Internal:    http.StatusInternalServerError,
}

// statusOfKey are the refusals of HTTP itself, which has a finer word for them.
var statusOfKey = map[string]int{
	"key_missing":    http.StatusUnauthorized,
	"key_unknown":    http.StatusUnauthorized,
	"body_too_large": http.StatusRequestEntityTooLarge,
	"body_media":     http.StatusUnsupportedMediaType,

	"evidence_too_large": http.StatusRequestEntityTooLarge,
	"rate_limited":       http.StatusTooManyRequests,
}

var (
	errRouteUnknown = award.Refuse(award.NotFound, "", "route_unknown")
	errPanicked     = errors.New("a handler panicked")
)

// malformed is what the generated binding could not read, although it has
// passed the contract: such as a number beyond what fits.
func malformed(cause error) error {
	if refusal, ok := errors.AsType[*award.Error](cause); ok {
		return refusal
	}
	return award.Refuse(award.Invalid, "", "request_malformed")
}

// problem answers with an error and ends the request: a refusal as it stands,
// a fault logged in full and answered with nothing but its code. It is the
// only place where an error becomes a status (RFC 9457).
func (s *Server) problem(c *gin.Context, err error) {
	c.Abort()
	ctx := c.Request.Context()
	refusal, refused := errors.AsType[*award.Error](err)
	switch {
	case refused && refusal.Code != award.Internal:
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		c.Status(statusClientGone) // nobody is there to read an answer
		return
	case away(err):
		s.log.WarnContext(ctx, "unavailable", "route", c.FullPath(), "error", err)
		refusal = award.Refuse(award.Unavailable, "", "unavailable")
	default:
		s.log.ErrorContext(ctx, "request failed", "route", c.FullPath(), "error", err)
		refusal = award.Refuse(award.Internal, "", "internal")
	}

	language := s.texts.Language(c.GetHeader("Accept-Language"))
	answer := s.describe(refusal, language)
	body, err := json.Marshal(answer)
	if err != nil {
		s.log.ErrorContext(ctx, "problem not written", "error", err)
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Header("Content-Language", language)
	c.Header("Vary", "Accept-Language")
	c.Data(answer.Status, "application/problem+json", body)
}

// accepts returns what languages the caller of a handler reads.
func accepts(ctx context.Context) string {
	if c, ok := ctx.(*gin.Context); ok {
		return c.GetHeader("Accept-Language")
	}
	return ""
}

// statusClientGone is what the access log shows when the caller hung up before
// it was answered; nobody receives it.
const statusClientGone = 499

// describe writes a refusal in the caller's language.
func (s *Server) describe(refusal *award.Error, language string) Problem {
	status, finer := statusOfKey[refusal.Key]
	if !finer {
		status = statusOf[refusal.Code]
	}
	p := Problem{
		Type: "/docs#" + string(refusal.Code), Title: s.texts.Say(language, "title_"+string(refusal.Code)),
		Status: status, Code: ProblemCode(refusal.Code),
		Detail: s.texts.Say(language, refusal.Key, refusal.Args...),
	}
	if refusal.Rule != "" {
		p.Rule = &refusal.Rule
	}
	for _, d := range refusal.Fields {
		if p.Errors == nil {
			p.Errors = &[]struct {
				Detail  string `json:"detail"`
				Pointer string `json:"pointer"`
			}{}
		}
		*p.Errors = append(*p.Errors, struct {
			Detail  string `json:"detail"`
			Pointer string `json:"pointer"`
		}{s.texts.Say(language, d.Key, d.Args...), d.Pointer})
	}
	return p
}

// away reports whether an error says that something we stand on is gone for
// the moment, so that trying again is right: the network, a deadline of ours,
// or a database that is starting, stopping or full (SQLSTATE classes 08, 53 and
// 57), which its errors say of themselves.
func away(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	state, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err)
	return ok && len(state.SQLState()) == 5 && slices.Contains([]string{"08", "53", "57"}, state.SQLState()[:2])
}
