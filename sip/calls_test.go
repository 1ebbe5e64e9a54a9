package sip

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"timbre"
)

// calls records its events, whose texts go to events in order.
type calls struct {
	mu        sync.Mutex
	n         int
	begun     []timbre.Call
	updates   []timbre.Change
	update    error                // of updates
	known     []int                // indexes of legs, of all calls
	added     []timbre.LegListener // that updates gave
	events    chan string
	told      map[string]bool // calls that were answered
	answer    error           // of Answered
	answering func()          // called by Answered; nil: nothing
	ended     []string        // calls that have ended, announced or not
	begin     func() error    // called before a call begins; nil: nothing
	legs      int             // listeners to return; 0: as many as legs
}

func newCalls() *calls { return &calls{events: make(chan string, 1000)} }

// discard is a listener.
type discard struct{}

func (discard) Frame(timbre.Frame)             {}
func (discard) SetMeter(timbre.ReceptionMeter) {}

func (c *calls) Reserve(_ context.Context, call timbre.Call) (string, []timbre.LegListener, error) {
	c.mu.Lock()
	begin := c.begin
	c.mu.Unlock()
	if begin != nil {
		if err := begin(); err != nil {
			return "", nil, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	c.begun = append(c.begun, call)
	for _, l := range call.Legs {
		c.known = append(c.known, l.Index)
	}
	n := len(call.Legs)
	if c.legs > 0 {
		n = c.legs
	}
	txid := fmt.Sprintf("tx-%d", c.n)
	listeners := make([]timbre.LegListener, n)
	for i := range listeners {
		listeners[i] = discard{}
	}
	return txid, listeners, nil
}

// Answered says that the call has begun: it is not announced before.
func (c *calls) Answered(_ context.Context, txid string) error {
	if c.answering != nil {
		c.answering()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answer != nil {
		return c.answer
	}
	if c.told == nil {
		c.told = map[string]bool{}
	}
	c.told[txid] = true
	c.events <- "begin " + txid
	return nil
}

// gone are the calls that have ended.
func (c *calls) gone() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.ended)
}

func (c *calls) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.begun)
}

func (c *calls) onBegin(f func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begin = f
}

func (c *calls) Update(_ context.Context, txid string, change timbre.Change) ([]timbre.LegListener, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change.Headers = maps.Clone(change.Headers)
	c.updates = append(c.updates, change)
	c.events <- "update " + txid
	if c.update != nil {
		return nil, c.update
	}
	var added []timbre.LegListener
	for _, l := range change.Legs {
		if !slices.Contains(c.known, l.Index) {
			c.known, added = append(c.known, l.Index), append(added, &counter{})
		}
	}
	c.added = append(c.added, added...)
	return added, nil
}

// counter is a listener that counts frames.
type counter struct {
	frames atomic.Int32
	meter  timbre.ReceptionMeter
}

func (e *counter) SetMeter(m timbre.ReceptionMeter) { e.meter = m }

func (e *counter) Frame(timbre.Frame) { e.frames.Add(1) }

func (c *calls) End(_ context.Context, txid, failure string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = append(c.ended, txid)
	if c.told[txid] {
		c.events <- strings.TrimSpace("end " + txid + " " + failure)
	}
	return nil
}

func (c *calls) Missed(timbre.Call, []*timbre.Reception) {}

func (c *calls) call(i int) timbre.Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begun[i]
}
