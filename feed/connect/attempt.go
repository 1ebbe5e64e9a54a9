package connect

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/at-wat/ebml-go"
)

// attempt is a stream of the fragments that the server does not have, and of those that come. What is known of the contact goes into the
// first one.
type attempt struct {
	ctx    context.Context // of its reading
	window *window
	tags   []byte // nil: the stream has them
	next   int    // number of the fragment that is read next
	rest   []byte // of the one before
	due    *due
}

// errStalled is the cause of a context that ends because acknowledgements are missing.
var errStalled = errors.New("the server acknowledges nothing any more")

// attempt puts what the window has to its end, or to that of the connection.
func (l *line) attempt(ctx context.Context, w *window) error {
	tags, err := l.contact.tags()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a := &attempt{ctx: ctx, window: w, tags: tags, next: w.again(), due: newDue(l.b.cfg.Stall, func() { cancel(errStalled) })}
	defer a.due.stop()
	err = l.b.deps.Sink.Put(ctx, Upload{Began: l.began, Stream: a, Persisted: a.persisted})
	switch rest, open := w.rest(); {
	case errors.Is(context.Cause(ctx), errStalled):
		return &Refusal{errStalled.Error(), true}
	case err == nil && (rest > 0 || open):
		return &Refusal{"the call was ended before the contact", true}
	}
	return err
}

// Read implements io.Reader.
func (a *attempt) Read(p []byte) (int, error) {
	if len(a.rest) == 0 {
		f, err := a.window.get(a.ctx, a.next)
		if err != nil {
			return 0, err
		}
		a.rest = f.bytes
		if a.tags != nil {
			a.rest = slices.Concat(f.bytes[:f.cluster], a.tags, f.bytes[f.cluster:])
			a.tags = nil
		}
		a.next++
		a.due.expect(f.count)
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// persisted takes an acknowledgement. One of what was not sent is none.
func (a *attempt) persisted() {
	if a.due.came() {
		a.window.persisted()
	}
}

// due watches that acknowledgements come. It is safe for concurrent use.
type due struct {
	limit time.Duration

	mu      sync.Mutex
	missing int
	timer   *time.Timer
}

// newDue calls missed once the oldest acknowledgement is missing for a time in which none came.
func newDue(limit time.Duration, missed func()) *due {
	d := &due{limit: limit, timer: time.AfterFunc(limit, missed)}
	d.timer.Stop()
	return d
}

// expect waits for a number of acknowledgements more.
func (d *due) expect(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.missing == 0 {
		d.timer.Reset(d.limit)
	}
	d.missing += n
}

// came takes an acknowledgement. False: none is missing.
func (d *due) came() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.missing == 0 {
		return false
	}
	if d.missing--; d.missing == 0 {
		d.timer.Stop()
	} else {
		d.timer.Reset(d.limit)
	}
	return true
}

func (d *due) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.timer.Stop()
}

// simpleTag is a tag as ebml-go writes it.
type simpleTag struct{ TagName, TagString string }

// marshalTags writes an element with tags.
func marshalTags(to io.Writer, all []simpleTag) error {
	var m struct {
		Tags struct {
			Tag struct{ SimpleTag []simpleTag }
		}
	}
	m.Tags.Tag.SimpleTag = all
	return ebml.Marshal(&m, to)
}
