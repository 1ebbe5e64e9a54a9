// Package api is the front door for SDKs: the two AWS services on one endpoint.
//
// In comes HTTP, out go calls on the durable state and on the task engine, in the words of package timbre. What is served
// stands in api/voice and api/pipelines; routing, validation and errors are in api/rest, signatures in api/sigv4. Limits
// on connections and headers belong to the http.Server around it, not here.
package api

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre/api/pipelines"
	"timbre/api/rest"
	"timbre/api/sigv4"
	"timbre/api/voice"
)

// Store is the durable state that the operations read and write.
type Store interface {
	voice.Store
	pipelines.Store
}

// Deps is what the API needs.
type Deps struct {
	Store           Store
	Tasks           voice.Tasks
	Pings           voice.Pings
	Keys            sigv4.Keys
	Region, Account string        // of the ARNs that are made
	NewID           func() string // a UUID
	Now             func() time.Time
	Log             *slog.Logger
	Metrics         prometheus.Registerer
}

// New makes the handler of both services.
func New(d Deps) http.Handler {
	verifier := sigv4.New(d.Keys, d.Now)
	m := rest.NewMux(rest.Config{
		Authenticate: func(r *http.Request, body func() ([]byte, error)) (string, error) {
			id, err := verifier.Check(r, body)
			if e := (*sigv4.Error)(nil); errors.As(err, &e) {
				err = &rest.Fault{Status: e.Status, Type: e.Type, Code: e.Type, Message: e.Message}
			}
			return id, err
		},
		Now: d.Now, NewID: d.NewID, Log: d.Log, Metrics: d.Metrics,
	}, rest.Voice, rest.Pipelines)
	voice.Register(m, voice.Deps{Store: d.Store, Tasks: d.Tasks, Pings: d.Pings, Region: d.Region, Account: d.Account, NewID: d.NewID, Now: d.Now})
	pipelines.Register(m, pipelines.Deps{Store: d.Store, Region: d.Region, Account: d.Account, NewID: d.NewID, Now: d.Now})
	return m
}
