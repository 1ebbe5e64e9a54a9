package notify_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"timbre"
)

// outbox is the contract of timbre.Outbox in memory. It outlives dispatchers, as a database does.
type outbox struct {
	mu    sync.Mutex
	seq   int64
	rows  []*row
	fault func(op string) error // nil: no faults
	reads int                   // calls of Due
}

type row struct {
	timbre.Pending
	next   time.Time
	reason string
}

func (o *outbox) put(notices ...timbre.Notice) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range notices {
		o.seq++
		o.rows = append(o.rows, &row{Pending: timbre.Pending{Notice: n, Seq: o.seq}, next: n.Created})
	}
}

func (o *outbox) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.rows)
}

func (o *outbox) failing(op string) error {
	if o.fault == nil {
		return nil
	}
	return o.fault(op)
}

// heads are the first rows of their lanes. With the lock held.
func (o *outbox) heads() []*row {
	var heads []*row
	seen := map[string]bool{}
	for _, r := range o.rows {
		if l := r.Key + "\x00" + r.Target; !seen[l] {
			seen[l] = true
			heads = append(heads, r)
		}
	}
	return heads
}

func (o *outbox) Due(_ context.Context, now time.Time, limit int) ([]timbre.Pending, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.reads++
	if err := o.failing("due"); err != nil {
		return nil, err
	}
	var due []timbre.Pending
	for _, r := range o.heads() {
		if !r.next.After(now) && len(due) < limit {
			due = append(due, r.Pending)
		}
	}
	return due, nil
}

func (o *outbox) NextDue(context.Context) (next time.Time, some bool, _ error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.failing("next"); err != nil {
		return next, false, err
	}
	for _, r := range o.heads() {
		if !some || r.next.Before(next) {
			next, some = r.next, true
		}
	}
	return next, some, nil
}

func (o *outbox) Delivered(_ context.Context, seq int64) error {
	return o.with("delivered", seq, func(i int) { o.rows = append(o.rows[:i:i], o.rows[i+1:]...) })
}

func (o *outbox) Postpone(_ context.Context, seq int64, next time.Time, reason string) error {
	return o.with("postpone", seq, func(i int) {
		o.rows[i].Tries++
		o.rows[i].next, o.rows[i].reason = next, reason
	})
}

func (o *outbox) with(op string, seq int64, do func(i int)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.failing(op); err != nil {
		return err
	}
	for i, r := range o.rows {
		if r.Seq == seq {
			do(i)
			return nil
		}
	}
	return fmt.Errorf("no notice %d", seq)
}
