package notify_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/notify"
	"timbre/notify/notifytest"
)

// brokenOutbox is one that cannot be read, or not written.
type brokenOutbox struct {
	notifytest.Outbox
	mu          sync.Mutex
	read, write error
}

func (o *brokenOutbox) set(read, write error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.read, o.write = read, write
}

func (o *brokenOutbox) Depths(ctx context.Context) ([]timbre.Depth, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.read != nil {
		return nil, o.read
	}
	return o.Outbox.Depths(ctx)
}

func (o *brokenOutbox) Settle(ctx context.Context, list []timbre.Outcome) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.write != nil {
		return o.write
	}
	return o.Outbox.Settle(ctx, list)
}

func TestAnOutboxThatDoesNotMoveIsStuckUntilItDoes(t *testing.T) {
	fault := errors.New("fault")
	for _, c := range []struct {
		why         string
		read, write error
	}{
		{"the outbox cannot be read", fault, nil},
		{"what was delivered cannot be written to the outbox", nil, fault},
		{"", nil, nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &brokenOutbox{}
				o.set(c.read, c.write)
				o.Put(notice("a", "a", hook))
				d := dispatch(t, notify.Config{MaxBackoff: time.Second}, o, &sink{})
				pass(5 * time.Second)
				if got := d.Stuck(); got != "" {
					t.Errorf("after 5 s: got %q, want patience", got)
				}
				pass(10 * time.Second)
				if got := d.Stuck(); got != c.why {
					t.Errorf("after 15 s: got %q, want %q", got, c.why)
				}
				o.set(nil, nil)
				pass(2 * time.Second)
				if got := d.Stuck(); got != "" {
					t.Errorf("got %q, want that it moves again", got)
				}
			})
		})
	}
}

// Targets that fail stop nothing but themselves.
func TestADeadTargetIsNotStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &notifytest.Outbox{}
		o.Put(notice("a", "a", hook), notice("b", "b", hook), notice("c", "c", hook))
		d := dispatch(t, notify.Config{}, o, &sink{answer: func(timbre.Notice, int) error { return errors.New("down") }})
		pass(10 * time.Minute)
		if got := d.Stuck(); got != "" {
			t.Errorf("got %q, want that nothing is stuck", got)
		}
	})
}
