package node

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/voice/spoof"
)

// registrar is a registerer that keeps what is registered, because a registry does not give it back.
type registrar struct {
	*prometheus.Registry
	collectors []prometheus.Collector
}

func (r *registrar) Register(c prometheus.Collector) error {
	r.collectors = append(r.collectors, c)
	return r.Registry.Register(c)
}

func (r *registrar) MustRegister(list ...prometheus.Collector) {
	r.collectors = append(r.collectors, list...)
	r.Registry.MustRegister(list...)
}

// fill gives every vector a child, since one without is not gathered. The labels of the child are its values.
func (r *registrar) fill() {
	for _, c := range r.collectors {
		labels := labelsOf(c)
		switch v := c.(type) {
		case *prometheus.CounterVec:
			v.WithLabelValues(labels...)
		case *prometheus.GaugeVec:
			v.WithLabelValues(labels...)
		case *prometheus.HistogramVec:
			v.WithLabelValues(labels...)
		}
	}
}

// variable matches the labels that a description lists last.
var variable = regexp.MustCompile(`variableLabels: \{(.*)\}\}$`)

// labelsOf are the labels of a collector of one metric.
func labelsOf(c prometheus.Collector) []string {
	to := make(chan *prometheus.Desc, 64)
	c.Describe(to)
	if m := variable.FindStringSubmatch((<-to).String()); m != nil && m[1] != "" {
		return strings.Split(m[1], ",")
	}
	return nil
}

// entry is a metric of the reference.
type entry struct {
	name, kind, help string
	labels           []string
}

// kindNames are the types of metrics in the reference.
var kindNames = map[string]string{"COUNTER": "counter", "GAUGE": "gauge", "HISTOGRAM": "histogram", "SUMMARY": "summary"}

// entriesOf are the metrics that a registry gathers.
func entriesOf(t *testing.T, r prometheus.Gatherer) (list []entry) {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		e := entry{name: f.GetName(), kind: kindNames[f.GetType().String()], help: f.GetHelp()}
		for _, l := range f.GetMetric()[0].GetLabel() {
			e.labels = append(e.labels, l.GetName())
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return list
}

// everything is a registrar to which a node with all its stages has registered its metrics.
func everything(t *testing.T) *registrar {
	t.Helper()
	s := embeddable(t)
	s.RTP.Ports = config.Ports{First: 23100, Last: 23199}
	if err := s.Feed.Listen.UnmarshalText([]byte("127.0.0.1:0")); err != nil {
		t.Fatal(err)
	}
	n := newNode(environment.Environment{}, s)
	t.Cleanup(n.close)
	r := &registrar{Registry: n.metrics}
	n.env.Metrics = r
	n.describe()
	if err := n.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	spoof.New(n.env, spoof.Config{}, nil) // which a node has only with a model of the operator
	r.fill()
	if err := n.store.Post(t.Context(), []timbre.Notice{{ID: "waits", Key: "waits", Target: "arn:timbre:webhook:us-east-1:000000000000:crm"}}); err != nil {
		t.Fatal(err)
	}
	return r
}

// Nothing is registered past the environment, and every metric that is described has a sample here, so that the reference has it.
func TestCatalogueHasEveryMetric(t *testing.T) {
	r := everything(t)
	named := map[string]bool{}
	for _, e := range entriesOf(t, r) {
		named[e.name] = true
	}
	to := make(chan *prometheus.Desc)
	go func() {
		defer close(to)
		r.Describe(to)
	}()
	fq := regexp.MustCompile(`fqName: "([^"]+)"`)
	for d := range to {
		if name := fq.FindStringSubmatch(d.String())[1]; !named[name] {
			t.Errorf("%s has no sample; register it with the environment's Metrics, or give it a sample in everything()", name)
		}
	}
}
