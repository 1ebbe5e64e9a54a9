package toll

import (
	"sync"
	"time"

	"timbre"
)

const (
	// quiet is how long after an alarm its repetitions are only counted.
	quiet = time.Minute
	// maxAlarms is how many different ones are told apart within that time.
	maxAlarms = 1000
)

// alarm is what trips the guard: who, and why.
type alarm struct {
	user
	reason timbre.TollReason
}

// alarms keeps a flood of refusals from being a flood of log lines.
type alarms struct {
	now  func() time.Time
	mu   sync.Mutex
	last map[alarm]*repetition
}

type repetition struct {
	told  time.Time
	since int // refusals that have not been told of
}

// due counts a refusal, and returns how many are to be told of now; 0: none.
func (a *alarms) due(which alarm) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	r := a.last[which]
	if r == nil {
		a.makeRoom(now)
		r = &repetition{told: now.Add(-quiet)}
		a.last[which] = r
	}
	r.since++
	if now.Sub(r.told) < quiet {
		return 0
	}
	n := r.since
	r.told, r.since = now, 0
	return n
}

// makeRoom forgets what was told of long ago, and everything if that is not enough.
func (a *alarms) makeRoom(now time.Time) {
	if len(a.last) < maxAlarms && a.last != nil {
		return
	}
	for k, r := range a.last {
		if now.Sub(r.told) >= quiet {
			delete(a.last, k)
		}
	}
	if len(a.last) >= maxAlarms || a.last == nil {
		a.last = map[alarm]*repetition{}
	}
}

// refused counts a refusal and tells of it. It returns it.
func (g *Guard) refused(c timbre.TollCall, d *timbre.TollDenial) error {
	g.metrics.refused.WithLabelValues(string(d.Reason)).Inc()
	if n := g.alarms.due(alarm{user{c.Access.Connector.ID, c.Access.Username}, d.Reason}); n > 0 {
		g.env.Log.Warn("toll guard tripped", "connector", c.Access.Connector.ID, "user", c.Access.Username, "reason", d.Reason,
			"detail", d.Detail, "call", c.CallID, "refused", n)
		if g.deps.Tripped != nil {
			g.deps.Tripped(c, d, n)
		}
	}
	return d
}
