package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// This file is what an operator sees of the API: the access log and the
// metrics. Neither holds a body, a name, a key or a query: subjects of acts are
// in the decision log.

const requestIDHeader = "X-Request-Id"

var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify gives every request an ID, the caller's where it sent a good one, so
// that one request is found in the logs of all who saw it.
func (s *Server) identify(c *gin.Context) {
	id := c.GetHeader(requestIDHeader)
	if !requestIDForm.MatchString(id) {
		id = rand.Text()
	}
	c.Header(requestIDHeader, id)
	c.Next()
}

// observe logs and counts every request once it is answered.
func (s *Server) observe(c *gin.Context) {
	begun := s.now()
	c.Next()
	took := s.now().Sub(begun)
	route := c.FullPath()
	if route == "" {
		route = "unmatched" // a path nobody serves is no label: there are endless many
	}
	status := c.Writer.Status()
	s.metrics.observe(c.Request.Method, route, status, took)
	if route == "/livez" || route == "/readyz" || route == "/metrics" {
		return // asked every few seconds by machines
	}
	s.log.InfoContext(c.Request.Context(), "request",
		"method", c.Request.Method, "route", route, "status", status,
		"ms", took.Milliseconds(), "office", officer(c).OfficeCode,
		"request", c.Writer.Header().Get(requestIDHeader))
}

// recover answers a panic as the fault it is and keeps serving.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause) // net/http's own way to drop a connection
		}
		s.log.ErrorContext(c.Request.Context(), "panic", "route", c.FullPath(),
			"cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
		if !c.Writer.Written() {
			s.problem(c, errPanicked)
		}
	}()
	c.Next()
}

// metrics are what is counted, in a registry of their own so that tests may
// serve twice in one process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "shifan_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "shifan_http_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(method, route).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
