package connect

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"timbre"
)

// line carries one contact: it reads the stream into a window, and puts what is there.
type line struct {
	b       *Bridge
	contact Contact
	began   time.Time
	silence silence

	// Of the reading.
	at   Position // after the newest fragment
	last string   // its number
	took int      // fragments of the contact
}

func (b *Bridge) line(c Contact) *line {
	return &line{b: b, contact: c, began: b.env.Now(), at: Position{Fragment: c.Fragment}, silence: silence{env: b.env, limit: b.cfg.Quiet}}
}

// errSlow is the cause of a context that ends because a response does not begin.
var errSlow = errors.New("the service does not respond")

// errQuiet is the cause of a context that ends because no audio comes.
var errQuiet = errors.New("no audio came")

// carry brings the contact to the server.
func (l *line) carry(ctx context.Context) error {
	l.b.env.Log.Info("contact begins", "contact", l.contact.ID, "stream", l.contact.StreamARN)
	ctx, cancel := context.WithCancel(ctx)
	w := newWindow(l.b.cfg.Held)
	var reading sync.WaitGroup
	reading.Go(func() { w.close(l.read(ctx, w)) })
	err := l.put(ctx, w)
	cancel()
	reading.Wait()
	l.b.env.Log.Info("contact ends", "contact", l.contact.ID, "fragments", w.again())
	return err
}

// read adds the fragments of the contact to the window, until that has ended. Responses of the source end before. One that brings nothing may
// have lost its connection without a sign: another one shows whether the stream is silent.
func (l *line) read(ctx context.Context, w *window) error {
	defer l.silence.pause()
	for tries, silent := l.b.retries(), false; ; {
		took := l.took
		ended, err := l.response(ctx, w)
		if came := l.took > took; came || err == nil {
			tries.good()
			silent = silent && !came
		}
		switch {
		case ended:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, errQuiet) && silent:
			return l.quiet()
		case errors.Is(err, errQuiet):
			silent = true
			l.silence.restart(l.b.cfg.Grace)
		case isPermanent(err):
			return err
		case err == nil:
			pause(ctx, l.b.cfg.Retry)
		case !l.interrupted(ctx, tries, err) && ctx.Err() == nil:
			return timbre.Errorf(timbre.Unavailable, "", "the stream of the contact %s could not be read for %v: %w", l.contact.ID, l.b.cfg.Patience, err)
		}
	}
}

// quiet is what silence says.
func (l *line) quiet() error {
	if l.took == 0 {
		return timbre.Errorf(timbre.Unavailable, "", "no audio of the contact %s came for %v", l.contact.ID, l.silence.patience())
	}
	return nil
}

// interrupted waits before a stream that fails is opened again. Meanwhile nobody knows whether it has audio.
func (l *line) interrupted(ctx context.Context, tries *retries, err error) (again bool) {
	l.silence.pause()
	l.b.env.Repeats.Count(l.b.env.Log, l.contact.ID, "stream interrupted: it is opened again", "contact", l.contact.ID, "error", err)
	return tries.wait(ctx)
}

// response adds what one response of the source has. Ended: what follows is not of the contact.
func (l *line) response(ctx context.Context, w *window) (ended bool, _ error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	opens := l.b.env.Steady()
	body, err := l.open(ctx, cancel)
	if err != nil {
		return false, cmp.Or(context.Cause(ctx), err)
	}
	l.silence.excuse(l.b.env.Steady().Sub(opens))
	defer func() { _ = body.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = body.Close() })
	defer stop()
	listen := func() { l.silence.listen(func() { cancel(errQuiet) }) }
	listen()
	for in := newFragments(body); ; {
		f, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, cmp.Or(context.Cause(ctx), err)
		case f.contact != "" && f.contact != l.contact.ID && l.took > 0:
			return true, nil
		case f.contact != "" && f.contact != l.contact.ID:
			l.at = f.after(l.at) // it stands before those of the contact
			continue
		case f.number != "" && !newer(f.number, l.last):
			continue // it came again
		}
		l.silence.pause() // while the server is waited for
		if err := w.add(ctx, f); err != nil {
			return false, err
		}
		listen()
		l.at, l.last = f.after(l.at), f.number
		l.took++
	}
}

// open opens the stream. A service that does not respond has failed.
func (l *line) open(ctx context.Context, cancel context.CancelCauseFunc) (io.ReadCloser, error) {
	slow := time.AfterFunc(l.b.cfg.Stall, func() { cancel(errSlow) })
	defer slow.Stop()
	return l.b.deps.Source.Open(ctx, l.contact.StreamARN, l.at)
}

// newer reports whether the number of a fragment is after another: they are decimal, and grow.
func newer(number, than string) bool {
	if len(number) != len(than) {
		return len(number) > len(than)
	}
	return number > than
}
