package node

import (
	"crypto/hmac"
	"net/http"
	"net/http/pprof"
	"strings"
)

// forOperator lets only requests pass that carry the operator's token.
func forOperator(token string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		got, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !bearer || !hmac.Equal([]byte(got), []byte(token)) {
			http.Error(w, "the token is missing or wrong", http.StatusUnauthorized)
			return
		}
		h(w, r)
	}
}

// profilesOf serves the profiles of the Go runtime to an operator. A dump of the memory may hold audio and voiceprints: hence the token.
func profilesOf(mux *http.ServeMux, token string) {
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /debug/pprof/": pprof.Index, "GET /debug/pprof/cmdline": pprof.Cmdline, "GET /debug/pprof/profile": pprof.Profile,
		"GET /debug/pprof/symbol": pprof.Symbol, "POST /debug/pprof/symbol": pprof.Symbol, "GET /debug/pprof/trace": pprof.Trace,
	} {
		mux.HandleFunc(pattern, forOperator(token, h))
	}
}
