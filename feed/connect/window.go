package connect

import (
	"context"
	"io"
	"sync"
)

// window holds the fragments of a contact from the first that the server does not have, in order. One goroutine adds them, another one
// puts them, as often as it takes.
type window struct {
	most int // bytes that are held, unless one fragment is longer

	mu      sync.Mutex
	changed *sync.Cond
	held    []fragment
	first   int // number of the first of them, which counts from 0
	bytes   int // of held
	clear   int // clusters of the first that the server has
	closed  bool
	err     error // with which the reading has ended
}

func newWindow(most int) *window {
	w := &window{most: most}
	w.changed = sync.NewCond(&w.mu)
	return w
}

// add waits for room, and adds a fragment.
func (w *window) add(ctx context.Context, f fragment) error {
	defer context.AfterFunc(ctx, w.wake)()
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.held) > 0 && w.bytes+len(f.bytes) > w.most {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		w.changed.Wait()
	}
	w.held, w.bytes = append(w.held, f), w.bytes+len(f.bytes)
	w.changed.Broadcast()
	return nil
}

// close says that no more is added, because the contact has ended, or of an error.
func (w *window) close(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed, w.err = true, err
	w.changed.Broadcast()
}

// get waits for the fragment of a number. After the last one the error is io.EOF or, once the server has all before, why there is none.
func (w *window) get(ctx context.Context, number int) (fragment, error) {
	defer context.AfterFunc(ctx, w.wake)()
	w.mu.Lock()
	defer w.mu.Unlock()
	for number >= w.first+len(w.held) {
		switch {
		case ctx.Err() != nil:
			return fragment{}, context.Cause(ctx)
		case w.err != nil && len(w.held) == 0:
			return fragment{}, w.err
		case w.err == nil && w.closed:
			return fragment{}, io.EOF
		}
		w.changed.Wait()
	}
	return w.held[number-w.first], nil
}

// persisted notes that the server has one more cluster.
func (w *window) persisted() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.held) == 0 {
		return
	}
	if w.clear++; w.clear < w.held[0].count {
		return
	}
	w.bytes -= len(w.held[0].bytes)
	w.held[0] = fragment{} // its bytes are free
	w.held, w.first, w.clear = w.held[1:], w.first+1, 0
	w.changed.Broadcast()
}

// again is the number of the first fragment that the server does not have, for another attempt.
func (w *window) again() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clear = 0
	return w.first
}

// rest is how many fragments the server does not have, of those that were added, and whether more may come.
func (w *window) rest() (fragments int, open bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.held), !w.closed
}

func (w *window) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed.Broadcast()
}
