package node

import (
	"net/http"
	"net/http/pprof"

	"timbre"
)

// profilesOf serves the profiles of the Go runtime to an operator. A dump of the memory may hold audio and voiceprints, which needs a right of its own.
func profilesOf(mux *http.ServeMux, g *guard) {
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /debug/pprof/": pprof.Index, "GET /debug/pprof/cmdline": pprof.Cmdline, "GET /debug/pprof/profile": pprof.Profile,
		"GET /debug/pprof/symbol": pprof.Symbol, "POST /debug/pprof/symbol": pprof.Symbol, "GET /debug/pprof/trace": pprof.Trace,
	} {
		mux.HandleFunc(pattern, g.need(timbre.ActionGetProfile, h))
	}
}
