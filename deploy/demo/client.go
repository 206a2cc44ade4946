package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// wire is the one way to the API, shared by every simulated office. It bounds
// how many requests are under way at once: two thousand offices do not press
// their buttons in the same millisecond.
type wire struct {
	api  string
	http *http.Client
	gate chan struct{}

	run      string       // begins every idempotency key: unique to this run
	acts     atomic.Int64 // the rest of the key
	requests atomic.Int64
	retries  atomic.Int64
	refusals atomic.Int64
}

// atOnce is how many requests may be under way: enough to keep two cores busy,
// and few enough that the procedure gets its turn beside the offices.
const atOnce = 8

func newWire(api string, now time.Time) *wire {
	return &wire{
		api: api,
		http: &http.Client{
			Timeout:   time.Minute,
			Transport: &http.Transport{MaxIdleConnsPerHost: atOnce, MaxConnsPerHost: atOnce},
		},
		gate: make(chan struct{}, atOnce),
		run:  "demo-" + strconv.FormatInt(now.UnixNano(), 36),
	}
}

// client speaks to the API as one officer.
type client struct {
	wire *wire
	key  string // empty: the public
	name string // of the office, for messages about failures
}

// call is one request. Whatever changes something gets an idempotency key.
type call struct {
	method   string
	path     string // below /api/v1
	query    url.Values
	revision int // If-Match; zero: none
	body     any
	file     []byte // instead of a body
}

func (c client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.do(ctx, call{method: http.MethodGet, path: path, query: query}, out)
}

func (c client) post(ctx context.Context, path string, body, out any) error {
	return c.do(ctx, call{method: http.MethodPost, path: path, body: body}, out)
}

func (c client) put(ctx context.Context, path string, body any) error {
	return c.do(ctx, call{method: http.MethodPut, path: path, body: body}, nil)
}

// How long a part of the system may be away before the drill gives up. A
// restart of PostgreSQL, Temporal or the API takes less.
const (
	firstPause  = 100 * time.Millisecond
	longestWait = 3 * time.Second
	retryFor    = 2 * time.Minute
)

// do makes the call and reads the answer into out. It repeats the call, with
// the same idempotency key, while the system is away (transport errors, 429,
// 502, 503, 504): the act is done once however often it is said. A refusal comes
// back as a *problem and is never repeated.
func (c client) do(ctx context.Context, in call, out any) error {
	key := ""
	if in.method != http.MethodGet {
		key = fmt.Sprintf("%s-%d", c.wire.run, c.wire.acts.Add(1))
	}
	body := in.file
	if in.body != nil {
		var err error
		if body, err = json.Marshal(in.body); err != nil {
			return fmt.Errorf("write the body of %s %s: %w", in.method, in.path, err)
		}
	}
	giveUp := time.Now().Add(retryFor)
	for pause := firstPause; ; pause = min(2*pause, longestWait) {
		err := c.once(ctx, in, key, body, out)
		if err == nil || !away(err) || ctx.Err() != nil || time.Now().After(giveUp) {
			return err
		}
		c.wire.retries.Add(1)
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

func (c client) once(ctx context.Context, in call, key string, body []byte, out any) error {
	request, err := http.NewRequestWithContext(ctx, in.method, c.wire.api+"/api/v1"+in.path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make the request %s %s: %w", in.method, in.path, err)
	}
	request.URL.RawQuery = in.query.Encode()
	switch {
	case in.file != nil:
		request.Header.Set("Content-Type", "application/octet-stream")
	case len(body) > 0:
		request.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		request.Header.Set("Authorization", "Bearer "+c.key)
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if in.revision > 0 {
		request.Header.Set("If-Match", strconv.Itoa(in.revision))
	}

	select {
	case c.wire.gate <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.wire.gate }()
	c.wire.requests.Add(1)
	answer, err := c.wire.http.Do(request)
	if err != nil {
		return awayError{fmt.Errorf("%s %s: %w", in.method, in.path, err)}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return awayError{fmt.Errorf("read the answer to %s %s: %w", in.method, in.path, err)}
	}
	if answer.StatusCode >= http.StatusBadRequest {
		c.wire.refusals.Add(1)
		return c.problem(in, answer.StatusCode, text, body)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("read the answer to %s %s (%.200s): %w", in.method, in.path, text, err)
	}
	return nil
}

// awayError says that no answer came: nobody knows whether the act was done.
type awayError struct{ error }

func (e awayError) Unwrap() error { return e.error }

// away reports whether the system could not be asked just now.
func away(err error) bool {
	if _, ok := errors.AsType[awayError](err); ok {
		return true
	}
	p, ok := errors.AsType[*problem](err)
	return ok && slices.Contains([]int{
		http.StatusTooManyRequests, // the public comes from one address here
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}, p.Status)
}

// problem is a problem document (RFC 9457) with the call that it answers.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
	Errors []struct {
		Pointer string `json:"pointer"`
		Detail  string `json:"detail"`
	} `json:"errors"`

	said string // by whom, what, and with which body
}

func (c client) problem(in call, status int, text, body []byte) *problem {
	p := &problem{said: fmt.Sprintf("%s: %s %s %.500s", c.name, in.method, in.path, body)}
	if err := json.Unmarshal(text, p); err != nil || p.Code == "" {
		p.Code, p.Detail = "unreadable", fmt.Sprintf("%.500s", text)
	}
	p.Status = status
	return p
}

func (p *problem) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d %s %s [%s]\n  %s", p.Status, p.Code, p.Detail, p.Rule, p.said)
	for _, e := range p.Errors {
		fmt.Fprintf(&text, "\n  %s %s", e.Pointer, e.Detail)
	}
	return text.String()
}

// refusedAs reports whether err is a refusal with one of the codes.
func refusedAs(err error, codes ...string) bool {
	p, ok := errors.AsType[*problem](err)
	return ok && slices.Contains(codes, p.Code)
}

// pages reads a list to its end, page by page.
func pages[T any](ctx context.Context, c client, path string, query url.Values) ([]T, error) {
	query = cloneQuery(query)
	query.Set("limit", "500")
	var all []T
	for {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"next"`
		}
		if err := c.get(ctx, path, query, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all, nil
		}
		query.Set("cursor", page.Next)
	}
}

func cloneQuery(query url.Values) url.Values {
	clone := make(url.Values, len(query)+2)
	for name, values := range query {
		clone[name] = values
	}
	return clone
}

// sleep waits, or returns why it may not.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// poll asks until done, once in every interval.
func poll(ctx context.Context, every time.Duration, done func() (bool, error)) error {
	for {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		if err := sleep(ctx, every); err != nil {
			return err
		}
	}
}
