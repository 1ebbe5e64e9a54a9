package toll

import (
	"maps"
	"sync"
	"time"

	"timbre"
)

const (
	// quiet is how long after an alarm its repetitions are only counted.
	quiet = time.Minute
	// maxAlarms is how many different ones are told apart within that time. Those beyond are told together, for each reason.
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

func newAlarms(now func() time.Time) alarms { return alarms{now: now, last: map[alarm]*repetition{}} }

type repetition struct {
	reported time.Time
	since    int // refusals since then
}

// due counts a refusal, and returns how many are to be reported now; 0: none.
func (a *alarms) due(which alarm) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if a.last[which] == nil {
		if a.makeRoom(now); len(a.last) >= maxAlarms {
			which.user = user{}
		}
	}
	r := a.last[which]
	if r == nil {
		r = &repetition{reported: now.Add(-quiet)}
		a.last[which] = r
	}
	r.since++
	if now.Sub(r.reported) < quiet {
		return 0
	}
	n := r.since
	r.reported, r.since = now, 0
	return n
}

// makeRoom forgets what was reported long ago.
func (a *alarms) makeRoom(now time.Time) {
	if len(a.last) >= maxAlarms {
		maps.DeleteFunc(a.last, func(_ alarm, r *repetition) bool { return now.Sub(r.reported) >= quiet })
	}
}

// refused counts a refusal and tells of it. It returns it.
func (g *Guard) refused(c timbre.TollCall, d *timbre.TollDenial) error {
	g.metrics.refused.WithLabelValues(string(d.Reason)).Inc()
	if n := g.alarms.due(alarm{user{c.Access.Connector.ID, c.Access.Username}, d.Reason}); n > 0 {
		g.env.Log.Warn("toll guard tripped", "connector", c.Access.Connector.ID, "user", c.Access.Username, "reason", d.Reason,
			"detail", d.Detail, "call", c.CallID, "refused", n)
		if err := g.tell(c, d, n); err != nil {
			g.env.Log.Error("cannot save the event of the toll guard", "connector", c.Access.Connector.ID, "error", err)
		}
	}
	return d
}
