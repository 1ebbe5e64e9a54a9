package call

import (
	"runtime/debug"
	"sync"

	"timbre"
)

// tap is a Tap on a leg until it has been stopped, has ended or has panicked.
type tap struct {
	leg  *leg
	to   timbre.Tap
	mu   sync.Mutex // held while to is called
	over bool
}

func (t *tap) frame(f timbre.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || t.deliver(f) {
		return
	}
	t.over = true
	t.leg.detach(t)
	t.deliverEnd()
}

func (t *tap) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.over = true
		t.deliverEnd()
	}
}

func (t *tap) stop() {
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	t.leg.detach(t)
}

// deliver hands a frame to the tap; false if the tap panicked.
func (t *tap) deliver(f timbre.Frame) (ok bool) {
	defer t.recoverPanic()
	t.to.Frame(f)
	return true
}

func (t *tap) deliverEnd() {
	defer t.recoverPanic()
	t.to.End()
}

func (t *tap) recoverPanic() {
	if p := recover(); p != nil {
		t.leg.metrics.panics.Inc()
		t.leg.log.Error("tap panicked and was detached", "panic", p, "stack", string(debug.Stack()))
	}
}
