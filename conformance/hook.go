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

// Hook is a webhook of the server's, as its settings name it. The server must send the events of streams there too.
type Hook struct {
	Listen string // the host and port of its URL, here
	ARN    string // that names it as a sink
	Secret string
}

// event is what the server tells.
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

// status is what has happened.
func (e event) status() string { return e.text("detailStatus") + e.text("streamingStatus") }

func (e event) text(name string) string { s, _ := e.Detail[name].(string); return s }

// receiver keeps the events that come, each once.
type receiver struct {
	http   http.Server
	ended  chan struct{}
	mu     sync.Mutex
	events []event
	wrong  error         // the first request that was no event
	more   chan struct{} // closed, and replaced, when something has come
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
		_ = r.http.Serve(port) // says that it was closed
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

// all is every event so far.
func (r *receiver) all() ([]event, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events), r.wrong
}

// wait gives the first event, past or to come, that want says yes to.
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
			return event{}, fmt.Errorf("no event came: %s", what)
		}
	}
}

func (r *receiver) close() {
	_ = r.http.Close() // whoever still sends is refused
	<-r.ended
}
