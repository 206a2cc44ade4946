package acts

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"shifan/internal/award"
)

// MostItems is how many items one request may hold: what a desk does at once.
const MostItems = 500

// Item is what became of one item of a bulk request: done, or refused and why.
type Item[T any] struct {
	Done    Done[T]
	Refusal *award.Error // nil: done
}

// bulk does an act for every item: each is an act of its own, in a transaction
// of its own, under a key made from the request's, so that the same request
// sent again repeats none and finishes what was broken off. Every item has its
// answer: what one is refused for keeps no other. A dry run does all of them in
// one transaction, so that they meet each other as they would, and takes it
// back.
func bulk[In, Out any](ctx context.Context, a *Acts, key Key, dry bool, most int, items []In, do func(a *Acts, key Key, item In) (Done[Out], error)) ([]Item[Out], error) {
	if len(items) == 0 || len(items) > most {
		return nil, award.Refuse(award.Invalid, "", "items_many", most, len(items))
	}
	if dry {
		return dryRun(ctx, a, items, do)
	}
	results := make([]Item[Out], len(items))
	for i, item := range items {
		own, err := key.item(i, item)
		if err != nil {
			return nil, err
		}
		if results[i], err = settle(do(a, own, item)); err != nil {
			return nil, err // a fault: what is done stays done, and is found again under its key
		}
	}
	return results, nil
}

// item returns the key of one item of a bulk request.
func (k Key) item(i int, item any) (Key, error) {
	body, err := json.Marshal(item)
	if err != nil {
		return Key{}, fmt.Errorf("encode item %d: %w", i, err)
	}
	if k.Key != "" {
		k.Key += "/" + strconv.Itoa(i)
	}
	k.Body = sha256.Sum256(body)
	return k, nil
}

// settle tells a refusal, which is the item's answer, from a fault.
func settle[T any](done Done[T], err error) (Item[T], error) {
	if refusal, ok := errors.AsType[*award.Error](err); ok && refusal.Code != award.Internal {
		return Item[T]{Refusal: refusal}, nil
	}
	return Item[T]{Done: done}, err
}

var errDryRun = errors.New("dry run: taken back")

func dryRun[In, Out any](ctx context.Context, a *Acts, items []In, do func(a *Acts, key Key, item In) (Done[Out], error)) ([]Item[Out], error) {
	var results []Item[Out]
	err := a.store.InTx(ctx, func(tx Tx) error {
		results = make([]Item[Out], len(items)) // anew, should it be run again
		inside := *a
		inside.store = within{Store: a.store, tx: tx}
		for i, item := range items {
			var err error
			if results[i], err = settle(do(&inside, Key{Method: "DRY", Path: "/"}, item)); err != nil {
				return err
			}
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		return results, nil
	}
	return nil, err
}

// within is the record inside a transaction that is under way: what is done in
// it is seen there alone.
type within struct {
	Store
	tx Tx
}

// InTx implements Store.
func (w within) InTx(ctx context.Context, fn func(tx Tx) error) error {
	return w.tx.Try(ctx, func() error { return fn(w.tx) })
}
