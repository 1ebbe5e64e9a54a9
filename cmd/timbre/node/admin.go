package node

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"timbre"
)

// admin is the operator's door: health, metrics, and the live calls with their transaction ids.
func admin(ready func() bool, live func() []timbre.Call, metrics prometheus.Gatherer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /calls", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(liveCalls(live()))
	})
	return mux
}

// LiveCall is an entry of GET /calls.
type LiveCall struct {
	TransactionID string    `json:"transactionId"`
	ConnectorID   string    `json:"connectorId"`
	CallID        string    `json:"callId"`
	From          string    `json:"from"`
	To            string    `json:"to"`
	Group         string    `json:"group,omitempty"` // of calls that belong together
	Started       time.Time `json:"started"`
	Legs          []LiveLeg `json:"legs"`
	Warnings      []string  `json:"warnings,omitempty"` // what is doubtful about the legs
}

// LiveLeg is one leg of a LiveCall.
type LiveLeg struct {
	Side  string `json:"side"` // caller, callee or mixed
	Label string `json:"label,omitempty"`
	Party string `json:"party,omitempty"`
}

func liveCalls(calls []timbre.Call) []LiveCall {
	list := make([]LiveCall, 0, len(calls)) // an empty list, not null
	for _, c := range calls {
		l := LiveCall{c.TransactionID, c.ConnectorID, c.CallID, c.From, c.To, c.Group, c.Started, []LiveLeg{}, c.Warnings}
		for _, leg := range c.Legs {
			l.Legs = append(l.Legs, LiveLeg{leg.Side.String(), leg.Label, leg.Party})
		}
		list = append(list, l)
	}
	return list
}
