package notifytest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"timbre"
)

// Outbox is a timbre.Outbox in memory. It outlives dispatchers, as a database does. The zero value is empty.
type Outbox struct {
	// Fault, if set, is called by each method with its name: due, next, delivered or postpone. Its error fails the method.
	Fault func(op string) error

	mu    sync.Mutex
	seq   int64
	rows  []*row
	reads int
	empty []chan struct{} // closed once there are no rows
}

type row struct {
	timbre.Pending
	next   time.Time
	reason string
}

// Put adds notices, due from their Created on.
func (o *Outbox) Put(notices ...timbre.Notice) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range notices {
		o.seq++
		o.rows = append(o.rows, &row{Pending: timbre.Pending{Notice: n, Seq: o.seq}, next: n.Created})
	}
}

// Len returns how many notices are not delivered.
func (o *Outbox) Len() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.rows)
}

// Empty returns a channel that is closed once all notices are delivered.
func (o *Outbox) Empty() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := make(chan struct{})
	o.empty = append(o.empty, c)
	o.signal()
	return c
}

// signal closes the channels of Empty if there are no rows. The caller holds the mutex.
func (o *Outbox) signal() {
	if len(o.rows) > 0 {
		return
	}
	for _, c := range o.empty {
		close(c)
	}
	o.empty = nil
}

// Reads returns how often Due has been called.
func (o *Outbox) Reads() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reads
}

// Due implements timbre.Outbox.
func (o *Outbox) Due(_ context.Context, now time.Time, limit int) ([]timbre.Pending, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.reads++
	if err := o.fail("due"); err != nil {
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

// NextDue implements timbre.Outbox.
func (o *Outbox) NextDue(context.Context) (next time.Time, some bool, _ error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.fail("next"); err != nil {
		return next, false, err
	}
	for _, r := range o.heads() {
		if !some || r.next.Before(next) {
			next, some = r.next, true
		}
	}
	return next, some, nil
}

// Delivered implements timbre.Outbox.
func (o *Outbox) Delivered(_ context.Context, seq int64) error {
	return o.update("delivered", seq, func(i int) {
		o.rows = append(o.rows[:i:i], o.rows[i+1:]...)
		o.signal()
	})
}

// Postpone implements timbre.Outbox.
func (o *Outbox) Postpone(_ context.Context, seq int64, next time.Time, reason string) error {
	return o.update("postpone", seq, func(i int) {
		o.rows[i].Tries++
		o.rows[i].next, o.rows[i].reason = next, reason
	})
}

// heads returns the first row of each (Key, Target). The caller holds the mutex.
func (o *Outbox) heads() (heads []*row) {
	seen := map[[2]string]bool{}
	for _, r := range o.rows {
		if lane := [2]string{r.Key, r.Target}; !seen[lane] {
			seen[lane] = true
			heads = append(heads, r)
		}
	}
	return heads
}

func (o *Outbox) fail(op string) error {
	if o.Fault == nil {
		return nil
	}
	return o.Fault(op)
}

func (o *Outbox) update(op string, seq int64, do func(i int)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.fail(op); err != nil {
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
