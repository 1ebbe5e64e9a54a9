package node

import (
	"encoding/json"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"timbre"
	"timbre/api/sigv4"
	"timbre/console"
)

// admin serves the operator: health and the page of the console to everybody, and to those with the right the console, metrics, live calls,
// the outbox and profiles.
func (n *Node) admin() http.Handler {
	g := n.guard()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", n.readiness(g))
	metrics := promhttp.HandlerFor(prometheus.Gatherers{n.metrics, processMetrics()}, promhttp.HandlerOpts{})
	mux.HandleFunc("GET /metrics", g.need(timbre.ActionGetMetrics, metrics.ServeHTTP))
	mux.HandleFunc("GET /calls", g.need(timbre.ActionListCalls, func(w http.ResponseWriter, r *http.Request) {
		calls := liveCalls(n.calls.Live(), n.calls.Receptions)
		switch numbers := r.URL.Query().Get("numbers"); {
		case n.settings.Admin.Numbers == "shown":
		case numbers != "show":
			calls = withoutNumbers(calls)
		case !g.has(r, timbre.ActionGetNumbers):
			http.Error(w, "numbers=show needs the operator's token, or a signature with the right "+timbre.ActionGetNumbers, http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(calls)
	}))
	mux.Handle("/console/", g.own(n.console.ServeHTTP))
	mux.HandleFunc("GET "+console.CallbackPath, g.known(n.console.ServeHTTP)) // by a link of the issuer, which is another site
	for _, pattern := range []string{"GET /{$}", "GET /assets/"} {
		mux.HandleFunc(pattern, g.known(func(w http.ResponseWriter, r *http.Request) { n.page.ServeHTTP(w, r) }))
	}
	n.lettersOf(mux, g)
	profilesOf(mux, g)
	return mux
}

// guard stands before the admin port.
func (n *Node) guard() *guard {
	return &guard{n.operatorToken, n.settings.Admin.Trust == "loopback", n.settings.Admin.Names(), sigv4.New(n.env, n.keys).Remembering(n.signatures), n.console}
}

// processMetrics are those of the process and the Go runtime. They are apart, because an embedding program registers them itself.
func processMetrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}
