// Package call holds the live calls of this node. Calls come in from the signalling, and the frames of their legs from the
// media. Frames go out to the taps of a leg, and each change of a call to the store, together with the notices of its events.
// The package does not analyse audio, choose the targets of events, or keep records of ended calls.
package call

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// Deps are the stages that a Registry uses.
type Deps struct {
	Store     timbre.Calls
	Announcer timbre.Announcer
}

// Registry holds the live calls. It is safe for concurrent use.
type Registry struct {
	env       environment.Environment
	deps      Deps
	metrics   *metrics
	observers []Observers
	retry     chan struct{} // holds a value when an end may have to be saved again: see Run

	mu     sync.RWMutex // guards the fields below, and call and legs of each entry
	calls  map[string]*entry
	closed bool

	interrupted timbre.Remains[string] // by a crash: see Recover
	lost        map[string]timbre.Call // those of them that are reported but not saved
}

// entry is a live call, or one whose end is not saved yet.
type entry struct {
	changing sync.Mutex // held through a change of the call, from reading it to raising the observers
	call     timbre.Call
	began    time.Time // by the clock that never jumps
	legs     []*leg
	talk     *talk
	removed  bool            // guarded by changing
	ending   []timbre.Notice // of its end, once they are rendered; guarded by changing
}

// New returns a Registry without calls.
func New(env environment.Environment, deps Deps) *Registry {
	env = env.Complete()
	return &Registry{env: env, deps: deps, metrics: newMetrics(env.Metrics), retry: make(chan struct{}, 1), calls: map[string]*entry{}, lost: map[string]timbre.Call{}}
}

// Call returns a live call, also a reserved one: its peer may have been sent its id with the answer and use it at once; false if there is none of the transaction id.
func (r *Registry) Call(txid string) (timbre.Call, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if e := r.calls[txid]; e != nil && e.call.Ended.IsZero() {
		return e.call, true
	}
	return timbre.Call{}, false
}

// Live returns the live calls, the oldest first.
func (r *Registry) Live() []timbre.Call {
	r.mu.RLock()
	defer r.mu.RUnlock()
	calls := make([]timbre.Call, 0, len(r.calls))
	for _, e := range r.calls {
		if e.call.Ended.IsZero() && !e.call.Reserved {
			c := e.call
			c.Warnings = e.warnings()
			calls = append(calls, c)
		}
	}
	slices.SortFunc(calls, func(a, b timbre.Call) int {
		return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.TransactionID, b.TransactionID))
	})
	return calls
}

// Listener returns the listener of a leg, as Begin did. NotFound if there is no such live leg.
func (r *Registry) Listener(txid string, leg int) (timbre.Listener, error) {
	return r.leg("call.Listener", txid, leg)
}

// Tap attaches t to a leg from its next frame on. See timbre.Tapper.
func (r *Registry) Tap(txid string, leg int, t timbre.Tap) (stop func(), err error) {
	l, err := r.leg("call.Tap", txid, leg)
	if err != nil {
		return nil, err
	}
	tap := &tap{leg: l, to: t}
	if !l.attach(tap) {
		return nil, notLive("call.Tap")
	}
	return tap.stop, nil
}

// MediaTime returns the media time of a leg's newest frame: 0 before the first one, and if there is no such live leg.
func (r *Registry) MediaTime(txid string, leg int) time.Duration {
	l, err := r.leg("call.MediaTime", txid, leg)
	if err != nil {
		return 0
	}
	return time.Duration(l.mediaTime.Load())
}

func (r *Registry) leg(op, txid string, leg int) (*leg, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	e := r.calls[txid]
	switch {
	case e == nil || !e.call.Ended.IsZero():
		return nil, notLive(op)
	case leg < 0 || leg >= len(e.legs):
		return nil, timbre.Errorf(timbre.NotFound, op, "the call has no leg %d", leg)
	}
	return e.legs[leg], nil
}

func notLive(op string) error {
	return timbre.Errorf(timbre.NotFound, op, "no live call has this transaction id")
}
