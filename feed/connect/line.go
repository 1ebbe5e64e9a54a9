package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"timbre"
)

// line carries one contact.
type line struct {
	b       *Bridge
	contact Contact
	at      Position // after what the server has
	last    string   // the number of the newest fragment that it has
	taken   int      // fragments that it has

	mu     sync.Mutex
	quiet  time.Duration // without audio, after which the contact has ended
	silent *time.Timer   // fires then; nil: before the start
}

func (b *Bridge) line(c Contact) *line {
	return &line{b: b, contact: c, at: Position{Fragment: c.Fragment}, quiet: b.cfg.Quiet}
}

// errQuiet is the cause of a context that ends because no audio comes any more.
var errQuiet = errors.New("no audio came")

// patience is how often in a row a server may refuse a contact, or lose it, without having taken a fragment of it.
const patience = 5

// carry brings the contact to the server. A call that the server has lost goes on as another one.
func (l *line) carry(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	l.mu.Lock()
	l.silent = time.AfterFunc(l.quiet, func() { cancel(errQuiet) })
	l.mu.Unlock()
	defer l.silent.Stop()
	l.b.env.Log.Info("contact begins", "contact", l.contact.ID, "stream", l.contact.StreamARN)
	for failures := 1; ; failures++ {
		before := l.taken
		err := l.call(ctx)
		refusal := (*Refusal)(nil)
		if !errors.As(err, &refusal) || !refusal.Temporary {
			l.b.env.Log.Info("contact ends", "contact", l.contact.ID, "fragments", l.taken)
			return err
		}
		if l.taken > before {
			failures = 1
		}
		if failures == patience {
			return err
		}
		l.b.env.Repeats.Count(l.b.env.Log, "refusal", "the server has not taken the contact: it is tried again", "contact", l.contact.ID, "error", err)
		if !pause(ctx, time.Duration(failures)*l.b.cfg.Retry) {
			return err
		}
	}
}

// call brings the contact to the server as one call, from where the one before has ended.
func (l *line) call(ctx context.Context) error {
	c := &copier{sink: l.b.deps.Sink, contact: l.contact}
	return c.close(l.read(ctx, c))
}

// read copies fragments until the contact has ended. Responses of the source end before.
func (l *line) read(ctx context.Context, c *copier) error {
	for {
		ended, err := l.response(ctx, c)
		switch {
		case ended:
			return nil
		case errors.Is(context.Cause(ctx), errQuiet) && l.taken == 0:
			return timbre.Errorf(timbre.Unavailable, "", "no audio of the contact %s came for %v: %w", l.contact.ID, l.patience(), errors.Join(err))
		case errors.Is(context.Cause(ctx), errQuiet):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case isPermanent(err) || c.failed:
			return err
		}
		if err != nil {
			l.b.env.Repeats.Count(l.b.env.Log, "stream", "stream interrupted: it is opened again", "contact", l.contact.ID, "error", err)
		}
		pause(ctx, l.b.cfg.Retry)
	}
}

// response copies what one response of the source has. Ended: what follows is not of the contact.
func (l *line) response(ctx context.Context, c *copier) (ended bool, _ error) {
	body, err := l.b.deps.Source.Open(ctx, l.contact.StreamARN, l.at)
	if err != nil {
		return false, err
	}
	defer func() { _ = body.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = body.Close() })
	defer stop()
	for in := newFragments(body); ; {
		f, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, err
		case f.contact != "" && f.contact != l.contact.ID && l.taken > 0:
			return true, nil
		case f.contact != "" && f.contact != l.contact.ID:
			l.at = f.after(l.at) // it stands before those of the contact
			continue
		case f.number != "" && !newer(f.number, l.last):
			continue // it came again
		}
		if err := c.copy(ctx, f); err != nil {
			return false, err
		}
		l.took(f)
	}
}

// took notes a fragment that the server has.
func (l *line) took(f fragment) {
	l.at, l.last = f.after(l.at), f.number
	l.taken++
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent.Reset(l.quiet)
}

// patience is for how long audio is waited for.
func (l *line) patience() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.quiet
}

// hangUp implements Bridge.HangUp.
func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet = l.b.cfg.Grace
	if l.silent != nil {
		l.silent.Reset(l.quiet)
	}
}

// newer reports whether the number of a fragment is after another: they are decimal, and grow.
func newer(number, than string) bool {
	if len(number) != len(than) {
		return len(number) > len(than)
	}
	return number > than
}

// Refusal is the error of a Sink that does not take a stream, or not to its end.
type Refusal struct {
	Reason    string
	Temporary bool // it may be taken later
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("the server does not take the call: %s", r.Reason)
}
