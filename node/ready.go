package node

import (
	"context"
	"net/http"
	"sync"
	"time"

	"timbre"
	"timbre/rtp"
)

// needs are what a call needs of each resource that all calls share, with what is said when less is left. A quota of one connector or
// domain is not among them: calls of others may come.
var needs = map[string]struct {
	least float64
	why   string
}{
	"ports":          {1, "no ports are free for calls"},
	"disk":           {1 << 20, "the disk of the data folder is full"},
	"inodes":         {1, "the disk of the data folder has no inodes left"},
	"pipelines":      {1, "the quota of media insights pipelines is used up"},
	"tasks":          {1, "the quota of tasks is used up"},
	"analysed_calls": {1, "the quota of analysed calls is used up"},
}

// retryAfter is how many seconds a client of /readyz is asked to wait.
const retryAfter = "10"

// readiness serves /readyz. Anybody may ask; only those who may read the metrics learn why a node is not ready.
func (n *Node) readiness(g *guard) http.HandlerFunc {
	var recent verdict
	return func(w http.ResponseWriter, r *http.Request) {
		why := n.state()
		if why == "" {
			why = recent.of(n.env.Steady(), n.lack)
		}
		if why == "" {
			return
		}
		w.Header().Set("Retry-After", retryAfter)
		if !g.has(r, timbre.ActionGetMetrics) {
			why = "not ready"
		}
		http.Error(w, why, http.StatusServiceUnavailable)
	}
}

// verdictLife is for how long a verdict holds: each look reads the store, and anybody may ask.
const verdictLife = 500 * time.Millisecond

// verdict is what a node lacked at the last look.
type verdict struct {
	mu   sync.Mutex
	at   time.Time
	lack string
}

// of is the verdict now. Requests that come during a look wait for it.
func (v *verdict) of(now time.Time, look func() string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.at.IsZero() || now.Sub(v.at) >= verdictLife {
		v.at, v.lack = now, look()
	}
	return v.lack
}

// state is the state of a node in which no call should come; empty: it serves.
func (n *Node) state() string {
	switch {
	case !timbre.IsClosed(n.ready):
		return "starting"
	case timbre.IsClosed(n.draining):
		return "draining"
	}
	return ""
}

// lack is what a node lacks for another call; empty: nothing. What only a target of notifications lacks is no reason: a load balancer that
// turned away from every server with the same dead receiver would leave no server.
func (n *Node) lack() string {
	ctx, cancel := context.WithTimeout(context.Background(), fullnessTimeout)
	defer cancel()
	if err := n.store.Writable(ctx); err != nil {
		return "the database takes no writes"
	}
	if why := n.notices.Stuck(); why != "" {
		return why
	}
	if n.descriptors.Limit() > 0 && n.descriptors.Streams(rtp.PerStream) == 0 { // what is left is for live calls
		return "no descriptors are left for a new call"
	}
	switch {
	case n.load.Behind() >= 1:
		return "overloaded: results are late"
	case timbre.Overloaded(n.load):
		return "overloaded: the running tasks need all threads"
	}
	for _, f := range n.fills(ctx) {
		need, needed := needs[f.of]
		if left, limited := f.left(); needed && limited && left < need.least {
			return need.why
		}
	}
	return ""
}
