// Package call keeps the live calls of this node. In come calls as the signalling finds them, and their frames; out go the
// frames to whoever taps a leg, a durable record of each call, and the events of its stream. It does not listen to audio,
// and it does not decide who is told of an event: an Announcer does; nor what is written down of a call that has ended.
package call

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// Config of a Registry. Zero values: the clock of the machine, no log, no metrics, random UUIDs, nobody told of ends.
type Config struct {
	Now             func() time.Time
	Log             *slog.Logger
	Metrics         prometheus.Registerer
	NewID           func() string // UUIDs
	Region, Account string        // for the ARNs of streams
	Ledger          Ledger
}

// Registry holds the live calls. It may be used by many goroutines.
type Registry struct {
	Config
	journal   timbre.CallWriter
	announce  timbre.Announcer
	metrics   *metrics
	unwritten chan struct{} // holds a value while an end may have to be written again: see Run

	mu     sync.RWMutex // guards what follows, and the call and legs of each live
	calls  map[string]*live
	closed bool
}

// live is a call that lives, or one whose end has yet to be written.
type live struct {
	writing sync.Mutex // one change at a time, from reading the call to its record
	call    timbre.Call
	legs    []*leg
	gone    bool // guarded by writing: it is in the registry no more
}

// New makes a registry without calls.
func New(c Config, j timbre.CallWriter, a timbre.Announcer) *Registry {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	return &Registry{
		Config: c, journal: j, announce: a, metrics: newMetrics(c.Metrics),
		unwritten: make(chan struct{}, 1), calls: map[string]*live{},
	}
}

// Call is a live call; false when there is none of the transaction id.
func (r *Registry) Call(txid string) (timbre.Call, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if l := r.calls[txid]; l != nil && l.call.Ended.IsZero() {
		return l.call, true
	}
	return timbre.Call{}, false
}

// Live are the live calls, the longest running first.
func (r *Registry) Live() []timbre.Call {
	r.mu.RLock()
	defer r.mu.RUnlock()
	calls := make([]timbre.Call, 0, len(r.calls))
	for _, l := range r.calls {
		if l.call.Ended.IsZero() {
			calls = append(calls, l.call)
		}
	}
	slices.SortFunc(calls, func(a, b timbre.Call) int {
		return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.TransactionID, b.TransactionID))
	})
	return calls
}

// Listener takes the frames of a leg: Begin gives the same ones. NotFound when the call is not live or has no such leg.
func (r *Registry) Listener(txid string, leg int) (timbre.Listener, error) {
	return r.leg("call.Listener", txid, leg)
}

// Tap lets t hear a leg from now on. Stop ends that, without End; it waits while t hears a frame, so that t is not called any
// more once it returns, and t itself must not call it. NotFound when the call is not live or has no such leg.
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

// MediaTime is how far the media of a leg has come: the media time of its newest frame. 0 before the first one, and when the
// call is not live or has no such leg.
func (r *Registry) MediaTime(txid string, leg int) time.Duration {
	l, err := r.leg("call.MediaTime", txid, leg)
	if err != nil {
		return 0
	}
	return time.Duration(l.reached.Load())
}

func (r *Registry) leg(op, txid string, leg int) (*leg, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	l := r.calls[txid]
	switch {
	case l == nil || !l.call.Ended.IsZero():
		return nil, notLive(op)
	case leg < 0 || leg >= len(l.legs):
		return nil, timbre.Errorf(timbre.NotFound, op, "the call has no leg %d", leg)
	}
	return l.legs[leg], nil
}

func notLive(op string) error {
	return timbre.Errorf(timbre.NotFound, op, "no live call has this transaction id")
}
