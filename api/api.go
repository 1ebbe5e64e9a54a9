// Package api is the front door for SDKs: the two AWS services on one endpoint.
//
// In comes HTTP, out go calls on the durable state and on the task engine, in the words of package timbre. What is served
// stands in api/voice and api/pipelines; routing, validation and errors are in api/rest, signatures in api/sigv4. Limits
// on connections and headers belong to the http.Server around it, not here.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/api/pipelines"
	"timbre/api/rest"
	"timbre/api/sigv4"
	"timbre/api/voice"
)

// Store is the durable state behind the API.
type Store interface {
	voice.Store
	pipelines.Store
	timbre.TaskReader
}

// Deps is what the API needs.
type Deps struct {
	Store           Store
	Tasks           voice.Tasks
	Pipelines       pipelines.Pipelines
	Pings           voice.Pings
	Keys            sigv4.Keys
	Region, Account string        // of the ARNs that are made
	NewID           func() string // a UUID
	Now             func() time.Time
	Log             *slog.Logger
	Metrics         prometheus.Registerer
	Rates           rest.Rates // of requests, for each key
	Crowd           int        // requests at once on one domain, profile or task; 0: any number
	PageKey         []byte     // 32 bytes that page tokens are sealed under; nil: they end with the process
}

// New makes the handler of both services.
func New(d Deps) http.Handler { return mux(d) }

// Stock makes the inventory hold the phone numbers that the operator lists.
func Stock(ctx context.Context, d Deps, numbers []string) error {
	return voice.Stock(ctx, d.voice(), numbers)
}

func (d Deps) voice() voice.Deps {
	return voice.Deps{Store: d.Store, Tasks: d.Tasks, Pings: d.Pings, Region: d.Region, Account: d.Account, NewID: d.NewID, Now: d.Now}
}

// Coverage is the state of each operation of both services, from the same table that routes.
func Coverage() []rest.Covered { return mux(Deps{}).Coverage() }

func mux(d Deps) *rest.Mux {
	verifier := sigv4.New(d.Keys, d.Now)
	m := rest.NewMux(rest.Config{
		Authenticate: func(r *http.Request, body func() ([]byte, error)) (timbre.Key, error) {
			key, err := verifier.Check(r, body)
			if e := (*sigv4.Error)(nil); errors.As(err, &e) {
				err = &rest.Fault{Status: e.Status, Type: e.Type, Code: e.Type, Message: e.Message}
			}
			return key, err
		},
		Authorize: d.authorize, Rates: d.Rates, Crowd: d.Crowd, PageKey: d.PageKey, Account: d.Account,
		Now: d.Now, NewID: d.NewID, Log: d.Log, Metrics: d.Metrics,
	}, rest.Voice, rest.Pipelines)
	voice.Register(m, d.voice())
	pipelines.Register(m, pipelines.Deps{Store: d.Store, Pipelines: d.Pipelines, Region: d.Region, Account: d.Account, NewID: d.NewID, Now: d.Now})
	return m
}
