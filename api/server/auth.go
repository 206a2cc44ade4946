package server

import (
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"shifan/internal/award"
)

// authenticate finds out who is calling by the key in the Authorization
// header. What the contract marks public needs none and is rate limited
// instead.
func (s *Server) authenticate(c *gin.Context) {
	if op := s.contract.operation(c); op.public {
		limit := s.visitors
		if op.act {
			limit = s.senders
		}
		s.slow(limit)(c)
		return
	}
	key, bearer := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !bearer || strings.TrimSpace(key) == "" {
		c.Header("WWW-Authenticate", "Bearer")
		s.problem(c, award.Refuse(award.Forbidden, "", "key_missing"))
		return
	}
	caller, err := s.callers.find(c.Request.Context(), strings.TrimSpace(key))
	if award.CodeOf(err) == award.NotFound {
		c.Header("WWW-Authenticate", `Bearer error="invalid_token"`)
		s.problem(c, award.Refuse(award.Forbidden, "", "key_unknown"))
		return
	}
	if err != nil {
		s.problem(c, err)
		return
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), officerKey, caller))
	c.Next()
}

// slow lets an address ask no more often than the limit.
func (s *Server) slow(limit *visitors) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !limit.admits(c) {
			c.Header("Retry-After", "1")
			s.problem(c, award.Refuse(award.Unavailable, "", "rate_limited"))
			return
		}
		c.Next()
	}
}

// How long a key that was good is not asked again, and how many are kept. A
// revoked key, or an office's new roles, is noticed within this time by every
// process: five seconds stop nobody's abuse later than a person can act, and
// spare the record a query per request.
const (
	callerLife  = 5 * time.Second
	mostCallers = 10_000
)

// callers remembers for a few seconds whose a key is.
type callers struct {
	authenticate func(ctx context.Context, key string) (award.Officer, error)
	now          func() time.Time

	mu    sync.Mutex
	known map[[32]byte]caller
}

type caller struct {
	officer award.Officer
	until   time.Time
}

func newCallers(authenticate func(ctx context.Context, key string) (award.Officer, error), now func() time.Time) *callers {
	return &callers{authenticate: authenticate, now: now, known: make(map[[32]byte]caller)}
}

// find returns whose the key is. Keys themselves are not kept, nor those that
// are nobody's.
func (c *callers) find(ctx context.Context, key string) (award.Officer, error) {
	digest := sha256.Sum256([]byte(key))
	now := c.now()
	c.mu.Lock()
	known, found := c.known[digest]
	c.mu.Unlock()
	if found && now.Before(known.until) {
		return known.officer, nil
	}
	officer, err := c.authenticate(ctx, key)
	if err != nil {
		return award.Officer{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= mostCallers {
		clear(c.known) // rare, and costs a query per caller
	}
	c.known[digest] = caller{officer, now.Add(callerLife)}
	return officer, nil
}

// How often one address may read the public pages: a person never notices, a
// program that copies everything is slowed. Saying something takes a person
// minutes; an office that many share an address with is not shut out.
const (
	visitsPerSecond = 5
	visitsAtOnce    = 30
	sendsPerSecond  = 0.2
	sendsAtOnce     = 10
	mostVisitors    = 10_000
)

// visitors limits how often an address reads, or says something, without a key.
type visitors struct {
	now       func() time.Time
	perSecond rate.Limit
	atOnce    int

	mu    sync.Mutex
	known map[string]*rate.Limiter
}

func newVisitors(now func() time.Time, perSecond rate.Limit, atOnce int) *visitors {
	return &visitors{now: now, perSecond: perSecond, atOnce: atOnce, known: make(map[string]*rate.Limiter)}
}

// admits reports whether the address that asks may do so now.
func (v *visitors) admits(c *gin.Context) bool { return v.admit(c.ClientIP()) }

func (v *visitors) admit(address string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	limiter, found := v.known[address]
	if !found {
		if len(v.known) >= mostVisitors {
			clear(v.known) // forgets who was slowed, never grows
		}
		limiter = rate.NewLimiter(v.perSecond, v.atOnce)
		v.known[address] = limiter
	}
	return limiter.AllowN(v.now(), 1)
}
