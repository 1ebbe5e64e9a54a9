package connect

import "context"

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

// Serve carries the contacts of which a queue tells, until ctx ends, and waits for them. The error is that of a queue that cannot be used. A
// message is deleted once it is obeyed. Others come again: those for which there is no place, and those that are not understood, which the
// redrive policy of the queue takes away. As long as nothing is deleted, the queue is asked less and less often.
func (b *Bridge) Serve(ctx context.Context, q Queue) error {
	defer func() { b.env.Log.Info("the bridge ends", "failed", b.Wait()) }()
	for tries := (&retries{env: b.env, first: b.cfg.Retry}); ctx.Err() == nil; {
		messages, err := q.Receive(ctx)
		switch {
		case isPermanent(err):
			return err
		case err != nil && ctx.Err() == nil:
			b.env.Repeats.Count(b.env.Log, "queue", "the queue cannot be read", "error", err)
		case len(messages) == 0:
			pause(ctx, b.cfg.Retry)
			continue
		case b.obeyAll(ctx, q, messages):
			tries.good()
			continue
		}
		tries.wait(ctx)
	}
	return nil
}

// obeyAll does what messages say, and reports whether one of them was deleted.
func (b *Bridge) obeyAll(ctx context.Context, q Queue, messages []Message) (deleted bool) {
	for _, m := range messages {
		if !b.obey(ctx, m.Body) {
			continue
		}
		err := q.Delete(ctx, m)
		if err != nil && ctx.Err() == nil {
			b.env.Repeats.Count(b.env.Log, "delete", "a message of the queue cannot be deleted", "error", err)
		}
		deleted = deleted || err == nil
	}
	return deleted
}

// obey does what a message says. False: not now, or not here.
func (b *Bridge) obey(ctx context.Context, body string) bool {
	e, err := ParseEvent([]byte(body))
	switch {
	case err != nil:
		b.env.Repeats.Count(b.env.Log, "message", "a message of the queue is not understood, and left there", "error", err)
		return false
	case e.Ended:
		b.HangUp(e.Contact.ID)
	case e.Contact.StreamARN != "":
		return b.Take(ctx, e.Contact)
	}
	return true
}
