package timbre

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Ended is something that has ended, with the notices of that, which are posted in the same transaction.
type Ended[T any] struct {
	Item    T
	Notices []Notice
}

// remainsBatch is how many remains one transaction ends: few enough that other writes never wait long.
const remainsBatch = 32

// Remains is what a crash has left unfinished. It is ended in batches while the server serves; what is asked for meanwhile is ended
// at once, so that nobody sees it unfinished. The zero value holds nothing.
type Remains[K comparable] struct {
	ending sync.Mutex // held while some are ended

	mu   sync.Mutex
	list []K        // in their order
	left map[K]bool // not ended yet
	end  func(ctx context.Context, keys []K) error
}

// Hold takes over what is left. End ends some of it in one transaction; on error none of them has ended.
func (r *Remains[K]) Hold(keys []K, end func(ctx context.Context, keys []K) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.end, r.left = keys, end, make(map[K]bool, len(keys))
	for _, k := range keys {
		r.left[k] = true
	}
}

// Len is how many have not ended.
func (r *Remains[K]) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.left)
}

// Settle ends one of the remains, if it is one that has not ended. It is cheap otherwise.
func (r *Remains[K]) Settle(ctx context.Context, key K) error {
	if len(r.unsettled([]K{key})) == 0 {
		return nil
	}
	return r.settle(ctx, []K{key})
}

// SettleAll ends all of them. What could not be ended is left, does not keep the others, and is counted in the error beside the first
// cause. When nothing of a batch can be ended, the rest is left for another time.
func (r *Remains[K]) SettleAll(ctx context.Context) error {
	r.mu.Lock()
	list := r.list
	r.mu.Unlock()
	var first error
	for batch := range slices.Chunk(list, remainsBatch) {
		if r.settle(ctx, batch) == nil {
			continue
		}
		if err := r.settleEach(ctx, batch); first == nil {
			first = err
		}
		if len(r.unsettled(batch)) == len(batch) {
			break
		}
	}
	if n := r.Len(); n > 0 && first != nil {
		return fmt.Errorf("%d left: %w", n, first)
	}
	return nil
}

// MakeRoom does something that is refused, with an error of a kind, for what is live: a quota is reached (Limit), or something is in use
// (Conflict). What is left counts as live until it has ended: after such a refusal all of it is ended, and do is tried again.
func (r *Remains[K]) MakeRoom(ctx context.Context, refusal Kind, do func() error) error {
	err := do()
	if err == nil || KindOf(err) != refusal || r.Len() == 0 || r.SettleAll(ctx) != nil {
		return err
	}
	return do()
}

// settleEach returns the first error.
func (r *Remains[K]) settleEach(ctx context.Context, keys []K) (first error) {
	for _, k := range keys {
		if err := r.settle(ctx, []K{k}); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (r *Remains[K]) settle(ctx context.Context, keys []K) error {
	r.ending.Lock()
	defer r.ending.Unlock()
	if keys = r.unsettled(keys); len(keys) == 0 {
		return nil
	}
	if err := r.end(ctx, keys); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range keys {
		delete(r.left, k)
	}
	return nil
}

// unsettled are those of keys that have not ended.
func (r *Remains[K]) unsettled(keys []K) (list []K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range keys {
		if r.left[k] {
			list = append(list, k)
		}
	}
	return list
}
