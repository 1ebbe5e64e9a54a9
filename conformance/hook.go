package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"timbre/notify/webhook"
)

// Hook is a webhook in the settings of the server. Streaming events must be routed to it as well.
type Hook struct {
	Listen string // local host and port of its URL
	ARN    string // of the sink
	Secret string
}

// event is an event that was received.
type event struct {
	Version    string         `json:"version"`
	ID         string         `json:"id"`
	DetailType string         `json:"detail-type"`
	Service    string         `json:"service-type"`
	Source     string         `json:"source"`
	Account    string         `json:"account"`
	Time       string         `json:"time"`
	Region     string         `json:"region"`
	Detail     map[string]any `json:"detail"`
}

// status returns detailStatus or streamingStatus.
func (e event) status() string { return e.text("detailStatus") + e.text("streamingStatus") }

func (e event) text(name string) string { s, _ := e.Detail[name].(string); return s }

// receiver collects events, each id once.
type receiver struct {
	http   http.Server
	ended  chan struct{}
	mu     sync.Mutex
	events []event
	wrong  error         // the first request that was not an event
	more   chan struct{} // closed and replaced at every request
}

const largestEvent = 1 << 20 // bytes

func listen(h Hook, now func() time.Time) (*receiver, error) {
	port, err := net.Listen("tcp", h.Listen)
	if err != nil {
		return nil, err
	}
	r := &receiver{ended: make(chan struct{}), more: make(chan struct{})}
	r.http.ReadHeaderTimeout = 5 * time.Second
	r.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, largestEvent))
		var e event
		if err == nil {
			err = webhook.Verify(h.Secret, q.Header, body, now())
		}
		if err == nil {
			err = json.Unmarshal(body, &e)
		}
		r.take(e, err)
		if err != nil {
			http.Error(w, "not an event", http.StatusBadRequest)
		}
	})
	go func() {
		defer close(r.ended)
		_ = r.http.Serve(port) // returns http.ErrServerClosed
	}()
	return r, nil
}

func (r *receiver) take(e event, wrong error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case wrong != nil:
		if r.wrong == nil {
			r.wrong = wrong
		}
	case !slices.ContainsFunc(r.events, func(old event) bool { return old.ID == e.ID }):
		r.events = append(r.events, e)
	}
	close(r.more)
	r.more = make(chan struct{})
}

// all returns every event received so far.
func (r *receiver) all() ([]event, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events), r.wrong
}

// wait returns the first event, past or future, that want accepts.
func (r *receiver) wait(ctx context.Context, what string, want func(event) bool) (event, error) {
	for {
		r.mu.Lock()
		events, more := r.events, r.more
		r.mu.Unlock()
		if i := slices.IndexFunc(events, want); i >= 0 {
			return events[i], nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return event{}, fmt.Errorf("no event received: %s", what)
		}
	}
}

func (r *receiver) close() {
	_ = r.http.Close() // refuses late events
	<-r.ended
}
