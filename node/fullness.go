package node

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// fullnessTimeout is how long a look at what is used may wait for the store.
const fullnessTimeout = 2 * time.Second

// fill is how much of a resource is used.
type fill struct {
	of          string
	used, limit float64 // limit 0: it has none
	bytes       bool
}

// left is how much of the resource is left; false: it has no limit.
func (f fill) left() (float64, bool) { return f.limit - f.used, f.limit > 0 }

// fills are how much of everything with a limit is used, and of what bounds a node by its load. What cannot be read is left out.
func (n *Node) fills(ctx context.Context) []fill {
	ctx, cancel := context.WithTimeout(ctx, fullnessTimeout)
	defer cancel()
	list := n.callFills()
	list = append(list, n.quotaFills(ctx)...)
	list = append(list, n.diskFills(ctx)...)
	if open, err := n.descriptors.Open(); err == nil {
		list = append(list, fill{of: "descriptors", used: float64(open), limit: float64(n.descriptors.Limit())})
	}
	return list
}

// callFills are those of calls, which ports bound.
func (n *Node) callFills() []fill {
	calls := n.calls.Live()
	legs := 0
	for _, c := range calls {
		legs += len(c.Legs)
	}
	pairs := n.ports.Size()
	return []fill{
		{of: "calls", used: float64(len(calls))},
		{of: "legs", used: float64(legs)},
		{of: "ports", used: float64(pairs - n.ports.Free()), limit: float64(pairs)},
	}
}

// quotaFills are those of the quotas.
func (n *Node) quotaFills(ctx context.Context) []fill {
	u, err := n.store.Used(ctx)
	if err != nil {
		return nil
	}
	l := n.settings.QuotaLimits()
	return []fill{
		{of: "pipelines", used: float64(u.Pipelines), limit: float64(l.Pipelines)},
		{of: "tasks", used: float64(u.Tasks), limit: float64(l.Tasks)},
		{of: "analysed_calls", used: float64(u.Analysed), limit: float64(l.Analysed)},
		{of: "connector_calls", used: float64(u.Calls), limit: float64(l.Calls)},
		{of: "domain_profiles", used: float64(u.Profiles), limit: float64(l.Profiles)},
	}
}

// diskFills are those of the disk and of what has a bound on it.
func (n *Node) diskFills(ctx context.Context) (list []fill) {
	if d, err := n.store.Disk(); err == nil {
		list = append(list, fill{of: "disk", used: float64(d.Size - d.Free), limit: float64(d.Size), bytes: true},
			fill{of: "inodes", used: float64(d.Files - d.FreeFiles), limit: float64(d.Files)})
	}
	size, longest := n.store.Log()
	list = append(list, fill{of: "log", used: float64(size), limit: float64(longest), bytes: true})
	if depths, err := n.store.Depths(ctx); err == nil {
		var outbox int64
		for _, d := range depths {
			outbox += d.Bytes
		}
		list = append(list, fill{of: "outbox", used: float64(outbox), limit: float64(n.settings.Notify.Disk), bytes: true})
	}
	return list
}

// fullness are the metrics of that, in pairs: an alert on the share of each limit needs no list of limits.
type fullness struct{ n *Node }

var (
	used = prometheus.NewDesc("timbre_capacity_used",
		"How much of a resource is in use: see timbre_capacity_limit.", []string{"resource"}, nil)
	usedLimit = prometheus.NewDesc("timbre_capacity_limit",
		"How much of a resource there may be, if it has a limit: ports (pairs), descriptors, inodes, and the quotas: tasks, analysed_calls, pipelines, connector_calls and domain_profiles (those of the fullest).", []string{"resource"}, nil)
	usedBytes = prometheus.NewDesc("timbre_capacity_used_bytes",
		"How many bytes are in use: of the disk that holds the data, of the store's write-ahead log, of the outbox with its dead letters.", []string{"resource"}, nil)
	usedLimitBytes = prometheus.NewDesc("timbre_capacity_limit_bytes",
		"How many bytes there are, or may be, of a resource that has a limit. A log that is longer is held by a read.", []string{"resource"}, nil)
)

func (n *Node) openFullness(context.Context) error {
	n.env.Metrics.MustRegister(fullness{n})
	return nil
}

// Describe implements prometheus.Collector.
func (fullness) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{used, usedLimit, usedBytes, usedLimitBytes} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f fullness) Collect(to chan<- prometheus.Metric) {
	for _, x := range f.n.fills(context.Background()) {
		value, limit := used, usedLimit
		if x.bytes {
			value, limit = usedBytes, usedLimitBytes
		}
		to <- prometheus.MustNewConstMetric(value, prometheus.GaugeValue, x.used, x.of)
		if x.limit > 0 {
			to <- prometheus.MustNewConstMetric(limit, prometheus.GaugeValue, x.limit, x.of)
		}
	}
}
