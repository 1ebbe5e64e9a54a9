package node

import "context"

// needs are what a call needs of each resource that all calls share, with what is said when less is left. A quota of one connector or
// domain is not among them: calls of others may come.
var needs = map[string]struct {
	least float64
	why   string
}{
	"ports":          {1, "no ports are free for calls"},
	"descriptors":    {16, "the process has as many files and sockets open as it may have"},
	"disk":           {1 << 20, "the disk of the data folder is full"},
	"inodes":         {1, "the disk of the data folder has no inodes left"},
	"pipelines":      {1, "the quota of media insights pipelines is used up"},
	"tasks":          {1, "the quota of tasks is used up"},
	"analysed_calls": {1, "the quota of analysed calls is used up"},
}

// whyNotReady says why no call should come here; empty: calls may come. What only a target of notifications lacks is no reason: a load
// balancer that turned away from every server with the same dead receiver would leave no server.
func (n *Node) whyNotReady(ctx context.Context) string {
	switch {
	case !closed(n.ready):
		return "starting"
	case closed(n.draining):
		return "draining"
	}
	if err := n.store.Writable(ctx); err != nil {
		return "the database takes no writes"
	}
	if why := n.notices.Stuck(); why != "" {
		return why
	}
	for _, f := range n.fills(ctx) {
		need, needed := needs[f.of]
		if left, limited := f.left(); needed && limited && left < need.least {
			return need.why
		}
	}
	return ""
}
