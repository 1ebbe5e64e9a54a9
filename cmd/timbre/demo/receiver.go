package demo

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"

	"timbre"
)

// receiver is the webhook: an HTTP server that accepts signed events.
type receiver struct {
	url   string
	inbox *inbox
	http  http.Server
	done  chan error
}

const largestEvent = 1 << 20 // bytes

// receive opens a webhook on a free port of the loopback address.
func receive(secret string, cfg Config) (*receiver, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, timbre.Errorf(timbre.Unavailable, "", "the webhook cannot listen: %w", err)
	}
	r := &receiver{url: "http://" + l.Addr().String() + "/events", inbox: newInbox(), done: make(chan error, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /events", func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, largestEvent))
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		if err := cfg.Verify(secret, req.Header, body, cfg.Now()); err != nil {
			http.Error(w, "signature mismatch", http.StatusUnauthorized)
			return
		}
		var e event
		if err := json.Unmarshal(body, &e); err != nil || e.ID == "" {
			http.Error(w, "not an event", http.StatusBadRequest)
			return
		}
		r.inbox.put(e)
		w.WriteHeader(http.StatusNoContent)
	})
	r.http.Handler, r.http.ReadHeaderTimeout = mux, 5*time.Second
	go func() { r.done <- r.http.Serve(l) }()
	return r, nil
}

// Close ends the webhook.
func (r *receiver) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if r.http.Shutdown(ctx) != nil {
		_ = r.http.Close()
	}
	if err := <-r.done; err != http.ErrServerClosed { //nolint:errorlint // Serve gives it bare
		return err
	}
	return nil
}
