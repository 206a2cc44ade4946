package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"shifan/internal/award"
)

// refusal is an error summary: what is wrong, by which article, and a link to
// each field that is to be mended.
type refusal struct {
	Title, Detail, Rule string
	Items               []defect
}

// defect is one thing wrong. Its field has the ID; elsewhere it has an address.
type defect struct {
	ID, Href, Text string
}

// describe puts a refusal into the reader's words.
func (p *page) describe(e *award.Error) *refusal {
	r := &refusal{Title: p.T("title_" + string(e.Code)), Detail: p.T(e.Key, e.Args...), Rule: p.Article(e.Rule)}
	for _, d := range e.Fields {
		id := fieldID(d.Pointer)
		r.Items = append(r.Items, defect{ID: id, Href: "#" + id, Text: p.T(d.Key, d.Args...)})
	}
	return r
}

// Article writes the article of the Notice (N) or the Opinion (O) that a refusal
// rests on. What else it may cite means nothing to a reader.
func (p *page) Article(rule string) string {
	if document, at, cited := strings.Cut(rule, " "); cited && (document == "N" || document == "O") {
		return p.T("rule_"+document, at)
	}
	return ""
}

// fieldID is the ID of the field that a pointer leads to.
func fieldID(pointer string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", "-"))
}

// refused takes an error that the form can show above itself, so that it is
// mended there; what was typed stays. Anything else goes on to the page of
// errors.
func (p *page) refused(err error) error {
	e, ok := errors.AsType[*award.Error](err)
	if !ok || e.Code == award.NotFound || e.Code == award.Internal {
		return err
	}
	p.Refusal, p.status = p.describe(e), statusOf(e.Code)
	return nil
}

// statusOf is what a page is sent with. A form that was refused is no fault of
// the request's shape.
func statusOf(code award.Code) int {
	switch code {
	case award.Invalid, award.Incomplete:
		return http.StatusUnprocessableEntity
	case award.Forbidden:
		return http.StatusForbidden
	case award.NotFound:
		return http.StatusNotFound
	case award.Closed, award.Conflict, award.OverLimit, award.Stale:
		return http.StatusConflict
	case award.Unavailable:
		return http.StatusServiceUnavailable
	case award.Internal:
	}
	return http.StatusInternalServerError
}

// fail shows the page of errors: a refusal as it stands, a fault logged in full
// and shown as nothing but that.
func (p *page) fail(err error) {
	e, ok := errors.AsType[*award.Error](err)
	if !ok || e.Code == award.Internal {
		if errors.Is(err, context.Canceled) && p.ctx().Err() != nil {
			return // nobody is there to read an answer
		}
		p.console.Log.ErrorContext(p.ctx(), "page failed", "route", p.c.FullPath(), "error", err)
		e = award.Refuse(award.Internal, "", "internal")
	}
	p.Refusal, p.status = p.describe(e), statusOf(e.Code)
	if e.Key == "rate_limited" {
		p.status = http.StatusTooManyRequests
	}
	if err := p.show("error", p.Refusal.Title, nil); err != nil {
		p.console.Log.ErrorContext(p.ctx(), "page of errors failed", "error", err)
		p.c.Status(http.StatusInternalServerError)
	}
}
