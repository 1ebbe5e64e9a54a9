package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"timbre"
)

// Sink takes calls as Matroska streams.
type Sink interface {
	// Put brings a call to its end. It returns a *Refusal if the sink has not taken it.
	Put(ctx context.Context, u Upload) error
}

// Upload is a call, or the rest of one.
type Upload struct {
	Began     time.Time // the same in each attempt at a call
	Stream    io.Reader
	Persisted func() // is called for each cluster that the sink has, in order
}

// Refusal is the error of a Sink that does not take a stream, or not to its end.
type Refusal struct {
	Reason    string
	Temporary bool // it may be taken later
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("the server does not take the call: %s", r.Reason)
}

// put brings what the window has to the server, in as many attempts as it takes: what was not acknowledged is put again.
func (l *line) put(ctx context.Context, w *window) error {
	for tries := l.b.retries(); ; {
		before := w.again()
		switch _, err := w.get(ctx, before); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		err := l.attempt(ctx, w)
		rest, open := w.rest()
		refusal := (*Refusal)(nil)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case rest == 0 && !open:
			continue // to why the reading has ended
		case !errors.As(err, &refusal) || !refusal.Temporary:
			return err
		case w.again() > before:
			tries.good()
		}
		l.b.env.Repeats.Count(l.b.env.Log, l.contact.ID, "the server has not taken the contact: it is tried again", "contact", l.contact.ID, "error", err)
		if !tries.wait(ctx) && ctx.Err() == nil {
			return timbre.Errorf(timbre.Unavailable, "", "the server has taken nothing of the contact %s for %v, and lacks %d fragments: %w",
				l.contact.ID, l.b.cfg.Patience, rest, err)
		}
	}
}
