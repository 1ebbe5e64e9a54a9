package connect

import (
	"context"
	"errors"
	"time"
)

// Message is one of a queue.
type Message struct {
	Body   string
	Handle string // to delete it by
}

// Queue holds messages until they are deleted.
type Queue interface {
	// Receive waits for messages, for some seconds.
	Receive(ctx context.Context) ([]Message, error)
	Delete(ctx context.Context, m Message) error
}

// Serve carries the contacts of which a queue tells, until ctx ends, and waits for them. The error is that of a queue that cannot be used. A message is deleted once its contact is carried;
// those for which there is no place come again.
func (b *Bridge) Serve(ctx context.Context, q Queue) error {
	defer b.Wait()
	for ctx.Err() == nil {
		messages, err := q.Receive(ctx)
		if isPermanent(err) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			b.env.Repeats.Count(b.env.Log, "queue", "the queue cannot be read", "error", err)
			pause(ctx, b.cfg.Retry)
		}
		for _, m := range messages {
			if !b.obey(ctx, m.Body) {
				continue
			}
			if err := q.Delete(ctx, m); err != nil && !errors.Is(err, context.Canceled) {
				b.env.Repeats.Count(b.env.Log, "delete", "a message of the queue cannot be deleted", "error", err)
			}
		}
	}
	return nil
}

// obey does what a message says. False: not now.
func (b *Bridge) obey(ctx context.Context, body string) bool {
	e, err := ParseEvent([]byte(body))
	switch {
	case err != nil:
		b.env.Repeats.Count(b.env.Log, "message", "a message of the queue is passed over", "error", err)
	case e.Ended:
		b.HangUp(e.Contact.ID)
	case e.Contact.StreamARN != "":
		return b.Take(ctx, e.Contact)
	}
	return true
}

// pause returns false if ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
