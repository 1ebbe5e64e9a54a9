package trunk

import (
	"context"
	"time"

	"timbre"
	"timbre/sip/header"
)

const (
	// idTimeout is how long the answer to the caller waits for the transaction id.
	idTimeout = 300 * time.Millisecond
	// analysisTimeout is how long analysis may take to begin, and to end.
	analysisTimeout = 30 * time.Second
)

// analysis is the call as it is analysed. The mutex of the call guards it, legs aside.
type analysis struct {
	legs          []timbre.Leg
	transactionID string       // empty: it has not begun
	missed        *timbre.Call // the call whose analysis could not begin; nil otherwise
	failure       string       // why the call is over, unless a party hung up
	concluded     bool
	answered      bool // the caller has been sent the answer
	announced     bool
}

// analyse begins the analysis of a call that the gateway has answered. It is announced when the caller has been sent the answer. The
// call goes on when it cannot begin, or not in time, or when the server is overloaded.
func (c *call) analyse() {
	record := timbre.Call{
		ConnectorID: c.connector.ID, CallID: c.id(), Direction: "Outbound", Bridged: true,
		From: c.from, To: c.number, Headers: header.All(c.invite), Legs: c.analysis.legs, Started: c.ua.env.Now(),
	}
	for i := range c.sides {
		if s := c.sides[i].Load(); s != nil {
			record.StoredByes = append(record.StoredByes, s.StoredBye())
		}
	}
	if timbre.Overloaded(c.ua.deps.Load) {
		c.notAnalysed(record, timbre.Errorf(timbre.Throttled, "trunk.analyse", "the server is overloaded"))
		return
	}
	begun := make(chan struct{})
	started := c.ua.deps.Agent.Do(func() {
		defer close(begun)
		defer func() {
			if p := recover(); p != nil {
				c.notAnalysed(record, timbre.Errorf(timbre.Internal, "trunk.analyse", "panic: %v", p))
			}
		}()
		c.begin(record)
	})
	if !started {
		c.notAnalysed(record, timbre.Errorf(timbre.Unavailable, "trunk.analyse", "the server is being stopped"))
		return
	}
	wait := time.NewTimer(idTimeout)
	defer wait.Stop()
	select {
	case <-begun:
	case <-wait.C:
		c.ua.env.Repeats.Count(c.ua.env.Log, c.connector.ID, "trunk call answered before its analysis began", "call", c.id())
	case <-c.done:
	}
}

func (c *call) begin(record timbre.Call) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ua.ctx), analysisTimeout)
	defer cancel()
	id, listeners, err := c.ua.deps.Calls.Reserve(ctx, record)
	if err == nil && len(listeners) != len(record.Legs) {
		err = timbre.Errorf(timbre.Internal, "trunk.analyse", "%d listeners for %d legs", len(listeners), len(record.Legs))
	}
	if err != nil {
		c.notAnalysed(record, err)
		return
	}
	c.mu.Lock()
	c.analysis.transactionID = id
	c.mu.Unlock()
	for i := range c.taps {
		c.taps[i].Attach(listeners[i])
	}
	c.setMeters(listeners)
	c.announce()
	c.concludeIfOver()
}

// setMeters gives each listener the meter of its stream.
func (c *call) setMeters(listeners []timbre.LegListener) {
	c.media.Lock()
	defer c.media.Unlock()
	if c.audio == nil {
		return
	}
	for i, l := range listeners {
		l.SetMeter(c.audio[i].Stream)
	}
}

// receptions are those of the legs, also when the call is over; nil without audio.
func (c *call) receptions() []*timbre.Reception {
	c.media.Lock()
	defer c.media.Unlock()
	all := make([]*timbre.Reception, len(c.analysis.legs))
	if c.audio != nil {
		for i := range all {
			all[i] = new(c.audio[i].Stream.Reception())
		}
	}
	return all
}

// notAnalysed counts a call whose analysis could not begin, and keeps it until it is over.
func (c *call) notAnalysed(record timbre.Call, err error) {
	record.Warnings = []string{"bridged without analysis"}
	c.mu.Lock()
	c.analysis.missed = &record
	c.mu.Unlock()
	defer c.concludeIfOver()
	c.ua.metrics.unanalysed.Inc()
	c.ua.env.Log.Error("trunk call not analysed", "call", c.id(), "error", err)
}

// transactionID is empty until analysis has begun.
func (c *call) transactionID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.analysis.transactionID
}

func (c *call) concludeIfOver() {
	if c.isOver() {
		c.conclude()
	}
}

// conclude reports the end of a call that is over: of its analysis, or of a call that had none. It does so once, as soon as
// it is known which.
func (c *call) conclude() {
	c.announce() // or wait until it is announced
	c.mu.Lock()
	a := c.analysis
	due := !a.concluded && (a.transactionID != "" || a.missed != nil)
	c.analysis.concluded = a.concluded || due
	c.mu.Unlock()
	switch {
	case !due:
		return
	case a.transactionID == "" && !a.answered: // there was no call
		return
	case a.transactionID == "":
		record := *a.missed
		record.Failure = a.failure
		c.ua.deps.Calls.Missed(record, c.receptions())
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ua.ctx), analysisTimeout)
	defer cancel()
	if err := c.ua.deps.Calls.End(ctx, a.transactionID, a.failure); err != nil {
		c.ua.env.Log.Error("end of a call not recorded", "transaction", a.transactionID, "error", err)
	}
}
