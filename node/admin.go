package node

import (
	"encoding/json"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// retryAfter is how many seconds a client of /readyz is asked to wait.
const retryAfter = "10"

// admin serves the operator: health, metrics, and the live calls with their transaction ids.
func (n *Node) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if why := n.whyNotReady(r.Context()); why != "" {
			w.Header().Set("Retry-After", retryAfter)
			http.Error(w, why, http.StatusServiceUnavailable)
		}
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(prometheus.Gatherers{n.metrics, processMetrics()}, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /calls", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(liveCalls(n.calls.Live(), n.calls.Receptions))
	})
	n.lettersOf(mux, n.operatorToken)
	profilesOf(mux, n.operatorToken)
	return mux
}

// processMetrics are those of the process and the Go runtime. They are apart, because an embedding program registers them itself.
func processMetrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}
