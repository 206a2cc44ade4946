package acts

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// kept keeps what counting comes to, by what is counted, so that a page that many
// read costs one count every so often, and never two of the same at a time.
type kept[K comparable, V any] struct {
	last  time.Duration // how long a count is shown before it is made anew
	mutex sync.Mutex
	of    map[K]*keptOne[V]
}

// keptOne is what is kept of one thing.
type keptOne[V any] struct {
	turn chan struct{} // held by whoever counts
	now  atomic.Pointer[keptCount[V]]
}

// keptCount is a count and when it was good, by the record's clock.
type keptCount[V any] struct {
	at    time.Time
	count V
}

func keep[K comparable, V any](last time.Duration) *kept[K, V] {
	return &kept[K, V]{last: last, of: make(map[K]*keptOne[V])}
}

func (k *kept[K, V]) one(key K) *keptOne[V] {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	c, known := k.of[key]
	if !known {
		c = &keptOne[V]{turn: make(chan struct{}, 1)}
		k.of[key] = c
	}
	return c
}

// get returns what was counted a while ago at most. While somebody counts, the
// others are told what was counted before, unless it is too old for them too.
func (k *kept[K, V]) get(ctx context.Context, key K, now time.Time, count func() (V, error)) (V, error) {
	var none V
	c := k.one(key)
	if last := c.now.Load(); last.good(now, k.last) {
		return last.count, nil
	}
	select {
	case c.turn <- struct{}{}:
	default:
		if last := c.now.Load(); last.good(now, 2*k.last) {
			return last.count, nil
		}
		select {
		case c.turn <- struct{}{}:
		case <-ctx.Done():
			return none, fmt.Errorf("wait for counts: %w", ctx.Err())
		}
	}
	defer func() { <-c.turn }()
	if last := c.now.Load(); last.good(now, k.last) {
		return last.count, nil // whoever was before us has counted
	}
	counted, err := count()
	if err != nil {
		return none, err
	}
	c.now.Store(&keptCount[V]{at: now, count: counted})
	return counted, nil
}

// good reports whether a count may still be shown. The clock of a test may go back.
func (c *keptCount[V]) good(now time.Time, within time.Duration) bool {
	return c != nil && now.Sub(c.at).Abs() < within
}
