// Package server is the HTTP API (api/openapi.yaml): it reads a request, asks
// internal/acts once, and answers. No rule, no SQL and no word to Temporal
// belongs here.
package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"shifan/api/server/text"
	"shifan/internal/acts"
)

// Options are what the API works with.
type Options struct {
	Acts     *acts.Acts
	Log      *slog.Logger
	Contract []byte                          // api/openapi.yaml
	Ready    func(ctx context.Context) error // nil error: requests can be served
	Now      func() time.Time                // for durations and rates; acts go by the record's clock
	Pages    Pages                           // nil: none are served
}

// Pages are what people see beside the API. reads and says tell whether an address
// may ask for what needs no sign-in once more, or say something there: the API's
// own measure.
type Pages interface {
	Serve(r gin.IRouter, reads, says func(c *gin.Context) bool)
}

// Server serves the API.
type Server struct {
	acts     *acts.Acts
	log      *slog.Logger
	contract *contract
	texts    text.Texts
	ready    func(ctx context.Context) error
	now      func() time.Time
	callers  *callers
	visitors *visitors // read without a key
	senders  *visitors // say something without a key
	metrics  *metrics
}

var _ StrictServerInterface = (*Server)(nil)

// prefix is where the contract's paths begin.
const prefix = "/api/v1"

// New returns the API, or says what of it is broken: contract, texts or pages.
func New(o Options) (http.Handler, error) {
	contract, err := readContract(o.Contract)
	if err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	texts, err := text.Read()
	if err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	docs, err := newDocs(contract, texts)
	if err != nil {
		return nil, fmt.Errorf("make the documentation: %w", err)
	}
	s := &Server{
		acts: o.Acts, log: o.Log, contract: contract, texts: texts, ready: o.Ready, now: o.Now,
		callers: newCallers(o.Acts.Authenticate, o.Now), metrics: newMetrics(),
		visitors: newVisitors(o.Now, visitsPerSecond, visitsAtOnce), senders: newVisitors(o.Now, sendsPerSecond, sendsAtOnce),
	}
	return s.routes(docs, o.Pages), nil
}

// routes lays out everything that is served.
func (s *Server) routes(docs *docs, pages Pages) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ContextWithFallback = true // a handler's context is the request's: its end, officer and key
	engine.RedirectTrailingSlash = false
	engine.UseRawPath = true           // a title's number may hold a slash
	engine.ForwardedByClientIP = false // an address is what connects, not what a header claims
	engine.Use(s.identify, s.observe, s.recover)
	engine.NoRoute(func(c *gin.Context) { s.problem(c, errRouteUnknown) })

	engine.GET("/livez", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	engine.GET("/readyz", s.serveReady)
	engine.GET("/metrics", gin.WrapH(s.metrics.handler()))
	engine.GET(prefix+"/openapi.yaml", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/yaml; charset=utf-8", s.contract.text)
	})
	engine.GET("/docs", docs.servePage)
	engine.GET("/docs/:file", docs.serveFile)

	if pages != nil {
		pages.Serve(engine, s.visitors.admits, s.senders.admits)
	}

	api := engine.Group(prefix, s.receive, s.authenticate, s.validate)
	handler := NewStrictHandlerWithOptions(s, []StrictMiddlewareFunc{ownContext}, StrictGinServerOptions{
		RequestErrorHandlerFunc:  func(c *gin.Context, err error) { s.problem(c, malformed(err)) },
		HandlerErrorFunc:         s.problem,
		ResponseErrorHandlerFunc: s.problem,
	})
	RegisterHandlersWithOptions(api, handler, GinServerOptions{
		ErrorHandler: func(c *gin.Context, err error, _ int) { s.problem(c, malformed(err)) },
	})
	return engine
}

// ownContext gives a handler a context of its own. Gin uses its own again for
// the next request, while database/sql may still watch what it was given: the
// end of another request would then cancel a query of this one.
func ownContext(handle StrictHandlerFunc, _ string) StrictHandlerFunc {
	return func(c *gin.Context, request any) (any, error) { return handle(c.Copy(), request) }
}

// serveReady says whether requests can be served, for whoever balances them.
func (s *Server) serveReady(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyPatience)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		s.log.WarnContext(ctx, "not ready", "error", err)
		c.String(http.StatusServiceUnavailable, "not ready\n")
		return
	}
	c.String(http.StatusOK, "ok\n")
}

// readyPatience bounds how long a check of readiness takes.
const readyPatience = 3 * time.Second
